"""The rows of a board: pages, second lines, gaps in words, and what privacy leaves of them."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from salesboard_display.core import privacy
from salesboard_display.core.colours import colour_of
from salesboard_display.core.definitions import Board, Level, Slide
from salesboard_display.core.figures import FactRow
from salesboard_display.core.people import UNASSIGNED, Directory, Team
from salesboard_display.core.standings import Standings, work_out
from salesboard_display.engine.numbers import Style
from salesboard_display.engine.rows import Palette, Rows, initials
from salesboard_display.engine.words import Words
from tests.core import builders as b

WORDS = Words(Style("en_IE", "UTC"))
SLIDE = Slide("leaderboard", "leaderboard", "board", rows=8)


def office_of(count: int, team: str = "west") -> Directory:
    return b.office(*(b.person(f"p{n:02}", n, team=team, name=f"Person {n:02}") for n in range(1, count + 1)))


def amounts(*euros: float) -> list[FactRow]:
    """Person 1 has the first, person 2 the second."""
    return [b.fact(n, euro) for n, euro in enumerate(euros, 1) if euro]


def rows_of(
    directory: Directory, facts: list[FactRow], board: Board | None = None, preset: str = "open"
) -> Rows:
    board = board or b.board()
    found = work_out(board, directory, b.UTC_CALENDAR, b.facts(*facts), b.NOW)
    found = privacy.apply(found, preset, directory.people, unit=board.metric.unit, top=3)
    return Rows(board, found, directory, WORDS, b.NOW, Palette(directory))


def seconds(rows: Rows) -> dict[str, str]:
    return {row.name: row.second for page in rows.pages(SLIDE) for row in page}


def test_eight_people_stand_on_one_page_those_without_facts_last() -> None:
    pages = rows_of(office_of(8), amounts(5, 9, 7)).pages(SLIDE)
    assert len(pages) == 1
    assert [row.name for row in pages[0]][:4] == ["Person 02", "Person 03", "Person 01", "Person 04"]
    assert [row.rank for row in pages[0]][:4] == ["1", "2", "3", ""]
    assert [row.place for row in pages[0]] == list(range(8))


def test_the_others_stand_by_name_without_a_rank_a_gap_or_an_arrow() -> None:
    facts = amounts(*range(200, 180, -1))
    first, *others = rows_of(office_of(20), facts).pages(SLIDE)
    assert [row.rank for row in first] == [str(n) for n in range(1, 9)]
    assert [len(page) for page in others] == [6, 6]
    names = [row.name for page in others for row in page]
    assert names == sorted(names)
    for page in others:
        for row in page:
            assert (row.rank, row.movement_kind, row.leader) == ("", "", False)
            assert row.second == "West"


def test_all_ranked_goes_on_with_ranks_over_pages_of_even_length() -> None:
    board = b.board(others="all-ranked")
    pages = rows_of(office_of(18), amounts(*range(118, 100, -1)), board).pages(SLIDE)
    assert [len(page) for page in pages] == [6, 6, 6]
    assert [row.rank for page in pages for row in page] == [str(n) for n in range(1, 19)]


def test_top_only_leaves_out_everybody_else() -> None:
    pages = rows_of(office_of(18), amounts(*range(118, 100, -1)), b.board(others="top-only")).pages(SLIDE)
    assert [len(page) for page in pages] == [8]


def test_a_board_of_nobody_has_no_page() -> None:
    assert rows_of(b.office(), []).pages(SLIDE) == ()


@given(st.integers(0, 60), st.integers(3, 12), st.sampled_from(["alphabetical", "all-ranked"]))
def test_everybody_stands_once_and_no_page_is_longer_than_the_slide(
    count: int, size: int, others: str
) -> None:
    rows = rows_of(office_of(count), amounts(*range(1, count // 2 + 1)), b.board(others=others))
    pages = rows.pages(replace(SLIDE, rows=size))
    assert sorted(row.id for page in pages for row in page) == [f"p{n:02}" for n in range(1, count + 1)]
    assert all(0 < len(page) <= size for page in pages)


def test_more_than_eight_rows_have_no_second_line() -> None:
    rows = rows_of(office_of(10), amounts(*range(110, 100, -1)))
    (page,) = rows.pages(replace(SLIDE, rows=10))
    assert {row.second for row in page} == {""}
    (page,) = rows_of(office_of(5), amounts(*range(1, 6))).pages(SLIDE)
    assert all(row.second for row in page)


def test_the_gap_is_said_to_the_next_better_rank_and_the_leader_is_ahead() -> None:
    assert seconds(rows_of(office_of(3), amounts(90, 70, 65))) == {
        "Person 01": "West · €20 ahead",
        "Person 02": "West · €20 to 1st",
        "Person 03": "West · €5 to 2nd",
    }


@given(st.lists(st.integers(1, 500), min_size=2, max_size=8))
def test_gaps_add_up_to_the_distance_from_the_first(euros: list[int]) -> None:
    rows = rows_of(office_of(len(euros)), amounts(*euros))
    ranked = rows.standings.ranked
    for place in ranked:
        better = [p for p in ranked if (p.rank or 0) < (place.rank or 0)]
        if better:
            nearest = max(better, key=lambda p: p.rank or 0)
            assert place.gap == (nearest.value or 0) - (place.value or 0)


def test_who_shares_the_lead_is_in_the_lead_and_who_shares_a_rank_has_the_same_gap() -> None:
    said = seconds(rows_of(office_of(4), amounts(90, 90, 70, 70)))
    assert said["Person 01"] == said["Person 02"] == "West · in the lead"
    assert said["Person 03"] == said["Person 04"] == "West · €20 to 1st"


def test_equal_values_apart_by_a_tie_breaker_are_level() -> None:
    board = b.board(tie_breakers=("first-to-get-there",))
    facts = [b.fact(1, 50, b.NOW - b.HOUR), b.fact(2, 50, b.NOW)]
    assert seconds(rows_of(office_of(2), facts, board)) == {
        "Person 01": "West · in the lead",
        "Person 02": "West · level with 1st",
    }


def test_who_has_nothing_yet_is_told_why_in_place_of_a_gap() -> None:
    rows = rows_of(office_of(2), amounts(5))
    assert seconds(rows)["Person 02"] == "West · nothing counted yet"
    row = rows.pages(SLIDE)[0][1]
    assert (row.display, row.known, row.value) == ("–", False, 0.0)


def test_facts_of_nobody_stand_as_unassigned_after_everybody_by_name() -> None:
    people = [b.person(f"p{n}", n, name=name) for n, name in enumerate(["Zoe", "Vic", "Una"], 1)]
    directory = b.office(*people, unassigned=[9])
    rows = rows_of(directory, [b.fact(9, 500), b.fact(1, 5)], b.board(others="alphabetical"))
    names = [row.name for page in rows.pages(replace(SLIDE, rows=3)) for row in page]
    assert "Unassigned" in names
    row = next(row for page in rows.pages(SLIDE) for row in page if row.id == UNASSIGNED)
    assert row.picture == ""


def test_teams_have_no_team_below_their_name() -> None:
    directory = b.office(b.person("a", 1, team="west"), b.person("c", 2, team="east"))
    rows = rows_of(directory, amounts(9, 5), b.board(level=Level.TEAM))
    assert seconds(rows) == {"West": "€4 ahead", "East": "€4 to 1st"}


@pytest.mark.parametrize(
    ("moved", "kind"),
    [
        ({"movement": 2}, "up"),
        ({"movement": -1}, "down"),
        ({"movement": 0}, "same"),
        ({"entered": True}, "new"),
        ({}, ""),
    ],
)
def test_an_arrow_says_which_way_somebody_went(moved: dict[str, Any], kind: str) -> None:
    rows = rows_of(office_of(1), amounts(5))
    place = rows.standings.places[0]._replace(**{"movement": None, "entered": False, **moved})
    assert rows.row(place, 0).movement_kind == kind


def test_who_is_unranked_has_no_arrow() -> None:
    rows = rows_of(office_of(1), amounts(5))
    assert rows.row(rows.standings.places[0]._replace(rank=None, movement=3), 0).movement_kind == ""


def test_hidden_values_leave_order_and_bars_and_no_figure_anywhere() -> None:
    rows = rows_of(office_of(3), amounts(911, 822, 733), preset="values-hidden")
    (page,) = rows.pages(SLIDE)
    assert [row.name for row in page] == ["Person 01", "Person 02", "Person 03"]
    assert [row.bar for row in page] == sorted((row.bar for row in page), reverse=True)
    for row in page:
        assert (row.display, row.value, row.known, row.second) == ("", 0.0, True, "West")


def test_everybodys_colour_is_the_same_on_every_board() -> None:
    few, more = (rows_of(office_of(24), amounts(*euros)) for euros in ((5, 9), range(1, 25)))
    colours = {row.id: row.colour for page in few.pages(SLIDE) for row in page}
    assert len(set(colours.values())) == 24
    assert {row.id: row.colour for page in more.pages(SLIDE) for row in page} == colours


def test_who_is_at_work_differs_whoever_has_left() -> None:
    people = [b.person(f"p{n:02}", n, left_ms=b.NOW if n < 8 else None) for n in range(32)]
    palette = Palette(b.office(*people))
    at_work = {palette.colour(Level.PERSON, person.id) for person in people if person.left_ms is None}
    assert len(at_work) == 24


def test_teams_and_regions_have_colours_of_their_own() -> None:
    teams = [Team(f"t{n:02}", f"Team {n}", f"r{n:02}") for n in range(12)]
    palette = Palette(b.office(*(b.person(f"p{n:02}", n) for n in range(30)), teams=teams))
    assert len({palette.colour(Level.TEAM, team.id) for team in teams}) == 12
    assert len({palette.colour(Level.REGION, team.region) for team in teams}) == 12
    assert palette.colour(Level.PERSON, UNASSIGNED) == colour_of(UNASSIGNED)


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("Anna Snelling", "AS"),
        ("anna", "A"),
        ("Jean-Luc", "JL"),
        ("Ana María de la Cruz", "AC"),
        ("李 小龍", "李小"),
        ("  ", " "),
        ("", "–"),
        ("(Bo) <x>", "("),
        ("ßeta", "SS"),
    ],
)
def test_a_circle_has_one_or_two_letters(name: str, shown: str) -> None:
    assert initials(name) == shown


@given(st.text(max_size=20))
def test_any_name_has_something_for_its_circle(name: str) -> None:
    assert 1 <= len(initials(name)) <= 4


def test_standings_without_ranks_say_no_gap() -> None:
    rows = rows_of(office_of(2), [])
    assert isinstance(rows.standings, Standings)
    assert [rows.gap(place) for place in rows.standings.places] == [None, None]
    assert Fraction(0) not in [place.gap for place in rows.standings.places]
