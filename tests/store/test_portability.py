"""PostgreSQL comes later by URL: nothing but one module knows that the database is SQLite."""

from __future__ import annotations

import ast
import itertools
import re
from pathlib import Path

import pytest
from sqlalchemy.dialects import postgresql
from sqlalchemy.schema import CreateIndex, CreateTable

from salesboard_display.store import revisions, schema, states, syncs
from salesboard_display.store.questions import Shape, statement_of

FOLDER = Path(schema.__file__).parent
DIALECT = postgresql.dialect()


@pytest.mark.parametrize("table", schema.metadata.sorted_tables, ids=str)
def test_every_table_can_be_made_on_postgresql(table: object) -> None:
    made = str(CreateTable(table).compile(dialect=DIALECT))  # type: ignore[arg-type]
    assert "CREATE TABLE" in made
    for index in table.indexes:  # type: ignore[attr-defined]
        assert " WHERE superseded_at " in str(CreateIndex(index).compile(dialect=DIALECT))


def test_keys_number_themselves_on_postgresql() -> None:
    assert "rev BIGSERIAL NOT NULL" in str(CreateTable(schema.fact_revision).compile(dialect=DIALECT))


@pytest.mark.parametrize("columns", ["partials", "exact partials", "facts", "distinct"])
def test_every_question_is_also_postgresqls(columns: str) -> None:
    yes_no = (False, True)
    for past, known_at, hidden, named, above, below in itertools.product(*[yes_no] * 6):
        if past and not (known_at or hidden):
            continue
        for sets in ("", "in", "not in"):
            statement, _ = statement_of(Shape(columns, past, known_at, hidden, named, sets, above, below))
            text = str(statement.compile(dialect=DIALECT))
            assert "INDEXED BY" not in text
            assert text.startswith("SELECT")


def test_every_change_is_also_postgresqls() -> None:
    for statement in (
        revisions._CURRENT,
        revisions._INSERT,
        revisions._SUPERSEDE,
        revisions._AFTER,
        syncs._NEWEST,
        syncs._ANY_FACT,
        states._LAST_RECORDED,
        states._RECORD,
        states._SYNCED,
    ):
        assert str(statement.compile(dialect=DIALECT))  # type: ignore[attr-defined]


def test_only_one_module_speaks_sqlite() -> None:
    for file in sorted(FOLDER.rglob("*.py")):
        if file.name == "sqlite.py":
            continue
        text = file.read_text(encoding="utf-8")
        code = "\n".join(ast.unparse(node) for node in ast.parse(text).body)
        assert "import sqlite3" not in code, file
        assert not re.search(r"PRAGMA|INDEXED BY|sqlite_master|json_each|rowid|INSERT OR|pysqlite", code), (
            file
        )


def test_only_superseded_at_is_ever_updated_in_revisions() -> None:
    """And that only when something supersedes, or when a sync nobody ever saw is taken back."""
    updated = []
    for file in sorted(FOLDER.glob("*.py")):
        text = file.read_text(encoding="utf-8")
        updated += [file.name for _ in re.findall(r"update\(\s*fact_revision\s*\)", text)]
    assert updated == ["revisions.py", "syncs.py"]
    assert re.findall(r"\bSET (.*?)\s+WHERE", str(revisions._SUPERSEDE.compile()).replace("\n", " ")) == [
        "superseded_at=:at"
    ]
