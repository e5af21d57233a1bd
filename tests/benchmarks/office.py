"""The offices that the whole program is measured with, and an engine for them whose source obeys.

Run as ``python -m tests.benchmarks.office SETTINGS STORY``: the engine, as a wall starts it. Stories: "quiet"
(nothing happens), "rerank" (every 2 s somebody overtakes others), "singles" (three facts a second, no
overtaking).
"""

from __future__ import annotations

import asyncio
import random
import sys
import time
from collections.abc import AsyncIterator
from pathlib import Path

from salesboard_display.core.facts import CreditLine, Fact
from salesboard_display.core.sync import Batch, SyncEnd
from salesboard_display.engine.clock import SystemClock
from salesboard_display.engine.engine import Engine
from salesboard_display.engine.office import open_office
from salesboard_display.engine.process import live
from salesboard_display.sources.contract import FetchContext

RERANK_S, SINGLE_S = 2.0, 0.35
DAY_MS = 86_400_000
SETTINGS = """
version = 1
[office]
zone = "UTC"
locale = "de_DE"
currency = "EUR"
[store]
path = "store.db"
[sources.bench]
type = "demo"
[metrics.revenue]
name = "Won deals"
kinds = ["deal_won"]
aggregate = "sum"
of = "amount"
[metrics.deals]
name = "Deals"
kinds = ["deal_won"]
aggregate = "count"
[metrics.win-rate]
name = "Win rate"
kinds = ["deal_won"]
aggregate = "ratio"
over = {{ kinds = ["deal_won", "deal_lost"] }}
minimum_sample = 10
[boards.month]
title = "Revenue won"
metric = "revenue"
period = "this-month"
others = "top-only"
{boards}
[challenges.deals-week]
title = "Most deals"
format = "most-by-the-end"
metric = "deals"
window = "this-week"
[targets.goal]
who = "company"
metric = "revenue"
period = "this-month"
value = 900_000
[slides.leaderboard]
view = "leaderboard"
board = "month"
rows = {rows}
dwell = "{dwell}"
panels = ["challenge:deals-week", "target:goal"]
[slides.podium]
view = "podium"
board = "month"
dwell = "{dwell}"
[channels.main]
slides = [{slides}]
"""
SIX_BOARDS = """
[boards.year]
title = "Year"
metric = "revenue"
period = "this-year"
[boards.quarter]
title = "Quarter"
metric = "revenue"
period = "this-quarter"
[boards.deals-month]
title = "Deals"
metric = "deals"
period = "this-month"
[boards.month-new]
title = "New"
metric = "revenue"
period = "this-month"
top = 10
[boards.win-rate]
title = "Win rate"
metric = "win-rate"
period = "this-quarter"
"""


def write_settings(folder: Path, *, six_boards: bool, rows: int, rotate: bool, dwell: str = "8s") -> Path:
    """A settings file in the folder; its store lies beside it."""
    path = folder / "office.toml"
    slides = '"leaderboard", "podium"' if rotate else '"leaderboard"'
    boards = SIX_BOARDS if six_boards else ""
    path.write_text(SETTINGS.format(boards=boards, rows=rows, dwell=dwell, slides=slides), "utf-8")
    return path


def now_ms() -> int:
    """The present."""
    return time.time_ns() // 1_000_000


class ToldSource:
    """Pushes what its story says."""

    name, pushes = "bench", True

    def __init__(self, story: str) -> None:
        self._story = story
        self._chance = random.Random(3)
        self._number = 0

    async def fetch(self, cursor: str, ctx: FetchContext) -> AsyncIterator[Batch | SyncEnd]:
        """Facts one by one, for ever."""
        if self._story == "quiet":
            await asyncio.Event().wait()
        first, step, count = (
            (60_000_00, 1_500_00, 10) if self._story == "rerank" else (90_000_000_00, 1_000_000_00, 3)
        )
        yield Batch(tuple(self._won(person, first + step * person) for person in range(count)))
        yield SyncEnd(now_ms(), full=False)
        while True:
            await asyncio.sleep(RERANK_S if self._story == "rerank" else SINGLE_S)
            if self._story == "rerank":
                facts = tuple(self._won(self._chance.randrange(10), 9_000_00) for _ in range(3))
            else:
                facts = (self._won(self._chance.randrange(3), 900_00),)
            yield Batch(facts)
            yield SyncEnd(now_ms(), full=False)

    async def changes(self) -> AsyncIterator[None]:
        """Nothing: it pushes."""
        for _ in ():
            yield None

    def _won(self, person: int, amount_minor: int) -> Fact:
        self._number += 1
        line = CreditLine(f"rep-{person:03d}", amount_minor, 1000)
        return Fact(f"live-{now_ms()}-{self._number}", "deal_won", now_ms(), False, "EUR", (line,))


def main() -> None:
    """The engine's process."""
    office, keeper = open_office(Path(sys.argv[1]))
    source = ToldSource(sys.argv[2])

    def engine(stop: asyncio.Event) -> Engine:
        return Engine(office, keeper, SystemClock(), stop, [source])

    asyncio.run(live(engine, child=True))


if __name__ == "__main__":
    main()
