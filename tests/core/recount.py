"""A recount that shares nothing with the product: plain loops over facts, person by person."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from fractions import Fraction
from zoneinfo import ZoneInfo

from salesboard_display.core.definitions import Aggregate, Level, Metric, Of, RankStyle
from salesboard_display.core.figures import FactRow
from salesboard_display.core.people import UNASSIGNED, Directory
from salesboard_display.core.rates import Rates


def owner_of(row: FactRow, directory: Directory, level: Level) -> str:
    """Who gets the credit for one fact."""
    for someone in directory.people.values():
        if row.identity not in someone.identities:
            continue
        if level is Level.PERSON:
            return someone.id
        team = ""
        for membership in someone.memberships:
            after_start = membership.from_ms is None or row.occurred_at >= membership.from_ms
            before_end = membership.to_ms is None or row.occurred_at < membership.to_ms
            if after_start and before_end:
                team = membership.team_id
        if level is Level.TEAM:
            return team or UNASSIGNED
        return (directory.teams[team].region if team else "") or UNASSIGNED
    return UNASSIGNED


@dataclass(frozen=True)
class Money:
    """What facts are worth in one currency: a rate looked up for each, on the day it happened."""

    rates: Rates
    currency: str
    zone: str
    zones: Mapping[str, str]

    def of(self, row: FactRow) -> Fraction | None:
        """One fact's amount, None without a rate."""
        amount = Fraction(row.amount_minor or 0, 100)
        if row.currency == self.currency:
            return amount
        zone = self.zones[row.source] if row.day_only else self.zone
        day = datetime.fromtimestamp(row.occurred_at / 1000, UTC).astimezone(ZoneInfo(zone)).date()
        legs = self.rates.on(row.currency, self.currency, day)
        for leg in legs:
            amount *= leg.value
        return amount if legs else None


def worth(metric: Metric, rows: Sequence[FactRow], money: Money | None = None) -> Fraction | None:
    """The metric over these facts of one owner; two-decimal currencies only."""
    kinds = (metric.over or metric.select).kinds
    if metric.aggregate is Aggregate.WEIGHTED:
        kinds = tuple(kind for kind, _ in metric.weights)
    base = [row for row in rows if row.kind in kinds]
    of_money = metric.of is Of.AMOUNT and metric.aggregate in _OF_FIGURES
    if of_money:
        base = [row for row in base if row.amount_minor is not None]
    if len(base) < max(1, metric.minimum_sample):
        return None
    money = money or Money(Rates(), metric.unit.currency, "UTC", {})
    if of_money and any(money.of(row) is None for row in base):
        return None
    base.sort(key=lambda r: (r.occurred_at, r.recorded_at, r.source, r.key, r.line))
    if metric.aggregate in _OF_FIGURES:
        return _of_figures(metric, base, money if of_money else None)
    return _of_counts(metric, base)


def _of_figures(metric: Metric, base: list[FactRow], money: Money | None) -> Fraction | None:
    counts = [Fraction(row.quantity_milli, 1000) for row in base]
    figures = [money.of(row) or Fraction(0) for row in base] if money else counts
    if metric.aggregate is Aggregate.SUM:
        return sum(figures, Fraction(0))
    if metric.aggregate is Aggregate.MINIMUM:
        return min(figures)
    if metric.aggregate is Aggregate.MAXIMUM:
        return max(figures)
    if metric.aggregate is Aggregate.LATEST:
        return figures[-1]
    over = sum(counts, Fraction(0)) if money else Fraction(len(base))
    return sum(figures, Fraction(0)) / over if over > 0 else None


def _of_counts(metric: Metric, base: list[FactRow]) -> Fraction | None:
    counts = [Fraction(row.quantity_milli, 1000) for row in base]
    weights = dict(metric.weights)
    whole = sum(counts, Fraction(0))
    if metric.aggregate is Aggregate.COUNT:
        return whole
    if metric.aggregate is Aggregate.DISTINCT:
        return Fraction(len({row.attributes.get(metric.attribute) for row in base} - {None, ""}))
    if metric.aggregate is Aggregate.RATIO:
        won = sum(
            (q for q, row in zip(counts, base, strict=True) if row.kind in metric.select.kinds), Fraction(0)
        )
        return 100 * won / whole if whole > 0 else None
    if metric.aggregate is Aggregate.WEIGHTED:
        return sum((weights[r.kind] * q for q, r in zip(counts, base, strict=True)), Fraction(0))
    for_us, against = sum(q >= 9 for q in counts), sum(q < 7 for q in counts)
    return Fraction(100 * (for_us - against), len(counts))


_OF_FIGURES = {Aggregate.SUM, Aggregate.AVERAGE, Aggregate.MINIMUM, Aggregate.MAXIMUM, Aggregate.LATEST}


def rank(style: RankStyle, higher_is_better: bool, values: dict[str, Fraction]) -> dict[str, int]:
    """Ranks by counting who is better; ids in order break the ties of 1-2-3-4."""
    if not any(values.values()):
        return {}
    found = {}
    for id_, value in values.items():
        better = [
            other for other in values.values() if (other > value) == higher_is_better and other != value
        ]
        if style is RankStyle.DENSE:
            found[id_] = 1 + len(set(better))
        else:
            found[id_] = 1 + len(better)
        if style is RankStyle.ORDINAL:
            found[id_] += sum(other == value and name < id_ for name, other in values.items())
    return found
