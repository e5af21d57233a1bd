"""The one thread that runs SQL: the loop awaits it, and long work goes in steps that let short work in
between."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Generator
from concurrent.futures import ThreadPoolExecutor
from typing import Generic, TypeVar

T = TypeVar("T")


class StoreThread:
    """Runs callables one after another in one thread, first come first served."""

    def __init__(self, name: str = "store") -> None:
        self._pool = ThreadPoolExecutor(max_workers=1, thread_name_prefix=name)

    async def call(self, work: Callable[[], T]) -> T:
        """Run the work in the thread; its result or exception arrives here."""
        return await asyncio.get_running_loop().run_in_executor(self._pool, work)

    async def call_in_steps(self, steps: Generator[None, None, T]) -> T:
        """Run a generator one step at a time, letting other work in between; gives what it returns.

        When it is cancelled, the generator is closed after the step under way, in its thread.
        """
        step = _Step(steps)
        try:
            while not await self.call(step.take):
                pass
        except BaseException:
            await self.call(steps.close)
            raise
        return step.result()

    def close(self) -> None:
        """Finish what waits and end the thread."""
        self._pool.shutdown(wait=True)


class _Step(Generic[T]):
    """Takes a generator's steps; StopIteration cannot cross a future, so its value is kept here."""

    def __init__(self, steps: Generator[None, None, T]) -> None:
        self._steps = steps
        self._result: list[T] = []

    def take(self) -> bool:
        """Take one step; True when the generator has ended."""
        try:
            next(self._steps)
        except StopIteration as end:
            self._result.append(end.value)
            return True
        return False

    def result(self) -> T:
        """What the generator returned."""
        return self._result[0]
