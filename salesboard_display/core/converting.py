"""Money in the currency it is asked for: every fact at the rate of its day."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import pairwise

from salesboard_display.core.figures import FactRow, Figures, Partial, Select, as_partial, merge
from salesboard_display.core.periods import Calendar, day_of, instant_of
from salesboard_display.core.rates import Rates, factor

_ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Converting:
    """Figures whose amounts are in ``Select.currency`` wherever a rate of the fact's day is known.

    A fact's day is the office's (``calendar``); of one known to the day only, the day its source names
    (``zone_of_source``; ``zones`` are all those that are not the office's). Amounts without a rate stay in
    their currency. Facts are asked for apart only where a rate changes among them.
    """

    figures: Figures
    rates: Rates
    calendar: Calendar
    zone_of_source: Callable[[str], str]
    zones: frozenset[str] = frozenset()

    def partials(
        self, select: Select, start_ms: int, end_ms: int, identities: frozenset[int] | None = None
    ) -> Sequence[Partial]:
        """See Figures.partials; amounts are exact fractions once they are converted."""
        plain = replace(select, currency="")
        found = self.figures.partials(plain, start_ms, end_ms, identities)
        foreign = {partial.currency for partial in found} - {"", select.currency}
        foreign = {one for one in foreign if select.currency and self.rates.knows(one, select.currency)}
        if not foreign:
            return found
        abroad = [partial for partial in found if partial.currency in foreign]
        merged = {p[:2]: p for p in found if p.currency not in foreign}
        asked = replace(plain, currencies=tuple(sorted(foreign)))
        for partial in self._abroad(asked, select.currency, abroad):
            known = merged.get(partial[:2])
            merged[partial[:2]] = partial if known is None else merge(known, partial)
        return list(merged.values())

    def facts(
        self, select: Select, start_ms: int, end_ms: int, identities: frozenset[int] | None = None
    ) -> Sequence[FactRow]:
        """See Figures.facts; what was converted, and how, stands in ``FactRow.converted``."""
        rows = self.figures.facts(replace(select, currency=""), start_ms, end_ms, identities)
        return [self._converted(row, select.currency) for row in rows]

    def distinct(
        self,
        select: Select,
        attribute: str,
        start_ms: int,
        end_ms: int,
        identities: frozenset[int] | None = None,
    ) -> Sequence[tuple[int, str]]:
        """See Figures.distinct."""
        return self.figures.distinct(select, attribute, start_ms, end_ms, identities)

    def _abroad(self, asked: Select, to: str, abroad: Sequence[Partial]) -> Iterator[Partial]:
        """These partials converted: as they are where one rate holds for all their facts; the others are
        asked for once more, stretch by stretch."""
        first_ms, end_ms = min(p.first_at for p in abroad), max(p.last_at for p in abroad) + 1
        edges, singles = self._edges(asked.currencies, to, first_ms, end_ms)
        apart = frozenset(
            p.identity
            for p in abroad
            if p.first_at in singles or bisect_right(edges, p.first_at) != bisect_right(edges, p.last_at)
        )
        for partial in abroad:
            if partial.identity not in apart:
                yield self._at_one_rate(partial, to)
        for start_ms, beyond_ms in pairwise(edges) if apart else ():
            if start_ms in singles:
                for row in self.figures.facts(asked, start_ms, beyond_ms, apart):
                    yield as_partial(self._converted(row, to))
            else:
                for partial in self.figures.partials(asked, start_ms, beyond_ms, apart):
                    yield self._at_one_rate(partial, to)

    def _edges(
        self, currencies: Sequence[str], to: str, first_ms: int, end_ms: int
    ) -> tuple[list[int], frozenset[int]]:
        """[first_ms, end_ms) cut where a rate changes, and instants to be looked at fact by fact: where a
        day begins in another zone that is another day in the office, at another rate."""
        first, last = (day_of(self.calendar, at_ms) for at_ms in (first_ms, end_ms))
        cuts: set[int] = set()
        singles: set[int] = set()
        for day in self.rates.changes(currencies, to, first - _ONE_DAY, last + _ONE_DAY):
            cuts.add(instant_of(self.calendar.zone, day))
            for zone in self.zones:
                for there in (day - _ONE_DAY, day):
                    at_ms = instant_of(zone, there)
                    if day_of(self.calendar, at_ms) != there:
                        singles.add(at_ms)
        singles = {at_ms for at_ms in singles if first_ms <= at_ms < end_ms}
        cuts |= singles | {at_ms + 1 for at_ms in singles}
        inside = sorted(at_ms for at_ms in cuts if first_ms < at_ms < end_ms)
        return [first_ms, *inside, end_ms], frozenset(singles)

    def _at_one_rate(self, partial: Partial, to: str) -> Partial:
        """The partial in another currency, where one rate holds for all its facts; as it is without one."""
        rates = self.rates.on(partial.currency, to, day_of(self.calendar, partial.first_at))
        if not rates or partial.amount_minor is None:
            return partial
        times = factor(partial.currency, to, rates)
        amount, low, high = (
            None if amount is None else amount * times
            for amount in (partial.amount_minor, partial.min_amount, partial.max_amount)
        )
        return partial._replace(currency=to, amount_minor=amount, min_amount=low, max_amount=high)

    def _converted(self, row: FactRow, to: str) -> FactRow:
        if not to or row.currency in ("", to) or row.amount_minor is None:
            return row
        return row._replace(
            converted=self.rates.convert(row.amount_minor, row.currency, to, self._day_of(row))
        )

    def _day_of(self, row: FactRow) -> date:
        zone = self.zone_of_source(row.source) if row.day_only else self.calendar.zone
        return day_of(self.calendar if zone == self.calendar.zone else Calendar(zone), row.occurred_at)
