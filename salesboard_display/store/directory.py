"""The directory: what rosters and facts know about people, under the manager's word."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from types import MappingProxyType
from typing import Any, NamedTuple

from sqlalchemy import Connection, select

from salesboard_display.core.people import Directory, Membership, Person, Team
from salesboard_display.store.people import FACT
from salesboard_display.store.schema import identity, membership, person, source, team
from salesboard_display.store.slugs import normal


class PersonWord(NamedTuple):
    """What the manager says about one person; it outweighs the sources. Empty and None mean: as the
    sources say.

    ``identities`` are (source, external id) pairs that belong to this person, whatever sources make of them.
    """

    id: str
    name: str = ""
    alias: str = ""
    picture: str = ""
    left_ms: int | None = None
    privacy: str = "open"
    memberships: tuple[Membership, ...] | None = None
    identities: tuple[tuple[str, str], ...] = ()


class IdentityRow(NamedTuple):
    """One identity at a source and the person it counts for, "" while it is unassigned."""

    id: int
    source: str
    external_id: str
    person_id: str


def as_text(people: Iterable[PersonWord], teams: Iterable[Team]) -> str:
    """The manager's word as one text, for the store."""
    words = [
        {**word._asdict(), "memberships": word.memberships and [_plain(m) for m in word.memberships]}
        for word in sorted(people)
    ]
    plain_teams = [[t.id, t.name, t.region] for t in sorted(teams, key=lambda t: t.id)]
    return json.dumps({"people": words, "teams": plain_teams}, ensure_ascii=False)


def _plain(one: Membership) -> list[Any]:
    return [one.team_id, one.from_ms, one.to_ms]


def _from_text(text: str | None) -> tuple[list[PersonWord], list[Team]]:
    said = json.loads(text) if text else {"people": [], "teams": []}
    words = [
        PersonWord(
            **{
                **word,
                "memberships": None
                if word["memberships"] is None
                else tuple(Membership(*one) for one in word["memberships"]),
                "identities": tuple((name, external_id) for name, external_id in word["identities"]),
            }
        )
        for word in said["people"]
    ]
    return words, [Team(*one) for one in said["teams"]]


class _Known:
    """The tables' side, in the shape the overlay needs."""

    def __init__(self, connection: Connection) -> None:
        self.sources = {row.source_id: row for row in connection.execute(select(source))}
        self.identities = list(connection.execute(select(identity)))
        self.people = {row.person_id: row for row in connection.execute(select(person))}
        self.teams = {row.team_id: row for row in connection.execute(select(team))}
        self.memberships: defaultdict[int, list[Any]] = defaultdict(list)
        for row in connection.execute(select(membership)):
            self.memberships[row.person_id].append(row)
        self.a_roster_exists = any(row.roster for row in self.identities)

    def counts_for(self, row: Any) -> int | None:
        """The person an identity counts for. People that only facts name count where nobody keeps a
        roster, or where the source's unknown people are wanted."""
        if row.person_id is None or self.people[row.person_id].origin != FACT:
            return None if row.person_id is None else int(row.person_id)
        policy = self.sources[row.source_id].unknown_people
        wanted = policy == "create" or (policy == "auto" and not self.a_roster_exists)
        return int(row.person_id) if wanted else None

    def teams_of(self, number: int) -> tuple[Membership, ...]:
        """A person's memberships, the later ones last."""
        rows = sorted(
            self.memberships[number], key=lambda m: (m.source_id, m.from_at is not None, m.from_at or 0)
        )
        return tuple(Membership(self.teams[row.team_id].slug, row.from_at, row.to_at) for row in rows)

    def left(self, identities: Sequence[Any]) -> int | None:
        """When the person left: as the first roster that says so has it, or when the last roster that had
        them no longer did."""
        stated = [row.left_at for row in identities if row.left_at is not None]
        gone = [row.gone_at for row in identities if row.roster]
        if stated or not gone or None in gone:
            return min(stated, default=None)
        return int(max(gone))


def read_directory(connection: Connection, word: str | None) -> Directory:
    """Everybody, with the manager's word laid over what sources say. No fact is touched by either."""
    known = _Known(connection)
    words, team_words = _from_text(word)
    slugs = _claimed_slugs(known, words)
    claimed = {pair: w.id for w in words for pair in w.identities}
    owned: defaultdict[str, set[int]] = defaultdict(set)
    rows_of: defaultdict[int, list[Any]] = defaultdict(list)
    based_on: dict[str, int] = {}
    unassigned: set[int] = set()
    for row in known.identities:
        number = known.counts_for(row)
        if number is not None:
            rows_of[number].append(row)
        own = claimed.get((known.sources[row.source_id].name, row.external_id))
        if own is not None and number is not None:
            based_on.setdefault(own, number)
        own = own or slugs.get(number or 0)
        if own is None:
            unassigned.add(row.identity_id)
        else:
            owned[own].add(row.identity_id)
    people = {
        slugs[number]: _stated(known, number, slugs[number], owned[slugs[number]], rows)
        for number, rows in rows_of.items()
        if owned.get(slugs[number])  # else the manager gave every identity to somebody else
    }
    for w in words:
        number = based_on.get(w.id)
        base = people.get(w.id) or (number and _stated(known, number, w.id, owned[w.id], rows_of[number]))
        people[w.id] = _said(w, base or Person(w.id, w.name or w.id), frozenset(owned[w.id]))
    teams = {row.slug: Team(row.slug, row.name, row.region) for row in known.teams.values()}
    for t in team_words:
        teams[t.id] = replace(t, region=t.region or (teams[t.id].region if t.id in teams else ""))
    return Directory(MappingProxyType(people), MappingProxyType(teams), frozenset(unassigned))


def _claimed_slugs(known: _Known, words: Sequence[PersonWord]) -> dict[int, str]:
    """Person → id: the slug, or the id under which the manager speaks of somebody of exactly that name."""
    slugs = {number: row.slug for number, row in known.people.items()}
    taken = set(slugs.values())
    by_name: defaultdict[str, list[int]] = defaultdict(list)
    for number, row in known.people.items():
        by_name[normal(row.name)].append(number)
    for word in words:
        namesakes = by_name.get(normal(word.name), []) if word.name and word.id not in taken else []
        if len(namesakes) == 1:
            slugs[namesakes[0]] = word.id
    return slugs


def _stated(known: _Known, number: int, own: str, identities: set[int], rows: list[Any]) -> Person:
    """A person as sources state them."""
    row = known.people[number]
    return Person(
        id=own,
        name=row.name,
        identities=frozenset(identities),
        memberships=known.teams_of(number),
        picture=row.picture,
        left_ms=known.left(rows),
    )


def _said(word: PersonWord, base: Person, identities: frozenset[int]) -> Person:
    """The person as the manager describes them."""
    return replace(
        base,
        name=word.name or base.name,
        identities=identities,
        memberships=base.memberships if word.memberships is None else word.memberships,
        alias=word.alias,
        picture=word.picture or base.picture,
        left_ms=base.left_ms if word.left_ms is None else word.left_ms,
        privacy=word.privacy,
    )


def identity_rows(connection: Connection, directory: Directory) -> list[IdentityRow]:
    """Every identity at every source with the person it counts for, by source and external id."""
    owners = {number: p.id for p in directory.people.values() for number in p.identities}
    rows = connection.execute(
        select(identity.c.identity_id, source.c.name, identity.c.external_id)
        .join(source, source.c.source_id == identity.c.source_id)
        .order_by(source.c.name, identity.c.external_id)
    )
    return [
        IdentityRow(number, name, external_id, owners.get(number, "")) for number, name, external_id in rows
    ]
