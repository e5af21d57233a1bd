"""The translations: every text has one, with the same gaps, compiled, and it reads as it is spoken."""

from __future__ import annotations

import gettext
from datetime import date
from fractions import Fraction
from pathlib import Path

import pytest
from babel.messages import Catalog

from salesboard_display.core.definitions import Unit, UnitKind
from salesboard_display.core.messages import Figure, Instant, Message, message
from salesboard_display.engine.numbers import Style
from salesboard_display.engine.words import DOMAIN, FOLDER, Words
from salesboard_display.sources.file.words import is_empty
from salesboard_display.store import StoreBusy
from tests import catalogue

GERMAN = Words(Style("de_DE", "Europe/Berlin"))
ENGLISH = Words(Style("en_US", "Europe/Berlin"))
EURO = Unit(UnitKind.MONEY, "EUR")
NOVEMBER_2 = 1_793_620_800_000  # 2026-11-02 13:00 in Berlin


@pytest.fixture(params=catalogue.catalogues(), ids=lambda po: po.parts[-3])
def po(request: pytest.FixtureRequest) -> Path:
    found: Path = request.param
    return found


@pytest.fixture
def translated(po: Path) -> Catalog:
    return catalogue.read(po)


def test_there_are_texts_of_engine_store_and_sources_to_translate() -> None:
    texts = catalogue.texts()
    assert "{figure} ahead" in texts
    assert "There is no store yet ({path})" in texts
    assert "{file} is empty. The last good data stays." in texts


def test_every_text_is_in_the_catalogue_and_none_besides(translated: Catalog) -> None:
    said = {str(message.id) for message in translated if message.id}
    assert said == set(catalogue.texts()), "run: make words"


def test_every_text_is_translated(translated: Catalog) -> None:
    assert [message.id for message in translated if message.id and not message.string] == []


def test_a_translation_has_the_gaps_of_its_text(translated: Catalog) -> None:
    for entry in translated:
        assert (
            catalogue.placeholders(str(entry.string)) == catalogue.placeholders(str(entry.id)) or not entry.id
        )


def test_the_compiled_catalogue_is_that_of_the_texts(po: Path, translated: Catalog) -> None:
    with po.with_suffix(".mo").open("rb") as file:
        compiled = gettext.GNUTranslations(file)
    for entry in translated:
        if entry.id:
            assert compiled.gettext(str(entry.id)) == entry.string, "run: make words"


def test_renewing_a_renewed_catalogue_changes_nothing(translated: Catalog) -> None:
    once = catalogue.renewed(translated)
    assert catalogue.written(catalogue.renewed(once)) == catalogue.written(once)


def test_a_new_text_is_added_and_one_nobody_says_any_more_leaves() -> None:
    old = Catalog(locale="de", domain=DOMAIN)
    old.add("nobody says this", "das sagt niemand")
    old.add("{figure} ahead", "{figure} vorn")
    new = catalogue.renewed(old)
    assert "nobody says this" not in new
    assert new["{figure} ahead"].string == "{figure} vorn"
    assert new["in the lead"].string == ""


@pytest.mark.parametrize(
    ("said", "german", "english"),
    [
        (
            message("row-behind", figure=Figure(Fraction(4810), EURO), rank=1),
            "4.810 € bis Platz 1",
            "€4,810 to 1st",
        ),
        (message("row-level", rank=3), "gleichauf mit Platz 3", "level with 3rd"),
        (message("period-week", first=date(2026, 11, 2)), "Woche ab 2. Nov. 2026", "week of Nov 2, 2026"),
        (message("period-quarter", number=2, year="2017/18"), "Q2 2017/18", "Q2 2017/18"),
        (message("period-month", month=3, year=2017), "März 2017", "March 2017"),
        (
            message("left-on", day=Instant(NOVEMBER_2)),
            "nicht mehr dabei seit 2. Nov. 2026",
            "left on Nov 2, 2026",
        ),
        (message("challenge-starts", starts=Instant(NOVEMBER_2)), "beginnt Mo. 13:00", "starts Mon 1:00 PM"),
        (
            message(
                "rule-sum",
                of=message("of-amount"),
                metric="Umsatz",
                period=message("period-rolling", days=30),
            ),
            "Summe (Betrag): Umsatz, letzte 30 Tage",
            "sum of amount: Umsatz, last 30 days",
        ),
    ],
)
def test_it_reads_as_the_language_is_spoken(said: Message, german: str, english: str) -> None:
    assert GERMAN.say(said).replace("\u00a0", " ") == german
    assert ENGLISH.say(said).replace("\u00a0", " ") == english


def test_what_store_and_sources_say_is_said_in_the_offices_language() -> None:
    busy, empty = StoreBusy(Path("a.db"), 7).message, is_empty(Path("a.csv")).message
    assert GERMAN.say(busy) == "Prozess 7 schreibt bereits in diesen Speicher (a.db)"
    assert GERMAN.say(empty) == "a.csv ist leer. Die letzten guten Daten bleiben."
    assert ENGLISH.say(busy) == "Process 7 is writing to this store already (a.db)"


def test_a_language_without_a_catalogue_speaks_english_with_numbers_of_its_own() -> None:
    finnish = Words(Style("fi_FI", "Europe/Helsinki"))
    assert finnish.say(message("row-ahead", figure=Figure(Fraction(4810), EURO))).endswith("€ ahead")


def test_a_text_of_the_outside_world_keeps_its_braces() -> None:
    assert GERMAN.say(Message("HTTP {broken")) == "HTTP {broken"
    assert GERMAN.say(Message("{not} an argument of ours")) == "{not} an argument of ours"


def test_the_catalogues_lie_in_the_package() -> None:
    assert (FOLDER / "de" / "LC_MESSAGES" / f"{DOMAIN}.mo").is_file()
