"""The statements behind core's questions: one text for each shape a question can have."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import Any, NamedTuple

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    FromClause,
    ScalarSelect,
    Select,
    Subquery,
    bindparam,
    func,
    literal_column,
    or_,
    select,
)

from salesboard_display.store import sqlite
from salesboard_display.store.schema import counts, currency, fact_revision, identity, is_current, is_past

HALF = 2**32
"""Sums beyond 64 bits are taken in two halves."""

_PARAMETERS = (
    "start",
    "end",
    "sets",
    "identities",
    "currencies",
    "known_at",
    "hidden",
    "quantity_from",
    "quantity_below",
)


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
    currencies: bool = False


@lru_cache(maxsize=256)
def statement_of(shape: Shape) -> tuple[Select[Any], tuple[str, ...]]:
    """The statement of a shape, and the names of its parameters but for "kind"."""
    if shape.columns == "facts":
        statement = _facts().where(*_terms(shape, fact_revision), *_whose(shape))
    elif shape.columns == "distinct":
        columns = fact_revision.c.identity_id, fact_revision.c.attr_set_id
        statement = select(*columns).distinct().where(*_terms(shape, fact_revision), *_whose(shape))
    else:
        statement = _partials(shape)
    statement = sqlite.using_index(statement, fact_revision, _index(shape))
    return statement, tuple(name for name in statement.compile().params if name in _PARAMETERS)


def _index(shape: Shape) -> str:
    return "ix_past" if shape.past else "ix_current"


def _partials(shape: Shape) -> Select[Any]:
    """Figures per identity and currency.

    Where nothing but time is asked for, the first and last instant of each are looked up at the ends of
    the index instead of compared row by row: a sixth of a year's time.
    """
    f, exact = fact_revision.c, shape.columns == "exact partials"
    figures = [
        f.identity_id,
        f.currency_id,
        func.count().label("n"),
        *_sum(f.quantity_milli, exact, "quantity"),
        *_sum(f.amount_minor, exact, "amount"),
        func.min(f.quantity_milli).label("low_quantity"),
        func.max(f.quantity_milli).label("high_quantity"),
        func.min(f.amount_minor).label("low"),
        func.max(f.amount_minor).label("high"),
    ]
    times = func.min(f.occurred_at), func.max(f.occurred_at)
    where = *_terms(shape, fact_revision), *_whose(shape)
    groups = f.identity_id, f.currency_id
    if shape.past or shape.sets or shape.quantity_from or shape.quantity_below:
        return select(*figures, *times).where(*where).group_by(*groups)
    grouped = (
        sqlite.using_index(select(*figures), fact_revision, _index(shape)).where(*where).group_by(*groups)
    )
    group = grouped.subquery("one")
    return select(group, _end(shape, group, "first"), _end(shape, group, "last"))


def _end(shape: Shape, group: Subquery, which: str) -> ScalarSelect[Any]:
    """The first or last instant of a group's facts."""
    fact = fact_revision.alias(which)
    order = fact.c.occurred_at if which == "first" else fact.c.occurred_at.desc()
    same = fact.c.identity_id == group.c.identity_id, fact.c.currency_id == group.c.currency_id
    found = select(fact.c.occurred_at).where(*_terms(shape, fact), *same).order_by(order)
    return sqlite.using_index(found.limit(literal_column("1")), fact, _index(shape)).scalar_subquery()


def _sum(column: ColumnElement[Any], exact: bool, name: str) -> tuple[ColumnElement[Any], ...]:
    if not exact:
        return (func.sum(column).label(name),)
    half: ColumnElement[int] = literal_column(str(HALF))
    return func.sum(column.op("/")(half)).label(f"{name}_high"), func.sum(column.op("%")(half)).label(
        f"{name}_low"
    )


def _facts() -> Select[Any]:
    f = fact_revision.c
    return select(
        f.identity_id,
        f.source_id,
        f.key,
        f.line,
        f.occurred_at,
        f.day_only,
        f.amount_minor,
        f.currency_id,
        f.quantity_milli,
        f.attr_set_id,
        f.detail,
        f.recorded_at,
    )


def _whose(shape: Shape) -> Iterator[ColumnElement[bool]]:
    """Whose facts, in which currency: bound to sub-selects where nobody is named, so that the index is
    entered once per identity and currency at the right time: a month costs a twelfth of a year, and the
    groups come out in order.
    """
    f = fact_revision.c
    if shape.identities:
        yield f.identity_id.in_(bindparam("identities", expanding=True, literal_execute=True))
    else:
        yield f.identity_id.in_(select(identity.c.identity_id))
    if shape.currencies:
        yield f.currency_id.in_(bindparam("currencies", expanding=True, literal_execute=True))
    else:
        yield f.currency_id.in_(select(currency.c.currency_id))


def _terms(shape: Shape, facts: FromClause) -> Iterator[ColumnElement[bool]]:
    """Which facts: of a kind, in an interval, seen, and passing the filters."""
    f = facts.c
    yield f.kind_id == bindparam("kind")
    yield f.occurred_at >= bindparam("start")
    yield f.occurred_at < bindparam("end")
    yield counts(facts)
    yield from _seen(shape, facts)
    if shape.sets:
        listed: BindParameter[Any] = bindparam("sets", expanding=True, literal_execute=True)
        yield f.attr_set_id.in_(listed) if shape.sets == "in" else f.attr_set_id.not_in(listed)
    if shape.quantity_from:
        yield f.quantity_milli >= bindparam("quantity_from")
    if shape.quantity_below:
        yield f.quantity_milli < bindparam("quantity_below")


def _seen(shape: Shape, facts: FromClause) -> Iterator[ColumnElement[bool]]:
    """Which revisions are seen: learned by known-at, not yet superseded then, and not of a sync applied in
    part."""
    f = facts.c
    hidden: BindParameter[Any] = bindparam("hidden", expanding=True, literal_execute=True)
    yield is_past(facts) if shape.past else is_current(facts)
    if shape.known_at:
        yield f.recorded_at <= bindparam("known_at")
    if shape.hidden:
        yield f.recorded_at.not_in(hidden)
    if shape.past:
        superseded = [f.superseded_at > bindparam("known_at")] if shape.known_at else []
        if shape.hidden:
            superseded.append(f.superseded_at.in_(hidden))
        yield or_(*superseded)
