"""What a check found, for the person who can mend it."""

from __future__ import annotations

from dataclasses import dataclass

from salesboard_display.core.messages import Message


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at: ``area`` ("settings", "store", "source", "people", "board", "target",
    "screen", "fonts"), ``name`` of the part, whether it is in order, what was found, and what to do when it
    is not (None when nothing)."""

    area: str
    name: str
    ok: bool
    text: Message
    advice: Message | None = None


TEXTS: dict[str, str] = {
    # what the wall's process looks at: it has Qt, and the words are the engine's
    "screen-none": "no screen is connected",
    "screen-none-advice": "Switch the TV on, or connect it.",
    "screen-size": "{width} × {height}",
    "screen-offscreen": "No screen here (neither DISPLAY nor WAYLAND_DISPLAY is set): drawing off-screen. "
    "The wall itself is started in the TV's session.",
    "screen-no-qt": "Qt cannot be loaded: {why}",
    "screen-no-qt-advice": "Run make setup; it installs or names the library.",
    "screen-software": "Drawn by the software renderer: complete, and smooth without a graphics card.",
    "screen-gpu": "Drawn by the graphics card.",
    "fonts-loaded": "loaded",
    "fonts-missing": "it cannot be loaded",
    "fonts-missing-advice": "Install the program again.",
    "fonts-script-missing": "no letters for {scripts}: such names would show as boxes",
    "fonts-script-missing-advice": "Install the package {package}.",
}
"""The English of findings that are not the engine's own."""
