"""Opens a file in whichever format it is, and reads look-up files for joins."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from itertools import islice
from pathlib import Path
from typing import Any

from salesboard_display.core.messages import Message
from salesboard_display.settings.mapping import FileOptions, Join
from salesboard_display.sources.contract import Stage, problem
from salesboard_display.sources.file import words
from salesboard_display.sources.file.csvfile import open_csv
from salesboard_display.sources.file.jsonfile import open_json, open_jsonl
from salesboard_display.sources.file.rows import Bad, Table
from salesboard_display.sources.file.sheetfile import open_sheet
from salesboard_display.sources.file.text import Look, look_at
from salesboard_display.sources.mapping.selectors import Lookup, lookup_key, nearest_said

FORMATS: dict[str, Callable[[Path, FileOptions, Look], Table]] = {
    "csv": open_csv,
    "xlsx": open_sheet,
    "ods": open_sheet,
    "json": open_json,
    "jsonl": open_jsonl,
}
_ENDINGS = {
    ".csv": "csv", ".tsv": "csv", ".txt": "csv", ".tab": "csv", ".xlsx": "xlsx", ".xlsm": "xlsx", ".xls":
    "xlsx",
    ".xlsb": "xlsx", ".ods": "ods", ".json": "json", ".jsonl": "jsonl", ".ndjson": "jsonl",
}  # fmt: skip
MOST_LOOKED_UP = 200_000


def format_of(path: Path, declared: str, look: Look) -> str:
    """The format: the declared one, else the name's ending's, else what the first bytes look like."""
    if declared != "auto":
        return declared
    ending = _ENDINGS.get(path.suffix.lower())
    if ending:
        return ending
    if look.head.startswith(b"PK\x03\x04"):
        return "xlsx"
    start = look.head.lstrip(b"\xef\xbb\xbf \t\r\n")[:1]
    if start == b"[":
        return "json"
    return "jsonl" if start == b"{" and b"}\n{" in look.head else "json" if start == b"{" else "csv"


def open_table(path: Path, options: FileOptions, look: Look) -> Table:
    """The file as a table. Raises SourceError, OSError."""
    if look.size == 0:
        raise words.is_empty(path)
    return FORMATS[format_of(path, options.format, look)](path, options, look)


def read_lookup(path: Path, join: Join) -> tuple[Lookup, str]:
    """The file a join looks up, by key, and its digest; of rows with equal keys the first counts. Raises
    SourceError, OSError."""
    look = look_at(path)
    with closing(open_table(path, join, look)) as table:
        columns, rows = table.columns, list(islice(table.records, MOST_LOOKED_UP + 1))
    if columns is None:
        records = [row for _, row in rows if not isinstance(row, Bad)]
        columns = tuple(dict.fromkeys(str(name) for row in records for name in row))
        found: list[list[Any]] = [[row.get(name) for name in columns] for row in records]
    else:
        found = [row for _, row in rows if not isinstance(row, Bad)]
    if join.on not in columns:
        raise problem(
            Stage.MAPPING,
            "The column “{column}” is gone from {file}, which has {columns}.{nearest}",
            column=join.on,
            file=path.name,
            columns=", ".join(columns),
            nearest=nearest_said(join.on, columns),
        )
    if len(rows) > MOST_LOOKED_UP:
        raise words.is_not(
            path, "look-up", Message("it has more than {count} rows", (("count", MOST_LOOKED_UP),))
        )
    index = list(columns).index(join.on)
    by_key: dict[str, list[Any]] = {}
    for row in found:
        by_key.setdefault(lookup_key(row[index]), row)
    by_key.pop("", None)
    return Lookup(columns, by_key), look.digest
