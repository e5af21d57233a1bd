"""Sends one request: with a deadline, a limit to the answer, and redirects followed by hand."""

from __future__ import annotations

import asyncio
import logging
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

import httpx

from salesboard_display import __version__
from salesboard_display.sources.contract import Stage, problem
from salesboard_display.sources.http.certificates import Certificate, look_at
from salesboard_display.sources.http.errors import wrong_set_up
from salesboard_display.sources.http.hosts import Hosts
from salesboard_display.sources.http.messages import Request
from salesboard_display.sources.http.way import GuardedWay, ProxiedWay, guarded

# They write whole URLs and headers, and so whatever key these hold.
for _talkative in ("httpx", "httpcore"):
    logging.getLogger(_talkative).setLevel(logging.WARNING)

MEGABYTE = 2**20
_AGENT = f"salesboard-display/{__version__}"
_GZIP = b"\x1f\x8b"
_MOST_MEMBERS = 10_000  # ten times what packs the largest body in blocks; nothing can be packed for ever
_MOVED = (301, 302, 303, 307, 308)


@dataclass(frozen=True, slots=True)
class Limits:
    """How long and how much: seconds for the whole request and for its connection, bytes after unpacking."""

    total_s: float = 60.0
    connect_s: float = 10.0
    body_bytes: int = 64 * MEGABYTE
    redirects: int = 5


@dataclass(frozen=True, slots=True)
class Answer:
    """A reply as it came. ``headers`` have small letters; ``url`` is where it came from in the end, and
    ``redirected`` whether that is elsewhere than where it was asked for."""

    status: int
    headers: Mapping[str, str] = field(repr=False)
    content: bytes = field(repr=False)
    url: httpx.URL = field(repr=False)
    redirected: bool = False


class Credentials(Protocol):
    """What lets a request in."""

    @property
    def headers(self) -> Mapping[str, str]:
        """Headers added to it."""
        ...

    @property
    def params(self) -> Mapping[str, str]:
        """Parameters added to its URL."""
        ...


class Transport:
    """One source's connections."""

    def __init__(
        self,
        hosts: Hosts,
        *,
        limits: Limits = Limits(),
        way: httpx.AsyncBaseTransport | None = None,
        proxy: httpx.Proxy | None = None,
    ) -> None:
        """``proxy`` connects with every host but those that may be private; ``way`` replaces the network, for
        tests."""
        self._hosts, self._limits, self._proxy = hosts, limits, proxy
        self._way = way or _own_way(hosts, proxy)
        self._client = httpx.AsyncClient(
            transport=self._way,
            timeout=httpx.Timeout(limits.total_s, connect=limits.connect_s),
            follow_redirects=False,
            trust_env=False,
            headers={"User-Agent": _AGENT, "Accept": "application/json", "Accept-Encoding": "gzip"},
        )

    async def aclose(self) -> None:
        """Close every connection."""
        await self._client.aclose()

    def proxy_to(self, host: str) -> str:
        """The host of the proxy that connects with this one, "" where none does."""
        return "" if self._proxy is None or self._hosts.may_be_private(host) else self._proxy.url.host

    async def send(self, request: Request, let_in: Credentials | None) -> Answer:
        """The answer, whatever it says. A redirect is followed to known hosts only, and without what let the
        first request in. Raises SourceError, or what `errors.of_network` puts into words."""
        async with asyncio.timeout(self._limits.total_s):
            sent = self._made(request, let_in)
            for hop in range(self._limits.redirects + 1):
                answer = await self._once(sent, redirected=hop > 0)
                moved_to = answer.headers.get("location")
                if answer.status not in _MOVED or not moved_to:
                    return answer
                sent = self._redirected(sent, answer, moved_to)
        raise wrong_set_up("{host} sends the request round in a circle.", host=sent.url.host)

    async def certificate(self, url: str) -> Certificate | None:
        """The certificate of the server behind the URL, which was refused; None when it cannot be had."""
        if not isinstance(self._way, GuardedWay):
            return None
        parsed = httpx.URL(url)
        return await look_at(self._way.network, parsed.host, parsed.port or 443)

    def _made(self, request: Request, let_in: Credentials | None) -> httpx.Request:
        params = [*request.params, *(let_in.params.items() if let_in else ())]
        try:
            url = httpx.URL(request.url)
            if params:
                url = url.copy_merge_params(httpx.QueryParams([*url.params.multi_items(), *params]))
            self._hosts.check(url)
            return self._client.build_request(
                request.method,
                url,
                headers={**request.headers, **(let_in.headers if let_in else {})},
                json=request.json,
                data=request.form,
            )
        except (httpx.InvalidURL, UnicodeEncodeError, TypeError):  # the words would quote it
            raise wrong_set_up("The address or a header of the request cannot be sent.") from None

    def _redirected(self, sent: httpx.Request, answer: Answer, moved_to: str) -> httpx.Request:
        try:
            url = sent.url.join(moved_to)
        except httpx.InvalidURL:
            raise problem(Stage.HTTP, "{host} sends us on to nowhere.", host=sent.url.host) from None
        self._hosts.check_redirect(sent.url, url)
        keeps_body = answer.status in (307, 308)
        kept = {name: sent.headers[name] for name in ("accept", "content-type") if name in sent.headers}
        if not keeps_body:
            kept.pop("content-type", None)
        method = sent.method if keeps_body or sent.method == "HEAD" else "GET"
        return self._client.build_request(
            method, url, headers=kept, content=sent.content if keeps_body else None
        )

    async def _once(self, request: httpx.Request, *, redirected: bool) -> Answer:
        response = await self._client.send(request, stream=True)
        try:
            content = await self._body(response)
        finally:
            await response.aclose()
        headers = {name.lower(): value for name, value in response.headers.items()}
        return Answer(response.status_code, headers, content, request.url, redirected)

    async def _body(self, response: httpx.Response) -> bytes:
        unpack = _unpacking(response.headers.get("content-encoding", ""))
        parts: list[bytes] = []
        room = self._limits.body_bytes
        async for chunk in response.aiter_raw():
            part = unpack(chunk, room + 1)
            room -= len(part)
            if room < 0:
                raise problem(
                    Stage.FORMAT, "{host} sent more than {limit} MB; that cannot be right.",
                    host=response.request.url.host, limit=self._limits.body_bytes // MEGABYTE,
                )  # fmt: skip
            parts.append(part)
        if not unpack.is_whole(bool(parts)):
            raise problem(
                Stage.FORMAT, "The answer of {host} broke off before its end.",
                host=response.request.url.host,
            )  # fmt: skip
        return b"".join(parts)


class _Plain:
    """A body that is not packed."""

    def __call__(self, chunk: bytes, at_most: int) -> bytes:
        return chunk

    def is_whole(self, any_came: bool) -> bool:
        """The connection's framing has already told."""
        return True


class _Packed:
    """Unpacks, never more than asked for: a small body can be packed air."""

    def __init__(self) -> None:
        self._unpacker = _a_member()
        self._begun = b""
        """The first byte of what may be one more member."""
        self._members, self._over = 1, False

    def __call__(self, chunk: bytes, at_most: int) -> bytes:
        parts: list[bytes] = []
        packed = chunk
        while packed and at_most > 0 and not self._over:
            if self._unpacker.eof:
                packed = self._next_member(packed)
                continue
            try:
                part = self._unpacker.decompress(packed, at_most)
            except zlib.error:
                raise problem(Stage.FORMAT, "An answer cannot be unpacked.") from None
            packed = self._unpacker.unused_data
            at_most -= len(part)
            parts.append(part)
        return b"".join(parts)

    def _next_member(self, packed: bytes) -> bytes:
        """A packed body may be several one after the other; zeros, and whatever else follows, are padding."""
        packed, self._begun = (self._begun + packed).lstrip(b"\0"), b""
        if packed.startswith(_GZIP):
            self._members += 1
            if self._members > _MOST_MEMBERS:
                raise problem(Stage.FORMAT, "An answer cannot be unpacked.")
            self._unpacker = _a_member()
            return packed
        if packed == _GZIP[:1]:
            self._begun = packed
        elif packed:
            self._over = True
        return b""

    def is_whole(self, any_came: bool) -> bool:
        """Whether the end of the packing came."""
        return (self._unpacker.eof and not self._begun) or not any_came


def _a_member() -> zlib._Decompress:
    return zlib.decompressobj(zlib.MAX_WBITS | 32)  # gzip or zlib, as its head says


def _unpacking(coding: str) -> _Plain | _Packed:
    match coding.strip().lower():
        case "" | "identity":
            return _Plain()
        case "gzip" | "x-gzip" | "deflate":
            return _Packed()
    raise problem(Stage.FORMAT, "An answer is packed in a way that was not asked for.")


def _own_way(hosts: Hosts, proxy: httpx.Proxy | None) -> httpx.AsyncBaseTransport:
    direct = guarded(hosts.may_be_private)
    return direct if proxy is None else ProxiedWay(direct, proxy, hosts.may_be_private)
