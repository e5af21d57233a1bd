"""Names kept once: sources, kinds, currencies, identities and attribute sets, and the small numbers that
stand for them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import lru_cache
from types import MappingProxyType
from typing import Any

from sqlalchemy import Column, Connection, Insert, Table, insert, select

from salesboard_display.core.facts import Pairs
from salesboard_display.core.figures import Select
from salesboard_display.store import schema
from salesboard_display.store.errors import TooManyAttributeSets

MAX_ATTRIBUTE_SETS = 5_000
"""Distinct attribute sets one source may have."""

NEW_IDENTITY: dict[str, Any] = {
    "person_id": None,
    "roster": 0,
    "left_at": None,
    "gone_at": None,
    "shared_id": "",
}
"""What is known of an identity when it is first met: nothing."""


class Codes:
    """Both ways between names and numbers, held in memory and filled from the tables as they grow.

    After a rolled back transaction ``forget`` must be called: numbers given in it are not in the tables.
    """

    def __init__(self) -> None:
        self.unsettled = False
        """Whether identities were made that nobody has matched to people yet; outlives a rolled back
        transaction."""
        self.forget()

    def forget(self) -> None:
        """Start over: everything is read again at the next ``refresh``."""
        self.sources: dict[str, int] = {}
        self.source_names: dict[int, str] = {}
        self.kinds: dict[str, int] = {}
        self.kind_names: dict[int, str] = {}
        self.currencies: dict[str, int] = {}
        self.currency_codes: dict[int, str] = {}
        self.identities: dict[tuple[int, str], int] = {}
        self.attr_sets: dict[int, dict[Pairs, int]] = {}
        self.attributes: dict[int, Mapping[str, str]] = {}
        self._source_of_set: dict[int, int] = {}
        self._passing: dict[tuple[Any, ...], tuple[int, ...] | None] = {}
        self._read_up_to = [0, 0, 0, 0, 0]
        self.complete = False

    def refresh(self, connection: Connection) -> None:
        """Read what the tables have more than we; nothing is read when this process is the writer."""
        for i, table in enumerate(
            (schema.source, schema.kind, schema.currency, schema.identity, schema.attr_set)
        ):
            number: Column[int] = next(iter(table.primary_key.columns))
            for row in connection.execute(select(table).where(number > self._read_up_to[i]).order_by(number)):
                self._learn(table, row)
                self._read_up_to[i] = row[0]
        self.complete = True

    def _learn(self, table: Table, row: Any) -> None:
        if table is schema.source:
            self.sources[row.name] = row.source_id
            self.source_names[row.source_id] = row.name
        elif table is schema.kind:
            self.kinds[row.name] = row.kind_id
            self.kind_names[row.kind_id] = row.name
        elif table is schema.currency:
            self.currencies[row.code] = row.currency_id
            self.currency_codes[row.currency_id] = row.code
        elif table is schema.identity:
            self.identities[row.source_id, row.external_id] = row.identity_id
        else:
            self._learn_set(row.source_id, row.attr_set_id, json.loads(row.attrs))

    def _learn_set(self, source_id: int, attr_set_id: int, attributes: dict[str, str]) -> None:
        self.attr_sets.setdefault(source_id, {})[tuple(sorted(attributes.items()))] = attr_set_id
        self.attributes[attr_set_id] = MappingProxyType(attributes)
        self._source_of_set[attr_set_id] = source_id
        self._passing.clear()

    # ----------------------------------------------------------------- name → number, made when new
    def source_id(self, connection: Connection, name: str) -> int:
        """The number of a source."""
        found = self.sources.get(name)
        if found is None:
            values = {"name": name, "cursor": "", "error": "", "rejected": 0, "unknown_people": "auto"}
            found = self.sources[name] = insert_row(connection, schema.source, values)
            self.source_names[found] = name
        return found

    def kind_id(self, connection: Connection, name: str) -> int:
        """The number of a kind of fact."""
        found = self.kinds.get(name)
        if found is None:
            found = self.kinds[name] = insert_row(connection, schema.kind, {"name": name})
            self.kind_names[found] = name
        return found

    def currency_id(self, connection: Connection, code: str) -> int:
        """The number of a currency."""
        found = self.currencies.get(code)
        if found is None:
            found = self.currencies[code] = insert_row(connection, schema.currency, {"code": code})
            self.currency_codes[found] = code
        return found

    def identity_id(self, connection: Connection, source_id: int, external_id: str) -> int:
        """The number of a person's identity at a source."""
        found = self.identities.get((source_id, external_id))
        if found is None:
            values = {
                **NEW_IDENTITY,
                "source_id": source_id,
                "external_id": external_id,
                "label": external_id,
            }
            found = self.identities[source_id, external_id] = insert_row(connection, schema.identity, values)
            self.unsettled = True
        return found

    def attr_set_id(self, connection: Connection, source_id: int, pairs: Pairs) -> int:
        """The number of a set of attributes of a source. Raises TooManyAttributeSets."""
        of_source = self.attr_sets.setdefault(source_id, {})
        found = of_source.get(pairs)
        if found is None:
            attributes = dict(sorted(pairs))
            found = of_source.get(tuple(attributes.items()))
            if found is None:
                check_attribute_sets(self.source_names[source_id], of_source.keys() | {pairs})
                text = json.dumps(attributes, ensure_ascii=False, separators=(",", ":"))
                found = insert_row(connection, schema.attr_set, {"source_id": source_id, "attrs": text})
                self._learn_set(source_id, found, attributes)
            of_source[pairs] = found
        return found

    # ----------------------------------------------------------------- filters
    def sets_passing(self, wanted: Select) -> tuple[int, ...] | None:
        """The attribute sets whose facts count, None when all do: the filter is evaluated once per set."""
        if not wanted.conditions and not wanted.sources:
            return None
        slot = (wanted.conditions, wanted.sources)
        if slot not in self._passing:
            sources = {self.sources.get(name) for name in wanted.sources}
            found = tuple(
                number
                for number, attributes in self.attributes.items()
                if (not sources or self._source_of_set[number] in sources) and wanted.passes(attributes)
            )
            self._passing[slot] = None if len(found) == len(self.attributes) else found
        return self._passing[slot]


def check_attribute_sets(source: str, sets: Any) -> None:
    """Raise TooManyAttributeSets when there are more distinct sets (an iterable of Pairs) than a source
    may have."""
    if len(sets) <= MAX_ATTRIBUTE_SETS:
        return
    values: dict[str, set[str]] = {}
    for pairs in sets:
        for name, value in pairs:
            values.setdefault(name, set()).add(value)
    worst = max(values, key=lambda name: (len(values[name]), name))
    raise TooManyAttributeSets(source, worst, len(values[worst]), MAX_ATTRIBUTE_SETS)


def insert_row(connection: Connection, table: Table, values: dict[str, Any]) -> int:
    """Add a row; its number."""
    key = connection.execute(_statement(table), values).inserted_primary_key
    assert key is not None
    return int(key[0])


@lru_cache(maxsize=16)
def _statement(table: Table) -> Insert:
    return insert(table)
