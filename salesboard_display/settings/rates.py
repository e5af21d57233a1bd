"""The settings of exchange rates: typed in, or in a file."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import TYPE_CHECKING, Literal, Self

from pydantic import Field, model_validator

from salesboard_display.core.rates import Rate, contradictions
from salesboard_display.settings.fieldtypes import CurrencyCode, Day, FilePath, Number, Section
from salesboard_display.settings.problems import Expected, Fault, phrase

if TYPE_CHECKING:
    from salesboard_display.settings.model import Settings


class RateSettings(Section):
    """What a currency is worth from a day on, until the next entry of the same two currencies."""

    from_: CurrencyCode = Field(alias="from", title="From", description="The currency that is converted.")
    to: CurrencyCode | None = Field(
        default=None, title="To", description="The currency it becomes; without it, `base`."
    )
    day: Day = Field(title="Day", description="The first day of this rate.")
    rate: Number = Field(
        title="Rate", description="How many of `to` one of `from` is worth.", gt=0, le=1_000_000_000
    )

    @model_validator(mode="after")
    def _of_two(self) -> Self:
        if self.to == self.from_:
            raise Expected(phrase("another currency than {currency}", currency=self.from_), key="to")
        return self


class RatesSettings(Section):
    """Exchange rates: facts in another currency than their metric's count at the rate of their day."""

    base: CurrencyCode | None = Field(
        default=None, title="Base",
        description=(
            "The currency the others are quoted in; two others are converted through it. "
            "Without it, the office's."
        ),
    )  # fmt: skip
    entries: list[RateSettings] = Field(
        default=[], title="Entries",
        description="Rates typed in; of two of the same day the later one counts, and any before the file's.",
        max_length=20_000,
    )  # fmt: skip
    path: FilePath = Field(
        default="", title="Path",
        description=(
            "A file of rates (CSV, XLSX or ODS), relative to the settings file, with the columns date, "
            "currency and rate; read again when it changes."
        ),
        max_length=4096,
    )  # fmt: skip
    quoted: Literal["in-base", "per-base"] = Field(
        default="in-base", title="Quoted",
        description=(
            "What the file's numbers mean: `in-base`, one unit of the currency is so much of the base; "
            "`per-base`, one unit of the base is so much of the currency, as central banks publish them."
        ),
    )  # fmt: skip


def base_currency(settings: Settings) -> str:
    """The currency the others are quoted in."""
    return settings.rates.base or settings.office.currency


def typed_rates(settings: Settings) -> list[Rate]:
    """The rates typed in, in their order; one of the base in the base itself is left out."""
    return [rate for _, rate in _numbered(settings)]


def contradicting_rates(settings: Settings) -> Iterator[Fault]:
    """Rates typed in that give another value for a day and pair than one before; the later one counts."""
    numbered = list(_numbered(settings))
    for found in contradictions(rate for _, rate in numbered):
        (before, first), (place, later) = numbered[found.first], numbered[found.later]
        yield Fault(
            ("rates", "entries", place, "rate"),
            phrase(
                "another rate for {currency} in {to} on {day} than entry {entry} has",
                currency=later.currency,
                to=later.to,
                day=str(later.day),
                entry=before + 1,
            ),
            phrase(
                "one rate for two currencies and a day (this one counts, not {other})",
                other=f"{float(first.value):g}",
            ),
        )


def _numbered(settings: Settings) -> Iterator[tuple[int, Rate]]:
    base = base_currency(settings)
    for place, one in enumerate(settings.rates.entries):
        if one.from_ != (one.to or base):
            yield place, Rate(one.day, one.from_, one.to or base, Fraction(one.rate))
