"""What a SQL source remembers between two readings."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from salesboard_display.settings.sql import SqlCursor
from salesboard_display.sources.sql import words


@dataclass(frozen=True, slots=True)
class SqlState:
    """The last complete reading.

    ``setup``: digest of all that decides what the query means; another one begins anew. ``value``: the
    largest value of the cursor's column as a text, "" for none yet. ``rows``: digest of the rows, "" where
    there were too many; ``records``: how many the last whole reading had. ``full_ms``: when everything was
    read last. ``oldest_ms``: what `:oldest` was, None for the beginning of time.
    """

    setup: str = ""
    value: str = ""
    rows: str = ""
    records: int = 0
    full_ms: int = 0
    oldest_ms: int | None = None

    def text(self) -> str:
        """As the store keeps it."""
        return json.dumps(asdict(self), separators=(",", ":"))


def parse_state(text: str) -> SqlState:
    """The state of a text that SqlState.text made; anything else is none, and everything is read."""
    try:
        plain = json.loads(text)
        oldest = plain["oldest_ms"]
        return SqlState(
            str(plain["setup"]),
            str(plain["value"]),
            str(plain["rows"]),
            int(plain["records"]),
            int(plain["full_ms"]),
            None if oldest is None else int(oldest),
        )
    except (ValueError, TypeError, KeyError):
        return SqlState()


class Greatest:
    """The greatest value of the cursor's column seen so far; without a cursor there is none."""

    def __init__(self, cursor: SqlCursor | None, columns: tuple[str, ...], before: str) -> None:
        """``before``: that of earlier readings as a text. Raises SourceError when the result has no such
        column."""
        self._cursor = cursor
        self._value: Any = cursor.value(before) if cursor is not None and before else None
        if cursor is not None and cursor.column not in columns:
            raise words.no_cursor_column(cursor.column, columns)
        self._index = columns.index(cursor.column) if cursor is not None else -1

    def see(self, row: Sequence[Any]) -> None:
        """Take note of a row. Raises SourceError when its value is not of the declared kind."""
        if self._cursor is None or (raw := row[self._index]) is None:
            return
        try:
            value = _typed(raw, self._cursor)
            if self._value is None or value > self._value:
                self._value = value
        except (TypeError, ValueError, ArithmeticError):  # a time with an offset after some without, too
            raise words.no_cursor_value(self._cursor.column, raw, self._cursor.as_) from None

    @property
    def text(self) -> str:
        """It as a text that SqlCursor.value reads; "" when no row has been seen."""
        if isinstance(self._value, date):
            return self._value.isoformat()
        return "" if self._value is None else str(self._value)


def _typed(raw: Any, cursor: SqlCursor) -> Any:
    """A driver's value as the cursor's kind. Raises TypeError, ValueError."""
    match cursor.as_:
        case "integer" if isinstance(raw, Decimal) and raw == raw.to_integral_value():
            return int(raw)
        case "integer" if isinstance(raw, int) and not isinstance(raw, bool):
            return raw
        case "date" if isinstance(raw, datetime):
            return raw.date()
        case "date" if isinstance(raw, date):
            return raw
        case "datetime" if isinstance(raw, datetime):
            return raw
        case "text":
            return str(raw)
    if not isinstance(raw, str):
        raise TypeError
    return cursor.value(raw)
