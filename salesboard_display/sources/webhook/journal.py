"""Webhooks on the disk until the store has what they say, and who has been heard already."""

from __future__ import annotations

import contextlib
import json
import logging
import os
from collections import OrderedDict
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import BinaryIO, NamedTuple

from salesboard_display.settings.disk import sync_folder

log = logging.getLogger(__name__)
REMEMBERED = 100_000
REMEMBERED_MS = 3 * 86_400_000
"""How many ids are remembered at most, and for how long: as long as senders try again."""
LARGEST_BYTES = 16 * 2**20
"""From this size on the file is written anew, without what is done with."""


class Entry(NamedTuple):
    """One webhook: ``seq`` counts up and is never used twice, ``id`` is what it is known by again, ``text``
    its body."""

    seq: int
    id: str
    at_ms: int
    text: str


class Journal:
    """One source's file of webhooks, a JSON line each. Everything here blocks, and one at a time may use it.

    A line that a power cut left half written was never acknowledged: it is passed over.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.waiting: list[Entry] = []
        """What had not been done when it was opened, oldest first."""
        self.heard: OrderedDict[str, int] = OrderedDict()
        """Id → when it was heard, oldest first."""
        self.last_seq = 0
        self._file: BinaryIO | None = None
        self._size = self._size_anew = 0

    def open(self, done_seq: int, now_ms: int) -> None:
        """Read what is there and begin anew without what is done (up to ``done_seq``). Raises OSError."""
        self.path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        self.last_seq = done_seq
        for seq, id_, at_ms, text in self._lines():
            self.last_seq = max(self.last_seq, seq)
            self.heard.pop(id_, None)
            self.heard[id_] = at_ms
            if text is not None and seq > done_seq:
                self.waiting.append(Entry(seq, id_, at_ms, text))
        forget(self.heard, now_ms)
        self.write_anew(self.waiting, self.heard)

    def append(self, entries: Iterable[Entry]) -> None:
        """Write the entries so that a power cut leaves them. Raises OSError; then none of them counts."""
        data = b"".join(_line(entry.seq, entry.id, entry.at_ms, entry.text) for entry in entries)
        file = self._file or self._go_on()
        try:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        except OSError:
            self.close()  # what was written of it is passed over, or known again by its id
            raise
        self._size += len(data)

    @property
    def overgrown(self) -> bool:
        """Whether most of the file is done with."""
        return self._size > max(LARGEST_BYTES, 2 * self._size_anew)

    def write_anew(self, waiting: Iterable[Entry], heard: Mapping[str, int]) -> None:
        """Replace the file by one that holds what waits, and the ids of the rest. Raises OSError."""
        whole = {entry.id: entry for entry in waiting}
        fresh = self.path.with_name(self.path.name + ".new")
        with fresh.open("wb") as file:
            os.chmod(fresh, 0o600)
            for id_, at_ms in heard.items():
                if id_ not in whole:
                    file.write(_line(0, id_, at_ms, None))
            for entry in whole.values():
                file.write(_line(entry.seq, entry.id, entry.at_ms, entry.text))
            file.flush()
            os.fsync(file.fileno())
        self.close()
        fresh.replace(self.path)
        sync_folder(self.path.parent)
        self._go_on(cut=False)
        self._size_anew = self._size

    def close(self) -> None:
        """Let go of the file."""
        file, self._file = self._file, None
        if file is not None:
            with contextlib.suppress(OSError):  # what could not be written has been said already
                file.close()

    def _go_on(self, *, cut: bool = True) -> BinaryIO:
        """Open the file for more; ``cut``: its last line may lack its end."""
        self._file = file = self.path.open("ab")
        self._size = file.tell()
        if cut:
            file.write(b"\n")
        return file

    def _lines(self) -> Iterator[tuple[int, str, int, str | None]]:
        if not self.path.exists():
            return
        unread = 0
        with self.path.open("rb") as file:
            for line in file:
                if not line.strip():
                    continue
                try:
                    seq, id_, at_ms, *text = json.loads(line)
                    yield int(seq), str(id_), int(at_ms), str(text[0]) if text else None
                except (ValueError, TypeError):
                    unread += 1
        if unread > 1:  # one may have been cut in the middle by a power cut
            log.warning("%s: %d lines cannot be read and are passed over", self.path, unread)


def forget(heard: OrderedDict[str, int], now_ms: int) -> None:
    """Forget the ids that are too old or too many, oldest first."""
    while heard and (len(heard) > REMEMBERED or now_ms - next(iter(heard.values())) > REMEMBERED_MS):
        heard.popitem(last=False)


def _line(seq: int, id_: str, at_ms: int, text: str | None) -> bytes:
    parts = [seq, id_, at_ms, text][: 3 if text is None else 4]
    return json.dumps(parts, separators=(",", ":")).encode() + b"\n"
