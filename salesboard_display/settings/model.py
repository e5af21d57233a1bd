"""The whole settings file as one model."""

from __future__ import annotations

from pydantic import Field

from salesboard_display.settings.boards import (
    BoardSettings,
    ChallengeSettings,
    ChannelSettings,
    SlideSettings,
    TargetSettings,
)
from salesboard_display.settings.fieldtypes import Id, Section
from salesboard_display.settings.metrics import MetricSettings
from salesboard_display.settings.network import NetworkSettings
from salesboard_display.settings.office import (
    FreshnessSettings,
    OfficeSettings,
    PersonSettings,
    StoreSettings,
    TeamSettings,
    WallSettings,
)
from salesboard_display.settings.rates import RatesSettings
from salesboard_display.settings.sources import Source, WebSettings

VERSION = 1
"""The version of the settings this program writes; see upgrades.py."""


class Settings(Section):
    """One settings file: an office, where its data comes from, and what the wall shows."""

    version: int = Field(
        title="Version", description="The version of this file's format.", ge=VERSION, le=VERSION
    )
    office: OfficeSettings = Field(
        default=OfficeSettings(), title="Office", description="Calendar, money and language."
    )
    store: StoreSettings = Field(default=StoreSettings(), title="Store", description="Where facts are kept.")
    wall: WallSettings = Field(
        default=WallSettings(), title="Wall", description="What the screen shows, and how."
    )
    freshness: FreshnessSettings = Field(
        default=FreshnessSettings(), title="Freshness", description="When data counts as late or stale."
    )
    rates: RatesSettings = Field(
        default=RatesSettings(), title="Rates", description="What other currencies are worth."
    )
    network: NetworkSettings = Field(
        default=NetworkSettings(), title="Network", description="How APIs on the internet are reached."
    )
    web: WebSettings = Field(
        default=WebSettings(), title="Web", description="Whether and where webhooks are received."
    )
    sources: dict[Id, Source] = Field(
        default={}, title="Sources", description="Where facts come from.", max_length=100
    )
    people: dict[Id, PersonSettings] = Field(
        default={}, title="People", description="The manager's word on people.", max_length=20000
    )
    teams: dict[Id, TeamSettings] = Field(
        default={}, title="Teams", description="The manager's word on teams.", max_length=2000
    )
    metrics: dict[Id, MetricSettings] = Field(
        default={}, title="Metrics", description="What is measured.", max_length=1000
    )
    boards: dict[Id, BoardSettings] = Field(
        default={}, title="Boards", description="Rankings.", max_length=1000
    )
    targets: dict[Id, TargetSettings] = Field(
        default={}, title="Targets", description="Quotas.", max_length=20000
    )
    challenges: dict[Id, ChallengeSettings] = Field(
        default={}, title="Challenges", description="Contests.", max_length=1000
    )
    slides: dict[Id, SlideSettings] = Field(
        default={}, title="Slides", description="What a screen can show.", max_length=1000
    )
    channels: dict[Id, ChannelSettings] = Field(
        default={},
        title="Channels",
        description="Orders of slides; without any, `main` has all slides.",
        max_length=100,
    )
