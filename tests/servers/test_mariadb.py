"""The SQL source on a real MariaDB server."""

from __future__ import annotations

import pytest

from salesboard_display.sources import SourceError
from tests.servers.mariadb import MariaDB
from tests.servers.server_rules import ServerRules
from tests.sources.database_rules import DatabaseRules
from tests.sources.databases import QUERY, Database, source
from tests.sources.helpers import context, gather

pytestmark = pytest.mark.servers


@pytest.fixture
def server(mariadb_server: MariaDB) -> MariaDB:
    return mariadb_server


@pytest.fixture
def database(server: MariaDB) -> Database:
    return server.database()


class TestMariaDB(DatabaseRules, ServerRules):
    """The rules of every database, and of every server."""


async def test_a_day_that_is_none_is_rejected_and_the_others_count(database: Database) -> None:
    database.change("ALTER TABLE deals MODIFY closed DATETIME")
    database.change("UPDATE deals SET closed = '0000-00-00' WHERE id = 1")
    read = await gather(database.source().fetch("", context()))
    assert len(read.facts) == 2
    assert "0000-00-00" in read.reasons[0]


async def test_the_name_of_either_dialect_is_taken(server: MariaDB, database: Database) -> None:
    for scheme in ("mysql", "mysql+pymysql", "mariadb+pymysql"):
        one = source(server.url().replace("mariadb", scheme, 1))
        assert len((await gather(one.fetch("", context()))).facts) == 3


async def test_a_server_that_freezes_is_given_up(
    server: MariaDB, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("salesboard_display.sources.sql.source._GRACE_S", 0.5)
    many = " UNION ALL ".join([QUERY] * 60)
    cross = f"SELECT a.* FROM ({many}) a, ({many}) b"
    patience = {"statement_timeout": "1s", "connect_timeout": "1s"}
    items = database.source(cross, **patience).fetch("", context())
    await anext(items)
    server.freeze()
    try:
        with pytest.raises(SourceError, match="does not answer"):
            await gather(items)
    finally:
        server.thaw()
    assert len((await gather(database.source().fetch("", context()))).facts) == 3
