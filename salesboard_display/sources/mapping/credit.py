"""Who gets the credit for a record, and how shared credit splits exactly."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from salesboard_display.core.facts import CreditLine, split_exactly
from salesboard_display.settings.mapping import FactMapping
from salesboard_display.sources.mapping.amounts import Marks, share_converter
from salesboard_display.sources.mapping.fields import Field, field, required, to_text
from salesboard_display.sources.mapping.rejected import Rejected
from salesboard_display.sources.mapping.selectors import Selectors

Crediting = Callable[[Any, int | None, int], tuple[CreditLine, ...]]
"""(record, amount in minor units, quantity in thousandths) → one line per credited identity."""


def compile_credit(mapping: FactMapping, selectors: Selectors, marks_of: Callable[[Any], Marks]) -> Crediting:
    """How the mapping's records are credited: to one person, or in shares."""
    if mapping.person is not None:
        return _alone(required(mapping.person, selectors, to_text, "person's name"))
    shares = [
        (
            field(credit.person, selectors, to_text, needed=number == 0),
            field(credit.share, selectors, share_converter(credit.share, marks_of(credit.share))),
        )
        for number, credit in enumerate(mapping.credits)
    ]
    return _shared(shares, mapping.credits[0].person.from_ or "person")


def _alone(person: Callable[[Any], str]) -> Crediting:
    def credit(record: Any, amount: int | None, quantity: int) -> tuple[CreditLine, ...]:
        return (CreditLine(person(record), amount, quantity),)

    return credit


def _shared(shares: list[tuple[Field[str], Field[Decimal]]], name: str) -> Crediting:
    def credit(record: Any, amount: int | None, quantity: int) -> tuple[CreditLine, ...]:
        weights: dict[str, Decimal] = {}
        for person, share in shares:
            who = person(record)
            if who:
                weights[who] = weights.get(who, Decimal(0)) + (share(record) or Decimal(0))
        weights = {who: weight for who, weight in weights.items() if weight}
        if not weights:
            raise Rejected(name, "nobody has a share of the credit")
        whole = _whole(list(weights.values()))
        amounts = split_exactly(amount, whole) if amount is not None else (None,) * len(whole)
        quantities = split_exactly(quantity, whole)
        return tuple(map(CreditLine, weights, amounts, quantities))

    return credit


def _whole(weights: list[Decimal]) -> tuple[int, ...]:
    """The weights times a power of ten, so that all are whole."""
    exponent = max(0, *(-int(weight.as_tuple().exponent) for weight in weights))
    return tuple(int(weight.scaleb(exponent)) for weight in weights)
