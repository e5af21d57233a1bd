"""Money: whole minor units, exact both ways."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from salesboard_display.core.facts import MAX_AMOUNT_MINOR
from salesboard_display.core.money import minor_digits, to_major, to_minor


@pytest.mark.parametrize(("currency", "digits"), [("EUR", 2), ("USD", 2), ("JPY", 0), ("KWD", 3), ("CLF", 4)])
def test_every_currency_has_its_minor_unit(currency: str, digits: int) -> None:
    assert minor_digits(currency) == digits


@pytest.mark.parametrize("wrong", ["", "eur", "EURO", "E R", "€", "12A"])
def test_what_is_no_currency_is_refused(wrong: str) -> None:
    with pytest.raises(ValueError, match="three capital letters"):
        minor_digits(wrong)


def test_no_code_is_found_across_two_others() -> None:
    assert minor_digits("IFC") == 2  # stands in "BIF CLP" only across a space


@pytest.mark.parametrize(
    ("amount", "currency", "minor"),
    [
        ("12.34", "EUR", 1234),
        ("-4200", "EUR", -420000),
        ("12", "JPY", 12),
        ("1.234", "KWD", 1234),
        ("1E+2", "EUR", 10000),
    ],
)
def test_amounts_become_minor_units(amount: str, currency: str, minor: int) -> None:
    assert to_minor(Decimal(amount), currency) == minor


@pytest.mark.parametrize(
    "amount",
    [
        "NaN",
        "sNaN",
        "Infinity",
        "-Infinity",
        "1e999",
        "1e-999",
        "12.345",
        "92233720368547758.08",
        "-92233720368547758.08",
    ],
)
def test_what_cannot_be_an_amount_is_refused(amount: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        to_minor(Decimal(amount), "EUR")


def test_the_largest_amount_fits() -> None:
    assert to_minor(Decimal("92233720368547758.07"), "EUR") == MAX_AMOUNT_MINOR
    assert to_minor(Decimal("0E-99"), "EUR") == 0


@given(st.integers(-MAX_AMOUNT_MINOR, MAX_AMOUNT_MINOR), st.sampled_from(["EUR", "JPY", "BHD", "UYW"]))
def test_there_and_back_is_the_same(minor: int, currency: str) -> None:
    major = to_major(minor, currency)
    digits = minor_digits(currency)
    assert major == Fraction(minor, 10**digits)
    assert to_minor(Decimal(minor).scaleb(-digits), currency) == minor
