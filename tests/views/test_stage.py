"""The stage: rows keep their delegates, figures end exact, bursts wait, slides fade, data ages by itself."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QGuiApplication, QImage
from PySide6.QtQuick import QQuickItem
from PySide6.QtTest import QSignalSpy, QTest
from pytestqt.qtbot import QtBot

from salesboard_display.core.snapshot import Row, Show, Snapshot
from salesboard_display.views.slides import VIEWS
from salesboard_display.views.slides.leaderboard import page_rows
from salesboard_display.views.slides.view import View, common_head
from salesboard_display.views.stage import window
from salesboard_display.views.stage.window import Stage, items_below
from tests.views import snapshots as make
from tests.views.conftest import StageMaker, ask, kind_of, shown, texts, words_on

PEOPLE = list(make.PEOPLE)


@pytest.fixture
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Re-rankings need not wait for each other."""
    monkeypatch.setattr(window, "RERANK_S", 0.0)


def board(*amounts: int) -> Snapshot:
    """A snapshot with one leaderboard: the first so many people with these amounts."""
    people = tuple((name, team, amount) for (name, team, _), amount in zip(PEOPLE, amounts, strict=False))
    return make.snapshot(make.leaderboard(make.rows(len(people), people)))


def board_rows(stage: Stage) -> list[QQuickItem]:
    """The rows on the board, by place."""
    return sorted(shown(stage, "BoardRow"), key=lambda row: row.property("place"))


def names(stage: Stage) -> list[str]:
    """The names on the board, from top to bottom."""
    return [row.property("name") for row in sorted(board_rows(stage), key=lambda row: row.y())]


def at_rest(stage: Stage) -> bool:
    """Whether every row has come to its place and is there entirely, or gone."""
    rows = [row for row in items_below(stage.view.rootObject()) if kind_of(row) == "BoardRow"]
    return all(
        row.opacity() == 1 and row.property("slot") == row.property("place") and not row.property("leaving")
        for row in rows
    )


def value_of(stage: Stage, name: str) -> str:
    """What stands as somebody's value."""
    row = next(row for row in board_rows(stage) if row.property("name") == name)
    return next(str(item.property("text")) for item in items_below(row) if kind_of(item) == "Value")


def pictures_of(deck: QQuickItem) -> list[QQuickItem]:
    """The pictures of slides that fade just now."""
    return [item for item in deck.childItems() if kind_of(item) == "QQuickImage" and item.isVisible()]


def picture_of(stage: Stage) -> QImage:
    """What the wall shows."""
    return stage.view.grabWindow()


def test_before_the_engine_names_a_slide_the_first_with_something_to_say_stands(
    make_stage: StageMaker,
) -> None:
    stage = make_stage()
    stage.apply(make.snapshot(make.leaderboard(id="none", empty=True), make.podium()))
    assert stage.shown == ("podium", 0)


@pytest.mark.usefixtures("at_once")
def test_rows_keep_their_delegates_whatever_the_ranks_do(
    make_stage: StageMaker, qapp: QGuiApplication
) -> None:
    stage = make_stage()
    chance = random.Random(3)
    for _ in range(20):
        stage.apply(board(*chance.sample(range(10_000, 90_000), 8)))
        qapp.processEvents()
    (rows,) = shown(stage, "RowList")
    assert rows.property("created") == 8
    assert stage.rank_changes > 20


@pytest.mark.usefixtures("at_once")
def test_a_storm_of_boards_ends_with_exactly_the_newest_and_nobody_half_there(
    make_stage: StageMaker, qtbot: QtBot
) -> None:
    stage = make_stage()
    stage.apply(board(8, 7, 6, 5, 4, 3, 2, 1))
    qtbot.waitUntil(lambda: bool(shown(stage, "RowList")) and shown(stage, "RowList")[0].property("settled"))
    chance = random.Random(5)
    for _ in range(12):  # people come, go and pass each other while others are still on their way
        amounts = [chance.randrange(1, 90_000) for _ in range(chance.randrange(2, 9))]
        stage.apply(board(*amounts))
        qtbot.wait(40)
    last = board(10, 50, 30, 40)
    stage.apply(last)
    qtbot.waitUntil(lambda: at_rest(stage) and len(board_rows(stage)) == 4, timeout=5000)
    assert names(stage) == [row.name for row in last.slides[0].pages[0]]
    assert [row.opacity() for row in board_rows(stage)] == [1.0] * 4


@pytest.mark.usefixtures("at_once")
def test_an_interrupted_count_ends_with_the_exact_text(make_stage: StageMaker, qtbot: QtBot) -> None:
    stage = make_stage()
    stage.apply(board(1_000, 500))
    name = PEOPLE[0][0]
    stage.apply(board(50_000, 500))
    qtbot.waitUntil(lambda: value_of(stage, name) not in (make.euro(1_000), make.euro(50_000)))
    stage.apply(board(70_000, 500))
    qtbot.waitUntil(lambda: value_of(stage, name) == make.euro(70_000))
    stage.apply(board(80_001, 500))
    qtbot.wait(30)
    odd = replace(board(90_000, 500).slides[0].pages[0][0], display="ready made")
    rest = board(90_000, 500).slides[0].pages[0][1:]
    stage.apply(make.snapshot(make.leaderboard((odd, *rest))))
    qtbot.waitUntil(lambda: value_of(stage, name) == "ready made")


def test_a_value_that_becomes_unknown_is_a_dash_at_once(make_stage: StageMaker) -> None:
    stage = make_stage()
    stage.apply(board(1_000, 500))
    rows = board(1_000, 500).slides[0].pages[0]
    unknown = replace(rows[0], display="–", known=False, value=0.0)
    stage.apply(make.snapshot(make.leaderboard((unknown, rows[1]))))
    assert value_of(stage, rows[0].name) == "–"


def test_of_a_burst_only_the_newest_is_shown_and_not_at_once(
    make_stage: StageMaker, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(window, "RERANK_S", 0.25)
    stage = make_stage()
    stage.apply(board(3, 2, 1))
    for amounts in ((2, 3, 1), (1, 3, 2), (9, 3, 2), (1, 2, 9)):
        stage.apply(board(*amounts))
    first, second, third = (name for name, _, _ in PEOPLE[:3])
    assert [row.property("name") for row in board_rows(stage)] == [second, first, third]
    assert [row.property("value") for row in board_rows(stage)] == [2, 1, 9], "figures are the newest"
    qtbot.waitUntil(lambda: [r.property("name") for r in board_rows(stage)] == [third, second, first])
    assert stage.rank_changes == 2 + 3, "the boards between were never shown"


def test_values_that_re_rank_nobody_do_not_wait(make_stage: StageMaker) -> None:
    stage = make_stage(reduced=True)
    stage.apply(board(3, 2))
    stage.apply(board(2, 3))
    stage.apply(board(2, 99))
    assert value_of(stage, PEOPLE[1][0]) == make.euro(99)


def test_a_riser_passes_over_the_others_and_glows(make_stage: StageMaker, qtbot: QtBot) -> None:
    stage = make_stage()
    stage.apply(board(3, 2, 1))
    qtbot.waitUntil(lambda: shown(stage, "RowList")[0].property("settled"))
    stage.apply(board(3, 2, 9))
    qtbot.waitUntil(lambda: board_rows(stage)[0].property("lift") > 0)
    riser, *others = board_rows(stage)
    assert riser.property("name") == PEOPLE[2][0]
    assert riser.property("glowing")
    assert all(riser.z() > other.z() and not other.property("glowing") for other in others)


def test_whoever_moves_up_because_another_falls_does_not_glow(make_stage: StageMaker, qtbot: QtBot) -> None:
    stage = make_stage()
    stage.apply(board(3, 2, 1))
    qtbot.waitUntil(lambda: shown(stage, "RowList")[0].property("settled"))
    stage.apply(board(0, 2, 1))
    qtbot.waitUntil(lambda: names(stage)[0] == PEOPLE[1][0])
    assert not any(row.property("glowing") or row.property("lift") for row in board_rows(stage))


def test_reduced_motion_places_rows_at_once(make_stage: StageMaker, qtbot: QtBot) -> None:
    stage = make_stage(reduced=True)
    stage.apply(board(3, 2, 1))
    qtbot.waitUntil(lambda: shown(stage, "RowList")[0].property("settled"))
    stage.apply(board(3, 2, 9))
    assert at_rest(stage)
    assert names(stage)[0] == PEOPLE[2][0]
    assert not board_rows(stage)[0].property("glowing")


def test_the_next_slide_lies_complete_below_while_the_old_one_fades(
    make_stage: StageMaker, qtbot: QtBot
) -> None:
    stage = make_stage()
    stage.apply(make.snapshot())
    stage.show(Show("podium"))
    (deck,) = shown(stage, "Deck")
    qtbot.waitUntil(lambda: deck.property("fading"))
    (old,), (new,) = shown(stage, "Leaderboard"), shown(stage, "Podium")
    assert (old.z(), new.z()) == (1, 0)
    qtbot.waitUntil(lambda: len(pictures_of(deck)) == 2)
    below, above = pictures_of(deck)
    assert below.opacity() == 1
    assert [round(side.opacity()) for side in (old, new)] == [0, 0]  # their pictures fade, painted once
    qtbot.waitUntil(lambda: 0.1 < above.opacity() < 0.9)
    mixed = picture_of(stage)
    qtbot.waitUntil(lambda: not deck.property("fading"))
    assert pictures_of(deck) == []
    assert new.opacity() == 1
    assert [item for item in deck.childItems() if item.isVisible()] == [new]
    assert mixed != picture_of(stage)


def test_a_change_that_is_cut_short_leaves_no_picture_behind(
    make_stage: StageMaker, qtbot: QtBot, qapp: QGuiApplication
) -> None:
    stage = make_stage()
    stage.apply(make.snapshot())
    (deck,) = shown(stage, "Deck")
    stage.show(Show("podium"))
    qtbot.waitUntil(lambda: deck.property("fading"))
    stage.show(Show("teams"))  # while the pictures of the former are being taken
    qtbot.waitUntil(lambda: bool(shown(stage, "Teams")) and not deck.property("fading"))
    for _ in range(5):
        qapp.processEvents()  # a picture that comes too late is not shown
    qtbot.waitUntil(lambda: pictures_of(deck) == [])
    assert shown(stage, "Teams")[0].opacity() == 1


def test_of_slides_that_come_faster_than_they_fade_the_last_stands_alone(
    make_stage: StageMaker, qtbot: QtBot, qapp: QGuiApplication
) -> None:
    stage = make_stage()
    stage.apply(make.snapshot())
    (deck,) = shown(stage, "Deck")
    for slide in ("podium", "teams", "challenge", "leaderboard", "podium", "teams") * 3:
        stage.show(Show(slide))
        qapp.processEvents()
    qtbot.waitUntil(lambda: bool(shown(stage, "Teams")) and not deck.property("fading"))
    qtbot.waitUntil(lambda: [kind_of(item) for item in deck.childItems() if item.isVisible()] == ["Teams"])
    assert shown(stage, "Teams")[0].opacity() == 1


def test_a_slide_named_before_its_snapshot_stands_as_soon_as_it_comes(make_stage: StageMaker) -> None:
    stage = make_stage()
    stage.show(Show("teams"))
    stage.apply(make.snapshot(make.leaderboard()))
    assert stage.shown is None
    stage.apply(make.snapshot())
    assert stage.shown == ("teams", 0)


def test_a_slide_that_is_not_there_leaves_what_stands(make_stage: StageMaker) -> None:
    stage = make_stage()
    stage.apply(make.snapshot())
    stage.show(Show("gone"))
    assert stage.shown == ("leaderboard", 0)


def test_an_unknown_view_is_said_and_passed_over(make_stage: StageMaker) -> None:
    stage = make_stage()
    stage.apply(make.snapshot(make.leaderboard(), make.leaderboard(id="odd", view="raec")))
    problems, commands = QSignalSpy(stage.problem), QSignalSpy(stage.command)
    stage.show(Show("odd"))
    assert stage.shown == ("leaderboard", 0)
    assert "raec" in problems.at(0)[0]
    assert commands.at(0) == ["next"]


def test_a_broken_view_is_said_and_passed_over(
    make_stage: StageMaker, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(VIEWS, "missing", View("missing", page_rows, common_head))
    stage = make_stage()
    stage.apply(make.snapshot(make.leaderboard(), make.leaderboard(id="odd", view="missing")))
    problems, commands = QSignalSpy(stage.problem), QSignalSpy(stage.command)
    stage.show(Show("odd"))
    assert stage.shown == ("leaderboard", 0)
    assert "Missing.qml" in problems.at(0)[0]
    assert commands.count() == 1
    assert "Anna Snelling" in words_on(stage)


def test_pages_follow_each_other_and_the_next_is_another_content(make_stage: StageMaker) -> None:
    stage = make_stage(still=True)
    slide = make.leaderboard(pages=(make.rows(), make.alphabetical()), page_labels=("", "Everyone else"))
    stage.apply(make.snapshot(slide))
    assert "Everyone else" not in words_on(stage)
    stage.show(Show("leaderboard", 1))
    assert stage.shown == ("leaderboard", 1)
    assert "Everyone else" in words_on(stage)


def test_data_ages_by_itself_when_the_engine_is_silent(make_stage: StageMaker) -> None:
    stage = make_stage(still=True)
    stage.apply(make.snapshot(make.leaderboard()))
    (slide,) = shown(stage, "Leaderboard")
    assert "Live · 12 s" in words_on(stage)
    ask(slide, f"clock.now = {make.NOW_MS + 60_000}")
    assert "Live · 1 min" in words_on(stage)
    ask(slide, f"clock.now = {make.NOW_MS + 120_000}")
    assert "Updated 14:32" in words_on(stage)
    ask(slide, f"clock.now = {make.NOW_MS + 400_000}")
    assert "No data since Thu 14:32" in words_on(stage)
    row = board_rows(stage)[0]
    assert ask(row, "tokens.greyed"), "stale looks stale"
    assert not ask(stage.view.rootObject(), "liveTokens.greyed")


def test_a_card_ages_on_its_own(make_stage: StageMaker) -> None:
    stage = make_stage(still=True)
    stage.apply(make.snapshot(make.leaderboard(panels=(replace(make.CHALLENGE, age=make.STALE), make.GOAL))))
    (challenge,), (goal,) = shown(stage, "ChallengeCard"), shown(stage, "GoalCard")
    assert ask(challenge, "tokens.greyed")
    assert not ask(goal, "tokens.greyed")


def test_demo_data_and_a_replay_say_so_and_never_live(make_stage: StageMaker) -> None:
    stage = make_stage(still=True)
    for age, words in ((make.DEMO, "Demo data"), (make.REPLAY, "Replay · 14 Mar 2017")):
        stage.apply(make.snapshot(make.leaderboard(age=age, panels=())))
        assert words in words_on(stage)
        assert not any(text.startswith("Live") for text in words_on(stage))


@pytest.mark.parametrize(
    ("key", "command"),
    [(Qt.Key.Key_Left, "previous"), (Qt.Key.Key_Right, "next"), (Qt.Key.Key_Space, "pause")],
)
def test_keys_become_commands(make_stage: StageMaker, key: Qt.Key, command: str) -> None:
    stage = make_stage()
    said = QSignalSpy(stage.command)
    QTest.keyClick(stage.view, key)
    assert said.at(0) == [command]


def test_space_resumes_a_paused_wall_which_shows_a_mark(make_stage: StageMaker) -> None:
    stage = make_stage()
    stage.apply(make.snapshot())
    stage.show(Show("leaderboard", paused=True))
    marks = [icon for icon in shown(stage, "Icon") if icon.property("name") == "pause"]
    assert len(marks) == 1
    said = QSignalSpy(stage.command)
    QTest.keyClick(stage.view, Qt.Key.Key_Space)
    assert said.at(0) == ["resume"]


def test_f11_escape_and_quit(make_stage: StageMaker) -> None:
    stage = make_stage()
    full, leave = QSignalSpy(stage.fullScreenWanted), QSignalSpy(stage.quitWanted)
    QTest.keyClick(stage.view, Qt.Key.Key_Escape)
    assert full.count() == 0, "there is no full-screen to leave"
    QTest.keyClick(stage.view, Qt.Key.Key_F11)
    assert full.at(0) == [True]
    stage.view.showFullScreen()
    QTest.keyClick(stage.view, Qt.Key.Key_Escape)
    assert full.at(1) == [False]
    QTest.keyClick(stage.view, Qt.Key.Key_Q, Qt.KeyboardModifier.ControlModifier)
    assert leave.count() == 1


def test_the_office_s_language_is_spoken_at_once(make_stage: StageMaker) -> None:
    stage = make_stage(still=True)
    stage.apply(make.snapshot(make.challenge()))
    assert "Prize" in words_on(stage)
    stage.apply(make.snapshot(make.challenge(), locale="de_DE"))
    assert "Preis" in words_on(stage)
    stage.apply(make.snapshot(make.challenge(), locale="en_GB"))
    assert "Prize" in words_on(stage)


def test_the_clock_shows_office_time_in_the_office_s_style(make_stage: StageMaker) -> None:
    stage = make_stage(still=True)
    stage.apply(make.snapshot())
    assert "14:32" in words_on(stage)
    stage.apply(make.snapshot(locale="en_US"))
    assert "2:32\u00a0PM" in words_on(stage)


def test_a_notice_stands_in_the_ticker(make_stage: StageMaker) -> None:
    stage = make_stage(still=True)
    stage.apply(make.snapshot(notice="The settings have an error in line 7"))
    assert "The settings have an error in line 7" in words_on(stage)
    stage.say("")
    assert "The settings have an error in line 7" not in words_on(stage)


READING = ("Reading HubSpot for the first time: 12,400 records so far", "Reading calls for the first time")


def test_while_nothing_stands_the_wall_says_in_its_middle_what_is_being_read(make_stage: StageMaker) -> None:
    stage = make_stage((1920, 1080), still=True)
    stage.apply(Snapshot(seq=1, clock=make.snapshot().clock, reading=READING))
    lines = [item for item in texts(stage) if item.property("text") in READING]
    assert [item.property("text") for item in lines] == list(READING)
    for line in lines:
        assert not line.property("truncated")
        assert line.mapToScene(QPointF(line.width() / 2, 0)).x() == pytest.approx(960, abs=1)
        assert line.property("font").pixelSize() >= 0.03 * 1080
    stage.apply(make.snapshot())
    assert not set(READING) & set(words_on(stage))


def test_beside_a_board_the_first_source_being_read_is_told_calmly_in_the_ticker(
    make_stage: StageMaker,
) -> None:
    stage = make_stage((1920, 1080), still=True)
    stage.apply(make.snapshot(reading=READING))
    (told,) = [item for item in texts(stage) if item.property("text") in READING]
    assert told.property("text") == READING[0]
    assert not told.property("truncated")
    stage.apply(make.snapshot(reading=READING, notice="The disk is full"))
    assert "The disk is full" in words_on(stage)
    assert READING[0] not in words_on(stage)


def test_growing_figures_seldom_begin_the_ticker_anew(make_stage: StageMaker) -> None:
    stage = make_stage((1920, 1080), still=True)
    widths = set()
    for count in range(1_000, 100_000, 9_000):
        stage.apply(make.snapshot(reading=(f"Reading HubSpot for the first time: {count:,} records so far",)))
        (line,) = shown(stage, "Ticker")
        widths.add(line.property("viewportWidth"))
    assert len(widths) <= 2


def test_a_picture_replaces_initials_and_a_missing_one_leaves_them(
    make_stage: StageMaker, qtbot: QtBot, tmp_path_factory: pytest.TempPathFactory
) -> None:
    photo = tmp_path_factory.mktemp("ph otö") / "a%20b.png"
    image = QImage(64, 48, QImage.Format.Format_RGB32)
    image.fill(0x00FF00)
    assert image.save(str(photo))
    with_one, missing, *_ = make.rows(3)
    rows: tuple[Row, ...] = (replace(with_one, picture=str(photo)), replace(missing, picture="/nowhere.png"))
    stage = make_stage(still=True)
    stage.apply(make.snapshot(make.leaderboard(rows, panels=())))
    qtbot.waitUntil(lambda: not stage.pictures_loading())
    assert "AS" not in words_on(stage)
    assert "DS" in words_on(stage)


def test_every_text_is_plain_so_that_a_name_is_never_markup(make_stage: StageMaker) -> None:
    stage = make_stage(still=True)
    rows = tuple(replace(row, name=f'<img src="http://127.0.0.1:1/{row.id}">') for row in make.rows(3))
    stage.apply(make.snapshot(make.leaderboard(rows)))
    assert sum(words.startswith("<img") for words in words_on(stage)) == 3


def test_figures_are_counted_only_when_asked_for(make_stage: StageMaker, qtbot: QtBot) -> None:
    plain = make_stage()
    plain.apply(make.snapshot())
    assert plain.figures() == {}
    stage = make_stage(stats=True)
    stage.apply(make.snapshot())
    qtbot.waitUntil(lambda: stage.figures()["frames"] > 5)
    stage.show(Show("podium"))
    qtbot.waitUntil(lambda: stage.figures()["slide_changes"] == 1)
    assert stage.figures()["rank_changes"] == 0
    stage.reset_figures()
    assert stage.figures()["frames"] < 5


def test_the_time_from_a_fact_to_its_first_frame_is_measured_once_per_snapshot(
    make_stage: StageMaker, qtbot: QtBot
) -> None:
    import time

    stage = make_stage(stats=True)
    stage.apply(board(3, 2))
    qtbot.waitUntil(lambda: shown(stage, "RowList")[0].property("settled"))
    stage.apply(replace(board(50_000, 20_000), newest_fact_ms=time.time_ns() // 1_000_000 - 5))
    qtbot.waitUntil(lambda: len(stage.figures()["latencies_ms"]) == 1)
    stage.apply(board(60_000, 20_000))  # no new fact in it
    qtbot.wait(100)
    (latency,) = stage.figures()["latencies_ms"]
    assert 5 <= latency < 2_000
