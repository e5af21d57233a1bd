"""A table of deals in some database, a SQL source that reads it, and a store that keeps what it gives."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from salesboard_display.core.figures import Select
from salesboard_display.core.sync import Applied
from salesboard_display.engine.reading import read_source
from salesboard_display.settings.sql import SqlSource as SqlSettings
from salesboard_display.sources import Surroundings
from salesboard_display.sources.sql.source import SqlSource
from salesboard_display.store import Store

QUERY = "SELECT id, agent, closed, value, stage, changed FROM deals"
NEWER = f"{QUERY} WHERE changed >= :cursor"
BY_CHANGE = {"column": "changed", "as": "datetime"}
_FACT = {
    "person": "agent",
    "happened": {"from": "closed", "as": "datetime"},
    "amount": "value",
    "currency": {"constant": "EUR"},
}
WON = _FACT | {"kind": "deal_won", "key": "{id}:won", "where": {"stage": "won"}}
LOST = _FACT | {"kind": "deal_lost", "key": "{id}:lost", "where": {"stage": "lost"}}

TABLE = """
CREATE TABLE deals (
  id INTEGER PRIMARY KEY, agent VARCHAR(50), closed TIMESTAMP NULL, value DECIMAL(12, 2), stage VARCHAR(10),
  changed TIMESTAMP NULL
)
"""
ROWS = """
INSERT INTO deals VALUES
  (1, 'Ann Bright', '2026-03-01 10:00:00', 1250.50, 'won', '2026-03-01 10:00:00'),
  (2, 'Bo Dahl', '2026-03-02 11:30:00', 99.99, 'won', '2026-03-02 11:30:00'),
  (3, 'Ann Bright', '2026-03-03 09:15:00', 400, 'lost', '2026-03-03 09:15:00')
"""


def source(url: str, query: str = QUERY, folder: Path = Path(), **settings: Any) -> SqlSource:
    """A SQL source with the mapping of won and lost deals."""
    given = {"type": "sql", "url": url, "query": query, "facts": [WON, LOST], "zone": "UTC"} | settings
    return SqlSource("crm", SqlSettings.model_validate(given), Surroundings("UTC", folder))


@dataclass
class Kept:
    """A store, and the source it is kept up to date from."""

    store: Store
    source: SqlSource
    applied: list[Applied | None] = field(default_factory=list)

    async def poll(self) -> Applied | None:
        """One poll, applied. Raises SourceError."""
        self.applied.append(await read_source(self.source.fetch, "crm", self.store))
        return self.applied[-1]

    @property
    def totals(self) -> dict[str, dict[str, int]]:
        """Kind → person → minor units, of everything that holds now."""
        found: dict[str, dict[str, int]] = {}
        for kind in ("deal_won", "deal_lost"):
            for row in self.store.figures().facts(Select((kind,)), -(2**62), 2**62):
                by_person = found.setdefault(kind, {})
                name = self.names[row.identity]
                by_person[name] = by_person.get(name, 0) + (row.amount_minor or 0)
        return found

    @property
    def names(self) -> dict[int, str]:
        return {one.id: one.external_id for one in self.store.identities()}


@contextmanager
def kept(folder: Path, reader: SqlSource) -> Iterator[Kept]:
    """A new store in the folder for what the source gives."""
    with Store.open(folder / "kept.db") as store:
        yield Kept(store, reader)


@dataclass(frozen=True)
class Database:
    """A database with the table of deals: what reads it, what slows it down, and how to change it.

    ``change`` runs a statement as its owner; ``slow`` is a query of the deals' columns that takes seconds.
    """

    url: str
    change: Callable[[str], None]
    slow: str
    folder: Path = Path()

    def source(self, query: str = QUERY, **settings: Any) -> SqlSource:
        return source(self.url, query, self.folder, **settings)


def sqlite_database(folder: Path) -> Database:
    """A SQLite file with the table of deals."""
    path = folder / "crm.sqlite"

    def change(statement: str) -> None:
        with closing(sqlite3.connect(path)) as connection, connection:
            connection.execute(statement)

    change(TABLE)
    change(ROWS)
    slow = (
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 400000000) "
        f"{QUERY} WHERE (SELECT count(*) FROM n) > 0"
    )
    return Database("sqlite:///crm.sqlite", change, slow, folder)
