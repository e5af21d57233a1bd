"""How long a failing source is left alone."""

from __future__ import annotations

import random

from hypothesis import given
from hypothesis import strategies as st

from salesboard_display.engine.backoff import LONGEST_S, SHORTEST_S, Backoff


@given(st.integers(), st.integers(1, 60))
def test_waits_stay_between_five_seconds_and_fifteen_minutes(seed: int, failures: int) -> None:
    backoff = Backoff(chance=random.Random(seed))
    assert all(SHORTEST_S <= backoff.next_s() <= LONGEST_S for _ in range(failures))


@given(st.integers())
def test_a_wait_is_at_most_three_times_the_one_before(seed: int) -> None:
    backoff = Backoff(chance=random.Random(seed))
    before = SHORTEST_S
    for _ in range(30):
        wait = backoff.next_s()
        assert wait <= before * 3
        before = wait


@given(st.integers())
def test_waits_get_long_when_it_lasts(seed: int) -> None:
    backoff = Backoff(chance=random.Random(seed))
    assert max(backoff.next_s() for _ in range(200)) > 300


def test_an_answer_makes_the_waits_short_again() -> None:
    backoff = Backoff(chance=random.Random(1))
    for _ in range(50):
        backoff.next_s()
    backoff.reset()
    assert backoff.next_s() <= SHORTEST_S * 3


def test_two_walls_do_not_knock_together() -> None:
    one, other = Backoff(chance=random.Random(1)), Backoff(chance=random.Random(2))
    assert [one.next_s() for _ in range(5)] != [other.next_s() for _ in range(5)]
