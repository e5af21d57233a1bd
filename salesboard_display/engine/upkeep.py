"""Keeps the store well: the last board for the next start, backups, and words for a disk that cannot be
used."""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
from collections.abc import Callable
from dataclasses import replace

from salesboard_display.core.snapshot import Snapshot
from salesboard_display.core.wire import to_plain
from salesboard_display.engine.clock import real_ms
from salesboard_display.engine.store_thread import StoreThread
from salesboard_display.store import Store, StoreError, StoreUnavailable

log = logging.getLogger(__name__)
SAVE_EVERY_MS = 30_000
LOG_LIMIT_BYTES = 4 * 2**20
BACKUP_EVERY_S = 24 * 3600.0
FIRST_BACKUP_S = 600.0
AGAIN_S = 5.0


class Upkeep:
    """Looks after one open store, in its thread. An outage is logged twice: when it begins and when it is
    over.

    ``changed`` is called in the loop when one begins or ends.
    """

    def __init__(self, store: Store, thread: StoreThread, changed: Callable[[], None]) -> None:
        self.unavailable: StoreUnavailable | None = None
        """Why the store cannot be used, None while it can."""
        self._store, self._thread, self._changed = store, thread, changed
        self._saved_ms = 0

    def failed(self, error: StoreUnavailable) -> None:
        """The store could not be used just now."""
        before, self.unavailable = self.unavailable, error
        if before is None:
            log.warning("the store cannot be used: %s", error)
            self._changed()

    async def when_usable(self, work: Callable[[], None]) -> None:
        """Do the work in the store's thread as soon as the store can be used."""
        while True:
            try:
                await self._thread.call(work)
            except StoreUnavailable as error:
                self.failed(error)
                await asyncio.sleep(AGAIN_S)
            else:
                return

    async def after_publishing(
        self, snapshot: Snapshot | None, work: Callable[[], None] | None = None
    ) -> bool:
        """Now and then keep the snapshot for the next start, and empty the write-ahead log; whether
        ``work``, which
        waits until the store can be written, was done."""

        def keep() -> bool:
            """Whether it was seen that the store can be written."""
            due = self.unavailable is not None or abs(real_ms() - self._saved_ms) >= SAVE_EVERY_MS
            if work is not None:
                work()
            if due:
                self.save(snapshot)
                self._saved_ms = real_ms()
            self._store.checkpoint(LOG_LIMIT_BYTES)
            return due and snapshot is not None

        try:
            if await self._thread.call(keep) and self.unavailable is not None:
                log.warning("the store can be used again")
                self.unavailable = None
                self._changed()
        except StoreUnavailable as error:
            self.failed(error)
            return False
        return work is not None

    def save(self, snapshot: Snapshot | None) -> None:
        """In the store's thread: keep a snapshot for the next start."""
        if snapshot is not None:
            plain = to_plain(replace(snapshot, newest_fact_ms=0))
            self._store.save_snapshot(json.dumps(plain, ensure_ascii=False).encode(), real_ms())

    def end(self, snapshot: Snapshot | None) -> None:
        """In the store's thread: keep the last snapshot if that is possible, and close the store."""
        with contextlib.suppress(StoreError):
            self.save(snapshot)
        self._store.close()

    async def back_up_for_ever(self) -> None:
        """A verified backup soon after the start, then every day."""
        await asyncio.sleep(FIRST_BACKUP_S)
        while True:
            try:
                await self._thread.call(self._store.backup)
            except StoreUnavailable as error:
                self.failed(error)
            await asyncio.sleep(BACKUP_EVERY_S)
