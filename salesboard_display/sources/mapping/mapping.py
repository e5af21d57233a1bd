"""The mapping shared by all sources: records in, batches of facts, people and rejections out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from salesboard_display.core.facts import Fact
from salesboard_display.core.messages import Message
from salesboard_display.core.people import PersonRecord
from salesboard_display.core.sync import Batch, Rejection
from salesboard_display.settings.mapped import MappedSource
from salesboard_display.settings.mapping import FactMapping, NumberValue, PersonMapping
from salesboard_display.sources.contract import Stage, Surroundings, problem
from salesboard_display.sources.mapping.amounts import Marks
from salesboard_display.sources.mapping.facts import MOST_ATTRIBUTE_SETS, FactMaker, TooManyValues
from salesboard_display.sources.mapping.numbers import detect_mark
from salesboard_display.sources.mapping.people import PersonMaker
from salesboard_display.sources.mapping.rejected import Rejected, excerpt
from salesboard_display.sources.mapping.selectors import (
    ColumnGone,
    ColumnTwice,
    Lookup,
    Needs,
    Selectors,
    nearest_said,
)

MOST_PEOPLE = 20_000
"""More distinct people than this in one sync means that the wrong column was mapped."""


@dataclass(frozen=True, slots=True)
class RecordMapping:
    """What a source's settings declare about its records.

    ``zone``: of dates and times without an offset; ``decimal``: "auto", "." or ","; ``create_people``:
    whether everybody with credit becomes a person; ``base_folder``: where the pictures' relative paths begin.
    ``takes_back``: whether a record that is no longer a fact's (a deal won, then reopened) withdraws it; for
    sources that give only the records that changed.
    """

    facts: Sequence[FactMapping]
    people: Sequence[PersonMapping]
    zone: str
    base_folder: Path
    decimal: str = "auto"
    create_people: bool = False
    takes_back: bool = False

    @classmethod
    def of(
        cls, settings: MappedSource, around: Surroundings, *, decimal: str = "auto", takes_back: bool = False
    ) -> RecordMapping:
        """What a source's settings say, in its surroundings."""
        create = settings.unknown_people == "create" or (
            settings.unknown_people == "auto" and not around.roster
        )
        zone = settings.zone or around.zone
        return cls(settings.facts, settings.people, zone, around.base_folder, decimal, create, takes_back)

    def notes(self) -> tuple[Message, ...]:
        """In which zones dates and times are read that do not say it themselves."""
        times = [mapping.happened for mapping in self.facts]
        zones = {one.zone or self.zone for one in times if not one.as_.startswith("epoch")}
        return tuple(
            Message("Dates and times without an offset are read as time in {zone}.", (("zone", zone),))
            for zone in sorted(zones)
        )

    def bind(
        self,
        columns: Sequence[str] | None,
        *,
        joins: Mapping[str, tuple[str, Lookup]] | None = None,
        sample: Iterable[Any] = (),
        likely_mark: str = ".",
        position: str = "record",
    ) -> BoundMapping:
        """The mapping compiled for rows with these columns, or (None) for nested records.

        ``sample``: records in which the decimal mark of texts is looked for, else it is ``likely_mark``;
        ``position``: what records are called ("row 17"). Raises SourceError when a column is gone or
        ambiguous.
        """
        sample = list(sample)

        def marks_of(value: NumberValue) -> Marks:
            mark: str = self.decimal if value.decimal_mark in (None, "auto") else value.decimal_mark
            if mark == "auto":
                mark = _detected(value, selectors, sample, likely_mark)
            return Marks(mark, value.thousands_mark)

        selectors = Selectors(columns, joins)
        try:
            facts = [FactMaker(mapping, selectors.afresh(), self.zone, marks_of) for mapping in self.facts]
            people = [
                PersonMaker(one, selectors.afresh(), self.zone, self.base_folder) for one in self.people
            ]
        except ColumnGone as gone:
            raise column_gone(gone) from gone
        except ColumnTwice as twice:
            raise problem(
                Stage.MAPPING,
                "There are two columns called “{column}”. Rename one of them.",
                column=twice.name,
            ) from twice
        return BoundMapping(facts, people, self.create_people, position, self.takes_back)


def _detected(value: NumberValue, selectors: Selectors, sample: list[Any], likely: str) -> str:
    if value.from_ is None:
        return "."
    get = selectors.getter(value.from_)
    texts: list[str] = []
    for record in sample:
        try:
            found = get(record)
        except Rejected:
            continue
        if isinstance(found, str) and found:
            texts.append(found)
    return detect_mark(texts, likely)


def column_gone(gone: ColumnGone) -> Exception:
    """A SourceError that names the column that is gone, those there are, and the nearest."""
    names = ", ".join(gone.columns[:30]) + (", …" if len(gone.columns) > 30 else "")
    return problem(
        Stage.MAPPING,
        "The column “{column}” is gone; there are {columns}.{nearest} Rename it there or in the settings.",
        column=gone.name,
        columns=names,
        nearest=nearest_said(gone.name, gone.columns),
    )


@dataclass(slots=True)
class BoundMapping:
    """Takes records one by one and gives what became of them, batch by batch."""

    facts: list[FactMaker]
    people: list[PersonMaker]
    create_people: bool
    position: str
    takes_back: bool = False
    records: int = 0
    made: int = 0
    """Facts and people made so far; ``rejected``: records' parts that could not be."""
    rejected: int = 0
    first_rejection: Rejection | None = None
    _facts: list[Fact] = field(default_factory=list)
    _people: list[PersonRecord] = field(default_factory=list)
    _rejections: list[Rejection] = field(default_factory=list)
    _seen: set[str] = field(default_factory=set)
    _withdrawn: dict[str, None] = field(default_factory=dict)

    def take(self, record: Any, number: int) -> bool:
        """Map one record; ``number`` is its position. Whether anything of it is mapped.

        Raises SourceError when a column cannot be what it is mapped to.
        """
        self.records += 1
        keys: tuple[str, ...] = ()
        others: list[FactMaker] = []
        for maker in self.facts:
            try:
                if not _passes(maker, record):
                    others.append(maker)
                    continue
                fact = maker.make(record)
                if fact.key in keys:
                    raise Rejected(
                        "key",
                        Message("this record gave a fact with the key “{key}” already", (("key", fact.key),)),
                    )
                keys += (fact.key,)
                self._facts.append(fact)
            except Rejected as error:
                self._reject(error, record, number, maker.kind)
            except TooManyValues as error:
                raise _too_many(error) from error
        for key in keys:  # what a record is now comes after an earlier withdrawal
            self._withdrawn.pop(key, None)
        if self.takes_back:
            self._withdraw(others, record, keys)
        if self.people:
            self._take_people(record, number)
        return bool(self.people) or len(others) < len(self.facts)

    def withdraw(self, record: Any, number: int) -> None:
        """Take back whatever the record was: it is gone where it comes from. ``number`` is its position."""
        self.records += 1
        if not self._withdraw(self.facts, record, ()):
            self._reject(Rejected("key", Message("what is gone has no key")), record, number)

    def reject(self, number: int, reason: Message, text: str = "", field_name: str = "") -> None:
        """Note a record that could not even be read."""
        self.records += 1
        self._note(Rejection(f"{self.position} {number}", field_name, reason, excerpt(text)))

    def full(self, size: int = 2_000) -> bool:
        """Whether enough has been gathered for a batch."""
        return len(self._facts) + len(self._people) + len(self._rejections) >= size

    def batch(self, done: int = 0, total: int | None = None) -> Batch:
        """What was gathered since the last batch; the gathering starts anew."""
        if self.create_people:
            self._make_people()
        gathered = Batch(
            tuple(self._facts),
            tuple(self._people),
            tuple(self._rejections),
            tuple(self._withdrawn),
            done=done,
            total=total,
        )
        self.made += len(self._facts) + len(self._people)
        self._facts, self._people, self._rejections, self._withdrawn = [], [], [], {}
        return gathered

    def check(self) -> None:
        """To be called after the last batch of everything a source has: raises SourceError when the
        records have changed their shape, so that nobody drops to zero because a field was renamed."""
        makers: list[FactMaker | PersonMaker] = [*self.facts, *self.people]
        for needs in (needs for maker in makers for needs in (maker.filter_needs, maker.needs)):
            if needs.gone():
                raise _field_gone(needs)
        if self.rejected and not self.made and self.first_rejection is not None:
            first = self.first_rejection
            raise problem(
                Stage.MAPPING,
                "None of the {count} records could be used. The first, {record}: {field}: {reason}.",
                count=self.records,
                record=first.record,
                field=first.field or "–",
                reason=first.reason,
            )

    def _withdraw(self, makers: list[FactMaker], record: Any, but: tuple[str, ...]) -> int:
        """Withdraw what the record may have been to each of these, ``but`` these keys; how many had a key."""
        found = 0
        for maker in makers:
            with suppress(Rejected):  # without a key it never was a fact
                key = maker.key(record)
                found += 1
                if key not in but:
                    self._withdrawn[key] = None
        return found

    def _take_people(self, record: Any, number: int) -> None:
        for maker in self.people:
            try:
                if _passes(maker, record):
                    self._people.append(maker.make(record))
            except Rejected as error:
                self._reject(error, record, number)

    def _make_people(self) -> None:
        """Everybody with credit in this batch who has not been met before."""
        met = {line.identity: None for fact in self._facts for line in fact.lines}
        new = [who for who in met if who not in self._seen]
        self._seen.update(new)
        self._people += [PersonRecord(who, who) for who in new]
        if len(self._seen) > MOST_PEOPLE:
            raise problem(
                Stage.MAPPING,
                "There are more than {count} different people; the mapping of the person reads the wrong "
                "column.",
                count=MOST_PEOPLE,
            )

    def _reject(self, error: Rejected, record: Any, number: int, kind: str = "") -> None:
        place = f"{self.position} {number}"
        self._note(Rejection(place, error.field, error.reason, excerpt(record), kind))

    def _note(self, rejection: Rejection) -> None:
        self.rejected += 1
        self.first_rejection = self.first_rejection or rejection
        self._rejections.append(rejection)


def _passes(maker: FactMaker | PersonMaker, record: Any) -> bool:
    if maker.filter_needs.missing:
        maker.filter_needs.see(record)
    passes = maker.passes
    if passes is not None and not passes(record):
        return False
    if maker.needs.missing:
        maker.needs.see(record)
    return True


def _field_gone(needs: Needs) -> Exception:
    return problem(
        Stage.MAPPING,
        "The field “{field}” is in none of {count} records; the first has {fields}.{nearest}",
        field=needs.gone(),
        count=needs.records,
        fields=", ".join(needs.names),
        nearest=nearest_said(needs.gone(), needs.names),
    )


def _too_many(error: TooManyValues) -> Exception:
    return problem(
        Stage.MAPPING,
        "The attributes have more than {count} different sets of values, because “{attribute}” "
        "differs so much. Move it from `attributes` to `detail`.",
        count=MOST_ATTRIBUTE_SETS,
        attribute=error.attribute,
    )
