"""The way to a host: connections that are looked at before they are made, straight or through a proxy."""

from __future__ import annotations

import functools
import ipaddress
import ssl
from collections.abc import AsyncIterable, AsyncIterator, Callable

import certifi
import httpcore
import httpx

from salesboard_display.sources.http.errors import wrong_set_up
from salesboard_display.sources.http.hosts import is_private
from salesboard_display.sources.http.network import GuardedNetwork


def guarded(may_be_private: Callable[[str], bool]) -> GuardedWay:
    """Straight to each host, inside the house to those alone that may be there."""
    return GuardedWay(GuardedNetwork(may_be_private))


class GuardedWay(httpx.AsyncBaseTransport):
    """httpx over a network that looks at the address before it connects.

    httpx's own transport cannot be given another network; httpcore's pool can, and is what lies below it.
    """

    def __init__(
        self,
        network: httpcore.AsyncNetworkBackend,
        tls: ssl.SSLContext | None = None,
        proxy: httpcore.Proxy | None = None,
    ) -> None:
        """``proxy``: through which every connection goes; then it is what the network connects to."""
        self.network = network
        self._pool = httpcore.AsyncConnectionPool(
            ssl_context=tls or trust(),
            proxy=proxy,
            network_backend=network,
            max_connections=4,
            keepalive_expiry=90.0,
        )

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """See httpx.AsyncBaseTransport; raises httpcore's exceptions."""
        assert isinstance(request.stream, httpx.AsyncByteStream)
        url = request.url
        reply = await self._pool.handle_async_request(
            httpcore.Request(
                request.method,
                httpcore.URL(scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path),
                headers=request.headers.raw,
                content=request.stream,
                extensions=request.extensions,
            )
        )
        assert isinstance(reply.stream, AsyncIterable)
        return httpx.Response(
            reply.status, headers=reply.headers, stream=_Stream(reply.stream), extensions=reply.extensions
        )

    async def aclose(self) -> None:
        """See httpx.AsyncBaseTransport."""
        await self._pool.aclose()


class _Stream(httpx.AsyncByteStream):
    def __init__(self, inner: AsyncIterable[bytes]) -> None:
        self._inner = inner

    async def __aiter__(self) -> AsyncIterator[bytes]:
        async for part in self._inner:
            yield part

    async def aclose(self) -> None:
        close: Callable[[], object] | None = getattr(self._inner, "aclose", None)
        if close is not None:
            await close()  # type: ignore[misc]


@functools.cache
def trust() -> ssl.SSLContext:
    """Whom this computer trusts: its own authorities (an office may have added one) and Mozilla's."""
    context = ssl.create_default_context()
    context.load_verify_locations(certifi.where())
    return context


class ProxiedWay(httpx.AsyncBaseTransport):
    """Through an office's proxy; straight to the hosts in the office's own network.

    The proxy looks names up, so what a name leads to cannot be looked at here: it is the office's own proxy
    that decides. An address instead of a name can.
    """

    def __init__(
        self,
        direct: httpx.AsyncBaseTransport,
        proxy: httpx.Proxy,
        is_direct: Callable[[str], bool],
        tls: ssl.SSLContext | None = None,
    ) -> None:
        self._direct, self._is_direct = direct, is_direct
        url = proxy.url
        through = httpcore.Proxy(
            httpcore.URL(scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=b"/"),
            auth=proxy.raw_auth,
            ssl_context=trust() if url.scheme == "https" else None,
        )
        # every connection of this pool is one to the proxy, which the manager named
        self._proxied = GuardedWay(GuardedNetwork(lambda _: True), tls, through)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """See httpx.AsyncBaseTransport; raises httpcore's exceptions, and SourceError."""
        host = request.url.host
        if self._is_direct(host):
            return await self._direct.handle_async_request(request)
        if _is_private_address(host):
            raise wrong_set_up(
                "{host} is an address inside this network ({address}); where that is meant, it has to be "
                "listed in allow_hosts.",
                host=host, address=host,
            )  # fmt: skip
        return await self._proxied.handle_async_request(request)

    async def aclose(self) -> None:
        """See httpx.AsyncBaseTransport."""
        await self._direct.aclose()
        await self._proxied.aclose()


def _is_private_address(host: str) -> bool:
    try:
        return is_private(ipaddress.ip_address(host.strip("[]")))
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")
