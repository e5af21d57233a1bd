"""Periods: half-open stretches of office time that tile, contain now and know about clock changes."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from salesboard_display.core.definitions import Period, PeriodKind
from salesboard_display.core.periods import (
    Calendar,
    day_of,
    day_start_ms,
    instant_of,
    local_time,
    month_starts,
    previous,
    resolve,
)
from tests.core.builders import DAY, HOUR, ms

ZONES = [
    "UTC",
    "Europe/Berlin",
    "America/New_York",
    "America/Sao_Paulo",  # midnight did not exist when summer time began
    "America/Havana",  # midnight came twice
    "America/St_Johns",  # the clock went back from 00:01 to 23:01
    "Asia/Beirut",
    "Asia/Kathmandu",  # 45 minutes off
    "Pacific/Apia",  # 30 December 2011 never was
    "Pacific/Kwajalein",  # nor was 21 August 1993
    "Australia/Lord_Howe",  # half an hour of summer time
    "Africa/Casablanca",
]
KINDS = [kind for kind in PeriodKind if kind is not PeriodKind.CUSTOM]
FIRST, LAST = ms("1970-01-02 00:00"), ms("2100-12-31 00:00")

instants = st.integers(FIRST, LAST)
zones = st.sampled_from(ZONES)
calendars = st.builds(
    Calendar, zones, st.integers(1, 7), st.integers(1, 12), st.sampled_from(["gregorian", "4-4-5"])
)
periods = st.builds(Period, st.sampled_from(KINDS), st.integers(1, 400))
CURRENT = (
    PeriodKind.TODAY,
    PeriodKind.THIS_WEEK,
    PeriodKind.THIS_MONTH,
    PeriodKind.THIS_QUARTER,
    PeriodKind.THIS_YEAR,
    PeriodKind.ROLLING,
)


# ---------------------------------------------------------------------------- what always holds


@given(periods, calendars, instants)
def test_a_current_period_contains_now_and_no_other_does(
    period: Period, calendar: Calendar, now: int
) -> None:
    interval = resolve(period, calendar, now)
    assert interval.holds(now) is (period.kind in CURRENT)


@given(periods, calendars, instants)
def test_periods_tile_without_gap_or_overlap(period: Period, calendar: Calendar, now: int) -> None:
    interval, before = resolve(period, calendar, now), previous(period, calendar, now)
    assert before.start_ms < before.end_ms == interval.start_ms < interval.end_ms


@given(st.sampled_from(CURRENT[:5]), calendars, instants)
def test_whichever_instant_asks_the_period_is_the_same(
    kind: PeriodKind, calendar: Calendar, now: int
) -> None:
    period = Period(kind)
    interval = resolve(period, calendar, now)
    for at in (interval.start_ms, interval.end_ms - 1):
        assert resolve(period, calendar, at) == interval
    assert resolve(period, calendar, interval.start_ms - 1) == previous(period, calendar, now)
    assert resolve(period, calendar, interval.end_ms).start_ms == interval.end_ms


@given(zones, instants)
def test_a_day_is_as_long_as_the_clock_changes_make_it(zone: str, now: int) -> None:
    calendar = Calendar(zone)
    start, end = resolve(Period(PeriodKind.TODAY), calendar, now)
    shift = local_time(calendar, end - 1).utcoffset() - local_time(calendar, start - 1).utcoffset()  # type: ignore[operator]
    usual = shift == timedelta(0)
    if usual and local_time(calendar, start).utcoffset() == local_time(calendar, end - 1).utcoffset():
        assert end - start in (DAY, DAY + HOUR, DAY - HOUR)
    assert 0 < end - start <= DAY + 3 * HOUR
    assert start == day_start_ms(calendar, now)


@given(zones, st.dates(date(1970, 1, 2), date(2100, 12, 31)))
def test_a_day_begins_at_the_first_instant_with_its_date(zone: str, day: date) -> None:
    start = instant_of(zone, day)
    tz = ZoneInfo(zone)
    around = [start + minutes * 60_000 for minutes in range(-26 * 60, 26 * 60, 30)] + [start - 1000, start]
    with_date = [at for at in around if datetime.fromtimestamp(at / 1000, tz).date() >= day]
    assert min(with_date) == start


@given(calendars, instants, st.integers(0, 800))
def test_month_starts_cut_an_interval_where_months_begin(calendar: Calendar, start: int, length: int) -> None:
    end = start + length * DAY
    cuts = month_starts(calendar, start, end)
    assert cuts == sorted(set(cuts))
    assert all(start < cut < end for cut in cuts)
    edges = [start, *cuts, end]
    for at, after in pairwise(edges):
        month = resolve(Period(PeriodKind.THIS_MONTH), calendar, at)
        assert at >= month.start_ms
        assert after <= month.end_ms


@given(st.integers(1, 12), instants, zones)
def test_quarters_and_years_are_made_of_whole_months(first_month: int, now: int, zone: str) -> None:
    calendar = Calendar(zone, fiscal_start_month=first_month)
    for kind, months in ((PeriodKind.THIS_QUARTER, 3), (PeriodKind.THIS_YEAR, 12)):
        interval = resolve(Period(kind), calendar, now)
        assert len(month_starts(calendar, interval.start_ms, interval.end_ms)) == months - 1
        assert (day_of(calendar, interval.start_ms).month - first_month) % months == 0
        assert day_of(calendar, interval.start_ms).day == 1


@given(st.integers(1, 7), st.integers(1, 12), instants)
def test_4_4_5_quarters_have_months_of_4_4_and_5_weeks(week_start: int, first_month: int, now: int) -> None:
    calendar = Calendar("UTC", week_start, first_month, "4-4-5")
    quarter = resolve(Period(PeriodKind.THIS_QUARTER), calendar, now)
    cuts = month_starts(calendar, quarter.start_ms, quarter.end_ms)
    edges = [quarter.start_ms, *cuts, quarter.end_ms]
    weeks = [(b - a) / (7 * DAY) for a, b in pairwise(edges)]
    year = resolve(Period(PeriodKind.THIS_YEAR), calendar, now)
    assert weeks in ([4, 4, 5], [4, 4, 6] if quarter.end_ms == year.end_ms else [4, 4, 5])
    assert (year.end_ms - year.start_ms) // (7 * DAY) in (52, 53)
    first = day_of(calendar, year.start_ms)
    assert first.isoweekday() == week_start
    nearest = [
        abs((first - date(y, first_month, 1)).days) for y in (first.year - 1, first.year, first.year + 1)
    ]
    assert min(nearest) <= 3


@given(instants)
def test_4_4_5_years_from_january_and_monday_are_iso_years(now: int) -> None:
    calendar = Calendar("UTC", scheme="4-4-5")
    year = resolve(Period(PeriodKind.THIS_YEAR), calendar, now)
    iso = datetime.fromtimestamp(now / 1000, UTC).isocalendar()
    assert day_of(calendar, year.start_ms) == date.fromisocalendar(iso.year, 1, 1)
