"""Ticker: which events become items of the line at the bottom; privacy and kindness are decided here."""

from __future__ import annotations

from collections.abc import Container, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from salesboard_display.core.challenges import ChallengeState
from salesboard_display.core.definitions import Unit, UnitKind
from salesboard_display.core.figures import FactRow
from salesboard_display.core.messages import Arg, Figure, Instant, Message, message
from salesboard_display.core.money import to_major
from salesboard_display.core.people import UNASSIGNED, Directory, Person
from salesboard_display.core.privacy import (
    OPEN,
    apply_to_places,
    hides_figures,
    person_shown,
)
from salesboard_display.core.standings import Place, Standings


@dataclass(frozen=True, slots=True)
class Announcement:
    """One item: ``icon`` and ``colour`` as in snapshot.TickerItem; ``urgent`` ones are the next to enter."""

    id: str
    message: Message
    icon: str = "info"
    urgent: bool = False
    colour: str = "text"


FactKey = tuple[str, str]


class Wins(NamedTuple):
    """New wins, and every fact seen so far: hand it in again next time."""

    items: tuple[Announcement, ...]
    seen: frozenset[FactKey]


def wins(
    rows: Sequence[FactRow],
    seen: frozenset[FactKey] | None,
    directory: Directory,
    at_ms: int,
    *,
    preset: str = OPEN,
    among: Container[str] | None = None,
) -> Wins:
    """The wins among the recent ``rows`` (credited lines of won facts) whose facts were never seen before.

    ``seen`` None (at the start) announces nothing. A revised fact, and one that was withdrawn and came back,
    has been seen; refunds are no wins. People who are hidden, have left or are unknown are not named;
    ``among`` limits to these person ids (top-N).
    """
    keys = {(row.source, row.key) for row in rows}
    if seen is None:
        return Wins((), frozenset(keys))
    fresh: dict[FactKey, list[FactRow]] = {}
    for row in rows:
        if (row.source, row.key) not in seen:
            fresh.setdefault((row.source, row.key), []).append(row)
    owners = directory.owner_of()
    items = []
    for key, lines in fresh.items():
        people = [directory.people.get(owners.get(line.identity, UNASSIGNED)) for line in lines]
        winners = [person for person in people if _may_win(person, at_ms, among)]
        item = _win(key, lines, [p for p in winners if p is not None], preset)
        if item is not None:
            items.append(item)
    return Wins(tuple(items), seen | keys)


def _may_win(person: Person | None, at_ms: int, among: Container[str] | None) -> bool:
    if person is None or (among is not None and person.id not in among):
        return False
    return person.left_ms is None or person.left_ms > at_ms


def _win(key: FactKey, lines: list[FactRow], winners: list[Person], preset: str) -> Announcement | None:
    amounts = [line.amount_minor for line in lines if line.amount_minor is not None]
    if sum(amounts) < 0 or sum(line.quantity_milli for line in lines) < 0:
        return None
    shown = [person_shown(person, preset) for person in winners]
    names = [each.name for each in shown if each is not None and each.name]
    if not names:
        return None
    currency = lines[0].currency
    unit = Unit(UnitKind.MONEY, currency)
    name = " + ".join(dict.fromkeys(names))
    if amounts and currency and not hides_figures(preset, unit):
        said = message("ticker-win", name=name, figure=Figure(to_major(sum(amounts), currency), unit))
    else:
        said = message("ticker-win-count", name=name, kind=lines[0].kind)
    return Announcement(f"win:{key[0]}:{key[1]}", said, "star", True, "gold")


# ---------------------------------------------------------------------------- rank changes


def rank_news(before: Standings | None, now: Standings, title: str) -> tuple[Announcement, ...]:
    """What changed for the better between two published standings (privacy applied) of the same period.

    A new leader, and everybody who climbed by a better value of his own: nobody who merely gained from a
    take-back, nobody who fell, and nobody on the last rank.
    """
    if before is None or before.interval.start_ms != now.interval.start_ms or not before.ranked:
        return ()
    old = {place.id: place for place in before.ranked}
    last = max((place.rank or 0 for place in now.ranked), default=0)
    leaders = sum(place.rank == 1 for place in now.ranked)
    items: list[Announcement] = []
    for place in now.ranked:
        earlier = old.get(place.id)
        if not place.name or not _improved(earlier, place):
            continue
        rank, was = place.rank or 0, earlier.rank if earlier else None
        if rank == 1 and leaders == 1:
            said = message("ticker-lead", name=place.name, board=title)
            items.append(Announcement(f"lead:{now.board_id}:{place.id}:{now.at_ms}", said, "up", True, "up"))
        elif was is not None and rank < last:
            said = message("ticker-rise", name=place.name, rank=rank, board=title)
            items.append(Announcement(f"rise:{now.board_id}:{place.id}:{now.at_ms}", said, "up", False, "up"))
    return tuple(items)


def _improved(before: Place | None, now: Place) -> bool:
    """Whether the place got a better rank by a change of its own value (hidden values: of its bar)."""
    if before is None:
        return True
    changed = before.value != now.value if now.value is not None else before.bar != now.bar
    return changed and (now.rank or 0) < (before.rank or 0)


# ---------------------------------------------------------------------------- challenges


def challenge_news(
    before: ChallengeState | None,
    now: ChallengeState,
    people: Directory,
    *,
    preset: str = OPEN,
    top: int = 3,
) -> Announcement | None:
    """How a challenge stands: leader, how far the second is behind, when it ends; urgent in the moment it is
    won."""
    challenge = now.challenge
    places = apply_to_places(
        now.places, preset, people.people, challenge.level, unit=challenge.metric.unit, top=top
    )
    ends, title = Instant(now.ends_ms), challenge.title
    if now.phase == "upcoming":
        said = message("ticker-challenge-upcoming", title=title, starts=Instant(challenge.start_ms))
        return Announcement(f"challenge:{challenge.id}", said, "timer")
    named = [place for place in places if place.rank is not None and place.name]
    if now.phase == "finished":
        fresh = before is not None and before.phase != "finished"
        return Announcement(f"challenge:{challenge.id}", _result(now, named), "flag", fresh, "gold")
    if named and named[0].rank == 1:
        said = _running(now, named, hides_figures(preset, challenge.metric.unit))
    elif now.leader is None:
        said = message("ticker-challenge-open", title=title, ends=ends)
    else:
        return None  # somebody leads who may not be named
    return Announcement(f"challenge:{challenge.id}", said, "timer")


def _result(state: ChallengeState, named: list[Place]) -> Message:
    winners = [place.name for place in named if place.rank == 1] if state.winners else []
    title = state.challenge.title
    if len(winners) > 1:
        return message("ticker-challenge-shared", title=title, winners=", ".join(winners))
    if winners:
        return message("ticker-challenge-won", leader=winners[0], title=title)
    return message("ticker-challenge-over", title=title)


def _running(state: ChallengeState, named: list[Place], hidden: bool) -> Message:
    challenge, leader = state.challenge, named[0]
    args: dict[str, Arg] = {"title": challenge.title, "leader": leader.name}
    ends = Instant(state.ends_ms)
    second = named[1] if len(named) > 1 else None
    if hidden or leader.value is None:
        return message("ticker-challenge-hidden", **args, ends=ends)
    if second is not None and leader.value == second.value:  # also where a tie-break ranks them
        return message("ticker-challenge-level", **args, second=second.name, ends=ends)
    id_ = "ticker-challenge"
    args["value"] = Figure(leader.value, challenge.metric.unit)
    if challenge.goal > 0:
        id_ += "-goal"
        args["goal"] = Figure(challenge.goal, challenge.metric.unit)
    if second is not None and second.value is not None and len(state.places) > 2:
        id_ += "-gap"
        args["second"] = second.name
        args["gap"] = Figure(abs(leader.value - second.value), challenge.metric.unit)
    return message(id_, **args, ends=ends)
