"""Who gets the credit: which person, team or region an identity's facts count for, piece by piece."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise
from typing import NamedTuple

from salesboard_display.core.definitions import Level
from salesboard_display.core.people import UNASSIGNED, Directory, Person
from salesboard_display.core.periods import Interval


class Piece(NamedTuple):
    """A stretch of time in which credit goes one way.

    ``identities`` None asks for everybody. ``owners`` names who gets the credit; None means the identity is
    counted in another piece; identities that are not listed count as unassigned.
    """

    start_ms: int
    end_ms: int
    identities: frozenset[int] | None
    owners: Mapping[int, str | None]

    def owner(self, identity: int) -> str | None:
        """Who gets the credit for the identity's facts in this piece, None when they are not counted here."""
        return self.owners.get(identity, UNASSIGNED)


def pieces(level: Level, directory: Directory, interval: Interval) -> list[Piece]:
    """The interval cut so that in each piece credit goes one way: to the team (or region) *at the time*.

    One piece covers everybody who belonged to the same team throughout; it is cut only for those who moved,
    and only where one of them did.
    """
    owners: dict[int, str | None] = dict.fromkeys(directory.unassigned, UNASSIGNED)
    movers: list[Person] = []
    cuts: set[int] = set()
    for person in directory.people.values():
        if level is Level.PERSON:
            owners.update(dict.fromkeys(person.identities, person.id))
            continue
        moves = [cut for cut in _boundaries(person) if interval.start_ms < cut < interval.end_ms]
        if moves and person.identities:
            movers.append(person)
            cuts.update(moves)
            owners.update(dict.fromkeys(person.identities))
        else:
            group = group_at(person, level, directory, interval.start_ms)
            owners.update(dict.fromkeys(person.identities, group or UNASSIGNED))
    whole = Piece(interval.start_ms, interval.end_ms, None, owners)
    return [whole, *_cut(level, directory, movers, [interval.start_ms, *sorted(cuts), interval.end_ms])]


def _cut(level: Level, directory: Directory, movers: list[Person], edges: list[int]) -> list[Piece]:
    if not movers:
        return []
    identities = frozenset().union(*(person.identities for person in movers))
    found: list[Piece] = []
    for start_ms, end_ms in pairwise(edges):
        owners: dict[int, str | None] = {}
        for person in movers:
            group = group_at(person, level, directory, start_ms) or UNASSIGNED
            owners.update(dict.fromkeys(person.identities, group))
        found.append(Piece(start_ms, end_ms, identities, owners))
    return found


def _boundaries(person: Person) -> set[int]:
    """Where any membership begins or ends."""
    return {edge for m in person.memberships for edge in (m.from_ms, m.to_ms) if edge is not None}


def group_at(person: Person, level: Level, directory: Directory, at_ms: int) -> str:
    """The id under which the person counts at the instant on this level; "" without a team or region."""
    if level is Level.PERSON:
        return person.id
    team = directory.teams.get(person.team_at(at_ms))
    if team is None:
        return ""
    return team.id if level is Level.TEAM else team.region


def belongs_to(person: Person, directory: Directory, at_ms: int) -> frozenset[str]:
    """Every id that names this person's part of the company at the instant: person, team, region.

    For somebody who has left, what held until then.
    """
    if person.left_ms is not None and person.left_ms <= at_ms:
        at_ms = person.left_ms - 1
    found = {group_at(person, level, directory, at_ms) for level in Level}
    return frozenset(found - {""})


def groups(level: Level, directory: Directory) -> dict[str, str]:
    """Id → name of everybody who can be ranked on the level, apart from UNASSIGNED."""
    if level is Level.PERSON:
        return {person.id: person.name for person in directory.people.values()}
    if level is Level.TEAM:
        return {team.id: team.name for team in directory.teams.values()}
    return {team.region: team.region for team in directory.teams.values() if team.region}
