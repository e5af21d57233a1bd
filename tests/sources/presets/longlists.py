"""An API in which every list goes on for some pages, whatever it is that a preset reads."""

from __future__ import annotations

import json
import re
from copy import deepcopy
from typing import Any

import httpx

from salesboard_display.settings.preset import Preset, Stream

PAGES = 3


class LongLists:
    """Answers a preset's requests with the replies of its exchanges, each list of records made longer."""

    def __init__(self, preset: Preset, exchanges: list[dict[str, Any]]) -> None:
        self._preset, self._exchanges = preset, exchanges
        self._asked: dict[str, int] = {}

    def answer(self, request: httpx.Request) -> httpx.Response:
        """A page of the stream that has this path; else the sign-in asks, and has its reply."""
        address = request.url.copy_with(query=None)
        known = [
            deepcopy(one["reply"]["body"])
            for one in self._exchanges
            if one["request"]["method"] == request.method and httpx.URL(one["request"]["url"]) == address
        ]
        stream = next((one for one in self._preset.streams.values() if is_of(one, request)), None)
        body = known[0] if stream is None else self._page(stream, request, known)
        content = httpx.ByteStream(json.dumps(body).encode())
        return httpx.Response(200, headers={"content-type": "application/json"}, stream=content)

    def _page(self, stream: Stream, request: httpx.Request, known: list[dict[str, Any]]) -> dict[str, Any]:
        paging, body = stream.paging, max(known, key=lambda one: len(_found(one, stream.records)))
        if paging.type == "none":
            return body
        records = _found(body, stream.records)
        asked = self._asked[stream.path] = self._asked.get(stream.path, 0) + 1
        if asked % PAGES == 1 and records:  # so many at once that the preset begins anew behind the last
            records *= (paging.restart_after or 1) // len(records) + 1
        token = f"made-up-{asked}" if asked % PAGES else None
        if token and paging.type == "next-link":
            token = str(request.url.copy_merge_params({"page[after]": token}))
        _put(body, paging.next, token)
        return body


def is_of(stream: Stream, request: httpx.Request) -> bool:
    """Whether the request can be one of the stream's, by its method and path."""
    path = "[^/]+".join(map(re.escape, re.split(r"\{[^}]*\}", stream.path)))
    return stream.method == request.method and re.search(f"{path}$", request.url.path) is not None


def _found(body: dict[str, Any], where: str | None) -> list[Any]:
    assert where is not None
    found: list[Any] = body.get(where, [])
    return found


def _put(body: dict[str, Any], where: str | None, value: Any) -> None:
    """Write a value under a name with dots, which is all that these presets' expressions are."""
    assert where is not None
    *keys, last = where.split(".")
    for key in keys:
        if not isinstance(body.get(key), dict):
            body[key] = {}
        body = body[key]
    body[last] = value
