"""The one connection of a store: transactions, errors in words, and a ballast that keeps room on a full
disk."""

from __future__ import annotations

import errno
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import URL, Connection, Engine
from sqlalchemy.exc import DBAPIError

from salesboard_display.store import sqlite
from salesboard_display.store.codes import Codes
from salesboard_display.store.errors import StoreDamaged, StoreError, StoreUnavailable

BALLAST_BYTES = 4 * 1024 * 1024


class Database:
    """A connection, its codes, and the only two ways to use it: ``reading`` and ``writing``.

    ``path`` is SQLite's file, None for a database server. Made and used in one thread.
    """

    def __init__(self, engine: Engine, path: Path | None, *, read_only: bool) -> None:
        self.engine = engine
        self.path = path
        self.read_only = read_only
        self.codes = Codes()
        self.connection = engine.connect()
        self.ballast: Ballast | None = None

    def close(self) -> None:
        """Close the connection."""
        self.connection.close()
        self.engine.dispose()

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A connection on one consistent state; nested calls share the outermost one's. Codes are up to
        date."""
        if self.connection.in_transaction():
            yield self.connection
            return
        try:
            with self.connection.begin():
                if self.read_only or not self.codes.complete:
                    self.codes.refresh(self.connection)
                yield self.connection
        except DBAPIError as error:
            self._raise_in_words(error)

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """A transaction: all of it is kept, or nothing. Raises StoreUnavailable or StoreDamaged in words."""
        if self.read_only:
            raise StoreError("store-for-reading")
        if self.ballast:
            self.ballast.restore()
        try:
            with self.transaction() as connection:
                if not self.codes.complete:
                    self.codes.refresh(connection)
                yield connection
        except BaseException:
            self.codes.forget()
            raise

    @contextmanager
    def writing_again_if_lost(self) -> Iterator[Connection]:
        """Like ``writing``, for what is done again after a power cut: it does not wait for the disk."""
        if self.path is None:
            with self.writing() as connection:
                yield connection
            return
        with sqlite.without_waiting_for_disk(self.connection), self.writing() as connection:
            yield connection

    @contextmanager
    def transaction(self) -> Iterator[Connection]:
        """A transaction that needs none of the tables."""
        try:
            with self.connection.begin():
                yield self.connection
        except DBAPIError as error:
            self._raise_in_words(error)

    def copy_to(self, target: Path) -> None:
        """Write a consistent copy of a SQLite database to a file."""
        try:
            sqlite.copy_to(self.connection, target)
        except sqlite.Error as error:
            self._raise_in_words(error)

    def verify(self) -> str:
        """What a full check of a SQLite file finds, "" for nothing; a damaged one is marked for the next
        start."""
        if self.path is None:
            return ""
        try:
            complaint = sqlite.integrity(sqlite.raw(self.connection))
        except sqlite.Error as error:
            complaint = str(error)
        if complaint:
            mark_damaged(self.path)
        return complaint

    @property
    def url(self) -> str:
        """Where the database is, for another process."""
        if self.path is not None:
            return str(URL.create("sqlite", database=str(self.path)))
        return self.engine.url.render_as_string(hide_password=False)

    def checkpoint(self) -> None:
        """Move the write-ahead log into the database file and empty it; readers in the way only postpone
        it."""
        if self.path is None or self.read_only:
            return
        try:
            sqlite.checkpoint(self.connection)
        except sqlite.Error as error:
            self._raise_in_words(error)

    def _raise_in_words(self, error: DBAPIError | sqlite.Error) -> None:
        told = sqlite.in_words(error, self.path)
        if isinstance(told, StoreUnavailable) and told.reason == "full" and self.ballast:
            self.ballast.release()
        if isinstance(told, StoreDamaged) and self.path and not self.read_only:
            mark_damaged(self.path)
        if told is None:
            raise error
        raise told from error


class Ballast:
    """A file of zeros that is given up when the disk is full, so that even deleting and checkpointing have
    room."""

    def __init__(self, path: Path, size: int = BALLAST_BYTES) -> None:
        self.path = path
        self.size = size
        self._given_up = False

    def restore(self) -> None:
        """Have the ballast on the disk again. Raises StoreUnavailable while a disk that was full has no
        room for it."""
        if not self._given_up:
            return
        if shutil.disk_usage(self.path.parent).free < 2 * self.size:
            raise StoreUnavailable("full", self.path)
        self.create()
        self._given_up = False

    def create(self) -> None:
        """Write the file if it is missing and the disk has plenty of room; a failure is no error."""
        try:
            if self.path.exists() or shutil.disk_usage(self.path.parent).free < 8 * self.size:
                return
            with open(self.path, "wb") as file:
                file.write(bytes(self.size))
        except OSError:
            self.release()

    def release_on_full_disk(self) -> None:
        """Give it up if the disk is full already: opening a database needs a little room."""
        if sqlite.no_room(self.path):
            self.release()

    def release(self) -> None:
        """Give the room back."""
        self._given_up = True
        try:
            self.path.unlink(missing_ok=True)
        except OSError:
            pass


def mark_damaged(path: Path) -> None:
    """Leave a note beside the file, so that the next start checks it thoroughly."""
    try:
        damage_note(path).touch()
    except OSError:
        pass


def damage_note(path: Path) -> Path:
    """Where the note lies."""
    return path.with_name(path.name + ".suspect")


def disk_error(error: OSError, path: Path) -> StoreUnavailable:
    """A failed file operation in words."""
    reasons = {
        errno.ENOSPC: "full",
        errno.EDQUOT: "full",
        errno.EROFS: "read-only",
        errno.EACCES: "read-only",
    }
    return StoreUnavailable(reasons.get(error.errno or 0, "io"), path, error.strerror or str(error))
