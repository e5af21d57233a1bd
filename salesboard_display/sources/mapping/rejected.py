"""Why a record could not become a fact, in words for a manager."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from salesboard_display.core.messages import Message
from salesboard_display.sources.contract import in_english

LONGEST_EXCERPT = 200
_JOINERS = "\u200c\u200d"
"""Invisible, but without them emoji fall apart and Persian names are misspelt."""


class Unusable(ValueError):
    """A value cannot be used; ``message`` says why, made of an English text with named gaps."""

    def __init__(self, text: str, **args: str | int | Message) -> None:
        self.message = Message(text, tuple(args.items()))
        super().__init__(in_english(self.message))


class Rejected(ValueError):
    """One field of one record cannot be used; ``field`` is the column or selector, ``reason`` says why."""

    def __init__(self, field: str, reason: Message) -> None:
        english = in_english(reason)
        super().__init__(f"{field}: {english}" if field else english)
        self.field = field
        self.reason = reason


def why(error: ValueError) -> Message:
    """What an error says, to be said in the office's language where that is known."""
    match error:
        case Unusable():
            return error.message
        case Rejected():
            return error.reason
    return Message("{why}", (("why", str(error)),))


def shown(value: object) -> str:
    """The value as it is written between quotation marks, cut to a readable length."""
    text = printable(str(value))
    return f"{text[:60]}…" if len(text) > 60 else text


def printable(text: str) -> str:
    """The text without control characters and direction marks, with unusual spaces made plain."""
    if text.isprintable():
        return text
    kept = (" " if c.isspace() else c for c in text if c.isprintable() or c.isspace() or c in _JOINERS)
    return "".join(kept).strip(" " + _JOINERS)


def excerpt(record: Mapping[str, Any] | Sequence[Any] | str) -> str:
    """What the record looked like, in at most LONGEST_EXCERPT characters on one line."""
    if isinstance(record, str):
        text = record
    elif isinstance(record, Mapping):
        text = ", ".join(f"{name}={_plain(value)}" for name, value in list(record.items())[:30])
    else:
        text = ", ".join(_plain(value) for value in record[:30])
    text = printable(text[: LONGEST_EXCERPT * 2]).strip()
    return text if len(text) <= LONGEST_EXCERPT else text[: LONGEST_EXCERPT - 1] + "…"


def _plain(value: Any) -> str:
    if isinstance(value, Decimal):
        return format(value, "f") if abs(value.adjusted()) < 30 else str(value)
    return str(value)[:LONGEST_EXCERPT]
