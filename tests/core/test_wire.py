"""The wire: length-prefixed JSON frames of plain values, there and back."""

from __future__ import annotations

import struct
from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from salesboard_display.core import wire
from salesboard_display.core.snapshot import (
    Age,
    ClockState,
    Panel,
    Row,
    Show,
    SlideState,
    Snapshot,
    TickerItem,
    UnitFormat,
)
from salesboard_display.core.wire import Deframer, WireError, frame, from_plain, to_plain

texts = st.text(max_size=8)
numbers = st.floats(allow_nan=False, allow_infinity=False)
ages = st.builds(Age, texts, st.integers(), numbers, numbers, texts, texts)
units = st.builds(UnitFormat, texts, texts, st.integers(0, 4))
rows = st.builds(Row, texts, st.integers(0, 9), texts, texts, value=numbers, known=st.booleans(), bar=numbers)
panels = st.builds(
    Panel, texts, texts, texts, texts, unit=units, rows=st.lists(rows, max_size=2).map(tuple), age=ages
)
slides = st.builds(
    SlideState,
    texts,
    texts,
    texts,
    pages=st.lists(st.lists(rows, max_size=3).map(tuple), max_size=2).map(tuple),
    page_labels=st.lists(texts, max_size=2).map(tuple),
    panels=st.lists(panels, max_size=2).map(tuple),
    empty=st.booleans(),
)
snapshots = st.builds(
    Snapshot,
    st.integers(),
    st.builds(ClockState, st.integers(), st.integers(), st.integers(), numbers, texts),
    slides=st.lists(slides, max_size=2).map(tuple),
    ticker=st.lists(st.builds(TickerItem, texts, texts, texts, st.booleans()), max_size=2).map(tuple),
)
plain = st.dictionaries(
    texts, st.recursive(st.integers() | texts | st.none(), lambda x: st.lists(x, max_size=2))
)


@given(snapshots)
def test_a_snapshot_crosses_as_it_is(snapshot: Snapshot) -> None:
    (message,) = Deframer().feed(frame({"t": "snapshot", "snapshot": to_plain(snapshot)}))
    assert from_plain(Snapshot, message["snapshot"]) == snapshot


@given(st.lists(plain, max_size=4), st.integers(1, 9))
def test_frames_arrive_however_they_are_cut(messages: list[dict[str, object]], size: int) -> None:
    stream = b"".join(frame(message) for message in messages)
    deframer = Deframer()
    found = [m for at in range(0, len(stream), size) for m in deframer.feed(stream[at : at + size])]
    assert found == messages


def test_a_frame_too_long_is_refused_on_both_sides(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wire, "MAX_FRAME_BYTES", 10)
    assert len(frame({"a": "12"})) == 14
    with pytest.raises(WireError, match="11 bytes is longer than 10"):
        frame({"a": "123"})
    assert Deframer().feed(struct.pack(">I", 10)) == []
    with pytest.raises(WireError, match="11 bytes is longer than 10"):
        Deframer().feed(struct.pack(">I", 11))


def test_what_is_no_number_never_crosses() -> None:
    with pytest.raises(ValueError, match="JSON compliant"):
        frame({"a": float("nan")})


@pytest.mark.parametrize("body", [b"[1]", b"3", b"{", b"\xff", b"GET / HTTP/1.1"])
def test_what_is_no_message_is_refused(body: bytes) -> None:
    with pytest.raises(WireError, match="a frame is not"):
        Deframer().feed(struct.pack(">I", len(body)) + body)


def test_missing_fields_take_defaults_and_unknown_ones_are_ignored() -> None:
    assert from_plain(Show, {"slide": "a", "new": 1}) == Show("a")


@dataclass(frozen=True)
class Maybe:
    text: str | None = None
    items: tuple[int, ...] = ()


def test_what_may_be_missing_may_be_none() -> None:
    assert from_plain(Maybe, {"text": None, "items": [1]}) == Maybe(None, (1,))
    assert from_plain(Maybe, {"text": "x"}) == Maybe("x")


@pytest.mark.parametrize(
    "wrong",
    [
        {"slide": 1},
        {"slide": "a", "page": True},
        {"slide": "a", "page": "1"},
        {"page": 1},
        {"slide": "a", "paused": 1},
        [],
    ],
)
def test_a_value_that_does_not_fit_is_refused(wrong: object) -> None:
    with pytest.raises(WireError):
        from_plain(Show, wrong)


def test_whole_numbers_become_floats_where_floats_are_due() -> None:
    found = from_plain(ClockState, {"office_ms": 1, "real_ms": 2, "speed": 3})
    assert isinstance(found.speed, float)
    with pytest.raises(WireError, match="expected"):
        from_plain(ClockState, {"office_ms": 1, "real_ms": 2, "speed": "3"})
    with pytest.raises(WireError, match="expected"):
        from_plain(Maybe, {"items": 3})
