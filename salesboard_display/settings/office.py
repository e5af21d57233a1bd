"""The settings of the office, the store, the wall, freshness, people and teams."""

from __future__ import annotations

from typing import Literal, Self

from pydantic import Field, model_validator

from salesboard_display.settings.fieldtypes import (
    CurrencyCode,
    Day,
    FilePath,
    Id,
    Identity,
    LocaleName,
    Section,
    Text,
    ZoneName,
)
from salesboard_display.settings.problems import Expected, phrase

Weekday = Literal["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
PrivacyPreset = Literal["open", "top-n", "values-hidden", "team-only", "visitor-safe"]


class OfficeSettings(Section):
    """Where and how the office works: what a day, a week and a year are, and how numbers are written."""

    name: Text = Field(
        default="", title="Name", description="The office's or company's name.", max_length=100
    )
    locale: LocaleName = Field(
        default="",
        title="Locale",
        description="How numbers, money and dates are written; empty: as this computer is set up.",
    )
    zone: ZoneName = Field(
        default="",
        title="Time zone",
        description="Decides when a day begins; empty: as this computer is set up.",
    )
    currency: CurrencyCode = Field(
        default="EUR", title="Currency", description="The money of metrics that name none."
    )
    week_start: Weekday = Field(
        default="monday", title="Week start", description="The first day of the week."
    )
    fiscal_year_start: int = Field(
        default=1,
        title="Fiscal year start",
        description="The month in which the year begins; quarters follow it.",
        ge=1,
        le=12,
    )
    calendar: Literal["gregorian", "4-4-5"] = Field(
        default="gregorian",
        title="Calendar",
        description="Months as in the calendar, or quarters of 4, 4 and 5 weeks.",
    )


class StoreSettings(Section):
    """Where facts are kept."""

    path: FilePath = Field(
        default="", title="Path",
        description=(
            "The database, relative to the settings file; empty: in the user's data folder, one for each."
        ),
        max_length=4096,
    )  # fmt: skip


class WallSettings(Section):
    """What the screen shows, and how."""

    theme: Literal["dark", "light"] = Field(default="dark", title="Theme", description="The colours.")
    screen: int = Field(default=0, title="Screen", description="Which screen, counted from 0.", ge=0, le=15)
    channel: Id = Field(default="main", title="Channel", description="The channel this wall shows.")
    reduced_motion: bool = Field(
        default=False, title="Reduced motion", description="Cross-fades only: nothing slides or counts."
    )
    ticker: bool = Field(default=True, title="Ticker", description="Whether the line at the bottom runs.")
    privacy: PrivacyPreset = Field(
        default="open",
        title="Privacy",
        description="What of any board may be seen on this wall, besides each board's own `privacy`.",
    )


class FreshnessSettings(Section):
    """When data counts as late or stale, in multiples of the time in which a source should be renewed."""

    late_after: float = Field(
        default=2.0, title="Late after", description="From this multiple on, data is late.", ge=1, le=1000
    )
    stale_after: float = Field(
        default=6.0, title="Stale after", description="From this multiple on, data is stale.", ge=1, le=1000
    )

    @model_validator(mode="after")
    def _stale_is_later(self) -> Self:
        if self.stale_after <= self.late_after:
            raise Expected(
                phrase("more than late_after ({factor})", factor=f"{self.late_after:g}"), key="stale_after"
            )
        return self


class MembershipSettings(Section):
    """Which team a person belongs to, and when."""

    team: Id = Field(title="Team", description="The team's id.")
    from_: Day | None = Field(
        default=None, alias="from", title="From", description="First day in the team; without it, always."
    )
    to: Day | None = Field(
        default=None, title="To", description="Last day in the team; without it, for good."
    )

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.from_ and self.to and self.to < self.from_:
            raise Expected(phrase("{day} or later", day=str(self.from_)), key="to")
        return self


class PersonSettings(Section):
    """The manager's word on one person; it outweighs what sources say."""

    name: Text = Field(
        default="", title="Name", description="The name shown; empty: as the source has it.", max_length=200
    )
    alias: Text = Field(
        default="",
        title="Alias",
        description="Shown instead of the name where the alias is wanted.",
        max_length=100,
    )
    team: Id | None = Field(
        default=None,
        title="Team",
        description="The team's id, for good; `memberships` instead when it changes.",
    )
    memberships: list[MembershipSettings] = Field(
        default=[],
        title="Memberships",
        description="Teams from–to dates; the later one wins where they overlap.",
        max_length=100,
    )
    left: Day | None = Field(
        default=None, title="Left", description="First day no longer at the company; hidden from then on."
    )
    picture: FilePath = Field(
        default="",
        title="Picture",
        description="A picture file, relative to the settings file.",
        max_length=4096,
    )
    privacy: Literal["open", "initials", "alias", "hidden"] = Field(
        default="open", title="Privacy", description="Shown by name, initials, alias, or not at all."
    )
    identities: list[Identity] = Field(
        default=[], title="Identities",
        description="Who this person is at each source; merges what sources take for several people.",
        max_length=100,
    )  # fmt: skip

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        if self.team is not None and self.memberships:
            raise Expected("either `team` or `memberships`", key="team", found="both of them")
        if self.privacy == "alias" and not self.alias:
            raise Expected('an alias, because `privacy` is "alias"', key="alias", found="none")
        return self


class TeamSettings(Section):
    """A team; all teams together are the company."""

    name: Text = Field(title="Name", description="The name shown.", min_length=1, max_length=100)
    region: Text = Field(
        default="", title="Region", description="The region the team belongs to.", max_length=100
    )
