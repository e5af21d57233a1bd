"""Whether whoever sent a webhook has the secret, and said so within the last minutes."""

from __future__ import annotations

import base64
import hmac
import ipaddress
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from salesboard_display.settings.webhook import SignatureSettings

WINDOW_MS = 300_000
"""How far the time of a signature may be from ours, in either direction."""
MOST_SIGNATURES = 16
_GAP = re.compile(rb"\{(\w+)\}")
_DIGITS = re.compile(r"[0-9]{1,16}")
_MS_FROM = 100_000_000_000
"""A number from here on counts milliseconds: as seconds it would be the year 5138."""
_PASSED_ON = ("origin", "forwarded", "via", "x-forwarded-for", "x-forwarded-host", "cf-connecting-ip")


@dataclass(frozen=True, slots=True)
class Received:
    """A webhook as it came.

    ``uri``: the whole address that was called, as the sender wrote it; ``headers``: by name in small letters,
    several of one name joined by commas; ``peer``: the address at the other end; ``at_ms``: when it came.
    """

    body: bytes
    headers: Mapping[str, str] = field(default_factory=dict)
    method: str = "POST"
    uri: str = ""
    peer: str = ""
    at_ms: int = 0


@dataclass(frozen=True, slots=True)
class _Scheme:
    """One way to sign: ``candidates`` finds what is offered in the header, ``timestamp`` the signed time."""

    header: str
    candidates: Callable[[str], Sequence[str]]
    signed: bytes
    timestamp: Callable[[Received], str] | None = None
    hash: str = "sha256"
    encode: Callable[[bytes], str] = bytes.hex


def why_refused(form: SignatureSettings, secrets: Sequence[str], received: Received) -> str:
    """Why a request is not believed, in words for its sender; "" when it is.

    All secrets and all signatures offered are compared, each in constant time. What is too old or from the
    future is told from what is wrongly signed, yet only to somebody who has the secret.
    """
    match form.form:
        case "none":
            return _why_not_from_here(received)
        case "token":
            return _why_not_the_token(form, secrets, received.headers.get((form.header or "").lower()))
        case "basic":
            return _why_not_the_password(secrets, received.headers.get("authorization"))
    return _why_not_signed(_scheme(form), [form.key_of(secret) for secret in secrets], received)


def signed_at(form: SignatureSettings, received: Received) -> str:
    """The time a request says it was signed at, as it is written; "" for forms that sign none."""
    if form.form in ("none", "token", "basic"):
        return ""
    find = _scheme(form).timestamp
    return find(received) if find is not None else ""


# ------------------------------------------------------------------------------------------- without a hash
def _why_not_from_here(received: Received) -> str:
    """What is not signed has to come from this computer, neither passed on nor sent by a page in a
    browser."""
    try:
        local = ipaddress.ip_address(received.peer).is_loopback
    except ValueError:
        local = False
    if not local or any(name in received.headers for name in _PASSED_ON):
        return "without a signature only programs on this computer are heard"
    return ""


def _why_not_the_token(form: SignatureSettings, secrets: Sequence[str], given: str | None) -> str:
    if given is None:
        return f"the header {form.header} is missing"
    if not given.startswith(form.prefix):
        return "the token is wrong"
    return "" if _any_equal(secrets, [given[len(form.prefix) :]]) else "the token is wrong"


def _why_not_the_password(secrets: Sequence[str], given: str | None) -> str:
    scheme, _, encoded = (given or "").partition(" ")
    if scheme.lower() != "basic":
        return "user and password (HTTP Basic) are missing"
    try:
        offered = base64.b64decode(encoded.strip(), validate=True).decode()
    except ValueError:
        return "user and password are no HTTP Basic"
    return "" if _any_equal(secrets, [offered]) else "user or password is wrong"


# ---------------------------------------------------------------------------------------------- with a hash
def _why_not_signed(scheme: _Scheme, keys: Sequence[bytes], received: Received) -> str:
    given = received.headers.get(scheme.header)
    if not given:
        return f"the header {scheme.header} is missing"
    stamp = ""
    if scheme.timestamp is not None:
        stamp = scheme.timestamp(received)
        if not _DIGITS.fullmatch(stamp):
            return "the time of the signature is missing"
    candidates = list(scheme.candidates(given))[:MOST_SIGNATURES]
    content = _content(scheme, received, stamp)
    expected = [scheme.encode(hmac.new(key, content, scheme.hash).digest()) for key in keys]
    if not _any_equal(expected, candidates):
        return "the signature is wrong"
    return _why_not_now(stamp, received.at_ms) if stamp else ""


def _why_not_now(stamp: str, now_ms: int) -> str:
    number = int(stamp)
    signed_ms = number if number >= _MS_FROM else number * 1000
    if now_ms - signed_ms > WINDOW_MS:
        return "the signature is too old"
    if signed_ms - now_ms > WINDOW_MS:
        return "the signature is from the future"
    return ""


def _content(scheme: _Scheme, received: Received, stamp: str) -> bytes:
    parts = {
        b"body": received.body,
        b"timestamp": stamp.encode(),
        b"id": received.headers.get("webhook-id", "").encode("latin-1", "replace"),
        b"method": received.method.encode(),
        b"uri": received.uri.encode(),
    }
    return _GAP.sub(lambda gap: parts[gap[1]], scheme.signed)


def _any_equal(expected: Sequence[str], offered: Sequence[str]) -> bool:
    """Whether any of one is any of the other, taking as long whichever it is."""
    pairs = [(one.encode(), other.encode()) for one in expected for other in offered]
    return any([hmac.compare_digest(one, other) for one, other in pairs])  # the list: all are compared


def _scheme(form: SignatureSettings) -> _Scheme:
    if form.form in _KNOWN:
        return _KNOWN[form.form]
    name = (form.timestamp_header or "").lower()
    lower = form.encoding == "hex"

    def candidates(given: str) -> list[str]:
        value = given.strip()
        if not value.startswith(form.prefix):
            return []
        value = value[len(form.prefix) :]
        return [value.lower() if lower else value]

    return _Scheme(
        (form.header or "").lower(),
        candidates,
        form.signed.encode(),
        (lambda received: received.headers.get(name, "").strip()) if name else None,
        form.hash,
        bytes.hex if form.encoding == "hex" else _base64,
    )


def _base64(digest: bytes) -> str:
    return base64.b64encode(digest).decode()


def _of_stripe(name: str) -> Callable[[str], list[str]]:
    """What stands under a name in ``t=…,v1=…,v1=…``."""

    def find(given: str) -> list[str]:
        pairs = (part.strip().partition("=") for part in given.split(","))
        return [value for key, _, value in pairs if key == name]

    return find


def _stripe_time(received: Received) -> str:
    return next(iter(_of_stripe("t")(received.headers.get("stripe-signature", ""))), "")


def _standard_signatures(given: str) -> list[str]:
    """The signatures of version 1 in ``v1,… v1a,… v1,…``."""
    return [part.removeprefix("v1,") for part in given.split() if part.startswith("v1,")]


_KNOWN: dict[str, _Scheme] = {
    "stripe": _Scheme("stripe-signature", _of_stripe("v1"), b"{timestamp}.{body}", _stripe_time),
    "standard": _Scheme(
        "webhook-signature",
        _standard_signatures,
        b"{id}.{timestamp}.{body}",
        lambda received: received.headers.get("webhook-timestamp", "").strip(),
        encode=_base64,
    ),
    "hubspot": _Scheme(
        "x-hubspot-signature-v3",
        lambda given: [given.strip()],
        b"{method}{uri}{body}{timestamp}",
        lambda received: received.headers.get("x-hubspot-request-timestamp", "").strip(),
        encode=_base64,
    ),
}
