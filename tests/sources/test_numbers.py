"""Numbers are read exactly as people write them, or refused with a reason."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from salesboard_display.sources.mapping.numbers import decimal_of, detect_mark, scaled

amounts = st.decimals(min_value=-(10**12), max_value=10**12, places=2, allow_nan=False)


@pytest.mark.parametrize(
    ("text", "mark", "value"),
    [
        ("1054", ".", "1054"),
        ("1054.50", ".", "1054.5"),
        ("1,234,567.89", ".", "1234567.89"),
        ("12,34,567.89", ".", "1234567.89"),
        ("1.234.567,89", ",", "1234567.89"),
        ("1 234 567,89", ",", "1234567.89"),
        ("1\u202f234,5", ",", "1234.5"),
        ("1'234.50", ".", "1234.5"),
        ("1’234.50", ".", "1234.5"),
        ("(5.00)", ".", "-5"),
        ("($5.00)", ".", "-5"),
        ("-$5.00", ".", "-5"),
        ("$-5.00", ".", "-5"),
        ("5.00-", ".", "-5"),
        ("−3", ".", "-3"),
        ("+7", ".", "7"),
        ("€ 12,30", ",", "12.3"),
        ("12,30 €", ",", "12.3"),
        ("EUR 12,30", ",", "12.3"),
        ("1,234.50 USD", ".", "1234.5"),
        ("kr 99", ".", "99"),
        (".5", ".", "0.5"),
        ("5.", ".", "5"),
        ("1e3", ".", "1000"),
        ("1.5E-1", ".", "0.15"),
    ],
)
def test_a_number_is_read_as_it_is_written(text: str, mark: str, value: str) -> None:
    assert decimal_of(text, mark) == Decimal(value)


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        ("NaN", "not a number that can be counted"),
        ("inf", "not a number that can be counted"),
        ("-Infinity", "not a number that can be counted"),
        (Decimal("NaN"), "not a number that can be counted"),
        (float("inf"), "not a number that can be counted"),
        ("1e999", "too large"),
        (Decimal("1e999999"), "too large"),
        ("9" * 60, "too large"),
        ("abc", "not a number"),
        ("", "missing"),
        ("1,23", "with decimal point"),
        ("1.2.3", "with decimal point"),
        ("1 2", "not a number"),
        ("--5", "not a number"),
        ("$", "not a number"),
        (True, "not a number"),
        ([1], "not a list"),
        ("5 USD", "EUR is expected"),
        ("£5", "EUR is expected"),
    ],
)
def test_what_is_no_number_is_refused_in_words(value: object, reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        decimal_of(value, ".", "EUR")


def test_a_thousands_mark_that_is_not_declared_is_refused() -> None:
    assert decimal_of("1'234", ".", "", "'") == 1234
    for thousands in ("none", " ", "'"):
        with pytest.raises(ValueError, match="decimal point"):
            decimal_of("1,234", ".", "", thousands)


def test_a_float_of_a_spreadsheet_is_read_to_fifteen_digits() -> None:
    assert decimal_of(0.1 + 0.2) == Decimal("0.3")


@given(amounts, st.sampled_from([(".", ","), (",", "."), (",", " "), (".", "'"), (",", "\u202f")]))
def test_a_number_written_in_any_style_is_read_back(value: Decimal, style: tuple[str, str]) -> None:
    mark, thousands = style
    text = f"{value:,.2f}".replace(",", "t").replace(".", mark).replace("t", thousands)
    assert decimal_of(text, mark) == value
    assert decimal_of(text.replace("-", "(") + ")" if value < 0 else text, mark) == value


@given(st.text(max_size=30))
def test_any_text_is_a_finite_number_or_a_reason(text: str) -> None:
    try:
        number = decimal_of(text)
    except ValueError:
        return
    assert number.is_finite()


@given(st.lists(amounts, min_size=1), st.sampled_from([(".", ","), (",", ".")]))
def test_the_decimal_mark_is_found_where_two_decimals_are_written(
    values: list[Decimal], style: tuple[str, str]
) -> None:
    mark, thousands = style
    texts = [f"{v:,.2f} €".replace(",", "t").replace(".", mark).replace("t", thousands) for v in values]
    assert detect_mark(texts, likely=thousands) == mark


@pytest.mark.parametrize("likely", [".", ","])
def test_without_evidence_the_likely_mark_stands(likely: str) -> None:
    assert detect_mark(["1.234", "500", "", "12,000", "abc"], likely) == likely


@given(st.decimals(min_value=-(10**9), max_value=10**9, places=3), st.integers(0, 4))
def test_scaling_is_exact_or_refused(value: Decimal, digits: int) -> None:
    exact = value * 10**digits
    if exact == exact.to_integral_value():
        assert scaled(value, digits) == int(exact)
    else:
        with pytest.raises(ValueError, match="decimals"):
            scaled(value, digits)
        assert abs(Decimal(scaled(value, digits, rounded=True)) - exact) <= Decimal("0.5")


def test_half_a_cent_of_a_spreadsheet_rounds_away_from_zero() -> None:
    assert scaled(Decimal("0.005"), 2, rounded=True) == 1
    assert scaled(Decimal("-0.005"), 2, rounded=True) == -1
    assert scaled(Decimal("1e-39"), 2, rounded=True) == 0
