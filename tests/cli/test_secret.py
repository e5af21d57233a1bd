"""`secret` keeps what the settings refer to and says where it is; `check` says what is missing."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from salesboard_display.cli import app
from tests.cli.conftest import Typed, typed_alone
from tests.engine.offices import OfficeFolder

CANARY = "s3cr3t-canary-4711"


@pytest.fixture(autouse=True)
def _no_keyring(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DBUS_SESSION_BUS_ADDRESS", raising=False)
    monkeypatch.delenv("CREDENTIALS_DIRECTORY", raising=False)


def given(name: str, value: str) -> str:
    said = CliRunner().invoke(app, ["secret", "set", name], input=value, catch_exceptions=False)
    assert said.exit_code == 0, said.output
    return said.output


def test_a_secret_from_standard_input_is_kept_and_not_shown(tmp_path: Path) -> None:
    said = given("hubspot", CANARY + "\n")
    assert "hubspot is kept in the file" in said
    assert "not encrypted" in said
    assert CANARY not in said
    (file,) = (tmp_path / "home").rglob("secrets.json")
    assert json.loads(file.read_text("utf-8")) == {"hubspot": CANARY}
    assert file.stat().st_mode & 0o777 == 0o600


def test_no_secret_is_wrong_use() -> None:
    said = CliRunner().invoke(app, ["secret", "set", "hubspot"], input="\n")
    assert said.exit_code == 2


def test_a_name_that_is_none_is_refused() -> None:
    said = CliRunner().invoke(app, ["secret", "set", "../x"], input="value")
    assert said.exit_code == 1
    assert "is no name for a secret" in said.output


def test_one_that_comes_first_elsewhere_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SALESBOARD_SECRET_HUBSPOT", "other")
    assert "comes first" in given("hubspot", CANARY)


def test_the_list_names_them_and_where_they_are(
    office: OfficeFolder, typed: Typed, monkeypatch: pytest.MonkeyPatch
) -> None:
    office.edit('path = "deals.csv"', 'path = "${secret:folder}${secret:gone}.csv"')
    monkeypatch.setenv("SALESBOARD_SECRET_FOLDER", CANARY)
    given("hubspot", CANARY)
    said = typed("secret", "list").output
    assert "folder: the environment" in said
    assert "gone: nowhere; `salesboard-display secret set gone` keeps it" in said
    assert "hubspot: the file" in said
    assert "Note: There is no keyring here" in said
    assert CANARY not in said


def test_check_names_a_secret_that_is_kept_nowhere(office: OfficeFolder, typed: Typed) -> None:
    office.edit('path = "deals.csv"', 'path = "deals.csv"\nsheet = "${secret:gone}"')
    said = typed("check").output
    assert "PROBLEM  secret gone: kept nowhere" in said
    assert "`salesboard-display secret set gone` keeps it." in said
    given("gone", CANARY)
    said = typed("check").output
    assert "ok       secret gone: the file" in said
    assert CANARY not in said


def test_without_secrets_check_says_nothing_of_them(typed: Typed) -> None:
    assert "secret " not in typed("check").output


def test_a_file_that_others_may_read_is_a_problem(office: OfficeFolder, typed: Typed, tmp_path: Path) -> None:
    office.edit('path = "deals.csv"', 'path = "deals.csv"\nsheet = "${secret:gone}"')
    given("gone", CANARY)
    (file,) = (tmp_path / "home").rglob("secrets.json")
    file.chmod(0o644)
    assert "can be read by others" in typed("check").output
    assert typed_alone("secret", "list").exit_code == 1
