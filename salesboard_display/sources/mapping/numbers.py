"""Numbers as people write them, read exactly: decimal marks, thousands marks, currency signs, parentheses."""

from __future__ import annotations

import re
from collections.abc import Iterable
from decimal import Decimal, InvalidOperation
from typing import Any

from salesboard_display.sources.mapping.rejected import Unusable, shown

MOST_DIGITS = 40
"""Longer numbers are refused before they cost anything: no amount has 40 digits before its decimal mark."""

SIGNS: dict[str, frozenset[str]] = {
    "€": frozenset({"EUR"}),
    "£": frozenset({"GBP", "EGP", "GIP", "FKP", "SHP", "SSP", "LBP", "SYP"}),
    "$": frozenset(),
    "¥": frozenset({"JPY", "CNY"}),
    "₹": frozenset({"INR"}),
    "₺": frozenset({"TRY"}),
    "₽": frozenset({"RUB"}),
    "₩": frozenset({"KRW", "KPW"}),
    "₪": frozenset({"ILS"}),
    "₴": frozenset({"UAH"}),
    "zł": frozenset({"PLN"}),
    "Kč": frozenset({"CZK"}),
    "kr": frozenset({"SEK", "NOK", "DKK", "ISK"}),
}
"""Currency signs and the currencies they can stand for; an empty set fits any (dollars, pesos)."""

_SPACES, _APOSTROPHES = " \u00a0\u202f\u2009", "'’"
_GROUPING = {"auto": _SPACES + _APOSTROPHES, " ": _SPACES, "'": _APOSTROPHES}
_OTHER = {".": ",", ",": "."}
_CODE = re.compile(r"^([A-Z]{3})(?=[\s\d(.,+−-])\s*|\s*(?<=[\s\d).,])([A-Z]{3})$")
_NUMBER = {
    mark: re.compile(
        rf"^(\d+|\d{{1,3}}(?:\{other}\d{{2,3}})*\{other}\d{{3}})?(?:\{mark}(\d*))?(?:[eE]([+-]?\d{{1,4}}))?$"
    )
    for mark, other in _OTHER.items()
}
_NOT_FINITE = {
    "nan",
    "inf",
    "infinity",
    "+inf",
    "-inf",
    "+infinity",
    "-infinity",
    "#num!",
    "#div/0!",
    "#value!",
}


def decimal_of(value: Any, mark: str = ".", currency: str = "", thousands: str = "auto") -> Decimal:
    """The exact number a value states; ``mark`` is the decimal mark of texts, ``thousands`` what may group
    its digits ("auto": the other mark, spaces and apostrophes; "none": nothing).

    Takes texts (``1.234,50 €``, ``(5.00)``, ``-$3``, ``7-``), ints, Decimals and floats (a spreadsheet's,
    read to 15 significant digits as the spreadsheet shows them). Raises ValueError with a reason in words:
    not a number, NaN, infinity, too large, or written in another currency than ``currency``.
    """
    if isinstance(value, str):
        return _from_text(value, mark, currency, thousands)
    if isinstance(value, bool):
        raise Unusable("“{found}” is not a number", found=shown(value))
    if isinstance(value, float):
        value = Decimal(format(value, ".15g"))
    elif isinstance(value, int):
        value = Decimal(value)
    if not isinstance(value, Decimal):
        raise Unusable("a number is expected, not a {type}", type=type(value).__name__)
    if not value.is_finite():
        raise Unusable("“{found}” is not a number that can be counted", found=shown(value))
    return _in_reach(value, value)


def _in_reach(number: Decimal, written: object) -> Decimal:
    if number and number.adjusted() > MOST_DIGITS:
        raise Unusable("“{found}” is too large", found=shown(written))
    if number and number.adjusted() < -MOST_DIGITS:
        return Decimal(0)
    return number


def _from_text(written: str, mark: str, currency: str, thousands: str) -> Decimal:
    text = written.strip().replace("−", "-").replace("\u2013", "-")
    if text.lower() in _NOT_FINITE:
        raise Unusable("“{found}” is not a number that can be counted", found=shown(written))
    text, sign = _without_sign(_without_currency(text, written, currency))
    match = _NUMBER[mark].match(_grouped(text, mark, thousands)) if text else None
    if match is None or (match[1] is None and not match[2]):
        raise _no_number(written, mark)
    whole = (match[1] or "0").replace(_OTHER[mark], "")
    if len(whole) > MOST_DIGITS:
        raise Unusable("“{found}” is too large", found=shown(written))
    try:
        number = Decimal(f"{whole}.{match[2] or '0'}e{match[3] or '0'}")
    except InvalidOperation as error:  # pragma: no cover - the pattern leaves nothing Decimal refuses
        raise _no_number(written, mark) from error
    return _in_reach(number.copy_negate() if sign else number, written)


def _grouped(text: str, mark: str, thousands: str) -> str:
    """The text with every thousands mark it may have made the other mark; "" where it has one it may not
    have."""
    other = _OTHER[mark]
    if thousands not in ("auto", other) and other in text:
        return ""
    return text.translate(dict.fromkeys(map(ord, _GROUPING.get(thousands, "")), other))


def _without_currency(text: str, written: str, currency: str) -> str:
    found = _CODE.search(text)
    if found:
        code = found[1] or found[2]
        if currency and code != currency:
            raise Unusable(
                "“{found}” is written in {code}, but {currency} is expected",
                found=shown(written), code=code, currency=currency,
            )  # fmt: skip
        text = _CODE.sub("", text, count=1)
    for sign, fits in SIGNS.items():
        if sign in text:
            if currency and fits and currency not in fits:
                raise Unusable(
                    "“{found}” is written with {sign}, but {currency} is expected",
                    found=shown(written), sign=sign, currency=currency,
                )  # fmt: skip
            return text.replace(sign, "", 1).strip()
    return text.strip()


def _without_sign(text: str) -> tuple[str, bool]:
    """The digits, and whether they are negative: ``-5``, ``5-``, ``(5)``."""
    if text.startswith("(") and text.endswith(")"):
        return text[1:-1].strip(), True
    if text.startswith(("-", "+")):
        return text[1:].strip(), text[0] == "-"
    if text.endswith("-"):
        return text[:-1].strip(), True
    return text, False


def _no_number(written: str, mark: str) -> Unusable:
    if not written.strip():
        return Unusable("a number is missing")
    found, digits = shown(written), sum(c.isdigit() for c in written)
    if digits and ("," in written or "." in written):
        if mark == ".":
            return Unusable("“{found}” is not a number with decimal point", found=found)
        return Unusable("“{found}” is not a number with decimal comma", found=found)
    return Unusable("“{found}” is not a number", found=found)


_GROUPED = re.compile(r"^\d{1,3}(?:([.,])\d{3})+$")


def detect_mark(samples: Iterable[str], likely: str = ".") -> str:
    """The decimal mark these texts use: "." or ",".

    A value with both marks, or with one that cannot group thousands (``12,5``), decides; ``1.234`` alone
    says nothing, so that without evidence ``likely`` stands (a file separated by semicolons: the comma).
    """
    votes = {".": 0, ",": 0}
    for sample in samples:
        digits = re.sub(r"[^\d.,]", "", sample).strip()
        last = max(digits.rfind("."), digits.rfind(","))
        if last < 0 or digits[last] == digits[-1:]:
            continue
        if "." in digits and "," in digits:
            votes[digits[last]] += 1
        elif digits.count(digits[last]) > 1:
            votes["," if digits[last] == "." else "."] += 1
        elif not _GROUPED.match(digits):
            votes[digits[last]] += 1
    if votes["."] == votes[","]:
        return likely
    return max(votes, key=lambda mark: votes[mark])


def scaled(number: Decimal, digits: int, *, rounded: bool = False) -> int:
    """The number times 10**digits as an int. Raises ValueError when it has more decimals, unless
    ``rounded`` (half up)."""
    if number and number.adjusted() > MOST_DIGITS:
        raise Unusable("the number is too large")
    sign, coefficient, exponent = number.as_tuple()
    size = int("".join(map(str, coefficient)))
    shift = int(exponent) + digits
    if shift >= 0:
        size *= 10**shift
    else:
        whole, rest = divmod(size, 10**-shift) if -shift < MOST_DIGITS * 3 else (0, size)
        if rest and not rounded:
            raise Unusable("“{found}” has more than {digits} decimals", found=shown(number), digits=digits)
        size = whole + (1 if rounded and rest * 2 >= 10 ** min(-shift, MOST_DIGITS * 3) else 0)
    return -size if sign else size
