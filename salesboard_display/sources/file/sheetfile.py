"""Workbooks: XLSX and ODS, with dates and numbers as the spreadsheet keeps them."""

from __future__ import annotations

from collections.abc import Generator
from itertools import chain, islice
from pathlib import Path
from typing import Any

from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook, load_workbook

from salesboard_display.core.messages import Message
from salesboard_display.settings.mapping import FileOptions
from salesboard_display.sources.contract import Stage, problem
from salesboard_display.sources.file import words
from salesboard_display.sources.file.rows import Bad, Table, column_names
from salesboard_display.sources.file.text import Look
from salesboard_display.sources.mapping.selectors import nearest_said

_SAMPLED = 500


def open_sheet(path: Path, options: FileOptions, look: Look) -> Table:
    """One sheet as a table. Raises SourceError when the workbook is cut, encrypted or has no such sheet."""
    try:
        book = load_workbook(path)
        sheet = book.get_sheet_by_name(_sheet_name(path, book, options))
    except (CalamineError, OSError) as error:
        if isinstance(error, OSError) and error.errno is not None:
            raise
        raise words.is_not(
            path,
            "XLSX or ODS",
            Message("{error} (is it complete, and without a password?)", (("error", _reason(error)),)),
        ) from error
    rows = _numbered(sheet)
    header = next((row for number, row in rows if number >= options.header_row and any(row)), None)
    if header is None:
        raise words.is_empty(path)
    columns = column_names(header)
    records = _records(rows, len(columns))
    first = list(islice(records, _SAMPLED))
    sample = [row for _, row in first if not isinstance(row, Bad)]
    return Table(columns, chain(first, records), "row", sample=sample, total=look.size)


def _sheet_name(path: Path, book: CalamineWorkbook, options: FileOptions) -> str:
    if options.sheet is None:
        return book.sheet_names[0]
    if options.sheet not in book.sheet_names:
        raise problem(
            Stage.FORMAT,
            "{file} has no sheet “{sheet}”; it has {sheets}.{nearest}",
            file=path.name,
            sheet=options.sheet,
            sheets=", ".join(book.sheet_names),
            nearest=nearest_said(options.sheet, book.sheet_names),
        )
    return options.sheet


def _reason(error: Exception) -> str:
    return str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__


def _numbered(sheet: CalamineSheet) -> Generator[tuple[int, list[Any]], None, None]:
    first = sheet.start[0] + 1 if sheet.start else 1
    yield from enumerate(sheet.iter_rows(), first)


def _records(
    rows: Generator[tuple[int, list[Any]], None, None], width: int
) -> Generator[tuple[int, Any], None, None]:
    for number, row in rows:
        if any(cell != "" for cell in row):
            yield number, row[:width] if len(row) >= width else row + [""] * (width - len(row))
