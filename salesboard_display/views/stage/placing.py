"""Puts the window on the right screen and keeps it there: TVs are switched off, replugged and change their
size."""

from __future__ import annotations

from PySide6.QtCore import QObject, QTimer, Slot
from PySide6.QtGui import QGuiApplication, QScreen
from PySide6.QtQuick import QQuickView

CHECK_AGAIN_MS = 1_000
SETTLE_MS = 2_000


class Placing(QObject):
    """Places one window. The screen wanted is remembered by its identity: a TV that comes back gets its
    wall back."""

    def __init__(self, view: QQuickView, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._view = view
        self._number = 0
        self._identity = ""
        self._name = ""
        self._full_screen = False
        self._later = QTimer(self, singleShot=True)
        self._later.timeout.connect(self._place)
        app = QGuiApplication.instance()
        if isinstance(app, QGuiApplication):
            app.screenAdded.connect(self._screens_changed)
            app.screenRemoved.connect(self._screens_changed)

    def show(self, screen: int, *, full_screen: bool, size: tuple[int, int] | None = None) -> None:
        """Show the window on a screen (counted from 0), full-screen or as a window of a size."""
        self._number, self._full_screen = screen, full_screen
        if size is not None:
            self._view.resize(*size)
        self._remember()
        self._place()
        self._later.start(CHECK_AGAIN_MS)

    def move_to(self, screen: int) -> None:
        """The settings name another screen."""
        if screen != self._number:
            self._number = screen
            self._remember()
            self._place()

    @Slot(bool)
    def set_full_screen(self, wanted: bool) -> None:
        """Full-screen or a window."""
        self._full_screen = wanted
        self._place()

    @Slot()
    def bring_to_front(self) -> None:
        """Show the window above others."""
        self._view.raise_()
        self._view.requestActivate()

    def stop(self) -> None:
        """Place the window no more."""
        self._later.stop()

    def _remember(self) -> None:
        screens = QGuiApplication.screens()
        if screens:
            screen = screens[min(self._number, len(screens) - 1)]
            self._identity, self._name = _identity(screen), screen.name()

    @Slot(QScreen)
    def _screens_changed(self, _screen: QScreen) -> None:
        """Wait until a TV that is being plugged in has made up its mind."""
        self._later.start(SETTLE_MS)

    @Slot()
    def _place(self) -> None:
        """Full-screen on the remembered screen; without it, on the first, until it comes back."""
        screens = QGuiApplication.screens()
        if not screens:
            return
        alike = [screen for screen in screens if _identity(screen) == self._identity]
        screen = next((s for s in alike if s.name() == self._name), (alike or screens)[0])
        if not self._full_screen:
            if self._view.screen() is not screen:
                self._view.setScreen(screen)
                self._view.setPosition(screen.availableGeometry().topLeft())
            self._view.showNormal()
            return
        if self._view.screen() is not screen or self._view.geometry() != screen.geometry():
            self._view.setScreen(screen)
            # Without a window manager, full-screen alone stays small.
            self._view.setGeometry(screen.geometry())
        self._view.showFullScreen()


def _identity(screen: QScreen) -> str:
    """What tells this screen from others, whatever socket it is plugged into. Two of a kind may say the
    same."""
    made = (screen.manufacturer(), screen.model(), screen.serialNumber())
    return "/".join(made) if any(made) else screen.name()
