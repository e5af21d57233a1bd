"""From a record to a fact, as one FactMapping declares it."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from operator import itemgetter
from typing import Any

from salesboard_display.core.facts import Fact, Pairs
from salesboard_display.core.messages import Message
from salesboard_display.core.periods import instant_of
from salesboard_display.settings.mapping import FactMapping, NumberValue, TextValue, TimeValue
from salesboard_display.sources.mapping.amounts import Marks, compile_money, quantity_converter
from salesboard_display.sources.mapping.credit import compile_credit
from salesboard_display.sources.mapping.fields import field, required, to_text
from salesboard_display.sources.mapping.filters import Passes, compile_filter
from salesboard_display.sources.mapping.rejected import Rejected, Unusable, why
from salesboard_display.sources.mapping.selectors import Selectors
from salesboard_display.sources.mapping.times import date_of, datetime_of, epoch_of, from_serial

MOST_ATTRIBUTE_SETS = 5_000
LONGEST_KEY = 200
_GAP = re.compile(r"\{([^{}]+)\}")
NO_DATE, NO_QUANTITY = Message("the date is missing"), Message("the quantity is missing")
NO_KEY = Message("the key is missing")
MarksOf = Callable[[NumberValue], Marks]


class TooManyValues(ValueError):
    """An attribute has too many distinct values to be filtered on; ``attribute`` is the one with the most."""

    def __init__(self, attribute: str) -> None:
        super().__init__(attribute)
        self.attribute = attribute


class FactMaker:
    """One FactMapping compiled for one shape of records: ``passes(record)``, then ``make(record)``.

    ``kind`` is the facts'. ``key`` gives the fact's key alone, or raises Rejected.
    ``make`` gives the fact the record states, or raises Rejected with the field and the reason, or
    TooManyValues.
    ``filter_needs`` and ``needs``: fields of nested records that the filter and the rest read.
    """

    def __init__(self, mapping: FactMapping, selectors: Selectors, zone: str, marks_of: MarksOf) -> None:
        self.kind = mapping.kind
        self.passes: Passes | None = compile_filter(mapping.where, selectors)
        self.filter_needs, selectors = selectors.needs, selectors.afresh()
        self.needs = selectors.needs
        self.key = compile_key(mapping.key, selectors)
        self.make = _compile(mapping, self.key, selectors, zone, marks_of)


def _compile(
    mapping: FactMapping, key: Callable[[Any], str], selectors: Selectors, zone: str, marks_of: MarksOf
) -> Callable[[Any], Fact]:
    kind, day_only = mapping.kind, mapping.happened.as_ in ("date", "serial_date")
    happened = required(mapping.happened, selectors, time_converter(mapping.happened, zone), "date", NO_DATE)
    to_milli = quantity_converter(mapping.quantity, marks_of(mapping.quantity))
    quantity = required(mapping.quantity, selectors, to_milli, "quantity", NO_QUANTITY)
    credit = compile_credit(mapping, selectors, marks_of)
    attributes, detail = Attributes(mapping.attributes, selectors), _compile_detail(mapping.detail, selectors)
    money = None
    if mapping.amount is not None and mapping.currency is not None:
        money = compile_money(mapping.amount, mapping.currency, marks_of(mapping.amount), selectors)

    def make(record: Any) -> Fact:
        fact_key = key(record)
        amount, currency = money(record) if money is not None else (None, "")
        return Fact(
            fact_key,
            kind,
            happened(record),
            day_only,
            currency,
            credit(record, amount, quantity(record)),
            attributes(record),
            detail(record),
        )

    return make


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
    """Keys are all different, so that remembering them would only cost."""
    get = selectors.getter(selector)

    def part(record: Any) -> str:
        raw = get(record)
        if raw.__class__ is str and raw.isprintable() and 0 < len(raw) <= LONGEST_KEY and raw == raw.strip():
            return str(raw)
        try:
            text = _to_key(raw)
        except ValueError as error:
            raise Rejected(selector, why(error)) from error
        if not text:
            raise Rejected(selector, NO_KEY)
        return text

    return part


def _to_key(value: Any) -> str:
    text = to_text(value)
    if len(text) > LONGEST_KEY:
        raise Unusable(
            "the key has {count} characters; at most {most} are kept", count=len(text), most=LONGEST_KEY
        )
    return text


def time_converter(source: TimeValue, zone: str) -> Callable[[Any], int]:
    """To an instant (ms); for days (``date``, ``serial_date``) the day's first in the value's own zone or,
    without one, in ``zone``."""
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

    def serial(value: Any) -> int:
        return moment(from_serial(value))

    def serial_day(value: Any) -> int:
        return day(from_serial(value))

    return {
        "date": day,
        "datetime": moment,
        "epoch_s": seconds,
        "epoch_ms": milliseconds,
        "serial": serial,
        "serial_date": serial_day,
    }[source.as_]


class Attributes:
    """Name/value pairs of a record, sorted by name, empty values left out; equal sets are one object.

    More than MOST_ATTRIBUTE_SETS different sets raise TooManyValues.
    """

    def __init__(self, sources: Mapping[str, TextValue], selectors: Selectors) -> None:
        self._names = tuple(sorted(sources))
        self._fields = [field(sources[name], selectors, to_text) for name in self._names]
        self._known: dict[tuple[str | None, ...], Pairs] = {}

    def __call__(self, record: Any) -> Pairs:
        """The record's pairs. Raises Rejected, TooManyValues."""
        values = tuple([read(record) for read in self._fields])
        pairs = self._known.get(values)
        return pairs if pairs is not None else self._new(values)

    def _new(self, values: tuple[str | None, ...]) -> Pairs:
        if len(self._known) >= MOST_ATTRIBUTE_SETS:
            distinct = [len(set(map(itemgetter(i), self._known))) for i in range(len(self._names))]
            raise TooManyValues(self._names[distinct.index(max(distinct))])
        pairs = tuple((name, value) for name, value in zip(self._names, values, strict=True) if value)
        self._known[values] = pairs
        return pairs


def _compile_detail(sources: Mapping[str, TextValue], selectors: Selectors) -> Callable[[Any], Pairs]:
    """Pairs as of Attributes, however many different ones there are."""
    fields = [field(sources[name], selectors, _paired(name)) for name in sorted(sources)]

    def detail(record: Any) -> Pairs:
        pairs = [read(record) for read in fields]
        return tuple(pairs) if None not in pairs else tuple([pair for pair in pairs if pair])  # type: ignore[arg-type]

    return detail


def _paired(name: str) -> Callable[[Any], tuple[str, str] | None]:
    def pair(value: Any) -> tuple[str, str] | None:
        text = to_text(value)
        return (name, text) if text else None

    return pair
