"""Sources that are polled because another one was told that something changed."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping

from salesboard_display.engine.coordinator import Coordinator


class Triggers:
    """Polls soon, and once for whatever is told until then. A source that fails keeps its own time."""

    def __init__(self, coordinators: Mapping[str, Coordinator]) -> None:
        self._coordinators = coordinators
        self._due: dict[str, asyncio.TimerHandle] = {}

    def pull(self, names: Iterable[str], after_s: float) -> None:
        """Poll these sources ``after_s`` from now, unless that is about to happen already."""
        loop = asyncio.get_running_loop()
        for name in names:
            if name not in self._due:
                self._due[name] = loop.call_later(after_s, self._poll, name)

    def forget(self) -> None:
        """Poll nothing of what was about to be."""
        for timer in self._due.values():
            timer.cancel()
        self._due.clear()

    def _poll(self, name: str) -> None:
        del self._due[name]
        coordinator = self._coordinators.get(name)
        if coordinator is not None and coordinator.health.state in ("new", "ok"):
            coordinator.poll_soon()
