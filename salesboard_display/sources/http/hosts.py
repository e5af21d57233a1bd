"""Which hosts a source may talk to: those its preset lists, and inside the house those the manager allows."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable
from typing import NamedTuple
from urllib.parse import urlsplit

import httpx

from salesboard_display.sources.contract import Stage, problem
from salesboard_display.sources.http.errors import wrong_set_up

Address = ipaddress.IPv4Address | ipaddress.IPv6Address


_USUAL_PORT = {"http": 80, "https": 443}


class Hosts:
    """The preset's hosts (`api.example.com`, `*.example.com`) and those the manager allows to be private.

    A host is reached with TLS at its usual port, unless the API's own address, a listed one, or one the
    manager allows says http:// or another port: a link in a reply must not lead the key to another program
    on the same host, nor over the network in the clear.
    """

    def __init__(self, known: Iterable[str], allowed: Iterable[str] = (), *, base_url: str = "") -> None:
        """``base_url``: the API's own address, which makes no host known."""
        listed, trusted = [_place(text) for text in known], [_place(text) for text in allowed]
        self._known = [place.host for place in listed]
        self._allowed = [place.host for place in trusted]
        self._places = [*listed, *trusted, *([_place(base_url)] if base_url else [])]

    def knows(self, host: str) -> bool:
        """Whether a request may go there."""
        return _among(host, self._known)

    def may_be_private(self, host: str) -> bool:
        """Whether it may be an address inside the house."""
        return _among(host, self._allowed)

    def check(self, url: httpx.URL) -> None:
        """Raises SourceError where no request of this source may go."""
        if url.scheme not in ("http", "https") or not url.host:
            raise wrong_set_up("The address of a request does not begin with https://.")
        if not self.knows(url.host):
            raise wrong_set_up("The preset does not list {host}; nothing was sent there.", host=url.host)
        places = [place for place in self._places if _fits(url.host, place.host)]
        if url.scheme == "http" and all(place.scheme != "http" for place in places):
            raise wrong_set_up("{host} would be asked without encryption; nothing was sent.", host=url.host)
        usual = _USUAL_PORT[url.scheme]
        port = url.port or usual
        if all(port != (place.port or usual) for place in places):
            raise wrong_set_up(
                "{host} would be asked at another port ({port}); nothing was sent there. Where that is "
                "meant, allow_hosts has to list {host}:{port}.",
                host=url.host, port=port,
            )  # fmt: skip

    def check_redirect(self, old: httpx.URL, new: httpx.URL) -> None:
        """As `check`; where a foreign host is likely to be a sign-in page, that is said."""
        if new.scheme not in ("http", "https") or not self.knows(new.host):
            raise problem(
                Stage.HTTP,
                "No internet (a sign-in page): {host} sends the request on to {other}, which the preset does "
                "not list.",
                host=old.host, other=new.host or "?",
            )  # fmt: skip
        self.check(new)


def bare_host(text: str) -> str:
    """The host of "https://Crm.office.lan:8000/x" or of "crm.office.lan:8000", in small letters."""
    return _place(text).host


class _Place(NamedTuple):
    """A host (`*.example.com`: any below it); scheme "" and port None where the usual ones will do."""

    scheme: str
    host: str
    port: int | None


def _place(text: str) -> _Place:
    text = text.strip().lower()
    try:
        parts = urlsplit(text if "//" in text else f"//{text}")
        return _Place(parts.scheme, parts.hostname or text, parts.port)
    except ValueError:
        return _Place("", text, None)


def is_private(address: Address) -> bool:
    """Whether the address is not one of the whole internet, however it is wrapped up."""
    if isinstance(address, ipaddress.IPv6Address):
        inner = address.ipv4_mapped or address.sixtofour or _nat64(address)
        if inner is not None:
            return is_private(inner)
    return not address.is_global or address.is_multicast


def _nat64(address: ipaddress.IPv6Address) -> ipaddress.IPv4Address | None:
    if address in ipaddress.IPv6Network("64:ff9b::/96"):
        return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    return None


def _among(host: str, patterns: list[str]) -> bool:
    return any(_fits(host, pattern) for pattern in patterns)


def _fits(host: str, pattern: str) -> bool:
    host = host.lower().strip("[]")
    return host.endswith(pattern[1:]) if pattern.startswith("*.") else host == pattern
