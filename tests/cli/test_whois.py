"""`check` lists whom nobody knows and which deals two sources tell of, with what to write to settle it."""

from __future__ import annotations

import json
import tomllib
from datetime import UTC, datetime
from typing import Any

import pytest

from salesboard_display.engine import whois
from tests.cli.conftest import Typed
from tests.cli.test_check import line
from tests.engine.offices import OfficeFolder


@pytest.fixture
def listed(office: OfficeFolder) -> OfficeFolder:
    """The manager lists Anna and Ben; whoever else the file tells of is nobody yet."""
    office.edit('type = "file"', 'type = "file"\nunknown_people = "unassigned"')
    people = (
        '[people.anna-arc]\nname = "Anna Arc"\n\n'
        '[people.ben-bow]\nname = "Ben Bow"\nidentities = ["crm:bb"]\n\n'
    )
    office.edit("[metrics.revenue]", f"{people}[metrics.revenue]")
    return office


def findings(typed: Typed, area: str) -> list[dict[str, Any]]:
    return [one for one in json.loads(typed("check", "--json").stdout) if one["area"] == area]


def test_whom_nobody_knows_is_listed_with_the_lines_to_write(typed: Typed, listed: OfficeFolder) -> None:
    listed.deals(("d1", "A. Arc", 1), ("d2", "ben.bow@x.example", 2), ("d3", 'Zoë "Z" Quill', 3))
    (found,) = findings(typed, "people")
    assert not found["ok"]
    assert found["text"] == (
        '3 not matched, counted as unassigned: A. Arc (crm), Zoë "Z" Quill (crm), ben.bow@x.example (crm)'
    )
    advice, *lines = found["advice"].splitlines()
    assert advice.startswith("Add them to the roster, or write into the settings")
    assert lines == [
        "# in [people.anna-arc], which is there already:",
        'identities = ["crm:A. Arc"]',
        "[people.zoe-z-quill]",
        'name = "Zoë \\"Z\\" Quill"',
        'identities = ["crm:Zoë \\"Z\\" Quill"]',
        "# in [people.ben-bow], which is there already:",
        'identities = ["crm:bb", "crm:ben.bow@x.example"]',
    ]
    assert "           [people.zoe-z-quill]\n" in typed("check").stdout


def test_what_check_says_to_write_settles_it(typed: Typed, office: OfficeFolder) -> None:
    office.edit('type = "file"', 'type = "file"\nunknown_people = "unassigned"')
    (found,) = findings(typed, "people")
    lines = found["advice"].splitlines()[1:]
    assert set(tomllib.loads("\n".join(lines))["people"]) == {"anna-arc", "ben-bow"}
    office.settings.write_text(office.settings.read_text("utf-8") + "\n" + "\n".join(lines), "utf-8")
    assert line(typed("check").stdout, "people") == "ok       people: 2 people, everybody matched"


def test_of_many_unknown_people_the_first_ten_are_named(typed: Typed, listed: OfficeFolder) -> None:
    listed.deals(*((str(n), f"{n:04} {chr(97 + n) * 9}", 1) for n in range(14)))
    (found,) = findings(typed, "people")
    assert found["text"].startswith("14 not matched")
    assert found["text"].endswith("…")
    assert found["advice"].count("identities = ") == 10


# ------------------------------------------------------------------------------------------- two sources
def two_sources(office: OfficeFolder, mapping: str = "") -> None:
    """A second file, told of like the first."""
    text = office.settings.read_text("utf-8")
    start, end = text.index("[sources.crm]"), text.index("[metrics.revenue]")
    second = text[start:end].replace("crm", "erp").replace("deals.csv", "orders.csv") + mapping
    office.settings.write_text(text[:end] + second + text[end:], "utf-8")
    today = datetime.now(UTC).strftime("%Y-%m-%d 00:00:01")
    (office.path / "orders.csv").write_text(
        f"id,who,amount,at\n77,Anna Arc,300,{today}\n78,Anna Arc,5,{today}\n", "utf-8"
    )
    office.deals(("d1", "Anna Arc", 300), ("d2", "Ben Bow", 200), at=today)


def test_a_deal_that_two_sources_tell_of_is_named_and_so_is_the_way_out(
    typed: Typed, office: OfficeFolder
) -> None:
    two_sources(office)
    (found,) = findings(typed, "deals")
    day = f"{datetime.now(UTC):%Y-%m-%d}"
    assert (found["name"], found["ok"]) == ("crm, erp", False)
    assert found["text"] == (
        "1 of the last 31 days seem to be in both: crm:d1 = erp:77 "
        f"(Anna Arc, €300.00, {day}). Counted twice on revenue, deals"
    )
    assert '[boards.revenue]  sources = ["crm"]' in found["advice"].splitlines()


@pytest.mark.parametrize("sources", ['["crm"]', '["crm", "erp"]'])
def test_a_board_that_names_its_sources_has_settled_it(
    typed: Typed, office: OfficeFolder, sources: str
) -> None:
    two_sources(office)
    for title in ("Revenue won", "Deals won"):
        office.edit(f'title = "{title}"', f'title = "{title}"\nsources = {sources}')
    (found,) = findings(typed, "deals")
    assert (found["ok"], found["advice"]) == (True, "")
    assert found["text"].endswith("No board counts both")


def test_with_very_many_deals_fewer_days_are_looked_through(
    typed: Typed, office: OfficeFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    two_sources(office)
    monkeypatch.setattr(whois, "MOST_FACTS", 3)
    (found,) = findings(typed, "deals")
    assert found["text"].startswith("1 of the last 1 days seem to be in both: crm:d1 = erp:77")


def test_with_one_source_nothing_is_looked_for(typed: Typed) -> None:
    assert findings(typed, "deals") == []


# ------------------------------------------------------------------------------------------- who is who
def roster(office: OfficeFolder, source: str, column: str, *rows: str) -> None:
    (office.path / f"{source}.csv").write_text("\n".join((f"no,name,{column}", *rows)) + "\n", "utf-8")
    office.edit(
        "[metrics.revenue]",
        f'[sources.{source}]\ntype = "file"\npath = "{source}.csv"\ndebounce = "0s"\n\n'
        f'[[sources.{source}.people]]\nid = "no"\nname = "name"\n{column} = "{column}"\n\n[metrics.revenue]',
    )


def standings(typed: Typed) -> list[tuple[str, str | None]]:
    answer = json.loads(typed("standings", "revenue", "--json").stdout)
    return [(place["name"], place["value"]) for place in answer["places"]]


def test_an_employee_number_joins_what_names_and_addresses_do_not(typed: Typed, office: OfficeFolder) -> None:
    roster(office, "hr", "shared_id", "1,Anna Arc,4711", "2,Ben Bow,4712")
    office.edit(
        'type = "file"\npath = "deals.csv"', 'type = "file"\nperson_ids = "shared"\npath = "deals.csv"'
    )
    office.deals(("d1", "4711", 300), ("d2", "4712", 200))
    assert standings(typed) == [("Anna Arc", "300.00"), ("Ben Bow", "200.00")]


def test_namesakes_that_may_be_one_person_are_named(typed: Typed, office: OfficeFolder) -> None:
    roster(office, "hr", "email", "1,Anna Arc,anna@x.example", "2,Ben Bow,")
    roster(office, "ads", "email", "a,Anna Arc,arc@x.example")
    office.deals(("d2", "Ben Bow", 200))
    note = findings(typed, "people")[1]
    assert (note["ok"], note["name"]) == (True, "Anna Arc")
    assert "If they are one, write identities = [" in note["text"]
