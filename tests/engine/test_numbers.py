"""Numbers, money, dates and spans as each locale writes them."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from salesboard_display.core.definitions import Unit, UnitKind
from salesboard_display.engine.numbers import UNKNOWN, Style, rounded
from tests.engine.offices import DAY, HOUR, NOW, ms

LOCALES = ("de_DE", "en_IE", "en_US", "fr_FR", "nl_NL", "ar_EG", "hi_IN", "ja_JP")
EUR = Unit(UnitKind.MONEY, "EUR")
NBSP = "\u00a0"


def money(locale: str, amount: str, currency: str = "EUR", decimals: int = 0) -> str:
    return Style(locale, "UTC").value(Fraction(amount), Unit(UnitKind.MONEY, currency, decimals=decimals))


@pytest.mark.parametrize(
    ("locale", "shown"),
    [
        ("de_DE", f"1.234.568{NBSP}€"),
        ("en_IE", "€1,234,568"),
        ("fr_FR", f"1{NBSP}234{NBSP}568{NBSP}€"),
        ("nl_NL", f"€{NBSP}1.234.568"),
        ("hi_IN", "€12,34,568"),
        ("ja_JP", "€1,234,568"),
    ],
)
def test_money_is_written_as_the_locale_does(locale: str, shown: str) -> None:
    assert money(locale, "1234567.50") == shown


@pytest.mark.parametrize(
    ("locale", "shown"),
    [
        ("de_DE", f"−1.234{NBSP}€"),
        ("en_IE", "−€1,234"),
        ("fr_FR", f"−1{NBSP}234{NBSP}€"),
        ("nl_NL", f"−€{NBSP}1.234"),
        ("en_US", "−€1,234"),
    ],
)
def test_a_negative_amount_has_a_real_minus_before_everything(locale: str, shown: str) -> None:
    assert money(locale, "-1234") == shown


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize("amount", ["0", "-0.4", "1234567.891", "-99999999999999", "0.005"])
def test_no_locale_brings_hyphens_narrow_spaces_or_direction_marks(locale: str, amount: str) -> None:
    style = Style(locale, "UTC")
    texts = [
        money(locale, amount, decimals=2),
        style.value(Fraction(amount), Unit(UnitKind.PERCENT, decimals=1)),
        style.value(Fraction(amount), Unit()),
        style.span(int(abs(float(amount)))),
        style.full_day(NOW),
        style.weekday_time(NOW),
    ]
    for text in texts:
        assert text
        assert not set(text) & set("-\u202f\u2009\u200e\u200f\u061c"), text


def test_nothing_below_zero_rounds_to_minus_zero() -> None:
    assert money("en_IE", "-0.4") == "€0"


def test_yen_have_no_decimals_and_dinars_three() -> None:
    assert money("en_IE", "1234", "JPY") in ("¥1,234", "JP¥1,234")
    assert money("en_US", "1.2345", "KWD", 3).endswith("1.235")


@pytest.mark.parametrize(
    ("value", "decimals", "shown"),
    [
        ("0.5", 0, "1"),
        ("1.5", 0, "2"),
        ("2.5", 0, "3"),
        ("-2.5", 0, "-3"),
        ("0.49", 0, "0"),
        ("1.005", 2, "1.01"),
    ],
)
def test_halves_are_rounded_away_from_zero(value: str, decimals: int, shown: str) -> None:
    assert str(rounded(Fraction(value), decimals)) == shown


@given(st.fractions(max_denominator=10**9), st.integers(0, 6))
def test_rounding_is_off_by_half_a_digit_at_most(value: Fraction, decimals: int) -> None:
    found = Fraction(rounded(value, decimals))
    assert abs(found - value) * 10**decimals <= Fraction(1, 2)
    assert (found * 10**decimals).denominator == 1


@given(st.integers(-(2**63), 2**63))
def test_large_amounts_keep_every_digit(amount: int) -> None:
    assert rounded(Fraction(amount, 100), 2) == Decimal(amount).scaleb(-2)
    digits = money("en_US", str(Fraction(amount, 100)), decimals=2)
    assert "".join(filter(str.isdigit, digits)).lstrip("0") == str(abs(amount)).lstrip("0")


def test_a_percent_sign_stands_where_the_locale_wants_it() -> None:
    unit = Unit(UnitKind.PERCENT, decimals=1)
    assert Style("de_DE", "UTC").value(Fraction("62.25"), unit) == f"62,3{NBSP}%"
    assert Style("en_IE", "UTC").value(Fraction("62.25"), unit) == "62.3%"


@pytest.mark.parametrize(
    ("share", "shown"), [("99.9", "99%"), ("100", "100%"), ("0.99", "0%"), ("104.2", "104%")]
)
def test_a_share_never_reads_as_done_before_it_is(share: str, shown: str) -> None:
    assert Style("en_IE", "UTC").percent(Fraction(share)) == shown


def test_what_is_unknown_is_a_dash() -> None:
    style = Style("de_DE", "UTC")
    assert style.value(None, EUR) == style.with_word(None, EUR) == UNKNOWN == "–"


def test_a_count_has_its_word_when_asked() -> None:
    style = Style("en_IE", "UTC")
    demos = Unit(word="demos")
    assert (style.value(Fraction(1200), demos), style.with_word(Fraction(1200), demos)) == (
        "1,200",
        "1,200 demos",
    )


@pytest.mark.parametrize("locale", LOCALES)
def test_what_stands_around_the_digits_is_told_to_a_wall_that_counts_itself(locale: str) -> None:
    style = Style(locale, "UTC")
    for unit in (EUR, Unit(UnitKind.PERCENT), Unit()):
        told = style.unit_format(unit)
        assert told.prefix + style.count(7) + told.suffix == style.value(Fraction(7), unit)


@pytest.mark.parametrize("locale", ["xx_YY", "", "C", "english", "../../etc"])
def test_an_unknown_locale_is_english(locale: str) -> None:
    assert money(locale, "1234").startswith("€1,234")


def test_a_locale_may_be_written_with_a_hyphen() -> None:
    assert money("de-DE", "1234") == f"1.234{NBSP}€"


# ------------------------------------------------------------------------------------------- times


@pytest.mark.parametrize(
    ("left", "shown"),
    [
        (0, "0 sec"),
        (-5_000, "0 sec"),
        (59_000, "59 sec"),
        (60_000, "1 min"),
        (3 * HOUR + 20 * 60_000, "3 hr 20 min"),
        (3 * HOUR, "3 hr"),
        (DAY + 2 * HOUR + 59 * 60_000, "1 day 2 hr"),
        (40 * DAY, "40 days"),
    ],
)
def test_a_span_has_its_two_largest_units(left: int, shown: str) -> None:
    assert Style("en_US", "UTC").span(left).replace(NBSP, " ") == shown


def test_a_moment_is_as_short_as_it_is_clear() -> None:
    style = Style("de_DE", "Europe/Berlin")
    assert style.moment(ms("2026-03-18 09:00"), NOW) == "10:00"
    assert style.moment(ms("2026-03-16 09:00"), NOW) == "Mo. 10:00"
    assert style.moment(ms("2026-03-01 09:00"), NOW) == "1. März 2026 10:00"


def test_a_moment_of_the_same_weekday_a_week_ago_has_its_date() -> None:
    assert "2026" in Style("en_IE", "UTC").moment(NOW - 7 * DAY, NOW)


def test_what_ends_with_a_day_ends_on_that_day() -> None:
    style = Style("en_IE", "UTC")
    assert style.coming(ms("2026-03-16 00:00"), end=True) == "Sun"
    assert style.coming(ms("2026-03-20 17:00"), end=True) == "Fri 17:00"


def test_days_are_those_of_the_offices_zone() -> None:
    late = ms("2026-03-18 23:30")
    assert Style("en_IE", "UTC").full_day(late) == "18 Mar 2026"
    assert Style("en_IE", "Asia/Tokyo").full_day(late) == "19 Mar 2026"
