"""How long to wait before asking a source again that failed: decorrelated jitter."""

from __future__ import annotations

import random

SHORTEST_S = 5.0
LONGEST_S = 15 * 60.0


class Backoff:
    """Waits that grow with each failure, spread so that many walls do not knock together.

    Decorrelated jitter: next = min(longest, uniform(shortest, 3 × previous)) (Brooker, "Exponential Backoff
    And
    Jitter", 2015).
    """

    def __init__(
        self,
        shortest_s: float = SHORTEST_S,
        longest_s: float = LONGEST_S,
        chance: random.Random | None = None,
    ) -> None:
        self._shortest_s, self._longest_s = shortest_s, longest_s
        self._chance = chance or random.Random()
        self._previous_s = shortest_s

    def next_s(self) -> float:
        """Seconds to wait after one more failure."""
        self._previous_s = min(self._longest_s, self._chance.uniform(self._shortest_s, self._previous_s * 3))
        return self._previous_s

    def reset(self) -> None:
        """Forget the failures: it answered."""
        self._previous_s = self._shortest_s
