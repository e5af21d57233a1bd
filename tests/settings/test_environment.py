"""`${env:NAME}` in values: filled in, missed in words, never shown."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from salesboard_display.settings.environment import fill, refers
from salesboard_display.settings.loading import load_text
from salesboard_display.settings.sources import FileSource
from tests.settings.writing import GOOD, good_with, line_of, only_problem, problems_of

SOURCE = '[sources.crm]\ntype = "file"\npath = "{path}"\n'


def _path(path: str, environ: dict[str, str]) -> str:
    source = load_text(good_with(SOURCE.format(path=path)), "settings.toml", environ).settings.sources["crm"]
    assert isinstance(source, FileSource)
    return source.path


def test_a_variable_is_filled_in() -> None:
    assert _path("${env:DATA}/deals.csv", {"DATA": "/srv"}) == "/srv/deals.csv"
    assert _path("${env:A}${env:B}", {"A": "/a", "B": "/b"}) == "/a/b"


def test_a_variable_that_is_not_set_has_its_default() -> None:
    assert _path("${env:DATA:-/srv/x}/deals.csv", {}) == "/srv/x/deals.csv"
    assert _path("${env:DATA:-/srv}/deals.csv", {"DATA": "/other"}) == "/other/deals.csv"
    assert _path("a${env:DATA:-}b", {}) == "ab"


def test_a_missing_variable_is_named_once_with_its_line() -> None:
    text = good_with(SOURCE.format(path="${env:NOPE}/deals.csv"))
    problem = only_problem(text)
    assert problem.key == "sources.crm.path"
    assert problem.line == line_of(text, "path = ")
    assert "NOPE" in problem.found
    assert "NOPE" in problem.expected


def test_a_reference_that_is_none_is_refused() -> None:
    for path in ("${env:}", "${env:1A}", "${env:A B}", "${env:A"):
        assert "${env:NAME}" in only_problem(good_with(SOURCE.format(path=path))).expected


def test_two_dollar_signs_stand_for_the_characters_themselves() -> None:
    assert _path("$${env:DATA}", {"DATA": "/srv"}) == "${env:DATA}"
    assert _path("$5 ${other} ~", {}) == "$5 ${other} ~"


def test_what_a_variable_holds_is_not_filled_again() -> None:
    assert _path("${env:A}", {"A": "${env:B}", "B": "x"}) == "${env:B}"


def test_a_secret_is_never_in_the_words_of_a_problem() -> None:
    secret = "hunter2|||"
    lines = ['zone = "${env:S}"', 'locale = "${env:S}"', 'week_start = "${env:S}"', 'currency = "${env:S}"']
    for line in lines:
        text = GOOD.replace('currency = "EUR"', line)
        assert secret not in str(only_problem(text, {"S": secret}))
    facts = '[[sources.crm.facts]]\nkind = "k"\nkey = "id"\nperson = "p"\nhappened = "t"\nwhere = "${env:S}"'
    assert secret not in str(only_problem(good_with(SOURCE.format(path="p") + facts), {"S": secret}))
    reference = GOOD.replace('metric = "revenue"', 'metric = "${env:S}"')
    assert all(secret not in str(problem) for problem in problems_of(reference, {"S": secret}))


@given(st.dictionaries(st.text(max_size=5), st.one_of(st.text(), st.integers(), st.lists(st.text()))))
def test_what_has_no_reference_stays_as_it_is(document: dict[str, object]) -> None:
    if "${env:" not in str(document):
        assert fill(document, {"A": "x"}).document == document


def test_a_value_knows_whether_it_refers() -> None:
    assert refers("x ${env:A}")
    assert not refers("$${env:A}")
    assert not refers(5)
