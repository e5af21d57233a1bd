"""A source's keeper: its rhythm, its failures in words, and nothing half done."""

from __future__ import annotations

import asyncio
import logging
import random
from collections.abc import AsyncIterator, Callable, Generator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from salesboard_display.core.figures import Select
from salesboard_display.core.messages import Message
from salesboard_display.core.sync import Applied, Batch, Rejection, SyncEnd
from salesboard_display.engine import firstrun
from salesboard_display.engine.clock import real_ms
from salesboard_display.engine.coordinator import Coordinator, Health
from salesboard_display.engine.firstrun import Reading
from salesboard_display.engine.numbers import Style
from salesboard_display.engine.store_thread import StoreThread
from salesboard_display.engine.words import Words
from salesboard_display.sources.contract import FetchContext, Source
from salesboard_display.store import Staging, Store, StoreDamaged, StoreUnavailable
from tests.engine.offices import NOW, Step, ToldSource, broken, deal, in_thread, until

OK = [Batch((deal("d1", "Anna", 100),)), SyncEnd(NOW, full=False, cursor="1")]
ALL = (-(2**62), 2**62)


@pytest.fixture
def store(tmp_path: Path, thread: StoreThread) -> Iterator[Store]:
    """A new store that lives in the thread."""
    with in_thread(thread, tmp_path / "a.db") as opened:
        yield opened


class Keeper:
    """A coordinator with everything it tells."""

    def __init__(self, source: ToldSource, store: Store, thread: StoreThread, every_s: float = 3600) -> None:
        self.source, self.store, self.thread = source, store, thread
        self.applied: list[Applied | None] = []
        self.healths: list[Health] = []
        self.coordinator = Coordinator(
            source,
            poll_every_s=every_s,
            store=store,
            thread=thread,
            context=FetchContext(real_ms),
            applied=self._applied,
            changed=self._changed,
            words=Words(Style("en_IE", "UTC")),
            chance=random.Random(1),
        )

    async def _applied(self, _source: Source, applied: Applied | None, _arrived_ms: int) -> None:
        self.applied.append(applied)

    def _changed(self, _source: Source, health: Health) -> None:
        self.healths.append(health)

    @property
    def health(self) -> Health:
        return self.coordinator.health

    async def keys(self) -> set[str]:
        rows = await self.thread.call(lambda: self.store.figures().facts(Select(("deal_won",)), *ALL))
        return {row.key for row in rows}


@asynccontextmanager
async def running(keeper: Keeper) -> AsyncIterator[asyncio.Task[None]]:
    """The coordinator running; cancelled at the end."""
    task = asyncio.create_task(keeper.coordinator.run())
    try:
        yield task
    finally:
        task.cancel()
        await asyncio.wait([task])


def leftovers(path: Path) -> list[str]:
    """Files of syncs under way beside the store."""
    return sorted(file.name for folder in path.glob("*.staging") for file in folder.iterdir())


def wait_of(keeper: Keeper) -> float:
    """How many seconds until the next poll."""
    return (keeper.health.next_poll_ms - real_ms()) / 1000


async def test_a_source_is_polled_at_once_and_then_at_its_interval(store: Store, thread: StoreThread) -> None:
    keeper = Keeper(ToldSource(OK), store, thread, every_s=100)
    async with running(keeper):
        await until(lambda: keeper.health.next_poll_ms)
        assert await keeper.keys() == {"d1"}
        assert keeper.health.state == "ok"
        assert 85 < wait_of(keeper) < 111


async def test_the_interval_is_kept(store: Store, thread: StoreThread) -> None:
    keeper = Keeper(ToldSource(OK), store, thread, every_s=0.02)
    async with running(keeper):
        await until(lambda: keeper.source.fetched >= 4)


async def test_a_source_that_says_it_changed_is_polled_at_once(store: Store, thread: StoreThread) -> None:
    keeper = Keeper(
        ToldSource(OK, [Batch((deal("d2", "Ben", 50),)), SyncEnd(NOW, full=False)]), store, thread
    )
    async with running(keeper):
        await until(lambda: keeper.health.next_poll_ms)
        keeper.source.stirs.put_nowait(None)
        await until(lambda: len(keeper.applied) == 2)
        assert await keeper.keys() == {"d1", "d2"}


async def test_what_changes_while_it_is_polled_is_polled_after_it(store: Store, thread: StoreThread) -> None:
    go = asyncio.Event()
    keeper = Keeper(ToldSource([go, *OK]), store, thread)
    async with running(keeper):
        await keeper.source.began.wait()
        keeper.source.stirs.put_nowait(None)
        await until(keeper.source.stirs.empty)
        await asyncio.sleep(0)
        go.set()
        await until(lambda: keeper.source.fetched == 2)


async def test_what_a_later_batch_states_stands_against_an_earlier_withdrawal(
    store: Store, thread: StoreThread
) -> None:
    steps = [Batch(withdrawn=("d1", "d2")), Batch((deal("d1", "Anna", 100),)), SyncEnd(NOW, full=False)]
    both = [Batch((deal("d1", "Anna", 90), deal("d2", "Ben", 50))), SyncEnd(NOW, full=False)]
    keeper = Keeper(ToldSource(both, steps), store, thread)
    await keeper.coordinator.sync()
    await keeper.coordinator.sync()
    assert await keeper.keys() == {"d1"}


async def test_only_one_sync_of_a_source_is_under_way(store: Store, thread: StoreThread) -> None:
    go = asyncio.Event()
    keeper = Keeper(ToldSource([go, *OK]), store, thread)
    async with running(keeper):
        await keeper.source.began.wait()
        imported = asyncio.create_task(keeper.coordinator.sync())
        polled = asyncio.create_task(keeper.coordinator.poll())
        go.set()
        await imported
        await polled
    assert keeper.source.fetched >= 3
    assert keeper.source.most_at_once == 1


async def test_a_poll_asked_for_comes_after_the_one_under_way_and_says_what_failed(
    store: Store, thread: StoreThread, expected_log: Callable[[str], None]
) -> None:
    expected_log("the CRM does not answer")
    go = asyncio.Event()
    keeper = Keeper(ToldSource([go, *OK], [broken()]), store, thread)
    async with running(keeper):
        await keeper.source.began.wait()
        asked = asyncio.create_task(keeper.coordinator.poll())
        await asyncio.sleep(0)
        go.set()
        why = await asked
    assert why is not None
    assert why.id == "the CRM does not answer"


async def test_of_a_source_that_pushes_there_is_nothing_to_poll(store: Store, thread: StoreThread) -> None:
    never = asyncio.Event()
    source = ToldSource([*OK, Batch((deal("d2", "Ben", 5),)), SyncEnd(NOW, full=False), never], pushes=True)
    keeper = Keeper(source, store, thread)
    async with running(keeper):
        await until(lambda: len(keeper.applied) == 2)
        assert await keeper.coordinator.poll() is None
        assert await keeper.keys() == {"d1", "d2"}
    assert source.running == 0


async def test_an_outage_is_logged_when_it_begins_and_when_it_is_over(
    store: Store, thread: StoreThread, caplog: pytest.LogCaptureFixture, expected_log: Callable[[str], None]
) -> None:
    expected_log("source crm: the CRM does not answer")
    expected_log("source crm: answers again")
    keeper = Keeper(ToldSource(OK, [broken()], [broken("still nothing")], [broken()], OK), store, thread)
    async with running(keeper):
        await until(lambda: keeper.health.state == "ok")
        for _ in range(4):
            await keeper.coordinator.poll()
    assert [record.levelno for record in caplog.records if "source crm" in record.getMessage()] == [
        logging.WARNING,
        logging.WARNING,
    ]
    assert [health.state for health in keeper.healths] == ["ok", "failing", "failing", "failing", "ok"]
    assert keeper.health.message is None


async def test_the_last_good_data_is_kept_while_a_source_fails(
    store: Store, thread: StoreThread, expected_log: Callable[[str], None]
) -> None:
    expected_log("does not answer")
    keeper = Keeper(ToldSource(OK, [Batch((deal("d9", "Zoe", 9),)), broken()]), store, thread)
    async with running(keeper):
        await until(lambda: keeper.health.state == "ok")
        await keeper.coordinator.poll()
        assert await keeper.keys() == {"d1"}
        state = await thread.call(lambda: store.source_state("crm"))
        assert (state.complete_at_ms, state.cursor) == (NOW, "1")
        assert "does not answer" in state.last_error


async def test_a_failing_source_is_left_alone_for_longer_and_longer(
    store: Store, thread: StoreThread, expected_log: Callable[[str], None]
) -> None:
    expected_log("does not answer")
    keeper = Keeper(ToldSource(*[[broken()] for _ in range(30)]), store, thread, every_s=60)
    waits = []
    async with running(keeper):
        for _ in range(30):
            await keeper.coordinator.poll()
            waits.append(wait_of(keeper))
    assert min(waits) > 4
    assert 60 < max(waits) <= 900


async def test_a_source_that_says_when_to_come_again_is_not_asked_before(
    store: Store, thread: StoreThread, expected_log: Callable[[str], None]
) -> None:
    expected_log("rate-limited")
    keeper = Keeper(ToldSource([broken("rate-limited", retry_after_s=5000)]), store, thread, every_s=1)
    async with running(keeper):
        await until(lambda: keeper.health.next_poll_ms)
        assert wait_of(keeper) > 4900


def patient(wait_s: float) -> list[Step]:
    """A sync that ends well, after which the source wants to be left alone for a while."""
    return [OK[0], SyncEnd(NOW, full=False, not_before_ms=real_ms() + int(wait_s * 1000))]


async def test_a_source_that_answers_and_asks_for_patience_gets_it_and_its_health_says_so(
    store: Store, thread: StoreThread
) -> None:
    keeper = Keeper(ToldSource(patient(5000), patient(0)), store, thread, every_s=60)
    async with running(keeper):
        await until(lambda: keeper.health.next_poll_ms)
        assert 4900 < wait_of(keeper) <= 5000
        assert keeper.health.state == "ok"
        assert keeper.health.message is None
        assert keeper.health.patience is not None
        said = Words(Style("en_IE", "UTC")).say(keeper.health.patience)
        assert "asks not to be asked again before" in said
        assert await keeper.coordinator.poll() is None  # somebody wants to know now
        assert 50 < wait_of(keeper) < 70
        assert keeper.health.patience is None
    assert [health.patience is not None for health in keeper.healths] == [True, False]


async def test_patience_within_the_interval_changes_nothing(store: Store, thread: StoreThread) -> None:
    keeper = Keeper(ToldSource(patient(7)), store, thread, every_s=60)
    async with running(keeper):
        await until(lambda: keeper.health.next_poll_ms)
        assert 50 < wait_of(keeper) < 70
        assert keeper.health.patience is None


async def test_a_hint_that_something_changed_waits_while_patience_is_asked_for(
    store: Store, thread: StoreThread
) -> None:
    keeper = Keeper(ToldSource(patient(0.3)), store, thread, every_s=60)
    async with running(keeper):
        await until(lambda: keeper.health.next_poll_ms)
        keeper.coordinator.poll_soon()
        await asyncio.sleep(0.1)
        assert keeper.source.fetched == 1
        await until(lambda: keeper.source.fetched == 2)


async def test_a_failure_does_not_end_the_patience_asked_for_before(
    store: Store, thread: StoreThread, expected_log: Callable[[str], None]
) -> None:
    expected_log("does not answer")
    keeper = Keeper(ToldSource(patient(5000), [broken()]), store, thread, every_s=60)
    async with running(keeper):
        await until(lambda: keeper.health.next_poll_ms)
        assert await keeper.coordinator.poll() is not None
        assert wait_of(keeper) > 4900


async def test_a_source_that_gives_much_less_is_asked_again_after_a_while_and_its_facts_stay(
    store: Store, thread: StoreThread, expected_log: Callable[[str], None]
) -> None:
    expected_log("Source crm gives 0 facts where it had 1. They stay until it has said so for an hour.")
    expected_log("answers again")
    good: list[Step] = [OK[0], SyncEnd(NOW, full=True, guarded=True)]
    keeper = Keeper(ToldSource(OK, [SyncEnd(NOW, full=True, guarded=True)], good), store, thread, every_s=9e4)
    async with running(keeper):
        await until(lambda: keeper.health.next_poll_ms)
        said = await keeper.coordinator.poll()
        assert said is not None
        assert keeper.health.state == "failing"
        assert 590 < wait_of(keeper) < 910
        assert await keeper.keys() == {"d1"}
        assert await keeper.coordinator.poll() is None
        assert keeper.health.state == "ok"


async def test_that_no_record_of_a_kind_can_be_used_is_logged_once(
    store: Store, thread: StoreThread, expected_log: Callable[[str], None], caplog: pytest.LogCaptureFixture
) -> None:
    expected_log("source crm: none of the last 2 “deal won” records could be used; the first: amount: none")
    bad = [Rejection(str(i), "amount", Message("none"), str(i), "deal_won") for i in range(2)]
    polls: list[list[Step]] = [[Batch(rejections=tuple(bad)), SyncEnd(NOW, full=True)] for _ in range(3)]
    keeper = Keeper(ToldSource(OK, *polls), store, thread)
    async with running(keeper):
        for _ in range(4):
            await keeper.coordinator.poll()
        assert await keeper.keys() == {"d1"}
        assert keeper.health.state == "ok"
    assert sum("none of the last" in record.getMessage() for record in caplog.records) == 1


async def test_a_refused_key_stops_the_polling_until_somebody_acts(
    store: Store, thread: StoreThread, expected_log: Callable[[str], None]
) -> None:
    expected_log("reconnect the CRM")
    expected_log("answers again")
    keeper = Keeper(ToldSource([broken("reconnect the CRM", stop=True)], OK), store, thread, every_s=0.01)
    async with running(keeper):
        await until(lambda: keeper.health.state == "stopped")
        await asyncio.sleep(0.1)
        assert keeper.source.fetched == 1
        assert await keeper.coordinator.poll() is None
        await until(lambda: keeper.source.fetched > 3)
    assert keeper.health.state == "ok"


async def test_a_bug_in_a_source_is_logged_with_its_trace_and_the_source_is_asked_again(
    store: Store, thread: StoreThread, expected_log: Callable[[str], None]
) -> None:
    expected_log("(?s)a bug ended this poll.*Traceback.*ZeroDivisionError")
    expected_log("This source met a bug; the log has it")
    expected_log("answers again")
    keeper = Keeper(ToldSource([ZeroDivisionError("one too many")], OK), store, thread)
    async with running(keeper):
        await until(lambda: keeper.health.next_poll_ms)
        assert keeper.health.message is not None
        assert keeper.health.message.id == "bug-in-source"
        await keeper.coordinator.poll()
        assert await keeper.keys() == {"d1"}


async def test_a_watch_that_fails_is_said_and_polling_goes_on(
    store: Store, thread: StoreThread, expected_log: Callable[[str], None]
) -> None:
    expected_log("(?s)its changes cannot be watched.*too many watches")
    keeper = Keeper(ToldSource(OK), store, thread)
    async with running(keeper):
        await until(lambda: keeper.health.next_poll_ms)
        keeper.source.stirs.put_nowait(OSError("too many watches"))
        await until(keeper.source.stirs.empty)
        await asyncio.sleep(0)
        await keeper.coordinator.poll()
    assert keeper.source.fetched == 2


async def test_nothing_new_is_noted_as_complete(store: Store, thread: StoreThread) -> None:
    keeper = Keeper(ToldSource([SyncEnd(NOW + 5, full=False, unchanged=True)]), store, thread)
    async with running(keeper):
        await until(lambda: keeper.applied)
        assert keeper.applied == [None]
        assert keeper.health.complete_at_ms == NOW + 5


async def test_a_large_sync_is_applied_whole(store: Store, thread: StoreThread, tmp_path: Path) -> None:
    batches: list[Step] = [Batch(tuple(deal(f"d{n}-{i}", "Anna", 1) for i in range(400))) for n in range(5)]
    keeper = Keeper(ToldSource([*batches, SyncEnd(NOW, full=True)]), store, thread)
    async with running(keeper):
        await until(lambda: keeper.applied)
        assert len(await keeper.keys()) == 2000
    assert leftovers(tmp_path) == []


async def test_a_large_sync_that_fails_is_thrown_away_whole(
    store: Store, thread: StoreThread, tmp_path: Path, expected_log: Callable[[str], None]
) -> None:
    expected_log("page 3 of 5")
    batches: list[Step] = [Batch(tuple(deal(f"d{n}-{i}", "Anna", 1) for i in range(400))) for n in range(3)]
    keeper = Keeper(ToldSource([*batches, broken("page 3 of 5 failed")]), store, thread)
    async with running(keeper):
        await until(lambda: keeper.health.state == "failing")
        assert await keeper.keys() == set()
        assert leftovers(tmp_path) == []


async def test_a_fetch_that_is_cancelled_leaves_nothing_staged(
    store: Store, thread: StoreThread, tmp_path: Path
) -> None:
    never = asyncio.Event()
    batches: list[Step] = [Batch(tuple(deal(f"d{n}-{i}", "Anna", 1) for i in range(400))) for n in range(3)]
    keeper = Keeper(ToldSource([*batches, never]), store, thread)
    async with running(keeper):
        await until(lambda: leftovers(tmp_path))
    assert leftovers(tmp_path) == []
    assert keeper.source.running == 0


async def test_cancelled_while_the_thread_stages_it_leaves_nothing_either(
    store: Store, thread: StoreThread, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    loop, began, go = asyncio.get_running_loop(), asyncio.Event(), asyncio.Event()
    begin = store.begin_sync

    def slowly(source: str) -> Staging:
        loop.call_soon_threadsafe(began.set)
        asyncio.run_coroutine_threadsafe(go.wait(), loop).result(10)
        return begin(source)

    monkeypatch.setattr(store, "begin_sync", slowly)
    keeper = Keeper(ToldSource([Batch(tuple(deal(f"d{i}", "A", 1) for i in range(600)))]), store, thread)
    async with running(keeper) as task:
        await began.wait()
        task.cancel()
        await asyncio.sleep(0)
        go.set()
    await thread.call(lambda: None)  # whatever was asked of the thread before is done then
    assert leftovers(tmp_path) == []


async def test_a_sync_cancelled_while_it_is_applied_is_finished_by_the_next(
    store: Store, thread: StoreThread, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    loop, begun, apply = asyncio.get_running_loop(), asyncio.Event(), store.apply_steps

    def steps(staged: Staging, *, now_ms: int) -> Generator[None, None, Applied]:
        """The first step of it, and then no end."""
        inner = apply(staged, now_ms=now_ms)
        try:
            next(inner)
            loop.call_soon_threadsafe(begun.set)
            while True:
                yield
        finally:
            inner.close()

    facts = tuple(deal(f"d{i}", "Anna", 1) for i in range(2000))
    keeper = Keeper(ToldSource([Batch(facts), SyncEnd(NOW, full=True)]), store, thread)
    monkeypatch.setattr(store, "apply_steps", steps)
    async with running(keeper):
        await begun.wait()
    assert await keeper.keys() == set()
    assert [name.split(".")[-1] for name in leftovers(tmp_path)] == ["ready"]
    monkeypatch.setattr(store, "apply_steps", apply)
    again = Keeper(ToldSource([Batch((deal("one", "Ben", 1),)), SyncEnd(NOW, full=False)]), store, thread)
    async with running(again):
        await until(lambda: again.applied)
        assert len(await again.keys()) == 2001
    assert leftovers(tmp_path) == []


class FullDisk:
    """Lets a store's writes fail as on a full disk until there is room."""

    def __init__(self, store: Store, monkeypatch: pytest.MonkeyPatch, path: Path) -> None:
        self.full = True
        for name in ("apply_batch", "note_error", "note_complete", "begin_sync"):
            monkeypatch.setattr(store, name, self._guard(getattr(store, name), path))

    def _guard(self, work: Callable[..., Any], path: Path) -> Callable[..., Any]:
        def guarded(*args: Any, **named: Any) -> Any:
            if self.full:
                raise StoreUnavailable("full", path)
            return work(*args, **named)

        return guarded


async def test_on_a_full_disk_the_source_fails_in_words_and_comes_back_without_a_restart(
    store: Store,
    thread: StoreThread,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    expected_log: Callable[[str], None],
) -> None:
    expected_log("source crm: The disk is full")
    expected_log("answers again")
    disk = FullDisk(store, monkeypatch, tmp_path)
    keeper = Keeper(ToldSource(OK, OK, OK), store, thread)
    async with running(keeper):
        await until(lambda: keeper.health.state == "failing")
        assert keeper.health.message is not None
        assert "disk is full" in Words(Style("en_IE", "UTC")).say(keeper.health.message)
        disk.full = False
        assert await keeper.coordinator.poll() is None
        assert await keeper.keys() == {"d1"}


async def test_a_damaged_store_ends_the_keeper(
    store: Store, thread: StoreThread, monkeypatch: pytest.MonkeyPatch
) -> None:
    def damaged(*_args: object, **_named: object) -> None:
        raise StoreDamaged("store-damaged", why="a page", path="store.db")

    monkeypatch.setattr(store, "apply_batch", damaged)
    keeper = Keeper(ToldSource(OK), store, thread)
    with pytest.raises(StoreDamaged):
        await keeper.coordinator.run()


async def test_importing_another_file_says_nothing_about_the_sources_health(
    store: Store, thread: StoreThread, expected_log: Callable[[str], None]
) -> None:
    expected_log("does not answer")
    keeper = Keeper(ToldSource([broken()]), store, thread)
    other = ToldSource([Batch((deal("imported", "Ben", 5),), done=5, total=10), SyncEnd(NOW, full=False)])
    told: list[tuple[int, int | None]] = []
    async with running(keeper):
        await until(lambda: keeper.health.state == "failing")
        await keeper.coordinator.sync(lambda done, total: told.append((done, total)), other.fetch)
        assert keeper.health.state == "failing"
        assert await keeper.keys() == {"imported"}
    assert told == [(5, 10)]
    assert len(keeper.applied) == 1


async def test_first_polls_of_many_displays_are_spread(store: Store, thread: StoreThread) -> None:
    waits = []
    for seed in range(200):
        keeper = Keeper(ToldSource(), store, thread)
        keeper.coordinator._spread_s, keeper.coordinator._chance = 30.0, random.Random(seed)
        async with running(keeper):
            await asyncio.sleep(0)
            assert keeper.source.fetched == 0
        waits.append(int(random.Random(seed).uniform(0, 30.0)))
    busiest = max(map(waits.count, range(30)))
    assert busiest <= 3 * len(waits) / 30


async def test_a_poll_that_is_asked_for_waits_for_no_spread(store: Store, thread: StoreThread) -> None:
    keeper = Keeper(ToldSource(), store, thread)
    keeper.coordinator._spread_s = 3600.0
    async with running(keeper):
        assert await keeper.coordinator.poll() is None
        assert keeper.source.fetched == 1


async def test_a_first_reading_that_lasts_is_told_until_it_is_applied(
    store: Store, thread: StoreThread, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(firstrun, "EVERY_S", 0.02)
    more, end = asyncio.Event(), asyncio.Event()
    batch = Batch((deal("d1", "Anna", 100),), done=12_400)
    keeper = Keeper(ToldSource([more, batch, end, SyncEnd(NOW, full=True)], [more]), store, thread)
    async with running(keeper):
        await until(lambda: keeper.health.reading == Reading())
        more.set()
        await until(lambda: keeper.health.reading == Reading(12_400))
        more.clear()
        end.set()
        await until(lambda: keeper.applied)
        assert keeper.health.reading is None
        keeper.coordinator.poll_soon()  # the second reading lasts, too, and is nothing special
        await until(lambda: keeper.source.fetched == 2)
        await asyncio.sleep(0.1)
        assert keeper.health.reading is None


async def test_a_first_reading_that_fails_is_told_no_longer(
    store: Store, thread: StoreThread, monkeypatch: pytest.MonkeyPatch, expected_log: Callable[[str], None]
) -> None:
    expected_log("the CRM does not answer")
    monkeypatch.setattr(firstrun, "EVERY_S", 0.02)
    go = asyncio.Event()
    keeper = Keeper(ToldSource([Batch(done=7), go, broken()]), store, thread)
    async with running(keeper):
        await until(lambda: keeper.health.reading == Reading(7))
        go.set()
        await until(lambda: keeper.health.state == "failing")
        assert keeper.health.reading is None


async def test_what_is_read_at_once_is_not_told_of(store: Store, thread: StoreThread) -> None:
    keeper = Keeper(
        ToldSource([Batch((deal("d1", "Anna", 1),), done=1), SyncEnd(NOW, full=True)]), store, thread
    )
    async with running(keeper):
        await until(lambda: keeper.applied)
    assert not any(health.reading for health in keeper.healths)
