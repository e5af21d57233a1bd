"""Mappings that come with the program: `ready = "…"` in a webhook source stands for the keys of a file."""

from __future__ import annotations

import copy
import tomllib
from functools import cache
from typing import Any

from salesboard_display.paths import ready_webhooks


def with_ready_parts(document: dict[str, Any]) -> dict[str, Any]:
    """The document with the keys filled in that ready webhook sources do not have themselves."""
    sources = document.get("sources")
    if not isinstance(sources, dict):
        return document
    filled = {name: _filled(source) for name, source in sources.items()}
    return {**document, "sources": filled}


def _filled(source: Any) -> Any:
    if not isinstance(source, dict) or source.get("type") != "webhook":
        return source
    ready = source.get("ready")
    if not isinstance(ready, str) or ready not in _names():
        return source
    return {**copy.deepcopy(_parts(ready)), **source}


@cache
def _names() -> frozenset[str]:
    return frozenset(path.stem for path in ready_webhooks().glob("*.toml"))


@cache
def _parts(name: str) -> dict[str, Any]:
    return tomllib.loads((ready_webhooks() / f"{name}.toml").read_text("utf-8"))
