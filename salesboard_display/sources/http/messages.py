"""A request and its reply, as plain values: what the reading of streams and the transport agree on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Request:
    """One request. ``url`` is absolute; ``params`` are added to it; ``json`` (None: no body) or ``form`` is
    sent."""

    method: str
    url: str
    params: tuple[tuple[str, str], ...] = ()
    headers: Mapping[str, str] = field(default_factory=dict)
    json: Any = None
    form: Mapping[str, str] | None = None


@dataclass(frozen=True, slots=True)
class Reply:
    """A reply that is a success. ``status`` is 200 for pages, 304 for "not modified", 204 for nothing;
    ``headers`` have small letters; ``body`` is the decoded JSON with Decimal for numbers, or None."""

    status: int
    headers: Mapping[str, str]
    text: str
    body: Any
    url: str


class BeginAnew(Exception):
    """The API no longer accepts the stored position: everything has to be read again."""
