"""One measured figure, and the yardstick that says how fast this machine is at the moment."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from typing import NamedTuple

YARDSTICK_MS = 200.0
"""The limits hold where the yardstick takes no longer than this, and scale with it above."""


class Result(NamedTuple):
    """A figure: ``value`` in ``unit`` (a median of three) against ``limit`` (None: shown, not judged)."""

    name: str
    size: str
    value: float
    unit: str
    limit: float | None
    yardstick_ms: float
    note: str = ""

    @property
    def allowed(self) -> float | None:
        """The limit on this machine at that moment; sizes and shares do not scale, times do."""
        if self.limit is None or self.unit not in ("ms", "s"):
            return self.limit
        return self.limit * max(1.0, self.yardstick_ms / YARDSTICK_MS)

    @property
    def holds(self) -> bool:
        """Whether the limit is kept."""
        return self.allowed is None or self.value <= self.allowed


def yardstick_ms() -> float:
    """How long ``sum(range(10**7))`` takes now."""
    start = time.perf_counter()
    sum(range(10**7))
    return (time.perf_counter() - start) * 1000


def median_ms(action: Callable[[], object], times: int = 3) -> tuple[float, float]:
    """The median duration of an action and of the yardstick before each turn, after one to warm up."""
    action()
    taken, speeds = [], []
    for _ in range(times):
        speeds.append(yardstick_ms())
        start = time.perf_counter()
        action()
        taken.append((time.perf_counter() - start) * 1000)
    return statistics.median(taken), statistics.median(speeds)
