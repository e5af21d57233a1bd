"""Secrets: where they are looked for and kept, and that settings hold references alone."""

from __future__ import annotations

import os
import stat
import threading
from pathlib import Path

import pytest

from salesboard_display.core.messages import Message
from salesboard_display.settings.loading import load_text
from salesboard_display.settings.problems import SettingsError
from salesboard_display.settings.secrets import SecretMissing, SecretRefused, Secrets, names_in, reveal
from salesboard_display.settings.secretstores import (
    CredentialsStore,
    EnvironmentStore,
    FileStore,
    KeyringStore,
    standard_secrets,
    system_keyring,
)


class Ring:
    """A keyring in memory."""

    def __init__(self) -> None:
        self.kept: dict[tuple[str, str], str] = {}

    def get_password(self, service: str, name: str) -> str | None:
        return self.kept.get((service, name))

    def set_password(self, service: str, name: str, value: str) -> None:
        self.kept[service, name] = value


def locked() -> Ring:
    raise SecretRefused("The system's keyring is locked; until it is unlocked it is left alone.")


def test_references_are_replaced_wherever_they_stand() -> None:
    kept = {"a": "1", "b.c": "2"}
    given = {"x": "${secret:a}-${secret:b.c}", "y": ["${secret:a}", 3], "z": "$${secret:a}"}
    assert reveal(given, kept.__getitem__) == {"x": "1-2", "y": ["1", 3], "z": "${secret:a}"}
    assert names_in(given) == {"a", "b.c"}


def test_the_first_store_that_has_it_is_the_one(tmp_path: Path) -> None:
    ring = Ring()
    secrets = Secrets((KeyringStore(lambda: ring), EnvironmentStore({"SALESBOARD_SECRET_CRM": "env"})))
    assert secrets.get("crm") == "env"
    assert secrets.put("crm", "ring").id == "the system's keyring"
    assert secrets.get("crm") == "ring"
    assert list(secrets.every("crm")) == ["ring", "env"]


def test_a_missing_secret_is_named() -> None:
    with pytest.raises(SecretMissing, match="hubspot"):
        Secrets((EnvironmentStore({}),)).get("hubspot")


def test_a_locked_keyring_is_treated_as_absent_and_says_so(tmp_path: Path) -> None:
    file = FileStore(tmp_path / "secrets.json")
    secrets = Secrets((KeyringStore(locked), file))
    assert secrets.put("crm", "value") == file.where
    assert secrets.get("crm") == "value"
    assert secrets.troubles() == (
        Message("The system's keyring is locked; until it is unlocked it is left alone."),
    )


def test_a_keyring_that_does_not_answer_holds_nobody_up() -> None:
    end = threading.Event()

    def hang() -> Ring:
        end.wait(10)
        return Ring()

    store = KeyringStore(hang, patience_s=0.05)
    assert store.get("crm") is None
    assert store.trouble() == Message("The system's keyring does not answer; it is left alone.")
    end.set()


def test_a_silent_keyring_is_waited_for_once_and_asked_again_when_it_has_answered() -> None:
    ring, go = Ring(), threading.Event()
    asked: list[None] = []

    def hang() -> Ring:
        asked.append(None)
        go.wait(10)
        return ring

    store = KeyringStore(hang, patience_s=0.05)
    for _ in range(20):
        assert store.get("crm") is None
    assert len(asked) == 1
    go.set()
    for thread in threading.enumerate():
        if thread.name == "keyring":
            thread.join(10)
    assert store.put("crm", "value")
    assert store.get("crm") == "value"
    assert store.trouble() is None


def test_without_a_session_bus_there_is_no_keyring(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DBUS_SESSION_BUS_ADDRESS", raising=False)
    with pytest.raises(SecretRefused, match="no session bus"):
        system_keyring()


def test_systemds_credentials_are_files_named_after_the_secret(tmp_path: Path) -> None:
    (tmp_path / "crm").write_text("from systemd\n", "utf-8")
    store = CredentialsStore(str(tmp_path))
    assert store.get("crm") == "from systemd"
    assert store.get("other") is None
    assert store.names() == ("crm",)
    assert CredentialsStore(None).get("crm") is None


def test_the_file_is_its_owners_alone_and_replaced_as_a_whole(tmp_path: Path) -> None:
    store = FileStore(tmp_path / "inner" / "secrets.json")
    assert store.put("a", "1")
    assert store.put("b", "2")
    path = tmp_path / "inner" / "secrets.json"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert (store.get("a"), store.get("b"), store.names()) == ("1", "2", ("a", "b"))
    assert [entry.name for entry in path.parent.iterdir()] == ["secrets.json"]


def test_a_file_that_others_may_read_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "secrets.json"
    path.write_text('{"crm": "value"}', "utf-8")
    path.chmod(0o640)
    with pytest.raises(SecretRefused, match="chmod 600"):
        FileStore(path).get("crm")
    with pytest.raises(SecretRefused):
        FileStore(path).put("crm", "other")
    assert "can be read by others" in str(FileStore(path).trouble())


@pytest.mark.parametrize("content", ["{", "[]", '{"crm": 1}'])
def test_a_file_that_is_no_such_file_is_refused_without_quoting_it(tmp_path: Path, content: str) -> None:
    path = tmp_path / "secrets.json"
    path.write_text(content, "utf-8")
    path.chmod(0o600)
    with pytest.raises(SecretRefused) as refused:
        FileStore(path).get("crm")
    assert "crm" not in str(refused.value)


def test_a_write_that_fails_leaves_what_was_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = FileStore(tmp_path / "secrets.json")
    store.put("crm", "old")

    def full(_handle: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(SecretRefused, match="No space left"):
        store.put("crm", "new")
    monkeypatch.undo()
    assert store.get("crm") == "old"
    assert [entry.name for entry in tmp_path.iterdir()] == ["secrets.json"]


def test_a_name_that_is_none_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SecretRefused, match="is no name"):
        Secrets((FileStore(tmp_path / "secrets.json"),)).put("../x", "value")


def test_this_computers_stores_are_asked_in_their_order(tmp_path: Path) -> None:
    stores = standard_secrets({"CREDENTIALS_DIRECTORY": str(tmp_path)}, tmp_path / "secrets.json").stores
    assert [type(store) for store in stores] == [KeyringStore, CredentialsStore, EnvironmentStore, FileStore]


OFFICE = """version = 1
[office]
name = "{office}"
[sources.crm]
type = "file"
path = "{path}"
"""


def test_settings_keep_the_reference() -> None:
    text = OFFICE.format(office="Us", path="${secret:folder}/x.csv")
    assert "${secret:folder}" in repr(load_text(text, "office.toml", {}).settings)


@pytest.mark.parametrize("written", ["${secret:}", "${secret:a b}", "${secret:crm"])
def test_a_reference_that_is_none_is_refused_with_its_line(written: str) -> None:
    with pytest.raises(SettingsError, match=r"line 6, sources.crm.path: .*secret:NAME"):
        load_text(OFFICE.format(office="Us", path=written), "office.toml", {})


def test_a_secret_where_nobody_looks_it_up_is_refused() -> None:
    with pytest.raises(SettingsError, match=r"line 3, office.name: .*only sources use them"):
        load_text(OFFICE.format(office="${secret:crm}", path="x.csv"), "office.toml", {})
