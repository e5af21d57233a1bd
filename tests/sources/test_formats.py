"""Every format, dialect and encoding a file may be written in."""

from __future__ import annotations

import codecs
import io
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from salesboard_display.sources import SourceError
from salesboard_display.sources.contract import in_english
from salesboard_display.sources.file.text import detect_dialect
from tests.ods import write_ods
from tests.sources.helpers import HEADER, WON, read_text

UMLAUTS = HEADER + "1,Jörg Müller–Ünal,2026-03-01,12.50\n2,Zoë,2026-03-02,7\n"


# ------------------------------------------------------------------------------------------------ encodings
@pytest.mark.parametrize(
    "encoded",
    [
        UMLAUTS.encode(),
        codecs.BOM_UTF8 + UMLAUTS.encode(),
        codecs.BOM_UTF16_LE + UMLAUTS.encode("utf-16-le"),
        codecs.BOM_UTF16_BE + UMLAUTS.encode("utf-16-be"),
        UMLAUTS.encode("utf-16-le"),
        UMLAUTS.encode("utf-16-be"),
        codecs.BOM_UTF32_LE + UMLAUTS.encode("utf-32-le"),
        UMLAUTS.encode("cp1252"),
        UMLAUTS.replace("\n", "\r\n").encode("cp1252"),
        UMLAUTS.rstrip("\n").encode(),
    ],
)
async def test_the_encoding_is_found(tmp_path: Path, encoded: bytes) -> None:
    read = await read_text(tmp_path, encoded)
    assert [fact.lines[0].identity for fact in read.facts] == ["Jörg Müller–Ünal", "Zoë"]
    assert [fact.key for fact in read.facts] == ["1", "2"]


async def test_a_declared_encoding_overrides(tmp_path: Path) -> None:
    read = await read_text(tmp_path, UMLAUTS.replace("–", "-").encode("cp1250", "replace"), encoding="cp1250")
    assert read.facts[0].lines[0].identity == "Jörg Müller-Ünal"


async def test_a_declared_utf8_may_begin_with_a_byte_order_mark(tmp_path: Path) -> None:
    assert len((await read_text(tmp_path, codecs.BOM_UTF8 + UMLAUTS.encode(), encoding="utf-8")).facts) == 2


async def test_a_wrongly_declared_encoding_is_said_with_the_likely_one(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="deals.csv is not written in utf-8; it looks like cp1252"):
        await read_text(tmp_path, UMLAUTS.encode("cp1252"), encoding="utf-8")


async def test_a_wrong_byte_far_into_the_file_is_found(tmp_path: Path) -> None:
    rows = "".join(f"{n},Ann,2026-03-01,5\n" for n in range(40_000))
    with pytest.raises(SourceError, match="not written in utf-8"):
        await read_text(tmp_path, (HEADER + rows).encode() + b"x,\xfcli,2026-03-01,5\n", encoding="utf-8")
    read = await read_text(tmp_path, (HEADER + rows).encode() + b"x,\xfcli,2026-03-01,5\n")
    assert read.facts[-1].lines[0].identity == "üli"


# ------------------------------------------------------------------------------------------------ dialects
@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
async def test_the_delimiter_is_found(tmp_path: Path, delimiter: str) -> None:
    text = UMLAUTS.replace(",", delimiter)
    assert (await read_text(tmp_path, text)).amounts == [1250, 700]
    assert (await read_text(tmp_path, text, delimiter=delimiter)).amounts == [1250, 700]


async def test_quotes_hold_delimiters_line_ends_and_quotes(tmp_path: Path) -> None:
    read = await read_text(tmp_path, HEADER + '1,"Smith, ""Ann""\nJr",2026-03-01,"1,234.50"\n')
    assert read.facts[0].lines == (('Smith, "Ann" Jr', 123450, 1000),)


async def test_single_quotes_are_found(tmp_path: Path) -> None:
    read = await read_text(tmp_path, "'id','agent','closed','value'\n'1','Smith, Ann','2026-03-01','5'\n")
    assert read.facts[0].lines[0].identity == "Smith, Ann"


async def test_the_decimal_comma_is_found_in_the_amounts_column(tmp_path: Path) -> None:
    text = "id;agent;closed;value;note\n1;Ann;2026-03-01;1.234,50 €;1.5\n2;Bo;2026-03-01;12;2.5\n"
    assert (await read_text(tmp_path, text)).amounts == [123450, 1200]
    commas = 'id,agent,closed,value\n1,Ann,2026-03-01,"1.234,50"\n2,Bo,2026-03-01,"1.234"\n'
    assert (await read_text(tmp_path, commas)).amounts == [123450, 123400]


async def test_a_declared_decimal_mark_overrides(tmp_path: Path) -> None:
    text = "id;agent;closed;value\n1;Ann;2026-03-01;1,234\n"
    assert (await read_text(tmp_path, text, decimal=".")).amounts == [123400]
    with pytest.raises(SourceError, match="more decimals"):  # an amount in doubt is never read a thousandfold
        await read_text(tmp_path, text)


async def test_a_header_further_down(tmp_path: Path) -> None:
    read = await read_text(tmp_path, "Report,,,\nof today,,,\n" + UMLAUTS, header_row=3)
    assert len(read.facts) == 2


async def test_blank_lines_are_passed_over_and_uneven_rows_rejected(tmp_path: Path) -> None:
    read = await read_text(
        tmp_path,
        HEADER + "1,Ann,2026-03-01,5\n\n,,,\n2,Ann,2026-03-01\n3,Ann,2026-03-01,5,6\n4,Ann,2026-03-01,5,,\n",
    )
    assert [fact.key for fact in read.facts] == ["1", "4"]
    assert [(r.record, in_english(r.reason)) for r in read.rejections] == [
        ("row 5", "the row has 3 fields, the header 4"),
        ("row 6", "the row has 5 fields, the header 4"),
    ]


async def test_one_row_with_wrong_quotes_is_rejected_and_the_others_go_on(tmp_path: Path) -> None:
    read = await read_text(tmp_path, HEADER + '1,"Ann"x,2026-03-01,5\n2,Bo,2026-03-01,5\n')
    assert [fact.key for fact in read.facts] == ["2"]
    assert "quotation marks are wrong" in read.reasons[0]


async def test_the_same_column_twice_is_refused_where_it_is_mapped(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="two columns called “value”"):
        await read_text(tmp_path, "id,agent,closed,value,value\n1,Ann,2026-03-01,5,6\n")


cells = st.text(st.characters(codec="utf-8", exclude_characters="\x00\r"), max_size=12)


@given(st.lists(st.lists(cells, min_size=3, max_size=3), min_size=3, max_size=20), st.sampled_from(",;\t|"))
def test_the_delimiter_of_any_quoted_table_is_found(rows: list[list[str]], delimiter: str) -> None:
    import csv

    out = io.StringIO()
    csv.writer(out, delimiter=delimiter, quoting=csv.QUOTE_ALL).writerows([["a", "b", "c"], *rows])
    head = "".join(f"{row[0]!r}" for row in rows)
    if "\n" not in head and not any(
        "\n" in cell or "\x85" in cell or "\u2028" in cell for row in rows for cell in row
    ):
        assert detect_dialect(out.getvalue()).delimiter == delimiter


# ------------------------------------------------------------------------------------------------ workbooks
def _xlsx(path: Path, rows: list[list[Any]]) -> None:
    book = openpyxl.Workbook()
    book.active.title = "Notes"
    book.active.append(["nothing here"])
    sheet = book.create_sheet("Deals")
    for row in rows:
        sheet.append(row)
    book.save(path)


def _ods(path: Path, rows: list[list[Any]]) -> None:
    write_ods(path, {"Notes": [["nothing here"]], "Deals": rows})


ROWS: list[list[Any]] = [
    ["id", "agent", "closed", "value"],
    [1, "Ann", date(2026, 3, 1), 12.5],
    ["A2", "Bo", datetime(2026, 3, 2, 9, 30), 1000 / 3],
    [None, None, None, None],
    [3, "Cy", "2026-03-03", "7.25"],
    [4, "Di", date(2026, 3, 4), None],
]


@pytest.mark.parametrize(("name", "make"), [("deals.xlsx", _xlsx), ("deals.ods", _ods)])
async def test_a_workbook_is_read_with_native_dates_and_numbers(
    tmp_path: Path, name: str, make: Callable[[Path, list[list[Any]]], None]
) -> None:
    make(tmp_path / name, ROWS)
    read = await read_text(tmp_path, (tmp_path / name).read_bytes(), name, sheet="Deals")
    assert [fact.key for fact in read.facts] == ["1", "A2", "3"]
    assert read.amounts == [1250, 33333, 725]
    assert [fact.occurred_at for fact in read.facts] == [1772323200000, 1772409600000, 1772496000000]
    assert [(r.record, in_english(r.reason)) for r in read.rejections] == [("row 6", "the amount is missing")]


async def test_a_missing_sheet_is_named_with_the_nearest(tmp_path: Path) -> None:
    _xlsx(tmp_path / "deals.xlsx", ROWS)
    with pytest.raises(SourceError, match="no sheet “Deal”; it has Notes, Deals. Nearest: “Deals”"):
        await read_text(tmp_path, (tmp_path / "deals.xlsx").read_bytes(), "deals.xlsx", sheet="Deal")


async def test_a_workbook_that_is_none_is_refused(tmp_path: Path) -> None:
    _xlsx(tmp_path / "deals.xlsx", ROWS)
    whole = (tmp_path / "deals.xlsx").read_bytes()
    for cut in (whole[: len(whole) // 2], b"id,agent\n1,Ann\n"):
        with pytest.raises(SourceError, match="not a readable XLSX or ODS file"):
            await read_text(tmp_path, cut, "deals.xlsx")


# ------------------------------------------------------------------------------------------------ JSON
RECORD = '{"id": 1, "agent": "Ann", "closed": "2026-03-01", "value": 12.50}'


@pytest.mark.parametrize(
    ("text", "more"),
    [
        (f"[{RECORD}]", {}),
        (RECORD, {}),
        (f'{{"data": {{"items": [{RECORD}]}}}}', {"records": "data.items"}),
        (f'{{"data": [{{"deal": {RECORD}}}]}}', {"records": "data[].deal"}),
    ],
)
async def test_records_are_found_in_json(tmp_path: Path, text: str, more: dict[str, Any]) -> None:
    read = await read_text(tmp_path, text, "deals.json", **more)
    assert (read.facts[0].key, read.amounts) == ("1", [1250])


async def test_json_keeps_every_cent(tmp_path: Path) -> None:
    text = RECORD.replace("12.50", "92233720368547758.07")
    assert (await read_text(tmp_path, f"[{text}]", "deals.json")).amounts == [2**63 - 1]
    noise = RECORD.replace("12.50", "30.000000000000004")
    assert (await read_text(tmp_path, f"[{noise}]", "deals.json")).amounts == [3000]


@pytest.mark.parametrize(
    "number", ["NaN", "Infinity", "-Infinity", "1e999", "9223372036854775808", "1" + "0" * 5000]
)
async def test_numbers_json_should_not_have_reject_their_record_only(tmp_path: Path, number: str) -> None:
    read = await read_text(tmp_path, f"[{RECORD}, {RECORD.replace('12.50', number)}]", "deals.json")
    assert read.amounts == [1250]
    assert [r.record for r in read.rejections] == ["record 2"]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (f"[{RECORD}, {RECORD[:30]}", "cut off"),
        (f"[{RECORD},", "cut off"),
        (f"[{RECORD}] x", "not a readable JSON file: line 1"),
        ("<html>Sign in</html>", "not a readable JSON file: line 1, column 1"),
        ("[" * 100_000, "not a readable JSON file|cut off"),
    ],
)
async def test_json_that_is_cut_or_none_fails_whole(tmp_path: Path, text: str, reason: str) -> None:
    with pytest.raises(SourceError, match=reason):
        await read_text(tmp_path, text, "deals.json")


async def test_a_list_of_records_that_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="no list of records at `data`"):
        await read_text(tmp_path, RECORD, "deals.json", records="data")


async def test_what_is_no_object_is_rejected(tmp_path: Path) -> None:
    read = await read_text(tmp_path, f"[{RECORD}, 5, null]", "deals.json")
    assert read.reasons == ["an object is expected, not int", "an object is expected, not NoneType"]


async def test_a_bad_line_of_json_lines_is_rejected_and_the_others_go_on(tmp_path: Path) -> None:
    lines = [RECORD, "{broken", "", "7", RECORD.replace('"id": 1', '"id": 2')]
    read = await read_text(tmp_path, "\n".join(lines) + "\n", "deals.jsonl")
    assert [fact.key for fact in read.facts] == ["1", "2"]
    assert [r.record for r in read.rejections] == ["line 2", "line 4"]


async def test_json_lines_cut_in_the_last_line_fail_whole(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="deals.jsonl is cut off: line 2"):
        await read_text(tmp_path, RECORD + "\n" + RECORD[:20], "deals.jsonl")


@pytest.mark.parametrize(
    ("content", "count"),
    [(UMLAUTS, 2), (f"[{RECORD}]", 1), (f"{RECORD}\n{RECORD}\n", 2), (RECORD, 1)],
)
async def test_without_a_telling_name_the_content_decides_the_format(
    tmp_path: Path, content: str, count: int
) -> None:
    assert len((await read_text(tmp_path, content, "export.dat")).facts) == count


async def test_a_workbook_without_a_telling_name(tmp_path: Path) -> None:
    _xlsx(tmp_path / "deals.xlsx", ROWS)
    content = (tmp_path / "deals.xlsx").read_bytes()
    assert len((await read_text(tmp_path, content, "export.dat", sheet="Deals")).facts) == 3


nested = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["id", "agent", "value"]), inner, max_size=3)
    ),
    max_leaves=8,
)


@hypothesis_settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(nested, min_size=1, max_size=5))
async def test_any_json_gives_facts_rejections_or_words(tmp_path: Path, document: list[Any]) -> None:
    import json

    try:
        read = await read_text(tmp_path, json.dumps(document), "deals.json", facts=[WON])
    except SourceError:
        return
    assert len(read.facts) + len(read.rejections) == len(document)
