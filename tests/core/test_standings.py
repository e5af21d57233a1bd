"""Standings: ranks, ties, gaps, and people without a value."""

from __future__ import annotations

import pytest

from salesboard_display.core.definitions import (
    FIRST_TO_GET_THERE,
    RankStyle,
)
from salesboard_display.core.messages import message
from salesboard_display.core.people import UNASSIGNED
from salesboard_display.core.standings import (
    Place,
    Standings,
)
from tests.core.builders import (
    NOW,
    board,
    fact,
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


# ---------------------------------------------------------------------------- ranks


@pytest.mark.parametrize(
    ("style", "expected"),
    [
        (RankStyle.COMPETITION, [1, 2, 2, 4]),
        (RankStyle.DENSE, [1, 2, 2, 3]),
        (RankStyle.ORDINAL, [1, 2, 3, 4]),
    ],
)
def test_a_tie_is_numbered_as_the_board_says(style: RankStyle, expected: list[int]) -> None:
    found = standings(board(rank_style=style), *TIED)
    assert [place.rank for place in found.places] == expected
    assert [place.id for place in found.places] == ["anna", "bob", "cleo", "dan"]


def test_a_tie_at_the_top_shares_the_first_rank() -> None:
    assert ranks(standings(board(), fact(0, 5), fact(1, 5), fact(2, 1))) == {
        "anna": 1,
        "bob": 1,
        "cleo": 3,
        "dan": None,
    }


def test_the_order_within_a_tie_is_by_name_and_then_by_id() -> None:
    directory = office(person("z", 1, name="Anna"), person("y", 2, name="anna"), person("x", 3, name="Zoë"))
    found = standings(
        board(rank_style=RankStyle.ORDINAL), fact(1, 5), fact(2, 5), fact(3, 5), directory=directory
    )
    assert [place.id for place in found.places] == ["y", "z", "x"]


def test_where_less_is_better_the_smallest_leads() -> None:
    found = standings(board(metric(higher_is_better=False)), *TIED)
    assert [place.id for place in found.places] == ["dan", "bob", "cleo", "anna"]
    assert [place.gap for place in found.places] == [4, 4, 4, 4]


def test_almost_equal_values_are_not_equal() -> None:
    huge = 10**17  # as floats, one cent more makes no difference
    found = standings(
        board(metric("sum")), fact(0, huge // 100), fact(1, huge // 100), fact(1, 0, quantity=1)
    )
    assert found.places[0].rank == found.places[1].rank == 1
    close = [fact(0, huge)._replace(amount_minor=huge), fact(1, huge)._replace(amount_minor=huge + 1)]
    assert ranks(standings(board(), *close)) == {"bob": 1, "anna": 2, "cleo": None, "dan": None}


def test_all_zero_is_never_ranked() -> None:
    found = standings(board(), fact(0, 0), fact(1, 5), fact(1, -5))
    assert set(ranks(found).values()) == {None}
    assert [place.value for place in found.places] == [0, 0, None, None]
    assert found.has_facts
    assert not found.ranked


def test_one_value_that_is_not_zero_ranks_everybody_with_a_value() -> None:
    assert ranks(standings(board(), fact(0, 0), fact(1, -5))) == {
        "anna": 1,
        "bob": 2,
        "cleo": None,
        "dan": None,
    }


def test_bars_are_as_long_as_the_values_and_never_negative() -> None:
    found = standings(board(), fact(0, 10), fact(1, 5), fact(2, -10), fact(3, 0))
    assert {place.id: place.bar for place in found.places} == {"anna": 1, "bob": 0.5, "dan": 0, "cleo": 0}
    low = standings(board(metric(higher_is_better=False)), fact(0, 10), fact(1, 5))
    assert by_id(low)["anna"].bar == 1.0


# ---------------------------------------------------------------------------- tie-breakers


def test_another_metric_breaks_a_tie() -> None:
    of = board(tie_breakers=(metric("count"),))
    assert ranks(standings(of, fact(0, 10), fact(1, 5), fact(1, 5), fact(2, 10))) == {
        "bob": 1,
        "anna": 2,
        "cleo": 2,
        "dan": None,
    }


def test_a_tie_breaker_has_its_own_direction_and_the_unknown_comes_last() -> None:
    fewest = metric("sum", "call", higher_is_better=False)
    rows = [fact(0, 10), fact(1, 10), fact(2, 10), fact(0, 3, kind="call"), fact(1, 2, kind="call")]
    found = standings(board(tie_breakers=(fewest,)), *rows)
    assert [(place.id, place.rank) for place in found.ranked] == [("bob", 1), ("anna", 2), ("cleo", 3)]


def test_tie_breakers_are_asked_in_turn() -> None:
    of = board(tie_breakers=(metric("count"), FIRST_TO_GET_THERE))
    rows = [fact(0, 10, at=NOW - 5), fact(1, 10, at=NOW - 9), fact(2, 5, at=NOW - 1), fact(2, 5, at=NOW)]
    assert [place.id for place in standings(of, *rows).ranked] == ["cleo", "bob", "anna"]
    other = board(tie_breakers=(FIRST_TO_GET_THERE, metric("count")))
    assert [place.id for place in standings(other, *rows).ranked] == ["bob", "anna", "cleo"]


def test_two_metrics_break_ties_each_by_its_own_values() -> None:
    of = board(tie_breakers=(metric("count", "call"), metric("count", "demo")))
    rows = [fact(0, 10), fact(1, 10), fact(0, kind="demo"), fact(0, kind="call"), fact(1, kind="call")]
    assert [(p.id, p.rank) for p in standings(of, *rows).ranked] == [("anna", 1), ("bob", 2)]


def test_who_got_there_first_leads_but_simultaneous_ones_share() -> None:
    of = board(tie_breakers=(FIRST_TO_GET_THERE,))
    rows = [fact(0, 10, at=NOW), fact(1, 10, at=NOW - 1), fact(2, 10, at=NOW)]
    assert ranks(standings(of, *rows)) == {"bob": 1, "anna": 2, "cleo": 2, "dan": None}


def test_a_gap_across_a_broken_tie_is_nothing() -> None:
    of = board(tie_breakers=(FIRST_TO_GET_THERE,))
    found = standings(of, fact(0, 10, at=NOW), fact(1, 10, at=NOW - 1), fact(2, 4))
    assert [place.gap for place in found.ranked] == [0, 0, 6]


def test_an_unknown_tie_breaker_is_refused() -> None:
    with pytest.raises(ValueError, match="“luck” is no tie-breaker"):
        standings(board(tie_breakers=("luck",)), fact(0, 1))


def test_tie_breakers_count_the_boards_sources_too() -> None:
    of = board(tie_breakers=(metric("count"),), sources=("crm",))
    rows = [fact(0, 10), fact(1, 10), fact(1, 7, source="erp"), fact(1, 7, source="erp")]
    assert ranks(standings(of, *rows)) == {"anna": 1, "bob": 1, "cleo": None, "dan": None}


# ---------------------------------------------------------------------------- gaps


def test_the_gap_leads_to_the_next_better_rank_and_the_leaders_to_the_second() -> None:
    found = standings(board(), *TIED)
    assert [place.gap for place in found.places] == [4, 4, 4, 4]
    found = standings(board(), fact(0, 9), fact(1, 5), fact(2, 2), fact(3, 2))
    assert [place.gap for place in found.places] == [4, 4, 3, 3]


def test_shared_leaders_have_no_lead() -> None:
    found = standings(board(), fact(0, 9), fact(1, 9), fact(2, 4))
    assert [place.gap for place in found.ranked] == [0, 0, 5]
    both = standings(board(), fact(0, 9), fact(1, 9))
    assert [place.gap for place in both.ranked] == [0, 0]


def test_a_single_one_has_no_gap() -> None:
    assert standings(board(), fact(0, 9)).places[0].gap is None


# ---------------------------------------------------------------------------- people without a value


def test_people_without_data_stand_below_by_name_without_a_rank() -> None:
    found = standings(board(), fact(3, 5))
    assert [(place.id, place.rank) for place in found.places] == [
        ("dan", 1),
        ("anna", None),
        ("bob", None),
        ("cleo", None),
    ]
    assert found.places[1].reason == message("no-facts")
    assert (found.places[1].value, found.places[1].gap, found.places[1].sample) == (None, None, 0)


def test_people_without_data_can_be_hidden() -> None:
    found = standings(
        board(metric("average", minimum_sample=2), without_data="hide"), fact(0, 1), fact(1, 2), fact(1, 2)
    )
    assert [place.id for place in found.places] == ["bob"]
    hidden = dict(found.hidden)
    assert hidden["anna"] == message("below-minimum-sample", sample=1, minimum=2)
    assert hidden["cleo"] == message("no-facts")


def test_below_the_minimum_sample_nobody_is_ranked() -> None:
    found = standings(board(metric("average", minimum_sample=2)), fact(0, 9), fact(1, 2), fact(1, 2))
    assert ranks(found) == {"bob": 1, "anna": None, "cleo": None, "dan": None}
    assert by_id(found)["anna"].reason == message("below-minimum-sample", sample=1, minimum=2)
    assert by_id(found)["anna"].sample == 1


def test_the_unassigned_are_shown_last_unranked_and_counted() -> None:
    directory = office(person("zoe", 1), person("anna", 2), unassigned=[9])
    found = standings(board(), fact(1, 5), fact(9, 50), directory=directory)
    assert [(place.id, place.rank) for place in found.places] == [
        ("zoe", 1),
        ("anna", None),
        (UNASSIGNED, None),
    ]
    unassigned = found.places[-1]
    assert (unassigned.value, unassigned.reason, unassigned.sample) == (50, message("unassigned"), 1)
    assert unassigned.last_at == NOW
    assert found.total == 55


def test_the_unassigned_come_after_every_name() -> None:
    directory = office(person("x", 1, name="\U0001f600"), unassigned=[9])
    assert [p.id for p in standings(board(), fact(9, 5), directory=directory).places] == ["x", UNASSIGNED]


def test_without_unknown_people_nobody_is_unassigned() -> None:
    found = standings(board(), fact(0, 5), directory=office(person("anna", 0), unassigned=[9]))
    assert UNASSIGNED not in ranks(found)


# ---------------------------------------------------------------------------- top N


def test_the_top_is_the_first_n_with_ties_at_its_end() -> None:
    assert [place.id for place in standings(board(top=2), *TIED).places] == ["anna", "bob", "cleo"]
    assert [place.id for place in standings(board(top=1), *TIED).places] == ["anna"]
    found = standings(board(top=3), *TIED)
    assert [place.id for place in found.places] == ["anna", "bob", "cleo"]
    assert found.hidden == (("dan", message("beyond-top", top=3)),)
    assert found.total == 20


def test_a_top_of_more_than_there_are_is_everybody_with_a_rank() -> None:
    found = standings(board(top=9), fact(0, 5))
    assert [place.id for place in found.places] == ["anna"]
    assert dict(found.hidden)["bob"] == message("beyond-top", top=9)


def test_nobody_is_in_the_top_of_an_empty_board() -> None:
    assert standings(board(top=3)).places == ()


def test_the_top_of_dense_ranks_is_counted_in_places() -> None:
    found = standings(board(top=2, rank_style=RankStyle.DENSE), *TIED)
    assert [place.id for place in found.places] == ["anna", "bob", "cleo"]
