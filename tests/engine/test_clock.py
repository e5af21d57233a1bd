"""What time it is: the system's clock and replays, instants and speeds in words."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from salesboard_display.engine.clock import (
    ReplayClock,
    SystemClock,
    clock_state,
    parse_instant,
    parse_speed,
    real_ms,
)
from tests.engine.offices import DAY, HOUR, ms


@pytest.mark.parametrize(
    ("text", "speed"),
    [
        ("10m/s", 600),
        ("1h/s", 3600),
        ("60x", 60),
        ("60", 60),
        ("1.5x", 1.5),
        ("2d/s", 172_800),
        (" 1s/s ", 1),
    ],
)
def test_a_speed_is_office_seconds_per_real_second(text: str, speed: float) -> None:
    assert parse_speed(text) == speed


@pytest.mark.parametrize("text", ["", "fast", "-1x", "0x", "10m", "10 m/s", "1e3x", "nanx", "x", "1h/h"])
def test_what_is_no_speed_is_refused_with_an_example(text: str) -> None:
    with pytest.raises(ValueError, match="is not a speed; say for example 10m/s"):
        parse_speed(text)


@pytest.mark.parametrize(
    ("text", "zone", "instant"),
    [
        ("2017-03-14T09:00", "UTC", "2017-03-14 09:00"),
        ("2017-03-14 09:00", "Europe/Berlin", "2017-03-14 08:00"),
        ("2017-03-14T09:00+05:00", "Europe/Berlin", "2017-03-14 04:00"),
        ("2017-03-14T09:00Z", "Asia/Tokyo", "2017-03-14 09:00"),
        ("2017-03-14", "America/New_York", "2017-03-14 04:00"),
    ],
)
def test_a_time_without_an_offset_is_office_time(text: str, zone: str, instant: str) -> None:
    assert parse_instant(text, zone) == ms(instant)


def test_a_plain_date_may_mean_its_end() -> None:
    end = parse_instant("2017-03-14", "UTC", end_of_day=True)
    assert ms("2017-03-14") + DAY - 1000 <= end < ms("2017-03-15")
    assert parse_instant("2017-03-14T00:00", "UTC", end_of_day=True) == ms("2017-03-14")


def test_a_day_that_the_clocks_shorten_ends_with_it() -> None:
    begin = parse_instant("2024-03-31", "Europe/Berlin")
    end = parse_instant("2024-03-31", "Europe/Berlin", end_of_day=True)
    assert 22 * HOUR < end - begin < 23 * HOUR


@pytest.mark.parametrize("text", ["", "yesterday", "14.03.2017", "2017-13-01", "2017-02-30", "25:00"])
def test_what_is_no_time_is_refused_with_an_example(text: str) -> None:
    with pytest.raises(ValueError, match="is not a date or time; say for example 2017-03-14T09:00"):
        parse_instant(text, "UTC")


@pytest.mark.parametrize("text", ["0001-01-01", "1899-12-31", "2201-01-01", "9999-12-31T23:59"])
def test_an_instant_beyond_the_calendar_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="lies outside the years 1900 to 2200"):
        parse_instant(text, "UTC")


@given(st.text(max_size=30))
def test_any_text_is_an_instant_or_refused_in_words(text: str) -> None:
    try:
        assert isinstance(parse_instant(text, "UTC"), int)
    except ValueError as error:
        assert "is not a date or time" in str(error) or "lies outside" in str(error)  # noqa: PT017


def test_the_system_clock_is_the_systems() -> None:
    assert abs(SystemClock().now_ms() - time.time() * 1000) < 1000
    assert SystemClock().mode == "live"


def test_a_replay_runs_from_its_start_at_its_speed(monkeypatch: pytest.MonkeyPatch) -> None:
    passed = [100.0]
    monkeypatch.setattr(time, "monotonic", lambda: passed[0])
    clock = ReplayClock(ms("2017-03-14 09:00"), 600)
    assert clock.now_ms() == ms("2017-03-14 09:00")
    passed[0] += 6
    assert clock.now_ms() == ms("2017-03-14 10:00")
    assert clock.mode == "replay"


def test_a_replay_is_not_moved_by_a_step_of_the_systems_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(time, "monotonic", lambda: 5.0)
    clock = ReplayClock(0, 60)
    monkeypatch.setattr(time, "time_ns", lambda: 0)
    assert clock.now_ms() == 0


def test_the_wall_is_told_how_to_run_the_clock_by_itself() -> None:
    state = clock_state(ReplayClock(ms("2017-07-01 12:00"), 60), "Europe/Berlin")
    assert state.utc_offset_s == 7200
    assert (state.speed, state.mode) == (60, "replay")
    assert 0 <= state.office_ms - ms("2017-07-01 12:00") < 60_000
    assert abs(state.real_ms - real_ms()) < 5_000
