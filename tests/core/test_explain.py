"""Explain: the facts behind any number, what was left out, and why somebody is not shown."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

import pytest

from salesboard_display.core.definitions import Level, Of, Period, PeriodKind, Unit, UnitKind
from salesboard_display.core.explain import Explanation, explain, find
from salesboard_display.core.figures import Condition, FactRow, Select
from salesboard_display.core.messages import Instant, Message, message
from salesboard_display.core.people import UNASSIGNED, Membership, Team
from salesboard_display.core.periods import Interval
from tests.core.builders import DAY, EUR, NOW, UTC_CALENDAR, board, fact, facts, metric, ms, office, person

OFFICE = office(person("anna", 0, 10), person("bob", 1, name="Bob B"), person("cleo", 2), unassigned=[9])
MONTH_START = ms("2024-11-01 00:00")


def told(of: object, who: str, *rows: FactRow, directory: object = OFFICE, at: int = NOW) -> Explanation:
    return explain(of, directory, UTC_CALENDAR, facts(*rows), at, who)  # type: ignore[arg-type]


def counted(found: Explanation) -> dict[str, Fraction]:
    return {line.row.key: line.counted_as for line in found.facts}


def excluded(found: Explanation) -> dict[str, Message]:
    return {line.key: line.reason for line in found.excluded}


def test_a_sum_is_made_of_its_facts() -> None:
    rows = [fact(0, 10, key="a", at=NOW - 2), fact(10, -4, key="b", at=NOW - 1), fact(1, 5, key="c")]
    found = told(board(), "anna", *rows)
    assert (found.value, found.unit, found.reason) == (6, EUR, None)
    assert counted(found) == {"a": 10, "b": -4}
    assert [line.row.key for line in found.facts] == ["a", "b"]
    assert found.excluded == ()


def test_shared_credit_counts_its_share() -> None:
    rows = [fact(0, 3, key="a", quantity=0.25), fact(1, 9, key="a", line=1, quantity=0.75)]
    assert counted(told(board(metric("count")), "anna", *rows)) == {"a": Fraction(1, 4)}


def test_facts_that_did_not_count_are_listed_with_the_reason() -> None:
    of = board(
        metric(
            select=Select(("deal",), (Condition("type", frozenset({"new"})),), ("crm",), quantity_from=500),
        )
    )
    rows = [
        fact(0, 10, key="counts", type="new"),
        fact(0, 10, key="renewal", type="renewal"),
        fact(0, 10, key="other", type="new", source="erp"),
        fact(0, 10, key="tiny", type="new", quantity=0.1),
        fact(0, None, key="free", type="new"),
        fact(0, 10, key="before", type="new", at=MONTH_START - 1),
        fact(0, 10, key="later", type="new", at=NOW + 1),
        fact(0, 10, key="call", type="new", kind="call"),
        fact(1, 10, key="bobs", type="renewal"),
    ]
    found = told(of, "anna", *rows)
    assert counted(found) == {"counts": 10}
    assert excluded(found) == {
        "renewal": message("filter-not-met", attribute="type", found="renewal"),
        "other": message("source-not-counted", source="erp"),
        "tiny": message("outside-quantity", quantity=0.1),
        "free": message("fact-without-amount"),
    }


def test_another_currency_makes_the_value_unknown_and_is_named() -> None:
    rows = [fact(0, 10, key="euro"), fact(0, 7, key="dollar", currency="USD")]
    no_rate = message("no-rate", currencies="USD", to="EUR", day=Instant(NOW))
    found = told(board(), "anna", *rows)
    assert (found.value, found.reason) == (None, no_rate)
    assert counted(found) == {"euro": 10}
    assert excluded(found) == {"dollar": no_rate}


def test_without_a_common_currency_all_money_is_listed() -> None:
    of = board(metric(unit=Unit(UnitKind.MONEY)))
    found = told(of, "anna", fact(0, 10, key="euro"), fact(0, 7, key="dollar", currency="USD"))
    assert found.reason == message("mixed-currencies", currencies="EUR, USD")
    assert counted(found) == {"euro": 10, "dollar": 7}


def test_of_the_latest_one_counts() -> None:
    found = told(board(metric("latest")), "anna", fact(0, 1, key="old", at=NOW - 5), fact(10, 2, key="new"))
    assert (found.value, counted(found)) == (2, {"new": 2})
    assert excluded(found) == {"old": message("not-the-latest")}


def test_the_first_of_each_value_counts_as_one() -> None:
    rows = [
        fact(0, key="a", account="x", at=NOW - 3),
        fact(10, key="b", account="x", at=NOW - 2),
        fact(0, key="c", account="y", at=NOW - 1),
        fact(0, key="d"),
    ]
    found = told(board(metric("distinct", attribute="account")), "anna", *rows)
    assert (found.value, counted(found)) == (2, {"a": 1, "b": 0, "c": 1})
    assert excluded(found) == {"d": message("no-attribute", attribute="account")}
    assert found.rule.named["attribute"] == "account"


def test_a_ratio_lists_its_whole_and_marks_its_part() -> None:
    of = board(metric("ratio", "won", over=Select(("won", "lost"))))
    rows = [fact(0, key="a", kind="won"), fact(0, key="b", kind="lost")]
    assert counted(told(of, "anna", *rows)) == {"a": 1, "b": 0}


def test_a_score_counts_points() -> None:
    of = board(metric("weighted", weights=(("call", Fraction(1, 2)), ("demo", Fraction(5)))))
    found = told(of, "anna", fact(0, key="b", kind="demo"), fact(0, key="a", kind="call", at=NOW - 5))
    assert counted(found) == {"a": Fraction(1, 2), "b": 5}
    assert [line.row.key for line in found.facts] == ["a", "b"]


def test_answers_count_for_against_or_nothing() -> None:
    rows = [fact(0, key=str(score), kind="answer", quantity=score) for score in (10, 8, 3)]
    found = told(board(metric("nps", "answer")), "anna", *rows)
    assert counted(found) == {"10": 1, "8": 0, "3": -1}


@pytest.mark.parametrize(
    ("aggregate", "expected"),
    [("sum", message("of-amount")), ("average", message("of-amount")), ("count", None), ("nps", None)],
)
def test_the_rule_is_told_in_words(aggregate: str, expected: Message | None) -> None:
    rule = told(board(metric(aggregate)), "anna").rule
    assert rule.id == f"rule-{aggregate}"
    assert rule.named.get("of") == expected
    assert rule.named["metric"] == aggregate
    assert rule.named["period"] == message("period-month", month=11, year=2024, first=date(2024, 11, 1))


def test_the_rule_says_when_quantities_count() -> None:
    assert told(board(metric("sum", of=Of.QUANTITY)), "anna").rule.named["of"] == message("of-quantity")


def test_the_credit_of_a_team_is_followed_to_its_members_at_the_time() -> None:
    moved = NOW - 5 * DAY
    kim = person("kim", 0, memberships=(Membership("west", None, moved), Membership("east", moved)))
    directory = office(kim, person("bob", 1, team="west"), teams=[Team("west", "West Coast")])
    rows = [fact(0, 1, key="a", at=moved - 1), fact(0, 2, key="b", at=moved), fact(1, 4, key="c")]
    of = board(level=Level.TEAM)
    assert counted(told(of, "west coast", *rows, directory=directory)) == {"a": 1, "c": 4}
    assert counted(told(of, "east", *rows, directory=directory)) == {"b": 2}


def test_the_unassigned_can_be_explained() -> None:
    found = told(board(), UNASSIGNED, fact(9, 5, key="a"), fact(77, 6, key="b"), fact(0, 1, key="c"))
    assert (found.value, counted(found)) == (11, {"a": 5, "b": 6})
    assert found.reason == message("unassigned")
    assert told(board(), UNASSIGNED).reason == message("no-facts")


# ---------------------------------------------------------------------------- somebody who is not shown


def reason(of: object, who: str, *rows: FactRow, directory: object = OFFICE) -> Message | None:
    return told(of, who, *rows, directory=directory).reason


def test_why_somebody_has_no_value() -> None:
    assert reason(board(), "anna") == message("no-facts")
    few = board(metric("average", minimum_sample=2))
    assert reason(few, "anna", fact(0, 1)) == message("below-minimum-sample", sample=1, minimum=2)
    hidden = board(without_data="hide")
    assert reason(hidden, "anna", fact(1, 1)) == message("no-facts")


def test_nobody_of_that_name() -> None:
    found = told(board(), "Zoe")
    assert (found.value, found.facts, found.reason) == (None, (), message("unknown-person", who="Zoe"))


def test_somebody_who_does_not_take_part() -> None:
    of = board(participants=frozenset({"bob"}))
    found = told(of, "anna", fact(0, 5, key="a"))
    assert found.reason == message("not-a-participant")
    assert (found.value, counted(found)) == (5, {"a": 5})


def test_somebody_who_left() -> None:
    directory = office(person("anna", 0, left_ms=NOW - 5), person("bob", 1))
    assert reason(board(), "anna", fact(0, 5), directory=directory) == message(
        "left-on", day=Instant(NOW - 5)
    )


def test_somebody_beyond_the_top() -> None:
    rows = [fact(0, 9), fact(1, 5), fact(2, 5)]
    assert reason(board(top=2), "cleo", *rows) is None  # shares the second rank
    assert reason(board(top=1), "cleo", *rows) == message("beyond-top", top=1)
    assert reason(board(top=1), "anna", *rows) is None
    assert reason(board(top=5), "bob", fact(0, 1)) == message("beyond-top", top=5)


def test_somebody_hidden_by_privacy() -> None:
    rows = [fact(0, 9), fact(1, 5), fact(2, 1)]
    top = board(privacy="top-n", privacy_top=2)
    assert reason(top, "bob", *rows) is None
    assert reason(top, "cleo", *rows) == message("hidden-by-privacy", preset="top-n")
    assert reason(board(privacy="team-only"), "anna", *rows) == message(
        "hidden-by-privacy", preset="team-only"
    )
    shy = office(person("anna", 0, privacy="none"))
    assert reason(board(), "anna", fact(0, 1), directory=shy) == message("hidden-by-privacy", preset="open")


def test_people_are_found_by_id_or_by_a_name_of_their_own() -> None:
    twins = office(person("a1", 1, name="Anna"), person("a2", 2, name="Anna"), person("bob", 3, name="Bob B"))
    assert find(board(), twins, "a1") == "a1"
    assert find(board(), twins, "bob b") == "bob"
    assert find(board(), twins, "Anna") is None


def test_a_finished_period_is_named_as_the_one_it_was() -> None:
    october, november = ms("2024-10-01 00:00"), MONTH_START
    for window, month in (
        (Interval(october, november), 10),
        (Interval(october + 1, november), 11),
        (None, 11),
    ):
        found = explain(board(), OFFICE, UTC_CALENDAR, facts(), NOW, "anna", interval=window)
        assert found.rule.named["period"].named["month"] == month  # type: ignore[union-attr]


def test_a_finished_period_can_be_explained() -> None:
    window = Interval(MONTH_START - DAY, MONTH_START)
    rows = [fact(0, 5, key="a", at=MONTH_START - 1), fact(0, 7, key="b")]
    found = explain(board(), OFFICE, UTC_CALENDAR, facts(*rows), NOW, "anna", interval=window)
    assert counted(found) == {"a": 5}


def test_a_period_by_its_name() -> None:
    found = told(board(period=Period(PeriodKind.ROLLING, 7)), "anna")
    assert found.rule.named["period"] == message("period-rolling", days=7)
