"""The settings of metrics: which facts count, and how they become one value."""

from __future__ import annotations

from typing import Annotated, Any, Literal, Self

from pydantic import BeforeValidator, Field, model_validator

from salesboard_display.settings.fieldtypes import CurrencyCode, Id, Number, Section, Shown, Text
from salesboard_display.settings.mapping import Matching
from salesboard_display.settings.problems import Expected, phrase

LARGEST = 10**15
"""No quantity, weight, target or goal is larger than this either way."""


class Selection(Section):
    """Which facts count."""

    kinds: list[Id] = Field(
        default=[], title="Kinds", description="The kinds of fact that count.", max_length=50
    )
    where: dict[Id, Matching] = Field(
        default={},
        title="Where",
        description="Attribute = what passes; every test has to pass.",
        max_length=20,
    )
    sources: list[Id] = Field(
        default=[], title="Sources", description="Only facts of these sources; empty: of all.", max_length=50
    )
    quantity_from: Number | None = Field(
        default=None,
        title="Quantity from",
        description="Only facts with at least this quantity (score).",
        ge=-LARGEST,
        le=LARGEST,
    )
    quantity_below: Number | None = Field(
        default=None,
        title="Quantity below",
        description="Only facts with less than this quantity (score).",
        ge=-LARGEST,
        le=LARGEST,
    )


class UnitSettings(Section):
    """What a value is measured in."""

    kind: Literal["money", "number", "percent", "points"] = Field(
        title="Kind", description="How it is written."
    )
    currency: CurrencyCode | None = Field(
        default=None,
        title="Currency",
        description="Of money: only facts in it count; without it, the office's.",
    )
    word: Text = Field(
        default="", title="Word", description='What a number counts, say "demos".', max_length=40
    )
    decimals: int = Field(
        default=0, title="Decimals", description="Digits shown after the decimal mark.", ge=0, le=6
    )


def _unit(value: Any) -> Any:
    return {"kind": value} if isinstance(value, str) else value


Unit = Annotated[
    UnitSettings, BeforeValidator(_unit), Shown('"money", "number", "percent", "points", or a table')
]


class MetricSettings(Selection):
    """Which facts count, and how they become one value."""

    name: Text = Field(
        title="Name", description='What is measured, say "Revenue won".', min_length=1, max_length=100
    )
    aggregate: Literal[
        "sum", "count", "average", "min", "max", "latest", "distinct", "ratio", "weighted", "nps"
    ] = Field(title="Aggregate", description="How facts become one value.")
    of: Literal["amount", "quantity"] = Field(
        default="amount",
        title="Of",
        description="Which figure of a fact it is taken of (sum, average, min, max, latest).",
    )
    over: Selection | None = Field(
        default=None,
        title="Over",
        description="ratio: what is divided by: all facts the counted ones are a part of.",
    )
    attribute: Id | None = Field(
        default=None, title="Attribute", description="distinct: whose different values are counted."
    )
    weights: dict[Id, Number] = Field(
        default={},
        title="Weights",
        description="weighted: points for one fact of each kind; they also say the kinds.",
        max_length=50,
    )
    unit: Unit | None = Field(
        default=None, title="Unit",
        description="Without it: money for amounts, percent for a ratio, points for weighted and nps.",
    )  # fmt: skip
    direction: Literal["higher", "lower"] = Field(
        default="higher", title="Direction", description="Which values are better."
    )
    minimum_sample: int = Field(
        default=1,
        title="Minimum sample",
        description="With fewer facts the value is unknown and shown as –.",
        ge=1,
        le=1_000_000,
    )

    @model_validator(mode="after")
    def _complete(self) -> Self:
        needed = {"ratio": "over", "distinct": "attribute", "weighted": "weights"}
        for aggregate, key in needed.items():
            given = getattr(self, key)
            if self.aggregate == aggregate and not given:
                raise Expected(
                    phrase('`{key}`, because `aggregate` is "{aggregate}"', key=key, aggregate=aggregate),
                    key=key, found="none",
                )  # fmt: skip
            if self.aggregate != aggregate and given:
                raise Expected(
                    phrase(
                        'no `{key}`, because `aggregate` is "{aggregate}"', key=key, aggregate=self.aggregate
                    ),
                    key=key,
                )
        if not self.kinds and self.aggregate != "weighted":
            raise Expected("at least one kind of fact", key="kinds", found="none")
        if set(self.kinds) - set(self.weights) and self.aggregate == "weighted":
            raise Expected("kinds that have a weight", key="kinds")
        if self.over is not None and not self.over.kinds:
            raise Expected("at least one kind of fact", key="over.kinds", found="none")
        return self
