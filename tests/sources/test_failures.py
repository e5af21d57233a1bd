"""What FAILURES.md promises of data and sources, as far as it reaches files: before and after each."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from salesboard_display.core.facts import Fact
from salesboard_display.sources import FileSource, SourceError
from salesboard_display.sources.contract import in_english
from tests.sources.helpers import HEADER, WON, Read, fetch, source, write

GOOD = HEADER + "1,Ann,2026-03-01,100\n2,Bo,2026-03-02,50\n3,Cy,2026-03-03,25\n"
JSON = """[{"id": "1", "agent": "Ann", "closed": "2026-03-01", "value": 100},
{"id": "2", "agent": "Bo", "closed": "2026-03-02", "value": 50}]"""
KEPT = "the last good data"
CUT = "cut JSON, page 3 of 5 fails, page shift, duplicate items"
CHANGED = "field gone, renamed, other type"


@dataclass
class Board:
    """What a store would hold: syncs are applied whole or not at all."""

    source: FileSource
    cursor: str = ""
    facts: dict[str, Fact] = field(default_factory=dict)
    last: Read = field(default_factory=Read)
    words: str = ""

    async def poll(self) -> None:
        try:
            self.last = await fetch(self.source, self.cursor)
        except SourceError as error:
            self.words = str(error)
            return
        self.words, self.cursor = "", self.last.end.cursor
        if not self.last.end.unchanged:
            self.facts = {fact.key: fact for fact in self.last.facts}

    @property
    def totals(self) -> dict[str, int]:
        return {f.lines[0].identity: f.lines[0].amount_minor or 0 for f in self.facts.values()}


@dataclass
class Case:
    """One promise: the row of FAILURES.md, what the file becomes, and what then stands on the board."""

    row: str
    after: str | bytes | None
    board: dict[str, int] | str
    words: str = ""
    rejected: tuple[str, ...] = ()
    name: str = "deals.csv"
    before: str = GOOD
    settings: dict[str, Any] = field(default_factory=dict)
    check: Callable[[Board], bool] = lambda _: True


def first_fact(**wanted: Any) -> Callable[[Board], bool]:
    def check(board: Board) -> bool:
        fact = board.facts["1"]
        return {name: getattr(fact, name) for name in wanted} == wanted

    return check


NEW_YORK = {"zone": "America/New_York"}
AT = {"from": "closed", "as": "datetime"}
WHOLE = {"Ann": 10000, "Bo": 5000, "Cy": 2500}

CASES = [
    Case("network gone for 3 days", None, KEPT, "is missing"),
    Case("captive portal: 200 with HTML", "<html><body>Please sign in</body></html>", KEPT, "“id” is gone"),
    Case(
        "captive portal: 200 with HTML",
        "<html>Sign in</html>",
        KEPT,
        "not a readable JSON",
        (),
        "deals.json",
        JSON,
    ),
    Case(CUT, JSON[:-20], KEPT, "cut off", (), "deals.json", JSON),
    Case(CUT, GOOD[:-14], KEPT, "cut off: row 4"),
    Case(CUT, GOOD + "3,Cy,2026-03-03,25\n", WHOLE),
    Case(CUT, "", KEPT, "is empty"),
    Case(CUT, HEADER, KEPT, "has 0 records where it had 3"),
    Case(CHANGED, GOOD.replace("value", "close_val"), KEPT, "“value” is gone"),
    Case(CHANGED, JSON.replace("value", "val"), KEPT, "“value” is in none of 2", (), "deals.json", JSON),
    Case(
        CHANGED,
        HEADER + "1,Ann,2026-03-01,high\n2,Bo,2026-03-02,low\n",
        KEPT,
        "None of the 2 records could be used. The first, row 2: value: “high” is not a number",
    ),
    Case(
        CHANGED,
        GOOD.replace(",50\n", ",fifty\n"),
        {"Ann": 10000, "Cy": 2500},
        "",
        ("row 3: value: “fifty” is not a number",),
    ),
    Case(
        "record deleted or reopened at the source",
        GOOD.replace("2,Bo,2026-03-02,50\n", ""),
        {"Ann": 10000, "Cy": 2500},
    ),
    *(
        Case(
            "NaN, infinity, 1e999, amount > 2^63, bad date, empty name",
            GOOD.replace("2,Bo,2026-03-02,50", row),
            {"Ann": 10000, "Cy": 2500},
            "",
            (f"row 3: {reason}",),
        )
        for row, reason in (
            ("2,Bo,2026-03-02,NaN", "value: “NaN” is not a number that can be counted"),
            ("2,Bo,2026-03-02,-inf", "value: “-inf” is not a number that can be counted"),
            ("2,Bo,2026-03-02,1e999", "value: “1e999” is too large"),
            (
                "2,Bo,2026-03-02,92233720368547758.08",
                "value: “92233720368547758.08” is larger than can be kept",
            ),
            ("2,Bo,2026-02-30,50", "closed: “2026-02-30” is not a date written as 2026-12-31"),
            ("2,Bo,,50", "closed: the date is missing"),
            ("2, ,2026-03-02,50", "agent: the person's name is missing"),
            (",Bo,2026-03-02,50", "id: the key is missing"),
        )
    ),
    Case(
        "negative amount (refund)", GOOD.replace(",50\n", ",-50\n"), {"Ann": 10000, "Bo": -5000, "Cy": 2500}
    ),
    Case(
        "date-only close date",
        GOOD + "4,Di,2026-03-04,1\n",
        WHOLE | {"Di": 100},
        settings=NEW_YORK,
        check=first_fact(day_only=True, occurred_at=1772341200000),
    ),  # midnight in New York, 05:00 UTC
    Case(
        "naive timestamp",
        GOOD.replace("03-01,", "03-01T09:00,"),
        WHOLE,
        settings=NEW_YORK | {"facts": [WON | {"happened": AT}]},
        check=first_fact(day_only=False, occurred_at=1772373600000),
    ),  # 09:00 in New York, 14:00 UTC
    Case(
        "currencies mixed",
        "id,agent,closed,value,cur\n1,Ann,2026-03-01,100,USD\n2,Bo,2026-03-02,50,JPY\n",
        {"Ann": 10000, "Bo": 50},
        before="id,agent,closed,value,cur\n1,Ann,2026-03-01,1,USD\n",
        settings={"facts": [WON | {"currency": {"from": "cur"}}]},
        check=first_fact(currency="USD"),
    ),
    Case(
        "unknown person in a source",
        GOOD.replace("Bo", "Nobody Knows"),
        {"Ann": 10000, "Nobody Knows": 5000, "Cy": 2500},
        settings={"unknown_people": "unassigned"},
        check=lambda board: not board.last.people,
    ),
    Case(
        "HTML, script, SQL, formula in a name",
        GOOD.replace("Bo", "<img src=http://x.example>"),
        {"Ann": 10000, "<img src=http://x.example>": 5000, "Cy": 2500},
    ),
    Case(
        "HTML, script, SQL, formula in a name",
        GOOD.replace("Bo", "'); drop table fact; --"),
        {"Ann": 10000, "'); drop table fact; --": 5000, "Cy": 2500},
    ),
    Case(
        "HTML, script, SQL, formula in a name",
        GOOD.replace("Bo", "=HYPERLINK(1)"),
        {"Ann": 10000, "=HYPERLINK(1)": 5000, "Cy": 2500},
    ),
    Case(CUT, GOOD + '"', KEPT, "is not closed"),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.row[:30]}: {str(case.after)[-25:]!r}")
async def test_the_board_after_a_failure(tmp_path: Path, case: Case) -> None:
    board = Board(source(tmp_path, case.name, **case.settings))
    write(tmp_path / case.name, case.before, age_s=5000)
    await board.poll()
    good = board.totals
    assert good
    assert not board.words

    if case.after is None:
        (tmp_path / case.name).unlink()
    else:
        write(tmp_path / case.name, case.after)
    await board.poll()
    assert board.totals == (good if case.board == KEPT else case.board)
    assert case.words in board.words
    assert bool(case.words) == bool(board.words)
    if not board.words:
        found = tuple(f"{r.record}: {r.field}: {in_english(r.reason)}" for r in board.last.rejections)
        assert found == case.rejected
    assert case.check(board)

    write(tmp_path / case.name, case.before, age_s=50)  # and when the world is well again
    await board.poll()
    assert (board.totals, board.words) == (good, "")


def test_every_row_of_the_table_is_a_row_of_failures(shared_dir: Path) -> None:
    promised = (shared_dir / "FAILURES.md").read_text("utf-8")
    for case in CASES:
        assert f"| {case.row}" in promised
