"""A network on loopback in which one host is known, and the way to it can be made bad in every way."""

from __future__ import annotations

import asyncio
import socket
import ssl
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import UTC, datetime
from functools import cache
from typing import Any

import httpcore
import trustme

from salesboard_display.sources.http.network import GuardedNetwork
from salesboard_display.sources.http.way import GuardedWay
from tests.sources.http.faults.table import HOST
from tests.sources.http.scripted import Answering, Scripted, Told, serving

BAD_CERTIFICATES = ("expired", "not yet valid", "wrong host", "self-signed", "clock wrong")
_OF_NAMES = ("unknown", "no name server", "look-up hangs")
_OLD, _PAST = datetime(2024, 1, 1, tzinfo=UTC), datetime(2024, 3, 1, tzinfo=UTC)
_FUTURE, _LATER = datetime(2090, 3, 1, tzinfo=UTC), datetime(2090, 6, 1, tzinfo=UTC)


@cache
def authority() -> trustme.CA:
    """Whom the tests trust."""
    return trustme.CA()


@cache
def contexts() -> dict[str, ssl.SSLContext]:
    """A server's certificate for each fault, and the good one as ""."""
    ca = authority()
    certificates = {
        "": ca.issue_cert(HOST),
        "expired": ca.issue_cert(HOST, not_before=_OLD, not_after=_PAST),
        "clock wrong": ca.issue_cert(HOST, not_before=_OLD, not_after=_PAST),
        "not yet valid": ca.issue_cert(HOST, not_before=_FUTURE, not_after=_LATER),
        "wrong host": ca.issue_cert("other.test"),
        "self-signed": trustme.CA().issue_cert(HOST),
    }
    made = {}
    for name, certificate in certificates.items():
        made[name] = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        certificate.configure_cert(made[name])
    return made


class Net:
    """The network as a source sees it. ``way`` names what is wrong with it, "" for nothing."""

    def __init__(self, server: Scripted, doors: dict[str, int]) -> None:
        self.server, self._doors = server, doors
        self.way = ""
        self.once = False
        """Whether what is wrong is right again as soon as somebody met it."""
        self._network = GuardedNetwork(self._may_be_private, self._look_up, look_up_s=0.2)
        self._network._inner = _Doors(self)  # type: ignore[assignment]
        self.tls = ssl.create_default_context()
        authority().configure_trust(self.tls)

    def guarded(self) -> GuardedWay:
        """What a session sends through."""
        return GuardedWay(self._network, self.tls)

    def _may_be_private(self, host: str) -> bool:
        inside = self.way == "rebinding"
        if inside and self.once:
            self.way = ""
        return host == HOST and not inside

    async def _look_up(self, host: str) -> list[str]:
        way = self.way
        if self.once and way in _OF_NAMES:
            self.way = ""
        match way:
            case "unknown":
                raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
            case "no name server":
                raise socket.gaierror(socket.EAI_AGAIN, "Temporary failure in name resolution")
            case "look-up hangs":
                await asyncio.Event().wait()
            case "rebinding":
                return ["10.0.0.7"]
        assert host == HOST
        return ["127.0.0.1"]

    def door(self) -> int:
        """The port that answers now."""
        way = self.way
        if self.once:
            self.way = ""
        return self._doors.get(way, self.server.port)


class _Doors(httpcore.AnyIOBackend):
    """Every connection goes to the door that is open now."""

    def __init__(self, net: Net) -> None:
        self._net = net

    async def connect_tcp(self, host: str, port: int, *more: Any, **named: Any) -> Any:
        assert (host, port) == ("127.0.0.1", 443)
        return await super().connect_tcp(host, self._net.door(), *more, **named)


@asynccontextmanager
async def network(answer: Answering | Iterable[Told]) -> AsyncIterator[Net]:
    """The network with its API, and a bad twin of it for every way a certificate can be bad."""
    async with AsyncExitStack() as stack:
        server = await stack.enter_async_context(serving(answer, contexts()[""]))
        doors = {}
        for name in BAD_CERTIFICATES:
            headers = {"date": "Thu, 15 Feb 2024 12:00:00 GMT"} if name == "clock wrong" else {}
            twin = await stack.enter_async_context(serving(_only(Told(headers=headers)), contexts()[name]))
            doors[name] = twin.port
        plain = await asyncio.start_server(_unencrypted, "127.0.0.1", 0)
        await stack.enter_async_context(plain)
        doors["plain"] = plain.sockets[0].getsockname()[1]
        doors["refused"] = closed_port()
        yield Net(server, doors)


def closed_port() -> int:
    """A port nobody listens at."""
    with socket.socket() as door:
        door.bind(("127.0.0.1", 0))
        return int(door.getsockname()[1])


async def _unencrypted(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """A server that expects no encryption, met by a client that does."""
    writer.write(b"HTTP/1.1 400 Bad Request\r\nconnection: close\r\n\r\n")
    writer.close()


def _only(told: Told) -> Callable[[Any], Told]:
    return lambda _: told
