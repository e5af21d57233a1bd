"""Files of an older version are upgraded in memory, and on the disk only when they are saved."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from salesboard_display.settings import upgrades
from salesboard_display.settings.loading import load
from salesboard_display.settings.problems import SettingsError
from salesboard_display.settings.saving import backup_path, save
from salesboard_display.settings.upgrades import Document, VersionError, upgrade
from tests.settings.writing import GOOD

OLD = (
    GOOD.replace("version = 1 ", "version = 0 ").replace("[office]", "[company]").replace("currency", "money")
)


def _from_version_0(document: Document) -> None:
    """What a made-up version 0 called differently."""
    if "company" in document:
        document["office"] = document.pop("company")
    office: Any = document.get("office", {})
    if "money" in office:
        office["currency"] = office.pop("money")


@pytest.fixture
def old(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A file of the made-up version 0, in a program that can upgrade it."""
    monkeypatch.setitem(upgrades.UPGRADES, 0, _from_version_0)
    path = tmp_path / "old.toml"
    path.write_text(OLD, encoding="utf-8")
    return path


def test_an_old_file_is_read_and_left_alone(old: Path) -> None:
    loaded = load(old)
    assert loaded.version == 0
    assert loaded.settings.version == 1
    assert (loaded.settings.office.name, loaded.settings.office.currency) == ("Before", "EUR")
    assert old.read_text(encoding="utf-8") == OLD


def test_a_mistake_in_an_old_file_is_named_in_todays_words(old: Path) -> None:
    old.write_text(OLD.replace('"EUR"', "5"), encoding="utf-8")
    with pytest.raises(SettingsError) as raised:
        load(old)
    assert raised.value.problems[0].key == "office.currency"


def test_saving_rewrites_an_old_file_with_its_comments(old: Path) -> None:
    save(old, {"office.name": "After"})
    text = old.read_text(encoding="utf-8")
    assert "version = 1 " in text
    assert "[office]" in text
    assert "company" not in text
    assert "# what the door says" in text
    assert load(old).settings.office.currency == "EUR"
    assert backup_path(old).read_text(encoding="utf-8") == OLD


def test_steps_are_taken_in_order_and_none_is_left_out() -> None:
    taken: list[int] = []
    steps = {n: (lambda document, n=n: taken.append(n)) for n in range(5)}
    document: dict[str, Any] = {"version": 2}
    assert upgrade(document, steps, newest=5) == 2
    assert taken == [2, 3, 4]
    assert document == {"version": 5}


def test_a_gap_in_the_steps_changes_nothing() -> None:
    document: dict[str, Any] = {"version": 0, "a": 1}
    with pytest.raises(VersionError, match="1 to 3"):
        upgrade(document, {1: _from_version_0, 2: _from_version_0}, newest=3)
    assert document == {"version": 0, "a": 1}


def test_a_newer_file_is_not_guessed_at() -> None:
    with pytest.raises(VersionError, match="newer program"):
        upgrade({"version": 99})
