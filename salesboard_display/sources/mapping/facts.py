"""From a record to a fact, as one FactMapping declares it."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from operator import itemgetter
from typing import Any

from salesboard_display.core.facts import Fact, Pairs
from salesboard_display.core.periods import instant_of
from salesboard_display.settings.mapping import FactMapping, NumberValue, TextValue, TimeValue
from salesboard_display.sources.mapping.amounts import Marks, Money, quantity_converter
from salesboard_display.sources.mapping.credit import compile_credit
from salesboard_display.sources.mapping.fields import field, required, to_text
from salesboard_display.sources.mapping.filters import Passes, compile_filter
from salesboard_display.sources.mapping.selectors import Selectors
from salesboard_display.sources.mapping.times import date_of, datetime_of, epoch_of

MOST_ATTRIBUTE_SETS = 5_000
LONGEST_KEY = 200
_GAP = re.compile(r"\{([^{}]+)\}")
MarksOf = Callable[[NumberValue], Marks]


class TooManyValues(ValueError):
    """An attribute has too many distinct values to be filtered on; ``attribute`` is the one with the most."""

    def __init__(self, attribute: str) -> None:
        super().__init__(attribute)
        self.attribute = attribute


class FactMaker:
    """One FactMapping compiled for one shape of records: ``passes(record)``, then ``make(record)``."""

    def __init__(self, mapping: FactMapping, selectors: Selectors, zone: str, marks_of: MarksOf) -> None:
        self.kind = mapping.kind
        self.passes: Passes | None = compile_filter(mapping.where, selectors)
        self.filter_needs, selectors = selectors.needs, selectors.afresh()
        self.needs = selectors.needs
        self._key = compile_key(mapping.key, selectors)
        self._happened = required(
            mapping.happened.from_ or "happened", "date", time_field(mapping.happened, selectors, zone)
        )
        self._day_only = mapping.happened.as_ == "date"
        self._money = (
            Money(mapping.amount, mapping.currency, marks_of(mapping.amount), selectors).read
            if mapping.amount is not None and mapping.currency is not None
            else None
        )
        self._quantity = required(
            mapping.quantity.from_ or "quantity",
            "quantity",
            field(
                mapping.quantity, selectors, quantity_converter(mapping.quantity, marks_of(mapping.quantity))
            ),
        )
        self._credit = compile_credit(mapping, selectors, marks_of)
        self._attributes = Attributes(mapping.attributes, selectors)
        self._detail = Attributes(mapping.detail, selectors, bounded=False)

    def make(self, record: Any) -> Fact:
        """The fact the record states. Raises Rejected with the field and the reason, TooManyValues."""
        amount, currency = self._money(record) if self._money is not None else (None, "")
        return Fact(
            self._key(record),
            self.kind,
            self._happened(record),
            self._day_only,
            currency,
            self._credit(record, amount, self._quantity(record)),
            self._attributes(record),
            self._detail(record),
        )


def compile_key(template: str, selectors: Selectors) -> Callable[[Any], str]:
    """The fact's key: a selector, or a text with selectors in braces. Every part has to have a value."""
    if "{" not in template:
        return _key_part(template, selectors)
    parts = _GAP.split(template)
    texts, gaps = parts[::2], [_key_part(name.strip(), selectors) for name in parts[1::2]]

    def key(record: Any) -> str:
        return texts[0] + "".join(gap(record) + text for gap, text in zip(gaps, texts[1:], strict=True))

    return key


def _key_part(selector: str, selectors: Selectors) -> Callable[[Any], str]:
    return required(
        selector, "key", field(TextValue(from_=selector), selectors, _to_key, needed=True, cached=False)
    )


def _to_key(value: Any) -> str:
    text = to_text(value)
    if len(text) > LONGEST_KEY:
        raise ValueError(f"the key has {len(text)} characters; at most {LONGEST_KEY} are kept")
    return text


def time_field(
    source: TimeValue, selectors: Selectors, zone: str, *, needed: bool = True
) -> Callable[[Any], int | None]:
    """An instant (ms); for ``as = "date"`` the day's first in the value's own zone or, without one, in
    ``zone``."""
    own = source.zone or zone
    formats = (source.format,) if source.format else ()

    def day(value: Any) -> int:
        return instant_of(own, date_of(value, formats))

    def moment(value: Any) -> int:
        return datetime_of(value, own, formats)

    def seconds(value: Any) -> int:
        return epoch_of(value, 1)

    def milliseconds(value: Any) -> int:
        return epoch_of(value, 1000)

    converters = {"date": day, "datetime": moment, "epoch_s": seconds, "epoch_ms": milliseconds}
    return field(source, selectors, converters[source.as_], needed=needed)


class Attributes:
    """Name/value pairs of a record, sorted by name, empty values left out; equal sets are one object.

    ``bounded``: more than MOST_ATTRIBUTE_SETS different sets raise TooManyValues.
    """

    def __init__(
        self, sources: Mapping[str, TextValue], selectors: Selectors, *, bounded: bool = True
    ) -> None:
        self._names = tuple(sorted(sources))
        self._fields = [field(sources[name], selectors, to_text, needed=False) for name in self._names]
        self._known: dict[tuple[str | None, ...], Pairs] = {}
        self._bounded = bounded

    def __call__(self, record: Any) -> Pairs:
        """The record's pairs. Raises Rejected, TooManyValues."""
        values = tuple([read(record) for read in self._fields])
        if not values:
            return ()
        pairs = self._known.get(values)
        if pairs is None:
            if len(self._known) >= MOST_ATTRIBUTE_SETS:
                self._full()
            pairs = tuple((name, value) for name, value in zip(self._names, values, strict=True) if value)
            self._known[values] = pairs
        return pairs

    def _full(self) -> None:
        if self._bounded:
            distinct = [len(set(map(itemgetter(i), self._known))) for i in range(len(self._names))]
            raise TooManyValues(self._names[distinct.index(max(distinct))])
        self._known.clear()
