"""Reading an API: no page loses or doubles a record, and every poll ends in what the API has."""

from __future__ import annotations

import asyncio
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from salesboard_display.sources.contract import SourceError, in_english
from salesboard_display.sources.http.messages import BeginAnew, Reply, Request
from tests.sources.http.deals import NOW, PAGINGS, WON, Crm, Known, a_source, by_offset, deal, paged

SINCE: dict[str, Any] = {
    "params": {"since": "{since|epoch_ms}", "offset": "{page.offset}", "limit": "{page.size}"},
    "incremental": {"type": "filter", "field": "updated", "as": "epoch_ms", "lookback": "0s"},
    "paging": {"type": "offset", "size": 3},
    "deleted": "deleted",
}


def won(crm: Crm) -> set[str]:
    """The keys of the facts that the CRM holds."""
    return {
        f"{id_}:won" for id_, one in crm.deals.items() if one["status"] == "won" and not one.get("deleted")
    }


@pytest.mark.parametrize("name", PAGINGS)
@given(count=st.integers(0, 25), size=st.integers(1, 7))
@settings(max_examples=40, deadline=None)
def test_paging_neither_loses_nor_doubles_a_record(name: str, count: int, size: int) -> None:
    if name == "restart":
        size = min(size, 3)
    answer, stream = paged(name, size)
    crm = Crm({id_: deal(id_) for id_ in range(count)}, size=size, answer=answer)
    known = Known(a_source(stream, crm))
    asyncio.run(known.sync())
    assert sorted(known.stated) == sorted(won(crm))


Change = tuple[int, int, str]
CHANGES = st.lists(
    st.lists(
        st.tuples(st.integers(0, 8), st.integers(0, 1), st.sampled_from(["won", "open", "lost", "deleted"])),
        max_size=5,
    ),
    max_size=6,
)


@given(rounds=CHANGES)
@settings(max_examples=80, deadline=None)
def test_every_poll_ends_in_what_the_api_has_also_with_equal_times(rounds: list[list[Change]]) -> None:
    """Times only ever move on by 0 or 1 ms, so that many changes share the instant of the last one seen."""
    crm = Crm(size=3, answer=by_offset)
    known, clock = Known(a_source(SINCE, crm)), 0

    async def play() -> None:
        nonlocal clock
        for changes in rounds:
            for id_, moved, status in changes:
                clock += moved
                gone = status == "deleted"
                crm.deals[id_] = deal(id_, clock, "won" if gone else status, deleted=gone)
            await known.sync()
            assert set(known.facts) == won(crm)

    asyncio.run(play())


async def test_a_quiet_poll_is_one_request_and_changes_nothing() -> None:
    crm = Crm({id_: deal(id_, id_) for id_ in range(10)}, answer=by_offset)
    known = Known(a_source(SINCE, crm))
    await known.sync()
    await known.sync()
    crm.asked.clear()
    end = await known.sync()
    assert (end.unchanged, len(crm.asked)) == (True, 1)


async def test_what_vanished_is_found_when_everything_is_read_again() -> None:
    crm = Crm({id_: deal(id_, id_) for id_ in range(5)}, answer=by_offset)
    known = Known(a_source(SINCE, crm, full_every="1h"))
    await known.sync()
    del crm.deals[2]
    known.now_ms += 1_800_000
    await known.sync()
    assert "2:won" in known.facts
    known.now_ms += 1_800_000
    assert (await known.sync()).full
    assert set(known.facts) == won(crm)


@given(
    before=st.sets(st.integers(0, 20)),
    after=st.sets(st.integers(0, 20)),
    oldest=st.integers(0, 20),
)
@settings(max_examples=60, deadline=None)
def test_a_whole_window_withdraws_exactly_what_is_absent_in_it(
    before: set[int], after: set[int], oldest: int
) -> None:
    crm = Crm({id_: deal(id_, id_) for id_ in before}, answer=by_offset)
    known = Known(a_source(SINCE, crm, full_every="1h"), oldest_ms=NOW - 1_000_000 + oldest)
    asyncio.run(known.sync())
    crm.deals = {id_: deal(id_, id_) for id_ in after}
    known.now_ms += 3_600_000
    end = asyncio.run(known.sync())
    assert end.since_ms == known.oldest_ms
    kept = {id_ for id_ in before if id_ < oldest}
    assert set(known.facts) == {f"{id_}:won" for id_ in kept | after}


async def test_a_longer_period_reads_everything_again() -> None:
    crm = Crm({1: deal(1)}, answer=by_offset)
    known = Known(a_source(SINCE, crm), oldest_ms=NOW)
    await known.sync()
    known.oldest_ms = NOW - 400 * 86_400_000
    end = await known.sync()
    assert end.full
    assert int(crm.asked[-1]["since"]) == known.oldest_ms - 30 * 86_400_000


async def test_a_deal_changed_for_the_last_time_long_before_the_day_it_counts_on_stays() -> None:
    day_ms = 86_400_000
    crm = Crm({1: deal(1, closed=NOW + 80 * day_ms)}, answer=by_offset)  # won now, dated in the next quarter
    counted = {**WON, "happened": {"from": "closed", "as": "epoch_ms"}}
    stream = {**SINCE, "facts": [counted]}
    known = Known(a_source(stream, crm), oldest_ms=NOW - 10 * day_ms)
    await known.sync()
    known.now_ms, known.oldest_ms = NOW + 85 * day_ms, NOW + 60 * day_ms
    assert (await known.sync()).full
    assert set(known.facts) == {"1:won"}


async def test_a_window_reaches_back_no_further_than_a_deal_may_be_dated_ahead() -> None:
    day_ms = 86_400_000
    crm = Crm({1: deal(1)}, answer=by_offset)
    known = Known(a_source(SINCE, crm), oldest_ms=NOW - 1_000 * day_ms)
    await known.sync()
    known.now_ms, known.oldest_ms = NOW + day_ms, NOW
    assert (await known.sync()).full
    assert int(crm.asked[-1]["since"]) == NOW - 400 * day_ms


async def test_a_reopened_deal_is_taken_back() -> None:
    crm = Crm({1: deal(1), 2: deal(2)}, answer=by_offset)
    known = Known(a_source(SINCE, crm))
    await known.sync()
    crm.deals[1] = deal(1, 5, "open")
    await known.sync()
    assert set(known.facts) == {"2:won"}


async def test_a_deal_that_cannot_be_used_any_more_stays_until_everything_is_read_again() -> None:
    crm = Crm({1: deal(1), 2: deal(2)}, answer=by_offset)
    known = Known(a_source(SINCE, crm, full_every="1h"))
    await known.sync()
    crm.deals[1] = {**deal(1, 5), "owner": {"id": 7}}
    await known.sync()
    assert set(known.facts) == {"1:won", "2:won"}
    known.now_ms += 3_600_000
    await known.sync()
    assert set(known.facts) == {"2:won"}


async def test_newest_first_reads_no_further_than_it_has_to() -> None:
    def newest_first(crm: Crm, params: dict[str, str]) -> tuple[Any, dict[str, str]]:
        found = sorted(crm.deals.values(), key=lambda one: -one["updated"])
        start = (int(params["page"]) - 1) * 2
        return {"data": found[start : start + 2]}, {}

    stream = {
        "params": {"page": "{page.number}"},
        "paging": {"type": "page", "size": 2},
        "incremental": {"type": "newest-first", "field": "updated", "as": "epoch_ms", "lookback": "0s"},
    }
    crm = Crm({id_: deal(id_, id_) for id_ in range(9)}, answer=newest_first)
    known = Known(a_source(stream, crm))
    await known.sync()
    crm.deals[20] = deal(20, 20)
    crm.asked.clear()
    await known.sync()
    assert set(known.facts) == won(crm)
    assert [asked["page"] for asked in crm.asked] == ["1", "2"]


async def test_steps_cover_the_whole_window_oldest_first() -> None:
    def between(crm: Crm, params: dict[str, str]) -> tuple[Any, dict[str, str]]:
        since, until = int(params["since"]), int(params["until"])
        return {"data": [one for one in crm.deals.values() if since <= one["updated"] <= until]}, {}

    stream = {
        "params": {"since": "{since|epoch_ms}", "until": "{until|epoch_ms}"},
        "step": "7d",
        "incremental": {"type": "filter", "field": "updated", "as": "epoch_ms"},
    }
    crm = Crm({id_: deal(id_, -id_ * 5 * 86_400_000) for id_ in range(10)}, answer=between)
    known = Known(a_source(stream, crm), oldest_ms=NOW - 30 * 86_400_000)
    await known.sync()
    edges = [(int(asked["since"]), int(asked["until"])) for asked in crm.asked]
    assert edges[0][0] == NOW - 60 * 86_400_000
    assert edges[-1][1] == NOW
    assert all(a[1] == b[0] for a, b in pairwise(edges))
    assert set(known.facts) == won(crm)


async def test_slices_and_joins_reach_the_mapping() -> None:
    def answer(crm: Crm, params: dict[str, str]) -> tuple[Any, dict[str, str]]:
        if "view" not in params:
            return {"data": [{"id": 7, "stage": {"label": "won"}}, {"id": 8, "stage": {"label": "lost"}}]}, {}
        return {"data": [deal(int(params["view"]), stage_id=params["view"])]}, {}

    stage = {"path": "/stages", "records": "data", "every": "15m"}
    stream = {
        "params": {"view": "{slice}"},
        "slices": {"stream": "stages", "select": "id"},
        "joins": {"stage": {"stream": "stages", "key": "stage_id", "on": "id"}},
        "facts": [
            {"kind": "deal_won", "where": "stage.stage.label == 'won'", "key": "{id}:{slice}",
             "person": "owner", "happened": {"from": "updated", "as": "epoch_ms"}},
        ],
    }  # fmt: skip
    crm = Crm(answer=answer)
    known = Known(a_source(stream, crm, stages=stage))
    await known.sync()
    assert set(known.facts) == {"7:7"}
    assert len(crm.asked) == 3
    await known.sync()
    assert len(crm.asked) == 5, "stages are kept for a quarter of an hour"


async def test_an_api_that_goes_in_circles_is_said_and_nothing_is_lost() -> None:
    def circling(crm: Crm, _: dict[str, str]) -> tuple[Any, dict[str, str]]:
        return {"data": [crm.deals[1]], "next": "same"}, {}

    _, stream = paged("cursor", 1)
    known = Known(a_source(stream, Crm({1: deal(1)}, answer=circling)))
    with pytest.raises(SourceError) as failed:
        await known.sync()
    assert "leads to the same next page again (same)" in in_english(failed.value.message)


async def test_a_renamed_list_is_a_failure_and_a_null_one_is_empty() -> None:
    bodies: list[Any] = [{"data": [deal(1)]}, {"data": None}, {"deals": [deal(1)]}]
    crm = Crm(answer=lambda _crm, _params: (bodies.pop(0), {}))
    known = Known(a_source({}, crm))
    await known.sync()
    await known.sync()
    with pytest.raises(SourceError, match="has no “data”; it has deals"):
        await known.sync()


async def test_an_empty_list_is_doubted_unless_other_options_explain_it() -> None:
    crm = Crm({1: deal(1)}, answer=by_offset)
    known = Known(a_source(SINCE, crm))
    assert not (await known.sync()).guarded
    crm.deals.clear()
    known.now_ms += 86_400_000
    end = await known.sync()
    assert (end.full, end.guarded) == (True, True)
    known.source._made_by = "other options"
    end = await known.sync()
    assert (end.full, end.guarded) == (True, False)


async def test_beginning_anew_explains_no_empty_list_and_reaches_back_as_far_as_before() -> None:
    day_ms = 86_400_000

    class Forgets(Crm):
        forgotten = False

        async def send(self, request: Request) -> Reply:
            if self.forgotten:
                self.forgotten = False
                raise BeginAnew
            return await super().send(request)

    crm = Forgets({1: deal(1)}, answer=by_offset)
    known = Known(a_source(SINCE, crm), oldest_ms=NOW - 100 * day_ms)
    await known.sync()
    crm.forgotten = True
    known.now_ms, known.oldest_ms = NOW + day_ms, NOW
    end = await known.sync()
    assert (end.full, end.guarded) == (True, True)
    assert int(crm.asked[-1]["since"]) == NOW - 130 * day_ms


async def test_unmodified_costs_no_mapping_and_is_fresh() -> None:
    class Conditional(Crm):
        async def send(self, request: Request) -> Reply:
            if request.headers.get("If-None-Match") == "e1":
                return Reply(304, {}, "", None, request.url)
            return Reply(200, {"etag": "e1"}, "x", {"data": list(self.deals.values())}, request.url)

    known = Known(a_source({"conditional": "etag"}, Conditional({1: deal(1)})))
    await known.sync()
    known.now_ms += 60_000
    end = await known.sync()
    assert (end.unchanged, end.complete_at_ms, set(known.facts)) == (True, NOW + 60_000, {"1:won"})
