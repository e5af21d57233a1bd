"""Outreach's description declares no parameters: those of its preset are held to a list from the notes."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from salesboard_display.settings.preset import Stream
from salesboard_display.settings.presets import load_preset

LISTS = {"sort", "page[size]", "count"}
PARAMETERS = {
    "/opportunities": {"filter[updatedAt]", *LISTS},
    "/opportunityStages": LISTS,
    "/calls": {"filter[updatedAt]", *LISTS},
    "/mailings": {"filter[updatedAt]", *LISTS},
    "/tasks": {"filter[updatedAt]", *LISTS},
    "/users": LISTS,
    "/teams": LISTS,
}
"""Path = parameters known from two published connectors; a next page is the vendor's `links.next`."""

STREAMS = load_preset("outreach", Path()).streams


@pytest.mark.parametrize("stream", STREAMS.values(), ids=STREAMS.keys())
def test_a_request_has_known_parameters_only(stream: Stream) -> None:
    assert set(stream.params) <= PARAMETERS[stream.path]


def test_the_next_page_is_asked_for_by_the_link_alone() -> None:
    replies = json.loads((Path(__file__).parent / "outreach" / "replies.json").read_text("utf-8"))
    later = [
        one["request"]["params"] for one in replies["first"] if "page[after]" in one["request"]["params"]
    ]
    assert [set(params) - {"page[after]"} for params in later] == [PARAMETERS["/opportunities"]]
