"""What a poll leaves out, because it is unchanged or read with all only, stays as it was."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from salesboard_display.engine.reading import read_source
from salesboard_display.sources.contract import FetchContext
from salesboard_display.sources.http.messages import Reply, Request
from salesboard_display.store import Store
from tests.sources.http.deals import NOW, WON, Crm, Known, a_source, deal


class Views(Crm):
    """A list for each view, with an ETag of its own."""

    async def send(self, request: Request) -> Reply:
        """See Session.send."""
        view = dict(request.params)["view"]
        found = [one for one in self.deals.values() if one["view"] == view]
        etag = f"{view}-{len(found)}"
        if request.headers.get("If-None-Match") == etag:
            return Reply(304, {}, "", None, request.url)
        return Reply(200, {"etag": etag}, repr(found), {"data": found}, request.url)


async def test_one_unmodified_slice_says_nothing_about_the_others() -> None:
    stream = {"params": {"view": "{slice}"}, "slices": {"over": ["b", "a"]}, "conditional": "etag"}
    crm = Views({1: deal(1, view="a"), 2: deal(2, view="b")})
    known = Known(a_source(stream, crm))
    await known.sync()
    crm.deals[3] = deal(3, view="b")
    await known.sync()
    assert set(known.facts) == {"1:won", "2:won", "3:won"}
    crm.deals[4] = deal(4, view="a")
    await known.sync()
    assert set(known.facts) == {"1:won", "2:won", "3:won", "4:won"}


async def test_what_is_read_with_all_only_is_not_withdrawn_in_between() -> None:
    def answer(crm: Crm, params: dict[str, str]) -> tuple[Any, dict[str, str]]:
        old = params.get("archived") == "1"
        return {"data": [one for one in crm.deals.values() if bool(one.get("old")) == old]}, {}

    archived = {
        "path": "/archived",
        "params": {"archived": "1"},
        "records": "data",
        "facts": [WON],
        "only_full": True,
    }
    crm = Crm({1: deal(1), 2: deal(2, old=True)}, answer=answer)
    known = Known(a_source({}, crm, archived=archived))
    await known.sync()
    crm.deals[3] = deal(3)
    await known.sync()
    assert set(known.facts) == {"1:won", "2:won", "3:won"}


async def test_people_whose_list_was_not_asked_for_are_not_gone(tmp_path: Path) -> None:
    lists: dict[str, list[dict[str, Any]]] = {
        "deals": [deal(1)],
        "staff": [{"id": "ann", "name": "Ann"}, {"id": "bo", "name": "Bo"}],
        "partners": [{"id": "cy", "name": "Cy"}],
    }

    def answer(_: Crm, params: dict[str, str]) -> tuple[Any, dict[str, str]]:
        return {"data": list(lists[params["list"]])}, {}

    def people(of: str, every: str) -> dict[str, Any]:
        person = {"id": "id", "name": "name"}
        return {
            "path": f"/{of}",
            "params": {"list": of},
            "records": "data",
            "people": [person],
            "every": every,
        }

    source = a_source(
        {"params": {"list": "deals"}},
        Crm(answer=answer),
        staff=people("staff", "2h"),
        partners=people("partners", "10m"),
    )
    now_ms = NOW
    context = FetchContext(lambda: now_ms, real_ms=lambda: now_ms)
    with Store.open(tmp_path / "store.db") as store:

        async def left() -> set[str]:
            applied = await read_source(source.fetch, "crm", store, context=context)
            assert applied is not None
            found = store.directory().people.values()
            return {person.name for person in found if person.left_ms is not None}

        assert await left() == set()
        now_ms += 20 * 60_000
        lists["deals"].append(deal(2))
        lists["staff"].pop()
        assert await left() == set(), "of the staff nothing new is known"
        now_ms += 2 * 3_600_000
        lists["deals"].append(deal(3))
        assert await left() == {"Bo"}
