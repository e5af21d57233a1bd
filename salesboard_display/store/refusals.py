"""What could not be used: a source's rejections, and the kinds of which nothing could be used any more."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from sqlalchemy import Connection, delete, insert, select

from salesboard_display.core.facts import Fact
from salesboard_display.core.messages import packed, unpacked
from salesboard_display.core.sync import Refusal, Rejection
from salesboard_display.store import states
from salesboard_display.store.schema import meta, rejection, source

KEEP_REJECTIONS = 1_000
"""Rejections kept per source; all are counted."""

FEW_RECORDS = 2
"""Of so many, none that can be used is no accident any more."""

_REFUSED = "refused:"


@dataclass(slots=True)
class Kinds:
    """Of one sync: the kinds it has facts of, and those of which records were rejected, with how many, and
    field and (packed) reason of the first."""

    made: set[str] = field(default_factory=set)
    rejected: dict[str, tuple[int, str, str]] = field(default_factory=dict)

    def see(self, facts: Iterable[Fact], rejections: Iterable[Rejection]) -> None:
        """Take note of a batch."""
        self.made.update({fact.kind for fact in facts})
        for one in rejections:
            if one.kind:
                count, field_name, reason = self.rejected.get(one.kind) or (0, one.field, packed(one.reason))
                self.rejected[one.kind] = (count + 1, field_name, reason)

    def refused(self) -> set[str]:
        """The kinds of which every record was rejected."""
        return self.rejected.keys() - self.made

    def misread(self) -> set[str]:
        """The refused kinds of which there were enough records to think that all are read wrongly."""
        return {kind for kind in self.refused() if self.rejected[kind][0] >= FEW_RECORDS}


def keep(
    connection: Connection,
    source_id: int,
    rejections: Sequence[Rejection],
    total: int,
    at_ms: int,
    *,
    full: bool,
) -> int:
    """Keep the newest rejections of a source and count all; a full sync replaces what was there.

    What is rejected again, because it was read again, is counted once; gives how many these are.
    """
    mine = rejection.c.source_id == source_id
    newest = list(rejections)[-KEEP_REJECTIONS:]
    again = 0
    if full:
        connection.execute(delete(rejection).where(mine))
        states.change_source(connection, source_id, rejected=total)
    elif total:
        again = _forget_twins(connection, source_id, newest)
        states.change_source(connection, source_id, rejected=source.c.rejected + total - again)
    if not newest:
        return 0
    rows = [{"source_id": source_id, "recorded_at": at_ms, **_storable(one)} for one in newest]
    connection.execute(insert(rejection), rows)
    surplus = (
        select(rejection.c.rejection_id)
        .where(mine)
        .order_by(rejection.c.rejection_id.desc())
        .offset(KEEP_REJECTIONS)
    )
    oldest_kept = connection.execute(surplus.limit(1)).scalar_one_or_none()
    if oldest_kept is not None:
        connection.execute(delete(rejection).where(mine, rejection.c.rejection_id <= oldest_kept))
    return again


def _forget_twins(connection: Connection, source_id: int, rejections: Sequence[Rejection]) -> int:
    """Forget those of before that come again; how many there were."""
    coming = {(one["field"], one["reason"], one["excerpt"]) for one in map(_storable, rejections)}
    column = rejection.c
    kept = connection.execute(
        select(column.rejection_id, column.field, column.reason, column.excerpt).where(
            column.source_id == source_id
        )
    )
    twins = [row.rejection_id for row in kept if (row.field, row.reason, row.excerpt) in coming]
    if twins:
        connection.execute(delete(rejection).where(column.rejection_id.in_(twins)))
    return len(twins)


def _storable(rejected: Rejection) -> dict[str, str]:
    """The rejection's texts, with what is not Unicode replaced."""
    record, field_name, reason, excerpt, _ = rejected
    texts = {"record": record, "field": field_name, "reason": packed(reason), "excerpt": excerpt}
    return {name: text.encode("utf-8", "replace").decode() for name, text in texts.items()}


def rejections_of(connection: Connection, name: str, limit: int) -> list[Rejection]:
    """The newest rejections of a source, newest first."""
    wanted = (
        select(rejection.c.record, rejection.c.field, rejection.c.reason, rejection.c.excerpt)
        .join(source, source.c.source_id == rejection.c.source_id)
        .where(source.c.name == name)
        .order_by(rejection.c.rejection_id.desc())
        .limit(limit)
    )
    return [
        Rejection(row.record, row.field, unpacked(row.reason), row.excerpt)
        for row in connection.execute(wanted)
    ]


# --------------------------------------------------------------------- kinds of which nothing can be used
def refusing(connection: Connection) -> set[int]:
    """The sources (ids) with kinds of which nothing could be used."""
    names = connection.execute(select(meta.c.name).where(meta.c.name.startswith(_REFUSED))).scalars()
    return {int(name.removeprefix(_REFUSED)) for name in names}


def keep_refused(connection: Connection, source_id: int, kinds: Kinds, again: int, *, full: bool) -> None:
    """Since a kind's last fact: how many records of it were rejected in a row, ``again`` of them for the
    second time."""
    if not (full or kinds.made or kinds.rejected):
        return
    key = f"{_REFUSED}{source_id}"
    before = states.get(connection, key)
    known: dict[str, list[int | str]] = json.loads(before) if before and not full else {}
    for kind in kinds.made:
        known.pop(kind, None)
    for kind in kinds.refused():
        count, field_name, reason = kinds.rejected[kind]
        before_it = int(known[kind][0]) if kind in known else 0
        known[kind] = [max(before_it, count + max(0, before_it - again)), field_name, reason]
    after = json.dumps(known) if known else None
    if after is None and before is not None:
        states.drop(connection, key)
    elif after is not None and after != before:
        states.put(connection, key, after)


def refused_of(connection: Connection, name: str) -> list[Refusal]:
    """The kinds of which some records came since the last fact, and all were rejected."""
    source_id = connection.execute(select(source.c.source_id).where(source.c.name == name)).scalar()
    kept = states.get(connection, f"{_REFUSED}{source_id}")
    return [
        Refusal(kind, count, field_name, unpacked(reason))
        for kind, (count, field_name, reason) in sorted(json.loads(kept or "{}").items())
        if count >= FEW_RECORDS
    ]
