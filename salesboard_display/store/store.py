"""The store: facts on disk, who they belong to, and everything that must survive a restart."""

from __future__ import annotations

import hashlib
import os
import time
from collections.abc import Callable, Generator, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import create_engine, make_url

from salesboard_display.core.people import Directory, Team
from salesboard_display.core.sync import Applied, Batch, Refusal, Rejection, SyncEnd
from salesboard_display.store import opening, refusals, sqlite, staging, states
from salesboard_display.store.aggregates import StoredFigures
from salesboard_display.store.database import Database, disk_error
from salesboard_display.store.directory import IdentityRow, PersonWord, as_text, identity_rows, read_directory
from salesboard_display.store.doubts import forget_doubt
from salesboard_display.store.errors import StoreDamaged, StoreUnavailable, SyncDoubted, SyncLost
from salesboard_display.store.lock import ProcessLock
from salesboard_display.store.opening import StoreOpened
from salesboard_display.store.people import Roll
from salesboard_display.store.staging import Staged, Staging
from salesboard_display.store.states import SourceState
from salesboard_display.store.syncs import Syncs, take_back, take_back_orphans, together

_WORD = "people_word"
_PEOPLE_VERSION = "people_version"
_ATTEMPTS = "attempts:"
MOST_ATTEMPTS = 3
"""How often a finished sync is tried at starts before it is taken for one that cannot be applied."""


class Store:
    """One writer, or one of any number of readers. Made, used and closed in one thread.

    Every method may raise StoreUnavailable (disk full, read-only, failing: nothing is half done, and it
    works again later without reopening) or StoreDamaged (the next ``open`` repairs it).
    """

    def __init__(
        self, database: Database, folder: Path, opened: StoreOpened, lock: ProcessLock | None
    ) -> None:
        self.opened = opened
        """What happened when it was opened: made new, upgraded, a damaged file set aside."""
        self._database = database
        self._folder = folder
        self._lock = lock
        self._syncs = Syncs(database, folder, self._people_changed)
        self._directory: tuple[str | None, Directory] | None = None
        self._staged = 0

    @classmethod
    def open(cls, where: str | Path, *, read_only: bool = False, folder: Path | None = None) -> Store:
        """Open a SQLite file (a path or sqlite:/// URL) or another database by URL; a writer makes what is
        missing.

        ``folder`` is where a database server's staging files and lock are kept; needed for one only.
        Raises StoreBusy (another process writes), StoreMissing, StoreError (made by a newer version),
        StoreUnavailable.
        """
        url = make_url(where) if isinstance(where, str) and "://" in where else None
        if url is not None and url.get_backend_name() != "sqlite":
            if folder is None:
                raise ValueError("a database server's store needs a folder for its staging files")
            digest = hashlib.sha256(url.render_as_string(hide_password=True).encode()).hexdigest()[:16]
            return cls._open(None, str(where), read_only, folder / digest)
        path = Path(url.database or "") if url is not None else Path(where)
        return cls._open(path, "", read_only, path)

    @classmethod
    def _open(cls, path: Path | None, url: str, read_only: bool, beside: Path) -> Store:
        lock = None if read_only else ProcessLock(beside.with_name(beside.name + ".lock"))
        if lock is not None:
            lock.acquire()
        try:
            if path is not None:
                database, opened = opening.open_file(path, read_only=read_only)
            else:
                database = Database(create_engine(url), None, read_only=read_only)
                created, before = (False, "") if read_only else opening.make_current(database, None)
                opened = StoreOpened(created, before)
        except BaseException:
            if lock is not None:
                lock.release()
            raise
        store = cls(database, beside.with_name(beside.name + ".staging"), opened, lock)
        if not read_only:
            store._tidy()
        return store

    def _tidy(self) -> None:
        """No sync stays half applied for ever: one whose file is gone is taken back. A restored store
        takes none at all: one that only brings what is new would leave a gap."""
        try:
            waiting = staging.finished(self._folder, throw_away=True)
            if self.opened.set_aside is not None:
                for one in waiting:
                    one.remove()
                waiting = []
            take_back_orphans(self._database, waiting)
        except OSError as error:
            self.close()
            raise disk_error(error, self._folder) from error
        except StoreUnavailable:
            pass  # a full disk: what is half applied stays unseen until there is room
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        """Checkpoint, close and let go of the lock. A full disk is no obstacle."""
        try:
            self.checkpoint()
        except (StoreDamaged, StoreUnavailable):
            pass
        finally:
            self._database.close()
            if self._lock is not None:
                self._lock.release()

    def __enter__(self) -> Store:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    # ----------------------------------------------------------------- syncs
    def begin_sync(self, source: str) -> Staging:
        """Begin to receive a sync of any size; nothing is visible before ``apply``."""
        with self._database.reading():
            codes = self._database.codes
            known = frozenset(codes.attr_sets.get(codes.sources.get(source, 0), {}))
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise disk_error(error, self._folder) from error
        self._staged += 1
        name = f"{time.time_ns():020d}-{os.getpid()}-{self._staged}"
        return Staging(self._folder / name, source, known)

    def apply_steps(
        self, staged: Staging, *, now_ms: int, in_chunks_of: int = 500
    ) -> Generator[None, None, Applied]:
        """Apply a finished sync, yielding after each short transaction; the Applied is the generator's value.

        Nobody sees any of it before the last transaction. If it is interrupted (StoreUnavailable, a crash,
        the generator closed), what is left is done before the source's next sync, or by
        ``finish_interrupted_syncs``.
        """
        if staged.end is None:
            raise ValueError("this sync was not finished")
        waiting = [
            one for one in staging.finished(self._folder, throw_away=False) if one.source == staged.source
        ]
        return (yield from self._syncs.steps(waiting, now_ms, in_chunks_of))

    def apply(
        self,
        staged: Staging,
        *,
        now_ms: int,
        in_chunks_of: int = 500,
        between: Callable[[], None] | None = None,
    ) -> Applied:
        """Apply a finished sync in one go, calling ``between`` after each short transaction; see
        ``apply_steps``."""
        return _run(self.apply_steps(staged, now_ms=now_ms, in_chunks_of=in_chunks_of), between)

    def apply_batch(self, source: str, batch: Batch, end: SyncEnd, *, now_ms: int) -> Applied:
        """Apply a small sync in one transaction, without staging; within it a withdrawal counts after the
        facts.

        Raises TooManyAttributeSets, and StoreError while a staged sync of the source is being applied. One
        that was interrupted is finished first and counted in.
        """
        waiting = [one for one in staging.finished(self._folder, throw_away=False) if one.source == source]
        before = _run(self._syncs.steps(waiting, now_ms, 500), None) if waiting else None
        applied = self._syncs.at_once(source, batch, end, now_ms)
        return applied if before is None else together(before, applied)

    def finish_interrupted_syncs(
        self, now_ms: int, between: Callable[[], None] | None = None
    ) -> tuple[Applied, ...]:
        """At start: finish syncs that were complete when the process ended, throw away those that were not.

        A sync that has failed at three starts is taken out again: its facts were never seen.
        """
        done: list[Applied] = []
        for one in staging.finished(self._folder, throw_away=True):
            if self._attempt(one) > MOST_ATTEMPTS:
                take_back(self._database, one.source)
                one.remove()
            else:
                try:
                    done.append(_run(self._syncs.steps([one], now_ms, 500), between))
                except (SyncLost, SyncDoubted):
                    pass  # taken back; the next poll brings it again
            self._forget_attempts(one)
        return tuple(done)

    def _attempt(self, one: Staged) -> int:
        with self._database.writing() as connection:
            number = int(states.get(connection, _ATTEMPTS + one.path.name) or 0) + 1
            states.put(connection, _ATTEMPTS + one.path.name, str(number))
        return number

    def _forget_attempts(self, one: Staged) -> None:
        with self._database.writing() as connection:
            states.drop(connection, _ATTEMPTS + one.path.name)

    # ----------------------------------------------------------------- figures
    def figures(self, known_at_ms: int | None = None) -> StoredFigures:
        """Figures over the facts as they are (every call asks anew), or as they were known at an instant."""
        return StoredFigures(self._database, self._hidden, known_at_ms)

    def _hidden(self) -> tuple[int, ...]:
        with self._database.reading() as connection:
            return tuple(sorted(states.applying(connection).values()))

    @contextmanager
    def reading(self) -> Iterator[None]:
        """Everything read inside comes from one consistent state, whatever another process writes
        meanwhile."""
        with self._database.reading():
            yield

    # ----------------------------------------------------------------- people
    def directory(self) -> Directory:
        """Everybody the store knows, under the manager's word."""
        with self._database.reading() as connection:
            version = states.get(connection, _PEOPLE_VERSION)
            if self._directory is None or self._directory[0] != version:
                self._directory = (version, read_directory(connection, states.get(connection, _WORD)))
            return self._directory[1]

    def set_people(self, people: Iterable[PersonWord], teams: Iterable[Team] = ()) -> bool:
        """Replace the manager's word on people and teams; whether it is different from before."""
        text = as_text(people, teams)
        with self._database.writing() as connection:
            if states.get(connection, _WORD) == text:
                return False
            states.put(connection, _WORD, text)
            self._people_changed()
        return True

    def identities(self) -> list[IdentityRow]:
        """Every identity at every source and whom it counts for: what is "" is for the manager to match."""
        directory = self.directory()
        with self._database.reading() as connection:
            return identity_rows(connection, directory)

    def _people_changed(self) -> None:
        """In the running transaction: every directory read before is out of date."""
        connection = self._database.connection
        version = int(states.get(connection, _PEOPLE_VERSION) or 0) + 1
        states.put(connection, _PEOPLE_VERSION, str(version))
        self._directory = None

    # ----------------------------------------------------------------- sources
    def declare_source(self, source: str, *, unknown_people: str = "auto", shared_ids: bool = False) -> bool:
        """Say what becomes of people of this source whom nobody knows: "create", "unassigned" or "auto"
        (create where nobody keeps a roster), and whether it calls people by a number that others state as
        ``shared_id``. Returns whether the directory is different."""
        if unknown_people not in ("create", "unassigned", "auto"):
            raise ValueError(f'unknown_people is "create", "unassigned" or "auto", not {unknown_people!r}')
        with self._database.writing() as connection:
            source_id = self._database.codes.source_id(connection, source)
            said = {"unknown_people": unknown_people, "shared_ids": int(shared_ids)}
            if not states.declare(connection, source_id, **said):
                return False
            Roll(connection, self._database.codes).settle()
            self._people_changed()
        return True

    def cursor(self, source: str) -> str:
        """Where the source's next sync goes on; "" for the beginning."""
        return self.source_state(source).cursor

    def source_state(self, source: str) -> SourceState:
        """How a source stands."""
        with self._database.reading() as connection:
            return states.source_state(connection, source)

    def source_states(self) -> list[SourceState]:
        """How every source stands that the store has ever had."""
        with self._database.reading() as connection:
            return states.source_states(connection)

    def note_complete(self, source: str, complete_at_ms: int) -> None:
        """Nothing had changed: the source is known complete as of this instant."""
        with self._database.writing() as connection:
            source_id = self._database.codes.source_id(connection, source)
            values = {"complete_at": complete_at_ms, "error": "", "error_at": None}
            states.change_source(connection, source_id, **values)
            forget_doubt(connection, source)

    def note_error(self, source: str, text: str, at_ms: int) -> None:
        """Keep why the source's last sync failed."""
        with self._database.writing() as connection:
            source_id = self._database.codes.source_id(connection, source)
            states.change_source(connection, source_id, error=text, error_at=at_ms)

    def rejections(self, source: str, limit: int = 100) -> list[Rejection]:
        """The newest rejected records of a source."""
        with self._database.reading() as connection:
            return refusals.rejections_of(connection, source, limit)

    def refused(self, source: str) -> list[Refusal]:
        """The kinds of fact of which none of a source's last records could be used."""
        with self._database.reading() as connection:
            return refusals.refused_of(connection, source)

    def rejection_count(self, source: str) -> int:
        """How many records of a source were rejected by its last full sync and since."""
        return self.source_state(source).rejected

    # ----------------------------------------------------------------- what survives a restart
    def save_snapshot(self, body: bytes, at_ms: int = 0) -> None:
        """Keep the last published snapshot."""
        with self._database.writing() as connection:
            states.save_snapshot(connection, body, at_ms)

    def load_snapshot(self) -> bytes | None:
        """The last published snapshot, None when there is none yet."""
        with self._database.reading() as connection:
            return states.load_snapshot(connection)

    def frozen_rule(self, challenge_id: str) -> dict[str, Any] | None:
        """The rule of a challenge as it was frozen at its start, None before."""
        with self._database.reading() as connection:
            return states.frozen(connection, challenge_id)

    def freeze_rule(self, challenge_id: str, at_ms: int, rule: dict[str, Any]) -> dict[str, Any]:
        """Freeze a challenge's rule; one frozen before stays, and is what comes back."""
        with self._database.writing() as connection:
            return states.freeze(connection, challenge_id, at_ms, rule)

    # ----------------------------------------------------------------- keeping the file well
    def checkpoint(self, at_least_bytes: int = 0) -> None:
        """Move the write-ahead log into the database file when it has grown to so many bytes: after
        publishing."""
        path = self._database.path
        if path is not None and sqlite.log_bytes(path) > at_least_bytes:
            self._database.checkpoint()

    def backup(self) -> Path | None:
        """Write a verified backup and keep the newest three; None for a database server, which has its own.

        A reader in another thread may do it beside the writer, who is not held up.
        """
        path = self._database.path
        return None if path is None else opening.back_up(self._database, path)

    def last_backup_ms(self) -> int | None:
        """When the newest backup was made, None when there is none."""
        path = self._database.path
        return None if path is None else opening.last_backup_ms(path)

    def verify(self) -> str:
        """Check the whole file, however long it takes: "" when it is sound; else the next ``open`` repairs
        it."""
        return self._database.verify()


def _run(steps: Generator[None, None, Applied], between: Callable[[], None] | None) -> Applied:
    while True:
        try:
            next(steps)
        except StopIteration as end:
            applied: Applied = end.value
            return applied
        if between is not None:
            between()
