"""Colours: stable, and distinct among the first twenty-four."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from salesboard_display.core.colours import COLOURS, HUES, colour_of, distinct_colours

ids = st.lists(st.text(min_size=1, max_size=5), unique=True, max_size=40)


def test_a_colour_never_changes_between_runs() -> None:
    assert [colour_of(id_) for id_ in ("anna", "kary", "zoë")] == [15, 5, 20]


@given(ids)
def test_the_first_twenty_four_differ_and_all_have_one(shown: list[str]) -> None:
    colours = distinct_colours(shown)
    assert len({colours[id_] for id_ in shown[:COLOURS]}) == len(shown[:COLOURS])
    assert all(colours[id_] in range(COLOURS) for id_ in shown)


@given(ids)
def test_the_first_twelve_have_hues_of_their_own_in_the_first_tone(shown: list[str]) -> None:
    colours = distinct_colours(shown)
    assert all(colours[id_] < HUES for id_ in shown[:HUES])


@given(st.lists(st.text(min_size=1, max_size=5), unique=True, min_size=2, max_size=COLOURS - 1))
def test_neighbours_have_different_hues(shown: list[str]) -> None:
    hues = [distinct_colours(shown)[id_] % HUES for id_ in shown]
    assert all(one != other for one, other in pairwise(hues))


@given(ids, st.text(min_size=1, max_size=5))
def test_somebody_new_at_the_end_changes_nobodys_colour(shown: list[str], new: str) -> None:
    before = distinct_colours(shown)
    after = distinct_colours([*shown, new])
    assert {id_: after[id_] for id_ in shown} == before


@given(ids)
def test_who_comes_after_the_first_twenty_four_has_the_own_colour(shown: list[str]) -> None:
    colours = distinct_colours(shown)
    assert all(colours[id_] == colour_of(id_) for id_ in shown[COLOURS:])
