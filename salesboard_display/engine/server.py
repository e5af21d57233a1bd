"""The engine's local socket: every wall and command line that connects gets frames and sends commands."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from salesboard_display.core.wire import Deframer, WireError, frame

log = logging.getLogger(__name__)
_READ_BYTES = 64 * 1024
_SLOW_BYTES = 8 * 2**20
_FAREWELL_S = 1.0
"""How long a client may take to read what was sent before its connection is closed."""

Handler = Callable[["Client", dict[str, Any]], Awaitable[None]]


class Client:
    """One connection; ``role`` is what it said it is ("wall", "cli"), "" before."""

    def __init__(self, writer: asyncio.StreamWriter) -> None:
        self.role = ""
        self._writer = writer

    def send(self, data: bytes) -> None:
        """Queue the bytes of a frame; a client that does not read them is cut off rather than waited for."""
        if self._writer.is_closing():
            return
        if self._writer.transport.get_write_buffer_size() > _SLOW_BYTES:
            log.warning("a client stopped reading; connection closed")
            self._writer.transport.abort()
            return
        self._writer.write(data)

    def reply(self, command: dict[str, Any], *, result: Any = None, error: str = "") -> None:
        """Answer a command by its id."""
        self.send(
            frame(
                {"t": "reply", "id": command.get("id", 0), "ok": not error, "result": result, "error": error}
            )
        )

    async def close(self) -> None:
        """Close the connection once everything was sent; one that does not read is not waited for long."""
        self._writer.close()
        closing = asyncio.ensure_future(self._writer.wait_closed())
        if not (await asyncio.wait([closing], timeout=_FAREWELL_S))[0]:
            self._writer.transport.abort()
        with contextlib.suppress(OSError):  # it went away by itself
            await closing


class Server:
    """Listens on a Unix socket that only this user can open; hands every command to ``handler``."""

    def __init__(self, path: Path, handler: Handler) -> None:
        self.path = path
        self.clients: list[Client] = []
        self._handler = handler
        self._server: asyncio.Server | None = None
        self._serving: set[asyncio.Task[Any]] = set()

    async def start(self) -> None:
        """Begin to listen, replacing a socket left behind by an engine that died."""
        self.path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        if self.path.parent.parent == Path("/tmp") and self.path.parent.stat().st_uid != os.getuid():
            raise PermissionError(f"the folder {self.path.parent} belongs to somebody else")
        self.path.unlink(missing_ok=True)
        self._server = await asyncio.start_unix_server(self._serve, str(self.path))
        os.chmod(self.path, 0o600)

    async def stop(self) -> None:
        """Close every connection and stop listening; one that never listened leaves the socket alone."""
        if self._server is None:
            return
        self._server.close()
        await asyncio.gather(*(client.close() for client in self.clients))
        if self._serving:
            await asyncio.wait(self._serving)
        with contextlib.suppress(OSError):
            self.path.unlink(missing_ok=True)

    def broadcast(self, message: dict[str, Any], role: str = "wall") -> None:
        """Send a message to every client of the role ("" for all), encoded once."""
        data = frame(message)
        for client in self.clients:
            if role in ("", client.role):
                client.send(data)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        client, deframer = Client(writer), Deframer()
        self.clients.append(client)
        task = asyncio.current_task()
        assert task is not None
        self._serving.add(task)
        task.add_done_callback(self._serving.discard)
        try:
            while data := await reader.read(_READ_BYTES):
                for message in deframer.feed(data):
                    await self._handler(client, message)
        except (WireError, OSError, RecursionError) as error:
            log.info("a client was disconnected: %s", error)
        finally:
            self.clients.remove(client)
            await client.close()
