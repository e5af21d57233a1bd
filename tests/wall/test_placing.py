"""Where the window stands: full-screen on the screen that was asked for, whatever becomes of screens."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from pytestqt.qtbot import QtBot

from salesboard_display.views.stage import placing as placing_module
from salesboard_display.views.stage.placing import Placing
from salesboard_display.views.stage.window import Stage


@pytest.fixture
def placing(stage: Stage) -> Iterator[Placing]:
    """Places the stage's window."""
    made = Placing(stage.view)
    yield made
    made.stop()
    made.deleteLater()


def test_full_screen_covers_the_whole_screen(placing: Placing, stage: Stage, qapp: QGuiApplication) -> None:
    placing.show(0, full_screen=True)
    assert stage.view.geometry() == qapp.screens()[0].geometry()
    assert stage.view.visibility() == stage.view.Visibility.FullScreen


def test_a_size_makes_a_window_of_that_size(placing: Placing, stage: Stage) -> None:
    placing.show(0, full_screen=False, size=(800, 450))
    assert (stage.view.width(), stage.view.height()) == (800, 450)
    assert stage.view.windowState() == Qt.WindowState.WindowNoState


def test_a_screen_there_is_none_of_means_the_last(
    placing: Placing, stage: Stage, qapp: QGuiApplication
) -> None:
    placing.show(7, full_screen=True)
    assert stage.view.screen() is qapp.screens()[-1]
    assert stage.view.isVisible()
    placing.move_to(3)
    assert stage.view.geometry() == qapp.screens()[-1].geometry()


def test_full_screen_can_be_left_and_entered(placing: Placing, stage: Stage) -> None:
    placing.show(0, full_screen=True)
    placing.set_full_screen(False)
    assert stage.view.visibility() == stage.view.Visibility.Windowed
    placing.set_full_screen(True)
    assert stage.view.visibility() == stage.view.Visibility.FullScreen


def test_a_window_that_lost_its_place_is_put_back_after_screens_changed(
    placing: Placing, stage: Stage, qapp: QGuiApplication, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(placing_module, "SETTLE_MS", 20)
    placing.show(0, full_screen=True)
    whole = qapp.screens()[0].geometry()
    stage.view.setGeometry(10, 10, 100, 80)
    for changed in (qapp.screenRemoved, qapp.screenAdded):
        changed.emit(qapp.screens()[0])
    qtbot.waitUntil(lambda: stage.view.geometry() == whole, timeout=2000)


def test_without_any_screen_nothing_is_placed_and_nothing_breaks(
    placing: Placing, stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    placing.show(0, full_screen=True)
    with monkeypatch.context() as patch:
        patch.setattr(QGuiApplication, "screens", staticmethod(lambda: []))
        placing.set_full_screen(False)
        placing.move_to(1)
    placing.move_to(0)
    assert stage.view.isVisible()


def test_a_raise_keeps_the_window_shown(placing: Placing, stage: Stage) -> None:
    placing.show(0, full_screen=True)
    placing.bring_to_front()
    assert stage.view.isVisible()
