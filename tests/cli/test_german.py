"""A German office's `check` says everything in German: mistakes in the settings, rejected records, boards."""

from __future__ import annotations

import re

import pytest

from salesboard_display.core.messages import Unworkable
from salesboard_display.engine import checkup
from tests.cli.conftest import Typed
from tests.engine.offices import OfficeFolder

ENGLISH = re.compile(
    r"\b(the|is|are|not|expected|found|of|and|or|with|has|have|missing|one|more|than|such|to)\b"
)
GOOD = '[office]\nzone = "UTC"\nlocale = "de_DE"'


@pytest.fixture(autouse=True)
def _german(office: OfficeFolder) -> None:
    office.edit('[office]\nzone = "UTC"\nlocale = "en_IE"', GOOD)


def english_in(said: str) -> list[str]:
    """English words in it, besides what is quoted from the files themselves."""
    bare = re.sub(r'"[^"]*"|`[^`]*`|„[^“]*“|/\S+|\[[a-z.]+\]|\b[a-z]+_[a-z_]+\b', "", said)
    return [f"{match[0]}: {line}" for line in bare.splitlines() for match in ENGLISH.finditer(line)]


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('zone = "UTC"', 'zone = "Europa/Berlin"', "eine IANA-Zeitzone wie Europe/Berlin"),
        ('zone = "UTC"', "zone = 7", "gefunden: 7; erwartet: IANA-Zeitzone"),
        ('zone = "UTC"', 'zone = "UTC"\nzoen = 1', "ein unbekannter Schlüssel; erwartet: eines von"),
        ('zone = "UTC"', 'zone = "UTC', "ein unzulässiges Zeichen"),
        ('zone = "UTC"', 'zone "UTC"', "nach dem Schlüssel fehlt '='"),
        ('zone = "UTC"', 'zone = "UTC"\nzone = "UTC"', "dies ein zweites Mal (zuerst in Zeile 4)"),
        ('zone = "UTC"', 'zone = "${env:NO_SUCH}"', "dass die Umgebungsvariable NO_SUCH gesetzt ist"),
        ("version = 1", "version = 99", "1 oder älter; ein neueres Programm"),
        ("version = 1\n", "", "keine Version"),
        ('poll_every = "1h"', "poll_every = 3600", "eine Zahl mit ihrer Einheit"),
        ('poll_every = "1h"', 'poll_every = "9d"', '"1s" bis "24h"'),
        ('key = "id"', 'key = "{id"', "eine Spalte oder ein Text mit Spalten"),
        ('amount = "amount"', 'amount = "amout["', "ein vollständiger JMESPath-Ausdruck"),
        ('amount = "amount"', 'amount = "summ(a)"', 'die Funktion "summ"'),
        ('currency = { constant = "EUR" }', "", "eine Währung für den Betrag"),
        ('person = "who"', "", "entweder `person` oder `credits`"),
        ('as = "datetime"', 'as = "datum"', "eines von date, datetime"),
        ('type = "file"', 'type = "fiel"', "eines von file, http"),
        ('type = "file"\n', "", "kein Typ"),
        ('metric = "revenue"', 'metric = "revenu"', "die Kennung aus [metrics]"),
        ('board = "revenue"', "", '`board`, weil `view` "leaderboard" ist'),
        ('aggregate = "count"', 'aggregate = "distinct"', '`attribute`, weil `aggregate` "distinct" ist'),
        ('name = "Deals"', "name = 5", "erwartet: Text, "),
        ('name = "Deals"', 'name = "a\\tb"', "Text in einer Zeile, ohne Steuerzeichen"),
        ("[boards.deals]", "[boards.Deals]", "eine Kennung aus höchstens 64 Kleinbuchstaben"),
        ('channel = "main"', 'channel = "mian"', "die Kennung aus [channels]"),
        ('kinds = ["deal_won"]', "kinds = []", "mindestens eine Art von Tatsachen"),
        ('kinds = ["deal_won"]', 'kinds = "deal_won"', "Liste (Kennung)"),
    ],
)
def test_a_mistake_in_the_settings(typed: Typed, office: OfficeFolder, old: str, new: str, said: str) -> None:
    typed("check")  # keeps them as the last good ones, which speak German
    text = office.settings.read_text("utf-8")
    assert old in text
    office.settings.write_text(text.replace(old, new, 1), "utf-8")
    found = typed("check").output
    lines = [one for one in found.splitlines() if one.startswith("PROBLEM  Einstellungen")]
    assert any(said in line for line in lines), lines
    assert english_in("\n".join(lines)) == []


BAD_ROWS = """\
id,who,amount,at
,Anna,1,2026-03-10 10:00:00
a1,,1,2026-03-10 10:00:00
a2,Anna,,2026-03-10 10:00:00
a3,Anna,viel,2026-03-10 10:00:00
a4,Anna,1.005,2026-03-10 10:00:00
a5,Anna,99999999999999999999,2026-03-10 10:00:00
a6,Anna,NaN,2026-03-10 10:00:00
a7,Anna,5 USD,2026-03-10 10:00:00
a8,Anna,1,gestern
a9,Anna,1,
b1,Anna,1,1806-03-10 10:00:00
b2,Anna,1
b3,Anna,1,2026-03-10 10:00:00
"""


def test_rejected_records(typed: Typed, office: OfficeFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checkup, "SHOWN_REJECTIONS", 50)
    office.deals_file.write_text(BAD_ROWS, "utf-8")
    found = typed("check").output
    (line,) = [one for one in found.splitlines() if "abgelehnt" in one]
    for reason in (
        "id: der Schlüssel fehlt",
        "who: der Name der Person fehlt",
        "amount: der Betrag fehlt",
        "„viel“ ist keine Zahl",
        "„1.005“ hat mehr Nachkommastellen als EUR (2)",
        "„99999999999999999999“ ist größer, als gespeichert werden kann",
        "„NaN“ ist keine Zahl, mit der sich rechnen lässt",
        "„5 USD“ ist in USD angegeben, erwartet wird EUR",
        "„gestern“ ist kein Datum mit Uhrzeit der Form",
        "at: das Datum fehlt",
        "„1806-03-10 10:00:00“ liegt nicht in den Jahren 1900 bis 2199",
        "die Zeile hat 3 Felder, die Kopfzeile 4",
    ):
        assert reason in line
    assert english_in(line) == []


def test_a_board_that_cannot_be_worked_out(typed: Typed, monkeypatch: pytest.MonkeyPatch) -> None:
    def unworkable(*_: object) -> None:
        raise Unworkable("no-tie-breaker", board="revenue", found="age")

    monkeypatch.setattr(checkup, "work_out", unworkable)
    found = typed("check").output
    assert "„age“ ist kein Kriterium bei Gleichstand" in found
    assert english_in(found) == []


def test_settings_that_never_were_good_are_told_in_the_language_they_name(
    typed: Typed, office: OfficeFolder
) -> None:
    office.edit('metric = "revenue"', 'metric = "revenu"')
    for command in (("check",), ("standings", "revenue"), ("source", "try", "crm")):
        said = typed(*command)
        assert said.exit_code == 1
        assert 'gefunden: "revenu"; erwartet: die Kennung aus [metrics]' in said.output


def test_a_source_that_is_tried_is_told_of_in_the_office_s_language(
    typed: Typed, office: OfficeFolder
) -> None:
    office.deals_file.unlink()
    assert english_in(typed("source", "try", "crm").output) == []
