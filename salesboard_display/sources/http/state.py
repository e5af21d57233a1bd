"""What an HTTP source remembers from one sync to the next: one JSON text, kept as the store's cursor."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field, replace
from typing import Any

VERSION = 1


@dataclass(slots=True)
class StreamState:
    """Of one stream. ``position_ms``: the newest record's time; ``delta``: the link or token for the next
    reading; ``etag`` and ``modified``: of the last reply; ``digest``: of the last reading's records;
    ``read_at_ms``: when it was read; ``records``: how many the last whole reading had."""

    position_ms: int | None = None
    delta: str = ""
    etag: str = ""
    modified: str = ""
    digest: str = ""
    read_at_ms: int = 0
    records: int = 0


@dataclass(slots=True)
class State:
    """Of one source. ``made_by``: tells one preset and its options from another; ``full_at_ms``: when
    everything was read last, from ``window_ms`` on; ``in_doubt``: what came since may be misunderstood."""

    made_by: str = ""
    full_at_ms: int | None = None
    window_ms: int = 0
    in_doubt: bool = False
    streams: dict[str, StreamState] = field(default_factory=dict)

    def of(self, stream: str) -> StreamState:
        """The stream's own, made when first asked for."""
        return self.streams.setdefault(stream, StreamState())

    def copy(self) -> State:
        """One that may change by itself."""
        return replace(self, streams={name: replace(one) for name, one in self.streams.items()})

    def text(self) -> str:
        """As it is kept."""
        return json.dumps({"version": VERSION, **asdict(self)}, separators=(",", ":"))


def parse_state(text: str) -> State:
    """What was kept; a beginning, where it cannot be read (any more)."""
    try:
        kept: Any = json.loads(text)
        if kept.pop("version") != VERSION:
            return State()
        streams = {name: StreamState(**one) for name, one in kept.pop("streams").items()}
        return State(**kept, streams=streams)
    except (ValueError, TypeError, KeyError, AttributeError):
        return State()
