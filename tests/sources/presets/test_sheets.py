"""Sheets whose columns the manager names: what is left out, renamed, or written as people write it."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from salesboard_display.sources.contract import SourceError, in_english
from tests.sources.presets.exchanges import Outcome, Player

HERE = Path(__file__).parent
SHEETS = ("google-sheets", "google-sheets-published")
Replies = dict[str, Any]


async def reading(name: str, folder: Path, change: Callable[[Replies], None]) -> Outcome:
    """The first reading of a sheet, with its options and replies changed."""
    replies = json.loads((HERE / name / "replies.json").read_text())
    change(replies)
    (folder / "replies.json").write_text(json.dumps(replies))
    player = Player(name, folder)
    try:
        return await player.read("first", "now", "")
    finally:
        await player.close()


def with_options(**options: Any) -> Callable[[Replies], None]:
    """A change of what the manager gave."""
    return lambda replies: replies["options"].update(options)


def with_column(name: str, instead: str) -> Callable[[Replies], None]:
    """A column called otherwise in the sheet."""

    def change(replies: Replies) -> None:
        for exchange in replies["first"]:
            reply = exchange["reply"]
            if reply.get("text"):
                reply["text"] = reply["text"].replace(name, instead)
            if "values" in reply.get("body", {}):
                heads = reply["body"]["values"][0]
                heads[heads.index(name)] = instead

    return change


@pytest.mark.parametrize("name", SHEETS)
async def test_without_a_status_column_every_row_with_a_day_is_a_won_deal(name: str, tmp_path: Path) -> None:
    outcome = (await reading(name, tmp_path, with_options(status_column=""))).written()
    assert [fact["key"] for fact in outcome["facts"]] == ["D-1:won", "D-2:won", "D-4:won"]
    assert outcome["rejected"] == 1, "the open deal has no day"


@pytest.mark.parametrize("name", SHEETS)
async def test_without_a_team_column_everybody_is_a_person_of_no_team(name: str, tmp_path: Path) -> None:
    people = (await reading(name, tmp_path, with_options(team_column=""))).written()["people"]
    assert [(person["id"], person["team"]) for person in people] == [("Ann Lee", ""), ("Bo Chen", "")]


@pytest.mark.parametrize("name", SHEETS)
@pytest.mark.parametrize("column", ["Status", "Amount", "Sales rep", "Kind"])
async def test_a_column_renamed_in_the_sheet_stops_the_reading_and_is_named(
    name: str, column: str, tmp_path: Path
) -> None:
    with pytest.raises(SourceError) as stopped:
        await reading(name, tmp_path, with_column(column, "Betrag"))
    assert in_english(stopped.value.message).startswith(f"The column “{column}” is gone; there are ID, ")


@pytest.mark.parametrize("name", SHEETS)
async def test_a_column_may_be_called_anything(name: str, tmp_path: Path) -> None:
    def change(replies: Replies) -> None:
        with_column("Amount", "Value [EUR]. (net)")(replies)
        with_options(amount_column="Value [EUR]. (net)")(replies)

    facts = (await reading(name, tmp_path, change)).written()["facts"]
    assert [fact["amount"] for fact in facts] == ["1200.50 EUR", "300.00 EUR", "450.00 EUR"]


async def test_a_published_sheet_may_write_amounts_with_a_decimal_comma(tmp_path: Path) -> None:
    def change(replies: Replies) -> None:
        for exchange in replies["first"]:
            text = exchange["reply"].get("text", "")
            for plain, german in (("1200.50", "1.200,50 €"), ("300.00", "300,00 €"), ("450.00", "450,00 €")):
                text = text.replace(plain, f'"{german}"')
            exchange["reply"]["text"] = text

    facts = (await reading("google-sheets-published", tmp_path, change)).written()["facts"]
    assert [fact["amount"] for fact in facts] == ["1200.50 EUR", "300.00 EUR", "450.00 EUR"]


async def test_an_airtable_without_a_team_field_lists_everybody(tmp_path: Path) -> None:
    people = (await reading("airtable", tmp_path, with_options(team_field=""))).written()["people"]
    assert {person["id"] for person in people} == {"ann@example.com", "bo@example.com"}


async def test_a_field_renamed_in_airtable_stops_the_reading_although_nothing_else_is_wrong(
    tmp_path: Path,
) -> None:
    with pytest.raises(SourceError) as stopped:
        await reading("airtable", tmp_path, with_options(status_field="Stage"))
    assert in_english(stopped.value.message).startswith(
        "None of 4 records has the field that the option “status_field” names."
    )


async def test_a_table_whose_deals_are_all_open_is_no_mistake(tmp_path: Path) -> None:
    outcome = (await reading("airtable", tmp_path, with_options(won=["Sold"], lost=["Gone"]))).written()
    assert (outcome["facts"], outcome["rejected"]) == ([], 0)
