"""How far a stream has been read: the newest of its records, from which the next reading goes on."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

from salesboard_display.settings.mapping import TimeValue
from salesboard_display.settings.preset import Incremental
from salesboard_display.sources.http.lookups import reader
from salesboard_display.sources.http.state import StreamState
from salesboard_display.sources.mapping.facts import time_converter


class Since(Protocol):
    """A window's beginning."""

    @property
    def since_ms(self) -> int:
        """Its first instant."""
        ...


class Newest:
    """Watches the records of one reading. Times without an offset are UTC, as {since} is written in."""

    def __init__(self, incremental: Incremental | None) -> None:
        self._own = incremental
        self.newest_ms: int | None = None
        if incremental is not None and incremental.field is not None:
            self._read = reader(incremental.field)
            value = TimeValue(from_=incremental.field, as_=incremental.as_)
            self._convert = time_converter(value, "UTC")

    def see(self, records: Sequence[Any], window: Since) -> bool:
        """Take note of a page; whether another one may hold something that has not been read before."""
        own = self._own
        if own is None or own.field is None:
            return True
        times = [time for record in records if (time := self._time(record)) is not None]
        if times:
            self.newest_ms = max(*times, self.newest_ms or times[0])
        return own.type != "newest-first" or not times or min(times) >= window.since_ms

    def note_in(self, state: StreamState, now_ms: int) -> None:
        """Where the next reading begins: at the newest record, never later than this reading did."""
        if self._own is None:
            return
        if self._own.field is None:
            state.position_ms = now_ms
        elif self.newest_ms is not None:
            state.position_ms = max(state.position_ms or 0, min(self.newest_ms, now_ms))

    def _time(self, record: Any) -> int | None:
        raw = self._read(record)
        if raw is None or raw == "":
            return None
        try:
            return self._convert(raw)
        except ValueError:
            return None
