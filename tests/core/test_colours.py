"""Colours: stable, and distinct among the first twelve."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from salesboard_display.core.colours import COLOURS, colour_of, distinct_colours

ids = st.lists(st.text(min_size=1, max_size=5), unique=True, max_size=30)


def test_a_colour_never_changes_between_runs() -> None:
    assert [colour_of(id_) for id_ in ("anna", "kary", "zoë")] == [3, 5, 8]


@given(ids)
def test_the_first_twelve_differ_and_all_have_one(shown: list[str]) -> None:
    colours = distinct_colours(shown)
    assert len({colours[id_] for id_ in shown[:COLOURS]}) == len(shown[:COLOURS])
    assert all(colours[id_] in range(COLOURS) for id_ in shown)


@given(ids)
def test_ranks_do_not_matter(shown: list[str]) -> None:
    reordered = [*reversed(shown[:COLOURS]), *shown[COLOURS:]]
    assert distinct_colours(shown) == distinct_colours(reordered)


@given(ids, ids)
def test_who_had_a_colour_keeps_it(first: list[str], then: list[str]) -> None:
    before = distinct_colours(first[:COLOURS])
    together = distinct_colours([*first[:6], *(id_ for id_ in then if id_ not in first)][:COLOURS], before)
    assert all(together[id_] == before[id_] for id_ in first[:6])
