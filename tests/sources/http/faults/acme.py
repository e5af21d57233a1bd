"""Acme CRM: three pages of deals behind a network that can be made bad, and an office that shows them."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from salesboard_display.core.sync import Applied
from salesboard_display.engine.clock import real_ms
from salesboard_display.engine.coordinator import Coordinator, Health
from salesboard_display.engine.desk import Desk
from salesboard_display.engine.office import Office, open_office
from salesboard_display.engine.store_thread import StoreThread
from salesboard_display.engine.words import Words
from salesboard_display.settings.http import HttpSource as HttpSettings
from salesboard_display.sources import Surroundings
from salesboard_display.sources.contract import FetchContext, Source
from salesboard_display.sources.http.session import Session
from salesboard_display.sources.http.source import HttpSource
from salesboard_display.sources.http.transport import Limits
from salesboard_display.store import Store
from tests.engine.desks import slides, worked
from tests.engine.offices import NOW, until
from tests.sources.http.faults.net import Net, network
from tests.sources.http.faults.table import HOST, Fault
from tests.sources.http.scripted import Asked, Pauses, Told, environment

PAGES = 3
LIMITS = Limits(total_s=1.0, connect_s=0.5, body_bytes=2 * 2**20)
PRESET = f"""\
version = 1
name = "Acme CRM"
tried = "server"
hosts = ["{HOST}"]
base_url = "https://{HOST}"
budget = {{ requests = 100, per = "1s" }}

[options.key]
title = "Key"
secret = true

[auth]
type = "headers"
headers = {{ Authorization = "Bearer {{option.key}}" }}

[[errors]]
status = [403]
when = "[?errorCode=='REQUEST_LIMIT_EXCEEDED']"
action = "rate-limited"

[[waits]]
header = "X-Reset"

[[waits]]
header = "RateLimit"
as = "ratelimit"

[[waits]]
body = "rate_reset"
as = "seconds"

[streams.deals]
path = "/deals"
params = {{ page = "{{page.token}}" }}
records = "items"
paging = {{ type = "cursor", next = "next" }}

[[streams.deals.facts]]
kind = "deal_won"
key = "id"
person = "who"
happened = {{ from = "at", as = "datetime" }}
amount = "amount"
currency = {{ constant = "EUR" }}
"""
OFFICE = """\
version = 1
[office]
zone = "UTC"
locale = "en_GB"
currency = "EUR"
[sources.crm]
type = "http"
preset = "acme"
options = { key = "${secret:crm}" }
allow_hosts = ["api.acme.test"]
[metrics.revenue]
name = "Revenue"
kinds = ["deal_won"]
aggregate = "sum"
[boards.revenue]
title = "Revenue won"
metric = "revenue"
period = "this-month"
[slides.leaderboard]
view = "leaderboard"
board = "revenue"
"""
KEY = "s3cr3t-canary-4711"


@dataclass
class Acme:
    """The API. ``deals`` is what it has; ``fault`` happens to the request for page ``at``."""

    net: Net = field(init=False)
    deals: list[dict[str, Any]] = field(default_factory=list)
    fault: Fault | None = None
    at: int = 0
    once: bool = False
    head: dict[str, str] = field(default_factory=dict)
    asked: int = 0

    def begin(self, fault: Fault, at: int, *, once: bool) -> None:
        """From now on this is wrong."""
        self.fault, self.at, self.once = fault, at, once
        if at == 0:
            self._block()

    def end(self) -> None:
        """All is well again."""
        self.fault, self.net.way = None, ""

    def _block(self) -> None:
        if self.fault is not None and self.fault.way:
            self.net.way, self.net.once = self.fault.way, self.once
            if self.once:
                self.fault = None

    def __call__(self, asked: Asked) -> Told:
        self.asked += 1
        if asked.path == "/round":
            return Told(b"", 302, {"location": "/round", "connection": "close"})
        page = int(asked.params.get("page", 0))
        if self.fault is not None and self.fault.told is not None and page == self.at:
            told = self.fault.told()
            if self.once:
                self.fault = None
            return Told(told.body, told.status, {**told.headers, "connection": "close"}, told.break_after,
                        told.drip_s)  # fmt: skip
        if page == self.at - 1:
            self._block()
        step = -(-len(self.deals) // PAGES)
        body = {"items": self.deals[page * step : (page + 1) * step],
                "next": str(page + 1) if page < PAGES - 1 else None}  # fmt: skip
        return Told(body, headers={"connection": "close", **self.head})


def deal(number: int, who: str, amount: str) -> dict[str, Any]:
    """A deal as the API has it."""
    return {"id": f"d{number}", "who": who, "amount": amount, "at": "2026-03-10T10:00:00Z"}


@dataclass
class Wall:
    """The office, its source's keeper, and what is on the wall. Time passes when it is told to."""

    acme: Acme
    office: Office
    store: Store
    thread: StoreThread
    coordinator: Coordinator
    waits: list[float | None]
    pass_: asyncio.Event

    @property
    def health(self) -> Health:
        """How the source is doing."""
        return self.coordinator.health

    def said(self) -> str:
        """The state's sentence."""
        return Words(self.office.words.style).say(self.health.message)

    async def places(self) -> list[tuple[str, float]]:
        """Everybody's name and value, in their order."""

        def look() -> list[tuple[str, float]]:
            desk = worked(Desk(self.office, self.store, writes=False), NOW, real_ms())
            board = slides(desk, NOW, real_ms())["leaderboard"]
            return [(row.name, row.value) for page in board.pages for row in page]

        return await self.thread.call(look)

    async def next_poll(self) -> None:
        """Let the time until the next poll pass, and the poll end."""
        before = len(self.waits)
        self.pass_.set()
        await until(lambda: len(self.waits) > before)


def set_or_after(waits: list[float | None], time_passes: asyncio.Event) -> Callable[..., Awaitable[None]]:
    """A wait that ends when the test lets time pass; it is written down how long it would have been."""

    async def wait(event: asyncio.Event, seconds: float | None) -> None:
        waits.append(seconds)
        time_passes.clear()
        either = [asyncio.create_task(event.wait())]
        if seconds is not None:
            either.append(asyncio.create_task(time_passes.wait()))
        try:
            await asyncio.wait(either, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in either:
                task.cancel()

    return wait


@asynccontextmanager
async def wall(folder: Path, store: Store, thread: StoreThread, monkeypatch: Any) -> AsyncIterator[Wall]:
    """The wall of an office with Acme CRM, after its first good sync."""
    (folder / "acme.toml").write_text(PRESET, "utf-8")
    (folder / "office.toml").write_text(OFFICE, "utf-8")
    office = open_office(folder / "office.toml")[0]
    settings = office.settings.sources["crm"]
    assert isinstance(settings, HttpSettings)
    acme = Acme(deals=[deal(n, who, f"{n}00.50") for n, who in enumerate(("Anna", "Ben", "Cleo") * 2, 1)])
    async with network(acme) as net:
        acme.net = net
        pauses = Pauses()
        session = Session(
            "crm", settings.api, settings.options, secrets=environment(crm=KEY), sleep=pauses.sleep,
            allow_hosts=(HOST,), now_s=pauses.now_s, limits=LIMITS, way=net.guarded(),
        )  # fmt: skip
        source = HttpSource("crm", settings, Surroundings("UTC", folder), session=lambda: session)
        waits: list[float | None] = []
        time_passes = asyncio.Event()
        monkeypatch.setattr(
            "salesboard_display.engine.coordinator.set_or_after", set_or_after(waits, time_passes)
        )
        coordinator = Coordinator(
            source, poll_every_s=60.0, store=store, thread=thread, context=FetchContext(real_ms),
            applied=_applied, changed=_changed, words=office.words, chance=random.Random(1),
        )  # fmt: skip
        await thread.call(lambda: office.introduce(store))
        running = asyncio.create_task(coordinator.run())
        try:
            await until(lambda: waits)
            yield Wall(acme, office, store, thread, coordinator, waits, time_passes)
        finally:
            running.cancel()
            await asyncio.wait([running])
            await session.aclose()


async def _applied(_source: Source, _applied: Applied | None, _arrived_ms: int) -> None:
    pass


def _changed(_source: Source, _health: Health) -> None:
    pass
