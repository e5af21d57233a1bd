"""A server as a process of its own: on a free port of loopback, its data in a folder that goes in the end."""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

UNPRIVILEGED = "nobody"
INSTALLED = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "salesboard-tests"
"""Where packaging/servers.sh puts what no Debian package has."""
_PATIENCE_S = 60.0


def free_port() -> int:
    """A port of loopback on which nobody listens."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        port: int = one.getsockname()[1]
        return port


@contextmanager
def folder(name: str) -> Iterator[Path]:
    """A new folder outside pytest's, which only its owner may enter: servers run as somebody else."""
    path = Path(tempfile.mkdtemp(prefix=f"salesboard-{name}-"))
    try:
        if os.geteuid() == 0:
            shutil.chown(path, UNPRIVILEGED)
        yield path
    finally:
        shutil.rmtree(path, ignore_errors=True)


def _unprivileged() -> dict[str, object]:
    """For subprocess: database servers refuse to run as root."""
    if os.geteuid() != 0:
        return {}
    entry = pwd.getpwnam(UNPRIVILEGED)
    return {"user": entry.pw_uid, "group": entry.pw_gid, "extra_groups": []}


def installed(name: str) -> Path:
    """A program that packaging/servers.sh has installed. Skips without it."""
    program = INSTALLED / name
    if not program.exists():
        pytest.skip(f"there is no {program}; packaging/servers.sh installs it")
    return program


def run(*command: str | Path, cwd: Path, unprivileged: bool = True, **environment: str) -> None:
    """Run a command to its end, as an unprivileged user. Raises AssertionError with what it said."""
    done = subprocess.run(
        [str(word) for word in command],
        cwd=cwd, env={**_environment(cwd), **environment}, capture_output=True, text=True, timeout=240,
        check=False, **_unprivileged() if unprivileged else {},  # type: ignore[call-overload]
    )  # fmt: skip
    assert done.returncode == 0, f"{command[0]}: {done.stdout}{done.stderr}"


def _environment(home: Path) -> dict[str, str]:
    return {"PATH": os.environ["PATH"], "HOME": str(home), "LC_ALL": "C.UTF-8", "TZ": "UTC"}


def _hear_signals() -> None:
    """What a shell starts in the background ignores these two; servers would inherit that and never end."""
    for one in (signal.SIGINT, signal.SIGQUIT):
        if signal.getsignal(one) is signal.SIG_IGN:
            signal.signal(one, signal.SIG_DFL)


class Server:
    """A server that can be started, stopped hard, and started again on the same port."""

    unprivileged = True
    """Whether it runs as nobody. What is installed in somebody's home runs as that somebody."""

    def __init__(self, command: list[str | Path], home: Path, port: int, answers: Callable[[], bool]) -> None:
        self.command, self.home, self.port = [str(word) for word in command], home, port
        self._answers = answers
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def said(self) -> str:
        """What it wrote on its output so far."""
        return (self.home / "server.log").read_text("utf-8", "replace")

    def start(self) -> None:
        """Start it and wait until it answers."""
        _hear_signals()
        with (self.home / "server.log").open("ab") as log:
            self.process = subprocess.Popen(
                self.command, cwd=self.home, env=_environment(self.home), stdout=log, stderr=log,
                stdin=subprocess.DEVNULL,
                **_unprivileged() if self.unprivileged else {},  # type: ignore[call-overload]
            )  # fmt: skip
        end = time.monotonic() + _PATIENCE_S
        while not self._answers():
            assert self.process is not None
            assert self.process.poll() is None, f"it ended: {self.said}"
            assert time.monotonic() < end, f"it never answered: {self.said}"
            time.sleep(0.1)

    def stop(self, how: signal.Signals = signal.SIGQUIT) -> None:
        """End it; by SIGQUIT or SIGKILL in the middle of what it does."""
        if self.process is not None:
            self.process.send_signal(how)
            self.process.wait(30)
            self.process = None

    def freeze(self) -> None:
        """Let it stand still without a word."""
        assert self.process is not None
        self.process.send_signal(signal.SIGSTOP)

    def thaw(self) -> None:
        """Let it go on."""
        assert self.process is not None
        self.process.send_signal(signal.SIGCONT)
