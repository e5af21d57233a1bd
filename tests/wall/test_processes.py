"""The wall and its engine as real processes: they show, die, come back, and let others work beside them."""

from __future__ import annotations

import json
import os
import signal
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PIL import Image
from typer.testing import CliRunner, Result

from salesboard_display.cli import app
from salesboard_display.engine.client import running_engine
from tests.engine.offices import OfficeFolder
from tests.real.conftest import SETTINGS as REAL_SETTINGS
from tests.wall.processes import Command, alive, engine_of, listening, rows_of, status, until

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("qapp")]

Start = Callable[..., Command]
BOARD = [("Anna Arc", "€300"), ("Ben Bow", "€200")]


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    """Starts commands; whatever still runs in the end is ended."""
    started: list[Command] = []

    def make(*words: str, alone: bool = False) -> Command:
        started.append(Command(tmp_path / f"said-{len(started)}.log", *words, alone=alone))
        return started[-1]

    yield make
    for command in started:
        command.kill_all()


@pytest.fixture
def office(tmp_path: Path) -> OfficeFolder:
    """A small office that looks at its file and its settings all the time."""
    folder = tmp_path / "office"
    folder.mkdir()
    return OfficeFolder(folder)


@pytest.fixture
def store(office: OfficeFolder) -> Path:
    """The office's store."""
    return office.path / "store.db"


@pytest.fixture
def hub(start: Start, office: OfficeFolder, store: Path) -> Command:
    """The office's engine, without a wall."""
    made = start("hub", "--config", str(office.settings))
    engine_of(store)
    return made


def wall(start: Start, office: OfficeFolder, *more: str, alone: bool = False) -> Command:
    small = ("--offscreen", "--size", "640x360")
    return start("run", "--config", str(office.settings), *small, *more, alone=alone)


def typed(office: OfficeFolder, *words: str) -> Result:
    return CliRunner().invoke(app, [*words, "--config", str(office.settings)], catch_exceptions=False)


# -------------------------------------------------------------------- it shows
def test_the_demo_leaves_a_picture_and_figures(start: Start, tmp_path: Path) -> None:
    stats, picture = tmp_path / "stats.json", tmp_path / "wall.png"
    demo = start(
        *("demo", "--offscreen", "--size", "960x540", "--duration", "6"),
        *("--stats", str(stats), "--picture", str(picture)),
    )
    assert demo.ends(40) == 0, demo.said
    assert "WARNING" not in demo.said
    assert "Traceback" not in demo.said
    with Image.open(picture) as image:
        assert image.size == (960, 540)
        lit = sum(image.convert("L").histogram()[128:])
    assert lit > 2_000, "letters and bars"
    figures = json.loads(stats.read_text("utf-8"))
    assert 5 <= figures["seconds"] <= 12
    assert figures["frames"] > 50
    assert figures["engine_cpu_s"] > 0
    assert figures["cpu_s"] == pytest.approx(figures["wall_cpu_s"] + figures["engine_cpu_s"], abs=0.01)
    assert 40 < figures["peak_memory_mb"] < 400
    assert figures["engine_restarts"] == 0


@pytest.mark.real
def test_the_replay_of_real_data_changes_ranks(start: Start, real_data: Path, tmp_path: Path) -> None:
    config, stats = tmp_path / "real.toml", tmp_path / "stats.json"
    config.write_text(REAL_SETTINGS.read_text("utf-8"), "utf-8")
    replay = start(
        *("run", "--config", str(config), "--offscreen", "--size", "960x540", "--duration", "14"),
        *("--clock", "2017-03-14T09:00", "--speed", "10m/s", "--stats", str(stats)),
    )
    assert replay.ends(60) == 0, replay.said
    assert "Traceback" not in replay.said
    figures = json.loads(stats.read_text("utf-8"))
    assert figures["rank_changes"] > 0
    assert figures["engine_restarts"] == 0


def test_without_settings_and_without_a_screen_it_says_so_and_shows_the_demo(
    start: Start, tmp_path: Path
) -> None:
    picture = tmp_path / "wall.png"
    running = start("run", "--duration", "4", "--size", "640x360", "--picture", str(picture))
    assert running.ends(30) == 0, running.said
    assert "No screen here (neither DISPLAY nor WAYLAND_DISPLAY is set): drawing off-screen." in running.said
    assert picture.stat().st_size > 5_000
    assert [file.name for file in tmp_path.rglob("store.db")] == ["store.db"], "the demo keeps its facts, too"


def test_each_process_holds_only_what_is_its_own(start: Start, office: OfficeFolder, store: Path) -> None:
    running = wall(start, office, alone=True)
    engine = engine_of(store)
    until(lambda: status(store)["walls"] == 1)
    of_wall, of_engine = (Path(f"/proc/{pid}/maps").read_text() for pid in (running.process.pid, engine))
    assert "libQt6Quick" in of_wall
    assert not [name for name in ("/sqlalchemy/", "_sqlite3", "watchfiles", "calamine") if name in of_wall]
    assert "_sqlite3" in of_engine
    assert not [name for name in ("libQt6", "PySide6") if name in of_engine]
    assert running.stop() == 0


def test_a_new_fact_in_the_file_reaches_the_wall(hub: Command, office: OfficeFolder, store: Path) -> None:
    with listening(store) as ear:
        ear.snapshot(lambda state: rows_of(state) == BOARD)
        office.deals(("d1", "Anna Arc", 300), ("d2", "Ben Bow", 200), ("d3", "Ben Bow", 250))
        changed = ear.snapshot(lambda state: rows_of(state) == [("Ben Bow", "€450"), ("Anna Arc", "€300")])
    assert changed.notice == ""


# -------------------------------------------------------------------- it dies
def test_an_engine_that_is_killed_is_back_within_5_s_and_the_wall_ends_cleanly(
    start: Start, office: OfficeFolder, store: Path, tmp_path: Path
) -> None:
    stats = tmp_path / "stats.json"
    running = wall(start, office, "--stats", str(stats), alone=True)
    first = engine_of(store)
    until(lambda: status(store)["walls"] == 1)
    os.kill(first, signal.SIGKILL)
    killed = time.monotonic()
    second = engine_of(store, but=first)
    assert time.monotonic() - killed <= 5.0
    until(lambda: status(store)["walls"] == 1)
    assert running.stop() == 0
    assert json.loads(stats.read_text("utf-8"))["engine_restarts"] == 1
    assert not alive(second)
    assert "Traceback" not in running.said


def test_after_a_kill_of_everything_the_next_start_shows_the_last_board_within_5_s(
    start: Start, office: OfficeFolder, store: Path
) -> None:
    running = wall(start, office)
    engine = engine_of(store)
    with listening(store) as ear:
        ear.snapshot(lambda state: rows_of(state) == BOARD)
    running.process.kill()
    until(lambda: not alive(engine), within_s=10)
    office.deals_file.unlink()
    begun = time.monotonic()
    again = wall(start, office, alone=True)
    until(lambda: running_engine(store), within_s=10)
    with listening(store) as ear:
        first = ear.snapshot()
    assert rows_of(first) == BOARD
    assert time.monotonic() - begun <= 5.0
    with listening(store) as ear:
        later = ear.snapshot(lambda state: state.seq > first.seq)
    assert rows_of(later) == BOARD, "a file that is gone takes nobody's board away"
    assert again.stop() == 0


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_wall_that_is_told_to_end_ends_its_engine(
    start: Start, office: OfficeFolder, store: Path, number: int
) -> None:
    running = wall(start, office)
    engine = engine_of(store)
    until(lambda: status(store)["walls"] == 1)
    running.process.send_signal(number)
    assert running.ends() == 0, running.said
    assert not alive(engine)
    assert not Path(f"{store}.socket").exists()


def test_a_second_start_raises_the_first_and_ends_with_words(
    start: Start, office: OfficeFolder, store: Path
) -> None:
    wall(start, office)
    first = engine_of(store)
    until(lambda: status(store)["walls"] == 1)
    with listening(store) as ear:
        ear.snapshot()
        second = wall(start, office)
        ear.message(lambda message: message["t"] == "raise")
        assert second.ends() == 0, second.said
    assert "It is running already; its wall was brought to the front." in second.said
    assert status(store)["pid"] == first


def test_settings_that_cannot_be_used_end_the_wall_with_1_and_their_line(
    start: Start, office: OfficeFolder
) -> None:
    office.edit('zone = "UTC"', 'zone = "Mars/Olympus"')
    running = wall(start, office)
    assert running.ends() == 1
    assert f"{office.settings}, line 4, office.zone" in running.said
    assert "Traceback" not in running.said


# -------------------------------------------------------------------- others work beside it
def test_standings_beside_a_running_engine_see_the_file_as_it_is_now(
    hub: Command, office: OfficeFolder
) -> None:
    office.deals(("d1", "Anna Arc", 300), ("d2", "Ben Bow", 900))
    said = typed(office, "standings", "revenue", "--json")
    assert (said.exit_code, said.stderr) == (0, "")
    assert [place["value"] for place in json.loads(said.stdout)["places"]] == ["900.00", "300.00"]


def test_a_picture_can_be_made_beside_a_running_engine(
    hub: Command, office: OfficeFolder, tmp_path: Path
) -> None:
    out = tmp_path / "beside.png"
    said = typed(office, "snapshot", "leaderboard", "--out", str(out), "--size", "640x360")
    assert said.exit_code == 0, said.stderr
    with Image.open(out) as image:
        assert image.size == (640, 360)


def test_an_import_beside_a_running_engine_shows_on_the_wall(
    hub: Command, office: OfficeFolder, store: Path, tmp_path: Path
) -> None:
    more = tmp_path / "more.csv"
    when = office.deals_file.read_text("utf-8").splitlines()[1].rsplit(",", 1)[1]
    more.write_text(f"id,who,amount,at\nm1,Cleo Cole,1000,{when}\n", "utf-8")
    with listening(store) as ear:
        ear.snapshot(lambda state: rows_of(state) == BOARD)
        said = typed(office, "import", str(more), "--source", "crm")
        assert (said.exit_code, said.stdout.splitlines()[0]) == (0, "more.csv into crm: 1 added")
        ear.snapshot(lambda state: rows_of(state) == [("Cleo Cole", "€1,000"), *BOARD])


def test_an_import_of_a_missing_file_beside_an_engine_ends_with_1(hub: Command, office: OfficeFolder) -> None:
    said = typed(office, "import", str(office.path / "gone.csv"), "--source", "crm")
    assert said.exit_code == 1
    assert "gone.csv is missing" in said.stderr


def test_check_works_beside_a_running_engine(hub: Command, office: OfficeFolder) -> None:
    said = typed(office, "check")
    assert "source crm: live" in said.stdout
    assert "PROBLEM  store" not in said.stdout


# -------------------------------------------------------------------- settings change
def test_an_edit_of_the_settings_shows_without_a_restart(
    hub: Command, office: OfficeFolder, store: Path
) -> None:
    pid = status(store)["pid"]
    with listening(store) as ear:
        ear.snapshot(lambda state: rows_of(state) == BOARD)
        office.edit('title = "Revenue won"', 'title = "Won so far"')
        changed = ear.snapshot(lambda state: any(slide.title == "Won so far" for slide in state.slides))
    assert rows_of(changed) == BOARD
    assert status(store)["pid"] == pid


def test_a_bad_edit_leaves_the_wall_as_it_is_and_is_told(
    hub: Command, office: OfficeFolder, store: Path
) -> None:
    with listening(store) as ear:
        ear.snapshot(lambda state: rows_of(state) == BOARD)
        office.edit('period = "this-month"', 'period = "this-moth"')
        told = ear.snapshot(lambda state: state.notice)
        assert rows_of(told) == BOARD
        assert "boards.revenue.period" in told.notice
        assert any("boards.revenue.period" in problem for problem in status(store)["problems"])
        check = typed(office, "check")
        assert check.exit_code == 1
        assert "boards.revenue.period" in check.stdout
        office.edit('period = "this-moth"', 'period = "this-month"')
        mended = ear.snapshot(lambda state: not state.notice)
    assert rows_of(mended) == BOARD
    assert status(store)["problems"] == []


def test_a_source_that_is_cut_short_keeps_the_board(hub: Command, office: OfficeFolder, store: Path) -> None:
    with listening(store) as ear:
        ear.snapshot(lambda state: rows_of(state) == BOARD)
        office.deals_file.write_text("id,who,amount,at\nd1,Anna Arc,30", "utf-8")
        said = typed(office, "standings", "revenue", "--json")
        assert said.stderr.startswith("source crm: ")
        assert [place["value"] for place in json.loads(said.stdout)["places"]] == ["300.00", "200.00"]
    with listening(store) as ear:
        assert rows_of(ear.snapshot()) == BOARD
    assert status(store)["sources"]["crm"]["message"]
