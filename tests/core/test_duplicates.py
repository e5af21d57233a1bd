"""One deal that two sources tell of: found by its id, else by who, how much and when; two deals stay two."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from salesboard_display.core.duplicates import same_deals
from salesboard_display.core.figures import FactRow
from tests.core.builders import DAY, HOUR, NOW, fact

OWNERS = {1: "anna", 11: "anna", 2: "ben"}
"""Anna is 1 at the CRM and 11 at the ERP; nobody knows who 9 is."""


def day_of(row: FactRow) -> date:
    return datetime.fromtimestamp(row.occurred_at / 1000, UTC).date()


def pairs(*rows: FactRow) -> list[tuple[str, str]]:
    return [(pair.first.key, pair.other.key) for pair in same_deals(rows, OWNERS, day_of)]


def crm(identity: int = 1, amount: int | None = 100, key: str = "c", **more: object) -> FactRow:
    return fact(identity, amount, key=key, **{"source": "crm", **more})  # type: ignore[arg-type]


def erp(identity: int = 11, amount: int | None = 100, key: str = "e", **more: object) -> FactRow:
    return fact(identity, amount, key=key, **{"source": "erp", **more})  # type: ignore[arg-type]


def test_the_same_person_amount_and_day_in_two_sources_is_one_deal() -> None:
    assert pairs(crm(), erp(at=NOW - 3 * HOUR)) == [("c", "e")]


@pytest.mark.parametrize(
    "other",
    [
        erp(2),
        erp(amount=101),
        erp(currency="USD"),
        erp(at=NOW - DAY),
        erp(kind="deal_lost"),
        crm(11, key="e"),
        erp(deal_id="8"),
    ],
    ids=["person", "amount", "currency", "day", "kind", "source", "deal id"],
)
def test_whatever_differs_makes_two_of_them(other: FactRow) -> None:
    assert pairs(crm(deal_id="7"), other) == []


def test_an_id_says_that_it_is_one_whatever_else_differs() -> None:
    other = erp(2, 999, at=NOW - 5 * DAY, deal_id="7")
    assert pairs(crm(deal_id="7"), other) == [("c", "e")]
    assert pairs(crm()._replace(detail={"deal_id": "7"}), other) == [("c", "e")]


def test_what_has_no_amount_or_no_known_person_is_too_little_to_go_by() -> None:
    assert pairs(crm(amount=None), erp(amount=None)) == []
    assert pairs(crm(amount=0), erp(amount=0)) == []
    assert pairs(crm(9), erp(9)) == []


def test_shared_credit_is_compared_as_a_whole() -> None:
    shared = [crm(1, 60, line=0), crm(2, 40, line=1)]
    assert pairs(*shared, erp(11, 60)) == []
    assert pairs(*shared, erp(2, 40, line=0), erp(11, 60, line=1)) == [("c", "e")]


def test_every_fact_is_in_one_pair_at_most() -> None:
    two = [crm(key="c1"), crm(key="c2")]
    assert pairs(*two, erp()) == [("c1", "e")]
    assert pairs(*two, erp(key="e1"), erp(key="e2")) == [("c1", "e1"), ("c2", "e2")]
    named = erp(key="e1", deal_id="7"), fact(1, 100, key="s", source="shop", deal_id="7")
    assert pairs(*two, *named) == [("e1", "s")]


@given(
    st.lists(
        st.builds(
            lambda source, key, identity, amount: fact(identity, amount, source=source, key=key),
            st.sampled_from(["crm", "erp", "shop"]),
            st.integers(0, 5).map(str),
            st.sampled_from([1, 11, 2, 9]),
            st.integers(-1, 1),
        ),
        max_size=12,
        unique_by=lambda row: (row.source, row.key),
    ),
    st.randoms(use_true_random=False),
)
def test_no_source_is_paired_with_itself_and_the_order_is_no_matter(
    rows: list[FactRow], shuffle: object
) -> None:
    found = same_deals(rows, OWNERS, day_of)
    seen = [(row.source, row.key) for pair in found for row in pair]
    assert len(seen) == len(set(seen))
    assert all(pair.first.source != pair.other.source for pair in found)
    mixed = list(rows)
    shuffle.shuffle(mixed)  # type: ignore[attr-defined]
    assert same_deals(mixed, OWNERS, day_of) == found
