"""The settings of each type of source."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from salesboard_display.settings.fieldtypes import Duration, Id, Section, Shown, ZoneName
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


class FileSource(FileOptions):
    """A file that other programs write: CSV, XLSX, ODS, JSON or JSON Lines; read again when it changes."""

    type: Literal["file"] = Field(default="file", title="Type", description="This is a file.")
    zone: ZoneName | None = Field(
        default=None,
        title="Time zone",
        description="Of dates and times in the file; without it, the office's.",
    )
    expected_every: Duration = Field(
        default=86400.0, title="Expected every",
        description="How often the file should be renewed; decides when its data is late.",
        ge=1, le=366 * 86400,
    )  # fmt: skip
    poll_every: Duration = Field(
        default=60.0,
        title="Poll every",
        description="How often to look, should the system not tell of changes.",
        ge=1,
        le=86400,
    )
    debounce: Duration = Field(
        default=1.0,
        title="Debounce",
        description="How long the file has to be left alone before it is read.",
        ge=0,
        le=600,
    )
    unknown_people: Literal["auto", "unassigned", "create"] = Field(
        default="auto", title="Unknown people",
        description=(
            "Facts of people nobody listed: counted under `unassigned`, or the person is made (`create`). "
            "`auto`: `create` as long as no source and no [people] list anybody."
        ),
    )  # fmt: skip
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
    facts: list[FactMapping] = Field(
        default=[], title="Facts", description="What records hold.", max_length=50
    )
    people: list[PersonMapping] = Field(
        default=[], title="People", description="How records become people.", max_length=10
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


Source = Annotated[FileSource | DemoSource, Field(discriminator="type"), Shown("table with a `type`")]
SOURCE_TYPES: dict[str, type[FileSource] | type[DemoSource]] = {"file": FileSource, "demo": DemoSource}
"""Type → its model; an unknown type's error lists these."""

__all__ = [
    "DEMO_KINDS",
    "SOURCE_TYPES",
    "Converter",
    "Credit",
    "DemoSource",
    "FactMapping",
    "FileSource",
    "Filter",
    "Join",
    "Match",
    "NumberValue",
    "PersonMapping",
    "Source",
    "TextValue",
    "TimeValue",
]
