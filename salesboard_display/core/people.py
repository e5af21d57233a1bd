"""People and their dated team membership, and the directory that resolves identities to them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import NamedTuple


class PersonRecord(NamedTuple):
    """What a source says about one person: the identity there, the name, and perhaps a team from–to.

    ``from_ms``/``to_ms`` bound the membership (half-open, ms UTC); None means open-ended. ``left_ms``: when
    the person left the company. ``picture`` is a local path or "". ``shared_id`` is a number that other
    sources carry for the same person, say an employee number, "" for none.
    """

    external_id: str
    name: str
    email: str = ""
    team: str = ""
    region: str = ""
    from_ms: int | None = None
    to_ms: int | None = None
    left_ms: int | None = None
    picture: str = ""
    shared_id: str = ""


@dataclass(frozen=True, slots=True)
class Membership:
    """A person belongs to ``team_id`` in the half-open interval [from_ms, to_ms); None is open-ended."""

    team_id: str
    from_ms: int | None = None
    to_ms: int | None = None

    def covers(self, at_ms: int) -> bool:
        """Whether the membership holds at the instant."""
        return (self.from_ms is None or self.from_ms <= at_ms) and (self.to_ms is None or at_ms < self.to_ms)


@dataclass(frozen=True, slots=True)
class Team:
    """A team; ``region`` is the name of the region it belongs to, "" for none. The company is all teams."""

    id: str
    name: str
    region: str = ""


@dataclass(frozen=True, slots=True)
class Person:
    """Who gets the credit. ``identities`` are store ids of this person's identities at the sources."""

    id: str
    name: str
    identities: frozenset[int] = frozenset()
    memberships: tuple[Membership, ...] = ()
    alias: str = ""
    picture: str = ""
    left_ms: int | None = None
    privacy: str = "open"

    def team_at(self, at_ms: int) -> str:
        """The id of the team the person belongs to at the instant, "" for none; the later-listed wins an
        overlap."""
        return next((m.team_id for m in reversed(self.memberships) if m.covers(at_ms)), "")


UNASSIGNED = "unassigned"
"""Id of the pseudo person and team that facts of unknown people count under."""


@dataclass(frozen=True, slots=True)
class Directory:
    """Everybody the store knows: people, teams, and the identities that belong to nobody yet."""

    people: Mapping[str, Person] = field(default_factory=lambda: MappingProxyType({}))
    teams: Mapping[str, Team] = field(default_factory=lambda: MappingProxyType({}))
    unassigned: frozenset[int] = frozenset()

    def owner_of(self) -> dict[int, str]:
        """Identity id → person id, for every known identity (unassigned ones → UNASSIGNED)."""
        owners = {identity: person.id for person in self.people.values() for identity in person.identities}
        owners.update(dict.fromkeys(self.unassigned, UNASSIGNED))
        return owners
