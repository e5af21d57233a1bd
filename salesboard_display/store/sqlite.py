"""Everything that only SQLite knows: pragmas, index hints, integrity checks, online copies, checkpoints
and its errors."""

from __future__ import annotations

import shutil
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any, TypeVar, cast

from sqlalchemy import Connection, Engine, FromClause, Select, create_engine, event
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.pool import StaticPool

from salesboard_display.store.errors import StoreDamaged, StoreError, StoreUnavailable

_PATIENCE_MS = 2_000
# Half the usual: a large import touches a page per fact, so it writes half as much; reading is as quick.
_PAGE_BYTES = 2_048
_PRAGMAS = (
    "PRAGMA synchronous=FULL",  # a power cut loses nothing that was acknowledged
    "PRAGMA wal_autocheckpoint=0",  # inside a commit a checkpoint costs 27-70 ms; we say when
    "PRAGMA foreign_keys=ON",
    "PRAGMA temp_store=MEMORY",
    "PRAGMA cache_size=-24000",  # KiB
    f"PRAGMA busy_timeout={_PATIENCE_MS}",
)
_STEPS_BETWEEN_LOOKS = 20_000  # virtual machine steps, about a millisecond

Error = sqlite3.Error

_S = TypeVar("_S", bound=Select[Any])


def open_engine(path: Path, *, read_only: bool) -> Engine:
    """An engine with one connection for one thread; read-only ones neither write nor checkpoint.

    Raises sqlite3.Error when the file cannot be opened as a database.
    """

    def connect() -> sqlite3.Connection:
        mode = "ro" if read_only else "rwc"
        connection = sqlite3.connect(
            f"{path.absolute().as_uri()}?mode={mode}", uri=True, isolation_level=None
        )
        try:
            if read_only:
                connection.execute("PRAGMA query_only=ON")
            else:
                connection.execute(f"PRAGMA page_size={_PAGE_BYTES}")  # of a file that is made now
                connection.execute("PRAGMA journal_mode=WAL")
            for pragma in _PRAGMAS:
                connection.execute(pragma)
        except BaseException:
            connection.close()
            raise
        return connection

    engine = create_engine("sqlite://", creator=connect, poolclass=StaticPool)
    event.listen(engine, "begin", _begin)
    return engine


def with_transactions(engine: Engine) -> Engine:
    """Let the engine's transactions cover changes of tables too, which the driver by itself commits at
    once."""
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _leave_transactions_to_us)
        event.listen(engine, "begin", _begin)
    return engine


def _leave_transactions_to_us(connection: sqlite3.Connection, _: object) -> None:
    connection.isolation_level = None


def _begin(connection: Connection) -> None:
    """The driver opens no transaction by itself (isolation_level=None)."""
    connection.exec_driver_sql("BEGIN")


def raw(connection: Connection) -> sqlite3.Connection:
    """The driver's own connection."""
    return cast(sqlite3.Connection, connection.connection.driver_connection)


def using_index(statement: _S, facts: FromClause, index: str) -> _S:
    """The same statement, told which index to use for the facts; other databases do not see the hint.

    Without it the planner chose a skip scan: 154 ms instead of 9.
    """
    return statement.with_hint(facts, f"INDEXED BY {index}", "sqlite")


def integrity(connection: sqlite3.Connection, *, within_s: float | None = None) -> str:
    """What is wrong with the file: "" when nothing is.

    With ``within_s`` the quick check (structure, not the indexes' contents) that gives up when the time is
    over, having found nothing so far; without it the full one. Raises sqlite3.DatabaseError when the file
    is unreadable.
    """
    if within_s is None:
        return _first_complaint(connection, "PRAGMA integrity_check(1)")
    end = time.monotonic() + within_s
    connection.set_progress_handler(lambda: int(time.monotonic() > end), _STEPS_BETWEEN_LOOKS)
    try:
        return _first_complaint(connection, "PRAGMA quick_check(1)")
    except sqlite3.OperationalError as error:
        if error.sqlite_errorcode == sqlite3.SQLITE_INTERRUPT:
            return ""
        raise
    finally:
        connection.set_progress_handler(None, 0)


def _first_complaint(connection: sqlite3.Connection, pragma: str) -> str:
    row = connection.execute(pragma).fetchone()
    return "" if row is None or row[0] == "ok" else str(row[0])


def complaint_about(path: Path) -> str:
    """What a full check of a file that nobody writes to finds: "" when it is a sound database."""
    try:
        with closing(
            sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro&immutable=1", uri=True)
        ) as connection:
            return integrity(connection)
    except sqlite3.Error as error:
        return str(error)


def complaint_at_start(path: Path, tables: set[str], within_s: float | None) -> str:
    """What is wrong with a file that is about to be opened: "" when it is a database with these tables, or
    an empty one. Raises StoreUnavailable when it cannot be read at all."""
    try:
        with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=rw", uri=True)) as connection:
            connection.execute("PRAGMA wal_autocheckpoint=0")
            there = {row[0] for row in connection.execute("SELECT name FROM sqlite_master")}
            if there and not tables <= there:
                return "it is not a store"
            return integrity(connection, within_s=within_s)
    except sqlite3.Error as error:
        if isinstance(told := in_words(error, path), StoreUnavailable):
            raise told from error
        return str(error)


def copy_to(connection: Connection, target: Path) -> None:
    """Write a consistent copy of the database to ``target``, in one step: the writer is not held up by it."""
    with closing(sqlite3.connect(target)) as copy:
        raw(connection).backup(copy)
        copy.execute("PRAGMA journal_mode=DELETE")  # one file, no -wal beside it


def checkpoint(connection: Connection) -> None:
    """Move the write-ahead log into the database file and empty it, as far as readers let us without
    waiting."""
    driver = raw(connection)
    driver.execute("PRAGMA busy_timeout=0")
    try:
        driver.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
    finally:
        driver.execute(f"PRAGMA busy_timeout={_PATIENCE_MS}")


@contextmanager
def without_waiting_for_disk(connection: Connection) -> Iterator[None]:
    """Commits inside need not have reached the disk: for what can be done again after a power cut."""
    driver = raw(connection)
    driver.execute("PRAGMA synchronous=NORMAL")
    try:
        yield
    finally:
        driver.execute("PRAGMA synchronous=FULL")


def log_bytes(path: Path) -> int:
    """Size of the write-ahead log beside the file."""
    try:
        return path.with_name(path.name + "-wal").stat().st_size
    except OSError:
        return 0


def sum_overflowed(error: DBAPIError) -> bool:
    """Whether a sum left the 64 bits of SQLite's integers."""
    return str(error.orig) == "integer overflow"


def in_words(error: DBAPIError | sqlite3.Error, path: Path | None) -> StoreError | None:
    """The error as the manager should read it; None when it is a mistake of ours."""
    original = error.orig if isinstance(error, DBAPIError) else error
    if not isinstance(original, sqlite3.Error):
        of_the_world = isinstance(error, (OperationalError, InterfaceError))
        return StoreUnavailable("unreachable", path, str(original)) if of_the_world else None
    code = getattr(original, "sqlite_errorcode", 0) & 0xFF  # the primary code, without its details
    if code in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB):
        return StoreDamaged("store-damaged", path=str(path), why=str(original))
    reason = _REASONS.get(code)
    if reason == "io" and path is not None and no_room(path):
        reason = "full"  # SQLite's own small files found no room
    return StoreUnavailable(reason, path, str(original)) if reason else None


def no_room(path: Path) -> bool:
    """Whether the disk is as good as full."""
    try:
        return shutil.disk_usage(path.parent).free < 256 * 1024
    except OSError:
        return False


_REASONS = {
    sqlite3.SQLITE_FULL: "full",
    sqlite3.SQLITE_READONLY: "read-only",
    sqlite3.SQLITE_PERM: "read-only",
    sqlite3.SQLITE_IOERR: "io",
    sqlite3.SQLITE_CANTOPEN: "io",
    sqlite3.SQLITE_BUSY: "locked",
    sqlite3.SQLITE_LOCKED: "locked",
}
