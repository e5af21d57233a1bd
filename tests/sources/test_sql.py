"""The SQL source on SQLite: the rules of every database, and what belongs to files."""

from __future__ import annotations

import sqlite3
import traceback
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from salesboard_display.settings.sql import SqlSource as SqlSettings
from salesboard_display.sources import SourceError
from salesboard_display.sources.mapping.mapping import RecordMapping
from salesboard_display.sources.sql.source import SqlSource
from salesboard_display.store import SyncDoubted
from tests.sources.database_rules import DatabaseRules
from tests.sources.databases import BY_CHANGE, NEWER, QUERY, Database, kept, source, sqlite_database
from tests.sources.helpers import context, gather

PASSWORD = "pa55-w0rd"


@pytest.fixture
def database(tmp_path: Path) -> Database:
    return sqlite_database(tmp_path)


class TestSQLite(DatabaseRules):
    """The rules, on a file."""


async def failure(one: SqlSource) -> SourceError:
    with pytest.raises(SourceError) as caught:
        await gather(one.fetch("", context()))
    return caught.value


# ------------------------------------------------------------------------------------------------- files
async def test_a_file_is_never_made(tmp_path: Path) -> None:
    error = await failure(source("sqlite:///nothing.db", folder=tmp_path))
    assert error.stage == "file"
    assert "nothing.db is missing" in str(error)
    assert not (tmp_path / "nothing.db").exists()


async def test_a_file_that_is_no_database_is_said(tmp_path: Path) -> None:
    (tmp_path / "deals.db").write_text("id;agent\n" * 500)
    assert "deals.db is not a whole SQLite database" in str(
        await failure(source("sqlite:///deals.db", folder=tmp_path))
    )


async def test_a_file_that_is_locked_is_waited_for_and_then_said(database: Database) -> None:
    with closing(sqlite3.connect(database.folder / "crm.sqlite", isolation_level=None)) as writer:
        writer.execute("BEGIN EXCLUSIVE")
        error = await failure(database.source(connect_timeout="1s"))
    assert "is locked by another program" in str(error)
    assert error.retry_after_s


async def test_a_secret_in_the_url_is_looked_up_when_it_is_asked(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("DBUS_SESSION_BUS_ADDRESS", raising=False)
    one = source("sqlite:///${secret:file}", folder=database.folder)
    assert "The secret file is nowhere that can be looked into" in str(await failure(one))
    monkeypatch.setenv("SALESBOARD_SECRET_FILE", "crm.sqlite")
    assert len((await gather(one.fetch("", context()))).facts) == 3


async def test_an_absolute_path_is_one(database: Database) -> None:
    one = source(f"sqlite:///{database.folder / 'crm.sqlite'}", folder=Path("/nowhere"))
    assert len((await gather(one.fetch("", context()))).facts) == 3


async def test_the_database_itself_refuses_to_write(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("salesboard_display.settings.sql.check_select", lambda pieces: None)
    error = await failure(database.source("DELETE FROM deals RETURNING id"))
    assert "a source only reads" in str(error)
    assert error.stop


# ------------------------------------------------------------------------------------------- what is new
async def test_another_query_or_mapping_begins_anew(database: Database, tmp_path: Path) -> None:
    first = await gather(database.source(NEWER, cursor=BY_CHANGE).fetch("", context()))
    for other in (
        database.source(NEWER + " AND id < 100", cursor=BY_CHANGE),
        database.source(NEWER, cursor=BY_CHANGE, zone="Europe/Berlin"),
    ):
        assert len((await gather(other.fetch(first.end.cursor, context()))).facts) == 3
    patient = database.source(NEWER, cursor=BY_CHANGE, statement_timeout="5s", poll_every="5m")
    assert len((await gather(patient.fetch(first.end.cursor, context()))).facts) == 1


async def test_a_cursor_that_is_no_cursor_begins_anew(database: Database) -> None:
    for cursor in ("", "{}", "nonsense", '{"value": 3}'):
        read = await gather(database.source(NEWER, cursor=BY_CHANGE).fetch(cursor, context()))
        assert len(read.facts) == 3


async def test_a_cursors_column_has_to_be_in_the_result(database: Database) -> None:
    cursor = {"column": "chnged", "as": "datetime"}
    said = str(await failure(database.source(NEWER, cursor=cursor)))
    assert "“chnged” is not in the result" in said
    assert "Nearest: “changed”" in said


@pytest.mark.parametrize(("column", "kind"), [("agent", "integer"), ("value", "date"), ("stage", "datetime")])
async def test_a_cursors_column_has_to_hold_what_is_declared(
    database: Database, column: str, kind: str
) -> None:
    said = str(await failure(database.source(NEWER, cursor={"column": column, "as": kind})))
    assert f"“{column}” holds" in said
    assert f"cannot be read as {kind}" in said


async def test_a_row_without_a_cursors_value_counts_and_moves_nothing(
    database: Database, tmp_path: Path
) -> None:
    database.change("UPDATE deals SET changed = NULL WHERE id = 3")
    query = f"{NEWER} OR changed IS NULL"
    with kept(tmp_path, database.source(query, cursor=BY_CHANGE)) as crm:
        applied = await crm.poll()
        assert applied is not None
        assert applied.added == 3
        assert '"value":"2026-03-02T11:30:00"' in crm.store.cursor("crm")


async def test_no_row_at_all_is_nothing_new(database: Database, tmp_path: Path) -> None:
    with kept(tmp_path, database.source(NEWER.replace(">=", ">"), cursor=BY_CHANGE)) as crm:
        await crm.poll()
        assert await crm.poll() is None
        assert await crm.poll() is None


async def test_one_bad_new_row_is_rejected_and_not_in_the_way(database: Database, tmp_path: Path) -> None:
    with kept(tmp_path, database.source(NEWER, cursor=BY_CHANGE)) as crm:
        await crm.poll()
        database.change("INSERT INTO deals VALUES (4, '', 'soon', 1, 'won', '2026-03-09 00:00:00')")
        applied = await crm.poll()
        assert applied is not None
        assert applied.rejected == 1
        database.change(
            "INSERT INTO deals SELECT 5, agent, closed, 7, stage, '2026-03-10' FROM deals WHERE id = 2"
        )
        await crm.poll()
        assert crm.totals["deal_won"]["Bo Dahl"] == 10699


async def test_a_table_that_is_being_filled_anew_empties_no_board(database: Database, tmp_path: Path) -> None:
    with kept(tmp_path, database.source()) as crm:
        await crm.poll()
        before = crm.totals
        database.change("DELETE FROM deals")
        with pytest.raises(SourceError, match="gives 0 records where it gave 3"):
            await crm.poll()
        assert crm.totals == before
        await crm.poll()
        assert crm.totals == {}, "meant, as it says so twice"


async def test_deals_that_pass_no_filter_any_more_stay_while_that_is_doubted(
    database: Database, tmp_path: Path
) -> None:
    with kept(tmp_path, database.source()) as crm:
        await crm.poll()
        before = crm.totals
        database.change("UPDATE deals SET stage = 'closed won'")
        with pytest.raises(SyncDoubted, match="gives 0 facts where it had 3"):
            await crm.poll()
        assert crm.totals == before


async def test_what_is_absent_may_be_kept(database: Database, tmp_path: Path) -> None:
    with kept(tmp_path, database.source(absent="keep")) as crm:
        await crm.poll()
        database.change("DELETE FROM deals WHERE id = 2")
        await crm.poll()
        assert crm.totals["deal_won"]["Bo Dahl"] == 9999


# --------------------------------------------------------------------------------------------- set-up, words
def settings(url: str, query: str = QUERY, **more: Any) -> SqlSettings:
    return SqlSettings.model_validate({"type": "sql", "url": url, "query": query} | more)


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("postgresql+nosuch://u@h/d", 'python -m pip install "psycopg[binary]"'),
        ("mysql+nosuch://u@h/d", 'python -m pip install "PyMySQL"'),
        ("nosuch://u@h/d", "Nothing here can read a nosuch database"),
    ],
)
async def test_a_missing_driver_is_named_with_what_installs_it(url: str, said: str) -> None:
    error = await failure(source(url))
    assert said in str(error)
    assert error.stop


async def test_a_driver_that_cannot_be_imported_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "pymysql", None)
    assert "pip install" in str(await failure(source("mariadb://u@127.0.0.1/d")))


async def test_the_password_is_in_no_words_and_no_trace(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    for url in (
        f"postgresql://reader:{PASSWORD}@127.0.0.1:1/crm",
        f"mariadb://reader:{PASSWORD}@127.0.0.1:1/crm",
        f"postgresql://reader:{PASSWORD}@no-such-host.invalid/crm",
        f"postgresql://reader:{PASSWORD}@127.0.0.1:port/crm",
        f"nosuch://reader:{PASSWORD}@127.0.0.1/crm",
        f"sqlite://reader:{PASSWORD}@127.0.0.1/crm",
    ):
        one = source(url)
        error = await failure(one)
        told = "".join(traceback.format_exception(error)) + repr(one.__dict__) + repr(settings(url))
        assert PASSWORD not in told
    assert PASSWORD not in caplog.text


@pytest.mark.parametrize("dialect", ["postgresql", "mariadb"])
async def test_a_server_that_is_not_there_is_said_by_stage(dialect: str) -> None:
    refused = await failure(source(f"{dialect}://u@127.0.0.1:1/crm"))
    assert refused.stage == "connection"
    assert "127.0.0.1:1 cannot be reached" in str(refused)
    assert not refused.stop
    nameless = await failure(source(f"{dialect}://u@no-such-host.invalid/crm"))
    assert nameless.stage == "name look-up"
    assert "no-such-host.invalid" in str(nameless)


def test_what_is_taken_for_granted_is_noted() -> None:
    (note,) = source("sqlite:///crm.db", zone="Europe/Berlin").notes()
    assert dict(note.args) == {"zone": "Europe/Berlin"}
    assert "oracle" in str(source("oracle://u@h/d").notes()[1].args)


def test_a_uuid_is_a_text() -> None:
    from uuid import UUID

    from salesboard_display.settings.mapping import FactMapping
    from tests.sources.databases import WON

    bound = RecordMapping([FactMapping.model_validate(WON)], [], "UTC", Path()).bind(
        ("id", "agent", "closed", "value", "stage")
    )
    bound.take((UUID(int=1), "Ann", "2026-03-01", 1, "won"), 1)
    assert bound.batch().facts[0].key == f"{UUID(int=1)}:won"


async def test_a_database_does_not_tell_of_changes() -> None:
    assert [change async for change in source("sqlite:///crm.db").changes()] == []
