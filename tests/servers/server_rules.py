"""What holds for a SQL source and any database server: who is let in, who may write, what an outage does."""

from __future__ import annotations

import asyncio
import random
import signal
import time
import traceback
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Protocol

import pytest

from salesboard_display.core.figures import Select
from salesboard_display.core.sync import Applied
from salesboard_display.engine.clock import real_ms
from salesboard_display.engine.coordinator import Coordinator, Health
from salesboard_display.engine.numbers import Style
from salesboard_display.engine.store_thread import StoreThread
from salesboard_display.engine.words import Words
from salesboard_display.sources import Source, SourceError
from salesboard_display.sources.contract import FetchContext
from salesboard_display.sources.sql.source import SqlSource
from salesboard_display.store import Store
from tests.docs.pages import blocks
from tests.engine.offices import in_thread, until
from tests.guards import Expected
from tests.sources.databases import QUERY, Database, kept, source
from tests.sources.helpers import context, gather


class DatabaseServer(Protocol):
    """What the rules need of a server."""

    port: int

    def url(self, user: str = ..., password: str = ..., database: str = ...) -> str: ...
    def start(self) -> None: ...
    def stop(self, how: signal.Signals = ...) -> None: ...


async def failure(one: SqlSource) -> SourceError:
    with pytest.raises(SourceError) as caught:
        await gather(one.fetch("", context()))
    return caught.value


@asynccontextmanager
async def kept_by_the_engine(folder: Path, reader: Source, every_s: float = 3600) -> AsyncIterator[Keeper]:
    """The source under a real coordinator, with a store of its own in a thread of its own."""
    thread = StoreThread()
    try:
        with in_thread(thread, folder / "kept.db") as store:
            keeper = Keeper(reader, store, thread, every_s)
            task = asyncio.create_task(keeper.coordinator.run())
            try:
                yield keeper
            finally:
                task.cancel()
                await asyncio.wait([task])
    finally:
        thread.close()


class Keeper:
    """A coordinator that polls when asked, too, and what the store then holds."""

    def __init__(self, reader: Source, store: Store, thread: StoreThread, every_s: float) -> None:
        self.store, self.thread = store, thread
        self.coordinator = Coordinator(
            reader,
            poll_every_s=every_s,
            store=store,
            thread=thread,
            context=FetchContext(real_ms),
            applied=self._applied,
            changed=self._changed,
            words=Words(Style("en_IE", "UTC")),
            chance=random.Random(1),
        )

    async def _applied(self, _source: Source, _applied: Applied | None, _arrived_ms: int) -> None: ...

    def _changed(self, _source: Source, _health: Health) -> None: ...

    async def won(self) -> dict[str, int | None]:
        """Key → minor units of the deals won that hold now."""
        return await self.thread.call(
            lambda: {
                row.key: row.amount_minor
                for row in self.store.figures().facts(Select(("deal_won",)), -(2**62), 2**62)
            }
        )


class ServerRules:
    """Needs the fixtures ``server`` and ``database``, the deals on it anew for every test."""

    async def test_a_wrong_password_stops_the_source_until_somebody_acts(
        self, server: DatabaseServer, database: Database
    ) -> None:
        error = await failure(source(server.url(password="wr0ng-pa55")))
        assert error.stop
        assert error.stage == "connection"
        assert "does not let the user “reader” in" in str(error)
        assert f"127.0.0.1:{server.port}" in str(error)
        assert "wr0ng-pa55" not in "".join(traceback.format_exception(error))

    async def test_a_database_that_is_not_there_is_named(
        self, server: DatabaseServer, database: Database
    ) -> None:
        error = await failure(source(server.url(user="owner", password="owner-pa55", database="nosuch")))
        assert "has no database called “nosuch”" in str(error)
        assert not error.stop

    @pytest.mark.parametrize("user", ["reader", "owner"])
    async def test_the_server_refuses_to_write(
        self, server: DatabaseServer, database: Database, user: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("salesboard_display.settings.sql.check_select", lambda pieces: None)
        for statement in ("DELETE FROM deals", "UPDATE deals SET value = 0", "DROP TABLE deals"):
            error = await failure(source(server.url(user, f"{user}-pa55"), statement))
            assert error.stage == "query"
        assert len((await gather(database.source().fetch("", context()))).facts) == 3

    async def test_the_owner_is_told_that_a_source_only_reads(
        self, server: DatabaseServer, database: Database, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("salesboard_display.settings.sql.check_select", lambda pieces: None)
        statement = f"{QUERY} FOR UPDATE" if server.url().startswith("postgresql") else "DELETE FROM deals"
        error = await failure(source(server.url("owner", "owner-pa55"), statement))
        assert "a source only reads" in str(error)
        assert error.stop

    async def test_a_table_one_may_not_read_is_said(self, server: DatabaseServer, database: Database) -> None:
        database.change("DROP TABLE IF EXISTS salaries")
        database.change("CREATE TABLE salaries (id INTEGER)")
        if server.url().startswith("mariadb"):
            database.change("CREATE DATABASE IF NOT EXISTS hr")
            database.change("CREATE TABLE IF NOT EXISTS hr.salaries (id INTEGER)")
        table = "hr.salaries" if server.url().startswith("mariadb") else "salaries"
        error = await failure(database.source(f"SELECT id FROM {table}"))
        assert "The user “reader” may not read what the query asks for" in str(error)
        assert "salaries" in str(error)

    async def test_a_server_that_dies_in_the_middle_loses_nothing_and_is_taken_up_again(
        self, server: DatabaseServer, database: Database, tmp_path: Path, expected_log: Expected
    ) -> None:
        many = " UNION ALL ".join([QUERY] * 60)
        cross = f"SELECT a.* FROM ({many}) a, ({many}) b"
        with kept(tmp_path, database.source()) as crm:
            await crm.poll()
            before = crm.totals
            items = database.source(cross).fetch("", context())
            await anext(items)
            server.stop(signal.SIGKILL if server.url().startswith("mariadb") else signal.SIGQUIT)
            try:
                with pytest.raises(SourceError, match="lost in the middle of reading") as caught:
                    await gather(items)
                assert caught.value.stage == "connection"
                with pytest.raises(SourceError, match="cannot be reached"):
                    await crm.poll()
                assert crm.totals == before
            finally:
                server.start()
            await crm.poll()
            assert crm.totals == before

    async def test_an_outage_costs_two_lines_and_no_fact(
        self, server: DatabaseServer, database: Database, tmp_path: Path, expected_log: Expected
    ) -> None:
        expected_log("source crm: .* cannot be reached")
        expected_log("source crm: answers again")
        async with kept_by_the_engine(tmp_path, database.source()) as keeper:
            coordinator = keeper.coordinator
            await until(lambda: coordinator.health.state == "ok")
            before = await keeper.won()
            server.stop()
            try:
                for _ in range(3):
                    await coordinator.poll()
                assert coordinator.health.state == "failing"
                assert await keeper.won() == before
            finally:
                server.start()
            database.change("UPDATE deals SET value = 1 WHERE id = 1")
            database.change("DELETE FROM deals WHERE id = 2")
            assert await coordinator.poll() is None
            assert coordinator.health.state == "ok"
            assert await keeper.won() == {"1:won": 100}
        assert len(expected_log.seen) == 2

    async def test_a_refused_user_is_not_tried_again_and_again(
        self, server: DatabaseServer, database: Database, tmp_path: Path, expected_log: Expected
    ) -> None:
        expected_log("does not let the user")
        refused = source(server.url(password="wr0ng-pa55"))
        async with kept_by_the_engine(tmp_path, refused) as keeper:
            await until(lambda: keeper.coordinator.health.state == "stopped")
            assert keeper.coordinator.health.next_poll_ms == 0

    async def test_a_query_that_ends_at_its_time_leaves_nothing_running(self, database: Database) -> None:
        with pytest.raises(SourceError, match="longer than 1 s"):
            await gather(database.source(database.slow, statement_timeout="1s").fetch("", context()))
        began = time.monotonic()
        assert len((await gather(database.source().fetch("", context()))).facts) == 3
        assert time.monotonic() - began < 5

    async def test_the_pages_user_may_read_and_nothing_else(
        self, server: DatabaseServer, database: Database, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        name = "postgresql" if server.url().startswith("postgresql") else "mariadb"
        (block,) = (one for one in blocks("docs/sources/sql.md") if one.file == f"{name}.sql")
        for statement in filter(None, map(str.strip, block.text.split(";"))):
            database.change(statement)
        url = server.url("wall", "a long one of your own")
        assert len((await gather(source(url).fetch("", context()))).facts) == 3
        monkeypatch.setattr("salesboard_display.settings.sql.check_select", lambda pieces: None)
        assert (await failure(source(url, "DELETE FROM deals"))).stage == "query"
