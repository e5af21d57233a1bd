"""Partial figures: merging them is the same as counting together."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from salesboard_display.core.figures import (
    Condition,
    FactList,
    FactRow,
    Partial,
    Select,
    as_partial,
    merge,
    merge_all,
    selected,
)
from salesboard_display.core.sync import Applied
from tests.core.builders import fact

DEALS = Select(("deal",))
rows = st.builds(
    lambda amount, quantity, at: fact(1, amount, at, quantity=quantity, currency="EUR"),
    st.none() | st.integers(-5, 5),
    st.integers(-3, 3),
    st.integers(0, 9),
)


@given(st.lists(rows, min_size=1, max_size=5), st.lists(rows, min_size=1, max_size=5))
def test_merging_is_counting_together(first: list[FactRow], second: list[FactRow]) -> None:
    def whole(some: list[FactRow]) -> Partial:
        found = as_partial(some[0])
        for row in some[1:]:
            found = merge(found, as_partial(row))
        return found

    together = whole(first + second)
    assert merge(whole(first), whole(second)) == together
    amounts = [row.amount_minor for row in first + second if row.amount_minor is not None]
    assert together.amount_minor == (sum(amounts) if amounts else None)
    assert (together.min_amount, together.max_amount) == (
        min(amounts, default=None),
        max(amounts, default=None),
    )
    assert together.n == len(first + second)
    assert merge_all(as_partial(row)._replace(currency="") for row in first + second) == [
        together._replace(currency="")
    ]
    assert (together.first_at, together.last_at) == (
        min(row.occurred_at for row in first + second),
        max(row.occurred_at for row in first + second),
    )


def test_a_condition_treats_a_missing_attribute_as_empty() -> None:
    new = Condition("type", frozenset({"new", ""}))
    assert [new.holds(a) for a in ({"type": "new"}, {"type": "old"}, {})] == [True, False, True]
    other = Condition("type", frozenset({"new"}), negated=True)
    assert [other.holds(a) for a in ({"type": "new"}, {"type": "old"}, {})] == [False, True, True]


def test_a_select_bounds_quantities_half_open() -> None:
    narrow = Select(("deal",), quantity_from=2000, quantity_below=4000)
    assert [selected(narrow, fact(1, quantity=q)) for q in (1.999, 2, 3.999, 4)] == [False, True, True, False]
    assert not selected(Select(("call",)), fact(1))
    assert not selected(Select(("deal",), sources=("erp",)), fact(1))


def test_a_list_of_facts_answers_by_interval_and_identity() -> None:
    found = FactList(
        [fact(1, 2, 10, key="a"), fact(1, 3, 20, key="b"), fact(2, 4, 10, key="c", currency="USD")]
    )
    assert [row.key for row in found.facts(DEALS, 10, 20)] == ["a", "c"]
    assert [row.key for row in found.facts(DEALS, 0, 99, frozenset({1}))] == ["a", "b"]
    assert {(p.identity, p.currency, p.amount_minor) for p in found.partials(DEALS, 0, 99)} == {
        (1, "EUR", 500),
        (2, "USD", 400),
    }


def test_distinct_values_leave_out_what_is_missing() -> None:
    found = FactList(
        [fact(1, at=1, account="x"), fact(1, at=1, account="x"), fact(1, at=1, account=""), fact(2, at=1)]
    )
    assert found.distinct(DEALS, "account", 0, 9) == [(1, "x")]
    assert found.distinct(DEALS, "account", 0, 9, frozenset({2})) == []


def test_a_sync_says_whether_anything_changed() -> None:
    assert not Applied(1, unchanged=5, rejected=3, duplicates=2).changed
    for what in ("added", "revised", "withdrawn", "people_changed"):
        assert Applied(1, **{what: 1}).changed  # type: ignore[arg-type]
