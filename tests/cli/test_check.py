"""`check` says in words whether everything is in order, and settings with mistakes are named to the line."""

from __future__ import annotations

import json
import os
import re
import time

import pytest

from tests.cli.conftest import AT, Typed, typed_alone
from tests.engine.offices import OfficeFolder


@pytest.fixture
def _a_screen(monkeypatch: pytest.MonkeyPatch) -> None:
    """A display is named; what is behind it is Qt's offscreen one all the same."""
    monkeypatch.setenv("DISPLAY", ":99")


def line(said: str, begin: str) -> str:
    """The first line that begins so, after "ok" or "PROBLEM"; what else there is to say comes after it."""
    return next(row for row in said.splitlines() if row.split(maxsplit=1)[-1].startswith(begin))


@pytest.mark.usefixtures("_a_screen")
def test_all_in_order_ends_with_0(typed: Typed) -> None:
    said = typed("check")
    assert "PROBLEM" not in said.stdout
    assert said.stdout.endswith("Everything is in order.\n")
    assert said.exit_code == 0
    for begin in (
        "settings",
        "store disk",
        "source crm",
        "people",
        "board revenue",
        "screen 0",
        "fonts Manrope",
    ):
        assert line(said.stdout, begin).startswith("ok")


def test_without_a_screen_it_says_so(typed: Typed) -> None:
    said = typed("check")
    assert "No screen here (neither DISPLAY nor WAYLAND_DISPLAY is set)" in line(
        said.stdout, "screen display"
    )


@pytest.mark.usefixtures("_a_screen")
def test_as_json_every_finding_has_the_same_keys(typed: Typed) -> None:
    said = typed("check", "--json")
    findings = json.loads(said.stdout)
    assert said.exit_code == 0
    assert all(list(finding) == ["area", "name", "ok", "text", "advice"] for finding in findings)
    assert {"settings", "store", "source", "people", "board", "screen", "fonts"} <= {
        finding["area"] for finding in findings
    }


def test_a_missing_file_is_named(typed: Typed, office: OfficeFolder) -> None:
    office.deals_file.unlink()
    said = typed("check")
    found = line(said.stdout, "source crm")
    assert found.startswith("PROBLEM")
    assert f"{office.deals_file} is missing" in found
    assert said.output.count(" is missing") == 1, "on either channel"
    assert said.exit_code == 1


def test_a_file_that_was_last_written_long_ago_is_told_with_its_age(
    typed: Typed, office: OfficeFolder
) -> None:
    office.edit('poll_every = "1h"', 'poll_every = "1h"\nexpected_every = "1m"')
    old = time.time() - 90_000
    os.utime(office.deals_file, (old, old))
    found = line(typed("check").stdout, "source crm")
    assert found.startswith("PROBLEM")
    assert "stale, complete as of " in found


def test_rejected_records_are_named_with_their_reason(typed: Typed, office: OfficeFolder) -> None:
    text = office.deals_file.read_text("utf-8") + "d3,Ben Bow,many,2026-03-10 10:00:00\n"
    office.deals_file.write_text(text, "utf-8")
    said = typed("check").stdout
    found = next(row for row in said.splitlines() if "source crm: 1 rejected" in row)
    assert "row 4" in found
    assert "“many” is not a number" in found


def test_that_no_record_of_a_kind_can_be_used_is_a_problem_and_its_facts_stay(
    typed: Typed, office: OfficeFolder
) -> None:
    office.edit(
        'currency = { constant = "EUR" }',
        """currency = { constant = "EUR" }
[[sources.crm.facts]]
kind = "deal"
key = "{id}:any"
person = "who"
happened = { from = "at", as = "datetime" }
""",
    )
    before = typed("standings", "revenue", "--at", AT).stdout
    assert "€300" in before
    text = office.deals_file.read_text("utf-8").replace("300", "n/a").replace("200", "n/a")
    office.deals_file.write_text(text, "utf-8")
    said = typed("check")
    (found,) = [row for row in said.stdout.splitlines() if "none of the last 2 “deal won” records" in row]
    assert found.startswith("PROBLEM")
    assert "amount: “n/a” is not a number" in found
    assert said.exit_code == 1
    assert typed("standings", "revenue", "--at", AT).stdout == before


def test_people_nobody_matched_are_listed_for_the_manager(typed: Typed, office: OfficeFolder) -> None:
    office.edit('type = "file"', 'type = "file"\nunknown_people = "unassigned"')
    said = typed("check").stdout
    found = line(said, "people")
    assert found.startswith("PROBLEM")
    assert "Anna Arc (crm), Ben Bow (crm)" in found
    assert "→ Add them to the roster" in said


def test_a_damaged_store_is_set_aside_and_everything_read_again(typed: Typed, office: OfficeFolder) -> None:
    typed("standings", "revenue")
    store = office.path / "store.db"
    store.write_bytes(b"this is no database" * 1000)
    said = typed("standings", "revenue", "--at", AT)
    assert said.exit_code == 0
    assert "Anna Arc" in said.stdout


ENGLISH = re.compile(
    r"\b(?:the|is|not|no|of|in order|found|expected|rejected|ranked|screen|store|there|free|records)\b"
)
"""Words that give an English sentence away. What a file is called and what a record holds stays as it is."""


def english(said: str) -> list[str]:
    """The English words in what was said, apart from those in paths."""
    found: list[str] = ENGLISH.findall(re.sub(r"/\S+", "", said))
    return found


def german(office: OfficeFolder) -> None:
    office.edit('locale = "en_IE"', 'locale = "de_DE"')


def test_a_german_office_reads_german_where_all_is_well(typed: Typed, office: OfficeFolder) -> None:
    german(office)
    office.edit('title = "Revenue won"', 'title = "Umsatz"')
    said = typed("check").stdout
    assert not english(said), said
    assert line(said, "Tafel revenue: ").startswith("ok")
    assert re.search(r"Speicher Datenträger: [\d.]+,\d GB frei", said), "numbers, too"


def test_a_german_office_reads_german_where_nothing_is(typed: Typed, office: OfficeFolder) -> None:
    german(office)
    office.edit('type = "file"', 'type = "file"\nunknown_people = "unassigned"')
    office.settings.write_text(
        office.settings.read_text("utf-8")
        + '[targets.t]\nwho = "nobody-here"\nmetric = "deals"\nperiod = "this-month"\nvalue = 5\n'
    )
    office.deals_file.unlink()
    said = typed("check")
    assert said.exit_code == 1
    assert not english(said.stdout), said.stdout
    assert "fehlt" in line(said.stdout, "Quelle crm")
    assert "→ `who` in den Einstellungen berichtigen." in said.stdout
    assert said.stdout.rstrip().endswith("zu prüfen.")


@pytest.mark.parametrize(
    ("command", "wanted"),
    [
        (["standings", "nope"], "keine Tafel heißt „nope“; es gibt: revenue, deals"),
        (["standings", "revenue", "--at", "yesterday"], "„yesterday“ ist weder Tag noch Zeitpunkt"),
        (["explain", "nope", "Anna Arc"], "keine Tafel heißt „nope“"),
        (["snapshot", "nope", "--out", "x.png"], "keine Folie heißt „nope“"),
        (
            ["snapshot", "deals", "--theme", "pink", "--out", "x.png"],
            "kein Thema heißt „pink“; es gibt: dark",
        ),
        (["snapshot", "deals", "--page", "99", "--out", "x.png"], "es gibt keine Seite 99; es gibt: 1"),
        (["import", "x.csv", "--source", "nope"], "keine Quelle heißt „nope“; es gibt: crm"),
    ],
)
def test_a_german_office_is_answered_in_german(
    typed: Typed, office: OfficeFolder, command: list[str], wanted: str
) -> None:
    german(office)
    assert wanted in typed(*command).stderr


def test_a_german_import_counts_in_german(typed: Typed, office: OfficeFolder) -> None:
    german(office)
    more = office.path / "more.csv"
    more.write_text(office.deals_file.read_text("utf-8").replace("d1", "x1").replace("d2", "x2"), "utf-8")
    said = typed("import", str(more), "--source", "crm").stdout
    assert "more.csv in crm: 2 neu" in said
    assert "wird beim nächsten Lesen zurückgenommen" in said


def test_a_german_office_is_told_of_a_bad_edit_in_german(typed: Typed, office: OfficeFolder) -> None:
    german(office)
    typed("check")
    office.edit('metric = "revenue"', 'metrik = "revenue"')
    said = typed("standings", "revenue", "--at", AT)
    assert "Einstellungen: " in said.stderr
    assert ", boards.revenue.metrik: gefunden: " in said.stderr
    assert "ist „metric“ gemeint?" in said.stderr
    assert "(aktuell)" in said.stdout


# -------------------------------------------------------------------- settings
def test_settings_with_a_mistake_are_named_by_file_line_key_and_nearest(
    typed: Typed, office: OfficeFolder
) -> None:
    office.edit('metric = "revenue"', 'metrik = "revenue"')
    number = office.settings.read_text("utf-8").splitlines().index('metrik = "revenue"') + 1
    said = typed("standings", "revenue")
    assert said.exit_code == 1
    assert f"{office.settings}, line {number}, boards.revenue.metrik: " in said.stderr
    assert 'did you mean "metric"?' in said.stderr


def test_check_says_what_is_wrong_with_settings_and_nothing_else_of_the_office(
    typed: Typed, office: OfficeFolder
) -> None:
    office.edit("version = 1", "version = 1\nverison = 2\n[offfice]")
    said = typed("check", "--json")
    assert said.exit_code == 1
    findings = [finding for finding in json.loads(said.stdout) if not finding["ok"]]
    assert {"settings"} <= {finding["area"] for finding in findings} <= {"settings", "screen"}
    assert not office.path.joinpath("store.db").exists()


def test_settings_that_are_no_toml_end_with_1_and_the_line(typed: Typed, office: OfficeFolder) -> None:
    office.edit('zone = "UTC"', "zone = UTC")
    said = typed("standings", "revenue")
    assert said.exit_code == 1
    assert f"{office.settings}, line 4: " in said.stderr


def test_missing_settings_are_named(typed: Typed, office: OfficeFolder) -> None:
    said = typed("standings", "revenue", config=office.path / "nothere.toml")
    assert said.exit_code == 1
    assert "nothere.toml" in said.stderr


@pytest.mark.parametrize(
    "command", [["standings", "revenue", "--at", AT], ["explain", "revenue", "Anna Arc"]]
)
def test_after_a_bad_edit_the_last_good_settings_answer_and_it_says_so(
    typed: Typed, office: OfficeFolder, command: list[str]
) -> None:
    good = typed(*command)
    assert (good.exit_code, good.stderr) == (0, "")
    office.edit('currency = "EUR"\n\n[store]', 'currency = "Euros"\n\n[store]')
    bad = office.settings.read_bytes()
    said = typed(*command)
    assert said.exit_code == 0
    assert said.stdout.splitlines()[1:] == good.stdout.splitlines()[1:]
    assert said.stderr.startswith("settings: ")
    assert "office.currency" in said.stderr
    assert office.settings.read_bytes() == bad, "the file is left as it is"


def test_check_tells_a_bad_edit_and_that_the_last_good_settings_are_used(
    typed: Typed, office: OfficeFolder
) -> None:
    typed("check")
    office.edit('currency = "EUR"\n\n[store]', 'currency = "Euros"\n\n[store]')
    said = typed("check")
    assert said.exit_code == 1
    assert line(said.stdout, "settings").startswith("PROBLEM")
    assert "→ Correct it; until then the last good settings are used." in said.stdout
    assert line(said.stdout, "source crm").startswith("ok")


def test_without_settings_check_looks_at_the_demo_office() -> None:
    said = typed_alone("check")
    assert "the demo office (no settings file yet)" in said.stdout
    assert line(said.stdout, "source demo").startswith("ok")
    assert "source demo: Note: Demo data: a made-up office." in said.stdout


def test_a_secret_of_the_environment_is_never_said(
    typed: Typed, office: OfficeFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HUSH", "s3cr3t-value")
    office.edit('path = "deals.csv"', 'path = "${env:HUSH}/deals.csv"')
    monkeypatch.delenv("HUSH")
    said = typed("check")
    assert said.exit_code == 1
    assert "HUSH" in said.stdout


def test_the_proxy_is_named_without_its_password(
    typed: Typed, office: OfficeFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "http://other.lan:3128")
    assert "other.lan" not in typed("check").stdout, "nothing is asked on the internet"
    away = '[sources.api]\ntype = "http"\npreset = "close"\noptions = { key = "${secret:close}" }\n'
    office.settings.write_text(office.settings.read_text("utf-8") + away, "utf-8")
    said = typed("check").stdout
    assert line(said, "network") == (
        "ok       network: The proxy in HTTPS_PROXY is not used; proxy in [network] names one."
    )
    named = '[network]\nproxy = "http://wall:pass@127.0.0.1:9"\n'
    office.settings.write_text(office.settings.read_text("utf-8") + named, "utf-8")
    said = typed("check").stdout
    assert line(said, "network") == (
        "ok       network: APIs are asked through the proxy 127.0.0.1:9, those in allow_hosts straight."
    )
    assert "pass" not in said.replace("password", "")
