"""The web server in the engine's loop: it leaves signals and logging to the engine, and waits for nobody."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import socket
import sys
from collections.abc import Callable, Iterator
from typing import Any

import h11
import uvicorn
from uvicorn.protocols.http.h11_impl import H11Protocol

from salesboard_display.settings.webhook import WebSettings
from salesboard_display.sources.contract import Source
from salesboard_display.web.hooks import make_app

MOST_CONNECTIONS = 200
"""More than these are closed at once: the engine needs its file handles for other things."""
TURN_S = 0.001
"""How soon a thread that works out boards lets an answer in between; an answer needs several turns, and
Python's own 5 ms each would add up."""
IDLE_S = 5
GRACE_S = 2
"""How long requests under way may take when the server ends."""


class UvicornServer:
    """See engine.listening.WebServer."""

    def __init__(
        self, settings: WebSettings, find: Callable[[str], Source | None], listens: Callable[[], None]
    ) -> None:
        self._settings, self._find, self._listens = settings, find, listens

    async def serve(self) -> None:
        """Listen until cancelled. Raises OSError when the address cannot be listened on."""
        # Whatever strangers send must not fill the log; a bug in an answer is logged as an error.
        logging.getLogger("uvicorn.error").setLevel(logging.ERROR)
        server = _Server(self._config())
        listener = await asyncio.to_thread(_listener, self._settings.host, self._settings.port)
        serving = asyncio.create_task(server.serve(sockets=[listener]), name="uvicorn")
        before_s = sys.getswitchinterval()
        sys.setswitchinterval(TURN_S)
        try:
            self._listens()
            await asyncio.shield(serving)
        finally:
            sys.setswitchinterval(before_s)
            server.should_exit = True
            await asyncio.wait([serving])
            listener.close()

    def _config(self) -> uvicorn.Config:
        return uvicorn.Config(
            make_app(self._settings, self._find),
            http=_punctual(self._settings.body_timeout),
            ws="none",
            interface="asgi3",
            lifespan="off",
            log_config=None,
            access_log=False,
            proxy_headers=False,
            server_header=False,
            timeout_keep_alive=IDLE_S,
            timeout_graceful_shutdown=GRACE_S,
        )


class _Server(uvicorn.Server):
    """uvicorn's server without its hands on the process's signals."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Signals are the engine's."""
        yield


def _listener(host: str, port: int) -> socket.socket:
    """A listening socket. Raises OSError."""
    family, kind, protocol, _, address = socket.getaddrinfo(
        host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
    )[0]
    made = socket.socket(family, kind, protocol)
    try:
        made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        made.bind(address)
        made.setblocking(False)
    except OSError:
        made.close()
        raise
    return made


def _punctual(headers_within_s: float) -> type[H11Protocol]:
    """uvicorn's HTTP, which alone waits for headers as long as it takes, with a limit to that and to how
    many connections there are."""

    class Punctual(H11Protocol):
        _timer: asyncio.TimerHandle | None = None

        def connection_made(self, transport: Any) -> None:
            super().connection_made(transport)
            if len(self.connections) > MOST_CONNECTIONS:
                transport.abort()
            else:
                self._expect_headers()

        def connection_lost(self, exc: Exception | None) -> None:
            super().connection_lost(exc)
            self._stop_waiting()

        def on_response_complete(self) -> None:
            super().on_response_complete()
            self._expect_headers()

        def _expect_headers(self) -> None:
            self._stop_waiting()
            self._timer = self.loop.call_later(headers_within_s, self._look)

        def _look(self) -> None:
            if self.conn.their_state is h11.IDLE:
                self.transport.close()

        def _stop_waiting(self) -> None:
            if self._timer is not None:
                self._timer.cancel()

    return Punctual
