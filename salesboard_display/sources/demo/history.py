"""What the demo office did on each day, worked out from the seed and the calendar alone."""

from __future__ import annotations

import random
from calendar import monthrange
from collections.abc import Iterator
from datetime import date
from functools import lru_cache

from salesboard_display.core.facts import CreditLine, Fact
from salesboard_display.core.periods import Calendar, day_of, instant_of
from salesboard_display.sources.demo.office import CURRENCY, CUSTOMERS, IDS, PRODUCTS, TYPES

SMALLEST_DEAL, LARGEST_DEAL = 600, 8_000
"""In major units; what a deal of this office brings in."""

_DEALS_A_DAY, _RENEWALS_A_DAY = 4, 2
_MONTH_OF_THE_BEST = 32_000
_OPENS_S, _CLOSES_S = 9 * 3600, 17 * 3600 + 1800
_ACTIVITIES = {"meeting": 4, "demo": 7, "social_post": 2, "content_download": 2}
_DEMO_LOVERS = (14, 13, 12, 7)
_SATISFACTION = (3, 4, 4, 4, 5, 5, 5, 5, 5, 2)
_RECOMMENDATION = (10, 10, 9, 9, 9, 8, 8, 7, 6, 10, 9, 4)


def fact(
    key: str, kind: str, at_ms: int, who: str, *, euros: int | None = None, quantity: int = 1,
    attributes: tuple[tuple[str, str], ...] = (), detail: tuple[tuple[str, str], ...] = (),
) -> Fact:  # fmt: skip
    """A fact of the demo office; ``euros`` in major units, ``quantity`` in whole pieces."""
    line = CreditLine(who, None if euros is None else euros * 100, quantity * 1000)
    return Fact(key, kind, at_ms, False, "" if euros is None else CURRENCY, (line,), attributes, detail)


def deal(key: str, kind: str, at_ms: int, who: str, euros: int, chance: random.Random) -> Fact:
    """New business or an upsell of this size, won or lost: small ones are mostly upsells."""
    what = chance.choices(TYPES[:2], weights=(3, 1) if euros > 3000 else (2, 3))[0]
    return _deal(key, kind, at_ms, who, euros, what, chance.choice(PRODUCTS[:4]), chance.choice(CUSTOMERS))


def renewal(key: str, at_ms: int, who: str, chance: random.Random) -> Fact:
    """A customer who stays."""
    euros = chance.randrange(SMALLEST_DEAL, LARGEST_DEAL // 2, 10)
    return _deal(
        key, "deal_won", at_ms, who, euros, TYPES[2], chance.choice(PRODUCTS), chance.choice(CUSTOMERS)
    )


def _deal(
    key: str, kind: str, at_ms: int, who: str, euros: int, what: str, product: str, customer: str
) -> Fact:
    attributes, detail = (("product", product), ("type", what)), (("customer", customer),)
    return fact(key, kind, at_ms, who, euros=euros, attributes=attributes, detail=detail)


def counts_on_the_board(one: Fact) -> bool:
    """Whether it is new business or an upsell that was won, which the office's main board adds up."""
    return one.kind == "deal_won" and ("type", TYPES[2]) not in one.attributes


def units_of(won: Fact, key: str) -> Fact:
    """The licences sold by a won deal."""
    line = won.lines[0]
    units = max(1, (line.amount_minor or 0) // 40_000)
    return fact(key, "units", won.occurred_at, line.identity, quantity=units, attributes=won.attributes)


@lru_cache(maxsize=4)  # the months that are asked for again while it runs
def month_facts(seed: int, zone: str, year: int, month: int, thorough: bool = True) -> tuple[Fact, ...]:
    """Everything of one month (also what is still to come), in order of time; less ``thorough``: deals
    only."""
    chance = random.Random(f"{seed}/{year}-{month}")
    days = [date(year, month, n) for n in range(1, monthrange(year, month)[1] + 1)]
    working = [day for day in days if day.isoweekday() <= 5]
    goals = _goals(chance, year)
    won = dict.fromkeys(IDS, 0)
    facts: list[Fact] = []
    for number, day in enumerate(working, 1):
        opens = instant_of(zone, day) + _OPENS_S * 1000
        facts += _deals(chance, day, opens, goals, won, number / len(working), thorough)
        if thorough:
            facts += _activities(random.Random(f"{seed}/{day}"), day, opens)
    return tuple(sorted(facts, key=lambda f: (f.occurred_at, f.key)))


def _goals(chance: random.Random, year: int) -> dict[str, float]:
    """What each person sells in a whole month: half a dozen close together at the top, a field behind
    them."""
    whole = _MONTH_OF_THE_BEST * min(1.5, max(0.6, 1.07 ** (year - 2026)))
    lasting = random.Random(11).sample(IDS, len(IDS))
    order = sorted(IDS, key=lambda who: lasting.index(who) + chance.random() * 6)
    return {who: whole * (1 - 0.012 * place - (0.03 * max(0, place - 5))) for place, who in enumerate(order)}


def _deals(
    chance: random.Random, day: date, opens: int, goals: dict[str, float], won: dict[str, int], share:
    float, thorough: bool
) -> Iterator[Fact]:  # fmt: skip
    for n in range(_DEALS_A_DAY + chance.randrange(2)):
        who = max(IDS, key=lambda p: goals[p] * share - won[p] + chance.random() * 1500)
        euros = chance.randrange(SMALLEST_DEAL * 2, LARGEST_DEAL, 10)
        won[who] += euros
        at = opens + chance.randrange((_CLOSES_S - _OPENS_S) * 1000)
        yield (won_deal := deal(f"{day}-won-{n}", "deal_won", at, who, euros, chance))
        if thorough:
            yield units_of(won_deal, f"{day}-units-{n}")
    for n in range(_RENEWALS_A_DAY):
        at = opens + chance.randrange((_CLOSES_S - _OPENS_S) * 1000)
        yield renewal(f"{day}-renewed-{n}", at, chance.choice(IDS), chance)
    for n in range(4 + chance.randrange(3)):
        euros = chance.randrange(SMALLEST_DEAL, LARGEST_DEAL, 10)
        at = opens + chance.randrange((_CLOSES_S - _OPENS_S) * 1000)
        yield deal(f"{day}-lost-{n}", "deal_lost", at, chance.choice(IDS), euros, chance)


def _activities(chance: random.Random, day: date, opens: int) -> Iterator[Fact]:
    span = (_CLOSES_S - _OPENS_S) * 1000
    for who in IDS:
        yield fact(
            f"{day}-calls-{who}", "call", opens + chance.randrange(span), who, quantity=chance.randint(6, 24)
        )
    week = random.Random(f"{day.isocalendar().year}/{day.isocalendar().week}")
    lovers = week.sample(IDS, len(_DEMO_LOVERS))
    demo_weights = [_DEMO_LOVERS[lovers.index(who)] if who in lovers else 1 for who in IDS]
    for kind, count in _ACTIVITIES.items():
        for n in range(count):
            who = chance.choices(IDS, weights=demo_weights if kind == "demo" else None)[0]
            yield fact(f"{day}-{kind}-{n}", kind, opens + chance.randrange(span), who)
    for n in range(3):
        score = chance.choice(_SATISFACTION)
        yield fact(
            f"{day}-csat-{n}",
            "satisfaction",
            opens + chance.randrange(span),
            chance.choice(IDS),
            quantity=score,
        )
    for n in range(2):
        score = chance.choice(_RECOMMENDATION)
        yield fact(
            f"{day}-nps-{n}", "nps", opens + chance.randrange(span), chance.choice(IDS), quantity=score
        )


def local_day(at_ms: int, zone: str) -> date:
    """The day of the office at an instant."""
    return day_of(_calendar(zone), at_ms)


@lru_cache(maxsize=4)
def _calendar(zone: str) -> Calendar:
    return Calendar(zone)


def history(seed: int, zone: str, now_ms: int) -> list[Fact]:
    """What happened up to and including now: twelve months thoroughly, before them last year in deals."""
    today = local_day(now_ms, zone)
    first, last = (today.year - 1) * 12, today.year * 12 + today.month - 1
    facts: list[Fact] = []
    for number in range(first, last + 1):
        facts += month_facts(seed, zone, number // 12, number % 12 + 1, thorough=number > last - 12)
    return [f for f in facts if f.occurred_at <= now_ms]


def between(seed: int, zone: str, after_ms: int, until_ms: int) -> list[Fact]:
    """What happens after one instant, up to and including another (not more than a month later)."""
    months = {(day.year, day.month) for day in (local_day(after_ms, zone), local_day(until_ms, zone))}
    return [
        f
        for year, month in sorted(months)
        for f in month_facts(seed, zone, year, month)
        if after_ms < f.occurred_at <= until_ms
    ]
