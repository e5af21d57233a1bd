"""Ids that settings refer to: every one has to exist, whatever else is wrong with the file."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from typing import Any

from salesboard_display.core.definitions import FIRST_TO_GET_THERE
from salesboard_display.settings.problems import Fault, KeyPath, in_words, nearest, one_of, phrase

ANY = "*"


_REFERENCES: tuple[tuple[tuple[str, ...], str, tuple[str, ...]], ...] = (
    (("sources", ANY, "triggers", ANY), "sources", ()),
    (("metrics", ANY, "sources", ANY), "sources", ()),
    (("metrics", ANY, "over", "sources", ANY), "sources", ()),
    (("boards", ANY, "metric"), "metrics", ()),
    (("boards", ANY, "tie_breakers", ANY), "metrics", (FIRST_TO_GET_THERE,)),
    (("boards", ANY, "sources", ANY), "sources", ()),
    (("targets", ANY, "metric"), "metrics", ()),
    (("challenges", ANY, "metric"), "metrics", ()),
    (("slides", ANY, "board"), "boards", ()),
    (("slides", ANY, "challenge"), "challenges", ()),
    (("slides", ANY, "targets", ANY), "targets", ()),
    (("channels", ANY, "slides", ANY), "slides", ()),
)
"""Pattern of a path, the section its value names an id of, and words allowed besides."""

_PREFIXED: tuple[tuple[tuple[str, ...], dict[str, str]], ...] = (
    (("slides", ANY, "panels", ANY), {"challenge": "challenges", "target": "targets"}),
    (("people", ANY, "identities", ANY), {}),
)


def faults(document: dict[str, Any]) -> list[Fault]:
    """Every reference in the plain document that leads nowhere; wrong types are left to the models."""
    found = [
        Fault(
            path, in_words(value), _expected(section, _ids(document, section), words), nearest(value, known)
        )
        for pattern, section, words in _REFERENCES
        for path, value in _texts(document, pattern)
        if value not in (known := [*_ids(document, section), *words])
    ]
    for path, value in _texts(document, _PREFIXED[0][0]):
        found += _panel_fault(document, path, value)
    for path, value in _texts(document, _PREFIXED[1][0]):
        source, colon, _ = value.partition(":")
        sources = _ids(document, "sources")
        if colon and source not in sources:
            found.append(
                Fault(path, in_words(value), _expected("sources", sources, ()), nearest(source, sources))
            )
    return found + _channel_fault(document)


def unheard_kinds(document: dict[str, Any], made: Collection[str]) -> list[Fault]:
    """Kinds that metrics ask for though no source makes them (``made``): boards that would stay empty."""
    asked: list[tuple[KeyPath, str]] = [
        *_texts(document, ("metrics", ANY, "kinds", ANY)),
        *_texts(document, ("metrics", ANY, "over", "kinds", ANY)),
    ]
    expected = phrase("a source that makes it")
    if made:
        expected = phrase("a kind some source makes: {kinds}", kinds=", ".join(sorted(made)))
    return [
        Fault(path, in_words(kind), expected, nearest(kind, made)) for path, kind in asked if kind not in made
    ]


def _panel_fault(document: dict[str, Any], path: KeyPath, value: str) -> list[Fault]:
    sections = _PREFIXED[0][1]
    kind, colon, name = value.partition(":")
    if not colon or kind not in sections:
        words = phrase("`challenge:` or `target:` and an id, say challenge:demo-week")
        return [Fault(path, in_words(value), words, nearest(kind, sections))]
    known = _ids(document, sections[kind])
    if name in known:
        return []
    close = nearest(name, known)
    return [
        Fault(path, in_words(value), _expected(sections[kind], known, ()), f"{kind}:{close}" if close else "")
    ]


def _channel_fault(document: dict[str, Any]) -> list[Fault]:
    channels = _ids(document, "channels") or ["main"]
    wall = document.get("wall")
    channel = wall.get("channel", "main") if isinstance(wall, dict) else "main"
    if not isinstance(channel, str) or channel in channels:
        return []
    expected = _expected("channels", channels, ())
    return [Fault(("wall", "channel"), in_words(channel), expected, nearest(channel, channels))]


def _ids(document: dict[str, Any], section: str) -> list[str]:
    table = document.get(section)
    return list(table) if isinstance(table, dict) else []


def _expected(section: str, known: Iterable[str], words: Iterable[str]) -> str:
    names = [*known, *words]
    if not names:
        return phrase("the id of one of [{section}], which has none", section=section)
    return phrase("the id of one of [{section}]: {names}", section=section, names=one_of(names))


def _texts(node: Any, pattern: tuple[str, ...], path: KeyPath = ()) -> Iterator[tuple[KeyPath, str]]:
    if not pattern:
        if isinstance(node, str):
            yield path, node
        return
    head, rest = pattern[0], pattern[1:]
    if head == ANY and isinstance(node, list):
        for index, item in enumerate(node):
            yield from _texts(item, rest, (*path, index))
    elif isinstance(node, dict):
        for key in node if head == ANY else [head]:
            if key in node:
                yield from _texts(node[key], rest, (*path, key))
