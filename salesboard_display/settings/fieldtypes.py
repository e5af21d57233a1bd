"""The kinds of value a setting can have, parsed, checked and described: durations, zones, days, selectors."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from functools import cache
from string import Formatter
from typing import Annotated, Any, ClassVar
from zoneinfo import ZoneInfo, available_timezones

import jmespath
from jmespath.functions import Functions
from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, StringConstraints

from salesboard_display.settings.problems import Expected, in_words, nearest, phrase


class Section(BaseModel):
    """A table of the settings file: unknown keys are refused, values taken as written, nothing changes."""

    SHOWN: ClassVar[str] = phrase("table")
    """What is to be written in its place, in words."""

    model_config = ConfigDict(
        extra="forbid", frozen=True, strict=True, populate_by_name=True, hide_input_in_errors=True
    )


@dataclass(frozen=True, slots=True)
class Shown:
    """How a kind of value is called in errors and in docs/settings.md; ``default`` writes a default value."""

    type: str
    default: Callable[[Any], str] | None = None


# ------------------------------------------------------------------------------------------------ durations
_DURATION_WORDS = phrase('a number with its unit: "90s", "15m", "24h", "7d"')
_UNITS_MS = {"ms": 1, "s": 1_000, "m": 60_000, "h": 3_600_000, "d": 86_400_000, "w": 604_800_000}
_DURATION = re.compile(r"(?:\s*\d+(?:\.\d+)?\s*(?:ms|[smhdw])\s*)+", re.ASCII)
_DURATION_PART = re.compile(r"(\d+(?:\.\d+)?)\s*(ms|[smhdw])", re.ASCII)


def parse_duration(text: str) -> float:
    """Seconds of "90s", "15m", "24h", "7d", "1h30m" (also ms and w). Raises ValueError for anything else."""
    if not _DURATION.fullmatch(text):
        raise ValueError(_DURATION_WORDS)
    return sum(float(number) * _UNITS_MS[unit] for number, unit in _DURATION_PART.findall(text)) / 1000


def duration_text(seconds: float) -> str:
    """Seconds in the shortest way parse_duration reads: 90.0 → "90s", 86400.0 → "24h"."""
    whole = round(seconds * 1000)
    for unit, fewest in (("d", 2), ("h", 1), ("m", 2), ("s", 0)):
        count, rest = divmod(whole, _UNITS_MS[unit])
        if count >= fewest and not rest:
            return f"{count}{unit}"
    return f"{whole}ms"


def _duration(value: object) -> object:
    if not isinstance(value, str):
        raise Expected(_DURATION_WORDS)
    try:
        return parse_duration(value)
    except ValueError as error:
        raise Expected(_DURATION_WORDS) from error


Duration = Annotated[
    float, BeforeValidator(_duration), Shown('duration such as "90s"', lambda s: f'"{duration_text(s)}"')
]


# ------------------------------------------------------------------------------------------- dates and times
def _instant(value: object) -> object:
    return _iso(value, datetime.fromisoformat, phrase("a date-time such as 2026-11-02T09:00:00"))


def _day(value: object) -> object:
    if isinstance(value, datetime):
        raise Expected("a date without a time, such as 2026-11-02")
    return _iso(value, date.fromisoformat, phrase("a date such as 2026-11-02"))


def _time_of_day(value: object) -> object:
    return _iso(value, time.fromisoformat, phrase('a time of day such as "09:00"'))


def _iso(value: object, parse: Callable[[str], object], expected: str) -> object:
    if not isinstance(value, str):
        return value
    try:
        return parse(value)
    except ValueError:
        raise Expected(expected) from None


Instant = Annotated[
    datetime,
    BeforeValidator(_instant),
    Shown("date-time such as 2026-11-02T09:00:00, office time unless it has an offset"),
]
Day = Annotated[date, BeforeValidator(_day), Shown("date such as 2026-11-02")]
TimeOfDay = Annotated[time, BeforeValidator(_time_of_day), Shown('time of day such as "09:00"')]


def _zone(name: str) -> str:
    if name and name not in _zones():
        raise Expected("an IANA time zone such as Europe/Berlin", nearest=nearest(name, _zones()))
    return name


@cache
def _zones() -> frozenset[str]:
    return frozenset(available_timezones())


ZoneName = Annotated[str, AfterValidator(_zone), Shown("IANA time zone")]


def time_format(text: str) -> str:
    """A strptime format, checked by writing and reading a moment with it. Raises Expected."""
    moment = datetime(2017, 12, 31, 23, 59, 58, tzinfo=ZoneInfo("UTC"))
    try:
        if "%" not in text:
            raise ValueError
        datetime.strptime(moment.strftime(text), text)  # noqa: DTZ007 - the format is tried, no moment is kept
    except ValueError:
        raise Expected(
            'a format such as "%m/%d/%Y" (%Y year, %m month, %d day, %H hour, %M minute, %S second)'
        ) from None
    return text


TimeFormat = Annotated[str, AfterValidator(time_format), Shown('format such as "%m/%d/%Y"')]


# ------------------------------------------------------------------------------------------ numbers and words
def _exact(value: object) -> object:
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
        raise Expected("a number")
    number = Decimal(repr(value)) if isinstance(value, float) else Decimal(value)
    if not number.is_finite():
        raise Expected("a finite number")
    return number


Number = Annotated[Decimal, BeforeValidator(_exact), Shown("number")]


def _scalar(value: object) -> object:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return repr(value)
    return value.isoformat() if isinstance(value, date | time) else value


Scalar = Annotated[str, BeforeValidator(_scalar), Shown("text or number")]


def _single_line(text: str) -> str:
    if any(ord(char) < 32 or ord(char) == 127 for char in text):
        raise Expected("text on one line, without control characters")
    return text.strip()


FilePath = Annotated[str, AfterValidator(_single_line), Shown("path")]
Text = Annotated[str, AfterValidator(_single_line), Shown("text")]


def _locale(name: str) -> str:
    if not name:
        return name
    from babel import Locale, UnknownLocaleError  # 20 ms that a file without a locale need not pay

    try:
        return str(Locale.parse(name.replace("-", "_")))
    except (UnknownLocaleError, ValueError):
        raise Expected('a language and region such as "de_DE" or "en_GB"') from None


LocaleName = Annotated[str, AfterValidator(_locale), Shown('locale such as "de_DE"')]
CurrencyCode = Annotated[
    str, StringConstraints(pattern=r"^[A-Z]{3}$"), Shown('ISO 4217 currency such as "EUR"')
]

_ID = re.compile(r"[a-z0-9][a-z0-9_-]{0,63}")


def check_id(name: str) -> str:
    """An id as it is. Raises Expected."""
    if not _ID.fullmatch(name):
        close = re.sub(r"[^a-z0-9_-]+", "-", name.casefold()).strip("-_")[:64]
        raise Expected("an id of at most 64 small letters, digits, - and _", nearest=close)
    return name


Id = Annotated[str, AfterValidator(check_id), Shown("id")]
Identity = Annotated[
    str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9_-]*:.+$"), Shown('"source:identity there"')
]


# -------------------------------------------------------------------------------------------------- selectors
_EXPRESSION_MARKS = frozenset("[]|&()@*{}\"`'?!<>=")


def is_expression(selector: str) -> bool:
    """Whether a selector is JMESPath; otherwise it is a plain column (dots lead into nested records)."""
    return not _EXPRESSION_MARKS.isdisjoint(selector)


def check_expression(text: str) -> str:
    """A JMESPath expression, compiled to find mistakes. Raises Expected naming the place of the mistake."""
    try:
        parsed = jmespath.compile(text).parsed
    except jmespath.exceptions.EmptyExpressionError:
        raise Expected("a JMESPath expression") from None
    except jmespath.exceptions.IncompleteExpressionError:
        raise Expected(
            "a complete JMESPath expression",
            found=phrase("{found}, which ends too early", found=in_words(text)),
        ) from None
    except jmespath.exceptions.LexerError as error:
        raise _bad_expression(text, error.lexer_position) from None
    except jmespath.exceptions.ParseError as error:
        raise _bad_expression(text, error.lex_position) from None
    _check_functions(parsed)
    return text


def _bad_expression(text: str, position: int) -> Expected:
    place = phrase("a mistake at character {place} of {found}", place=position + 1, found=in_words(text))
    return Expected("a JMESPath expression (a column's odd name stands in double quotes)", found=place)


def _check_functions(node: dict[str, Any]) -> None:
    known = Functions.FUNCTION_TABLE
    if node.get("type") == "function_expression" and node["value"] not in known:
        name = str(node["value"])
        raise Expected(
            "a function JMESPath knows",
            found=phrase('the function "{name}"', name=name),
            nearest=nearest(name, known),
        )
    for child in node.get("children", ()):
        if isinstance(child, dict):
            _check_functions(child)


def _selector(text: str) -> str:
    if not text.strip():
        raise Expected("the name of a column or a JMESPath expression")
    return check_expression(text) if is_expression(text) else text.strip()


def _template(text: str) -> str:
    """A selector, or a text with selectors in braces: "{opportunity_id}:opened"."""
    if "{" not in text and "}" not in text:
        return _selector(text)
    try:
        names = [name for _, name, _, _ in Formatter().parse(text) if name is not None]
    except ValueError:
        names = []
    if not names or not all(name.strip() and not is_expression(name) for name in names):
        raise Expected('a column, or a text with columns in braces such as "{id}:opened"')
    return text


Selector = Annotated[str, AfterValidator(_selector), Shown("column or JMESPath")]
Expression = Annotated[str, AfterValidator(check_expression), Shown("JMESPath")]
Template = Annotated[str, AfterValidator(_template), Shown('column, or text such as "{id}:opened"')]
