"""A desktop session's keyring: a bus of its own, GNOME's keyring on it, a listener to what it is asked."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
import secretstorage
from jeepney.io.blocking import open_dbus_connection

from tests.conftest import REPOSITORY
from tests.servers.running import folder

PASSWORD = b"of the login keyring"
_PATIENCE_S = 20.0


class Keyring:
    """The session: its environment, and what befalls its keyring."""

    def __init__(self, home: Path) -> None:
        self.home = home
        run = home / "run"
        run.mkdir(mode=0o700)
        self._bus = run / "bus"
        self._address = f"unix:path={self._bus}"
        self._heard, self._known = home / "heard", 0
        self.environment = {
            "PATH": os.environ["PATH"],
            "HOME": str(home),
            "XDG_RUNTIME_DIR": str(run),
            "DBUS_SESSION_BUS_ADDRESS": self._address,
            "LC_ALL": "C.UTF-8",
        }
        self._processes: list[subprocess.Popen[bytes]] = []

    def start(self) -> None:
        """The bus and the listener; a keyring's service begins when it is first asked for, as it does on
        desktops."""
        self._run("dbus-daemon", "--session", f"--address={self._address}", "--nofork", "--nopidfile")
        self._until(self._bus.exists)
        self._run("stdbuf", "-oL", "dbus-monitor", "--session", "type='method_call'", into=self._heard)
        self._until(lambda: self._heard.read_bytes() != b"")

    def sign_in(self) -> None:
        """The keyring's service begins with the password in hand: the keyring is open."""
        daemon = self._run("gnome-keyring-daemon", "--foreground", "--unlock", "--components=secrets")
        assert daemon.stdin is not None
        daemon.stdin.write(PASSWORD)
        daemon.stdin.close()
        self._until(lambda: (self.home / ".local/share/keyrings/login.keyring").exists())
        self._until(lambda: not self._locked())

    def sign_out(self) -> None:
        """The service ends. Asked for anew it begins without the password: the keyring is locked."""
        self._end(self._processes.pop())

    def lock(self) -> None:
        """Lock the keyring, as a screen lock may."""
        with closing(open_dbus_connection(self._address)) as bus:
            secretstorage.Collection(bus).lock()

    def freeze(self) -> None:
        """Let the service stand still without a word."""
        self._processes[-1].send_signal(signal.SIGSTOP)

    def thaw(self) -> None:
        """Let it go on."""
        self._processes[-1].send_signal(signal.SIGCONT)

    def asked(self) -> set[str]:
        """What the keyring's service has been asked since this was called last."""
        heard = self._heard.read_text("utf-8")
        new, self._known = heard[self._known :], len(heard)
        return set(re.findall(r"interface=org\.freedesktop\.Secret\.\w+; member=(\w+)", new))

    def type(self, *words: str, given: str = "", **environment: str) -> subprocess.CompletedProcess[str]:
        """What a Python program says that is run on this bus, ``given`` on its standard input."""
        return subprocess.run(
            [sys.executable, "-m", *words], cwd=REPOSITORY, env={**self.environment, **environment},
            input=given, capture_output=True, text=True, timeout=60, check=False,
        )  # fmt: skip

    def stop(self) -> None:
        """End it all."""
        while self._processes:
            self._end(self._processes.pop())

    def _run(self, *command: str, into: Path | None = None) -> subprocess.Popen[bytes]:
        with (into or self.home / "log").open("ab") as log:
            self._processes.append(
                subprocess.Popen(
                    command, env=self.environment, cwd=self.home, stdin=subprocess.PIPE, stdout=log,
                    stderr=subprocess.STDOUT,
                )
            )  # fmt: skip
        return self._processes[-1]

    def _end(self, process: subprocess.Popen[bytes]) -> None:
        process.send_signal(signal.SIGCONT)
        process.terminate()
        process.wait(10)
        if process.stdin is not None:
            process.stdin.close()

    def _locked(self) -> bool:
        with closing(open_dbus_connection(self._address)) as bus:
            return bool(secretstorage.Collection(bus).is_locked())

    def _until(self, holds: Callable[[], bool]) -> None:
        end = time.monotonic() + _PATIENCE_S
        while not holds():
            assert time.monotonic() < end, (self.home / "log").read_text("utf-8", "replace")
            time.sleep(0.05)


@contextmanager
def keyring() -> Iterator[Keyring]:
    """A session in which nobody has signed in yet. Skips where there are no such programs."""
    for program in ("gnome-keyring-daemon", "dbus-daemon", "dbus-monitor", "stdbuf"):
        if shutil.which(program) is None:
            pytest.skip(f"there is no {program}; packaging/servers.sh installs it")
    with folder("keyring") as home:
        session = Keyring(home)
        try:
            session.start()
            yield session
        finally:
            session.stop()
