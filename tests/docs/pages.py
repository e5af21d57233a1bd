"""What the pages of the documentation hold: their fenced blocks and the command lines in them."""

from __future__ import annotations

import re
import shlex
import subprocess
from textwrap import dedent
from typing import NamedTuple

from tests.conftest import REPOSITORY

BLOCK = re.compile(
    r"^(?P<indent> *)```(?P<language>\w+)(?: (?P<file>\S+))?\n(?P<text>.*?)^(?P=indent)```$", re.M | re.S
)
INLINE = re.compile(r"`(salesboard-display [a-z-][^`]*)`")
PROGRAM = "salesboard-display"


class Block(NamedTuple):
    """A fenced block: where it stands, its language, the file it is to be written to ("": none), its text."""

    place: str
    language: str
    file: str
    text: str


def pages() -> list[str]:
    """Every page for readers: README, CONTRIBUTING and docs/, gallery aside."""
    listed = subprocess.run(
        ["git", "ls-files", "-co", "--exclude-standard", "*.md"],
        cwd=REPOSITORY, check=True, capture_output=True, text=True, timeout=30,
    ).stdout.split()  # fmt: skip
    return [name for name in listed if name.startswith("docs/") or "/" not in name]


def blocks(page: str, language: str = "") -> list[Block]:
    """The fenced blocks of a page, of one language or all."""
    text = (REPOSITORY / page).read_text("utf-8")
    found = []
    for match in BLOCK.finditer(text):
        line = text.count("\n", 0, match.start()) + 1
        if language in ("", match["language"]):
            inner = dedent(match["text"])
            found.append(Block(f"{page}:{line}", match["language"], match["file"] or "", inner))
    return found


def command_lines(page: str) -> list[list[str]]:
    """What follows the program's name in each of its command lines, in shell blocks and between backticks."""
    lines = [line for block in blocks(page, "sh") for line in block.text.replace("\\\n", " ").splitlines()]
    lines += [found.replace("\n", " ") for found in INLINE.findall((REPOSITORY / page).read_text("utf-8"))]
    words = [shlex.split(line, comments=True) for line in lines]
    return [line[1:] for line in words if line[:1] == [PROGRAM]]
