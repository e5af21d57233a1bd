"""Turns one stream's records into batches: facts, people, what is withdrawn, what could not be used."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from salesboard_display.core.sync import Batch, Rejection
from salesboard_display.settings.http import HttpSource as HttpSettings
from salesboard_display.settings.preset import Stream
from salesboard_display.sources.contract import Surroundings
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
        self._bound_mapping: BoundMapping | None = None

    def take(self, records: Sequence[Any], done: int, total: int | None) -> Iterator[Batch]:
        """The records' batches. Raises SourceError when a field cannot be what it is mapped to."""
        for first in range(0, len(records), BATCH_RECORDS):
            part = records[first : first + BATCH_RECORDS]
            if self._maps:
                yield self._mapped(part, done + first + len(part), total)
            if self._gone:
                yield self._withdrawn(part, done + first + len(part), total)

    def check(self, *, whole: bool) -> None:
        """Whether the records still have the shape that is mapped. Raises SourceError."""
        bound = self._bound_mapping
        if bound is not None and (bound.records >= ENOUGH_RECORDS or (whole and not bound.made)):
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
                bound.reject(self.records, "the record has no fields", str(record))
            elif self._deleted is not None and bound.facts and _true(self._deleted(record)):
                bound.withdraw(record, self.records)
            else:
                bound.take(record, self.records)
        return bound.batch(done, total)

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


def _true(value: Any) -> bool:
    """As JMESPath sees it."""
    return value is not None and value is not False and value not in ("", [], {})
