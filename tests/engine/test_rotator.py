"""Pages are turned by deadline and by key, and each turn is told once."""

from __future__ import annotations

import asyncio

import pytest

from salesboard_display.core.periods import Calendar
from salesboard_display.core.rotation import RotationSlide
from salesboard_display.core.snapshot import Show
from salesboard_display.engine import rotator as module
from salesboard_display.engine.rotator import Rotator
from tests.engine.offices import NOW, until

SLIDES = [RotationSlide("a", 2, 20), RotationSlide("b", 1, 20)]


class Told(Rotator):
    """A rotator that keeps what it tells."""

    def __init__(self) -> None:
        self.told: list[Show] = []
        super().__init__(Calendar("UTC"), self.told.append)

    @property
    def pages(self) -> list[tuple[str, int]]:
        return [(show.slide, show.page) for show in self.told]


@pytest.fixture
def now(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The real time, which the test moves."""
    clock = [NOW]
    monkeypatch.setattr(module, "real_ms", lambda: clock[0])
    return clock


@pytest.fixture
async def rotator(now: list[int]) -> Told:
    return Told()


async def test_the_first_slides_show_the_first_page(rotator: Told) -> None:
    rotator.set_slides(SLIDES)
    assert rotator.pages == [("a", 0)]
    assert rotator.told[0].until_ms == NOW + 20_000


async def test_the_same_slides_again_change_nothing(rotator: Told) -> None:
    rotator.set_slides(SLIDES)
    rotator.set_slides(list(SLIDES))
    assert len(rotator.told) == 1


async def test_a_slide_that_is_gone_gives_way_at_once(rotator: Told) -> None:
    rotator.set_slides(SLIDES)
    rotator.set_slides(SLIDES[1:])
    assert rotator.pages == [("a", 0), ("b", 0)]


async def test_keys_turn_back_and_forth(rotator: Told) -> None:
    rotator.set_slides(SLIDES)
    for key in ("next", "next", "next", "previous"):
        rotator.key(key)
    assert rotator.pages == [("a", 0), ("a", 1), ("b", 0), ("a", 0), ("b", 0)]


async def test_a_pause_is_told_and_ends_by_key(rotator: Told) -> None:
    rotator.set_slides(SLIDES)
    rotator.key("pause")
    rotator.key("resume")
    rotator.key("toggle-pause")
    assert [show.paused for show in rotator.told] == [False, True, False, True]


async def test_a_slide_can_be_asked_for(rotator: Told) -> None:
    rotator.set_slides(SLIDES)
    rotator.jump("b")
    assert rotator.show.slide == "b"
    with pytest.raises(KeyError, match="no slide 'nothing'; there are: a, b"):
        rotator.jump("nothing")


async def test_the_page_turns_when_its_time_is_over(rotator: Told, now: list[int]) -> None:
    rotator.set_slides([RotationSlide("a", 2, 0.05), RotationSlide("b", 1, 0.05)])
    running = asyncio.create_task(rotator.run())
    for turned in range(1, 4):
        now[0] += 60
        await until(lambda turned=turned: len(rotator.told) > turned)
    assert rotator.pages == [("a", 0), ("a", 1), ("b", 0), ("a", 0)]
    running.cancel()
    await asyncio.wait([running])


async def test_a_clock_put_back_by_an_hour_does_not_stop_the_pages(rotator: Told, now: list[int]) -> None:
    rotator.set_slides([RotationSlide("a", 1, 0.05), RotationSlide("b", 1, 0.05)])
    running = asyncio.create_task(rotator.run())
    await asyncio.sleep(0)
    now[0] -= 3_600_000
    rotator.key("next")
    now[0] += 60
    await until(lambda: len(rotator.told) >= 3)
    running.cancel()
    await asyncio.wait([running])


async def test_without_anything_to_say_it_waits_quietly(
    rotator: Told, monkeypatch: pytest.MonkeyPatch
) -> None:
    turns = []
    advance = module.rotation.advance
    monkeypatch.setattr(module.rotation, "advance", lambda *args: turns.append(1) or advance(*args))
    running = asyncio.create_task(rotator.run())
    await asyncio.sleep(0.2)
    running.cancel()
    await asyncio.wait([running])
    assert len(turns) <= 3
    assert {show.slide for show in rotator.told} <= {""}
