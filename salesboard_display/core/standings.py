"""Standings: a board worked out at an instant, with its ranks, gaps and movements."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from math import lcm
from typing import Any, NamedTuple

from salesboard_display.core.credit import belongs_to, group_at, groups, pieces
from salesboard_display.core.definitions import FIRST_TO_GET_THERE, Board, Level, Metric, RankStyle, Since
from salesboard_display.core.figures import Figures
from salesboard_display.core.messages import Instant, Message, Unworkable, message
from salesboard_display.core.metrics import Measure, Measured, measure, with_sources
from salesboard_display.core.people import UNASSIGNED, Directory
from salesboard_display.core.periods import Calendar, Interval, day_start_ms, previous, resolve


class Place(NamedTuple):
    """One line of the standings.

    ``rank`` is None where nobody is ranked, ``reason`` then says why. ``gap`` is the distance to the next
    better rank, for the first to whoever follows, never negative; None where there is nobody to compare with.
    ``movement`` counts places (positive: up) and is None where there was no rank before; ``entered`` tells
    who is new in the ranking. ``bar`` is the value's length, 0..1. ``sample`` and ``last_at``: see
    metrics.Measure.
    """

    rank: int | None
    id: str
    name: str
    value: Fraction | None
    gap: Fraction | None = None
    movement: int | None = None
    sample: int = 0
    last_at: int | None = None
    reason: Message | None = None
    entered: bool = False
    bar: float = 0.0


@dataclass(frozen=True, slots=True)
class Standings:
    """A board at an instant over an interval: ranked places from the first down, then the others by name.

    ``total`` is the metric over everybody who takes part, those not shown included. ``hidden`` tells for
    everybody who takes part but is not shown, by id, why; ``preset`` is the privacy that was applied.
    """

    board_id: str
    at_ms: int
    interval: Interval
    level: Level
    places: tuple[Place, ...] = ()
    total: Fraction | None = None
    hidden: tuple[tuple[str, Message], ...] = ()
    preset: str = "open"

    @property
    def ranked(self) -> tuple[Place, ...]:
        """The places that have a rank, from the first down."""
        return tuple(place for place in self.places if place.rank is not None)

    @property
    def has_facts(self) -> bool:
        """Whether anything counted for anybody who takes part."""
        return self.total is not None or any(place.sample for place in self.places)


def work_out(
    board: Board,
    directory: Directory,
    calendar: Calendar,
    figures: Figures,
    at_ms: int,
    *,
    interval: Interval | None = None,
) -> Standings:
    """The board at ``at_ms``: facts from the period's start up to and including that instant.

    ``interval`` asks for these instants instead (a baseline, a finished period), while who takes part and who
    has left is still decided at ``at_ms``. Raises ValueError for a definition that lacks what it needs.
    """
    if interval is None:
        interval = _until(resolve(board.period, calendar, at_ms), at_ms + 1)
    scope = participants(board.level, board.participants, directory, at_ms)
    credit = pieces(board.level, directory, interval)
    metric = with_sources(board.metric, board.sources)
    measured = measure(metric, figures, credit, scope if board.participants else None)
    breakers = [
        measure(with_sources(breaker, board.sources), figures, credit)
        for breaker in board.tie_breakers
        if isinstance(breaker, Metric)
    ]
    gone = not_shown(board, directory, at_ms, scope, measured.by_id)
    entries = _entries(board, directory, scope, measured, gone)
    places = _placed(board, entries, _order(board, measured.by_id, breakers))
    kept, beyond = _top(board, places)
    return Standings(
        board.id, at_ms, interval, board.level, kept, measured.total.value, tuple((gone | beyond).items())
    )


def _until(interval: Interval, end_ms: int) -> Interval:
    return Interval(interval.start_ms, max(interval.start_ms, min(interval.end_ms, end_ms)))


# ---------------------------------------------------------------------------- who takes part


def participants(level: Level, picked: frozenset[str], directory: Directory, at_ms: int) -> frozenset[str]:
    """Ids of everybody who takes part; where nobody was picked that is all, UNASSIGNED too.

    A board of people may name persons, teams and regions, one of teams teams and regions, one of regions
    regions.
    """
    everybody = groups(level, directory)
    if not picked:
        return frozenset(everybody) | {UNASSIGNED}
    if level is Level.PERSON:
        people = directory.people.values()
        return frozenset(p.id for p in people if belongs_to(p, directory, at_ms) & picked)
    if level is Level.TEAM:
        teams = directory.teams.values()
        return frozenset(team.id for team in teams if {team.id, team.region} & picked)
    return frozenset(everybody) & picked


def not_shown(
    board: Board, directory: Directory, at_ms: int, scope: frozenset[str], with_facts: Collection[str]
) -> dict[str, Message]:
    """Who takes part but is not shown, and why: people who left, teams without anybody and without facts."""
    if board.level is Level.PERSON:
        left = {p.id: p.left_ms for p in directory.people.values() if p.left_ms is not None}
        return {
            id_: message("left-on", day=Instant(left_ms))
            for id_, left_ms in left.items()
            if left_ms <= at_ms and id_ in scope
        }
    present = (p for p in directory.people.values() if p.left_ms is None or p.left_ms > at_ms)
    alive = {group_at(person, board.level, directory, at_ms) for person in present}
    empty = scope - alive - set(with_facts) - {UNASSIGNED}
    return {id_: message("nobody-in-team") for id_ in sorted(empty)}


def _entries(
    board: Board,
    directory: Directory,
    scope: frozenset[str],
    measured: Measured,
    gone: dict[str, Message],
) -> list[Place]:
    """Everybody who may be shown, not yet ranked; adds to ``gone`` who is hidden for lack of a value."""
    entries: list[Place] = []
    nothing = Measure(None, reason=message("no-facts"))
    names = groups(board.level, directory)
    for id_ in scope:
        value, sample, last_at, reason = measured.by_id.get(id_, nothing)
        if id_ in gone:
            continue
        if id_ == UNASSIGNED:
            if sample:
                why = message("unassigned")
                entries.append(Place(None, id_, id_, value, sample=sample, last_at=last_at, reason=why))
        elif value is None and board.without_data == "hide":
            gone[id_] = reason or message("no-facts")
        else:
            entries.append(Place(None, id_, names[id_], value, None, None, sample, last_at, reason))
    return entries


# ---------------------------------------------------------------------------- ranking


class _Order(NamedTuple):
    """What decides the order: a key per id, the better the smaller, equal ones sharing their place.

    A key begins with the value as a whole number of 1/``scale``, signed so that the better one is smaller:
    exact, and far quicker to compare than fractions.
    """

    keys: Mapping[str, tuple[Any, ...]]
    scale: int


def _whole(by_id: Mapping[str, Measure], higher_is_better: bool) -> tuple[dict[str, int], int]:
    """Everybody's known value as a whole number of one common part, the better the smaller; and that part's
    scale."""
    values = {id_: found.value for id_, found in by_id.items() if found.value is not None}
    scale = lcm(*(value.denominator for value in values.values()))
    sign = -1 if higher_is_better else 1
    return {id_: sign * v.numerator * (scale // v.denominator) for id_, v in values.items()}, scale


def _order(board: Board, by_id: Mapping[str, Measure], breakers: Iterable[Measured]) -> _Order:
    """The value decides, then each tie-breaker in turn; who has none of that is behind those who have."""
    values, scale = _whole(by_id, board.metric.higher_is_better)
    columns: list[Mapping[str, Any]] = [values]
    measured = iter(breakers)
    for breaker in board.tie_breakers:
        if isinstance(breaker, Metric):
            columns.append(_whole(next(measured).by_id, breaker.higher_is_better)[0])
        elif breaker == FIRST_TO_GET_THERE:
            columns.append({id_: found.last_at for id_, found in by_id.items()})
        else:
            raise Unworkable("no-tie-breaker", board=board.id, found=breaker)
    first, *others = columns
    keys = {
        id_: (value, *((id_ not in column, column.get(id_, 0)) for column in others))
        for id_, value in first.items()
        if id_ != UNASSIGNED
    }
    return _Order(keys, scale)


def _placed(board: Board, entries: list[Place], order: _Order) -> list[Place]:
    """All entries in their order, with rank, gap and bar. Standings in which everybody has zero are not
    ranked."""
    by_name = sorted(entries, key=_by_name)
    ranked = [entry for entry in by_name if entry.id in order.keys]
    if not any(entry.value for entry in ranked):
        return by_name
    ranked.sort(key=lambda entry: order.keys[entry.id])
    keys = [order.keys[entry.id] for entry in ranked]
    ranks = _ranks(board.rank_style, keys)
    values: list[int] = [key[0] for key in keys]
    longest = max(map(abs, values)) * (-1 if board.metric.higher_is_better else 1)
    places = [
        Place(
            rank,
            entry.id,
            entry.name,
            entry.value,
            gap=None if gap is None else Fraction(gap, order.scale),
            sample=entry.sample,
            last_at=entry.last_at,
            reason=entry.reason,
            bar=max(0.0, value / longest),
        )
        for entry, rank, gap, value in zip(ranked, ranks, _gaps(values, ranks), values, strict=True)
    ]
    return places + [entry for entry in by_name if entry.id not in order.keys]


def _by_name(place: Place) -> tuple[bool, str, str]:
    return place.id == UNASSIGNED, place.name.casefold(), place.id


def _ranks(style: RankStyle, keys: list[tuple[Any, ...]]) -> list[int]:
    """The rank of each, in order: 1-2-2-4, 1-2-2-3 or 1-2-3-4."""
    ranks: list[int] = []
    for index, key in enumerate(keys):
        tied = index > 0 and key == keys[index - 1] and style is not RankStyle.ORDINAL
        if tied:
            ranks.append(ranks[-1])
        elif style is RankStyle.DENSE and ranks:
            ranks.append(ranks[-1] + 1)
        else:
            ranks.append(index + 1)
    return ranks


def _gaps(values: list[int], ranks: list[int]) -> list[int | None]:
    """Each one's distance to the nearest better rank; the leader's to whoever follows, none among shared
    leaders.

    ``values`` are signed so that they never fall.
    """
    leaders = ranks.count(ranks[0])
    first = 0 if leaders > 1 else values[1] - values[0] if len(values) > 1 else None
    gaps: list[int | None] = [first] * leaders
    better = values[0]
    for index in range(leaders, len(values)):
        if ranks[index] != ranks[index - 1]:
            better = values[index - 1]
        gaps.append(values[index] - better)
    return gaps


def _top(board: Board, places: list[Place]) -> tuple[tuple[Place, ...], dict[str, Message]]:
    """The places within the board's top-N (ties at its end included), and why the others are not shown."""
    if not board.top:
        return tuple(places), {}
    ranked = [place for place in places if place.rank is not None]
    last = ranked[min(board.top, len(ranked)) - 1].rank if ranked else 0
    kept = tuple(place for place in ranked if (place.rank or 0) <= (last or 0))
    ids = {place.id for place in kept}
    beyond = {place.id: message("beyond-top", top=board.top) for place in places if place.id not in ids}
    return kept, beyond


# ---------------------------------------------------------------------------- movement


def movement_baseline_ms(board: Board, calendar: Calendar, at_ms: int) -> int | None:
    """The instant before which facts count for the baseline; None when it is the last change (handed in)."""
    if board.movement is Since.LAST_CHANGE:
        return None
    if board.movement is Since.PERIOD:
        return resolve(board.period, calendar, at_ms).start_ms
    return day_start_ms(calendar, at_ms)


def baseline(
    board: Board, directory: Directory, calendar: Calendar, figures: Figures, at_ms: int
) -> Standings | None:
    """What movement is measured against, None when that is the last change (whose standings the caller
    keeps).

    Since the day: the same period as it stood when the office day began. Since the period: the order in which
    people came into it, the final standings of the period before. People are those of ``at_ms`` in both.
    """
    before_ms = movement_baseline_ms(board, calendar, at_ms)
    if before_ms is None:
        return None
    if board.movement is Since.PERIOD:
        interval = previous(board.period, calendar, at_ms)
    else:
        interval = _until(resolve(board.period, calendar, at_ms), before_ms)
    return work_out(replace(board, top=0), directory, calendar, figures, at_ms, interval=interval)


def with_movement(now: Standings, before: Standings | None) -> Standings:
    """The standings with everybody's movement since ``before``; without earlier ranks nobody has moved or
    entered."""
    ranks = {place.id: place.rank for place in before.places} if before else {}
    if not any(ranks.values()):
        return replace(now, places=tuple(p._replace(movement=None, entered=False) for p in now.places))
    return replace(now, places=tuple(_moved(place, ranks.get(place.id)) for place in now.places))


def _moved(place: Place, before: int | None) -> Place:
    if place.rank is None or before is None:
        return place._replace(movement=None, entered=place.rank is not None)
    return place._replace(movement=before - place.rank, entered=False)


# ---------------------------------------------------------------------------- the finished period


class Shown(NamedTuple):
    """A board's standings, and whether they are the finished period's ("Final · October")."""

    standings: Standings
    final: bool


def shown(
    board: Board,
    directory: Directory,
    calendar: Calendar,
    figures: Figures,
    at_ms: int,
    before: Callable[[], Standings | None] | None = None,
) -> Shown:
    """The board with its movement; on a period's first day and before its first fact, the period before,
    final. ``before`` gives the baseline of whoever keeps it (see ``baseline``)."""
    now = work_out(board, directory, calendar, figures, at_ms)
    first_day = day_start_ms(calendar, at_ms) == now.interval.start_ms
    if first_day and not now.has_facts:
        finished = previous(board.period, calendar, at_ms)
        final = work_out(board, directory, calendar, figures, at_ms, interval=finished)
        if final.ranked:
            return Shown(final, True)
    earlier = before() if before else baseline(board, directory, calendar, figures, at_ms)
    return Shown(with_movement(now, earlier), False)
