"""What an API costs: the first sync of 50 000 deals, a poll that finds nothing new, 200 displays at once."""

from __future__ import annotations

import asyncio
import json
import multiprocessing
import random
import resource
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any
from urllib.parse import parse_qs, urlsplit

from salesboard_display.engine.coordinator import Coordinator, Health
from salesboard_display.engine.numbers import Style
from salesboard_display.engine.office import LONGEST_SPREAD_S
from salesboard_display.engine.reading import read_source
from salesboard_display.engine.store_thread import StoreThread
from salesboard_display.engine.words import Words
from salesboard_display.settings.loading import load
from salesboard_display.sources import build_source
from salesboard_display.sources.contract import FetchContext, Source
from salesboard_display.sources.http.source import HttpSource
from salesboard_display.store import Store
from tests.benchmarks.office import now_ms, write_settings
from tests.benchmarks.results import Result, yardstick_ms
from tests.benchmarks.system import command_beside_a_wall

DEALS, PAGE, DISPLAYS = 50_000, 200, 200
FIRST_SYNC_S, MEMORY_MB, POLL_CPU_MS, LATE_PERCENT = 60.0, 250.0, 5.0, 1.0
START_MS = 1_780_000_000_000

PRESET = """
version = 1
name = "Acme CRM"
tried = "server"
hosts = ["127.0.0.1"]
base_url = "ADDRESS"
budget = { requests = 1000, per = "1s" }

[streams.deals]
path = "/deals"
params = { since = "{since|epoch_ms}", limit = "{page.size}", cursor = "{page.token}" }
records = "data"
paging = { type = "cursor", size = 200, next = "next" }
incremental = { type = "filter", field = "properties.changed", as = "epoch_ms", lookback = "0s" }

[[streams.deals.facts]]
kind = "deal_won"
where = { "properties.status" = "won" }
key = "{id}:won"
person = "properties.owner"
happened = { from = "properties.changed", as = "epoch_ms" }
amount = "properties.amount"
currency = "properties.currency"
attributes = { type = "properties.type" }
detail = { name = "properties.name" }
"""


SOURCE = """[sources.crm]
type = "http"
preset = "acme"
allow_hosts = ["127.0.0.1"]
"""


class _Crm(BaseHTTPRequestHandler):
    """50 000 deals, made page by page."""

    protocol_version = "HTTP/1.1"
    asked = 0
    first_ms = START_MS
    """When the first deal was changed; the others follow a millisecond apart."""

    def do_GET(self) -> None:
        """A page of deals changed since."""
        type(self).asked += 1
        params = parse_qs(urlsplit(self.path).query)
        since = max(0, int(params["since"][0]) - self.first_ms)
        start = int(params.get("cursor", [str(since)])[0])
        stop = min(start + PAGE, DEALS)
        page: dict[str, Any] = {"data": [_deal(i, self.first_ms + i) for i in range(start, stop)]}
        page["next"] = str(stop) if stop < DEALS else None
        body = json.dumps(page).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Nothing is said."""


def _deal(i: int, changed_ms: int) -> dict[str, Any]:
    properties = {
        "status": ("won", "won", "lost", "open")[i % 4],
        "owner": str(i % 40),
        "amount": f"{i % 9000}.50",
        "currency": "EUR",
        "type": ("new", "upsell", "renewal")[i % 3],
        "name": f"Deal number {i}",
        "changed": str(changed_ms),
        **{f"custom_{n}": f"value {i} {n}" for n in range(20)},
    }
    return {"id": str(i), "properties": properties}


@contextmanager
def _serving() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Crm)
    server.daemon_threads = True
    thread = Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def _office(folder: Path, address: str) -> Path:
    _preset(folder, address)
    path = folder / "settings.toml"
    path.write_text('version = 1\n[office]\nname = "Acme"\nzone = "UTC"\n' + SOURCE)
    return path


def _preset(folder: Path, address: str) -> None:
    (folder / "acme.toml").write_text(PRESET.replace("ADDRESS", address))


def _display(folder: str, address: str, told: Any) -> None:
    """One display's reading, in a process of its own: the first sync, then quiet polls."""
    told.send(asyncio.run(_read(Path(folder), address)))


async def _read(folder: Path, address: str) -> dict[str, float]:
    path = _office(folder, address)
    source = build_source(load(path).settings, "crm", folder, "UTC")
    assert isinstance(source, HttpSource)
    context = FetchContext(lambda: START_MS + DEALS)
    with Store.open(folder / "a.db") as store:
        began = time.perf_counter()
        applied = await read_source(source.fetch, "crm", store, context=context)
        first_s = time.perf_counter() - began
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        assert applied is not None
        assert applied.added == DEALS // 2
        for _ in range(3):
            await read_source(source.fetch, "crm", store, context=context)
        polls = 20
        cpu = time.process_time()
        for _ in range(polls):
            async for _item in source.fetch(store.cursor("crm"), context):
                pass
        poll_ms = (time.process_time() - cpu) * 1000 / polls
    await source.aclose()
    return {
        "first_s": first_s,
        "peak_mb": peak / (2**20 if sys.platform == "darwin" else 2**10),
        "poll_ms": poll_ms,
    }


class _Starting(Coordinator):
    """A display's coordinator that notes when it would first ask."""

    asked_s: float | None = None

    async def _tick(self) -> float | None:
        self.asked_s = time.monotonic()
        return None


class _Silent:
    """A source that has nothing to say."""

    name, pushes = "crm", False

    async def changes(self) -> Any:
        """Nothing."""
        for _ in ():
            yield None


def _beside_a_wall(folder: Path, address: str) -> Iterator[Result]:
    """The same first sync while a wall animates."""
    speed, before = yardstick_ms(), _Crm.asked
    _Crm.first_ms = now_ms() - DEALS  # a board of this month asks for no older ones
    settings = write_settings(folder, six_boards=False, rows=8, rotate=True)
    _preset(folder, address)
    source = SOURCE.replace("[sources.crm]", "[sources.bench]")
    text = settings.read_text("utf-8").replace('[sources.bench]\ntype = "demo"\n', source)
    settings.write_text(text, "utf-8")
    found = command_beside_a_wall(settings, ["standings", "month", "--poll"])
    with Store.open(settings.with_name("store.db"), read_only=True) as store:
        assert store.source_state("bench").complete_at_ms is not None
    assert _Crm.asked - before >= DEALS // PAGE
    size, note = f"{DEALS:,} deals", f"over {found['seconds']:.1f} s, in which it was read and applied"
    yield Result(
        "late frames during a first sync", size, found["late_percent"], "%", LATE_PERCENT, speed, note
    )


def _ignored(_source: Source, _health: Health) -> None:
    return None


async def _first_polls() -> list[float]:
    words, thread = Words(Style("en_IE", "UTC")), StoreThread()
    displays = [
        _Starting(
            _Silent(), poll_every_s=60.0, store=None, thread=thread, context=FetchContext(lambda: 0),  # type: ignore[arg-type]
            applied=_never, changed=_ignored, words=words, chance=random.Random(seed),
            spread_s=LONGEST_SPREAD_S,
        )
        for seed in range(DISPLAYS)
    ]  # fmt: skip
    began = time.monotonic()
    tasks = [asyncio.create_task(display.run()) for display in displays]
    await asyncio.sleep(LONGEST_SPREAD_S + 1)
    for task in tasks:
        task.cancel()
    await asyncio.wait(tasks)
    thread.close()
    return [display.asked_s - began for display in displays if display.asked_s is not None]


async def _never(*_: object) -> None:
    return None


def run() -> Iterator[Result]:
    """Measure and judge."""
    speed = yardstick_ms()
    temporary = tempfile.TemporaryDirectory
    with temporary() as folder, temporary() as beside, _serving() as address:
        here, there = multiprocessing.get_context("spawn").Pipe(duplex=False)
        process = multiprocessing.get_context("spawn").Process(target=_display, args=(folder, address, there))
        process.start()
        found = here.recv()
        process.join()
        size = f"{DEALS:,} deals"
        pages = DEALS // PAGE
        yield Result(
            "first sync of an API", size, found["first_s"], "s", FIRST_SYNC_S, speed, f"{pages} pages"
        )
        yield Result("its memory", size, found["peak_mb"], "MB", MEMORY_MB, speed, "peak of the process")
        requests = (_Crm.asked - pages) / 23
        yield Result("requests of a quiet poll", size, requests, "requests", 1.0, speed)
        yield Result("CPU of a quiet poll", size, found["poll_ms"], "ms", POLL_CPU_MS, speed)
        yield from _beside_a_wall(Path(beside), address)
    polls = asyncio.run(_first_polls())
    assert len(polls) == DISPLAYS
    seconds = [int(at) for at in polls]
    mean = DISPLAYS / LONGEST_SPREAD_S
    peak = max(seconds.count(second) for second in set(seconds)) / mean
    yield Result("busiest second of first polls", f"{DISPLAYS} displays", peak, "× mean", 3.0, speed)
