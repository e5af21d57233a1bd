"""Walls and engines as processes of their own, and eyes and ears for them."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, TypeVar

from salesboard_display.core.snapshot import Snapshot
from salesboard_display.core.wire import Deframer, frame, from_plain
from salesboard_display.engine.address import socket_path
from salesboard_display.engine.client import ask, running_engine
from tests.conftest import REPOSITORY

T = TypeVar("T")


def until(look: Callable[[], T], within_s: float = 15.0) -> T:
    """What ``look`` gives as soon as it gives something; what is waited for is another process."""
    end = time.monotonic() + within_s
    while True:
        found = look()
        if found:
            return found
        assert time.monotonic() < end, "it did not come true in time"
        time.sleep(0.02)


class Command:
    """A command that runs; ``said`` is what it wrote to its outputs so far."""

    def __init__(self, log: Path, *words: str, alone: bool = False) -> None:
        """``alone``: without the watch for coverage, which slows it down and brings libraries of its own."""
        self._log = log
        watch = "COVERAGE_" if alone else "\0"
        with log.open("wb") as output:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "salesboard_display", *words],
                cwd=REPOSITORY,
                env={name: value for name, value in os.environ.items() if not name.startswith(watch)},
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    @property
    def said(self) -> str:
        return self._log.read_text("utf-8", "replace")

    def ends(self, within_s: float = 15.0) -> int:
        """The exit code, once it has ended by itself."""
        return self.process.wait(within_s)

    def stop(self, within_s: float = 15.0) -> int:
        """Tell it to end, as systemd does; the exit code."""
        self.process.terminate()
        return self.ends(within_s)

    def kill_all(self) -> None:
        """End it and everything it started, for sure."""
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait(10)


def engine_of(store: Path, *, but: int = 0, within_s: float = 15.0) -> int:
    """The process id of the engine that works on a store, other than ``but``, once it answers."""

    def look() -> int:
        path = running_engine(store)
        with suppress(OSError):
            pid = int(ask(path, "status")["pid"]) if path else 0
            return pid if pid != but else 0
        return 0

    return until(look, within_s)


def status(store: Path) -> dict[str, Any]:
    """What the engine says of itself."""
    found: dict[str, Any] = ask(socket_path(store), "status")
    return found


def alive(pid: int) -> bool:
    """Whether a process runs (one that only waits to be collected does not)."""
    try:
        return Path(f"/proc/{pid}/stat").read_text("ascii").rsplit(")", 1)[1].split()[0] != "Z"
    except OSError:
        return False


class Ear:
    """Listens to an engine as a wall does."""

    def __init__(self, connection: socket.socket) -> None:
        self._connection = connection
        self._deframer = Deframer()
        self._waiting: list[dict[str, Any]] = []

    def message(self, fits: Callable[[dict[str, Any]], object], within_s: float = 15.0) -> dict[str, Any]:
        """The next message that fits."""
        end = time.monotonic() + within_s
        while True:
            while self._waiting:
                message = self._waiting.pop(0)
                if fits(message):
                    return message
            self._connection.settimeout(max(0.01, end - time.monotonic()))
            data = self._connection.recv(2**20)
            assert data, "the engine closed the connection"
            self._waiting += self._deframer.feed(data)

    def snapshot(self, fits: Callable[[Snapshot], object] = bool, within_s: float = 15.0) -> Snapshot:
        """The next snapshot that fits."""
        found: list[Snapshot] = []

        def read(message: dict[str, Any]) -> bool:
            if message.get("t") != "snapshot":
                return False
            found.append(from_plain(Snapshot, message["snapshot"]))
            return bool(fits(found[-1]))

        self.message(read, within_s)
        return found[-1]


@contextmanager
def listening(store: Path) -> Iterator[Ear]:
    """An ear at the engine of a store."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
        connection.connect(str(socket_path(store)))
        connection.sendall(frame({"t": "hello", "role": "wall"}))
        yield Ear(connection)


def rows_of(snapshot: Snapshot, slide: str = "leaderboard") -> list[tuple[str, str]]:
    """The first page of a slide: names and figures."""
    found = [one for one in snapshot.slides if one.id == slide and one.pages]
    return [(row.name, row.display) for row in found[0].pages[0]] if found else []
