"""What a manager defines: metrics, boards, targets, challenges, slides and channels, as plain values."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, time
from enum import StrEnum
from fractions import Fraction

from salesboard_display.core.figures import Select


class Aggregate(StrEnum):
    """How facts become one value; each name has one entry in core.metrics.AGGREGATES."""

    SUM = "sum"
    COUNT = "count"
    AVERAGE = "average"
    MINIMUM = "min"
    MAXIMUM = "max"
    LATEST = "latest"
    DISTINCT = "distinct"
    RATIO = "ratio"
    WEIGHTED = "weighted"
    NPS = "nps"


class Of(StrEnum):
    """Which figure of a fact an aggregate is taken of."""

    AMOUNT = "amount"
    QUANTITY = "quantity"


class UnitKind(StrEnum):
    """What a value is measured in; decides how it is written."""

    MONEY = "money"
    NUMBER = "number"
    PERCENT = "percent"
    POINTS = "points"


@dataclass(frozen=True, slots=True)
class Unit:
    """The unit of a metric: kind, ISO currency for money, a word for numbers ("demos"), decimals shown."""

    kind: UnitKind = UnitKind.NUMBER
    currency: str = ""
    word: str = ""
    decimals: int = 0


@dataclass(frozen=True, slots=True)
class Metric:
    """Which facts count, and how.

    ``select`` is what is aggregated (for a ratio: the numerator), ``over`` the denominator of a ratio (all
    facts the numerator is a part of), ``weights`` the points per kind of a weighted score. A value is unknown
    (None) below ``minimum_sample`` facts.
    """

    id: str
    name: str
    aggregate: Aggregate
    select: Select
    of: Of = Of.AMOUNT
    over: Select | None = None
    attribute: str = ""
    weights: tuple[tuple[str, Fraction], ...] = ()
    unit: Unit = Unit()
    higher_is_better: bool = True
    minimum_sample: int = 1


class PeriodKind(StrEnum):
    """The named periods; "previous" ones are the whole period before the current one."""

    TODAY = "today"
    YESTERDAY = "yesterday"
    THIS_WEEK = "this-week"
    PREVIOUS_WEEK = "previous-week"
    THIS_MONTH = "this-month"
    PREVIOUS_MONTH = "previous-month"
    THIS_QUARTER = "this-quarter"
    PREVIOUS_QUARTER = "previous-quarter"
    THIS_YEAR = "this-year"
    PREVIOUS_YEAR = "previous-year"
    ROLLING = "rolling"
    CUSTOM = "custom"


@dataclass(frozen=True, slots=True)
class Period:
    """A period by name; ``days`` for rolling (today and the days before it), ``first``/``last`` (inclusive)
    for custom."""

    kind: PeriodKind
    days: int = 0
    first: date | None = None
    last: date | None = None


class Level(StrEnum):
    """Who is ranked."""

    PERSON = "person"
    TEAM = "team"
    REGION = "region"


class RankStyle(StrEnum):
    """How ties number the places: 1-2-2-4, 1-2-2-3, 1-2-3-4."""

    COMPETITION = "1-2-2-4"
    DENSE = "1-2-2-3"
    ORDINAL = "1-2-3-4"


class Since(StrEnum):
    """What movement is measured against."""

    DAY = "day"
    PERIOD = "period"
    LAST_CHANGE = "last-change"


FIRST_TO_GET_THERE = "first-to-get-there"
"""Tie-breaker: who reached the value first. Any other tie-breaker is the id of a metric."""


@dataclass(frozen=True, slots=True)
class Board:
    """A board's definition. ``participants``: ids of people or teams that take part, empty for everybody.

    ``top`` limits ranked places (0: all); ``without_data``: "dash" shows people without facts as "–", "hide"
    leaves them out; ``others``: what becomes of people beyond the first page ("alphabetical", "all-ranked",
    "top-only").
    """

    id: str
    title: str
    metric: Metric
    period: Period
    level: Level = Level.PERSON
    participants: frozenset[str] = frozenset()
    rank_style: RankStyle = RankStyle.COMPETITION
    tie_breakers: tuple[Metric | str, ...] = ()
    top: int = 0
    without_data: str = "dash"
    others: str = "alphabetical"
    movement: Since = Since.DAY
    privacy: str = "open"
    privacy_top: int = 3
    purpose: str = ""
    sources: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Target:
    """A quota: ``value`` in the metric's major unit for a person, team, region or "company" over a period."""

    id: str
    who: str
    metric: Metric
    period: Period
    value: Fraction
    title: str = ""


class ChallengeFormat(StrEnum):
    """How a challenge is won; each has one entry in core.challenges.FORMATS."""

    FIRST_TO = "first-to"
    MOST_BY_END = "most-by-the-end"


@dataclass(frozen=True, slots=True)
class Challenge:
    """A contest over [start_ms, end_ms). ``goal`` is N of "first to N". ``tie_break`` is stated on the wall.

    ``tie_break``: "first-to-get-there" or "shared". The rule is frozen at the start: later edits count for
    nothing.
    """

    id: str
    title: str
    format: ChallengeFormat
    metric: Metric
    start_ms: int
    end_ms: int
    goal: Fraction = Fraction(0)
    level: Level = Level.PERSON
    participants: frozenset[str] = frozenset()
    prize: str = ""
    tie_break: str = FIRST_TO_GET_THERE


@dataclass(frozen=True, slots=True)
class Schedule:
    """When a slide is shown: ISO weekdays (1 = Monday; empty: all), office hours [from, to), inclusive
    dates."""

    weekdays: frozenset[int] = frozenset()
    from_time: time | None = None
    to_time: time | None = None
    first_date: date | None = None
    last_date: date | None = None


@dataclass(frozen=True, slots=True)
class Slide:
    """A view with its settings. ``board``/``challenge``/``targets``/``panels`` are ids; what is needed
    depends on the view."""

    id: str
    view: str
    board: str = ""
    challenge: str = ""
    title: str = ""
    rows: int = 8
    targets: tuple[str, ...] = ()
    panels: tuple[str, ...] = ()
    dwell_s: float = 20.0
    schedule: Schedule = Schedule()


@dataclass(frozen=True, slots=True)
class Channel:
    """An ordered list of slides, shown by a screen."""

    id: str
    slides: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Definitions:
    """Everything a manager defined, by id, in the order of the settings."""

    metrics: dict[str, Metric] = field(default_factory=dict)
    boards: dict[str, Board] = field(default_factory=dict)
    targets: dict[str, Target] = field(default_factory=dict)
    challenges: dict[str, Challenge] = field(default_factory=dict)
    slides: dict[str, Slide] = field(default_factory=dict)
    channels: dict[str, Channel] = field(default_factory=dict)
