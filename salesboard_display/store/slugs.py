"""Ids of people and teams made from their names: readable, stable and unique."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Container

from salesboard_display.core.people import UNASSIGNED

RESERVED = frozenset({UNASSIGNED, "company"})

# Letters that do not come apart into a base letter and an accent.
_LETTERS = str.maketrans(
    {
        "ß": "ss",
        "ø": "o",
        "æ": "ae",
        "œ": "oe",
        "đ": "d",
        "ð": "d",
        "þ": "th",
        "ł": "l",
        "ı": "i",
        "ħ": "h",
        "ŋ": "ng",
    }
)
_LONGEST = 60


def slug(name: str, taken: Container[str]) -> str:
    """An id for the name that is neither reserved nor taken: "Anna Snelling" → "anna-snelling", then
    "anna-snelling-2".

    What has no Latin letters keeps a short hash of the name instead, the same on every machine.
    """
    base = _latin(name)
    found, number = base, 2
    while found in taken or found in RESERVED:
        found, number = f"{base}-{number}", number + 1
    return found


def normal(name: str) -> str:
    """The form in which names are compared: letter case, width and white space do not matter."""
    return " ".join(unicodedata.normalize("NFKC", name).casefold().split())


def _latin(name: str) -> str:
    plain = unicodedata.normalize("NFKD", normal(name).translate(_LETTERS))
    plain = "".join(c for c in plain if not unicodedata.combining(c))
    ascii_only = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:_LONGEST].strip("-")
    if all(c.isascii() for c in plain if c.isalpha()) and ascii_only:
        return ascii_only
    digest = hashlib.blake2b(normal(name).encode("utf-8", "replace"), digest_size=4).hexdigest()
    return f"{ascii_only}-{digest}" if ascii_only else f"p-{digest}"
