"""The settings of boards, targets, challenges, slides and channels."""

from __future__ import annotations

from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, BeforeValidator, Field, model_validator

from salesboard_display.settings.fieldtypes import (
    Day,
    Duration,
    Id,
    Instant,
    Number,
    Section,
    Shown,
    Text,
    TimeOfDay,
)
from salesboard_display.settings.metrics import LARGEST
from salesboard_display.settings.office import PrivacyPreset
from salesboard_display.settings.problems import Expected, either, nearest, one_of, phrase

PeriodName = Literal[
    "today",
    "yesterday",
    "this-week",
    "previous-week",
    "this-month",
    "previous-month",
    "this-quarter",
    "previous-quarter",
    "this-year",
    "previous-year",
]
Level = Literal["person", "team", "region"]

VIEWS = {"leaderboard": "board", "podium": "board", "teams": "board", "challenge": "challenge"}
"""View → the key its slides cannot do without."""


class PeriodSettings(Section):
    """A stretch of time, by name, as the last so many days, or from–to."""

    name: PeriodName | None = Field(
        default=None, title="Name", description="A named period, in the office's calendar."
    )
    rolling_days: int | None = Field(
        default=None,
        title="Rolling days",
        description="Today and the days before it, so many in all.",
        ge=1,
        le=3660,
    )
    from_: Day | None = Field(
        default=None, alias="from", title="From", description="First day of a period of its own."
    )
    to: Day | None = Field(default=None, title="To", description="Last day of it.")

    @model_validator(mode="after")
    def _one_form(self) -> Self:
        ways = [
            self.name is not None,
            self.rolling_days is not None,
            self.from_ is not None or self.to is not None,
        ]
        if sum(ways) != 1 or (self.from_ is None) != (self.to is None):
            raise Expected('a name such as "this-month", { rolling_days = 30 }, or { from = …, to = … }')
        if self.from_ and self.to and self.to < self.from_:
            raise Expected(phrase("{day} or later", day=str(self.from_)), key="to")
        return self


def _period(value: Any) -> Any:
    return {"name": value} if isinstance(value, str) else value


Period = Annotated[
    PeriodSettings,
    BeforeValidator(_period),
    Shown('name such as "this-month", { rolling_days = 30 }, or { from = 2026-01-01, to = 2026-01-31 }'),
]


class BoardSettings(Section):
    """A ranking: a metric over a period, among people, teams or regions."""

    title: Text = Field(title="Title", description="Stands at the top.", min_length=1, max_length=100)
    metric: Id = Field(title="Metric", description="The id of the metric.")
    period: Period = Field(title="Period", description="The time facts count in.")
    level: Level = Field(default="person", title="Level", description="Who is ranked.")
    participants: list[Text] = Field(
        default=[],
        title="Participants",
        description="Ids of people or teams, or regions, that take part; empty: everybody.",
        max_length=10000,
    )
    rank_style: Literal["1-2-2-4", "1-2-2-3", "1-2-3-4"] = Field(
        default="1-2-2-4", title="Rank style", description="How a tie numbers the places."
    )
    tie_breakers: list[Id] = Field(
        default=[], title="Tie-breakers",
        description="What decides a tie, in this order: `first-to-get-there` or ids of metrics.",
        max_length=5,
    )  # fmt: skip
    top: int = Field(default=0, title="Top", description="How many places are ranked; 0: all.", ge=0, le=1000)
    without_data: Literal["dash", "hide"] = Field(
        default="dash", title="Without data", description="People without facts are shown as – or left out."
    )
    others: Literal["alphabetical", "all-ranked", "top-only"] = Field(
        default="alphabetical", title="Others",
        description="Those beyond the first page: alphabetically without a rank, ranked, or not shown.",
    )  # fmt: skip
    movement: Literal["day", "period", "last-change"] = Field(
        default="day",
        title="Movement",
        description="The arrows compare with the day's start, the period's start, or the last change.",
    )
    privacy: PrivacyPreset = Field(default="open", title="Privacy", description="What of it may be seen.")
    privacy_top: int = Field(
        default=3, title="Privacy: top", description="How many `top-n` shows.", ge=1, le=100
    )
    purpose: Text = Field(
        default="",
        title="Purpose",
        description="Why there is this board, in a manager's words.",
        max_length=200,
    )
    sources: list[Id] = Field(
        default=[], title="Sources", description="Only facts of these sources; empty: of all.", max_length=50
    )


class TargetSettings(Section):
    """A quota of a person, a team, a region or the company."""

    who: Text = Field(
        title="Who",
        description="`company`, or the id of a team, region or person.",
        min_length=1,
        max_length=100,
    )
    metric: Id = Field(title="Metric", description="The id of the metric.")
    period: Period = Field(title="Period", description="The time facts count in.")
    value: Number = Field(
        title="Value",
        description="What is to be reached, in whole units of money (euros, not cents).",
        gt=0,
        le=LARGEST,
    )
    title: Text = Field(
        default="",
        title="Title",
        description='Stands at the goal, say "Team goal"; empty: the metric.',
        max_length=100,
    )


class ChallengeSettings(Section):
    """A contest with a beginning, an end and a prize; its rule is frozen when it begins."""

    title: Text = Field(title="Title", description="Stands on the wall.", min_length=1, max_length=100)
    format: Literal["first-to", "most-by-the-end"] = Field(title="Format", description="How it is won.")
    metric: Id = Field(title="Metric", description="The id of the metric.")
    start: Instant | None = Field(default=None, title="Start", description="The instant it begins.")
    end: Instant | None = Field(
        default=None, title="End", description="The instant it ends; what happens then no longer counts."
    )
    window: Literal["today", "this-week", "this-month", "this-quarter", "this-year"] | None = Field(
        default=None,
        title="Window",
        description="Instead of start and end: begins anew with each such period.",
    )
    goal: Number | None = Field(
        default=None, title="Goal", description="first-to: who reaches this first wins.", gt=0, le=LARGEST
    )
    level: Level = Field(default="person", title="Level", description="Who competes.")
    participants: list[Text] = Field(
        default=[],
        title="Participants",
        description="Ids of people or teams, or regions, that take part; empty: everybody.",
        max_length=10000,
    )
    prize: Text = Field(default="", title="Prize", description="What there is to win.", max_length=200)
    tie_break: Literal["first-to-get-there", "shared"] = Field(
        default="first-to-get-there", title="Tie-break", description="Who wins when several have the same."
    )

    @model_validator(mode="after")
    def _complete(self) -> Self:
        fixed = self.start is not None and self.end is not None
        if (self.window is None and not fixed) or (self.window is not None and (self.start or self.end)):
            lone = phrase("one of the two") if self.start or self.end else phrase("neither of them")
            found = phrase("both of them") if self.window else lone
            raise Expected("either `start` and `end`, or `window`", found=found)
        if self.format == "first-to" and self.goal is None:
            raise Expected('a goal, because `format` is "first-to"', key="goal", found="none")
        if self.format != "first-to" and self.goal is not None:
            raise Expected(phrase('no goal, because `format` is "{format}"', format=self.format), key="goal")
        if (
            self.start
            and self.end
            and (self.start.tzinfo is None) == (self.end.tzinfo is None)
            and self.end <= self.start
        ):
            raise Expected(phrase("later than the start ({start})", start=self.start.isoformat()), key="end")
        return self


class ScheduleSettings(Section):
    """When a slide is shown; what is not given does not limit it."""

    weekdays: list[Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]] = Field(
        default=[], title="Weekdays", description="Only on these days of the week.", max_length=7
    )
    from_: TimeOfDay | None = Field(
        default=None, alias="from", title="From", description="Office time from which it is shown."
    )
    to: TimeOfDay | None = Field(default=None, title="To", description="Office time at which it ends.")
    first: Day | None = Field(default=None, title="First", description="First day.")
    last: Day | None = Field(default=None, title="Last", description="Last day.")

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.first and self.last and self.last < self.first:
            raise Expected(phrase("{day} or later", day=str(self.first)), key="last")
        if self.from_ is not None and self.from_ == self.to:
            raise Expected("another time than `from`", key="to")
        return self


def _view(name: str) -> str:
    if name not in VIEWS:
        raise Expected(one_of(VIEWS), nearest=nearest(name, VIEWS))
    return name


class SlideSettings(Section):
    """A view with what it shows, how long and when."""

    view: Annotated[str, AfterValidator(_view), Shown(either([f'"{view}"' for view in VIEWS]))] = Field(
        title="View",
        description="What is shown: leaderboard, podium and teams need a `board`, challenge a `challenge`.",
    )
    title: Text = Field(
        default="", title="Title", description="Empty: the board's or the challenge's.", max_length=100
    )
    board: Id | None = Field(default=None, title="Board", description="The id of the board.")
    challenge: Id | None = Field(default=None, title="Challenge", description="The id of the challenge.")
    targets: list[Id] = Field(
        default=[], title="Targets", description="Ids of targets shown in the rows.", max_length=1000
    )
    panels: list[Text] = Field(
        default=[],
        title="Panels",
        description="Cards beside the board: `challenge:` or `target:` and an id.",
        max_length=4,
    )
    rows: int = Field(
        default=8, title="Rows", description="Rows on a page; beyond 8 without the second line.", ge=1, le=10
    )
    dwell: Duration = Field(
        default=20.0, title="Dwell", description="How long each page stays.", ge=3, le=3600
    )
    schedule: ScheduleSettings = Field(
        default=ScheduleSettings(), title="Schedule", description="When it is shown."
    )

    @model_validator(mode="after")
    def _complete(self) -> Self:
        needed = VIEWS[self.view]
        if getattr(self, needed) is None:
            raise Expected(
                phrase('a {key}, because `view` is "{view}"', key=needed, view=self.view),
                key=needed, found="none",
            )  # fmt: skip
        return self


class ChannelSettings(Section):
    """An ordered list of slides, shown by a wall."""

    slides: list[Id] = Field(
        title="Slides", description="Ids of slides, in the order they are shown.", max_length=200
    )
