"""Command lines shown in the documentation are ones the program takes, and name what exists."""

from __future__ import annotations

import tomllib

import pytest
import typer

from salesboard_display.cli import app
from salesboard_display.settings.demo import demo_path
from tests.docs.pages import blocks, command_lines, pages

SHOWN = [(page, line) for page in pages() for line in command_lines(page)]
NAMES = {"standings": "boards", "explain": "boards", "snapshot": "slides"}


def known(table: str) -> set[str]:
    """The ids that a reader has: those of the demo office and of the README's example."""
    texts = [demo_path().read_text("utf-8"), *(block.text for block in blocks("README.md", "toml"))]
    return {id_ for text in texts for id_ in tomllib.loads(text).get(table, {})}


def test_commands_are_shown() -> None:
    assert {"check", "run", "standings", "explain", "snapshot", "import"} <= {line[0] for _, line in SHOWN}


@pytest.mark.parametrize(
    ("page", "line"), SHOWN, ids=lambda value: value if isinstance(value, str) else " ".join(value)
)
def test_the_program_takes_a_command_line_shown(page: str, line: list[str]) -> None:
    program = typer.main.get_command(app)
    if line[0].startswith("--"):
        assert line[0] in {"--help", "--version"}
        return
    command, words = program.commands[line[0]], line[1:]  # type: ignore[attr-defined]
    while words and hasattr(command, "commands"):
        command, words = command.commands[words[0]], words[1:]
    if words:  # a name alone is a mention
        with command.make_context(line[0], words) as context:
            assert context.params


@pytest.mark.parametrize(
    ("page", "line"), SHOWN, ids=lambda value: value if isinstance(value, str) else " ".join(value)
)
def test_a_board_or_slide_that_is_asked_for_exists(page: str, line: list[str]) -> None:
    if line[0] in NAMES and len(line) > 1:
        assert line[1] in known(NAMES[line[0]]), page
