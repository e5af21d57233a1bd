"""Challenges: contests with a frozen rule, a window, participants and winners."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any, Literal

from salesboard_display.core.credit import Piece, pieces
from salesboard_display.core.definitions import (
    FIRST_TO_GET_THERE,
    Board,
    Challenge,
    ChallengeFormat,
    Period,
    PeriodKind,
)
from salesboard_display.core.figures import Figures
from salesboard_display.core.frozen import freeze, thaw
from salesboard_display.core.lines import counted_lines, reached_at
from salesboard_display.core.metrics import AGGREGATES
from salesboard_display.core.people import UNASSIGNED, Directory
from salesboard_display.core.periods import Calendar, Interval
from salesboard_display.core.standings import Place, Standings, work_out

__all__ = [
    "FORMATS",
    "SHARED",
    "ChallengeState",
    "Contest",
    "Decision",
    "FormatRule",
    "challenge_state",
    "check",
    "freeze",
    "rule_in_force",
    "thaw",
]

SHARED = "shared"
"""Tie-break: equals share the place."""

Phase = Literal["upcoming", "running", "finished"]
_UTC = Calendar("UTC")
_UNUSED = Period(PeriodKind.TODAY)


@dataclass(frozen=True, slots=True)
class ChallengeState:
    """A challenge worked out at an instant.

    ``winners`` are known once it is ``finished``, which *first to N* is at ``decided_ms``, when somebody got
    there. ``gap`` is the leader's lead over ``second``; both are None without.
    """

    challenge: Challenge
    phase: Phase
    at_ms: int
    ends_ms: int
    places: tuple[Place, ...] = ()
    winners: tuple[Place, ...] = ()
    leader: Place | None = None
    second: Place | None = None
    gap: Fraction | None = None
    decided_ms: int | None = None


@dataclass(frozen=True, slots=True)
class Decision:
    """What a format makes of the standings: places in its order, who has won so far, and since when it is
    decided."""

    places: tuple[Place, ...]
    winners: frozenset[str] = frozenset()
    decided_ms: int | None = None


@dataclass(frozen=True, slots=True)
class Contest:
    """What a format decides on: the standings of all participants, and a way to ask who got to the goal
    when."""

    challenge: Challenge
    standings: Standings
    reached: Callable[[], dict[str, int]]


@dataclass(frozen=True, slots=True)
class FormatRule:
    """How one format is won; adding a format is adding one of these to FORMATS."""

    says: str
    decide: Callable[[Contest], Decision]
    needs_goal: bool = False


def _most_by_the_end(contest: Contest) -> Decision:
    places = contest.standings.places
    return Decision(places, frozenset(place.id for place in places if place.rank == 1))


def _first_to(contest: Contest) -> Decision:
    """Those who reached the goal come first, in the order in which they did; simultaneous ones share the
    place."""
    reached = contest.reached()
    there = [place for place in contest.standings.places if place.id in reached]
    there.sort(key=lambda place: reached[place.id])
    others = [place for place in contest.standings.places if place.id not in reached]
    instants = [reached[place.id] for place in there]
    ranked = [
        place._replace(rank=1 + instants.index(instant), gap=None)
        for place, instant in zip(there, instants, strict=True)
    ]
    ranks = [place.rank for place in others if place.rank is not None]
    following = [
        place._replace(rank=len(there) + 1 + ranks.index(place.rank)) if place.rank is not None else place
        for place in others
    ]
    winners = frozenset(place.id for place in ranked if place.rank == 1)
    return Decision((*ranked, *following), winners, min(instants, default=None))


FORMATS: dict[ChallengeFormat, FormatRule] = {
    ChallengeFormat.FIRST_TO: FormatRule("who reaches the goal first wins", _first_to, needs_goal=True),
    ChallengeFormat.MOST_BY_END: FormatRule("who has the most at the end wins", _most_by_the_end),
}
"""Every format by name."""


def check(challenge: Challenge) -> None:
    """Raises ValueError for a challenge that cannot be held, naming what is wrong."""
    wrong = _what_is_wrong(challenge)
    if wrong:
        raise ValueError(f"challenge {challenge.id}: {wrong}")


def _what_is_wrong(challenge: Challenge) -> str:
    if challenge.end_ms <= challenge.start_ms:
        return "it ends before it starts"
    if challenge.tie_break not in (FIRST_TO_GET_THERE, SHARED):
        return f"no tie break {challenge.tie_break!r}; there are: {FIRST_TO_GET_THERE}, {SHARED}"
    if not FORMATS[challenge.format].needs_goal:
        return ""
    if challenge.goal <= 0:
        return "it needs a goal above zero"
    if not AGGREGATES[challenge.metric.aggregate].additive:
        return "a running total needs a sum, count, score or distinct"
    return ""


def challenge_state(
    challenge: Challenge, directory: Directory, figures: Figures, at_ms: int
) -> ChallengeState:
    """The challenge at ``at_ms``: from facts that happened in its window, up to and including that instant.

    Facts learned or corrected after the end count by when they happened. Who takes part and in which team
    stands as it was at the end; who left since then is not shown. Raises ValueError (see check).
    """
    check(challenge)
    if at_ms < challenge.start_ms:
        return ChallengeState(challenge, "upcoming", at_ms, challenge.end_ms)
    moment = min(at_ms, challenge.end_ms - 1)
    window = Interval(challenge.start_ms, moment + 1)
    standings = work_out(_board(challenge), directory, _UTC, figures, moment, interval=window)
    standings = replace(standings, places=tuple(p for p in standings.places if p.id != UNASSIGNED))
    contest = Contest(challenge, standings, lambda: _reached(challenge, directory, figures, standings))
    decision = FORMATS[challenge.format].decide(contest)
    over = at_ms >= challenge.end_ms or decision.decided_ms is not None
    places = tuple(place for place in decision.places if not _has_left(directory, place, at_ms))
    ranked = [place for place in places if place.rank is not None]
    leader, second = (*ranked[:2], None, None)[:2]
    return ChallengeState(
        challenge,
        "finished" if over else "running",
        at_ms,
        challenge.end_ms,
        places,
        tuple(place for place in ranked if place.id in decision.winners) if over else (),
        leader,
        second,
        _lead(leader, second),
        decision.decided_ms,
    )


def _board(challenge: Challenge) -> Board:
    """A challenge's standings are those of a board over its window."""
    return Board(
        id=challenge.id,
        title=challenge.title,
        metric=challenge.metric,
        period=_UNUSED,
        level=challenge.level,
        participants=challenge.participants,
        tie_breakers=(FIRST_TO_GET_THERE,) if challenge.tie_break == FIRST_TO_GET_THERE else (),
    )


def _reached(
    challenge: Challenge, directory: Directory, figures: Figures, standings: Standings
) -> dict[str, int]:
    """When each participant got to the goal. Facts are read only of those who stand there or may have fallen
    back."""
    credit = pieces(challenge.level, directory, standings.interval)
    falling = _may_have_fallen(challenge, figures, credit)
    known = [place for place in standings.places if place.value is not None]
    who = {place.id for place in known if (place.value or 0) >= challenge.goal or place.id in falling}
    if not who:
        return {}
    return reached_at(counted_lines(challenge.metric, figures, credit, who), challenge.goal)


def _may_have_fallen(challenge: Challenge, figures: Figures, credit: list[Piece]) -> set[str | None]:
    """Whose running total may have stood higher than it ends: those with a refund or a negative quantity."""
    metric = challenge.metric
    costs = any(weight < 0 for _, weight in metric.weights)
    return {
        piece.owner(partial.identity)
        for select in AGGREGATES[metric.aggregate].selects(metric)
        for piece in credit
        for partial in figures.partials(select, piece.start_ms, piece.end_ms, piece.identities)
        if costs or partial.min_quantity < 0 or (partial.min_amount or 0) < 0
    }


def _has_left(directory: Directory, place: Place, at_ms: int) -> bool:
    person = directory.people.get(place.id)
    return person is not None and person.left_ms is not None and person.left_ms <= at_ms


def _lead(leader: Place | None, second: Place | None) -> Fraction | None:
    if leader is None or second is None or leader.value is None or second.value is None:
        return None
    return abs(leader.value - second.value)


def rule_in_force(
    challenge: Challenge, frozen: dict[str, Any] | None, at_ms: int
) -> tuple[Challenge, dict[str, Any] | None]:
    """The challenge that counts, and the rule to keep from now on, if one is to be frozen at this instant.

    Before the start the manager's latest word counts; from then on what was frozen, whatever is edited. The
    title and the prize's wording are part of the rule.
    """
    if frozen is not None:
        return thaw(frozen), None
    return challenge, freeze(challenge) if at_ms >= challenge.start_ms else None
