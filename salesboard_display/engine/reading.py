"""One sync of one source, read and applied in the thread at hand: how the command line reads without an
engine."""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator, Callable

from salesboard_display.core.sync import Applied, Batch, SyncEnd
from salesboard_display.engine.clock import real_ms
from salesboard_display.sources.contract import FetchContext
from salesboard_display.store import Store

Progress = Callable[[int, int | None], None]
Read = Callable[[str, FetchContext], AsyncIterator[Batch | SyncEnd]]


async def read_source(
    read: Read,
    name: str,
    store: Store,
    progress: Progress | None = None,
    context: FetchContext | None = None,
) -> Applied | None:
    """The first sync that ``read`` gives, applied whole; None when nothing had changed. Raises SourceError,
    StoreError."""
    items = read(store.cursor(name), context or FetchContext(real_ms, once=True))
    staging = store.begin_sync(name)
    try:
        async for item in items:
            if isinstance(item, Batch):
                staging.add(item)
                if progress is not None:
                    progress(item.done, item.total)
            elif item.unchanged:
                store.note_complete(name, item.complete_at_ms)
                return None
            else:
                staging.finish(item)
                return store.apply(staging, now_ms=real_ms())
    finally:
        if isinstance(items, AsyncGenerator):
            await items.aclose()
        if staging.end is None:
            staging.discard()
    return None
