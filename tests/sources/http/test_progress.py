"""How far a reading has come: records of all that is read, out of as many as the API says there are."""

from __future__ import annotations

from typing import Any

from salesboard_display.core.sync import Batch
from salesboard_display.sources.contract import FetchContext
from tests.sources.http.deals import NOW, a_source, deal
from tests.sources.http.scripted import Told, a_preset, serving, speaking

PAGING = {"params": {"offset": "{page.offset}"}, "paging": {"type": "offset", "size": 2, "total": "total"}}
PEOPLE = {"records": "data", "people": [{"id": "id", "name": "name"}]}


async def how_far(stream: dict[str, Any], *pages: Told, **more: Any) -> list[tuple[int, int | None]]:
    """(done, total) after each page of a first reading."""
    async with serving(list(pages)) as server, speaking(a_preset(server.url)) as session:
        own = {**PAGING, **stream, "path": f"{server.url}/deals"}
        others = {name: {**one, "path": f"{server.url}/{name}"} for name, one in more.items()}
        source = a_source(own, session, **others)
        items = [item async for item in source.fetch("", FetchContext(lambda: NOW, real_ms=lambda: NOW))]
        return [(item.done, item.total) for item in items if isinstance(item, Batch)]


def page(*ids: int, total: int | None = None) -> Told:
    return Told({"data": [deal(id_) for id_ in ids], "total": total})


async def test_an_api_that_tells_its_total_lets_the_share_be_known() -> None:
    pages = page(1, 2, total=5), page(3, 4, total=5), page(5, total=5)
    assert await how_far({}, *pages) == [(2, 5), (4, 5), (5, 5)]


async def test_the_people_that_are_read_before_count_in_both() -> None:
    people = Told({"data": [{"id": "ann", "name": "Ann"}]})
    pages = page(1, 2, total=3), page(3, total=3)
    assert await how_far({}, people, *pages, users=PEOPLE) == [(1, None), (3, 4), (4, 4)]


async def test_a_total_of_one_slice_among_several_says_nothing() -> None:
    sliced = {"slices": {"over": ["a", "b"]}}
    pages = page(1, total=1), page(2, total=1)
    assert await how_far(sliced, *pages) == [(1, None), (2, None)]
