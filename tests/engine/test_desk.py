"""What is worked out, when, and by which rules; what is news and what is not."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from salesboard_display.core.sync import Batch, SyncEnd
from salesboard_display.engine.desk import Desk
from salesboard_display.store import Store, StoreUnavailable
from salesboard_display.store.aggregates import StoredFigures
from tests.engine.desks import desk_of, slides, texts, ticker, worked
from tests.engine.offices import DAY, HOUR, NOW, call, deal, everybody, ms

MINUTE = 60_000
RACE = """
[metrics.calls]
name = "Calls"
kinds = ["call"]
aggregate = "count"
unit = { kind = "number", word = "calls" }

[challenges.race]
title = "Call race"
format = "first-to"
goal = 2
metric = "calls"
window = "this-week"
prize = "Cake"

[slides.race]
view = "challenge"
challenge = "race"
"""


def known(desk: Desk, store: Store, *facts: object, at: int = NOW, withdrawn: tuple[str, ...] = ()) -> None:
    """Facts come in as the engine takes them."""
    people = everybody(*{line.identity for fact in facts for line in fact.lines})
    batch = Batch(facts=tuple(facts), people=people, withdrawn=withdrawn)  # type: ignore[arg-type]
    desk.take(store.apply_batch("crm", batch, SyncEnd(at, full=False), now_ms=at))


# ---------------------------------------------------------------------------------------- what is due


def test_a_goal_for_a_share_follows_what_it_is_a_share_of(tmp_path: Path, store: Store) -> None:
    more = """
[metrics.share]
name = "Share"
kinds = ["deal_won"]
aggregate = "ratio"
over = { kinds = ["deal_won", "call"] }

[targets.share]
who = "company"
metric = "share"
period = "this-month"
value = 50
"""
    desk = desk_of(tmp_path, store, more)
    known(desk, store, deal("1", "Anna", 5))
    assert worked(desk).goals["share"].value == 100
    known(desk, store, call("2", "Anna"))
    assert worked(desk, touched=["call"]).goals["share"].value == 50


def test_only_boards_with_facts_of_the_touched_kinds_are_due(tmp_path: Path, store: Store) -> None:
    more = RACE + '\n[boards.calls]\ntitle = "Calls"\nmetric = "calls"\nperiod = "today"\n'
    more += '[slides.calls]\nview = "leaderboard"\nboard = "calls"\n'
    changes = {'slides = ["leaderboard", "deals"]': 'slides = ["leaderboard", "deals", "calls"]'}
    desk = desk_of(tmp_path, store, more, changes=changes)
    known(desk, store, deal("1", "Anna", 5), call("2", "Ben"))
    worked(desk)
    due = desk.scorer.due
    assert [board.id for board in due(NOW + 1, ["call"])] == ["calls"]
    assert [board.id for board in due(NOW + 1, ["deal_won"])] == ["revenue", "deals"]
    assert due(NOW + 1, []) == []
    assert due(NOW + 1, ["survey"]) == []
    assert len(due(NOW + 1, None)) == 3


def test_a_new_deal_asks_the_store_for_figures_of_its_own_day_alone(
    tmp_path: Path, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = desk_of(tmp_path, store)
    known(desk, store, deal("1", "Anna", 5, NOW - 3 * DAY))
    worked(desk)
    asked: list[int] = []
    partials = StoredFigures.partials

    def noted(own: StoredFigures, select: Any, start_ms: int, end_ms: int, identities: Any = None) -> Any:
        asked.append(end_ms - start_ms)
        return partials(own, select, start_ms, end_ms, identities)

    monkeypatch.setattr(StoredFigures, "partials", noted)
    known(desk, store, deal("2", "Anna", 5, NOW))
    worked(desk, touched=["deal_won"])
    assert asked
    assert max(asked) <= DAY


def test_a_day_and_a_period_that_roll_over_make_boards_due(tmp_path: Path, store: Store) -> None:
    desk = desk_of(tmp_path, store)
    known(desk, store, deal("1", "Anna", 5))
    worked(desk)
    midnight = ms("2026-03-19 00:00")
    assert desk.scorer.due(midnight - 1, []) == []
    assert [board.id for board in desk.scorer.due(midnight, [])] == ["revenue", "deals"]
    worked(desk, ms("2026-03-31 23:59"))
    assert "revenue" in [board.id for board in desk.scorer.due(ms("2026-04-01 00:00"), [])]


def test_a_clock_put_back_makes_boards_due(tmp_path: Path, store: Store) -> None:
    desk = desk_of(tmp_path, store)
    known(desk, store, deal("1", "Anna", 5, NOW - 2 * HOUR), deal("2", "Ben", 9, NOW))
    worked(desk)
    worked(desk, NOW - HOUR, touched=[])
    (page,) = slides(desk, NOW - HOUR)["leaderboard"].pages
    assert [row.display for row in page] == ["€5", "–"]


def test_a_fact_known_before_it_happens_makes_its_board_due_then(tmp_path: Path, store: Store) -> None:
    desk = desk_of(tmp_path, store)
    later = NOW + 3 * HOUR
    known(desk, store, deal("1", "Anna", 5), deal("2", "Ben", 9, later))
    worked(desk)
    assert slides(desk)["leaderboard"].pages[0][0].name == "Anna"
    assert desk.scorer.next_due_ms(NOW) == later
    assert desk.scorer.due(later - 1, []) == []
    worked(desk, later, touched=[])
    assert slides(desk, later)["leaderboard"].pages[0][0].name == "Ben"


def test_movement_since_the_last_change_compares_with_the_ranks_before_it(
    tmp_path: Path, store: Store
) -> None:
    desk = desk_of(
        tmp_path, store, changes={'metric = "revenue"\n': 'metric = "revenue"\nmovement = "last-change"\n'}
    )
    known(desk, store, deal("1", "Anna", 50), deal("2", "Ben", 40), deal("3", "Cleo", 30))
    worked(desk)
    known(desk, store, deal("4", "Cleo", 15))
    worked(desk, NOW + 1, touched=["deal_won"])
    moved = {row.name: row.movement for row in slides(desk)["leaderboard"].pages[0]}
    assert moved == {"Anna": 0, "Cleo": 1, "Ben": -1}
    known(desk, store, deal("5", "Anna", 1))
    worked(desk, NOW + 2, touched=["deal_won"])
    moved = {row.name: row.movement for row in slides(desk)["leaderboard"].pages[0]}
    assert moved == {"Anna": 0, "Cleo": 1, "Ben": -1}


def test_movement_since_this_morning_follows_late_corrections(tmp_path: Path, store: Store) -> None:
    desk = desk_of(tmp_path, store)
    yesterday = NOW - DAY
    known(
        desk, store, deal("1", "Anna", 50, yesterday), deal("2", "Ben", 40, yesterday), deal("3", "Ben", 20)
    )
    worked(desk)
    assert {row.name: row.movement for row in slides(desk)["leaderboard"].pages[0]} == {"Ben": 1, "Anna": -1}
    known(desk, store, deal("4", "Ben", 15, yesterday))
    worked(desk, NOW + 1, touched=["deal_won"])
    assert {row.name: row.movement for row in slides(desk)["leaderboard"].pages[0]} == {"Ben": 0, "Anna": 0}


def test_the_board_that_stands_is_published_first(tmp_path: Path, store: Store) -> None:
    desk = desk_of(tmp_path, store)
    known(desk, store, deal("1", "Anna", 5))
    steps = desk.steps(NOW, NOW, None, "deals")
    next(steps)
    assert list(desk.published) == ["deals"]
    assert len(list(steps)) == 1
    assert set(desk.published) == {"deals", "revenue"}


def test_a_board_that_cannot_be_worked_out_is_said_once_and_left_out(
    tmp_path: Path, store: Store, monkeypatch: pytest.MonkeyPatch, expected_log: Callable[[str], None]
) -> None:
    expected_log("^WARNING .* board deals cannot be worked out: no such thing$")
    desk = desk_of(tmp_path, store)
    known(desk, store, deal("1", "Anna", 5))
    work_out = desk.scorer.work_out

    def broken(board, *rest):  # type: ignore[no-untyped-def]
        if board.id == "deals":
            raise ValueError("no such thing")
        return work_out(board, *rest)

    monkeypatch.setattr(desk.scorer, "work_out", broken)
    worked(worked(desk), NOW + 1)
    assert slides(desk)["deals"].empty
    assert not slides(desk)["leaderboard"].empty


# ---------------------------------------------------------------------------------------- challenges


def race(desk: Desk, at_ms: int = NOW) -> str:
    """Where the race stands: its leading rows and how it ended."""
    state = desk.states["race"]
    return f"{state.phase}: {', '.join(p.name for p in state.winners)} {state.challenge.goal}"


def test_a_challenges_rule_is_frozen_when_it_starts(tmp_path: Path, store: Store) -> None:
    desk = desk_of(tmp_path, store, RACE)
    known(desk, store, call("1", "Anna"), call("2", "Anna"))
    assert race(worked(desk)) == "finished: Anna 2"
    edited = desk_of(tmp_path, store, RACE.replace("goal = 2", "goal = 50").replace("Cake", "Nothing"))
    assert race(worked(edited)) == "finished: Anna 2"
    assert edited.states["race"].challenge.prize == "Cake"


def test_before_it_starts_the_managers_latest_word_counts(tmp_path: Path, store: Store) -> None:
    upcoming = RACE.replace('window = "this-week"', "start = 2026-04-01T00:00:00\nend = 2026-04-02T00:00:00")
    worked(desk_of(tmp_path, store, upcoming))
    edited = worked(desk_of(tmp_path, store, upcoming.replace("goal = 2", "goal = 9")))
    assert race(edited) == "upcoming:  9"


def test_a_challenge_with_a_window_begins_anew_with_the_next_one(tmp_path: Path, store: Store) -> None:
    desk = desk_of(tmp_path, store, RACE)
    known(desk, store, call("1", "Anna"), call("2", "Anna"))
    assert race(worked(desk)) == "finished: Anna 2"
    monday = ms("2026-03-23 00:00")
    worked(desk, monday + HOUR, touched=[])
    assert race(desk) == "running:  2"
    edited = desk_of(tmp_path, store, RACE.replace("goal = 2", "goal = 3"))
    assert race(worked(edited, monday + 2 * HOUR)) == "running:  2"
    assert race(worked(edited, monday + 7 * DAY)) == "running:  3"


def test_a_challenge_ends_at_its_instant_without_a_fact(tmp_path: Path, store: Store) -> None:
    desk = desk_of(tmp_path, store, RACE.replace('"first-to"\ngoal = 2', '"most-by-the-end"'))
    known(desk, store, call("1", "Anna"))
    end = ms("2026-03-23 00:00")
    assert worked(desk, end - 1).states["race"].phase == "running"
    fixed = RACE.replace('window = "this-week"', "start = 2026-03-17T00:00:00\nend = 2026-03-18T13:00:00")
    desk = desk_of(tmp_path, store, fixed)
    assert worked(desk).states["race"].phase == "running"
    worked(desk, NOW + HOUR, touched=[])
    assert desk.states["race"].phase == "finished"


def test_a_challenge_that_is_won_is_news_once(tmp_path: Path, store: Store) -> None:
    desk = desk_of(tmp_path, store, RACE)
    known(desk, store, call("1", "Anna"))
    worked(desk)
    known(desk, store, call("2", "Anna"))
    worked(desk, NOW + 1, NOW, touched=["call"])
    assert texts(desk).count("Anna wins Call race") >= 1
    urgent = [item for item in ticker(desk) if item.urgent]
    assert [item.text for item in urgent] == ["Anna wins Call race"]
    worked(desk, NOW + 2, NOW + HOUR, touched=["call"])
    assert [item for item in ticker(desk, NOW + HOUR) if item.urgent] == []


def test_on_a_full_disk_a_challenge_goes_on_and_is_frozen_when_there_is_room(
    tmp_path: Path, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    freeze = store.freeze_rule
    full = [True]

    def guarded(*args):  # type: ignore[no-untyped-def]
        if full[0]:
            raise StoreUnavailable("full", tmp_path)
        return freeze(*args)

    monkeypatch.setattr(store, "freeze_rule", guarded)
    desk = desk_of(tmp_path, store, RACE)
    known(desk, store, call("1", "Anna"))
    assert race(worked(desk)) == "running:  2"
    full[0] = False
    worked(desk, NOW + 1)
    edited = desk_of(tmp_path, store, RACE.replace("goal = 2", "goal = 9"))
    assert race(worked(edited)) == "running:  2"


def test_looking_back_writes_nothing(tmp_path: Path, store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    desk = desk_of(tmp_path, store, RACE, writes=False)
    monkeypatch.setattr(store, "freeze_rule", None)
    known(desk, store, call("1", "Anna"))
    assert race(worked(desk)) == "running:  2"


# ---------------------------------------------------------------------------------------- news


def test_at_the_start_the_last_wins_are_recalled_and_interrupt_nothing(tmp_path: Path, store: Store) -> None:
    desk = desk_of(tmp_path, store)
    known(desk, store, *(deal(str(n), "Anna", n + 1, NOW - n * MINUTE) for n in range(9)))
    worked(desk)
    won = [item for item in ticker(desk) if "wins" in item.text]
    assert [item.text for item in won] == ["Anna wins €1", "Anna wins €2", "Anna wins €3"]
    assert not any(item.urgent for item in won)


def test_a_new_win_is_urgent_for_a_while_and_news_for_ten_minutes(tmp_path: Path, store: Store) -> None:
    desk = desk_of(tmp_path, store)
    worked(desk)
    known(desk, store, deal("1", "Anna", 77))
    worked(desk, NOW + 1, NOW + 1, touched=["deal_won"])

    def wins(now_ms: int) -> list[bool]:
        return [item.urgent for item in ticker(desk, now_ms) if "wins" in item.text]

    assert wins(NOW + 2) == [True]
    assert wins(NOW + MINUTE) == [False]
    assert wins(NOW + 11 * MINUTE) == []


def test_catching_up_on_many_wins_interrupts_nothing(tmp_path: Path, store: Store) -> None:
    desk = desk_of(tmp_path, store)
    worked(desk)
    known(desk, store, *(deal(str(n), "Anna", n + 1, NOW - n * MINUTE) for n in range(40)))
    worked(desk, NOW + 1, NOW, touched=["deal_won"])
    won = [item for item in ticker(desk) if "wins" in item.text]
    assert len(won) == 3
    assert not any(item.urgent for item in won)


def test_a_win_taken_back_and_returned_is_no_new_win(tmp_path: Path, store: Store) -> None:
    desk = desk_of(tmp_path, store)
    known(desk, store, deal("0", "Ben", 500))
    worked(desk)
    known(desk, store, deal("1", "Anna", 77))
    worked(desk, NOW + 1, NOW, touched=["deal_won"])
    known(desk, store, withdrawn=("1",))
    worked(desk, NOW + 2, NOW + HOUR, touched=["deal_won"])
    assert not any("Anna" in text for text in texts(desk, NOW + HOUR))
    known(desk, store, deal("1", "Anna", 78))
    worked(desk, NOW + 3, NOW + 2 * HOUR, touched=["deal_won"])
    assert not any("wins" in text for text in texts(desk, NOW + 2 * HOUR))
    assert slides(desk)["leaderboard"].pages[0][1].display == "€78"


def test_old_wins_are_no_news(tmp_path: Path, store: Store) -> None:
    desk = desk_of(tmp_path, store)
    worked(desk)
    known(desk, store, deal("1", "Anna", 77, NOW - 3 * DAY))
    worked(desk, NOW + 1, touched=["deal_won"])
    assert not any("wins" in text for text in texts(desk))


def test_a_refund_lowers_the_total_and_is_no_news(tmp_path: Path, store: Store) -> None:
    desk = desk_of(tmp_path, store)
    known(desk, store, deal("0", "Anna", 100, NOW - 3 * DAY), deal("9", "Ben", 90, NOW - 3 * DAY))
    worked(desk)
    known(desk, store, deal("1", "Anna", -50))
    worked(desk, NOW + 1, NOW + 1, touched=["deal_won"])
    assert [row.name for row in slides(desk)["leaderboard"].pages[0]] == ["Ben", "Anna"]
    assert not any(
        word in text for text in texts(desk, NOW + 1) for word in ("wins", "takes the lead", "climbs")
    )


def test_what_was_seen_long_ago_is_forgotten(tmp_path: Path, store: Store) -> None:
    desk = desk_of(tmp_path, store)
    known(desk, store, *(deal(str(n), "Anna", 1) for n in range(50)))
    worked(desk)
    assert len(desk.news._seen or {}) == 50
    worked(desk, NOW + 4 * DAY, NOW + 4 * DAY)
    assert not desk.news._seen


def test_a_new_leader_is_news(tmp_path: Path, store: Store) -> None:
    desk = desk_of(tmp_path, store)
    known(desk, store, deal("0", "Ben", 100), deal("1", "Anna", 50))
    worked(desk)
    known(desk, store, deal("2", "Anna", 60))
    worked(desk, NOW + 1, NOW, touched=["deal_won"])
    assert "Anna takes the lead in Revenue won" in texts(desk)


# ---------------------------------------------------------------------------------------- replay


def test_a_replay_reveals_a_days_date_only_facts_one_by_one(tmp_path: Path, store: Store) -> None:
    day = ms("2026-03-18 00:00")
    desk = desk_of(tmp_path, store, running_replay=True)
    known(desk, store, *(deal(str(n), f"P{n}", 10, day, day_only=True) for n in range(8)))
    seen = []
    for hour in range(8, 19):
        worked(desk, day + hour * HOUR, touched=[])
        seen.append(sum(row.known for row in slides(desk, day + hour * HOUR)["deals"].pages[0]))
    assert seen == sorted(seen)
    assert (seen[0], seen[-1]) == (0, 8)
    assert len(set(seen)) > 4
    assert slides(desk, day + 18 * HOUR)["deals"].age.kind == "replay"
