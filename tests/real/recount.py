"""An independent recount of the boards, straight from the CSV files: it shares no code with the product."""

from __future__ import annotations

import csv
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

OFFICE = ZoneInfo("America/New_York")
RENAMED = {"GTXPro": "GTX Pro"}


class Deal(NamedTuple):
    """A row of sales_pipeline.csv; ``line`` counts from the header, which is line 1."""

    line: int
    key: str
    agent: str
    product: str
    account: str
    stage: str
    engaged: date | None
    closed: date | None
    value: Fraction | None


class Agent(NamedTuple):
    """A row of sales_teams.csv."""

    name: str
    manager: str
    region: str


class Counted(NamedTuple):
    """What somebody came to, and on how many deals it rests."""

    value: Fraction | None
    sample: int


@dataclass(frozen=True)
class Rule:
    """How one board counts. ``measure`` is told a person's (team's, region's) deals of the ``stages``."""

    stages: tuple[str, ...]
    measure: Callable[[list[Deal]], Fraction | None]
    months: int
    who: Callable[[Agent], str]
    unit: str
    display: Callable[[Fraction], str]


# ---------------------------------------------------------------------------- the boards
def revenue(deals: list[Deal]) -> Fraction | None:
    return sum((deal.value or Fraction(0) for deal in deals), Fraction(0)) if deals else None


def number(deals: list[Deal]) -> Fraction | None:
    return Fraction(len(deals)) if deals else None


def average(deals: list[Deal]) -> Fraction | None:
    return (revenue(deals) or Fraction(0)) / len(deals) if deals else None


def win_rate(deals: list[Deal]) -> Fraction | None:
    won = sum(deal.stage == "Won" for deal in deals)
    return Fraction(100 * won, len(deals)) if len(deals) >= 10 else None


def dollars(value: Fraction) -> str:
    return f"${half_up(value, 0):,}"


def percent(value: Fraction) -> str:
    return f"{half_up(value, 1)}%"


def agents(agent: Agent) -> str:
    return agent.name


def managers(agent: Agent) -> str:
    return agent.manager


def regions(agent: Agent) -> str:
    return agent.region


WON, CLOSED = ("Won",), ("Won", "Lost")
BOARDS = {
    "revenue-year": Rule(WON, revenue, 12, agents, "USD", dollars),
    "revenue-quarter": Rule(WON, revenue, 3, agents, "USD", dollars),
    "revenue-month": Rule(WON, revenue, 1, agents, "USD", dollars),
    "revenue-month-region": Rule(WON, revenue, 1, regions, "USD", dollars),
    "revenue-month-team": Rule(WON, revenue, 1, managers, "USD", dollars),
    "deals-month": Rule(WON, number, 1, agents, "deals", str),
    "win-rate-quarter": Rule(CLOSED, win_rate, 3, agents, "percent", percent),
    "average-deal-quarter": Rule(WON, average, 3, agents, "USD", dollars),
}


# ---------------------------------------------------------------------------- the files
def day_of(text: str) -> date | None:
    """M/D/YYYY, by hand; None for nothing."""
    if not text:
        return None
    month, day, year = text.split("/")
    return date(int(year), int(month), int(day))


def rows(file: Path) -> list[dict[str, str]]:
    with file.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


class Recount:
    """Counts the deals of a folder."""

    def __init__(self, folder: Path) -> None:
        self.agents = [
            Agent(row["sales_agent"], row["manager"], row["regional_office"])
            for row in rows(folder / "sales_teams.csv")
        ]
        self.deals = [
            Deal(
                line,
                row["opportunity_id"],
                row["sales_agent"],
                RENAMED.get(row["product"], row["product"]),
                row["account"],
                row["deal_stage"],
                day_of(row["engage_date"]),
                day_of(row["close_date"]),
                Fraction(Decimal(row["close_value"])) if row["close_value"] else None,
            )
            for line, row in enumerate(rows(folder / "sales_pipeline.csv"), start=2)
        ]

    def standings(self, board: str, at: datetime) -> dict[str, Any]:
        """What ``standings BOARD --at AT --json`` should say, values as fractions, without the data's age."""
        rule, today = BOARDS[board], at.astimezone(OFFICE).date()
        first, after = span(today, rule.months)
        counted = self.counted(rule, first, today)
        final = today == first and not any(one.sample for one in counted.values())
        if final:
            earlier = span(first - timedelta(days=1), rule.months)
            finished = self.counted(rule, earlier[0], earlier[1] - timedelta(days=1))
            final = any(one.value for one in finished.values())
        if final:
            counted, (first, after), before = finished, earlier, {}
        else:
            before = ranks(self.counted(rule, first, today - timedelta(days=1)))
        return {
            "board": board,
            "at": at,
            "period": {"start": midnight(first), "end": midnight(after)},
            "final": final,
            "unit": rule.unit,
            "places": places(rule, counted, before),
        }

    def counted(self, rule: Rule, first: date, last: date) -> dict[str, Counted]:
        """Everybody's value over the days from ``first`` to ``last``, those without a deal included."""
        mine: dict[str, list[Deal]] = {rule.who(agent): [] for agent in self.agents}
        owner = {agent.name: rule.who(agent) for agent in self.agents}
        for deal in self.deals:
            if deal.stage in rule.stages and deal.closed and first <= deal.closed <= last:
                mine[owner[deal.agent]].append(deal)
        return {name: Counted(rule.measure(deals), len(deals)) for name, deals in mine.items()}


# ---------------------------------------------------------------------------- ranks
def ranks(counted: dict[str, Counted]) -> dict[str, int]:
    """1-2-2-4: a rank is one more than the number of those who are better. All zero: nobody is ranked."""
    values = {name: one.value for name, one in counted.items() if one.value is not None}
    if not any(values.values()):
        return {}
    return {name: 1 + sum(other > value for other in values.values()) for name, value in values.items()}


def places(rule: Rule, counted: dict[str, Counted], before: dict[str, int]) -> list[dict[str, Any]]:
    now = ranks(counted)
    order = sorted(counted, key=lambda name: (now.get(name, len(counted) + 1), name.casefold()))
    return [
        {
            "rank": now.get(name),
            "name": name,
            "value": counted[name].value,
            "display": "–" if counted[name].value is None else rule.display(counted[name].value),
            "movement": before[name] - now[name] if name in now and name in before else None,
            "gap": gap(counted, name) if name in now else None,
            "sample": counted[name].sample,
        }
        for name in order
    ]


def gap(counted: dict[str, Counted], name: str) -> Fraction | None:
    """How far it is to the next better value; for a leader to whoever follows, who may be level."""
    own = counted[name].value
    others = [one.value for who, one in counted.items() if who != name and one.value is not None]
    better = [value for value in others if value > own]
    if better:
        return min(better) - own
    return own - max(others) if others else None


# ---------------------------------------------------------------------------- days
def span(day: date, months: int) -> tuple[date, date]:
    """The calendar month, quarter or year that holds the day: its first day, and the first day after it."""
    first = (day.month - 1) // months * months + 1
    after = first + months
    return date(day.year, first, 1), date(day.year + after // 13, (after - 1) % 12 + 1, 1)


def midnight(day: date) -> datetime:
    return datetime.combine(day, time(), OFFICE)


def half_up(value: Fraction, decimals: int) -> Decimal:
    exact = Decimal(value.numerator) / Decimal(value.denominator)
    return exact.quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP)
