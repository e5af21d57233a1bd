"""Facts as a source states them: what happened, when, and who gets the credit."""

from __future__ import annotations

from typing import NamedTuple

Pairs = tuple[tuple[str, str], ...]
"""Name/value pairs sorted by name: hashable, cheap to compare and to intern."""

MAX_AMOUNT_MINOR = 2**63 - 1
"""Largest amount a store column holds; a larger one is rejected at the source."""


class CreditLine(NamedTuple):
    """The part of one fact that one identity gets the credit for.

    ``identity`` is the person's id *at the source*; ``amount_minor`` is None where the fact has no money;
    ``quantity_milli`` is in thousandths (one deal = 1000), so shared credit splits it exactly.
    """

    identity: str
    amount_minor: int | None
    quantity_milli: int


class Fact(NamedTuple):
    """One version of something that happened, unique by (source, key).

    ``occurred_at`` is an instant in ms since 1970 UTC; for a date-only fact (``day_only``) it is the first
    instant of that day in the source's zone. ``currency`` is ISO 4217, "" without money. ``attributes`` can
    be filtered on (few distinct sets); ``detail`` is only shown by explain.
    """

    key: str
    kind: str
    occurred_at: int
    day_only: bool
    currency: str
    lines: tuple[CreditLine, ...]
    attributes: Pairs = ()
    detail: Pairs = ()


def split_exactly(total: int, weights: tuple[int, ...]) -> tuple[int, ...]:
    """Shares of ``total`` in proportion to ``weights`` that sum to it exactly (largest remainder method).

    Negative totals split like positive ones; equal remainders go to the earlier share. Raises ValueError when
    no weight is positive or one is negative.
    """
    if not weights or min(weights) < 0 or sum(weights) == 0:
        raise ValueError("shares need non-negative weights, at least one of them positive")
    sign, size, whole = (-1 if total < 0 else 1), abs(total), sum(weights)
    shares = [size * weight // whole for weight in weights]
    by_remainder = sorted(range(len(weights)), key=lambda i: (-(size * weights[i] % whole), i))
    for i in by_remainder[: size - sum(shares)]:
        shares[i] += 1
    return tuple(sign * share for share in shares)
