"""A sync on its way in: written completely to a file beside the store before a single fact of it is
applied."""

from __future__ import annotations

import marshal
import os
import struct
import sys
import zlib
from array import array
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import IO, Any

from salesboard_display.core.facts import Fact, Pairs
from salesboard_display.core.messages import message, packed, unpacked
from salesboard_display.core.people import PersonRecord
from salesboard_display.core.sync import Batch, Rejection, SyncEnd
from salesboard_display.settings.disk import sync_folder
from salesboard_display.store.codes import check_attribute_sets
from salesboard_display.store.database import disk_error
from salesboard_display.store.errors import SyncLost
from salesboard_display.store.refusals import KEEP_REJECTIONS, Kinds

Item = tuple[Any, ...]
"""A fact as a plain tuple in the order of core.facts.Fact, or ``(key,)`` for a withdrawal."""

_FRAME = struct.Struct("<cII")  # kind of frame, length, checksum
_FACTS_IN_A_FRAME = 4_000
# Frames are marshal: much quicker than JSON. The file is ours alone and lives for minutes; one written by
# another Python is not read but thrown away, like one that is cut.
_MADE_BY = ("salesboard sync 5", sys.version, marshal.version)
PART, READY = ".part", ".ready"


class Staging:
    """One sync being received. Not shared between threads.

    Every method may raise StoreUnavailable (disk full, ...), ``add`` also TooManyAttributeSets: the sync
    is then to be discarded. Nothing is visible anywhere before Store.apply.
    """

    def __init__(self, path: Path, source: str, known_sets: frozenset[Pairs] = frozenset()) -> None:
        self.source = source
        self.path = path.with_suffix(PART)
        self.end: SyncEnd | None = None
        self.facts = 0
        self.rejected = 0
        self._kinds = Kinds()
        self._sets: set[Pairs] = set(known_sets)
        self._kept = 0
        self._hashes = array("q")
        try:
            self._file: IO[bytes] = open(self.path, "wb")  # noqa: SIM115  kept open until finished or discarded
            self._write(b"H", (*_MADE_BY, source))
        except OSError as error:
            raise disk_error(error, self.path) from error

    def add(self, batch: Batch) -> None:
        """Take a batch in; within one batch a withdrawal counts after the facts.

        Facts that no database can hold (text that is no Unicode, numbers beyond 64 bits, nobody credited)
        become rejections.
        """
        facts, rejections = storable(batch.facts)
        rejections += batch.rejections
        self._sets.update([fact.attributes for fact in facts])
        check_attribute_sets(self.source, self._sets)
        self.facts += len(facts) + len(batch.withdrawn)
        self.rejected += len(rejections)
        self._kinds.see(facts, rejections)
        newest = rejections[: max(0, KEEP_REJECTIONS - self._kept)]
        kept = [(one.record, one.field, packed(one.reason), one.excerpt) for one in newest]
        self._kept += len(kept)
        self._hashes.extend([hash(fact.key) for fact in facts])
        self._hashes.extend([hash(key) for key in batch.withdrawn])
        try:
            self._write_batch(
                facts,
                [(key,) for key in batch.withdrawn],
                [tuple(p) for p in storable_people(batch.people)],
                kept,
            )
        except OSError as error:
            self.discard()
            raise disk_error(error, self.path) from error

    def _write_batch(
        self, facts: tuple[Fact, ...], gone: list[Item], people: list[Item], rejections: list[Item]
    ) -> None:
        if gone or people or rejections:
            self._write(b"P", (people, rejections))
        for first in range(0, len(facts), _FACTS_IN_A_FRAME):
            part = facts[first : first + _FACTS_IN_A_FRAME]
            self._write(b"F", [as_item(fact) for fact in part])
        if gone:
            self._write(b"F", gone)

    def finish(self, end: SyncEnd) -> None:
        """The sync is complete: from here on it survives a crash and will be applied."""
        try:
            last = self._last_of_duplicates() if _has_twins(self._hashes) else {}
            closing = (
                end.complete_at_ms,
                end.full,
                end.cursor,
                end.unchanged,
                self.facts,
                self.rejected,
                last,
                end.since_ms,
                end.guarded,
                end.all_people,
                sorted(self._kinds.made),
                self._kinds.rejected,
            )
            self._write(b"E", closing)
            self._file.flush()
            os.fsync(self._file.fileno())
            self._file.close()
            ready = self.path.with_suffix(READY)
            os.replace(self.path, ready)
            sync_folder(ready.parent)
        except OSError as error:
            self.discard()
            raise disk_error(error, self.path) from error
        self.path = ready
        self.end = end
        self._hashes = array("q")
        self._sets = set()

    def discard(self) -> None:
        """Throw the sync away, whole."""
        try:
            self._file.close()
        except OSError:  # what could not be flushed is not wanted any more
            pass
        try:
            self.path.unlink(missing_ok=True)
        except OSError:  # the next start throws it away
            pass

    def _write(self, kind: bytes, content: Any) -> None:
        body = marshal.dumps(content)
        self._file.write(_FRAME.pack(kind, len(body), zlib.crc32(body)))
        self._file.write(body)

    def _last_of_duplicates(self) -> dict[str, int]:
        """Key → position of its last item, for keys that occur more than once."""
        twins = _twins(self._hashes)
        self._file.flush()
        seen: set[str] = set()
        last: dict[str, int] = {}
        position = 0
        for _, content in _frames(self.path, b"F"):
            for item in content:
                key = item[0]
                if hash(key) in twins:
                    if key in seen:
                        last[key] = position
                    seen.add(key)
                position += 1
        return last


class Staged:
    """A finished staging file, read back frame by frame."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.source = ""
        self.end: SyncEnd | None = None
        self.facts = 0
        self.rejected = 0
        self.kinds = Kinds()
        self._last: dict[str, int] = {}
        for kind, content in _frames(path, b"HE"):
            if kind == b"H":
                self.source = content[-1]
            elif kind == b"E":
                complete_at_ms, full, cursor, unchanged, self.facts, self.rejected, self._last = content[:7]
                since_ms, guarded, all_people, made, refused = content[7:]
                self.kinds = Kinds(set(made), refused)
                self.end = SyncEnd(
                    complete_at_ms,
                    full,
                    cursor,
                    unchanged,
                    since_ms=since_ms,
                    guarded=guarded,
                    all_people=all_people,
                )

    def duplicates(self) -> int:
        """How many items a later one of the same key replaces; known after ``items`` has run."""
        return self._dropped

    def items(self) -> Iterator[Item]:
        """Facts and withdrawals in order, of each key only the last. Raises StoreUnavailable when some are
        lost: the sync must not pass for a smaller one."""
        self._dropped = 0
        position = 0
        last = self._last
        for _, content in _frames(self.path, b"F"):
            if not last:
                yield from content
                position += len(content)
                continue
            for item in content:
                if last.get(item[0], position) == position:
                    yield item
                else:
                    self._dropped += 1
                position += 1
        if position != self.facts:
            raise SyncLost("io", self.path, "a part of a received sync is lost")

    _dropped = 0

    def people(self) -> list[PersonRecord]:
        """All people stated."""
        return [PersonRecord(*p) for _, content in _frames(self.path, b"P") for p in content[0]]

    def rejections(self) -> list[Rejection]:
        """The rejections kept."""
        kept = (r for _, content in _frames(self.path, b"P") for r in content[1])
        return [
            Rejection(record, field, unpacked(reason), excerpt) for record, field, reason, excerpt in kept
        ]

    def remove(self) -> None:
        """The sync is in the store: the file is no longer needed."""
        self.path.unlink(missing_ok=True)


def storable(facts: tuple[Fact, ...]) -> tuple[tuple[Fact, ...], tuple[Rejection, ...]]:
    """The facts a database can hold, and a rejection for each of the others."""
    if _all_storable(facts):
        return facts, ()
    good: list[Fact] = []
    bad: list[Rejection] = []
    for fact in facts:
        if _all_storable((fact,)):
            good.append(fact)
        else:
            shown = fact.key.encode("utf-8", "replace").decode()
            bad.append(Rejection(record=shown, field="", reason=message("fact-cannot-be-kept")))
    return tuple(good), tuple(bad)


def _all_storable(facts: tuple[Fact, ...]) -> bool:
    lines = [line for fact in facts for line in fact.lines]
    texts = {fact.kind for fact in facts} | {fact.currency for fact in facts} | {line[0] for line in lines}
    for pairs in {fact.attributes for fact in facts}:
        texts.update(*pairs)
    texts.update(*[pair for fact in facts if fact.detail for pair in fact.detail])
    try:
        array("q", [fact.occurred_at for fact in facts])
        array("q", [line[1] for line in lines if line[1] is not None])
        array("q", [line[2] for line in lines])
        "".join([fact.key for fact in facts]).encode()
        "".join(texts).encode()
    except (OverflowError, UnicodeEncodeError):
        return False
    return all([fact.lines for fact in facts])


def storable_people(people: tuple[PersonRecord, ...]) -> list[PersonRecord]:
    """The same people, with what is not Unicode in a text replaced."""
    return [PersonRecord(*map(_storable_value, record)) for record in people]


def _storable_value(value: Any) -> Any:
    return value.encode("utf-8", "replace").decode() if isinstance(value, str) else value


def as_item(fact: Fact) -> Item:
    """The fact as tuples all the way down."""
    return (*fact[:5], tuple(map(tuple, fact.lines)), fact.attributes, fact.detail)


def without_duplicates(items: list[Item]) -> list[Item]:
    """Of each key only the last item, in order."""
    by_key = {item[0]: i for i, item in enumerate(items)}
    return (
        items if len(by_key) == len(items) else [item for i, item in enumerate(items) if by_key[item[0]] == i]
    )


def finished(folder: Path, *, throw_away: bool) -> list[Staged]:
    """The finished syncs in the folder, oldest first; ``throw_away`` the unfinished and unreadable files
    beside them."""
    if throw_away:
        for part in folder.glob(f"*{PART}"):
            part.unlink(missing_ok=True)
    found = [Staged(path) for path in sorted(folder.glob(f"*{READY}"))]
    for staged in found if throw_away else ():
        if staged.end is None:
            staged.remove()
    return [staged for staged in found if staged.end is not None]


def _frames(path: Path, kinds: bytes) -> Iterator[tuple[bytes, Any]]:
    """The frames of these kinds, up to the first that is cut, damaged or not ours."""
    with open(path, "rb") as file:
        while len(head := file.read(_FRAME.size)) == _FRAME.size:
            kind, length, checksum = _FRAME.unpack(head)
            if kind not in kinds:
                file.seek(length, os.SEEK_CUR)
                continue
            body = file.read(length)
            if len(body) < length or zlib.crc32(body) != checksum or (kind == b"H" and not _ours(body)):
                return
            yield kind, marshal.loads(body)


def _ours(header: bytes) -> bool:
    try:
        return tuple(marshal.loads(header)[:3]) == _MADE_BY
    except (EOFError, ValueError, TypeError):
        return False


_PASSES = 4  # a quarter of a million hashes at a time is 20 MB


def _has_twins(hashes: array[int]) -> bool:
    return bool(_twins(hashes, only_whether=True))


def _twins(hashes: array[int], *, only_whether: bool = False) -> set[int]:
    """Hashes that occur more than once, found without holding all of them as objects."""
    twins: set[int] = set()
    for rest in range(_PASSES):
        some = [h for h in hashes if h & (_PASSES - 1) == rest]
        if len(set(some)) < len(some):
            some.sort()
            twins.update(a for a, b in pairwise(some) if a == b)
            if only_whether:
                return twins
    return twins
