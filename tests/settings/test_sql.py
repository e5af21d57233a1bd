"""A SQL source's settings: one query that reads, its gaps, and a URL that nobody gets to see."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from salesboard_display.settings.loading import load_text
from salesboard_display.settings.model import Settings
from salesboard_display.settings.problems import SettingsError
from salesboard_display.settings.sql import SqlSource
from salesboard_display.settings.statements import gaps, pieces

SELECT = "SELECT id FROM deals"
NEWER = f'query = "{SELECT} WHERE id > :cursor"'


def parsed(query: str = SELECT, url: str = "postgresql://u@h/d", **more: Any) -> SqlSource:
    settings = {
        "version": 1,
        "sources": {"crm": {"type": "sql", "url": url, "query": query} | more},
    }
    source = Settings.model_validate(settings).sources["crm"]
    assert isinstance(source, SqlSource)
    return source


def said(line: str, environ: dict[str, str] | None = None, url: str = "postgresql://u@h/d") -> str:
    """What is wrong with a source that has this line beside its URL and (if not that) a query."""
    lines = ["version = 1", "[sources.crm]", 'type = "sql"']
    lines += [] if line.startswith("url") else [f'url = "{url}"']
    lines += [] if "query" in line else [f'query = "{SELECT}"']
    with pytest.raises(SettingsError) as caught:
        load_text("\n".join([*lines, line]) + "\n", "office.toml", environ or {})
    return str(caught.value)


@pytest.mark.parametrize(
    "query",
    [
        SELECT,
        f"  {SELECT};\n",
        f"({SELECT}) UNION ALL ({SELECT})",
        "with won as (select * from deals) select id, updated_at, deleted from won",
        "SELECT 'DELETE FROM deals; UPDATE' AS text, \"update\", `into` FROM deals -- INTO what?\n",
        "SELECT replace(name, ';', ',') /* DROP TABLE; */ FROM deals",
        "select $$ update; $$, $x$ it's; into $x$ from deals",
    ],
)
def test_one_statement_that_reads_is_taken(query: str) -> None:
    assert parsed(query).query == query


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("DELETE FROM deals", "a statement that begins with DELETE"),
        ("update deals set id = 1", "a statement that begins with update"),
        ("PRAGMA user_version", "a statement that begins with PRAGMA"),
        (" ; ", "nothing"),
        (f"{SELECT}; DROP TABLE deals", "more than one statement"),
        ("SELECT * INTO copy FROM deals", "the word INTO"),
        ("WITH gone AS (DELETE FROM deals RETURNING id) SELECT id FROM gone", "the word DELETE FROM"),
        ("WITH x AS (update deals set id = 1 returning id) SELECT id FROM x", "the word UPDATE"),
        (f"{SELECT} FOR UPDATE", "the word UPDATE"),
        (f"{SELECT} WHERE name = 'it''s", "a quotation mark or comment that is not closed"),
        (f"{SELECT} /* all", "a quotation mark or comment that is not closed"),
    ],
)
def test_anything_else_is_refused_in_words(query: str, found: str) -> None:
    problem = said(f'query = """{query}"""')
    assert f"line 5, sources.crm.query: found {found}" in problem
    assert "one SELECT" in problem


def test_mysqls_own_quotation_is_known() -> None:
    query = r"SELECT 'it\'s; :nor' FROM deals # ; UPDATE"
    assert gaps(parsed(query, "mysql+pymysql://u@h/d").pieces) == set()
    assert "not closed" in said(f"query = '''{query}'''")


@pytest.mark.parametrize(
    ("line", "found"),
    [
        (f'query = "{SELECT} WHERE id > :id"', "the parameter :id"),
        (NEWER, ":cursor, and no [… .cursor]"),
        ('cursor = { column = "id", as = "integer" }', "no :cursor"),
        (f'{NEWER}\ncursor = {{ column = "id" }}', "nothing"),
        (
            f'{NEWER}\ncursor = {{ column = "id", as = "integer", initial = "x" }}',
            '"x"; expected a value that is a whole number',
        ),
        (
            f'{NEWER}\nabsent = "withdraw"\ncursor = {{ column = "id", as = "integer" }}',
            'sources.crm.absent: found "withdraw"; expected "keep"',
        ),
    ],
)
def test_gaps_and_cursor_belong_together(line: str, found: str) -> None:
    assert found in said(line)


def test_gaps_are_found_outside_quotation_marks_only() -> None:
    text = "SELECT a::date, ':no', \":no\" FROM t WHERE b >= :cursor AND c > '12:30' AND d = :oldest -- :no"
    assert gaps(pieces(text)) == {"cursor", "oldest"}


@given(st.text(st.sampled_from("ab':\"`-/*$\n#\\ ;"), max_size=40), st.booleans())
def test_the_pieces_are_the_statement(text: str, mysql: bool) -> None:
    assert "".join(piece.text for piece in pieces(text, mysql=mysql)) == text


def test_it_is_as_fresh_as_it_is_polled_unless_less_is_expected() -> None:
    assert parsed(poll_every="5m").expected_s == 300
    assert parsed(poll_every="5m", expected_every="24h").expected_s == 86400
    assert parsed(facts=[{"kind": "call", "key": "id", "person": "p", "happened": "t"}]).kinds == {"call"}


# ---------------------------------------------------------------------------------------------------- the URL
PASSWORD = "hunter2"


@pytest.mark.parametrize(
    "line",
    [
        f'url = "postgresql:/u:{PASSWORD}@h/d"',
        f'url = ["postgresql://u:{PASSWORD}@h/d"]',
        f'url = "postgresql://u:{PASSWORD}@h/d',
        f'url = "u:{PASSWORD}@h/d ${{env:SECRET}}"',
        f'zone = "postgresql://u:{PASSWORD}@h/d"',
    ],
)
def test_a_password_is_not_in_the_words_of_a_problem(line: str) -> None:
    assert PASSWORD not in said(line, {"SECRET": PASSWORD})


def test_a_password_is_in_no_text_of_the_settings() -> None:
    source = parsed(url=f"postgresql://u:{PASSWORD}@h/d")
    assert PASSWORD not in f"{source} {source!r} {source.model_dump()} {source.model_dump_json()}"
    assert PASSWORD in source.url.get_secret_value()
    assert source.dialect == "postgresql"
