"""Older versions of the settings file are brought up to date in memory; the file changes only when saved."""

from __future__ import annotations

from collections.abc import Callable, Mapping, MutableMapping
from typing import Any

from salesboard_display.settings.model import VERSION
from salesboard_display.settings.problems import phrase

Document = MutableMapping[str, Any]
Step = Callable[[Document], None]

UPGRADES: dict[int, Step] = {}
"""Version → the step that turns a document of that version into the next; it changes the document in place.

A step uses only what dict and tomlkit tables share (get, pop, in, item assignment), so that the same step
serves loading and saving; ``version`` is set by `upgrade`.
"""


class VersionError(ValueError):
    """The document's version cannot be read; ``found`` and ``expected`` are words."""

    def __init__(self, found: str, expected: str) -> None:
        self.found, self.expected = found, expected
        super().__init__(f"found {found}; expected {expected}")


def upgrade(document: Document, steps: Mapping[int, Step] | None = None, newest: int = VERSION) -> int:
    """Bring the document to ``newest``, step by step; returns the version it had. Raises VersionError."""
    steps = UPGRADES if steps is None else steps
    version = document.get("version")
    if version is None:
        raise VersionError("no version", phrase("`version = {version}` in the first line", version=newest))
    if isinstance(version, bool) or not isinstance(version, int):
        raise VersionError(repr(version), phrase("a whole number, now {version}", version=newest))
    if version > newest:
        words = phrase(
            "{version} or older; a newer program wrote this file: install that version, or use another file",
            version=newest,
        )
        raise VersionError(str(version), words)
    for older in range(version, newest):
        if older not in steps:
            raise VersionError(str(version), _known(steps, newest))
    for older in range(version, newest):
        steps[older](document)
        document["version"] = older + 1
    return int(version)


def _known(steps: Mapping[int, Step], newest: int) -> str:
    return phrase("{low} to {high}", low=min([*steps, newest]), high=newest) if steps else str(newest)
