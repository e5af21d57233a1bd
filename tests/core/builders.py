"""Small offices for the tests of core: people, facts and boards in a line each."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime
from fractions import Fraction
from itertools import count
from typing import Any

from salesboard_display.core.definitions import (
    Aggregate,
    Board,
    Metric,
    Of,
    Period,
    PeriodKind,
    Unit,
    UnitKind,
)
from salesboard_display.core.figures import FactList, FactRow, Partial, Select
from salesboard_display.core.people import Directory, Membership, Person, Team
from salesboard_display.core.periods import Calendar
from salesboard_display.core.standings import Standings, work_out

UTC_CALENDAR = Calendar("UTC")
HOUR = 3_600_000
DAY = 24 * HOUR
MONTH = Period(PeriodKind.THIS_MONTH)
EUR = Unit(UnitKind.MONEY, "EUR")
_keys = count()


def ms(text: str) -> int:
    """ "2024-11-15 12:00" (UTC) as an instant."""
    return int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp() * 1000)


NOW = ms("2024-11-15 12:00")


def fact(identity: int, amount: int | None = None, at: int = NOW, **more: Any) -> FactRow:
    """One credited line; ``amount`` in whole euros, ``quantity`` in units; other names are attributes."""
    digits = 1 if more.get("currency") in ("JPY",) else 100
    attributes = {k: v for k, v in more.items() if k not in _FIELDS}
    return FactRow(
        source=more.get("source", "crm"),
        key=more.get("key") or f"k{next(_keys)}",
        line=more.get("line", 0),
        kind=more.get("kind", "deal"),
        identity=identity,
        occurred_at=at,
        day_only=more.get("day_only", False),
        amount_minor=None if amount is None else int(amount * digits),
        currency="" if amount is None else more.get("currency", "EUR"),
        quantity_milli=round(more.get("quantity", 1) * 1000),
        attributes=attributes,
        detail={},
        recorded_at=more.get("recorded_at", at),
    )


_FIELDS = {"source", "key", "line", "kind", "currency", "quantity", "day_only", "recorded_at"}


def person(id_: str, *identities: int, team: str = "", name: str = "", **more: Any) -> Person:
    """A person, in one team for ever unless ``memberships`` are given."""
    memberships = more.pop("memberships", (Membership(team),) if team else ())
    return Person(id_, name or id_.title(), frozenset(identities), memberships, **more)


def office(*people: Person, teams: Iterable[Team] = (), unassigned: Iterable[int] = ()) -> Directory:
    """A directory of these; teams that people name but nobody describes get their id as name."""
    named = {m.team_id for p in people for m in p.memberships}
    found = {id_: Team(id_, id_.title()) for id_ in sorted(named)} | {team.id: team for team in teams}
    return Directory({p.id: p for p in people}, found, frozenset(unassigned))


def metric(aggregate: Aggregate | str = "sum", *kinds: str, **more: Any) -> Metric:
    """A metric over deals unless other kinds are named; of euros where money is meant."""
    kind = Aggregate(aggregate)
    money = kind in (Aggregate.SUM, Aggregate.AVERAGE, Aggregate.MINIMUM, Aggregate.MAXIMUM, Aggregate.LATEST)
    unit = EUR if money and more.get("of", Of.AMOUNT) is Of.AMOUNT else Unit()
    base = Metric(f"{kind}-deals", str(kind), kind, Select(kinds or ("deal",)), unit=unit)
    return replace(base, **more)


def board(of: Metric | None = None, **more: Any) -> Board:
    """A board of this month's revenue unless told otherwise."""
    return replace(Board("board", "Board", of or metric(), MONTH), **more)


def facts(*rows: FactRow) -> FactList:
    """Figures over these."""
    return FactList(list(rows))


class Counting(FactList):
    """Figures that remember what they were asked."""

    def __init__(self, rows: Iterable[FactRow]) -> None:
        super().__init__(list(rows))
        self.asked: list[tuple[str, int, int, frozenset[int] | None]] = []

    def partials(
        self, select: Select, start_ms: int, end_ms: int, identities: frozenset[int] | None = None
    ) -> list[Partial]:
        self.asked.append(("partials", start_ms, end_ms, identities))
        return FactList(self.rows).partials(select, start_ms, end_ms, identities)

    def facts(
        self, select: Select, start_ms: int, end_ms: int, identities: frozenset[int] | None = None
    ) -> list[FactRow]:
        self.asked.append(("facts", start_ms, end_ms, identities))
        return FactList(self.rows).facts(select, start_ms, end_ms, identities)


def eur(amount: float | str) -> Fraction:
    """Euros as an exact value."""
    return Fraction(str(amount))


FOUR = office(*(person(name, index) for index, name in enumerate(("anna", "bob", "cleo", "dan"))))
"""Anna, Bob, Cleo and Dan, with identities 0 to 3."""


def standings(of: Board, *rows: FactRow, directory: Directory = FOUR, at: int = NOW) -> Standings:
    """The board worked out over these facts."""
    return work_out(of, directory, UTC_CALENDAR, facts(*rows), at)


def ranks(found: Standings) -> dict[str, int | None]:
    """Everybody's rank by id."""
    return {place.id: place.rank for place in found.places}
