"""What a source is: something that gives batches of facts, and says in words when the world fails."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import Protocol, runtime_checkable

from salesboard_display.core.messages import Arg, Instant, Message
from salesboard_display.core.sync import Batch, SyncEnd
from salesboard_display.settings.network import NetworkSettings
from salesboard_display.settings.secrets import Secrets
from salesboard_display.settings.secretstores import standard_secrets
from salesboard_display.settings.webhook import WebSettings


class Stage(StrEnum):
    """How far a fetch got before it failed."""

    FILE = "file"
    LOOK_UP = "name look-up"
    CONNECTION = "connection"
    TLS = "tls"
    HTTP = "http"
    QUERY = "query"
    FORMAT = "format"
    MAPPING = "mapping"


class SourceError(Exception):
    """The world failed: ``message`` says what happened and what to do, as one text for the manager.

    ``retry_after_s``: not before that many seconds; ``stop``: not again until somebody acts (a refused
    key, a wrong set-up). Whatever was given before it belongs to no complete sync and is thrown away; the
    last good data stays.
    """

    def __init__(
        self, stage: Stage, message: Message, *, retry_after_s: float | None = None, stop: bool = False
    ) -> None:
        super().__init__(f"{stage}: {in_english(message)}")
        self.stage = stage
        self.message = message
        self.retry_after_s = retry_after_s
        self.stop = stop


def in_english(message: Message) -> str:
    """The message's English text, for logs and exceptions; words for people are made at the edges."""
    return message.id.format_map({name: _plain(arg) for name, arg in message.args})


def _plain(arg: Arg) -> object:
    if isinstance(arg, Instant):
        return f"{datetime.fromtimestamp(arg.ms / 1000, UTC):%Y-%m-%d %H:%M} UTC"
    return in_english(arg) if isinstance(arg, Message) else arg


def problem(
    stage: Stage,
    text: str,
    *,
    retry_after_s: float | None = None,
    stop: bool = False,
    **args: str | int | float | Message,
) -> SourceError:
    """A SourceError from an English text with named gaps (``The file {path} is missing.``) and what fills
    them."""
    return SourceError(stage, Message(text, tuple(args.items())), retry_after_s=retry_after_s, stop=stop)


@dataclass(frozen=True, slots=True)
class FetchContext:
    """What a fetch may know of its surroundings.

    ``now_ms``: the office's clock, which a replay moves; ``real_ms``: the real present.
    ``oldest_ms``: the beginning of the oldest period a board needs (None: everything); a first fetch may
    leave out what is older. ``sleep``: how to wait, replaced in tests.
    ``once``: whoever asks wants only what is there, also of a source that pushes.
    """

    now_ms: Callable[[], int]
    oldest_ms: int | None = None
    sleep: Callable[[float], Awaitable[None]] = field(default=asyncio.sleep)
    once: bool = False
    real_ms: Callable[[], int] = field(default=lambda: time.time_ns() // 1_000_000)


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a source is built with, besides its own settings.

    ``zone``: the office's time zone; ``base_folder``: where relative paths begin (the settings file's
    folder); ``secrets``: where `${secret:NAME}` is looked up, the computer's own stores if not given;
    ``roster``: whether any source or the settings list people, which decides ``unknown_people = "auto"``;
    ``data_folder``: where a source may keep what it needs (beside the store); ``web``: how webhooks are
    received; ``network``: how APIs on the internet are reached.
    """

    zone: str
    base_folder: Path
    roster: bool = False
    secrets: Secrets = field(default_factory=standard_secrets, repr=False)
    data_folder: Path = Path()
    web: WebSettings = field(default_factory=WebSettings)
    network: NetworkSettings = field(default_factory=NetworkSettings)


@runtime_checkable
class Closing(Protocol):
    """A source that has something to close, such as connections."""

    async def aclose(self) -> None:
        """Close it; the source can be asked again all the same."""
        ...


class Source(Protocol):
    """A place data comes from.

    A source that is polled (``pushes`` false) gives the batches of one sync, then its SyncEnd, and ends.
    One that pushes goes on for as long as it is listened to: each SyncEnd closes the sync of the batches
    before it.
    """

    name: str
    pushes: bool

    def fetch(self, cursor: str, ctx: FetchContext) -> AsyncIterator[Batch | SyncEnd]:
        """What is new since ``cursor`` (the last SyncEnd's; "" at first). Raises SourceError, never a half
        truth."""
        ...

    def changes(self) -> AsyncIterator[None]:
        """Something for each moment it seems worth polling at once; ends at once where nothing can tell."""
        ...

    def notes(self) -> tuple[Message, ...]:
        """What is taken for granted about the data, to be stated in `check` and in the panel."""
        ...
