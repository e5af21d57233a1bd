"""CSV files, read row by row."""

from __future__ import annotations

import csv
from collections.abc import Generator, Iterator
from io import TextIOWrapper
from itertools import chain, islice
from pathlib import Path
from typing import Any

from salesboard_display.core.messages import Message
from salesboard_display.settings.mapping import FileOptions
from salesboard_display.sources.contract import Stage, problem
from salesboard_display.sources.file import words
from salesboard_display.sources.file.rows import Bad, Table, column_names, progress
from salesboard_display.sources.file.text import Look, detect_dialect, encoding_of

_SAMPLED_ROWS = 500
_LONGEST_FIELD = 1 << 20


def open_csv(path: Path, options: FileOptions, look: Look) -> Table:
    """The file as a table. Raises SourceError where it has no header or is not in its declared encoding,
    OSError."""
    encoding = encoding_of(options, look)
    file = path.open(encoding=encoding, newline="", errors="replace" if encoding == "cp1252" else "strict")
    try:
        return _table(path, options, look, file)
    except UnicodeError as error:
        file.close()
        raise _wrong_encoding(path, encoding, look) from error
    except BaseException:
        file.close()
        raise


def _table(path: Path, options: FileOptions, look: Look, file: TextIOWrapper) -> Table:
    encoding = file.encoding
    sample = look.head.decode(encoding, "replace")
    dialect = detect_dialect(sample, options.delimiter)
    csv.field_size_limit(_LONGEST_FIELD)
    reader = csv.reader(file, delimiter=dialect.delimiter, quotechar=dialect.quote, strict=True)
    header = _header(path, reader, options.header_row)
    table = Table(
        columns=column_names(header),
        records=iter(()),
        position="row",
        likely_mark="," if dialect.delimiter == ";" else ".",
        total=look.size,
        close=file.close,
    )
    rows = _rows(path, reader, len(header), look)
    first = list(islice(rows, _SAMPLED_ROWS))
    table.sample = [row for _, row in first if not isinstance(row, Bad)]
    table.records = _reading(path, file, encoding, look, table, chain(first, rows))
    return table


def _reading(
    path: Path, file: TextIOWrapper, encoding: str, look: Look, table: Table, rows: Iterator[tuple[int, Any]]
) -> Generator[tuple[int, Any], None, None]:
    """The rows, with the progress noted."""
    try:
        for number, row in rows:
            if not number & 511:
                table.done = progress(file)
            yield number, row
    except UnicodeError as error:
        raise _wrong_encoding(path, encoding, look) from error
    table.done = look.size


def _header(path: Path, reader: Any, row: int) -> list[str]:
    try:
        for _ in range(row - 1):
            next(reader)
        header: list[str] = next(reader)
        while not any(header):
            header = next(reader)
    except StopIteration:
        raise words.is_empty(path) from None
    except csv.Error as error:
        raise words.is_not(
            path, "CSV", Message("in its header, {error}", (("error", str(error)),))
        ) from error
    return header


def _rows(path: Path, reader: Any, width: int, look: Look) -> Generator[tuple[int, Any], None, None]:
    """Numbered rows as wide as the header, Bad for the others; a row cut at the file's end is an error.

    A quotation mark that is never closed swallows all lines up to the next one: one such line is rejected,
    more than one are an error, since nobody knows how many records were in them.
    """
    before, narrow = reader.line_num, 0
    while True:
        try:
            row = next(reader)
        except StopIteration:
            break
        except csv.Error as error:
            if reader.line_num - before > 1 or "unexpected end" in str(error):
                raise words.is_cut(
                    path, Message("a quotation mark in row {row} is not closed", (("row", before + 1),))
                ) from error
            before = reader.line_num
            yield before, Bad(Message("the quotation marks are wrong"), "")
            continue
        before = reader.line_num
        if len(row) == width:
            if row[0] or any(row):
                yield before, row
        elif any(row):
            narrow = before if len(row) < width else 0
            yield before, _uneven(row, width)
    if narrow == before and narrow and not look.ends_with_newline:
        raise words.is_cut(path, Message("row {row} ends too early", (("row", narrow),)))


def _uneven(row: list[str], width: int) -> Bad | list[str]:
    """A row that is not as wide as the header: too many blank fields do no harm."""
    if len(row) > width and not any(row[width:]):
        return row[:width]
    counted = Message(
        "the row has {count} fields, the header {width}", (("count", len(row)), ("width", width))
    )
    return Bad(counted, ", ".join(row))


def _wrong_encoding(path: Path, encoding: str, look: Look) -> Exception:
    return problem(
        Stage.FORMAT,
        "{file} is not written in {encoding}; it looks like {likely}. Set `encoding` to what it is.",
        file=path.name,
        encoding=encoding,
        likely=look.encoding,
    )
