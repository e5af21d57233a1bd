"""Saving changes what it should and nothing else: comments, order, references, permissions and links stay."""

from __future__ import annotations

import os
import stat
import tomllib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from salesboard_display.settings import saving
from salesboard_display.settings.loading import Loaded, load
from salesboard_display.settings.problems import SettingsError
from salesboard_display.settings.saving import REMOVE, backup_path, save
from salesboard_display.settings.sources import FileSource
from tests.settings.writing import GOOD, good_with


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A good settings file."""
    path = tmp_path / "settings.toml"
    path.write_text(GOOD, encoding="utf-8")
    return path


def test_one_value_changes_and_nothing_else(path: Path) -> None:
    loaded = save(path, {"office.name": "After"})
    assert path.read_text(encoding="utf-8") == GOOD.replace('"Before"', '"After"')
    assert loaded.settings.office.name == "After"
    assert loaded == load(path)


def test_new_keys_and_tables_are_added_where_they_belong(path: Path) -> None:
    save(path, {"office.zone": "Europe/Berlin", "wall.theme": "light", "boards.deals": {
        "title": "Deals", "metric": "revenue", "period": "today"}, "slides.leaderboard.rows": 5})  # fmt: skip
    text = path.read_text(encoding="utf-8")
    settings = load(path).settings
    assert (settings.office.zone, settings.wall.theme, settings.slides["leaderboard"].rows) == (
        "Europe/Berlin",
        "light",
        5,
    )
    assert settings.boards["deals"].title == "Deals"
    for comment in ("# The office's own file.", "# keep this line first", "# what the door says"):
        assert comment in text
    assert text.index("[office]") < text.index("[sources.demo]") < text.index("[slides.leaderboard]")


def test_keys_can_be_removed(path: Path) -> None:
    save(path, {"office.currency": REMOVE, "office.zone": REMOVE, "people.nobody.name": REMOVE})
    assert path.read_text(encoding="utf-8") == GOOD.replace('currency = "EUR"\n', "")


def test_the_text_before_is_kept_as_one_backup(path: Path) -> None:
    save(path, {"office.name": "Second"})
    save(path, {"office.name": "Third"})
    assert backup_path(path).read_text(encoding="utf-8") == GOOD.replace("Before", "Second")
    assert sorted(p.name for p in path.parent.iterdir()) == ["settings.toml", "settings.toml.bak"]


def test_saving_what_is_there_already_writes_nothing(path: Path) -> None:
    before = path.stat()
    save(path, {"office.name": "Before"})
    assert path.stat() == before
    assert not backup_path(path).exists()


def test_a_value_that_a_reference_stands_for_leaves_the_reference(tmp_path: Path) -> None:
    text = good_with('[sources.crm]\ntype = "file"\npath = "${env:DATA}/deals.csv" # there\n')
    path = tmp_path / "s.toml"
    path.write_text(text, encoding="utf-8")
    environ = {"DATA": "/srv"}
    loaded = save(path, {"sources.crm.path": "/srv/deals.csv", "office.name": "After"}, environ=environ)
    assert path.read_text(encoding="utf-8") == text.replace('"Before"', '"After"')
    source = loaded.settings.sources["crm"]
    assert isinstance(source, FileSource)
    assert source.path == "/srv/deals.csv"
    save(path, {"sources.crm.path": "/other.csv"}, environ=environ)
    assert "/other.csv" in path.read_text(encoding="utf-8")


def test_items_of_lists_and_arrays_of_tables_are_reached_by_index(tmp_path: Path) -> None:
    path = tmp_path / "s.toml"
    fact = '[[sources.crm.facts]]\nkind = "{}"\nkey = "id"\nperson = "who" # here\nhappened = "t"\n'
    path.write_text(
        good_with('[sources.crm]\ntype = "file"\npath = "x"\n' + fact.format("a") + fact.format("b"))
    )
    save(path, {"sources.crm.facts[1].kind": "c", "metrics.revenue.kinds[0]": "deal_lost"})
    document = tomllib.loads(path.read_text())
    assert [f["kind"] for f in document["sources"]["crm"]["facts"]] == ["a", "c"]
    assert document["metrics"]["revenue"]["kinds"] == ["deal_lost"]
    assert path.read_text().count("# here") == 2


def test_a_change_that_would_not_load_is_refused_and_nothing_is_written(path: Path) -> None:
    with pytest.raises(SettingsError) as raised:
        save(path, {"office.currency": "Euro", "boards.revenue-month.metric": "revenu"})
    assert [p.key for p in raised.value.problems] == ["office.currency", "boards.revenue-month.metric"]
    assert path.read_text(encoding="utf-8") == GOOD
    assert not backup_path(path).exists()


@pytest.mark.parametrize("key", ["office.name.deep", "metrics.revenue.kinds[7]", "metrics.revenue[0]"])
def test_a_place_that_cannot_be_is_refused_in_words(path: Path, key: str) -> None:
    with pytest.raises(SettingsError) as raised:
        save(path, {key: "x"})
    assert "no place to write to" in str(raised.value)
    assert path.read_text(encoding="utf-8") == GOOD


def test_an_edit_made_meanwhile_is_not_overwritten(path: Path) -> None:
    loaded = load(path)
    path.write_text(GOOD.replace("Before", "By hand"), encoding="utf-8")
    with pytest.raises(SettingsError) as raised:
        save(path, {"office.name": "By program"}, stamp=loaded.stamp)
    assert "somebody else edited the file" in str(raised.value)
    assert load(path).settings.office.name == "By hand"
    save(path, {"office.name": "By program"}, stamp=load(path).stamp)
    assert load(path).settings.office.name == "By program"


def test_an_edit_made_while_saving_is_not_overwritten(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def edited_by_hand(text: str, *rest: Any) -> Loaded:
        path.write_text(GOOD.replace("Before", "By hand"), encoding="utf-8")
        return load(path)

    monkeypatch.setattr(saving, "load_text", edited_by_hand)
    with pytest.raises(SettingsError, match="somebody else"):
        save(path, {"office.name": "By program"})
    assert load(path).settings.office.name == "By hand"


@pytest.mark.skipif(os.name != "posix", reason="permissions and links as on Unix")
def test_permissions_and_links_stay(tmp_path: Path) -> None:
    real = tmp_path / "elsewhere" / "real.toml"
    real.parent.mkdir()
    real.write_text(GOOD, encoding="utf-8")
    real.chmod(0o640)
    link = tmp_path / "settings.toml"
    link.symlink_to(real)
    save(link, {"office.name": "After"})
    assert link.is_symlink()
    assert "After" in real.read_text(encoding="utf-8")
    assert stat.S_IMODE(real.stat().st_mode) == 0o640
    assert sorted(p.name for p in real.parent.iterdir()) == ["real.toml", "real.toml.bak"]


def test_a_file_that_is_not_there_is_begun(tmp_path: Path) -> None:
    path = tmp_path / "new" / "settings.toml"
    save(path, {"office.name": "First"})
    assert path.read_text(encoding="utf-8").startswith("version = 1\n")
    assert load(path).settings.office.name == "First"
    assert not backup_path(path).exists()


@pytest.mark.parametrize("step", ["fsync", "replace", "mkdir"])
def test_a_disk_that_is_full_leaves_the_file_as_it_was(
    path: Path, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(*((Path, step, full) if step == "mkdir" else (os, step, full)))
    with pytest.raises(SettingsError) as raised:
        save(path, {"office.name": "After"})
    monkeypatch.undo()
    assert "No space left on device" in str(raised.value)
    assert path.read_text(encoding="utf-8") == GOOD
    assert [p.name for p in path.parent.iterdir()] == ["settings.toml"]


def test_windows_line_ends_and_a_byte_order_mark_stay(path: Path) -> None:
    data = b"\xef\xbb\xbf" + GOOD.replace("\n", "\r\n").encode()
    path.write_bytes(data)
    save(path, {"office.name": "After"})
    assert path.read_bytes() == data.replace(b"Before", b"After")


def test_a_file_that_is_wrong_already_is_said_with_its_line(path: Path) -> None:
    path.write_text("version = 1\n[office\n", encoding="utf-8")
    with pytest.raises(SettingsError) as raised:
        save(path, {"office.name": "After"})
    assert raised.value.problems[0].line == 2


_TITLES = st.text(st.characters(exclude_categories=("Cs", "Cc")), min_size=1, max_size=20).filter(str.strip)


@given(title=_TITLES, purpose=_TITLES, rows=st.integers(1, 10), top=st.integers(0, 50))
def test_whatever_is_saved_is_what_is_loaded(
    tmp_path_factory: pytest.TempPathFactory, title: str, purpose: str, rows: int, top: int
) -> None:
    path = tmp_path_factory.mktemp("saved") / "s.toml"
    path.write_text(GOOD, encoding="utf-8")
    changes = {"boards.revenue-month.title": title, "boards.revenue-month.purpose": purpose,
               "slides.leaderboard.rows": rows, ("boards", "revenue-month", "top"): top}  # fmt: skip
    board = save(path, changes).settings.boards["revenue-month"]
    assert (board.title, board.purpose, board.top) == (title.strip(), purpose.strip(), top)
    assert load(path).settings.slides["leaderboard"].rows == rows
    assert path.read_text(encoding="utf-8").startswith(GOOD[:60])


def test_a_file_of_a_newer_version_is_not_touched(path: Path) -> None:
    text = GOOD.replace("version = 1", "version = 9")
    path.write_text(text, encoding="utf-8")
    with pytest.raises(SettingsError, match="newer program"):
        save(path, {"office.name": "After"})
    assert path.read_text(encoding="utf-8") == text


def test_a_way_of_writing_that_cannot_be_changed_faithfully_is_refused(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(saving.tomlkit, "dumps", lambda document: GOOD + "# and a value gone astray\n")
    with pytest.raises(SettingsError, match="by hand"):
        save(path, {"office.name": "After"})
    assert path.read_text(encoding="utf-8") == GOOD


@pytest.mark.parametrize("key", ["", "a..b", "a[b]"])
def test_a_key_that_is_none_is_refused(path: Path, key: str) -> None:
    with pytest.raises(KeyError):
        save(path, {key: 1})
