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

Make = Callable[[str, Any, Surroundings], Source]


# What not every office needs is imported when it is: an HTTP client alone is 10 MB and a quarter of a second.
def _http(name: str, settings: Any, around: Surroundings) -> Source:
    from salesboard_display.sources.http.source import HttpSource

    return HttpSource(name, settings, around)


def _sql(name: str, settings: Any, around: Surroundings) -> Source:
    from salesboard_display.sources.sql.source import SqlSource

    return SqlSource(name, settings, around)


def _webhook(name: str, settings: Any, around: Surroundings) -> Source:
    from salesboard_display.sources.webhook.source import WebhookSource

    return WebhookSource(name, settings, around)


SOURCES: Mapping[str, Make] = {
    "file": FileSource,
    "http": _http,
    "sql": _sql,
    "webhook": _webhook,
    "demo": DemoSource,
}
"""Type → what makes such a source from its name, its settings and its surroundings."""


def build_source(
    settings: Settings, name: str, base_folder: Path, zone: str, data_folder: Path | None = None
) -> Source:
    """The source called ``name``; ``zone`` is the office's, ``base_folder`` where relative paths begin,
    ``data_folder`` where sources may keep what they need (default: ``base_folder``).

    Raises KeyError naming the known ones when there is none of that name or of its type.
    """
    if name not in settings.sources:
        raise KeyError(
            f"no source is called {name!r}; there are {', '.join(sorted(settings.sources)) or 'none'}"
        )
    own = settings.sources[name]
    if own.type not in SOURCES:
        raise KeyError(f"no type of source is called {own.type!r}; there are {', '.join(sorted(SOURCES))}")
    around = Surroundings(
        zone,
        base_folder,
        has_roster(settings),
        data_folder=data_folder or base_folder,
        web=settings.web,
        network=settings.network,
    )
    return SOURCES[own.type](name, own, around)


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
    "Stage",
    "Surroundings",
    "build_source",
    "has_roster",
]
