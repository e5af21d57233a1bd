"""The example of docs/sources/sql.md gives what the page says."""

from __future__ import annotations

import re
import sqlite3
from contextlib import closing
from pathlib import Path

from salesboard_display.settings.loading import load
from salesboard_display.sources import build_source
from tests.conftest import REPOSITORY
from tests.docs.pages import blocks
from tests.sources.helpers import context, gather

PAGE = "docs/sources/sql.md"


async def test_the_example_gives_the_facts_it_shows(tmp_path: Path) -> None:
    files = {block.file: block.text for block in blocks(PAGE) if block.file}
    with closing(sqlite3.connect(tmp_path / "crm.sqlite")) as database:
        database.executescript(files["crm.sql"])
    (tmp_path / "office.toml").write_text(files["office.toml"], "utf-8")
    settings = load(tmp_path / "office.toml").settings
    read = await gather(build_source(settings, "crm", tmp_path, "Europe/Berlin").fetch("", context()))
    shown = re.findall(r"^\| (\d:\w+) \| (\w+) \| (.*?) \|$", (REPOSITORY / PAGE).read_text("utf-8"), re.M)
    found = []
    for fact in read.facts:
        (line,) = fact.lines
        amount = "" if line.amount_minor is None else f" {line.amount_minor / 100:.2f}"
        found.append((fact.key, fact.kind, line.identity + amount))
    assert found == shown
    assert len(shown) == 3
    assert read.rejections == []
