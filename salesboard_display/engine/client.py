"""The command line's side of the engine's socket: one command, its progress, its reply."""

from __future__ import annotations

import socket
from collections.abc import Callable
from pathlib import Path
from typing import Any

from salesboard_display.core.wire import Deframer, WireError, frame
from salesboard_display.engine.address import socket_path

_ANSWER_S = 30.0
Progress = Callable[[int, int | None, str], None]


class EngineUnreachable(OSError):
    """No engine answers at the socket."""


class CommandRefused(RuntimeError):
    """The engine answered that it could not do it, in words."""


def ask(path: Path, name: str, args: dict[str, Any] | None = None, progress: Progress | None = None) -> Any:
    """Send one command and wait for its reply's result.

    Raises EngineUnreachable when nothing at all is heard for 30 s (a living engine says something every few
    seconds), CommandRefused with the engine's words when it could not be done.
    """
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
        connection.settimeout(_ANSWER_S)
        try:
            connection.connect(str(path))
            connection.sendall(frame({"t": "hello", "role": "cli"}))
            connection.sendall(frame({"t": "command", "id": 1, "name": name, "args": args or {}}))
            return _reply(connection, progress)
        except (OSError, WireError) as error:
            raise EngineUnreachable(f"no engine answers at {path}: {error}") from error


def _reply(connection: socket.socket, progress: Progress | None) -> Any:
    deframer = Deframer()
    while data := connection.recv(64 * 1024):
        for message in deframer.feed(data):
            if message.get("t") == "progress" and progress is not None:
                progress(message["done"], message.get("total"), message.get("text", ""))
            if message.get("t") == "reply" and message.get("id") == 1:
                if not message["ok"]:
                    raise CommandRefused(message["error"])
                return message["result"]
    raise OSError("the engine closed the connection")


def running_engine(store: str | Path) -> Path | None:
    """The socket of the engine that works on this store, None when none answers."""
    path = socket_path(store)
    if not path.exists():
        return None
    try:
        ask(path, "status")
    except (EngineUnreachable, CommandRefused):
        return None
    return path
