"""Challenges: two formats, a frozen rule, an end at its instant, and stated ties."""

from __future__ import annotations

import json
from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from salesboard_display.core.challenges import (
    FORMATS,
    SHARED,
    ChallengeState,
    challenge_state,
    freeze,
    rule_in_force,
    thaw,
)
from salesboard_display.core.definitions import (
    FIRST_TO_GET_THERE,
    Challenge,
    ChallengeFormat,
    Level,
    Of,
    Unit,
    UnitKind,
)
from salesboard_display.core.figures import Condition, FactList, FactRow, Select
from salesboard_display.core.people import Directory, Membership
from tests.core.builders import HOUR, Counting, fact, metric, ms, office, person

START, END = ms("2024-11-11 08:00"), ms("2024-11-15 17:00")
OFFICE = office(*(person(name, index) for index, name in enumerate(("anna", "bob", "kary"))), unassigned=[9])
DEMOS = metric("count", "demo")


def most(**more: object) -> Challenge:
    base = Challenge("week", "Demo week", ChallengeFormat.MOST_BY_END, DEMOS, START, END)
    return replace(base, **more)  # type: ignore[arg-type]


def first_to(goal: int, **more: object) -> Challenge:
    return most(format=ChallengeFormat.FIRST_TO, goal=Fraction(goal), **more)


def demo(identity: int, at: int, quantity: float = 1) -> FactRow:
    return fact(identity, at=at, kind="demo", quantity=quantity)


def state(of: Challenge, at: int, *rows: FactRow, directory: Directory = OFFICE) -> ChallengeState:
    return challenge_state(of, directory, FactList(list(rows)), at)


def standing(found: ChallengeState) -> list[tuple[str, int | None]]:
    return [(place.id, place.rank) for place in found.places]


def winners(found: ChallengeState) -> list[str]:
    return [place.id for place in found.winners]


def test_every_format_has_its_entry() -> None:
    assert set(FORMATS) == set(ChallengeFormat)
    assert all(rule.says for rule in FORMATS.values())


# ---------------------------------------------------------------------------- most by the end


def test_before_the_start_nothing_counts() -> None:
    found = state(most(), START - 1, demo(0, START - 5))
    assert (found.phase, found.places, found.winners, found.leader) == ("upcoming", (), (), None)
    assert found.ends_ms == END


def test_while_it_runs_there_is_a_leader_and_no_winner() -> None:
    rows = [demo(2, START), demo(2, START + 5), demo(0, START + 6), demo(1, START - 1)]
    found = state(most(), START + HOUR, *rows)
    assert found.phase == "running"
    assert standing(found) == [("kary", 1), ("anna", 2), ("bob", None)]
    assert (found.leader and found.leader.id, found.second and found.second.id, found.gap) == (
        "kary",
        "anna",
        1,
    )
    assert found.winners == ()


def test_it_ends_at_its_instant() -> None:
    rows = [demo(0, END - 1), demo(1, END), demo(1, END), demo(2, END - 2, 0.5)]
    assert state(most(), END - 1, *rows).phase == "running"
    found = state(most(), END, *rows)
    assert (found.phase, winners(found)) == ("finished", ["anna"])
    assert winners(state(most(), END + 999 * HOUR, *rows)) == ["anna"]


def test_a_correction_after_the_end_counts_by_when_it_happened() -> None:
    before = [demo(0, START + 1), demo(1, START + 2), demo(1, START + 3)]
    assert winners(state(most(), END, *before)) == ["bob"]
    corrected = [*before[:2], demo(0, START + 4)._replace(recorded_at=END + 5)]
    assert winners(state(most(), END + 9, *corrected)) == ["anna"]


def test_equals_are_told_apart_by_who_got_there_first() -> None:
    rows = [demo(0, START + 9), demo(1, START + 5)]
    assert standing(state(most(), END, *rows))[:2] == [("bob", 1), ("anna", 2)]
    assert winners(state(most(), END, *rows)) == ["bob"]


def test_equals_share_where_the_rule_says_so() -> None:
    rows = [demo(0, START + 9), demo(1, START + 5)]
    assert winners(state(most(tie_break=SHARED), END, *rows)) == ["anna", "bob"]


def test_simultaneous_equals_share_whatever_the_rule() -> None:
    rows = [demo(0, START), demo(1, START)]
    assert winners(state(most(), END, *rows)) == ["anna", "bob"]


def test_nobody_wins_where_nobody_scored() -> None:
    found = state(most(), END)
    assert (found.phase, found.winners, found.leader, found.gap) == ("finished", (), None, None)


def test_teams_can_compete_with_the_members_they_had() -> None:
    moved = START + HOUR
    kim = person("kim", 0, memberships=(Membership("west", None, moved), Membership("east", moved)))
    directory = office(kim, person("bob", 1, team="east"))
    rows = [demo(0, START), demo(0, START + 1), demo(0, moved)]
    found = state(most(level=Level.TEAM), END, *rows, directory=directory)
    assert [(place.id, place.value) for place in found.places] == [("west", 2), ("east", 1)]


def test_only_participants_compete_and_the_unassigned_never_do() -> None:
    rows = [demo(0, START, 5), demo(1, START, 2), demo(9, START, 9)]
    found = state(most(participants=frozenset({"bob", "kary"})), END, *rows)
    assert standing(found) == [("bob", 1), ("kary", None)]
    assert "unassigned" not in {place.id for place in state(most(), END, *rows).places}


def test_who_takes_part_stands_as_it_was_at_the_end() -> None:
    moved = END + HOUR
    kim = person("kim", 0, memberships=(Membership("west", None, moved), Membership("east", moved)))
    found = state(
        most(participants=frozenset({"west"})), END + 2 * HOUR, demo(0, START), directory=office(kim)
    )
    assert winners(found) == ["kim"]


def test_a_winner_who_left_is_not_shown_and_nobody_wins_instead() -> None:
    directory = office(person("anna", 0, left_ms=END + 5), person("bob", 1))
    rows = [demo(0, START, 3), demo(1, START)]
    assert winners(state(most(), END + 4, *rows, directory=directory)) == ["anna"]
    found = state(most(), END + 5, *rows, directory=directory)
    assert (standing(found), found.winners) == ([("bob", 2)], ())
    gone = office(person("anna", 0, left_ms=END - 5), person("bob", 1))
    assert winners(state(most(), END, *rows, directory=gone)) == ["bob"]


# ---------------------------------------------------------------------------- first to N


def test_the_first_to_get_there_wins_at_once() -> None:
    rows = [
        demo(0, START + 1),
        demo(1, START + 2),
        demo(1, START + 3),
        demo(0, START + 4),
        demo(0, START + 5),
    ]
    early = state(first_to(2), START + 2, *rows)
    assert (early.phase, early.decided_ms, early.winners) == ("running", None, ())
    found = state(first_to(2), START + 3, *rows)
    assert (found.phase, winners(found), found.decided_ms) == ("finished", ["bob"], START + 3)
    later = state(first_to(2), END + 5, *rows)
    assert (winners(later), later.decided_ms) == (["bob"], START + 3)
    assert standing(later) == [("bob", 1), ("anna", 2), ("kary", None)]


def test_simultaneous_arrivals_share_the_place() -> None:
    day = START + HOUR
    rows = [demo(0, day), demo(0, day), demo(1, day, 5), demo(2, START)]
    for tie_break in (SHARED, FIRST_TO_GET_THERE):
        found = state(first_to(2, tie_break=tie_break), END, *rows)
        assert sorted(winners(found)) == ["anna", "bob"]
        assert [rank for _, rank in standing(found)] == [1, 1, 3]


def test_several_facts_of_one_instant_are_taken_together() -> None:
    refund = metric("sum", "deal")
    of = first_to(10, metric=refund)
    rows = [fact(0, 12, at=START), fact(0, -5, at=START), fact(1, 10, at=START + 1)]
    assert winners(state(of, END, *rows)) == ["bob"]


def test_who_got_there_and_fell_back_has_won_all_the_same() -> None:
    of = first_to(10, metric=metric("sum", "deal"))
    rows = [fact(0, 10, at=START), fact(0, -5, at=START + 1), fact(1, 9, at=START + 2)]
    found = state(of, END, *rows)
    assert (winners(found), found.decided_ms) == (["anna"], START)
    assert [(place.id, place.value) for place in found.places[:2]] == [("anna", 5), ("bob", 9)]
    back = [fact(0, 10, at=START), fact(0, -10, at=START + 1)]
    assert winners(state(of, END, *back)) == ["anna"]


def test_negative_quantities_and_points_are_followed_too() -> None:
    rows = [demo(0, START, 3), demo(0, START + 1, -2)]
    assert winners(state(first_to(3), END, *rows)) == ["anna"]
    points = metric("weighted", weights=(("demo", Fraction(1)), ("noshow", Fraction(-1))))
    of = first_to(3, metric=points)
    rows = [demo(0, START, 3), fact(0, kind="noshow", at=START + 1)]
    assert winners(state(of, END, *rows)) == ["anna"]


def test_nobody_gets_there() -> None:
    found = state(first_to(9), END, demo(0, START), demo(1, START))
    assert (found.phase, found.winners, found.decided_ms) == ("finished", (), None)
    assert standing(found)[:2] == [("anna", 1), ("bob", 1)]
    assert (found.leader and found.leader.id, found.gap) == ("anna", 0)


def test_those_who_did_not_get_there_keep_their_order_and_ties() -> None:
    names = ("a", "b", "c", "d")
    directory = office(*(person(name, index) for index, name in enumerate(names)))
    rows = [demo(0, START, 2), demo(1, START), demo(2, START), demo(3, START, 0)]
    found = state(first_to(2, tie_break=SHARED), END, *rows, directory=directory)
    assert standing(found) == [("a", 1), ("b", 2), ("c", 2), ("d", 4)]


def test_facts_are_read_only_of_those_who_may_have_got_there() -> None:
    figures = Counting([demo(0, START, 5), demo(1, START, 1)])
    challenge_state(first_to(5), OFFICE, figures, END)
    assert [who for what, _, _, who in figures.asked if what == "facts"] == [frozenset({0})]
    nobody = Counting([demo(1, START, 1)])
    challenge_state(first_to(5), OFFICE, nobody, END)
    assert "facts" not in {what for what, *_ in nobody.asked}


# ---------------------------------------------------------------------------- rules


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        (most(end_ms=START), "ends before it starts"),
        (most(tie_break="luck"), "no tie break 'luck'"),
        (first_to(0), "goal above zero"),
        (first_to(5, metric=metric("average")), "running total"),
    ],
)
def test_a_challenge_that_cannot_be_is_refused(wrong: Challenge, says: str) -> None:
    with pytest.raises(ValueError, match=says):
        state(wrong, START)


def test_the_rule_is_frozen_at_the_start() -> None:
    assert rule_in_force(most(), None, START - 1) == (most(), None)
    rule, keep = rule_in_force(most(), None, START)
    assert (rule, keep) == (most(), freeze(most()))
    assert rule_in_force(most(prize="less", end_ms=END + 5), keep, START + 1) == (most(), None)


texts = st.text(max_size=5)
selects = st.builds(
    Select,
    st.lists(texts, max_size=3).map(tuple),
    st.lists(st.builds(Condition, texts, st.frozensets(texts, max_size=2), st.booleans()), max_size=2).map(
        tuple
    ),
    st.lists(texts, max_size=2).map(tuple),
    st.none() | st.integers(),
    st.none() | st.integers(),
)
metrics = st.builds(
    metric,
    st.sampled_from(["sum", "ratio", "weighted"]),
    name=texts,
    select=selects,
    of=st.sampled_from(Of),
    over=st.none() | selects,
    attribute=texts,
    weights=st.lists(st.tuples(texts, st.fractions()), max_size=2).map(tuple),
    unit=st.builds(Unit, st.sampled_from(UnitKind), texts, texts, st.integers(0, 4)),
    higher_is_better=st.booleans(),
    minimum_sample=st.integers(1, 9),
)
challenges = st.builds(
    Challenge,
    texts,
    texts,
    st.sampled_from(ChallengeFormat),
    metrics,
    st.integers(),
    st.integers(),
    st.fractions(),
    st.sampled_from(Level),
    st.frozensets(texts, max_size=3),
    texts,
    texts,
)


@given(challenges)
def test_a_frozen_rule_comes_back_from_json_as_it_was(challenge: Challenge) -> None:
    assert thaw(json.loads(json.dumps(freeze(challenge)))) == challenge


@pytest.mark.parametrize("broken", [{}, {"version": 1}, {**freeze(most()), "metric": None}, {"version": 2}])
def test_what_is_no_frozen_rule_is_refused(broken: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="a frozen rule"):
        thaw(broken)
