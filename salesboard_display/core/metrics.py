"""Metrics: how facts become one exact value per person, team or region."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import NamedTuple

from salesboard_display.core.credit import Piece
from salesboard_display.core.definitions import Aggregate, Metric, Of, UnitKind
from salesboard_display.core.figures import Amount, FactRow, Figures, Partial, Select
from salesboard_display.core.messages import Instant, Message, Unworkable, message
from salesboard_display.core.money import minor_digits, to_major
from salesboard_display.core.periods import DAY_MS

PROMOTERS_FROM = 9000
DETRACTORS_BELOW = 7000
"""The net promoter score's bounds on a 0–10 answer, in thousandths: 9 and 10 promote, 0 to 6 detract
(Reichheld)."""

MIXED_CURRENCIES = "mixed-currencies"
"""Why there is no value where amounts are counted and the unit names no currency to convert them to."""


class Measure(NamedTuple):
    """A value in major units (percent 0..100), or None and why; how many credited lines it rests on, and when
    the last."""

    value: Fraction | None
    sample: int = 0
    last_at: int | None = None
    reason: Message | None = None


class Measured(NamedTuple):
    """What a metric came to: by id of who got the credit (only those with facts), and over all of them
    together."""

    by_id: dict[str, Measure]
    total: Measure


@dataclass(slots=True)
class Evidence:
    """What one value is made of: partial figures per select, distinct values, the latest fact.

    ``seen``: there are facts, even if none of them can be used.
    """

    parts: tuple[list[Partial], ...]
    distinct: set[str] = field(default_factory=set)
    latest: FactRow | None = None
    seen: bool = False

    def absorb(self, other: Evidence) -> None:
        """Add what another one rests on."""
        for own, more in zip(self.parts, other.parts, strict=True):
            own.extend(more)
        self.distinct |= other.distinct
        self.seen = self.seen or other.seen
        if other.latest and (self.latest is None or recency(other.latest) > recency(self.latest)):
            self.latest = other.latest


def recency(row: FactRow) -> tuple[int, int, str, str, int]:
    """Orders facts by when they happened; among simultaneous ones the later learned is the later one."""
    return row.occurred_at, row.recorded_at, row.source, row.key, row.line


Lines = Sequence[Partial]
Reduce = Callable[[Metric, Evidence, str], Fraction | None]


@dataclass(frozen=True, slots=True)
class AggregateRule:
    """How one aggregate works; adding an aggregate is adding one of these to AGGREGATES.

    ``selects``: which facts are asked for, the base first (the sample is counted over it, or over all when
    ``pooled``). ``value``: the value in the given currency, None when there is nothing to divide by.
    ``line``: what one fact of the base counts as, given the indexes of the selects that it passes.
    ``by_figure``: taken of the amount or the quantity of a fact; otherwise of the credited count alone.
    ``additive``: nothing counted means zero, and lines add up to the value.
    """

    value: Reduce
    line: Callable[[Metric, FactRow, Collection[int]], Fraction]
    selects: Callable[[Metric], tuple[Select, ...]]
    by_figure: bool = False
    additive: bool = False
    pooled: bool = False


# ---------------------------------------------------------------------------- values


def figure(metric: Metric, amount_minor: Amount | None, quantity_milli: int, currency: str) -> Fraction:
    """A fact's figure in major units: its amount or its quantity, as the metric says."""
    if metric.of is Of.QUANTITY:
        return Fraction(quantity_milli, 1000)
    return to_major(amount_minor or 0, currency)


def takes_money(metric: Metric) -> bool:
    """Whether the metric is taken of amounts, so that currencies matter."""
    return AGGREGATES[metric.aggregate].by_figure and metric.of is Of.AMOUNT


def _only(metric: Metric) -> tuple[Select, ...]:
    """The metric's own select; of money, in the unit's currency."""
    if takes_money(metric) and metric.unit.kind is UnitKind.MONEY:
        return (replace(metric.select, currency=metric.unit.currency),)
    return (metric.select,)


def _quantity(lines: Lines) -> Fraction:
    return Fraction(sum(p.quantity_milli for p in lines), 1000)


def _sum(metric: Metric, found: Evidence, currency: str) -> Fraction:
    lines = found.parts[0]
    if metric.of is Of.QUANTITY:
        return _quantity(lines)
    return to_major(sum(p.amount_minor or 0 for p in lines), currency)


def _count(metric: Metric, found: Evidence, currency: str) -> Fraction:
    return _quantity(found.parts[0])


def _average(metric: Metric, found: Evidence, currency: str) -> Fraction | None:
    lines = found.parts[0]
    quantity = sum(p.quantity_milli for p in lines)
    if metric.of is Of.QUANTITY:
        return Fraction(quantity, 1000 * sum(p.n for p in lines))
    amount = sum(p.amount_minor or 0 for p in lines)
    return Fraction(1000 * amount, 10 ** minor_digits(currency) * quantity) if quantity > 0 else None


def _minimum(metric: Metric, found: Evidence, currency: str) -> Fraction:
    return min(figure(metric, p.min_amount, p.min_quantity, currency) for p in found.parts[0])


def _maximum(metric: Metric, found: Evidence, currency: str) -> Fraction:
    return max(figure(metric, p.max_amount, p.max_quantity, currency) for p in found.parts[0])


def _latest(metric: Metric, found: Evidence, currency: str) -> Fraction | None:
    row = found.latest
    return figure(metric, row.counted_minor, row.quantity_milli, currency) if row else None


def _distinct(metric: Metric, found: Evidence, currency: str) -> Fraction:
    return Fraction(len(found.distinct))


def _ratio(metric: Metric, found: Evidence, currency: str) -> Fraction | None:
    whole = _quantity(found.parts[0])
    return 100 * _quantity(found.parts[1]) / whole if whole > 0 else None


def _weighted(metric: Metric, found: Evidence, currency: str) -> Fraction:
    weights = (weight for _, weight in metric.weights)
    return sum((w * _quantity(lines) for w, lines in zip(weights, found.parts, strict=True)), Fraction(0))


def _nps(metric: Metric, found: Evidence, currency: str) -> Fraction:
    answers, promoters, detractors = (sum(p.n for p in lines) for lines in found.parts)
    return Fraction(100 * (promoters - detractors), answers)


# ---------------------------------------------------------------------------- selects


def _ratio_selects(metric: Metric) -> tuple[Select, ...]:
    if metric.over is None:
        raise Unworkable("ratio-of-nothing", metric=metric.id)
    return metric.over, metric.select


def _weighted_selects(metric: Metric) -> tuple[Select, ...]:
    if not metric.weights:
        raise Unworkable("no-weights", metric=metric.id)
    return tuple(replace(metric.select, kinds=(kind,)) for kind, _ in metric.weights)


def _nps_selects(metric: Metric) -> tuple[Select, ...]:
    base = metric.select
    lowest, highest = base.quantity_from, base.quantity_below
    promoters_from = PROMOTERS_FROM if lowest is None else max(lowest, PROMOTERS_FROM)
    detractors_below = DETRACTORS_BELOW if highest is None else min(highest, DETRACTORS_BELOW)
    return base, replace(base, quantity_from=promoters_from), replace(base, quantity_below=detractors_below)


# ---------------------------------------------------------------------------- what one fact counts as


def _line_figure(metric: Metric, row: FactRow, passed: Collection[int]) -> Fraction:
    return figure(metric, row.counted_minor, row.quantity_milli, row.counted_currency)


def _line_count(metric: Metric, row: FactRow, passed: Collection[int]) -> Fraction:
    return Fraction(row.quantity_milli, 1000)


def _line_ratio(metric: Metric, row: FactRow, passed: Collection[int]) -> Fraction:
    return Fraction(row.quantity_milli, 1000) if 1 in passed else Fraction(0)


def _line_weighted(metric: Metric, row: FactRow, passed: Collection[int]) -> Fraction:
    points = sum(weight for kind, weight in metric.weights if kind == row.kind)
    return points * Fraction(row.quantity_milli, 1000)


def _line_nps(metric: Metric, row: FactRow, passed: Collection[int]) -> Fraction:
    return Fraction((1 in passed) - (2 in passed))


def _line_distinct(metric: Metric, row: FactRow, passed: Collection[int]) -> Fraction:
    return Fraction(1)  # the first with each value; explain counts the others as nothing


AGGREGATES: dict[Aggregate, AggregateRule] = {
    Aggregate.SUM: AggregateRule(_sum, _line_figure, _only, by_figure=True, additive=True),
    Aggregate.COUNT: AggregateRule(_count, _line_count, _only, additive=True),
    Aggregate.AVERAGE: AggregateRule(_average, _line_figure, _only, by_figure=True),
    Aggregate.MINIMUM: AggregateRule(_minimum, _line_figure, _only, by_figure=True),
    Aggregate.MAXIMUM: AggregateRule(_maximum, _line_figure, _only, by_figure=True),
    Aggregate.LATEST: AggregateRule(_latest, _line_figure, _only, by_figure=True),
    Aggregate.DISTINCT: AggregateRule(_distinct, _line_distinct, _only, additive=True),
    Aggregate.RATIO: AggregateRule(_ratio, _line_ratio, _ratio_selects),
    Aggregate.WEIGHTED: AggregateRule(
        _weighted, _line_weighted, _weighted_selects, additive=True, pooled=True
    ),
    Aggregate.NPS: AggregateRule(_nps, _line_nps, _nps_selects),
}
"""Every aggregate by name.

A count is of credited quantities, so that a shared deal counts one in all. An average of amounts is their sum
divided by the credited count (a shared deal weighs by its share); of quantities (scores) it is per answer.
Smallest, largest and latest are over single credited lines.
"""


# ---------------------------------------------------------------------------- measuring


def with_sources(metric: Metric, sources: tuple[str, ...]) -> Metric:
    """The metric counting these sources only, where it does not name its own; no sources: as it is."""
    if not sources:
        return metric
    select, over = metric.select, metric.over
    return replace(
        metric,
        select=select if select.sources else replace(select, sources=sources),
        over=over if over is None or over.sources else replace(over, sources=sources),
    )


def selects_of(metric: Metric) -> tuple[Select, ...]:
    """Which facts the metric asks for. Raises ValueError for one without what it needs."""
    return AGGREGATES[metric.aggregate].selects(metric)


def kinds_of(metric: Metric) -> frozenset[str]:
    """The kinds of fact the metric rests on: when none of these changed, its values did not."""
    return frozenset(kind for select in selects_of(metric) for kind in select.kinds)


def measure(
    metric: Metric, figures: Figures, pieces: Sequence[Piece], in_total: Collection[str] | None = None
) -> Measured:
    """The metric over the pieces (see core.credit), per id of who gets the credit and in total.

    ``in_total`` limits the total to these ids (None: all). Raises ValueError for a metric without what it
    needs.
    """
    found = _gather(metric, figures, pieces)
    currency = _currency(metric, found)
    by_id = {id_: _measure(metric, evidence, currency) for id_, evidence in found.items()}
    if in_total is None and len(found) == 1:
        return Measured(by_id, next(iter(by_id.values())))
    whole = _nothing(metric)
    for id_, evidence in found.items():
        if in_total is None or id_ in in_total:
            whole.absorb(evidence)
    return Measured(by_id, _measure(metric, whole, currency))


def currency_of(metric: Metric, figures: Figures, pieces: Sequence[Piece]) -> str:
    """The currency in which the metric is counted over these pieces, "" when money or a common one is not
    involved."""
    if not takes_money(metric) or (metric.unit.kind is UnitKind.MONEY and metric.unit.currency):
        return metric.unit.currency if takes_money(metric) else ""
    currency = _currency(metric, _gather(metric, figures, pieces))
    return "" if isinstance(currency, Message) else currency


def _nothing(metric: Metric) -> Evidence:
    return Evidence(tuple([] for _ in AGGREGATES[metric.aggregate].selects(metric)))


def _gather(metric: Metric, figures: Figures, pieces: Sequence[Piece]) -> dict[str, Evidence]:
    """One question per piece and select, however many people there are."""
    money = takes_money(metric)
    found: dict[str, Evidence] = {}
    selects = AGGREGATES[metric.aggregate].selects(metric)
    for index, select in enumerate(selects):
        for piece in pieces:
            for partial in figures.partials(select, piece.start_ms, piece.end_ms, piece.identities):
                owner = piece.owner(partial.identity)
                if owner is None:
                    continue
                evidence = found.get(owner)
                if evidence is None:
                    evidence = found[owner] = Evidence(tuple([] for _ in selects), seen=True)
                if partial.currency or not money:
                    evidence.parts[index].append(partial)
    if metric.aggregate is Aggregate.DISTINCT:
        _gather_distinct(metric, figures, pieces, found)
    elif metric.aggregate is Aggregate.LATEST:
        _gather_latest(metric, figures, pieces, found)
    return found


def _gather_distinct(
    metric: Metric, figures: Figures, pieces: Sequence[Piece], found: dict[str, Evidence]
) -> None:
    for piece in pieces:
        start_ms, end_ms, identities, _ = piece
        for identity, value in figures.distinct(
            metric.select, metric.attribute, start_ms, end_ms, identities
        ):
            owner = piece.owner(identity)
            if owner is not None:
                found[owner].distinct.add(value)


def _gather_latest(
    metric: Metric, figures: Figures, pieces: Sequence[Piece], found: dict[str, Evidence]
) -> None:
    """Each one's latest fact, looked for backwards in windows that double, so that few facts are read."""
    money, (select, *_) = takes_money(metric), selects_of(metric)
    have = {p.identity for evidence in found.values() for p in evidence.parts[0]}
    for piece in pieces:
        asked = have if piece.identities is None else have & piece.identities
        missing = {identity for identity in asked if piece.owner(identity) is not None}
        end_ms, span = piece.end_ms, DAY_MS
        while missing and end_ms > piece.start_ms:
            start_ms = max(piece.start_ms, end_ms - span)
            for row in figures.facts(select, start_ms, end_ms, frozenset(missing)):
                if row.currency or not money:
                    single = Evidence(([],), latest=row)
                    found[piece.owner(row.identity) or ""].absorb(single)
                    missing.discard(row.identity)
            end_ms, span = start_ms, span * 2


def _currency(metric: Metric, found: dict[str, Evidence]) -> str | Message:
    """The currency that values are in: the unit's, else the only one there is, else why there is none."""
    if not takes_money(metric):
        return ""
    if metric.unit.kind is UnitKind.MONEY and metric.unit.currency:
        return metric.unit.currency
    present = {p.currency for evidence in found.values() for p in evidence.parts[0]}
    if len(present) > 1:
        return message(MIXED_CURRENCIES, currencies=", ".join(sorted(present)))
    return next(iter(present), "")


def _measure(metric: Metric, found: Evidence, currency: str | Message) -> Measure:
    rule = AGGREGATES[metric.aggregate]
    money = rule.by_figure and metric.of is Of.AMOUNT
    base = [p for lines in found.parts for p in lines] if rule.pooled else found.parts[0]
    if not base:
        return Measure(None, reason=message("no-amount" if found.seen and money else "no-facts"))
    sample, last_at = sum(partial.n for partial in base), max(partial.last_at for partial in base)
    foreign = [partial for partial in base if partial.currency != currency] if money else []
    if isinstance(currency, Message):
        return Measure(None, sample, last_at, currency)
    if foreign:
        return Measure(None, sample, last_at, _no_rate(foreign, currency))
    if sample < metric.minimum_sample:
        reason = message("below-minimum-sample", sample=sample, minimum=metric.minimum_sample)
        return Measure(None, sample, last_at, reason)
    value = rule.value(metric, found, currency)
    return Measure(value, sample, last_at, message("divided-by-nothing") if value is None else None)


def _no_rate(foreign: Sequence[Partial], currency: str) -> Message:
    """Which currencies are in the way, and on which day first."""
    currencies = ", ".join(sorted({partial.currency for partial in foreign}))
    first_at = min(partial.first_at for partial in foreign)
    return message("no-rate", currencies=currencies, to=currency, day=Instant(first_at))
