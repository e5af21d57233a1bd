"""Money and quantities: numbers of a record as whole minor units and whole thousandths."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from salesboard_display.core.facts import MAX_AMOUNT_MINOR
from salesboard_display.core.messages import Message
from salesboard_display.core.money import minor_digits
from salesboard_display.settings.mapping import NumberValue, TextValue
from salesboard_display.sources.mapping.currencies import CODES
from salesboard_display.sources.mapping.fields import required, to_text
from salesboard_display.sources.mapping.numbers import decimal_of, scaled
from salesboard_display.sources.mapping.rejected import Unusable, shown
from salesboard_display.sources.mapping.selectors import Selectors
from salesboard_display.sources.mapping.times import duration_of

_TRUSTED_DIGITS = 15
"""Binary floats written in decimal are noise beyond so many digits: 30.000000000000004."""

MAX_QUANTITY_MILLI = 10**15
NO_AMOUNT, NO_CURRENCY = Message("the amount is missing"), Message("the currency is missing")


@dataclass(frozen=True, slots=True)
class Marks:
    """How a column's numbers are written: the decimal mark, and what groups thousands ("auto": the other
    one)."""

    decimal: str = "."
    thousands: str = "auto"


def number(source: NumberValue, marks: Marks, value: Any, currency: str = "") -> Decimal:
    """The value as the mapping declares it. Raises ValueError with a reason in words."""
    if source.as_ == "duration_s":
        return duration_of(value)
    found = decimal_of(value, marks.decimal, currency, marks.thousands)
    if source.as_ in ("integer", "minor") and found != found.to_integral_value():
        raise Unusable("“{found}” is not a whole number", found=shown(value))
    return found


def exactly(found: Decimal, value: Any, digits: int, currency: str = "") -> int:
    """``found`` in units of 10**-digits. Raises ValueError when ``value`` has more decimals than that, which
    its ``currency`` has, or any quantity.

    A spreadsheet's computed number is rounded half up, as the spreadsheet shows it; noise beyond 15 digits
    is no decimals.
    """
    try:
        return scaled(found, digits, rounded=isinstance(value, float))
    except ValueError:
        if len(found.as_tuple().digits) > _TRUSTED_DIGITS:
            try:
                return scaled(Decimal(format(found, f".{_TRUSTED_DIGITS}g")), digits)
            except ValueError:
                pass
        if not currency:
            raise Unusable(
                "“{found}” has more decimals than a quantity ({digits})", found=shown(value), digits=digits
            ) from None
        raise Unusable(
            "“{found}” has more decimals than {currency} ({digits})",
            found=shown(value), currency=currency, digits=digits,
        ) from None  # fmt: skip


def money_converter(source: NumberValue, marks: Marks, currency: str) -> Callable[[Any], int]:
    """From a record's value to whole minor units of the currency."""
    digits, is_minor, mark = minor_digits(currency), source.as_ == "minor", marks.decimal
    plain = source.as_ == "decimal"

    def convert(value: Any) -> int:
        if plain and value.__class__ is str and len(value) < 16:  # the usual texts: 1054, 1054.5, 1054.50
            whole, _, rest = value.partition(mark)
            if (
                whole.isdecimal()
                and whole.isascii()
                and len(rest) <= digits
                and (not rest or rest.isdecimal())
            ):
                return int(whole + rest.ljust(digits, "0"))
        found = number(source, marks, value, currency)
        minor = int(found) if is_minor else exactly(found, value, digits, currency)
        if abs(minor) > MAX_AMOUNT_MINOR:
            raise Unusable("“{found}” is larger than can be kept", found=shown(value))
        return minor

    return convert


def compile_money(
    amount: NumberValue, currency: TextValue, marks: Marks, selectors: Selectors
) -> Callable[[Any], tuple[int, str]]:
    """How to read (amount in minor units, currency). An amount that is not there rejects the record."""
    by_currency: dict[str, Callable[[Any], int]] = {}

    def compiled(code: str, selectors: Selectors) -> Callable[[Any], int]:
        return required(amount, selectors, money_converter(amount, marks, code), "amount", NO_AMOUNT)

    if currency.constant:
        only = known_currency(currency.constant)
        read_only = compiled(only, selectors)

        def read_one(record: Any) -> tuple[int, str]:
            return read_only(record), only

        return read_one
    read_currency = required(currency, selectors, known_currency, "currency", NO_CURRENCY)
    compiled("XXX", selectors)  # notices at once when the amount's column is gone
    later = selectors.afresh()  # that the amount is needed is noted: records that had it were seen since

    def read_any(record: Any) -> tuple[int, str]:
        code = read_currency(record)
        read = by_currency.get(code)
        if read is None:
            read = by_currency[code] = compiled(code, later)
        return read(record), code

    return read_any


def known_currency(value: Any) -> str:
    """The ISO 4217 code a value states. Raises ValueError for a code nobody knows."""
    code = to_text(value).upper()
    if code not in CODES:
        raise Unusable("“{found}” is not a currency (a code such as EUR is expected)", found=shown(value))
    return code


def quantity_converter(source: NumberValue, marks: Marks) -> Callable[[Any], int]:
    """From a record's value to whole thousandths."""

    def convert(value: Any) -> int:
        milli = exactly(number(source, marks, value), value, 3)
        if abs(milli) > MAX_QUANTITY_MILLI:
            raise Unusable("“{found}” is too large for a quantity", found=shown(value))
        return milli

    return convert


def share_converter(source: NumberValue, marks: Marks) -> Callable[[Any], Decimal]:
    """From a record's value to the weight of a share (``60 %`` is 60). Raises ValueError for negative
    ones."""

    def convert(value: Any) -> Decimal:
        share = number(source, marks, value.replace("%", "") if isinstance(value, str) else value)
        if share < 0:
            raise Unusable("“{found}” is less than nothing", found=shown(value))
        return share

    return convert
