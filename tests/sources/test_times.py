"""Dates and times become the right instants in every zone, deterministically."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from salesboard_display.sources.mapping.times import (
    date_of,
    datetime_of,
    duration_of,
    epoch_of,
    from_serial,
    moment_of,
)

ZONES = (
    "UTC",
    "Europe/Berlin",
    "America/New_York",
    "Asia/Kolkata",
    "Australia/Lord_Howe",
    "America/Sao_Paulo",
)
days = st.dates(date(1971, 1, 1), date(2099, 12, 31))


def ms(text: str) -> int:
    return int(datetime.fromisoformat(text).timestamp() * 1000)


@given(days, st.sampled_from(["%m/%d/%Y", "%d.%m.%Y", "%Y-%m-%d", "%d %b %Y", "%Y%m%d"]))
def test_a_date_is_read_back_in_its_declared_format(day: date, form: str) -> None:
    assert date_of(day.strftime(form), (form,)) == day


@pytest.mark.parametrize(
    "text", ["2017-02-30", "31/12/2017", "yesterday", "0000-00-00", "2017-13-01", "1817-01-01"]
)
def test_a_bad_date_is_refused_in_words(text: str) -> None:
    with pytest.raises(ValueError, match=text):
        date_of(text)


def test_an_empty_date_is_missing() -> None:
    with pytest.raises(ValueError, match="missing"):
        date_of("")


def test_the_refusal_names_the_declared_format() -> None:
    with pytest.raises(ValueError, match="“2017-03-01” is not a date written as %m/%d/%Y"):
        date_of("2017-03-01", ("%m/%d/%Y",))


@given(st.datetimes(datetime(1971, 1, 1), datetime(2099, 12, 31)), st.sampled_from(ZONES))
def test_a_local_time_that_exists_once_is_that_instant(moment: datetime, zone: str) -> None:
    moment = moment.replace(microsecond=moment.microsecond // 1000 * 1000)
    instant = moment_of(moment, zone)
    back = (datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=instant)).astimezone(ZoneInfo(zone))
    local = moment.replace(tzinfo=ZoneInfo(zone))
    if local.astimezone(UTC).astimezone(ZoneInfo(zone)).replace(tzinfo=None) == moment:
        assert back.replace(tzinfo=None) == moment
    else:  # clocks skipped it, or skipped midnight: it is later by the gap at most
        assert timedelta(0) < back.replace(tzinfo=None) - moment <= timedelta(hours=1)


@pytest.mark.parametrize(
    ("text", "zone", "instant"),
    [
        ("2026-03-29T02:30:00", "Europe/Berlin", "2026-03-29T03:30:00+02:00"),  # does not exist
        ("2026-10-25T02:30:00", "Europe/Berlin", "2026-10-25T02:30:00+02:00"),  # exists twice: the first
        ("2026-07-01 09:00", "America/New_York", "2026-07-01T13:00:00+00:00"),
        ("2026-07-01T09:00:00Z", "America/New_York", "2026-07-01T09:00:00+00:00"),
        ("2026-07-01T09:00:00.250+05:30", "UTC", "2026-07-01T03:30:00.250+00:00"),
        ("2026-07-01", "Europe/Berlin", "2026-06-30T22:00:00+00:00"),
    ],
)
def test_a_time_without_an_offset_is_time_in_the_sources_zone(text: str, zone: str, instant: str) -> None:
    assert datetime_of(text, zone) == ms(instant)


def test_a_declared_format_with_an_offset_keeps_it() -> None:
    assert datetime_of("01.07.2026 09:00 +0200", "UTC", ("%d.%m.%Y %H:%M %z",)) == ms(
        "2026-07-01T09:00:00+02:00"
    )


@given(st.integers(-2_000_000_000, 7_000_000_000))
def test_unix_times_are_read_from_numbers_and_texts(seconds: int) -> None:
    assert (
        epoch_of(seconds, 1)
        == epoch_of(str(seconds), 1)
        == epoch_of(Decimal(seconds) * 1000, 1000)
        == seconds * 1000
    )


@pytest.mark.parametrize("value", ["1e999", 10**15, "soon", float("nan"), ""])
def test_an_impossible_unix_time_is_refused(value: object) -> None:
    with pytest.raises(ValueError, match=r"."):
        epoch_of(value, 1)


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("90", "90"), ("1:30", "90"), ("1:02:03", "3723"), ("0:01.5", "1.5"), ("1h 30m", "5400"),
        ("90 min", "5400"), ("2 days", "172800"), ("PT1H2M3S", "3723"), ("P1DT1S", "86401"), (90, "90"),
        (Decimal("1.5"), "1.5"), (timedelta(minutes=2), "120"), ("1,5 h", "5400"),
    ],
)  # fmt: skip
def test_a_duration_is_read_as_seconds(value: object, seconds: str) -> None:
    assert duration_of(value) == Decimal(seconds)


@pytest.mark.parametrize("value", ["long", "P", "1:2", "5 parsecs", "1e12"])
def test_what_is_no_duration_is_refused(value: str) -> None:
    with pytest.raises(ValueError, match="duration|too long"):
        duration_of(value)


@given(days, st.integers(0, 86_399))
def test_a_spreadsheets_number_is_the_day_and_time_it_shows(day: date, second: int) -> None:
    number = Decimal((day - date(1899, 12, 30)).days) + Decimal(second) / 86_400
    shown = datetime(day.year, day.month, day.day) + timedelta(seconds=second)
    assert from_serial(number) == from_serial(float(number)) == shown


def test_a_text_where_a_spreadsheets_number_is_expected_is_left_to_be_read_as_a_date() -> None:
    assert from_serial("2026-11-03") == "2026-11-03"


@pytest.mark.parametrize("number", [0, -5, 20_261_103, Decimal("1e20")])
def test_a_number_no_spreadsheet_means_a_date_by_is_refused(number: int) -> None:
    with pytest.raises(ValueError, match="is not a spreadsheet's date"):
        from_serial(number)
