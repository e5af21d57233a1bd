"""What stands between the command line and Qt: the platform, the engine's command, pictures, the look at the
screen."""

from __future__ import annotations

import builtins
import sys
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtGui import QGuiApplication

from salesboard_display import app
from tests.views.snapshots import leaderboard, snapshot


@pytest.fixture
def on_linux(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """Linux without a display and without a word about Qt's platform."""
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setenv("QT_QPA_PLATFORM", "")
    monkeypatch.delenv("QT_QPA_PLATFORM")
    return monkeypatch


def test_without_a_display_it_draws_off_screen_and_says_so(on_linux: pytest.MonkeyPatch) -> None:
    assert "drawing off-screen" in app.choose_platform(offscreen=False)
    assert app.os.environ["QT_QPA_PLATFORM"] == "offscreen"


def test_whoever_asks_for_no_screen_is_told_nothing(on_linux: pytest.MonkeyPatch) -> None:
    assert app.choose_platform(offscreen=True) == ""
    assert app.os.environ["QT_QPA_PLATFORM"] == "offscreen"


@pytest.mark.parametrize("name", ["DISPLAY", "WAYLAND_DISPLAY"])
def test_with_a_display_qt_chooses(on_linux: pytest.MonkeyPatch, name: str) -> None:
    on_linux.setenv(name, ":0")
    assert app.choose_platform(offscreen=False) == ""
    assert "QT_QPA_PLATFORM" not in app.os.environ


def test_elsewhere_than_on_linux_there_is_a_display(on_linux: pytest.MonkeyPatch) -> None:
    on_linux.setattr(sys, "platform", "darwin")
    assert app.has_display()


def test_the_engine_is_started_with_this_python() -> None:
    command = app.engine_command(("--demo",))
    assert command == [sys.executable, "-m", "salesboard_display", "hub", "--child", "--demo"]


def test_a_frozen_build_starts_itself_as_the_engine(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    assert app.engine_command(()) == [sys.executable, "hub", "--child"]


def test_where_qt_cannot_be_loaded_check_says_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    original = builtins.__import__

    def without_qt(name: str, *more: Any) -> Any:
        if name == "salesboard_display.views.graphics":
            raise ImportError("libEGL.so.1: cannot open shared object file")
        return original(name, *more)

    monkeypatch.setattr(builtins, "__import__", without_qt)
    (finding,) = app.look_at_screen()
    assert not finding.ok
    assert "libEGL.so.1" in str(finding.text.named["why"])
    assert finding.advice


def test_a_picture_is_drawn_of_a_snapshot(qapp: QGuiApplication, tmp_path: Path) -> None:
    out = tmp_path / "one.png"
    app.draw_picture(snapshot(leaderboard()), "leaderboard", 0, (320, 180), out)
    assert out.read_bytes().startswith(b"\x89PNG")
