"""Packed answers: read whole however they are cut into members and chunks, and never more than the limit."""

from __future__ import annotations

import gzip
import json
import tracemalloc
import zlib
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from salesboard_display.sources.contract import SourceError
from salesboard_display.sources.http.transport import _unpacking
from tests.sources.http.scripted import Told, a_preset, get, serving, speaking

MEGABYTE = 2**20
PACKED = {"content-encoding": "gzip"}
members = st.lists(st.binary(max_size=60), min_size=1, max_size=4)


def pieces(data: bytes, cuts: list[int]) -> list[bytes]:
    """The data, cut at these places."""
    places = sorted({0, len(data), *(cut % (len(data) + 1) for cut in cuts)})
    return [data[start:end] for start, end in pairwise(places)]


def unpacked(chunks: list[bytes], at_most: int = 10_000) -> tuple[bytes, bool]:
    """What the chunks hold, and whether that is all."""
    unpack = _unpacking("gzip")
    found = b"".join([unpack(chunk, at_most) for chunk in chunks])
    return found, unpack.is_whole(bool(chunks))


@given(members, st.lists(st.integers(0, 400)), st.integers(0, 3))
def test_several_members_are_one_body_wherever_it_is_cut_into_chunks(
    bodies: list[bytes], cuts: list[int], padding: int
) -> None:
    packed = b"".join(gzip.compress(body) + bytes(padding) for body in bodies)
    assert unpacked(pieces(packed, cuts)) == (b"".join(bodies), True)


@given(members, st.lists(st.integers(0, 400)), st.integers(1, 17))
def test_a_last_member_that_is_cut_is_noticed(bodies: list[bytes], cuts: list[int], lost: int) -> None:
    packed = b"".join(map(gzip.compress, [*bodies, b"and the rest"]))[:-lost]
    assert not unpacked(pieces(packed, cuts))[1]


@given(st.binary(max_size=60), st.binary(min_size=1, max_size=40), st.lists(st.integers(0, 200)))
def test_what_is_no_member_after_the_last_is_padding(body: bytes, more: bytes, cuts: list[int]) -> None:
    if not more.lstrip(b"\0").startswith(b"\x1f"):
        assert unpacked(pieces(gzip.compress(body) + more, cuts)) == (body, True)
    assert unpacked(pieces(zlib.compress(body), cuts)) == (body, True)


@given(members, st.integers(1, 100))
def test_no_more_comes_out_than_was_asked_for(bodies: list[bytes], at_most: int) -> None:
    found, _ = unpacked([b"".join(map(gzip.compress, bodies))], at_most)
    assert found == b"".join(bodies)[:at_most]


async def test_an_answer_of_two_members_is_read_whole() -> None:
    text = json.dumps({"items": list(range(100))}).encode()
    told = Told(gzip.compress(text[:50]) + gzip.compress(text[50:]), headers=PACKED)
    async with serving([told]) as server, speaking(a_preset(server.url)) as api:
        reply: Any = await api.send(get(f"{server.url}/deals"))
    assert reply.body == {"items": list(range(100))}


async def test_members_of_nothing_do_not_keep_us_busy() -> None:
    told = Told(gzip.compress(b"") * 1_000_000, headers=PACKED)
    async with serving([told]) as server, speaking(a_preset(server.url)) as api:
        with pytest.raises(SourceError, match="cannot be unpacked"):
            await api.send(get(f"{server.url}/deals"))


async def test_a_bomb_of_many_members_costs_no_more_memory_than_the_limit() -> None:
    told = Told(gzip.compress(bytes(40 * MEGABYTE), 1) * 4, headers=PACKED)
    async with serving([told]) as server, speaking(a_preset(server.url)) as api:
        tracemalloc.start()
        try:
            before = tracemalloc.get_traced_memory()[0]
            with pytest.raises(SourceError, match="more than 64 MB"):
                await api.send(get(f"{server.url}/deals"))
            assert tracemalloc.get_traced_memory()[1] - before < 240 * MEGABYTE
        finally:
            tracemalloc.stop()
