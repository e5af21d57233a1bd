"""The settings of a SQL source: a database, a query, and what the query says is new."""

from __future__ import annotations

import re
from datetime import date, datetime
from typing import Annotated, Any, Literal, Self

from pydantic import BeforeValidator, Field, SecretStr, model_validator

from salesboard_display.settings.fieldtypes import Duration, Scalar, Section, Shown
from salesboard_display.settings.mapped import DAY_S, PolledSource
from salesboard_display.settings.problems import Expected, phrase
from salesboard_display.settings.statements import Piece, check_select, gaps, pieces

KNOWN_GAPS = frozenset({"cursor", "oldest"})
_URL = re.compile(r"(?P<dialect>[a-z][a-z0-9_]*)(?:\+[a-z0-9_]+)?://.*", re.DOTALL)


def _url(value: Any) -> Any:
    """Never shown, not even when it is wrong: there is a password in it."""
    text = value.get_secret_value() if isinstance(value, SecretStr) else value
    if not isinstance(text, str) or not _URL.fullmatch(text.strip()) or len(text) > 2_000:
        raise Expected(
            "a database's URL such as postgresql://user:password@host/database or sqlite:///file.db",
            found="something else (not shown, as it may hold a password)",
        )
    return SecretStr(text.strip())


DatabaseUrl = Annotated[SecretStr, BeforeValidator(_url), Shown("URL")]


class SqlCursor(Section):
    """What tells new rows from old ones: a column that only grows, bound to `:cursor` in the query."""

    column: str = Field(
        title="Column", description="The result's column whose largest value is kept.",
        min_length=1, max_length=200,
    )  # fmt: skip
    as_: Literal["integer", "text", "date", "datetime"] = Field(
        alias="as", title="As", description="What its values are: a growing number, a text, a day, a moment."
    )
    initial: Scalar | None = Field(
        default=None,
        title="Initial",
        description='`:cursor` in the first query; without it 0, "" or 1900-01-01.',
    )
    full_every: Duration | None = Field(
        default=None, title="Full every",
        description=(
            "Once in so long everything is read from `initial` on, and what is no longer there is withdrawn. "
            "Without it a deleted row stays."
        ),
        ge=60, le=366 * DAY_S,
    )  # fmt: skip

    @model_validator(mode="after")
    def _initial_fits(self) -> Self:
        try:
            self.value(self.initial or "")
        except ValueError:
            raise Expected(phrase("a value that is {what}", what=_called(self.as_)), key="initial") from None
        return self

    def value(self, text: str) -> int | str | date | datetime:
        """A text as such a value; "" is the initial one. Raises ValueError."""
        match self.as_:
            case "integer":
                return int(text or "0")
            case "date":
                return datetime.fromisoformat(text or "1900-01-01").date()
            case "datetime":
                return datetime.fromisoformat(text or "1900-01-01T00:00:00")
        return text


def _called(kind: str) -> str:
    named = {
        "integer": phrase("a whole number"),
        "date": phrase("a date"),
        "datetime": phrase("a date-time"),
    }
    return named.get(kind, phrase("a text"))


class SqlSource(PolledSource):
    """A query to a database (PostgreSQL, MariaDB, MySQL, SQLite …), asked again and again; it only reads."""

    type: Literal["sql"] = Field(default="sql", title="Type", description="This is a database.")
    url: DatabaseUrl = Field(
        title="URL",
        description='SQLAlchemy\'s URL of the database; keep its password out of the file: "${secret:NAME}".',
    )
    query: str = Field(
        title="Query",
        description=(
            "One SELECT. `:cursor` stands for the largest value seen, `:oldest` for the beginning of the "
            "oldest period a board needs (a day earlier, to be safe)."
        ),
        min_length=1,
        max_length=100_000,
    )
    cursor: SqlCursor | None = Field(
        default=None, title="Cursor", description="Read only what is new; without it, everything every time."
    )
    absent: Literal["withdraw", "keep"] | None = Field(
        default=None, title="Absent",
        description=(
            "What becomes of what the query no longer gives: `withdraw`, the default without a cursor; "
            "`keep`, the only choice with one (see its `full_every`)."
        ),
    )  # fmt: skip
    connect_timeout: Duration = Field(
        default=10.0, title="Connect time-out", description="How long the server may take to let us in.",
        ge=1, le=300,
    )  # fmt: skip
    statement_timeout: Duration = Field(
        default=60.0,
        title="Statement time-out",
        description="How long the database may work on an answer.",
        ge=1,
        le=3600,
    )

    @model_validator(mode="after")
    def _query_reads(self) -> Self:
        parts = self.pieces
        try:
            check_select(parts)
        except Expected as error:
            raise Expected(error.expected, key="query", found=error.found) from None
        named = gaps(parts)
        if strange := named - KNOWN_GAPS:
            raise Expected(
                ":cursor and :oldest alone",
                key="query",
                found=phrase("the parameter :{name}", name=min(strange)),
            )
        if (self.cursor is not None) != ("cursor" in named):
            found = phrase("no :cursor" if self.cursor is not None else ":cursor, and no [… .cursor]")
            raise Expected("both a cursor and :cursor in the query, or neither", key="query", found=found)
        if self.cursor is not None and self.absent == "withdraw":
            raise Expected('"keep", as a query with a cursor gives only what is new', key="absent")
        return self

    @property
    def dialect(self) -> str:
        """What stands first in the URL: `postgresql`."""
        match = _URL.fullmatch(self.url.get_secret_value())
        return match["dialect"] if match else ""

    @property
    def pieces(self) -> list[Piece]:
        """The query without the semicolon at its end, cut at its quotation marks."""
        query = self.query.strip().rstrip(";").rstrip()
        return pieces(query, mysql=self.dialect in ("mysql", "mariadb"))

    @property
    def windowed(self) -> bool:
        """Whether the query leaves out what is older than `:oldest`."""
        return "oldest" in gaps(self.pieces)
