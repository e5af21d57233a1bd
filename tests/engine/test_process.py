"""The engine as a process: what it tells the wall that started it, and how it begins and ends."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from queue import Empty, Queue
from threading import Thread
from typing import Any

import pytest

from salesboard_display.core.wire import Deframer, frame
from salesboard_display.engine.client import running_engine
from salesboard_display.store import Store
from tests.conftest import REPOSITORY
from tests.engine.offices import OfficeFolder

pytestmark = pytest.mark.slow


class Hub:
    """A ``hub`` in a process of its own; what it says on its output, line by line."""

    def __init__(self, *words: str) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "salesboard_display", "hub", *words],
            cwd=REPOSITORY,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        self._said: Queue[str] = Queue()
        self._complained: list[str] = []
        self._readers = [Thread(target=self._read_output), Thread(target=self._read_errors)]
        for reader in self._readers:
            reader.start()

    def _read_output(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self._said.put(line)

    def _read_errors(self) -> None:
        assert self.process.stderr is not None
        self._complained += self.process.stderr

    def says(self, what: str, within_s: float = 15) -> Any:
        """Wait for a line with this key; its value."""
        end = time.monotonic() + within_s
        while True:
            try:
                said = json.loads(self._said.get(timeout=max(0.0, end - time.monotonic())))
            except Empty:
                raise AssertionError(f"it never said {what!r}; it complained: {self.complaint}") from None
            if what in said:
                return said[what]

    @property
    def complaint(self) -> str:
        return "".join(self._complained)

    def leave(self) -> None:
        """The wall is gone: its input ends."""
        assert self.process.stdin is not None
        self.process.stdin.close()

    def ends(self) -> int:
        """Its exit code."""
        code = self.process.wait(15)
        for reader in self._readers:
            reader.join(5)
        return code

    def close(self) -> None:
        if self.process.poll() is None:
            self.process.kill()
        self.ends()
        for pipe in (self.process.stdin, self.process.stdout, self.process.stderr):
            assert pipe is not None
            pipe.close()


Start = Callable[..., Hub]


@pytest.fixture
def start(folder: OfficeFolder) -> Iterator[Start]:
    """Starts hubs of the small office; whatever is left of them is killed in the end."""
    hubs: list[Hub] = []

    def begin(*words: str, child: bool = True) -> Hub:
        hubs.append(Hub(*(["--child"] if child else []), "--config", str(folder.settings), *words))
        return hubs[-1]

    yield begin
    for hub in hubs:
        hub.close()


def test_it_tells_where_it_listens_and_ends_with_the_wall_that_started_it(
    folder: OfficeFolder, start: Start
) -> None:
    hub = start()
    path = Path(hub.says("socket"))
    assert running_engine(folder.path / "store.db") == path
    hub.leave()
    assert hub.ends() == 0
    assert not path.exists()
    with Store.open(folder.path / "store.db", read_only=True) as store:
        assert store.source_states()


def test_told_to_end_by_a_signal_it_closes_its_store(folder: OfficeFolder, start: Start) -> None:
    hub = start(child=False)
    hub.says("socket")
    hub.process.send_signal(signal.SIGTERM)
    assert hub.ends() == 0
    assert not (folder.path / "store.db-wal").exists()


def test_a_second_one_names_the_first_and_raises_its_wall(folder: OfficeFolder, start: Start) -> None:
    first = start()
    path = first.says("socket")
    with socket.socket(socket.AF_UNIX) as wall:
        wall.connect(path)
        wall.sendall(frame({"t": "hello", "role": "wall"}))
        wall.settimeout(10)
        second = start()
        line = second.says("busy")
        assert line == path
        assert second.ends() == 0
        deframer, kinds = Deframer(), []
        while "raise" not in kinds:
            kinds += [message["t"] for message in deframer.feed(wall.recv(2**16))]
    third = start(child=False)
    assert third.ends() == 0
    assert "It is running already" in third.complaint
    assert running_engine(folder.path / "store.db") is not None


def test_the_next_one_waits_for_one_that_is_ending(start: Start) -> None:
    first = start()
    path = first.says("socket")
    first.process.send_signal(signal.SIGSTOP)
    first.leave()
    second = start()
    first.process.send_signal(signal.SIGCONT)
    assert second.says("socket") == path
    assert first.ends() == 0


def test_it_waits_for_a_command_that_writes_to_the_store_and_says_that_it_lives(
    folder: OfficeFolder, start: Start
) -> None:
    with Store.open(folder.path / "store.db"):
        hub = start()
        hub.says("starting")
        hub.says("starting")
    assert hub.says("socket")


def test_settings_that_cannot_be_used_are_refused_with_their_line(folder: OfficeFolder, start: Start) -> None:
    folder.edit('metric = "deals"', 'metric = "dals"')
    line = folder.settings.read_text().splitlines().index('metric = "dals"') + 1
    child, hub = start(), start(child=False)
    refused = child.says("refused")
    assert child.ends() == hub.ends() == 1
    for said in (refused, hub.complaint):
        assert f"office.toml:{line}" in said or f"line {line}" in said
        assert "dals" in said
        assert "deals" in said
        assert "Traceback" not in said


def test_a_store_that_cannot_be_made_is_refused_in_words(folder: OfficeFolder, start: Start) -> None:
    folder.edit('path = "store.db"', 'path = "deals.csv/store.db"')
    hub = start()
    assert "deals.csv" in hub.says("refused")
    assert hub.ends() == 1


def test_another_store_in_the_settings_is_moved_to_without_a_restart(
    folder: OfficeFolder, start: Start
) -> None:
    hub = start()
    first = Path(hub.says("socket"))
    folder.edit('path = "store.db"', 'path = "other.db"')
    second = Path(hub.says("socket"))
    assert second != first
    assert not first.exists()
    assert running_engine(folder.path / "other.db") == second
    hub.leave()
    assert hub.ends() == 0


def test_its_log_does_not_grow_with_every_change_of_a_file(folder: OfficeFolder, start: Start) -> None:
    hub = start()
    first = hub.says("socket")
    for number in range(3):
        (folder.path / f"note-{number}.txt").write_text("beside the settings", "utf-8")
        time.sleep(0.3)
    folder.edit('path = "store.db"', 'path = "other.db"')  # seen: the folder is watched
    assert hub.says("socket") != first
    hub.leave()
    assert hub.ends() == 0
    assert "change detected" not in hub.complaint


def test_an_engine_killed_without_a_warning_leaves_nothing_in_the_way(
    folder: OfficeFolder, start: Start
) -> None:
    first = start()
    path = Path(first.says("socket"))
    os.kill(first.process.pid, signal.SIGKILL)
    first.ends()
    assert path.exists()
    assert start().says("socket") == str(path)


def test_a_long_path_is_no_obstacle(folder: OfficeFolder, start: Start) -> None:
    deep = "/".join(["a-folder-with-a-long-name"] * 6)
    folder.edit('path = "store.db"', f'path = "{deep}/store.db"')
    hub = start()
    path = Path(hub.says("socket"))
    assert path.parent.name.startswith("salesboard-")
    assert running_engine(folder.path / deep / "store.db") == path
