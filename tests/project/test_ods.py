"""The ODS files that tests write are read as what was written."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path

from python_calamine import load_workbook

from tests.ods import write_ods


def test_what_is_written_is_read(tmp_path: Path) -> None:
    rows = [
        ["agent", "won", "value", "ok"],
        ["Zoë & <Co>", date(2017, 3, 1), 12.5, True],
        ["李", datetime(2017, 3, 1, 9, 30), 7, False],
        ["", None, -1, True],
    ]
    book = load_workbook(str(write_ods(tmp_path / "a.ods", {"Notes": [["x"]], "Deals": rows})))
    assert book.sheet_names == ["Notes", "Deals"]
    assert book.get_sheet_by_index(1).to_python() == [
        rows[0],
        rows[1],
        rows[2],
        ["", "", -1.0, True],
    ]
