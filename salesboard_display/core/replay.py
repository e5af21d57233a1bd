"""Replay: reveals a day's date-only facts one by one over the working day, so that a day looks like a day."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, time
from hashlib import blake2b
from zoneinfo import ZoneInfo

from salesboard_display.core.figures import FactRow, Figures, Partial, Select, as_partial, merge
from salesboard_display.core.periods import DAY_MS, instant_of

FIRST_REVEAL = time(9)
LAST_REVEAL = time(17, 30)


def reveal_at(occurred_at_ms: int, key: str, zone: str) -> int:
    """When a replay lets a date-only fact be seen: between 09:00 and 17:30 of its day in the zone, always the
    same."""
    day = datetime.fromtimestamp(occurred_at_ms // 1000, ZoneInfo(zone)).date()
    first, last = instant_of(zone, day, FIRST_REVEAL), instant_of(zone, day, LAST_REVEAL)
    share = int.from_bytes(blake2b(key.encode(), digest_size=8).digest())
    return first + (last - first) * share // 2**64


@dataclass(frozen=True, slots=True)
class Revealed:
    """Figures at ``at_ms`` of a running replay, without the date-only facts of that day not yet revealed.

    ``zone_of_source`` gives the zone a source's days are meant in. Only the last two days are asked for fact
    by fact.
    """

    figures: Figures
    at_ms: int
    zone_of_source: Callable[[str], str]

    def partials(
        self, select: Select, start_ms: int, end_ms: int, identities: frozenset[int] | None = None
    ) -> Sequence[Partial]:
        """See Figures.partials."""
        cut_ms = min(max(start_ms, self._cut_ms), end_ms)
        found: dict[tuple[int, str], Partial] = {}
        if start_ms < cut_ms:
            for partial in self.figures.partials(select, start_ms, cut_ms, identities):
                found[partial.identity, partial.currency] = partial
        for row in self._recent(select, cut_ms, end_ms, identities):
            one = as_partial(row)
            slot = (one.identity, one.currency)
            found[slot] = merge(found[slot], one) if slot in found else one
        return list(found.values())

    def facts(
        self, select: Select, start_ms: int, end_ms: int, identities: frozenset[int] | None = None
    ) -> Sequence[FactRow]:
        """See Figures.facts."""
        rows = self.figures.facts(select, start_ms, end_ms, identities)
        return [row for row in rows if self._is_revealed(row)]

    def distinct(
        self,
        select: Select,
        attribute: str,
        start_ms: int,
        end_ms: int,
        identities: frozenset[int] | None = None,
    ) -> Sequence[tuple[int, str]]:
        """See Figures.distinct."""
        cut_ms = min(max(start_ms, self._cut_ms), end_ms)
        pairs: set[tuple[int, str]] = set()
        if start_ms < cut_ms:
            pairs.update(self.figures.distinct(select, attribute, start_ms, cut_ms, identities))
        for row in self._recent(select, cut_ms, end_ms, identities):
            pairs.add((row.identity, row.attributes.get(attribute, "")))
        return sorted(pair for pair in pairs if pair[1])

    @property
    def _cut_ms(self) -> int:
        """Whatever happened before is revealed in every zone; a UTC day's start, so that questions repeat."""
        return (self.at_ms // DAY_MS - 1) * DAY_MS

    def _recent(
        self, select: Select, start_ms: int, end_ms: int, identities: frozenset[int] | None
    ) -> list[FactRow]:
        if start_ms >= end_ms:
            return []
        rows = self.figures.facts(select, start_ms, end_ms, identities)
        return [row for row in rows if self._is_revealed(row)]

    def _is_revealed(self, row: FactRow) -> bool:
        if not row.day_only or row.occurred_at < self._cut_ms:
            return True
        return reveal_at(row.occurred_at, row.key, self.zone_of_source(row.source)) <= self.at_ms
