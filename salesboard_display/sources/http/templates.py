"""Fills the gaps of templates: `{since|epoch_ms}` becomes what this request needs there."""

from __future__ import annotations

import json
from base64 import b64encode, urlsafe_b64encode
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from enum import Enum
from typing import Any, Final, NamedTuple
from urllib.parse import quote

from salesboard_display.settings.gaps import Gap, parse

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Absent(Enum):
    """The one value that says: a gap has nothing to be filled with, leave out what it stands in."""

    ABSENT = "absent"


ABSENT: Final = Absent.ABSENT


class Instant(NamedTuple):
    """An instant a gap can be filled with, in milliseconds since 1970 UTC; written as ISO 8601 unless a
    filter says otherwise."""

    ms: int

    def at(self) -> datetime:
        """As a UTC datetime."""
        return _EPOCH + timedelta(milliseconds=self.ms)


Names = Mapping[str, Any]
"""Dotted name → value (text, number, bool, Instant, list, table), as in ``{"option.token": "…", "since":
Instant(0)}``. A name that is not there, None, or an empty text has no value."""


def fill(text: str, names: Names) -> str | Absent:
    """The text with its gaps filled; ABSENT when one of them has no value."""
    filled: list[str] = []
    for part in parse(text):
        value: Any = part if isinstance(part, str) else _value(part, names)
        if isinstance(value, Absent):
            return value
        filled.append(_text(value))
    return "".join(filled)


def fill_tree(tree: Any, names: Names) -> Any:
    """A body with all its texts filled. A text that is one gap and nothing else becomes a number with the
    filter `int`, and a list or a table where its value is one. What holds an empty gap is left out: the key
    of a table, or the whole element of a list. ABSENT when nothing is left to send."""
    if isinstance(tree, str):
        return _whole(tree, names)
    if isinstance(tree, list):
        return _filled_list(tree, names)
    if isinstance(tree, Mapping):
        filled = {key: fill_tree(value, names) for key, value in tree.items()}
        return {key: value for key, value in filled.items() if value is not ABSENT}
    return tree


def fill_params(params: Mapping[str, str | list[str]], names: Names) -> tuple[tuple[str, str], ...]:
    """The parameters of a URL: one pair for each text, several where a text is one gap holding a list."""
    pairs: list[tuple[str, str]] = []
    for name, texts in params.items():
        for text in texts if isinstance(texts, list) else [texts]:
            value = _whole(text, names)
            values = value if isinstance(value, list) else [value]
            pairs += [(name, _text(one)) for one in values if one is not ABSENT]
    return tuple(pairs)


def fill_texts(texts: Mapping[str, str], names: Names) -> dict[str, str]:
    """Headers or a form's fields, without those that hold an empty gap."""
    filled = {name: fill(text, names) for name, text in texts.items()}
    return {name: text for name, text in filled.items() if text is not ABSENT}


def _whole(text: str, names: Names) -> Any:
    parts = parse(text)
    if len(parts) == 1 and isinstance(parts[0], Gap):
        value = _value(parts[0], names)
        kept = value is ABSENT or isinstance(value, (list, Mapping))
        return value if kept or _last_filter(parts[0]) == "int" else _text(value)
    return fill(text, names)


def _last_filter(gap: Gap) -> str:
    return gap.filters[-1][0] if gap.filters else ""


def _filled_list(tree: list[Any], names: Names) -> list[Any]:
    return [
        filled
        for filled in (fill_tree(element, names) for element in tree if not _lacks(element, names))
        if filled is not ABSENT
    ]


def _lacks(element: Any, names: Names) -> bool:
    """Whether a gap of this element has no value, other than in its lists, which lose elements."""
    if isinstance(element, str):
        return fill(element, names) is ABSENT
    return isinstance(element, Mapping) and any(_lacks(value, names) for value in element.values())


def _value(gap: Gap, names: Names) -> Any:
    value = _look_up(gap.name, names)
    if value is None or value == "":
        return ABSENT
    for name, argument in gap.filters:
        value = _iso(value, argument) if name == "iso" else _FILTERS[name](value)
    return value


def _look_up(name: str, names: Names) -> Any:
    if name in names:
        return names[name]
    first, _, rest = name.partition(".")
    value = names.get(first)
    for key in rest.split(".") if rest else ():
        value = value.get(key) if isinstance(value, Mapping) else None
    return value


def _text(value: Any) -> str:
    if isinstance(value, Instant):
        return _iso(value)
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):
        return ",".join(map(_text, value))
    if isinstance(value, Mapping):
        return _json(value)
    return str(value)


def _iso(value: Any, pattern: str = "") -> str:
    return _moment(value).strftime(pattern or "%Y-%m-%dT%H:%M:%SZ")


def _moment(value: Any) -> datetime:
    if not isinstance(value, Instant):
        raise ValueError(f"only since, until and now are instants, {value!r} is none")
    return value.at()


def _epoch_s(value: Any) -> int:
    _moment(value)
    return int(value.ms) // 1000


def _epoch_ms(value: Any) -> int:
    _moment(value)
    return int(value.ms)


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), default=_plain)


def _plain(value: Any) -> Any:
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    raise TypeError(f"{type(value).__name__} cannot be written as JSON")


_FILTERS: dict[str, Callable[[Any], Any]] = {
    "date": lambda value: _iso(value, "%Y-%m-%d"),
    "epoch_s": _epoch_s,
    "epoch_ms": _epoch_ms,
    "b64url": lambda value: urlsafe_b64encode(_text(value).encode()).decode(),
    "base64": lambda value: b64encode(_text(value).encode()).decode(),
    "json": _json,
    "urlencode": lambda value: quote(_text(value), safe=""),
    "int": lambda value: int(value),
    "text": _text,
    "lower": lambda value: _text(value).lower(),
}
