"""Every request of a preset that was built from an API description is one that the description allows.

The descriptions are other people's and no part of the program: they are read where SALESBOARD_SHARED has
them, in ``specs``. Prism knows nothing of what came before a request, so whether pages and changes are
followed rightly is tried elsewhere.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import pytest

from salesboard_display.settings.presets import PACKAGED, packaged_names, read_preset
from tests.servers.descriptions import Description
from tests.servers.prism import Prism, prisms
from tests.sources.presets.exchanges import Player, instant
from tests.sources.presets.longlists import LongLists, is_of
from tests.sources.presets.test_outreach import PARAMETERS

pytestmark = pytest.mark.servers

REPLIES = Path(__file__).parents[1] / "sources" / "presets"


@dataclass(frozen=True)
class Described:
    """A preset and what it is held to. ``descriptions`` are files and, where a file does not say it, the URL
    that its paths stand behind; ``sign_in`` are the requests that no description has, all of them; ``ours``
    are query parameters of a path, from notes, where the description has none at all; ``beyond`` are names in
    the constructed replies that no description has; ``options`` are given besides those of the replies, so
    that every parameter is sent once."""

    preset: str
    descriptions: Mapping[str, str]
    sign_in: frozenset[str] = frozenset()
    ours: Mapping[str, set[str]] = field(default_factory=dict)
    beyond: frozenset[str] = frozenset()
    options: Mapping[str, str] = field(default_factory=dict)


DESCRIBED = (
    # The two days are in the description's example of a deal, not among the fields it lists.
    Described(
        "pipedrive",
        {"pipedrive/openapi-v1.yaml": "", "pipedrive/openapi-v2.yaml": ""},
        beyond=frozenset({"local_won_date", "local_lost_date"}),
    ),
    # Its address is the one its generator begins with, https://127.0.0.1:8443; every customer has an own one.
    Described(
        "gong",
        {"gong/gong-openapi.normalised.json": "https://us-12345.api.gong.io"},
        options={"workspace": "123456789"},
    ),
    Described(
        "google-sheets",
        {"google/sheets.v4.openapi.json": ""},
        sign_in=frozenset({"POST https://oauth2.googleapis.com/token"}),
    ),
    Described(
        "hubspot",
        {
            "powerplatform/hubspot-crm-v2.patched.swagger.json": "",
            "powerplatform/hubspot-engagements-v2.patched.swagger.json": "",
        },
    ),
    # It lists neither the parameters nor the link to the next page.
    Described(
        "outreach",
        {"outreach/outreach-openapi.json": ""},
        sign_in=frozenset({"POST https://api.outreach.io/oauth/token"}),
        ours={path: {*names, "page[after]"} for path, names in PARAMETERS.items()},
        beyond=frozenset({"links"}),
    ),
)
BY_NAME = {one.preset: one for one in DESCRIBED}


@dataclass
class Api:
    """The API of one preset as its descriptions have it, and every request the preset has made of it."""

    described: Described
    servers: list[Prism]
    readings: list[httpx.Request]
    """Of a first and a second reading, answered by the constructed replies."""
    long: list[httpx.Request]
    """Of a reading in which every list goes on for pages, with every option given."""

    def faults(self, request: httpx.Request) -> list[str]:
        """What is wrong with a request: each description that has its path is asked, and one has to."""
        asked = [one for one in self.servers if one.description.operation(request) is not None]
        asked = asked or [one for one in self.servers if one.description.path_of(request) is not None]
        if not asked:
            return [f"{request.url} is in no description"]
        return [fault for server in asked for fault in server.faults(request, self._ours(server, request))]

    def _ours(self, server: Prism, request: httpx.Request) -> set[str]:
        return self.described.ours.get(server.description.path_of(request) or "", set())


async def _sent(described: Described) -> tuple[list[httpx.Request], list[httpx.Request]]:
    folder = REPLIES / described.preset
    player = Player(described.preset, folder)
    first = await player.read("first", "now", "")
    second = await player.read("second", "again", first.end.cursor)
    assert len(player.sent) == first.requests + second.requests > 0
    await player.close()
    long = Player(described.preset, folder, **described.options)
    long.now_ms = instant(long.replies["now"])
    long.answer = LongLists(long.preset, long.replies["first"]).answer
    await long.sync("")
    await long.close()
    return player.sent, long.sent


@pytest.fixture(scope="module", params=DESCRIBED, ids=lambda one: str(one.preset))
def api(request: pytest.FixtureRequest, shared_dir: Path) -> Iterator[Api]:
    """One preset's API, served for all of its tests; one after the other, as each takes some 200 MB."""
    described: Described = request.param
    files = [Description(shared_dir / "specs" / file, base) for file, base in described.descriptions.items()]
    readings, long = asyncio.run(_sent(described))
    with prisms(files) as servers:
        yield Api(described, servers, readings, long)


def written(request: httpx.Request) -> str:
    """The request without its query."""
    return f"{request.method} {request.url.copy_with(query=None)}"


def changed(
    request: httpx.Request,
    *,
    method: str = "",
    behind: str = "",
    params: Mapping[str, str] | None = None,
    without: str = "",
    headers: Mapping[str, str | None] | None = None,
    body: Callable[[Any], Any] | None = None,
) -> httpx.Request:
    """The request, otherwise: with a longer path, other parameters, ``without`` one, with another body. A
    header of None is left out."""
    url = request.url.copy_remove_param(without).copy_merge_params(params or {})
    sent = {**request.headers, **(headers or {})}
    sent.pop("content-length", None)
    content = request.content if body is None else body(json.loads(request.content))
    return httpx.Request(
        method or request.method,
        url.copy_with(path=url.path + behind),
        headers={name: value for name, value in sent.items() if value is not None},
        content=content if isinstance(content, bytes) else json.dumps(content),
    )


def check(api: Api, requests: list[httpx.Request]) -> None:
    """All of them are allowed, but for the sign-in."""
    faults = [f"{written(one)} {fault}" for one in requests for fault in api.faults(one)]
    expected = [f"{one} {one.partition(' ')[2]} is in no description" for one in api.described.sign_in]
    assert sorted(set(faults)) == expected


def test_every_preset_that_says_so_is_held_to_a_description() -> None:
    tried = {name: read_preset(PACKAGED / f"{name}.toml").tried for name in packaged_names()}
    assert {name for name, against in tried.items() if against == "description"} == set(BY_NAME)


def test_every_request_of_a_first_and_a_second_reading_is_allowed(api: Api) -> None:
    check(api, api.readings)


def test_every_request_of_a_reading_with_long_lists_is_allowed(api: Api) -> None:
    check(api, api.long)


def test_everything_a_stream_may_ask_for_was_asked_for(api: Api) -> None:
    preset = read_preset(PACKAGED / f"{api.described.preset}.toml")
    for name, stream in preset.streams.items():
        of_it = [one for one in api.long if is_of(stream, one)]
        assert of_it, f"nobody asked for the stream {name}"
        parts = {part for one in of_it for part in _parts(one)}
        assert set(stream.params) | _leaves(stream.body) <= parts, name


def test_the_constructed_replies_have_no_names_but_the_descriptions(api: Api) -> None:
    replies = json.loads((REPLIES / api.described.preset / "replies.json").read_text("utf-8"))
    found: set[str] = set()
    for exchange in [*replies["first"], *replies["second"]]:
        asked = httpx.Request(exchange["request"]["method"], exchange["request"]["url"])
        for one in [server.description for server in api.servers]:
            if one.operation(asked) is not None:
                assert one.undeclared_reply(asked, 200, {"surprise": 1}) == {"surprise"}
                reply = exchange["reply"]
                found |= one.undeclared_reply(asked, reply.get("status", 200), reply.get("body"))
    assert found == api.described.beyond


def _parts(request: httpx.Request) -> set[Any]:
    body = json.loads(request.content) if request.content else None
    return set(request.url.params) | _leaves(body)


def _leaves(tree: Any, at: tuple[str | int, ...] = ()) -> set[Any]:
    """Where in a body there is a value."""
    inner = tree.items() if isinstance(tree, dict) else enumerate(tree) if isinstance(tree, list) else None
    if inner is None:
        return set() if tree is None else {at}
    return {leaf for key, value in inner for leaf in _leaves(value, (*at, key))}


# ------------------------------------------------------------------------------- the check itself can fail
# Preset, the end of a request's path, what is changed of it, and what the check says.
REFUSED: tuple[tuple[str, str, dict[str, Any], str], ...] = (
    ("pipedrive", "/api/v2/deals", {"params": {"limit": "many"}}, "limit"),
    ("pipedrive", "/api/v2/deals", {"params": {"sort_by": "value"}}, "sort_by"),
    ("pipedrive", "/api/v2/deals", {"headers": {"x-api-token": None}}, "security"),
    ("pipedrive", "/api/v2/deals", {"method": "DELETE"}, "no method matched"),
    ("pipedrive", "/v1/users", {"params": {"limit": "500"}}, "does not have limit"),
    ("gong", "/v2/calls", {"without": "fromDateTime"}, "fromDateTime"),
    ("gong", "/v2/users", {"params": {"fromDateTime": "2026-11-01T00:00:00Z"}}, "not have fromDateTime"),
    ("google-sheets", "Deals!A:Z", {"params": {"majorDimension": "SIDEWAYS"}}, "majorDimension"),
    ("google-sheets", "Deals!A:Z", {"headers": {"authorization": None}}, "security"),
    ("hubspot", "/deals/search", {"body": lambda body: body | {"limit": "many"}}, "limit"),
    ("hubspot", "/calls/search", {"body": lambda body: body | {"sort": "id"}}, "does not have sort"),
    ("hubspot", "/tasks/search", {"body": lambda body: b""}, "body"),
    ("hubspot", "/owners/", {"params": {"archived": "perhaps"}}, "archived"),
    ("hubspot", "/owners/", {"headers": {"authorization": None}}, "security"),
    (
        "outreach",
        "/users",
        {"params": {"filter[updatedAt]": "2026-11-01..inf"}},
        "not have filter[updatedAt]",
    ),
    ("outreach", "/users", {"headers": {"accept": "text/html"}}, "accept"),
    ("outreach", "/users", {"headers": {"authorization": None}}, "security"),
)
ANY: tuple[tuple[dict[str, Any], str], ...] = (
    ({"params": {"surprise": "1"}}, "does not have surprise"),
    ({"behind": "/at/nowhere"}, "no path matched"),
)


def test_a_request_that_is_not_allowed_is_refused(api: Api) -> None:
    of_it = [one[1:] for one in REFUSED if one[0] == api.described.preset]
    assert of_it, "nothing shows that this preset's check can fail"
    for end, change, says in [*of_it, *((of_it[0][0], *one) for one in ANY)]:
        allowed = next(one for one in api.readings if one.url.path.endswith(end))
        assert api.faults(allowed) == []
        faults = api.faults(changed(allowed, **change))
        assert says.lower() in " ".join(faults).lower(), (written(allowed), change)
