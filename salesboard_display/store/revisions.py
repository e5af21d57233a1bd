"""Turns what a source says now into revisions: a change supersedes, a withdrawal is a revision too, the
same is nothing."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from sqlalchemy import (
    BigInteger,
    Connection,
    Dialect,
    Insert,
    Integer,
    Text,
    Update,
    bindparam,
    insert,
    select,
    tuple_,
    update,
)

from salesboard_display.store.codes import Codes
from salesboard_display.store.schema import FOREVER, IS_CURRENT, fact_revision
from salesboard_display.store.staging import Item

DAY_MS = 86_400_000

Content = tuple[int, int, int, int, int | None, int, int, int, str]
"""kind, identity, occurred_at, day_only, amount, currency, quantity, attribute set, detail: what makes two
revisions differ."""

_f = fact_revision.c
_CONTENT = (
    _f.kind_id,
    _f.identity_id,
    _f.occurred_at,
    _f.day_only,
    _f.amount_minor,
    _f.currency_id,
    _f.quantity_milli,
    _f.attr_set_id,
    _f.detail,
)
_CURRENT = (
    select(_f.key, _f.line, _f.rev, _f.withdrawn, *_CONTENT)
    .where(_f.source_id == bindparam("source"), _f.key.in_(bindparam("keys", expanding=True)), IS_CURRENT)
    .order_by(_f.key, _f.line)
)
_COLUMNS = (
    _f.source_id,
    _f.key,
    _f.line,
    *_CONTENT,
    _f.recorded_at,
    _f.superseded_at,
    _f.withdrawn,
)
_INSERT = insert(fact_revision).values(
    {column.name: bindparam(column.name, type_=column.type) for column in _COLUMNS}
)
_SUPERSEDE = (
    update(fact_revision)
    .where(_f.rev == bindparam("of_rev"))
    .values(superseded_at=bindparam("at", type_=BigInteger()))
)
_AFTER = (
    select(_f.key, _f.line, _f.rev, _f.kind_id)
    .where(
        _f.source_id == bindparam("source"),
        IS_CURRENT,
        _f.occurred_at >= bindparam("since", type_=BigInteger()),
        tuple_(_f.key, _f.line) > tuple_(bindparam("key", type_=Text()), bindparam("line", type_=Integer())),
    )
    .order_by(_f.key, _f.line)
    .limit(bindparam("most"))
)
_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


EARLIEST = -(2**62)


class Revising:
    """Revises the facts of one source at one ``recorded_at``, chunk by chunk, and keeps count.

    ``fresh``: the source has no facts yet, so there is nothing to look up. Each key comes at most once.
    ``gone`` and ``came``: how many facts of a kind (id) that happened since ``since_ms`` count no longer, and
    how many count now. ``spared``: kinds (ids) of which nothing is withdrawn for being absent.
    """

    def __init__(
        self, codes: Codes, source_id: int, recorded_at: int, *, newest_rev: int, fresh: bool
    ) -> None:
        self.codes = codes
        self.source_id = source_id
        self.recorded_at = recorded_at
        self.fresh = fresh
        self.since_ms = EARLIEST
        self.spared: frozenset[int] = frozenset()
        self.gone: Counter[int] = Counter()
        self.came: Counter[int] = Counter()
        self.added = self.revised = self.withdrawn = self.unchanged = 0
        self._touched: dict[int, set[int]] = {}
        self._newest_rev = newest_rev
        self._seen = (
            bytearray()
        )  # one bit per revision that the sync stated; allocated when a full sync wants it
        self._new: list[tuple[Any, ...]] = []
        self._superseded: list[int] = []

    @property
    def changed(self) -> bool:
        """Whether anything is different so far."""
        return bool(self.added or self.revised or self.withdrawn)

    def touched(self) -> tuple[tuple[str, tuple[int, ...]], ...]:
        """Kind → starts of the UTC days concerned; see core.sync.Applied."""
        names = self.codes.kind_names
        return tuple(sorted((names[kind], tuple(sorted(days))) for kind, days in self._touched.items()))

    def remember_what_is_seen(self) -> None:
        """From here on note which revisions the sync states, for ``withdraw_absent``."""
        self._seen = bytearray(self._newest_rev // 8 + 1)

    # ----------------------------------------------------------------- facts
    def revise(self, connection: Connection, items: Sequence[Item]) -> None:
        """Make the revisions that these facts and withdrawals need, in the caller's transaction."""
        current = {} if self.fresh else self._current(connection, [item[0] for item in items])
        for item in items:
            rows = current.get(item[0])
            wanted = self._contents(connection, item) if len(item) > 1 else []
            if rows is None:
                if wanted:
                    self._add(item[0], wanted, first_line=0)
                    self._note(self.came, wanted[0])
                    self.added += 1
            else:
                self._compare(item[0], rows, wanted)
        self._write(connection)

    def _current(self, connection: Connection, keys: list[str]) -> dict[str, list[Any]]:
        found: dict[str, list[Any]] = {}
        for row in connection.execute(_CURRENT, {"source": self.source_id, "keys": keys}).all():
            rows = found.get(row[0])
            if rows is None:
                found[row[0]] = [row]
            else:
                rows.append(row)
        return found

    def _contents(self, connection: Connection, item: Item) -> list[Content]:
        _, kind, occurred_at, day_only, currency, lines, attributes, detail = item
        codes = self.codes
        kind_id = codes.kinds.get(kind) or codes.kind_id(connection, kind)
        currency_id = codes.currencies.get(currency) or codes.currency_id(connection, currency)
        attr_set_id = codes.attr_set_id(connection, self.source_id, attributes)
        text = _encode(dict(detail)) if detail else ""
        identities = codes.identities
        return [
            (
                kind_id,
                identities.get((self.source_id, who)) or codes.identity_id(connection, self.source_id, who),
                occurred_at,
                int(day_only),
                amount,
                currency_id,
                quantity,
                attr_set_id,
                text,
            )
            for who, amount, quantity in lines
        ]

    def _compare(self, key: str, rows: list[Any], wanted: list[Content]) -> None:
        """``rows`` are (key, line, rev, withdrawn, *content) of the current revisions, by line, without
        gaps."""
        counted_before = any(not row[3] for row in rows)
        different = False
        for row in rows:
            line, rev, gone, content = row[1], row[2], row[3], tuple(row[4:])
            if self._seen and rev <= self._newest_rev:
                self._seen[rev >> 3] |= 1 << (rev & 7)
            if line >= len(wanted):
                if gone:
                    continue
                self._new.append((self.source_id, key, line, *content, self.recorded_at, FOREVER, 1))
                self._touch(content)
            elif gone or content != wanted[line]:
                if not gone:
                    self._touch(content)
                self._add(key, [wanted[line]], first_line=line)
            else:
                continue
            self._superseded.append(rev)
            different = True
        if len(wanted) > len(rows):
            self._add(key, wanted[len(rows) :], first_line=len(rows))
            different = True
        if different:
            self._note(self.gone, rows[0][4:] if counted_before else ())
            self._note(self.came, wanted[0] if wanted else ())
        self._count(counted_before, bool(wanted), different)

    def _note(self, counts: Counter[int], content: Sequence[Any]) -> None:
        if content and content[2] >= self.since_ms:
            counts[content[0]] += 1

    def _count(self, counted_before: bool, wanted: bool, different: bool) -> None:
        if wanted and not counted_before:
            self.added += 1
        elif wanted and different:
            self.revised += 1
        elif wanted:
            self.unchanged += 1
        elif different:
            self.withdrawn += 1

    def _add(self, key: str, contents: list[Content], first_line: int) -> None:
        for line, content in enumerate(contents, first_line):
            self._new.append((self.source_id, key, line, *content, self.recorded_at, FOREVER, 0))
            self._touch(content)

    def _touch(self, content: tuple[Any, ...]) -> None:
        occurred_at = content[2]
        day = occurred_at - occurred_at % DAY_MS
        days = self._touched.get(content[0])
        if days is None:
            self._touched[content[0]] = {day}
        else:
            days.add(day)

    def _write(self, connection: Connection) -> None:
        if self._superseded:
            at = self.recorded_at
            execute_many(connection, _SUPERSEDE, ("at", "of_rev"), [(at, rev) for rev in self._superseded])
        if self._new:
            self._new.sort(key=_in_index_order)
            execute_many(connection, _INSERT, tuple(column.name for column in _COLUMNS), self._new)
        self._new, self._superseded = [], []

    # ----------------------------------------------------------------- what is no longer there
    def absent_page(
        self, connection: Connection, after: tuple[str, int], size: int, since_ms: int | None
    ) -> tuple[list[str], tuple[str, int] | None]:
        """Keys after (key, line) that the store has and the sync did not state, and where the next page
        starts. Facts that happened before ``since_ms`` (None: none) are left alone."""
        since = EARLIEST if since_ms is None else since_ms
        place = {"source": self.source_id, "since": since, "key": after[0], "line": after[1], "most": size}
        rows = connection.execute(_AFTER, place).all()
        seen, newest = self._seen, self._newest_rev
        absent = {
            key: None
            for key, _, rev, kind in rows
            if rev <= newest and not seen[rev >> 3] >> (rev & 7) & 1 and kind not in self.spared
        }
        return list(absent), (rows[-1][0], rows[-1][1]) if len(rows) == size else None


def _in_index_order(row: tuple[Any, ...]) -> tuple[Any, ...]:
    """Kind, identity, currency, time: neighbours in the index are written together."""
    return row[3], row[4], row[8], row[5]


def execute_many(
    connection: Connection, statement: Insert | Update, names: tuple[str, ...], rows: list[tuple[Any, ...]]
) -> None:
    """Run the statement for every row of values for ``names``; tuples go straight to a driver that takes
    them."""
    if not connection.dialect.positional:
        connection.execute(statement, [dict(zip(names, row, strict=True)) for row in rows])
        return
    text, places = _positional(statement, names, connection.dialect)
    if places is not None:
        rows = [tuple(row[place] for place in places) for row in rows]
    connection.exec_driver_sql(text, rows)


@lru_cache(maxsize=8)
def _positional(
    statement: Insert | Update, names: tuple[str, ...], dialect: Dialect
) -> tuple[str, tuple[int, ...] | None]:
    """The statement's text, and in which order it wants the values, None for that of ``names``."""
    compiled = statement.compile(dialect=dialect)
    order = tuple(compiled.positiontup or names)
    return str(compiled), None if order == names else tuple(names.index(name) for name in order)
