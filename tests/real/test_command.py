"""The commands as processes of their own: what they print fits its schema and equals the recount."""

from __future__ import annotations

import json
import re
from pathlib import Path
from subprocess import CompletedProcess
from typing import Any

import pytest
from click.testing import Result
from jsonschema import Draft202012Validator
from PIL import Image
from typer.testing import CliRunner

from salesboard_display.cli import app
from tests.conftest import real_data_folder
from tests.real.conftest import RealOffice
from tests.real.recount import BOARDS, Recount
from tests.real.test_standings import moment, read_back, written

pytestmark = pytest.mark.real

AT = "2017-06-15T15:30"


def validator(repository: Path, name: str) -> Draft202012Validator:
    schema = json.loads((repository / "docs" / f"{name}.schema.json").read_text("utf-8"))
    Draft202012Validator.check_schema(schema)
    return Draft202012Validator(schema)


def problems(checked: Draft202012Validator, answer: Any) -> list[str]:
    return [f"{error.json_path}: {error.message}" for error in checked.iter_errors(answer)]


def complaint(done: CompletedProcess[str]) -> str:
    """What was said beside how far the first reading has come, which a slow machine takes its time for."""
    return "".join(line for line in done.stderr.splitlines(True) if not line.startswith("Reading "))


def typed(office: RealOffice, *words: str) -> Result:
    """The command line in this process."""
    with office.lived_in():
        return CliRunner().invoke(app, [*words, "--config", str(office.config)])


def test_standings_prints_what_its_schema_says(
    office: RealOffice, recount: Recount, repository: Path
) -> None:
    done = office.command("standings", "revenue-month", "--at", AT, "--json")
    assert (done.returncode, complaint(done)) == (0, "")
    answer = json.loads(done.stdout)
    assert problems(validator(repository, "standings"), answer) == []
    assert read_back(answer) == written(recount.standings("revenue-month", moment(AT)))


def test_explain_prints_what_its_schema_says(office: RealOffice, repository: Path) -> None:
    done = office.command("explain", "revenue-month", "Anna Snelling", "--at", AT, "--json")
    assert (done.returncode, complaint(done)) == (0, "")
    answer = json.loads(done.stdout)
    assert problems(validator(repository, "explain"), answer) == []
    assert answer["facts"]


def test_every_answer_fits_its_schema(office: RealOffice, repository: Path) -> None:
    standings, explanation = validator(repository, "standings"), validator(repository, "explain")
    asked = [
        (board, at) for board in (*BOARDS, "gtx-pro-year") for at in ("2017-02-01", AT, "2018-01-01T09:00")
    ]
    with office.desk() as desk:
        for board, at in asked:
            answer = desk.standings(board, at, None)
            assert problems(standings, answer) == []
            who = [answer["places"][0]["id"], answer["places"][-1]["id"], "nobody"]
            for one in who:
                assert problems(explanation, desk.explain(board, one, at, None)) == []


def test_the_schemas_notice_what_is_wrong(office: RealOffice, repository: Path) -> None:
    with office.desk() as desk:
        good = desk.standings("revenue-month", AT, None)
    checked = validator(repository, "standings")
    place = good["places"][0]
    for wrong in ({"value": 1.5}, {"rank": 0}, {"gap": "1e3"}, {"value": None}, {"surprise": 1}):
        assert problems(checked, {**good, "places": [{**place, **wrong}]}), wrong
    assert problems(checked, {name: good[name] for name in good if name != "freshness"})


def test_standings_to_read_has_a_line_for_everybody(office: RealOffice, recount: Recount) -> None:
    done = typed(office, "standings", "deals-month", "--at", AT)
    expected = recount.standings("deals-month", moment(AT))["places"]
    lines = done.stdout.splitlines()[1:]
    assert done.exit_code == 0
    assert [line.split()[0] for line in lines] == [str(place["rank"] or "–") for place in expected]
    assert all(place["name"] in line for place, line in zip(expected, lines, strict=True))


def test_an_unknown_board_is_wrong_use_and_the_known_ones_are_named(office: RealOffice) -> None:
    done = typed(office, "standings", "revenue-weekly")
    assert (done.exit_code, done.stdout) == (2, "")
    assert "revenue-weekly" in done.stderr
    assert all(board in done.stderr for board in BOARDS)


def test_without_the_data_the_store_still_answers_and_says_what_is_missing(
    office: RealOffice, recount: Recount, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The last good facts stay when the folder has gone."""
    with office.desk():  # it has been there
        pass
    monkeypatch.setitem(office.environment, "SALESBOARD_REAL_DATA", str(tmp_path / "gone"))
    done = typed(office, "standings", "revenue-month", "--at", AT, "--json")
    assert done.exit_code == 0
    for source in ("pipeline", "teams"):
        assert re.search(rf"^source {source}: .*{re.escape(str(tmp_path / 'gone'))}", done.stderr, re.M)
    places = read_back(json.loads(done.stdout))["places"]
    assert places == written(recount.standings("revenue-month", moment(AT)))["places"]


# ---------------------------------------------------------------------------- pictures
@pytest.mark.parametrize(
    ("slide", "theme"), [("leaderboard", "dark"), ("podium", "light"), ("teams", "dark")]
)
def test_snapshot_draws_a_slide_without_a_display(
    office: RealOffice, tmp_path: Path, slide: str, theme: str
) -> None:
    out = tmp_path / "wall.png"
    done = office.command(
        "snapshot", slide, "--out", str(out), "--size", "1280x720", "--theme", theme, "--at", AT
    )
    assert (done.returncode, complaint(done)) == (0, "")
    header = out.read_bytes()[:24]
    assert header[:8] == b"\x89PNG\r\n\x1a\n"
    assert (int.from_bytes(header[16:20], "big"), int.from_bytes(header[20:24], "big")) == (1280, 720)
    levels = grey(out)
    background = max(range(256), key=levels.__getitem__)
    assert background < 64 if theme == "dark" else background > 192
    lit = sum(n for level, n in enumerate(levels) if abs(level - background) > 40) / sum(levels)
    assert 0.05 < lit < 0.95


def grey(picture: Path) -> list[int]:
    """How many pixels there are of each grey from black to white."""
    with Image.open(picture) as image:
        return image.convert("L").histogram()


# ---------------------------------------------------------------------------- without the data
def test_without_the_folder_the_skip_says_so_and_what_names_another(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """That a skip is a failure in CI is tested in tests/project/test_guards.py."""
    monkeypatch.setenv("SALESBOARD_REAL_DATA", str(tmp_path / "gone"))
    with pytest.raises(pytest.skip.Exception, match=r"gone; SALESBOARD_REAL_DATA names another"):
        real_data_folder()
