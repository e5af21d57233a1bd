"""What a check found, in words for the person who can mend it."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at: ``area`` ("settings", "source", "store", "screen", "fonts"), ``name`` of
    the part, whether it is in order, what was found, and what to do when it is not ("" when nothing)."""

    area: str
    name: str
    ok: bool
    text: str
    advice: str = ""

    def to_plain(self) -> dict[str, Any]:
        """As a JSON-able dict."""
        return asdict(self)
