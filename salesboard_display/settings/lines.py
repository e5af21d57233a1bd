"""Which line of a TOML text each key stands on, and which keys are given twice."""

from __future__ import annotations

import bisect
import re
from dataclasses import dataclass, field

from salesboard_display.settings.problems import KeyPath

_BLANK = re.compile(r"[ \t]*")
_BETWEEN = re.compile(r"(?:[ \t\r\n]+|#[^\n]*)*")
_BARE_KEY = re.compile(r"[A-Za-z0-9_-]+")
_BARE_VALUE = re.compile(r"[^,\]}#\r\n]+")
_STRING = re.compile(
    r'"""(?:[^\\]|\\.)*?"{3,5}|'
    r"'''.*?'{3,5}|"
    r'"(?:[^"\\\n]|\\[^\n])*"|'
    r"'[^'\n]*'",
    re.DOTALL,
)
_KEY_PART = re.compile(
    r"""(?P<dot>\.)?(?P<name>[A-Za-z0-9_-]+|"(?:[^"\\]|\\.)*"|'[^']*')|\[(?P<index>\d+)\]"""
)
_ESCAPE = re.compile(r"\\(u[0-9A-Fa-f]{4}|U[0-9A-Fa-f]{8}|.)", re.DOTALL)
_ESCAPES = {"b": "\b", "t": "\t", "n": "\n", "f": "\f", "r": "\r", '"': '"', "\\": "\\"}


@dataclass(slots=True)
class Lines:
    """Where keys stand. ``repeated`` lists (key, line, first line); ``last`` is the last key begun."""

    first: dict[KeyPath, int] = field(default_factory=dict)
    repeated: list[tuple[KeyPath, int, int]] = field(default_factory=list)
    last: KeyPath = ()

    def of(self, path: KeyPath) -> int:
        """The line of the key, else of the nearest table around it that is written down, else 0."""
        while path and path not in self.first:
            path = path[:-1]
        return self.first.get(path, 0)


def find_lines(text: str) -> Lines:
    """Lines (from 1) of every table, key and list item; text that is not TOML is followed while it can be."""
    scanner = _Scanner(text)
    try:
        scanner.run()
    except (_NotToml, RecursionError):
        pass
    return scanner.lines


def split_key(key: str) -> KeyPath:
    """The path of a key as `problems.dotted` writes it: ``a."b"[1]`` → ("a", "b", 1). Raises KeyError."""
    path: KeyPath = ()
    at = 0
    while at < len(key):
        match = _KEY_PART.match(key, at)
        if match is None or (match["dot"] is not None) == (at == 0 or match["index"] is not None):
            raise KeyError(key)
        path += (int(match["index"]),) if match["index"] else (_plain(match["name"]),)
        at = match.end()
    if not path:
        raise KeyError(key)
    return path


class _NotToml(Exception):
    """The text stops being TOML here; tomllib has the words for it."""


class _Scanner:
    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.lines = Lines()
        self._newlines = [i for i, char in enumerate(text) if char == "\n"]
        self._values: set[KeyPath] = set()
        self._headers: set[KeyPath] = set()
        self._lists: dict[KeyPath, int] = {}

    def run(self) -> None:
        table: KeyPath = ()
        while True:
            self._skip(_BETWEEN)
            if self.at >= len(self.text):
                return
            table = self._header() if self.text[self.at] == "[" else self._pair(table)
            self._skip(_BLANK)
            if self.text[self.at : self.at + 1] not in ("", "#", "\r", "\n"):
                raise _NotToml

    def _header(self) -> KeyPath:
        line = self._line()
        many = self.text.startswith("[[", self.at)
        self.at += 2 if many else 1
        parts = self._key()
        self._expect("]]" if many else "]")
        path: KeyPath = ()
        for part in parts[:-1]:
            path = self._inside((*path, part))
            self.lines.first.setdefault(path, line)
        path = (*path, parts[-1])
        self.lines.first.setdefault(path, line)
        if many:
            index = self._lists.get(path, 0)
            self._lists[path] = index + 1
            path = (*path, index)
            self.lines.first[path] = line
        else:
            self._given(path, line, self._headers)
        self.lines.last = path
        return path

    def _inside(self, path: KeyPath) -> KeyPath:
        return (*path, self._lists[path] - 1) if path in self._lists else path

    def _pair(self, table: KeyPath) -> KeyPath:
        line = self._line()
        path = table
        for part in self._key():
            path = (*path, part)
            if path not in self.lines.first:
                self.lines.first[path] = line
        self.lines.last = path
        self._given(path, line, self._values)
        self._expect("=")
        self._value(path)
        return table

    def _given(self, path: KeyPath, line: int, into: set[KeyPath]) -> None:
        if path in self._values or path in self._headers:
            self.lines.repeated.append((path, line, self.lines.first[path]))
        into.add(path)

    def _key(self) -> list[str]:
        parts = []
        while True:
            self._skip(_BLANK)
            if self.text[self.at : self.at + 1] in ('"', "'"):
                parts.append(_plain(self._take(_STRING)))
            else:
                parts.append(self._take(_BARE_KEY))
            self._skip(_BLANK)
            if not self.text.startswith(".", self.at):
                return parts
            self.at += 1

    def _value(self, path: KeyPath) -> None:
        self._skip(_BLANK)
        opening = self.text[self.at : self.at + 1]
        if opening in ('"', "'"):
            self._take(_STRING)
        elif opening == "[":
            self._list(path)
        elif opening == "{":
            self._inline_table(path)
        else:
            self._take(_BARE_VALUE)

    def _list(self, path: KeyPath) -> None:
        self.at += 1
        index = 0
        while True:
            self._skip(_BETWEEN)
            if self._found("]"):
                return
            self.lines.first[(*path, index)] = self._line()
            self._value((*path, index))
            index += 1
            self._skip(_BETWEEN)
            if not self._found(","):
                self._expect("]")
                return

    def _inline_table(self, path: KeyPath) -> None:
        self.at += 1
        while True:
            self._skip(_BETWEEN)
            if self._found("}"):
                return
            self._pair(path)
            self._skip(_BETWEEN)
            if not self._found(","):
                self._expect("}")
                return

    def _line(self) -> int:
        return bisect.bisect_left(self._newlines, self.at) + 1

    def _skip(self, pattern: re.Pattern[str]) -> None:
        match = pattern.match(self.text, self.at)
        self.at = match.end() if match else self.at

    def _take(self, pattern: re.Pattern[str]) -> str:
        match = pattern.match(self.text, self.at)
        if match is None or match.end() == self.at:
            raise _NotToml
        self.at = match.end()
        return match.group()

    def _found(self, mark: str) -> bool:
        if not self.text.startswith(mark, self.at):
            return False
        self.at += len(mark)
        return True

    def _expect(self, mark: str) -> None:
        self._skip(_BLANK)
        if not self._found(mark):
            raise _NotToml


def _plain(quoted: str) -> str:
    """A key without quotes and escapes."""
    if quoted[0] not in "'\"":
        return quoted
    if quoted[0] == "'":
        return quoted[1:-1]
    return _ESCAPE.sub(_unescaped, quoted[1:-1])


def _unescaped(match: re.Match[str]) -> str:
    escape = match[1]
    return chr(int(escape[1:], 16)) if len(escape) > 1 else _ESCAPES.get(escape, escape)
