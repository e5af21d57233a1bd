"""The settings every source has whose records a mapping turns into facts."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from salesboard_display.settings.fieldtypes import Duration, Section, ZoneName
from salesboard_display.settings.mapping import FactMapping, PersonMapping

DAY_S = 86400.0


class CommonSource(Section):
    """What every source has whose records are mapped, wherever the mapping stands."""

    zone: ZoneName | None = Field(
        default=None,
        title="Time zone",
        description="Of dates and times without an offset; without it, the office's.",
    )
    expected_every: Duration | None = Field(
        default=None,
        title="Expected every",
        description="How often there should be something new; decides when its data is late.",
        ge=1,
        le=366 * DAY_S,
    )
    unknown_people: Literal["auto", "unassigned", "create"] = Field(
        default="auto", title="Unknown people",
        description=(
            "Facts of people nobody listed: counted under `unassigned`, or the person is made (`create`). "
            "`auto`: `create` as long as no source lists people."
        ),
    )  # fmt: skip
    person_ids: Literal["own", "shared"] = Field(
        default="own", title="Person ids",
        description=(
            "What the facts call people by: ids or names of the source's own, or the number that another "
            "source gives as `shared_id`."
        ),
    )  # fmt: skip

    @property
    def expected_s(self) -> float:
        """How often it should be known complete, in seconds; freshness is measured by it."""
        return self.expected_every or DAY_S

    @property
    def poll_s(self) -> float:
        """How often to look, in seconds; for one that pushes, how soon to listen again when it ended."""
        return 60.0


class MappedSource(CommonSource):
    """What a source with a mapping has, wherever its records come from. Each type of source adds its own."""

    facts: list[FactMapping] = Field(
        default=[], title="Facts", description="What records hold.", max_length=50
    )
    people: list[PersonMapping] = Field(
        default=[], title="People", description="How records become people.", max_length=10
    )

    @property
    def kinds(self) -> frozenset[str]:
        """Every kind of fact this source can give."""
        return frozenset(mapping.kind for mapping in self.facts)

    @property
    def zones(self) -> frozenset[str | None]:
        """The zones its facts name of their own; None for those that name none."""
        return frozenset(mapping.happened.zone for mapping in self.facts)

    @property
    def lists_people(self) -> bool:
        """Whether this source says who the people are."""
        return bool(self.people)


class PolledSource(MappedSource):
    """A mapped source that is asked again and again. Each question answered makes its data fresh."""

    poll_every: Duration = Field(
        default=60.0, title="Poll every", description="How often to ask for what is new.", ge=1, le=DAY_S
    )

    @property
    def expected_s(self) -> float:
        """Every poll should find it complete, unless the manager expects less."""
        return self.expected_every or self.poll_every

    @property
    def poll_s(self) -> float:
        """See MappedSource.poll_s."""
        return self.poll_every
