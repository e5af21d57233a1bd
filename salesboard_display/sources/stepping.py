"""Runs blocking work step by step in a worker thread, so that the event loop goes on meanwhile."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable, Generator
from typing import TypeVar

T = TypeVar("T")
_PATIENCE_S = 5.0


async def stepped(
    work: Generator[T, None, None], interrupt: Callable[[], None] | None = None
) -> AsyncGenerator[T, None]:
    """The items of a blocking generator, each worked out in a thread when it is asked for, never ahead.

    (Working ahead would keep the interpreter busy while the store's thread writes, and slow that down many
    times.) When the listener goes away in the middle of a step, the step is let finish and the generator
    is closed.
    """
    step: asyncio.Future[T | None] | None = None
    try:
        while True:
            step = asyncio.ensure_future(asyncio.to_thread(next, work, None))
            item = await asyncio.shield(step)
            if item is None:
                return
            yield item
    finally:
        if step is not None and not step.done():
            step.add_done_callback(_heard)
            if interrupt is not None:
                await asyncio.to_thread(interrupt)
            await asyncio.wait({step}, timeout=_PATIENCE_S)
        if step is None or step.done():
            await asyncio.to_thread(work.close)  # it may have something to say to a server


def _heard(step: asyncio.Future[T | None]) -> None:
    """Nobody waits for this step any more: how it failed is of no interest."""
    if not step.cancelled():
        step.exception()
