"""What time it is for the office: the system's clock, or a replay of history at a speed."""

from __future__ import annotations

import re
import time
from datetime import datetime
from typing import Protocol
from zoneinfo import ZoneInfo

from salesboard_display.core.snapshot import ClockState

_SPEED = re.compile(r"^(?P<count>\d+(?:\.\d+)?)(?:(?P<unit>[smhd])/s|x)?$")
_FIRST_YEAR, _LAST_YEAR = 1900, 2200
"""Beyond, periods and replays run out of the calendar."""
_UNIT_S = {"s": 1, "m": 60, "h": 3600, "d": 86400}


def real_ms() -> int:
    """The real present in ms since 1970 UTC."""
    return time.time_ns() // 1_000_000


class Clock(Protocol):
    """The office's clock."""

    mode: str
    speed: float

    def now_ms(self) -> int:
        """The office's present instant in ms since 1970 UTC."""
        ...


class SystemClock:
    """The system's clock, never cached: a step of it is seen at the next look."""

    mode = "live"
    speed = 1.0

    def now_ms(self) -> int:
        """See Clock.now_ms."""
        return real_ms()


class ReplayClock:
    """A clock that started at ``start_ms`` and runs ``speed`` times real time, unmoved by steps of the
    system's."""

    mode = "replay"

    def __init__(self, start_ms: int, speed: float = 1.0) -> None:
        self.speed = speed
        self._start_ms = start_ms
        self._began_s = time.monotonic()

    def now_ms(self) -> int:
        """See Clock.now_ms."""
        return self._start_ms + int((time.monotonic() - self._began_s) * 1000 * self.speed)


def parse_speed(text: str) -> float:
    """How many seconds pass per real second: "10m/s" → 600, "1h/s" → 3600, "60x" or "60" → 60.

    Raises ValueError in words otherwise.
    """
    match = _SPEED.match(text.strip())
    if match is None or float(match["count"]) <= 0:
        raise ValueError(
            f"{text!r} is not a speed; say for example 10m/s (ten minutes a second), 1h/s or 60x"
        )
    return float(match["count"]) * _UNIT_S[match["unit"] or "s"]


def parse_instant(text: str, zone: str, *, end_of_day: bool = False) -> int:
    """The instant (ms UTC) of an ISO date or date-time; without an offset it is office time.

    A plain date is its first instant, or its last with ``end_of_day``. Raises ValueError in words.
    """
    try:
        moment = datetime.fromisoformat(text.strip())
    except ValueError as error:
        raise ValueError(
            f"{text!r} is not a date or time; say for example 2017-03-14T09:00 or 2017-03-14"
        ) from error
    if not _FIRST_YEAR <= moment.year <= _LAST_YEAR:
        raise ValueError(f"{text!r} lies outside the years {_FIRST_YEAR} to {_LAST_YEAR}")
    if end_of_day and len(text.strip()) <= len("2017-03-14"):
        moment = moment.replace(hour=23, minute=59, second=59, microsecond=999_000)
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=ZoneInfo(zone))
    return int(moment.timestamp() * 1000)


def clock_state(clock: Clock, zone: str) -> ClockState:
    """What the wall needs to run the office's clock by itself."""
    office = clock.now_ms()
    offset = datetime.fromtimestamp(office / 1000, ZoneInfo(zone)).utcoffset()
    return ClockState(
        office_ms=office,
        real_ms=real_ms(),
        utc_offset_s=int(offset.total_seconds()) if offset else 0,
        speed=clock.speed,
        mode=clock.mode,
    )
