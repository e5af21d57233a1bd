"""Connects to a host: looks its name up, refuses addresses inside the house, tries each of the others."""

from __future__ import annotations

import asyncio
import contextlib
import ipaddress
import socket
import threading
from collections.abc import Awaitable, Callable, Iterable
from typing import Any

import httpcore

from salesboard_display.sources.contract import Stage, problem
from salesboard_display.sources.http.errors import wrong_set_up
from salesboard_display.sources.http.hosts import Address, is_private

LookUp = Callable[[str], Awaitable[list[str]]]
LOOK_UP_S = 10.0


class GuardedNetwork(httpcore.AsyncNetworkBackend):
    """A network that decides by the address it connects to, not by the name: a name may answer this time one
    address, next time another (DNS rebinding)."""

    def __init__(
        self,
        may_be_private: Callable[[str], bool],
        look_up: LookUp | None = None,
        look_up_s: float = LOOK_UP_S,
    ) -> None:
        self._may_be_private, self._look_up = may_be_private, look_up or Resolver().look_up
        self._look_up_s = look_up_s
        self._inner = httpcore.AnyIOBackend()

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109 - httpcore's interface
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        """A connection. Raises SourceError where the name or the address will not do."""
        addresses = await self._addresses(host)
        failure: httpcore.ConnectError | httpcore.ConnectTimeout | None = None
        each_s = timeout and max(timeout / len(addresses), min(timeout, 3.0))
        for address in addresses:
            try:
                return await self._inner.connect_tcp(address, port, each_s, local_address, socket_options)
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                failure = failure or error
        assert failure is not None
        raise failure

    async def connect_unix_socket(self, *_: Any, **__: Any) -> httpcore.AsyncNetworkStream:
        """Nothing here speaks to sockets of this computer."""
        raise wrong_set_up("The address of a request does not begin with https://.")

    async def sleep(self, seconds: float) -> None:
        """See httpcore."""
        await asyncio.sleep(seconds)

    async def _addresses(self, host: str) -> list[str]:
        """Where the host is, without what it must not be."""
        found = [host] if _address(host) else await self._looked_up(host)
        usable = [text for text in found if self._may_be_private(host) or not _inside(text)]
        if not usable:
            raise wrong_set_up(
                "{host} is an address inside this network ({address}); where that is meant, it has to be "
                "listed in allow_hosts.",
                host=host, address=found[0],
            )  # fmt: skip
        return usable

    async def _looked_up(self, host: str) -> list[str]:
        try:
            async with asyncio.timeout(self._look_up_s):
                found = await self._look_up(host)
        except TimeoutError:
            raise problem(
                Stage.LOOK_UP, "Looking up the name {host} took too long; is this computer online?", host=host
            ) from None
        except socket.gaierror as error:
            if error.errno == socket.EAI_AGAIN:
                raise problem(
                    Stage.LOOK_UP, "No name server answers about {host}; is this computer online?", host=host
                ) from None
            raise problem(
                Stage.LOOK_UP,
                "Nobody knows the name {host}: it is misspelt, or this computer is not online.",
                host=host,
            ) from None
        except (OSError, UnicodeError):
            raise problem(Stage.LOOK_UP, "The name {host} cannot be looked up.", host=host) from None
        return found


class Resolver:
    """The system's look-up, one thread for each name: it may hang for minutes and cannot be told to stop, so
    the same name waits for the look-up under way, and the process may end without it."""

    def __init__(self) -> None:
        self._under_way: dict[str, asyncio.Future[list[str]]] = {}

    async def look_up(self, host: str) -> list[str]:
        """The host's addresses, best first. Raises OSError (socket.gaierror)."""
        future = self._under_way.get(host)
        if future is None or future.done():
            future = self._under_way[host] = self._begin(host)
        return await asyncio.shield(future)

    def _begin(self, host: str) -> asyncio.Future[list[str]]:
        loop = asyncio.get_running_loop()
        future: asyncio.Future[list[str]] = loop.create_future()
        future.add_done_callback(lambda done: done.cancelled() or done.exception())  # nobody may be waiting

        def ended(addresses: list[str], error: Exception | None) -> None:
            if error is not None:
                future.set_exception(error)
            else:
                future.set_result(addresses)

        def ask() -> None:
            addresses: list[str] = []
            failure: Exception | None = None
            try:
                found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
                addresses = list(dict.fromkeys(str(entry[4][0]) for entry in found))
            except (OSError, UnicodeError) as error:
                failure = error
            with contextlib.suppress(RuntimeError):  # the loop has ended meanwhile
                loop.call_soon_threadsafe(ended, addresses, failure)

        threading.Thread(target=ask, name=f"look up {host}", daemon=True).start()
        return future


def _address(text: str) -> Address | None:
    try:
        return ipaddress.ip_address(text.partition("%")[0].strip("[]"))
    except ValueError:
        return None


def _inside(text: str) -> bool:
    address = _address(text)
    return address is None or is_private(address)
