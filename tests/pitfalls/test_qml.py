"""Pitfalls 4, 9, 18, 26 and 28: what no QML file of the wall may do."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.project.code import PACKAGE, objects, qml_files, without_comments_and_strings

TEXTS = "(?:Text|TextEdit|Label)"
IDS = [str(file.relative_to(PACKAGE)) for file in qml_files()]


def rich_texts(qml: str) -> list[int]:
    """The lines of the texts that do not say Text.PlainText themselves, and so would guess rich text."""
    plain = re.compile(r"(?<![\w.])textFormat\s*:\s*(?:Text|TextEdit|Label)\.PlainText\b")
    return [line for line, body in objects(qml, TEXTS) if not plain.search(body)]


@pytest.mark.parametrize("file", qml_files(), ids=IDS)
def test_every_text_is_plain(file: Path) -> None:
    """A rep named ``<img src=http://...>`` made a wall fetch the address."""
    assert rich_texts(file.read_text("utf-8")) == []


@pytest.mark.parametrize("file", qml_files(), ids=IDS)
def test_no_text_asks_for_anything_else(file: Path) -> None:
    code = without_comments_and_strings(file.read_text("utf-8"))
    assert re.findall(r"textFormat\s*:\s*(?!Text\.PlainText\b)\S+", code) == []


@pytest.mark.parametrize(
    ("qml", "lines"),
    [
        ("Text { textFormat: Text.PlainText; text: 'a' }", []),
        ("Text { text: 'textFormat: Text.PlainText' }", [1]),
        ("Text {\n // textFormat: Text.PlainText\n}", [1]),
        ("Text { Text { textFormat: Text.PlainText } }", [1]),
        ("Item {\n Text { color: { return 'red' } textFormat: Text.PlainText } }", []),
        ("component Name: Text {\n}", [1]),
        ("MyText { }\nTextMetrics { }\nT.Text.PlainText", []),
    ],
)
def test_the_scan_finds_the_texts_that_guess(qml: str, lines: list[int]) -> None:
    assert rich_texts(qml) == lines


FORBIDDEN = {
    r"\b(X|Y|Opacity|Scale|Rotation)Animator\b": "unpaced on the software renderer: NumberAnimation (18)",
    r"\b(ShaderEffect|MultiEffect|ParticleSystem|Qt5Compat)\b": "not drawn by the software renderer",
    r"import\s+QtWebEngine": "a browser in the wall",
    "[▲▼★]": "not in the typeface: draw a shape (28)",
}


@pytest.mark.parametrize("file", qml_files(), ids=IDS)
def test_nothing_that_the_software_renderer_cannot_draw_well(file: Path) -> None:
    code = file.read_text("utf-8")
    code = re.sub(r"//[^\n]*|/\*.*?\*/", "", code, flags=re.S)
    assert {why for pattern, why in FORBIDDEN.items() if re.search(pattern, code)} == set()


def test_no_context_property_and_no_larger_glyph_cache() -> None:
    """The first are invisible to qmllint (9), the second makes large text vanish (26)."""
    forbidden = re.compile("setContextProperty|QT_MAX_CACHED_GLYPH_SIZE")
    assert [str(file) for file in PACKAGE.rglob("*.py") if forbidden.search(file.read_text("utf-8"))] == []
