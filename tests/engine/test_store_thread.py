"""The thread that runs SQL: one piece of work after another, long ones in steps."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Generator

import pytest

from salesboard_display.engine.store_thread import StoreThread


async def test_all_work_is_done_in_one_thread_and_that_is_not_the_loops(thread: StoreThread) -> None:
    idents = {await thread.call(threading.get_ident) for _ in range(5)}
    assert len(idents) == 1
    assert threading.get_ident() not in idents


async def test_what_goes_wrong_arrives_with_who_asked(thread: StoreThread) -> None:
    def bad() -> None:
        raise KeyError("missing")

    with pytest.raises(KeyError, match="missing"):
        await thread.call(bad)
    assert await thread.call(lambda: 1) == 1


async def test_short_work_gets_in_between_the_steps_of_long_work(thread: StoreThread) -> None:
    order: list[str] = []

    def steps() -> Generator[None, None, str]:
        for n in range(4):
            order.append(f"step {n}")
            yield
        return "done"

    long = asyncio.create_task(thread.call_in_steps(steps()))
    await asyncio.sleep(0)
    await thread.call(lambda: order.append("short"))
    assert await long == "done"
    assert order.index("short") < order.index("step 3")


async def test_long_work_that_is_cancelled_is_closed_in_its_thread(thread: StoreThread) -> None:
    where: list[int] = []
    begun = asyncio.Event()
    loop = asyncio.get_running_loop()

    def steps() -> Generator[None, None, None]:
        try:
            while True:
                loop.call_soon_threadsafe(begun.set)
                yield
        finally:
            where.append(threading.get_ident())

    task = asyncio.create_task(thread.call_in_steps(steps()))
    await begun.wait()
    task.cancel()
    await asyncio.wait([task])
    assert task.cancelled()
    assert where == [await thread.call(threading.get_ident)]


async def test_an_error_in_a_step_arrives(thread: StoreThread) -> None:
    def steps() -> Generator[None, None, None]:
        yield
        raise ValueError("step two")

    with pytest.raises(ValueError, match="step two"):
        await thread.call_in_steps(steps())
