"""The wall's end of the engine's socket: frames in, commands out; without an engine the wall goes on by
itself."""

from __future__ import annotations

import logging
import time
from typing import Any

from PySide6.QtCore import QObject, QTimer, Signal, Slot
from PySide6.QtNetwork import QLocalSocket

from salesboard_display.core import rotation
from salesboard_display.core.periods import Calendar
from salesboard_display.core.rotation import Rotation, RotationSlide
from salesboard_display.core.snapshot import Show, Snapshot
from salesboard_display.core.wire import Deframer, WireError, frame, from_plain
from salesboard_display.views.stage.window import Stage

log = logging.getLogger(__name__)
RECONNECT_MS = 500
ALONE_AFTER_MS = 10_000
"""How long the engine may be gone before the wall turns its pages itself."""

_UTC = Calendar("UTC")


class Bridge(QObject):
    """Connects a stage to an engine, and again whenever the connection is lost.

    ``heard`` fires for everything the engine says, ``snapshot`` with each new one (as an object),
    ``raised`` when
    the wall should come to the front, ``answered`` with a command's name and reply, ``lost`` when there is no
    connection.
    """

    heard = Signal()
    lost = Signal()
    snapshot = Signal(object)
    raised = Signal()
    answered = Signal(str, object)

    def __init__(self, stage: Stage, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._stage = stage
        self._path = ""
        self._asked: dict[int, str] = {}
        self._commands = 0
        self._confused = False
        self._alone = Rotation()
        self._deframer = Deframer()
        self._socket = QLocalSocket(self)
        self._socket.connected.connect(self._connected)
        self._socket.disconnected.connect(self._lost)
        self._socket.errorOccurred.connect(self._lost)
        self._socket.readyRead.connect(self._read)
        self._again = QTimer(self, singleShot=True, interval=RECONNECT_MS)
        self._again.timeout.connect(self._connect)
        self._gone = QTimer(self, singleShot=True, interval=ALONE_AFTER_MS)
        self._gone.timeout.connect(self._turn_alone)

    @Slot(str)
    def connect_to(self, path: str) -> None:
        """Connect to the engine at this socket, now and whenever it is lost."""
        self._path = path
        self._socket.abort()
        self._connect()

    @Slot(str)
    def command(self, name: str) -> None:
        """Send a command; without an engine, keys still turn the pages."""
        if self._socket.state() == QLocalSocket.LocalSocketState.ConnectedState:
            self._commands += 1
            self._asked[self._commands] = name
            self._socket.write(frame({"t": "command", "id": self._commands, "name": name, "args": {}}))
        elif name in ("next", "previous"):
            turn = rotation.forward if name == "next" else rotation.back
            self._show_alone(turn(self._alone, self._slides(), _UTC, _now_ms()))

    def close(self) -> None:
        """Let go of the engine."""
        self._path = ""
        self._again.stop()
        self._gone.stop()
        self._socket.abort()

    @Slot()
    def _connect(self) -> None:
        if self._path and self._socket.state() == QLocalSocket.LocalSocketState.UnconnectedState:
            self._deframer = Deframer()
            self._socket.connectToServer(self._path)

    @Slot()
    def _connected(self) -> None:
        self._gone.stop()
        self._asked.clear()
        self._socket.write(frame({"t": "hello", "role": "wall"}))

    @Slot()
    def _lost(self) -> None:
        if self._path:
            self.lost.emit()
            self._again.start()
            if not self._gone.isActive():
                self._gone.start()

    @Slot()
    def _read(self) -> None:
        try:
            messages = self._deframer.feed(bytes(self._socket.readAll().data()))
            newest = None
            for message in messages:
                if message.get("t") == "snapshot":
                    newest = message  # of several that came together only the newest counts
                else:
                    self._take(message)
            if newest is not None:
                self._take(newest)
            self._confused = False
        except WireError as error:
            if not self._confused:  # it will say it again after each new connection
                log.warning("the engine said something that cannot be understood: %s", error)
            self._confused = True
            self._socket.abort()
        except Exception:  # one of the four boundaries: a bug in showing must not end the wall
            log.exception("a bug while showing what the engine said")

    def _take(self, message: dict[str, Any]) -> None:
        self.heard.emit()
        kind = message.get("t")
        if kind == "snapshot":
            snapshot = from_plain(Snapshot, message["snapshot"])
            self._stage.apply(snapshot)
            self.snapshot.emit(snapshot)
        elif kind == "show":
            show = from_plain(Show, message["show"])
            self._alone = Rotation(show.slide, show.page, _now_ms(), show.until_ms, show.until_ms)
            self._stage.show(show)
        elif kind == "raise":
            self.raised.emit()
        elif kind == "reply":
            self.answered.emit(self._asked.pop(int(message.get("id", 0)), ""), message.get("result"))

    # ---- without an engine
    @Slot()
    def _turn_alone(self) -> None:
        """The engine is gone: the last board goes on, its age grows, and its pages turn."""
        if self._socket.state() == QLocalSocket.LocalSocketState.ConnectedState:
            return
        self._show_alone(rotation.advance(self._alone, self._slides(), _UTC, _now_ms()))
        self._gone.start(max(1_000, min(ALONE_AFTER_MS, self._alone.until_ms - _now_ms())))

    def _show_alone(self, state: Rotation) -> None:
        if (state.slide, state.page) != (self._alone.slide, self._alone.page) and state.slide:
            self._stage.show(Show(state.slide, state.page, state.turn_ms))
        self._alone = state

    def _slides(self) -> list[RotationSlide]:
        newest = self._stage.snapshot
        slides = newest.slides if newest is not None else ()
        return [RotationSlide(s.id, len(s.pages), s.dwell_s, empty=s.empty) for s in slides]


def _now_ms() -> int:
    return time.time_ns() // 1_000_000
