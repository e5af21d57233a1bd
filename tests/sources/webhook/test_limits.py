"""So many requests a second, with a burst to spare."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from salesboard_display.sources.webhook.limits import BURST_S, Limit


def test_a_burst_is_answered_and_then_one_after_the_other() -> None:
    limit = Limit(10)
    assert [limit.wait_s(5.0) for _ in range(20)] == [0.0] * 20
    assert limit.wait_s(5.0) == 0.1
    assert limit.wait_s(5.125) == 0.0
    assert limit.wait_s(5.125) > 0


@given(st.integers(1, 500), st.lists(st.floats(0, 2), min_size=1, max_size=200))
def test_never_more_than_the_burst_and_the_rate_together(per_second: int, pauses: list[float]) -> None:
    limit, now, granted = Limit(per_second), 100.0, 0
    for pause in pauses:
        now += pause
        granted += limit.wait_s(now) == 0
    assert granted <= per_second * BURST_S + per_second * (now - 100.0) + 1


@given(st.integers(1, 500))
def test_after_the_time_it_says_one_more_is_answered(per_second: int) -> None:
    limit = Limit(per_second)
    while not (wait_s := limit.wait_s(7.0)):
        pass
    assert limit.wait_s(7.0 + wait_s + 1e-6) == 0
