"""Turns the wall's pages by deadline and by key, and says which one stands."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence

from salesboard_display.core import rotation
from salesboard_display.core.periods import Calendar
from salesboard_display.core.rotation import Rotation, RotationSlide
from salesboard_display.core.snapshot import Show
from salesboard_display.engine.clock import real_ms
from salesboard_display.engine.waiting import set_or_after

KEYS = {
    "next": rotation.forward,
    "previous": rotation.back,
    "pause": rotation.pause,
    "resume": rotation.resume,
}
"""What a key does to the rotation."""


class Rotator:
    """One screen's rotation; ``tell`` gets each Show that differs from the one before."""

    def __init__(self, calendar: Calendar, tell: Callable[[Show], None]) -> None:
        self.show = Show("")
        self._calendar, self._tell = calendar, tell
        self._slides: Sequence[RotationSlide] = ()
        self._state = Rotation()
        self._wake = asyncio.Event()

    def set_slides(self, slides: Sequence[RotationSlide], calendar: Calendar | None = None) -> None:
        """The channel's slides as they are now; a page that is still there goes on."""
        self._calendar = calendar or self._calendar
        if list(slides) != list(self._slides):
            self._slides = tuple(slides)
            self._turn(rotation.advance(self._state, self._slides, self._calendar, real_ms()))

    def key(self, name: str) -> None:
        """A key was pressed: "next", "previous", "pause", "resume" or "toggle-pause"."""
        if name == "toggle-pause":
            name = "resume" if self._state.paused else "pause"
        self._turn(KEYS[name](self._state, self._slides, self._calendar, real_ms()))

    def jump(self, slide: str) -> None:
        """Show a slide at once. Raises KeyError when there is none of that id."""
        self._turn(rotation.jump(self._state, self._slides, self._calendar, real_ms(), slide))

    async def run(self) -> None:
        """Turn pages for ever."""
        while True:
            now = real_ms()
            if now >= self._state.until_ms:
                self._turn(rotation.advance(self._state, self._slides, self._calendar, now))
            self._wake.clear()
            await set_or_after(self._wake, max(0.01, (self._state.until_ms - real_ms()) / 1000))

    def _turn(self, state: Rotation) -> None:
        self._state = state
        self._wake.set()
        show = Show(state.slide, state.page, state.turn_ms, state.paused)
        if show != self.show:
            self.show = show
            self._tell(show)
