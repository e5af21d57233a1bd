"""The demo office is believable, the same everywhere, and never stands still for long."""

from __future__ import annotations

import itertools
import random
import time
from collections import Counter
from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from salesboard_display.core.facts import Fact
from salesboard_display.core.periods import instant_of
from salesboard_display.core.sync import Batch, SyncEnd
from salesboard_display.settings.demo import demo_settings
from salesboard_display.settings.sources import DEMO_KINDS
from salesboard_display.settings.sources import DemoSource as DemoSettings
from salesboard_display.sources import DemoSource, FetchContext, Surroundings
from salesboard_display.sources.demo import history, live
from salesboard_display.sources.demo.director import Director
from salesboard_display.sources.demo.office import COLLEAGUES, IDS, people
from tests.sources.helpers import no_sleep

BERLIN = "Europe/Berlin"
MINUTE = 60_000
MOMENTS = [
    (2026, 3, 1, 0, 1),  # a month begins, on a Sunday
    (2026, 1, 1, 0, 0),  # a year begins
    (2026, 3, 12, 11, 5),
    (2026, 3, 29, 1, 55),  # clocks are set forward
    (2026, 10, 25, 2, 50),  # clocks are set back
    (2026, 11, 20, 14, 55),
    (2026, 12, 31, 23, 52),  # a year ends
]


Shown = tuple[int, list[str], dict[str, int]]


def at(*moment: int, zone: str = BERLIN) -> int:
    return int(datetime(*moment, tzinfo=ZoneInfo(zone)).timestamp() * 1000)  # type: ignore[arg-type, misc]


def demo(seed: int = 1, pace: float = 1.0) -> DemoSource:
    return DemoSource("demo", DemoSettings(seed=seed, pace=pace), Surroundings(BERLIN, Path()))


def board(facts: list[Fact], now: int) -> dict[str, int]:
    """Revenue won this month by person, counted naively: new business and upsells, as its settings say."""
    day = datetime.fromtimestamp(now / 1000, ZoneInfo(BERLIN)).date()
    month = instant_of(BERLIN, day.replace(day=1))
    totals = dict.fromkeys(IDS, 0)
    for f in facts:
        if f.kind == "deal_won" and dict(f.attributes)["type"] != "renewal" and month <= f.occurred_at <= now:
            totals[f.lines[0].identity] += f.lines[0].amount_minor or 0
    return totals


def ranking(totals: dict[str, int]) -> list[str]:
    return sorted(totals, key=lambda who: (-totals[who], who))


async def seen(source: DemoSource, start: int, minutes: int) -> list[Shown]:
    """(instant, ranking, totals) after each sync, by keeping facts as a store would."""
    now = start

    async def nap(seconds: float) -> None:
        nonlocal now
        now += max(1, round(seconds * 1000))

    facts: dict[str, Fact] = {}
    shown = []
    items = source.fetch("", FetchContext(lambda: now, sleep=nap))
    async for item in items:
        if isinstance(item, Batch):
            facts.update({f.key: f for f in item.facts if start - f.occurred_at < 40 * 86_400_000})
            for key in item.withdrawn:
                del facts[key]
            continue
        totals = board(list(facts.values()), now)
        shown.append((now, ranking(totals), totals))
        if now > start + minutes * MINUTE:
            break
    await items.aclose()  # type: ignore[attr-defined]
    recent = {f.key for f in source.facts_until(now) if start - f.occurred_at < 40 * 86_400_000}
    assert recent == set(facts), "what was pushed is what there is"
    return shown


@pytest.mark.parametrize("moment", MOMENTS)
async def test_ranks_change_every_ten_seconds_and_the_leader_every_two_minutes(
    moment: tuple[int, ...],
) -> None:
    start = at(*moment)
    shown = await seen(demo(), start, minutes=25)
    changes = [now for (_, before, _), (now, after, _) in itertools.pairwise(shown) if before != after]
    leads = [now for (_, before, _), (now, after, _) in itertools.pairwise(shown) if before[0] != after[0]]
    assert len(changes) >= 25 * 6
    for times, limit in ((changes, 10_000), (leads, 120_000)):
        gaps = [b - a for a, b in itertools.pairwise([start, *times, shown[-1][0]])]
        assert max(gaps) <= limit


def test_totals_stay_believable_for_days() -> None:
    for day in range(2, 31):
        for hour in (0, 9, 15, 23):
            now = at(2026, 6, day, hour, 39, 50)
            planned = history.between(1, BERLIN, instant_of(BERLIN, date(2026, 6, 1)), now)
            totals = board([*planned, *live.story_at(1, BERLIN, now).facts], now)
            assert max(totals.values()) < 100_000 * 100
            top = sorted(totals.values(), reverse=True)[:4]
            assert top[0] - top[3] < 10_000 * 100, "the top is a race"


async def test_amounts_and_scores_are_believable() -> None:
    facts = demo().facts_until(at(2026, 11, 20, 14, 55))
    for f in facts:
        (line,) = f.lines
        if f.kind in ("deal_won", "deal_lost"):
            assert (f.currency, line.quantity_milli) == ("EUR", 1000)
            assert 600_00 <= (line.amount_minor or 0) <= 8_000_00
            assert dict(f.attributes)["type"] in ("new", "upsell", "renewal")
        else:
            assert (f.currency, line.amount_minor) == ("", None)
        if f.kind == "satisfaction":
            assert line.quantity_milli in range(1000, 5001, 1000)
        if f.kind == "nps":
            assert line.quantity_milli in range(0, 10_001, 1000)
    assert {f.kind for f in facts} == set(DEMO_KINDS)


def test_sixteen_people_in_three_teams() -> None:
    assert len(people()) == len(set(IDS)) == 16
    assert sorted(Counter(c.team for c in COLLEAGUES).values()) == [5, 5, 6]
    assert all(person.name == c.name for person, c in zip(people(), COLLEAGUES, strict=True))


def test_the_demos_goals_are_those_of_its_teams() -> None:
    teams = {c.team.lower() for c in COLLEAGUES}
    assert {target.who for target in demo_settings().targets.values()} <= teams | {"company"}


@pytest.mark.parametrize("moment", [(2026, 12, 31, 18, 0), (2026, 1, 1, 0, 1), (2028, 2, 29, 12, 0)])
def test_the_history_is_small_and_quickly_made(moment: tuple[int, ...]) -> None:
    history.month_facts.cache_clear()
    live._story.cache_clear()
    began = time.process_time()
    facts = demo().facts_until(at(*moment))
    assert time.process_time() - began < 2, "0.15 s on a fast core"
    assert 3_000 < len(facts) <= 20_000
    assert len({f.key for f in facts}) == len(facts)
    assert all(f.occurred_at <= at(*moment) for f in facts)


def test_each_of_the_last_thirteen_months_has_deals_calls_and_scores() -> None:
    facts = demo().facts_until(at(2026, 3, 12, 11, 5))
    months = Counter(
        (datetime.fromtimestamp(f.occurred_at / 1000, ZoneInfo(BERLIN)).strftime("%Y-%m"), f.kind)
        for f in facts
    )
    for month in ("2025-04", "2025-12", "2026-01", "2026-02"):
        assert all(
            months[month, kind] >= 20 for kind in ("deal_won", "deal_lost", "call", "satisfaction", "demo")
        )
    assert months["2025-01", "deal_won"] >= 80


def test_the_same_seed_and_clock_give_the_same_facts_whenever_it_was_started() -> None:
    now = at(2026, 11, 20, 14, 55)
    first = demo().facts_until(now)
    history.month_facts.cache_clear()
    live._story.cache_clear()
    assert demo().facts_until(now) == first
    assert demo(seed=2).facts_until(now) != first


async def test_a_start_in_the_middle_of_a_story_sees_what_one_before_it_saw() -> None:
    start = at(2026, 11, 20, 14, 45)
    early = await seen(demo(), start, minutes=10)
    late = await seen(demo(), start + 5 * MINUTE, minutes=5)
    assert late[-1][2] == next(totals for now, _, totals in reversed(early) if now <= late[-1][0])


def test_a_leader_out_of_reach_is_caught_up_with_by_deals_one_can_believe() -> None:
    director = Director(random.Random(3), {"ann": 90_000, "bo": 50_000, "cy": 47_000, "di": 0})
    totals = {"ann": 90_000, "bo": 50_000, "cy": 47_000, "di": 0}
    for second in range(0, 240, 5):
        who, euros = director.next_deal(second * 1000)
        assert 600 <= euros <= 8_000
        assert totals[who] < max(totals.values()), "the leader gets nothing"
        totals[who] += euros
    assert totals["ann"] < max(totals.values())


async def test_a_clock_that_jumps_loses_nothing() -> None:
    start = at(2026, 11, 20, 14, 45)
    times = iter([start, start, start + 3 * 3_600_000, start + 3 * 3_600_000])
    items = demo().fetch("", FetchContext(lambda: next(times), sleep=no_sleep))
    facts: set[str] = set()
    ends = 0
    async for item in items:
        if isinstance(item, SyncEnd):
            ends += 1
            if ends == 2:
                break
        else:
            facts |= {f.key for f in item.facts}
            facts -= set(item.withdrawn)
    await items.aclose()  # type: ignore[attr-defined]
    assert facts == {f.key for f in demo().facts_until(start + 3 * 3_600_000)}


async def test_a_faster_pace_tells_the_same_length_of_story_sooner() -> None:
    start = at(2026, 11, 20, 14, 40)
    quick = await seen(demo(pace=10), start, minutes=2)
    assert len(quick) > 150
    assert max(quick[-1][2].values()) < 100_000 * 100


async def test_the_first_sync_is_everything_and_the_rest_additions() -> None:
    now = at(2026, 11, 20, 14, 45)

    async def nap(seconds: float) -> None:
        nonlocal now
        now += round(seconds * 1000) + 1

    items = demo().fetch("", FetchContext(lambda: now, sleep=nap))
    ends = []
    async for item in items:
        if isinstance(item, SyncEnd):
            ends.append(item)
        else:
            assert len(item.facts) <= 2_000
        if len(ends) == 3:
            break
    await items.aclose()  # type: ignore[attr-defined]
    assert [end.full for end in ends] == [True, False, False]
    assert [end.complete_at_ms for end in ends] == sorted({end.complete_at_ms for end in ends})
    assert [note.id async for note in demo().changes()] == []  # type: ignore[attr-defined]
    assert demo().pushes
    assert "Demo data" in demo().notes()[0].id
