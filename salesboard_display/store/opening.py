"""Opening a store: made new, upgraded, or, when its file is damaged, set aside and restored from a
verified backup."""

from __future__ import annotations

import os
import shutil
import time
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import Connection, insert, inspect, select
from sqlalchemy.exc import DBAPIError

from salesboard_display.core.messages import Message, message
from salesboard_display.settings.disk import sync_folder
from salesboard_display.store import schema, sqlite
from salesboard_display.store.database import Ballast, Database, damage_note, disk_error
from salesboard_display.store.errors import StoreDamaged, StoreError, StoreMissing

CHECK_AT_START_S = 0.08
"""How long the check at start may take; what it does not reach is for Store.verify, in the background."""

KEEP_BACKUPS = 3
_KEEP_DAMAGED = 2
_BESIDE = ("-wal", "-shm", "-journal")


@dataclass(frozen=True, slots=True)
class StoreOpened:
    """What happened when the store was opened; ``message`` is there when a damaged file was set aside."""

    created: bool = False
    upgraded_from: str = ""
    set_aside: Path | None = None
    recovered_from: Path | None = None
    message: Message | None = None


def open_file(path: Path, *, read_only: bool) -> tuple[Database, StoreOpened]:
    """A checked, current SQLite store. Raises StoreError (missing, newer, older for readers) or
    StoreUnavailable.

    A reader neither upgrades nor repairs: it raises StoreDamaged.
    """
    if read_only:
        if not path.exists():
            raise StoreMissing("store-missing", path=str(path))
        database = _connect(path, read_only=True)
        _require_current(database, path)
        return database, StoreOpened()
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise disk_error(error, path.parent) from error
    ballast = Ballast(path.with_name(path.name + ".ballast"))
    ballast.release_on_full_disk()
    aside = backup = None
    if path.exists() and path.stat().st_size and _looks_damaged(path):
        aside = set_aside(path)
        backup = _restore(path)
    database = _connect(path, read_only=False)
    try:
        created, before = make_current(database, path)
    except BaseException:
        database.close()
        raise
    damage_note(path).unlink(missing_ok=True)
    database.ballast = ballast
    ballast.create()
    return database, StoreOpened(created and not backup, before, aside, backup, _told(aside, backup))


def _told(aside: Path | None, backup: Path | None) -> Message | None:
    if aside is None:
        return None
    if backup is None:
        return message("store-begun-anew", aside=aside.name)
    return message("store-restored", aside=aside.name, backup=backup.name)


def _looks_damaged(path: Path) -> bool:
    """A suspect file is checked thoroughly, others as far as the time allows."""
    within_s = None if damage_note(path).exists() else CHECK_AT_START_S
    return bool(sqlite.complaint_at_start(path, {"alembic_version", "fact_revision", "meta"}, within_s))


def _connect(path: Path, *, read_only: bool) -> Database:
    try:
        return Database(sqlite.open_engine(path, read_only=read_only), path, read_only=read_only)
    except (DBAPIError, sqlite.Error) as error:
        raise sqlite.in_words(error, path) or error from error


# --------------------------------------------------------------------- schema
def make_current(database: Database, path: Path | None) -> tuple[bool, str]:
    """Bring the schema up to date: (made new, version it was upgraded from or "")."""
    with database.transaction() as connection:
        version = _version(connection)
    if version == schema.SCHEMA_VERSION:
        return False, ""
    if version is None:
        with database.transaction() as connection:
            schema.metadata.create_all(connection)
            connection.execute(insert(schema.alembic_version).values(version_num=schema.SCHEMA_VERSION))
        return True, ""
    if version > schema.SCHEMA_VERSION:
        raise StoreError("store-newer", path=str(path or ""))
    if path is not None:
        back_up(database, path)
    from salesboard_display.store.upgrade import upgrade_in_child  # only an old store needs it

    why = upgrade_in_child(database.url)
    if why:
        raise StoreError("store-upgrade-failed", path=str(path or ""), why=why)
    return False, version


def _require_current(database: Database, path: Path) -> None:
    try:
        with database.transaction() as connection:
            version = _version(connection)
        if version is None:
            raise StoreMissing("store-missing", path=str(path))
        if version != schema.SCHEMA_VERSION:
            newer = version > schema.SCHEMA_VERSION
            raise StoreError("store-newer" if newer else "store-older", path=str(path))
    except BaseException:
        database.close()
        raise


def _version(connection: Connection) -> str | None:
    if not inspect(connection).has_table("alembic_version"):
        return None
    version: str | None = connection.execute(
        select(schema.alembic_version.c.version_num)
    ).scalar_one_or_none()
    return version


# --------------------------------------------------------------------- damage and backups
def set_aside(path: Path) -> Path:
    """Move a damaged database out of the way, with what belongs to it; the last few are kept for whoever
    asks."""
    stamp = _stamp()
    aside = path.with_name(f"{path.name}.damaged-{stamp}")
    try:
        for ending in _BESIDE:
            beside = path.with_name(path.name + ending)
            if beside.exists():
                os.replace(beside, aside.with_name(aside.name + ending))
        os.replace(path, aside)
        sync_folder(path.parent)
    except OSError as error:
        raise disk_error(error, path) from error
    stamps = sorted(
        {p.name.split(".damaged-")[1].split("-")[0] for p in path.parent.glob(f"{path.name}.damaged-*")}
    )
    for old in stamps[:-_KEEP_DAMAGED]:
        for file in path.parent.glob(f"{path.name}.damaged-{old}*"):
            file.unlink(missing_ok=True)
    return aside


def _restore(path: Path) -> Path | None:
    """Copy the newest backup that is sound into place; None when there is none."""
    for backup in sorted(backup_folder(path).glob("*.db"), reverse=True):
        if sqlite.complaint_about(backup):
            continue
        part = path.with_name(path.name + ".restoring")
        try:
            shutil.copyfile(backup, part)
            with open(part, "rb+") as file:
                os.fsync(file.fileno())
            os.replace(part, path)
            sync_folder(path.parent)
        except OSError as error:
            part.unlink(missing_ok=True)
            raise disk_error(error, path) from error
        return backup
    return None


def backup_folder(path: Path) -> Path:
    """Where the backups of a store lie."""
    return path.with_name(path.name + ".backups")


def last_backup_ms(path: Path) -> int | None:
    """When the newest backup of a store was made."""
    newest = max(backup_folder(path).glob("*.db"), default=None)
    return None if newest is None else int(newest.stat().st_mtime * 1000)


def back_up(database: Database, path: Path) -> Path:
    """Write a backup, check it thoroughly, and keep the newest few.

    Raises StoreUnavailable, or StoreDamaged when the copy of a damaged store fails the check.
    """
    folder = backup_folder(path)
    part = folder / f"{_stamp()}.part"
    try:
        folder.mkdir(exist_ok=True)
        for left_over in folder.glob("*.part*"):
            left_over.unlink(missing_ok=True)
        database.copy_to(part)
        complaint = sqlite.complaint_about(part)
        if complaint:
            raise StoreDamaged("store-damaged", path=str(path), why=complaint)
        with open(part, "rb+") as file:
            os.fsync(file.fileno())
        done = part.with_suffix(".db")
        os.replace(part, done)
        sync_folder(folder)
        for old in sorted(folder.glob("*.db"))[:-KEEP_BACKUPS]:
            old.unlink(missing_ok=True)
    except OSError as error:
        raise disk_error(error, part) from error
    finally:
        with suppress(OSError):
            part.unlink(missing_ok=True)
    return done


def _stamp() -> str:
    """Now as a file name that sorts by time."""
    return datetime.fromtimestamp(time.time(), UTC).strftime("%Y%m%dT%H%M%S%f")
