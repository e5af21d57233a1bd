"""Replies that are odd and no failure: nothing, an empty page, a page twice, pages that shift meanwhile."""

from __future__ import annotations

from typing import Any

import pytest

from salesboard_display.sources.contract import SourceError
from tests.sources.http.deals import Known, a_source, deal
from tests.sources.http.scripted import Pauses, Told, a_preset, serving, speaking

STREAM = {
    "params": {"offset": "{page.offset}"},
    "paging": {"type": "offset", "size": 2, "total": "total"},
}


def _page(*ids: int, total: int | None = None) -> Told:
    return Told({"data": [deal(id_) for id_ in ids], "total": total})


@pytest.mark.parametrize(
    ("pages", "keys"),
    [
        ([Told(b"", 204)], set()),
        ([_page()], set()),
        ([_page(1, 2), Told(b"", 204)], {1, 2}),
        ([_page(1, 2), _page()], {1, 2}),
        ([_page(1, 2), _page(1, 2), _page(3)], {1, 2, 3}),
        ([_page(1, 2), _page(2, 3), _page(4)], {1, 2, 3, 4}),
        (
            [_page(1, 2, total=5), _page(4, 5, total=4), _page(2, 3, total=4), _page(4, 5, total=4)],
            {1, 2, 3, 4, 5},
        ),
    ],
    ids=["204", "empty", "204 last", "empty last", "twice", "one added in front", "one removed in front"],
)  # fmt: skip
async def test_odd_pages_end_in_the_right_facts(pages: list[Told], keys: set[int]) -> None:
    async with serving(pages) as server, speaking(a_preset(server.url)) as session:
        source = a_source({**STREAM, "path": f"{server.url}/deals"}, session)
        known = Known(source)
        await known.sync()
        assert set(known.facts) == {f"{id_}:won" for id_ in keys}
        assert len(server.told) == 0


async def test_the_longest_patience_a_page_asks_for_holds_after_the_last_page() -> None:
    pages = [_page(1, 2), _page(3, 4), _page(5)]
    for page, seconds in zip(pages, ("20", "90", ""), strict=True):
        page.headers["backoff"] = seconds
    waits = [{"status": [], "header": "Backoff", "as": "seconds"}]
    pauses = Pauses()
    async with (
        serving(pages) as server,
        speaking(a_preset(server.url, waits=waits), pauses=pauses) as session,
    ):
        known = Known(a_source({**STREAM, "path": f"{server.url}/deals"}, session))
        end = await known.sync()
        assert len(known.facts) == 5
        assert pauses.taken == []  # what has begun is read to its end
        assert end.not_before_ms == (pauses.now + 90) * 1000


async def test_the_same_page_for_ever_is_not_followed_for_ever() -> None:
    def again(_: Any) -> Told:
        return _page(1, 2)

    async with serving(again) as server, speaking(a_preset(server.url)) as session:
        known = Known(a_source({**STREAM, "path": f"{server.url}/deals"}, session))
        with pytest.raises(Exception, match="the same page again and again"):
            await known.sync()
        assert len(server.asked) == 3


async def test_a_key_in_a_link_that_goes_in_circles_is_not_said() -> None:
    key = "s3cr3t-canary"
    again = {"data": [deal(1)], "next": f"/deals?key={key}&from=2"}
    async with serving(lambda _: Told(again)) as server, speaking(a_preset(server.url)) as session:
        stream = {"path": f"{server.url}/deals", "paging": {"type": "next-link", "next": "next"}}
        with pytest.raises(SourceError, match=r"the same next page again \(/deals\)") as failed:
            await Known(a_source(stream, session)).sync()
    assert key not in repr(failed.value.message)
