"""Partial figures: how core asks for facts without knowing where they are kept."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any, NamedTuple, Protocol

from salesboard_display.core.rates import Conversion

Amount = int | Fraction
"""Minor units: whole as facts have them, exact fractions once they are converted."""


@dataclass(frozen=True, slots=True)
class Condition:
    """A test on one attribute: it is (or, ``negated``, is not) one of ``values``; a missing attribute is
    ""."""

    attribute: str
    values: frozenset[str]
    negated: bool = False

    def holds(self, attributes: Mapping[str, str]) -> bool:
        """Whether the attributes pass."""
        return (attributes.get(self.attribute, "") in self.values) is not self.negated


@dataclass(frozen=True, slots=True)
class Select:
    """Which facts count: of these kinds, from these sources (empty: all), passing every condition.

    ``quantity_from``/``quantity_below`` bound the credited quantity in thousandths, half-open: scores from 9
    up are ``quantity_from=9000``. ``currencies`` bounds the currency of their amounts (empty: any).
    ``currency`` asks for amounts in that one, "" as they are: figures that know a fact's rate convert it, all
    others leave it alone.
    """

    kinds: tuple[str, ...]
    conditions: tuple[Condition, ...] = ()
    sources: tuple[str, ...] = ()
    quantity_from: int | None = None
    quantity_below: int | None = None
    currencies: tuple[str, ...] = ()
    currency: str = ""

    def passes(self, attributes: Mapping[str, str]) -> bool:
        """Whether a fact with these attributes passes all conditions."""
        return all(condition.holds(attributes) for condition in self.conditions)


class Partial(NamedTuple):
    """Figures over the facts of one identity and currency in one interval; amounts are None without money.

    ``n`` counts credited lines; min and max are over single lines; ``first_at``/``last_at`` are instants in
    ms UTC.
    """

    identity: int
    currency: str
    n: int
    quantity_milli: int
    amount_minor: Amount | None
    min_quantity: int
    max_quantity: int
    min_amount: Amount | None
    max_amount: Amount | None
    first_at: int
    last_at: int


class FactRow(NamedTuple):
    """One credited line of a current (or as known at an instant) fact, as the store gives it.

    ``converted``: how its amount counts where another currency was asked for and a rate is known.
    """

    source: str
    key: str
    line: int
    kind: str
    identity: int
    occurred_at: int
    day_only: bool
    amount_minor: int | None
    currency: str
    quantity_milli: int
    attributes: Mapping[str, str]
    detail: Mapping[str, str]
    recorded_at: int
    converted: Conversion | None = None

    @property
    def counted_minor(self) -> Amount | None:
        """The amount as it counts, in ``counted_currency``."""
        return self.amount_minor if self.converted is None else self.converted.amount_minor

    @property
    def counted_currency(self) -> str:
        """The currency in which the amount counts."""
        return self.currency if self.converted is None else self.converted.currency


class Figures(Protocol):
    """Where core gets figures from; [start_ms, end_ms) is half-open; ``identities`` None means everybody."""

    def partials(
        self, select: Select, start_ms: int, end_ms: int, identities: frozenset[int] | None = None
    ) -> Sequence[Partial]:
        """One Partial per (identity, currency) that has facts in the interval, in no particular order."""
        ...

    def facts(
        self, select: Select, start_ms: int, end_ms: int, identities: frozenset[int] | None = None
    ) -> Sequence[FactRow]:
        """The single facts, ordered by (occurred_at, source, key, line)."""
        ...

    def distinct(
        self,
        select: Select,
        attribute: str,
        start_ms: int,
        end_ms: int,
        identities: frozenset[int] | None = None,
    ) -> Sequence[tuple[int, str]]:
        """Distinct (identity, value of the attribute) pairs; facts without the attribute are left out."""
        ...


def merge(a: Partial, b: Partial) -> Partial:
    """The Partial over the facts of both; identity and currency are taken from ``a`` (they must agree in
    currency)."""
    return a._replace(
        n=a.n + b.n,
        quantity_milli=a.quantity_milli + b.quantity_milli,
        amount_minor=_both(sum, a.amount_minor, b.amount_minor),
        min_quantity=min(a.min_quantity, b.min_quantity),
        max_quantity=max(a.max_quantity, b.max_quantity),
        min_amount=_both(min, a.min_amount, b.min_amount),
        max_amount=_both(max, a.max_amount, b.max_amount),
        first_at=min(a.first_at, b.first_at),
        last_at=max(a.last_at, b.last_at),
    )


def _both(reduce: Callable[[list[Any]], Amount], a: Amount | None, b: Amount | None) -> Amount | None:
    known = [value for value in (a, b) if value is not None]
    return reduce(known) if known else None


def merge_all(partials: Iterable[Partial]) -> list[Partial]:
    """One Partial per identity and currency: ``merge`` over many at once, which is several times quicker."""
    found: dict[tuple[int, str], list[Partial]] = {}
    for one in partials:
        found.setdefault(one[:2], []).append(one)
    return [some[0] if len(some) == 1 else _one_of(some) for some in found.values()]


def _one_of(some: Sequence[Partial]) -> Partial:
    """What ``merge`` makes of all of them, one after the other."""
    columns: list[tuple[Any, ...]] = list(zip(*some, strict=True))
    n, quantity, amounts, low_quantity, high_quantity, low, high, first, last = columns[2:]
    known = [amount for amount in amounts if amount is not None]
    return Partial(
        some[0].identity,
        some[0].currency,
        sum(n),
        sum(quantity),
        sum(known) if known else None,
        min(low_quantity),
        max(high_quantity),
        min((amount for amount in low if amount is not None), default=None),
        max((amount for amount in high if amount is not None), default=None),
        min(first),
        max(last),
    )


@dataclass(slots=True)
class FactList:
    """Figures over facts held in memory: the naive recount that every quicker way is tested against."""

    rows: list[FactRow] = field(default_factory=list)

    def facts(
        self, select: Select, start_ms: int, end_ms: int, identities: frozenset[int] | None = None
    ) -> list[FactRow]:
        """See Figures.facts."""
        inside = (row for row in self.rows if start_ms <= row.occurred_at < end_ms)
        asked = (row for row in inside if identities is None or row.identity in identities)
        found = [row for row in asked if selected(select, row)]
        return sorted(found, key=lambda row: (row.occurred_at, row.source, row.key, row.line))

    def partials(
        self, select: Select, start_ms: int, end_ms: int, identities: frozenset[int] | None = None
    ) -> list[Partial]:
        """See Figures.partials."""
        found: dict[tuple[int, str], Partial] = {}
        for row in self.facts(select, start_ms, end_ms, identities):
            one = as_partial(row)
            slot = (one.identity, one.currency)
            found[slot] = merge(found[slot], one) if slot in found else one
        return list(found.values())

    def distinct(
        self,
        select: Select,
        attribute: str,
        start_ms: int,
        end_ms: int,
        identities: frozenset[int] | None = None,
    ) -> list[tuple[int, str]]:
        """See Figures.distinct."""
        rows = self.facts(select, start_ms, end_ms, identities)
        pairs = ((row.identity, row.attributes.get(attribute, "")) for row in rows)
        return sorted({pair for pair in pairs if pair[1]})


def as_partial(row: FactRow) -> Partial:
    """The Partial over a single fact."""
    amount, quantity, at = row.counted_minor, row.quantity_milli, row.occurred_at
    return Partial(
        row.identity, row.counted_currency, 1, quantity, amount, quantity, quantity, amount, amount, at, at
    )


def selected(select: Select, row: FactRow) -> bool:
    """Whether the fact is one of those that the select asks for."""
    return (
        row.kind in select.kinds
        and (not select.sources or row.source in select.sources)
        and (not select.currencies or row.currency in select.currencies)
        and (select.quantity_from is None or row.quantity_milli >= select.quantity_from)
        and (select.quantity_below is None or row.quantity_milli < select.quantity_below)
        and select.passes(row.attributes)
    )
