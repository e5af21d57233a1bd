"""What a preset's parts say of each other: names that templates use, streams that are looked up in, and what
each strategy needs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from salesboard_display.settings.gaps import PLAIN_NAMES, gaps_in
from salesboard_display.settings.problems import Fault, KeyPath, in_words, nearest, one_of, phrase

_NO_TEMPLATES = frozenset({"type", "header", "capture", "client_auth", "send_in", "method"})
_STREAM_TEMPLATES = ("path", "params", "headers", "body", "form", "texts")
_Needs = Mapping[str, tuple[str, ...]]
_PAGING_NEEDS: _Needs = {
    "cursor": ("next", "next_header"),
    "next-link": ("next", "next_header"),
}
_INCREMENTAL_NEEDS: _Needs = {
    "newest-first": ("field",),
    "delta": ("link", "token", "token_header"),
}


def preset_faults(document: dict[str, Any]) -> Iterator[Fault]:
    """Everything that leads nowhere in a preset's plain document; wrong types are left to the models."""
    everywhere = _names(document)
    for path, text in _templates(document):
        yield from _template_faults(path, text, _known_at(document, path, everywhere))
    streams = _table(document, "streams")
    for name in streams:
        yield from _stream_faults(name, streams)


def _names(document: dict[str, Any]) -> frozenset[str]:
    options = (f"option.{name}" for name in _table(document, "options"))
    tokens = (f"token.{name}" for name in ("access_token", *_table(_table(document, "auth"), "capture")))
    return frozenset((*options, *tokens))


def _known_at(document: dict[str, Any], path: KeyPath, everywhere: frozenset[str]) -> frozenset[str]:
    if path[0] != "streams":
        return everywhere
    texts = _table(_table(_table(document, "streams"), str(path[1])), "texts") if path[2] != "texts" else ()
    return frozenset((*everywhere, *PLAIN_NAMES, *(f"text.{name}" for name in texts)))


def _template_faults(path: KeyPath, text: str, known: frozenset[str]) -> Iterator[Fault]:
    try:
        names = [gap.name for gap in gaps_in(text)]
    except ValueError as error:
        yield Fault(path, phrase("{found}: {why}", found=in_words(text), why=error.args[0]), "a template")
        return
    for name in names:
        if name not in known and not (name.startswith("slice.") and "slice" in known):
            yield Fault(
                path,
                f"{{{name}}}",
                phrase("a gap for one of {known}", known=", ".join(sorted(known))),
                nearest(name, known),
            )


def _templates(document: dict[str, Any]) -> Iterator[tuple[KeyPath, str]]:
    for key in ("base_url", "hosts", "headers"):
        yield from _texts(document.get(key), (key,))
    for key, value in _table(document, "auth").items():
        if key not in _NO_TEMPLATES and key not in ("lifetime", "min_interval", "valid_for"):
            yield from _texts(value, ("auth", key))
    for name, stream in _table(document, "streams").items():
        for key in _STREAM_TEMPLATES if isinstance(stream, dict) else ():
            yield from _texts(stream.get(key), ("streams", name, key))


def _texts(node: Any, path: KeyPath) -> Iterator[tuple[KeyPath, str]]:
    if isinstance(node, str):
        yield path, node
    children: Iterable[tuple[str | int, Any]] = ()
    if isinstance(node, dict):
        children = node.items()
    elif isinstance(node, list):
        children = enumerate(node)
    for key, child in children:
        yield from _texts(child, (*path, key))


def _stream_faults(name: str, streams: dict[str, Any]) -> Iterator[Fault]:
    stream = _table(streams, name)
    for path, target in _other_streams(name, stream):
        if target not in streams:
            yield Fault(
                path,
                in_words(target),
                phrase("a stream: {names}", names=one_of(streams)),
                nearest(target, streams),
            )
        elif name in _leads_to(target, streams):
            yield Fault(path, in_words(target), "a stream that does not lead back here")
    yield from _lacking(name, stream, "paging", _PAGING_NEEDS)
    yield from _lacking(name, stream, "incremental", _INCREMENTAL_NEEDS)
    paging = _table(stream, "paging")
    if "restart_after" in paging and "restart_key" not in paging:
        yield Fault(("streams", name, "paging", "restart_after"), "it alone", "`restart_key` beside it")


def _lacking(name: str, stream: dict[str, Any], part: str, needs: _Needs) -> Iterator[Fault]:
    table = _table(stream, part)
    one_needed = needs.get(str(table.get("type")), ())
    if one_needed and not any(key in table for key in one_needed):
        expected = phrase("{keys} beside it", keys=one_of([f"`{key}`" for key in one_needed]))
        yield Fault(("streams", name, part, "type"), in_words(table["type"]), expected)


def _other_streams(name: str, stream: dict[str, Any]) -> Iterator[tuple[KeyPath, str]]:
    """The streams that this one cannot be read without."""
    sliced = _table(stream, "slices").get("stream")
    if isinstance(sliced, str):
        yield ("streams", name, "slices", "stream"), sliced
    for join, table in _table(stream, "joins").items():
        target = table.get("stream") if isinstance(table, dict) else None
        if isinstance(target, str):
            yield ("streams", name, "joins", join, "stream"), target


def _leads_to(name: str, streams: dict[str, Any]) -> set[str]:
    """The stream and every one it cannot be read without."""
    met: set[str] = set()
    waiting = [name]
    while waiting:
        here = waiting.pop()
        if here not in met:
            met.add(here)
            waiting += [target for _, target in _other_streams(here, _table(streams, here))]
    return met


def _table(node: Any, key: str) -> dict[str, Any]:
    value = node.get(key) if isinstance(node, dict) else None
    return value if isinstance(value, dict) else {}
