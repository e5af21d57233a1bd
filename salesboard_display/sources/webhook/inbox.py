"""Webhooks between their sender and the store: each is on the disk before its sender is told so."""

from __future__ import annotations

import asyncio
import contextlib
from collections import deque
from itertools import islice
from pathlib import Path

from salesboard_display.sources.webhook.journal import Entry, Journal, forget

MOST_WAITING_BYTES = 32 * 2**20
MOST_AT_ONCE = 500
"""How many webhooks become one sync at most."""
LIFE_EVERY_MS = 1000
"""A sign of life within a second of the last one says nothing new."""
_ANEW = "."
"""Stands between an id that may come anew and the number of the webhook that came with it."""


class Full(Exception):
    """As many webhooks wait as may."""


class Inbox:
    """Keeps webhooks in the order they came, until what they say is in the store.

    Senders that come at the same time share one writing to the disk. Used in one event loop.
    """

    def __init__(self, path: Path, most_waiting: int) -> None:
        self.alive_ms = 0
        """When the last webhook or sign of life came, 0 before the first."""
        self._journal = Journal(path)
        self._most = most_waiting
        self._waiting: deque[Entry] = deque()
        self._bytes = 0
        self._unwritten: list[Entry] = []
        self._being_written: dict[str, asyncio.Future[OSError | None]] = {}
        self._writer: asyncio.Task[None] | None = None
        self._stir = asyncio.Event()
        self._told_ms = 0

    async def open(self, done_seq: int, now_ms: int) -> None:
        """Begin with what was left the last time; everything up to ``done_seq`` is in the store. Raises
        OSError."""
        opening = asyncio.ensure_future(asyncio.to_thread(self._journal.open, done_seq, now_ms))
        try:
            await asyncio.shield(opening)
        except asyncio.CancelledError:  # nobody else may open it before this is over
            await asyncio.wait([opening])
            raise
        self._waiting.extend(self._journal.waiting)
        self._bytes = sum(len(entry.text) for entry in self._waiting)
        self._journal.waiting = []
        if self._waiting:
            self.alive_ms = self._waiting[-1].at_ms
            self._stir.set()

    async def close(self) -> None:
        """Let go, once everything that somebody waits for is written."""
        if self._writer is not None:
            await asyncio.wait([self._writer])
        await asyncio.to_thread(self._journal.close)

    @property
    def full(self) -> bool:
        """Whether as many webhooks wait as may."""
        return len(self._waiting) + len(self._unwritten) >= self._most or self._bytes >= MOST_WAITING_BYTES

    async def put(self, id_: str, text: str, at_ms: int, *, lasting: bool = True) -> bool:
        """Keep a webhook; True once it is on the disk, False when the id was heard before and is kept
        already. Unless ``lasting`` the id is a repeat only of the newest webhook: after any other it is news.

        Raises Full, OSError.
        """
        if not lasting:
            newest = self._newest()
            repeats = newest.partition(_ANEW)[0] == id_
            id_ = newest if repeats else f"{id_}{_ANEW}{self._journal.last_seq + 1}"
        if id_ in self._journal.heard:
            self.sign_of_life(at_ms)
            return False
        under_way = self._being_written.get(id_)
        new = under_way is None
        if under_way is None:
            if self.full:
                raise Full
            under_way = self._begin(id_, text, at_ms)
        error = await asyncio.shield(under_way)
        if error is not None:
            raise error
        return new

    def sign_of_life(self, at_ms: int) -> None:
        """The sender is there, though it has nothing new to say."""
        self.alive_ms = max(self.alive_ms, at_ms)
        if self.alive_ms - self._told_ms >= LIFE_EVERY_MS:
            self._stir.set()

    async def next(self) -> list[Entry]:
        """The oldest webhooks, as soon as there are any; none when there was only a sign of life. They stay
        until `done`."""
        await self._stir.wait()
        self._told_ms = self.alive_ms
        entries = self.there()
        if not entries:
            self._stir.clear()
        return entries

    def there(self) -> list[Entry]:
        """The oldest webhooks that wait."""
        return list(islice(self._waiting, MOST_AT_ONCE))

    def done(self, seq: int) -> None:
        """What came up to this one is in the store."""
        while self._waiting and self._waiting[0].seq <= seq:
            self._bytes -= len(self._waiting.popleft().text)
        if not self._waiting and self.alive_ms - self._told_ms < LIFE_EVERY_MS:
            self._stir.clear()

    def _newest(self) -> str:
        """The id of the newest webhook, "" where none is remembered."""
        return next(reversed(self._being_written), "") or next(reversed(self._journal.heard), "")

    def _begin(self, id_: str, text: str, at_ms: int) -> asyncio.Future[OSError | None]:
        self._journal.last_seq += 1
        self._unwritten.append(Entry(self._journal.last_seq, id_, at_ms, text))
        self._bytes += len(text)
        written: asyncio.Future[OSError | None] = asyncio.get_running_loop().create_future()
        self._being_written[id_] = written
        if self._writer is None or self._writer.done():
            self._writer = asyncio.create_task(self._write(), name="webhooks' journal")
        return written

    async def _write(self) -> None:
        """Write what there is to write, all at once, until there is nothing left."""
        while self._unwritten:
            entries, self._unwritten = self._unwritten, []
            error: OSError | None = None
            try:
                await asyncio.to_thread(self._journal.append, entries)
            except OSError as failed:
                error = failed
            for entry in entries:
                self._written(entry, error)
            if self._journal.overgrown:
                kept, heard = list(self._waiting), dict(self._journal.heard)
                with contextlib.suppress(OSError):  # then it goes on growing
                    await asyncio.to_thread(self._journal.write_anew, kept, heard)

    def _written(self, entry: Entry, error: OSError | None) -> None:
        if error is None:
            self._journal.heard[entry.id] = entry.at_ms
            self._waiting.append(entry)
            self.alive_ms = max(self.alive_ms, entry.at_ms)
            self._stir.set()
        else:
            self._bytes -= len(entry.text)
        written = self._being_written.pop(entry.id)
        if not written.done():
            written.set_result(error)
        forget(self._journal.heard, entry.at_ms)
