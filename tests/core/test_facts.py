"""Shared credit sums exactly."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from salesboard_display.core.facts import split_exactly


@given(
    st.integers(-(10**18), 10**18),
    st.lists(st.integers(0, 10**6), min_size=1, max_size=8).filter(lambda weights: sum(weights) > 0),
)
def test_shares_sum_to_the_whole_and_are_fair(total: int, weights: list[int]) -> None:
    shares = split_exactly(total, tuple(weights))
    assert sum(shares) == total
    for share, weight in zip(shares, weights, strict=True):
        assert abs(share * sum(weights) - total * weight) < sum(
            weights
        )  # less than one unit from the fair share


def test_a_third_each_gives_the_odd_cent_to_the_first() -> None:
    assert split_exactly(1000, (1, 1, 1)) == (334, 333, 333)
    assert split_exactly(-1000, (1, 1, 1)) == (-334, -333, -333)
    assert split_exactly(5, (0, 1)) == (0, 5)


@pytest.mark.parametrize("weights", [(), (0, 0), (1, -1)])
def test_shares_that_cannot_be_are_refused(weights: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match="shares need"):
        split_exactly(100, weights)
