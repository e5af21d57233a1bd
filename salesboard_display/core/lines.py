"""Lines: the single facts behind a value, and what each of them counted as."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from fractions import Fraction
from typing import NamedTuple

from salesboard_display.core.credit import Piece
from salesboard_display.core.definitions import Aggregate, Metric
from salesboard_display.core.figures import FactRow, Figures, Select, selected
from salesboard_display.core.metrics import AGGREGATES, recency, takes_money
from salesboard_display.core.people import UNASSIGNED


class Line(NamedTuple):
    """A credited line of a fact that counted for ``owner``; for additive metrics these add up to the
    value."""

    owner: str
    row: FactRow
    counted_as: Fraction


def rows_of(
    select: Select, figures: Figures, pieces: Sequence[Piece], who: Collection[str]
) -> list[tuple[str, FactRow]]:
    """The facts credited to these ids, each with its owner, in the order in which they happened."""
    found: list[tuple[str, FactRow]] = []
    for piece in pieces:
        identities = None if UNASSIGNED in who else _identities(piece, who)
        if identities is not None and not identities:
            continue
        if identities is None:
            identities = piece.identities
        for row in figures.facts(select, piece.start_ms, piece.end_ms, identities):
            owner = piece.owner(row.identity)
            if owner is not None and owner in who:
                found.append((owner, row))
    return sorted(found, key=lambda pair: recency(pair[1]))


def _identities(piece: Piece, who: Collection[str]) -> frozenset[int]:
    return frozenset(identity for identity, owner in piece.owners.items() if owner in who)


def counted_lines(
    metric: Metric, figures: Figures, pieces: Sequence[Piece], who: Collection[str], currency: str = ""
) -> list[Line]:
    """Every line that counted for one of these ids; of money only that in ``currency`` ("": all)."""
    rule = AGGREGATES[metric.aggregate]
    selects = rule.selects(metric)
    lines: list[Line] = []
    for select in selects if rule.pooled else selects[:1]:
        for owner, row in rows_of(select, figures, pieces, who):
            if takes_money(metric) and (not row.currency or (currency and row.counted_currency != currency)):
                continue
            passed = [index for index, other in enumerate(selects) if selected(other, row)]
            lines.append(Line(owner, row, rule.line(metric, row, passed)))
    lines.sort(key=lambda line: recency(line.row))
    return _special(metric, lines)


def _special(metric: Metric, lines: list[Line]) -> list[Line]:
    if metric.aggregate is Aggregate.LATEST:
        latest = {line.owner: line for line in lines}
        return [line for line in lines if latest[line.owner] is line]
    if metric.aggregate is Aggregate.DISTINCT:
        return _first_of_each(metric, lines)
    return lines


def _first_of_each(metric: Metric, lines: list[Line]) -> list[Line]:
    seen: set[tuple[str, str]] = set()
    found: list[Line] = []
    for line in lines:
        value = line.row.attributes.get(metric.attribute, "")
        if value:
            first = (line.owner, value) not in seen
            seen.add((line.owner, value))
            found.append(line if first else line._replace(counted_as=Fraction(0)))
    return found


def reached_at(lines: Sequence[Line], goal: Fraction) -> dict[str, int]:
    """When each one's running total first stood at the goal or above; simultaneous lines are taken together.

    ``lines`` are of an additive metric in the order in which they happened. Who never got there is not in it.
    """
    totals: dict[str, Fraction] = {}
    reached: dict[str, int] = {}
    for at_ms, added in _by_instant(lines).items():
        for owner, amount in added.items():
            totals[owner] = totals.get(owner, Fraction(0)) + amount
            if owner not in reached and totals[owner] >= goal:
                reached[owner] = at_ms
    return reached


def _by_instant(lines: Sequence[Line]) -> Mapping[int, Mapping[str, Fraction]]:
    found: dict[int, dict[str, Fraction]] = {}
    for line in lines:
        added = found.setdefault(line.row.occurred_at, {})
        added[line.owner] = added.get(line.owner, Fraction(0)) + line.counted_as
    return found
