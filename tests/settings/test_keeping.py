"""A bad edit changes nothing: the last good settings stay in force, even when the program is started anew."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from salesboard_display.settings.http import HttpSource
from salesboard_display.settings.keeping import SettingsKeeper
from salesboard_display.settings.loading import load
from salesboard_display.settings.places import data_folder
from salesboard_display.settings.problems import SettingsError
from salesboard_display.settings.saving import save
from tests.settings.writing import GOOD, WITH_PRESET, good_with, preset_called

BAD = GOOD.replace('metric = "revenue"', 'metric = "revenu"')


@pytest.fixture
def path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A good settings file; the user's data folder is a temporary one."""
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    path = tmp_path / "settings.toml"
    path.write_text(GOOD, encoding="utf-8")
    return path


def test_a_good_file_is_in_force(path: Path) -> None:
    keeper = SettingsKeeper(path)
    assert keeper.current == load(path)
    assert (keeper.problems, keeper.warnings) == ((), ())


def test_a_bad_edit_leaves_the_last_good_settings_in_force_and_the_file_untouched(path: Path) -> None:
    keeper = SettingsKeeper(path)
    path.write_text(BAD, encoding="utf-8")
    assert keeper.reload() is False
    assert keeper.current.settings.boards["revenue-month"].metric == "revenue"
    assert [p.nearest for p in keeper.problems] == ["revenue"]
    assert path.read_text(encoding="utf-8") == BAD


def test_a_start_with_a_bad_file_takes_the_last_good_settings(path: Path) -> None:
    SettingsKeeper(path)
    path.write_text(BAD, encoding="utf-8")
    keeper = SettingsKeeper(path)
    assert keeper.current.settings.office.name == "Before"
    assert keeper.current.path == path
    assert keeper.problems[0].line > 0
    assert keeper.problems[0].file == path
    assert path.read_text(encoding="utf-8") == BAD


def test_a_start_without_the_file_takes_the_last_good_settings(path: Path) -> None:
    SettingsKeeper(path)
    path.unlink()
    keeper = SettingsKeeper(path)
    assert keeper.current.settings.office.name == "Before"
    assert "no such file" in str(keeper.problems[0])


def test_a_first_start_with_a_bad_file_says_what_is_wrong_with_it(path: Path) -> None:
    path.write_text(BAD, encoding="utf-8")
    with pytest.raises(SettingsError, match="revenu"):
        SettingsKeeper(path)


def test_last_good_settings_that_are_damaged_do_not_hide_what_is_wrong_with_the_file(path: Path) -> None:
    SettingsKeeper(path)
    (data_folder(path) / "last-good.toml").write_bytes(b"\xff\x00")
    path.write_text(BAD, encoding="utf-8")
    with pytest.raises(SettingsError, match="revenu"):
        SettingsKeeper(path)


def test_a_mended_file_is_in_force_again(path: Path) -> None:
    keeper = SettingsKeeper(path)
    path.write_text(BAD, encoding="utf-8")
    keeper.reload()
    path.write_text(GOOD.replace("Before", "After"), encoding="utf-8")
    assert keeper.reload() is True
    assert keeper.current.settings.office.name == "After"
    assert keeper.problems == ()


def test_a_comment_is_no_change_of_settings(path: Path) -> None:
    keeper = SettingsKeeper(path)
    path.write_text(GOOD + "# a thought\n", encoding="utf-8")
    assert keeper.reload() is False
    assert keeper.current.text.endswith("# a thought\n")


def test_a_file_undone_to_the_last_good_state_has_no_problems_left(path: Path) -> None:
    keeper = SettingsKeeper(path)
    path.write_text(BAD, encoding="utf-8")
    keeper.reload()
    path.write_text(GOOD, encoding="utf-8")
    assert keeper.reload() is False
    assert keeper.problems == ()


def test_the_kept_text_has_references_and_no_secrets(path: Path) -> None:
    path.write_text(good_with('[sources.crm]\ntype = "file"\npath = "${env:KEY}"\n'), encoding="utf-8")
    SettingsKeeper(path, environ={"KEY": "hunter2"})
    kept = (data_folder(path) / "last-good.toml").read_text(encoding="utf-8")
    assert "${env:KEY}" in kept
    assert "hunter2" not in kept


def test_a_change_cannot_build_on_settings_that_the_file_does_not_hold(path: Path) -> None:
    SettingsKeeper(path)
    path.write_text(BAD, encoding="utf-8")
    keeper = SettingsKeeper(path)
    with pytest.raises(SettingsError, match="somebody else edited"):
        save(path, {"office.name": "After"}, stamp=keeper.current.stamp)
    assert path.read_text(encoding="utf-8") == BAD


def test_a_full_disk_takes_the_safety_net_not_the_settings(
    path: Path, tmp_path: Path, expected_log: Callable[[str], None]
) -> None:
    expected_log("cannot be kept")
    (tmp_path / "in-the-way").write_text("a file where the folder should be", encoding="utf-8")
    keeper = SettingsKeeper(path, folder=tmp_path / "in-the-way" / "folder")
    assert keeper.current.settings.office.name == "Before"


def test_a_preset_with_a_mistake_leaves_the_last_good_one_in_force_across_a_restart(path: Path) -> None:
    preset = path.with_name("my-crm.toml")
    preset.write_text(preset_called("Good"), "utf-8")
    path.write_text(WITH_PRESET, "utf-8")
    first = SettingsKeeper(path)
    preset.write_text(preset_called("Bad").replace("records", "recods"), "utf-8")
    assert first.reload() is False
    for keeper in (first, SettingsKeeper(path)):
        source = keeper.current.settings.sources["api"]
        assert isinstance(source, HttpSource)
        assert source.api.name == "Good"
        assert "my-crm.toml, line" in str(keeper.problems[0])
    preset.write_text(preset_called("Better"), "utf-8")
    assert first.reload() is True
    assert first.problems == ()
