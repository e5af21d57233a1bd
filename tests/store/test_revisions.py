"""A change supersedes, a withdrawal is a revision too, the same is nothing; both times are kept."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from salesboard_display.core.facts import CreditLine, Fact
from salesboard_display.core.figures import FactList, FactRow, Select
from salesboard_display.store import Store
from tests.store.saying import ALWAYS, DAY, DEALS, amounts, fact, revisions, rows, say

SUPERSEDED_AT = 14


def test_a_fact_comes_back_as_it_was_told(store: Store) -> None:
    told = Fact(
        "1", "deal", 7, True, "EUR", (CreditLine("Anna", 5, 500),), (("type", "new"),), (("note", "<b>"),)
    )
    say(store, told, now=1_000)
    (row,) = rows(store)
    assert (row.source, row.key, row.kind, row.occurred_at, row.day_only) == ("crm", "1", "deal", 7, True)
    assert (row.amount_minor, row.currency, row.quantity_milli) == (5, "EUR", 500)
    assert (dict(row.attributes), dict(row.detail), row.recorded_at) == (
        {"type": "new"},
        {"note": "<b>"},
        1_000,
    )


def test_the_same_again_makes_no_revision(store: Store) -> None:
    say(store, fact("1"))
    before = revisions(store)
    applied = say(store, fact("1"))
    assert (applied.unchanged, applied.changed, applied.touched) == (1, False, ())
    assert revisions(store) == before


def test_a_change_supersedes_and_alters_nothing_but_superseded_at(store: Store) -> None:
    say(store, fact("1", 100))
    (before,) = revisions(store)
    applied = say(store, fact("1", 200))
    old, new = revisions(store)
    assert (
        old[:SUPERSEDED_AT] + old[SUPERSEDED_AT + 1 :] == before[:SUPERSEDED_AT] + before[SUPERSEDED_AT + 1 :]
    )
    assert old[SUPERSEDED_AT] == applied.recorded_at_ms == new[SUPERSEDED_AT - 1]
    assert applied.revised == 1
    assert amounts(store) == {"1": 200}


@pytest.mark.parametrize(
    "changed",
    [
        fact("1", 100, kind="lost"),
        fact("1", 100, who="Kary"),
        fact("1", 100, at=1),
        fact("1", None),
        fact("1", 100, type="new"),
        fact("1")._replace(day_only=True),
        fact("1")._replace(currency="USD"),
        fact("1")._replace(detail=(("a", "b"),)),
        fact("1")._replace(lines=(CreditLine("Anna Snelling", 100, 999),)),
    ],
)
def test_every_part_of_a_fact_is_a_change(store: Store, changed: Fact) -> None:
    say(store, fact("1", 100))
    assert say(store, changed).revised == 1


def test_a_withdrawn_fact_counts_no_more_and_is_known_to_have_counted(store: Store) -> None:
    first = say(store, fact("1", 100)).recorded_at_ms
    applied = say(store, withdrawn=["1", "never heard of"])
    assert (applied.withdrawn, applied.added) == (1, 0)
    assert amounts(store) == {}
    assert amounts(store, known_at=first) == {"1": 100}
    assert say(store, withdrawn=["1"]).changed is False


def test_a_returning_fact_is_a_new_revision(store: Store) -> None:
    say(store, fact("1", 100))
    say(store, withdrawn=["1"])
    applied = say(store, fact("1", 100))
    assert (applied.added, applied.unchanged) == (1, 0)
    assert [row[15] for row in revisions(store)] == [0, 1, 0]
    assert amounts(store) == {"1": 100}


def test_a_full_sync_withdraws_what_is_absent_of_its_own_source_only(store: Store) -> None:
    say(store, fact("1"), fact("2"), fact("3"))
    say(store, fact("2", 5), source="other")
    applied = say(store, fact("2"), full=True)
    assert (applied.withdrawn, applied.unchanged) == (2, 1)
    assert [(row.source, row.key) for row in rows(store)] == [("crm", "2"), ("other", "2")]


def test_an_empty_full_sync_withdraws_everything(store: Store) -> None:
    say(store, *(fact(f"{i:05}") for i in range(4_500)))
    assert say(store, full=True).withdrawn == 4_500
    assert amounts(store) == {}


def test_the_last_of_two_with_one_key_wins_and_the_other_is_counted(store: Store) -> None:
    applied = say(store, fact("1", 1), fact("2", 2), fact("1", 3))
    assert (applied.added, applied.duplicates) == (2, 1)
    assert amounts(store) == {"1": 3, "2": 2}


def test_in_one_batch_a_withdrawal_counts_after_the_facts(store: Store) -> None:
    applied = say(store, fact("1", 1), withdrawn=["1"])
    assert (applied.added, applied.duplicates) == (0, 1)


def test_touched_are_the_days_before_and_after(store: Store) -> None:
    applied = say(store, fact("1", at=3 * DAY + 5), fact("2", at=-1, kind="call"))
    assert applied.touched == (("call", (-DAY,)), ("deal", (3 * DAY,)))
    applied = say(store, fact("1", at=9 * DAY, kind="call"))
    assert applied.touched == (("call", (9 * DAY,)), ("deal", (3 * DAY,)))
    assert say(store, withdrawn=["1"]).touched == (("call", (9 * DAY,)),)
    assert say(store, fact("1", at=0)).touched == (("deal", (0,)),)


def test_recorded_at_increases_even_when_the_clock_goes_back(store: Store) -> None:
    times = [
        say(store, fact("1", amount), now=now).recorded_at_ms for amount, now in ((1, 50), (2, 50), (3, 10))
    ]
    assert times == [50, 51, 52]
    assert [amounts(store, known_at=at)["1"] for at in times] == [1, 2, 3]


def test_lines_grow_shrink_and_grow_again(store: Store) -> None:
    def shared(*parts: int) -> Fact:
        return fact("1")._replace(
            lines=tuple(CreditLine(f"p{i}", part, part) for i, part in enumerate(parts))
        )

    for parts in ((60, 40), (100,), (20, 30, 50), (20, 30), (), (1, 2, 3)):
        if parts:
            say(store, shared(*parts))
        else:
            say(store, withdrawn=["1"])
        assert tuple(row.amount_minor for row in rows(store)) == parts
        assert [row.line for row in rows(store)] == list(range(len(parts)))


_lines = st.lists(
    st.builds(CreditLine, st.sampled_from("abc"), st.none() | st.integers(-5, 5), st.integers(-2, 2)),
    min_size=1,
    max_size=3,
).map(tuple)
_facts = st.builds(
    Fact,
    key=st.sampled_from("12345"),
    kind=st.sampled_from(["deal", "call"]),
    occurred_at=st.integers(0, 3),
    day_only=st.booleans(),
    currency=st.sampled_from(["", "EUR"]),
    lines=_lines,
    attributes=st.sampled_from([(), (("type", "new"),)]),
)
_syncs = st.lists(
    st.tuples(
        st.lists(_facts, max_size=4),
        st.sets(st.sampled_from("12345"), max_size=2),
        st.booleans(),
        st.integers(0, 99),
    ),
    max_size=6,
)


@given(_syncs)
def test_at_every_known_at_exactly_what_was_told_by_then_counts(
    syncs: list[tuple[list[Fact], set[str], bool, int]],
) -> None:
    told: dict[str, Fact] = {}
    expected: list[tuple[int, dict[str, Fact]]] = []
    with tempfile.TemporaryDirectory() as folder, Store.open(Path(folder) / "s.db") as store:
        for facts, gone, full, now in syncs:
            applied = say(store, *facts, withdrawn=gone, full=full, now=now)
            told = ({} if full else told) | {f.key: f for f in facts}
            told = {key: f for key, f in told.items() if key not in gone}
            expected.append((applied.recorded_at_ms, dict(told)))
        for known_at, facts_then in [*expected, (None, told)]:
            figures = store.figures(known_at)
            found = figures.facts(Select(("deal", "call")), *ALWAYS)
            names = {number: name for (_, name), number in store._database.codes.identities.items()}
            assert {_told(row, names) for row in found} == {
                one for f in facts_then.values() for one in _lines_of(f)
            }
            assert sorted(figures.partials(DEALS, *ALWAYS)) == sorted(
                FactList(found).partials(DEALS, *ALWAYS)
            )


def _told(row: FactRow, names: dict[int, str]) -> tuple[object, ...]:
    line = CreditLine(names[row.identity], row.amount_minor, row.quantity_milli)
    attributes = tuple(row.attributes.items())
    return row.key, row.line, line, row.kind, row.occurred_at, row.day_only, row.currency, attributes


def _lines_of(told: Fact) -> list[tuple[object, ...]]:
    rest = (told.kind, told.occurred_at, told.day_only, told.currency, told.attributes)
    return [(told.key, number, line, *rest) for number, line in enumerate(told.lines)]
