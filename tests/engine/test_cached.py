"""Kept month segments answer exactly what the facts would, after any changes, for any question."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from fractions import Fraction
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from salesboard_display.core.converting import Converting
from salesboard_display.core.figures import FactList, FactRow, Partial, Select
from salesboard_display.core.periods import Calendar
from salesboard_display.core.periods import month_starts as months_of
from salesboard_display.core.rates import Rate, Rates
from salesboard_display.engine import cached as module
from salesboard_display.engine.cached import CachedFigures

DAY = 86_400_000
HOUR = DAY // 24
MONTHS = [
    day * DAY + HOUR * 5 for day in (-31, 0, 31, 59, 90, 120, 151)
]  # office months: not at UTC midnight
DEALS = Select(("deal",))


def month_starts(start_ms: int, end_ms: int) -> list[int]:
    return MONTHS[bisect_right(MONTHS, start_ms) : bisect_left(MONTHS, end_ms)]


def row(
    key: str, at: int, kind: str = "deal", identity: int = 1, amount: int | None = 5, quantity: int = 1
) -> FactRow:
    return FactRow("crm", key, 0, kind, identity, at, False, amount, "EUR", quantity, {}, {}, 0)


class Counting(FactList):
    """A fact list that notes what it was asked."""

    def __init__(self, rows: list[FactRow]) -> None:
        super().__init__(rows)
        self.asked: list[tuple[int, int]] = []

    def partials(
        self, select: Select, start_ms: int, end_ms: int, identities: frozenset[int] | None = None
    ) -> list[Partial]:
        self.asked.append((start_ms, end_ms))
        return super().partials(select, start_ms, end_ms, identities)


def touched(rows: Sequence[FactRow]) -> tuple[tuple[str, tuple[int, ...]], ...]:
    days: dict[str, set[int]] = {}
    for one in rows:
        days.setdefault(one.kind, set()).add(one.occurred_at - one.occurred_at % DAY)
    return tuple((kind, tuple(sorted(found))) for kind, found in sorted(days.items()))


_instants = st.integers(-20 * 24, 160 * 24).map(lambda hour: hour * HOUR)
_rows = st.builds(
    row,
    key=st.integers(0, 30).map(str),
    at=_instants,
    kind=st.sampled_from(["deal", "call"]),
    identity=st.integers(1, 3),
    amount=st.none() | st.integers(-5, 5),
    quantity=st.integers(-2, 9),
)
_selects = st.builds(
    Select,
    kinds=st.sampled_from([("deal",), ("call",), ("deal", "call")]),
    quantity_from=st.none() | st.just(1),
)
_questions = st.tuples(
    _selects, _instants, _instants, st.none() | st.frozensets(st.integers(1, 3), max_size=2)
)
_turns = st.lists(
    st.tuples(st.lists(_rows, max_size=4), st.lists(_questions, max_size=5)), min_size=1, max_size=6
)


@given(st.lists(_rows, max_size=20), _turns, st.sampled_from([3, 100_000]), st.sampled_from([1, 60]))
def test_kept_segments_equal_the_facts_after_any_changes(
    rows: list[FactRow],
    turns: list[tuple[list[FactRow], list[tuple[Select, int, int, frozenset[int] | None]]]],
    most: int,
    months: int,
) -> None:
    module.MOST_PARTIALS, module._MOST_MONTHS = most, months
    try:
        figures = FactList(list({one.key: one for one in rows}.values()))
        cached = CachedFigures(figures, month_starts)
        for changed, questions in turns:
            before = [one for one in figures.rows if one.key in {new.key for new in changed}]
            by_key = {one.key: one for one in (*figures.rows, *changed)}
            figures.rows[:] = by_key.values()
            cached.forget(touched((*before, *[by_key[new.key] for new in changed])))
            for question in questions:
                assert sorted(cached.partials(*question)) == sorted(figures.partials(*question))
                assert cached._size == sum(len(kept) + 1 for kept in cached._kept.values())
    finally:
        module.MOST_PARTIALS, module._MOST_MONTHS = 100_000, 60


_RATES = Rates(
    [
        Rate(date(1970, 1, 1) + timedelta(day), "USD", "EUR", Fraction(1, 1 + day % 3))
        for day in range(0, 150, 7)
    ],
    "EUR",
)


@given(st.lists(_rows, max_size=20), st.lists(st.tuples(_rows, _instants, _instants), max_size=6))
def test_kept_segments_are_converted_as_the_facts_are(
    rows: list[FactRow], turns: list[tuple[FactRow, int, int]]
) -> None:
    figures = FactList([one._replace(currency="USD" if one.identity > 1 else "EUR") for one in rows])
    known = Converting(figures, _RATES, Calendar("UTC"), lambda source: "UTC")
    cached = CachedFigures(known, month_starts, converts=True)
    for new, start, end in turns:
        figures.rows.append(new._replace(currency="USD"))
        cached.forget(touched([new]))
        for select in (DEALS, replace(DEALS, currency="EUR")):
            assert sorted(cached.partials(select, start, end)) == sorted(known.partials(select, start, end))


def test_a_fact_without_money_counts_alike_wherever_the_figures_are_cut() -> None:
    rows = [row("1", 0, amount=0), row("2", 5 * HOUR, amount=None)]
    figures = FactList([one._replace(currency="USD") for one in rows])
    known = Converting(figures, _RATES, Calendar("UTC"), lambda source: "UTC")
    cached = CachedFigures(known, month_starts, converts=True)
    euros = replace(DEALS, currency="EUR")
    assert sorted(cached.partials(euros, 0, DAY)) == sorted(known.partials(euros, 0, DAY))


def test_without_rates_what_is_asked_for_in_a_currency_is_not_kept_twice() -> None:
    figures = Counting([row("1", MONTHS[2] + 5)])
    cached = CachedFigures(figures, month_starts)
    for select in (DEALS, replace(DEALS, currency="EUR")):
        cached.partials(select, MONTHS[1], MONTHS[6])
    assert figures.asked == list(pairwise(MONTHS[1:7]))


def test_a_year_asks_each_month_once() -> None:
    figures = Counting([row("1", MONTHS[2] + 5)])
    cached = CachedFigures(figures, month_starts)
    for _ in range(3):
        cached.partials(DEALS, MONTHS[1], MONTHS[6])
    assert figures.asked == list(pairwise(MONTHS[1:7]))


def test_now_may_move_on_without_asking_again() -> None:
    figures = Counting([row("1", MONTHS[3] + 5)])
    cached = CachedFigures(figures, month_starts)
    for minute in range(60):
        assert cached.partials(DEALS, MONTHS[2], MONTHS[3] + 3 * DAY + minute * 60_000)
    assert len(figures.asked) == 3  # the month before, this one until today, and today


def test_a_fact_of_today_asks_about_today_alone() -> None:
    now = MONTHS[3] + 10 * DAY + 7 * HOUR
    day = now - now % DAY
    figures = Counting([row("1", MONTHS[2] + DAY), row("2", MONTHS[3] + DAY)])
    cached = CachedFigures(figures, month_starts)
    cached.partials(DEALS, MONTHS[1], now)
    figures.asked.clear()
    figures.rows.append(row("3", now - 1))
    cached.forget(touched(figures.rows[2:]))
    assert sum(one.n for one in cached.partials(DEALS, MONTHS[1], now)) == 3
    assert figures.asked == [(day, day + DAY)]


def test_with_facts_in_the_future_a_moving_end_asks_about_its_day_only() -> None:
    now = MONTHS[3] + 10 * DAY + 7 * HOUR
    figures = Counting([row("1", MONTHS[3] + 5), row("later", now + 2 * HOUR)])
    cached = CachedFigures(figures, month_starts)
    for minute in range(10):
        (one,) = cached.partials(DEALS, MONTHS[3], now + minute * 60_000)
        assert one.n == 1
    day = now - now % DAY
    assert [asked for asked in figures.asked[3:] if asked[0] < day] == []


def test_a_change_asks_only_the_months_and_kinds_it_touched() -> None:
    figures = Counting([row("1", MONTHS[2] + DAY)])
    cached = CachedFigures(figures, month_starts)
    calls = Select(("call",))
    for select in (DEALS, calls):
        cached.partials(select, MONTHS[1], MONTHS[5])
    figures.asked.clear()
    figures.rows.append(row("2", MONTHS[3] + 2 * DAY))
    cached.forget(touched(figures.rows[1:]))
    for select in (DEALS, calls):
        cached.partials(select, MONTHS[1], MONTHS[5])
    assert figures.asked == [(MONTHS[3], MONTHS[4])]
    cached.forget_everything()
    cached.partials(calls, MONTHS[1], MONTHS[2])
    assert figures.asked[1:] == [(MONTHS[1], MONTHS[2])]


def test_what_is_kept_is_bounded() -> None:
    figures = Counting([row(str(i), MONTHS[1] + i, identity=i) for i in range(100)])
    cached = CachedFigures(figures, month_starts)
    for quantity in range(2_000):
        cached.partials(Select(("deal",), quantity_from=-quantity), MONTHS[1], MONTHS[2])
    assert cached._size <= module.MOST_PARTIALS


def test_facts_and_distinct_values_are_asked_every_time() -> None:
    figures = FactList([row("1", 5)._replace(attributes={"type": "new"})])
    cached = CachedFigures(figures, month_starts)
    assert cached.facts(DEALS, 0, 10) == figures.rows
    assert cached.distinct(DEALS, "type", 0, 10) == [(1, "new")]
    figures.rows.clear()
    assert cached.facts(DEALS, 0, 10) == []


def test_any_calendars_months_will_do() -> None:
    calendar = Calendar("Pacific/Auckland", 1, 4, "4-4-5")
    figures = Counting([row(str(i), i * DAY * 9 + 5) for i in range(60)])
    cached = CachedFigures(figures, lambda start, end: months_of(calendar, start, end))
    for end in range(0, 500 * DAY, 17 * DAY + HOUR):
        assert sorted(cached.partials(DEALS, -DAY, end)) == sorted(figures.partials(DEALS, -DAY, end))
