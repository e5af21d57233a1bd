"""A sender of webhooks under measurement: ``python -m tests.benchmarks.sender URL PER_S SECONDS WAIT_S``.

Signs and posts at an even pace to this computer alone, whether or not the answers keep up, over a few
connections that stay open; prints what it measured as JSON, and ends by itself, at the latest when nobody
listens any more.
"""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
import random
import sys
import time
from collections import Counter
from urllib.parse import urlsplit

from salesboard_display.views.meter import percentile

SECRET = "a secret of the benchmark"
CONNECTIONS = 16
PEOPLE = 400
FIRST = 3
"""So many people lead by far, so that the single webhooks after that change a value and no place."""


def body(number: int, per_second: float) -> bytes:
    """One deal that was won just now: at a slow pace by the three who lead, else by anybody."""
    leads = per_second < 10
    person = number % FIRST if leads else random.randrange(PEOPLE)
    amount = 90_000_000 - 10_000_000 * number if leads and number < FIRST else 900
    happened = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
    deal = {"kind": "deal_won", "id": f"live-{time.time_ns()}-{number}", "person": f"rep-{person:03d}",
            "happened": happened, "amount": amount, "currency": "EUR"}  # fmt: skip
    return json.dumps(deal).encode()


Connection = tuple[asyncio.StreamReader, asyncio.StreamWriter]


class Sender:
    """Posts to one address; ``answers_ms`` and ``statuses`` are what came of it."""

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        if parts.hostname != "127.0.0.1":
            raise ValueError("webhooks are sent to this computer alone")
        self.host, self.port, self.path = parts.hostname, parts.port or 80, parts.path
        self.answers_ms: list[float] = []
        self.statuses: Counter[int] = Counter()
        self._idle: asyncio.LifoQueue[Connection | None] = asyncio.LifoQueue()
        for _ in range(CONNECTIONS):
            self._idle.put_nowait(None)

    async def post(self, content: bytes) -> int:
        """Post once; the status. The time counts from here, waiting for a connection included."""
        began = time.perf_counter()
        connection = await self._idle.get()
        try:
            try:
                answer, connection = await self._ask(content, connection)
            except (OSError, asyncio.IncompleteReadError):  # it had been idle for too long
                answer, connection = await self._ask(content, None)
        except (OSError, asyncio.IncompleteReadError):
            connection = None
            raise
        finally:
            self._idle.put_nowait(connection)
        self.answers_ms.append((time.perf_counter() - began) * 1000)
        status = int(answer[9:12])
        self.statuses[status] += 1
        return status

    async def _ask(self, content: bytes, connection: Connection | None) -> tuple[bytes, Connection]:
        reader, writer = connection or await asyncio.open_connection(self.host, self.port)
        signature = hmac.new(SECRET.encode(), content, hashlib.sha256).hexdigest()
        head = (
            f"POST {self.path} HTTP/1.1\r\nHost: {self.host}\r\nX-Signature: {signature}\r\n"
            f"Content-Length: {len(content)}\r\n\r\n"
        )
        writer.write(head.encode() + content)
        return await reader.readuntil(b"}"), (reader, writer)

    async def until_heard(self) -> None:
        """Wait until the receiver is there."""
        async with asyncio.timeout(60):
            while True:
                try:
                    if await self.post(b"[]") == 200:
                        return
                except (OSError, asyncio.IncompleteReadError):
                    pass
                await asyncio.sleep(0.2)

    async def send(self, per_second: float, seconds: float) -> None:
        """Post at that pace for so long, or until nobody listens any more."""
        self.answers_ms.clear()
        self.statuses.clear()
        began = time.monotonic()
        posts: set[asyncio.Task[int]] = set()
        for number in range(round(per_second * seconds)):
            await asyncio.sleep(max(0.0, began + number / per_second - time.monotonic()))
            if any(post.done() and post.exception() for post in posts):
                break
            posts = {post for post in posts if not post.done()}
            posts.add(asyncio.create_task(self.post(body(number, per_second))))
        await asyncio.gather(*posts, return_exceptions=True)


async def measured(url: str, per_second: float, seconds: float, wait_s: float) -> dict[str, float]:
    """What a sender that waits, and then sends at that pace, saw."""
    sender = Sender(url)
    await sender.until_heard()
    await asyncio.sleep(wait_s)
    began = time.monotonic()
    await sender.send(per_second, seconds)
    return {
        "sent": sum(sender.statuses.values()),
        "kept": sender.statuses[200],
        "refused": sender.statuses[429],
        "seconds": time.monotonic() - began,
        "answer_p50_ms": percentile(sender.answers_ms, 50),
        "answer_p99_ms": percentile(sender.answers_ms, 99),
        "answer_worst_ms": max(sender.answers_ms),
    }


def main() -> None:
    """The process."""
    url, *numbers = sys.argv[1:]
    print(json.dumps(asyncio.run(measured(url, *map(float, numbers)))))


if __name__ == "__main__":
    main()
