"""Selectors: plain names read a column or a field directly, JMESPath runs for real expressions only."""

from __future__ import annotations

import difflib
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from operator import itemgetter
from typing import Any

import jmespath
from jmespath.exceptions import JMESPathError
from jmespath.functions import Functions, signature

from salesboard_display.core.messages import Message
from salesboard_display.settings.fieldtypes import is_expression
from salesboard_display.sources.mapping.rejected import Rejected

Getter = Callable[[Any], Any]
"""Reads one value from a record: a sequence where columns are known, else a mapping. None where there is
none."""


class _ExactFunctions(Functions):  # type: ignore[misc]
    """JMESPath's functions, told that a Decimal is a number."""

    def _type_check_single(self, current: Any, types: Any, function_name: str) -> None:
        super()._type_check_single(0 if isinstance(current, Decimal) else current, types, function_name)

    def _subtype_check(self, current: Any, allowed: Any, types: Any, function_name: str) -> None:
        plain = [0 if isinstance(one, Decimal) else one for one in current]
        super()._subtype_check(plain, allowed, types, function_name)

    @signature({"types": []})  # type: ignore[untyped-decorator]
    def _func_to_string(self, arg: Any) -> Any:
        return format(arg, "f") if isinstance(arg, Decimal) else super()._func_to_string(arg)


_OPTIONS = jmespath.Options(custom_functions=_ExactFunctions())


class ColumnGone(LookupError):
    """A column the mapping needs does not exist (any more)."""

    def __init__(self, name: str, columns: Sequence[str]) -> None:
        super().__init__(name)
        self.name = name
        self.columns = tuple(columns)


class ColumnTwice(LookupError):
    """A column the mapping needs exists more than once."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.name = name


def nearest(name: str, known: Sequence[str]) -> str:
    """The known name most like this one, "" when none is."""
    plain = {_plain(one): one for one in reversed(known)}
    found = difflib.get_close_matches(_plain(name), list(plain), n=1, cutoff=0.5)
    return plain[found[0]] if found else ""


def nearest_said(name: str, known: Sequence[str]) -> Message | str:
    """The end of a sentence about a name that is not known: which of those there are is most like it."""
    found = nearest(name, known)
    return Message(" Nearest: “{nearest}”.", (("nearest", found),)) if found else ""


def _plain(name: str) -> str:
    return "".join(c for c in name.lower() if c.isalnum()) or name


class Lookup:
    """A table to look values up in, by key: a join's file, read once per sync."""

    def __init__(self, columns: Sequence[str], rows: Mapping[str, Sequence[Any]]) -> None:
        self.columns = tuple(columns)
        self.rows = rows


class Needs:
    """Fields that some nested record should have: ``missing`` groups, of each of which no record has had
    any field yet.

    A field may be absent from a record; one that is absent from all of them has been renamed or removed.
    """

    def __init__(self) -> None:
        self.missing: list[frozenset[str]] = []
        self.records = 0
        self.names: tuple[str, ...] = ()

    def see(self, record: Any) -> None:
        """Take note of one record's fields."""
        self.records += 1
        if self.missing and isinstance(record, Mapping):
            self.missing = [group for group in self.missing if group.isdisjoint(record.keys())]
            self.names = self.names or tuple(map(str, record))[:50]

    def gone(self) -> str:
        """A field that has vanished, "" when none has."""
        return min(self.missing[0]) if self.missing and self.records else ""


class Selectors:
    """Compiles selectors for one shape of records: rows with these ``columns``, or (None) nested mappings.

    ``joins`` maps a join's name to (selector of its key in the record, its table): ``teams.manager`` reads
    the column ``manager`` of the row that the record's key finds. ``needs`` notes the fields of nested
    records that were asked for as needed.
    """

    def __init__(
        self, columns: Sequence[str] | None, joins: Mapping[str, tuple[str, Lookup]] | None = None
    ) -> None:
        self._columns = None if columns is None else tuple(columns)
        self._joins = joins or {}
        self.needs = Needs()

    def afresh(self) -> Selectors:
        """The same, with nothing noted as needed yet."""
        return Selectors(self._columns, self._joins)

    def getter(self, selector: str, *, needed: bool = True) -> Getter:
        """How to read the selector. Raises ColumnGone or ColumnTwice."""
        if self._columns is not None and selector in self._columns:
            return self._column(selector)
        if not is_expression(selector):
            return self._plain(selector, needed)
        return self.expression(selector, needed=needed)

    def expression(self, text: str, *, needed: bool = True) -> Getter:
        """How to evaluate a JMESPath expression over the whole record; a lone field becomes a plain
        getter."""
        compiled = jmespath.compile(text)
        path = _path(compiled.parsed)
        if len(path) == 1:
            return self._column(path[0]) if self._columns is not None else self._field(path, needed)
        if path and self._columns is None:
            return self._field(path, needed)
        roots = sorted(_roots(compiled.parsed))
        for root in roots if self._columns is not None else ():
            self._column(root)
        if needed and self._columns is None and roots:
            self.needs.missing.append(frozenset(roots))
        return self._evaluate(text, compiled.search)

    def _evaluate(self, text: str, search: Callable[..., Any]) -> Getter:
        columns = self._columns

        def evaluate(record: Any) -> Any:
            try:
                return search(
                    record if columns is None else dict(zip(columns, record, strict=False)), _OPTIONS
                )
            except (JMESPathError, TypeError, ValueError, ArithmeticError) as error:
                raise Rejected(
                    text, Message("the expression fails: {error}", (("error", str(error)),))
                ) from error

        return evaluate

    def _plain(self, selector: str, needed: bool) -> Getter:
        first, dot, rest = selector.partition(".")
        if dot and first in self._joins:
            return self._joined(first, rest, needed)
        if self._columns is not None:
            return self._column(selector)
        return self._field(tuple(selector.split(".")), needed)

    def _column(self, name: str) -> Getter:
        columns = self._columns or ()
        if name not in columns:
            raise ColumnGone(name, columns)
        if columns.count(name) > 1:
            raise ColumnTwice(name)
        return itemgetter(columns.index(name))

    def _field(self, path: tuple[str, ...], needed: bool) -> Getter:
        first = path[0]
        if needed:
            self.needs.missing.append(frozenset({first}))
        if len(path) == 1:

            def field(record: Any) -> Any:
                return record.get(first)

            return field

        def nested(record: Any) -> Any:
            value = record
            for name in path:
                if not isinstance(value, Mapping):
                    return None
                value = value.get(name)
            return value

        return nested

    def _joined(self, join: str, column: str, needed: bool) -> Getter:
        key, lookup = self._joins[join]
        if column not in lookup.columns:
            raise ColumnGone(f"{join}.{column}", tuple(f"{join}.{name}" for name in lookup.columns))
        index, rows = lookup.columns.index(column), lookup.rows
        key_of = self.getter(key, needed=needed)

        def joined(record: Any) -> Any:
            row = rows.get(lookup_key(key_of(record)))
            return None if row is None else row[index]

        return joined


def lookup_key(value: Any) -> str:
    """The text two files agree on: without spaces around it, numbers without a trailing ``.0``."""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return "" if value is None else unicodedata.normalize("NFC", str(value).strip())


def path_of(selector: str) -> tuple[str, ...]:
    """The names of fields, each within the one before, that a selector is made of; () for any other
    expression."""
    return _path(jmespath.compile(selector).parsed) if is_expression(selector) else tuple(selector.split("."))


def _path(node: dict[str, Any]) -> tuple[str, ...]:
    """("a", "b") for the expression a.b, () for anything else."""
    if node["type"] == "field":
        return (node["value"],)
    if node["type"] == "subexpression":
        parts = [_path(child) for child in node["children"]]
        return tuple(name for part in parts for name in part) if all(parts) else ()
    return ()


def _roots(node: dict[str, Any]) -> set[str]:
    """The record's own fields an expression reads (not those of what it finds in them)."""
    kind, children = node["type"], [child for child in node.get("children", ()) if isinstance(child, dict)]
    if kind == "field":
        return {node["value"]}
    if kind in (
        "subexpression",
        "projection",
        "filter_projection",
        "flatten",
        "index_expression",
        "value_projection",
        "pipe",
    ):
        return _roots(children[0]) if children else set()
    return {name for child in children for name in _roots(child)}
