"""What can be wrong with a database, in words, by how far the reading got."""

from __future__ import annotations

import re
import socket
import sqlite3
from typing import Any

from sqlalchemy import URL
from sqlalchemy.exc import DataError, DBAPIError

from salesboard_display.sources.contract import SourceError, Stage, problem
from salesboard_display.sources.mapping.selectors import nearest_said
from salesboard_display.sources.sql.dialects import Dialect, Place, SQLite

AGAIN_S = 10.0

_DENIED_IN_WORDS = re.compile(r"authenti|autenti|password|pg_hba", re.IGNORECASE)
"""What PostgreSQL says while connecting has no code, and is in the server's language."""
_NO_DATABASE_IN_WORDS = re.compile(r'database "[^"]*" does not exist')
_TLS_IN_WORDS = re.compile(r"\bSSL\b|\bTLS\b|certificate", re.IGNORECASE)

DENIED = frozenset({"28P01", "28000", 1044, 1045, 1698})
NO_DATABASE = frozenset({"3D000", 1049})
NOT_ALLOWED = frozenset({"42501", 1142, 1143, sqlite3.SQLITE_AUTH})
WRITES = frozenset({"25006", 1290, 1792, sqlite3.SQLITE_READONLY})
TOO_LONG = frozenset({"57014", 1969, 3024, sqlite3.SQLITE_INTERRUPT})
LOST = frozenset({"57P01", "57P02", "57P03", "08000", "08003", "08006", 1053, 1317, 1927, 2006, 2013})
WRONG_QUERY = frozenset({1046, 1052, 1054, 1055, 1064, 1146, 1305, 1582, 1630, sqlite3.SQLITE_ERROR})


def failed(error: DBAPIError, place: Place, dialect: Dialect, *, connected: bool) -> SourceError:
    """The words for what a driver raised, before or after it had let us in."""
    if isinstance(dialect, SQLite):
        found = _of_file(error, place)
    else:
        found = None if connected else (_not_reached(place, dialect) or _not_let_in(error, place))
    return found or _while_reading(error, place)


def server(url: URL) -> str:
    """What the server is called in words."""
    if not url.host:
        return url.get_backend_name()
    return f"{url.host}:{url.port}" if url.port else url.host


def reason(error: DBAPIError, url: URL) -> str:
    """What the driver said, on one line, without the password should it be quoted."""
    original: Any = error.orig
    diagnosis = getattr(original, "diag", None)
    said = getattr(diagnosis, "message_primary", None)
    hint = getattr(diagnosis, "message_hint", None)
    if not said:
        arguments: tuple[Any, ...] = getattr(original, "args", ())
        said = str(arguments[1] if len(arguments) > 1 else original)
        said = next((line for line in said.splitlines() if line.strip()), type(original).__name__)
    text = " ".join(f"{said} {hint or ''}".split()).rstrip(".")
    return text.replace(url.password, "***") if url.password else text


def code_of(error: DBAPIError) -> str | int:
    """The database's own code: PostgreSQL's SQLSTATE, MySQL's and SQLite's number."""
    original: Any = error.orig
    if isinstance(original, sqlite3.Error):
        return int(getattr(original, "sqlite_errorcode", 0)) & 0xFF
    first = next(iter(getattr(original, "args", ())), "")
    return first if isinstance(first, int) else str(getattr(original, "sqlstate", None) or "")


def no_driver(name: str, package: str) -> SourceError:
    """The Python package for this kind of database is not installed."""
    if not package:
        return problem(
            Stage.CONNECTION,
            "Nothing here can read a {dialect} database. Install its SQLAlchemy dialect or driver with pip, "
            "or correct `url`.",
            stop=True,
            dialect=name,
        )
    return problem(
        Stage.CONNECTION,
        "Reading a {dialect} database needs a Python package that is not installed: "
        'python -m pip install "{package}"',
        stop=True,
        dialect=name,
        package=package,
    )


def no_url(name: str) -> SourceError:
    """SQLAlchemy cannot make anything of the URL, which is not shown because of its password."""
    return problem(
        Stage.CONNECTION,
        "The URL of the database cannot be understood. It looks like {dialect}://user:password@host/name; "
        "special characters of the password are written as %40 and the like.",
        stop=True,
        dialect=name,
    )


# ---------------------------------------------------------------------------------------------- getting there
def _not_reached(place: Place, dialect: Dialect) -> SourceError | None:
    """Why no line to the server comes about; None when one does. Drivers say it in too many ways."""
    url, port = place.url, place.url.port or dialect.port
    if not url.host or not port or url.host.startswith("/"):
        return None
    try:
        socket.getaddrinfo(url.host, port, type=socket.SOCK_STREAM)
        socket.create_connection((url.host, port), timeout=place.settings.connect_timeout).close()
    except socket.gaierror as error:
        return problem(
            Stage.LOOK_UP,
            "The name {host} cannot be found ({error}). Is it written correctly, and is the network there?",
            host=url.host,
            error=error.strerror or str(error),
        )
    except TimeoutError:
        return not_answering(place)
    except OSError as error:
        return problem(
            Stage.CONNECTION,
            "{server} cannot be reached: {error}. Does the database run there, and listen on that port?",
            server=server(url),
            error=error.strerror or str(error),
        )
    return None


def not_answering(place: Place) -> SourceError:
    """Nothing comes back."""
    return problem(
        Stage.CONNECTION,
        "{server} does not answer. Is the server well, and no firewall in between?",
        server=server(place.url),
    )


def _not_let_in(error: DBAPIError, place: Place) -> SourceError | None:
    said, code, url = reason(error, place.url), code_of(error), place.url
    if code in NO_DATABASE or _NO_DATABASE_IN_WORDS.search(said):
        return problem(
            Stage.CONNECTION,
            "{server} has no database called “{database}”. Correct `url`, or make it there.",
            server=server(url),
            database=url.database or "",
        )
    if code in DENIED or _DENIED_IN_WORDS.search(said):
        return problem(
            Stage.CONNECTION,
            "{server} does not let the user “{user}” in: {reason}. Correct user and password in `url`, or "
            "let the user in there.",
            stop=True,
            server=server(url),
            user=url.username or "",
            reason=said,
        )
    if _TLS_IN_WORDS.search(said):
        return problem(
            Stage.TLS,
            "The encrypted connection to {server} fails: {reason}.",
            server=server(url),
            reason=said,
        )
    return problem(
        Stage.CONNECTION, "{server} does not let us in now: {reason}.", server=server(url), reason=said
    )


def _of_file(error: DBAPIError, place: Place) -> SourceError | None:
    code, path = code_of(error), place.path
    if code == sqlite3.SQLITE_CANTOPEN:
        if path.is_file():
            return problem(
                Stage.FILE, "The database file {path} may not be read by this user.", path=str(path)
            )
        return problem(
            Stage.FILE,
            "The database file {path} is missing. Put it there, or change `url` in the settings.",
            path=str(path),
        )
    if code in (sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_CORRUPT):
        return problem(Stage.FORMAT, "{path} is not a whole SQLite database.", path=str(path))
    if code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
        return problem(
            Stage.FILE,
            "The database file {path} is locked by another program.",
            retry_after_s=AGAIN_S,
            path=str(path),
        )
    return None


# ------------------------------------------------------------------------------------------- the reading
def _while_reading(error: DBAPIError, place: Place) -> SourceError:
    said, code = reason(error, place.url), code_of(error)
    if code in TOO_LONG:
        return too_long(place)
    if code in WRITES:
        return problem(
            Stage.QUERY,
            "The query would change something, and a source only reads: {reason}. Correct `query`.",
            stop=True,
            reason=said,
        )
    if code in NOT_ALLOWED:
        return problem(
            Stage.QUERY,
            "The user “{user}” may not read what the query asks for: {reason}.",
            user=place.url.username or "",
            reason=said,
        )
    if code in WRONG_QUERY or (isinstance(code, str) and code.startswith("42")):
        return problem(
            Stage.QUERY,
            "The database does not understand the query: {reason}. Correct `query`, or what it names there.",
            reason=said,
        )
    if code in LOST or error.connection_invalidated:
        return problem(
            Stage.CONNECTION,
            "The connection to {server} was lost in the middle of reading; the last good data stays.",
            retry_after_s=AGAIN_S,
            server=server(place.url),
        )
    if isinstance(error, DataError) and not code:  # the driver's own: the server has given the row
        return problem(Stage.FORMAT, "A value in the result cannot be read: {reason}.", reason=said)
    return problem(Stage.QUERY, "The query fails: {reason}.", reason=said)


def too_long(place: Place) -> SourceError:
    """The query takes longer than it may."""
    return problem(
        Stage.QUERY,
        "The database needs longer than {seconds} s for the query. Ask for less, add an index there, or "
        "raise `statement_timeout`.",
        seconds=f"{place.settings.statement_timeout:g}",
    )


def no_cursor_column(column: str, columns: tuple[str, ...]) -> SourceError:
    """The result lacks what the cursor is read from."""
    return problem(
        Stage.MAPPING,
        "The cursor’s column “{column}” is not in the result; there are {columns}.{nearest}",
        column=column,
        columns=", ".join(columns[:30]),
        nearest=nearest_said(column, columns),
    )


def no_cursor_value(column: str, value: object, kind: str) -> SourceError:
    """The cursor's column holds something else than was declared."""
    return problem(
        Stage.MAPPING,
        "The cursor’s column “{column}” holds “{value}”, which cannot be read as {kind}.",
        column=column,
        value=str(value)[:60],
        kind=kind,
    )


def shrank(before: int, now: int) -> SourceError:
    """Much less than before; believed at the second reading."""
    return problem(
        Stage.FORMAT,
        "The query gives {now} records where it gave {before}. If that is meant, it counts at the next "
        "reading.",
        retry_after_s=AGAIN_S,
        now=now,
        before=before,
    )
