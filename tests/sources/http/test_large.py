"""A large reply is read without the wall standing still meanwhile. CPU times are compared, which a busy
machine does not change."""

from __future__ import annotations

import json
import threading
import time
from decimal import Decimal

import httpx

from salesboard_display.core.sync import Batch
from salesboard_display.sources.contract import FetchContext
from salesboard_display.sources.http.aside import LARGE, aside
from salesboard_display.sources.http.reading import json_of
from tests.sources.http.deals import BASE, NOW, a_source, deal
from tests.sources.http.scripted import a_preset, speaking


def page(count: int) -> bytes:
    """Deals as a CRM with many fields of its own sends them."""
    extra = {f"custom_{n}": f"value {n}" for n in range(20)}
    return json.dumps({"data": [deal(id_, amount=0.1, **extra) for id_ in range(count)]}).encode()


async def test_the_event_loop_has_little_to_do_with_a_large_reply() -> None:
    large = page(10_000)
    way = httpx.MockTransport(lambda _: httpx.Response(200, stream=httpx.ByteStream(large)))
    preset = a_preset(BASE, hosts=["api.example.com"])
    facts = 0
    async with speaking(preset, way=way) as session:
        source = a_source({}, session)
        in_all, here = time.process_time(), time.thread_time()
        async for item in source.fetch("", FetchContext(lambda: NOW)):
            facts += len(item.facts) if isinstance(item, Batch) else 0
        here, in_all = time.thread_time() - here, time.process_time() - in_all
    assert len(large) > 16 * LARGE
    assert facts == 10_000
    assert here < in_all / 4


def test_other_threads_go_on_while_a_large_reply_is_read() -> None:
    text, reading = page(20_000).decode(), 0.0

    def read() -> None:
        nonlocal reading
        began = time.thread_time()
        body, _ = json_of(text)
        reading = time.thread_time() - began
        assert body["data"][-1]["amount"] == Decimal("0.1")

    thread = threading.Thread(target=read)
    began = time.thread_time()
    thread.start()
    while thread.is_alive():
        sum(range(1000))
    assert time.thread_time() - began > reading / 3


async def test_only_a_large_reply_is_worth_a_thread() -> None:
    main = threading.get_ident()
    assert await aside(LARGE - 1, threading.get_ident) == main
    assert await aside(LARGE, threading.get_ident) != main
