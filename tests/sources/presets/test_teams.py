"""Who is in which team, where the team says who is in it."""

from __future__ import annotations

import json
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from salesboard_display.sources.http.lookups import Table
from tests.sources.presets.exchanges import Player

HERE = Path(__file__).parent


async def test_pipedrives_teams_are_asked_for_only_where_the_manager_wants_them(tmp_path: Path) -> None:
    replies = json.loads((HERE / "pipedrive" / "replies.json").read_text())
    del replies["options"]["teams"]
    replies["first"] = [one for one in replies["first"] if "legacyTeams" not in one["request"]["url"]]
    (tmp_path / "replies.json").write_text(json.dumps(replies))
    player = Player("pipedrive", tmp_path)
    try:
        people = (await player.read("first", "now", "")).written()["people"]
    finally:
        await player.close()
    assert [(person["name"], person["team"]) for person in people] == [("Anna Berg", ""), ("Ben Okafor", "")]


async def test_an_owner_is_in_the_team_that_a_kinto_record_names(tmp_path: Path) -> None:
    replies = json.loads((HERE / "kinto" / "replies.json").read_text())
    replies["options"]["team_field"] = "crew"
    deals = [deal for one in replies["first"] for deal in one["reply"]["body"]["data"]]
    for deal in deals:
        deal["crew"] = {"ada": "North"}.get(deal["owner"])
    (tmp_path / "replies.json").write_text(json.dumps(replies))
    player = Player("kinto", tmp_path)
    try:
        people = (await player.read("first", "now", "")).written()["people"]
    finally:
        await player.close()
    assert [(person["id"], person["team"]) for person in people] == [("ada", "North")]


@given(st.lists(st.sets(st.integers(0, 9)), max_size=5), st.integers(0, 9))
def test_a_record_is_found_by_each_value_of_a_list(teams: list[set[int]], person: int) -> None:
    table = Table([{"name": number, "members": sorted(ids)} for number, ids in enumerate(teams)], "members")
    found = table.find({"id": person}, "id")
    of = [number for number, ids in enumerate(teams) if person in ids]
    assert (found["name"] if found else None) == (of[-1] if of else None)
