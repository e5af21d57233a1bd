"""Calendars and periods: named stretches of office time as half-open intervals of instants."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from functools import lru_cache
from typing import Literal, NamedTuple
from zoneinfo import ZoneInfo

from salesboard_display.core.definitions import Period, PeriodKind
from salesboard_display.core.messages import Message, message

DAY_MS = 86_400_000
_SECOND_MS = 1000


class Interval(NamedTuple):
    """The instants from ``start_ms`` up to, not including, ``end_ms`` (ms since 1970 UTC)."""

    start_ms: int
    end_ms: int

    def holds(self, at_ms: int) -> bool:
        """Whether the instant lies inside."""
        return self.start_ms <= at_ms < self.end_ms


@dataclass(frozen=True, slots=True)
class Calendar:
    """How the office counts its days, weeks and years.

    ``zone`` is an IANA name, ``week_start`` an ISO weekday (1 = Monday), ``fiscal_start_month`` 1..12. In
    "4-4-5" a year starts on the ``week_start`` nearest to the first of that month and its quarters have
    months of 4, 4 and 5 weeks, a 53rd week joining the last (with Monday and January these are the ISO week
    years). Raises ValueError.
    """

    zone: str
    week_start: int = 1
    fiscal_start_month: int = 1
    scheme: Literal["gregorian", "4-4-5"] = "gregorian"

    def __post_init__(self) -> None:
        if self.week_start not in range(1, 8) or self.fiscal_start_month not in range(1, 13):
            raise ValueError("week_start is an ISO weekday (1 to 7), fiscal_start_month a month (1 to 12)")
        if self.scheme not in ("gregorian", "4-4-5"):
            raise ValueError(f'a calendar is "gregorian" or "4-4-5", found {self.scheme!r}')
        try:
            ZoneInfo(self.zone)
        except (KeyError, OSError) as error:
            raise ValueError(f"no time zone is called {self.zone!r}") from error


# ---------------------------------------------------------------------------- days


@lru_cache(maxsize=16384)
def _day_start(zone: str, ordinal: int) -> int:
    """The first instant of the day; where a clock change skips midnight, the first instant after the gap."""
    midnight = datetime.combine(date.fromordinal(ordinal), time(), ZoneInfo(zone))
    before, after = _instant(midnight), _instant(midnight.replace(fold=1))
    if before <= after:  # the usual day; a midnight that comes twice counts from its first time
        return before
    low, high = after, before
    while high - low > _SECOND_MS:  # the clock jumps somewhere in between: offsets change at whole seconds
        middle = (low + high) // 2 // _SECOND_MS * _SECOND_MS
        if _local(zone, middle).toordinal() < ordinal:
            low = middle
        else:
            high = middle
    return high


def _instant(moment: datetime) -> int:
    return int(moment.timestamp()) * _SECOND_MS


def _local(zone: str, at_ms: int) -> datetime:
    return datetime.fromtimestamp(at_ms // _SECOND_MS, ZoneInfo(zone))


def local_time(calendar: Calendar, at_ms: int) -> datetime:
    """The office's wall clock at the instant, to the second."""
    return _local(calendar.zone, at_ms)


def instant_of(zone: str, day: date, at: time = time()) -> int:
    """The instant (ms) of a local time on a day; midnight means the day's first instant.

    A time that a clock change skips is moved on by the gap; one that comes twice is the first.
    """
    if at == time():
        return _day_start(zone, day.toordinal())
    return _instant(datetime.combine(day, at, ZoneInfo(zone)))


def _day_of(zone: str, at_ms: int) -> int:
    """The ordinal of the day whose interval holds the instant.

    Not always the date on the clock: where the clock is put back across midnight, the repeated end of the
    evening belongs to the day that had begun.
    """
    ordinal = _local(zone, at_ms).toordinal()
    while at_ms >= _day_start(zone, ordinal + 1):
        ordinal += 1
    return ordinal


def day_of(calendar: Calendar, at_ms: int) -> date:
    """The office day that holds the instant."""
    return date.fromordinal(_day_of(calendar.zone, at_ms))


def day_start_ms(calendar: Calendar, now_ms: int) -> int:
    """The first instant of the office day that holds ``now_ms``."""
    return _day_start(calendar.zone, _day_of(calendar.zone, now_ms))


def _day_before(zone: str, ordinal: int) -> int:
    """The day before, leaving out days that a move across the date line skipped altogether."""
    ordinal -= 1
    while _day_start(zone, ordinal) == _day_start(zone, ordinal + 1):
        ordinal -= 1
    return ordinal


# ---------------------------------------------------------------------------- months and years
# Months are numbered: number // 12 is the year in which the (fiscal) year starts, number % 12 the month.


def _month_number(calendar: Calendar, ordinal: int) -> int:
    day = date.fromordinal(ordinal)
    if calendar.scheme == "gregorian":
        return day.year * 12 + day.month - calendar.fiscal_start_month
    year = day.year + 1
    while _year_start_445(calendar, year) > ordinal:
        year -= 1
    week = (ordinal - _year_start_445(calendar, year)) // 7
    quarter = min(week // 13, 3)
    return year * 12 + quarter * 3 + min((week - 13 * quarter) // 4, 2)


def _month_start(calendar: Calendar, number: int) -> int:
    if calendar.scheme == "gregorian":
        year, month = divmod(number + calendar.fiscal_start_month - 1, 12)
        return date(year, month + 1, 1).toordinal()
    year, month = divmod(number, 12)
    return _year_start_445(calendar, year) + 7 * (13 * (month // 3) + 4 * (month % 3))


def _year_start_445(calendar: Calendar, year: int) -> int:
    first = date(year, calendar.fiscal_start_month, 1)
    return first.toordinal() + (calendar.week_start - first.isoweekday() + 3) % 7 - 3


_MONTHS = {
    PeriodKind.THIS_MONTH: (1, 0),
    PeriodKind.PREVIOUS_MONTH: (1, 1),
    PeriodKind.THIS_QUARTER: (3, 0),
    PeriodKind.PREVIOUS_QUARTER: (3, 1),
    PeriodKind.THIS_YEAR: (12, 0),
    PeriodKind.PREVIOUS_YEAR: (12, 1),
}
"""Periods made of months: how many, and how many such periods back."""


# ---------------------------------------------------------------------------- periods


@lru_cache(maxsize=4096)
def _days(period: Period, calendar: Calendar, today: int, back: int) -> tuple[int, int]:
    """First day and the day after the last, ``back`` periods before the one that ``today`` asks for."""
    kind = period.kind
    if kind in _MONTHS:
        size, offset = _MONTHS[kind]
        number = _month_number(calendar, today)
        number -= number % size + size * (offset + back)
        return _month_start(calendar, number), _month_start(calendar, number + size)
    if kind in (PeriodKind.THIS_WEEK, PeriodKind.PREVIOUS_WEEK):
        weekday = date.fromordinal(today).isoweekday()
        first = today - (weekday - calendar.week_start) % 7 - 7 * (back + (kind is PeriodKind.PREVIOUS_WEEK))
        return first, first + 7
    if kind is PeriodKind.ROLLING:
        if period.days < 1:
            raise ValueError("a rolling period needs a number of days, at least 1")
        return today + 1 - period.days * (back + 1), today + 1 - period.days * back
    if kind is PeriodKind.CUSTOM:
        if period.first is None or period.last is None or period.last < period.first:
            raise ValueError("a custom period needs a first day and a last day that is not before it")
        first, after = period.first.toordinal(), period.last.toordinal() + 1
        return first - back * (after - first), after - back * (after - first)
    day = today
    for _ in range(back + (kind is PeriodKind.YESTERDAY)):
        day = _day_before(calendar.zone, day)
    return day, day + 1


def _interval(period: Period, calendar: Calendar, now_ms: int, back: int) -> Interval:
    first, after = _days(period, calendar, _day_of(calendar.zone, now_ms), back)
    return Interval(_day_start(calendar.zone, first), _day_start(calendar.zone, after))


def resolve(period: Period, calendar: Calendar, now_ms: int) -> Interval:
    """The period's interval as it is meant at ``now_ms``. Raises ValueError for a period without its days."""
    return _interval(period, calendar, now_ms, 0)


def previous(period: Period, calendar: Calendar, now_ms: int) -> Interval:
    """The whole period of the same kind that ends where this one starts."""
    return _interval(period, calendar, now_ms, 1)


def month_starts(calendar: Calendar, start_ms: int, end_ms: int) -> list[int]:
    """The first instants of the months that begin strictly inside the interval: where cached figures are
    cut."""
    number = _month_number(calendar, _day_of(calendar.zone, start_ms)) + 1
    starts: list[int] = []
    while (start := _day_start(calendar.zone, _month_start(calendar, number))) < end_ms:
        starts.append(start)
        number += 1
    return starts


def period_message(period: Period, calendar: Calendar, now_ms: int, back: int = 0) -> Message:
    """The period in words ("November 2017", "Q2 2017/18"), ``back`` periods before the one meant at
    ``now_ms``.

    Months carry their number and year, quarters and years a year text ("2017", or "2017/18" where the fiscal
    year does not start in January), days and weeks their dates.
    """
    kind = period.kind
    first_day, after = _days(period, calendar, _day_of(calendar.zone, now_ms), back)
    first, last = date.fromordinal(first_day), date.fromordinal(after - 1)
    if kind in _MONTHS:
        return _months_message(calendar, _MONTHS[kind][0], first_day)
    if kind in (PeriodKind.THIS_WEEK, PeriodKind.PREVIOUS_WEEK):
        return message("period-week", first=first, last=last)
    if kind is PeriodKind.ROLLING:
        return message("period-rolling", days=period.days)
    if kind is PeriodKind.CUSTOM:
        return message("period-custom", first=first, last=last)
    return message("period-day", day=first)


def _months_message(calendar: Calendar, size: int, first_day: int) -> Message:
    number = _month_number(calendar, first_day)
    year = number // 12
    label = str(year) if calendar.fiscal_start_month == 1 else f"{year}/{(year + 1) % 100:02}"
    if size == 12:
        return message("period-year", year=label)
    if size == 3:
        return message("period-quarter", number=number // 3 % 4 + 1, year=label)
    year, month = divmod(number + calendar.fiscal_start_month - 1, 12)
    return message("period-month", month=month + 1, year=year, first=date.fromordinal(first_day))


def utc_day(at_ms: int) -> date:
    """The UTC day that holds the instant."""
    return datetime.fromtimestamp(at_ms // _SECOND_MS, UTC).date()
