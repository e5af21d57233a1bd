"""One source's keeper: polls it in its rhythm, stages and applies what it gives, backs off when it fails."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import random
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, replace

from salesboard_display.core.messages import Instant, Message, message
from salesboard_display.core.sync import Applied, Batch, Refusal, SyncEnd
from salesboard_display.engine.backoff import Backoff
from salesboard_display.engine.clock import real_ms
from salesboard_display.engine.firstrun import Reading, told_each_second
from salesboard_display.engine.store_thread import StoreThread
from salesboard_display.engine.waiting import set_or_after
from salesboard_display.engine.words import Words
from salesboard_display.sources.contract import Closing, FetchContext, Source, SourceError
from salesboard_display.store import SourceState, Staging, Store, StoreDamaged, StoreError, SyncDoubted

log = logging.getLogger(__name__)
SMALL_FACTS = 500
JITTER = 0.1
DOUBTED_AGAIN_S = 600.0
"""What is doubted is read again whole after so long: soon enough to see that it was a mistake."""

Progress = Callable[[int, int | None], None]
Fetch = Callable[[str, FetchContext], AsyncIterator[Batch | SyncEnd]]


@dataclass(frozen=True, slots=True)
class Health:
    """How a source is doing: ``state`` is "new", "ok", "failing" or "stopped"; ``message`` says why.

    ``reading``: how far its first reading has come, None unless that goes on. ``patience``: why a source that
    is well is polled later than usual.
    """

    state: str = "new"
    message: Message | None = None
    since_ms: int = 0
    next_poll_ms: int = 0
    complete_at_ms: int | None = None
    reading: Reading | None = None
    patience: Message | None = None


class Coordinator:
    """Keeps one source: single flight, the last good data kept, failure and recovery logged once each.

    ``applied`` is awaited after each sync that ended well, with what changed (None: nothing) and the real
    instant (ms) at which it had arrived; ``changed`` is called whenever the health did. ``words``
    says failures in the log. ``spread_s``: the first poll comes at a moment of chance within so many seconds.
    """

    def __init__(
        self,
        source: Source,
        *,
        poll_every_s: float,
        store: Store,
        thread: StoreThread,
        context: FetchContext,
        applied: Callable[[Source, Applied | None, int], Awaitable[None]],
        changed: Callable[[Source, Health], None],
        words: Words,
        chance: random.Random | None = None,
        spread_s: float = 0.0,
    ) -> None:
        self.source = source
        self.health = Health()
        self.ready = asyncio.Event()
        """Set once the source has answered or failed for the first time."""
        self._every_s, self._spread_s = poll_every_s, spread_s
        self._store, self._thread, self._context = store, thread, context
        self._applied, self._changed, self._words = applied, changed, words
        self._chance = chance or random.Random()
        self._backoff = Backoff(chance=self._chance)
        self._not_before_ms = 0
        self._refused: set[str] = set()
        """Kinds of which it was said that no record can be used."""
        self._flight = asyncio.Lock()
        self._wake = asyncio.Event()
        self._asked: list[asyncio.Future[Message | None]] = []

    async def poll(self) -> Message | None:
        """Poll once more from now on and wait for it, also when polling had stopped; what failed, None if
        nothing.

        Of a source that pushes there is nothing to poll.
        """
        if self.source.pushes:
            return None
        asked: asyncio.Future[Message | None] = asyncio.get_running_loop().create_future()
        self._asked.append(asked)
        self._wake.set()
        return await asked

    def poll_soon(self) -> None:
        """Poll as soon as the one under way, if any, is over, and the source has had the patience it asked
        for; also ends a stop."""
        if self._patience_s > 0:
            asyncio.get_running_loop().call_later(self._patience_s, self._wake.set)
        else:
            self._wake.set()

    async def run(self) -> None:
        """Poll for ever: at the interval with jitter, at once when the source says it changed, later when it
        fails."""
        watcher = asyncio.create_task(self._watch())
        watcher.add_done_callback(self._watch_ended)
        asked: list[asyncio.Future[Message | None]] = []
        try:
            if self._spread_s:
                await set_or_after(self._wake, self._chance.uniform(0, self._spread_s))
            while True:
                self._wake.clear()  # before the poll: what changes while it runs is polled after it
                asked, self._asked = self._asked, []
                wait_s = await self._tick()
                self._set(next_poll_ms=real_ms() + int(wait_s * 1000) if wait_s is not None else 0)
                for each in asked:
                    if not each.done():
                        each.set_result(self.health.message)
                await set_or_after(self._wake, wait_s)
        finally:
            for each in (*asked, *self._asked):
                each.cancel()
            watcher.cancel()
            await asyncio.wait([watcher])
            if isinstance(self.source, Closing):
                await self.source.aclose()

    async def sync(self, progress: Progress | None = None, fetch: Fetch | None = None) -> Applied | None:
        """One sync now, None when nothing had changed; ``fetch`` reads something else than the source's own
        data, which says nothing about the source's health.

        Raises SourceError or StoreError in words. A pushing source's syncs go on until it ends.
        """
        async with self._flight:
            state = await self._thread.call(lambda: self._store.source_state(self.source.name))
            if fetch is not None or self.source.pushes or state.complete_at_ms is not None:
                return await self._sync(state.cursor, progress, fetch)
            with told_each_second(self._read_so_far) as first:
                return await self._sync(state.cursor, progress or first.note, fetch)

    async def _sync(self, cursor: str, progress: Progress | None, fetch: Fetch | None) -> Applied | None:
        gathered = _Gathered(self._store, self._thread, self.source.name)
        items = (fetch or self.source.fetch)(cursor, self._context)
        last: Applied | None = None
        try:
            async for item in items:
                if isinstance(item, SyncEnd):
                    arrived_ms = item.arrived_at_ms or real_ms()
                    last = await gathered.apply(item)
                    if fetch is None:
                        await self._well(item.not_before_ms or 0)
                    await self._applied(self.source, last, arrived_ms)
                else:
                    await gathered.add(item)
                    if progress is not None:
                        progress(item.done, item.total)
        finally:
            if isinstance(items, AsyncGenerator):
                await items.aclose()
            await gathered.discard()
        return last

    async def _watch(self) -> None:
        """Wakes the poll when the source says that it changed."""
        async for _ in self.source.changes():
            self._wake.set()

    def _watch_ended(self, watcher: asyncio.Task[None]) -> None:
        """A watch that fails is said; the source is polled all the same."""
        if not watcher.cancelled() and watcher.exception() is not None:
            why = watcher.exception()
            log.error("source %s: its changes cannot be watched", self.source.name, exc_info=why)

    async def _tick(self) -> float | None:
        """One poll; how long to wait for the next, None to wait until somebody acts."""
        try:
            await self.sync()
        except SourceError as error:
            return await self._failed(error.message, error.retry_after_s, stop=error.stop)
        except StoreDamaged:
            raise
        except StoreError as error:
            again_s = DOUBTED_AGAIN_S if isinstance(error, SyncDoubted) else None
            return await self._failed(error.message, again_s)
        except Exception:  # one of the four boundaries: a bug in one source must not end the others
            log.exception("source %s: a bug ended this poll", self.source.name)
            return await self._failed(message("bug-in-source"))
        finally:
            self.ready.set()
        return max(self._every_s * self._chance.uniform(1 - JITTER, 1 + JITTER), self._patience_s)

    @property
    def _patience_s(self) -> float:
        """How long the source has asked to be left alone yet."""
        return max(0.0, (self._not_before_ms - real_ms()) / 1000)

    async def _well(self, not_before_ms: int) -> None:
        if self.health.state in ("failing", "stopped"):
            log.warning("source %s: answers again", self.source.name)
        self._backoff.reset()
        state, refused = await self._thread.call(self._stands)
        for one in refused:
            if one.kind not in self._refused:
                said = self._words.say(message("records-refused", **one._asdict()))
                log.warning("source %s: %s", self.source.name, said)
        self._refused = {one.kind for one in refused}
        since_ms = self.health.since_ms if self.health.state == "ok" else real_ms()
        self._not_before_ms = not_before_ms
        later = self._patience_s > self._every_s
        self._set(
            state="ok",
            message=None,
            since_ms=since_ms,
            complete_at_ms=state.complete_at_ms,
            reading=None,
            patience=message("source-patience", until=Instant(not_before_ms)) if later else None,
        )
        self.ready.set()

    def _stands(self) -> tuple[SourceState, list[Refusal]]:
        return self._store.source_state(self.source.name), self._store.refused(self.source.name)

    async def _failed(
        self, why: Message, retry_after_s: float | None = None, *, stop: bool = False
    ) -> float | None:
        if self.health.state not in ("failing", "stopped"):
            log.warning("source %s: %s", self.source.name, self._words.say(why))
            self._set(since_ms=real_ms())
        self._set(state="stopped" if stop else "failing", message=why, patience=None)
        with contextlib.suppress(StoreError):
            said = self._words.say(why)
            await self._thread.call(lambda: self._store.note_error(self.source.name, said, real_ms()))
        return None if stop else max(self._backoff.next_s(), retry_after_s or 0.0, self._patience_s)

    def _read_so_far(self, reading: Reading | None) -> None:
        self._set(reading=None if self.health.state == "ok" else reading)

    def _set(self, **values: object) -> None:
        before, self.health = self.health, replace(self.health, **values)  # type: ignore[arg-type]
        if _told(before) != _told(self.health):
            self._changed(self.source, self.health)


def _told(health: Health) -> tuple[object, ...]:
    """What others are told of when it changes."""
    return health.state, health.message, health.reading, health.patience


class _Gathered:
    """Collects one sync: a small one in memory, a large one in the store's staging file."""

    def __init__(self, store: Store, thread: StoreThread, source: str) -> None:
        self._store, self._thread, self._source = store, thread, source
        self._small: list[Batch] = []
        self._staging: Staging | None = None

    async def add(self, batch: Batch) -> None:
        self._small.append(batch)
        if self._staging is None and sum(len(b.facts) for b in self._small) <= SMALL_FACTS:
            return
        await self._thread.call(self._stage)

    def _stage(self) -> None:
        if self._staging is None:
            self._staging = self._store.begin_sync(self._source)
        for batch in self._small:
            self._staging.add(batch)
        self._small.clear()

    async def apply(self, end: SyncEnd) -> Applied | None:
        """Apply what was gathered; None when the source said that nothing had changed."""
        if end.unchanged:
            await self.discard()
            await self._thread.call(lambda: self._store.note_complete(self._source, end.complete_at_ms))
            return None
        if self._staging is None:
            batch = _joined(self._small)
            self._small = []
            return await self._thread.call(
                lambda: self._store.apply_batch(self._source, batch, end, now_ms=real_ms())
            )
        staging = self._staging
        await self._thread.call(lambda: staging.finish(end))
        self._staging = None  # from here on it survives: what is left of it is done by the next sync
        return await self._thread.call_in_steps(self._store.apply_steps(staging, now_ms=real_ms()))

    async def discard(self) -> None:
        """Throw away what was gathered and not applied, after what the thread may still be writing of it."""
        self._small = []
        await asyncio.shield(self._thread.call(self._throw_away))  # also when it is cancelled twice

    def _throw_away(self) -> None:
        staging, self._staging = self._staging, None
        if staging is not None:
            staging.discard()


def _joined(batches: list[Batch]) -> Batch:
    """The batches as one. Within a batch withdrawals count after facts; what a later batch states stands."""
    if len(batches) == 1:
        return batches[0]
    withdrawn: dict[str, None] = {}
    for batch in batches:
        for fact in batch.facts:
            withdrawn.pop(fact.key, None)
        withdrawn.update(dict.fromkeys(batch.withdrawn))
    return Batch(
        facts=tuple(fact for b in batches for fact in b.facts),
        people=tuple(person for b in batches for person in b.people),
        rejections=tuple(rejection for b in batches for rejection in b.rejections),
        withdrawn=tuple(withdrawn),
    )
