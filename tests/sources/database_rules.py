"""What holds for a SQL source whatever the database: tests that each database's own module collects."""

from __future__ import annotations

import asyncio
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest

from salesboard_display.core.sync import Batch
from salesboard_display.sources import SourceError
from salesboard_display.sources.contract import FetchContext
from tests.sources.databases import BY_CHANGE, NEWER, QUERY, Database, kept
from tests.sources.helpers import context, gather

WON = {"Ann Bright": 125050, "Bo Dahl": 9999}
CHANGED_LATER = "changed = '2026-03-05 08:00:00'"


class DatabaseRules:
    """Needs a fixture ``database``: a Database with the three deals, anew for every test."""

    async def test_won_and_lost_rows_become_facts(self, database: Database, tmp_path: Path) -> None:
        with kept(tmp_path, database.source()) as crm:
            applied = await crm.poll()
            assert applied is not None
            assert applied.added == 3
            assert crm.totals == {"deal_won": WON, "deal_lost": {"Ann Bright": 40000}}

    async def test_a_row_added_edited_and_deleted_counts_at_the_next_poll(
        self, database: Database, tmp_path: Path
    ) -> None:
        with kept(tmp_path, database.source()) as crm:
            await crm.poll()
            database.change(
                "INSERT INTO deals VALUES "
                "(4, 'Bo Dahl', '2026-03-04 10:00:00', 10, 'won', '2026-03-04 10:00:00')"
            )
            database.change("UPDATE deals SET value = 1000 WHERE id = 1")
            await crm.poll()
            assert crm.totals["deal_won"] == {"Ann Bright": 100000, "Bo Dahl": 10999}
            database.change("DELETE FROM deals WHERE id = 2")
            database.change("UPDATE deals SET stage = 'won' WHERE id = 3")
            applied = await crm.poll()
            assert applied is not None
            assert (applied.added, applied.withdrawn) == (1, 2)
            assert crm.totals == {"deal_won": {"Ann Bright": 140000, "Bo Dahl": 1000}}

    async def test_a_poll_that_finds_what_it_found_changes_nothing(
        self, database: Database, tmp_path: Path
    ) -> None:
        with kept(tmp_path, database.source()) as crm:
            await crm.poll()
            began_ms = time.time_ns() // 1_000_000
            assert await crm.poll() is None
            complete_ms = crm.store.source_state("crm").complete_at_ms
            assert complete_ms is not None
            assert complete_ms >= began_ms, "it is known complete as of the poll's start"

    async def test_a_cursor_reads_only_what_is_new(self, database: Database, tmp_path: Path) -> None:
        with kept(tmp_path, database.source(NEWER, cursor=BY_CHANGE)) as crm:
            await crm.poll()
            again = await crm.poll()
            assert again is not None
            assert (again.unchanged, again.changed) == (1, False), "the newest row is read again"
            assert await crm.poll() is None
            database.change(f"UPDATE deals SET value = 1, {CHANGED_LATER} WHERE id = 2")
            database.change("UPDATE deals SET value = 1 WHERE id = 1")  # nobody says that it changed
            applied = await crm.poll()
            assert applied is not None
            assert applied.revised == 1
            assert crm.totals["deal_won"] == {"Ann Bright": 125050, "Bo Dahl": 100}

    async def test_with_a_cursor_a_reopened_deal_is_withdrawn_and_a_deleted_one_stays(
        self, database: Database, tmp_path: Path
    ) -> None:
        with kept(tmp_path, database.source(NEWER, cursor=BY_CHANGE)) as crm:
            await crm.poll()
            database.change("DELETE FROM deals WHERE id = 1")
            database.change(f"UPDATE deals SET stage = 'open', {CHANGED_LATER} WHERE id = 2")
            await crm.poll()
            assert crm.totals["deal_won"] == {"Ann Bright": 125050}

    async def test_reading_everything_now_and_then_finds_what_a_cursor_cannot(
        self, database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        with kept(tmp_path, database.source(NEWER, cursor=BY_CHANGE | {"full_every": "1h"})) as crm:
            await crm.poll()
            database.change("DELETE FROM deals WHERE id = 1")
            await crm.poll()
            assert "Ann Bright" in crm.totals["deal_won"]
            later_ns = time.time_ns() + 3_700 * 10**9
            monkeypatch.setattr(time, "time_ns", lambda: later_ns)
            await crm.poll()
            assert crm.totals["deal_won"] == {"Bo Dahl": 9999}
            await crm.poll()
            assert await crm.poll() is None, "once, until it is due again"

    async def test_with_a_cursor_too_an_emptied_table_is_believed_at_the_second_whole_reading(
        self, database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        with kept(tmp_path, database.source(NEWER, cursor=BY_CHANGE | {"full_every": "1h"})) as crm:
            await crm.poll()
            await crm.poll()
            before = crm.totals
            database.change("DELETE FROM deals")
            later_ns = time.time_ns() + 3_700 * 10**9
            monkeypatch.setattr(time, "time_ns", lambda: later_ns)
            with pytest.raises(SourceError, match="gives 0 records where it gave"):
                await crm.poll()
            assert crm.totals == before
            await crm.poll()
            assert not any(crm.totals.values())

    @pytest.mark.parametrize(
        ("column", "kind", "initial"),
        [
            ("id", "integer", 1),
            ("closed", "datetime", datetime(2026, 3, 1, 12)),
            ("changed", "date", "2026-03-02"),
            ("agent", "text", "Ann X"),
        ],
    )
    async def test_a_cursor_begins_where_it_is_told(
        self, database: Database, column: str, kind: str, initial: object
    ) -> None:
        cursor = {"column": column, "as": kind, "initial": initial}
        read = await gather(
            database.source(f"{QUERY} WHERE {column} > :cursor", cursor=cursor).fetch("", context())
        )
        assert "1:won" not in {fact.key for fact in read.facts}
        assert "2:won" in {fact.key for fact in read.facts}

    async def test_oldest_leaves_out_what_no_board_needs(self, database: Database) -> None:
        source = database.source(f"{QUERY} WHERE closed >= :oldest")
        everything = await gather(source.fetch("", context()))
        assert len(everything.facts) == 3
        oldest_ms = int(datetime(2026, 3, 3, tzinfo=UTC).timestamp() * 1000)
        recent = await gather(source.fetch("", FetchContext(lambda: 0, oldest_ms=oldest_ms)))
        assert {fact.key for fact in recent.facts} == {"2:won", "3:lost"}, "and a day before it, to be safe"
        assert recent.end.full
        assert recent.end.since_ms == oldest_ms, "what is older is not withdrawn"

    async def test_signs_between_quotation_marks_are_no_gaps(self, database: Database) -> None:
        query = (
            "SELECT id, ' :no 10:30 100%' AS agent, closed, value, stage, changed "
            "FROM deals WHERE agent LIKE '%n%' /* :nor this; */ ;"
        )
        read = await gather(database.source(query).fetch("", context()))
        assert {line.identity for fact in read.facts for line in fact.lines} == {":no 10:30 100%"}

    async def test_a_table_or_column_that_is_not_there_is_named(self, database: Database) -> None:
        for query, name in ((QUERY.replace("deals", "deels"), "deels"), (f"{QUERY} WHERE ownr = 1", "ownr")):
            with pytest.raises(SourceError, match=name) as caught:
                await gather(database.source(query).fetch("", context()))
            assert caught.value.stage == "query"
            assert not caught.value.stop, "it may be back at the next poll"

    async def test_a_query_that_takes_too_long_is_ended(self, database: Database) -> None:
        began = time.monotonic()
        with pytest.raises(SourceError, match="longer than 1 s") as caught:
            await gather(database.source(database.slow, statement_timeout="1s").fetch("", context()))
        assert caught.value.stage == "query"
        assert time.monotonic() - began < 5

    async def test_whoever_stops_waiting_stops_the_query(self, database: Database) -> None:
        fetching = asyncio.ensure_future(gather(database.source(database.slow).fetch("", context())))
        await asyncio.sleep(0.5)
        began = time.monotonic()
        fetching.cancel()
        with pytest.raises(asyncio.CancelledError):
            await fetching
        assert time.monotonic() - began < 3

    async def test_whoever_goes_away_in_the_middle_leaves_nothing_behind(self, database: Database) -> None:
        many = " UNION ALL ".join([QUERY] * 20)
        cross = f"SELECT a.* FROM ({many}) a, ({many}) b"
        items = database.source(cross).fetch("", context())
        assert isinstance(await anext(items), Batch)
        await items.aclose()  # type: ignore[attr-defined]
        assert len((await gather(database.source().fetch("", context()))).facts) == 3

    async def test_a_result_is_read_in_batches(self, database: Database) -> None:
        many = " UNION ALL ".join([QUERY] * 80)
        cross = f"SELECT a.* FROM ({many}) a, ({many}) b"
        read = await gather(database.source(cross).fetch("", context()))
        assert len(read.facts) == 240 * 240
        assert max(len(batch.facts) for batch in read.batches[-20:]) <= 2_000
