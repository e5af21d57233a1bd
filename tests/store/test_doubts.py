"""A reading after which most facts would be gone is doubted: they stay, and go when it has said so for an
hour."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from salesboard_display.core.facts import Fact
from salesboard_display.core.people import PersonRecord
from salesboard_display.core.sync import Applied, Batch, SyncEnd
from salesboard_display.store import Store, SyncDoubted
from salesboard_display.store.doubts import HELD_MS
from tests.store.saying import DAY, amounts, fact, rows, say

NOW = 10 * DAY
MINUTE = 60_000


def deals(count: int, kind: str = "deal") -> list[Fact]:
    """So many facts of a kind, a day apart."""
    return [fact(f"{kind}{i}", i, at=i * DAY, kind=kind) for i in range(count)]


def read(
    store: Store,
    facts: list[Fact],
    now: int,
    *,
    staged: bool = False,
    since_ms: int | None = None,
    guarded: bool = True,
) -> Applied:
    """A whole reading of a source."""
    end = SyncEnd(now, full=True, cursor=str(now), since_ms=since_ms, guarded=guarded)
    if not staged:
        return store.apply_batch("crm", Batch(tuple(facts)), end, now_ms=now)
    staging = store.begin_sync("crm")
    staging.add(Batch(tuple(facts)))
    staging.finish(end)
    return store.apply(staging, now_ms=now, in_chunks_of=7)


@pytest.mark.parametrize("staged", [False, True])
@pytest.mark.parametrize(
    ("before", "after"), [(412, 0), (1, 0), (100, 49), (20, 9)], ids=lambda count: str(count)
)
def test_most_facts_stay_until_it_has_said_so_for_an_hour(
    store: Store, before: int, after: int, staged: bool
) -> None:
    read(store, deals(before), NOW, staged=staged)
    known = amounts(store)
    for minutes in (1, 10, 59):
        with pytest.raises(SyncDoubted, match=f"gives {after} facts where it had {before}."):
            read(store, deals(after), NOW + minutes * MINUTE, staged=staged)
        assert amounts(store) == known
        assert store.cursor("crm") == str(NOW), "it goes on where the last good one ended"
        assert not store.source_state("crm").applying
    read(store, deals(after), NOW + MINUTE + HELD_MS, staged=staged)
    assert len(rows(store)) == after


@pytest.mark.parametrize(("before", "after"), [(412, 206), (19, 1), (20, 10), (0, 0), (3, 300)])
def test_less_is_believed_at_once_while_most_are_left_or_there_are_few(
    store: Store, before: int, after: int
) -> None:
    read(store, deals(before), NOW)
    read(store, deals(after), NOW + MINUTE)
    assert len(rows(store)) == after


def test_a_kind_that_vanishes_among_others_is_named(store: Store) -> None:
    calls = deals(300, "call")
    read(store, [*deals(30), *calls], NOW)
    with pytest.raises(SyncDoubted, match="gives 0 “deal” facts where it had 30"):
        read(store, calls, NOW + MINUTE)
    assert len(rows(store)) == 30


def test_facts_that_become_another_kind_are_doubted_too(store: Store) -> None:
    read(store, deals(30), NOW)
    others = [one._replace(kind="deal_lost") for one in deals(30)]
    with pytest.raises(SyncDoubted, match="gives 0 “deal” facts where it had 30"):
        read(store, others, NOW + MINUTE)


def test_one_good_answer_ends_the_doubt(store: Store) -> None:
    read(store, deals(30), NOW)
    with pytest.raises(SyncDoubted):
        read(store, [], NOW + MINUTE)
    read(store, deals(31), NOW + 30 * MINUTE)
    with pytest.raises(SyncDoubted):
        read(store, [], NOW + 2 * HELD_MS)


def test_an_answer_that_nothing_has_changed_ends_the_doubt(store: Store) -> None:
    read(store, deals(30), NOW)
    with pytest.raises(SyncDoubted):
        read(store, [], NOW + MINUTE)
    store.note_complete("crm", NOW + 30 * MINUTE)
    with pytest.raises(SyncDoubted):
        read(store, [], NOW + 2 * HELD_MS)


def test_a_doubt_outlives_the_process(path: Path) -> None:
    with Store.open(path) as store:
        read(store, deals(30), NOW)
        with pytest.raises(SyncDoubted):
            read(store, [], NOW + MINUTE)
    with Store.open(path) as store:
        read(store, [], NOW + MINUTE + HELD_MS)
        assert rows(store) == []


def test_a_clock_put_back_does_not_hold_facts_for_ever(store: Store) -> None:
    read(store, deals(30), NOW)
    for now in (NOW + 400 * DAY, NOW + MINUTE):
        with pytest.raises(SyncDoubted):
            read(store, [], now)
    read(store, [], NOW + MINUTE + HELD_MS)
    assert rows(store) == []


def test_what_lies_before_the_window_does_not_hide_that_all_within_is_gone(store: Store) -> None:
    read(store, deals(300), NOW)
    with pytest.raises(SyncDoubted, match="gives 0 facts where it had 30"):
        read(store, [], NOW + MINUTE, since_ms=270 * DAY)
    assert len(rows(store)) == 300


def test_where_other_settings_explain_it_nothing_is_doubted(store: Store) -> None:
    read(store, deals(300), NOW)
    read(store, [], NOW + MINUTE, guarded=False)
    assert rows(store) == []


def test_deals_taken_back_one_by_one_are_not_doubted(store: Store) -> None:
    read(store, deals(30), NOW)
    say(store, withdrawn=[one.key for one in deals(30)], now=NOW + MINUTE)
    assert rows(store) == []


def test_a_doubted_reading_says_nothing_about_people_either(store: Store) -> None:
    people = tuple(PersonRecord(str(i), f"Person {i}") for i in range(3))
    end = SyncEnd(NOW, full=True, guarded=True)
    store.apply_batch("crm", Batch(tuple(deals(30)), people), end, now_ms=NOW)
    with pytest.raises(SyncDoubted):
        store.apply_batch("crm", Batch((), people[:1]), end, now_ms=NOW + MINUTE)
    assert len(store.directory().people) == 3


def here(store: Store) -> int:
    """How many of the listed people have not left."""
    people = store.directory().people.values()
    return sum(one.left_ms is None for one in people if one.name.startswith("Person"))


@pytest.mark.parametrize(("before", "after", "doubted"), [(20, 9, True), (20, 10, False), (19, 1, False)])
def test_most_people_of_a_list_stay_until_it_has_said_so_for_an_hour(
    store: Store, before: int, after: int, doubted: bool
) -> None:
    people = tuple(PersonRecord(str(i), f"Person {i}") for i in range(before))

    def listed(count: int, now: int) -> int:
        end = SyncEnd(now, full=True, guarded=True)
        store.apply_batch("crm", Batch((fact("1"),), people[:count]), end, now_ms=now)
        return here(store)

    assert listed(before, NOW) == before
    if doubted:
        with pytest.raises(SyncDoubted, match=f"lists {after} of the {before} people"):
            listed(after, NOW + MINUTE)
        assert here(store) == before
        assert listed(after, NOW + MINUTE + HELD_MS) == after
    else:
        assert listed(after, NOW + MINUTE) == after


def test_a_list_of_other_people_is_doubted_though_it_is_as_long(store: Store) -> None:
    def listed(first: int) -> None:
        people = tuple(PersonRecord(str(i), f"Person {i}") for i in range(first, first + 30))
        end = SyncEnd(NOW, full=True, guarded=True)
        store.apply_batch("crm", Batch((fact("1"),), people), end, now_ms=NOW + first)

    listed(0)
    listed(10)
    with pytest.raises(SyncDoubted, match="lists 0 of the 30 people"):
        listed(100)


def test_one_interrupted_before_it_was_applied_is_doubted_at_the_next_start(path: Path) -> None:
    with Store.open(path) as store:
        read(store, deals(30), NOW)
        staging = store.begin_sync("crm")
        staging.finish(SyncEnd(NOW, full=True, guarded=True))
    with Store.open(path) as store:
        assert store.finish_interrupted_syncs(NOW + MINUTE) == ()
        assert len(rows(store)) == 30


@settings(max_examples=15)
@given(
    before=st.sets(st.integers(0, 59)),
    answers=st.lists(st.tuples(st.sets(st.integers(0, 59)), st.integers(1, 50)), max_size=5),
    staged=st.booleans(),
)
def test_whatever_a_source_answers_the_wall_has_a_whole_answer_and_at_last_the_newest(
    before: set[int], answers: list[tuple[set[int], int]], staged: bool
) -> None:
    facts = deals(60)
    with TemporaryDirectory() as folder, Store.open(Path(folder) / "store.db") as store:
        now, known = NOW, before
        read(store, [facts[i] for i in before], now)
        for answer, minutes in answers:
            now += minutes * MINUTE
            much_less = (not answer and known) or (len(known) >= 20 and len(answer) * 2 < len(known))
            try:
                read(store, [facts[i] for i in answer], now, staged=staged)
                known = answer
            except SyncDoubted:
                assert much_less
            assert amounts(store).keys() == {f"deal{i}" for i in known}
        last = answers[-1][0] if answers else before
        for later in (1, HELD_MS):
            try:
                read(store, [facts[i] for i in last], now + later, staged=staged)
            except SyncDoubted:
                assert later == 1
        assert amounts(store).keys() == {f"deal{i}" for i in last}
