"""`import`: another file's facts, once, with a progress bar."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.conftest import Typed, typed_alone
from tests.cli.test_answers import places
from tests.engine.offices import OfficeFolder

MORE = "id,who,amount,at\nm1,Ben Bow,500,2026-03-11 09:00:00\nm2,Cleo Cole,30,2026-03-11 09:00:00\n"


@pytest.fixture
def more(tmp_path: Path) -> Path:
    """A file with two more deals."""
    file = tmp_path / "more.csv"
    file.write_text(MORE, "utf-8")
    return file


def test_an_import_adds_the_facts_of_another_file(typed: Typed, more: Path) -> None:
    places(typed)
    said = typed("import", str(more), "--source", "crm")
    assert (said.exit_code, said.stdout.splitlines()[0]) == (0, "more.csv into crm: 2 added")
    assert "more.csv" in said.stderr
    assert places(typed) == [(1, "Ben Bow", "700.00"), (2, "Anna Arc", "300.00"), (3, "Cleo Cole", "30.00")]


def test_importing_again_changes_nothing(typed: Typed, more: Path) -> None:
    places(typed)
    typed("import", str(more), "--source", "crm")
    before = places(typed)
    again = typed("import", str(more), "--source", "crm")
    assert (again.exit_code, "added" in again.stdout) == (0, False)
    assert places(typed) == before


def test_what_was_imported_outlives_a_change_of_a_file_that_holds_only_what_is_new(
    typed: Typed, more: Path, office: OfficeFolder
) -> None:
    text = office.settings.read_text("utf-8")
    office.settings.write_text(text.replace('type = "file"', 'type = "file"\nabsent = "keep"', 1), "utf-8")
    places(typed)
    assert typed("import", str(more), "--source", "crm").stdout == "more.csv into crm: 2 added\n"
    office.deals(("d1", "Anna Arc", 301), at="2026-03-10 10:00:00")
    assert places(typed) == [(1, "Ben Bow", "700.00"), (2, "Anna Arc", "301.00"), (3, "Cleo Cole", "30.00")]


def test_that_a_file_which_holds_everything_takes_an_import_back_is_said_at_once(
    typed: Typed, more: Path, office: OfficeFolder
) -> None:
    places(typed)
    assert 'absent = "keep"' in typed("import", str(more), "--source", "crm").stdout
    office.deals(("d1", "Anna Arc", 301), ("d2", "Ben Bow", 200), at="2026-03-10 10:00:00")
    assert places(typed)[:2] == [(1, "Anna Arc", "301.00"), (2, "Ben Bow", "200.00")]


def test_rejected_rows_of_an_import_are_counted(typed: Typed, more: Path) -> None:
    more.write_text(MORE + "m3,Cleo Cole,a lot,2026-03-11 09:00:00\n", "utf-8")
    said = typed("import", str(more), "--source", "crm").stdout
    assert said.splitlines()[0] == "more.csv into crm: 2 added, 1 rejected"


def test_a_missing_file_ends_with_1_and_its_name(typed: Typed, tmp_path: Path) -> None:
    said = typed("import", str(tmp_path / "nofile.csv"), "--source", "crm")
    assert said.exit_code == 1
    assert "nofile.csv is missing" in said.stderr
    assert said.stdout == ""


def test_a_file_of_something_else_ends_with_1_in_words(typed: Typed, tmp_path: Path) -> None:
    (tmp_path / "notes.csv").write_bytes(b"\x89PNG\r\n\x1a\n\x00\x00\xff\xfe")
    said = typed("import", str(tmp_path / "notes.csv"), "--source", "crm")
    assert said.exit_code == 1
    assert "Traceback" not in said.stderr
    assert places(typed) == [(1, "Anna Arc", "300.00"), (2, "Ben Bow", "200.00")]


def test_the_demo_reads_no_files(more: Path) -> None:
    said = typed_alone("import", str(more), "--source", "demo")
    assert said.exit_code == 1
    assert "reads no files" in said.stderr
