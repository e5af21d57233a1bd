"""A request and its reply, as plain values: what the reading of streams and the transport agree on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal


@dataclass(frozen=True, slots=True)
class Request:
    """One request. ``url`` is absolute; ``params`` are added to it; ``json`` (None: no body) or ``form`` is
    sent. ``expects`` says what is to be made of the reply's text. Only the method is shown by ``repr``: the
    rest may hold what the manager keeps secret."""

    method: str
    url: str = field(repr=False)
    params: tuple[tuple[str, str], ...] = field(default=(), repr=False)
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    json: Any = field(default=None, repr=False)
    form: Mapping[str, str] | None = field(default=None, repr=False)
    expects: Literal["json", "text"] = "json"


@dataclass(frozen=True, slots=True)
class Reply:
    """A reply that is a success. ``status`` is 200 for pages, 304 for "not modified", 204 for nothing;
    ``headers`` have small letters; ``body`` is the decoded JSON with Decimal for numbers, or None;
    ``not_before_ms``: the instant before which the API asks not to be asked anew."""

    status: int
    headers: Mapping[str, str] = field(repr=False)
    text: str = field(repr=False)
    body: Any = field(repr=False)
    url: str = field(repr=False)
    not_before_ms: int | None = None


class BeginAnew(Exception):
    """The API no longer accepts the stored position: everything has to be read again."""
