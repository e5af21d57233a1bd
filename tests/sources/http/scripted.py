"""A server on loopback that answers as it is told, over real sockets: well, badly, or not at all."""

from __future__ import annotations

import asyncio
import contextlib
import json
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from salesboard_display.settings.preset import Preset
from salesboard_display.settings.secrets import Secrets
from salesboard_display.settings.secretstores import EnvironmentStore
from salesboard_display.sources.http.messages import Request
from salesboard_display.sources.http.session import Session


@dataclass(frozen=True)
class Asked:
    """A request as it came."""

    method: str
    path: str
    params: dict[str, str]
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        """The body as JSON."""
        return json.loads(self.body)

    @property
    def form(self) -> dict[str, str]:
        """The body as a form."""
        return dict(parse_qsl(self.body.decode(), keep_blank_values=True))


@dataclass
class Told:
    """One answer. ``body`` is sent as it is (bytes), or as JSON."""

    body: Any = field(default_factory=dict)
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    break_after: int | None = None
    """The connection is reset after so many bytes of the whole answer."""
    drip_s: float = 0.0
    """One byte at a time, with this pause in between."""

    def written(self) -> bytes:
        """The answer's bytes."""
        body = self.body if isinstance(self.body, bytes) else json.dumps(self.body).encode()
        headers = {"content-type": "application/json", "content-length": str(len(body)), **self.headers}
        head = "".join(f"{name}: {value}\r\n" for name, value in headers.items() if value)
        return f"HTTP/1.1 {self.status} Told\r\n{head}\r\n".encode() + body


Answering = Callable[[Asked], Told | Awaitable[Told]]


class Scripted:
    """What the server was asked, and what it answers."""

    def __init__(self, answer: Answering | Iterable[Told] = ()) -> None:
        self.asked: list[Asked] = []
        self.told = list(answer) if not callable(answer) else []
        self.answer: Answering = answer if callable(answer) else lambda _: self.told.pop(0)
        self.port = 0
        self.scheme = "http"
        self._open: set[asyncio.Task[None]] = set()

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"{self.scheme}://127.0.0.1:{self.port}"

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._open.add(task)
        try:
            with contextlib.suppress(
                ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError, ssl.SSLError
            ):
                while await self._one(reader, writer):
                    pass
        finally:
            self._open.discard(task)
            writer.close()

    async def _one(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
        first, *lines = head.strip().split("\r\n")
        method, target, _ = first.split(" ")
        headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
        body = await reader.readexactly(int(headers.get("content-length", 0)))
        parts = urlsplit(target)
        asked = Asked(method, parts.path, dict(parse_qsl(parts.query, keep_blank_values=True)), headers, body)
        self.asked.append(asked)
        told = self.answer(asked)
        if isinstance(told, Awaitable):
            told = await told
        return await self._write(told, writer)

    async def _write(self, told: Told, writer: asyncio.StreamWriter) -> bool:
        data = told.written()
        if told.break_after is not None:
            writer.write(data[: told.break_after])
            await writer.drain()
            writer.transport.abort()
            return False
        if told.drip_s:
            for at in range(len(data)):
                writer.write(data[at : at + 1])
                await writer.drain()
                await asyncio.sleep(told.drip_s)
        else:
            writer.write(data)
        await writer.drain()
        return told.headers.get("connection") != "close"

    def hang_up(self) -> None:
        """End every connection."""
        for task in self._open:
            task.cancel()


@asynccontextmanager
async def serving(
    answer: Answering | Iterable[Told] = (), tls: ssl.SSLContext | None = None
) -> AsyncIterator[Scripted]:
    """The server, for as long as it is needed."""
    scripted = Scripted(answer)
    server = await asyncio.start_server(scripted.serve, "127.0.0.1", 0, ssl=tls)
    scripted.port = server.sockets[0].getsockname()[1]
    scripted.scheme = "https" if tls else "http"
    try:
        yield scripted
    finally:
        server.close()
        scripted.hang_up()
        await asyncio.sleep(0)
        await server.wait_closed()


def a_preset(base_url: str, **more: Any) -> Preset:
    """A preset for an API at this address, with whatever else it says."""
    document: dict[str, Any] = {
        "version": 1,
        "name": "Acme CRM",
        "tried": "server",
        "hosts": ["127.0.0.1"],
        "base_url": base_url,
        "streams": {"deals": {"path": "/deals"}},
    }
    return Preset.model_validate({**document, **more})


def environment(**secrets: str) -> Secrets:
    """Secrets that are in the environment alone."""
    return Secrets((EnvironmentStore({f"SALESBOARD_SECRET_{k.upper()}": v for k, v in secrets.items()}),))


class Pauses:
    """A sleep that takes no time, and a clock that it moves."""

    def __init__(self, now_s: float = 1_790_000_000.0) -> None:
        self.now = now_s
        self.taken: list[float] = []

    async def sleep(self, seconds: float) -> None:
        """Let the time pass."""
        self.taken.append(seconds)
        self.now += seconds
        await asyncio.sleep(0)

    def now_s(self) -> float:
        """What time it is."""
        return self.now


@asynccontextmanager
async def speaking(
    preset: Preset, options: dict[str, Any] | None = None, *, pauses: Pauses | None = None, **named: Any
) -> AsyncIterator[Session]:
    """A session with a server on loopback."""
    pauses = pauses or Pauses()
    named.setdefault("secrets", environment())
    named.setdefault("allow_hosts", ("127.0.0.1",))
    session = Session("crm", preset, options or {}, sleep=pauses.sleep, now_s=pauses.now_s, **named)
    try:
        yield session
    finally:
        await session.aclose()


def get(url: str, **more: Any) -> Request:
    """A plain request."""
    return Request("GET", url, **more)
