"""Freshness: how old a board's data is, and when that begins to matter."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal, NamedTuple

State = Literal["live", "late", "stale", "unknown"]
_WORSE: tuple[State, ...] = ("live", "late", "stale", "unknown")


class Freshness(NamedTuple):
    """The age of data in seconds (None: unknown) since ``as_of_ms``, and the instants it becomes late and
    stale."""

    state: State
    age_s: float | None
    as_of_ms: int | None = None
    late_at_ms: int | None = None
    stale_at_ms: int | None = None


UNKNOWN = Freshness("unknown", None)


def freshness(
    complete_at_ms: int | None,
    expected_s: float,
    now_ms: int,
    late_factor: float = 2,
    stale_factor: float = 6,
) -> Freshness:
    """How fresh a source is that was last known complete at ``complete_at_ms`` (None: never).

    Late after ``late_factor`` times the expected interval, stale after ``stale_factor`` times. A time in the
    future (a clock that was put back, a file from elsewhere) counts as now.
    """
    if complete_at_ms is None:
        return UNKNOWN
    as_of_ms = min(complete_at_ms, now_ms)
    late_at_ms = as_of_ms + round(late_factor * expected_s * 1000)
    stale_at_ms = max(late_at_ms, as_of_ms + round(stale_factor * expected_s * 1000))
    state: State = "stale" if now_ms > stale_at_ms else "late" if now_ms > late_at_ms else "live"
    return Freshness(state, (now_ms - as_of_ms) / 1000, as_of_ms, late_at_ms, stale_at_ms)


def oldest(sources: Iterable[Freshness]) -> Freshness:
    """The freshness of a board made from these sources: as old as the oldest, in the worst state of any.

    Unknown when one source is, or when there is none.
    """
    found = list(sources)
    if not found:
        return UNKNOWN
    worst = max((each.state for each in found), key=_WORSE.index)
    if worst == "unknown":
        return UNKNOWN
    return Freshness(
        worst,
        max(each.age_s or 0.0 for each in found),
        min(each.as_of_ms or 0 for each in found),
        min(each.late_at_ms or 0 for each in found),
        min(each.stale_at_ms or 0 for each in found),
    )
