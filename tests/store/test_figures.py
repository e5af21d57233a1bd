"""Quick aggregates equal the naive recount, whatever is asked."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from salesboard_display.core.facts import MAX_AMOUNT_MINOR, CreditLine, Fact
from salesboard_display.core.figures import Condition, FactList, Select
from salesboard_display.store import Store
from salesboard_display.store import aggregates as module
from tests.store.saying import ALWAYS, DEALS, fact, rows, say

_values = st.sampled_from(["new", "upsell", ""])
_conditions = st.lists(
    st.builds(
        Condition,
        attribute=st.sampled_from(["type", "product", "nowhere"]),
        values=st.frozensets(st.sampled_from(["new", "upsell", "", "x"]), max_size=2),
        negated=st.booleans(),
    ),
    max_size=2,
).map(tuple)
_bound = st.none() | st.integers(-3, 3)
_selects = st.builds(
    Select,
    kinds=st.lists(st.sampled_from(["deal", "call", "unheard of"]), max_size=3).map(tuple),
    conditions=_conditions,
    sources=st.sets(st.sampled_from(["crm", "erp", "unheard of"]), max_size=2).map(tuple),
    quantity_from=_bound,
    quantity_below=_bound,
    currencies=st.sampled_from([(), (), ("USD",), ("USD", "EUR"), ("XXX",)]),
    currency=st.sampled_from(["", "EUR"]),
)
_facts = st.builds(
    Fact,
    key=st.integers(0, 20).map(str),
    kind=st.sampled_from(["deal", "call"]),
    occurred_at=st.integers(0, 9),
    day_only=st.just(False),
    currency=st.sampled_from(["", "EUR", "USD"]),
    lines=st.lists(
        st.builds(CreditLine, st.sampled_from("abcd"), st.none() | st.integers(-9, 9), st.integers(-3, 3)),
        min_size=1,
        max_size=2,
    ).map(tuple),
    attributes=st.one_of(
        st.just(()),
        st.tuples(st.tuples(st.just("type"), _values)),
        st.tuples(st.tuples(st.just("product"), _values), st.tuples(st.just("type"), _values)),
    ),
)
_questions = st.tuples(
    _selects,
    st.integers(-1, 10),
    st.integers(-1, 10),
    st.none() | st.frozensets(st.integers(1, 9), max_size=4),
)


@given(
    st.lists(st.tuples(st.sampled_from(["crm", "erp"]), st.lists(_facts, max_size=8)), max_size=4), st.data()
)
def test_every_question_gets_the_answer_of_a_recount(
    told: list[tuple[str, list[Fact]]], data: st.DataObject
) -> None:
    with tempfile.TemporaryDirectory() as folder, Store.open(Path(folder) / "s.db") as store:
        times: list[int | None] = [None]
        times += [say(store, *facts, source=source).recorded_at_ms for source, facts in told]
        for known_at in times:
            figures, naive = store.figures(known_at), FactList(rows(store, "deal", "call", known_at=known_at))
            for question in data.draw(st.lists(_questions, min_size=1, max_size=4)):
                select, start, end, identities = question
                asked = (select, start, end, identities)
                assert sorted(figures.partials(*asked)) == sorted(naive.partials(*asked))
                assert figures.facts(*asked) == naive.facts(*asked)
                for attribute in ("type", "nowhere"):
                    where = (select, attribute, start, end, identities)
                    assert figures.distinct(*where) == naive.distinct(*where)


def test_many_identities_are_no_other_answer_than_few(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    say(store, *(fact(str(i), i, who=f"p{i}") for i in range(20)))
    wanted = frozenset(range(3, 9))
    few = store.figures().partials(DEALS, *ALWAYS, wanted)
    monkeypatch.setattr(module, "_LONGEST_LIST", 2)
    assert sorted(store.figures().partials(DEALS, *ALWAYS, wanted)) == sorted(few)
    assert {row.identity for row in store.figures().facts(DEALS, *ALWAYS, wanted)} == wanted
    assert len(few) == 6


def test_a_sum_beyond_64_bits_is_exact(store: Store) -> None:
    most = MAX_AMOUNT_MINOR
    say(store, *(fact(str(i), most - i) for i in range(5)))
    (one,) = store.figures().partials(DEALS, *ALWAYS)
    assert one.amount_minor == 5 * most - 10
    assert (one.n, one.quantity_milli, one.min_amount, one.max_amount) == (5, 5_000, most - 4, most)
    say(store, *(fact(str(i), -most) for i in range(5)))
    assert store.figures().partials(DEALS, *ALWAYS)[0].amount_minor == -5 * most


def test_thousands_of_attribute_sets_can_be_filtered_on(store: Store) -> None:
    say(store, *(fact(f"{i:05}", i, account=i) for i in range(3_000)))
    odd = Condition("account", frozenset(str(i) for i in range(1, 3_000, 2)))
    select = Select(("deal",), (odd,))
    assert store.figures().partials(select, *ALWAYS)[0].n == 1_500
    negated = Select(("deal",), (Condition("account", frozenset({"7"}), negated=True),))
    assert store.figures().partials(negated, *ALWAYS)[0].n == 2_999


def _plans(store: Store, known_at: int | None) -> Iterator[str]:
    asked: list[tuple[str, object]] = []
    store._database.connection.connection.driver_connection.set_trace_callback(asked.append)  # type: ignore[union-attr]
    store.figures(known_at).partials(DEALS, 0, 10)
    store._database.connection.connection.driver_connection.set_trace_callback(None)  # type: ignore[union-attr]
    with store._database.reading() as connection:
        for sql in asked:
            if "fact_revision" in str(sql):
                for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {sql}"):
                    yield row[3]


def test_boards_are_read_from_the_covering_indexes_without_sorting(store: Store) -> None:
    say(store, fact("1"))
    plans = [*_plans(store, None), *_plans(store, 5)]
    entered = "(kind_id=? AND identity_id=? AND currency_id=? AND occurred_at>? AND occurred_at<?)"
    searched = [plan for plan in plans if plan.startswith("SEARCH")]
    now = [
        f"SEARCH {name} USING COVERING INDEX ix_current {entered}"
        for name in ("fact_revision", "first", "last")
    ]
    assert searched == [*now, *now, f"SEARCH fact_revision USING COVERING INDEX ix_past {entered}"]
    assert not [plan for plan in plans if "TEMP B-TREE" in plan]


def test_figures_made_before_a_sync_show_what_it_brought(store: Store) -> None:
    figures = store.figures()
    assert figures.partials(DEALS, *ALWAYS) == []
    say(store, fact("1"))
    assert len(figures.partials(DEALS, *ALWAYS)) == 1
