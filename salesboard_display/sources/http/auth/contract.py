"""What every way to sign in does, and what it gets to do it with."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from salesboard_display.sources.http.auth.vault import Vault
from salesboard_display.sources.http.messages import Request
from salesboard_display.sources.http.templates import Names


@dataclass(frozen=True, slots=True)
class LetIn:
    """What is added to a request; not shown by ``repr``."""

    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    params: Mapping[str, str] = field(default_factory=dict, repr=False)


@dataclass(frozen=True, slots=True)
class Ground:
    """What a way in stands on.

    ``options``: ``option.NAME`` → value. ``ask`` sends a sign-in's request and gives its JSON, or raises
    SourceError in words. ``learn`` takes secrets to be kept out of every text. ``vault`` keeps the refresh
    token from one start to the next.
    """

    api: str
    base_url: str = field(repr=False)
    options: Names = field(repr=False)
    ask: Callable[[Request], Awaitable[Any]] = field(repr=False)
    learn: Callable[[Iterable[str]], None] = field(repr=False)
    vault: Vault = field(repr=False)
    now_s: Callable[[], float] = field(repr=False)
    sleep: Callable[[float], Awaitable[None]] = field(repr=False)


class SignIn(Protocol):
    """One way to sign in, holding whatever token there is at the time."""

    signs_in: bool
    """Whether there is a token that can be fetched anew."""

    async def let_in(self) -> LetIn:
        """What lets the next request in; signs in first where that is needed. Raises SourceError."""
        ...

    def refused(self) -> None:
        """The API no longer takes the token: the next request needs a new one."""
        ...

    def captured(self) -> Mapping[str, Any]:
        """``token.NAME`` → the fields of the sign-in's reply; empty before it and without one."""
        ...
