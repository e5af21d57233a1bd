"""Replay: a day's date-only facts come one by one between 09:00 and 17:30."""

from __future__ import annotations

from datetime import date, time

from hypothesis import given
from hypothesis import strategies as st

from salesboard_display.core.figures import FactList, FactRow, Select
from salesboard_display.core.periods import instant_of
from salesboard_display.core.replay import Revealed, reveal_at
from tests.core.builders import DAY, HOUR, NOW, Counting, fact, ms

TODAY = ms("2024-11-15 00:00")
DEALS = Select(("deal",))


def utc(source: str) -> str:
    return "UTC"


def dated(key: str, amount: int = 1, at: int = TODAY, **more: object) -> FactRow:
    return fact(0, amount, at, key=key, day_only=True, **more)


@given(
    st.text(max_size=8),
    st.dates(date(1971, 1, 1), date(2099, 12, 31)),
    st.sampled_from(["UTC", "America/Sao_Paulo"]),
)
def test_a_dated_fact_is_revealed_within_the_working_day(key: str, day: date, zone: str) -> None:
    at = reveal_at(instant_of(zone, day), key, zone)
    assert instant_of(zone, day, time(9)) <= at < instant_of(zone, day, time(17, 30))
    assert at == reveal_at(instant_of(zone, day), key, zone)


def test_a_days_facts_are_spread_over_it() -> None:
    hours = {(reveal_at(TODAY, f"deal-{n}", "UTC") - TODAY) // HOUR for n in range(100)}
    assert hours == set(range(9, 18))


def test_the_order_of_a_day_never_changes() -> None:
    order = sorted(("a", "b", "c", "d"), key=lambda key: reveal_at(TODAY, key, "UTC"))
    assert order == ["c", "a", "b", "d"]


def test_a_fact_appears_at_its_instant() -> None:
    at = reveal_at(TODAY, "a", "UTC")
    figures = FactList([dated("a")])
    for now, shown in ((at - 1, False), (at, True)):
        revealed = Revealed(figures, now, utc)
        assert bool(revealed.partials(DEALS, TODAY, now + 1)) is shown
        assert bool(revealed.facts(DEALS, TODAY, now + 1)) is shown


def test_facts_with_a_time_are_left_alone() -> None:
    revealed = Revealed(FactList([fact(0, 1, TODAY)]), TODAY, utc)
    assert len(revealed.facts(DEALS, TODAY, TODAY + 1)) == 1


def test_every_source_has_its_own_day() -> None:
    rows = [dated("a", source="here"), dated("a", source="there", at=TODAY + 5 * HOUR)]
    zones = {"here": "UTC", "there": "America/New_York"}
    here, there = (reveal_at(row.occurred_at, "a", zones[row.source]) for row in rows)
    assert there == here + 5 * HOUR
    revealed = Revealed(FactList(rows), here, zones.__getitem__)
    assert [row.source for row in revealed.facts(DEALS, TODAY - DAY, TODAY + DAY)] == ["here"]


def test_old_days_are_asked_for_as_figures_and_the_last_ones_fact_by_fact() -> None:
    rows = [dated("old", 1, TODAY - 30 * DAY), dated("yesterday", 2, TODAY - DAY), dated("today", 4)]
    figures = Counting(rows)
    revealed = Revealed(figures, TODAY + 18 * HOUR, utc)
    (partial,) = revealed.partials(DEALS, TODAY - 90 * DAY, TODAY + 18 * HOUR + 1)
    assert partial.amount_minor == 700
    assert figures.asked == [
        ("partials", TODAY - 90 * DAY, TODAY - DAY, None),
        ("facts", TODAY - DAY, TODAY + 18 * HOUR + 1, None),
    ]


def test_an_interval_long_ago_is_asked_for_as_it_is() -> None:
    figures = Counting([dated("old", 1, TODAY - 30 * DAY)])
    revealed = Revealed(figures, NOW, utc)
    assert revealed.partials(DEALS, TODAY - 40 * DAY, TODAY - 20 * DAY) == figures.partials(
        DEALS, TODAY - 40 * DAY, TODAY - 20 * DAY
    )
    assert [what for what, *_ in figures.asked] == ["partials", "partials"]


def test_an_interval_of_today_needs_no_old_figures() -> None:
    figures = Counting([dated("today")])
    assert len(Revealed(figures, TODAY + 18 * HOUR, utc).partials(DEALS, TODAY, TODAY + 1)) == 1
    assert [what for what, *_ in figures.asked] == ["facts"]


def test_distinct_values_are_revealed_too() -> None:
    rows = [
        dated("old", at=TODAY - 30 * DAY, account="x"),
        dated("today", account="y"),
        dated("bare"),
        dated("yesterday", at=TODAY - DAY, account="z"),
    ]
    early = Revealed(FactList(rows), TODAY + HOUR, utc)
    late = Revealed(FactList(rows), TODAY + 18 * HOUR, utc)
    span = (TODAY - 90 * DAY, TODAY + DAY)
    assert early.distinct(DEALS, "account", *span) == [(0, "x"), (0, "z")]
    assert late.distinct(DEALS, "account", *span) == [(0, "x"), (0, "y"), (0, "z")]
    assert late.distinct(DEALS, "account", TODAY, TODAY + DAY) == [(0, "y")]
    assert late.distinct(DEALS, "account", TODAY - 90 * DAY, TODAY - 20 * DAY) == [(0, "x")]
