"""Challenges and goals as cards and full-screen."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import pytest

from salesboard_display.core.snapshot import Panel, Row, SlideState
from salesboard_display.store import Store
from tests.engine.desks import desk_of, slides, worked
from tests.engine.offices import HOUR, NOW, call, deal, fill, ms

MORE = """
[metrics.calls]
name = "Calls"
kinds = ["call"]
aggregate = "count"
unit = { kind = "number", word = "calls" }

[challenges.race]
title = "Call race"
format = "first-to"
goal = 4
metric = "calls"
window = "this-week"
prize = "Cake"

[challenges.most]
title = "Most calls"
format = "most-by-the-end"
metric = "calls"
start = 2026-03-18T00:00:00
end = 2026-03-20T17:00:00
tie_break = "shared"

[slides.race]
view = "challenge"
challenge = "race"

[slides.most]
view = "challenge"
challenge = "most"

[targets.month]
title = "Team month"
who = "company"
metric = "revenue"
period = "this-month"
value = 1000
"""
CHANGES = {
    'slides = ["leaderboard", "deals"]': 'slides = ["leaderboard", "race", "most"]',
    'board = "revenue"': 'board = "revenue"\npanels = ["challenge:race", "target:month", "challenge:most"]',
}


def calls(who: str, count: int, at: int = NOW - HOUR) -> list[object]:
    return [call(f"{who}-{n}", who, at + n) for n in range(count)]


def shown(
    folder: Path, store: Store, *facts: object, at: int = NOW, more: str = MORE
) -> dict[str, SlideState]:
    desk = desk_of(folder, store, more, changes=CHANGES)
    fill(store, *facts)  # type: ignore[arg-type]
    desk.meet(store.directory())
    return slides(worked(desk, at), at)


def card(found: dict[str, SlideState], id_: str) -> Panel:
    return next(panel for panel in found["leaderboard"].panels if panel.id == id_)


def told(rows: tuple[Row, ...]) -> list[tuple[str, str, str]]:
    return [(row.rank, row.name, row.display) for row in rows]


def test_first_to_n_says_how_far_everybody_is(tmp_path: Path, store: Store) -> None:
    facts = [*calls("Anna Arc", 3), *calls("Ben Bow", 2), deal("1", "Cleo Cey", 5)]
    found = shown(tmp_path, store, *facts)["race"]
    assert told(found.pages[0])[:2] == [("1", "Anna Arc", "3 of 4"), ("2", "Ben Bow", "2 of 4")]
    assert [row.bar for row in found.pages[0]][:2] == [0.75, 0.5]
    assert found.prize == "Cake"
    assert found.line == "First to 4 calls · a tie: who got there first"
    assert found.ends_text == "4 days 12 hrs left · ends Sun"
    assert found.final == ""


def test_a_card_has_its_first_four_by_first_name_and_nobody_without_a_point(
    tmp_path: Path, store: Store
) -> None:
    facts = [*calls("Anna Arc", 3), *calls("Ben Bow", 2), *calls("Ben Cey", 1), deal("1", "Dan Dell", 5)]
    found = card(shown(tmp_path, store, *facts), "race")
    assert told(found.rows) == [
        ("1", "Anna", "3 of 4"),
        ("2", "Ben Bow", "2 of 4"),
        ("3", "Ben Cey", "1 of 4"),
    ]
    assert (found.kind, found.label, found.title) == ("challenge", "CHALLENGE", "Call race")
    assert found.line == "First to 4 calls · ends Sun"


def test_who_got_there_has_won_and_it_is_over(tmp_path: Path, store: Store) -> None:
    found = shown(tmp_path, store, *calls("Anna Arc", 4), *calls("Ben Bow", 3))["race"]
    assert found.final == "won by Anna Arc"
    assert found.ends_text == "ended Wed 11:00"
    assert found.pages[0][0].bar == 1.0


def test_more_than_the_goal_fills_the_bar_and_no_more(tmp_path: Path, store: Store) -> None:
    found = shown(tmp_path, store, *calls("Anna Arc", 9))["race"]
    assert (found.pages[0][0].bar, found.pages[0][0].display) == (1.0, "9 of 4")


def test_most_by_the_end_has_plain_values_and_says_that_a_tie_is_shared(tmp_path: Path, store: Store) -> None:
    facts = [*calls("Anna Arc", 3), *calls("Ben Bow", 3), *calls("Cleo Cey", 1)]
    found = shown(tmp_path, store, *facts)["most"]
    assert told(found.pages[0]) == [("1", "Anna Arc", "3"), ("1", "Ben Bow", "3"), ("3", "Cleo Cey", "1")]
    assert found.line == "Calls: most by the end · a tie shares the win"
    end = ms("2026-03-20 17:00")
    over = shown(tmp_path, store, at=end)["most"]
    assert over.final == "won by Anna Arc, Ben Bow"


def test_before_it_starts_it_says_when(tmp_path: Path, store: Store) -> None:
    found = shown(tmp_path, store, at=ms("2026-03-17 12:00"))["most"]
    assert (found.empty, found.ends_text) == (True, "starts Wed 00:00")


@pytest.mark.parametrize(
    ("euros", "line", "fraction"),
    [
        (780, "of €1,000 by 31 Mar · 78%", 0.78),
        (999, "of €1,000 by 31 Mar · 99%", 0.999),
        (1500, "of €1,000 by 31 Mar · 150%", 1.5),
    ],
)
def test_a_goal_says_how_much_of_how_much_by_when(
    tmp_path: Path, store: Store, euros: int, line: str, fraction: float
) -> None:
    found = card(shown(tmp_path, store, deal("1", "Anna Arc", euros)), "month")
    assert (found.kind, found.label, found.line) == ("goal", "TEAM GOAL", line)
    assert (found.display, found.value) == (f"€{euros:,}", float(euros))
    assert found.fraction == fraction
    assert 0.5 < found.pace < 0.6


def test_a_goal_nobody_works_for_yet_is_at_nothing(tmp_path: Path, store: Store) -> None:
    found = card(shown(tmp_path, store, call("1", "Anna Arc")), "month")
    assert found.fraction == 0
    assert Fraction(found.value) == 0
