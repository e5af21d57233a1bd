"""What is wrong in a settings file, in words: where, what was found, what is expected, the nearest key."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, time
from functools import reduce
from pathlib import Path

from salesboard_display.core.messages import Message, message

KeyPath = tuple[str | int, ...]
"""Where a value stands in the document: table keys and list indexes, outermost first."""

_BARE = re.compile(r"[A-Za-z0-9_-]+")
_LONGEST_FOUND = 60
_PASSWORD = re.compile(r"([^\s:/@]*:)(?!//)\S*@")
"""In a URL, as in user:password@host; it may stand where nobody expects one."""


class Phrase(str):
    """A part of a sentence in English that is a message, too, to be said in the office's language."""

    __slots__ = ("message",)
    message: Message

    def __new__(cls, english: str, said: Message) -> Phrase:
        made = super().__new__(cls, english)
        made.message = said
        return made


def phrase(text: str, **args: str | int) -> Phrase:
    """A phrase from an English text with named gaps, and what fills them: other phrases, or what is said as
    it is."""
    said = Message(
        text,
        tuple((name, one.message if isinstance(one, Phrase) else str(one)) for name, one in args.items()),
    )
    return Phrase(text.format_map(args), said)


def message_of(text: str) -> Message:
    """How to say a phrase in the office's language; any other text is looked up as it stands."""
    return text.message if isinstance(text, Phrase) else Message(text)


def listed(parts: Sequence[str]) -> str:
    """Phrases one after the other as one; "" without any."""
    return reduce(lambda one, two: phrase("{first}, {second}", first=one, second=two), parts) if parts else ""


def either(parts: Sequence[str]) -> str:
    """That one of these is meant, as a phrase."""
    return reduce(lambda one, two: phrase("{first} or {second}", first=one, second=two), parts)


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong with a settings file. ``line`` counts from 1, 0 when no line can be named."""

    file: Path
    line: int
    key: str
    found: str
    expected: str
    nearest: str = ""

    def __str__(self) -> str:
        where = ", ".join(
            part for part in (str(self.file), f"line {self.line}" if self.line else "", self.key) if part
        )
        hint = f' – did you mean "{self.nearest}"?' if self.nearest else ""
        return f"{where}: found {self.found}; expected {self.expected}{hint}"

    @property
    def message(self) -> Message:
        """The same, to be said in the office's language."""
        parts = {"line": str(self.line) if self.line else "", "key": self.key}
        given = {name: text for name, text in parts.items() if text}
        where = message("-".join(("problem-at", *given)), file=str(self.file), **given)
        said = {"where": where, "found": message_of(self.found), "expected": message_of(self.expected)}
        if self.nearest:
            return message("problem-nearest", **said, nearest=self.nearest)
        return message("problem", **said)


@dataclass(frozen=True, slots=True)
class Fault:
    """Something wrong at a place of a document: what was found, what is expected, the nearest known word."""

    path: KeyPath
    found: str
    expected: str
    nearest: str = ""


class SettingsError(Exception):
    """The settings cannot be used (or saved); ``problems`` has all of them, in the order of the file."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(map(str, self.problems)))


class Expected(ValueError):
    """Raised by a validator: what would have been right.

    ``key`` is the path below the validated value that is to blame, dots between keys; ``found`` replaces the
    words for the value found there.
    """

    def __init__(self, expected: str, *, key: str = "", found: str = "", nearest: str = "") -> None:
        self.expected, self.key, self.found, self.nearest = expected, key, found, nearest
        super().__init__(expected)


def dotted(path: Iterable[str | int]) -> str:
    """The path as one writes it: ``boards."my board".tie_breakers[1]``; indexes count from 0."""
    text = ""
    for part in path:
        if isinstance(part, int):
            text += f"[{part}]"
        else:
            name = (
                part if _BARE.fullmatch(part) else '"' + part.replace("\\", "\\\\").replace('"', '\\"') + '"'
            )
            text += f".{name}" if text else name
    return text


def nearest(word: str, known: Iterable[str]) -> str:
    """The known word most like ``word``, "" when none comes near."""
    by_folded = {name.casefold(): name for name in known}
    close = difflib.get_close_matches(word.casefold(), by_folded, n=1, cutoff=0.6)
    return by_folded[close[0]] if close else ""


def one_of(known: Iterable[str]) -> str:
    """The known words as a list for a sentence."""
    names = list(known)
    if len(names) > 1:
        return phrase("one of {names}", names=", ".join(names))
    return names[0] if names else phrase("nothing")


def in_words(value: object) -> str:
    """A value as it stands in the file, shortened, with its kind where that is not plain to see."""
    match value:
        case bool():
            return "true" if value else "false"
        case str():
            return phrase("empty text") if not value else f'"{_short(value)}"'
        case int() | float():
            return str(value)
        case date() | time():
            return value.isoformat()
        case dict():
            return phrase("a table") if value else phrase("an empty table")
        case list():
            return phrase("a list") if value else phrase("an empty list")
        case None:
            return phrase("nothing")
    return _short(repr(value))


def _short(text: str) -> str:
    text = _PASSWORD.sub(r"\1***@", text)
    return text if len(text) <= _LONGEST_FOUND else text[: _LONGEST_FOUND - 1] + "…"
