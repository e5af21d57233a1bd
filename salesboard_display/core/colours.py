"""Colours: one of twelve for everybody, the same everywhere and after every restart."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from zlib import crc32

COLOURS = 12


def colour_of(id_: str) -> int:
    """The id's own colour, 0..11 (CRC-32 of its UTF-8 bytes: stable, unlike ``hash``)."""
    return crc32(id_.encode()) % COLOURS


def distinct_colours(ids: Sequence[str], kept: Mapping[str, int] | None = None) -> dict[str, int]:
    """A colour for each id so that the first twelve differ.

    Everybody keeps the colour in ``kept`` (what was shown before), else the own one; only who would clash
    among the first twelve takes the next free one. The order within the twelve does not matter, so that a new
    rank changes no colour.
    """
    kept = kept or {}
    colours = {id_: kept.get(id_, colour_of(id_)) for id_ in ids}
    taken: set[int] = set()
    for id_ in sorted(dict.fromkeys(ids[:COLOURS]), key=lambda id_: (id_ not in kept, id_)):
        colour = colours[id_]
        while colour in taken:
            colour = (colour + 1) % COLOURS
        taken.add(colour)
        colours[id_] = colour
    return colours
