"""From a record to a person and a team membership, as one PersonMapping declares it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from salesboard_display.core.messages import Message
from salesboard_display.core.people import PersonRecord
from salesboard_display.settings.mapping import PersonMapping, TextValue, TimeValue
from salesboard_display.sources.mapping.facts import time_converter
from salesboard_display.sources.mapping.fields import field, required, to_text
from salesboard_display.sources.mapping.filters import Passes, compile_filter
from salesboard_display.sources.mapping.rejected import Rejected
from salesboard_display.sources.mapping.selectors import Selectors

NO_ID, NO_NAME = Message("the person's identity is missing"), Message("the person's name is missing")


class PersonMaker:
    """One PersonMapping compiled for one shape of records: ``passes(record)``, then ``make(record)``."""

    def __init__(self, mapping: PersonMapping, selectors: Selectors, zone: str, base_folder: Path) -> None:
        self.passes: Passes | None = compile_filter(mapping.where, selectors)
        self.filter_needs, selectors = selectors.needs, selectors.afresh()
        self.needs = selectors.needs
        self._base_folder = base_folder
        self._id = required(mapping.id, selectors, to_text, "id", NO_ID)
        self._name = _text(mapping.name, selectors) if mapping.name else None
        self._name_column = (mapping.name.from_ if mapping.name else None) or "name"
        self._email, self._team, self._region, self._picture, self._shared_id = (
            _text(source, selectors)
            for source in (mapping.email, mapping.team, mapping.region, mapping.picture, mapping.shared_id)
        )
        self._from, self._to, self._left = (
            _time(source, selectors, zone) for source in (mapping.from_, mapping.to, mapping.left)
        )

    def make(self, record: Any) -> PersonRecord:
        """The person the record states. Raises Rejected with the field and the reason."""
        external_id = self._id(record)
        name = self._name(record) if self._name else external_id
        if not name:
            raise Rejected(self._name_column, NO_NAME)
        since, until = self._from(record), self._to(record)
        if since is not None and until is not None and until <= since:
            raise Rejected("to", Message("the membership ends before it begins"))
        picture = self._picture(record)
        return PersonRecord(
            external_id,
            name,
            email=self._email(record).lower(),
            team=self._team(record),
            region=self._region(record),
            from_ms=since,
            to_ms=until,
            left_ms=self._left(record),
            picture=str(self._base_folder / picture) if picture else "",
            shared_id=self._shared_id(record),
        )


def _text(source: TextValue | None, selectors: Selectors) -> Callable[[Any], str]:
    read = field(source, selectors, to_text) if source else None

    def text(record: Any) -> str:
        return (read(record) or "") if read else ""

    return text


def _time(source: TimeValue | None, selectors: Selectors, zone: str) -> Callable[[Any], int | None]:
    if source is not None:
        return field(source, selectors, time_converter(source, zone))

    def never(_: Any) -> None:
        return None

    return never
