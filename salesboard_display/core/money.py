"""Money as whole minor units of an ISO 4217 currency, exact in both directions."""

from __future__ import annotations

import re
from decimal import Decimal
from fractions import Fraction
from functools import cache

from salesboard_display.core.facts import MAX_AMOUNT_MINOR

_EXCEPTIONS = {
    0: "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF",
    3: "BHD IQD JOD KWD LYD OMR TND",
    4: "CLF UYW",
}
"""Currencies whose minor unit is not a hundredth (ISO 4217, list one)."""

_CODE = re.compile(r"[A-Z]{3}")
_LONGEST = 30
"""No amount that fits the store has more digits before or after its point."""


@cache
def minor_digits(currency: str) -> int:
    """How many decimals the currency's minor unit has. Raises ValueError unless it is three capitals."""
    if not _CODE.fullmatch(currency):
        raise ValueError(f"a currency is three capital letters (ISO 4217), found {currency!r}")
    return next((digits for digits, codes in _EXCEPTIONS.items() if currency in codes), 2)


def to_minor(amount: Decimal, currency: str) -> int:
    """The amount in minor units. Raises ValueError when it is no number, not exact, or beyond 2^63 - 1."""
    digits = minor_digits(currency)
    if not amount.is_finite():
        raise ValueError(f"{amount} is not an amount")
    if amount and abs(amount.adjusted()) > _LONGEST:
        raise ValueError(f"{amount} is too large or too fine for {currency}")
    minor = Fraction(amount) * Fraction(10**digits)
    if minor.denominator != 1:
        raise ValueError(f"{amount} has more than the {digits} decimals of {currency}")
    if abs(minor) > MAX_AMOUNT_MINOR:
        raise ValueError(f"{amount} {currency} is more than the store can hold")
    return minor.numerator


def to_major(minor: int | Fraction, currency: str) -> Fraction:
    """The amount in major units, exactly. Raises ValueError for a currency that cannot be."""
    return Fraction(minor, 10 ** minor_digits(currency))
