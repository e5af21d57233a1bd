"""How a source's records become facts and people: the mapping models, shared by all sources."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar, Literal, Self

from pydantic import BeforeValidator, Field, model_validator

from salesboard_display.settings.fieldtypes import (
    Expression,
    FilePath,
    Id,
    Scalar,
    Section,
    Selector,
    Shown,
    Template,
    TimeFormat,
    ZoneName,
)
from salesboard_display.settings.problems import Expected, phrase

DecimalMark = Literal["auto", ".", ","]
ThousandsMark = Literal["auto", "none", ".", ",", "'", " "]


def _matches(value: Any) -> Any:
    """`"Won"`, `["Won", "Lost"]` and `{ not = … }` as the fields of Match."""
    negated = isinstance(value, dict) and value.keys() == {"not"}
    inner = value["not"] if negated else value
    if isinstance(value, Match):
        return value
    if isinstance(inner, dict):
        raise Expected("a value, a list of values, or { not = … }")
    return {"values": inner if isinstance(inner, list) else [inner], "negated": negated}


class Match(Section):
    """Which values pass: a value, a list of values, or { not = … } of either; text is compared exactly."""

    values: list[Scalar] = Field(
        title="Values", description="The values that pass.", min_length=1, max_length=1000
    )
    negated: bool = Field(
        default=False, title="Not", description="Whether the values are those that do not pass."
    )


Matching = Annotated[Match, BeforeValidator(_matches), Shown('value, list of values, or { not = "…" }')]


def _filter(value: Any) -> Any:
    if isinstance(value, str):
        return {"expression": value}
    return {"columns": value} if isinstance(value, dict) else value


class Filter(Section):
    """Which records count: every column's test has to pass, or a JMESPath expression has to be true."""

    columns: dict[Selector, Matching] = Field(
        default={}, title="Columns", description="Column = what passes.", max_length=50
    )
    expression: Expression | None = Field(
        default=None, title="Expression", description="JMESPath over the whole record."
    )


Where = Annotated[
    Filter,
    BeforeValidator(_filter),
    Shown('table of column = value, [values] or { not = "…" }; or a JMESPath text'),
]


class Converter(Section):
    """Where a value comes from and what becomes of it; `"column"` is short for `{ from = "column" }`."""

    from_: Selector | None = Field(
        default=None, alias="from", title="From", description="The column or JMESPath it is read from."
    )
    constant: Scalar | None = Field(
        default=None, title="Constant", description="The same value for every record, instead of `from`."
    )
    default: Scalar | None = Field(
        default=None, title="Default", description="The value where the record has none or an empty one."
    )
    map: dict[str, Scalar] = Field(
        default={},
        title="Map",
        description="Values to be replaced, as they stand in the record = what they become.",
        max_length=10000,
    )

    @model_validator(mode="before")
    @classmethod
    def _short_form(cls, value: Any) -> Any:
        return {"from": value} if isinstance(value, str) else value

    @model_validator(mode="after")
    def _one_origin(self) -> Self:
        if (self.from_ is None) == (self.constant is None):
            found = "neither of them" if self.from_ is None else "both of them"
            raise Expected("either `from` or `constant`", found=found)
        return self


class TextValue(Converter):
    """A text: taken as it is, without the spaces around it."""

    SHOWN: ClassVar[str] = phrase("column, or table (text)")

    as_: Literal["text"] = Field(default="text", alias="as", title="As", description="Text is all it can be.")


class NumberValue(Converter):
    """A number or an amount of money."""

    SHOWN: ClassVar[str] = phrase("column, or table (number)")

    as_: Literal["decimal", "integer", "minor", "duration_s"] = Field(
        default="decimal",
        alias="as",
        title="As",
        description=(
            "`decimal`: 1234.56; `integer`: whole numbers only; `minor`: money in cents; "
            "`duration_s`: 1:02:03 or PT1H2M3S, as seconds."
        ),
    )
    decimal_mark: DecimalMark | None = Field(
        default=None,
        title="Decimal mark",
        description="What stands before the cents; without it, the source's `decimal`.",
    )
    thousands_mark: ThousandsMark = Field(
        default="auto",
        title="Thousands mark",
        description="What groups digits; `auto`: whatever cannot be the decimal mark.",
    )


class TimeValue(Converter):
    """A day or an instant."""

    SHOWN: ClassVar[str] = phrase("column, or table (time)")

    as_: Literal["date", "datetime", "epoch_s", "epoch_ms", "serial", "serial_date"] = Field(
        default="datetime",
        alias="as",
        title="As",
        description=(
            "`date`: a day without a time; `datetime`; seconds or milliseconds since 1970 UTC; `serial`: a "
            "spreadsheet's number of days since 30 December 1899, or a text as in `datetime`; `serial_date`: "
            "the day of that."
        ),
    )
    format: TimeFormat | None = Field(
        default=None,
        title="Format",
        description="How it is written, in strptime's codes; without it, ISO 8601.",
    )
    zone: ZoneName | None = Field(
        default=None,
        title="Time zone",
        description="For values without an offset; without it, the source's zone.",
    )

    @model_validator(mode="after")
    def _format_fits(self) -> Self:
        if self.format is not None and self.as_.startswith("epoch"):
            raise Expected(phrase("no format, because `as` is {type}", type=self.as_), key="format")
        return self


class Credit(Section):
    """One of several people who share a fact, or each person of a list in the record."""

    each: Selector | None = Field(
        default=None,
        title="Each",
        description="The list in the record that `person` and `share` are read from, element by element "
        "(JSON); without it, from the record itself.",
    )
    person: TextValue = Field(
        title="Person", description="The person's identity at the source; empty: nobody, left out."
    )
    share: NumberValue = Field(
        default=NumberValue(constant="1"),
        title="Share",
        description="The weight of this person's share; shares need not add up to 1.",
    )


class FactMapping(Section):
    """One kind of fact that records hold; several may be made from one record."""

    kind: Id = Field(title="Kind", description="What happened: the word metrics ask for, say `deal_won`.")
    where: Where = Field(
        default=Filter(), title="Where", description="Which records are such a fact; without it, all."
    )
    key: Template = Field(
        title="Key", description="What tells one fact from another at this source; it never changes."
    )
    person: TextValue | None = Field(
        default=None, title="Person", description="Who gets the credit: the identity at the source."
    )
    credits: list[Credit] = Field(
        default=[], title="Credits", description="Who shares the credit, instead of `person`.", max_length=20
    )
    happened: TimeValue = Field(title="Happened", description="When it happened.")
    amount: NumberValue | None = Field(default=None, title="Amount", description="The money, if it has any.")
    currency: TextValue | None = Field(
        default=None, title="Currency", description="The money's ISO 4217 code; needed with `amount`."
    )
    quantity: NumberValue = Field(
        default=NumberValue(constant="1"),
        title="Quantity",
        description="How many: units, or the score of a survey.",
    )
    attributes: dict[Id, TextValue] = Field(
        default={},
        title="Attributes",
        description="What metrics can filter on; few distinct values each.",
        max_length=20,
    )
    detail: dict[Id, TextValue] = Field(
        default={}, title="Detail", description="Shown by `explain`, not used otherwise.", max_length=20
    )

    @model_validator(mode="after")
    def _complete(self) -> Self:
        if (self.person is None) == (not self.credits):
            raise Expected(
                "either `person` or `credits`", found="both of them" if self.credits else "neither of them"
            )
        if self.amount is not None and self.currency is None:
            raise Expected(
                'a currency for the amount, say { constant = "EUR" }', key="currency", found="none"
            )
        return self


class PersonMapping(Section):
    """How records (of this source, say a list of employees) become people and their team memberships."""

    where: Where = Field(
        default=Filter(), title="Where", description="Which records are people; without it, all."
    )
    id: TextValue = Field(title="Identity", description="The identity the source's facts call the person by.")
    name: TextValue | None = Field(
        default=None, title="Name", description="The name shown; without it, the identity."
    )
    email: TextValue | None = Field(
        default=None, title="E-mail", description="Matches the same person at another source."
    )
    shared_id: TextValue | None = Field(
        default=None, title="Shared id",
        description=(
            "A number other sources have too, say an employee number; matches the same person there, before "
            "e-mail and name."
        ),
    )  # fmt: skip
    team: TextValue | None = Field(default=None, title="Team", description="The team's name.")
    region: TextValue | None = Field(
        default=None, title="Region", description="The region the team belongs to."
    )
    from_: TimeValue | None = Field(
        default=None, alias="from", title="From", description="First day in the team."
    )
    to: TimeValue | None = Field(default=None, title="To", description="First day no longer in the team.")
    left: TimeValue | None = Field(
        default=None, title="Left", description="First day no longer at the company."
    )
    picture: TextValue | None = Field(
        default=None, title="Picture", description="A picture file, relative to the settings file."
    )


class FileOptions(Section):
    """How a file is to be read; what is not said is found out from the file."""

    path: FilePath = Field(
        title="Path", description="The file, relative to the settings file.", min_length=1, max_length=4096
    )
    format: Literal["auto", "csv", "xlsx", "ods", "json", "jsonl"] = Field(
        default="auto", title="Format", description="`auto`: by the name's ending, else by what stands in it."
    )
    encoding: str = Field(
        default="auto",
        title="Encoding",
        description="Of text files, say `utf-8` or `cp1252`.",
        pattern=r"^[A-Za-z0-9_.:-]{2,40}$",
    )
    delimiter: Literal["auto", ",", ";", "\t", "|"] = Field(
        default="auto", title="Delimiter", description="Between a CSV's columns."
    )
    decimal: DecimalMark = Field(
        default="auto", title="Decimal mark", description="What stands before the cents in a text file."
    )
    sheet: str | None = Field(
        default=None,
        title="Sheet",
        description="Of a workbook; without it, the first one.",
        min_length=1,
        max_length=100,
    )
    header_row: int = Field(
        default=1, title="Header row", description="Which row (from 1) has the columns' names.", ge=1, le=1000
    )
    records: Expression | None = Field(
        default=None,
        title="Records",
        description="JSON: where the list of records is; without it, the whole document.",
    )

    @model_validator(mode="after")
    def _encoding_known(self) -> Self:
        if self.encoding != "auto":
            try:
                "".encode(self.encoding)
            except LookupError:
                raise Expected("an encoding Python knows, such as utf-8 or cp1252", key="encoding") from None
        return self


class Join(FileOptions):
    """A file looked up by key; its columns are used as `joinname.column`."""

    key: Selector = Field(title="Key", description="The column of the source's records.")
    on: Selector = Field(title="On", description="The column of the looked-up file it is equal to.")
