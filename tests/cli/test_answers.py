"""Standings, explanations and pictures of a small office, without an engine."""

from __future__ import annotations

import json
import re
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from PIL import Image

from tests.cli.conftest import AT, Typed
from tests.conftest import REPOSITORY
from tests.engine.offices import OfficeFolder


def problems(schema: str, answer: Any) -> list[str]:
    checked = Draft202012Validator(json.loads((REPOSITORY / "docs" / f"{schema}.schema.json").read_text()))
    return [error.message for error in checked.iter_errors(answer)]


def places(typed: Typed, *more: str, config: Path | None = None) -> list[tuple[int | None, str, str | None]]:
    """What `standings revenue --json` says of March: rank, name, value."""
    said = typed("standings", "revenue", "--at", AT, "--json", *more, config=config)
    assert said.exit_code == 0, said.stderr
    return [(place["rank"], place["name"], place["value"]) for place in json.loads(said.stdout)["places"]]


def test_standings_are_a_table_to_read(typed: Typed) -> None:
    said = typed("standings", "revenue", "--at", AT)
    first, *rows = said.stdout.splitlines()
    assert first.startswith("revenue at 2026-03-18T12:00")
    assert [re.split(r"\s{2,}", row.strip()) for row in rows] == [
        ["1", "Anna Arc", "€300"],
        ["2", "Ben Bow", "€200"],
    ]
    assert said.stderr == ""


def test_standings_as_json_fit_their_schema(typed: Typed) -> None:
    answer = json.loads(typed("standings", "revenue", "--at", AT, "--json").stdout)
    assert problems("standings", answer) == []
    assert answer["period"] == {
        "start": "2026-03-01T00:00:00+00:00",
        "end": "2026-04-01T00:00:00+00:00",
    }
    assert (answer["board"], answer["unit"]) == ("revenue", "EUR")
    assert [place["gap"] for place in answer["places"]] == ["100.00", "100.00"]


def test_a_date_means_the_end_of_its_day(typed: Typed) -> None:
    before = json.loads(typed("standings", "revenue", "--at", "2026-03-09", "--json").stdout)
    then = json.loads(typed("standings", "revenue", "--at", "2026-03-10", "--json").stdout)
    assert [place["value"] for place in before["places"]] in ([], [None, None])
    assert [place["value"] for place in then["places"]] == ["300.00", "200.00"]


def test_what_was_not_known_yet_does_not_count(typed: Typed) -> None:
    assert [value for _, _, value in places(typed, "--known-at", "2026-03-12")] in ([], [None, None])


def test_an_explanation_adds_up_to_its_value(typed: Typed, office: OfficeFolder) -> None:
    office.deals(("d1", "Anna Arc", 300), ("d2", "Anna Arc", 45), at="2026-03-10 10:00:00")
    answer = json.loads(typed("explain", "revenue", "Anna Arc", "--at", AT, "--json").stdout)
    assert problems("explain", answer) == []
    assert answer["value"] == "345.00"
    assert sum(Decimal(fact["counted_as"]) for fact in answer["facts"]) == Decimal("345")
    assert [(fact["source"], fact["key"]) for fact in answer["facts"]] == [("crm", "d1"), ("crm", "d2")]


def test_an_explanation_to_read_names_every_fact(typed: Typed) -> None:
    said = typed("explain", "revenue", "Anna Arc", "--at", AT).stdout
    assert "Anna Arc on revenue: €300" in said
    assert "2026-03-10T10:00:00+00:00  crm:d1  300.00" in said


def test_of_somebody_nobody_knows_the_reason_is_told(typed: Typed) -> None:
    answer = json.loads(typed("explain", "revenue", "Nobody Here", "--at", AT, "--json").stdout)
    assert problems("explain", answer) == []
    assert answer["value"] is None
    assert answer["reason"]


def test_a_file_that_changes_shows_in_the_next_standings(typed: Typed, office: OfficeFolder) -> None:
    assert places(typed) == [(1, "Anna Arc", "300.00"), (2, "Ben Bow", "200.00")]
    office.deals(("d1", "Anna Arc", 300), ("d2", "Ben Bow", 400), at="2026-03-10 10:00:00")
    assert places(typed) == [(1, "Ben Bow", "400.00"), (2, "Anna Arc", "300.00")]


def test_a_record_that_is_gone_no_longer_counts(typed: Typed, office: OfficeFolder) -> None:
    office.deals(("d1", "Anna Arc", 1), ("d2", "Ben Bow", 2), ("d3", "Ben Bow", 4), at="2026-03-10 10:00:00")
    assert places(typed)[0] == (1, "Ben Bow", "6.00")
    office.deals(("d1", "Anna Arc", 1), ("d2", "Ben Bow", 2), at="2026-03-10 10:00:00")
    assert places(typed)[0] == (1, "Ben Bow", "2.00")


@pytest.mark.parametrize(
    "cut", ["", "id,who,amount,at\nd1,Anna Arc,30", "id,wer,amount,at\nd1,A,3,2026-03-10\n"]
)
def test_a_cut_or_renamed_file_keeps_the_old_standings_and_says_so(
    typed: Typed, office: OfficeFolder, cut: str
) -> None:
    before = places(typed)
    office.deals_file.write_text(cut, "utf-8")
    said = typed("standings", "revenue", "--at", AT, "--json")
    assert said.exit_code == 0
    assert said.stderr.startswith("source crm: ")
    assert len(said.stderr.splitlines()) == 1
    now = json.loads(said.stdout)["places"]
    assert [(place["rank"], place["name"], place["value"]) for place in now] == before


def test_a_missing_file_is_told_beside_what_is_known(typed: Typed, office: OfficeFolder) -> None:
    before = places(typed)
    office.deals_file.unlink()
    said = typed("standings", "revenue", "--at", AT)
    assert (said.exit_code, len(said.stdout.splitlines())) == (0, 1 + len(before))
    assert f"{office.deals_file} is missing" in said.stderr


def test_bad_values_are_left_out_and_the_others_count(typed: Typed, office: OfficeFolder) -> None:
    rows = [
        "d1,Anna Arc,300,2026-03-10 10:00:00",
        "d2,Ben Bow,NaN,2026-03-10 10:00:00",
        "d3,Ben Bow,1e999,2026-03-10 10:00:00",
        f"d4,Ben Bow,{2**63},2026-03-10 10:00:00",
        "d5,Ben Bow,50,never",
        "d6,,70,2026-03-10 10:00:00",
        "d7,<b>Bobby</b>,-20,2026-03-10 10:00:00",
    ]
    office.deals_file.write_text("\n".join(["id,who,amount,at", *rows]) + "\n", "utf-8")
    found = {name: value for _, name, value in places(typed)}
    assert found["Anna Arc"] == "300.00"
    assert found["<b>Bobby</b>"] == "-20.00"
    assert "Ben Bow" not in found or found["Ben Bow"] is None
    said = typed("check").stdout
    assert "5 rejected" in said


def test_two_settings_files_have_two_stores(typed: Typed, office: OfficeFolder) -> None:
    office.edit('[store]\npath = "store.db"\n', "")
    second = office.path / "second.toml"
    text = office.settings.read_text("utf-8").replace("deals.csv", "other.csv")
    second.write_text(text, "utf-8")
    (office.path / "other.csv").write_text("id,who,amount,at\no1,Cleo Cole,7,2026-03-10 10:00:00\n", "utf-8")
    assert [name for _, name, _ in places(typed)] == ["Anna Arc", "Ben Bow"]
    assert [name for _, name, _ in places(typed, config=second)] == ["Cleo Cole"]
    assert [name for _, name, _ in places(typed)] == ["Anna Arc", "Ben Bow"]


def test_a_snapshot_is_a_picture_of_its_size(typed: Typed, tmp_path: Path) -> None:
    out = tmp_path / "wall.png"
    said = typed("snapshot", "leaderboard", "--out", str(out), "--size", "640x360", "--at", AT)
    assert (said.exit_code, said.stdout) == (0, f"{out}: leaderboard, 640x360\n")
    with Image.open(out) as picture:
        assert picture.size == (640, 360)
        assert picture.convert("L").getextrema()[1] > 150, "something is lit"


def test_themes_make_different_pictures(typed: Typed, tmp_path: Path) -> None:
    means = {}
    for theme in ("dark", "light"):
        out = tmp_path / f"{theme}.png"
        typed("snapshot", "leaderboard", "--out", str(out), "--size", "640x360", "--at", AT, "--theme", theme)
        with Image.open(out) as picture:
            small = picture.convert("L").resize((1, 1)).getpixel((0, 0))
        means[theme] = small
    assert means["dark"] < 80 < 160 < means["light"]


def test_a_picture_that_cannot_be_written_is_the_worlds_fault(typed: Typed, tmp_path: Path) -> None:
    out = tmp_path / "no" / "such" / "folder.png"
    said = typed("snapshot", "leaderboard", "--out", str(out), "--size", "640x360", "--at", AT)
    assert said.exit_code == 1
    assert str(out) in said.stderr
