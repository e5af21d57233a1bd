"""The ticker: full from the start, constant, without gaps or overlaps; what is urgent enters next."""

from __future__ import annotations

from itertools import pairwise

import pytest
from PySide6.QtQuick import QQuickItem
from PySide6.QtTest import QSignalSpy
from pytestqt.qtbot import QtBot

from salesboard_display.core.snapshot import TickerItem
from salesboard_display.views.stage.window import Stage
from tests.views import snapshots as make
from tests.views.conftest import StageMaker, ask, shown

SIZE = (1280, 720)
U = SIZE[1] / 100
SPEED = 14 * U  # px per second
CALM = tuple(TickerItem(f"calm{n}", "info", f"Something calm happened, number {n}") for n in range(6))
WIN = TickerItem("win", "star", "Anna closed Cancity", True, "gold")


def ticker_of(stage: Stage) -> QQuickItem:
    """The ticker."""
    (ticker,) = shown(stage, "Ticker")
    return ticker


def line(stage: Stage) -> list[QQuickItem]:
    """What is on the line, from left to right."""
    return sorted(shown(stage, "TickerEntry"), key=lambda entry: entry.property("birth"))


def texts(stage: Stage) -> list[str]:
    """What can be read on the line, from left to right."""
    return [entry.property("text") for entry in line(stage)]


def rush(stage: Stage, seconds: float) -> None:
    """Let the line travel on without waiting for it, in steps as its timer would."""
    ticker = ticker_of(stage)
    for _ in range(round(seconds / 0.2)):
        ask(ticker, f"(base += {SPEED * 0.2}, advance(), 1)")


def seconds_until_it_enters(stage: Stage) -> float:
    """How long it takes the win to come in at the right."""
    ticker = ticker_of(stage)
    for tenth in range(100):
        edge = ask(ticker, "travelled() + viewportWidth")
        if any(entry.property("key") == "win" and entry.property("birth") <= edge for entry in line(stage)):
            return tenth / 10
        ask(ticker, f"(base += {SPEED * 0.1}, advance(), 1)")
    return 10.0


@pytest.fixture
def stage(make_stage: StageMaker) -> Stage:
    """A wall with a calm ticker."""
    stage = make_stage(SIZE)
    stage.apply(make.snapshot(ticker=CALM))
    return stage


def test_the_line_is_full_from_the_start(stage: Stage) -> None:
    last = line(stage)[-1]
    assert last.x() + last.width() > 1280 - 12 * U
    assert texts(stage)[0] == CALM[0].text


def test_items_follow_each_other_with_one_gap_and_never_overlap(stage: Stage) -> None:
    rush(stage, 60)
    for left, right in pairwise(line(stage)):
        assert right.property("birth") - left.property("birth") - left.width() == pytest.approx(
            6 * U, abs=0.01
        )


def test_everything_comes_round_in_order(stage: Stage) -> None:
    spy = QSignalSpy(ticker_of(stage).entered)  # type: ignore[attr-defined]
    rush(stage, 90)
    came = [spy.at(at)[0] for at in range(spy.count())]
    start = int(came[0][-1])
    assert came == [f"calm{(start + at) % 6}" for at in range(len(came))]
    assert len(came) > 12


def test_it_travels_at_its_speed(stage: Stage, qtbot: QtBot) -> None:
    ticker = ticker_of(stage)
    qtbot.waitUntil(lambda: ask(ticker, "travelled()") > 0)
    before, start = ask(ticker, "travelled()"), ask(ticker, "Date.now()")
    qtbot.wait(600)
    after, end = ask(ticker, "travelled()"), ask(ticker, "Date.now()")
    assert (after - before) / (end - start) * 1000 == pytest.approx(SPEED, rel=0.1)


def test_a_lap_ends_without_a_jump(stage: Stage, qtbot: QtBot) -> None:
    ticker = ticker_of(stage)
    lap = ticker.property("lap")
    ask(ticker, f"(phase = {lap} - 1, last = phase, 1)")
    before = [ask(entry, "mapToItem(null, 0, 0).x") for entry in line(stage)]
    ask(ticker, "(phase = 1, 1)")
    assert ask(ticker, "travelled()") == pytest.approx(lap + 1)
    after = [ask(entry, "mapToItem(null, 0, 0).x") for entry in line(stage)]
    assert after == pytest.approx([x - 2 for x in before], abs=1.01)


def test_a_win_is_the_next_to_enter_within_two_seconds(stage: Stage) -> None:
    rush(stage, 7.3)
    stage.apply(make.snapshot(ticker=(WIN, *CALM)))
    assert seconds_until_it_enters(stage) <= 2
    assert texts(stage)[-1] == WIN.text, "and nothing comes before it"


def test_a_long_item_is_cut_beyond_the_edge_to_make_way(make_stage: StageMaker) -> None:
    stage = make_stage(SIZE)
    long = tuple(
        TickerItem(f"long{n}", "timer", "A very long story about a challenge " * 5) for n in range(3)
    )
    stage.apply(make.snapshot(ticker=long))
    rush(stage, 30)
    stage.apply(make.snapshot(ticker=(WIN, *long)))
    edge = ask(ticker_of(stage), "travelled() + viewportWidth")
    cut = line(stage)[-1]
    assert cut.property("limit") > 0
    assert cut.property("birth") + cut.property("limit") > edge + 5 * U, "nothing that can be seen changes"
    assert seconds_until_it_enters(stage) <= 2


def test_a_win_is_urgent_only_once(stage: Stage) -> None:
    stage.apply(make.snapshot(ticker=(WIN, *CALM)))
    spy = QSignalSpy(ticker_of(stage).entered)  # type: ignore[attr-defined]
    rush(stage, 5)
    stage.apply(make.snapshot(ticker=(WIN, *CALM)))
    rush(stage, 20)
    came = [spy.at(at)[0] for at in range(spy.count())]
    assert came[0] == "win"
    assert came.count("win") == 1, "its turn in this round it has had"
    assert len(came) >= 6


def test_one_short_item_stands_on_the_line_once(make_stage: StageMaker) -> None:
    stage = make_stage(SIZE)
    stage.apply(make.snapshot(ticker=(WIN,)))
    rush(stage, 30)
    seen = [entry for entry in line(stage) if entry.x() < 1280]
    assert len(seen) <= 2


def test_without_items_there_is_no_ticker_and_it_comes_back(make_stage: StageMaker) -> None:
    stage = make_stage(SIZE)
    stage.apply(make.snapshot(ticker=()))
    assert shown(stage, "Ticker") == []
    stage.apply(make.snapshot(ticker=CALM))
    assert texts(stage)


def test_reduced_motion_shows_one_item_after_the_other(make_stage: StageMaker, qtbot: QtBot) -> None:
    stage = make_stage(SIZE, reduced=True)
    stage.apply(make.snapshot(ticker=CALM))
    qtbot.waitUntil(lambda: bool(texts(stage)) and texts(stage)[-1] != "")
    assert len(texts(stage)) == 1
    before = ask(ticker_of(stage), "travelled()")
    qtbot.wait(100)
    assert ask(ticker_of(stage), "travelled()") == before
