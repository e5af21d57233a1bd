"""Rates: the last one up to a day counts, either way round, or through the base."""

from __future__ import annotations

from datetime import date, timedelta
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from salesboard_display.core.rates import Contradiction, Rate, Rates, contradictions

FIRST = date(2026, 10, 1)
days = st.integers(0, 40).map(lambda n: FIRST + timedelta(n))
currencies = st.sampled_from(["EUR", "USD", "GBP", "JPY"])
values = st.fractions(Fraction(1, 1000), 1000, max_denominator=1000)


@st.composite
def entries(draw: st.DrawFn) -> Rate:
    currency = draw(currencies)
    to = draw(currencies.filter(lambda code: code != currency))
    return Rate(draw(days), currency, to, draw(values))


lists = st.lists(entries(), max_size=12)
one_each = st.lists(entries(), max_size=12, unique_by=lambda one: (one.day, frozenset(one[1:3])))


def rate(day: date, value: str, currency: str = "USD", to: str = "EUR") -> Rate:
    return Rate(day, currency, to, Fraction(value))


def test_the_rate_of_the_day_counts() -> None:
    rates = Rates([rate(FIRST, "0.9"), rate(FIRST + timedelta(1), "0.8")], "EUR")
    found = rates.convert(10_00, "USD", "EUR", FIRST)
    assert found is not None
    assert (found.amount_minor, found.rate, found.reused) == (9_00, Fraction("0.9"), ())


def test_in_a_gap_the_last_earlier_rate_counts_and_is_named() -> None:
    rates = Rates([rate(FIRST, "0.9"), rate(date(2026, 11, 9), "0.8")], "EUR")
    found = rates.convert(10_00, "USD", "EUR", date(2026, 11, 3))
    assert found is not None
    assert (found.amount_minor, found.reused) == (9_00, (rate(FIRST, "0.9"),))


def test_before_the_first_rate_there_is_none() -> None:
    rates = Rates([rate(FIRST, "0.9")], "EUR")
    assert rates.convert(10_00, "USD", "EUR", FIRST - timedelta(1)) is None
    assert rates.convert(10_00, "GBP", "EUR", FIRST) is None
    assert (rates.knows("USD", "EUR"), rates.knows("EUR", "USD"), rates.knows("GBP", "EUR")) == (1, 1, 0)
    assert not Rates()


def test_what_a_minor_unit_is_differs() -> None:
    rates = Rates([rate(FIRST, "160", "EUR", "JPY")], "EUR")
    there, back = rates.convert(1_00, "EUR", "JPY", FIRST), rates.convert(160, "JPY", "EUR", FIRST)
    assert there is not None
    assert back is not None
    assert (there.amount_minor, back.amount_minor) == (160, 1_00)


def test_two_currencies_meet_in_the_base() -> None:
    pound = rate(FIRST - timedelta(3), "1.2", "GBP")
    rates = Rates([rate(FIRST, "0.9"), pound], "EUR")
    found = rates.convert(12_00, "USD", "GBP", FIRST)
    assert found is not None
    assert (found.amount_minor, found.rates) == (9_00, (rate(FIRST, "0.9"), pound.inverse))
    assert found.reused == (pound.inverse,)


def test_a_rate_of_their_own_comes_before_the_base() -> None:
    own = rate(FIRST, "0.7", "USD", "GBP")
    rates = Rates([rate(FIRST, "0.9"), rate(FIRST, "1.2", "GBP"), own], "EUR")
    assert rates.on("USD", "GBP", FIRST) == (own,)
    assert rates.on("USD", "GBP", FIRST - timedelta(1)) == ()


def test_of_two_rates_of_a_day_the_later_counts_and_both_are_told() -> None:
    said = [rate(FIRST, "0.9"), rate(FIRST, "1.2", "GBP"), rate(FIRST, "0.8"), rate(FIRST, "0.8")]
    assert Rates(said, "EUR").on("USD", "EUR", FIRST) == (said[2],)
    assert contradictions(said) == [Contradiction(0, 2)]
    assert contradictions([rate(FIRST, "0.5"), rate(FIRST, "2", "EUR", "USD")]) == []
    assert contradictions([rate(FIRST, "0.5"), rate(FIRST, "3", "EUR", "USD")]) == [Contradiction(0, 1)]


@given(lists, currencies, currencies, days, st.integers(-(10**9), 10**9))
def test_there_and_back_is_where_it_began(
    said: list[Rate], currency: str, to: str, day: date, amount: int
) -> None:
    rates = Rates(said, "EUR")
    if currency == to:
        return
    there = rates.convert(amount, currency, to, day)
    back = rates.on(to, currency, day)
    assert (there is None) == (not back)
    if there is not None:
        product = there.rate
        for leg in back:
            product *= leg.value
        assert product == 1


@given(one_each, st.randoms(use_true_random=False), currencies, currencies, days)
def test_the_order_of_entries_is_no_matter(
    said: list[Rate], shuffle: object, currency: str, to: str, day: date
) -> None:
    other = list(said)
    shuffle.shuffle(other)  # type: ignore[attr-defined]
    assert Rates(said, "EUR").on(currency, to, day) == Rates(other, "EUR").on(currency, to, day)
    assert contradictions(said) == []


@given(lists, currencies, currencies, days, days)
def test_between_two_changes_a_rate_stays_what_it_is(
    said: list[Rate], currency: str, to: str, first: date, last: date
) -> None:
    rates = Rates(said, "EUR")
    changes = rates.changes([currency], to, first, last)
    assert all(first < day <= last for day in changes)
    day = first
    while currency != to and day < last:
        day += timedelta(1)
        if rates.on(currency, to, day) != rates.on(currency, to, day - timedelta(1)):
            assert day in changes


@given(lists, currencies, currencies, days)
def test_no_rate_comes_from_the_future_and_none_is_passed_over(
    said: list[Rate], currency: str, to: str, day: date
) -> None:
    for used in Rates(said, "EUR").on(currency, to, day):
        same = [one.day for one in said if {one.currency, one.to} == {used.currency, used.to}]
        assert used.day == max(one for one in same if one <= day)
