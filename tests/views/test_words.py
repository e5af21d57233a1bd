"""Every word in QML can be translated, and is: the catalogue is what the files say now."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

from tests.translations import FOLDER, VIEWS, collect, compile_words

QML = sorted(VIEWS.rglob("*.qml"))
LITERAL = re.compile(r'\b(?:text|title|label)\s*:\s*(?:[^"\n]*\?\s*)?"([^"]*[A-Za-z][^"]*)"')
SHOWN_AS_IT_IS = re.compile(r"^(?:image://|[a-z-]+$)")


def test_no_word_is_shown_that_cannot_be_translated() -> None:
    found = [
        f"{path.name}: {match[1]}"
        for path in QML
        for line in path.read_text("utf-8").splitlines()
        for match in LITERAL.finditer(line)
        if "qsTr(" not in line
    ]
    assert not found


def test_the_search_for_words_would_find_one() -> None:
    assert LITERAL.search('        text: "Hello"')
    assert LITERAL.search('        text: busy ? "Hello" : ""')
    assert not LITERAL.search('        text: kind === "new" ? name : ""')


def test_every_text_is_made_by_words() -> None:
    texts = [path.name for path in QML if re.search(r"^\s*Text \{", path.read_text("utf-8"), re.MULTILINE)]
    assert texts == ["Words.qml"], "there is one place that makes a Text, and it is plain"
    assert "textFormat: Text.PlainText" in (VIEWS / "components" / "Words.qml").read_text("utf-8")


def test_arrows_and_stars_are_drawn_not_written() -> None:
    for path in QML:
        assert not set(path.read_text("utf-8")) & set("▲▼★⏱"), path.name


def test_nothing_is_moved_by_an_animator() -> None:
    for path in QML:
        assert not re.search(r"\b(?:X|Y|Opacity|Scale|Rotation)Animator\b", path.read_text("utf-8")), (
            path.name
        )


def test_the_catalogue_is_what_the_files_say_and_all_is_translated(tmp_path: Path) -> None:
    for words in sorted(FOLDER.glob("*.ts")):
        fresh = tmp_path / words.name
        shutil.copy(words, fresh)
        collect(fresh)
        assert fresh.read_text("utf-8") == words.read_text("utf-8"), "run python -m tests.translations"
        assert 'type="unfinished"' not in words.read_text("utf-8")


def test_the_compiled_words_are_those_of_the_catalogue(tmp_path: Path) -> None:
    for words in sorted(FOLDER.glob("*.ts")):
        made = tmp_path / "made.qm"
        compile_words(words, made)
        assert made.read_bytes() == words.with_suffix(".qm").read_bytes(), "run python -m tests.translations"
