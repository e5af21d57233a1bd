"""Freshness: how old the data is."""

from __future__ import annotations

from salesboard_display.core.freshness import UNKNOWN, freshness, oldest

NOW = 1_700_000_000_000
MINUTE = 60_000


def state(age_ms: int) -> str:
    return freshness(NOW - age_ms, 60, NOW).state


def test_late_after_twice_and_stale_after_six_times_the_expected_interval() -> None:
    assert [state(0), state(2 * MINUTE), state(2 * MINUTE + 1)] == ["live", "live", "late"]
    assert [state(6 * MINUTE), state(6 * MINUTE + 1)] == ["late", "stale"]


def test_the_factors_are_settings() -> None:
    assert freshness(NOW - 3 * MINUTE, 60, NOW, late_factor=4).state == "live"
    assert freshness(NOW - 3 * MINUTE, 60, NOW, late_factor=1, stale_factor=2).state == "stale"
    odd = freshness(NOW - 3 * MINUTE, 60, NOW, late_factor=4, stale_factor=1)
    assert (odd.state, odd.stale_at_ms) == ("live", odd.late_at_ms)  # never stale before it is late


def test_a_csv_untouched_for_three_weeks_is_stale() -> None:
    found = freshness(NOW - 21 * 24 * 60 * MINUTE, 24 * 3600, NOW)
    assert (found.state, found.age_s) == ("stale", 21 * 24 * 3600)


def test_a_time_in_the_future_counts_as_now() -> None:
    assert freshness(NOW + 5 * MINUTE, 60, NOW) == freshness(NOW, 60, NOW)
    assert freshness(NOW + 5 * MINUTE, 60, NOW).age_s == 0


def test_a_source_never_complete_is_unknown() -> None:
    assert freshness(None, 60, NOW) == UNKNOWN


def test_it_says_when_it_will_be_late_and_stale() -> None:
    found = freshness(NOW, 60, NOW)
    assert (found.late_at_ms, found.stale_at_ms) == (NOW + 2 * MINUTE, NOW + 6 * MINUTE)


def test_a_board_is_as_old_as_its_oldest_source_and_in_the_worst_state() -> None:
    yesterday = freshness(NOW - 1200 * MINUTE, 24 * 3600, NOW)
    broken = freshness(NOW - 10 * MINUTE, 60, NOW)
    found = oldest([yesterday, broken])
    assert (found.state, found.age_s) == ("stale", 1200 * 60)
    assert (found.as_of_ms, found.late_at_ms) == (yesterday.as_of_ms, broken.late_at_ms)
    assert found.stale_at_ms == broken.stale_at_ms
    assert oldest([yesterday]) == yesterday


def test_one_unknown_source_makes_the_board_unknown() -> None:
    assert oldest([freshness(NOW, 60, NOW), UNKNOWN]) == UNKNOWN
    assert oldest([]) == UNKNOWN
