"""The same deal in two sources: which facts are too much alike to be two."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date
from typing import NamedTuple

from salesboard_display.core.figures import FactRow
from salesboard_display.core.people import UNASSIGNED

DEAL_ID = "deal_id"
"""An attribute (or detail) of this name says which deal a fact is about, whatever source tells of it."""


class SameDeal(NamedTuple):
    """Two facts of different sources, by their first lines, that are taken for one deal."""

    first: FactRow
    other: FactRow


class _Deal(NamedTuple):
    row: FactRow
    deal_id: str
    alike: tuple[object, ...] | None  # what two deals that are one have in common; None: too little is known


def same_deals(
    rows: Iterable[FactRow], owner_of: Mapping[int, str], day_of: Callable[[FactRow], date]
) -> list[SameDeal]:
    """Pairs of facts that are one deal, each fact in one pair at most, ordered by the first's instant.

    Two facts of one kind and two sources are one deal when their ``deal_id`` is the same; where not both
    have one, when the same known people have credit for the same amounts (above or below zero) in one
    currency on the same day. ``owner_of`` gives the person of an identity, ``day_of`` a fact's day.
    """
    deals = [_deal(lines, owner_of, day_of) for lines in _by_fact(rows)]
    taken: set[tuple[str, str]] = set()
    found = [
        *_pairs(deals, taken, lambda deal: (deal.row.kind, deal.deal_id) if deal.deal_id else None),
        *_pairs(deals, taken, lambda deal: deal.alike),
    ]
    return sorted(found, key=lambda pair: (pair.first.occurred_at, pair.first.source, pair.first.key))


def _by_fact(rows: Iterable[FactRow]) -> Iterator[list[FactRow]]:
    facts: dict[tuple[str, str], list[FactRow]] = {}
    for row in rows:
        facts.setdefault((row.source, row.key), []).append(row)
    for slot in sorted(facts):
        yield sorted(facts[slot], key=lambda row: row.line)


def _deal(lines: list[FactRow], owner_of: Mapping[int, str], day_of: Callable[[FactRow], date]) -> _Deal:
    first = lines[0]
    deal_id = first.attributes.get(DEAL_ID) or first.detail.get(DEAL_ID) or ""
    credit = sorted((owner_of.get(row.identity, UNASSIGNED), row.amount_minor or 0) for row in lines)
    if any(owner == UNASSIGNED or not amount for owner, amount in credit):
        return _Deal(first, deal_id, None)
    return _Deal(first, deal_id, (first.kind, first.currency, day_of(first), *credit))


def _pairs(
    deals: list[_Deal], taken: set[tuple[str, str]], alike: Callable[[_Deal], tuple[object, ...] | None]
) -> Iterator[SameDeal]:
    waiting: dict[tuple[object, ...], list[_Deal]] = {}
    for deal in deals:
        slot, own = alike(deal), (deal.row.source, deal.row.key)
        if slot is None or own in taken:
            continue
        others = waiting.setdefault(slot, [])
        match = next((other for other in others if _may_be_one(other, deal)), None)
        if match is None:
            others.append(deal)
        else:
            others.remove(match)
            taken.update(((match.row.source, match.row.key), own))
            yield SameDeal(match.row, deal.row)


def _may_be_one(one: _Deal, other: _Deal) -> bool:
    contradict = one.deal_id and other.deal_id and one.deal_id != other.deal_id
    return one.row.source != other.row.source and not contradict
