"""How far back a first reading has to reach."""

from __future__ import annotations

from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

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


PERIODS = (
    '"today"',
    '"yesterday"',
    '"this-week"',
    '"previous-week"',
    '"this-month"',
    '"previous-month"',
    '"this-quarter"',
    '"previous-quarter"',
    '"this-year"',
    '"previous-year"',
    "{ rolling_days = 30 }",
    "{ from = 2026-03-01, to = 2026-03-31 }",
)
CHALLENGE = """
[challenges.race]
title = "Race"
format = "most-by-the-end"
metric = "won"
window = "this-week"
"""


@given(
    st.sampled_from(PERIODS),
    st.sampled_from(["UTC", "Europe/Berlin", "Pacific/Apia", "America/St_Johns"]),
    st.integers(_day(2025, 1, 1), _day(2029, 1, 1)),
    st.integers(0, 400 * 86_400_000),
)
def test_as_time_goes_by_nothing_older_is_needed(period: str, zone: str, at_ms: int, passed_ms: int) -> None:
    text = OFFICE.replace('period = "this-month"', f"period = {period}").replace('"UTC"', f'"{zone}"')
    settings = load_text(text + CHALLENGE, "settings.toml").settings

    def oldest(now_ms: int) -> int:
        found = oldest_needed_ms(compile_definitions(settings, now_ms), calendar(settings), now_ms)
        assert found is not None
        return found

    assert oldest(at_ms) <= oldest(at_ms + passed_ms)
