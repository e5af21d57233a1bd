"""Where a frozen build starts: as the program, and as Python where the program asks Python for something."""

from __future__ import annotations

import subprocess
import sys

from tests.conftest import REPOSITORY

START = REPOSITORY / "packaging" / "frozen" / "start.py"


def started(*words: str) -> str:
    done = subprocess.run([sys.executable, str(START), *words], capture_output=True, text=True, check=True)
    return done.stdout


def test_it_is_the_program() -> None:
    assert started("--version").startswith("salesboard-display ")


def test_the_graphics_card_can_be_asked_for_its_name_as_with_python() -> None:
    assert started("-c", "import sys; print('renderer:', __name__, sys.argv[0] != '')") == (
        "renderer: __main__ True\n"
    )
