"""Who wins the demo office's next deal: whoever makes the board change, by an amount one can believe."""

from __future__ import annotations

import random

from salesboard_display.sources.demo.history import LARGEST_DEAL, SMALLEST_DEAL

_LEAD_AFTER_MS = (35_000, 60_000)
_STEP = 10


class Director:
    """Keeps this month's totals (major units) and picks deals: each overtakes somebody, some take the
    lead."""

    def __init__(self, chance: random.Random, totals: dict[str, int], pace: float = 1.0) -> None:
        self._chance = chance
        self._pace = pace
        self._totals = dict(totals)
        self._lead_due_ms: int | None = None

    def happened(self, who: str, euros: int) -> None:
        """A deal that was not the director's idea."""
        self._totals[who] += euros

    def next_deal(self, at_ms: int) -> tuple[str, int]:
        """Who wins a deal now, and for how much."""
        if self._lead_due_ms is None:  # a story begins
            self._lead_due_ms = at_ms + int(self._chance.randint(10_000, 30_000) / self._pace)
        order = sorted(self._totals, key=lambda who: (-self._totals[who], who))
        deal = None
        if at_ms >= self._lead_due_ms:
            deal = self._take_the_lead(order, at_ms) or self._close_up(order)
        deal = deal or self._overtake(order) or self._any(order)
        self._totals[deal[0]] += deal[1]
        return deal

    def _take_the_lead(self, order: list[str], at_ms: int) -> tuple[str, int] | None:
        rivals = [who for who in order[1:6] if self._gap(who, order[0]) <= LARGEST_DEAL - _STEP]
        if not rivals:
            return None
        self._lead_due_ms = at_ms + int(self._chance.randint(*_LEAD_AFTER_MS) / self._pace)
        who = self._chance.choice(rivals)
        return who, self._amount(self._gap(who, order[0]), LARGEST_DEAL)

    def _close_up(self, order: list[str]) -> tuple[str, int] | None:
        """The leader is out of reach: somebody passes the second by as much as can be."""
        reach = [who for who in order[2:7] if self._gap(who, order[1]) <= LARGEST_DEAL - _STEP]
        return (
            (self._chance.choice(reach), LARGEST_DEAL - self._chance.randrange(0, 50, _STEP))
            if reach
            else None
        )

    def _overtake(self, order: list[str]) -> tuple[str, int] | None:
        """Somebody passes the one in front, or a few, but not the leader; the lower half has its turns
        too."""
        possible = []
        for place in range(2, len(order)):
            gap = self._gap(order[place], order[place - 1])
            room = min(LARGEST_DEAL, self._gap(order[place], order[0]) - _STEP)
            if max(gap + _STEP, SMALLEST_DEAL) <= room:
                possible.append((order[place], gap, room))
        if not possible:
            return None
        who, gap, room = self._chance.choice(possible[: max(8, len(possible) // 2)])
        return who, self._amount(gap, min(room, max(gap, SMALLEST_DEAL) + 1200))

    def _any(self, order: list[str]) -> tuple[str, int]:
        """Nobody can pass without taking the lead: so somebody takes it, or gets as near as a deal allows."""
        who = min(order[1:], key=lambda one: self._gap(one, order[0]))
        return who, self._amount(self._gap(who, order[0]), LARGEST_DEAL)

    def _gap(self, behind: str, ahead: str) -> int:
        return self._totals[ahead] - self._totals[behind]

    def _amount(self, gap: int, most: int) -> int:
        """An amount that passes the gap, at most ``most`` where that is enough, in steps of ten."""
        least = min(max(gap + _STEP, SMALLEST_DEAL), LARGEST_DEAL)
        return self._chance.randrange(least, max(least, min(most, least + 1500)) + 1, _STEP)
