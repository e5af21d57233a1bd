"""Colours: one of twelve for everybody, the same everywhere and after every restart."""

from __future__ import annotations

from collections.abc import Iterable
from zlib import crc32

COLOURS = 12


def colour_of(id_: str) -> int:
    """The id's own colour, 0..11 (CRC-32 of its UTF-8 bytes: stable, unlike ``hash``)."""
    return crc32(id_.encode()) % COLOURS


def distinct_colours(ids: Iterable[str]) -> dict[str, int]:
    """A colour for each id: a function of nothing but the ids and their order.

    The first twelve differ: whose own colour is taken by somebody before them gets the next free one.
    Everybody after them has the own colour, so that one more id changes the colours of few.
    """
    colours: dict[str, int] = {}
    taken: set[int] = set()
    for id_ in ids:
        if id_ in colours:
            continue
        colour = colour_of(id_)
        while len(taken) < COLOURS and colour in taken:
            colour = (colour + 1) % COLOURS
        taken.add(colour)
        colours[id_] = colour
    return colours
