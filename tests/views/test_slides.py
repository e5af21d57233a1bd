"""Views: what each draws of a slide's state, decided without Qt."""

from __future__ import annotations

from dataclasses import replace

import pytest

from salesboard_display.core.snapshot import Panel, SlideState
from salesboard_display.views.slides import VIEWS, view_named
from salesboard_display.views.slides.teams import grid
from salesboard_display.views.slides.view import (
    CHALLENGE_HEIGHT,
    CHALLENGE_ROW,
    GOAL_HEIGHT,
    PANEL_GAP,
    PANEL_ROOM,
    fitting_panels,
    page_rows,
)
from tests.views import snapshots as make


def test_every_view_has_its_qml_file() -> None:
    assert set(VIEWS) == {"leaderboard", "podium", "teams", "challenge"}
    assert all(view.qml.is_file() and view.name == name for name, view in VIEWS.items())


def test_an_unknown_view_names_those_there_are() -> None:
    with pytest.raises(KeyError, match="leaderboard, podium, teams, challenge"):
        view_named("raec")


def test_a_page_that_is_gone_shows_the_last_one() -> None:
    slide = make.leaderboard(pages=(make.rows(3), make.rows(2)))
    assert len(page_rows(slide, 0)) == 3
    assert len(page_rows(slide, 7)) == 2
    assert page_rows(SlideState("x", "leaderboard", "X"), 0) == ()


def test_no_page_shows_more_than_ten_rows() -> None:
    slide = make.leaderboard(pages=(make.rows(8) + make.rows(8),))
    assert len(page_rows(slide, 0)) == 10


@pytest.mark.parametrize(("count", "dense"), [(8, False), (9, True), (10, True)])
def test_nine_rows_and_more_have_no_second_line(count: int, dense: bool) -> None:
    assert head(make.leaderboard(make.rows(count)))["dense"] is dense


def test_a_single_leader_at_the_top_is_the_hero() -> None:
    rows = make.rows(3)
    assert head(make.leaderboard(rows))["hero"]
    two = (rows[0], replace(rows[1], leader=True), rows[2])
    assert not head(make.leaderboard(two))["hero"]
    assert not head(make.leaderboard(make.alphabetical()))["hero"]


def test_movement_is_named_only_where_somebody_moved() -> None:
    assert head(make.leaderboard())["movementLabel"] == "since this morning"
    still = tuple(replace(row, movement_kind="") for row in make.rows(3))
    assert head(make.leaderboard(still))["movementLabel"] == ""


def test_the_purpose_follows_what_counts() -> None:
    slide = make.leaderboard(line="Won deals", purpose="For the new office")
    assert head(slide)["line"] == "Won deals · For the new office"


def test_the_first_page_needs_no_label() -> None:
    slide = make.leaderboard(pages=(make.rows(), make.alphabetical()), page_labels=("All", "Everyone else"))
    assert head(slide)["pageLabel"] == ""
    assert VIEWS["leaderboard"].head(slide, make.alphabetical(), 1)["pageLabel"] == "Everyone else"


def test_instants_are_floats_for_qml() -> None:
    age = head(make.leaderboard())["age"]
    assert type(age["as_of_ms"]) is float
    assert age["as_of_ms"] == make.LIVE.as_of_ms


def test_a_podium_has_three_steps_and_the_others_beside_them() -> None:
    slide = make.podium(make.rows(8))
    known = VIEWS["podium"].head(slide, page_rows(slide, 0), 0)
    assert (known["steps"], known["beside"]) == (3, 5)
    two = make.podium(make.rows(2))
    known = VIEWS["podium"].head(two, page_rows(two, 0), 0)
    assert (known["steps"], known["beside"], known["longestBeside"]) == (2, 0, "")


@pytest.mark.parametrize(
    ("count", "columns", "lines"),
    [(0, 1, 1), (1, 1, 1), (3, 3, 1), (4, 4, 1), (5, 3, 2), (6, 3, 2), (9, 5, 2)],
)
def test_teams_stand_in_one_line_and_from_five_on_in_two(count: int, columns: int, lines: int) -> None:
    assert grid(count) == (columns, lines)
    assert columns * lines >= count


def test_a_challenge_shows_eight_and_who_is_in_front() -> None:
    slide = make.challenge(8)
    rows = VIEWS["challenge"].rows(replace(slide, pages=(make.rows(10),)), 0)
    assert len(rows) == 8
    known = VIEWS["challenge"].head(slide, page_rows(slide, 0), 0)
    assert known["leaderName"] == "Anna Snelling"
    assert known["leaderGap"].endswith("1 ahead")
    nobody = VIEWS["challenge"].head(make.challenge(0), (), 0)
    assert nobody["leaderName"] == ""


def test_panels_fit_beside_the_board_first_come_first() -> None:
    chosen = fitting_panels((make.CHALLENGE, make.GOAL))
    assert [(panel.id, rows) for panel, rows, _ in chosen] == [("demo-week", 3), ("company-month", 0)]
    assert used(chosen) <= PANEL_ROOM


def test_a_challenge_gives_rows_up_so_that_a_goal_fits() -> None:
    long = replace(make.CHALLENGE, rows=make.challenge_rows(12, 11, 9, 4))
    chosen = fitting_panels((long, make.GOAL, replace(make.GOAL, id="another")))
    assert [panel.id for panel, _, _ in chosen][:2] == ["demo-week", "company-month"]
    assert used(chosen) <= PANEL_ROOM


def test_what_does_not_fit_is_left_out() -> None:
    goals = tuple(replace(make.GOAL, id=str(number)) for number in range(5))
    assert len(fitting_panels(goals)) == int((PANEL_ROOM + PANEL_GAP) // (GOAL_HEIGHT + PANEL_GAP))
    assert fitting_panels(()) == []


def test_a_challenge_without_rows_is_a_small_card() -> None:
    ((_, rows, height),) = fitting_panels((replace(make.CHALLENGE, rows=()),))
    assert (rows, height) == (0, CHALLENGE_HEIGHT)
    assert CHALLENGE_ROW > 0


def used(chosen: list[tuple[Panel, int, float]]) -> float:
    """The height the panels take, gaps included."""
    return sum(height for _, _, height in chosen) + PANEL_GAP * max(0, len(chosen) - 1)


def head(slide: SlideState) -> dict[str, object]:
    """The leaderboard's head of the first page."""
    view = VIEWS["leaderboard"]
    return view.head(slide, view.rows(slide, 0), 0)
