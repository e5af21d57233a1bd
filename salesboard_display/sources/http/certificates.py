"""Looks at a certificate that was refused, to say why in words."""

from __future__ import annotations

import asyncio
import ssl
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

import httpcore

from salesboard_display.core.messages import Message
from salesboard_display.sources.contract import SourceError, Stage, problem

LOOK_S = 5.0
_EXPIRED, _NOT_YET, _WRONG_HOST = 10, 9, 62  # X509_V_ERR_…
_UNKNOWN_SIGNER = (18, 19, 20, 21)
_SHOWN_NAMES = 3


@dataclass(frozen=True, slots=True)
class Certificate:
    """What a refused certificate says of itself, and what time its server thinks it is."""

    begins: datetime
    ends: datetime
    names: tuple[str, ...]
    server_time: datetime | None


async def look_at(network: httpcore.AsyncNetworkBackend, host: str, port: int) -> Certificate | None:
    """The certificate of a server whose certificate was refused; None when it cannot be had.

    This connection is not verified, so nothing is said on it that matters: neither key nor path, and what
    comes back only finds its way into words.
    """
    try:
        async with asyncio.timeout(LOOK_S):
            stream = await network.connect_tcp(host, port, timeout=LOOK_S)
            try:
                secured = await stream.start_tls(_unverified(), server_hostname=host, timeout=LOOK_S)
                data = secured.get_extra_info("ssl_object").getpeercert(binary_form=True)
                return _parsed(data, await _server_time(secured, host))
            finally:
                await stream.aclose()
    except (httpcore.NetworkError, httpcore.TimeoutException, SourceError, TimeoutError, OSError, ValueError):
        return None


def refused(error: ssl.SSLCertVerificationError, host: str, seen: Certificate | None) -> SourceError:
    """Why the certificate was refused, in words, and what to do."""
    code = error.verify_code
    if seen is not None and code in (_EXPIRED, _NOT_YET):
        return _bad_time(code, host, seen)
    if code == _WRONG_HOST:
        names = ", ".join(seen.names[:_SHOWN_NAMES]) if seen is not None and seen.names else "?"
        return problem(
            Stage.TLS,
            "The certificate of {host} is for another name ({names}): a wrong address, or somebody "
            "in between.",
            host=host, names=names,
        )  # fmt: skip
    if code in _UNKNOWN_SIGNER:
        return problem(
            Stage.TLS,
            "The certificate of {host} is signed by nobody this computer trusts; an office's own authority "
            "has to be installed in the system.",
            host=host,
        )
    return problem(
        Stage.TLS, "The certificate of {host} is not trusted: {why}", host=host, why=error.verify_message
    )


def _bad_time(code: int, host: str, seen: Certificate) -> SourceError:
    here, there = datetime.fromtimestamp(time.time(), UTC), seen.server_time
    if there is not None and seen.begins <= there <= seen.ends:
        words = Message(
            "This computer's clock is wrong: it says {here}, {host} says {there}.",
            (("here", here.date()), ("host", host), ("there", there.date())),
        )
    elif code == _EXPIRED:
        words = Message(
            "The certificate of {host} expired on {day}.", (("host", host), ("day", seen.ends.date()))
        )
    else:
        words = Message(
            "The certificate of {host} is not valid before {day}; is this computer's clock right?",
            (("host", host), ("day", seen.begins.date())),
        )
    return SourceError(Stage.TLS, words)


def _unverified() -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context


async def _server_time(stream: httpcore.AsyncNetworkStream, host: str) -> datetime | None:
    """What a server answers to an empty question is dated."""
    try:
        await stream.write(f"HEAD / HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n".encode(), LOOK_S)
        head = (await stream.read(8192, LOOK_S)).decode("latin-1")
        dated = next(line for line in head.split("\r\n") if line.lower().startswith("date:"))
        moment = parsedate_to_datetime(dated.partition(":")[2].strip())
    except (httpcore.NetworkError, httpcore.TimeoutException, StopIteration, ValueError):
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _parsed(data: bytes, server_time: datetime | None) -> Certificate:
    from cryptography import x509  # large; only when something is wrong

    parsed = x509.load_der_x509_certificate(data)
    try:
        extension = parsed.extensions.get_extension_for_class(x509.SubjectAlternativeName)
        names = tuple(map(str, extension.value.get_values_for_type(x509.DNSName)))
    except x509.ExtensionNotFound:
        names = ()
    return Certificate(parsed.not_valid_before_utc, parsed.not_valid_after_utc, names, server_time)
