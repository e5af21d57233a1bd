"""The file source: reads a file when it has been left alone, whole or not at all."""

from __future__ import annotations

import asyncio
import hashlib
import time
from collections.abc import AsyncIterator, Generator
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path

from salesboard_display.core.messages import Message
from salesboard_display.core.sync import Batch, SyncEnd
from salesboard_display.settings.sources import FileSource as FileSettings
from salesboard_display.sources.contract import FetchContext, SourceError, Surroundings
from salesboard_display.sources.file import words
from salesboard_display.sources.file.reading import open_table, read_lookup
from salesboard_display.sources.file.rows import Bad, Table
from salesboard_display.sources.file.state import FileCursor, Stamp, parse_cursor, stamp
from salesboard_display.sources.file.text import Look, look_at
from salesboard_display.sources.file.watch import file_changes
from salesboard_display.sources.mapping.mapping import BoundMapping, RecordMapping
from salesboard_display.sources.mapping.selectors import Lookup
from salesboard_display.sources.stepping import stepped

BATCH_RECORDS = 2_000
_ANSWERS_WITHIN_S = 15.0
_MOST_LOOKS = 20


@dataclass(frozen=True, slots=True)
class _Reading:
    """One reading under way: the file, what is known of it, and the cursor it began with."""

    path: Path
    stamps: tuple[Stamp, ...]
    before: FileCursor
    full: bool
    trusting: bool


class FileSource:
    """A file that other programs write: CSV, XLSX, ODS, JSON or JSON Lines. See contract.Source."""

    pushes = False

    def __init__(self, name: str, settings: FileSettings, around: Surroundings) -> None:
        self.name = name
        self._settings = settings
        self.path = around.base_folder / settings.path
        self._joined = {key: around.base_folder / join.path for key, join in settings.joins.items()}
        self._mapping = RecordMapping.of(settings, around, decimal=settings.decimal)
        self._mapping_digest = _digest(
            settings.model_dump_json(), self._mapping.zone, str(self._mapping.create_people)
        )
        self._doubted = ""
        self._known: tuple[Stamp, ...] = ()

    async def fetch(self, cursor: str, ctx: FetchContext) -> AsyncIterator[Batch | SyncEnd]:
        """The whole file, unless it is as it was; the last good data stays whenever something is wrong
        with it."""
        before = parse_cursor(cursor)
        stamps = await self._settled(self.path, ctx)
        if before.mapping == self._mapping_digest and stamps in (before.stamps, self._known):
            yield SyncEnd(_modified_ms(stamps[0]), full=False, cursor=cursor, unchanged=True)
            return
        full = self._settings.absent == "withdraw"
        async for item in stepped(self._read(_Reading(self.path, stamps, before, full=full, trusting=False))):
            yield item

    async def read_other(self, path: Path, cursor: str, ctx: FetchContext) -> AsyncIterator[Batch | SyncEnd]:
        """Another file with this source's mapping, for ``import``: its facts are added, none is withdrawn.

        ``cursor`` is kept as it is. When ``path`` is the source's own file, this is an ordinary full reading.
        """
        own = path == self.path
        stamps = await self._settled(path, ctx)
        reading = _Reading(
            path, stamps, FileCursor() if own else parse_cursor(cursor), full=own, trusting=True
        )
        async for item in stepped(self._read(reading)):
            if isinstance(item, SyncEnd) and not own:
                item = SyncEnd(item.complete_at_ms, full=False, cursor=cursor)
            yield item

    def changes(self) -> AsyncIterator[None]:
        """Something whenever the file or one it looks up in is written, where the system tells."""
        return file_changes((self.path, *self._joined.values()))

    def notes(self) -> tuple[Message, ...]:
        """What is taken for granted about the file, to be stated beside it."""
        return self._mapping.notes()

    async def _settled(self, path: Path, ctx: FetchContext) -> tuple[Stamp, ...]:
        """The stamps, once they have stayed the same for ``debounce``. Raises SourceError when they never
        do."""
        quiet_s = self._settings.debounce
        stamps = await self._stamps(path)
        for _ in range(_MOST_LOOKS):
            if all(time.time_ns() - one.modified_ns >= 0 and _age_s(one) >= quiet_s for one in stamps):
                return stamps
            await ctx.sleep(max(quiet_s, 0.01))
            again = await self._stamps(path)
            if again == stamps:
                return stamps
            stamps = again
        raise words.being_written(path)

    async def _stamps(self, path: Path) -> tuple[Stamp, ...]:
        return tuple([await _stamp_in_time(one) for one in (path, *self._joined.values())])

    def _read(self, reading: _Reading) -> Generator[Batch | SyncEnd, None, None]:
        """One reading, blocking. Raises SourceError."""
        path = reading.path
        try:
            look = look_at(path)
            joins, digests = self._lookups()
            digest = _digest(look.digest, *digests)
            if not reading.trusting and (digest, self._mapping_digest) == (
                reading.before.digest,
                reading.before.mapping,
            ):
                self._known = reading.stamps
                yield self._end(reading, look, digest, reading.before.records, unchanged=True)
                return
            with closing(open_table(path, self._settings, look)) as table:
                bound = yield from self._batches(table, joins)
            if tuple(stamp(one) for one in (path, *self._joined.values())) != reading.stamps:
                raise words.being_written(path)
        except OSError as error:
            raise words.cannot_open(_at_fault(error, path), error) from error
        guarded = False
        if not reading.trusting:
            meant = self._doubt(reading, look, digest, bound.records)
            guarded = not meant and reading.before.mapping == self._mapping_digest
        yield replace(self._end(reading, look, digest, bound.records), guarded=guarded)

    def _lookups(self) -> tuple[dict[str, tuple[str, Lookup]], list[str]]:
        joins: dict[str, tuple[str, Lookup]] = {}
        digests: list[str] = []
        for name, join in self._settings.joins.items():
            lookup, digest = read_lookup(self._joined[name], join)
            joins[name] = (join.key, lookup)
            digests.append(digest)
        return joins, digests

    def _batches(
        self, table: Table, joins: dict[str, tuple[str, Lookup]]
    ) -> Generator[Batch, None, BoundMapping]:
        bound = self._mapping.bind(
            table.columns,
            joins=joins,
            sample=table.sample,
            likely_mark=table.likely_mark,
            position=table.position,
        )
        since = 0
        for number, record in table.records:
            if record.__class__ is Bad:
                bound.reject(number, record.reason, record.text)
            else:
                bound.take(record, number)
            since += 1
            if since >= BATCH_RECORDS:
                since = 0
                yield bound.batch(table.done, table.total)
        yield bound.batch(table.total or 0, table.total)
        bound.check()
        return bound

    def _doubt(self, reading: _Reading, look: Look, digest: str, records: int) -> bool:
        """Much less than before, or a last line without the end it used to have, is believed at the second
        reading. Whether this is the second. Raises SourceError."""
        before = reading.before
        suspicious: SourceError | None = None
        if records * 2 < before.records and (before.records >= 20 or not records):
            suspicious = words.shrank(reading.path, before.records, records)
        elif before.ends_with_newline and not look.ends_with_newline:
            suspicious = words.is_cut(reading.path, Message("its last line has no line end"))
        if suspicious is not None and self._doubted != digest:
            self._doubted = digest
            raise suspicious
        self._doubted = ""
        return suspicious is not None

    def _end(
        self, reading: _Reading, look: Look, digest: str, records: int, *, unchanged: bool = False
    ) -> SyncEnd:
        cursor = FileCursor(reading.stamps, digest, self._mapping_digest, records, look.ends_with_newline)
        return SyncEnd(
            _modified_ms(reading.stamps[0]), full=reading.full, cursor=cursor.text(), unchanged=unchanged
        )


async def _stamp_in_time(path: Path) -> Stamp:
    """The file's stamp; a drive that does not answer is given up after a while. Raises SourceError."""
    try:
        async with asyncio.timeout(_ANSWERS_WITHIN_S):  # wait_for may lose a cancellation up to Python 3.11
            return await asyncio.to_thread(stamp, path)
    except TimeoutError:
        raise words.not_answering(path) from None
    except OSError as error:
        raise words.cannot_open(path, error) from error


def _at_fault(error: OSError, path: Path) -> Path:
    return Path(error.filename) if isinstance(error.filename, str) else path


def _age_s(one: Stamp) -> float:
    return (time.time_ns() - one.modified_ns) / 1e9


def _modified_ms(one: Stamp) -> int:
    """When the file was written, never in the future (another computer's clock may be ahead)."""
    return min(one.modified_ns // 1_000_000, time.time_ns() // 1_000_000)


def _digest(*parts: str) -> str:
    return hashlib.blake2b("\0".join(parts).encode(), digest_size=16).hexdigest()
