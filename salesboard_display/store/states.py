"""What is kept besides facts and people: how each source stands, the last snapshot, frozen rules."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Table, bindparam, delete, insert, select, update

from salesboard_display.store.schema import frozen_rule, meta, snapshot, source

RECORDED_AT = "recorded_at"
_ONE = select(source).where(source.c.name == bindparam("name"))
"""Made once: it is asked before every poll."""
_ALL = select(source).order_by(source.c.name)


@dataclass(frozen=True, slots=True)
class SourceState:
    """How a source stands in the store; instants in ms UTC, None for never.

    ``complete_at_ms``: when the source was last known complete (freshness). ``synced_at_ms``:
    ``recorded_at`` of the last whole sync. ``applying``: a sync is applied in part and not seen yet.
    ``last_error`` is "" after a success.
    """

    name: str
    cursor: str = ""
    complete_at_ms: int | None = None
    synced_at_ms: int | None = None
    last_error: str = ""
    last_error_at_ms: int | None = None
    rejected: int = 0
    unknown_people: str = "auto"
    applying: bool = False


def source_state(connection: Connection, name: str) -> SourceState:
    """The state of one source; one never heard of has the defaults."""
    row = connection.execute(_ONE, {"name": name}).one_or_none()
    return SourceState(name) if row is None else _state(row)


def source_states(connection: Connection) -> list[SourceState]:
    """Every source the store has ever had, by name."""
    return [_state(row) for row in connection.execute(_ALL)]


def _state(row: Any) -> SourceState:
    return SourceState(
        row.name,
        row.cursor,
        row.complete_at,
        row.synced_at,
        row.error,
        row.error_at,
        row.rejected,
        row.unknown_people,
        row.applying_at is not None,
    )


def change_source(connection: Connection, source_id: int, **values: Any) -> None:
    """Set columns of a source's row."""
    connection.execute(update(source).where(source.c.source_id == source_id).values(**values))


def declare(connection: Connection, source_id: int, **values: Any) -> bool:
    """As change_source; whether anything is different from before."""
    before = connection.execute(select(source).where(source.c.source_id == source_id)).one()._mapping
    if all(before[name] == value for name, value in values.items()):
        return False
    change_source(connection, source_id, **values)
    return True


def applying(connection: Connection) -> dict[int, int]:
    """Source → ``recorded_at`` of the sync of it that is applied in part."""
    rows = connection.execute(
        select(source.c.source_id, source.c.applying_at).where(source.c.applying_at.is_not(None))
    )
    return {row.source_id: row.applying_at for row in rows}


# Statements of every small sync, made once: making them anew would cost as much as running them.
_LAST_RECORDED = select(meta.c.value).where(meta.c.name == RECORDED_AT)
_RECORD = update(meta).where(meta.c.name == RECORDED_AT).values(value=bindparam("at"))
_SYNCED = (
    update(source)
    .where(source.c.source_id == bindparam("of_source"))
    .values(
        cursor=bindparam("new_cursor"),
        complete_at=bindparam("complete"),
        synced_at=bindparam("synced"),
        error="",
        error_at=None,
        applying_at=None,
    )
)


_VALUE = select(meta.c.value).where(meta.c.name == bindparam("of_name"))
_DROP = delete(meta).where(meta.c.name == bindparam("of_name"))


def next_recorded_at(connection: Connection, now_ms: int) -> int:
    """The instant to record something at: strictly later than any before, whatever the clock says."""
    last = connection.execute(_LAST_RECORDED).scalar_one_or_none()
    if last is None:
        put(connection, RECORDED_AT, str(now_ms))
        return now_ms
    recorded_at = max(now_ms, int(last) + 1)
    connection.execute(_RECORD, {"at": str(recorded_at)})
    return recorded_at


def note_synced(connection: Connection, source_id: int, cursor: str, complete_at_ms: int, at_ms: int) -> None:
    """A sync of the source is whole: from here on it is seen."""
    values = {"new_cursor": cursor, "complete": complete_at_ms, "synced": at_ms, "of_source": source_id}
    connection.execute(_SYNCED, values)


def get(connection: Connection, name: str) -> str | None:
    """A value by name."""
    value: str | None = connection.execute(_VALUE, {"of_name": name}).scalar_one_or_none()
    return value


def put(connection: Connection, name: str, value: str) -> None:
    """Keep a value by name."""
    upsert(connection, meta, {"name": name}, {"value": value})


def drop(connection: Connection, name: str) -> None:
    """Keep a value no longer."""
    connection.execute(_DROP, {"of_name": name})


def upsert(connection: Connection, table: Table, key: dict[str, Any], values: dict[str, Any]) -> None:
    """Change the row with this key, or make it; there is one writer, so nothing comes in between."""
    here = [table.c[name] == value for name, value in key.items()]
    if connection.execute(update(table).where(*here).values(**values)).rowcount == 0:
        connection.execute(insert(table).values(**key, **values))


def save_snapshot(connection: Connection, body: bytes, at_ms: int) -> None:
    """Keep the last published snapshot."""
    upsert(connection, snapshot, {"snapshot_id": 1}, {"saved_at": at_ms, "body": body})


def load_snapshot(connection: Connection) -> bytes | None:
    """The last published snapshot."""
    body = connection.execute(select(snapshot.c.body).where(snapshot.c.snapshot_id == 1)).scalar_one_or_none()
    return None if body is None else bytes(body)


def frozen(connection: Connection, challenge_id: str) -> dict[str, Any] | None:
    """The rule of a challenge as it was frozen."""
    rule = connection.execute(
        select(frozen_rule.c.rule).where(frozen_rule.c.challenge_id == challenge_id)
    ).scalar_one_or_none()
    return None if rule is None else dict(json.loads(rule))


def freeze(connection: Connection, challenge_id: str, at_ms: int, rule: dict[str, Any]) -> dict[str, Any]:
    """Freeze a challenge's rule; the first one stays, and is what comes back."""
    first = frozen(connection, challenge_id)
    if first is not None:
        return first
    values = {"challenge_id": challenge_id, "frozen_at": at_ms, "rule": json.dumps(rule, ensure_ascii=False)}
    connection.execute(insert(frozen_rule).values(**values))
    return rule
