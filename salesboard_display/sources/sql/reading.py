"""One question to a database: blocking, in steps, and to be interrupted from another thread."""

from __future__ import annotations

from collections.abc import Generator, Mapping
from typing import Any

from sqlalchemy import Connection, TextClause, text
from sqlalchemy.engine import CursorResult, Engine
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError

from salesboard_display.settings.sql import SqlSource as SqlSettings
from salesboard_display.sources.sql import words
from salesboard_display.sources.sql.dialects import Dialect, Limit, Place

STEP_ROWS = 2_000
Row = tuple[Any, ...]


class Reading:
    """Asks once. ``columns`` are known when the first rows are given; ``interrupt`` may be called at any
    time, from any thread, and ends a step that waits for the database."""

    def __init__(self, place: Place, dialect: Dialect) -> None:
        self._place, self._dialect = place, dialect
        self._limit = Limit(place.settings.statement_timeout)
        self._interrupt = _nothing
        self.columns: tuple[str, ...] = ()

    def interrupt(self) -> None:
        """End what the database is doing for us."""
        self._interrupt()

    def rows(self, values: Mapping[str, Any]) -> Generator[list[Row], None, None]:
        """The result, at most STEP_ROWS rows at a time, at least one list. Raises SourceError."""
        connected = False
        try:
            engine = self._engine()
            with engine.connect() as connection:
                connected = True
                yield from self._asked(connection, values)
        except DBAPIError as error:
            raise words.failed(error, self._place, self._dialect, connected=connected) from error
        finally:
            self._interrupt = _nothing

    def _engine(self) -> Engine:
        settings = self._place.settings
        try:
            return self._dialect.engine(self._place)
        except (ImportError, NoSuchModuleError):
            raise words.no_driver(settings.dialect, self._dialect.package) from None
        except (ArgumentError, TypeError, ValueError):
            raise words.no_url(settings.dialect) from None

    def _asked(self, connection: Connection, values: Mapping[str, Any]) -> Generator[list[Row], None, None]:
        self._interrupt = self._dialect.interrupt(connection)
        driver = connection.connection.driver_connection
        result: CursorResult[Any] | None = None
        whole = False
        try:
            self._dialect.begin(connection, self._place, self._limit)
            self._limit.renew()
            streaming = connection.execution_options(stream_results=True, max_row_buffer=STEP_ROWS)
            result = streaming.execute(statement(self._place.settings), dict(values))
            self.columns = tuple(result.keys())
            yield from self._steps(result)
            whole = True
        except GeneratorExit:
            if result is not None:
                self._dialect.leave(result)
            raise
        finally:
            if not whole:  # nothing more is said on a line that may be dead
                self._dialect.forget(driver)
                if result is not None:
                    result.close()
                connection.invalidate()

    def _steps(self, result: CursorResult[Any]) -> Generator[list[Row], None, None]:
        first = True
        while True:
            rows = [tuple(row) for row in result.fetchmany(STEP_ROWS)]
            if rows or first:
                yield rows
            if not rows:
                return
            first = False
            self._limit.renew()


def statement(settings: SqlSettings) -> TextClause:
    """The query with its gaps; colons between quotation marks are no gaps."""
    return text(
        "".join(part.text.replace(":", "\\:") if part.quoted else part.text for part in settings.pieces)
    )


def _nothing() -> None:
    """There is nothing to interrupt."""
