"""What happens in the demo office while somebody watches: a story of twenty minutes, told again and again."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import timedelta
from functools import lru_cache
from typing import NamedTuple

from salesboard_display.core.facts import Fact
from salesboard_display.core.periods import instant_of
from salesboard_display.sources.demo import history
from salesboard_display.sources.demo.director import Director
from salesboard_display.sources.demo.office import IDS

STORY_MS = 20 * 60_000
_PAUSE_MS = (4_000, 7_000)
_BESIDES = {  # kind → chance that it happens beside a deal
    "call": 0.8, "meeting": 0.12, "demo": 0.05, "social_post": 0.08, "content_download": 0.1,
    "satisfaction": 0.1, "nps": 0.08, "deal_lost": 0.1, "renewal": 0.06,
}  # fmt: skip


class Story(NamedTuple):
    """One story: it begins at ``start_ms``, the next one at ``end_ms``; facts in order of time.

    It is worked out from the seed, the calendar and its own beginning, so that it does not matter when the
    program was started. Its deals come thick and fast (a wall that changes once an hour shows nothing) and
    are withdrawn quietly when the next story begins, so that totals stay believable for days.
    """

    start_ms: int
    end_ms: int
    facts: tuple[Fact, ...]


def story_at(seed: int, zone: str, now_ms: int, pace: float = 1.0) -> Story:
    """The story that runs at an instant; one begins at the day's first instant and every STORY_MS after it.

    ``pace``: how many times as fast they are told (and over).
    """
    length = int(STORY_MS / pace)
    day = history.local_day(now_ms, zone)
    midnight = instant_of(zone, day)
    start = midnight + (now_ms - midnight) // length * length
    end = min(start + length, instant_of(zone, day + timedelta(days=1)))
    return _story(seed, zone, start, end, pace)


@lru_cache(maxsize=4)
def _story(seed: int, zone: str, start: int, end: int, pace: float) -> Story:
    return Story(start, end, tuple(_facts(seed, zone, start, end, pace)))


def _facts(seed: int, zone: str, start: int, end: int, pace: float) -> Iterator[Fact]:
    chance = random.Random(f"{seed}/{start}")
    day = history.local_day(start, zone)
    so_far = [
        f for f in history.month_facts(seed, zone, day.year, day.month) if history.counts_on_the_board(f)
    ]
    director = Director(chance, _totals(so_far, start), pace)
    planned = [f for f in so_far if start <= f.occurred_at < end]
    at, number = start + int(chance.randint(500, 2_500) / pace), 0
    while at < end:
        while planned and planned[0].occurred_at <= at:
            director.happened(planned[0].lines[0].identity, (planned[0].lines[0].amount_minor or 0) // 100)
            planned.pop(0)
        who, euros = director.next_deal(at)
        number += 1
        key = f"live-{start // 1000}-{number}"
        yield (won := history.deal(f"{key}-won", "deal_won", at, who, euros, chance))
        yield history.units_of(won, f"{key}-units")
        yield from _besides(chance, key, at)
        at += max(1, int(chance.randint(*_PAUSE_MS) / pace))


def _totals(won: list[Fact], before_ms: int) -> dict[str, int]:
    totals = dict.fromkeys(IDS, 0)
    for f in won:
        if f.occurred_at < before_ms:
            totals[f.lines[0].identity] += (f.lines[0].amount_minor or 0) // 100
    return totals


def _besides(chance: random.Random, key: str, at: int) -> Iterator[Fact]:
    for kind, likely in _BESIDES.items():
        if chance.random() >= likely:
            continue
        who = chance.choice(IDS)
        if kind == "deal_lost":
            euros = chance.randrange(history.SMALLEST_DEAL, history.LARGEST_DEAL, 10)
            yield history.deal(f"{key}-lost", kind, at, who, euros, chance)
        elif kind == "renewal":
            yield history.renewal(f"{key}-renewed", at, who, chance)
        elif kind == "satisfaction":
            yield history.fact(f"{key}-csat", kind, at, who, quantity=chance.choice((3, 4, 4, 5, 5, 5)))
        elif kind == "nps":
            yield history.fact(f"{key}-nps", kind, at, who, quantity=chance.choice((6, 8, 9, 9, 10, 10)))
        else:
            yield history.fact(f"{key}-{kind}", kind, at, who)
