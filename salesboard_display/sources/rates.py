"""Reads a file of exchange rates: the columns date, currency and rate, a row for each."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

from salesboard_display.core.messages import Message
from salesboard_display.core.rates import Rate, contradictions
from salesboard_display.settings.mapping import FileOptions
from salesboard_display.settings.rates import RatesSettings
from salesboard_display.sources.contract import SourceError, Stage, problem
from salesboard_display.sources.file import words
from salesboard_display.sources.file.reading import open_table
from salesboard_display.sources.file.rows import Bad, Table
from salesboard_display.sources.file.text import look_at
from salesboard_display.sources.mapping.numbers import decimal_of
from salesboard_display.sources.mapping.rejected import Rejected, Unusable, shown, why
from salesboard_display.sources.mapping.times import date_of

COLUMNS = ("date", "currency", "rate")
MOST_RATES = 1_000_000
_MOST_TOLD = 20
_CODE = re.compile(r"[A-Z]{3}")


@dataclass(frozen=True, slots=True)
class RatesFile:
    """What a file of rates held: ``entries`` in its order, ``problems`` of single rows, and why it could not
    be read at all (``failed``)."""

    path: Path | None = None
    entries: tuple[Rate, ...] = ()
    problems: tuple[Message, ...] = ()
    failed: Message | None = None


def read_rates(path: Path, settings: RatesSettings, base: str) -> RatesFile:
    """The file's rates, quoted in the ``base`` currency. Blocks; raises nothing for what is wrong with it."""
    try:
        with closing(open_table(path, FileOptions(path=str(path)), look_at(path))) as table:
            return _read(path, table, settings.quoted, base)
    except SourceError as error:
        return RatesFile(path, failed=error.message)
    except OSError as error:
        return RatesFile(path, failed=words.cannot_open(path, error).message)


def _read(path: Path, table: Table, quoted: str, base: str) -> RatesFile:
    places = _places(path, table.columns)
    rows: list[int] = []
    entries: list[Rate] = []
    problems: list[Message] = []
    for number, record in table.records:
        try:
            entry = _entry(record, places, quoted, base)
        except ValueError as error:
            problems.append(
                Message(
                    "Row {row} of {file} is left out: {why}.",
                    (("row", number), ("file", path.name), ("why", why(error))),
                )
            )
            continue
        if entry is not None:
            rows.append(number)
            entries.append(entry)
        if len(entries) > MOST_RATES:
            raise problem(Stage.FORMAT, "{file} holds more than a million rates.", file=path.name)
    problems += _contradicting(path, entries, rows)
    return RatesFile(path, tuple(entries), tuple(problems[:_MOST_TOLD]))


def _places(path: Path, columns: Sequence[str] | None) -> list[int]:
    names = [name.casefold() for name in columns or ()]
    if not set(COLUMNS) <= set(names):
        raise problem(
            Stage.FORMAT,
            "{file} needs the columns date, currency and rate; it has {columns}.",
            file=path.name,
            columns=", ".join(filter(None, columns or ())) or "none",
        )
    return [names.index(name) for name in COLUMNS]


def _entry(record: Any, places: list[int], quoted: str, base: str) -> Rate | None:
    """The row's rate, None for the base in itself. Raises ValueError in words."""
    if isinstance(record, Bad):
        raise Rejected("", record.reason)
    day, code, number = (record[place] for place in places)
    currency = str(code or "").strip().upper()
    if not _CODE.fullmatch(currency):
        raise Unusable("“{found}” is not a currency (a code such as EUR is expected)", found=currency)
    mark = "," if isinstance(number, str) and "," in number and "." not in number else "."
    value = Fraction(decimal_of(number, mark, thousands="none"))
    if value <= 0:
        raise Unusable("“{found}” is not a rate above zero", found=shown(number))
    if currency == base:
        return None
    entry = Rate(date_of(day), currency, base, value)
    return entry if quoted == "in-base" else entry._replace(currency=base, to=currency)


def _contradicting(path: Path, entries: list[Rate], rows: list[int]) -> Iterator[Message]:
    for found in contradictions(entries):
        entry = entries[found.later]
        yield Message(
            "Row {row} of {file} gives another rate of {currency} in {to} for {day} than row {before}; "
            "row {row} counts.",
            (
                ("row", rows[found.later]),
                ("file", path.name),
                ("currency", entry.currency),
                ("to", entry.to),
                ("day", entry.day),
                ("before", rows[found.first]),
            ),
        )
