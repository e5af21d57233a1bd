"""Exchange rates: what a currency was worth on a day, directly, the other way round, or through the base."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Collection, Iterable, Iterator
from datetime import date
from fractions import Fraction
from itertools import pairwise
from typing import NamedTuple

from salesboard_display.core.money import minor_digits


class Rate(NamedTuple):
    """From ``day`` on, until the pair's next one, 1 ``currency`` is ``value`` ``to`` (major units)."""

    day: date
    currency: str
    to: str
    value: Fraction

    @property
    def inverse(self) -> Rate:
        """The same rate, said the other way round."""
        return Rate(self.day, self.to, self.currency, 1 / self.value)


class Conversion(NamedTuple):
    """An amount in another currency: exactly ``amount_minor`` of ``currency``, by one rate or by two through
    the base. ``day`` is the one that was asked for; a rate of an earlier day fills a gap."""

    amount_minor: Fraction
    currency: str
    day: date
    rates: tuple[Rate, ...]

    @property
    def rate(self) -> Fraction:
        """What 1 of the original currency counted as, in major units."""
        return _product(self.rates)

    @property
    def reused(self) -> tuple[Rate, ...]:
        """Rates of an earlier day, used because there is none of the day itself."""
        return tuple(rate for rate in self.rates if rate.day < self.day)


class Contradiction(NamedTuple):
    """Two rates of one pair and day, and their places among the entries; the later one counts."""

    first: int
    later: int


class Rates:
    """Dated rates of any pairs of currencies. Of several entries of one pair and day the last counts.

    A pair without a rate of its own is worked out through the ``base`` currency.
    """

    def __init__(self, entries: Iterable[Rate] = (), base: str = "") -> None:
        self.base = base
        found: dict[tuple[str, str], dict[date, Rate]] = {}
        for entry in entries:
            found.setdefault((entry.currency, entry.to), {})[entry.day] = entry
            found.setdefault((entry.to, entry.currency), {})[entry.day] = entry.inverse
        self._by_pair = {pair: [days[day] for day in sorted(days)] for pair, days in found.items()}
        self._days = {pair: [rate.day for rate in known] for pair, known in self._by_pair.items()}

    def __bool__(self) -> bool:
        return bool(self._by_pair)

    def on(self, currency: str, to: str, day: date) -> tuple[Rate, ...]:
        """The rate of that day or the last one before, or the two that lead through the base; () for none."""
        own = self._last(currency, to, day)
        if own is not None:
            return (own,)
        if self.base in (currency, to):
            return ()
        legs = self._last(currency, self.base, day), self._last(self.base, to, day)
        return tuple(leg for leg in legs if leg is not None) if None not in legs else ()

    def convert(self, amount_minor: int, currency: str, to: str, day: date) -> Conversion | None:
        """The amount as it counts on that day, None where there is no rate."""
        rates = self.on(currency, to, day)
        if not rates:
            return None
        return Conversion(amount_minor * factor(currency, to, rates), to, day, rates)

    def knows(self, currency: str, to: str) -> bool:
        """Whether there is a rate on any day."""
        return bool(self.on(currency, to, date.max))

    def changes(self, currencies: Collection[str], to: str, after: date, until: date) -> list[date]:
        """Days after ``after`` and up to ``until`` on which a rate from one of the currencies begins."""
        found: set[date] = set()
        for pair in self._pairs(currencies, to):
            days = self._days.get(pair, [])
            found.update(days[bisect_right(days, after) : bisect_right(days, until)])
        return sorted(found)

    def _pairs(self, currencies: Collection[str], to: str) -> Iterator[tuple[str, str]]:
        for currency in currencies:
            yield currency, to
            yield currency, self.base
        yield self.base, to

    def _last(self, currency: str, to: str, day: date) -> Rate | None:
        place = bisect_right(self._days.get((currency, to), []), day)
        return self._by_pair[currency, to][place - 1] if place else None


def factor(currency: str, to: str, rates: tuple[Rate, ...]) -> Fraction:
    """What one minor unit of ``currency`` is in minor units of ``to``."""
    return _product(rates) * Fraction(10 ** minor_digits(to), 10 ** minor_digits(currency))


def contradictions(entries: Iterable[Rate]) -> list[Contradiction]:
    """Entries that give another rate for a pair and day that an earlier entry has given already."""
    said: dict[tuple[date, str, str], list[tuple[int, Rate]]] = {}
    for place, entry in enumerate(entries):
        for one in (entry, entry.inverse):
            said.setdefault((one.day, one.currency, one.to), []).append((place, one))
    found = {
        Contradiction(first, later)
        for same in said.values()
        for (first, a), (later, b) in pairwise(same)
        if a.value != b.value
    }
    return sorted(found)


def _product(rates: tuple[Rate, ...]) -> Fraction:
    product = Fraction(1)
    for rate in rates:
        product *= rate.value
    return product
