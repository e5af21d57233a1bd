"""Short ways to say facts, syncs and questions in tests."""

from __future__ import annotations

from collections.abc import Iterable

from salesboard_display.core.facts import CreditLine, Fact
from salesboard_display.core.figures import FactRow, Select
from salesboard_display.core.people import PersonRecord
from salesboard_display.core.sync import Applied, Batch, SyncEnd
from salesboard_display.store import Staging, Store

DAY = 86_400_000
ALWAYS = (-(2**62), 2**62)
DEALS = Select(("deal",))


def fact(
    key: str,
    amount: int | None = 100,
    who: str = "Anna Snelling",
    at: int = 0,
    *,
    kind: str = "deal",
    **rest: object,
) -> Fact:
    """A fact that credits one identity."""
    attributes = tuple(sorted((name, str(value)) for name, value in rest.items()))
    currency = "" if amount is None else "EUR"
    return Fact(key, kind, at, False, currency, (CreditLine(who, amount, 1000),), attributes)


def say(
    store: Store,
    *facts: Fact,
    source: str = "crm",
    full: bool = False,
    now: int = 1_000,
    people: Iterable[PersonRecord] = (),
    withdrawn: Iterable[str] = (),
) -> Applied:
    """Apply a small sync."""
    batch = Batch(facts=facts, people=tuple(people), withdrawn=tuple(withdrawn))
    return store.apply_batch(source, batch, SyncEnd(now, full), now_ms=now)


def stage(
    store: Store, *facts: Fact, source: str = "crm", full: bool = True, people: Iterable[PersonRecord] = ()
) -> Staging:
    """A finished staged sync."""
    staging = store.begin_sync(source)
    staging.add(Batch(facts=facts, people=tuple(people)))
    staging.finish(SyncEnd(5, full, cursor="next"))
    return staging


def rows(store: Store, *kinds: str, known_at: int | None = None) -> list[FactRow]:
    """Every fact that counts."""
    return store.figures(known_at).facts(Select(kinds or ("deal",)), *ALWAYS)


def amounts(store: Store, known_at: int | None = None) -> dict[str, int | None]:
    """Key → amount of every deal that counts, summed over its lines."""
    found: dict[str, int | None] = {}
    for row in rows(store, known_at=known_at):
        before = found.get(row.key)
        found[row.key] = row.amount_minor if before is None else before + (row.amount_minor or 0)
    return found


def revisions(store: Store) -> list[tuple[object, ...]]:
    """Every revision ever made, as stored."""
    from sqlalchemy import select

    from salesboard_display.store.schema import fact_revision

    with store._database.reading() as connection:
        return [tuple(row) for row in connection.execute(select(fact_revision).order_by(fact_revision.c.rev))]
