"""Every place of every board equals a recount straight from the CSV files, at instants all over the year."""

from __future__ import annotations

import ast
from datetime import datetime
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from salesboard_display.engine.answers import AnswerDesk
from tests.real import recount as recount_module
from tests.real.recount import BOARDS, OFFICE, Recount, half_up

pytestmark = pytest.mark.real

INSTANTS = (
    "2016-12-15T12:00:00",  # before anything was closed
    "2017-02-28T23:59:59",  # ... the last second of it
    "2017-03-01T00:00:00",  # the first instant of the first closing day
    "2017-03-12T01:59:59",  # the last second before the clock jumps to 3:00
    "2017-03-12T03:00:00",  # the first after it
    "2017-03-12",  # all of that day of 23 hours
    "2017-03-14T15:30:00",
    "2017-03-31T23:59:59",  # the end of a month and of a quarter
    "2017-04-01T00:00:00",  # and the next instant
    "2017-04-30",
    "2017-05-22T00:00:00",  # the day with the most closings
    "2017-06-15T09:00:00+02:00",  # 3:00 in the office
    "2017-06-30T23:59:59",
    "2017-07-01T00:00:00",
    "2017-09-01T03:59:59Z",  # still August in the office
    "2017-09-01T04:00:00Z",  # no longer
    "2017-09-30T23:59:59.999",
    "2017-10-01T00:00:00",
    "2017-11-05T01:30:00-04:00",  # 1:30 comes twice that night
    "2017-11-05T01:30:00-05:00",
    "2017-11-05T23:59:59",  # the last second of a day of 25 hours
    "2017-12-29T15:30:00",
    "2017-12-31T23:59:59",  # the last closing day
    "2018-01-01T00:00:00",  # nothing yet: the finished month, quarter and year
    "2018-01-02T00:00:00",  # nothing yet, and no longer the first day
    "2018-07-01T12:00:00",
)


def moment(text: str) -> datetime:
    """An instant as the command line means it: office time without an offset, a date to its end."""
    if len(text) == len("2017-03-12"):
        text += "T23:59:59.999"
    found = datetime.fromisoformat(text)
    return found if found.tzinfo else found.replace(tzinfo=OFFICE)


def fraction(text: str | None) -> Fraction | None:
    return None if text is None else Fraction(text)


def read_back(answer: dict[str, Any]) -> dict[str, Any]:
    """The program's answer in the recount's terms: numbers exact, instants as instants."""
    return {
        "board": answer["board"],
        "at": datetime.fromisoformat(answer["at"]),
        "period": {edge: datetime.fromisoformat(text) for edge, text in answer["period"].items()},
        "final": answer["final"],
        "unit": answer["unit"],
        "places": [
            {
                **{name: place[name] for name in ("rank", "name", "display", "movement", "sample")},
                "value": fraction(place["value"]),
                "gap": fraction(place["gap"]),
            }
            for place in answer["places"]
        ],
    }


def to_six_digits(value: Fraction | None) -> Fraction | None:
    return None if value is None else Fraction(half_up(value, 6))


def written(expected: dict[str, Any]) -> dict[str, Any]:
    """The recount as a decimal number can hold it."""
    places = [
        {**place, "value": to_six_digits(place["value"]), "gap": to_six_digits(place["gap"])}
        for place in expected["places"]
    ]
    return {**expected, "places": places}


@pytest.mark.parametrize("at", INSTANTS)
@pytest.mark.parametrize("board", BOARDS)
def test_every_place_equals_the_recount(desk: AnswerDesk, recount: Recount, board: str, at: str) -> None:
    expected = written(recount.standings(board, moment(at)))
    assert read_back(desk.standings(board, at, None)) == expected


def test_the_recount_covers_every_board_of_the_settings(desk: AnswerDesk) -> None:
    asked_by_tests = {"opened-year", "gtx-pro-year"}
    assert set(desk.office.settings.boards) - asked_by_tests == set(BOARDS)


def test_the_recount_shares_no_code_with_the_product() -> None:
    tree = ast.parse(Path(recount_module.__file__).read_text("utf-8"))
    imported = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    imported |= {node.module or "." for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    assert not {name for name in imported if name.split(".")[0] in ("salesboard_display", "tests", "")}


def test_the_instants_show_every_kind_of_place(recount: Recount) -> None:
    """Without ties, moves both ways, unknown values and a final board the comparison would be easy."""
    found = [recount.standings(board, moment(at)) for board in BOARDS for at in INSTANTS]
    places = [place for standings in found for place in standings["places"]]
    assert {standings["final"] for standings in found} == {True, False}
    assert any(place["movement"] and place["movement"] > 0 for place in places)
    assert any(place["movement"] and place["movement"] < 0 for place in places)
    assert any(place["rank"] is not None and place["movement"] is None for place in places)
    assert any(place["rank"] is None and place["sample"] for place in places)  # below the minimum sample
    tied = [len(ranks) != len(set(ranks)) for ranks in (
        [place["rank"] for place in standings["places"] if place["rank"]] for standings in found
    )]  # fmt: skip
    assert sum(tied) > 20


def test_values_are_decimal_numbers_and_ids_are_unique(desk: AnswerDesk) -> None:
    places = desk.standings("revenue-month", "2017-06-15T15:30", None)["places"]
    assert len({place["id"] for place in places}) == len(places) == 35
    assert (
        Decimal(places[0]["value"]).as_tuple().exponent == -2
    )  # cents, although every deal is of whole dollars
    assert [place["id"] for place in places if place["name"] == "Mei-Mei Johns"] == ["mei-mei-johns"]
