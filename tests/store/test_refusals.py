"""Records that could not be used are all counted; a kind of which none could be used is said and spared."""

from __future__ import annotations

import pytest

from salesboard_display.core.facts import Fact
from salesboard_display.core.messages import Message
from salesboard_display.core.sync import Batch, Refusal, Rejection, SyncEnd
from salesboard_display.store import Store
from tests.store.saying import fact, rows

MISSING = Message("the {what} is missing", (("what", "amount"),))
CALL = fact("c1", None, kind="call")


def bad(*numbers: int, kind: str = "deal") -> list[Rejection]:
    """Records without an amount."""
    return [Rejection(f"deals {i}", "amount", MISSING, f"id={i}", kind) for i in numbers]


def read(
    store: Store, facts: list[Fact], rejections: list[Rejection], *, full: bool = True, staged: bool = False
) -> None:
    """One sync."""
    batch, end = Batch(tuple(facts), rejections=tuple(rejections)), SyncEnd(1, full=full)
    if not staged:
        store.apply_batch("crm", batch, end, now_ms=1)
        return
    staging = store.begin_sync("crm")
    staging.add(batch)
    staging.finish(end)
    store.apply(staging, now_ms=1)


@pytest.mark.parametrize("staged", [False, True])
@pytest.mark.parametrize("full", [False, True])
def test_when_every_record_of_a_kind_was_rejected_that_is_said(
    store: Store, staged: bool, full: bool
) -> None:
    read(store, [CALL], bad(*range(7)), full=full, staged=staged)
    assert store.refused("crm") == [Refusal("deal", 7, "amount", MISSING)]
    assert store.rejection_count("crm") == 7


@pytest.mark.parametrize("staged", [False, True])
def test_facts_whose_records_cannot_be_read_any_more_stay_and_others_go_on(
    store: Store, staged: bool
) -> None:
    before = [fact(str(i)) for i in range(7)]
    read(store, [*before, CALL, fact("c2", None, kind="call")], [], staged=staged)
    read(store, [CALL], bad(*range(7)), staged=staged)
    assert len(rows(store)) == 7
    assert [row.key for row in rows(store, "call")] == ["c1"]
    read(store, before[:6], [], staged=staged)
    assert (len(rows(store)), store.refused("crm")) == (6, [])


def test_facts_that_are_gone_beside_a_bad_record_and_a_good_one_go(store: Store) -> None:
    read(store, [fact("1"), fact("2"), fact("3")], [])
    read(store, [fact("1")], bad(2, 3))
    assert [row.key for row in rows(store)] == ["1"]
    assert store.refused("crm") == []


def test_one_bad_record_alone_is_no_pattern(store: Store) -> None:
    read(store, [fact("1"), CALL], [])
    read(store, [CALL], bad(2))
    assert (rows(store), store.refused("crm")) == ([], [])


def test_over_small_polls_they_add_up_until_one_is_good_again(store: Store) -> None:
    read(store, [fact("1")], [])
    for number in range(2, 5):
        read(store, [], bad(number), full=False)
    assert store.refused("crm") == [Refusal("deal", 3, "amount", MISSING)]
    read(store, [], [], full=False)
    assert len(store.refused("crm")) == 1, "nothing was said about deals"
    read(store, [fact("9")], [], full=False)
    assert store.refused("crm") == []
    assert store.rejection_count("crm") == 3, "the three have not been mended"


def test_a_record_that_is_read_and_rejected_again_counts_once(store: Store) -> None:
    read(store, [fact("1")], [])
    for last in range(3, 8):
        read(store, [], bad(*range(2, last)), full=False)
    assert store.rejection_count("crm") == 5
    assert store.refused("crm")[0].records == 5
    assert [one.excerpt for one in store.rejections("crm")] == [f"id={i}" for i in (6, 5, 4, 3, 2)]


def test_what_has_no_kind_is_counted_and_nothing_is_spared_for_it(store: Store) -> None:
    read(store, [fact("1"), fact("2"), CALL], [])
    read(store, [CALL], bad(1, 2, kind=""))
    assert (rows(store), store.refused("crm"), store.rejection_count("crm")) == ([], [], 2)
