"""HubSpot's search ends at 10,000 results: beyond them the preset begins anew behind the last id."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import httpx

from salesboard_display.core.sync import SyncEnd
from salesboard_display.settings.http import HttpSource as HttpSettings
from salesboard_display.sources.contract import FetchContext, Surroundings
from salesboard_display.sources.http.session import Session
from salesboard_display.sources.http.source import HttpSource
from tests.sources.http.scripted import environment
from tests.sources.presets.exchanges import instant

DEALS = 20_500
MOST_RESULTS = 10_000


def deal(number: int) -> dict[str, Any]:
    properties = {
        "hs_is_closed": "true",
        "hs_is_closed_won": "true",
        "closedate": "2026-11-20T12:00:00Z",
        "amount": "10",
        "deal_currency_code": "EUR",
        "hubspot_owner_id": "71",
        "hs_lastmodifieddate": "2026-11-20T12:00:00Z",
    }
    return {"id": str(number), "properties": properties}


def search(request: httpx.Request) -> httpx.Response:
    """As HubSpot's: by id, behind the id a filter names, no further than 10,000 results."""
    results: list[dict[str, Any]] = []
    body: dict[str, Any] = {"results": results}
    if request.url.path == "/crm/v3/objects/deals/search":
        asked = json.loads(request.content)
        filters = {one["propertyName"]: one["value"] for one in asked["filterGroups"][0]["filters"]}
        first, done = int(filters.get("hs_object_id", 0)) + 1, int(asked.get("after", 0))
        assert asked["sorts"] == ["hs_object_id"]
        assert done + asked["limit"] <= MOST_RESULTS, "HubSpot refuses this page with 400"
        last = min(first + done + asked["limit"] - 1, DEALS)
        results += [deal(number) for number in range(first + done, last + 1)]
        if last < DEALS:
            body["paging"] = {"next": {"after": str(done + asked["limit"])}}
    content = httpx.ByteStream(json.dumps(body).encode())
    return httpx.Response(200, headers={"content-type": "application/json"}, stream=content)


async def test_all_deals_of_a_large_account_are_read_once() -> None:
    async def at_once(_: float) -> None:
        return None

    now_ms = instant("2026-11-25T12:00:00Z")
    settings = HttpSettings.model_validate(
        {"type": "http", "preset": "hubspot", "options": {"token": "made-up", "currency": "EUR"}}
    )
    session = Session(
        "crm",
        settings.api,
        settings.options,
        secrets=environment(),
        now_s=lambda: now_ms / 1000,
        sleep=at_once,
        way=httpx.MockTransport(search),
    )
    source = HttpSource("crm", settings, Surroundings("UTC", Path(), roster=True), lambda: session)
    keys: list[str] = []
    async for item in source.fetch("", FetchContext(lambda: now_ms, sleep=at_once)):
        keys += [] if isinstance(item, SyncEnd) else [fact.key for fact in item.facts]
    await session.aclose()
    assert keys == [f"{number}:won" for number in range(1, DEALS + 1)]
