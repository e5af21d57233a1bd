"""Where settings and data are, and what stands in for what the settings leave out."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from salesboard_display.settings.fieldtypes import duration_text, is_expression, parse_duration
from salesboard_display.settings.loading import load_text
from salesboard_display.settings.model import Settings
from salesboard_display.settings.places import (
    beside,
    data_folder,
    default_path,
    office_locale,
    office_zone,
    store_path,
)

linux = pytest.mark.skipif(os.name != "posix", reason="the folders of Linux")


def _settings(more: str = "") -> Settings:
    return load_text(f"version = 1\n{more}", "settings.toml", {}).settings


@linux
def test_settings_are_in_the_users_configuration_folder(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", "/home/anna/.config")
    assert default_path() == Path("/home/anna/.config/salesboard-display/salesboard-display.toml")


@linux
def test_each_settings_file_has_its_own_data_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    first, second = tmp_path / "a" / "wall.toml", tmp_path / "b" / "wall.toml"
    assert data_folder(first) != data_folder(second)
    assert data_folder(first).parent == tmp_path / "data" / "salesboard-display"
    assert data_folder(first).name.startswith("wall-")
    assert store_path(_settings(), first) == data_folder(first) / "store.db"


def test_every_way_to_write_a_path_leads_to_the_same_data(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "sub").mkdir()
    monkeypatch.chdir(tmp_path)
    ways = [tmp_path / "s.toml", "s.toml", "./s.toml", tmp_path / "sub" / ".." / "s.toml"]
    assert len({data_folder(way) for way in ways}) == 1


def test_a_store_of_its_own_is_relative_to_the_settings(tmp_path: Path) -> None:
    path = tmp_path / "s.toml"
    assert store_path(_settings('[store]\npath = "../facts.db"'), path) == tmp_path.parent / "facts.db"
    assert beside(path, str(tmp_path / "x.csv")) == tmp_path / "x.csv"
    assert beside("s.toml", "x.csv") == Path.cwd() / "x.csv"


def test_a_home_folder_may_be_written_short(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("USERPROFILE", str(tmp_path))
    assert beside("/etc/s.toml", "~/deals.csv") == tmp_path / "deals.csv"


def test_what_the_settings_say_comes_first() -> None:
    settings = _settings('[office]\nlocale = "de-AT"\nzone = "Europe/Vienna"')
    assert (office_locale(settings), office_zone(settings)) == ("de_AT", "Europe/Vienna")


@linux
@pytest.mark.parametrize(
    ("variables", "locale"),
    [
        ({"LC_ALL": "de_DE.UTF-8"}, "de_DE"),
        ({"LANG": "pt_BR.UTF-8"}, "pt_BR"),
        ({"LANG": "en_US.UTF-8", "LC_NUMERIC": "fr_FR.UTF-8"}, "fr_FR"),
        ({"LC_ALL": "C.UTF-8"}, "en_US"),
        ({"LC_ALL": "POSIX"}, "en_US"),
        ({"LC_ALL": "what?"}, "en_US"),
        ({}, "en_US"),
    ],
)
def test_else_the_computers_locale_counts(
    variables: dict[str, str], locale: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("LC_ALL", "LC_NUMERIC", "LC_MONETARY", "LANG", "LANGUAGE"):
        monkeypatch.delenv(name, raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    assert office_locale(_settings()) == locale


@linux
@pytest.mark.parametrize(
    ("zone", "found"), [("Asia/Tokyo", "Asia/Tokyo"), (":Asia/Tokyo", "Asia/Tokyo"), ("No/Where", "UTC")]
)
def test_else_the_computers_time_zone_counts(zone: str, found: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TZ", zone)
    assert office_zone(_settings()) == found


# ---------------------------------------------------------------------------- durations and selectors
@pytest.mark.parametrize(
    ("text", "seconds"),
    [("90s", 90), ("15m", 900), ("24h", 86_400), ("7d", 604_800), ("2w", 1_209_600), ("1h30m", 5400),
     ("1.5h", 5400), ("250ms", 0.25), (" 5 s ", 5), ("0s", 0)],
)  # fmt: skip
def test_durations_are_read(text: str, seconds: float) -> None:
    assert parse_duration(text) == seconds


@pytest.mark.parametrize("text", ["", "90", "s", "5 x", "-5s", "5s-", "1,5h", "٣s"])
def test_other_texts_are_no_durations(text: str) -> None:
    with pytest.raises(ValueError, match="90s"):
        parse_duration(text)


@given(st.integers(0, 400 * 86_400_000))
def test_a_duration_is_read_as_it_was_written(milliseconds: int) -> None:
    assert parse_duration(duration_text(milliseconds / 1000)) == milliseconds / 1000


@pytest.mark.parametrize(
    ("selector", "expression"),
    [
        ("close_date", False),
        ("Close Date", False),
        ("teams.manager", False),
        ("Straße-Nr", False),
        ("a[0].b", True),
        ("sum(a)", True),
        ('"Amount (EUR)"', True),
        ("a || b", True),
    ],
)
def test_a_plain_column_is_no_expression(selector: str, expression: bool) -> None:
    assert is_expression(selector) is expression
