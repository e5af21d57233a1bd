"""What a poll leaves out, because it is unchanged or read with all only, stays as it was."""

from __future__ import annotations

from typing import Any

from salesboard_display.sources.http.messages import Reply, Request
from tests.sources.http.deals import WON, Crm, Known, a_source, deal


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
