"""What is wrong with a settings file is said in words: line, key, found, expected, nearest; all at once."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from salesboard_display.settings.loading import load, load_text
from salesboard_display.settings.problems import SettingsError
from tests.settings.writing import GOOD, good_with, line_of, only_problem, problems_of

FACTS = """
[sources.crm]
type = "file"
path = "deals.csv"

[[sources.crm.facts]]
kind = "deal_won"
key = "id"
person = "owner"
happened = "closed"
"""


def test_a_good_file_has_no_problems() -> None:
    loaded = load_text(GOOD, "settings.toml", {})
    assert loaded.problems == ()
    assert loaded.settings.office.name == "Before"
    assert loaded.text == GOOD


@pytest.mark.parametrize(
    ("old", "new", "key", "found", "expected", "nearest"),
    [
        (
            'currency = "EUR"',
            'curency = "EUR"',
            "office.curency",
            "an unknown key",
            "one of name, locale",
            "currency",
        ),
        ('currency = "EUR"', 'currency = "Euro"', "office.currency", '"Euro"', "ISO 4217", ""),
        ('name = "Before"', "name = 5", "office.name", "5", "text, at most 100", ""),
        (
            'name = "Before"',
            'zone = "Europe/Berln"',
            "office.zone",
            '"Europe/Berln"',
            "IANA",
            "Europe/Berlin",
        ),
        ('name = "Before"', 'locale = "klingon"', "office.locale", '"klingon"', "de_DE", ""),
        (
            'name = "Before"',
            "fiscal_year_start = 13",
            "office.fiscal_year_start",
            "13",
            "whole number, 1 to 12",
            "",
        ),
        ('name = "Before"', "fiscal_year_start = 4.0", "office.fiscal_year_start", "4.0", "whole number", ""),
        (
            'name = "Before"',
            'fiscal_year_start = "4"',
            "office.fiscal_year_start",
            '"4" (text)',
            "whole number",
            "",
        ),
        (
            'name = "Before"',
            "fiscal_year_start = true",
            "office.fiscal_year_start",
            "true",
            "whole number",
            "",
        ),
        (
            'name = "Before"',
            'week_start = "mondey"',
            "office.week_start",
            '"mondey"',
            "one of monday",
            "monday",
        ),
        ('type = "demo"', 'type = "deno"', "sources.demo", 'type = "deno"', "one of file, ", "demo"),
        ('type = "demo"', "seed = 1", "sources.demo", "no type", 'type = "…", one of file, ', ""),
        ('type = "demo"', 'type = "demo"\nsead = 1', "sources.demo.sead", "an unknown key", "seed", "seed"),
        (
            'aggregate = "sum"',
            'aggregate = "summ"',
            "metrics.revenue.aggregate",
            '"summ"',
            "one of sum",
            "sum",
        ),
        ('aggregate = "sum"', "", "metrics.revenue.aggregate", "nothing", '"sum" or "count"', ""),
        ('aggregate = "sum"', 'aggregate = "ratio"', "metrics.revenue.over", "none", "`over`", ""),
        (
            'metric = "revenue"',
            'metric = "revenu"',
            "boards.revenue-month.metric",
            '"revenu"',
            "[metrics]",
            "revenue",
        ),
        (
            '"this-month"',
            '"this-moth"',
            "boards.revenue-month.period",
            '"this-moth"',
            "one of today",
            "this-month",
        ),
        (
            '"this-month"',
            "{ rolling_days = 0 }",
            "boards.revenue-month.period.rolling_days",
            "0",
            "1 to 3 660",
            "",
        ),
        ('"this-month"', "{ }", "boards.revenue-month.period", "an empty table", "{ rolling_days = 30 }", ""),
        (
            'view = "leaderboard"',
            'view = "leaderbord"',
            "slides.leaderboard.view",
            '"leaderbord"',
            "podium",
            "leaderboard",
        ),
        ('board = "revenue-month"', "", "slides.leaderboard.board", "none", "a board", ""),
        (
            'board = "revenue-month"',
            'board = "revenue-mont"',
            "slides.leaderboard.board",
            '"',
            "boards",
            "revenue-month",
        ),
    ],
)
def test_a_mistake_is_named(old: str, new: str, key: str, found: str, expected: str, nearest: str) -> None:
    text = GOOD.replace(old, new, 1)
    problem = only_problem(text)
    assert problem.key == key
    assert problem.found.startswith(found)
    assert expected in problem.expected
    assert problem.nearest == nearest
    if new and key.rsplit(".", 1)[-1] in new:
        assert problem.line == line_of(text, new) + new.count("\n")


@pytest.mark.parametrize(
    ("more", "key", "found", "nearest"),
    [
        (
            '[slides.p]\nview = "podium"\nboard = "revenue-month"\npanels = ["target:x"]',
            "slides.p.panels[0]",
            '"target:x"',
            "",
        ),
        (
            '[slides.p]\nview = "podium"\nboard = "revenue-month"\npanels = ["goal:x"]',
            "slides.p.panels[0]",
            '"goal:x"',
            "",
        ),
        (
            '[channels.main]\nslides = ["leaderboard", "leaderbord"]',
            "channels.main.slides[1]",
            '"leaderbord"',
            "leaderboard",
        ),
        ('[wall]\nchannel = "mian"', "wall.channel", '"mian"', "main"),
        ('[people.a]\nidentities = ["dmo:anna"]', "people.a.identities[0]", '"dmo:anna"', "demo"),
        (
            '[challenges.c]\ntitle = "C"\nformat = "first-to"\nmetric = "revenue"\nwindow = "today"',
            "challenges.c.goal",
            "none",
            "",
        ),
        (
            '[targets.t]\nwho = "company"\nmetric = "revenue"\nperiod = "today"\nvalue = 0',
            "targets.t.value",
            "0",
            "",
        ),
        (
            '[targets.t]\nwho = "company"\nmetric = "revenue"\nperiod = "today"\nvalue = nan',
            "targets.t.value",
            "nan",
            "",
        ),
        (
            '[boards."Two Words"]\ntitle = "T"\nmetric = "revenue"\nperiod = "today"',
            'boards."Two Words"',
            'the name "',
            "two-words",
        ),
        ("[freshness]\nlate_after = 3\nstale_after = 2", "freshness.stale_after", "2", ""),
    ],
)
def test_more_mistakes_are_named(more: str, key: str, found: str, nearest: str) -> None:
    text = good_with(more)
    problem = only_problem(text)
    assert (problem.key, problem.nearest) == (key, nearest)
    assert problem.found.startswith(found)
    assert problem.line > line_of(text, 'board = "revenue-month"')


SLIDE = '[slides.p]\nview = "podium"\nboard = "revenue-month"\n'
TARGET = '[targets.t]\nwho = "company"\nmetric = "revenue"\nperiod = "today"\n'
METRIC = '[metrics.m]\nname = "M"\n'
BOARD = '[boards.b]\ntitle = "B"\nmetric = "revenue"\n'


@pytest.mark.parametrize(
    ("table", "line", "key", "expected"),
    [
        (SLIDE, "dwell = 20", "slides.p.dwell", '"90s"'),
        (SLIDE, 'dwell = "20"', "slides.p.dwell", '"90s"'),
        (SLIDE, 'dwell = "1s"', "slides.p.dwell", 'duration such as "90s", "3s" to "1h"'),
        (SLIDE, 'schedule.from = "9 am"', "slides.p.schedule.from", '"09:00"'),
        (SLIDE, 'schedule = { from = "09:00", to = "09:00" }', "slides.p.schedule.to", "another time"),
        (SLIDE, 'schedule.first = "tomorrow"', "slides.p.schedule.first", "2026-11-02"),
        (SLIDE, "schedule.first = 2026-11-02T09:00:00", "slides.p.schedule.first", "without"),
        (SLIDE, "schedule = { first = 2026-11-02, last = 2026-11-01 }", "slides.p.schedule.last", "later"),
        (SLIDE, 'schedule.weekdays = ["mon", "tues"]', "slides.p.schedule.weekdays[1]", "one of mon"),
        (SLIDE, 'title = "a\\nb"', "slides.p.title", "text on one line"),
        (SLIDE, f'title = "{"x" * 101}"', "slides.p.title", "at most 100 characters"),
        (TARGET, 'value = "900"', "targets.t.value", "a number"),
        (TARGET, "value = true", "targets.t.value", "a number"),
        (TARGET, "value = inf", "targets.t.value", "a finite number"),
        (TARGET, "value = 1e999", "targets.t.value", "a finite number"),
        (TARGET, "value = 9223372036854775808", "targets.t.value", "at most 1 000 000"),
        (METRIC, 'aggregate = "sum"', "metrics.m.kinds", "at least one kind"),
        (METRIC, 'aggregate = "weighted"\nweights = { a = 1 }\nkinds = ["b"]', "metrics.m.kinds", "weight"),
        (METRIC, 'kinds = ["nps"]\naggregate = "ratio"\nover = {}', "metrics.m.over.kinds", "one kind"),
        (METRIC, 'kinds = ["nps"]\naggregate = "nps"\nweights = { a = 1 }', "metrics.m.weights", "no `"),
        (BOARD, "period = { from = 2026-11-02 }", "boards.b.period", "{ from = …, to = … }"),
        (BOARD, "period = { from = 2026-11-02, to = 2026-11-01 }", "boards.b.period.to", "later"),
        (BOARD, 'period = "today"\ntie_breakers = ["first"]', "boards.b.tie_breakers[0]", "first-to-get"),
        ("[people.a]\n", 'memberships = [{ team = "x", from = 2026-02-01, to = 2026-01-01 }]',
         "people.a.memberships[0].to", "or later"),
        ("[people.a]\n", 'team = "x"\nmemberships = [{ team = "x" }]', "people.a.team", "either"),
        ("[people.a]\n", 'privacy = "alias"', "people.a.alias", "an alias"),
        ("[people.a]\n", 'identities = ["anna"]', "people.a.identities[0]", "source:identity"),
        ("", 'sources.x = { type = "file", path = "a", encoding = "utf-99" }', "sources.x.encoding", "cp"),
        ("", "sources = 5", "sources", "table of id"),
        ("", "wall = []", "wall", "table"),
    ],
)  # fmt: skip
def test_values_that_cannot_be_are_named(table: str, line: str, key: str, expected: str) -> None:
    text = good_with(table + line) if table else "version = 1\n" + line
    problem = only_problem(text)
    assert problem.key == key
    assert expected in problem.expected


@pytest.mark.parametrize(
    ("line", "key", "found", "expected"),
    [
        ('where = "a ||| b"', "where", "a mistake at character 5", "JMESPath"),
        ('where = "a.b("', "where", '"a.b(", which ends too early', "JMESPath"),
        ('where = "lenght(a) > `1`"', "where", 'the function "lenght"', "JMESPath knows"),
        ('where = { stage = { no = "Won" } }', "where.stage", "a table", "{ not = … }"),
        ('amount = "value"', "currency", "none", "currency for the amount"),
        ('credits = [{ person = "a" }]', "", "both of them", "either `person` or `credits`"),
        (
            'quantity = { from = "n", constant = 1 }',
            "quantity",
            "both of them",
            "either `from` or `constant`",
        ),
        ("quantity = { default = 1 }", "quantity", "neither of them", "either `from` or `constant`"),
        ('attributes = { a = { from = "x", form = "y" } }', "attributes.a.form", "an unknown key", "from"),
        ('attributes = { a = "" }', "attributes.a", "empty text", "column"),
    ],
)
def test_a_mistake_in_a_mapping_is_named(line: str, key: str, found: str, expected: str) -> None:
    text = good_with(FACTS + line)
    problem = only_problem(text)
    where = "sources.crm.facts[0]"
    assert problem.key == (f"{where}.{key}" if key else where)
    assert problem.found.startswith(found)
    assert expected in problem.expected
    assert problem.line in (line_of(text, line), line_of(text, "[[sources.crm.facts]]"))


@pytest.mark.parametrize("time", ['{ from = "d", format = "%q" }', '{ from = "d", format = "day" }'])
def test_a_format_that_cannot_read_what_it_writes_is_refused(time: str) -> None:
    problem = only_problem(good_with(FACTS.replace('"closed"', time)))
    assert problem.key == "sources.crm.facts[0].happened.format"
    assert "%m/%d/%Y" in problem.expected


def test_the_key_of_a_fact_may_be_a_template_of_columns() -> None:
    for key, right in [("{id}:won", True), ("{a.b}-{c}", True), ("{}", False), ("{id", False), ("x}", False)]:
        text = good_with(FACTS.replace('key = "id"', f'key = "{key}"'))
        assert (problems_of(text) == ()) is right, key


def test_everything_wrong_is_said_at_once_and_in_the_order_of_the_file() -> None:
    text = (
        GOOD.replace('"EUR"', "1")
        .replace('"deal_won"', "2")
        .replace('"revenue-month"', '"x"')
        .replace("demo", "d")
    )
    assert [(p.line, p.key) for p in problems_of(text)] == [
        (line_of(text, "currency"), "office.currency"),
        (line_of(text, "[sources.d]"), "sources.d"),
        (line_of(text, "kinds"), "metrics.revenue.kinds[0]"),
        (line_of(text, 'board = "x"'), "slides.leaderboard.board"),
    ]


def test_a_kind_that_no_source_makes_is_a_warning() -> None:
    loaded = load_text(GOOD.replace("deal_won", "deal_wno"), "settings.toml", {})
    (warning,) = loaded.problems
    assert (warning.key, warning.nearest) == ("metrics.revenue.kinds[0]", "deal_won")


# ---------------------------------------------------------------------------- what is no settings file at all
@pytest.mark.parametrize(
    ("text", "line", "key", "found"),
    [
        ("version = 1\nname = \n", 2, "name", '"name =" (invalid value)'),
        ("version = 1\n[office\nname = 1", 2, "", '"[office"'),
        ('version = 1\n[office]\nname = "x\nzone = ""', 3, "office.name", '"name = "x"'),
        ("version = 1\n[office]\nname = 'x' y\n", 3, "office.name", '"name = '),
        ("version = 1\n[boards.a]\ntitle = [1,\n", 3, "boards.a.title", '"title = [1," ('),
        ("version = 1\na = \\u0000", 2, "a", '"a = '),
    ],
)
def test_what_is_not_toml_is_named_with_its_line(text: str, line: int, key: str, found: str) -> None:
    problem = only_problem(text)
    assert (problem.line, problem.key) == (line, key)
    assert problem.found.startswith(found)
    assert "TOML" in problem.expected


@pytest.mark.parametrize(
    ("text", "key", "line", "first"),
    [
        (GOOD + "title = 1\nview = 'podium'\n", "slides.leaderboard.view", 25, 22),
        (GOOD + "\n[office]\nzone = ''\n", "office", 25, 4),
        ("version = 1\n\nversion = 2", "version", 3, 1),
    ],
)
def test_a_key_given_twice_is_named_with_the_line_of_the_first(
    text: str, key: str, line: int, first: int
) -> None:
    problem = only_problem(text)
    assert (problem.key, problem.line) == (key, line)
    assert f"first in line {first}" in problem.found


@pytest.mark.parametrize("text", ["", "\n\n", "# nothing yet\n"])
def test_an_empty_file_is_no_office(text: str) -> None:
    problem = only_problem(text)
    assert problem.found == "an empty file"
    assert "version = 1" in problem.expected


@pytest.mark.parametrize(
    ("version", "found", "expected"),
    [
        ("", "no version", "`version = 1`"),
        ("version = 2", "2", "newer program"),
        ("version = 0", "0", "1"),
        ("version = '1'", "'1'", "a whole number"),
        ("version = true", "True", "a whole number"),
    ],
)
def test_a_version_this_program_does_not_know_is_refused(version: str, found: str, expected: str) -> None:
    problem = only_problem(f'{version}\n[office]\nname = "x"\n')
    assert problem.key == "version"
    assert problem.found == found
    assert expected in problem.expected


def test_nesting_without_end_is_refused_in_words() -> None:
    problem = only_problem("version = 1\na = " + "[" * 100_000)
    assert "nested" in problem.found or "TOML" in problem.expected


# ------------------------------------------------------------------------------------- the file on the disk
def _wrong(path: Path) -> str:
    with pytest.raises(SettingsError) as raised:
        load(path)
    (problem,) = raised.value.problems
    assert problem.file == path
    return f"line {problem.line}, {problem.key}: {problem.found}"


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    assert "no such file" in _wrong(tmp_path / "none.toml")


def test_a_folder_is_no_file(tmp_path: Path) -> None:
    assert "a folder" in _wrong(tmp_path)


@pytest.mark.skipif(os.name != "posix", reason="needs permissions as on Unix")
def test_a_file_that_may_not_be_read_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "settings.toml"
    path.write_text(GOOD)
    path.chmod(0)
    if os.geteuid() == 0:  # root may read everything
        monkeypatch.setattr(Path, "open", _refuse)
    assert "may not read" in _wrong(path)


def _refuse(*_: object, **__: object) -> None:
    raise PermissionError(13, "Permission denied")


def test_a_link_that_leads_in_a_circle_is_named(tmp_path: Path) -> None:
    path = tmp_path / "settings.toml"
    path.symlink_to(path)
    assert "cannot be read" in _wrong(path)


def test_text_that_is_not_utf_8_is_named_with_line_and_key(tmp_path: Path) -> None:
    path = tmp_path / "settings.toml"
    path.write_bytes('version = 1\n[office]\nname = "Käse"\n'.encode("latin-1"))
    assert _wrong(path) == "line 3, office.name: the byte 0xE4, which is not UTF-8"
    path.write_bytes("version = 1\n".encode("utf-16"))
    assert "UTF-16" in _wrong(path)


def test_a_byte_order_mark_is_overlooked(tmp_path: Path) -> None:
    path = tmp_path / "settings.toml"
    path.write_bytes(b"\xef\xbb\xbf" + GOOD.encode())
    assert load(path).settings.office.name == "Before"
    assert load(path).stamp == load_text(GOOD, path).stamp


def test_a_bad_file_is_left_as_it_was(tmp_path: Path) -> None:
    path = tmp_path / "settings.toml"
    path.write_text("version = 1\nnonsense", encoding="utf-8")
    _wrong(path)
    assert path.read_text(encoding="utf-8") == "version = 1\nnonsense"
    assert [p.name for p in tmp_path.iterdir()] == ["settings.toml"]


def test_the_words_of_a_problem_make_a_sentence() -> None:
    text = str(only_problem(GOOD.replace('metric = "revenue"', 'metric = "revenu"')))
    assert text == (
        'settings.toml, line 18, boards.revenue-month.metric: found "revenu"; '
        'expected the id of one of [metrics]: revenue – did you mean "revenue"?'
    )
