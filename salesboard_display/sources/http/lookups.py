"""Records of reference streams (stages, owners, currencies), kept to be looked up in by key."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from salesboard_display.sources.mapping.rejected import Rejected
from salesboard_display.sources.mapping.selectors import Getter, Selectors, lookup_key, path_of

_NO_COLUMNS = Selectors(None)


def reader(selector: str) -> Getter:
    """How to read a selector from a nested record; None where the record has no such thing."""
    get = _NO_COLUMNS.afresh().getter(selector, needed=False)

    def read(record: Any) -> Any:
        try:
            return get(record)
        except (Rejected, AttributeError):
            return None

    return read


def presence(selector: str) -> Callable[[Any], bool]:
    """Whether a record has what the selector reads, be it null; of an expression, whether it finds any."""
    path, read = path_of(selector), reader(selector)
    if not path:
        return lambda record: read(record) is not None

    def has(record: Any) -> bool:
        for name in path:
            if not isinstance(record, Mapping) or name not in record:
                return False
            record = record[name]
        return True

    return has


class Table:
    """Records by key; a record whose key is a list (the members of a team) is found by each of its values."""

    def __init__(self, records: Iterable[Any], on: str) -> None:
        get = reader(on)
        self._rows = {
            lookup_key(key): record for record in records for key in _listed(get(record)) if key is not None
        }
        self._readers: dict[str, Getter] = {}

    def find(self, record: Any, key: str) -> Any:
        """The record that this one's ``key`` names, None where there is none."""
        get = self._readers.get(key) or self._readers.setdefault(key, reader(key))
        return self._rows.get(lookup_key(get(record)))


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


@dataclass(slots=True)
class Lookups:
    """What was read of the streams that are looked up in; outlives a sync for as long as `every` says."""

    fresh: set[str] = field(default_factory=set)
    """The streams read in this sync."""
    _kept: dict[str, tuple[int, list[Any]]] = field(default_factory=dict)
    _tables: dict[tuple[str, str], Table] = field(default_factory=dict)

    def begin(self, *, whole: bool) -> None:
        """A sync begins; ``whole``: everything is to be read again."""
        self.fresh = set()
        if whole:
            self._kept.clear()
            self._tables.clear()

    def kept(self, stream: str, every_s: float | None, now_ms: int) -> list[Any] | None:
        """The stream's records, None when they have to be read."""
        read_at_ms, records = self._kept.get(stream, (0, None))
        if records is None:
            return None
        young = every_s is not None and 0 <= now_ms - read_at_ms < every_s * 1000
        return records if stream in self.fresh or young else None

    def keep(self, stream: str, records: list[Any], now_ms: int) -> None:
        """What was read of a stream."""
        self._kept[stream] = (now_ms, records)
        self.fresh.add(stream)
        for key in [key for key in self._tables if key[0] == stream]:
            del self._tables[key]

    def table(self, stream: str, on: str, records: list[Any]) -> Table:
        """The stream's records by the field ``on``."""
        found = self._tables.get((stream, on))
        if found is None:
            found = self._tables[stream, on] = Table(records, on)
        return found
