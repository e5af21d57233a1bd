"""Fields: a value's way from a record through defaults and maps to its type, worked out once per distinct
text."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any, TypeVar, cast
from uuid import UUID

from salesboard_display.core.messages import Message
from salesboard_display.settings.mapping import Converter
from salesboard_display.sources.mapping.rejected import Rejected, Unusable, printable, why
from salesboard_display.sources.mapping.selectors import Getter, Selectors

T = TypeVar("T")
Field = Callable[[Any], T | None]
"""Reads a typed value from a record; None where there is none. Raises Rejected."""

CACHED = 10_000
"""Distinct texts whose values are kept per field; then it starts anew, so that memory stays bounded."""

LONGEST_TEXT = 500


def text_form(value: Any) -> str:
    """A record's value as the text that filters, maps and identities see: ``true``, ``12``,
    ``2026-12-31``."""
    if isinstance(value, str):
        text = value.strip() if value.isprintable() else printable(value).strip()
        return text if text.isascii() else unicodedata.normalize("NFC", text)
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else format(value, ".15g")
    if isinstance(value, Decimal):
        if not value.is_finite() or value.adjusted() > 40:
            raise Unusable("the number is too large")
        return format(value.normalize() if value == value.to_integral_value() else value, "f")
    if isinstance(value, int):
        if abs(value) >= 10**40:
            raise Unusable("the number is too large")
        return str(value)
    if isinstance(value, date):  # a date-time is one too
        return value.isoformat()
    if isinstance(value, UUID):
        return str(value)
    raise _no_value(value)


def _no_value(found: Any) -> Unusable:
    if isinstance(found, Mapping):
        return Unusable("one value is expected, not an object")
    if isinstance(found, list | tuple):
        return Unusable("one value is expected, not a list")
    return Unusable("one value is expected, not a {type}", type=type(found).__name__)


def field(
    source: Converter, selectors: Selectors, convert: Callable[[Any], T], *, needed: bool = False
) -> Field[T]:
    """The way of one value: read, map, default, ``convert`` (which raises ValueError with a reason in
    words)."""
    if source.from_ is None:
        return _constant(source, convert)
    get = selectors.getter(source.from_, needed=needed and source.default is None)
    return _reader(source.from_, get, _after_reading(source, convert))


def required(
    source: Converter, selectors: Selectors, convert: Callable[[Any], T], what: str, missing: Message
) -> Callable[[Any], T]:
    """The same for a value that has to be there: without it, Rejected says that it is ``missing``."""
    name = source.from_ or what
    if source.from_ is None:
        constant = _constant(source, convert)

        def constantly(record: Any) -> T:
            value = constant(record)
            if value is None:
                raise Rejected(name, missing)
            return value

        return constantly
    finish = _after_reading(source, convert)

    def insist(raw: Any) -> T:
        value = finish(raw)
        if value is None:
            raise Rejected(name, missing)
        return value

    get = selectors.getter(source.from_, needed=source.default is None)
    return _reader(name, get, insist)


def _constant(source: Converter, convert: Callable[[Any], T]) -> Field[T]:
    text = (source.constant or "").strip()
    value = convert(text) if text else None

    def constant(_: Any) -> T | None:
        return value

    return constant


def _after_reading(source: Converter, convert: Callable[[Any], T]) -> Callable[[Any], T | None]:
    """map, default, convert for what was read: texts, and native values as they are unless the map knows
    them."""
    renamed, default = dict(source.map), (source.default or "").strip()

    def finish(raw: Any) -> T | None:
        value: Any = raw
        if raw.__class__ is str:
            value = raw.strip() if raw.isprintable() else printable(raw).strip()
        if renamed and value is not None:
            text = text_form(value)
            value = renamed[text].strip() if text in renamed else value
        if value is None or value == "":
            value = default
        return convert(value) if value != "" else None

    return finish


def _reader(name: str, get: Getter, finish: Callable[[Any], T]) -> Callable[[Any], T]:
    """Reads and finishes, once per distinct text (only texts are remembered: 1, 1.0 and True would be one
    key)."""
    known: dict[str, T] = {}
    find, unknown = known.get, cast("T", object())

    def read(record: Any) -> T:
        raw = get(record)
        try:
            value = find(raw, unknown)
            if value is not unknown:
                return value
        except TypeError:  # a list or an object: finish says so
            pass
        try:
            value = finish(raw)
        except Rejected:
            raise
        except ValueError as error:
            raise Rejected(name, why(error)) from error
        if raw.__class__ is str:
            if len(known) >= CACHED:
                known.clear()
            known[raw] = value
        return value

    return read


def to_text(value: Any) -> str:
    """The converter of texts. Raises ValueError for objects, lists and texts nobody could read."""
    text = text_form(value)
    if len(text) > LONGEST_TEXT:
        raise Unusable(
            "the text has {count} characters; at most {most} are kept", count=len(text), most=LONGEST_TEXT
        )
    return text
