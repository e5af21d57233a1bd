"""Secrets in a real keyring: kept and found; one that is locked, silent or absent asks nobody anything."""

from __future__ import annotations

import time

import pytest

from salesboard_display.settings.secrets import SecretRefused
from salesboard_display.settings.secretstores import SERVICE, KeyringStore, system_keyring
from tests.servers.keyring import Keyring

pytestmark = pytest.mark.servers

SECRET = "s3cr3t-canary-4711"
PROMPTS = {"Unlock", "Prompt", "CreateCollection"}
"""Calls by which a password is asked for, where the keyring is not open."""
OFFICE = """
version = 1
[office]
zone = "UTC"
locale = "en_GB"
currency = "EUR"
[store]
path = "store.db"
[sources.crm]
type = "http"
preset = "kinto"
options = { url = "http://127.0.0.1:9/v1", user = "wall", password = "${secret:crm}", bucket = "crm" }
allow_hosts = ["127.0.0.1"]
[metrics.revenue]
name = "Won deals"
kinds = ["deal_won"]
aggregate = "sum"
[boards.revenue]
title = "Revenue won"
metric = "revenue"
period = "this-year"
"""
LOCKED = "The system's keyring is locked; until it is unlocked it is left alone."


@pytest.fixture(autouse=True)
def _an_office(keyring_session: Keyring) -> None:
    (keyring_session.home / "office.toml").write_text(OFFICE, "utf-8")


@pytest.fixture
def in_the_session(keyring_session: Keyring, monkeypatch: pytest.MonkeyPatch) -> None:
    """This process is one of the session's."""
    for name, value in keyring_session.environment.items():
        monkeypatch.setenv(name, value)


def asks(session: Keyring, *words: str, given: str = "", **environment: str) -> str:
    """What the product says; never the secret."""
    done = session.type("salesboard_display", *words, given=given, **environment)
    said = done.stdout + done.stderr
    assert SECRET not in said
    return said


def check(session: Keyring, *words: str, **environment: str) -> str:
    return asks(session, "check", *words, "--config", str(session.home / "office.toml"), **environment)


def test_a_secret_is_kept_in_the_keyring_and_found_there(keyring_session: Keyring) -> None:
    keyring_session.sign_in()
    said = asks(keyring_session, "secret", "set", "crm", given=SECRET)
    assert said == "crm is kept in the system's keyring.\n"
    assert keyring_session.type("keyring", "get", SERVICE, "crm").stdout == f"{SECRET}\n"
    assert "ok       secret crm: the system's keyring" in check(keyring_session)
    assert not list(keyring_session.home.rglob("secrets.json"))
    kept = (keyring_session.home / ".local/share/keyrings/login.keyring").read_bytes()
    assert SECRET.encode() not in kept
    assert "SearchItems" in keyring_session.asked()


def test_a_locked_keyring_is_as_good_as_none_says_so_and_asks_nobody(keyring_session: Keyring) -> None:
    keyring_session.sign_in()
    asks(keyring_session, "secret", "set", "crm", given=SECRET)
    keyring_session.sign_out()
    keyring_session.asked()
    said = check(keyring_session, "--poll")
    assert f"ok       secret: Note: {LOCKED}" in said
    assert "PROBLEM  secret crm: kept nowhere" in said
    assert f"`salesboard-display secret set crm` stores it. {LOCKED}" in said  # the source's state
    assert "ok       secret crm: the environment" in check(keyring_session, SALESBOARD_SECRET_CRM=SECRET)
    said = asks(keyring_session, "secret", "set", "crm", given=SECRET)
    assert "crm is kept in the file" in said
    assert LOCKED in said
    assert not keyring_session.asked() & PROMPTS


def test_one_that_is_locked_after_it_was_looked_at_asks_nobody_either(
    keyring_session: Keyring, in_the_session: None
) -> None:
    keyring_session.sign_in()
    ring = system_keyring()
    ring.set_password(SERVICE, "crm", SECRET)
    keyring_session.lock()
    keyring_session.asked()
    store = KeyringStore(lambda: ring)
    assert store.get("crm") is None
    assert not store.put("crm", "another")
    with pytest.raises(SecretRefused, match="is locked"):
        ring.get_password(SERVICE, "crm")
    assert not keyring_session.asked() & PROMPTS


def test_a_silent_keyring_holds_nobody_up_and_is_there_again_when_it_answers(
    keyring_session: Keyring, in_the_session: None
) -> None:
    keyring_session.sign_in()
    store = KeyringStore(system_keyring, patience_s=1.0)
    assert store.put("crm", SECRET)
    keyring_session.freeze()
    began = time.monotonic()
    assert [store.get("crm") for _ in range(10)] == [None] * 10
    assert time.monotonic() - began < 5
    said = check(keyring_session, SALESBOARD_SECRET_CRM=SECRET)
    assert "ok       secret crm: the environment" in said
    assert "Note: The system's keyring does not answer; it is left alone." in said
    keyring_session.thaw()
    end = time.monotonic() + 10
    while store.get("crm") != SECRET:
        assert time.monotonic() < end
        time.sleep(0.05)
    assert store.trouble() is None


def test_before_anybody_has_a_keyring_none_is_made(keyring_session: Keyring) -> None:
    said = asks(keyring_session, "secret", "set", "crm", given=SECRET)
    assert "crm is kept in the file" in said
    assert "The system's keyring has no collection to keep secrets in." in said
    assert not keyring_session.asked() & PROMPTS
