"""What may stand in a query: one SELECT that changes nothing, and named gaps."""

from __future__ import annotations

import re
from dataclasses import dataclass

from salesboard_display.settings.problems import Expected, phrase

_ONE_SELECT = phrase("one SELECT (or WITH … SELECT) that changes nothing")
_QUOTED = (
    r"\$(?P<tag>\w*)\$.*?\$(?P=tag)\$",  # PostgreSQL's $$texts$$
    r'"(?:[^"]|"")*"',
    r"`[^`]*`",
    r"--[^\n]*",
    r"/\*.*?\*/",
)
_STANDARD_TEXT = r"'(?:[^']|'')*'"
_MYSQLS_OWN = (r"'(?:[^'\\]|\\.|'')*'", r"#[^\n]*")
_GAP = re.compile(r"(?<![:\w]):([A-Za-z_]\w*)(?![:\w])")
_CHANGES = re.compile(r"\b(into|update|delete\s+from)\b", re.IGNORECASE)
_FIRST = re.compile(r"[\s(]*([A-Za-z]+)")
_OPEN = re.compile(r"['\"`]|/\*")


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of a statement: plain SQL, or something between quotation marks (a comment is that, too)."""

    text: str
    quoted: bool


def pieces(statement: str, *, mysql: bool = False) -> list[Piece]:
    """The statement cut where quotation begins and ends. In ``mysql`` a backslash escapes in texts, and #
    begins a comment."""
    pattern = "|".join((*(_MYSQLS_OWN if mysql else (_STANDARD_TEXT,)), *_QUOTED))
    found: list[Piece] = []
    end = 0
    for match in re.finditer(pattern, statement, re.DOTALL):
        found += [Piece(statement[end : match.start()], quoted=False), Piece(match[0], quoted=True)]
        end = match.end()
    return [*found, Piece(statement[end:], quoted=False)]


def gaps(parts: list[Piece]) -> frozenset[str]:
    """The names that stand with a colon before them outside quotation marks: ``:cursor``."""
    return frozenset(name for part in parts if not part.quoted for name in _GAP.findall(part.text))


def check_select(parts: list[Piece]) -> None:
    """Raises Expected unless these are the pieces of one statement that only reads.

    It is there to say a mistake early and in words. What holds against ill will is the database's own
    read-only transaction, and a user that may only read.
    """
    bare = " ".join(" " if part.quoted else part.text for part in parts)
    first = _FIRST.match(bare)
    if _OPEN.search(bare):
        raise Expected(_ONE_SELECT, found="a quotation mark or comment that is not closed")
    if first is None or first[1].upper() not in ("SELECT", "WITH"):
        began = phrase("a statement that begins with {word}", word=first[1]) if first else phrase("nothing")
        raise Expected(_ONE_SELECT, found=began)
    if ";" in bare.rstrip().rstrip(";"):
        raise Expected(_ONE_SELECT, found="more than one statement")
    if changing := _CHANGES.search(bare):
        word = " ".join(changing[1].upper().split())
        raise Expected(
            phrase("{one}; a name like that stands in quotation marks", one=_ONE_SELECT),
            found=phrase("the word {word}", word=word),
        )
