"""How long a reply asks to be left alone, in every way APIs have found to say it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

from salesboard_display.settings.preset import WaitHint
from salesboard_display.sources.http.errors import find

LONGEST_S = 86_400.0
_NUMBER = re.compile(r"\s*(\d+(?:\.\d+)?)\s*")
_RESET = re.compile(r"\b(?:reset|t)\s*=\s*(\d+(?:\.\d+)?)", re.ASCII)
_EPOCH_S, _EPOCH_MS = 1e9, 1e12  # no wait is 30 years long


def wait_of(
    hints: Iterable[WaitHint], status: int, headers: Mapping[str, str], body: Any, now_s: float
) -> float | None:
    """Seconds a failure asks for, None when it does not say. The preset's hints first, then Retry-After.

    An instant is measured by the server's own clock (its Date header), for this computer's may be wrong.
    """
    wait_s = patience_of(hints, status, headers, body, now_s)
    if wait_s is None:
        wait_s = read("auto", headers.get("retry-after"), _server_s(headers, now_s))
    return None if wait_s is None else _bounded(wait_s)


def patience_of(
    hints: Iterable[WaitHint], status: int, headers: Mapping[str, str], body: Any, now_s: float
) -> float | None:
    """The same by the preset's hints alone, as a success may ask for it: Retry-After is said of failures, and
    a success that carries one (from a cache, say) means nothing by it."""
    server_s = _server_s(headers, now_s)
    for hint in hints:
        if hint.status and status not in hint.status:
            continue
        wait_s = _hinted(hint, headers, body, server_s)
        if wait_s is not None:
            return _bounded(wait_s)
    return None


def _server_s(headers: Mapping[str, str], now_s: float) -> float:
    return _instant(headers.get("date", "")) or now_s


def _hinted(hint: WaitHint, headers: Mapping[str, str], body: Any, server_s: float) -> float | None:
    found: Any = None
    if hint.header is not None:
        found = headers.get(hint.header.lower())
    elif hint.body is not None:
        found = find(hint.body, body)
    wait_s = read(hint.as_, found, server_s)
    return hint.constant if wait_s is None else wait_s


def read(written_as: str, found: Any, server_s: float) -> float | None:
    """Seconds from what is written, None where it cannot be read. ``auto`` tells the shapes apart."""
    if found is None or isinstance(found, (bool, dict, list)):
        return None
    text = str(found)
    number = _NUMBER.fullmatch(text)
    value = float(number[1]) if number else None
    match written_as:
        case "seconds":
            return value
        case "epoch_s":
            return None if value is None else value - server_s
        case "epoch_ms":
            return None if value is None else value / 1000 - server_s
        case "ratelimit":
            reset = _RESET.search(text)
            return float(reset[1]) if reset else None
        case "http-date" | "iso":
            instant = _instant(text)
            return None if instant is None else instant - server_s
    return _any_shape(text, value, server_s)


def _any_shape(text: str, value: float | None, server_s: float) -> float | None:
    if value is not None:
        if value >= _EPOCH_MS:
            return value / 1000 - server_s
        return value - server_s if value >= _EPOCH_S else value
    instant = _instant(text)
    if instant is not None:
        return instant - server_s
    reset = _RESET.search(text)
    return float(reset[1]) if reset else None


def _instant(text: str) -> float | None:
    """Seconds since 1970 of an HTTP date or an ISO time (UTC unless it says otherwise)."""
    for parse in (datetime.fromisoformat, parsedate_to_datetime):
        try:
            moment = parse(text.strip())
        except (ValueError, TypeError):
            continue
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()
    return None


def _bounded(wait_s: float) -> float:
    return min(max(wait_s, 0.0), LONGEST_S)
