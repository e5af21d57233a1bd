"""Converting: every fact counts at the rate of its day, however its interval is cut."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from salesboard_display.core.challenges import challenge_state
from salesboard_display.core.converting import Converting
from salesboard_display.core.definitions import (
    Aggregate,
    Challenge,
    ChallengeFormat,
    Level,
    Metric,
    Target,
    Unit,
    UnitKind,
)
from salesboard_display.core.explain import explain
from salesboard_display.core.figures import FactList, FactRow, Figures, Partial, Select, as_partial, merge
from salesboard_display.core.messages import Instant, message
from salesboard_display.core.periods import Calendar, Interval, instant_of
from salesboard_display.core.rates import Rate, Rates
from salesboard_display.core.replay import Revealed
from salesboard_display.core.standings import Standings, work_out
from salesboard_display.core.targets import attainment
from tests.core import recount
from tests.core.builders import FOUR, MONTH, UTC_CALENDAR, Counting, board, fact, metric, ms

ZONES = {"crm": "Europe/Berlin", "erp": "Pacific/Kiritimati", "ads": "Pacific/Pago_Pago"}
BERLIN = Calendar("Europe/Berlin")
OCTOBER = date(2024, 10, 20)
START, END = instant_of("Europe/Berlin", OCTOBER), instant_of("Europe/Berlin", OCTOBER + timedelta(20))
DEALS = Select(("deal",))
EUROS = replace(DEALS, currency="EUR")
HOUR = 3_600_000


def converting(figures: Figures, rates: Rates, calendar: Calendar = BERLIN) -> Converting:
    others = frozenset(ZONES.values()) - {calendar.zone}
    return Converting(figures, rates, calendar, ZONES.__getitem__, others)


def dollars(*entries: tuple[str, str]) -> Rates:
    """Rates of the dollar in euros by day."""
    return Rates([Rate(date.fromisoformat(day), "USD", "EUR", Fraction(v)) for day, v in entries], "EUR")


@st.composite
def rows(draw: st.DrawFn) -> FactRow:
    source = draw(st.sampled_from(sorted(ZONES)))
    day_only = draw(st.booleans())
    if day_only:
        at = instant_of(ZONES[source], OCTOBER + timedelta(draw(st.integers(0, 20))))
    else:
        at = START + draw(st.integers(-5, 20 * 24)) * HOUR + draw(st.sampled_from([-1, 0, 1]))
    return fact(
        draw(st.integers(0, 3)),
        draw(st.integers(-3, 9)),
        at,
        currency=draw(st.sampled_from(["EUR", "USD", "GBP"])),
        quantity=draw(st.sampled_from([1, 1, 2])),
        source=source,
        day_only=day_only,
    )


rates = st.lists(
    st.builds(
        Rate,
        st.integers(-3, 22).map(lambda n: OCTOBER + timedelta(n)),
        st.sampled_from(["USD", "GBP"]),
        st.just("EUR"),
        st.sampled_from([Fraction(1, 2), Fraction(9, 10), Fraction(4, 3)]),
    ),
    max_size=8,
).map(lambda said: Rates(said, "EUR"))
histories = st.lists(rows(), max_size=15)
aggregates = st.sampled_from(
    [Aggregate.SUM, Aggregate.AVERAGE, Aggregate.MINIMUM, Aggregate.MAXIMUM, Aggregate.LATEST]
)
units = st.sampled_from([Unit(UnitKind.MONEY, "EUR"), Unit(UnitKind.MONEY, "GBP")])


@given(histories, rates, st.sampled_from(["EUR", "GBP"]), st.integers(-10, 490), st.integers(-10, 490))
def test_partials_equal_the_facts_converted_one_by_one(
    facts: list[FactRow], known: Rates, to: str, first: int, last: int
) -> None:
    figures, select = converting(FactList(facts), known), replace(DEALS, currency=to)
    start, end = START + first * HOUR, START + last * HOUR
    expected: dict[tuple[int, str], Partial] = {}
    for row in figures.facts(select, start, end):
        one = as_partial(row)
        expected[one[:2]] = merge(expected[one[:2]], one) if one[:2] in expected else one
    assert sorted(figures.partials(select, start, end)) == sorted(expected.values())


@given(aggregates, units, histories, rates, st.sampled_from(sorted(ZONES.values())))
def test_a_board_of_several_currencies_equals_a_naive_recount(
    aggregate: Aggregate, unit: Unit, facts: list[FactRow], known: Rates, zone: str
) -> None:
    calendar, of = Calendar(zone), board(metric(aggregate, unit=unit))
    figures = converting(FactList(facts), known, calendar)
    found = work_out(of, FOUR, calendar, figures, END, interval=Interval(START, END))
    worth = recount.Money(known, unit.currency, zone, ZONES)
    inside = [row for row in facts if START <= row.occurred_at < END]
    for index, name in enumerate(("anna", "bob", "cleo", "dan")):
        (place,) = (place for place in found.places if place.id == name)
        mine = [row for row in inside if row.identity == index]
        assert place.value == recount.worth(of.metric, mine, worth)
        told = explain(of, FOUR, calendar, figures, END, name, interval=Interval(START, END))
        assert told.value == place.value
        if aggregate is Aggregate.SUM and told.value is not None:
            assert sum(line.counted_as for line in told.facts) == told.value
            assert {line.row.key for line in told.facts} == {row.key for row in mine}
    assert found.total == recount.worth(of.metric, inside, worth)


@given(histories, rates, st.integers(0, 480))
def test_a_replay_converts_what_it_reveals(facts: list[FactRow], known: Rates, hour: int) -> None:
    at = START + hour * HOUR
    revealed = Revealed(converting(FactList(facts), known), at, ZONES.__getitem__)
    plain = FactList(
        [row._replace(converted=None) for row in revealed.facts(DEALS, START - 50 * HOUR, at + 1)]
    )
    of = board(metric("sum"))
    window = Interval(START - 50 * HOUR, at + 1)
    expected = work_out(of, FOUR, BERLIN, converting(plain, known), at, interval=window)
    assert work_out(of, FOUR, BERLIN, revealed, at, interval=window) == expected


# ---------------------------------------------------------------------------- by example


def values(found: Standings) -> dict[str, Fraction | None]:
    return {place.id: place.value for place in found.places}


NOW = ms("2024-11-15 12:00")


def standings(of: Metric, known: Rates, *facts: FactRow, at: int = NOW) -> Standings:
    figures = Converting(FactList(list(facts)), known, UTC_CALENDAR, lambda source: "UTC")
    return work_out(board(of), FOUR, UTC_CALENDAR, figures, at)


def test_each_deal_counts_at_the_rate_of_its_day() -> None:
    known = dollars(("2024-11-01", "0.9"), ("2024-11-10", "0.8"))
    found = standings(
        metric(),
        known,
        fact(0, 100, ms("2024-11-09 23:59"), currency="USD"),
        fact(0, 100, ms("2024-11-10 00:00"), currency="USD"),
        fact(0, 1),
        fact(1, 200),
    )
    assert values(found)["anna"] == 171
    assert [place.id for place in found.ranked] == ["bob", "anna"]


def test_a_day_begins_at_the_offices_midnight() -> None:
    known = dollars(("2024-11-01", "1"), ("2024-11-10", "2"))
    late = fact(0, 1, ms("2024-11-09 23:30"), currency="USD")  # half past midnight in Berlin
    figures = converting(FactList([late]), known)
    assert figures.partials(EUROS, 0, NOW)[0].amount_minor == 200
    figures = Converting(FactList([late]), known, UTC_CALENDAR, ZONES.__getitem__)
    assert figures.partials(EUROS, 0, NOW)[0].amount_minor == 100


def test_a_fact_of_a_day_counts_on_its_day_wherever_that_begins() -> None:
    known = dollars(("2024-11-01", "1"), ("2024-11-10", "2"), ("2024-11-11", "3"))
    for source, zone in ZONES.items():
        at = instant_of(zone, date(2024, 11, 10))
        row = fact(0, 1, at, currency="USD", day_only=True, source=source)
        figures = converting(FactList([row, fact(0, 1, at - 1, currency="USD")]), known)
        (one,) = figures.partials(EUROS, at, NOW)
        assert (one.currency, one.amount_minor) == ("EUR", 200)


def test_without_a_rate_nothing_is_added_and_the_reason_names_the_day() -> None:
    known = dollars(("2024-11-05", "0.9"))
    early, later = ms("2024-11-03 08:00"), ms("2024-11-04 08:00")
    rows = [fact(0, 5, at, currency="USD") for at in (later, early, NOW)]
    found = standings(metric(), known, *rows, fact(0, 1), fact(1, 2))
    (anna,) = (place for place in found.places if place.id == "anna")
    assert (anna.value, anna.rank, anna.sample) == (None, None, 4)
    assert anna.reason == message("no-rate", currencies="USD", to="EUR", day=Instant(early))
    assert found.total is None
    assert values(found)["bob"] == 2


def test_counts_and_quantities_know_no_currency() -> None:
    rows = [fact(0, 5, currency="USD"), fact(0, 1)]
    assert values(standings(metric("count"), Rates(), *rows))["anna"] == 2


def test_a_target_and_a_challenge_count_the_same_money() -> None:
    known = dollars(("2024-11-01", "0.5"))
    figures = Converting(
        FactList([fact(0, 90, currency="USD"), fact(1, 40)]), known, UTC_CALENDAR, ZONES.__getitem__
    )
    goal = attainment(
        Target("t", "company", metric(), MONTH, Fraction(170)), FOUR, UTC_CALENDAR, figures, NOW
    )
    assert (goal.value, goal.fraction) == (85, Fraction(1, 2))
    race = Challenge(
        "race", "Race", ChallengeFormat.FIRST_TO, metric(), NOW - 5, NOW + 5, Fraction(45), Level.PERSON
    )
    state = challenge_state(race, FOUR, figures, NOW)
    assert [winner.id for winner in state.winners] == ["anna"]


def test_explain_tells_the_amount_the_rate_and_its_day() -> None:
    known = dollars(("2024-10-31", "0.9"))
    figures = Converting(
        FactList([fact(0, 10, ms("2024-11-03 10:00"), currency="USD", key="d")]),
        known,
        UTC_CALENDAR,
        ZONES.__getitem__,
    )
    (line,) = explain(board(), FOUR, UTC_CALENDAR, figures, NOW, "anna").facts
    assert (line.counted_as, line.row.amount_minor, line.row.currency) == (9, 10_00, "USD")
    converted = line.row.converted
    assert converted is not None
    assert (converted.day, converted.reused[0].day) == (date(2024, 11, 3), date(2024, 10, 31))


def test_explain_says_which_fact_lacks_a_rate_and_which_is_only_older() -> None:
    known = dollars(("2024-11-05", "0.9"))
    early = ms("2024-11-03 08:00")
    rows: Sequence[FactRow] = [
        fact(0, 5, early, currency="USD", key="early"),
        fact(0, 5, early + 72 * HOUR, currency="USD", key="older"),
        fact(0, 5, NOW, key="newest"),
    ]
    figures = Converting(FactList(list(rows)), known, UTC_CALENDAR, ZONES.__getitem__)
    told = explain(board(metric("latest")), FOUR, UTC_CALENDAR, figures, NOW, "anna")
    assert {one.key: one.reason for one in told.excluded} == {
        "early": message("no-rate", currencies="USD", to="EUR", day=Instant(early)),
        "older": message("not-the-latest"),
    }


# ---------------------------------------------------------------------------- what it costs


@pytest.mark.parametrize("currency", ["EUR", "GBP"])
def test_money_that_is_not_converted_is_asked_for_once(currency: str) -> None:
    figures = Counting([fact(0, 1, currency=currency)])
    converting(figures, dollars(("2024-11-01", "1"))).partials(EUROS, 0, NOW + 1)
    assert figures.asked == [("partials", 0, NOW + 1, None)]


def test_while_one_rate_holds_foreign_money_is_asked_for_once() -> None:
    figures = Counting([fact(0, 1, NOW - HOUR, currency="USD"), fact(0, 2, NOW, currency="USD")])
    converting(figures, dollars(("2024-11-01", "1"), ("2024-11-20", "2"))).partials(EUROS, 0, NOW + 1)
    assert len(figures.asked) == 1


def test_only_those_with_foreign_money_are_asked_for_where_a_rate_changes() -> None:
    before = ms("2024-11-09 11:00")
    figures = Counting(
        [fact(0, 1, before, currency="USD"), fact(0, 2, NOW, currency="USD"), fact(1, 3), fact(2, 3)]
    )
    converting(figures, dollars(("2024-11-01", "1"), ("2024-11-10", "2"))).partials(EUROS, 0, NOW + 1)
    assert figures.asked[1:] == [("facts", before, NOW + 1, frozenset({0}))]
