"""Metrics: every aggregate, exact, and unknown rather than wrong."""

from __future__ import annotations

from fractions import Fraction

import pytest

from salesboard_display.core.credit import pieces
from salesboard_display.core.definitions import Aggregate, Level, Metric, Of, Unit, UnitKind
from salesboard_display.core.figures import Condition, FactRow, Select
from salesboard_display.core.messages import Instant, message
from salesboard_display.core.metrics import (
    AGGREGATES,
    Measure,
    currency_of,
    kinds_of,
    measure,
    with_sources,
)
from salesboard_display.core.people import UNASSIGNED, Membership
from salesboard_display.core.periods import Interval
from tests.core.builders import DAY, NOW, Counting, fact, facts, metric, office, person

YEAR = Interval(NOW - 400 * DAY, NOW + 1)
OFFICE = office(person("anna", 1, 11, team="west"), person("bob", 2, team="east"), unassigned=[9])


def of_anna(of: Metric, *rows: FactRow) -> Measure:
    measured = measure(of, facts(*rows), pieces(Level.PERSON, OFFICE, YEAR))
    return measured.by_id.get("anna", Measure(None))


def value(of: Metric, *rows: FactRow) -> Fraction | None:
    return of_anna(of, *rows).value


def test_every_aggregate_has_its_entry() -> None:
    assert set(AGGREGATES) == set(Aggregate)


def test_a_sum_is_exact_and_falls_with_a_refund() -> None:
    rows = [fact(1, 10), fact(11, 20), fact(1, -5)]
    assert value(metric("sum"), *rows) == 25
    assert value(metric("sum", of=Of.QUANTITY), *rows, fact(1, quantity=0.5)) == Fraction(7, 2)


def test_a_sum_knows_the_minor_units_of_its_currency() -> None:
    yen = metric("sum", unit=Unit(UnitKind.MONEY, "JPY"))
    assert value(yen, fact(1, 1200, currency="JPY")) == 1200


def test_a_count_adds_credited_quantities_so_a_shared_deal_counts_one_in_all() -> None:
    rows = [
        fact(1, 5, key="shared", quantity=0.334),
        fact(2, 5, key="shared", line=1, quantity=0.666),
        fact(1, 5),
    ]
    measured = measure(metric("count"), facts(*rows), pieces(Level.PERSON, OFFICE, YEAR))
    assert measured.by_id["anna"].value == Fraction(1334, 1000)
    assert measured.total.value == 2
    assert (measured.by_id["anna"].sample, measured.total.sample) == (2, 3)


def test_an_average_deal_weighs_a_shared_deal_by_its_share() -> None:
    whole, half = fact(1, 1000), fact(1, 250, quantity=0.5)
    assert value(metric("average"), whole, half) == Fraction(1250 * 2, 3)


def test_an_average_of_scores_is_per_answer() -> None:
    rows = [fact(1, quantity=4), fact(1, quantity=5), fact(1, quantity=3.5)]
    assert value(metric("average", of=Of.QUANTITY), *rows) == Fraction(125, 30)


def test_an_average_over_no_quantity_is_unknown() -> None:
    found = of_anna(metric("average"), fact(1, 100, quantity=0))
    assert (found.value, found.reason, found.sample) == (None, message("divided-by-nothing"), 1)


def test_smallest_and_largest_are_of_single_lines_across_identities() -> None:
    rows = [fact(1, 30, quantity=3), fact(11, 10, quantity=1), fact(1, 20, quantity=2)]
    assert [value(metric(kind), *rows) for kind in ("min", "max")] == [10, 30]
    by_quantity = [value(metric(kind, of=Of.QUANTITY), *rows) for kind in ("min", "max")]
    assert by_quantity == [1, 3]


def test_the_latest_counts_wherever_it_is_in_the_period() -> None:
    for age in (0, 1, 2, 3, 6, 7, 8, 100, 399):
        rows = [fact(1, 7, at=NOW - age * DAY), fact(11, 5, at=NOW - age * DAY - 1), fact(1, 9, at=NOW + 1)]
        assert value(metric("latest"), *rows) == 7


def test_the_latest_among_simultaneous_facts_is_the_one_learned_last() -> None:
    rows = [fact(1, 7, key="a", recorded_at=20), fact(1, 8, key="b", recorded_at=10)]
    assert value(metric("latest"), *rows) == 7
    rows = [fact(1, 7, key="a", recorded_at=20), fact(1, 8, key="b", recorded_at=20)]
    assert value(metric("latest"), *rows) == 8


def test_looking_for_the_latest_reads_few_facts() -> None:
    rows = [fact(1, 5, at=NOW - day * DAY) for day in range(400)] + [fact(2, 6, at=NOW - 390 * DAY)]
    figures = Counting(rows)
    measured = measure(metric("latest"), figures, pieces(Level.PERSON, OFFICE, YEAR))
    assert (measured.by_id["anna"].value, measured.by_id["bob"].value) == (5, 6)
    asked = [identities for what, _, _, identities in figures.asked if what == "facts" and identities]
    assert asked[0] == {1, 2}
    assert set(asked[1:]) == {frozenset({2})}  # anna's were found at once
    assert len(asked) < 12


def test_the_latest_of_money_leaves_out_facts_without_an_amount() -> None:
    rows = [fact(1, 7, at=NOW - 9 * DAY), fact(1, at=NOW)]
    assert value(metric("latest"), *rows) == 7


def test_the_latest_of_a_team_follows_its_members_at_the_time() -> None:
    moved = person(
        "kim", 3, memberships=(Membership("west", None, NOW - 5 * DAY), Membership("east", NOW - 5 * DAY))
    )
    directory = office(moved, person("bob", 2, team="east"))
    rows = [
        fact(3, 1, at=NOW - 20 * DAY),
        fact(3, 2, at=NOW - 6 * DAY),
        fact(3, 3, at=NOW - 4 * DAY),
        fact(2, 4, at=NOW - DAY),
    ]
    measured = measure(metric("latest"), facts(*rows), pieces(Level.TEAM, directory, YEAR))
    assert {id_: found.value for id_, found in measured.by_id.items()} == {"west": 2, "east": 4}
    assert measured.total.value == 4


def test_distinct_counts_different_values_across_identities() -> None:
    of = metric("distinct", attribute="account")
    rows = [fact(1, account="x"), fact(11, account="x"), fact(1, account="y"), fact(1), fact(2, account="x")]
    measured = measure(of, facts(*rows), pieces(Level.PERSON, OFFICE, YEAR))
    assert measured.by_id["anna"].value == 2
    assert measured.total.value == 2  # not 3: both know x


def test_distinct_of_a_team_counts_each_in_the_team_at_the_time() -> None:
    moved = person("kim", 3, memberships=(Membership("west", None, NOW - 5), Membership("east", NOW - 5)))
    rows = [fact(3, account="x", at=NOW - 9), fact(3, account="y", at=NOW - 1)]
    credit = pieces(Level.TEAM, office(moved), YEAR)
    measured = measure(metric("distinct", attribute="account"), facts(*rows), credit)
    assert {id_: found.value for id_, found in measured.by_id.items()} == {"west": 1, "east": 1}


def test_a_ratio_is_a_share_in_percent_of_credited_counts() -> None:
    of = metric("ratio", "won", over=Select(("won", "lost")))
    rows = [fact(1, kind="won"), fact(1, kind="lost"), fact(1, kind="lost", quantity=2)]
    assert value(of, *rows) == 25
    assert of_anna(of, *rows).sample == 3
    assert value(of, fact(1, kind="lost")) == 0
    assert of_anna(of, fact(1, kind="lost", quantity=0)).reason == message("divided-by-nothing")


def test_a_ratio_without_its_whole_is_refused() -> None:
    with pytest.raises(ValueError, match="a share of"):
        value(metric("ratio"), fact(1))


def test_a_weighted_score_adds_points_per_kind() -> None:
    of = metric("weighted", "call", "demo", weights=(("call", Fraction(1, 2)), ("demo", Fraction(5))))
    rows = [fact(1, kind="call"), fact(11, kind="demo"), fact(1, kind="call"), fact(1, kind="mail")]
    assert value(of, *rows) == 6
    assert of_anna(of, *rows).sample == 3


def test_a_weighted_score_without_weights_is_refused() -> None:
    with pytest.raises(ValueError, match="needs weights"):
        value(metric("weighted"), fact(1))


def test_the_net_promoter_score_is_promoters_less_detractors() -> None:
    answers = [fact(1, kind="answer", quantity=score) for score in (10, 9, 8, 7, 6, 0, 9)]
    assert value(metric("nps", "answer"), *answers) == Fraction(100, 7)
    assert value(metric("nps", "answer"), *(fact(1, kind="answer", quantity=s) for s in (0, 6))) == -100


def test_the_net_promoter_score_respects_bounds_of_its_own() -> None:
    bounded = metric("nps", select=Select(("answer",), quantity_from=1000, quantity_below=10000))
    answers = [fact(1, kind="answer", quantity=score) for score in (0, 1, 8, 9, 10)]
    assert value(bounded, *answers) == 0  # of 1, 8 and 9: one against, one for
    high = metric("nps", select=Select(("answer",), quantity_from=9500))
    assert value(high, *answers) == 100
    low = metric("nps", select=Select(("answer",), quantity_below=1000))
    assert value(low, *answers) == -100


def test_filters_on_attributes() -> None:
    new = metric(select=Select(("deal",), (Condition("type", frozenset({"new"})),)))
    rest = metric(select=Select(("deal",), (Condition("type", frozenset({"new"}), negated=True),)))
    rows = [fact(1, 1, type="new"), fact(1, 2, type="renewal"), fact(1, 4)]
    assert (value(new, *rows), value(rest, *rows)) == (1, 6)


def test_below_the_minimum_sample_the_value_is_unknown() -> None:
    strict = metric("average", minimum_sample=2)
    assert of_anna(strict, fact(1, 5)).reason == message("below-minimum-sample", sample=1, minimum=2)
    assert value(strict, fact(1, 5), fact(1, 7)) == 6


def test_currencies_are_never_added_raw() -> None:
    rows = [fact(1, 5), fact(1, 7, currency="USD"), fact(2, 1)]
    reason = message("no-rate", currencies="USD", to="EUR", day=Instant(NOW))
    found = of_anna(metric(), *rows)
    assert (found.value, found.reason) == (None, reason)
    measured = measure(metric(), facts(*rows), pieces(Level.PERSON, OFFICE, YEAR))
    assert measured.by_id["bob"].value == 1
    assert measured.total.value is None


def test_without_a_currency_of_its_own_a_metric_takes_the_only_one_there_is() -> None:
    open_unit = metric(unit=Unit(UnitKind.MONEY))
    assert value(open_unit, fact(1, 5, currency="USD"), fact(2, 7, currency="USD")) == 5
    found = of_anna(open_unit, fact(1, 5, currency="USD"), fact(2, 7))
    assert found.reason == message("mixed-currencies", currencies="EUR, USD")
    points = metric(unit=Unit(UnitKind.POINTS, "EUR"))
    assert value(points, fact(1, 5, currency="USD")) == 5


def test_counting_does_not_mind_currencies() -> None:
    rows = [fact(1, 5), fact(1, 7, currency="USD"), fact(1)]
    assert value(metric("count"), *rows) == 3
    assert value(metric("sum", of=Of.QUANTITY), *rows) == 3


def test_deals_without_an_amount_leave_money_alone() -> None:
    assert value(metric("average"), fact(1, 10), fact(1)) == 10
    assert of_anna(metric("average"), fact(1, 10), fact(1)).sample == 1
    assert of_anna(metric(), fact(1)).reason == message("no-amount")
    measured = measure(metric(), facts(fact(1), fact(2)), pieces(Level.PERSON, OFFICE, YEAR))
    assert measured.total.reason == message("no-amount")


def test_nothing_counted_is_unknown() -> None:
    measured = measure(metric(), facts(), pieces(Level.PERSON, OFFICE, YEAR))
    assert measured.by_id == {}
    assert measured.total == Measure(None, reason=message("no-facts"))


def test_facts_of_unknown_people_count_in_the_total() -> None:
    measured = measure(
        metric(), facts(fact(1, 5), fact(9, 3), fact(77, 2)), pieces(Level.PERSON, OFFICE, YEAR)
    )
    assert measured.by_id[UNASSIGNED].value == 5
    assert measured.total.value == 10


def test_the_total_may_be_of_some_only() -> None:
    credit = pieces(Level.PERSON, OFFICE, YEAR)
    measured = measure(metric(), facts(fact(1, 5), fact(2, 3)), credit, {"bob"})
    assert measured.total.value == 3
    assert measure(metric(), facts(fact(1, 5)), credit, {"bob"}).total.value is None
    assert measure(metric(), facts(fact(1, 5)), credit).total.value == 5


def test_the_last_fact_is_known() -> None:
    assert of_anna(metric(), fact(1, 1, at=NOW - 5), fact(11, 1, at=NOW - 9)).last_at == NOW - 5


def test_one_question_per_piece_and_select_however_many_people() -> None:
    moved = [
        person(f"p{i}", i, memberships=(Membership("a", None, NOW - 5), Membership("b", NOW - 5)))
        for i in range(50)
    ]
    stay = [person(f"q{i}", 100 + i, team="a") for i in range(50)]
    figures = Counting([fact(i, 1) for i in range(50)])
    measure(metric(), figures, pieces(Level.TEAM, office(*moved, *stay), YEAR))
    assert len(figures.asked) == 3  # everybody, the movers before their move, and after it


def test_a_board_names_which_source_counts() -> None:
    rows = [fact(1, 5, source="crm"), fact(1, 7, source="erp")]
    assert value(with_sources(metric(), ("erp",)), *rows) == 7
    assert value(with_sources(metric(), ()), *rows) == 12
    own = metric(select=Select(("deal",), sources=("crm",)))
    assert value(with_sources(own, ("erp",)), *rows) == 5
    share = with_sources(metric("ratio", over=Select(("deal",))), ("erp",))
    assert share.over == Select(("deal",), sources=("erp",))
    kept = metric("ratio", over=Select(("deal",), sources=("crm",)))
    assert with_sources(kept, ("erp",)).over == kept.over


def test_the_currency_a_metric_is_counted_in() -> None:
    credit = pieces(Level.PERSON, OFFICE, YEAR)
    open_unit = metric(unit=Unit(UnitKind.MONEY))
    assert currency_of(metric(), facts(), credit) == "EUR"
    assert currency_of(metric("count"), facts(), credit) == ""
    assert currency_of(open_unit, facts(fact(1, 1, currency="USD")), credit) == "USD"
    assert currency_of(open_unit, facts(fact(1, 1, currency="USD"), fact(1, 1)), credit) == ""


def test_the_kinds_a_metric_rests_on() -> None:
    assert kinds_of(metric("ratio", "won", over=Select(("won", "lost")))) == {"won", "lost"}
    assert kinds_of(metric("weighted", weights=(("call", Fraction(1)),))) == {"call"}
