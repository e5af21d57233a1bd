"""A small office to test with: settings and a file of deals in a folder, sources that do as they are told."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from salesboard_display.core.facts import CreditLine, Fact
from salesboard_display.core.messages import Message
from salesboard_display.core.people import PersonRecord
from salesboard_display.core.sync import Batch, SyncEnd
from salesboard_display.engine.office import Office, open_office
from salesboard_display.engine.store_thread import StoreThread
from salesboard_display.sources.contract import FetchContext, SourceError, problem
from salesboard_display.store import Store

SETTINGS = """\
version = 1

[office]
zone = "UTC"
locale = "en_IE"
currency = "EUR"

[store]
path = "store.db"

[wall]
channel = "main"

[sources.crm]
type = "file"
path = "deals.csv"
poll_every = "1h"
debounce = "0s"

[[sources.crm.facts]]
kind = "deal_won"
key = "id"
person = "who"
happened = { from = "at", as = "datetime" }
amount = "amount"
currency = { constant = "EUR" }

[metrics.revenue]
name = "Revenue"
kinds = ["deal_won"]
aggregate = "sum"

[metrics.deals]
name = "Deals"
kinds = ["deal_won"]
aggregate = "count"
unit = { kind = "number", word = "deals" }

[boards.revenue]
title = "Revenue won"
metric = "revenue"
period = "this-month"

[boards.deals]
title = "Deals won"
metric = "deals"
period = "today"

[slides.leaderboard]
view = "leaderboard"
board = "revenue"

[slides.deals]
view = "leaderboard"
board = "deals"

[channels.main]
slides = ["leaderboard", "deals"]
"""

HOUR = 3_600_000
DAY = 24 * HOUR


def ms(text: str) -> int:
    """ "2026-03-14 12:00" (UTC) as an instant."""
    return int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp() * 1000)


NOW = ms("2026-03-18 12:00")


class OfficeFolder:
    """A folder with an office's settings and its deals."""

    def __init__(self, folder: Path) -> None:
        self.path = folder
        self.settings = folder / "office.toml"
        self.deals_file = folder / "deals.csv"
        self.settings.write_text(SETTINGS, "utf-8")
        self.deals(("d1", "Anna Arc", 300), ("d2", "Ben Bow", 200))

    def deals(self, *deals: tuple[str, str, int], at: str | None = None) -> None:
        """Write the file of deals: (key, who, whole euros), won at this time (default: just now)."""
        when = at or datetime.now(UTC).strftime("%Y-%m-%d %H:%M:%S")
        lines = ["id,who,amount,at", *(f"{key},{who},{amount},{when}" for key, who, amount in deals)]
        fresh = self.deals_file.with_suffix(".new")
        fresh.write_text("\n".join(lines) + "\n", "utf-8")
        fresh.replace(self.deals_file)

    def edit(self, old: str, new: str) -> None:
        """Change the settings."""
        text = self.settings.read_text("utf-8")
        assert old in text
        fresh = self.settings.with_suffix(".new")
        fresh.write_text(text.replace(old, new), "utf-8")
        fresh.replace(self.settings)

    def add(self, more: str) -> None:
        """Add to the settings."""
        self.settings.write_text(self.settings.read_text("utf-8") + "\n" + more, "utf-8")

    def office(self) -> Office:
        """The office these settings describe."""
        return open_office(self.settings)[0]


def deal(
    key: str, who: str, euros: int | None, at: int = NOW, *, day_only: bool = False, **attributes: str
) -> Fact:
    """A won deal, credited to one person by name."""
    line = CreditLine(who, None if euros is None else euros * 100, 1000)
    currency = "" if euros is None else "EUR"
    return Fact(key, "deal_won", at, day_only, currency, (line,), tuple(sorted(attributes.items())))


def call(key: str, who: str, at: int = NOW) -> Fact:
    """A call."""
    return Fact(key, "call", at, False, "", (CreditLine(who, None, 1000),))


def everybody(*names: str, team: str = "") -> tuple[PersonRecord, ...]:
    """People as a source states them, known by their names."""
    return tuple(PersonRecord(name, name, team=team) for name in names)


def fill(
    store: Store,
    *facts: Fact,
    people: Iterable[PersonRecord] | None = None,
    source: str = "crm",
    now: int = NOW,
    withdrawn: tuple[str, ...] = (),
) -> None:
    """Put facts into a store; their people are known unless others are given."""
    known = everybody(*{line.identity for fact in facts for line in fact.lines}) if people is None else people
    batch = Batch(facts=facts, people=tuple(known), withdrawn=withdrawn)
    store.apply_batch(source, batch, SyncEnd(now, full=False), now_ms=now)


@contextmanager
def in_thread(thread: StoreThread, path: Path) -> Iterator[Store]:
    """A store opened, and in the end closed, in the thread that uses it."""
    store = thread._pool.submit(Store.open, path).result(10)
    yield store
    thread._pool.submit(store.close).result(10)


Step = Batch | SyncEnd | Exception | asyncio.Event


class ToldSource:
    """A source that does what it is told: each fetch plays the next list of steps; an Event is waited for."""

    def __init__(self, *fetches: list[Step], name: str = "crm", pushes: bool = False) -> None:
        self.name = name
        self.pushes = pushes
        self.fetches = list(fetches)
        self.fetched = 0
        self.running = 0
        self.most_at_once = 0
        self.began = asyncio.Event()
        self.stirs: asyncio.Queue[Exception | None] = asyncio.Queue()

    async def fetch(self, cursor: str, ctx: FetchContext) -> AsyncIterator[Batch | SyncEnd]:
        self.fetched += 1
        self.running += 1
        self.most_at_once = max(self.most_at_once, self.running)
        self.began.set()
        try:
            steps = self.fetches.pop(0) if self.fetches else [SyncEnd(NOW, full=False, unchanged=True)]
            for step in steps:
                if isinstance(step, asyncio.Event):
                    await step.wait()
                elif isinstance(step, Exception):
                    raise step
                else:
                    yield step
        finally:
            self.running -= 1

    async def changes(self) -> AsyncIterator[None]:
        while True:
            stir = await self.stirs.get()
            if stir is not None:
                raise stir
            yield None

    def notes(self) -> tuple[Message, ...]:
        return ()


def broken(
    text: str = "the CRM does not answer", *, retry_after_s: float | None = None, stop: bool = False
) -> SourceError:
    """A failure of the world."""
    from salesboard_display.sources.contract import Stage

    return problem(Stage.CONNECTION, text, retry_after_s=retry_after_s, stop=stop)


async def until(condition: Callable[[], object], within_s: float = 10.0) -> None:
    """Wait until it holds; what is waited for has no event of its own."""
    async with asyncio.timeout(within_s):
        while not condition():  # noqa: ASYNC110
            await asyncio.sleep(0.01)
