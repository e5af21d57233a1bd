"""A home of its own for every wall, and an engine that says what it is told to."""

from __future__ import annotations

import json
import struct
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QObject, Slot
from PySide6.QtGui import QGuiApplication
from PySide6.QtNetwork import QLocalServer, QLocalSocket

from salesboard_display.core.wire import Deframer, frame
from salesboard_display.views.stage.bridge import Bridge
from salesboard_display.views.stage.window import Stage


@pytest.fixture(autouse=True)
def _own_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HOME", "XDG_DATA_HOME", "XDG_CONFIG_HOME", "XDG_STATE_HOME", "XDG_CACHE_HOME"):
        monkeypatch.setenv(name, str(tmp_path / "home"))
    monkeypatch.setenv("QT_QPA_PLATFORM", "offscreen")
    for name in ("DISPLAY", "WAYLAND_DISPLAY"):
        monkeypatch.delenv(name, raising=False)


class FakeEngine(QObject):
    """The engine's end of the socket, in this very thread; ``heard`` is everything walls said."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.path = str(path)
        self.heard: list[dict[str, Any]] = []
        self.connections = 0
        self._server = QLocalServer(self)
        self._server.newConnection.connect(self._welcome)
        self._walls: list[tuple[QLocalSocket, Deframer]] = []
        self.begin()

    def begin(self) -> None:
        """Listen (again)."""
        QLocalServer.removeServer(self.path)
        assert self._server.listen(self.path), self._server.errorString()

    def end(self) -> None:
        """Be gone, as an engine that died."""
        self._server.close()
        for wall, _ in self._walls:
            wall.abort()
        self._walls.clear()

    def say(self, *messages: dict[str, Any]) -> None:
        """Send frames to every wall, in one go."""
        self.say_bytes(b"".join(frame(message) for message in messages))

    def say_bytes(self, data: bytes) -> None:
        """Send just these bytes."""
        for wall, _ in self._walls:
            wall.write(data)
            wall.flush()

    def told(self, kind: str) -> list[dict[str, Any]]:
        """What walls said of a kind."""
        return [message for message in self.heard if message.get("t") == kind]

    @Slot()
    def _welcome(self) -> None:
        while self._server.hasPendingConnections():
            wall = self._server.nextPendingConnection()
            self._walls.append((wall, Deframer()))
            self.connections += 1
            wall.readyRead.connect(self._read)

    @Slot()
    def _read(self) -> None:
        for wall, deframer in self._walls:
            self.heard += deframer.feed(bytes(wall.readAll().data()))


def length_and(body: bytes) -> bytes:
    """A frame of any body."""
    return struct.pack(">I", len(body)) + body


def garbage() -> bytes:
    """A frame that is no message."""
    return length_and(json.dumps(["no", "object"]).encode())


@pytest.fixture
def engine(qapp: QGuiApplication, tmp_path: Path) -> Iterator[FakeEngine]:
    """An engine that listens and says nothing by itself."""
    made = FakeEngine(tmp_path / "engine.socket")
    yield made
    made.end()
    made.deleteLater()


@pytest.fixture
def stage(qapp: QGuiApplication) -> Iterator[Stage]:
    """A stage on the offscreen screen."""
    made = Stage()
    made.view.resize(640, 360)
    made.view.show()
    yield made
    made.close()


@pytest.fixture
def bridge(stage: Stage) -> Iterator[Bridge]:
    """A bridge to nowhere yet."""
    made = Bridge(stage)
    yield made
    made.close()
    made.deleteLater()
