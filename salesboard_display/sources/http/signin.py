"""The first sign-in, by a person in a browser: authorization code with PKCE (RFC 6749, 7636, 8252)."""

from __future__ import annotations

import asyncio
import hashlib
import secrets
from base64 import urlsafe_b64encode
from collections.abc import Callable
from dataclasses import dataclass, field
from urllib.parse import parse_qs, urlencode, urlsplit

from salesboard_display.settings.fieldtypes import Section
from salesboard_display.settings.http import HttpSource
from salesboard_display.settings.presetauth import RefreshAuth
from salesboard_display.settings.secrets import Secrets
from salesboard_display.sources.contract import Stage, problem
from salesboard_display.sources.http.auth.contract import Ground
from salesboard_display.sources.http.auth.oauth import text_of, token_request
from salesboard_display.sources.http.errors import find, one_line, shortened, wrong_set_up
from salesboard_display.sources.http.session import Session
from salesboard_display.sources.http.templates import fill_texts

DEFAULT_REDIRECT = "http://127.0.0.1:8976/"
PATIENCE_S = 600.0
_HOSTS = ("127.0.0.1", "localhost")
_LONGEST_REQUEST = 16_384
_DONE = "You are signed in; this window can be closed."
_FAILED = "That did not work; the window with the command says why."


@dataclass(frozen=True, slots=True)
class Asked:
    """What is sent with a person to the API, to know them again by."""

    redirect: str
    state: str = field(default_factory=lambda: secrets.token_urlsafe(32), repr=False)
    verifier: str = field(default_factory=lambda: secrets.token_urlsafe(64), repr=False)

    @property
    def challenge(self) -> str:
        """What the API is told of the verifier before it gets to see it."""
        return urlsafe_b64encode(hashlib.sha256(self.verifier.encode()).digest()).decode().rstrip("=")


async def sign_in(
    auth: RefreshAuth,
    ground: Ground,
    show: Callable[[str], None],
    *,
    redirect: str = DEFAULT_REDIRECT,
    patience_s: float = PATIENCE_S,
) -> None:
    """Have a person say yes in a browser, and keep the refresh token among the secrets.

    ``show`` gets the URL to be opened. ``redirect`` is where the API sends them back to: on this computer,
    and registered with the API just so. Raises SourceError in words.
    """
    asked = Asked(redirect)
    host, port = _loopback(redirect)
    answer: asyncio.Future[dict[str, str]] = asyncio.get_running_loop().create_future()
    desk = _Desk(asked, answer)
    try:
        server = await asyncio.start_server(desk.receive, host, port, limit=_LONGEST_REQUEST)
    except OSError as error:
        raise problem(
            Stage.CONNECTION, "Port {port} of this computer cannot be listened at ({why}).",
            port=str(port), why=error.strerror or "",
        ) from None  # fmt: skip
    async with server:
        show(authorize_url(auth, ground, asked))
        try:
            async with asyncio.timeout(patience_s):
                given = await answer
        except TimeoutError:
            raise problem(Stage.HTTP, "Nobody signed in.") from None
    await _exchange(auth, ground, asked, given)


def authorize_url(auth: RefreshAuth, ground: Ground, asked: Asked) -> str:
    """Where a person says yes. Raises SourceError where the preset does not say."""
    base = text_of(auth.authorize_url, ground.options)
    if not base.startswith("https://") and urlsplit(base).hostname not in _HOSTS:
        raise wrong_set_up("The preset of {api} does not say where to sign in.", api=ground.api)
    fields = {
        "response_type": "code",
        "client_id": text_of(auth.client_id, ground.options),
        "redirect_uri": asked.redirect,
        "scope": text_of(auth.scope, ground.options),
        "state": asked.state,
        "code_challenge": asked.challenge,
        "code_challenge_method": "S256",
        **fill_texts(auth.authorize_params, ground.options),
    }
    given = urlencode({name: text for name, text in fields.items() if text})
    return f"{base}{'&' if '?' in base else '?'}{given}"


async def _exchange(auth: RefreshAuth, ground: Ground, asked: Asked, given: dict[str, str]) -> None:
    if "code" not in given:
        said = given.get("error_description") or given.get("error") or "?"
        raise problem(
            Stage.HTTP, "{api} did not let us in: {said}", api=ground.api, said=shortened(one_line(said))
        )
    ground.learn([given["code"], asked.verifier])
    fields = {
        "grant_type": "authorization_code",
        "code": given["code"],
        "redirect_uri": asked.redirect,
        "code_verifier": asked.verifier,
    }
    reply = await ground.ask(token_request(auth, ground.options, fields))
    token = find("refresh_token", reply)
    if not isinstance(token, str) or not token:
        raise wrong_set_up(
            "{api} signed in, but gave no refresh token; its app may need a scope such as offline_access.",
            api=ground.api,
        )
    ground.learn([token])
    await ground.vault.put(token, text_of(auth.refresh_token, ground.options), ground.now_s())


def _loopback(redirect: str) -> tuple[str, int]:
    """(address, port) to listen at: this computer alone."""
    parts = urlsplit(redirect)
    try:
        port = parts.port
    except ValueError:
        port = None
    if parts.scheme != "http" or parts.hostname not in _HOSTS or not port:
        raise wrong_set_up(
            "The way back has to be on this computer, like {example}.", example=DEFAULT_REDIRECT
        )
    return "127.0.0.1", port


class _Desk:
    """Receives the browser that comes back; whoever has not the right state is sent away."""

    def __init__(self, asked: Asked, answer: asyncio.Future[dict[str, str]]) -> None:
        self._asked, self._answer = asked, answer
        self._path = urlsplit(asked.redirect).path or "/"

    async def receive(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One request of a browser."""
        try:
            async with asyncio.timeout(10):
                head = await reader.readuntil(b"\r\n\r\n")
            status, text = self._judge(head.split(b"\r\n", 1)[0].decode("latin-1").split(" "))
            body = text.encode()
            writer.write(
                f"HTTP/1.1 {status}\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: {len(body)}"
                "\r\nCache-Control: no-store\r\nConnection: close\r\n\r\n".encode()
                + body
            )
            await writer.drain()
        except (TimeoutError, ConnectionError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
            pass
        finally:
            writer.close()

    def _judge(self, request: list[str]) -> tuple[str, str]:
        parts = urlsplit(request[1]) if len(request) == 3 else urlsplit("")
        if request[0] != "GET" or (parts.path or "/") != self._path:
            return "404 Not Found", ""
        given = {name: values[0] for name, values in parse_qs(parts.query).items()}
        if not secrets.compare_digest(given.pop("state", "").encode(), self._asked.state.encode()):
            return "400 Bad Request", "This is not the sign-in that was begun here."
        if self._answer.done():
            return "410 Gone", "This sign-in is over."
        self._answer.set_result(given)
        return "200 OK", _DONE if "code" in given else _FAILED


async def sign_in_source(
    name: str,
    settings: Section,
    stores: Secrets,
    show: Callable[[str], None],
    *,
    proxy: str = "",
    redirect: str = DEFAULT_REDIRECT,
    patience_s: float = PATIENCE_S,
) -> None:
    """`sign_in` for a source by its settings. Raises SourceError, also where it needs no such sign-in."""
    if not isinstance(settings, HttpSource) or not isinstance(settings.api.auth, RefreshAuth):
        raise wrong_set_up("The source {source} needs no sign-in by a person.", source=name)
    session = Session(
        name,
        settings.api,
        settings.options,
        secrets=stores,
        allow_hosts=tuple(settings.allow_hosts),
        proxy=proxy,
    )
    try:
        ground = await session.ground()
        await sign_in(settings.api.auth, ground, show, redirect=redirect, patience_s=patience_s)
    finally:
        await session.aclose()
