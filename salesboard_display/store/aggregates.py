"""core.figures.Figures over the tables: partial figures out of a covering index, for now and as known at
an instant."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache
from types import MappingProxyType
from typing import Any, NamedTuple

from sqlalchemy import BindParameter, ColumnElement, Select, bindparam, func, literal_column, select
from sqlalchemy.exc import DBAPIError

from salesboard_display.core.figures import FactRow, Partial, merge
from salesboard_display.core.figures import Select as Wanted
from salesboard_display.store import schema, sqlite
from salesboard_display.store.database import Database
from salesboard_display.store.schema import COUNTS, IS_CURRENT, IS_PAST, fact_revision

_LONGEST_LIST = 500  # identities named in a statement; for more, all are read and the others left out here
_HALF = 2**32  # sums beyond 64 bits are taken in two halves
_PARAMETERS = ("start", "end", "sets", "identities", "known_at", "hidden", "quantity_from", "quantity_below")
_f = fact_revision.c
_NOTHING: Mapping[str, str] = MappingProxyType({})


class Shape(NamedTuple):
    """What decides a statement's text; everything else about a question is a parameter."""

    columns: str  # "partials", "exact partials", "facts", "distinct"
    past: bool
    known_at: bool
    hidden: bool  # a sync is applied in part
    identities: bool
    sets: str  # "", "in", "not in"
    quantity_from: bool
    quantity_below: bool


class StoredFigures:
    """Figures of a store at its present state, or as known at ``known_at_ms``; every call asks anew.

    A sync that is applied in part is not seen: neither what it has added nor what it has superseded.
    ``hidden`` gives the ``recorded_at`` of such syncs.
    """

    def __init__(
        self, database: Database, hidden: Callable[[], tuple[int, ...]], known_at_ms: int | None = None
    ) -> None:
        self._database = database
        self._hidden = hidden
        self._known_at_ms = known_at_ms

    def partials(
        self, select: Wanted, start_ms: int, end_ms: int, identities: frozenset[int] | None = None
    ) -> list[Partial]:
        """See core.figures.Figures.partials; sums are exact, however large."""
        try:
            rows = list(self._rows("partials", select, start_ms, end_ms, identities))
        except DBAPIError as error:
            if not sqlite.sum_overflowed(error):
                raise
            rows = list(self._rows("exact partials", select, start_ms, end_ms, identities))
        codes = self._database.codes.currency_codes
        found: dict[tuple[int, int], Partial] = {}
        for _, row in rows:
            slot = (row[0], row[1])
            partial = Partial(row[0], codes[row[1]], *_whole(row))
            known = found.get(slot)
            found[slot] = partial if known is None else merge(known, partial)
        return list(found.values())

    def facts(
        self, select: Wanted, start_ms: int, end_ms: int, identities: frozenset[int] | None = None
    ) -> list[FactRow]:
        """See core.figures.Figures.facts."""
        codes = self._database.codes
        found = [
            FactRow(
                codes.source_names[row.source_id],
                row.key,
                row.line,
                kind,
                row.identity_id,
                row.occurred_at,
                bool(row.day_only),
                row.amount_minor,
                codes.currency_codes[row.currency_id],
                row.quantity_milli,
                codes.attributes[row.attr_set_id],
                MappingProxyType(json.loads(row.detail)) if row.detail else _NOTHING,
                row.recorded_at,
            )
            for kind, row in self._rows("facts", select, start_ms, end_ms, identities)
        ]
        found.sort(key=lambda row: (row.occurred_at, row.source, row.key, row.line))
        return found

    def distinct(
        self,
        select: Wanted,
        attribute: str,
        start_ms: int,
        end_ms: int,
        identities: frozenset[int] | None = None,
    ) -> list[tuple[int, str]]:
        """See core.figures.Figures.distinct: values are read off attribute sets, not off facts."""
        attributes = self._database.codes.attributes
        rows = self._rows("distinct", select, start_ms, end_ms, identities)
        pairs = {(row[0], attributes[row[1]].get(attribute, "")) for _, row in rows}
        return sorted(pair for pair in pairs if pair[1])

    def _rows(
        self, columns: str, wanted: Wanted, start_ms: int, end_ms: int, identities: frozenset[int] | None
    ) -> Iterator[tuple[str, Any]]:
        """(kind, row) of one statement per kind for current revisions and, where needed, one for past
        ones."""
        with self._database.reading() as connection:
            hidden = self._hidden()
            sets, how = self._sets(wanted)
            if how == "nothing":
                return
            named = identities is not None and len(identities) <= _LONGEST_LIST
            shape = Shape(
                columns,
                False,
                self._known_at_ms is not None,
                bool(hidden),
                named,
                how,
                wanted.quantity_from is not None,
                wanted.quantity_below is not None,
            )
            values = {
                "start": start_ms,
                "end": end_ms,
                "sets": sets,
                "identities": sorted(identities or ()) if named else None,
                "known_at": self._known_at_ms,
                "hidden": hidden,
                "quantity_from": wanted.quantity_from,
                "quantity_below": wanted.quantity_below,
            }
            kinds = self._database.codes.kinds
            for past in (False, True) if hidden or shape.known_at else (False,):
                statement, names = _statement(shape._replace(past=past))
                used = {name: values[name] for name in names}
                for kind in dict.fromkeys(wanted.kinds):
                    if kind not in kinds:
                        continue
                    for row in connection.execute(statement, {**used, "kind": kinds[kind]}):
                        if identities is None or named or row[0] in identities:
                            yield kind, row

    def _sets(self, wanted: Wanted) -> tuple[tuple[int, ...], str]:
        """The attribute sets to name in the statement, and how: the shorter of those in and those out."""
        codes = self._database.codes
        passing = codes.sets_passing(wanted)
        if passing is None:
            return (), ""
        if not passing:
            return (), "nothing"
        if 2 * len(passing) <= len(codes.attributes):
            return passing, "in"
        return tuple(codes.attributes.keys() - set(passing)), "not in"


@lru_cache(maxsize=256)
def _statement(shape: Shape) -> tuple[Select[Any], tuple[str, ...]]:
    """The statement of a shape, and the names of its parameters but for "kind".

    Identity and currency are bound to sub-selects where nobody is named, so that the index is entered once
    per identity and currency at the right time: a month costs a twelfth of a year, and the groups come out
    in order.
    """
    who: ColumnElement[bool]
    if shape.identities:
        who = _f.identity_id.in_(bindparam("identities", expanding=True, literal_execute=True))
    else:
        who = _f.identity_id.in_(select(schema.identity.c.identity_id))
    terms = [
        _f.kind_id == bindparam("kind"),
        who,
        _f.currency_id.in_(select(schema.currency.c.currency_id)),
        _f.occurred_at >= bindparam("start"),
        _f.occurred_at < bindparam("end"),
        COUNTS,
        *_when(shape),
    ]
    if shape.sets:
        listed: BindParameter[Any] = bindparam("sets", expanding=True, literal_execute=True)
        terms.append(_f.attr_set_id.in_(listed) if shape.sets == "in" else _f.attr_set_id.not_in(listed))
    if shape.quantity_from:
        terms.append(_f.quantity_milli >= bindparam("quantity_from"))
    if shape.quantity_below:
        terms.append(_f.quantity_milli < bindparam("quantity_below"))
    statement = _columns(shape.columns).where(*terms)
    statement = sqlite.using_index(statement, "ix_past" if shape.past else "ix_current")
    return statement, tuple(name for name in statement.compile().params if name in _PARAMETERS)


def _when(shape: Shape) -> Iterator[ColumnElement[bool]]:
    """Which revisions are seen: learned by known-at, not yet superseded then, and not of a sync applied in
    part."""
    hidden: BindParameter[Any] = bindparam("hidden", expanding=True, literal_execute=True)
    yield IS_PAST if shape.past else IS_CURRENT
    if shape.known_at:
        yield _f.recorded_at <= bindparam("known_at")
    if shape.hidden:
        yield _f.recorded_at.not_in(hidden)
    if shape.past:
        later = _f.superseded_at > bindparam("known_at")
        by_hidden = _f.superseded_at.in_(hidden)
        if shape.known_at and shape.hidden:
            yield later | by_hidden
        else:
            yield later if shape.known_at else by_hidden


def _columns(columns: str) -> Select[Any]:
    if columns == "facts":
        return select(
            _f.identity_id,
            _f.source_id,
            _f.key,
            _f.line,
            _f.occurred_at,
            _f.day_only,
            _f.amount_minor,
            _f.currency_id,
            _f.quantity_milli,
            _f.attr_set_id,
            _f.detail,
            _f.recorded_at,
        )
    if columns == "distinct":
        return select(_f.identity_id, _f.attr_set_id).distinct()
    exact = columns == "exact partials"
    return select(
        _f.identity_id,
        _f.currency_id,
        func.count(),
        *_sum(_f.quantity_milli, exact),
        *_sum(_f.amount_minor, exact),
        func.min(_f.quantity_milli),
        func.max(_f.quantity_milli),
        func.min(_f.amount_minor),
        func.max(_f.amount_minor),
        func.min(_f.occurred_at),
        func.max(_f.occurred_at),
    ).group_by(_f.identity_id, _f.currency_id)


def _sum(column: ColumnElement[Any], exact: bool) -> tuple[ColumnElement[Any], ...]:
    if not exact:
        return (func.sum(column),)
    half: ColumnElement[int] = literal_column(str(_HALF))
    return func.sum(column.op("/")(half)), func.sum(column.op("%")(half))


def _whole(row: Any) -> Any:
    """n, quantity, amount and the rest of a row of partials, with halves put together and as int."""
    if len(row) == 11:  # identity, currency, n, quantity, amount, ...
        n, quantity, amount, rest = row[2], row[3], row[4], row[5:]
    else:
        n, quantity, rest = row[2], row[3] * _HALF + row[4], row[7:]
        amount = None if row[5] is None else row[5] * _HALF + row[6]
    return n, int(quantity), None if amount is None else int(amount), *rest
