"""Collects the texts of engine, store and sources into the gettext catalogues: python -m tests.catalogue.

Every catalogue in engine/locale gets the texts it lacks (untranslated), loses those nobody says any more,
and is compiled.
"""

from __future__ import annotations

import ast
import io
import re
import sys
import tomllib
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from babel.messages import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

from salesboard_display.engine.words import DOMAIN, FOLDER, TEXTS
from salesboard_display.settings.presets import PACKAGED
from tests.conftest import REPOSITORY

SOURCES = REPOSITORY / "salesboard_display" / "sources"
SETTINGS = REPOSITORY / "salesboard_display" / "settings"
PLACEHOLDER = re.compile(r"{(\w+)}")


def placeholders(text: str) -> set[str]:
    """The names of the gaps in a text."""
    return set(PLACEHOLDER.findall(text))


def says_something(text: str) -> bool:
    """Whether there is a word in it to translate, beside the gaps."""
    return any(character.isalpha() for character in PLACEHOLDER.sub("", text))


def texts_of_sources() -> Iterator[tuple[str, str]]:
    """(text, where) of every message a source makes; its English is its id."""
    told = {"problem": 1, "Message": 0, "wrong_set_up": 0, "SecretRefused": 0, "Unusable": 0, "BadBody": 0}
    for path in [*sorted(SOURCES.rglob("*.py")), *sorted(SETTINGS.glob("secret*.py"))]:
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            name = node.func.id if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) else ""
            place = told.get(name)
            if place is None or not isinstance(node, ast.Call) or len(node.args) <= place:
                continue
            text = node.args[place]
            if isinstance(text, ast.Constant) and isinstance(text.value, str):
                yield text.value, path.relative_to(SOURCES.parent).as_posix()


SAYING = {
    "phrase": (slice(0, 1), ()),
    "Shown": (slice(0, 1), ()),
    "Expected": (slice(0, 1), ("found",)),
    "Fault": (slice(1, 3), ()),
    "VersionError": (slice(0, 2), ()),
    "Problem": (slice(3, 5), ()),
}
"""What says something in the settings → which of its arguments are words, by place and by name."""


def texts_of_settings() -> Iterator[tuple[str, str]]:
    """(text, where) of every part of a sentence about settings; its English is its id."""
    for path in sorted(SETTINGS.glob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in SAYING:
                places, names = SAYING[node.func.id]
                said = [*node.args[places], *(one.value for one in node.keywords if one.arg in names)]
                for text in (found for one in said for found in _texts_in(one)):
                    yield text, path.relative_to(SOURCES.parent).as_posix()


def _texts_in(said: ast.expr) -> Iterator[str]:
    if isinstance(said, ast.Constant) and isinstance(said.value, str):
        yield said.value
    elif isinstance(said, ast.IfExp):
        yield from (*_texts_in(said.body), *_texts_in(said.orelse))


def texts_of_presets() -> Iterator[tuple[str, str]]:
    """(text, where) of every sentence a packaged preset says about a refusal."""
    for path in sorted(PACKAGED.glob("*.toml")):
        for rule in tomllib.loads(path.read_text("utf-8")).get("errors", []):
            if "say" in rule:
                yield rule["say"], path.relative_to(SOURCES.parent).as_posix()


def texts() -> dict[str, str]:
    """Every text there is to translate → what it is for: its id, or the source's module that says it."""
    found = {text: id_ for id_, text in TEXTS.items() if says_something(text)}
    for text, where in (*texts_of_sources(), *texts_of_settings(), *texts_of_presets()):
        if says_something(text):
            found.setdefault(text, where)
    return found


def renewed(old: Catalog) -> Catalog:
    """A catalogue of today's texts, with the translations of the old one."""
    new = Catalog(
        locale=old.locale,
        domain=DOMAIN,
        header_comment=_HEADER,
        project="salesboard_display",
        version="0",
        creation_date=_LONG_AGO,
        revision_date=_LONG_AGO,
        fuzzy=False,
        last_translator=_AUTHORS,
        language_team=_AUTHORS,
        copyright_holder=_AUTHORS,
        msgid_bugs_address=_AUTHORS,
    )
    for text, purpose in texts().items():
        before = old.get(text)
        new.add(text, before.string if before is not None else "", user_comments=[purpose], flags=[])
    return new


def written(catalogue: Catalog) -> bytes:
    """The catalogue as a .po file, the same bytes for the same texts."""
    file = io.BytesIO()
    write_po(file, catalogue, width=110, sort_output=False)
    return file.getvalue()


def compiled(catalogue: Catalog) -> bytes:
    """The catalogue as a .mo file."""
    file = io.BytesIO()
    write_mo(file, catalogue)
    return file.getvalue()


def read(po: Path) -> Catalog:
    """The catalogue in a .po file."""
    with po.open("rb") as file:
        return read_po(file, locale=po.parts[-3], domain=DOMAIN)


def catalogues() -> list[Path]:
    """The .po file of every language."""
    return sorted(FOLDER.glob(f"*/LC_MESSAGES/{DOMAIN}.po"))


_LONG_AGO = datetime(
    2026, 1, 1, tzinfo=UTC
)  # a date that changed by itself would make every file look edited
_AUTHORS = "The salesboard_display authors"
_HEADER = """\
# What the wall, the commands and the store say; the words written in QML are in views/i18n.
# Renewed and compiled by `make words`. The comment above a text is its id, or the module that says it."""


def main() -> None:
    """Renew and compile every catalogue; tell what is still to be translated."""
    for po in catalogues():
        catalogue = renewed(read(po))
        po.write_bytes(written(catalogue))
        po.with_suffix(".mo").write_bytes(compiled(catalogue))
        missing = [str(message.id) for message in catalogue if message.id and not message.string]
        print(f"{po.parts[-3]}: {len(catalogue)} texts, {len(missing)} to translate", file=sys.stderr)
        for text in missing:
            print(f"  {text}", file=sys.stderr)


if __name__ == "__main__":
    main()
