"""core.figures.Figures over the tables: partial figures out of a covering index, for now and as known at an
instant."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType
from typing import Any

from sqlalchemy.exc import DBAPIError

from salesboard_display.core.figures import FactRow, Partial, merge
from salesboard_display.core.figures import Select as Wanted
from salesboard_display.store import sqlite
from salesboard_display.store.database import Database
from salesboard_display.store.questions import HALF, Shape, statement_of

_LONGEST_LIST = 500  # identities named in a statement; for more, all are read and the others left out here
_NOTHING: Mapping[str, str] = MappingProxyType({})


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
            hidden, codes = self._hidden(), self._database.codes
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
                bool(wanted.currencies),
            )
            values = {
                "start": start_ms,
                "end": end_ms,
                "sets": sets,
                "identities": sorted(identities or ()) if named else None,
                "currencies": [n for n, code in codes.currency_codes.items() if code in wanted.currencies],
                "known_at": self._known_at_ms,
                "hidden": hidden,
                "quantity_from": wanted.quantity_from,
                "quantity_below": wanted.quantity_below,
            }
            for past in (False, True) if hidden or shape.known_at else (False,):
                statement, names = statement_of(shape._replace(past=past))
                used = {name: values[name] for name in names}
                for kind in dict.fromkeys(wanted.kinds):
                    if kind not in codes.kinds:
                        continue
                    for row in connection.execute(statement, {**used, "kind": codes.kinds[kind]}):
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


def _whole(row: Any) -> Any:
    """n, quantity, amount and the rest of a row of partials, with halves put together and as int."""
    if len(row) == 11:  # identity, currency, n, quantity, amount, ...
        n, quantity, amount, rest = row[2], row[3], row[4], row[5:]
    else:
        n, quantity, rest = row[2], row[3] * HALF + row[4], row[7:]
        amount = None if row[5] is None else row[5] * HALF + row[6]
    return n, int(quantity), None if amount is None else int(amount), *rest
