"""Every number of a board is explained by exactly the deals that the CSV files hold for it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from fractions import Fraction
from typing import Any

import pytest

from salesboard_display.engine.answers import AnswerDesk
from tests.real.recount import Deal, Recount

pytestmark = pytest.mark.real

AT, JUNE = "2017-06-15T15:30", (date(2017, 6, 1), date(2017, 6, 15))
NO_DEAL = ["Carl Lin", "Carol Thompson", "Elizabeth Anderson", "Mei-Mei Johns", "Natalya Ivanova"]


def won(recount: Recount, first: date, last: date, counts: Callable[[Deal], bool]) -> list[Deal]:
    return [
        d for d in recount.deals if d.stage == "Won" and d.closed and first <= d.closed <= last and counts(d)
    ]


def counted(answer: dict[str, Any]) -> dict[str, tuple[str, Fraction]]:
    facts = answer["facts"]
    found = {fact["key"]: (fact["happened"], Fraction(fact["counted_as"])) for fact in facts}
    assert len(found) == len(facts)
    assert {fact["source"] for fact in facts} <= {"pipeline"}
    return found


def as_counted(deals: list[Deal]) -> dict[str, tuple[str, Fraction]]:
    return {d.key: (d.closed.isoformat(), d.value) for d in deals if d.closed and d.value is not None}


def test_every_cell_of_the_month_is_made_of_the_recounts_deals(desk: AnswerDesk, recount: Recount) -> None:
    places = desk.standings("revenue-month", AT, None)["places"]
    assert len(places) == len(recount.agents) == 35
    for place in places:
        answer = desk.explain("revenue-month", place["name"], AT, None)
        expected = as_counted(won(recount, *JUNE, lambda deal, name=place["name"]: deal.agent == name))
        assert counted(answer) == expected, place
        assert answer["value"] == place["value"]
        assert answer["display"] == place["display"]
        assert (answer["value"] is None) == (answer["reason"] is not None) == (not expected)
        assert answer["excluded"] == []
        if place["value"] is not None:
            assert sum(value for _, value in expected.values()) == Fraction(answer["value"])
            assert len(expected) == place["sample"]


def test_a_person_is_found_by_id_as_well_as_by_name(desk: AnswerDesk) -> None:
    by_id = desk.explain("revenue-month", "darcel-schlecht", AT, None)
    by_name = desk.explain("revenue-month", "darcel SCHLECHT", AT, None)
    assert by_id["facts"] == by_name["facts"] != []


@pytest.mark.parametrize(("board", "level"), [("revenue-month-team", 1), ("revenue-month-region", 2)])
def test_a_team_is_explained_by_its_members_deals(
    desk: AnswerDesk, recount: Recount, board: str, level: int
) -> None:
    group = {agent.name: agent[level] for agent in recount.agents}
    for place in desk.standings(board, AT, None)["places"]:
        answer = desk.explain(board, place["id"], AT, None)
        expected = won(recount, *JUNE, lambda deal, name=place["name"]: group[deal.agent] == name)
        assert counted(answer) == as_counted(expected)
        assert answer["value"] == place["value"]


def test_a_win_rate_lists_the_lost_deals_as_nothing(desk: AnswerDesk, recount: Recount) -> None:
    answer = desk.explain("win-rate-quarter", "Anna Snelling", "2017-06-30", None)
    closed = [
        deal
        for deal in recount.deals
        if deal.agent == "Anna Snelling"
        and deal.closed
        and date(2017, 4, 1) <= deal.closed <= date(2017, 6, 30)
    ]
    expected = {
        deal.key: (deal.closed.isoformat(), int(deal.stage == "Won")) for deal in closed if deal.closed
    }
    assert counted(answer) == expected
    share = Fraction(100 * sum(value for _, value in expected.values()), len(expected))
    assert round(Fraction(answer["value"]), 5) == round(share, 5)


def test_too_few_deals_for_a_win_rate_are_said(desk: AnswerDesk) -> None:
    answer = desk.explain("win-rate-quarter", "Boris Faz", "2017-04-14", None)
    assert answer["value"] is None
    assert answer["display"] == "–"
    assert 0 < len(answer["facts"]) < 10
    assert "10" in answer["reason"]


@pytest.mark.parametrize("name", NO_DEAL)
def test_somebody_without_a_deal_has_no_value_and_the_reason(desk: AnswerDesk, name: str) -> None:
    answer = desk.explain("revenue-month", name, AT, None)
    assert (answer["value"], answer["display"], answer["facts"]) == (None, "–", [])
    assert answer["reason"]


def test_somebody_nobody_knows_is_said_to_be_unknown(desk: AnswerDesk) -> None:
    answer = desk.explain("revenue-month", "Ann Snelling", AT, None)
    assert (answer["value"], answer["facts"], answer["excluded"]) == (None, [], [])
    assert "Ann Snelling" in answer["reason"]


def test_what_a_filter_leaves_out_is_listed_with_the_reason(desk: AnswerDesk, recount: Recount) -> None:
    answer = desk.explain("gtx-pro-year", "Darcel Schlecht", "2017-12-31", None)
    mine = won(recount, date(2017, 1, 1), date(2017, 12, 31), lambda deal: deal.agent == "Darcel Schlecht")
    assert counted(answer) == as_counted([deal for deal in mine if deal.product == "GTX Pro"])
    excluded = {one["key"]: one["reason"] for one in answer["excluded"]}
    others = {deal.key: deal.product for deal in mine if deal.product != "GTX Pro"}
    assert set(excluded) == set(others) != set()
    assert all(others[key] in reason and "product" in reason for key, reason in excluded.items())


@pytest.mark.parametrize("board", ["revenue-month", "revenue-year", "win-rate-quarter"])
def test_the_finished_period_is_explained_as_long_as_it_is_shown(desk: AnswerDesk, board: str) -> None:
    """On a period's first day the wall shows the period before: explain is about the number on the wall."""
    first_day = "2018-01-01T09:00"
    standings = desk.standings(board, first_day, None)
    assert standings["final"]
    place = standings["places"][0]
    answer = desk.explain(board, place["id"], first_day, None)
    assert (answer["value"], len(answer["facts"])) == (place["value"], place["sample"])
    assert "2017" in answer["rule"]
    assert "2018" not in answer["rule"]
    assert answer["at"] == standings["at"]
