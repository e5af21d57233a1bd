"""A source's first reading may take long: how far it has come, told once a second while it lasts."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from fractions import Fraction

from salesboard_display.core.definitions import Unit, UnitKind
from salesboard_display.core.messages import Figure, Message, message

EVERY_S = 1.0
"""How often it is told at most; what is over sooner is not told of at all."""


@dataclass(frozen=True, slots=True)
class Reading:
    """How far a first reading has come: ``done`` of ``total`` (bytes or records), or so many records where
    nobody knows how many there are."""

    done: int = 0
    total: int | None = None

    def said_of(self, source: str) -> Message:
        """That the source is being read, and how far that has come."""
        if not self.done:
            return message("reading-first", source=source)
        if self.total is None or self.done > self.total:
            return message("reading-first-count", source=source, count=self.done)
        share = Fraction(self.done * 100 // self.total)  # rounded down: what goes on is never said to be done
        return message("reading-first-share", source=source, share=Figure(share, Unit(UnitKind.PERCENT)))


class FirstRun:
    """Takes note of what has come, and tells it: at most once a second, never in the first."""

    def __init__(self, tell: Callable[[Reading], None]) -> None:
        self.reading = Reading()
        self._tell = tell
        self._due = time.monotonic() + EVERY_S

    def note(self, done: int, total: int | None) -> None:
        """So much has come; told when it is time."""
        if done > self.reading.done:
            self.reading = Reading(done, total)
        if time.monotonic() >= self._due:
            self._due = time.monotonic() + EVERY_S
            self._tell(self.reading)


@contextmanager
def told_each_second(tell: Callable[[Reading | None], None]) -> Iterator[FirstRun]:
    """A first run in this thread's loop, told also while nothing comes; at its end None is told."""
    first = FirstRun(tell)
    ticking = asyncio.create_task(_tick(first))
    try:
        yield first
    finally:
        ticking.cancel()
        tell(None)


async def _tick(first: FirstRun) -> None:
    while True:
        await asyncio.sleep(EVERY_S)
        first.note(0, None)
