"""Periods by example: names, week and year starts, clock changes, words."""

from __future__ import annotations

from datetime import date, time

import pytest

from salesboard_display.core.definitions import Period, PeriodKind
from salesboard_display.core.messages import Message, message
from salesboard_display.core.periods import (
    Calendar,
    Interval,
    day_of,
    day_start_ms,
    instant_of,
    local_time,
    month_starts,
    period_message,
    previous,
    resolve,
    utc_day,
)
from tests.core.builders import DAY, HOUR, ms


def span(kind: str, calendar: Calendar, now: str, **more: object) -> tuple[str, str]:
    """A period's first and last local times, the end as given."""
    interval = resolve(Period(PeriodKind(kind), **more), calendar, ms(now))  # type: ignore[arg-type]
    return tuple(f"{local_time(calendar, at):%Y-%m-%d %H:%M}" for at in interval)  # type: ignore[return-value]


def days(kind: str, calendar: Calendar, now: str, **more: object) -> tuple[str, str]:
    """A period's first day and the day after its last."""
    first, after = span(kind, calendar, now, **more)
    return first[:10], after[:10]


# ---------------------------------------------------------------------------- by example

BERLIN = Calendar("Europe/Berlin")
FRIDAY = "2024-11-15 12:00"


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        ("today", ("2024-11-15", "2024-11-16")),
        ("yesterday", ("2024-11-14", "2024-11-15")),
        ("this-week", ("2024-11-11", "2024-11-18")),
        ("previous-week", ("2024-11-04", "2024-11-11")),
        ("this-month", ("2024-11-01", "2024-12-01")),
        ("previous-month", ("2024-10-01", "2024-11-01")),
        ("this-quarter", ("2024-10-01", "2025-01-01")),
        ("previous-quarter", ("2024-07-01", "2024-10-01")),
        ("this-year", ("2024-01-01", "2025-01-01")),
        ("previous-year", ("2023-01-01", "2024-01-01")),
    ],
)
def test_named_periods(kind: str, expected: tuple[str, str]) -> None:
    assert days(kind, BERLIN, FRIDAY) == expected


def test_rolling_days_end_with_today() -> None:
    assert days("rolling", BERLIN, FRIDAY, days=30) == ("2024-10-17", "2024-11-16")
    assert days("rolling", BERLIN, FRIDAY, days=1) == days("today", BERLIN, FRIDAY)


def test_a_custom_period_holds_its_last_day() -> None:
    first, last = date(2024, 11, 1), date(2024, 11, 3)
    assert days("custom", BERLIN, FRIDAY, first=first, last=last) == ("2024-11-01", "2024-11-04")
    one = Period(PeriodKind.CUSTOM, first=first, last=first)
    assert previous(one, BERLIN, ms(FRIDAY)) == resolve(
        Period(PeriodKind.CUSTOM, first=date(2024, 10, 31), last=date(2024, 10, 31)), BERLIN, 0
    )
    before = previous(Period(PeriodKind.CUSTOM, first=first, last=last), BERLIN, ms(FRIDAY))
    assert day_of(BERLIN, before.start_ms) == date(2024, 10, 29)


@pytest.mark.parametrize("wrong", [{}, {"first": date(2024, 1, 2)}, {"last": date(2024, 1, 2)}])
def test_a_custom_period_needs_its_days(wrong: dict[str, date]) -> None:
    with pytest.raises(ValueError, match="first day and a last day"):
        resolve(Period(PeriodKind.CUSTOM, **wrong), BERLIN, 0)  # type: ignore[arg-type]


def test_a_custom_period_does_not_end_before_it_begins() -> None:
    with pytest.raises(ValueError, match="first day and a last day"):
        resolve(Period(PeriodKind.CUSTOM, first=date(2024, 1, 2), last=date(2024, 1, 1)), BERLIN, 0)


def test_a_rolling_period_needs_days() -> None:
    with pytest.raises(ValueError, match="at least 1"):
        resolve(Period(PeriodKind.ROLLING), BERLIN, 0)


@pytest.mark.parametrize(("start", "first"), [(7, "2024-11-10"), (5, "2024-11-15"), (6, "2024-11-09")])
def test_weeks_start_when_the_office_says(start: int, first: str) -> None:
    assert days("this-week", Calendar("Europe/Berlin", start), FRIDAY)[0] == first


def test_a_fiscal_year_starts_in_its_month() -> None:
    april = Calendar("Europe/Berlin", fiscal_start_month=4)
    assert days("this-year", april, FRIDAY) == ("2024-04-01", "2025-04-01")
    assert days("this-year", april, "2024-03-31 12:00") == ("2023-04-01", "2024-04-01")
    assert days("this-year", april, "2024-04-01 12:00") == ("2024-04-01", "2025-04-01")
    assert days("this-quarter", april, "2024-05-15 12:00") == ("2024-04-01", "2024-07-01")
    assert days("this-month", april, FRIDAY) == ("2024-11-01", "2024-12-01")
    february = Calendar("Europe/Berlin", fiscal_start_month=2)
    assert days("this-quarter", february, FRIDAY) == ("2024-11-01", "2025-02-01")


def test_a_4_4_5_year_by_example() -> None:
    calendar = Calendar("UTC", scheme="4-4-5")
    assert days("this-year", calendar, "2020-12-31 12:00") == ("2019-12-30", "2021-01-04")
    assert days("this-month", calendar, "2020-12-31 12:00") == (
        "2020-11-23",
        "2021-01-04",
    )  # 6 weeks: the 53rd
    assert days("this-month", calendar, "2020-01-26 12:00") == ("2019-12-30", "2020-01-27")
    assert days("this-month", calendar, "2020-01-27 12:00") == ("2020-01-27", "2020-02-24")
    assert days("this-month", calendar, "2020-02-24 12:00") == ("2020-02-24", "2020-03-30")
    assert days("previous-quarter", calendar, "2020-04-01 12:00") == ("2019-12-30", "2020-03-30")


# ---------------------------------------------------------------------------- clock changes


@pytest.mark.parametrize(
    ("zone", "day", "hours"),
    [
        ("Europe/Berlin", date(2024, 3, 31), 23),
        ("Europe/Berlin", date(2024, 10, 27), 25),
        ("Europe/Berlin", date(2024, 10, 28), 24),
        ("America/Sao_Paulo", date(2018, 11, 4), 23),
        ("America/Sao_Paulo", date(2018, 2, 17), 25),
        ("America/Havana", date(2020, 11, 1), 25),
        ("Asia/Beirut", date(2022, 10, 29), 25),
        ("Australia/Lord_Howe", date(2024, 4, 7), 24.5),
        ("America/St_Johns", date(1988, 4, 3), 22),
        ("America/St_Johns", date(1988, 10, 30), 26),
        ("Pacific/Apia", date(2011, 12, 29), 24),
        ("Pacific/Apia", date(2011, 12, 31), 24),
    ],
)
def test_days_with_a_clock_change(zone: str, day: date, hours: float) -> None:
    start = instant_of(zone, day)
    assert resolve(Period(PeriodKind.TODAY), Calendar(zone), start) == Interval(
        start, start + int(hours * HOUR)
    )


def test_where_midnight_does_not_exist_the_day_begins_after_the_gap() -> None:
    start = instant_of("America/Sao_Paulo", date(2018, 11, 4))
    assert f"{local_time(Calendar('America/Sao_Paulo'), start):%d %H:%M}" == "04 01:00"
    assert f"{local_time(Calendar('America/Sao_Paulo'), start - 1):%d %H:%M}" == "03 23:59"


def test_where_the_gap_begins_before_midnight_the_day_begins_with_its_end() -> None:
    start = instant_of("America/Toronto", date(1919, 3, 31))  # 23:30 became 00:30
    assert f"{local_time(Calendar('America/Toronto'), start):%d %H:%M}" == "31 00:30"
    assert f"{local_time(Calendar('America/Toronto'), start - 1):%d %H:%M}" == "30 23:29"


def test_where_midnight_comes_twice_the_day_begins_with_the_first() -> None:
    havana = Calendar("America/Havana")
    start = instant_of("America/Havana", date(2020, 11, 1))
    assert local_time(havana, start).hour == local_time(havana, start + HOUR).hour == 0
    assert day_start_ms(havana, start + HOUR) == start


def test_a_clock_put_back_over_midnight_stays_in_the_day_that_had_begun() -> None:
    calendar = Calendar("America/St_Johns")
    start = instant_of("America/St_Johns", date(1988, 10, 30))
    again = start + HOUR  # 23:01 to 23:59 of the 29th come again
    assert local_time(calendar, again).day == 29
    assert day_of(calendar, again) == date(1988, 10, 30)


def test_a_day_that_never_was_is_nobodys_yesterday() -> None:
    apia = Calendar("Pacific/Apia")
    now = instant_of("Pacific/Apia", date(2011, 12, 31), time(12))
    yesterday = resolve(Period(PeriodKind.YESTERDAY), apia, now)
    assert day_of(apia, yesterday.start_ms) == date(2011, 12, 29)
    assert yesterday.end_ms - yesterday.start_ms == DAY
    assert instant_of("Pacific/Apia", date(2011, 12, 30)) == instant_of("Pacific/Apia", date(2011, 12, 31))


def test_a_local_time_as_an_instant() -> None:
    assert instant_of("Europe/Berlin", date(2024, 11, 15), time(9, 30)) == ms("2024-11-15 08:30")
    assert instant_of("Europe/Berlin", date(2024, 3, 31), time(2, 30)) == ms("2024-03-31 01:30")  # skipped
    assert instant_of("Europe/Berlin", date(2024, 10, 27), time(2, 30)) == ms("2024-10-27 00:30")  # the first
    assert utc_day(ms("2024-11-15 23:59")) == date(2024, 11, 15)


def test_the_interval_is_half_open() -> None:
    interval = Interval(10, 20)
    assert [interval.holds(at) for at in (9, 10, 19, 20)] == [False, True, True, False]


def test_no_months_begin_in_an_empty_interval() -> None:
    november = ms("2024-11-01 00:00")
    utc = Calendar("UTC")
    assert month_starts(utc, november, november) == []
    assert month_starts(utc, november, november - 1) == []
    assert month_starts(utc, november, november + 1) == []  # it begins at the start, not inside
    assert month_starts(utc, november - 1, november) == []  # the end is not inside either
    assert month_starts(utc, november - 1, november + 1) == [november]


@pytest.mark.parametrize(
    "wrong",
    [
        {"zone": "Europe/Atlantis"},
        {"zone": "UTC", "week_start": 0},
        {"zone": "UTC", "week_start": 8},
        {"zone": "UTC", "fiscal_start_month": 0},
        {"zone": "UTC", "fiscal_start_month": 13},
        {"zone": "UTC", "scheme": "lunar"},
    ],
)
def test_a_calendar_that_cannot_be_is_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r"time zone|ISO weekday|calendar is"):
        Calendar(**wrong)  # type: ignore[arg-type]


# ---------------------------------------------------------------------------- in words


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        ("today", message("period-day", day=date(2024, 11, 15))),
        ("yesterday", message("period-day", day=date(2024, 11, 14))),
        ("this-week", message("period-week", first=date(2024, 11, 11), last=date(2024, 11, 17))),
        ("previous-week", message("period-week", first=date(2024, 11, 4), last=date(2024, 11, 10))),
        ("this-month", message("period-month", month=11, year=2024, first=date(2024, 11, 1))),
        ("previous-month", message("period-month", month=10, year=2024, first=date(2024, 10, 1))),
        ("this-quarter", message("period-quarter", number=4, year="2024")),
        ("previous-quarter", message("period-quarter", number=3, year="2024")),
        ("this-year", message("period-year", year="2024")),
        ("previous-year", message("period-year", year="2023")),
    ],
)
def test_a_period_in_words(kind: str, expected: Message) -> None:
    assert period_message(Period(PeriodKind(kind)), BERLIN, ms(FRIDAY)) == expected


def test_rolling_and_custom_periods_in_words() -> None:
    assert period_message(Period(PeriodKind.ROLLING, 30), BERLIN, 0) == message("period-rolling", days=30)
    first, last = date(2024, 11, 1), date(2024, 11, 3)
    custom = Period(PeriodKind.CUSTOM, first=first, last=last)
    assert period_message(custom, BERLIN, 0) == message("period-custom", first=first, last=last)


def test_a_fiscal_year_in_words_names_both_years() -> None:
    april = Calendar("UTC", fiscal_start_month=4)
    year = Period(PeriodKind.THIS_YEAR)
    assert period_message(year, april, ms("2017-06-01 00:00")) == message("period-year", year="2017/18")
    assert period_message(year, april, ms("1999-06-01 00:00")) == message("period-year", year="1999/00")
    quarter = period_message(Period(PeriodKind.THIS_QUARTER), april, ms("2018-02-01 00:00"))
    assert quarter == message("period-quarter", number=4, year="2017/18")


def test_the_period_before_in_words() -> None:
    month = Period(PeriodKind.THIS_MONTH)
    found = period_message(month, BERLIN, ms("2024-01-10 00:00"), back=1)
    assert found == message("period-month", month=12, year=2023, first=date(2023, 12, 1))


def test_a_4_4_5_month_has_the_name_of_its_place_in_the_year() -> None:
    calendar = Calendar("UTC", scheme="4-4-5")
    found = period_message(Period(PeriodKind.THIS_MONTH), calendar, ms("2019-12-31 00:00"))
    assert found == message("period-month", month=1, year=2020, first=date(2019, 12, 30))
