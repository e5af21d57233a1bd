"""The engine's process as the wall sees it: it begins, dies, falls silent, and is there again."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtGui import QGuiApplication
from pytestqt.qtbot import QtBot

from salesboard_display.views.engine_process import EngineProcess, Patience

QUICK = Patience(restart_ms=30, slow_restart_ms=400, silence_ms=20_000, stop_ms=3_000, crash_window_s=60.0)
READY = """print('{"socket": "/run/engine.socket"}', flush=True)\n"""
UNTIL_TOLD = "import sys; sys.stdin.read()\n"

Maker = Callable[..., EngineProcess]


@pytest.fixture
def make(qapp: QGuiApplication) -> Iterator[Maker]:
    """Makes engines of a few lines of Python; all are ended."""
    made: list[EngineProcess] = []

    def maker(code: str, patience: Patience = QUICK, command: list[str] | None = None) -> EngineProcess:
        engine = EngineProcess(command or [sys.executable, "-S", "-c", code], patience=patience)
        made.append(engine)
        return engine

    yield maker
    for engine in made:
        engine.stop()
        engine.deleteLater()


def alive(pid: int) -> bool:
    return Path(f"/proc/{pid}").exists()


def test_it_tells_where_the_engine_listens(make: Maker, qtbot: QtBot) -> None:
    engine = make(READY + UNTIL_TOLD)
    with qtbot.waitSignal(engine.ready) as ready:
        engine.start()
    assert ready.args == ["/run/engine.socket"]
    assert engine.restarts == 0


def test_stop_ends_it_by_closing_its_input(make: Maker, qtbot: QtBot, tmp_path: Path) -> None:
    last_word = tmp_path / "last-word"
    engine = make(READY + UNTIL_TOLD + f"open({str(last_word)!r}, 'w').write('closed in peace')")
    with qtbot.waitSignal(engine.ready):
        engine.start()
    engine.stop()
    assert last_word.read_text() == "closed in peace"
    assert engine.pid == 0


@pytest.mark.expected_log("did not stop within 0 s and was killed")
def test_one_that_does_not_stop_is_killed_in_time(make: Maker, qtbot: QtBot) -> None:
    engine = make(READY + "import time; time.sleep(60)", Patience(stop_ms=200))
    with qtbot.waitSignal(engine.ready):
        engine.start()
    pid, begun = engine.pid, time.monotonic()
    engine.stop()
    assert time.monotonic() - begun < 3
    assert not alive(pid)


def test_one_that_was_stopped_is_not_started_again(make: Maker, qtbot: QtBot) -> None:
    engine = make(READY + UNTIL_TOLD)
    with qtbot.waitSignal(engine.ready):
        engine.start()
    engine.stop()
    engine.start()
    qtbot.wait(100)
    assert (engine.pid, engine.restarts) == (0, 0)


def test_noise_on_its_output_is_no_word_of_the_engine(make: Maker, qtbot: QtBot) -> None:
    engine = make("print('warming up'); print('{}'); print('\\u00e9', flush=True)\n" + READY + UNTIL_TOLD)
    with qtbot.waitSignal(engine.ready):
        engine.start()


def test_one_that_was_there_before_is_a_host(make: Maker, qtbot: QtBot) -> None:
    engine = make("""print('{"busy": "/run/other.socket", "walls": 2}', flush=True)""")
    with qtbot.waitSignal(engine.busy) as busy:
        engine.start()
    assert busy.args == ["/run/other.socket", 2]
    qtbot.waitUntil(lambda: engine.pid == 0)
    qtbot.wait(100)
    assert engine.restarts == 0


def test_when_the_host_is_gone_it_looks_again(make: Maker, qtbot: QtBot) -> None:
    engine = make("""print('{"busy": "/run/other.socket", "walls": 0}', flush=True)""")
    with qtbot.waitSignal(engine.busy):
        engine.start()
    qtbot.waitUntil(lambda: engine.pid == 0)
    with qtbot.waitSignal(engine.busy, timeout=5000):
        engine.look_again()


def test_one_that_cannot_begin_is_refused_with_its_words(make: Maker, qtbot: QtBot) -> None:
    engine = make("""print('{"refused": "the settings are wrong"}', flush=True); raise SystemExit(1)""")
    with qtbot.waitSignal(engine.refused) as refused:
        engine.start()
    assert refused.args == ["the settings are wrong"]
    qtbot.wait(100)
    assert engine.restarts == 0


def test_a_program_that_is_not_there_is_refused_in_words(make: Maker, qtbot: QtBot) -> None:
    engine = make("", command=["/nowhere/python"])
    with qtbot.waitSignal(engine.refused) as refused:
        engine.start()
    assert refused.args[0].startswith("The engine cannot be started: ")


@pytest.mark.expected_log("ended unexpectedly and is started again")
def test_one_that_dies_is_started_again(make: Maker, qtbot: QtBot) -> None:
    engine = make(READY + UNTIL_TOLD)
    with qtbot.waitSignal(engine.ready):
        engine.start()
    first = engine.pid
    with qtbot.waitSignal(engine.ready):
        os.kill(first, 9)
    assert engine.pid not in (0, first)
    assert engine.restarts == 1


@pytest.mark.expected_log("ended unexpectedly and is started again")
def test_the_third_death_slows_it_down_and_says_so(make: Maker, qtbot: QtBot) -> None:
    engine = make(READY)
    ready: list[float] = []
    engine.ready.connect(lambda _path: ready.append(time.monotonic()))
    with qtbot.waitSignal(engine.troubled) as troubled:
        engine.start()
    assert troubled.args == [True]
    assert len(ready) == 3
    qtbot.waitUntil(lambda: len(ready) == 4)
    # Qt rings a coarse timer up to a twentieth early.
    assert ready[3] - ready[2] >= 0.9 * QUICK.slow_restart_ms / 1000


@pytest.mark.expected_log("ended unexpectedly and is started again")
def test_after_a_calm_while_its_trouble_is_over(make: Maker, qtbot: QtBot, tmp_path: Path) -> None:
    count = tmp_path / "starts"
    counted = f"f = open({str(count)!r}, 'a+'); f.write('x'); f.flush(); f.seek(0)\n"
    code = f"{counted}if len(f.read()) > 3: {UNTIL_TOLD}"
    engine = make(READY + code, Patience(restart_ms=10, slow_restart_ms=10, crash_window_s=2.0))
    with qtbot.waitSignal(engine.troubled):
        engine.start()
    with qtbot.waitSignal(engine.troubled, timeout=8000) as troubled:
        pass
    assert troubled.args == [False]


@pytest.mark.expected_log("was silent for 0 s and is killed")
@pytest.mark.expected_log("ended unexpectedly")
def test_one_that_falls_silent_is_killed_and_started_again(make: Maker, qtbot: QtBot) -> None:
    engine = make(READY + UNTIL_TOLD, Patience(restart_ms=30, silence_ms=400))
    with qtbot.waitSignal(engine.ready):
        engine.start()
    first = engine.pid
    with qtbot.waitSignal(engine.ready):
        pass
    assert engine.pid != first
    assert not alive(first)


def test_one_that_is_heard_is_left_alone(make: Maker, qtbot: QtBot) -> None:
    engine = make(READY + UNTIL_TOLD, Patience(silence_ms=1000))
    with qtbot.waitSignal(engine.ready):
        engine.start()
    pid = engine.pid
    for _ in range(8):
        qtbot.wait(200)
        engine.heard()
    assert engine.pid == pid
