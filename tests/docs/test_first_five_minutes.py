"""The README's first five minutes work as they are told, to the letter."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import REPOSITORY
from tests.docs.pages import blocks, command_lines


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The newcomer's folder with the README's two files; the store goes to a data folder of the test."""
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    monkeypatch.setenv("PYTHONPATH", str(REPOSITORY))
    here = tmp_path / "here"
    here.mkdir()
    monkeypatch.chdir(here)
    for block in blocks("README.md"):
        if block.file:
            (here / block.file).write_text(block.text, "utf-8")
    return here


def run(line: list[str]) -> subprocess.CompletedProcess[str]:
    """A command in a process of its own, as a newcomer runs it."""
    command = [sys.executable, "-m", "salesboard_display", *line]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)


def told(command: str) -> list[str]:
    """The README's command line of that name."""
    return next(line for line in command_lines("README.md") if line[0] == command and "--config" in line)


def test_the_readme_gives_both_files(folder: Path) -> None:
    assert {file.name for file in folder.iterdir()} == {"deals.csv", "office.toml"}


def test_standings_and_explain_answer_what_the_readme_shows(folder: Path) -> None:
    answers = [run(told("standings")), run(told("explain"))]
    assert [answer.returncode for answer in answers] == [0, 0]
    said = "\n".join(answer.stdout for answer in answers).splitlines()
    shown = blocks("README.md", "text")[0].text.splitlines()
    assert len(shown) == 7
    assert [line for line in shown if line not in said] == []


def test_check_names_the_row_that_cannot_be_used(folder: Path) -> None:
    said = run(told("check")).stdout
    assert "row 7" in said
    assert "“soon” is not a number" in said


def test_a_mistake_in_the_settings_is_named_with_its_line(folder: Path) -> None:
    assert run(told("standings")).returncode == 0
    file = folder / "office.toml"
    file.write_text(file.read_text("utf-8").replace("aggregate =", "aggregat ="), "utf-8")
    answer = run(told("standings"))
    assert answer.returncode == 0, "the last good settings answer"
    assert "metrics.revenue.aggregat" in answer.stderr
    assert 'did you mean "aggregate"?' in answer.stderr
