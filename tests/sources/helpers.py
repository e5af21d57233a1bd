"""A file source over a temporary file, read to its end, and what came of it."""

from __future__ import annotations

import os
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from salesboard_display.core.facts import Fact
from salesboard_display.core.people import PersonRecord
from salesboard_display.core.sync import Batch, Rejection, SyncEnd
from salesboard_display.settings.sources import FileSource as FileSettings
from salesboard_display.sources import FetchContext, FileSource, Surroundings
from salesboard_display.sources.contract import in_english

WON: dict[str, Any] = {
    "kind": "deal_won",
    "key": "id",
    "person": "agent",
    "happened": {"from": "closed", "as": "date"},
    "amount": {"from": "value"},
    "currency": {"constant": "EUR"},
}
"""The mapping of most tests: the columns id, agent, closed, value."""

HEADER = "id,agent,closed,value\n"


@dataclass
class Read:
    """Everything one sync gave."""

    facts: list[Fact] = field(default_factory=list)
    people: list[PersonRecord] = field(default_factory=list)
    rejections: list[Rejection] = field(default_factory=list)
    batches: list[Batch] = field(default_factory=list)
    ends: list[SyncEnd] = field(default_factory=list)

    @property
    def end(self) -> SyncEnd:
        (one,) = self.ends
        return one

    @property
    def amounts(self) -> list[int | None]:
        return [line.amount_minor for fact in self.facts for line in fact.lines]

    @property
    def reasons(self) -> list[str]:
        return [in_english(rejection.reason) for rejection in self.rejections]


async def no_sleep(_: float) -> None:
    """Waiting takes no time in tests."""


def context(now_ms: int | None = None) -> FetchContext:
    """What a fetch gets, with a clock that stands (or the real one) and without waiting."""
    return FetchContext(lambda: now_ms if now_ms is not None else time.time_ns() // 1_000_000, sleep=no_sleep)


def source(
    folder: Path, name: str = "deals.csv", *, roster: bool = False, zone: str = "UTC", **settings: Any
) -> FileSource:
    """A file source for a file in the folder; without facts and people the mapping is WON."""
    if "facts" not in settings and "people" not in settings:
        settings["facts"] = [WON]
    parsed = FileSettings.model_validate({"type": "file", "path": name, "debounce": "0s"} | settings)
    return FileSource("deals", parsed, Surroundings(zone, folder, roster))


async def gather(items: AsyncIterator[Batch | SyncEnd]) -> Read:
    """The items put together."""
    read = Read()
    async for item in items:
        if isinstance(item, SyncEnd):
            read.ends.append(item)
        else:
            read.batches.append(item)
            read.facts += item.facts
            read.people += item.people
            read.rejections += item.rejections
    return read


async def fetch(one: FileSource, cursor: str = "") -> Read:
    """One sync."""
    return await gather(one.fetch(cursor, context()))


async def read_text(folder: Path, text: str | bytes, name: str = "deals.csv", **settings: Any) -> Read:
    """Write the file and read it once."""
    write(folder / name, text)
    return await fetch(source(folder, name, **settings))


def write(path: Path, text: str | bytes, *, age_s: float = 100.0) -> None:
    """Write the file as if ``age_s`` ago, so that it counts as left alone."""
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    then = time.time() - age_s
    os.utime(path, (then, then))
