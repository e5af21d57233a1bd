"""The shape in which every format's records arrive: perhaps columns, then numbered records."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import IO, Any, NamedTuple

from salesboard_display.core.messages import Message


class Bad(NamedTuple):
    """A record that could not be read: why, and what stood there."""

    reason: Message
    text: str


def _nothing() -> None:
    """For a table that holds nothing open."""


@dataclass(slots=True)
class Table:
    """A file opened for reading.

    ``columns``: names of the columns, or None for nested records; ``records``: (number, record or Bad) in
    order, reading as it is asked for, raising SourceError when the file turns out to be cut; ``sample``:
    the first records once more;
    ``position``: what a record's number counts ("row", "line", "record"); ``likely_mark``: the decimal
    mark to expect.
    """

    columns: Sequence[str] | None
    records: Iterator[tuple[int, Any]]
    position: str
    likely_mark: str = "."
    sample: list[Any] = field(default_factory=list)
    done: int = 0
    total: int | None = None
    close: Callable[[], object] = _nothing
    """To be called in the end, however that comes about."""


def progress(file: IO[str]) -> int:
    """How many bytes have been read of a text file that is being iterated (its own ``tell`` refuses then)."""
    done: int = file.buffer.tell()  # type: ignore[attr-defined]
    return done


def column_names(header: Sequence[Any]) -> tuple[str, ...]:
    """The header's texts without spaces around them; columns without a name are never asked for."""
    return tuple("" if name is None else str(name).strip() for name in header)
