"""Waiting for an event or until it is time, whichever comes first."""

from __future__ import annotations

import asyncio
import contextlib


async def set_or_after(event: asyncio.Event, seconds: float | None) -> None:
    """Return when the event is set, or after so many seconds (None: never).

    Not asyncio.wait_for: up to Python 3.11 a cancellation is lost there when the event is set at the same
    moment, and the task goes on for ever.
    """
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            await event.wait()
