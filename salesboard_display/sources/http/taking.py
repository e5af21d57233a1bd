"""Turns one stream's records into batches: facts, people, what is withdrawn, what could not be used."""

from __future__ import annotations

import re
from collections.abc import Callable, Generator, Sequence
from dataclasses import replace
from typing import Any

from salesboard_display.core.messages import Message
from salesboard_display.core.sync import Batch, Rejection
from salesboard_display.settings.gaps import gaps_in
from salesboard_display.settings.http import HttpSource as HttpSettings
from salesboard_display.settings.preset import Stream
from salesboard_display.sources.contract import SourceError, Stage, Surroundings, problem
from salesboard_display.sources.http.lookups import reader
from salesboard_display.sources.mapping.facts import compile_key
from salesboard_display.sources.mapping.mapping import BoundMapping, RecordMapping
from salesboard_display.sources.mapping.rejected import Rejected, excerpt
from salesboard_display.sources.mapping.selectors import Selectors

BATCH_RECORDS = 500
ENOUGH_RECORDS = 20
"""With fewer, a field that none of them has may just be empty in all of them."""


class Taker:
    """Takes the records of one stream in one sync."""

    def __init__(
        self,
        name: str,
        stream: Stream,
        settings: HttpSettings,
        around: Surroundings,
        *,
        takes_back: bool,
    ) -> None:
        own = settings.unknown_people
        mapping = RecordMapping(
            stream.facts,
            stream.people,
            settings.zone or around.zone,
            around.base_folder,
            "auto" if stream.decode == "csv" else ".",
            own == "create" or (own == "auto" and not around.roster),
            takes_back,
        )
        self.records = 0
        self._name = name
        self._mapping = mapping
        self._deleted = reader(f"({stream.deleted})") if stream.deleted else None
        self._gone: list[Callable[[Any], str]] = [
            compile_key(template, Selectors(None)) for template in stream.withdraws
        ]
        self._maps = bool(stream.facts or stream.people)
        self._options = {
            field: gaps[0].name.removeprefix("option.")
            for field, template in stream.fields.items()
            if (gaps := gaps_in(template))
        }
        # a table's columns are looked for before its rows are read
        self._never = _judged_by(stream, self._options) if stream.decode == "json" else {}
        self._seen, self._facts = 0, 0
        self._held: dict[str, None] = {}
        self._bound_mapping: BoundMapping | None = None

    def take(self, records: Sequence[Any], done: int, total: int | None) -> Generator[Batch, None, None]:
        """The records' batches. Raises SourceError when a field cannot be what it is mapped to."""
        for first in range(0, len(records), BATCH_RECORDS):
            part = records[first : first + BATCH_RECORDS]
            if self._maps:
                yield self._mapped(part, done + first + len(part), total)
            if self._gone:
                yield self._withdrawn(part, done + first + len(part), total)

    @property
    def in_doubt(self) -> bool:
        """Whether a field that tells facts from other records was in none of these: it may be empty in all of
        them or be renamed, and all there is has to be read to know. Until then nothing is taken back."""
        return bool(self._never and self._seen)

    def check(self, *, whole: bool) -> None:
        """Whether the records still have the shape that is mapped. Raises SourceError."""
        if self.in_doubt and not whole:
            return
        if self.in_doubt and (self._seen >= ENOUGH_RECORDS or not self._facts):
            raise _option_gone(self._seen, next(iter(self._never.values())))
        bound = self._bound_mapping
        if bound is not None and (bound.records >= ENOUGH_RECORDS or (whole and not bound.made)):
            for needs in (*(one.needs for one in bound.facts), *(one.needs for one in bound.people)):
                if needs.gone() in self._options:
                    raise _option_gone(needs.records, self._options[needs.gone()])
            bound.check()

    def _mapped(self, records: Sequence[Any], done: int, total: int | None) -> Batch:
        bound = self._bound_mapping
        if bound is None:
            bound = self._bound_mapping = self._mapping.bind(
                None, sample=records if self._mapping.decimal == "auto" else (), position=self._name
            )
        for record in records:
            self.records += 1
            if not isinstance(record, dict):
                bound.reject(self.records, Message("the record has no fields"), str(record))
            elif self._deleted is not None and bound.facts and _true(self._deleted(record)):
                bound.withdraw(record, self.records)
            else:
                self._look_at(record)
                bound.take(record, self.records)
        batch = bound.batch(done, total)
        self._facts += len(batch.facts)
        return self._sure_of(batch)

    def _look_at(self, record: dict[str, Any]) -> None:
        """Which of the fields that decide have never been found."""
        self._seen += 1
        if self._never:
            self._never = {name: option for name, option in self._never.items() if name not in record}

    def _sure_of(self, batch: Batch) -> Batch:
        """The batch, with its withdrawals held for as long as the records are in doubt."""
        if not (self.in_doubt or self._held):
            return batch
        for fact in batch.facts:
            self._held.pop(fact.key, None)
        self._held.update(dict.fromkeys(batch.withdrawn))
        if self.in_doubt:
            return replace(batch, withdrawn=())
        sure, self._held = tuple(self._held), {}
        return replace(batch, withdrawn=sure)

    def _withdrawn(self, records: Sequence[Any], done: int, total: int | None) -> Batch:
        keys: dict[str, None] = {}
        rejections: list[Rejection] = []
        for number, record in enumerate(records, start=1):
            if not isinstance(record, dict):
                continue
            for key in self._gone:
                try:
                    keys[key(record)] = None
                except Rejected as error:
                    place = f"{self._name} {number}"
                    rejections.append(Rejection(place, error.field, error.reason, excerpt(record)))
        return Batch(rejections=tuple(rejections), withdrawn=tuple(keys), done=done, total=total)


def _judged_by(stream: Stream, options: dict[str, str]) -> dict[str, str]:
    """Those of the fields that options name by which facts are told from other records: if no record has
    them, they were renamed, and nothing would count any more without a word."""
    wheres = [fact.where for fact in stream.facts]
    return {
        field: option
        for field, option in options.items()
        if any(
            field in where.columns or re.search(rf"\b{re.escape(field)}\b", where.expression or "")
            for where in wheres
        )
    }


def _option_gone(count: int, option: str) -> SourceError:
    return problem(
        Stage.MAPPING,
        "None of {count} records has the field that the option “{option}” names. "
        "Rename it there or in the settings.",
        count=count,
        option=option,
    )


def _true(value: Any) -> bool:
    """As JMESPath sees it."""
    return value is not None and value is not False and value not in ("", [], {})
