"""What Python's TOML reader says is wrong, so that it can be said in the office's language."""

from __future__ import annotations

from collections.abc import Callable

from salesboard_display.settings.problems import Phrase, phrase

_REASONS = (
    phrase("invalid statement"),
    phrase("expected newline or end of document after a statement"),
    phrase("cannot overwrite a value"),
    phrase("expected ']' at the end of a table declaration"),
    phrase("expected ']]' at the end of an array declaration"),
    phrase("expected '=' after a key in a key/value pair"),
    phrase("invalid initial character for a key part"),
    phrase("unclosed array"),
    phrase("unclosed inline table"),
    phrase("unescaped '\\' in a string"),
    phrase("invalid hex value"),
    phrase("escaped character is not a Unicode scalar value"),
    phrase("unterminated string"),
    phrase("invalid date or datetime"),
    phrase("invalid value"),
)
_BEGINS: tuple[tuple[str, Callable[[str], Phrase]], ...] = (
    ("found invalid character ", lambda found: phrase("an invalid character: {found}", found=found)),
    ("illegal character ", lambda found: phrase("an invalid character: {found}", found=found)),
    ("expected ", lambda found: phrase("{found} is expected", found=found)),
    ("duplicate inline table key ", lambda found: phrase("the key {found} a second time", found=found)),
    ("cannot declare ", lambda found: phrase("the table {found} a second time", found=found)),
    ("cannot redefine namespace ", lambda found: phrase("the table {found} a second time", found=found)),
    ("cannot mutate immutable namespace ", lambda found: phrase("{found}, which is closed", found=found)),
)
"""How those begin that name something, and what is said instead."""


def toml_reason(said: str) -> str:
    """What the reader said, without the place, as a phrase where it is one of those known."""
    said = said[:1].lower() + said[1:]
    if said in _REASONS:
        return _REASONS[_REASONS.index(said)]
    for begin, instead in _BEGINS:
        if said.startswith(begin):
            return instead(said.removeprefix(begin).removesuffix(" twice"))
    return said
