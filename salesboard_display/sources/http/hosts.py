"""Which hosts a source may talk to: those its preset lists, and inside the house those the manager allows."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable
from urllib.parse import urlsplit

import httpx

from salesboard_display.sources.contract import Stage, problem
from salesboard_display.sources.http.errors import wrong_set_up

Address = ipaddress.IPv4Address | ipaddress.IPv6Address


class Hosts:
    """The preset's hosts (`api.example.com`, `*.example.com`) and those the manager allows to be private."""

    def __init__(self, known: Iterable[str], allowed: Iterable[str] = (), *, tls_only: bool = True) -> None:
        """``tls_only``: whether a plain http:// address is refused."""
        self._known = [bare_host(host) for host in known]
        self._allowed = [bare_host(host) for host in allowed]
        self._tls_only = tls_only

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
        if self._tls_only and url.scheme != "https":
            raise wrong_set_up("{host} would be asked without encryption; nothing was sent.", host=url.host)
        if not self.knows(url.host):
            raise wrong_set_up("The preset does not list {host}; nothing was sent there.", host=url.host)

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
    text = text.strip().lower()
    try:
        return urlsplit(text if "//" in text else f"//{text}").hostname or text
    except ValueError:
        return text


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
    host = host.lower().strip("[]")
    return any(
        host.endswith(pattern[1:]) if pattern.startswith("*.") else host == pattern for pattern in patterns
    )
