"""What a file source remembers between two readings: its cursor, and how files looked on the disk."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import NamedTuple


class Stamp(NamedTuple):
    """How a file stands on the disk without reading it."""

    modified_ns: int
    size: int


def stamp(path: Path) -> Stamp:
    """The file's stamp. Raises OSError, IsADirectoryError for a folder."""
    found = path.stat()
    if path.is_dir():
        raise IsADirectoryError(21, "is a folder", str(path))
    return Stamp(found.st_mtime_ns, found.st_size)


@dataclass(frozen=True, slots=True)
class FileCursor:
    """The last complete reading: stamps of the file and its look-up files, digest of their contents and of
    the mapping, how many records there were, and whether the file ended with a line end."""

    stamps: tuple[Stamp, ...] = ()
    digest: str = ""
    mapping: str = ""
    records: int = 0
    ends_with_newline: bool = False

    def text(self) -> str:
        """As the store keeps it."""
        return json.dumps(asdict(self), separators=(",", ":"))


def parse_cursor(text: str) -> FileCursor:
    """The cursor of a text that FileCursor.text made; anything else is no cursor, and everything is read."""
    try:
        plain = json.loads(text)
        return FileCursor(
            tuple(Stamp(int(m), int(s)) for m, s in plain["stamps"]),
            str(plain["digest"]),
            str(plain["mapping"]),
            int(plain["records"]),
            bool(plain["ends_with_newline"]),
        )
    except (ValueError, TypeError, KeyError):
        return FileCursor()
