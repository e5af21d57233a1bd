"""What is odd about the real data: its dates, its gaps, its two names for one product."""

from __future__ import annotations

import time
from collections import Counter
from datetime import date, datetime, timedelta
from fractions import Fraction
from pathlib import Path

import pytest

from salesboard_display.core.sync import Rejection
from salesboard_display.engine.answers import AnswerDesk
from salesboard_display.sources.contract import in_english
from tests.real.recount import OFFICE, Recount
from tests.real.test_explain import NO_DEAL

pytestmark = pytest.mark.real


@pytest.fixture(scope="module")
def rejections(desk: AnswerDesk) -> list[Rejection]:
    return desk.store.rejections("pipeline", 10_000)


def test_m_d_yyyy_is_month_before_day(desk: AnswerDesk) -> None:
    """3/11/2017 is in March: read the other way round it would be in November."""
    answer = desk.explain("revenue-month", "Darcel Schlecht", "2017-03-31", None)
    happened = {fact["key"]: fact["happened"] for fact in answer["facts"]}
    assert happened["Z063OYW0"] == "2017-03-11"
    assert all(day.startswith("2017-03-") for day in happened.values())


def test_every_deal_is_on_its_day(desk: AnswerDesk, recount: Recount) -> None:
    """All won deals of the year, day by day: no date is shifted by a zone, none is lost."""
    expected: Counter[str] = Counter()
    for deal in recount.deals:
        if deal.stage == "Won" and deal.closed:
            expected[deal.closed.isoformat()] += 1
    names = {agent.name for agent in recount.agents} - set(NO_DEAL)
    answers = [desk.explain("revenue-year", name, "2017-12-31", None) for name in names]
    assert Counter(fact["happened"] for answer in answers for fact in answer["facts"]) == expected
    assert sum(expected.values()) == 4238


def test_the_500_rows_without_a_date_are_rejected_for_that(
    desk: AnswerDesk, recount: Recount, rejections: list[Rejection]
) -> None:
    undated = {deal.line for deal in recount.deals if deal.engaged is None}
    assert desk.store.rejection_count("pipeline") == len(rejections) == len(undated) == 500
    assert {(one.field, in_english(one.reason)) for one in rejections} == {
        ("engage_date", "the date is missing")
    }


def test_a_rejected_row_is_named_by_its_row_in_the_file(
    recount: Recount, rejections: list[Rejection]
) -> None:
    undated = {f"row {deal.line}": deal.key for deal in recount.deals if deal.engaged is None}
    assert {one.record for one in rejections} == set(undated)
    assert all(undated[one.record] in one.excerpt for one in rejections)


def test_no_row_of_the_teams_is_rejected(desk: AnswerDesk) -> None:
    assert desk.store.rejection_count("teams") == 0


def test_deals_without_an_account_count(desk: AnswerDesk, recount: Recount) -> None:
    """1,088 opportunities that have a date have no account yet: they were opened all the same."""
    opened = [deal for deal in recount.deals if deal.engaged]
    assert sum(not deal.account for deal in opened) == 1088
    expected = Counter(deal.agent for deal in opened)
    places = desk.standings("opened-year", "2017-12-31", None)["places"]
    assert {p["name"]: int(p["value"]) for p in places if p["value"]} == expected
    mine = {f"{d.key}:opened" for d in opened if d.agent == "Anna Snelling" and not d.account}
    facts = desk.explain("opened-year", "Anna Snelling", "2017-12-31", None)["facts"]
    without = {fact["key"] for fact in facts if fact["detail"].get("account", "") == ""}
    assert without == mine != set()


def test_gtxpro_is_gtx_pro(desk: AnswerDesk, recount: Recount) -> None:
    sold: Counter[str] = Counter()
    for deal in recount.deals:
        if deal.stage == "Won" and deal.product == "GTX Pro":
            sold[deal.agent] += int(deal.value or 0)
    places = desk.standings("gtx-pro-year", "2017-12-31", None)["places"]
    assert {p["name"]: Fraction(p["value"]) for p in places if p["value"]} == sold
    facts = desk.explain("revenue-year", "Darcel Schlecht", "2017-12-31", None)["facts"]
    products = {fact["detail"]["product"] for fact in facts}
    assert "GTX Pro" in products
    assert "GTXPro" not in products


def test_the_five_without_a_deal_stand_last_with_a_dash(desk: AnswerDesk) -> None:
    for board in ("revenue-year", "deals-month", "win-rate-quarter", "average-deal-quarter"):
        places = desk.standings(board, "2017-12-29T15:30", None)["places"]
        without = [place for place in places if place["sample"] == 0]
        assert [place["name"] for place in without] == NO_DEAL
        assert without == places[-5:]
        assert {(p["rank"], p["value"], p["display"], p["movement"], p["gap"]) for p in without} == {
            (None, None, "–", None, None)
        }


def test_teams_and_regions_are_those_of_the_teams_file(desk: AnswerDesk, recount: Recount) -> None:
    teams = desk.standings("revenue-month-team", "2017-06-15", None)["places"]
    assert {place["name"] for place in teams} == {agent.manager for agent in recount.agents}
    regions = desk.standings("revenue-month-region", "2017-06-15", None)["places"]
    assert {place["name"] for place in regions} == {"Central", "East", "West"}
    total = sum(Fraction(place["value"]) for place in teams)
    assert total == sum(Fraction(place["value"]) for place in regions)


def test_money_is_in_the_declared_currency(desk: AnswerDesk) -> None:
    assert desk.standings("revenue-month", "2017-06-15", None)["unit"] == "USD"


def test_before_the_import_nothing_was_known(desk: AnswerDesk) -> None:
    """What happened in 2017 was learned today: the wall said nothing on the last day of 2017."""
    places = desk.standings("revenue-year", "2017-12-31", "2017-12-31")["places"]
    assert len(places) == 35
    assert {(place["rank"], place["value"], place["sample"]) for place in places} == {(None, None, 0)}
    answer = desk.explain("revenue-year", "Darcel Schlecht", "2017-12-31", "2017-12-31")
    assert (answer["value"], answer["facts"]) == (None, [])
    assert answer["reason"]


def test_what_is_known_now_was_known_a_day_from_now(desk: AnswerDesk) -> None:
    later = (datetime.now(OFFICE) + timedelta(days=1)).date().isoformat()
    assert (
        desk.standings("revenue-year", "2017-12-31", later)["places"]
        == desk.standings("revenue-year", "2017-12-31", None)["places"]
    )


def test_a_deal_counts_from_its_days_first_instant(desk: AnswerDesk, recount: Recount) -> None:
    day = date(2017, 5, 22)
    that_day = sum(deal.closed == day and deal.stage == "Won" for deal in recount.deals)
    counts = [
        sum(place["sample"] for place in desk.standings("deals-month", at, None)["places"])
        for at in ("2017-05-21T23:59:59.999", "2017-05-22T00:00:00", "2017-05-22T23:59:59.999")
    ]
    assert that_day > 0
    assert counts[1] - counts[0] == that_day
    assert counts[2] == counts[1]


def test_the_data_is_as_old_as_its_file(desk: AnswerDesk, data: Path) -> None:
    """Not as old as the last look at it."""
    age_s = time.time() - (data / "sales_pipeline.csv").stat().st_mtime
    freshness = desk.standings("revenue-month", None, None)["freshness"]
    assert freshness["age_s"] == pytest.approx(age_s, abs=60)
    day = 86_400
    assert freshness["state"] == ("live" if age_s < 2 * day else "late" if age_s < 6 * day else "stale")
