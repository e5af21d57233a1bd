"""Why something could not be used is a message, so that it can be said in the office's language."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from salesboard_display.core.messages import Message, packed, unpacked
from salesboard_display.engine.numbers import Style
from salesboard_display.engine.words import Words
from tests.catalogue import SOURCES
from tests.sources.test_mapping import WON, mapped, record

GERMAN = Words(Style("de_DE", "Europe/Berlin"))
ARGS = st.dictionaries(st.from_regex(r"[a-z]{1,8}", fullmatch=True), st.text() | st.integers(), max_size=3)


@pytest.mark.parametrize(
    "path", [*(SOURCES / "mapping").glob("*.py"), SOURCES / "rates.py"], ids=lambda path: path.stem
)
def test_no_value_is_refused_without_a_message(path: Path) -> None:
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Raise) and isinstance(node.exc, ast.Call):
            assert ast.unparse(node.exc.func) != "ValueError", f"{path.name}, line {node.lineno}"


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"value": "1.005"}, "„1.005“ hat mehr Nachkommastellen als EUR (2)"),
        ({"value": ["1"]}, "eine Zahl wird erwartet, nicht list"),
        ({"closed": "2026-02-30"}, "„2026-02-30“ ist kein Datum der Form 2026-12-31"),
        ({"closed": "1806-02-03"}, "„1806-02-03“ liegt nicht in den Jahren 1900 bis 2199"),
        ({"id": "x" * 201}, "der Schlüssel hat 201 Zeichen; höchstens 200 werden gespeichert"),
        ({"agent": ""}, "der Name der Person fehlt"),
    ],
)
def test_a_german_office_is_told_in_german(changes: dict[str, object], said: str) -> None:
    (rejection,) = mapped([record(**changes)], WON).rejections
    assert GERMAN.say(rejection.reason) == said
    assert GERMAN.say(unpacked(packed(rejection.reason))) == said


@given(st.text(), ARGS, ARGS)
def test_a_message_comes_back_from_where_it_is_kept(
    text: str, args: dict[str, str], more: dict[str, str]
) -> None:
    said = Message(text, (*args.items(), ("inner", Message(text, tuple(more.items())))))
    assert unpacked(packed(said)) == said


@given(st.text())
def test_a_reason_an_older_version_kept_says_itself(text: str) -> None:
    assert GERMAN.say(unpacked(text)) == GERMAN.say(Message("{text}", (("text", text),)))
