"""Composition root of the wall: builds everything once, owns lifetimes and the order of shutdown."""

from __future__ import annotations

import logging
import os
import sys
from dataclasses import dataclass
from pathlib import Path

from salesboard_display.core.findings import Finding
from salesboard_display.core.messages import message
from salesboard_display.core.snapshot import Snapshot

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class WallOptions:
    """How ``run`` and ``demo`` were called. ``engine_args`` are handed to the engine's own command,
    ``hub``."""

    engine_args: tuple[str, ...] = ()
    windowed: bool = False
    screen: int | None = None
    duration_s: float | None = None
    offscreen: bool = False
    size: tuple[int, int] | None = None
    stats: Path | None = None
    picture: Path | None = None


def has_display() -> bool:
    """Whether there is a screen to draw on (always true where it cannot be told)."""
    if sys.platform != "linux":
        return True
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


def choose_platform(*, offscreen: bool) -> str:
    """Sets Qt's platform before Qt is imported: without a display Qt would abort the process. Gives words
    to say."""
    if offscreen or not has_display():
        os.environ["QT_QPA_PLATFORM"] = "offscreen"
    if offscreen or has_display() or os.environ.get("QT_QPA_PLATFORM") not in (None, "offscreen"):
        return ""
    return "No screen here (neither DISPLAY nor WAYLAND_DISPLAY is set): drawing off-screen."


def run_wall(options: WallOptions) -> int:
    """Show the wall until it is closed or ``duration_s`` is over. Gives the exit code."""
    said = choose_platform(offscreen=options.offscreen)
    if said:
        sys.stderr.write(f"{said}\n")
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    from salesboard_display.views.graphics import choose_backend

    choose_backend()
    from PySide6.QtGui import QGuiApplication

    from salesboard_display.views.messages import log_qt_messages
    from salesboard_display.views.wall import Wall

    log_qt_messages()
    app = QGuiApplication(["salesboard-display"])
    app.setApplicationName("salesboard-display")
    app.setApplicationDisplayName("Salesboard")
    return Wall(options, engine_command(options.engine_args)).exec()


def draw_picture(snapshot: Snapshot, slide: str, page: int, size: tuple[int, int], out: Path) -> None:
    """Draw one settled picture of a slide into a PNG, with or without a display. Raises OSError when it
    cannot be written."""
    os.environ["QT_QPA_PLATFORM"] = "offscreen"
    from salesboard_display.views.graphics import choose_backend

    choose_backend()
    from salesboard_display.views.picture import render

    render(snapshot, slide, page, size, snapshot.theme, out)


def look_at_screen() -> list[Finding]:
    """What ``check`` says about the screen, the fonts and how the wall is drawn."""
    said = choose_platform(offscreen=False)
    try:
        from salesboard_display.views.graphics import choose_backend, describe_backend
        from salesboard_display.views.looks import look_at_fonts, look_at_screens
    except ImportError as error:
        why, advice = message("screen-no-qt", why=str(error)), message("screen-no-qt-advice")
        return [Finding("screen", "Qt", False, why, advice)]
    choose_backend()
    screens = [Finding("screen", "display", True, message("screen-offscreen"))] if said else look_at_screens()
    return [*screens, Finding("screen", "graphics", True, describe_backend()), *look_at_fonts()]


def engine_command(args: tuple[str, ...]) -> list[str]:
    """The command that starts the engine process, from a checkout, a wheel or a frozen build alike."""
    program = (
        [sys.executable] if getattr(sys, "frozen", False) else [sys.executable, "-m", "salesboard_display"]
    )
    return [*program, "hub", "--child", *args]
