"""`${env:NAME}` and `${env:NAME:-default}` in text values of the settings."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from salesboard_display.settings.problems import KeyPath, phrase

_REFERENCE = re.compile(r"\$(?P<literal>\$\{env:)|\$\{env:(?P<body>[^}]*)\}?")
_BODY = re.compile(r"(?P<name>[A-Za-z_][A-Za-z0-9_]*)(?P<default>:-(?P<value>.*))?", re.DOTALL)


@dataclass(slots=True)
class Filled:
    """A document with its variables filled in; ``missing`` lists (key, found, expected) of the others."""

    document: dict[str, Any]
    missing: list[tuple[KeyPath, str, str]] = field(default_factory=list)


def fill(document: dict[str, Any], environ: Mapping[str, str]) -> Filled:
    """A copy with every reference replaced; `$${env:` stands for a literal `${env:`. Keys are left alone.

    A variable that is set but empty counts as set; its default is for a variable that is not set at all.
    """
    filled = Filled({})
    filled.document = _fill(document, (), environ, filled)
    return filled


def refers(value: object) -> bool:
    """Whether the value is text with a reference in it."""
    return isinstance(value, str) and any(match["body"] is not None for match in _REFERENCE.finditer(value))


def _fill(value: Any, path: KeyPath, environ: Mapping[str, str], filled: Filled) -> Any:
    if isinstance(value, dict):
        return {key: _fill(item, (*path, key), environ, filled) for key, item in value.items()}
    if isinstance(value, list):
        return [_fill(item, (*path, index), environ, filled) for index, item in enumerate(value)]
    if not isinstance(value, str) or "${env:" not in value:
        return value
    text, done = "", 0
    for match in _REFERENCE.finditer(value):
        text += value[done : match.start()] + _replacement(match, path, environ, filled)
        done = match.end()
    return text + value[done:]


def _replacement(match: re.Match[str], path: KeyPath, environ: Mapping[str, str], filled: Filled) -> str:
    if match["literal"]:
        return match["literal"]
    body = _BODY.fullmatch(match["body"])
    if body is None or not match.group().endswith("}"):
        filled.missing.append((path, f'"{match.group()}"', phrase("${{env:NAME}} or ${{env:NAME:-default}}")))
        return match.group()
    if body["name"] in environ:
        return environ[body["name"]]
    if body["default"]:
        return body["value"] or ""
    expected = phrase(
        "the environment variable {name} to be set, or a default: ${{env:{name}:-…}}", name=body["name"]
    )
    filled.missing.append((path, phrase("{found}, and no such variable", found=match.group()), expected))
    return match.group()
