"""Words for what the network does instead of answering."""

from __future__ import annotations

import errno
import ssl
from collections.abc import Iterator

import httpcore

from salesboard_display.sources.contract import SourceError, Stage, problem

BROKEN: tuple[type[Exception], ...] = (
    httpcore.NetworkError,
    httpcore.TimeoutException,
    httpcore.ProtocolError,
    httpcore.ProxyError,
    TimeoutError,
)
"""What a request can end with, other than an answer or a SourceError."""

_UNREACHABLE = {errno.ENETUNREACH, errno.EHOSTUNREACH, errno.ENETDOWN, errno.EADDRNOTAVAIL}


def passes(error: BaseException) -> bool:
    """Whether the same request may well succeed in a moment: broken off, not unanswered."""
    unanswered = isinstance(error, (httpcore.TimeoutException, TimeoutError, httpcore.ProxyError))
    return not unanswered and tls_error(error) is None


def tls_error(error: BaseException) -> ssl.SSLError | None:
    """The TLS failure behind it, if that is what it was."""
    return next((cause for cause in _causes(error) if isinstance(cause, ssl.SSLError)), None)


def of_network(error: BaseException, host: str, seconds: float, proxy: str = "") -> SourceError:
    """The failure in words. ``seconds``: the deadline that was set; ``proxy``: the host of the proxy that was
    to connect us."""
    if isinstance(error, httpcore.ProxyError):
        return problem(
            Stage.CONNECTION, "The proxy {proxy} does not connect us with {host}: {why}",
            proxy=proxy, host=host, why=str(error)[:80],
        )  # fmt: skip
    if proxy and isinstance(error, (httpcore.ConnectError, httpcore.ConnectTimeout)):
        host = proxy if tls_error(error) is None else host
    if isinstance(error, httpcore.ConnectTimeout):
        return problem(
            Stage.CONNECTION, "{host} does not answer: no connection came about in time.", host=host
        )
    if isinstance(error, (httpcore.TimeoutException, TimeoutError)):
        return problem(
            Stage.CONNECTION, "{host} had not answered to the end after {seconds} s.",
            host=host, seconds=round(seconds),
        )  # fmt: skip
    if tls_error(error) is not None:
        return problem(Stage.TLS, "No secure connection to {host} comes about.", host=host)
    for cause in _causes(error):
        if isinstance(cause, ConnectionRefusedError):
            return problem(
                Stage.CONNECTION,
                "{host} refuses the connection: nothing listens there, or a firewall is in between.",
                host=host,
            )
        if isinstance(cause, OSError) and cause.errno in _UNREACHABLE:
            return problem(Stage.CONNECTION, "There is no way to {host}; is this computer online?", host=host)
    if isinstance(error, httpcore.ConnectError):
        return problem(Stage.CONNECTION, "No connection to {host} came about.", host=host)
    if isinstance(error, httpcore.LocalProtocolError):
        return problem(Stage.HTTP, "The request to {host} cannot be sent; does a key hold blanks?", host=host)
    return problem(Stage.CONNECTION, "The connection to {host} broke off before the answer's end.", host=host)


def _causes(error: BaseException) -> Iterator[BaseException]:
    seen: BaseException | None = error
    while seen is not None:
        yield seen
        seen = seen.__cause__ or seen.__context__
