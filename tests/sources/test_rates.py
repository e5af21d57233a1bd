"""A file of exchange rates: what a row means, and what is said of rows that mean nothing."""

from __future__ import annotations

from datetime import date, datetime
from fractions import Fraction
from pathlib import Path

import openpyxl
import pytest

from salesboard_display.core.rates import Rate
from salesboard_display.settings.rates import RatesSettings
from salesboard_display.sources.contract import in_english
from salesboard_display.sources.rates import RatesFile, read_rates

THIRD = date(2026, 11, 3)


def read(folder: Path, text: str, quoted: str = "in-base") -> RatesFile:
    path = folder / "rates.csv"
    path.write_text(text, "utf-8")
    return read_rates(path, RatesSettings.model_validate({"path": "rates.csv", "quoted": quoted}), "EUR")


def told(found: RatesFile) -> list[str]:
    return [in_english(one) for one in found.problems]


def test_a_row_is_a_rate_in_the_base(tmp_path: Path) -> None:
    found = read(tmp_path, "Currency,Date,Note,Rate\nusd,2026-11-03,x,0.92\nEUR,2026-11-03,,1\n")
    assert found.entries == (Rate(THIRD, "USD", "EUR", Fraction("0.92")),)
    assert (found.problems, found.failed) == ((), None)


def test_central_banks_say_what_the_base_is_worth(tmp_path: Path) -> None:
    found = read(tmp_path, "date,currency,rate\n2026-11-03,USD,1.0873\n", "per-base")
    assert found.entries == (Rate(THIRD, "EUR", "USD", Fraction("1.0873")),)


def test_a_decimal_comma_is_one(tmp_path: Path) -> None:
    found = read(tmp_path, "date;currency;rate\n2026-11-03;JPY;0,00612\n2026-11-03;GBP;1.187\n")
    assert [one.value for one in found.entries] == [Fraction("0.00612"), Fraction("1.187")]


@pytest.mark.parametrize(
    ("row", "why"),
    [
        ("2026-11-03,USD,0", "“0” is not a rate above zero"),
        ("2026-11-03,USD,-1", "“-1” is not a rate above zero"),
        ("2026-11-03,Dollar,1", "“DOLLAR”"),
        ("2026-11-03,,1", "“”"),
        ("2026-11-03,USD,N/A", "N/A"),
        ("3rd,USD,1", "3rd"),
        ("2026-11-03,USD", "2 fields"),
        ("2026-11-03,USD,nan", "nan"),
    ],
)
def test_a_row_that_is_no_rate_is_left_out_and_named(tmp_path: Path, row: str, why: str) -> None:
    found = read(tmp_path, f"date,currency,rate\n{row}\n2026-11-03,GBP,1.2\n")
    assert [one.currency for one in found.entries] == ["GBP"]
    (said,) = told(found)
    assert said.startswith("Row 2 of rates.csv is left out: ")
    assert why in said


def test_rows_that_contradict_each_other_are_named_and_the_later_counts(tmp_path: Path) -> None:
    found = read(tmp_path, "date,currency,rate\n2026-11-03,USD,0.92\n2026-11-03,USD,0.93\n")
    assert told(found) == [
        "Row 3 of rates.csv gives another rate of USD in EUR for 2026-11-03 than row 2; row 3 counts."
    ]
    assert [one.value for one in found.entries] == [Fraction("0.92"), Fraction("0.93")]


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("day,currency,rate\n", "needs the columns date, currency and rate; it has day, currency, rate"),
        ("", "empty"),
    ],
)
def test_a_file_that_is_none_is_said(tmp_path: Path, text: str, why: str) -> None:
    found = read(tmp_path, text)
    assert found.entries == ()
    assert found.failed is not None
    assert why in found.failed.id.format_map(found.failed.named)


def test_a_missing_file_is_said(tmp_path: Path) -> None:
    found = read_rates(tmp_path / "none.csv", RatesSettings(), "EUR")
    assert found.failed is not None
    assert "missing" in found.failed.id


def test_at_most_twenty_rows_are_named(tmp_path: Path) -> None:
    found = read(tmp_path, "date,currency,rate\n" + "x,y,z\n" * 100)
    assert len(found.problems) == 20


def test_a_workbook_will_do(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    for row in (("Date", "Currency", "Rate"), (datetime(2026, 11, 3), "USD", 0.92), (THIRD, "GBP", "1,187")):
        book.active.append(row)
    book.save(tmp_path / "rates.xlsx")
    found = read_rates(tmp_path / "rates.xlsx", RatesSettings(), "EUR")
    assert found.problems == ()
    assert found.entries == (
        Rate(THIRD, "USD", "EUR", Fraction("0.92")),
        Rate(THIRD, "GBP", "EUR", Fraction("1.187")),
    )
