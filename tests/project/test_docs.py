"""The documentation points at things that exist."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

from tests.conftest import REPOSITORY

LINK = re.compile(r"\]\((?!https?://|mailto:|#)([^)#\s]+)(?:#([^)\s]+))?\)")


def documents() -> list[str]:
    listed = subprocess.run(
        ["git", "ls-files", "*.md"], cwd=REPOSITORY, check=True, capture_output=True, text=True, timeout=30
    )
    return listed.stdout.split()


def anchors(file: Path) -> set[str]:
    """The anchors of a document's headings, as code hosts make them."""
    headings = re.findall(r"^#+ (.+)$", file.read_text("utf-8"), flags=re.M)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("document", documents())
def test_every_link_within_the_repository_leads_somewhere(document: str, repository: Path) -> None:
    here = repository / document
    broken = []
    for target, anchor in LINK.findall(here.read_text("utf-8")):
        file = here.parent / target
        if not file.exists() or (anchor and file.suffix == ".md" and anchor not in anchors(file)):
            broken.append(f"{target}#{anchor}" if anchor else target)
    assert broken == []


def test_the_readme_names_the_two_commands(repository: Path) -> None:
    readme = (repository / "README.md").read_text("utf-8")
    targets = re.findall(r"^([a-z][a-z-]*):", (repository / "Makefile").read_text("utf-8"), flags=re.M)
    named = set(re.findall(r"`?make ([a-z-]+)", readme))
    assert {"run", "test"} <= named <= set(targets)
