"""The settings of each type of source."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from salesboard_display.settings.fieldtypes import Duration, Id, Section, Shown
from salesboard_display.settings.http import HttpSource
from salesboard_display.settings.mapped import DAY_S, CommonSource, MappedSource, PolledSource
from salesboard_display.settings.mapping import (
    Converter,
    Credit,
    FactMapping,
    FileOptions,
    Filter,
    Join,
    Match,
    NumberValue,
    PersonMapping,
    TextValue,
    TimeValue,
)
from salesboard_display.settings.sql import SqlCursor, SqlSource
from salesboard_display.settings.webhook import SignatureSettings, WebhookSource, WebSettings

DEMO_KINDS = (
    "deal_won",
    "deal_lost",
    "units",
    "call",
    "meeting",
    "demo",
    "social_post",
    "content_download",
    "satisfaction",
    "nps",
)
"""The kinds of fact the demo office makes. Deals have a type (new, upsell, renewal) and a product."""


class FileSource(PolledSource, FileOptions):
    """A file that other programs write: CSV, XLSX, ODS, JSON or JSON Lines; read again when it changes."""

    type: Literal["file"] = Field(default="file", title="Type", description="This is a file.")
    expected_every: Duration | None = Field(
        default=DAY_S,
        title="Expected every",
        description="How often the file should be renewed; decides when its data is late.",
        ge=1,
        le=366 * DAY_S,
    )
    poll_every: Duration = Field(
        default=60.0,
        title="Poll every",
        description="How often to look, should the system not tell of changes.",
        ge=1,
        le=DAY_S,
    )
    debounce: Duration = Field(
        default=1.0,
        title="Debounce",
        description="How long the file has to be left alone before it is read.",
        ge=0,
        le=600,
    )
    absent: Literal["withdraw", "keep"] = Field(
        default="withdraw", title="Absent",
        description=(
            "What becomes of what the file no longer holds: `withdraw` for a file that always holds "
            "everything; `keep` for one that holds only what is new, and for files read in with `import`."
        ),
    )  # fmt: skip
    joins: dict[Id, Join] = Field(
        default={}, title="Joins", description="Files looked up by key.", max_length=10
    )


class DemoSource(Section):
    """A made-up office of 16 people in 3 teams, for trying the wall without data."""

    type: Literal["demo"] = Field(default="demo", title="Type", description="This is the demo office.")
    seed: int = Field(
        default=1, title="Seed", description="The same seed makes the same office.", ge=0, le=2**31 - 1
    )
    pace: float = Field(
        default=1.0,
        title="Pace",
        description="How many times as fast as usual things happen.",
        ge=0.1,
        le=100,
    )

    @property
    def kinds(self) -> frozenset[str]:
        """See MappedSource.kinds."""
        return frozenset(DEMO_KINDS)

    @property
    def lists_people(self) -> bool:
        """The demo office brings its people along."""
        return True

    @property
    def expected_s(self) -> float:
        """See MappedSource.expected_s."""
        return 60.0

    @property
    def poll_s(self) -> float:
        """See MappedSource.poll_s."""
        return 60.0


Source = Annotated[
    FileSource | HttpSource | SqlSource | WebhookSource | DemoSource,
    Field(discriminator="type"),
    Shown("table with a `type`"),
]
SOURCE_TYPES: dict[str, type[CommonSource] | type[DemoSource]] = {
    "file": FileSource,
    "http": HttpSource,
    "sql": SqlSource,
    "webhook": WebhookSource,
    "demo": DemoSource,
}
"""Type → its model; an unknown type's error lists these."""

__all__ = [
    "DEMO_KINDS",
    "SOURCE_TYPES",
    "CommonSource",
    "Converter",
    "Credit",
    "DemoSource",
    "FactMapping",
    "FileSource",
    "Filter",
    "HttpSource",
    "Join",
    "MappedSource",
    "Match",
    "NumberValue",
    "PersonMapping",
    "PolledSource",
    "SignatureSettings",
    "Source",
    "SqlCursor",
    "SqlSource",
    "TextValue",
    "TimeValue",
    "WebSettings",
    "WebhookSource",
]
