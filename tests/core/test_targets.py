"""Targets: attainment and the pace it should have."""

from __future__ import annotations

from fractions import Fraction

import pytest

from salesboard_display.core.definitions import Metric, Target
from salesboard_display.core.figures import FactRow
from salesboard_display.core.messages import Instant, message
from salesboard_display.core.people import Membership, Team
from salesboard_display.core.periods import Interval
from salesboard_display.core.targets import COMPANY, Attainment, attainment, elapsed
from tests.core.builders import DAY, MONTH, NOW, UTC_CALENDAR, fact, facts, metric, ms, office, person

OFFICE = office(
    person("anna", 0, team="west"),
    person(
        "kim", 1, memberships=(Membership("west", None, NOW - 5 * DAY), Membership("east", NOW - 5 * DAY))
    ),
    person("left", 2, team="west", left_ms=NOW - DAY),
    teams=[Team("west", "West", "North"), Team("east", "East", "South")],
    unassigned=[9],
)


def reached(who: str, *rows: FactRow, goal: int = 100, of: Metric | None = None, at: int = NOW) -> Attainment:
    target = Target("t", who, of or metric(), MONTH, Fraction(goal))
    return attainment(target, OFFICE, UTC_CALENDAR, facts(*rows), at)


ROWS = [fact(0, 40), fact(1, 20, at=NOW - 9 * DAY), fact(1, 10), fact(2, 5), fact(9, 3)]


@pytest.mark.parametrize(
    ("who", "value"),
    [("anna", 40), ("kim", 30), ("west", 65), ("east", 10), ("North", 65), ("South", 10), (COMPANY, 78)],
)
def test_a_target_is_for_a_person_a_team_a_region_or_all(who: str, value: int) -> None:
    found = reached(who, *ROWS)
    assert (found.value, found.fraction, found.goal) == (value, Fraction(value, 100), 100)
    assert not found.reached


def test_a_target_for_nobody_is_refused() -> None:
    with pytest.raises(ValueError, match="nobody is called 'north'"):
        reached("north")


def test_more_than_the_goal_is_more_than_one() -> None:
    assert reached("anna", *ROWS, goal=32).fraction == Fraction(5, 4)
    assert reached("anna", *ROWS, goal=40).reached


def test_nothing_sold_yet_is_zero_but_an_average_of_nothing_is_unknown() -> None:
    assert (reached("anna").value, reached("anna").fraction) == (0, 0)
    found = reached("anna", of=metric("average"))
    assert (found.value, found.fraction, found.reached) == (None, None, False)
    assert reached(COMPANY, of=metric("average")).reason == message("no-facts")


def test_an_unknown_value_is_not_zero() -> None:
    found = reached("anna", fact(0, 5, currency="USD"))
    reason = message("no-rate", currencies="USD", to="EUR", day=Instant(NOW))
    assert (found.value, found.reason) == (None, reason)


def test_where_less_is_better_the_goal_is_a_ceiling() -> None:
    few = metric("count", "complaint", higher_is_better=False)
    rows = [fact(0, kind="complaint", quantity=4)]
    assert reached("anna", *rows, goal=2, of=few).fraction == Fraction(1, 2)
    assert reached("anna", *rows, goal=4, of=few).reached
    assert reached("anna", goal=2, of=few).fraction == 1


def test_a_goal_of_nothing_has_no_fraction() -> None:
    assert reached("anna", *ROWS, goal=0).fraction is None


def test_the_pace_is_the_elapsed_share_of_the_period() -> None:
    noon_of_the_15th = ms("2024-11-16 00:00")
    found = reached("anna", *ROWS, at=noon_of_the_15th)
    assert (found.pace, found.expected) == (Fraction(1, 2), 50)
    average = reached("anna", *ROWS, at=noon_of_the_15th, of=metric("average"))
    assert (average.pace, average.expected) == (Fraction(1, 2), 100)  # an average does not grow over time


def test_the_pace_stays_between_nothing_and_all() -> None:
    interval = Interval(100, 200)
    assert [elapsed(interval, at) for at in (50, 100, 150, 200, 300)] == [0, 0, Fraction(1, 2), 1, 1]
    assert elapsed(Interval(100, 100), 100) == 1


def test_facts_after_now_do_not_count_yet() -> None:
    assert reached("anna", fact(0, 5, at=NOW), fact(0, 7, at=NOW + 1)).value == 5
