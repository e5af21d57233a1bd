"""A CRM in memory that pages in every way, and what a source makes of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from salesboard_display.core.sync import Batch, SyncEnd
from salesboard_display.settings.http import HttpSource as HttpSettings
from salesboard_display.settings.preset import Preset
from salesboard_display.sources.contract import FetchContext, Surroundings
from salesboard_display.sources.http.asking import Sends
from salesboard_display.sources.http.messages import Reply, Request
from salesboard_display.sources.http.source import HttpSource

NOW = 1_795_000_000_000
BASE = "https://api.example.com"
WON = {
    "kind": "deal_won",
    "where": {"status": "won"},
    "key": "{id}:won",
    "person": "owner",
    "happened": {"from": "updated", "as": "epoch_ms"},
}


def a_source(stream: dict[str, Any], session: Sends, *, full_every: str = "24h", **more: Any) -> HttpSource:
    """A source whose preset has this stream of deals (and ``more`` streams)."""
    own = {"path": "/deals", "records": "data", "facts": [WON], **stream}
    preset = Preset.model_validate(
        {
            "version": 1,
            "name": "Acme CRM",
            "tried": "server",
            "hosts": ["api.example.com"],
            "base_url": BASE,
            "streams": {"deals": own, **more},
        }
    )
    settings = HttpSettings.model_construct(**{"preset": "acme", "full_every": _seconds(full_every)})
    settings._api = preset
    return HttpSource("crm", settings, Surroundings("UTC", Path(), roster=True), lambda: session)


def _seconds(hours: str) -> float:
    return float(hours.removesuffix("h")) * 3600


def deal(id_: int, updated: int = 0, status: str = "won", **more: Any) -> dict[str, Any]:
    """A deal as the CRM has it."""
    return {"id": id_, "updated": NOW - 1_000_000 + updated, "status": status, "owner": "ann", **more}


@dataclass
class Crm:
    """Deals by id; ``answer`` makes a reply's body, headers from a request's parameters."""

    deals: dict[int, dict[str, Any]] = field(default_factory=dict)
    size: int = 3
    asked: list[dict[str, str]] = field(default_factory=list)
    answer: Callable[[Crm, dict[str, str]], tuple[Any, dict[str, str]]] | None = None

    def since(self, params: dict[str, str]) -> list[dict[str, Any]]:
        """The deals changed since, in the order of their ids."""
        since = int(params.get("since", "0"))
        return [self.deals[id_] for id_ in sorted(self.deals) if self.deals[id_]["updated"] >= since]

    async def send(self, request: Request) -> Reply:
        """See Session.send."""
        params = {**dict(parse_qsl(urlsplit(request.url).query)), **dict(request.params)}
        self.asked.append(params)
        assert self.answer is not None
        body, headers = self.answer(self, params)
        return Reply(200, headers, repr(body), body, request.url)

    async def names(self) -> dict[str, Any]:
        """See Session.names."""
        return {"option.none": ""}

    async def aclose(self) -> None:
        """See Session.aclose."""


def by_offset(crm: Crm, params: dict[str, str]) -> tuple[Any, dict[str, str]]:
    """`offset` and `limit`."""
    start = int(params["offset"])
    return {"data": crm.since(params)[start : start + int(params["limit"])]}, {}


def by_page(crm: Crm, params: dict[str, str]) -> tuple[Any, dict[str, str]]:
    """`page` from 1 on, and `limit`."""
    size = int(params["limit"])
    start = (int(params["page"]) - 1) * size
    return {"data": crm.since(params)[start : start + size]}, {}


def by_cursor(crm: Crm, params: dict[str, str]) -> tuple[Any, dict[str, str]]:
    """A cursor, null on the last page."""
    start, found = int(params.get("cursor", "0")), crm.since(params)
    more = start + crm.size < len(found)
    return {"data": found[start : start + crm.size], "next": str(start + crm.size) if more else None}, {}


def by_link(crm: Crm, params: dict[str, str]) -> tuple[Any, dict[str, str]]:
    """A relative link in the header `Link`."""
    start, found = int(params.get("from", "0")), crm.since(params)
    after = start + crm.size
    link = f'</deals?from={after}>; rel="next", </deals>; rel="first"' if after < len(found) else ""
    return {"data": found[start:after]}, {"link": link}


def by_key_after_a_ceiling(crm: Crm, params: dict[str, str]) -> tuple[Any, dict[str, str]]:
    """Offsets below 6 only; beyond, deals with greater ids than `after`."""
    found = [one for one in crm.since(params) if one["id"] > int(params.get("after", "-1"))]
    start = int(params["offset"])
    assert start < 6, "the API refuses to go so far"
    return {"data": found[start : start + int(params["limit"])]}, {}


PAGINGS: dict[str, tuple[Any, dict[str, Any]]] = {
    "offset": (by_offset, {"params": {"offset": "{page.offset}", "limit": "{page.size}"}}),
    "page": (by_page, {"params": {"page": "{page.number}", "limit": "{page.size}"}}),
    "cursor": (by_cursor, {"params": {"cursor": "{page.token}"}, "paging": {"next": "next"}}),
    "next-link": (by_link, {"paging": {"next_header": "Link"}}),
    "restart": (
        by_key_after_a_ceiling,
        {
            "params": {"offset": "{page.offset}", "limit": "{page.size}", "after": "{page.last}"},
            "paging": {"type": "offset", "restart_after": 6, "restart_key": "id"},
        },
    ),
}


def paged(name: str, size: int) -> tuple[Any, dict[str, Any]]:
    """How the CRM answers, and the stream that asks it so."""
    answer, stream = PAGINGS[name]
    return answer, {**stream, "paging": {"type": name, "size": size, **stream.get("paging", {})}}


@dataclass
class Known:
    """What a store would know after the syncs so far."""

    source: HttpSource
    facts: dict[str, int] = field(default_factory=dict)
    cursor: str = ""
    now_ms: int = NOW
    oldest_ms: int | None = None
    ends: list[SyncEnd] = field(default_factory=list)
    stated: list[str] = field(default_factory=list)

    async def sync(self) -> SyncEnd:
        """One sync, applied as the store does."""
        stated: dict[str, int] = {}
        self.stated = []
        context = FetchContext(lambda: self.now_ms, self.oldest_ms, real_ms=lambda: self.now_ms)
        async for item in self.source.fetch(self.cursor, context):
            if isinstance(item, Batch):
                for fact in item.facts:
                    stated[fact.key] = fact.occurred_at
                    self.stated.append(fact.key)
                for key in item.withdrawn:
                    stated.pop(key, None)
                    if not item.facts or key not in {fact.key for fact in item.facts}:
                        self.facts.pop(key, None)
                continue
            self.ends.append(item)
            if not item.unchanged:
                self._apply(stated, item)
        return self.ends[-1]

    def _apply(self, stated: dict[str, int], end: SyncEnd) -> None:
        if end.full:
            since = end.since_ms if end.since_ms is not None else -1
            self.facts = {key: at for key, at in self.facts.items() if at < since or key in stated}
        self.facts.update(stated)
        self.cursor = end.cursor
