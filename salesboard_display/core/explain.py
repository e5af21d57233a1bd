"""Explain: the facts, the rule and the exclusions behind any number on the wall."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import NamedTuple

from salesboard_display.core.credit import Piece, groups, pieces
from salesboard_display.core.definitions import Board, Metric, Of, Unit
from salesboard_display.core.figures import Condition, FactRow, Figures, Select, selected
from salesboard_display.core.lines import counted_lines, rows_of
from salesboard_display.core.messages import Arg, Instant, Message, message
from salesboard_display.core.metrics import (
    AGGREGATES,
    Measure,
    currency_of,
    measure,
    takes_money,
    with_sources,
)
from salesboard_display.core.people import UNASSIGNED, Directory
from salesboard_display.core.periods import Calendar, Interval, period_message, previous
from salesboard_display.core.privacy import hides
from salesboard_display.core.standings import Standings, participants, work_out


class CountedFact(NamedTuple):
    """A credited line of a fact that counted, and as how much; for sums and counts these add up to the
    value."""

    row: FactRow
    counted_as: Fraction


class Exclusion(NamedTuple):
    """A fact of the same person and period that did not count, and why."""

    key: str
    source: str
    reason: Message


@dataclass(frozen=True, slots=True)
class Explanation:
    """Where one number comes from. ``reason`` says why it is unknown, or why somebody is not shown on the
    board."""

    value: Fraction | None
    unit: Unit
    rule: Message
    facts: tuple[CountedFact, ...] = ()
    excluded: tuple[Exclusion, ...] = ()
    reason: Message | None = None


def explain(
    board: Board,
    directory: Directory,
    calendar: Calendar,
    figures: Figures,
    at_ms: int,
    who: str,
    *,
    interval: Interval | None = None,
) -> Explanation:
    """The number of one person, team or region (by id or exact name) on the board at ``at_ms``.

    Facts outside the period are not listed. ``interval`` as for work_out. Raises ValueError like work_out.
    """
    rule = _rule(board, calendar, at_ms, interval)
    id_ = find(board, directory, who)
    if id_ is None:
        return Explanation(None, board.metric.unit, rule, reason=message("unknown-person", who=who))
    everyone = replace(board, top=0, without_data="dash")
    standings = work_out(everyone, directory, calendar, figures, at_ms, interval=interval)
    metric = with_sources(board.metric, board.sources)
    credit = pieces(board.level, directory, standings.interval)
    measured = measure(metric, figures, credit)
    found = measured.by_id.get(id_, Measure(None, reason=message("no-facts")))
    currency = currency_of(metric, figures, credit)
    lines = counted_lines(metric, figures, credit, {id_}, currency)
    facts = tuple(CountedFact(line.row, line.counted_as) for line in lines)
    return Explanation(
        found.value,
        board.metric.unit,
        rule,
        facts,
        _excluded(metric, figures, credit, id_, currency, facts),
        _why_not(board, directory, standings, id_, found),
    )


def find(board: Board, directory: Directory, who: str) -> str | None:
    """The id of whoever has this id, or else (only one of them) this name, on the board's level."""
    names = groups(board.level, directory)
    if who in names or who == UNASSIGNED:
        return who
    called = [id_ for id_, name in names.items() if name.casefold() == who.casefold()]
    return called[0] if len(called) == 1 else None


def _rule(board: Board, calendar: Calendar, at_ms: int, interval: Interval | None) -> Message:
    metric = board.metric
    finished = interval == previous(board.period, calendar, at_ms)
    period = period_message(board.period, calendar, at_ms, back=int(finished))
    args: dict[str, Arg] = {}
    if AGGREGATES[metric.aggregate].by_figure:
        args["of"] = message("of-amount" if metric.of is Of.AMOUNT else "of-quantity")
    if metric.attribute:
        args["attribute"] = metric.attribute
    return message(f"rule-{metric.aggregate}", **args, metric=metric.name, period=period)


def _why_not(
    board: Board, directory: Directory, standings: Standings, id_: str, found: Measure
) -> Message | None:
    """Why somebody is not shown, or shown without a value; None for whoever stands there with one."""
    if id_ not in participants(board.level, board.participants, directory, standings.at_ms):
        return message("not-a-participant")
    hidden = dict(standings.hidden)
    if id_ in hidden:
        return hidden[id_]
    place = next((place for place in standings.places if place.id == id_), None)
    if place is None:  # nobody's facts, and there are none
        return message("no-facts")
    if board.top and (place.rank is None or not _within_top(board, standings, place.rank)):
        return message("beyond-top", top=board.top)
    if hides(place, board.privacy, directory.people.get(id_), board.level, board.privacy_top):
        return message("hidden-by-privacy", preset=board.privacy)
    return place.reason or found.reason


def _within_top(board: Board, standings: Standings, rank: int) -> bool:
    ranks = [place.rank or 0 for place in standings.ranked]
    return rank <= ranks[min(board.top, len(ranks)) - 1]


# ---------------------------------------------------------------------------- what did not count


def _excluded(
    metric: Metric,
    figures: Figures,
    credit: Sequence[Piece],
    id_: str,
    currency: str,
    facts: Sequence[CountedFact],
) -> tuple[Exclusion, ...]:
    """Facts of the same kinds, owner and instants that are not among those that counted."""
    rule = AGGREGATES[metric.aggregate]
    base = rule.selects(metric) if rule.pooled else rule.selects(metric)[:1]
    counted = {(fact.row.source, fact.row.key, fact.row.line) for fact in facts}
    found: list[Exclusion] = []
    for select in base:
        for _, row in rows_of(Select(select.kinds, currency=select.currency), figures, credit, {id_}):
            if (row.source, row.key, row.line) not in counted:
                found.append(Exclusion(row.key, row.source, _why_excluded(metric, select, row, currency)))
    return tuple(found)


def _why_excluded(metric: Metric, select: Select, row: FactRow, currency: str) -> Message:
    if select.sources and row.source not in select.sources:
        return message("source-not-counted", source=row.source)
    failed = next((c for c in select.conditions if not c.holds(row.attributes)), None)
    if failed is not None:
        return _filter_message(failed, row)
    if not selected(select, row):
        return message("outside-quantity", quantity=row.quantity_milli / 1000)
    if takes_money(metric) and not row.currency:
        return message("fact-without-amount")
    if takes_money(metric) and currency and row.counted_currency != currency:
        return message("no-rate", currencies=row.currency, to=currency, day=Instant(row.occurred_at))
    if metric.attribute:
        return message("no-attribute", attribute=metric.attribute)
    return message("not-the-latest")


def _filter_message(condition: Condition, row: FactRow) -> Message:
    found = row.attributes.get(condition.attribute, "")
    return message("filter-not-met", attribute=condition.attribute, found=found)
