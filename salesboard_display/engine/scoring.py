"""Works boards out again when something they rest on changed, and only then."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import NamedTuple

from salesboard_display.core.definitions import Board, Metric, Since
from salesboard_display.core.figures import Figures, Select
from salesboard_display.core.metrics import selects_of as asked_by
from salesboard_display.core.people import Directory
from salesboard_display.core.periods import Calendar, Interval, day_start_ms, resolve
from salesboard_display.core.standings import Standings, baseline, movement_baseline_ms, shown, with_movement
from salesboard_display.core.sync import Applied

LOOK_AHEAD_MS = 24 * 3_600_000


@dataclass(frozen=True, slots=True)
class Scored:
    """A board worked out: before privacy, which belongs to where it is shown. ``final``: the finished
    period's."""

    board: Board
    standings: Standings
    final: bool
    day_start_ms: int
    interval: Interval
    next_fact_ms: int
    """When the next fact already known will have happened, so that the board is due again."""


class _Baseline(NamedTuple):
    """Standings that movement is measured against, from facts before ``end_ms``."""

    end_ms: int
    standings: Standings | None


class Scorer:
    """Keeps the last standings of every board and knows which are due."""

    def __init__(self, boards: Iterable[Board], calendar: Calendar) -> None:
        self.boards = {board.id: board for board in boards}
        self.calendar = calendar
        self.scored: dict[str, Scored] = {}
        self._before: dict[str, Standings] = {}
        self._baselines: dict[str, _Baseline] = {}

    def keep(self, boards: Iterable[Board]) -> None:
        """The boards there are from now on; the standings of those that are as before stay."""
        before, self.boards = self.boards, {board.id: board for board in boards}
        changed = [id_ for id_, board in before.items() if self.boards.get(id_) != board]
        for id_ in changed:
            self.scored.pop(id_, None)
            self._before.pop(id_, None)
            self._baselines.pop(id_, None)

    def due(self, at_ms: int, touched: Collection[str] | None) -> list[Board]:
        """Boards to be worked out again: those with facts of the ``touched`` kinds (None: all), those whose
        period or
        office day has rolled over, and those for which a fact known before has now happened."""
        return [board for board in self.boards.values() if self._is_due(board, at_ms, touched)]

    def forget(self, applied: Applied) -> None:
        """A sync changed facts or people: baselines that rest on them are worked out anew."""
        if applied.people_changed:
            self._baselines.clear()
        days = {kind: touched[0] for kind, touched in applied.touched if touched}
        for id_, kept in list(self._baselines.items()):
            board = self.boards.get(id_)
            if board is None or any(days.get(kind, kept.end_ms) < kept.end_ms for kind in kinds_of(board)):
                del self._baselines[id_]

    def work_out(self, board: Board, directory: Directory, figures: Figures, at_ms: int) -> Scored:
        """The board now; what is due next is kept with it."""

        def before() -> Standings | None:
            return self._baseline(board, directory, figures, at_ms)

        standings, final = shown(board, directory, self.calendar, figures, at_ms, before)
        if board.movement is Since.LAST_CHANGE and not final:
            standings = self._since_last_change(board, standings)
        interval = resolve(board.period, self.calendar, at_ms)
        next_fact_ms = _next_fact_ms(board, figures, interval, at_ms)
        scored = Scored(board, standings, final, day_start_ms(self.calendar, at_ms), interval, next_fact_ms)
        self.scored[board.id] = scored
        return scored

    def _baseline(self, board: Board, directory: Directory, figures: Figures, at_ms: int) -> Standings | None:
        """What movement is measured against; it stays the same as long as nothing before it changes."""
        end_ms = movement_baseline_ms(board, self.calendar, at_ms)
        if end_ms is None:
            return None
        kept = self._baselines.get(board.id)
        if kept is None or kept.end_ms != end_ms:
            standings = baseline(board, directory, self.calendar, figures, at_ms)
            kept = self._baselines[board.id] = _Baseline(end_ms, standings)
        return kept.standings

    def next_due_ms(self, at_ms: int) -> int:
        """The next instant at which any board is due by the clock alone."""
        dues = [min(s.next_fact_ms, s.interval.end_ms) for s in self.scored.values()]
        return min((due for due in dues if due > at_ms), default=at_ms + LOOK_AHEAD_MS)

    def _is_due(self, board: Board, at_ms: int, touched: Collection[str] | None) -> bool:
        last = self.scored.get(board.id)
        if touched is None or last is None or not kinds_of(board).isdisjoint(touched):
            return True
        if last.day_start_ms != day_start_ms(self.calendar, at_ms) or at_ms < last.standings.at_ms:
            return True
        return not last.interval.holds(at_ms) or last.next_fact_ms <= at_ms

    def _since_last_change(self, board: Board, now: Standings) -> Standings:
        """Movement against the standings before the last change of ranks, which are kept here."""
        last = self.scored.get(board.id)
        if last is not None and _ranks(last.standings) != _ranks(now):
            self._before[board.id] = last.standings
        return with_movement(now, self._before.get(board.id))


def _next_fact_ms(board: Board, figures: Figures, interval: Interval, at_ms: int) -> int:
    """When the next fact known already will have happened, within the period and a day at most.

    The store is asked about this stretch of time alone, in which there is seldom anything.
    """
    until = min(interval.end_ms, at_ms + LOOK_AHEAD_MS)
    found = until
    for select in selects_of(board):
        rows = figures.facts(select, at_ms + 1, until)
        found = min(found, rows[0].occurred_at if rows else until)
    return found


def _ranks(standings: Standings) -> list[tuple[str, int | None]]:
    return [(place.id, place.rank) for place in standings.places]


def selects_of(board: Board) -> list[Select]:
    """Every select that decides a board: its metric's and its tie-breakers'."""
    metrics = [board.metric, *(breaker for breaker in board.tie_breakers if isinstance(breaker, Metric))]
    return [select for metric in metrics for select in asked_by(metric)]


def kinds_of(board: Board) -> frozenset[str]:
    """The kinds of fact a board rests on."""
    return frozenset(kind for select in selects_of(board) for kind in select.kinds)
