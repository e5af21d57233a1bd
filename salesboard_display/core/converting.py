"""Money in the currency it is asked for: every fact at the rate of its day."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from fractions import Fraction
from math import lcm

from salesboard_display.core.figures import Amount, FactRow, Figures, Partial, Select, as_partial, merge_all
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
        asked = replace(plain, currencies=tuple(sorted(foreign)))
        at_home = (partial for partial in found if partial.currency not in foreign)
        return merge_all((*at_home, *self._abroad(asked, select.currency, abroad)))

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
        """These partials converted: as they are where one rate holds for all their facts; of the others the
        facts are asked for one by one."""
        first_ms, end_ms = min(p.first_at for p in abroad), max(p.last_at for p in abroad) + 1
        changes = self._changes(asked.currencies, to, first_ms, end_ms)
        apart = {p.identity for p in abroad if _between(changes, p.first_at, p.last_at)}
        for partial in abroad:
            if partial.identity not in apart:
                yield self._at_one_rate(partial, to)
        if apart:
            yield from self._one_by_one(self.figures.facts(asked, first_ms, end_ms, frozenset(apart)), to)

    def _one_by_one(self, rows: Sequence[FactRow], to: str) -> Iterator[Partial]:
        """The partials over these facts, converted; counted in whole parts of one scale, since thousands of
        fractions would take their time."""
        slots = [(row.currency, self._day_of(row)) for row in rows]
        known: dict[tuple[str, date], Fraction] = {}
        for currency, day in set(slots):
            rates = self.rates.on(currency, to, day)
            known[currency, day] = factor(currency, to, rates) if rates else Fraction(0)
        scale = lcm(*(times.denominator for times in known.values()))
        parts = {slot: int(times * scale) for slot, times in known.items()}
        scaled = (_scaled(row, to, parts[slot]) for row, slot in zip(rows, slots, strict=True))
        for partial in merge_all(scaled):
            yield _times(partial, to, Fraction(1, scale)) if partial.currency == to else partial

    def _changes(
        self, currencies: Sequence[str], to: str, first_ms: int, end_ms: int
    ) -> list[tuple[int, int]]:
        """When a rate changes, as [first, last) instants at which a day begins anywhere."""
        first, last = (day_of(self.calendar, at_ms) for at_ms in (first_ms, end_ms))
        days = self.rates.changes(currencies, to, first - _ONE_DAY, last + _ONE_DAY)
        zones = {self.calendar.zone, *self.zones}
        starts = [[instant_of(zone, day) for zone in zones] for day in days]
        return [(min(some), max(some)) for some in starts]

    def _at_one_rate(self, partial: Partial, to: str) -> Partial:
        """The partial in another currency, where one rate holds for all its facts; as it is without one."""
        rates = self.rates.on(partial.currency, to, day_of(self.calendar, partial.first_at))
        if not rates:
            return partial
        return _times(partial, to, factor(partial.currency, to, rates))

    def _converted(self, row: FactRow, to: str) -> FactRow:
        if not to or row.currency in ("", to) or row.amount_minor is None:
            return row
        return row._replace(
            converted=self.rates.convert(row.amount_minor, row.currency, to, self._day_of(row))
        )

    def _day_of(self, row: FactRow) -> date:
        return day_of_fact(row, self.calendar, self.zone_of_source)


def _between(changes: Sequence[tuple[int, int]], first_ms: int, last_ms: int) -> bool:
    """Whether facts from the first to the last instant may count at different rates."""
    return any(first_ms < latest and earliest <= last_ms for earliest, latest in changes)


def day_of_fact(row: FactRow, calendar: Calendar, zone_of_source: Callable[[str], str]) -> date:
    """The office day on which a fact happened; of one known to the day only, the day its source names."""
    zone = zone_of_source(row.source) if row.day_only else calendar.zone
    return day_of(calendar if zone == calendar.zone else Calendar(zone), row.occurred_at)


def _scaled(row: FactRow, to: str, parts: int) -> Partial:
    """The Partial over a fact that counts ``parts`` times its amount; 0: there is no rate."""
    amount, quantity, at = row.amount_minor, row.quantity_milli, row.occurred_at
    if not parts:
        return as_partial(row)
    # Without an amount, too: how it counts must not depend on its neighbours.
    amount = None if amount is None else amount * parts
    return Partial(row.identity, to, 1, quantity, amount, quantity, quantity, amount, amount, at, at)


def _times(partial: Partial, to: str, times: Amount) -> Partial:
    """The partial with amounts so many times as large, in another currency."""
    amount, low, high = (
        None if amount is None else amount * times
        for amount in (partial.amount_minor, partial.min_amount, partial.max_amount)
    )
    return partial._replace(currency=to, amount_minor=amount, min_amount=low, max_amount=high)
