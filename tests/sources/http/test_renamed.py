"""A field that an option names, and by which facts are told from other records, is renamed where it comes
from."""

from __future__ import annotations

from typing import Any

import pytest

from salesboard_display.sources.contract import SourceError, in_english
from tests.sources.http.deals import WON, Crm, Known, a_source, deal

HOUR_MS = 3_600_000
EDITED = 1_030_000
"""Half a minute after the first reading."""
GONE = "None of {} records has the field that the option “status” names."


def named(id_: int, updated: int = 0, **more: Any) -> dict[str, Any]:
    """A deal whose status is called Stage."""
    plain = deal(id_, updated, **more)
    return {**{key: value for key, value in plain.items() if key != "status"}, "Stage": plain["status"]}


def office(deals: dict[int, dict[str, Any]], **more: Any) -> tuple[Crm, Known]:
    """A source that asks for what was changed since, and reads the status where the option says."""

    def answer(crm: Crm, params: dict[str, str]) -> tuple[Any, dict[str, str]]:
        return {"data": crm.since(params)}, {}

    class Named(Crm):
        async def names(self) -> dict[str, Any]:
            """See Session.names."""
            return {"option.status": "Stage"}

    crm = Named(deals, answer=answer)
    stream = {
        "params": {"since": "{since|epoch_ms}"},
        "incremental": {"type": "filter", "lookback": "5m"},
        "fields": {"deal_status": "{option.status}"},
        "facts": [{**WON, "where": {"deal_status": "won"}, **more}],
    }
    return crm, Known(a_source(stream, crm))


def renamed(crm: Crm, *ids: int, updated: int = 0) -> None:
    """The field is called otherwise from now on, in all records; these are changed."""
    for id_, one in crm.deals.items():
        one["Phase"] = one.pop("Stage")
        if id_ in ids:
            one["updated"] = deal(id_, updated)["updated"]


@pytest.mark.parametrize("count", [1, 3, 30])
async def test_a_renamed_field_stops_a_whole_reading_however_few_records_there_are(count: int) -> None:
    crm, known = office({id_: named(id_) for id_ in range(count)})
    renamed(crm)
    with pytest.raises(SourceError) as stopped:
        await known.sync()
    assert in_english(stopped.value.message).startswith(GONE.format(count))


@pytest.mark.parametrize("changed", [1, 30])
async def test_a_deal_edited_after_the_renaming_stays_and_the_renaming_is_said(changed: int) -> None:
    crm, known = office({id_: named(id_) for id_ in range(40)})
    await known.sync()
    before = dict(known.facts)
    renamed(crm, *range(changed), updated=EDITED)
    known.now_ms += 60_000
    await known.sync()
    assert known.facts.keys() == before.keys()
    known.now_ms += HOUR_MS
    with pytest.raises(SourceError, match="None of 40 records has the field"):
        await known.sync()
    assert known.facts.keys() == before.keys()


async def test_a_status_that_was_emptied_counts_no_more_within_an_hour_and_a_poll() -> None:
    crm, known = office({id_: named(id_) for id_ in range(4)})
    await known.sync()
    crm.deals[1] = {key: value for key, value in named(1, EDITED).items() if key != "Stage"}
    known.now_ms += 60_000
    await known.sync()
    assert "1:won" in known.facts, "this might be a renaming"
    known.now_ms += HOUR_MS
    await known.sync()
    assert set(known.facts) == {"0:won", "2:won", "3:won"}


async def test_a_status_emptied_beside_one_that_is_not_counts_no_more_at_once() -> None:
    crm, known = office({id_: named(id_) for id_ in range(4)})
    await known.sync()
    crm.deals[1] = {key: value for key, value in named(1, EDITED).items() if key != "Stage"}
    crm.deals[2] = named(2, EDITED)
    known.now_ms += 60_000
    await known.sync()
    assert set(known.facts) == {"0:won", "2:won", "3:won"}


async def test_a_status_that_is_there_and_null_is_not_renamed() -> None:
    crm, known = office({id_: named(id_) for id_ in range(4)})
    await known.sync()
    crm.deals[1] = {**named(1, EDITED), "Stage": None}
    known.now_ms += 60_000
    await known.sync()
    assert set(known.facts) == {"0:won", "2:won", "3:won"}


async def test_a_table_in_which_no_status_is_set_yet_is_read_well() -> None:
    _, known = office({id_: {**named(id_), "Stage": None} for id_ in range(30)})
    await known.sync()
    assert known.facts == {}


async def test_doubts_do_not_make_everything_be_read_again_at_each_poll() -> None:
    crm, known = office({id_: named(id_) for id_ in range(4)})
    await known.sync()
    for poll in range(1, 90):
        crm.deals[100 + poll] = {
            k: v for k, v in named(100 + poll, 970_000 + poll * 60_000).items() if k != "Stage"
        }
        known.now_ms += 60_000
        await known.sync()
    assert sum(end.full for end in known.ends) == 2


async def test_another_renamed_field_is_named_by_its_option_too() -> None:
    _, known = office({id_: named(id_) for id_ in range(30)}, person="deal_owner")
    known.source._preset.streams["deals"].fields["deal_owner"] = "{option.owner}"
    with pytest.raises(SourceError, match="None of 30 records has the field that the option “owner” names"):
        await known.sync()
