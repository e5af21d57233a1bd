"""The example of docs/sources.md does what the page says."""

from __future__ import annotations

import re
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from salesboard_display.core.facts import Fact
from salesboard_display.settings.loading import load
from salesboard_display.sources import build_source
from salesboard_display.sources.contract import in_english
from tests.sources.helpers import Read, context, gather, write

BERLIN = "Europe/Berlin"


def tables(page: str) -> list[list[list[str]]]:
    """The cells of each table of the page, without headings."""
    blocks = re.findall(r"((?:^\|.*\n)+)", page, re.MULTILINE)
    rows = [[line.strip("|\n").split("|") for line in block.splitlines()[2:]] for block in blocks]
    return [[[cell.strip() for cell in row] for row in table] for table in rows]


def shown(fact: Fact) -> list[str]:
    day = datetime.fromtimestamp(fact.occurred_at / 1000, ZoneInfo(BERLIN)).date().isoformat()
    credit = [
        line.identity + (f" {line.amount_minor / 100:.2f}" if line.amount_minor is not None else "")
        for line in fact.lines
    ]
    attributes = [f"{name}={value}" for name, value in fact.attributes]
    return [fact.key, fact.kind, day, ", ".join(credit), ", ".join(attributes)]


@pytest.fixture
def page(repository: Path) -> str:
    return (repository / "docs" / "sources.md").read_text("utf-8")


async def fetched(folder: Path, page: str, name: str) -> Read:
    for file, content in re.findall(r"^```\w+ (\S+)\n(.*?)^```", page, re.MULTILINE | re.DOTALL):
        write(folder / file, content)
    loaded = load(folder / "wall.toml")
    source = build_source(loaded.settings, name, folder, BERLIN)
    return await gather(source.fetch("", context()))


async def test_the_example_gives_the_facts_and_rejections_it_shows(tmp_path: Path, page: str) -> None:
    read = await fetched(tmp_path, page, "crm")
    facts, rejections = tables(page)[:2]
    assert [shown(fact) for fact in read.facts] == facts
    assert [[r.record, r.field, in_english(r.reason)] for r in read.rejections] == rejections
    assert read.people == []


async def test_the_examples_people_come_from_their_own_file(tmp_path: Path, page: str) -> None:
    read = await fetched(tmp_path, page, "people")
    assert [(p.name, p.team, p.region) for p in read.people] == [
        ("Anna Berg", "Harbour", "North"),
        ("Ben Okafor", "Skyline", "South"),
    ]
