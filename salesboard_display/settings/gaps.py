"""How a template is written: texts with gaps in braces, `{since|epoch_ms}`, and `{{` and `}}` for braces."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

from salesboard_display.settings.problems import phrase

FILTERS = (
    "iso",
    "date",
    "epoch_s",
    "epoch_ms",
    "b64url",
    "base64",
    "json",
    "urlencode",
    "int",
    "text",
    "lower",
)
"""What a gap's value can be passed through; `iso` may be followed by a format: `iso:%Y-%m-%d %H:%M:%S`."""

PLAIN_NAMES = frozenset(
    {
        "since",
        "until",
        "now",
        "page.size",
        "page.number",
        "page.offset",
        "page.token",
        "page.last",
        "delta.token",
        "slice",
    }
)
_PARTS = re.compile(r"\{\{|\}\}|\{([^{}]*)\}|[{}]")
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*(\.[A-Za-z0-9_\-]+)*")


class Gap(NamedTuple):
    """One gap: the name of a value, and the filters it passes through as (name, argument)."""

    name: str
    filters: tuple[tuple[str, str], ...] = ()


@lru_cache(maxsize=4096)
def parse(text: str) -> tuple[str | Gap, ...]:
    """The template's texts and gaps, in order. Raises ValueError with what is wrong, in words."""
    parts: list[str | Gap] = []
    end = 0
    for found in _PARTS.finditer(text):
        parts.append(text[end : found.start()])
        end = found.end()
        whole = found.group()
        if whole in ("{{", "}}"):
            parts.append(whole[0])
        elif found.group(1) is None:
            place = found.start() + 1
            raise ValueError(
                phrase(
                    "a single {found} at character {place}; write {twice} for a brace",
                    found=whole, place=place, twice=whole * 2,
                )
            )  # fmt: skip
        else:
            parts.append(_gap(found.group(1)))
    parts.append(text[end:])
    return tuple(part for part in _joined(parts) if part != "")


def gaps_in(text: str) -> tuple[Gap, ...]:
    """The template's gaps. Raises ValueError as ``parse`` does."""
    return tuple(part for part in parse(text) if isinstance(part, Gap))


def _gap(inside: str) -> Gap:
    name, *filters = (part.strip() for part in inside.split("|"))
    if not _NAME.fullmatch(name):
        raise ValueError(
            phrase(
                "{found} has no name that could be filled in; write {{{{ for a brace", found=f"{{{inside}}}"
            )
        )
    taken = []
    for written in filters:
        filter_name, colon, argument = written.partition(":")
        if filter_name not in FILTERS:
            raise ValueError(
                phrase(
                    "the filter “{filter}” is not known; there are {known}",
                    filter=filter_name, known=", ".join(FILTERS),
                )
            )  # fmt: skip
        if colon and filter_name != "iso":
            raise ValueError(phrase("the filter “{filter}” takes nothing after a colon", filter=filter_name))
        taken.append((filter_name, argument))
    return Gap(name, tuple(taken))


def _joined(parts: list[str | Gap]) -> list[str | Gap]:
    """Texts beside each other as one."""
    joined: list[str | Gap] = []
    for part in parts:
        if joined and isinstance(part, str) and isinstance(joined[-1], str):
            joined[-1] += part
        else:
            joined.append(part)
    return joined
