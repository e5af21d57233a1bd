"""Dates and times as sources write them, turned into instants (ms since 1970 UTC) deterministically."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from salesboard_display.core.periods import instant_of
from salesboard_display.sources.mapping.numbers import decimal_of
from salesboard_display.sources.mapping.rejected import Unusable, shown

FIRST_YEAR, LAST_YEAR = 1900, 2199
_FIRST_SERIAL, _LAST_SERIAL_S = datetime(1899, 12, 30), 110_000 * 86_400  # noqa: DTZ001 - the zone comes later
_LONGEST_DURATION_S = 10 * 366 * 86_400


def moment_of(moment: datetime, zone: str) -> int:
    """The instant of a date-time; without an offset it is time in ``zone``.

    A time that occurs twice (clocks set back) is the first of the two; a time that does not exist (clocks set
    forward) is as much later as the clocks jumped: 02:30 becomes 03:30.
    """
    if moment.tzinfo is None:
        return (
            instant_of(zone, moment.date(), moment.time().replace(microsecond=0)) + moment.microsecond // 1000
        )
    return (moment - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(milliseconds=1)


def date_of(value: Any, formats: tuple[str, ...] = ()) -> date:
    """The day a value states: native dates, or texts in one of the strptime ``formats`` (none: ISO 8601).

    Raises ValueError with a reason in words.
    """
    if isinstance(value, datetime):
        value = value.date()
    if isinstance(value, str):
        value = _date_from_text(value, formats)
    if not isinstance(value, date):
        raise Unusable("a date is expected, not “{found}”", found=shown(value))
    return _known_year(value, value)


def _known_year(day: date, written: object) -> date:
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise Unusable(
            "“{found}” is not a year between {first} and {last}",
            found=shown(written), first=str(FIRST_YEAR), last=str(LAST_YEAR),
        )  # fmt: skip
    return day


def _date_from_text(text: str, formats: tuple[str, ...]) -> date:
    if not text:
        raise Unusable("the date is missing")
    for form in formats:
        try:
            return datetime.strptime(text, form).date()  # noqa: DTZ007 - a day has no zone of its own
        except ValueError:
            continue
    if formats:
        raise Unusable(
            "“{found}” is not a date written as {format}", found=shown(text), format=" / ".join(formats)
        )
    try:
        return date.fromisoformat(text)
    except ValueError:
        pass
    try:
        return datetime.fromisoformat(text).date()
    except ValueError:
        raise Unusable(
            "“{found}” is not a date written as {format}", found=shown(text), format="2026-12-31"
        ) from None


def datetime_of(value: Any, zone: str, formats: tuple[str, ...] = ()) -> int:
    """The instant (ms) a value states: native date-times, or texts in ``formats`` (none: ISO 8601).

    See moment_of for times without an offset. Raises ValueError with a reason in words.
    """
    if isinstance(value, str):
        value = _datetime_from_text(value, formats)
    elif isinstance(value, date) and not isinstance(value, datetime):
        value = datetime(value.year, value.month, value.day)  # noqa: DTZ001 - the zone is given below
    if not isinstance(value, datetime):
        raise Unusable("a date and time is expected, not “{found}”", found=shown(value))
    _known_year(value.date(), value)
    return moment_of(value, zone)


def _datetime_from_text(text: str, formats: tuple[str, ...]) -> datetime:
    if not text:
        raise Unusable("the date is missing")
    for form in formats:
        try:
            return datetime.strptime(text, form)  # noqa: DTZ007 - without %z it is time in the source's zone
        except ValueError:
            continue
    if formats:
        raise Unusable(
            "“{found}” is not a date and time written as {format}",
            found=shown(text), format=" / ".join(formats),
        )  # fmt: skip
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        raise Unusable(
            "“{found}” is not a date and time written as {format}",
            found=shown(text), format="2026-12-31T17:30:00",
        ) from None  # fmt: skip


def from_serial(value: Any) -> Any:
    """The date-time, without a zone, that a spreadsheet's number of days stands for, to the second; anything
    else as it is. Raises ValueError with a reason in words."""
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
        return value
    seconds = round(decimal_of(value) * 86_400)
    if not 0 < seconds < _LAST_SERIAL_S:
        raise Unusable("“{found}” is not a spreadsheet's date", found=shown(value))
    return _FIRST_SERIAL + timedelta(seconds=seconds)


def epoch_of(value: Any, per_second: int) -> int:
    """The instant (ms) of a Unix time counted in 1/``per_second`` s. Raises ValueError with a reason in
    words."""
    if isinstance(value, str) and not value:
        raise Unusable("the date is missing")
    instant = int(decimal_of(value) * 1000 / per_second)
    if not -2_208_988_800_000 <= instant < 7_258_118_400_000:
        raise Unusable(
            "“{found}” is not a time between {first} and {last}",
            found=shown(value), first=str(FIRST_YEAR), last=str(LAST_YEAR),
        )  # fmt: skip
    return instant


_CLOCK = re.compile(r"^(?:(\d+):)?(\d{1,4}):(\d{2}(?:[.,]\d+)?)$")
_ISO_DURATION = re.compile(
    r"^P(?:(?P<d>[\d.]+)D)?(?:T(?:(?P<h>[\d.]+)H)?(?:(?P<m>[\d.]+)M)?(?:(?P<s>[\d.]+)S)?)?$", re.IGNORECASE
)
_PARTS = re.compile(
    r"(\d+(?:[.,]\d+)?)\s*(d(?:ays?)?|h(?:ours?|rs?)?|m(?:in(?:utes?)?)?|s(?:ec(?:onds?)?)?)\b\s*",
    re.IGNORECASE,
)
_SECONDS = {"d": 86_400, "h": 3600, "m": 60, "s": 1}


def duration_of(value: Any) -> Decimal:
    """Seconds a value states: 90, ``1:30`` (m:s), ``1:02:03``, ``1h 30m``, ``PT90M``. Raises ValueError in
    words."""
    if isinstance(value, timedelta):
        seconds = Decimal(value // timedelta(microseconds=1)) / 1_000_000
    elif isinstance(value, str):
        seconds = _duration_from_text(value)
    else:
        seconds = decimal_of(value)
    if abs(seconds) > _LONGEST_DURATION_S:
        raise Unusable("“{found}” is too long for a duration", found=shown(value))
    return seconds


def _duration_from_text(text: str) -> Decimal:
    if clock := _CLOCK.match(text):
        parts = [Decimal((part or "0").replace(",", ".")) for part in clock.groups()]
        return parts[0] * 3600 + parts[1] * 60 + parts[2]
    if (iso := _ISO_DURATION.match(text)) and any(iso.groups()):
        return sum(
            (
                Decimal(part) * _SECONDS[unit]
                for unit, part in iso.groupdict().items()
                if part and part.count(".") < 2
            ),
            Decimal(0),
        )
    parts_found = _PARTS.findall(text)
    if parts_found and not _PARTS.sub("", text).strip():
        return sum(
            (Decimal(n.replace(",", ".")) * _SECONDS[unit[0].lower()] for n, unit in parts_found), Decimal(0)
        )
    try:
        return decimal_of(text)
    except ValueError:
        raise Unusable(
            "“{found}” is not a duration such as 1:30:00, 90 min or PT90M", found=shown(text)
        ) from None
