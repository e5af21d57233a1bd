"""Applying syncs: in short transactions that share one ``recorded_at``, seen by nobody before the last of
them."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

from sqlalchemy import Connection, bindparam, delete, func, literal_column, select, update

from salesboard_display.core.people import PersonRecord
from salesboard_display.core.sync import Applied, Batch, Rejection, SyncEnd
from salesboard_display.store import refusals, sqlite, states
from salesboard_display.store.codes import check_attribute_sets
from salesboard_display.store.database import Database
from salesboard_display.store.doubts import doubt, doubt_people, forget_doubt, note_doubt
from salesboard_display.store.errors import StoreError, SyncDoubted, SyncLost
from salesboard_display.store.people import Roll
from salesboard_display.store.revisions import EARLIEST, Revising
from salesboard_display.store.schema import FOREVER, IS_CURRENT, fact_revision
from salesboard_display.store.staging import (
    Item,
    Staged,
    as_item,
    storable,
    storable_people,
    without_duplicates,
)

LOG_LIMIT_BYTES = 96 * 1024 * 1024
"""Size of SQLite's write-ahead log at which a long sync moves it into the database file."""

_PAGE = 2_000


@dataclass(slots=True)
class _Sync:
    """What a sync brings, wherever it waits."""

    source: str
    end: SyncEnd
    facts: int
    rejected: int
    kinds: refusals.Kinds
    items: Callable[[], Iterable[Item]]
    people: Callable[[], Sequence[PersonRecord]]
    rejections: Callable[[], Sequence[Rejection]]
    duplicates: Callable[[], int] = field(default=lambda: 0)


class Syncs:
    """Applies what sources bring to one database; ``on_people`` is called when the directory is different."""

    def __init__(self, database: Database, staging_folder: Path, on_people: Callable[[], None]) -> None:
        self._database = database
        self._folder = staging_folder
        self._on_people = on_people
        self._running: set[str] = set()
        self._refusing: set[int] | None = None
        """The sources that have, or once had, kinds of which nothing could be used."""

    # ----------------------------------------------------------------- staged, in steps
    def steps(
        self, staged: Sequence[Staged], now_ms: int, size: int, before: Applied | None = None
    ) -> Generator[None, None, Applied]:
        """Apply finished syncs of one source one after the other, oldest first; yields between transactions.

        Returns what they changed together. Interrupted at any point, the rest is done by the next one to
        come.
        """
        source = staged[0].source
        self._refuse_second(source)
        self._running.add(source)
        total = before
        try:
            for one in staged:
                assert one.end is not None
                sync = _Sync(
                    source,
                    one.end,
                    one.facts,
                    one.rejected,
                    one.kinds,
                    one.items,
                    one.people,
                    one.rejections,
                    one.duplicates,
                )
                try:
                    applied = yield from self._apply(sync, now_ms, size)
                except (SyncLost, SyncDoubted) as error:
                    take_back(self._database, source)
                    one.remove()
                    if isinstance(error, SyncDoubted):
                        self._note_doubt(source, now_ms)
                    raise
                one.remove()
                total = applied if total is None else together(total, applied)
        finally:
            self._running.discard(source)
        assert total is not None
        return total

    def _apply(self, sync: _Sync, now_ms: int, size: int) -> Generator[None, None, Applied]:
        revising = self._begin(sync, now_ms)
        revising.since_ms = EARLIEST if sync.end.since_ms is None else sync.end.since_ms
        revising.spared = self._spared(sync.kinds)
        with self._database.reading() as connection:
            stale = sync.end.full and not sync.end.unchanged and not revising.fresh
        if stale:
            revising.remember_what_is_seen()
        for chunk in _chunks(sync.items(), size):
            with self._database.writing_again_if_lost() as connection:
                revising.revise(connection, chunk)
            self._empty_log()
            yield
        for absent in self._absent(revising, size, sync.end.since_ms) if stale else ():
            with self._database.writing_again_if_lost() as connection:
                revising.revise(connection, [(key,) for key in absent])
            yield
        with self._database.writing() as connection:
            return self._finish(connection, sync, revising, now_ms)

    def _begin(self, sync: _Sync, now_ms: int) -> Revising:
        """Choose ``recorded_at``, or go on with the one of the attempt before."""
        codes = self._database.codes
        with self._database.writing() as connection:
            source_id = codes.source_id(connection, sync.source)
            begun = states.applying(connection).get(source_id)
            if begun is None:
                begun = states.next_recorded_at(connection, now_ms)
                states.change_source(connection, source_id, applying_at=begun)
            else:
                codes.unsettled = True  # who knows what the attempt before had made
            return _revising(connection, self._database, source_id, begun)

    def _absent(self, revising: Revising, size: int, since_ms: int | None) -> Iterator[list[str]]:
        place: tuple[str, int] | None = ("", -1)
        while place is not None:
            with self._database.reading() as connection:
                keys, place = revising.absent_page(connection, place, _PAGE, since_ms)
            for first in range(0, len(keys), size):
                yield keys[first : first + size]

    def _finish(self, connection: Connection, sync: _Sync, revising: Revising, now_ms: int) -> Applied:
        """The last transaction of a sync: people, rejections, cursor; from here on it is seen."""
        end, source_id, at = sync.end, revising.source_id, revising.recorded_at
        full = end.full and not end.unchanged
        people = sync.people()
        if full and end.guarded:
            doubt(connection, sync.source, revising, end.since_ms, now_ms)
            if people and end.all_people:
                doubt_people(connection, sync.source, source_id, people, now_ms)
        if full:  # what is doubted is read whole again
            forget_doubt(connection, sync.source)
        people_changed = False
        codes = self._database.codes
        if people or codes.unsettled:
            roll = Roll(connection, codes)
            roll.state(source_id, people, at, full=full and end.all_people)
            roll.settle()
            people_changed = roll.changed or codes.unsettled
            codes.unsettled = False
        if not end.unchanged:
            self._keep_rejections(connection, sync, revising, full=full)
        states.note_synced(connection, source_id, end.cursor, end.complete_at_ms, at)
        if people_changed:
            self._on_people()
        return Applied(
            at,
            revising.added,
            revising.revised,
            revising.withdrawn,
            revising.unchanged,
            sync.rejected,
            sync.duplicates(),
            people_changed,
            revising.touched(),
        )

    def _keep_rejections(
        self, connection: Connection, sync: _Sync, revising: Revising, *, full: bool
    ) -> None:
        source_id, at = revising.source_id, revising.recorded_at
        if self._refusing is None:
            self._refusing = refusals.refusing(connection)
        if sync.kinds.refused():
            self._refusing.add(source_id)
        again = refusals.keep(connection, source_id, sync.rejections(), sync.rejected, at, full=full)
        if source_id in self._refusing:
            refusals.keep_refused(connection, source_id, sync.kinds, again, full=full)

    def _spared(self, kinds: refusals.Kinds) -> frozenset[int]:
        """The kinds whose absent facts stay: their records are there, and are read wrongly."""
        known = self._database.codes.kinds
        return frozenset(known[kind] for kind in kinds.misread() if kind in known)

    def _empty_log(self) -> None:
        path = self._database.path
        if path is not None and sqlite.log_bytes(path) > LOG_LIMIT_BYTES:
            self._database.checkpoint()

    def _refuse_second(self, source: str) -> None:
        if source in self._running:
            raise StoreError("store-sync-running", source=source)

    # ----------------------------------------------------------------- small, at once
    def at_once(self, source: str, batch: Batch, end: SyncEnd, now_ms: int) -> Applied:
        """Apply a small sync in one transaction, without staging."""
        self._refuse_second(source)
        try:
            return self._at_once(source, batch, end, now_ms)
        except SyncDoubted:
            self._note_doubt(source, now_ms)
            raise

    def _note_doubt(self, source: str, now_ms: int) -> None:
        with self._database.writing() as connection:
            note_doubt(connection, source, now_ms)

    def _at_once(self, source: str, batch: Batch, end: SyncEnd, now_ms: int) -> Applied:
        facts, refused = storable(batch.facts)
        given = [*map(as_item, facts), *((key,) for key in batch.withdrawn)]
        items = without_duplicates(given)
        rejections = (*refused, *batch.rejections)
        kinds = refusals.Kinds()
        kinds.see(facts, rejections)
        database = self._database
        with database.writing() as connection:
            source_id = database.codes.source_id(connection, source)
            known = database.codes.attr_sets.get(source_id, {})
            new = {item[6] for item in items if len(item) > 1} - known.keys()
            if new:
                check_attribute_sets(source, new | known.keys())
            revising = _revising(connection, database, source_id, states.next_recorded_at(connection, now_ms))
            revising.since_ms = EARLIEST if end.since_ms is None else end.since_ms
            revising.spared = self._spared(kinds)
            full = end.full and not end.unchanged and not revising.fresh
            if full:
                revising.remember_what_is_seen()
            for first in range(0, len(items), _PAGE):
                revising.revise(connection, items[first : first + _PAGE])
            place: tuple[str, int] | None = ("", -1) if full else None
            while place is not None:
                keys, place = revising.absent_page(connection, place, _PAGE, end.since_ms)
                revising.revise(connection, [(key,) for key in keys])
            sync = _Sync(
                source,
                end,
                len(given),
                len(rejections),
                kinds,
                lambda: items,
                lambda: storable_people(batch.people),
                lambda: rejections,
                lambda: len(given) - len(items),
            )
            return self._finish(connection, sync, revising, now_ms)


_NEWEST = select(func.max(fact_revision.c.rev))
_ANY_FACT = (
    select(fact_revision.c.rev)
    .where(fact_revision.c.source_id == bindparam("source"), IS_CURRENT)
    .limit(literal_column("1"))
)


def _revising(connection: Connection, database: Database, source_id: int, recorded_at: int) -> Revising:
    newest = connection.execute(_NEWEST).scalar_one()
    fresh = connection.execute(_ANY_FACT, {"source": source_id}).first() is None
    return Revising(database.codes, source_id, recorded_at, newest_rev=newest or 0, fresh=fresh)


def _chunks(items: Iterable[Item], size: int) -> Iterator[list[Item]]:
    running = iter(items)
    while chunk := list(islice(running, size)):
        yield chunk


def take_back(database: Database, source: str) -> None:
    """Undo what a sync of the source has applied in part: it was never seen, so its revisions go again."""
    column = fact_revision.c
    with database.writing() as connection:
        source_id = database.codes.source_id(connection, source)
        begun = states.applying(connection).get(source_id)
        if begun is None:
            return
        mine = column.source_id == source_id
        connection.execute(delete(fact_revision).where(mine, column.recorded_at == begun))
        superseded = update(fact_revision).where(mine, column.superseded_at == begun)
        connection.execute(superseded.values(superseded_at=FOREVER))
        states.change_source(connection, source_id, applying_at=None)


def take_back_orphans(database: Database, staged: Sequence[Staged]) -> None:
    """Undo syncs applied in part whose files are gone."""
    with database.reading() as connection:
        begun = {database.codes.source_names[source_id] for source_id in states.applying(connection)}
    for source in begun - {one.source for one in staged}:
        take_back(database, source)


def together(a: Applied, b: Applied) -> Applied:
    """What two syncs changed, as one: counts added, touched days united, the later ``recorded_at``."""
    touched: dict[str, set[int]] = {}
    for kind, days in (*a.touched, *b.touched):
        touched.setdefault(kind, set()).update(days)
    return Applied(
        max(a.recorded_at_ms, b.recorded_at_ms),
        a.added + b.added,
        a.revised + b.revised,
        a.withdrawn + b.withdrawn,
        a.unchanged + b.unchanged,
        a.rejected + b.rejected,
        a.duplicates + b.duplicates,
        a.people_changed or b.people_changed,
        tuple(sorted((kind, tuple(sorted(days))) for kind, days in touched.items())),
    )
