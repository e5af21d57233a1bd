"""The wall's end of the socket: what the engine says is shown, and without an engine the wall goes on."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import Any

import pytest
from pytestqt.qtbot import QtBot

from salesboard_display.core.snapshot import Show, Snapshot
from salesboard_display.core.wire import frame, to_plain
from salesboard_display.views.stage import bridge as bridge_module
from salesboard_display.views.stage.bridge import Bridge
from salesboard_display.views.stage.window import Stage
from tests.views.conftest import words_on
from tests.views.snapshots import LIVE, leaderboard, podium, snapshot
from tests.wall.conftest import FakeEngine, garbage, length_and


def said(state: Snapshot) -> dict[str, Any]:
    return {"t": "snapshot", "snapshot": to_plain(state)}


def show(slide: str, page: int = 0, *, left_ms: int = 60_000) -> dict[str, Any]:
    until = time.time_ns() // 1_000_000 + left_ms
    return {"t": "show", "show": to_plain(Show(slide, page, until))}


@pytest.fixture
def linked(engine: FakeEngine, bridge: Bridge, qtbot: QtBot) -> FakeEngine:
    """The engine, with the wall's greeting heard."""
    bridge.connect_to(engine.path)
    qtbot.waitUntil(lambda: bool(engine.told("hello")))
    return engine


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """A wall that loses its patience soon."""
    monkeypatch.setattr(bridge_module, "RECONNECT_MS", 30)
    monkeypatch.setattr(bridge_module, "ALONE_AFTER_MS", 60)


def test_it_greets_the_engine_as_a_wall(linked: FakeEngine) -> None:
    assert linked.heard == [{"t": "hello", "role": "wall"}]


def test_a_snapshot_and_what_to_show_of_it_stand_on_the_wall(
    linked: FakeEngine, stage: Stage, qtbot: QtBot
) -> None:
    linked.say(said(snapshot()), show("podium"))
    qtbot.waitUntil(lambda: stage.shown == ("podium", 0))


def test_of_several_snapshots_at_once_only_the_newest_is_applied(
    linked: FakeEngine, bridge: Bridge, stage: Stage, qtbot: QtBot
) -> None:
    taken: list[int] = []
    original = stage.apply

    def apply(state: Snapshot) -> None:
        taken.append(state.seq)
        original(state)

    stage.apply = apply  # type: ignore[method-assign]
    linked.say(*(said(snapshot(seq=seq)) for seq in range(1, 6)))
    qtbot.waitUntil(lambda: bool(taken) and taken[-1] == 5)
    assert len(taken) < 5


def test_a_frame_in_pieces_is_put_together(linked: FakeEngine, stage: Stage, qtbot: QtBot) -> None:
    data = frame(said(snapshot(seq=9)))
    for first in range(0, len(data), 1000):
        linked.say_bytes(data[first : first + 1000])
        qtbot.wait(1)
    qtbot.waitUntil(lambda: stage.snapshot is not None and stage.snapshot.seq == 9)


def test_everything_the_engine_says_counts_as_a_sign_of_life(
    linked: FakeEngine, bridge: Bridge, qtbot: QtBot
) -> None:
    for message in ({"t": "beat"}, said(snapshot()), {"t": "news of a later version"}):
        with qtbot.waitSignal(bridge.heard, timeout=2000):
            linked.say(message)


def test_a_raise_asks_for_the_front(linked: FakeEngine, bridge: Bridge, qtbot: QtBot) -> None:
    with qtbot.waitSignal(bridge.raised, timeout=2000):
        linked.say({"t": "raise"})


def test_a_command_is_sent_and_its_reply_comes_back_by_name(
    linked: FakeEngine, bridge: Bridge, qtbot: QtBot
) -> None:
    bridge.command("pause")
    bridge.command("status")
    qtbot.waitUntil(lambda: len(linked.told("command")) == 2)
    first, second = linked.told("command")
    assert (first["name"], second["name"]) == ("pause", "status")
    with qtbot.waitSignal(bridge.answered, timeout=2000) as answered:
        linked.say({"t": "reply", "id": second["id"], "ok": True, "result": {"cpu_s": 1.5}, "error": ""})
    assert answered.args == ["status", {"cpu_s": 1.5}]


@pytest.mark.parametrize("wrong", [garbage(), length_and(b"not json"), b"\xff\xff\xff\xff"])
@pytest.mark.expected_log("cannot be understood")
def test_after_garbage_it_connects_again_and_goes_on(
    quick: None, linked: FakeEngine, stage: Stage, qtbot: QtBot, wrong: bytes
) -> None:
    linked.say_bytes(wrong)
    qtbot.waitUntil(lambda: linked.connections == 2)
    linked.say(said(snapshot(seq=3)))
    qtbot.waitUntil(lambda: stage.snapshot is not None and stage.snapshot.seq == 3)


@pytest.mark.expected_log("cannot be understood")
def test_garbage_after_every_connection_is_logged_once(
    quick: None, linked: FakeEngine, qtbot: QtBot, expected_log: Any
) -> None:
    for connection in (2, 3, 4):
        linked.say_bytes(garbage())
        qtbot.waitUntil(lambda wanted=connection: linked.connections == wanted)
    assert len(expected_log.seen) == 1


@pytest.mark.expected_log("cannot be understood")
def test_a_snapshot_of_another_shape_leaves_what_stands(
    quick: None, linked: FakeEngine, stage: Stage, qtbot: QtBot
) -> None:
    linked.say(said(snapshot(seq=1)), show("podium"))
    qtbot.waitUntil(lambda: stage.shown == ("podium", 0))
    linked.say({"t": "snapshot", "snapshot": {"seq": "one"}})
    qtbot.waitUntil(lambda: linked.connections == 2)
    assert stage.shown == ("podium", 0)


@pytest.mark.expected_log("a bug while showing what the engine said")
def test_a_bug_in_showing_is_logged_and_the_next_snapshot_is_shown(
    linked: FakeEngine, stage: Stage, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, expected_log: Any
) -> None:
    def broken(_state: Snapshot) -> None:
        raise ZeroDivisionError

    with monkeypatch.context() as patch:
        patch.setattr(stage, "apply", broken)
        linked.say(said(snapshot(seq=1)))
        qtbot.waitUntil(lambda: bool(expected_log.seen))
    linked.say(said(snapshot(seq=2)))
    qtbot.waitUntil(lambda: stage.snapshot is not None and stage.snapshot.seq == 2)
    assert linked.connections == 1


# -------------------------------------------------------------------- without an engine
def test_an_engine_that_comes_back_is_found_again(
    quick: None, linked: FakeEngine, bridge: Bridge, stage: Stage, qtbot: QtBot
) -> None:
    with qtbot.waitSignal(bridge.lost, timeout=2000):
        linked.end()
    linked.begin()
    qtbot.waitUntil(lambda: linked.connections == 2)
    linked.say(said(snapshot(seq=4)))
    qtbot.waitUntil(lambda: stage.snapshot is not None and stage.snapshot.seq == 4)


def test_when_the_engine_is_gone_pages_turn_alone_once_their_time_is_over(
    quick: None, linked: FakeEngine, stage: Stage, qtbot: QtBot
) -> None:
    linked.say(said(snapshot(leaderboard(), podium())), show("leaderboard", left_ms=50))
    qtbot.waitUntil(lambda: stage.shown == ("leaderboard", 0))
    linked.end()
    qtbot.waitUntil(lambda: stage.shown == ("podium", 0), timeout=5000)


def test_a_page_whose_time_is_not_over_stays_when_the_engine_is_gone(
    quick: None, linked: FakeEngine, stage: Stage, qtbot: QtBot
) -> None:
    linked.say(said(snapshot(leaderboard(), podium())), show("leaderboard", left_ms=60_000))
    qtbot.waitUntil(lambda: stage.shown == ("leaderboard", 0))
    linked.end()
    qtbot.wait(300)
    assert stage.shown == ("leaderboard", 0)


def test_keys_turn_pages_without_an_engine(
    quick: None, linked: FakeEngine, bridge: Bridge, stage: Stage, qtbot: QtBot
) -> None:
    linked.say(said(snapshot(leaderboard(), podium())), show("leaderboard"))
    qtbot.waitUntil(lambda: stage.shown == ("leaderboard", 0))
    with qtbot.waitSignal(bridge.lost, timeout=2000):
        linked.end()
    for key, stands in (("next", "podium"), ("next", "leaderboard"), ("previous", "podium")):
        bridge.command(key)
        assert stage.shown == (stands, 0)
    bridge.command("pause")
    assert stage.shown == ("podium", 0)


def test_keys_without_an_engine_and_without_a_board_do_no_harm(bridge: Bridge, stage: Stage) -> None:
    for key in ("next", "previous", "pause", "status"):
        bridge.command(key)
    assert stage.shown is None


def test_the_data_ages_by_itself_when_the_engine_is_gone(
    quick: None, linked: FakeEngine, stage: Stage, qtbot: QtBot
) -> None:
    now = time.time_ns() // 1_000_000
    age = replace(LIVE, as_of_ms=now, late_after_s=1.0, stale_after_s=2.0)
    clock = replace(snapshot().clock, real_ms=now)
    linked.say(said(snapshot(leaderboard(age=age, panels=()), clock=clock)), show("leaderboard"))
    qtbot.waitUntil(lambda: stage.shown == ("leaderboard", 0))
    assert age.late_text not in words_on(stage)
    linked.end()
    qtbot.waitUntil(lambda: any(age.stale_text in text for text in words_on(stage)), timeout=6000)


def test_a_closed_bridge_looks_for_no_engine(
    quick: None, linked: FakeEngine, bridge: Bridge, qtbot: QtBot
) -> None:
    bridge.close()
    linked.end()
    linked.begin()
    qtbot.wait(150)
    assert linked.connections == 1
