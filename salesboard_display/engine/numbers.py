"""How numbers, money, dates and spans of time are written for the office's locale (Babel)."""

from __future__ import annotations

import decimal
from dataclasses import dataclass
from datetime import datetime, time
from decimal import Decimal
from fractions import Fraction
from functools import cached_property, lru_cache
from zoneinfo import ZoneInfo

from babel import Locale, UnknownLocaleError
from babel.dates import format_date, format_skeleton, format_time
from babel.numbers import format_currency, format_decimal, format_percent
from babel.units import format_unit

from salesboard_display.core.definitions import Unit, UnitKind
from salesboard_display.core.snapshot import UnitFormat

UNKNOWN = "–"
_MINUS = "\u2212"
_A_WEEKDAY_IS_CLEAR_MS = 6 * 24 * 3_600_000
# Narrow and thin spaces are missing in the wall's font; a fallback font would draw them as boxes.
_SPACES = str.maketrans({"\u202f": "\u00a0", "\u2009": "\u00a0", "\u200e": "", "\u200f": "", "\u061c": ""})


@dataclass(frozen=True)
class Style:
    """Writes values for one locale and zone; ``locale`` is like "de_DE", an unknown one falls back to
    English."""

    locale: str
    zone: str

    @cached_property
    def babel(self) -> Locale:
        """Babel's locale."""
        try:
            return Locale.parse(self.locale.replace("-", "_"))
        except (UnknownLocaleError, ValueError):
            return Locale.parse("en_US")

    def value(self, value: Fraction | None, unit: Unit) -> str:
        """A value in its unit, "–" when unknown; rounded half up to the unit's decimals."""
        if value is None:
            return UNKNOWN
        return self._written(rounded(value, unit.decimals), unit, with_word=False)

    def with_word(self, value: Fraction | None, unit: Unit) -> str:
        """Like value, with the unit's word behind a plain number: "12 demos"."""
        if value is None:
            return UNKNOWN
        return self._written(rounded(value, unit.decimals), unit, with_word=True)

    def count(self, number: int) -> str:
        """A plain whole number."""
        return tidy(format_decimal(number, locale=self.babel))

    def percent(self, share: Fraction) -> str:
        """A share of a hundred, rounded down so that 99.9 never reads as done: "78 %"."""
        whole = Fraction(share.numerator // share.denominator) if share >= 0 else share
        return self.value(whole, Unit(UnitKind.PERCENT))

    def unit_format(self, unit: Unit) -> UnitFormat:
        """What stands before and after the digits, for a wall that counts by itself."""
        one = self._written(
            Decimal(1).scaleb(0), Unit(unit.kind, unit.currency, unit.word, 0), with_word=False
        )
        prefix, _, suffix = one.partition(tidy(format_decimal(1, locale=self.babel)))
        return UnitFormat(prefix=prefix, suffix=suffix, decimals=unit.decimals)

    def clock_time(self, at_ms: int) -> str:
        """The time of day, "14:02"."""
        return tidy(format_time(self._local(at_ms), "short", locale=self.babel))

    def weekday_time(self, at_ms: int) -> str:
        """Weekday and time of day, "Fri 17:00"."""
        day = format_date(self._local(at_ms).date(), "EEE", locale=self.babel)
        return f"{day} {self.clock_time(at_ms)}"

    def coming(self, at_ms: int, now_ms: int | None = None, *, end: bool = False) -> str:
        """An instant to come, "Fri 17:00"; with the date where a weekday would not be clear, "30 Nov 17:00".

        What ends with a day (``end``) is said to end on that day: "Sun".
        """
        whole_day = end and self._local(at_ms).time() == time()
        shown_ms = at_ms - 1 if whole_day else at_ms
        near = now_ms is None or abs(shown_ms - now_ms) < _A_WEEKDAY_IS_CLEAR_MS
        weekday = format_date(self._local(shown_ms).date(), "EEE", locale=self.babel)
        day = tidy(weekday) if near else self.day(shown_ms)
        return day if whole_day else f"{day} {self.clock_time(at_ms)}"

    def day(self, at_ms: int) -> str:
        """Day and month, "30 Nov"."""
        return tidy(format_skeleton("MMMd", self._local(at_ms), locale=self.babel))

    def full_day(self, at_ms: int) -> str:
        """Day, month and year, "14 Mar 2017"."""
        return tidy(format_skeleton("yMMMd", self._local(at_ms), locale=self.babel))

    def moment(self, at_ms: int, now_ms: int) -> str:
        """A past instant as short as it is clear: time today, weekday this week, else the date with the
        time."""
        then, now = self._local(at_ms), self._local(now_ms)
        if then.date() == now.date():
            return self.clock_time(at_ms)
        if abs((now.date() - then.date()).days) < 7:
            return self.weekday_time(at_ms)
        return f"{self.full_day(at_ms)} {self.clock_time(at_ms)}"

    def span(self, ms: int) -> str:
        """A time left, in its one or two largest units: "1 day 2 h", "3 h 20 min", "12 min"."""
        minutes = max(0, ms) // 60_000
        days, hours, minutes = minutes // 1440, minutes // 60 % 24, minutes % 60
        parts = [(days, "day"), (hours, "hour")] if days else [(hours, "hour"), (minutes, "minute")]
        words = [
            tidy(format_unit(n, f"duration-{unit}", length="short", locale=self.babel))
            for n, unit in parts
            if n
        ]
        return " ".join(words) or tidy(
            format_unit(max(0, ms) // 1000, "duration-second", length="short", locale=self.babel)
        )

    def _local(self, at_ms: int) -> datetime:
        return datetime.fromtimestamp(at_ms / 1000, ZoneInfo(self.zone))

    def _written(self, number: Decimal, unit: Unit, *, with_word: bool) -> str:
        return _written(self.babel, number, unit, with_word)


@lru_cache(maxsize=8192)
def _written(locale: Locale, number: Decimal, unit: Unit, with_word: bool) -> str:
    """A number in its unit; kept, as Babel takes half a millisecond and most values stay as they are."""
    size, sign = abs(number), _MINUS if number < 0 else ""
    digits = "#,##0" + ("." + "0" * unit.decimals if unit.decimals else "")
    if unit.kind is UnitKind.MONEY and unit.currency:
        pattern = _money_pattern(locale, unit.decimals)
        text = format_currency(size, unit.currency, pattern, locale=locale, currency_digits=False)
    elif unit.kind is UnitKind.PERCENT:
        with decimal.localcontext(prec=50):
            pattern = locale.percent_formats[None].pattern.replace("#,##0", digits)
            text = format_percent(size / 100, pattern, locale=locale)
    else:
        text = format_decimal(size, digits, locale=locale)
        text = f"{text} {unit.word}" if with_word and unit.word else text
    return sign + tidy(text)


def rounded(value: Fraction, decimals: int) -> Decimal:
    """The value rounded half away from zero to the decimals, exactly."""
    scaled = abs(value) * 10**decimals
    whole = (scaled.numerator * 2 + scaled.denominator) // (scaled.denominator * 2)
    number = Decimal(-whole if value < 0 else whole)
    with decimal.localcontext(prec=max(28, len(str(whole)) + 2)):
        return number.scaleb(-decimals) if decimals else number


def tidy(text: str) -> str:
    """The text with spaces the wall's font has, without direction marks."""
    return text.translate(_SPACES)


def _money_pattern(locale: Locale, decimals: int) -> str:
    pattern: str = locale.currency_formats["standard"].pattern.split(";")[0]
    return pattern.replace("0.00", "0" + ("." + "0" * decimals if decimals else ""))
