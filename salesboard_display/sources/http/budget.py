"""No more requests than a host allows: a moving window, and rarer ones when little is left of a quota."""

from __future__ import annotations

import asyncio
import re
from collections import defaultdict, deque
from collections.abc import Awaitable, Callable, Mapping

from salesboard_display.settings.preset import Budget

SLOWEST_S = 60.0
_USED_OF = re.compile(r"(\d+)\s*/\s*(\d+)")
_NUMBERS = re.compile(r"\d+")


class Pace:
    """One source's requests, host by host."""

    def __init__(
        self, budget: Budget, now_s: Callable[[], float], sleep: Callable[[float], Awaitable[None]]
    ) -> None:
        self._budget, self._now_s, self._sleep = budget, now_s, sleep
        self._made: defaultdict[str, deque[float]] = defaultdict(deque)
        self._left: dict[str, float] = {}
        self._most: dict[str, float] = {}
        self._turn = asyncio.Lock()

    async def wait(self, host: str) -> None:
        """Return when a request to the host may be made, and count it."""
        async with self._turn:
            made = self._made[host]
            wait_s = self._wait_s(host, made)
            if wait_s > 0:
                await self._sleep(wait_s)
            made.append(self._now_s())
            while len(made) > self._budget.requests:
                made.popleft()

    def note(self, host: str, headers: Mapping[str, str]) -> None:
        """Take note of how much the reply says is left."""
        if self._budget.remaining_header is None:
            return
        text = headers.get(self._budget.remaining_header.lower(), "")
        used_of = _USED_OF.search(text)
        if used_of and float(used_of[2]) > 0:
            self._left[host] = max(0.0, 1 - float(used_of[1]) / float(used_of[2]))
        elif not used_of and (numbers := _NUMBERS.findall(text)):
            left = min(map(float, numbers))  # "9999, 19988": of several quotas the scarcest counts
            self._most[host] = max(left, self._most.get(host, 1.0))
            self._left[host] = left / self._most[host]

    def _wait_s(self, host: str, made: deque[float]) -> float:
        now_s = self._now_s()
        if not made:
            return 0.0
        if made[-1] > now_s:  # the clock was set back; what was made before means nothing now
            made.clear()
            return 0.0
        full = len(made) >= self._budget.requests
        window_s = made[0] + self._budget.per - now_s if full else 0.0
        return max(window_s, made[-1] + self._gap_s(host) - now_s)

    def _gap_s(self, host: str) -> float:
        """What lies at least between two requests: the longer, the less is left below the limit."""
        left, slow_below = self._left.get(host, 1.0), self._budget.slow_below
        return 0.0 if left >= slow_below else SLOWEST_S * (1 - left / slow_below)
