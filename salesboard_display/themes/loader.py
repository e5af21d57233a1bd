"""Reads a theme: the tokens for colour, type, spacing and motion that every view draws with."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, fields, replace
from functools import cache
from pathlib import Path
from typing import Any

from salesboard_display.themes.colour import best_ink, grey_of

PEOPLE = 24
_FOLDER = Path(__file__).resolve().parent


class ThemeError(ValueError):
    """A theme that does not exist or is not complete, in words."""


@dataclass(frozen=True, slots=True)
class Colours:
    """The colours, "#RRGGBB".

    ``people`` are 24, twelve hues in two tones; ``on_people`` is the ink for initials on each of them.
    """

    background: str
    background_low: str
    card: str
    raised: str
    track: str
    hairline: str
    ticker: str
    text: str
    muted: str
    gold: str
    gold_fill: str
    silver: str
    bronze: str
    on_medal: str
    up: str
    down: str
    alarm: str
    people: tuple[str, ...]
    on_people: tuple[str, ...]

    def greyed(self) -> Colours:
        """The stale look: every colour as the grey of the same lightness."""
        greys: dict[str, Any] = {}
        for field in fields(self):
            value = getattr(self, field.name)
            greys[field.name] = tuple(map(grey_of, value)) if isinstance(value, tuple) else grey_of(value)
        return Colours(**greys)


@dataclass(frozen=True, slots=True)
class Type:
    """Font sizes in u (a hundredth of the screen's height)."""

    title: float
    clock: float
    rank: float
    value: float
    name: float
    second: float
    line: float
    label: float
    chip: float
    ticker: float


@dataclass(frozen=True, slots=True)
class Spacing:
    """Distances in u; ``safe`` is kept free along every edge."""

    safe: float
    gap: float
    gutter: float
    radius: float


@dataclass(frozen=True, slots=True)
class Motion:
    """Durations in milliseconds; ``ticker_speed`` in u per second."""

    value: int
    rank: int
    enter: int
    fade: int
    glow: int
    ticker_speed: float


@dataclass(frozen=True, slots=True)
class Theme:
    """Everything a view needs to know about looks."""

    name: str
    colours: Colours
    type: Type
    spacing: Spacing
    motion: Motion

    def stale(self) -> Theme:
        """The same theme for data too old to be trusted."""
        return replace(self, colours=self.colours.greyed())


def theme_names() -> tuple[str, ...]:
    """The themes there are, by name."""
    return tuple(sorted(path.stem for path in _FOLDER.glob("*.toml")))


@cache
def load_theme(name: str) -> Theme:
    """The theme of that name. Raises ThemeError, naming the themes or the keys there are."""
    if name not in theme_names():
        raise ThemeError(f"there is no theme {name!r}; there are {', '.join(theme_names())}")
    return read_theme((_FOLDER / f"{name}.toml").read_text(encoding="utf-8"))


def read_theme(text: str) -> Theme:
    """The theme a TOML text describes. Raises ThemeError for missing or unknown keys and bad colours."""
    try:
        found = tomllib.loads(text)
        colours = dict(found["colours"])
        inks = tuple(colours.pop("ink"))
        people = tuple(colours.pop("people"))
        name = str(found["name"])
    except (tomllib.TOMLDecodeError, KeyError) as error:
        raise ThemeError(f"a theme needs name, [colours], people and ink: {error}") from error
    if len(people) != PEOPLE:
        raise ThemeError(f"a theme has {PEOPLE} colours for people, this one {len(people)}")
    try:
        colours |= {"people": people, "on_people": tuple(best_ink(person, inks) for person in people)}
        return Theme(
            name,
            _table(Colours, colours),
            _table(Type, found.get("type", {})),
            _table(Spacing, found.get("spacing", {})),
            _table(Motion, found.get("motion", {})),
        )
    except ValueError as error:
        raise ThemeError(f"theme {name!r}: {error}") from error


def _table(kind: type[Any], found: dict[str, Any]) -> Any:
    known = {field.name for field in fields(kind)}
    if set(found) != known:
        missing, unknown = sorted(known - set(found)), sorted(set(found) - known)
        raise ThemeError(f"missing: {', '.join(missing) or '–'}; unknown: {', '.join(unknown) or '–'}")
    for value in found.values():
        if kind is Colours and isinstance(value, str):
            grey_of(value)  # raises for what is no colour
    return kind(**found)
