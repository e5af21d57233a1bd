"""Who gets the credit: people, teams and memberships as rosters state them, and identities matched to
people."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any

from sqlalchemy import Connection, Table, Update, bindparam, delete, select, update

from salesboard_display.core.people import PersonRecord
from salesboard_display.store.codes import NEW_IDENTITY, Codes, insert_row
from salesboard_display.store.schema import identity, membership, person, source, team
from salesboard_display.store.slugs import normal, slug

Row = dict[str, Any]
ROSTER, FACT = "roster", "fact"


class Roll:
    """Everybody, read into memory for one change; ``changed`` tells whether anything was written."""

    def __init__(self, connection: Connection, codes: Codes) -> None:
        self._connection = connection
        self._codes = codes
        self.changed = False
        self._people: dict[int, Row] = _by_id(connection, person)
        self._teams: dict[int, Row] = _by_id(connection, team)
        self._identities: dict[int, Row] = _by_id(connection, identity)
        self._memberships: dict[int, Row] = _by_id(connection, membership)
        self._slugs = {row["slug"] for row in self._people.values()}
        self._names: defaultdict[str, set[int]] = defaultdict(set)
        self._emails: defaultdict[str, set[int]] = defaultdict(set)
        self._shared: defaultdict[str, set[int]] = defaultdict(set)
        self._present: frozenset[str] | None = None  # who is in the full roster that is being taken in
        self._sources: defaultdict[int, set[int]] = defaultdict(
            set
        )  # person → sources whose roster states them
        self._of_person: defaultdict[tuple[int, int], list[int]] = defaultdict(list)
        self._team_ids = {normal(row["name"]): number for number, row in self._teams.items()}
        self._policies = {row.source_id: row for row in connection.execute(select(source))}
        alive = {row["person_id"] for row in self._identities.values()}  # the others were merged away
        for number, row in self._people.items():
            if number in alive:
                self._index(number, row)
        for number, row in self._memberships.items():
            self._of_person[row["source_id"], row["person_id"]].append(number)
        self._first: dict[int, int] = {}  # person → the identity whose roster names them
        for number, row in sorted(self._identities.items()):
            if row["person_id"] is not None:
                self._index_shared(row)
            if row["person_id"] is not None and row["roster"]:
                self._sources[row["person_id"]].add(row["source_id"])
                self._first.setdefault(row["person_id"], number)
                self._names[normal(row["label"])].add(row["person_id"])

    # ----------------------------------------------------------------- rosters
    def state(self, source_id: int, records: Sequence[PersonRecord], now_ms: int, *, full: bool) -> None:
        """Take in what a source says about people; a full sync also says who is no longer there.

        Without dates a new team begins at ``now_ms``, where the old one ends: earlier credit stays with
        the old team.
        """
        stated: dict[int, int] = {}
        dated: defaultdict[int, list[PersonRecord]] = defaultdict(list)
        undated: dict[int, PersonRecord] = {}
        self._present = frozenset(record.external_id for record in records) if full else None
        for record in records:
            if not normal(record.name or record.external_id):
                continue
            number = self._codes.identity_id(self._connection, source_id, record.external_id)
            person_id = stated[number] = self._state_one(source_id, number, record)
            if record.from_ms is None and record.to_ms is None:
                undated[person_id] = record
            elif record.team:
                dated[person_id].append(record)
        for person_id, theirs in dated.items():
            self._state_dated(source_id, person_id, theirs, full=full)
        for person_id, record in undated.items():
            if person_id not in dated:
                self._state_team(source_id, person_id, record, now_ms)
        if full and stated:
            self._note_absent(source_id, stated.keys(), now_ms)

    def _state_one(self, source_id: int, number: int, record: PersonRecord) -> int:
        row = self._identities.get(number) or self._learn(number, source_id, record.external_id)
        name = record.name or record.external_id
        person_id = self._whose(row, source_id, record)
        if person_id is None:
            person_id = self._add_person(name, ROSTER)
        self._change(
            identity,
            number,
            person_id=person_id,
            label=name,
            roster=1,
            left_at=record.left_ms,
            gone_at=None,
            shared_id=record.shared_id,
        )
        self._index_shared(self._identities[number])
        self._names[normal(name)].add(person_id)
        self._sources[person_id].add(source_id)
        first = self._first.setdefault(person_id, number)
        known = self._people[person_id]
        self._emails[normal(known["email"])].discard(person_id)
        leads = number == first  # two rosters with two spellings must not rename a person to and fro
        self._change(
            person,
            person_id,
            name=name if leads else known["name"],
            email=(record.email if leads else "") or known["email"] or record.email,
            picture=(record.picture if leads else "") or known["picture"] or record.picture,
            origin=ROSTER,
        )
        self._index(person_id, self._people[person_id])
        return int(person_id)

    def _whose(self, row: Row, source_id: int, record: PersonRecord) -> int | None:
        """The person an identity means: whom another source states by the same shared id, else e-mail, else
        name; None for somebody new.

        People who turn out to share an id or e-mail are merged, unless one roster lists both: a roster lists
        nobody twice.
        """
        shared_id = record.shared_id or (record.external_id if self._shares_ids(source_id) else "")
        found: int | None = row["person_id"]
        for other in (_only(self._shared, shared_id), _only(self._emails, record.email)):
            if other is None or other == found:
                continue
            if found is None:
                found = None if self._lists(source_id, other) else other
            elif not (self._sources[found] | {source_id}) & self._sources[other]:
                found = self._merge(found, other)
        return self._namesake(record, source_id) if found is None else found

    def _lists(self, source_id: int, person_id: int) -> bool:
        """Whether this source's roster has the person already, under an identity that is still in it."""
        return source_id in self._sources[person_id] and any(
            row["person_id"] == person_id and row["source_id"] == source_id
            for row in self._identities.values()
            if row["roster"]
            and row["gone_at"] is None
            and (self._present is None or row["external_id"] in self._present)
        )

    def _namesake(self, record: PersonRecord, source_id: int) -> int | None:
        """The one person of this name that other sources state, unless the e-mails differ."""
        email = normal(record.email)
        found = [
            number
            for number in self._names.get(normal(record.name or record.external_id), ())
            if source_id not in self._sources[number]
            and not (email and normal(self._people[number]["email"]) not in ("", email))
        ]
        return found[0] if len(found) == 1 else None

    def _merge(self, one: int, other: int) -> int:
        """One person from now on, the longer known one: identities and memberships move, so that no deal and
        no team is lost."""
        into, gone = sorted((one, other))
        for number, row in self._identities.items():
            if row["person_id"] == gone:
                self._change(identity, number, person_id=into)
        for number, row in list(self._memberships.items()):
            if row["person_id"] == gone:
                self._change(membership, number, person_id=into)
                self._of_person[row["source_id"], into].append(number)
        self._sources[into] |= self._sources.pop(gone, set())
        firsts = [self._first.pop(number) for number in (into, gone) if number in self._first]
        if firsts:
            self._first[into] = min(firsts)
        for index in (self._names, self._emails, self._shared):
            for people in index.values():
                if gone in people:
                    people.remove(gone)
                    people.add(into)
        return into

    def _state_team(self, source_id: int, person_id: int, record: PersonRecord, now_ms: int) -> None:
        """One team, as of now."""
        mine = self._memberships_of(source_id, person_id)
        current = [(number, row) for number, row in mine if row["to_at"] is None]
        team_id = self._team_id(record.team, record.region) if normal(record.team) else None
        for number, row in current:
            if row["team_id"] == team_id:
                return
            if row["from_at"] is not None and row["from_at"] >= now_ms:
                self._remove(membership, number)
            else:
                self._change(membership, number, to_at=now_ms)
        if team_id is not None:
            start = now_ms if mine else None
            self._add(
                membership,
                person_id=person_id,
                team_id=team_id,
                source_id=source_id,
                from_at=start,
                to_at=None,
            )

    def _state_dated(
        self, source_id: int, person_id: int, records: Sequence[PersonRecord], *, full: bool
    ) -> None:
        """Teams from–to dates: in a full sync these are all; otherwise one that begins at the same time is
        replaced."""
        wanted = {(self._team_id(r.team, r.region), r.from_ms, r.to_ms) for r in records}
        starts = {r.from_ms for r in records}
        for number, row in self._memberships_of(source_id, person_id):
            this = (row["team_id"], row["from_at"], row["to_at"])
            if this in wanted:
                wanted.remove(this)
            elif full or row["from_at"] in starts:
                self._remove(membership, number)
        for team_id, from_at, to_at in sorted(wanted, key=lambda w: (w[1] is not None, w[1] or 0, w[0])):
            values = {"person_id": person_id, "team_id": team_id, "source_id": source_id}
            self._add(membership, **values, from_at=from_at, to_at=to_at)

    def _memberships_of(self, source_id: int, person_id: int) -> list[tuple[int, Row]]:
        numbers = self._of_person.get((source_id, person_id), ())
        return [(number, self._memberships[number]) for number in numbers if number in self._memberships]

    def _note_absent(self, source_id: int, stated: Iterable[int], now_ms: int) -> None:
        present = set(stated)
        for number, row in self._identities.items():
            if (
                row["source_id"] == source_id
                and row["roster"]
                and number not in present
                and row["gone_at"] is None
            ):
                self._change(identity, number, gone_at=now_ms)

    def _team_id(self, name: str, region: str) -> int:
        known = self._team_ids.get(normal(name))
        if known is None:
            taken = {row["slug"] for row in self._teams.values()}
            known = self._team_ids[normal(name)] = self._add(
                team, slug=slug(name, taken), name=name, region=region
            )
        elif region:
            self._change(team, known, region=region)
        return known

    # ----------------------------------------------------------------- identities that only facts name
    def settle(self) -> None:
        """Give every identity that facts named first to the person it means, or to a person made from it.

        It means the one person of that shared id, name or e-mail. Where several have the name, or where
        the source's unknown people are to stay unassigned, it stays without a person.
        """
        a_roster_exists = any(row["roster"] for row in self._identities.values())
        for (source_id, external_id), number in self._codes.identities.items():
            row = self._identities.get(number) or self._learn(number, source_id, external_id)
            if row["person_id"] is None:
                policy = self._policies[row["source_id"]].unknown_people
                self._settle_one(number, row, policy, a_roster_exists)

    def _settle_one(self, number: int, row: Row, policy: str, a_roster_exists: bool) -> None:
        name = normal(row["label"])
        namesakes = self._names.get(name, set())
        shared = _only(self._shared, name) if self._shares_ids(row["source_id"]) else None
        known = shared or _only(self._names, name) or _only(self._emails, name)
        if known is not None:
            self._change(identity, number, person_id=known)
        elif not namesakes and name and (policy == "create" or (policy == "auto" and not a_roster_exists)):
            self._change(identity, number, person_id=self._add_person(row["label"], FACT))
            self._index_shared(row)

    # ----------------------------------------------------------------- rows
    def _add_person(self, name: str, origin: str) -> int:
        values = {"slug": slug(name, self._slugs), "name": name, "email": "", "picture": "", "origin": origin}
        number = self._add(person, **values)
        self._slugs.add(values["slug"])
        self._index(number, self._people[number])
        return number

    def _index(self, number: int, row: Row) -> None:
        self._names[normal(row["name"])].add(number)
        if row["email"]:
            self._emails[normal(row["email"])].add(number)

    def _index_shared(self, row: Row) -> None:
        """A shared id names the person: as a roster states it, or as facts call them where they call people
        by it."""
        shared_id = row["shared_id"] or (row["external_id"] if self._shares_ids(row["source_id"]) else "")
        if normal(shared_id):
            self._shared[normal(shared_id)].add(row["person_id"])

    def _shares_ids(self, source_id: int) -> bool:
        policy = self._policies.get(source_id)
        return policy is not None and bool(policy.shared_ids)

    def _learn(self, number: int, source_id: int, external_id: str) -> Row:
        """An identity that codes made a moment ago."""
        row = self._identities[number] = {**NEW_IDENTITY, "source_id": source_id, "external_id": external_id}
        row["label"] = external_id
        return row

    def _rows(self, table: Table) -> dict[int, Row]:
        return {
            "person": self._people,
            "team": self._teams,
            "identity": self._identities,
            "membership": self._memberships,
        }[table.name]

    def _add(self, table: Table, **values: Any) -> int:
        number = insert_row(self._connection, table, values)
        self._rows(table)[number] = values
        if table is membership:
            self._of_person[values["source_id"], values["person_id"]].append(number)
        self.changed = True
        return number

    def _change(self, table: Table, number: int, **values: Any) -> None:
        row = self._rows(table)[number]
        different = {name: value for name, value in values.items() if row[name] != value}
        if different:
            row.update(different)
            values = {f"new_{name}": value for name, value in different.items()}
            self._connection.execute(_update(table, tuple(different)), {"number": number, **values})
            self.changed = True

    def _remove(self, table: Table, number: int) -> None:
        key = next(iter(table.primary_key.columns))
        self._connection.execute(delete(table).where(key == number))
        del self._rows(table)[number]
        self.changed = True


def _only(index: Mapping[str, set[int]], key: str) -> int | None:
    """The person the key stands for; None where it is nobody's, or several people's."""
    found = index.get(normal(key), ())
    return next(iter(found)) if len(found) == 1 else None


@lru_cache(maxsize=64)
def _update(table: Table, names: tuple[str, ...]) -> Update:
    """The statement that changes these columns of a row; made once, for thousands of people."""
    key = next(iter(table.primary_key.columns))
    return (
        update(table)
        .where(key == bindparam("number"))
        .values({name: bindparam(f"new_{name}") for name in names})
    )


def _by_id(connection: Connection, table: Table) -> dict[int, Row]:
    key = next(iter(table.primary_key.columns)).name
    found = {}
    for row in connection.execute(select(table)):
        values = dict(row._mapping)
        found[values.pop(key)] = values
    return found
