"""A reading after which most facts of a source would be gone is doubted: they stay until it has said so for a
while."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from sqlalchemy import BigInteger, Connection, bindparam, func, literal_column, select

from salesboard_display.core.people import PersonRecord
from salesboard_display.store import states
from salesboard_display.store.errors import SyncDoubted
from salesboard_display.store.revisions import EARLIEST, Revising
from salesboard_display.store.schema import COUNTS, IS_CURRENT, fact_revision, identity

HELD_MS = 3_600_000
"""So long the facts stay on the wall; who means it waits, and an API that gives empty lists has time to
recover."""

MANY = 20
"""With fewer, most of them may well be gone; all of them are doubted however few they are."""

_DOUBTED = "doubted-since:"
_f = fact_revision.c
_COUNTED = (
    select(_f.kind_id, func.count())
    .where(
        _f.source_id == bindparam("source"),
        IS_CURRENT,
        COUNTS,
        _f.line == literal_column("0"),
        _f.occurred_at >= bindparam("since", type_=BigInteger()),
    )
    .group_by(_f.kind_id)
)


def doubt(connection: Connection, source: str, revising: Revising, since_ms: int | None, now_ms: int) -> None:
    """Before a sync's last transaction ends: whether so much may be gone. Raises SyncDoubted.

    Where a sync was interrupted halfway, what it did before is not counted: it is doubted less, never more.
    """
    if not revising.gone:
        return
    since = EARLIEST if since_ms is None else since_ms
    counted = connection.execute(_COUNTED, {"source": revising.source_id, "since": since})
    after: dict[int, int] = {row[0]: row[1] for row in counted}
    for kind, now, before in _much_less(revising, after):
        if not _held_enough(connection, source, now_ms):
            name = revising.codes.kind_names[kind] if kind is not None else None
            raise SyncDoubted(source, before, now, name)


def doubt_people(
    connection: Connection, source: str, source_id: int, stated: Iterable[PersonRecord], now_ms: int
) -> None:
    """Whether so many people may be gone, of those whom the source lists. Raises SyncDoubted."""
    here = (identity.c.source_id == source_id, identity.c.roster == 1, identity.c.gone_at.is_(None))
    before = set(connection.execute(select(identity.c.external_id).where(*here)).scalars())
    now = len(before & {person.external_id for person in stated})
    if len(before) >= MANY and now * 2 < len(before) and not _held_enough(connection, source, now_ms):
        raise SyncDoubted(source, len(before), now, people=True)


def _held_enough(connection: Connection, source: str, now_ms: int) -> bool:
    first = states.get(connection, _DOUBTED + source)
    return first is not None and now_ms - int(first) >= HELD_MS


def _much_less(revising: Revising, after: dict[int, int]) -> Iterator[tuple[int | None, int, int]]:
    """(kind, or None for all facts together; how many are left; how many there were)."""
    before = {
        kind: after.get(kind, 0) - revising.came[kind] + revising.gone[kind]
        for kind in {*after, *revising.gone}
    }
    yield from (
        (kind, now, was)
        for kind, now, was in (
            (None, sum(after.values()), sum(before.values())),
            *((kind, after.get(kind, 0), was) for kind, was in sorted(before.items())),
        )
        if (was >= MANY and now * 2 < was) or (kind is None and was and not now)
    )


def note_doubt(connection: Connection, source: str, now_ms: int) -> None:
    """Keep since when the source has been saying so."""
    first = states.get(connection, _DOUBTED + source)
    if first is None or int(first) > now_ms:  # the clock was put back
        states.put(connection, _DOUBTED + source, str(now_ms))


def forget_doubt(connection: Connection, source: str) -> None:
    """The source has said something else, or what it says is believed."""
    states.drop(connection, _DOUBTED + source)
