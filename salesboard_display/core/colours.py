"""Colours: one of twenty-four for everybody, the same everywhere and after every restart."""

from __future__ import annotations

from collections.abc import Iterable
from zlib import crc32

HUES, TONES = 12, 2
COLOURS = HUES * TONES
"""Colour 3 is the fourth hue in its first tone, colour 15 the same hue in its second."""


def colour_of(id_: str) -> int:
    """The id's own colour, 0..23 (CRC-32 of its UTF-8 bytes: stable, unlike ``hash``)."""
    return crc32(id_.encode()) % COLOURS


def distinct_colours(ids: Iterable[str]) -> dict[str, int]:
    """A colour for each id: a function of nothing but the ids and their order.

    The first twelve have the twelve hues, the next twelve the same hues in their second tone: whose own hue
    is taken by somebody before them gets the next free one, rather not that of the one just before.
    Everybody after them has the own colour, so that one more id changes the colours of few.
    """
    colours: dict[str, int] = {}
    taken: set[int] = set()
    before = -1
    for id_ in ids:
        if id_ in colours:
            continue
        colour = colour_of(id_)
        if len(taken) < COLOURS:
            tone = len(taken) // HUES
            hues = [(colour + step) % HUES for step in range(HUES)]
            free = [hue for hue in hues if hue + tone * HUES not in taken]
            before = next((hue for hue in free if hue != before), free[0])
            colour = before + tone * HUES
        taken.add(colour)
        colours[id_] = colour
    return colours
