"""Speaks to one API for one source: signs in, sends, waits, tries again, and says what is wrong."""

from __future__ import annotations

import asyncio
import ssl
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import quote, urlsplit

import httpx

from salesboard_display.core.messages import Message
from salesboard_display.settings.preset import Preset
from salesboard_display.settings.secrets import Secrets, names_in
from salesboard_display.sources.contract import SourceError, Stage, problem
from salesboard_display.sources.http.aside import aside
from salesboard_display.sources.http.auth.contract import Ground, LetIn, SignIn
from salesboard_display.sources.http.auth.vault import Vault
from salesboard_display.sources.http.auth.ways import way_in
from salesboard_display.sources.http.budget import Pace
from salesboard_display.sources.http.certificates import refused
from salesboard_display.sources.http.errors import REFUSED, Verdict, failure, judge, shortened
from salesboard_display.sources.http.hosts import Hosts
from salesboard_display.sources.http.messages import BeginAnew, Reply, Request
from salesboard_display.sources.http.outages import BROKEN, of_network, passes, tls_error
from salesboard_display.sources.http.reading import is_page, json_of, text_of
from salesboard_display.sources.http.redaction import Redactor
from salesboard_display.sources.http.templates import ABSENT, fill
from salesboard_display.sources.http.transport import Answer, Limits, Transport
from salesboard_display.sources.http.waits import patience_of, wait_of
from salesboard_display.sources.revealing import revealed

SHORT_WAIT_S = 10.0
MORE_TRIES = 2
_KEEP, _SIGN_IN = "salesboard-display secret set", "salesboard-display source sign-in"


class Session:
    """One source's conversation with its API."""

    def __init__(
        self,
        source: str,
        preset: Preset,
        options: Mapping[str, Any],
        *,
        secrets: Secrets,
        allow_hosts: tuple[str, ...] = (),
        proxy: str = "",
        now_s: Callable[[], float] = time.time,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        limits: Limits = Limits(),
        way: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        """``options`` and ``proxy`` may hold references to secrets, which are looked up when first needed;
        ``way`` replaces the network, for tests (`httpx.MockTransport`)."""
        self._source, self._preset, self._given = source, preset, options
        self._secrets, self._allow_hosts, self._proxy = secrets, allow_hosts, proxy
        self._now_s, self._sleep, self._limits, self._way = now_s, sleep, limits, way
        self.redact = Redactor()
        """Takes this source's secrets out of a text."""
        self._pace = Pace(preset.budget, now_s, sleep)
        self._answered = False
        self._ready: _Ready | None = None
        self._refused = False
        """Whether the key was refused: another may have been put in its place since."""
        self._getting_ready = asyncio.Lock()

    async def send(self, request: Request) -> Reply:
        """The reply, when it is a success, or status 204 without a body when it says that there is nothing.

        Raises SourceError in words, or BeginAnew when the API has forgotten the position.
        """
        ready = await self._made_ready()
        tries = _Tries(self._sleep)
        signed_in_again = False
        while True:
            answer = await self._answer(request, await ready.sign_in.let_in(), tries)
            heard = await self._heard(answer, signs_in=ready.sign_in.signs_in)
            match heard.verdict.meaning:
                case "good" | "empty":
                    self._answered = True
                    return self._reply(heard, request)
                case "begin-anew":
                    raise BeginAnew
                case "sign-in-again" if not signed_in_again:
                    signed_in_again = True
                    ready.sign_in.refused()
                    continue
                case "retry" | "rate-limited" if await tries.again(heard.wait_s):
                    continue
            raise self._failure(heard.verdict, heard.wait_s)

    async def names(self) -> dict[str, Any]:
        """What templates may use: ``option.NAME``, and ``token.NAME`` where a sign-in gives such fields."""
        ready = await self._made_ready()
        await ready.sign_in.let_in()
        return {**ready.options, **ready.sign_in.captured()}

    async def aclose(self) -> None:
        """Close the connections."""
        if self._ready is not None:
            await self._ready.transport.aclose()
            self._ready = None

    # ------------------------------------------------------------------------------------- before the first
    async def ground(self) -> Ground:
        """What a sign-in stands on; also that of a person, once."""
        return (await self._made_ready()).ground

    async def _made_ready(self) -> _Ready:
        async with self._getting_ready:
            if self._ready is None or self._refused:
                before, self._refused = self._ready, False
                self._ready = self._get_ready(*await asyncio.to_thread(self._looked_up))
                if before is not None:
                    await before.transport.aclose()
        return self._ready

    def _looked_up(self) -> tuple[dict[str, Any], httpx.Proxy | None]:
        """(``option.NAME`` → value, the proxy), secrets looked up. Blocks while the keyring is asked."""
        proxy = None
        if self._proxy:
            proxy = httpx.Proxy(revealed(self._proxy, self._secrets, lambda text: quote(text, safe="")))
            self.redact.learn(part.decode() for part in (proxy.raw_auth or ())[1:])
        options: dict[str, Any] = {}
        for name, option in self._preset.options.items():
            given = self._given.get(name, option.default)
            value = revealed(given, self._secrets)
            if value is not None and (option.secret or names_in(given)):
                self.redact.learn(map(str, value if isinstance(value, list) else [value]))
            options[f"option.{name}"] = value
        return options, proxy

    def _get_ready(self, options: dict[str, Any], proxy: httpx.Proxy | None) -> _Ready:
        base = fill(self._preset.base_url, options)
        base_url = "" if base is ABSENT else base
        token_url = fill(getattr(self._preset.auth, "token_url", ""), options)
        known = [fill(text, options) for text in self._preset.hosts]
        hosts = Hosts(
            [host for host in (*known, token_url) if host is not ABSENT and host],
            self._allow_hosts,
            base_url=base_url,
        )
        ground = Ground(
            api=self._preset.name,
            base_url=base_url,
            options=options,
            ask=self._ask,
            learn=self.redact.learn,
            vault=Vault(self._secrets, self._source),
            now_s=self._now_s,
            sleep=self._sleep,
        )
        transport = Transport(hosts, limits=self._limits, way=self._way, proxy=proxy)
        return _Ready(options, transport, way_in(self._preset.auth, ground), ground)

    async def _ask(self, request: Request) -> Any:
        """A sign-in's request: its JSON. It is not repeated, for a refresh token may be good only once."""
        answer = await self._answer(request, None, None)
        heard = await self._heard(answer, signs_in=False)
        verdict = heard.verdict
        if verdict.meaning == "good":
            return self._reply(heard, request).body
        if verdict.meaning == "wrong-set-up":  # 400 invalid_grant, and whatever else is said here
            verdict = replace(verdict, meaning="sign-in-failed")
        raise self._failure(verdict, heard.wait_s)

    def _failure(self, verdict: Verdict, wait_s: float | None) -> SourceError:
        self._refused = verdict.meaning in REFUSED
        return failure(verdict, self._preset.name, wait_s, self._now_s(), mend=self._new_key())

    def _new_key(self) -> Message | None:
        """The command that puts another key in the place of this source's own; None where the key stands in
        the settings."""
        if getattr(self._preset.auth, "authorize_url", ""):
            return Message("sign in anew: {command}", (("command", f"{_SIGN_IN} {self._source}"),))
        names = sorted(names_in(self._given))
        if not names:
            return None
        commands = ", ".join(f"{_KEEP} {name}" for name in names)
        return Message("a new one is kept with: {command}", (("command", commands),))

    # ------------------------------------------------------------------------------------------- the answer
    async def _answer(self, request: Request, let_in: LetIn | None, tries: _Tries | None) -> Answer:
        """What the server answered, whatever it says; asked again where the connection broke off."""
        assert self._ready is not None
        host = urlsplit(request.url).hostname or ""
        while True:
            await self._pace.wait(host)
            try:
                answer = await self._ready.transport.send(request, let_in)
            except BROKEN as error:
                if tries is not None and passes(error) and await tries.again():
                    continue
                raise await self._in_words(error, request.url, host) from None
            self._pace.note(host, answer.headers)
            return answer

    async def _in_words(self, error: Exception, url: str, host: str) -> SourceError:
        why = tls_error(error)
        assert self._ready is not None
        if isinstance(why, ssl.SSLCertVerificationError):
            return refused(why, host, await self._ready.transport.certificate(url))
        return of_network(error, host, self._limits.total_s, self._ready.transport.proxy_to(host))

    async def _heard(self, answer: Answer, *, signs_in: bool) -> _Heard:
        return await aside(len(answer.content), self._read, answer, signs_in=signs_in)

    def _read(self, answer: Answer, *, signs_in: bool) -> _Heard:
        text = text_of(answer.content, answer.headers)
        body, broken = json_of(text)
        verdict = judge(self._preset, answer.status, body, text, signs_in=signs_in, answered=self._answered)
        verdict = replace(verdict, said=shortened(self.redact(verdict.said)))
        asked = (self._preset.waits, answer.status, answer.headers, body, self._now_s())
        wait_s = None
        if verdict.meaning in ("retry", "rate-limited"):
            wait_s = wait_of(*asked)
        elif verdict.meaning in ("good", "empty"):
            wait_s = patience_of(*asked)
        return _Heard(answer, verdict, text, body, broken, wait_s)

    def _reply(self, heard: _Heard, request: Request) -> Reply:
        """The success as a reply. Raises SourceError where it is no such data as was expected."""
        answer, url = heard.answer, str(heard.answer.url)
        until_ms = int((self._now_s() + heard.wait_s) * 1000) if heard.wait_s else None
        if heard.verdict.meaning == "empty" or answer.status == 204:
            return Reply(204, answer.headers, "", None, url, until_ms)
        if answer.status == 304:
            return Reply(304, answer.headers, "", None, url, until_ms)
        if is_page(heard.text, answer.headers):
            raise problem(
                Stage.HTTP,
                "No internet (a sign-in page answered instead of {host}), or a wrong address.",
                host=answer.url.host,
            )
        if request.expects == "json" and heard.broken:
            raise problem(
                Stage.FORMAT, "What {host} sent is not whole JSON: {why}",
                host=answer.url.host, why=heard.broken,
            )  # fmt: skip
        return Reply(200, answer.headers, heard.text, heard.body, url, until_ms)


@dataclass(frozen=True, slots=True)
class _Ready:
    """What is there once the secrets have been looked up."""

    options: dict[str, Any] = field(repr=False)
    transport: Transport
    sign_in: SignIn
    ground: Ground


@dataclass(frozen=True, slots=True)
class _Heard:
    """An answer, and what it means."""

    answer: Answer
    verdict: Verdict
    text: str = field(repr=False)
    body: Any = field(repr=False)
    broken: str
    wait_s: float | None


class _Tries:
    """Two more tries, as long as the waits come to no more than ten seconds."""

    def __init__(self, sleep: Callable[[float], Awaitable[None]]) -> None:
        self._sleep, self._made, self._waited_s = sleep, 0, 0.0

    async def again(self, asked_s: float | None = None) -> bool:
        """Whether to try again, after having waited for it; ``asked_s`` is what the API asks for."""
        wait_s = asked_s if asked_s is not None else 1.0 + 2.0 * self._made
        if self._made == MORE_TRIES or self._waited_s + wait_s > SHORT_WAIT_S:
            return False
        self._made += 1
        self._waited_s += wait_s
        await self._sleep(wait_s)
        return True
