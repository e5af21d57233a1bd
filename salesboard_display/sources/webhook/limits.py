"""How many requests are answered: so many a second, with some to spare for a burst."""

from __future__ import annotations

from dataclasses import dataclass

BURST_S = 2.0
"""A burst may use up what so many seconds allow."""


@dataclass(slots=True)
class Limit:
    """So many a second; ``now_s`` is any clock that never goes back, in seconds."""

    per_second: float
    _spare: float = -1.0
    _at_s: float = 0.0

    def wait_s(self, now_s: float) -> float:
        """0 when one more is allowed, which it then counts; else after how many seconds it would be."""
        most = self.per_second * BURST_S
        if self._spare < 0:
            self._spare, self._at_s = most, now_s
        self._spare = min(most, self._spare + (now_s - self._at_s) * self.per_second)
        self._at_s = now_s
        if self._spare >= 1:
            self._spare -= 1
            return 0.0
        return (1 - self._spare) / self.per_second
