"""JSON and JSON Lines files, with exact numbers."""

from __future__ import annotations

import json
from collections.abc import Generator
from decimal import Decimal
from itertools import chain, islice
from pathlib import Path
from typing import Any

import jmespath
from jmespath.exceptions import JMESPathError

from salesboard_display.core.messages import Message
from salesboard_display.settings.mapping import FileOptions
from salesboard_display.sources.contract import Stage, problem
from salesboard_display.sources.file import words
from salesboard_display.sources.file.rows import Bad, Table, progress
from salesboard_display.sources.file.text import Look, encoding_of

LARGEST_JSON = 256 * 2**20
_SAMPLED = 200
_LONGEST_INT = 60


def loads(text: str) -> Any:
    """JSON with exact numbers: Decimal for fractions. NaN and Infinity, which JSON does not have, and
    1e999 become Decimals that every number converter rejects with a reason. Raises ValueError."""
    return json.loads(text, parse_float=Decimal, parse_int=_integer, parse_constant=Decimal)


def _integer(text: str) -> int | Decimal:
    return int(text) if len(text) < _LONGEST_INT else Decimal(text)


def open_json(path: Path, options: FileOptions, look: Look) -> Table:
    """One JSON document as a table. Raises SourceError when it is cut or not JSON, OSError."""
    if look.size > LARGEST_JSON:
        raise words.is_not(path, "JSON", Message("it is larger than 256 MB; JSON Lines has no such limit"))
    try:
        document = loads(path.read_text(encoding_of(options, look)))
    except json.JSONDecodeError as error:
        if not error.doc[error.pos :].strip() or error.msg.startswith("Unterminated string"):
            raise words.is_cut(
                path, Message("the document ends in line {line}", (("line", error.lineno),))
            ) from error
        raise words.is_not(
            path,
            "JSON",
            Message("line {line}, column {column}", (("line", error.lineno), ("column", error.colno))),
        ) from error
    except (UnicodeError, RecursionError, ValueError) as error:
        raise words.is_not(path, "JSON", told(error)) from error
    found = _list_of_records(path, options, document)
    rows = [(n, row if isinstance(row, dict) else _no_record(row)) for n, row in enumerate(found, 1)]
    sample = [row for _, row in rows[:_SAMPLED] if isinstance(row, dict)]
    return Table(None, iter(rows), "record", sample=sample, total=look.size)


def _list_of_records(path: Path, options: FileOptions, document: Any) -> list[Any]:
    if options.records is None:
        return document if isinstance(document, list) else [document]
    try:
        found = jmespath.search(options.records, document)
    except JMESPathError as error:
        raise words.is_not(path, "JSON", told(error)) from error
    if not isinstance(found, list):
        raise problem(
            Stage.FORMAT,
            "{file} has no list of records at `{records}`. Change `records` in the settings.",
            file=path.name,
            records=options.records,
        )
    return found


def _no_record(row: Any) -> Bad:
    return Bad(no_object(row), str(row)[:400])


def no_object(found: Any) -> Message:
    """That a record is no object."""
    return Message("an object is expected, not {type}", (("type", type(found).__name__),))


def told(error: Exception) -> Message:
    """What a library says of an error, as it says it."""
    return Message("{error}", (("error", str(error)),))


def no_json(error: ValueError | RecursionError) -> Message:
    """Why a text is not JSON, as far as its place is known."""
    if isinstance(error, json.JSONDecodeError):
        return Message("this is not JSON from character {position} on", (("position", error.pos + 1),))
    return Message("this is not JSON")


def open_jsonl(path: Path, options: FileOptions, look: Look) -> Table:
    """One JSON document per line as a table: a bad line is rejected, the others go on; a cut last one is
    an error."""
    table = Table(None, iter(()), "line", total=look.size)
    lines = _lines(path, encoding_of(options, look), look, table)
    try:
        first = list(islice(lines, _SAMPLED))
    except UnicodeError as error:
        raise words.is_not(path, "JSON Lines", told(error)) from error
    table.sample = [row for _, row in first if isinstance(row, dict)]
    table.records, table.close = chain(first, lines), lines.close
    return table


def _lines(path: Path, encoding: str, look: Look, table: Table) -> Generator[tuple[int, Any], None, None]:
    number, last = 0, False
    with path.open(encoding=encoding, errors="replace", newline="\n") as file:
        for number, line in enumerate(file, 1):
            if not number & 255:
                table.done = progress(file)
            text = line.strip()
            if not text:
                continue
            try:
                row = loads(text)
                last = False
            except (ValueError, RecursionError) as error:
                row, last = Bad(no_json(error), text[:400]), True
            yield number, row if isinstance(row, dict | Bad) else _no_record(row)
    if last and not look.ends_with_newline:
        raise words.is_cut(path, Message("line {line} ends too early", (("line", number),)))
    table.done = look.size
