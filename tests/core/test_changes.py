"""Rank changes: applying one yields the new list, with as few moves as there can be."""

from __future__ import annotations

from typing import NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from salesboard_display.core.changes import apply, difference, longest_increasing


class Item(NamedTuple):
    id: str
    value: int = 0


def items(letters: str) -> list[Item]:
    return [Item(letter) for letter in letters]


lists = st.lists(
    st.tuples(st.sampled_from("abcdefghijkl"), st.integers(0, 3)), unique_by=lambda pair: pair[0]
).map(lambda pairs: [Item(*pair) for pair in pairs])


@given(lists, lists)
def test_applying_a_rank_change_yields_the_new_list(before: list[Item], after: list[Item]) -> None:
    assert apply(before, difference(before, after)) == after


def longest_by_trying(numbers: list[int]) -> int:
    """The length of a longest increasing subsequence, the slow and obvious way."""
    best: list[int] = []
    for index, number in enumerate(numbers):
        best.append(1 + max((best[i] for i in range(index) if numbers[i] < number), default=0))
    return max(best, default=0)


@given(st.permutations(list(range(9))))
def test_there_are_as_few_moves_as_there_can_be(order: list[int]) -> None:
    before = [Item(str(n)) for n in range(9)]
    after = [Item(str(n)) for n in order]
    assert len(difference(before, after).moves) == 9 - longest_by_trying(order)


@given(st.lists(st.integers(0, 20)))
def test_the_longest_increasing_subsequence_is_one(numbers: list[int]) -> None:
    found = longest_increasing(numbers)
    picked = [numbers[i] for i in found]
    assert found == sorted(set(found))
    assert picked == sorted(set(picked))
    assert len(found) == longest_by_trying(numbers)


def test_one_who_climbs_over_two_is_one_move() -> None:
    assert difference(items("abcd"), items("dabc")).moves == (("d", 3, 0),)
    assert difference(items("abcd"), items("bcda")).moves == (("a", 0, 3),)


def test_entries_exits_and_values_are_told_apart() -> None:
    change = difference([Item("a", 1), Item("b"), Item("c")], [Item("a", 2), Item("d"), Item("c")])
    assert change.exits == ((1, "b"),)
    assert change.entries == ((1, Item("d")),)
    assert change.values == ((0, Item("a", 2)),)
    assert not change.moves
    assert not change.empty


def test_the_same_list_is_no_change() -> None:
    assert difference(items("abc"), items("abc")).empty


def test_a_double_id_is_refused() -> None:
    with pytest.raises(ValueError, match="twice"):
        difference(items("aa"), items("a"))


@pytest.mark.parametrize(("before", "after"), [("ab", "b"), ("abc", "acb"), ("ab", "ab")])
def test_a_change_of_another_list_is_refused(before: str, after: str) -> None:
    change = difference(items(before), [Item(letter, 1) for letter in after])
    with pytest.raises(ValueError, match="another list"):
        apply(items("xyz"), change)
