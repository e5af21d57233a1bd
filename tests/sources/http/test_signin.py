"""The first sign-in: a person says yes to a scripted authorization server, on loopback."""

from __future__ import annotations

import asyncio
import hashlib
import json
from base64 import urlsafe_b64encode
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import httpx
import pytest

from salesboard_display.settings.presetauth import RefreshAuth
from salesboard_display.settings.secrets import Secrets
from salesboard_display.settings.secretstores import FileStore
from salesboard_display.sources.contract import SourceError
from salesboard_display.sources.http.signin import Asked as Asking
from salesboard_display.sources.http.signin import _Desk, sign_in
from tests.sources.http.faults.net import closed_port
from tests.sources.http.scripted import Asked, Told, a_preset, get, serving, speaking

Person = Callable[[str], dict[str, str]]


class Authority:
    """An authorization server that knows PKCE."""

    def __init__(self) -> None:
        self.challenge = ""
        self.redirect = ""
        self.reply: dict[str, Any] = {"access_token": "access", "refresh_token": "refresh-1"}

    def says_yes(self, url: str) -> dict[str, str]:
        """What the browser takes back when the person said yes."""
        asked = dict(parse_qsl(urlsplit(url).query))
        assert (asked["response_type"], asked["client_id"], asked["scope"]) == ("code", "office", "deals")
        assert asked["code_challenge_method"] == "S256"
        assert asked["prompt"] == "consent"
        self.challenge, self.redirect = asked["code_challenge"], asked["redirect_uri"]
        return {"code": "c0de", "state": asked["state"]}

    def __call__(self, asked: Asked) -> Told:
        if asked.path != "/token":
            return Told({"let_in": asked.headers["authorization"]})
        form = asked.form
        if form["grant_type"] == "refresh_token":
            return Told({"access_token": f"after {form['refresh_token']}"})
        digest = hashlib.sha256(form["code_verifier"].encode()).digest()
        assert urlsafe_b64encode(digest).decode().rstrip("=") == self.challenge
        assert (form["code"], form["redirect_uri"]) == ("c0de", self.redirect)
        return Told(self.reply)


@asynccontextmanager
async def browsing(person: Person, redirect: str) -> AsyncIterator[Callable[[str], None]]:
    """A browser that is shown a URL and comes back with what the person said."""
    under_way: list[asyncio.Task[httpx.Response]] = []

    async def come_back(url: str) -> httpx.Response:
        async with httpx.AsyncClient(trust_env=False) as client:
            await client.get(f"{redirect}?{urlencode({'code': 'evil', 'state': 'wrong'})}")
            await client.get(f"{redirect}favicon.ico")
            return await client.get(f"{redirect}?{urlencode(person(url))}")

    yield lambda url: under_way.append(asyncio.create_task(come_back(url)))
    for task in under_way:
        await task


async def signed_in(authority: Authority, person: Person, folder: Path) -> str:
    """Sign in and ask for something; what the API saw."""
    redirect = f"http://localhost:{closed_port()}/"
    secrets = Secrets((FileStore(folder / "secrets.json"),))
    async with serving(authority) as server:
        auth = {
            "type": "oauth2-refresh",
            "token_url": f"{server.url}/token",
            "authorize_url": f"{server.url}/authorize",
            "authorize_params": {"prompt": "consent"},
            "client_id": "office",
            "scope": "deals",
        }
        preset = a_preset(server.url, auth=auth)
        assert isinstance(preset.auth, RefreshAuth)
        async with speaking(preset, secrets=secrets) as api, browsing(person, redirect) as show:
            await sign_in(preset.auth, await api.ground(), show, redirect=redirect, patience_s=5)
        async with speaking(preset, secrets=secrets) as api:
            return str((await api.send(get(f"{server.url}/deals"))).body["let_in"])


async def test_a_person_says_yes_once_and_the_source_is_let_in_from_then_on(tmp_path: Path) -> None:
    authority = Authority()
    assert await signed_in(authority, authority.says_yes, tmp_path) == "Bearer after refresh-1"
    kept = json.loads((tmp_path / "secrets.json").read_text("utf-8"))
    assert json.loads(kept["crm.refresh-token"])["token"] == "refresh-1"


async def test_a_person_who_says_no_is_believed(tmp_path: Path) -> None:
    authority = Authority()

    def says_no(url: str) -> dict[str, str]:
        return {"error": "access_denied", "state": authority.says_yes(url)["state"]}

    with pytest.raises(SourceError, match="did not let us in: access_denied"):
        await signed_in(authority, says_no, tmp_path)
    assert not (tmp_path / "secrets.json").exists()


async def test_the_way_back_leads_in_once() -> None:
    answer: asyncio.Future[dict[str, str]] = asyncio.get_running_loop().create_future()
    asked = Asking("http://127.0.0.1:1/")
    desk = _Desk(asked, answer)
    assert desk._judge(["GET", f"/?code=c0de&state={asked.state}", "HTTP/1.1"])[0] == "200 OK"
    assert desk._judge(["GET", f"/?code=evil&state={asked.state}", "HTTP/1.1"])[0] == "410 Gone"
    assert answer.result() == {"code": "c0de"}


async def test_a_sign_in_without_a_refresh_token_is_none(tmp_path: Path) -> None:
    authority = Authority()
    authority.reply = {"access_token": "access"}
    with pytest.raises(SourceError, match="gave no refresh token"):
        await signed_in(authority, authority.says_yes, tmp_path)


async def test_nobody_who_comes_is_waited_for_for_ever(tmp_path: Path) -> None:
    redirect = f"http://127.0.0.1:{closed_port()}/"
    auth = {"type": "oauth2-refresh", "token_url": "https://127.0.0.1/token",
            "authorize_url": "https://127.0.0.1/authorize", "client_id": "office"}  # fmt: skip
    preset = a_preset("https://127.0.0.1", auth=auth)
    assert isinstance(preset.auth, RefreshAuth)
    shown: list[str] = []
    async with speaking(preset) as api:
        ground = await api.ground()
        with pytest.raises(SourceError, match="Nobody signed in"):
            await sign_in(preset.auth, ground, shown.append, redirect=redirect, patience_s=0.05)
        for elsewhere in (
            "http://evil.example:1/",
            "https://127.0.0.1:1/",
            "http://127.0.0.1/",
            "http://127.0.0.1:x/",
        ):
            with pytest.raises(SourceError, match="has to be on this computer"):
                await sign_in(preset.auth, ground, shown.append, redirect=elsewhere)
    assert len(shown) == 1
