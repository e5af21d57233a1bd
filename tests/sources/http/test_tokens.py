"""Ways in with a token: when it is fetched, renewed, kept, and what is said when it cannot be had."""

from __future__ import annotations

import asyncio
import json
from base64 import b64decode
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from salesboard_display.settings.secrets import Secrets
from salesboard_display.settings.secretstores import FileStore
from salesboard_display.sources.contract import SourceError, in_english
from tests.sources.http.scripted import (
    Asked,
    Pauses,
    Scripted,
    Told,
    a_preset,
    get,
    serving,
    speaking,
)

Answering = Callable[[Asked], Told]


class Authority:
    """An API that gives numbered tokens and takes the newest of them alone."""

    def __init__(self, **reply: Any) -> None:
        self.given = 0
        self.reply = reply
        self.grants: list[Asked] = []
        self.refuses = Told({"error": "expired"}, 401)

    def __call__(self, asked: Asked) -> Told:
        if asked.path == "/token":
            self.given += 1
            self.grants.append(asked)
            return Told({"access_token": f"access-{self.given}", **self.reply})
        good = asked.headers.get("authorization") == f"Bearer access-{self.given}"
        return Told({"ok": True}) if good else self.refuses

    def forget(self) -> None:
        """No token given so far is good any more."""
        self.given += 1


def client(server: Scripted, **more: Any) -> dict[str, Any]:
    return {
        "type": "oauth2-client-credentials",
        "token_url": f"{server.url}/token",
        "client_id": "office",
        "client_secret": "hush-hush",
        **more,
    }


async def test_one_token_serves_every_request_until_it_ends() -> None:
    authority, pauses = Authority(expires_in="3600"), Pauses()
    async with serving(authority) as server:
        preset = a_preset(server.url, auth=client(server, scope="deals.read"))
        async with speaking(preset, pauses=pauses) as api:
            await asyncio.gather(*(api.send(get(f"{server.url}/deals")) for _ in range(3)))
            assert authority.given == 1
            assert authority.grants[0].form == {
                "grant_type": "client_credentials",
                "scope": "deals.read",
                "client_id": "office",
                "client_secret": "hush-hush",
            }
            pauses.now += 3541
            await api.send(get(f"{server.url}/deals"))
            assert authority.given == 2


async def test_a_refused_token_is_renewed_once() -> None:
    authority = Authority()
    async with serving(authority) as server, speaking(a_preset(server.url, auth=client(server))) as api:
        await api.send(get(f"{server.url}/deals"))
        authority.forget()
        assert (await api.send(get(f"{server.url}/deals"))).body == {"ok": True}
        assert len(authority.grants) == 2


async def test_a_token_refused_again_stops() -> None:
    authority = Authority()

    def refusing(asked: Asked) -> Told:
        return authority(asked) if asked.path == "/token" else authority.refuses

    async with serving(refusing) as server, speaking(a_preset(server.url, auth=client(server))) as api:
        with pytest.raises(SourceError, match="refuses the key: expired") as failed:
            await api.send(get(f"{server.url}/deals"))
        assert failed.value.stop
        assert len(authority.grants) == 2


async def test_the_client_can_be_named_by_basic_and_all_else_in_the_url() -> None:
    authority = Authority()
    async with serving(authority) as server:
        auth = client(server, client_auth="basic", send_in="query", extra={"resource": "crm"})
        async with speaking(a_preset(server.url, auth=auth)) as api:
            await api.send(get(f"{server.url}/deals"))
    grant = authority.grants[0]
    assert b64decode(grant.headers["authorization"].removeprefix("Basic ")) == b"office:hush-hush"
    assert grant.params == {"grant_type": "client_credentials", "resource": "crm"}
    assert grant.body == b""


async def test_the_header_is_as_the_preset_says_and_other_fields_can_be_used() -> None:
    authority = Authority(api_domain="https://eu.example")
    async with serving(authority) as server:
        auth = client(server, value="Zoho-oauthtoken {token.access_token}", capture={"base": "api_domain"})
        async with speaking(a_preset(server.url, auth=auth)) as api:
            names = await api.names()
            assert names["token.base"] == "https://eu.example"
            with pytest.raises(SourceError):
                await api.send(get(f"{server.url}/deals"))
        assert server.asked[1].headers["authorization"] == "Zoho-oauthtoken access-1"


async def test_tokens_are_not_asked_for_more_often_than_allowed() -> None:
    authority = Authority()
    async with serving(authority) as server:
        preset = a_preset(server.url, auth=client(server, min_interval="60s"))
        async with speaking(preset) as api:
            await api.send(get(f"{server.url}/deals"))
            authority.forget()
            with pytest.raises(SourceError, match="the next one is allowed at") as failed:
                await api.send(get(f"{server.url}/deals"))
            assert (failed.value.retry_after_s, failed.value.stop) == (60, False)
        assert len(authority.grants) == 1


@pytest.mark.parametrize(
    ("told", "words", "stop"),
    [
        (Told({"error": "invalid_client", "error_description": "no hush-hush"}, 400), "no •••", True),
        (Told({"error": "invalid_client"}, 401), "invalid_client", True),
        (Told({"error": "invalid_code"}), "gave no token", True),
        (Told({"error": "later"}, 503), "is in trouble", False),
        (Told(b"<html>", headers={"content-type": "text/html"}), "a sign-in page answered", False),
    ],
)
async def test_what_the_sign_in_says_is_said(told: Told, words: str, stop: bool) -> None:
    async with serving(lambda _: told) as server:
        options = {"secret": {"title": "Secret", "secret": True}}
        preset = a_preset(server.url, auth=client(server, client_secret="{option.secret}"), options=options)
        async with speaking(preset, {"secret": "hush-hush"}) as api:
            with pytest.raises(SourceError, match=words) as failed:
                await api.send(get(f"{server.url}/deals"))
            assert failed.value.stop is stop


# ---------------------------------------------------------------------------------------- refresh tokens
class Rotating(Authority):
    """Each refresh token is good once."""

    def __init__(self) -> None:
        super().__init__()
        self.good = "first"

    def __call__(self, asked: Asked) -> Told:
        if asked.path == "/token":
            if asked.form["refresh_token"] != self.good:
                return Told({"error": "invalid_grant"}, 400)
            self.good = f"refresh-{self.given + 1}"
            self.reply = {"refresh_token": self.good}
        return super().__call__(asked)


def refreshing(server: Scripted, first: str = "first") -> dict[str, Any]:
    return {**client(server), "type": "oauth2-refresh", "refresh_token": first}


async def test_a_rotating_refresh_token_outlives_a_restart(tmp_path: Path) -> None:
    authority, secrets = Rotating(), Secrets((FileStore(tmp_path / "secrets.json"),))
    async with serving(authority) as server:
        preset = a_preset(server.url, auth=refreshing(server))
        for _ in range(3):
            async with speaking(preset, secrets=secrets) as api:
                assert (await api.send(get(f"{server.url}/deals"))).body == {"ok": True}
    assert [grant.form["refresh_token"] for grant in authority.grants] == ["first", "refresh-1", "refresh-2"]


class Full(FileStore):
    """A store whose disk may be full."""

    full = False

    def put(self, name: str, value: str) -> bool:
        if self.full:
            raise OSError(28, "No space left on device")
        return super().put(name, value)


async def test_a_refresh_token_that_cannot_be_kept_is_not_used_and_not_lost(tmp_path: Path) -> None:
    authority, store = Rotating(), Full(tmp_path / "secrets.json")
    async with serving(authority) as server:
        preset = a_preset(server.url, auth=refreshing(server))
        async with speaking(preset, secrets=Secrets((store,))) as api:
            store.full = True
            for _ in range(2):
                with pytest.raises(SourceError, match="cannot be kept.*No space left") as failed:
                    await api.send(get(f"{server.url}/deals"))
                assert not failed.value.stop
            assert [asked.path for asked in server.asked] == ["/token"]
            store.full = False
            assert (await api.send(get(f"{server.url}/deals"))).body == {"ok": True}
    assert json.loads(store.get("crm.refresh-token") or "")["token"] == "refresh-1"


async def test_a_refresh_token_newly_given_in_the_settings_wins(tmp_path: Path) -> None:
    authority, secrets = Rotating(), Secrets((FileStore(tmp_path / "secrets.json"),))
    async with serving(authority) as server:
        async with speaking(a_preset(server.url, auth=refreshing(server)), secrets=secrets) as api:
            await api.send(get(f"{server.url}/deals"))
        authority.good = "second"
        async with speaking(a_preset(server.url, auth=refreshing(server, "second")), secrets=secrets) as api:
            await api.send(get(f"{server.url}/deals"))
    assert authority.grants[-1].form["refresh_token"] == "second"


async def test_without_a_sign_in_it_says_how_to_get_one(tmp_path: Path) -> None:
    async with serving(Rotating()) as server:
        preset = a_preset(server.url, auth=refreshing(server, ""))
        async with speaking(preset, secrets=Secrets((FileStore(tmp_path / "s.json"),))) as api:
            with pytest.raises(SourceError, match="source sign-in") as failed:
                await api.send(get(f"{server.url}/deals"))
        assert failed.value.stop
        assert server.asked == []


# ------------------------------------------------------------------------------------ assertions, log-ins
def pem() -> str:
    key = rsa.generate_private_key(65537, 2048)
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()


def signing(server: Scripted) -> dict[str, Any]:
    return {
        "type": "jwt-bearer",
        "token_url": f"{server.url}/token",
        "issuer": "wall@office",
        "audience": f"{server.url}/token",
        "private_key": "{option.key}",
        "claims": {"scope": "sheets.readonly"},
    }


@pytest.mark.parametrize("written", [lambda text: text, lambda text: text.replace("\n", "\\n")])
async def test_an_assertion_is_signed_with_the_offices_key(written: Callable[[str], str]) -> None:
    authority, key, pauses = Authority(), pem(), Pauses()
    async with serving(authority) as server:
        options = {"key": {"title": "Key", "secret": True}}
        preset = a_preset(server.url, auth=signing(server), options=options)
        async with speaking(preset, {"key": written(key)}, pauses=pauses) as api:
            await api.send(get(f"{server.url}/deals"))
            form = authority.grants[0].form
            assert api.redact(f"no {form['assertion']}") == "no •••"
    assert form["grant_type"] == "urn:ietf:params:oauth:grant-type:jwt-bearer"
    claims = jwt.decode(form["assertion"], options={"verify_signature": False})
    assert claims == {
        "iss": "wall@office",
        "aud": f"{server.url}/token",
        "scope": "sheets.readonly",
        "iat": int(pauses.now),
        "exp": int(pauses.now) + 180,
    }
    assert jwt.get_unverified_header(form["assertion"])["alg"] == "RS256"


async def test_a_key_that_is_none_is_said_without_it() -> None:
    async with serving() as server:
        options = {"key": {"title": "Key", "secret": True}}
        preset = a_preset(server.url, auth=signing(server), options=options)
        async with speaking(preset, {"key": "no-such-key"}) as api:
            with pytest.raises(SourceError, match="private key for Acme CRM cannot be read") as failed:
                await api.send(get(f"{server.url}/deals"))
    assert failed.value.stop
    assert "no-such-key" not in in_english(failed.value.message)


async def test_a_log_in_gives_a_token_by_its_path() -> None:
    def api_of(asked: Asked) -> Told:
        if asked.path == "/v1/login":
            return Told({"data": {"session": "abc123"}} if asked.json["password"] == "pass-word" else {})
        return Told({"ok": asked.headers["x-session"] == "abc123"})

    async with serving(api_of) as server:
        auth = {
            "type": "login-session",
            "path": "/login",
            "body": {"user": "{option.user}", "password": "{option.password}"},
            "capture": {"session": "data.session"},
            "header": "X-Session",
            "value": "{token.session}",
        }
        options = {"user": {"title": "User"}, "password": {"title": "Password", "secret": True}}
        preset = a_preset(f"{server.url}/v1", auth=auth, options=options)
        async with speaking(preset, {"user": "me", "password": "pass-word"}) as api:
            assert (await api.send(get(f"{server.url}/v1/deals"))).body == {"ok": True}
            assert api.redact("abc123 and pass-word") == "••• and •••"
        assert server.asked[0].json == {"user": "me", "password": "pass-word"}
