"""The line below a title: what counts, over which time, by which rules."""

from __future__ import annotations

from dataclasses import replace

import pytest

from salesboard_display.core.definitions import Board, Period, PeriodKind, RankStyle, Since
from salesboard_display.core.figures import Condition, FactRow, Select
from salesboard_display.core.standings import work_out
from salesboard_display.engine.lines import board_line, final_label, movement_label
from salesboard_display.engine.numbers import Style
from salesboard_display.engine.words import Words
from tests.core import builders as b

ENGLISH = Words(Style("en_IE", "UTC"))
FACTS = [b.fact(1, 5), b.fact(2, 3)]


def line(
    board: Board, facts: list[FactRow] | None = None, people: int = 2, *, title: str = "x", rows: int = 8
) -> str:
    directory = b.office(*(b.person(f"p{n}", n) for n in range(1, people + 1)))
    found = work_out(board, directory, b.UTC_CALENDAR, b.facts(*(FACTS if facts is None else facts)), b.NOW)
    return board_line(board, found, b.UTC_CALENDAR, ENGLISH, title=title, rows=rows)


def test_what_counts_and_when_and_that_ties_share_a_rank() -> None:
    assert line(b.board()) == "sum · November 2024 · ties share a rank"


def test_a_title_that_says_what_counts_is_not_repeated() -> None:
    assert line(b.board(), title="sum") == "November 2024 · ties share a rank"


def test_ties_are_not_mentioned_where_there_can_be_none() -> None:
    assert line(b.board(), [b.fact(1, 5)]) == "sum · November 2024"
    assert "tie" not in line(b.board(rank_style=RankStyle.ORDINAL))
    assert "tie" not in line(b.board(tie_breakers=(b.metric("count"),)))
    assert line(b.board(tie_breakers=("first-to-get-there",))).endswith("ties: first to get there")


def test_what_is_left_out_is_said() -> None:
    conditions = (Condition("type", frozenset({"renewal", "pilot"}), negated=True),)
    metric = b.metric(select=Select(("deal",), conditions))
    assert "no pilot, renewal" in line(b.board(metric))
    only = replace(metric, select=Select(("deal",), (Condition("type", frozenset({"new"})),)))
    assert "only new" in line(b.board(only))


def test_how_many_of_whom_are_shown_is_said_when_not_everybody_is() -> None:
    assert "top 2 of 12" in line(b.board(), people=12)
    facts = [b.fact(n, n) for n in range(1, 13)]
    assert "top 8 of 12" in line(b.board(), facts, people=12)
    assert "top" not in line(b.board(), people=8)


def test_less_is_better_and_a_minimum_are_said() -> None:
    text = line(b.board(b.metric("average", higher_is_better=False, minimum_sample=5)))
    assert "less is better" in text
    assert "from 5 on" in text


@pytest.mark.parametrize(
    ("since", "said"),
    [
        (Since.DAY, "since this morning"),
        (Since.PERIOD, "since the start"),
        (Since.LAST_CHANGE, "last change"),
    ],
)
def test_arrows_say_what_they_compare_with(since: Since, said: str) -> None:
    assert movement_label(b.board(movement=since), ENGLISH) == said


def test_a_finished_period_is_marked_with_its_name() -> None:
    assert final_label(b.board(), b.UTC_CALENDAR, b.NOW, ENGLISH) == "Final · October 2024"
    board = b.board(period=Period(PeriodKind.THIS_QUARTER))
    assert final_label(board, b.UTC_CALENDAR, b.NOW, ENGLISH) == "Final · Q3 2024"
