"""Who shares a rank stands equally high on the podium."""

from __future__ import annotations

from dataclasses import replace

from salesboard_display.views.slides.podium import VIEW
from tests.views import snapshots as make


def _steps(*ranks: str) -> list[float]:
    page = tuple(replace(row, rank=rank) for row, rank in zip(make.rows(len(ranks)), ranks, strict=True))
    slide = make.podium(page)
    found: list[float] = VIEW.head(slide, VIEW.rows(slide, 0), 0)["stepRanks"]
    return found


def test_three_ranks_are_three_steps() -> None:
    assert _steps("1", "2", "3", "4") == [0, 1, 2]


def test_two_seconds_stand_on_the_second_step() -> None:
    assert _steps("1", "2", "2", "4") == [0, 1, 1]


def test_two_winners_stand_on_the_first_step() -> None:
    assert _steps("1", "1", "3") == [0, 0, 2]


def test_without_ranks_the_order_decides() -> None:
    assert _steps("", "", "") == [0, 1, 2]
