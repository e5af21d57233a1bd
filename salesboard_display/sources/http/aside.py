"""Keeps what a large reply costs out of the event loop, so that the wall goes on meanwhile."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")
LARGE = 2**18
"""So many bytes of a reply take some milliseconds to read; for less a thread is not worth its while."""


async def aside(size: int, work: Callable[P, T], *args: P.args, **named: P.kwargs) -> T:
    """What the work gives; done in a thread when it is about as many as ``size`` bytes of a reply.

    The work must run Python's own code all along: one long call into C, a ``repr`` of everything say, keeps
    the interpreter to itself in a thread as well. Whoever gives up waiting leaves it to end by itself, so it
    must change nothing that outlives the reading of this reply.
    """
    if size < LARGE:
        return work(*args, **named)
    return await asyncio.to_thread(work, *args, **named)
