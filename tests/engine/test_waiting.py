"""Waiting ends when the event is set, when it is time, or when the task is cancelled: always."""

from __future__ import annotations

import ast
import asyncio

import pytest

from salesboard_display.engine.waiting import set_or_after
from tests.project.code import modules


async def test_it_ends_when_the_event_is_set() -> None:
    event = asyncio.Event()
    waiting = asyncio.create_task(set_or_after(event, None))
    await asyncio.sleep(0)
    assert not waiting.done()
    event.set()
    await waiting


async def test_it_ends_when_it_is_time() -> None:
    await set_or_after(asyncio.Event(), 0.01)
    await set_or_after(asyncio.Event(), 0)


@pytest.mark.parametrize("seconds", [10, None])
async def test_a_cancellation_at_the_moment_the_event_is_set_is_not_lost(seconds: float | None) -> None:
    event = asyncio.Event()

    async def for_ever() -> None:
        while True:
            event.clear()
            await set_or_after(event, seconds)

    task = asyncio.create_task(for_ever())
    for _ in range(5):
        await asyncio.sleep(0)
    event.set()
    await asyncio.sleep(0)
    task.cancel()
    done, _ = await asyncio.wait([task], timeout=1)
    task.cancel()
    assert done


def test_nobody_uses_the_wait_that_loses_cancellations() -> None:
    found = [
        name
        for name, tree in modules().items()
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and node.attr == "wait_for"
    ]
    assert found == []
