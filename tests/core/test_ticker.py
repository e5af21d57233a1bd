"""Ticker: wins, new leaders, rises and challenges; nothing that shames and nothing that is hidden."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import pytest

from salesboard_display.core.challenges import ChallengeState, challenge_state
from salesboard_display.core.definitions import Challenge, ChallengeFormat, Period, PeriodKind, Unit, UnitKind
from salesboard_display.core.figures import FactList, FactRow
from salesboard_display.core.messages import Figure, Instant, message
from salesboard_display.core.people import Directory
from salesboard_display.core.privacy import apply
from salesboard_display.core.standings import Standings, work_out
from salesboard_display.core.ticker import Announcement, challenge_news, rank_news, wins
from tests.core.builders import DAY, EUR, NOW, UTC_CALENDAR, board, fact, facts, metric, ms, office, person

OFFICE = office(person("anna", 0), person("bob", 1), person("kary", 2), unassigned=[9])


# ---------------------------------------------------------------------------- wins


def news(*rows: FactRow, directory: Directory = OFFICE, **more: object) -> list[Announcement]:
    return list(wins(rows, frozenset(), directory, NOW, **more).items)  # type: ignore[arg-type]


def test_at_the_start_nothing_is_a_new_win() -> None:
    found = wins([fact(0, 5, key="a")], None, OFFICE, NOW)
    assert found.items == ()
    assert found.seen == {("crm", "a")}


def test_a_new_fact_is_a_win_once() -> None:
    row = fact(0, 4200, key="a")
    found = wins([row], frozenset(), OFFICE, NOW)
    assert found.items == (
        Announcement(
            "win:crm:a",
            message("ticker-win", name="Anna", figure=Figure(Fraction(4200), EUR)),
            "star",
            urgent=True,
            colour="gold",
        ),
    )
    assert wins([row], found.seen, OFFICE, NOW).items == ()


def test_a_take_back_is_no_win_and_neither_is_its_return() -> None:
    rows = [fact(0, 5, key="a"), fact(1, 5, key="b")]
    seen = wins(rows, None, OFFICE, NOW).seen
    taken = wins(rows[:1], seen, OFFICE, NOW)
    assert taken.items == ()
    assert wins(rows, taken.seen, OFFICE, NOW).items == ()


def test_a_corrected_amount_is_no_new_win() -> None:
    seen = wins([fact(0, 5, key="a")], None, OFFICE, NOW).seen
    assert wins([fact(0, 50, key="a", recorded_at=NOW + 9)], seen, OFFICE, NOW).items == ()


@pytest.mark.parametrize("refund", [fact(0, -5), fact(0, 5, quantity=-1), fact(0, quantity=-1)])
def test_a_refund_is_no_win(refund: FactRow) -> None:
    assert news(refund) == []


def test_a_shared_win_is_one_item_with_both_names() -> None:
    rows = [fact(0, 3, key="a"), fact(1, 7, key="a", line=1)]
    (item,) = news(*rows)
    assert item.message == message("ticker-win", name="Anna + Bob", figure=Figure(Fraction(10), EUR))
    twice = [fact(0, 3, key="a"), fact(0, 7, key="a", line=1)]
    assert news(*twice)[0].message.named["name"] == "Anna"


def test_a_win_without_money_says_what_it_is() -> None:
    assert news(fact(0, kind="demo"))[0].message == message("ticker-win-count", name="Anna", kind="demo")


def test_wins_of_unknown_people_and_leavers_are_not_told() -> None:
    left = office(person("anna", 0, left_ms=NOW), person("bob", 1, left_ms=NOW + 1))
    assert news(fact(9, 5), fact(77, 5)) == []
    assert [item.message.named["name"] for item in news(fact(0, 5), fact(1, 5), directory=left)] == ["Bob"]


def test_privacy_decides_what_a_win_says() -> None:
    row = fact(0, 4200, key="a")
    assert news(row, preset="team-only") == []
    assert news(row, preset="visitor-safe") == []
    assert news(row, preset="values-hidden")[0].message == message(
        "ticker-win-count", name="Anna", kind="deal"
    )
    assert news(row, among={"bob"}) == []
    assert len(news(row, among={"anna"})) == 1
    shy = office(
        person("anna", 0, name="Anna Snelling", privacy="initials"), person("bob", 1, privacy="none")
    )
    found = news(row, fact(1, 5), directory=shy)
    assert [item.message.named["name"] for item in found] == ["AS"]


# ---------------------------------------------------------------------------- ranks


def standings(*rows: FactRow, at: int = NOW, period: Period | None = None) -> Standings:
    of = board(period=period) if period else board()
    return work_out(of, OFFICE, UTC_CALENDAR, facts(*rows), at)


def told(before: Standings | None, now: Standings) -> list[tuple[str, object, bool]]:
    return [(n.message.id, n.message.named["name"], n.urgent) for n in rank_news(before, now, "Deals")]


START = [fact(0, 9), fact(1, 5), fact(2, 1)]


def test_a_new_leader_is_told_at_once() -> None:
    before, now = standings(*START), standings(*START, fact(1, 10))
    (item,) = rank_news(before, now, "Deals")
    assert item == Announcement(
        f"lead:board:bob:{NOW}",
        message("ticker-lead", name="Bob", board="Deals"),
        "up",
        urgent=True,
        colour="up",
    )


def test_a_rise_is_told_and_a_drop_never() -> None:
    rows = [*START, fact(1, 1, at=NOW)]
    four = office(*(person(name, i) for i, name in enumerate(("anna", "bob", "kary", "dan"))))

    def of(*more: FactRow) -> Standings:
        return work_out(board(), four, UTC_CALENDAR, facts(*rows, fact(3, 0.5), *more), NOW)  # type: ignore[arg-type]

    (item,) = rank_news(of(), of(fact(2, 7)), "Deals")
    assert item.message == message("ticker-rise", name="Kary", rank=2, board="Deals")
    assert (item.id, item.urgent, item.colour) == (f"rise:board:kary:{NOW}", False, "up")


def test_nobody_is_told_of_when_only_others_fell() -> None:
    before, now = standings(*START), standings(*START[1:], fact(0, 2))
    assert now.places[0].id == "bob"
    assert told(before, now) == []


def test_drawing_level_is_a_rise_but_no_lead() -> None:
    assert told(standings(*START), standings(*START, fact(1, 4))) == [("ticker-rise", "Bob", False)]


def test_nobody_is_named_as_last() -> None:
    before = standings(fact(0, 9), fact(1, 5), fact(2, 1))
    now = standings(fact(0, 9), fact(1, 5), fact(2, 5))  # kary rises to a second place that is also the last
    assert told(before, now) == []


def test_the_first_on_an_empty_board_and_a_new_period_are_no_news() -> None:
    assert told(None, standings(*START)) == []
    assert told(standings(), standings(*START)) == []
    day = Period(PeriodKind.TODAY)
    yesterday = standings(*(replace_at(row, NOW - DAY) for row in START), at=NOW - DAY, period=day)
    assert told(yesterday, standings(fact(1, 9), fact(0, 2), fact(2, 1), period=day)) == []


def replace_at(row: FactRow, at: int) -> FactRow:
    return row._replace(occurred_at=at)


def test_who_enters_as_leader_is_told_and_who_enters_below_is_not() -> None:
    before = standings(fact(0, 9), fact(1, 5))
    assert told(before, standings(fact(0, 9), fact(1, 5), fact(2, 20))) == [("ticker-lead", "Kary", True)]
    assert told(before, standings(fact(0, 9), fact(1, 5), fact(2, 7))) == []


def test_the_same_leader_with_more_is_no_news() -> None:
    assert told(standings(*START), standings(*START, fact(0, 10))) == []


def test_hidden_names_are_not_told_and_hidden_values_do_not_silence() -> None:
    before, now = standings(*START), standings(*START, fact(1, 10))
    people = OFFICE.people
    hidden = [apply(each, "visitor-safe", people, unit=EUR) for each in (before, now)]
    assert told(*hidden) == []
    bars = [apply(each, "values-hidden", people, unit=EUR) for each in (before, now)]
    assert told(*bars) == [("ticker-lead", "Bob", True)]


# ---------------------------------------------------------------------------- challenges


DEMOS = Unit(UnitKind.NUMBER, word="demos")
BEGIN, END = ms("2024-11-11 08:00"), ms("2024-11-15 17:00")
RACE = Challenge(
    "week",
    "Demo week",
    ChallengeFormat.FIRST_TO,
    metric("count", "demo", unit=DEMOS),
    BEGIN,
    END,
    Fraction(15),
)


def demos(*counts: int, at: int = BEGIN) -> list[FactRow]:
    return [fact(i, kind="demo", quantity=n, at=at + i) for i, n in enumerate(counts) if n]


def state(of: Challenge, at: int, *counts: int) -> ChallengeState:
    return challenge_state(of, OFFICE, FactList(demos(*counts)), at)


def said(now: ChallengeState, before: ChallengeState | None = None, **more: object) -> Announcement:
    found = challenge_news(before, now, OFFICE, **more)  # type: ignore[arg-type]
    assert found is not None
    return found


def test_a_race_says_leader_goal_gap_and_end() -> None:
    item = said(state(RACE, NOW, 11, 3, 12))
    assert item == Announcement(
        "challenge:week",
        message(
            "ticker-challenge-goal-gap",
            title="Demo week",
            leader="Kary",
            value=Figure(Fraction(12), DEMOS),
            goal=Figure(Fraction(15), DEMOS),
            second="Anna",
            gap=Figure(Fraction(1), DEMOS),
            ends=Instant(END),
        ),
        "timer",
    )


def test_without_a_goal_it_is_left_out() -> None:
    most = replace(RACE, format=ChallengeFormat.MOST_BY_END, goal=Fraction(0))
    found = said(state(most, NOW, 11, 3, 12)).message
    assert (found.id, "goal" in found.named) == ("ticker-challenge-gap", False)


def test_of_two_the_second_is_not_named_as_behind() -> None:
    two = replace(RACE, participants=frozenset({"anna", "kary"}))
    assert said(state(two, NOW, 11, 0, 12)).message.id == "ticker-challenge-goal"


def test_level_leaders_are_both_named() -> None:
    shared = replace(RACE, tie_break="shared")
    assert said(state(shared, NOW, 4, 1, 4)).message == message(
        "ticker-challenge-level", title="Demo week", leader="Anna", second="Kary", ends=Instant(END)
    )


def test_whoever_got_there_first_is_not_said_to_be_0_ahead() -> None:
    assert said(state(RACE, NOW, 4, 1, 4)).message.id == "ticker-challenge-level"


def test_a_lonely_leader() -> None:
    assert said(state(RACE, NOW, 4)).message.id == "ticker-challenge-goal"


def test_before_it_begins_and_before_anybody_scored() -> None:
    upcoming = said(state(RACE, BEGIN - 1))
    assert upcoming.message == message("ticker-challenge-upcoming", title="Demo week", starts=Instant(BEGIN))
    assert said(state(RACE, BEGIN)).message == message(
        "ticker-challenge-open", title="Demo week", ends=Instant(END)
    )


def test_the_winner_is_urgent_news_once() -> None:
    before, now = state(RACE, BEGIN), state(RACE, NOW, 15, 2)
    item = said(now, before)
    assert item.message == message("ticker-challenge-won", leader="Anna", title="Demo week")
    assert (item.urgent, item.icon, item.colour) == (True, "flag", "gold")
    assert not said(now, now).urgent
    assert not said(now, None).urgent


def test_shared_winners_and_no_winner() -> None:
    most = replace(RACE, format=ChallengeFormat.MOST_BY_END, tie_break="shared")
    assert said(state(most, END, 4, 4, 1)).message == message(
        "ticker-challenge-shared", title="Demo week", winners="Anna, Bob"
    )
    assert said(state(RACE, END, 4, 4, 1)).message == message("ticker-challenge-over", title="Demo week")


def test_privacy_of_a_challenge() -> None:
    now = state(RACE, NOW, 11, 3, 12)
    hidden = said(now, preset="values-hidden").message
    assert hidden == message("ticker-challenge-hidden", title="Demo week", leader="Kary", ends=Instant(END))
    assert challenge_news(None, now, OFFICE, preset="team-only") is None
    assert challenge_news(None, now, OFFICE, preset="visitor-safe") is None
    assert said(now, preset="top-n", top=1).message.id == "ticker-challenge-goal"
    shy = office(person("anna", 0), person("bob", 1), person("kary", 2, privacy="none"))
    assert challenge_news(None, now, shy) is None
    won = state(RACE, NOW, 15, 3, 12)
    assert said(won, preset="team-only").message.id == "ticker-challenge-over"
