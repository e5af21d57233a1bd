"""What differs from database to database: drivers, reading only, time-outs, and how to interrupt."""

from __future__ import annotations

import contextlib
import math
import os
import socket
import sqlite3
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, create_engine, event, text
from sqlalchemy.engine import CursorResult, Engine, ExceptionContext
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import NullPool

from salesboard_display.settings.sql import SqlSource as SqlSettings

_STEPS_BETWEEN_LOOKS = 20_000  # SQLite's virtual machine steps, about a millisecond
_CANCEL_WITHIN_S = 2.0
_UNKNOWN_ZONE = 1298
_REST_ROWS = 10_000
Interrupt = Callable[[], None]


@dataclass(frozen=True, slots=True)
class Place:
    """Where and how a source reads. ``zone`` is that of its times; ``folder``: where relative paths begin."""

    url: URL
    settings: SqlSettings
    zone: str
    folder: Path

    @property
    def path(self) -> Path:
        """The file, where the database is one."""
        return self.folder / (self.url.database or "")


class Limit:
    """When the database has taken too long for one step."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self.renew()

    def renew(self) -> None:
        """A new step begins."""
        self._until = time.monotonic() + self._seconds

    def over(self) -> bool:
        """Whether it has taken too long."""
        return time.monotonic() > self._until


class Dialect:
    """A database SQLAlchemy speaks to and of which nothing more is known."""

    driver = ""
    """What stands before `://` where a URL names the database without a driver."""
    package = ""
    """What pip calls the driver."""
    port = 0
    """Where its servers listen when the URL does not say; 0 where nobody does."""
    reads_only = False
    """Whether the database itself is told that we only read."""

    def engine(self, place: Place) -> Engine:
        """An engine without a pool: each reading has a connection of its own. Raises ImportError without the
        driver."""
        arguments = self.arguments(place)
        return create_engine(place.url, poolclass=NullPool, connect_args=arguments, hide_parameters=True)

    def arguments(self, place: Place) -> dict[str, Any]:
        """What the driver is told when it connects."""
        return {}

    def begin(self, connection: Connection, place: Place, limit: Limit) -> None:
        """Begin a transaction that only reads and whose statements end in time: by the server's own watch
        (``statement_timeout``), or by ``limit`` where the watch is ours."""

    def bound(self, value: Any) -> Any:
        """A cursor's value or a moment as the driver takes it."""
        return value

    def interrupt(self, connection: Connection) -> Interrupt:
        """What ends, from another thread, whatever the connection is doing."""
        return lambda: None

    def leave(self, result: CursorResult[Any]) -> None:
        """Do without the rest of a result."""
        result.close()

    def forget(self, driver: Any) -> None:
        """See that the driver's own connection, which may be dead, is not used any more to tidy up."""


class PostgreSQL(Dialect):
    """Through psycopg. Everything is said per transaction, so that it works through a pooler too."""

    driver, package, reads_only = "postgresql+psycopg", "psycopg[binary]", True
    port = 5432

    def engine(self, place: Place) -> Engine:
        """See Dialect.engine."""
        engine = super().engine(place)
        event.listen(engine, "handle_error", _close_cursor)
        return engine

    def arguments(self, place: Place) -> dict[str, Any]:
        """Keep-alives find a server that is gone without a word."""
        return {
            "connect_timeout": max(2, math.ceil(place.settings.connect_timeout)),  # it takes less for 2
            "application_name": "salesboard-display",
            "keepalives_idle": 30,
            "keepalives_interval": 10,
            "keepalives_count": 3,
        }

    def begin(self, connection: Connection, place: Place, limit: Limit) -> None:
        """See Dialect.begin. Times with a zone arrive in the source's, so that their dates are its dates."""
        connection.execute(text("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY"))
        local = text("SELECT set_config(:name, :value, true)")
        limit_ms = str(math.ceil(place.settings.statement_timeout * 1000))
        for name, value in (("statement_timeout", limit_ms), ("TimeZone", place.zone)):
            connection.execute(local, {"name": name, "value": value})

    def interrupt(self, connection: Connection) -> Interrupt:
        """The server is asked to cancel, then the line is cut: that wakes us even if the server is frozen."""
        driver: Any = connection.connection.driver_connection
        failures: type[Exception] = connection.dialect.loaded_dbapi.Error

        def cut() -> None:
            with contextlib.suppress(failures):
                driver.cancel_safe(timeout=_CANCEL_WITHIN_S)
            with (
                contextlib.suppress(failures, OSError),
                socket.socket(fileno=os.dup(driver.fileno())) as line,
            ):
                line.shutdown(socket.SHUT_RDWR)

        return cut


def _close_cursor(context: ExceptionContext) -> None:
    """On a line that is lost SQLAlchemy leaves the cursor open; the driver warns when it becomes garbage."""
    cursor = getattr(context.execution_context, "cursor", None)
    if context.is_disconnect and cursor is not None:
        cursor.close()


class MySQL(Dialect):
    """MySQL and MariaDB, through PyMySQL."""

    driver, package, reads_only = "mysql+pymysql", "PyMySQL", True
    port = 3306

    def arguments(self, place: Place) -> dict[str, Any]:
        """The driver's own limits hold where the server says nothing any more."""
        settings = place.settings
        return {
            "connect_timeout": math.ceil(settings.connect_timeout),
            "read_timeout": math.ceil(settings.statement_timeout + 5),
            "write_timeout": math.ceil(settings.connect_timeout),
            "charset": "utf8mb4",
        }

    def begin(self, connection: Connection, place: Place, limit: Limit) -> None:
        """See Dialect.begin."""
        seconds = place.settings.statement_timeout
        connection.exec_driver_sql("SET SESSION TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        if getattr(connection.dialect, "is_mariadb", False):
            connection.exec_driver_sql(f"SET SESSION max_statement_time = {seconds:.3f}")
        else:
            connection.exec_driver_sql(f"SET SESSION max_execution_time = {math.ceil(seconds * 1000)}")
        zone = "+00:00" if place.zone == "UTC" else place.zone
        try:
            connection.execute(text("SET SESSION time_zone = :zone"), {"zone": zone})
        except DBAPIError as error:  # a server without zone tables: TIMESTAMPs come in its own zone
            if error.orig is None or error.orig.args[:1] != (_UNKNOWN_ZONE,):
                raise
        connection.rollback()  # the next transaction is the first that only reads

    def interrupt(self, connection: Connection) -> Interrupt:
        """A second connection has the server end the statement; the driver has no other way."""
        driver: Any = connection.connection.driver_connection
        thread, url = driver.thread_id(), connection.engine.url
        patience = dict.fromkeys(("connect_timeout", "read_timeout", "write_timeout"), _CANCEL_WITHIN_S)

        def kill() -> None:
            engine = create_engine(url, poolclass=NullPool, connect_args=patience, hide_parameters=True)
            with contextlib.suppress(DBAPIError), engine.connect() as other:
                other.exec_driver_sql(f"KILL QUERY {thread:d}")

        return kill

    def leave(self, result: CursorResult[Any]) -> None:
        """The driver cannot but read all the rest: the server is to make it short."""
        self.interrupt(result.connection)()
        with contextlib.suppress(DBAPIError):
            while result.fetchmany(_REST_ROWS):
                pass
        result.close()

    def forget(self, driver: Any) -> None:
        """What the driver has not read yet it would read when it is garbage, and complain."""
        if driver._result is not None:
            driver._result.unbuffered_active = False


class SQLite(Dialect):
    """A file, opened so that it can be neither written nor made."""

    driver, package, reads_only = "sqlite", "", True

    def engine(self, place: Place) -> Engine:
        """See Dialect.engine. A relative path begins at the settings file's folder."""
        path = place.path

        def connect() -> sqlite3.Connection:
            return sqlite3.connect(
                f"{path.absolute().as_uri()}?mode=ro",
                uri=True,
                timeout=place.settings.connect_timeout,
                isolation_level=None,
                check_same_thread=False,  # a reading's steps run in different threads, never at once
            )

        return create_engine("sqlite://", creator=connect, poolclass=NullPool, hide_parameters=True)

    def begin(self, connection: Connection, place: Place, limit: Limit) -> None:
        """See Dialect.begin. The time that counts is that of one step, not that of the whole reading."""
        driver: Any = connection.connection.driver_connection
        driver.execute("PRAGMA query_only=ON")
        driver.set_progress_handler(limit.over, _STEPS_BETWEEN_LOOKS)
        driver.execute("BEGIN")

    def bound(self, value: Any) -> Any:
        """SQLite has no times: they are texts, and compared as such. A shorter one is the smaller one: rather
        is a row read once more."""
        if isinstance(value, datetime):
            return value.isoformat(" ")
        return value.isoformat() if isinstance(value, date) else value

    def interrupt(self, connection: Connection) -> Interrupt:
        """See Dialect.interrupt."""
        driver: Any = connection.connection.driver_connection
        return lambda: driver.interrupt()


DIALECTS: Mapping[str, Dialect] = {
    "postgresql": PostgreSQL(),
    "mysql": MySQL(),
    "mariadb": MySQL(),
    "sqlite": SQLite(),
}
"""What stands first in a URL → what we know of such databases; any other is a plain Dialect."""


def with_driver(url: URL, dialect: Dialect) -> URL:
    """The URL with our choice of a driver where it names none."""
    named = "+" in url.drivername or not dialect.driver
    if named:
        return url
    first, _, driver = dialect.driver.partition("+")
    return url.set(drivername=f"{url.drivername}+{driver}" if driver else first)
