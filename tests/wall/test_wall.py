"""What belongs to the wall itself: memory, signals, figures, and how it takes what its parts tell it."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtGui import QGuiApplication
from pytestqt.qtbot import QtBot

from salesboard_display.app import WallOptions
from salesboard_display.views.memory import MemoryWatch, proportional_mb
from salesboard_display.views.wall import SignalWatch, Wall, frame_figures
from tests.conftest import REPOSITORY
from tests.views.snapshots import snapshot
from tests.wall.conftest import FakeEngine
from tests.wall.test_bridge import said, show
from tests.wall.test_engine_process import UNTIL_TOLD

EXPECTED = {
    "seconds",
    "frames",
    "late_frames",
    "worst_frame_ms",
    "slide_changes",
    "change_frames",
    "late_change_frames",
    "worst_change_frame_ms",
    "rank_changes",
    "latency_count",
    "latency_p50_ms",
    "latency_p99_ms",
    "lag_p50_ms",
    "lag_p99_ms",
    "lag_worst_ms",
    "cpu_s",
    "wall_cpu_s",
    "engine_cpu_s",
    "peak_memory_mb",
    "engine_restarts",
}


def told_by(path: str, walls: int = -1) -> list[str]:
    """An engine process that names a socket: its own, or another's with so many walls."""
    word = {"socket": path} if walls < 0 else {"busy": path, "walls": walls}
    return [sys.executable, "-S", "-c", f"print({json.dumps(word)!r}, flush=True)\n" + UNTIL_TOLD]


# -------------------------------------------------------------------- memory, signals
def test_memory_is_watched_over_all_processes(qapp: QGuiApplication) -> None:
    watch = MemoryWatch()
    watch.look()
    alone = watch.peak_mb
    assert 20 < alone < 2000
    with subprocess.Popen([sys.executable, "-c", UNTIL_TOLD], stdin=subprocess.PIPE) as other:
        watch.pids.add(other.pid)
        watch.look()
        other.communicate()
    peak = watch.peak_mb
    watch.look()
    assert watch.peak_mb >= peak > 0, "the peak stays when a process is gone"
    watch.stop()


def test_a_process_that_is_gone_takes_no_memory() -> None:
    assert proportional_mb(2**22 + 1) == 0.0


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_reaches_qt(qapp: QGuiApplication, qtbot: QtBot, number: int) -> None:
    before = signal.getsignal(number)
    watch = SignalWatch()
    with qtbot.waitSignal(watch.told, timeout=2000):
        os.kill(os.getpid(), number)
    watch.stop()
    assert signal.getsignal(number) is before


# -------------------------------------------------------------------- figures
def test_without_a_frame_every_figure_is_there() -> None:
    figures = frame_figures({})
    assert figures["frames"] == 0
    assert figures["latency_p99_ms"] is None


def test_of_latencies_the_percentiles_are_told() -> None:
    figures = frame_figures({"latencies_ms": list(range(1, 101)), "change_worst_ms": [3.0, 41.26]})
    assert (figures["latency_count"], figures["latency_p50_ms"], figures["latency_p99_ms"]) == (100, 50, 99)
    assert figures["worst_change_frame_ms"] == 41.3


def test_the_manual_says_what_every_figure_is() -> None:
    text = (REPOSITORY / "docs" / "stats.md").read_text("utf-8")
    first_cells = re.findall(r"^\|(.*?)\|", text, re.MULTILINE)
    assert set(re.findall(r"`(\w+)`", " ".join(first_cells))) == EXPECTED


# -------------------------------------------------------------------- the wall, with an engine that is none
@pytest.fixture
def options(tmp_path: Path) -> WallOptions:
    """A small wall that measures, leaves a picture and ends by itself."""
    return WallOptions(
        size=(640, 360),
        duration_s=1.0,
        stats=tmp_path / "stats.json",
        picture=tmp_path / "wall.png",
    )


@pytest.fixture
def ran(qapp: QGuiApplication) -> Iterator[list[Wall]]:
    """Walls that ran; they are let go of at the end."""
    walls: list[Wall] = []
    yield walls
    for wall in walls:
        wall.deleteLater()


def run(ran: list[Wall], options: WallOptions, command: list[str]) -> tuple[int, Wall]:
    wall = Wall(options, command)
    ran.append(wall)
    return wall.exec(), wall


def test_a_wall_ends_after_its_time_with_figures_and_a_picture(
    options: WallOptions, engine: FakeEngine, ran: list[Wall]
) -> None:
    code, wall = run(ran, options, told_by(engine.path))
    assert code == 0
    assert wall.engine.pid == 0
    assert options.stats is not None
    assert options.picture is not None
    figures = json.loads(options.stats.read_text("utf-8"))
    assert set(figures) == EXPECTED
    assert figures["frames"] > 0
    assert options.picture.read_bytes().startswith(b"\x89PNG")
    assert [message["name"] for message in engine.told("command")] == ["status"]


def test_figures_that_cannot_be_written_are_told_and_end_with_1(
    options: WallOptions,
    engine: FakeEngine,
    ran: list[Wall],
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    nowhere = tmp_path / "no" / "folder"
    wanted = replace(options, stats=nowhere / "stats.json", picture=nowhere / "wall.png", duration_s=0.2)
    code, _ = run(ran, wanted, told_by(engine.path))
    assert code == 1
    told = capsys.readouterr().err
    assert "The picture cannot be written" in told
    assert "What was measured cannot be written" in told


def test_a_second_wall_ends_with_words_when_the_first_has_a_wall(
    engine: FakeEngine, ran: list[Wall], capsys: pytest.CaptureFixture[str]
) -> None:
    code, _ = run(ran, WallOptions(size=(640, 360), duration_s=20), told_by(engine.path, walls=1))
    assert code == 0
    assert "running already" in capsys.readouterr().err


def test_a_wall_joins_an_engine_that_has_none(engine: FakeEngine, ran: list[Wall]) -> None:
    code, _ = run(ran, WallOptions(size=(640, 360), duration_s=1.5), told_by(engine.path, walls=0))
    assert code == 0
    assert {"t": "hello", "role": "wall"} in engine.heard


def test_a_refused_engine_ends_the_wall_with_its_words(
    qapp: QGuiApplication, ran: list[Wall], capsys: pytest.CaptureFixture[str]
) -> None:
    refused = [sys.executable, "-S", "-c", """print('{"refused": "line 4 is wrong"}', flush=True)"""]
    code, _ = run(ran, WallOptions(size=(640, 360), duration_s=20), refused)
    assert code == 1
    assert "line 4 is wrong" in capsys.readouterr().err


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_the_wall(engine: FakeEngine, ran: list[Wall], qtbot: QtBot, number: int) -> None:
    wall = Wall(WallOptions(size=(640, 360), duration_s=20), told_by(engine.path))
    ran.append(wall)
    wall.bridge.heard.connect(lambda: os.kill(os.getpid(), number))
    wall.engine.ready.connect(lambda _path: qtbot.waitUntil(lambda: bool(engine.heard)))
    wall.engine.ready.connect(lambda _path: engine.say(said(snapshot()), show("podium")))
    assert wall.exec() == 0
