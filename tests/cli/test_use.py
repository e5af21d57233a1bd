"""How commands are called: every help has an example, wrong use is told in words and ends with 2."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from salesboard_display import __version__
from salesboard_display.cli import app
from tests.cli.conftest import AT, Typed, typed_alone

COMMANDS = [command.name or command.callback.__name__ for command in app.registered_commands]


def test_these_are_the_commands() -> None:
    assert set(COMMANDS) == {
        "run",
        "demo",
        "hub",
        "standings",
        "explain",
        "snapshot",
        "check",
        "import",
    }


@pytest.mark.parametrize("command", COMMANDS)
def test_every_help_has_an_example_of_its_command(command: str) -> None:
    help_text = typed_alone(command, "--help")
    assert help_text.exit_code == 0
    assert re.search(rf"Example: salesboard-display {command}\b", help_text.stdout)


def test_without_a_command_the_commands_are_told() -> None:
    said = typed_alone()
    assert all(command in said.output for command in COMMANDS)


def test_the_version_is_told() -> None:
    said = typed_alone("--version")
    assert (said.exit_code, said.stdout) == (0, f"salesboard-display {__version__}\n")


WRONG = {
    "unknown board": (["standings", "nope"], "no board “nope”; there are: revenue, deals"),
    "unknown board to explain": (["explain", "nope", "Anna Arc"], "no board “nope”"),
    "unknown slide": (
        ["snapshot", "nope", "--out", "x.png"],
        "no slide “nope”; there are: leaderboard, deals",
    ),
    "unknown theme": (["snapshot", "leaderboard", "--out", "x.png", "--theme", "pink"], "dark, light"),
    "unknown source": (["import", "x.csv", "--source", "erp"], "no source “erp”; there are: crm"),
    "bad --at": (["standings", "revenue", "--at", "soon"], "“soon” is not a date or time"),
    "bad --known-at": (["standings", "revenue", "--known-at", "2017-02-30"], "“2017-02-30” is not"),
    "bad --size": (["snapshot", "leaderboard", "--out", "x.png", "--size", "12"], "1920x1080"),
    "bad --size of a wall": (["run", "--size", "wide"], "'wide' is not a size"),
    "--size no screen has": (
        ["snapshot", "a", "--out", "a.png", "--size", "9999x1080"],
        "'9999x1080' is not a size",
    ),
    "bad --clock": (["run", "--clock", "2017-99"], "'2017-99' is not a date or time"),
    "bad --speed": (["run", "--clock", AT, "--speed", "fast"], "'fast' is not a speed"),
    "bad --screen": (["run", "--screen", "-1"], "--screen"),
    "bad --duration": (["run", "--duration", "0"], "--duration"),
    "missing --out": (["snapshot", "leaderboard"], "--out"),
    "missing --source": (["import", "x.csv"], "--source"),
    "missing board": (["standings"], "board"),
    "unknown option": (["check", "--loud"], "--loud"),
}


@pytest.mark.parametrize(("words", "told"), WRONG.values(), ids=WRONG)
def test_wrong_use_is_told_in_words_and_ends_with_2(typed: Typed, words: list[str], told: str) -> None:
    answer = typed(*words)
    assert answer.exit_code == 2
    assert told in answer.stderr
    assert answer.stdout == ""
    assert "Traceback" not in answer.stderr


@pytest.mark.parametrize("speed", ["nan", "inf", "1e999", "0", "-1h/s", "10m/", "1h/s/s"])
def test_a_speed_that_cannot_be_is_wrong_use(typed: Typed, speed: str) -> None:
    assert typed("run", "--clock", AT, "--speed", speed).exit_code == 2


def test_an_unknown_command_is_wrong_use() -> None:
    assert typed_alone("standing").exit_code == 2


def test_nothing_is_left_of_a_wrong_use(typed: Typed, tmp_path: Path) -> None:
    out = tmp_path / "x.png"
    typed("snapshot", "nope", "--out", str(out))
    assert not out.exists()
