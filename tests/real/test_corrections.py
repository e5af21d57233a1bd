"""A corrected file changes what is known now, and nothing of what was known then."""

from __future__ import annotations

import csv
import os
import time
from collections.abc import Callable
from datetime import UTC, datetime
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from tests.real.conftest import RealOffice
from tests.real.recount import BOARDS, Recount
from tests.real.test_standings import moment, read_back, written

pytestmark = pytest.mark.real

AT = "2017-06-30"
Row = dict[str, str]


class Correctable:
    """An office whose data is a copy of June's rows, and so may be changed."""

    def __init__(self, home: Path, data: Path) -> None:
        copy = home / "data"
        copy.mkdir()
        (copy / "sales_teams.csv").write_bytes((data / "sales_teams.csv").read_bytes())
        with (data / "sales_pipeline.csv").open(encoding="utf-8", newline="") as lines:
            june = [row for row in csv.DictReader(lines) if row["close_date"].startswith("6/")]
        self.office, self.file, self.looks = RealOffice(home, copy), copy / "sales_pipeline.csv", 0
        self.write(june)

    def rows(self) -> list[Row]:
        with self.file.open(encoding="utf-8", newline="") as lines:
            return list(csv.DictReader(lines))

    def write(self, rows: list[Row]) -> None:
        """Replace the file, as seen at another time than before."""
        with self.file.open("w", encoding="utf-8", newline="") as lines:
            writer = csv.DictWriter(lines, rows[0].keys())
            writer.writeheader()
            writer.writerows(rows)
        self.looks += 1
        os.utime(self.file, (1_700_000_000 + self.looks, 1_700_000_000 + self.looks))

    def correct(self, change: Callable[[list[Row]], list[Row]]) -> None:
        self.write(change(self.rows()))

    def recounted(self, board: str) -> dict[str, Any]:
        """The recount of the file as it is now."""
        return written(Recount(self.file.parent).standings(board, moment(AT)))


@pytest.fixture
def june(tmp_path: Path, data: Path) -> Correctable:
    return Correctable(tmp_path, data)


def this_instant() -> str:
    """Now, as --known-at takes it. Instants are of milliseconds: what is learned next is learned later."""
    now = datetime.now(UTC).isoformat(timespec="milliseconds")
    time.sleep(0.002)
    return now


def dearer_lost_later_and_gone(rows: list[Row]) -> list[Row]:
    """One won deal is worth more, one was lost after all, one closed in July, one is gone."""
    won = [row for row in rows if row["deal_stage"] == "Won"]
    won[0]["close_value"] = "99999"
    won[1]["deal_stage"] = "Lost"
    won[2]["close_date"] = "7/1/2017"
    return [row for row in rows if row is not won[3]]


def test_now_is_as_corrected_and_then_is_as_it_was(june: Correctable) -> None:
    before = {board: june.recounted(board) for board in BOARDS}
    with june.office.desk() as desk:
        assert {board: read_back(desk.standings(board, AT, None)) for board in BOARDS} == before
    then = this_instant()
    june.correct(dearer_lost_later_and_gone)
    after = {board: june.recounted(board) for board in BOARDS}
    with june.office.desk() as desk:
        assert {board: read_back(desk.standings(board, AT, None)) for board in BOARDS} == after
        assert {board: read_back(desk.standings(board, AT, then)) for board in BOARDS} == before
    assert all(before[board]["places"] != after[board]["places"] for board in BOARDS)


def test_explain_tells_the_correction_and_what_was_known(june: Correctable) -> None:
    first = next(row for row in june.rows() if row["deal_stage"] == "Won")
    key, agent, told = first["opportunity_id"], first["sales_agent"], first["close_value"]
    with june.office.desk():
        then = this_instant()
    june.correct(dearer_lost_later_and_gone)
    with june.office.desk() as desk:
        for known_at, value in ((None, "99999"), (then, told)):
            answer = desk.explain("revenue-month", agent, AT, known_at)
            counted = {fact["key"]: Fraction(fact["counted_as"]) for fact in answer["facts"]}
            assert counted[key] == Fraction(value)
            assert sum(counted.values()) == Fraction(answer["value"])


def test_what_is_taken_back_is_as_if_it_had_never_been(june: Correctable) -> None:
    told = june.rows()
    with june.office.desk() as desk:
        before = desk.standings("revenue-month", AT, None)["places"]
    june.correct(dearer_lost_later_and_gone)
    with june.office.desk() as desk:
        assert desk.standings("revenue-month", AT, None)["places"] != before
    june.write(told)
    with june.office.desk() as desk:
        assert desk.standings("revenue-month", AT, None)["places"] == before


def test_somebody_the_teams_do_not_name_is_counted_under_unassigned(june: Correctable) -> None:
    def nobody_knows(rows: list[Row]) -> list[Row]:
        won = next(row for row in rows if row["deal_stage"] == "Won")
        return [*rows, {**won, "opportunity_id": "NEW00001", "sales_agent": "N. N.", "close_value": "1234"}]

    before = june.recounted("revenue-month")["places"]
    june.correct(nobody_knows)
    with june.office.desk() as desk:
        answer = desk.standings("revenue-month", AT, None)
        facts = desk.explain("revenue-month", "unassigned", AT, None)["facts"]
    *others, unassigned = read_back(answer)["places"]
    assert others == before
    assert (unassigned["rank"], unassigned["value"], unassigned["sample"]) == (None, 1234, 1)
    assert [fact["key"] for fact in facts] == ["NEW00001"]
