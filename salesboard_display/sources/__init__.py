"""Where facts come from: the contract, the mapping shared by all sources, and one package per type of
source."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from salesboard_display.settings.model import Settings
from salesboard_display.sources.contract import FetchContext, Source, SourceError, Stage, Surroundings
from salesboard_display.sources.demo.source import DemoSource
from salesboard_display.sources.file.source import FileSource
from salesboard_display.sources.sql.source import SqlSource

SOURCES: Mapping[str, Callable[[str, Any, Surroundings], Source]] = {
    "file": FileSource,
    "sql": SqlSource,
    "demo": DemoSource,
}
"""Type → what makes such a source from its name, its settings and its surroundings."""


def build_source(settings: Settings, name: str, base_folder: Path, zone: str) -> Source:
    """The source called ``name``; ``zone`` is the office's, ``base_folder`` where relative paths begin.

    Raises KeyError naming the known ones when there is none of that name or of its type.
    """
    if name not in settings.sources:
        raise KeyError(
            f"no source is called {name!r}; there are {', '.join(sorted(settings.sources)) or 'none'}"
        )
    own = settings.sources[name]
    if own.type not in SOURCES:
        raise KeyError(f"no type of source is called {own.type!r}; there are {', '.join(sorted(SOURCES))}")
    return SOURCES[own.type](name, own, Surroundings(zone, base_folder, has_roster(settings)))


def has_roster(settings: Settings) -> bool:
    """Whether any source, or the settings themselves, list people."""
    return bool(settings.people) or any(one.lists_people for one in settings.sources.values())


__all__ = [
    "SOURCES",
    "DemoSource",
    "FetchContext",
    "FileSource",
    "Source",
    "SourceError",
    "SqlSource",
    "Stage",
    "Surroundings",
    "build_source",
    "has_roster",
]
