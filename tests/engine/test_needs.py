"""How far back a first reading has to reach."""

from __future__ import annotations

from datetime import UTC, datetime

from salesboard_display.engine.needs import oldest_needed_ms
from salesboard_display.settings.compiling import calendar, compile_definitions
from salesboard_display.settings.loading import load_text

OFFICE = """
version = 1
[office]
name = "Acme"
zone = "UTC"
[sources.demo]
type = "demo"
[metrics.won]
name = "Won"
kinds = ["deal_won"]
aggregate = "count"
of = "quantity"
[boards.month]
title = "Month"
metric = "won"
period = "this-month"
"""
NOW = int(datetime(2026, 11, 25, 12, tzinfo=UTC).timestamp() * 1000)


def _day(year: int, month: int, day: int) -> int:
    return int(datetime(year, month, day, tzinfo=UTC).timestamp() * 1000)


def _oldest(text: str) -> int | None:
    settings = load_text(text, "settings.toml").settings
    return oldest_needed_ms(compile_definitions(settings, NOW), calendar(settings), NOW)


def test_a_board_needs_its_period_and_the_one_before() -> None:
    assert _oldest(OFFICE) == _day(2026, 10, 1)


def test_the_oldest_of_all_counts() -> None:
    target = '[targets.year]\nmetric = "won"\nvalue = 10\nperiod = "this-year"\nwho = "company"\n'
    assert _oldest(OFFICE + target) == _day(2026, 1, 1)


def test_without_anything_shown_nothing_is_said() -> None:
    assert _oldest(OFFICE.partition("[boards")[0]) is None
