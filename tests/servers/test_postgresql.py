"""The SQL source on a real PostgreSQL server."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from salesboard_display.sources import SourceError
from tests.servers.postgresql import PostgreSQL
from tests.servers.server_rules import ServerRules, failure
from tests.sources.database_rules import DatabaseRules
from tests.sources.databases import QUERY, WON, Database
from tests.sources.helpers import context, gather

pytestmark = pytest.mark.servers


@pytest.fixture
def server(postgresql_server: PostgreSQL) -> PostgreSQL:
    return postgresql_server


@pytest.fixture
def database(server: PostgreSQL) -> Database:
    return server.database()


class TestPostgreSQL(DatabaseRules, ServerRules):
    """The rules of every database, and of every server."""


async def test_its_own_types_are_read(database: Database) -> None:
    query = """
        SELECT gen_random_uuid() AS id, 'Ann'::text AS agent, '1250.50'::numeric AS value,
               'won'::varchar AS stage, '2026-03-01 23:30:00+00'::timestamptz AS closed
    """
    as_day = WON | {"happened": {"from": "closed", "as": "date"}}
    for facts, moment in ((WON, datetime(2026, 3, 1, 23, 30, tzinfo=UTC)), (as_day, None)):
        read = await gather(database.source(query, facts=[facts], zone="Europe/Berlin").fetch("", context()))
        (fact,) = read.facts
        assert len(fact.key) == len("00000000-0000-0000-0000-000000000000:won")
        assert fact.lines[0].amount_minor == 125050
        day = datetime(2026, 3, 2, tzinfo=ZoneInfo("Europe/Berlin"))  # half past midnight there
        assert fact.occurred_at == int((moment or day).timestamp() * 1000)


async def test_a_number_that_is_none_is_rejected_and_the_others_count(database: Database) -> None:
    database.change("UPDATE deals SET value = 'NaN' WHERE id = 1")
    read = await gather(database.source().fetch("", context()))
    assert len(read.facts) == 2
    assert "“NaN” is not a number that can be counted" in read.reasons[0]


async def test_a_moment_no_calendar_has_is_said(database: Database) -> None:
    database.change("UPDATE deals SET closed = 'infinity' WHERE id = 1")
    error = await failure(database.source())
    assert "A value in the result cannot be read" in str(error)
    assert error.stage == "format"


async def test_a_cursor_goes_on_at_the_very_microsecond(database: Database) -> None:
    database.change("ALTER TABLE deals ALTER changed TYPE timestamptz USING changed AT TIME ZONE 'UTC'")
    database.change("UPDATE deals SET changed = '2026-03-02 10:00:00.123456+02' WHERE id = 2")
    database.change("UPDATE deals SET changed = '2026-03-01 10:00:00+02' WHERE id = 3")
    newer = database.source(
        f"{QUERY} WHERE changed > :cursor", cursor={"column": "changed", "as": "datetime"}
    )
    first = await gather(newer.fetch("", context()))
    assert len(first.facts) == 3
    assert (await gather(newer.fetch(first.end.cursor, context()))).end.unchanged
    database.change("UPDATE deals SET changed = '2026-03-02 08:00:00.123457+00' WHERE id = 1")
    again = await gather(newer.fetch(first.end.cursor, context()))
    assert [fact.key for fact in again.facts] == ["1:won"]


async def test_a_cursor_may_look_back(database: Database) -> None:
    query = f"{QUERY} WHERE changed >= :cursor - interval '2 days'"
    newer = database.source(query, cursor={"column": "changed", "as": "datetime"})
    first = await gather(newer.fetch("", context()))
    assert len(first.facts) == 3
    database.change("UPDATE deals SET value = 5, changed = '2026-03-02 00:00:00' WHERE id = 1")
    again = await gather(newer.fetch(first.end.cursor, context()))
    assert {fact.key for fact in again.facts} == {"1:won", "2:won", "3:lost"}


@contextmanager
def frozen(server: PostgreSQL) -> Iterator[None]:
    """The processes that serve sources stand still."""
    with closing(server.connect()) as connection:
        sql = "SELECT pid FROM pg_stat_activity WHERE application_name = 'salesboard-display'"
        ids = [pid for (pid,) in connection.execute(sql)]
        assert ids
        for pid in ids:
            os.kill(pid, signal.SIGSTOP)
        try:
            yield
        finally:
            for pid in ids:
                os.kill(pid, signal.SIGCONT)


async def test_a_server_that_freezes_is_given_up(
    server: PostgreSQL, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("salesboard_display.sources.sql.source._GRACE_S", 0.5)
    many = " UNION ALL ".join([QUERY] * 60)
    cross = f"SELECT a.* FROM ({many}) a, ({many}) b"
    patience = {"statement_timeout": "1s", "connect_timeout": "1s"}
    items = database.source(cross, **patience).fetch("", context())
    await anext(items)
    with frozen(server), pytest.raises(SourceError, match="does not answer"):
        await gather(items)
    assert len((await gather(database.source().fetch("", context()))).facts) == 3
