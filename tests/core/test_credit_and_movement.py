"""Standings: who takes part and gets the credit, which instants count, and who has moved since when."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

import pytest

from salesboard_display.core.definitions import (
    Board,
    Level,
    Period,
    PeriodKind,
    Since,
)
from salesboard_display.core.figures import FactRow, Select
from salesboard_display.core.messages import Instant, message
from salesboard_display.core.people import UNASSIGNED, Membership, Team
from salesboard_display.core.periods import Calendar, Interval
from salesboard_display.core.standings import (
    Place,
    Standings,
    baseline,
    movement_baseline_ms,
    shown,
    with_movement,
    work_out,
)
from tests.core.builders import (
    DAY,
    FOUR,
    HOUR,
    NOW,
    UTC_CALENDAR,
    Counting,
    board,
    fact,
    facts,
    metric,
    ms,
    office,
    person,
    ranks,
    standings,
)

TODAY = ms("2024-11-15 00:00")
MONTH_START = ms("2024-11-01 00:00")


def by_id(found: Standings) -> dict[str, Place]:
    return {place.id: place for place in found.places}


TIED = [fact(0, 9), fact(1, 5), fact(2, 5), fact(3, 1)]


# ---------------------------------------------------------------------------- who takes part


WEST_AND_EAST = office(
    person("anna", 0, team="west"),
    person("bob", 1, team="east"),
    person("cleo", 2, team="west"),
    person("dan", 3),
    teams=[Team("west", "West", "North"), Team("east", "East", "South"), Team("mid", "Mid", "North")],
    unassigned=[9],
)


@pytest.mark.parametrize(
    ("level", "picked", "expected"),
    [
        (Level.PERSON, {"anna", "dan"}, {"anna", "dan"}),
        (Level.PERSON, {"west"}, {"anna", "cleo"}),
        (Level.PERSON, {"South", "dan"}, {"bob", "dan"}),
        (Level.TEAM, {"west"}, {"west"}),
        (Level.TEAM, {"North"}, {"west", "mid"}),
        (Level.REGION, {"North", "west"}, {"North"}),
        (Level.PERSON, {"nobody"}, set()),
    ],
)
def test_participants_are_people_teams_or_regions(level: Level, picked: set[str], expected: set[str]) -> None:
    rows = [fact(0, 8), fact(1, 4), fact(2, 2), fact(3, 1), fact(9, 100)]
    found = standings(board(level=level, participants=frozenset(picked)), *rows, directory=WEST_AND_EAST)
    assert set(ranks(found)) == expected - {"mid"}
    amounts = {"anna": 8, "bob": 4, "cleo": 2, "dan": 1, "west": 10, "North": 10}
    assert (found.total or 0) == sum(amounts.get(id_, 0) for id_ in expected)


def test_who_left_leaves_the_board_that_day_and_his_deals_stay_in_the_total() -> None:
    left = ms("2024-11-10 00:00")
    directory = office(person("anna", 0, team="west", left_ms=left), person("bob", 1, team="west"))
    rows = [fact(0, 7, at=left - 5), fact(1, 3, at=left - 5)]
    before = standings(board(), *rows, directory=directory, at=left - 1)
    assert ranks(before) == {"anna": 1, "bob": 2}
    after = standings(board(), *rows, directory=directory, at=left)
    assert ranks(after) == {"bob": 1}
    assert after.hidden == (("anna", message("left-on", day=Instant(left))),)
    assert after.total == 10
    teams = standings(board(level=Level.TEAM), *rows, directory=directory, at=NOW)
    assert [(place.id, place.value) for place in teams.places] == [("west", 10)]


def test_who_left_is_no_reason_to_mention_on_a_board_of_others() -> None:
    directory = office(person("anna", 0, left_ms=NOW - 5), person("bob", 1))
    found = standings(board(participants=frozenset({"bob"})), fact(1, 1), directory=directory)
    assert found.hidden == ()


def test_credit_goes_to_the_team_at_the_time() -> None:
    moved = ms("2024-11-10 00:00")
    kim = person("kim", 0, memberships=(Membership("west", None, moved), Membership("east", moved)))
    rows = [fact(0, 1, at=moved - 1), fact(0, 2, at=moved), fact(0, 4, at=NOW)]
    found = standings(board(level=Level.TEAM), *rows, directory=office(kim))
    assert [(place.id, place.value) for place in found.places] == [("east", 6), ("west", 1)]
    people = standings(board(), *rows, directory=office(kim))
    assert [(place.id, place.value) for place in people.places] == [("kim", 7)]


def test_regions_add_their_teams() -> None:
    rows = [fact(0, 8), fact(1, 4), fact(2, 2), fact(3, 1), fact(9, 100)]
    found = standings(board(level=Level.REGION), *rows, directory=WEST_AND_EAST)
    assert [(place.id, place.rank, place.value) for place in found.places] == [
        ("North", 1, 10),
        ("South", 2, 4),
        (UNASSIGNED, None, 101),
    ]


def test_a_team_of_nobody_without_facts_is_not_shown() -> None:
    found = standings(board(level=Level.TEAM), fact(0, 8), directory=WEST_AND_EAST)
    assert ranks(found) == {"west": 1, "east": None}
    assert dict(found.hidden)["mid"] == message("nobody-in-team")


def test_a_dissolved_team_is_shown_as_long_as_it_has_facts() -> None:
    gone = office(
        person("anna", 0, memberships=(Membership("old", None, NOW - 5),)),
        person("bob", 1, team="young", left_ms=NOW),
        person("cleo", 2, team="here", left_ms=NOW + 1),
    )
    found = standings(board(level=Level.TEAM), fact(0, 8, at=NOW - 9), directory=gone)
    assert ranks(found) == {"old": 1, "here": None}
    assert set(dict(found.hidden)) == {"young"}


# ---------------------------------------------------------------------------- instants


def test_a_fact_counts_from_its_instant_on() -> None:
    rows = [fact(0, 5, at=NOW)]
    assert standings(board(), *rows, at=NOW).places[0].value == 5
    assert standings(board(), *rows, at=NOW - 1).places[0].value is None


def test_the_interval_ends_with_at_or_with_the_period() -> None:
    assert standings(board()).interval == Interval(MONTH_START, NOW + 1)
    previous_month = board(period=Period(PeriodKind.PREVIOUS_MONTH))
    assert standings(previous_month).interval == Interval(ms("2024-10-01 00:00"), MONTH_START)
    future = Period(PeriodKind.CUSTOM, first=date(2025, 1, 1), last=date(2025, 1, 31))
    start = ms("2025-01-01 00:00")
    assert standings(board(period=future), fact(0, 5, at=start)).interval == Interval(start, start)


def test_a_given_interval_is_taken_as_it_is() -> None:
    rows = [fact(0, 5, at=MONTH_START - 1), fact(1, 3)]
    window = Interval(MONTH_START - 1, MONTH_START)
    found = work_out(board(), FOUR, UTC_CALENDAR, facts(*rows), NOW, interval=window)
    assert ranks(found)["anna"] == 1
    assert (found.interval, found.at_ms) == (window, NOW)


def test_figures_are_asked_once_for_everybody() -> None:
    figures = Counting(TIED)
    work_out(board(), FOUR, UTC_CALENDAR, figures, NOW)
    assert figures.asked == [("partials", MONTH_START, NOW + 1, None)]


# ---------------------------------------------------------------------------- movement


def moved(of: Board, *rows: FactRow, at: int = NOW) -> dict[str, tuple[int | None, bool]]:
    found = shown(of, FOUR, UTC_CALENDAR, facts(*rows), at).standings
    return {place.id: (place.movement, place.entered) for place in found.places}


def test_movement_is_since_this_morning() -> None:
    rows = [
        fact(0, 9, at=TODAY - 1),
        fact(1, 5, at=TODAY - 1),
        fact(2, 1, at=TODAY - HOUR),
        fact(1, 5, at=TODAY),
    ]
    assert moved(board(), *rows) == {
        "bob": (1, False),
        "anna": (-1, False),
        "cleo": (0, False),
        "dan": (None, False),
    }


def test_who_had_no_rank_this_morning_has_entered() -> None:
    rows = [fact(0, 9, at=TODAY - 1), fact(1, 5, at=TODAY)]
    assert moved(board(), *rows)["bob"] == (None, True)
    assert moved(board(), *rows)["anna"] == (0, False)


def test_on_a_day_that_began_without_ranks_nobody_has_moved() -> None:
    assert moved(board(), fact(0, 9, at=TODAY)) == {
        name: (None, False) for name in ("anna", "bob", "cleo", "dan")
    }


def test_on_the_first_of_the_month_this_morning_is_this_months() -> None:
    rows = [fact(0, 9, at=MONTH_START - 1), fact(1, 5, at=MONTH_START)]
    assert moved(board(), *rows, at=MONTH_START + HOUR)["bob"] == (None, False)


def test_movement_since_the_period_is_against_the_period_before() -> None:
    rows = [
        fact(0, 9, at=MONTH_START - 1),
        fact(1, 5, at=MONTH_START - 1),
        fact(1, 5, at=MONTH_START),
        fact(0, 1, at=MONTH_START),
    ]
    found = moved(board(movement=Since.PERIOD), *rows)
    assert (found["bob"], found["anna"]) == ((1, False), (-1, False))


def test_the_baseline_of_the_last_change_is_handed_in() -> None:
    of = board(movement=Since.LAST_CHANGE)
    assert baseline(of, FOUR, UTC_CALENDAR, facts(), NOW) is None
    before = standings(of, fact(0, 9), fact(1, 5))
    now = standings(of, fact(0, 9), fact(1, 15))
    assert {p.id: p.movement for p in with_movement(now, before).ranked} == {"bob": 1, "anna": -1}
    again = with_movement(with_movement(now, before), None)
    assert {p.movement for p in again.places} == {None}


def test_the_instant_of_the_baseline() -> None:
    berlin = Calendar("Europe/Berlin")
    morning = ms("2024-11-14 23:00")
    assert movement_baseline_ms(board(), berlin, NOW) == morning
    assert movement_baseline_ms(board(movement=Since.PERIOD), berlin, NOW) == ms("2024-10-31 23:00")
    assert movement_baseline_ms(board(movement=Since.LAST_CHANGE), berlin, NOW) is None


def test_the_baseline_ranks_everybody_even_if_only_the_top_is_shown() -> None:
    rows = [
        fact(0, 9, at=TODAY - 1),
        fact(1, 5, at=TODAY - 1),
        fact(2, 1, at=TODAY - 1),
        fact(2, 10, at=TODAY),
    ]
    assert moved(board(top=1), *rows) == {"cleo": (2, False)}


def test_a_baseline_that_somebody_keeps_is_taken() -> None:
    kept = standings(board(), fact(1, 9), fact(0, 5))
    found = shown(board(), FOUR, UTC_CALENDAR, facts(fact(0, 9), fact(1, 5)), NOW, lambda: kept).standings
    assert {place.id: place.movement for place in found.ranked} == {"anna": 1, "bob": -1}


def test_who_left_today_moves_nobody() -> None:
    directory = office(person("anna", 0, left_ms=TODAY), person("bob", 1), person("cleo", 2))
    rows = [fact(0, 9, at=TODAY - 1), fact(1, 5, at=TODAY - 1), fact(2, 1, at=TODAY - 1)]
    found = shown(board(), directory, UTC_CALENDAR, facts(*rows), NOW).standings
    assert {place.id: place.movement for place in found.places} == {"bob": 0, "cleo": 0}


# ---------------------------------------------------------------------------- a period without facts


OCTOBER = [fact(0, 9, at=MONTH_START - DAY), fact(1, 5, at=MONTH_START - DAY)]


def test_a_new_period_shows_the_finished_one_for_a_day() -> None:
    figures = facts(*OCTOBER)
    for at, final in ((MONTH_START, True), (MONTH_START + DAY - 1, True), (MONTH_START + DAY, False)):
        found = shown(board(), FOUR, UTC_CALENDAR, figures, at)
        assert found.final is final
        assert bool(found.standings.ranked) is final
    found = shown(board(), FOUR, UTC_CALENDAR, figures, MONTH_START)
    assert found.standings.interval == Interval(ms("2024-10-01 00:00"), MONTH_START)
    assert found.standings.places[0].movement is None


def test_the_first_fact_ends_the_finished_period() -> None:
    found = shown(board(), FOUR, UTC_CALENDAR, facts(*OCTOBER, fact(3, 1, at=MONTH_START)), MONTH_START)
    assert not found.final
    assert ranks(found.standings)["dan"] == 1


def test_facts_of_unknown_value_end_it_too() -> None:
    odd = fact(3, 1, at=MONTH_START, currency="USD")
    assert not shown(board(), FOUR, UTC_CALENDAR, facts(*OCTOBER, odd), MONTH_START).final


def test_an_empty_period_before_is_not_shown() -> None:
    assert not shown(board(), FOUR, UTC_CALENDAR, facts(), MONTH_START).final


def test_a_finished_period_is_not_replaced_by_the_one_before() -> None:
    of = board(period=Period(PeriodKind.PREVIOUS_MONTH))
    september = fact(0, 9, at=ms("2024-09-15 00:00"))
    found = shown(of, FOUR, UTC_CALENDAR, facts(september), MONTH_START)
    assert (found.final, found.standings.ranked) == (False, ())


def test_the_first_day_lasts_as_long_as_the_clocks_say() -> None:
    new_york = Calendar("America/New_York")
    of = board(period=Period(PeriodKind.TODAY))
    saturday, late_on_sunday = ms("2017-11-04 15:00"), ms("2017-11-06 04:30")  # Sunday has 25 hours
    assert shown(of, FOUR, new_york, facts(fact(0, 9, at=saturday)), late_on_sunday).final


def test_values_are_exact_fractions() -> None:
    share = metric("ratio", "won", over=Select(("won", "lost")))
    rows = [fact(0, kind="won"), fact(0, kind="lost"), fact(0, kind="lost")]
    assert standings(board(share), *rows).places[0].value == Fraction(100, 3)
