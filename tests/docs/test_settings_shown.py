"""Settings shown in the documentation can be used as they stand."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest
import tomlkit

from salesboard_display.engine.checkup import check_up
from salesboard_display.settings.demo import demo_path
from salesboard_display.settings.loading import load
from tests.docs.pages import Block, blocks, pages

ELSEWHERE = {
    "docs/settings.md",
    "docs/sources.md",
    "docs/sources/own-api.md",
}  # tests/settings/test_models.py, tests/sources/test_docs.py, test_own_api_page.py
SHOWN = [block for page in pages() if page not in ELSEWHERE for block in blocks(page, "toml")]


def added(base: dict[str, Any], more: dict[str, Any]) -> dict[str, Any]:
    """The base with more in it: tables are joined, anything else is replaced."""
    joined = dict(base)
    for key, value in more.items():
        before = joined.get(key)
        both = isinstance(before, dict) and isinstance(value, dict)
        joined[key] = added(before, value) if both and before is not None else value
    return joined


def whole(text: str) -> dict[str, Any]:
    """A whole settings file as it is; a part of one as an addition to the demo office's."""
    document = tomllib.loads(text)
    if "version" in document:
        return document
    return added(tomllib.loads(demo_path().read_text("utf-8")), document)


def test_the_pages_for_readers_show_settings() -> None:
    shown = {block.place.split(":")[0] for block in SHOWN}
    assert {"README.md", "docs/managers.md", "docs/operators.md"} <= shown


@pytest.mark.parametrize("block", SHOWN, ids=lambda block: block.place)
def test_settings_shown_load_without_a_word(block: Block, tmp_path: Path) -> None:
    file = tmp_path / "office.toml"
    file.write_text(tomlkit.dumps(whole(block.text)), "utf-8")
    loaded = load(file)
    assert [str(problem) for problem in loaded.problems] == []


def test_all_that_managers_are_shown_works_in_one_office(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    document: dict[str, Any] = {}
    for block in blocks("docs/managers.md", "toml"):
        document = added(document, whole(block.text))
    for block in blocks("docs/managers.md", "csv"):
        (tmp_path / block.file).write_text(block.text, "utf-8")
    file = tmp_path / "office.toml"
    file.write_text(tomlkit.dumps(document), "utf-8")
    findings, words = check_up(file)
    assert "3 rates read" in {words.say(finding.text) for finding in findings}
    assert {"settings", "store", "source", "people", "board"} <= {finding.area for finding in findings}
    assert [f"{f.area} {f.name}: {words.say(f.text)}" for f in findings if not f.ok] == []


def test_a_part_is_joined_to_the_demo_offices_settings() -> None:
    joined = whole('[office]\nname = "Other"\n[boards.mine]\ntitle = "Mine"\n')
    assert joined["office"] == {"name": "Other", "currency": "EUR"}
    assert {"mine", "revenue-month"} <= joined["boards"].keys()
