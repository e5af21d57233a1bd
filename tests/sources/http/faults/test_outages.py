"""Each fault, once and for a while, at the first, second and last request of a sync: what is on the wall
stays, and comes right by itself where it can."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from salesboard_display.engine.backoff import LONGEST_S, SHORTEST_S
from salesboard_display.engine.store_thread import StoreThread
from salesboard_display.store import Store
from tests.engine.offices import in_thread
from tests.sources.http.faults.acme import KEY, PAGES, Wall, deal, wall
from tests.sources.http.faults.table import STOPS, TABLE, Fault
from tests.sources.http.faults.test_words import fits
from tests.sources.http.scripted import Told

BEFORE = [("Cleo", 901.0), ("Ben", 701.0), ("Anna", 501.0)]


@pytest.fixture
def thread() -> Iterator[StoreThread]:
    made = StoreThread()
    yield made
    made.close()


@pytest.fixture
def store(tmp_path: Path, thread: StoreThread) -> Iterator[Store]:
    with in_thread(thread, tmp_path / "a.db") as opened:
        yield opened


@pytest.fixture
def logged(caplog: pytest.LogCaptureFixture, expected_log: Callable[[str], None]) -> Callable[[], list[str]]:
    """The log's lines from WARNING up since it was last asked; that there are some is expected."""
    expected_log("source crm: ")

    def lines() -> list[str]:
        said = [record.getMessage() for record in caplog.records if record.levelno >= logging.WARNING]
        caplog.clear()
        return said

    return lines


@pytest.mark.slow
@pytest.mark.parametrize("fault", TABLE, ids=lambda fault: fault.name)
async def test_what_is_on_the_wall_stays_and_comes_right(
    fault: Fault,
    tmp_path: Path,
    store: Store,
    thread: StoreThread,
    monkeypatch: pytest.MonkeyPatch,
    logged: Callable[[], list[str]],
) -> None:
    async with wall(tmp_path, store, thread, monkeypatch) as office:
        for at in range(PAGES):
            await for_a_while(office, fault, at, logged)
            await once(office, fault, at, logged)


async def for_a_while(office: Wall, fault: Fault, at: int, logged: Callable[[], list[str]]) -> None:
    """Two polls fail; the third comes after the fault is gone."""
    before, complete = await office.places(), office.health.complete_at_ms
    new = deal(100 + at, "Anna", "1000")  # on the first page or the last: half a sync would show it
    office.acme.deals.insert(0 if at else len(office.acme.deals), new)
    office.acme.begin(fault, at, once=False)
    await office.next_poll()
    assert fits(fault.sentence, office.said()), office.said()
    assert KEY not in office.said()
    assert office.health.state == ("stopped" if fault.becomes == STOPS else "failing")
    assert await office.places() == before
    assert office.health.complete_at_ms == complete
    if fault.becomes == STOPS:
        assert office.waits[-1] is None
        office.acme.end()
        await office.coordinator.poll()  # somebody acted
    else:
        wait_s = office.waits[-1]
        assert wait_s is not None
        assert max(SHORTEST_S, fault.wait_s or 0) - 5 <= wait_s <= max(LONGEST_S, fault.wait_s or 0)
        await office.next_poll()
        assert office.health.state == "failing"
        assert await office.places() == before
        office.acme.end()
        await office.next_poll()
    assert office.health.state == "ok"
    assert (await office.places())[0][0] == "Anna"
    lines = logged()
    assert len(lines) == 2, lines
    assert re.search("answers again", lines[1])
    office.acme.deals.remove(new)
    await office.next_poll()
    assert [name for name, _ in await office.places()] == [name for name, _ in BEFORE]


async def once(office: Wall, fault: Fault, at: int, logged: Callable[[], list[str]]) -> None:
    """A fault that is met once is tried over at once, or gone by the next poll."""
    before = await office.places()
    office.acme.begin(fault, at, once=True)
    await office.next_poll()
    assert await office.places() == before
    if office.health.state == "stopped":
        await office.coordinator.poll()
    elif office.health.state == "failing":
        await office.next_poll()
    office.acme.end()
    assert office.health.state == "ok"
    assert await office.places() == before
    assert len(logged()) in (0, 2)


@pytest.mark.parametrize(
    "date", ["Mon, 21 Sep 2020 01:00:00 GMT", "Fri, 01 Jan 2044 00:00:00 GMT", "yesterday"]
)
async def test_a_server_whose_clock_is_wrong_is_no_failure(
    date: str, tmp_path: Path, store: Store, thread: StoreThread, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with wall(tmp_path, store, thread, monkeypatch) as office:
        office.acme.head = {"date": date}
        office.acme.deals.append(deal(7, "Anna", "1000"))
        await office.next_poll()
        assert office.health.state == "ok"
        assert (await office.places())[0][0] == "Anna"


async def test_a_page_that_comes_twice_and_one_that_is_shifted_count_once(
    tmp_path: Path, store: Store, thread: StoreThread, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with wall(tmp_path, store, thread, monkeypatch) as office:
        before = await office.places()
        everything = list(office.acme.deals)
        office.acme.deals[:] = [
            *everything[:3],
            *everything[1:],
        ]  # shifted: what was on one page is on the next
        await office.next_poll()
        assert await office.places() == before
        office.acme.deals[:] = [*everything, *everything[:2], *everything[:1]]
        await office.next_poll()
        assert await office.places() == before


async def test_an_empty_page_and_no_content_are_what_they_say(
    tmp_path: Path, store: Store, thread: StoreThread, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with wall(tmp_path, store, thread, monkeypatch) as office:
        assert await office.places() == BEFORE
        last = office.acme.deals.pop()
        office.acme.deals.pop()
        await office.next_poll()
        assert office.health.state == "ok"
        assert [name for name, _ in await office.places()] != [name for name, _ in BEFORE]
        assert last["who"] == "Cleo"
        nothing = Fault("204", "", TABLE[0].stage, "", lambda: Told(b"", 204))
        office.acme.begin(nothing, 1, once=False)
        await office.next_poll()
        assert office.health.state == "ok"
