"""Who gets the credit for a record, and how shared credit splits exactly."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from decimal import Decimal
from itertools import chain
from typing import Any

from salesboard_display.core.facts import CreditLine, split_exactly
from salesboard_display.core.messages import Message
from salesboard_display.settings.mapping import Credit, FactMapping
from salesboard_display.sources.mapping.amounts import Marks, share_converter
from salesboard_display.sources.mapping.fields import field, required, to_text
from salesboard_display.sources.mapping.rejected import Rejected
from salesboard_display.sources.mapping.selectors import Selectors

MOST_SHARES = 1_000

Crediting = Callable[[Any, int | None, int], tuple[CreditLine, ...]]
"""(record, amount in minor units, quantity in thousandths) → one line per credited identity."""


Share = tuple[str | None, Decimal | None]
Shares = Callable[[Any], Iterable[Share]]
"""A record → who shares in it with which weight; nobody and no weight are None."""


def compile_credit(mapping: FactMapping, selectors: Selectors, marks_of: Callable[[Any], Marks]) -> Crediting:
    """How the mapping's records are credited: to one person, or in shares."""
    if mapping.person is not None:
        return _alone(
            required(mapping.person, selectors, to_text, "person", Message("the person's name is missing"))
        )
    parts = [
        _shares(credit, selectors, marks_of, needed=number == 0)
        for number, credit in enumerate(mapping.credits)
    ]
    first = mapping.credits[0]
    return _shared(parts, first.each or first.person.from_ or "person")


def _shares(
    credit: Credit, selectors: Selectors, marks_of: Callable[[Any], Marks], *, needed: bool
) -> Shares:
    """What one entry of ``credits`` says of a record: one share, or with ``each`` one for every element."""
    inside = selectors if credit.each is None else Selectors(None)
    person = field(credit.person, inside, to_text, needed=needed)
    share = field(credit.share, inside, share_converter(credit.share, marks_of(credit.share)))
    if credit.each is None:
        return lambda record: ((person(record), share(record)),)
    elements = _elements(credit.each, selectors, needed=needed)
    return lambda record: [(person(element), share(element)) for element in elements(record)]


def _elements(each: str, selectors: Selectors, *, needed: bool) -> Callable[[Any], Sequence[Any]]:
    """The list of objects at ``each``; none and an empty one are the same. Raises Rejected for anything
    else."""
    get = selectors.getter(each, needed=needed)

    def elements(record: Any) -> Sequence[Any]:
        found = get(record)
        if found is None:
            return ()
        if not isinstance(found, list | tuple) or not all(isinstance(one, Mapping) for one in found):
            raise Rejected(each, Message("a list of objects is expected"))
        if len(found) > MOST_SHARES:
            raise Rejected(
                each, Message("more than {count} people share the credit", (("count", MOST_SHARES),))
            )
        return found

    return elements


def _alone(person: Callable[[Any], str]) -> Crediting:
    def credit(record: Any, amount: int | None, quantity: int) -> tuple[CreditLine, ...]:
        return (CreditLine(person(record), amount, quantity),)

    return credit


def _shared(parts: list[Shares], name: str) -> Crediting:
    def credit(record: Any, amount: int | None, quantity: int) -> tuple[CreditLine, ...]:
        weights: dict[str, Decimal] = {}
        for who, share in chain.from_iterable(part(record) for part in parts):
            if who:
                weights[who] = weights.get(who, Decimal(0)) + (share or Decimal(0))
        weights = {who: weight for who, weight in weights.items() if weight}
        if not weights:
            raise Rejected(name, Message("nobody has a share of the credit"))
        whole = _whole(list(weights.values()))
        amounts = split_exactly(amount, whole) if amount is not None else (None,) * len(whole)
        quantities = split_exactly(quantity, whole)
        return tuple(map(CreditLine, weights, amounts, quantities))

    return credit


def _whole(weights: list[Decimal]) -> tuple[int, ...]:
    """The weights times a power of ten, so that all are whole."""
    exponent = max(0, *(-int(weight.as_tuple().exponent) for weight in weights))
    return tuple(int(weight.scaleb(exponent)) for weight in weights)
