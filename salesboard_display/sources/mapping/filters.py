"""Which records count: tests on columns, or a JMESPath expression."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from salesboard_display.settings.mapping import Filter
from salesboard_display.sources.mapping.fields import CACHED, text_form
from salesboard_display.sources.mapping.selectors import Getter, Selectors

Passes = Callable[[Any], bool]


def compile_filter(where: Filter, selectors: Selectors) -> Passes | None:
    """Whether a record passes; None where every record does. Raises ColumnGone."""
    tests = [
        _column_test(
            selectors.getter(selector, needed=not match.negated),
            frozenset(map(text_form, match.values)),
            match.negated,
        )
        for selector, match in where.columns.items()
    ]
    if where.expression is not None:
        tests.append(_truth(selectors.expression(where.expression)))
    if not tests:
        return None
    if len(tests) == 1:
        return tests[0]

    def all_pass(record: Any) -> bool:
        return all(test(record) for test in tests)

    return all_pass


def _column_test(get: Getter, values: frozenset[str], negated: bool) -> Passes:
    known: dict[str, bool] = {}

    def test(record: Any) -> bool:
        raw = get(record)
        if raw.__class__ is not str:
            return _is_one_of(raw, values) is not negated
        passes = known.get(raw)
        if passes is None:
            passes = (text_form(raw) in values) is not negated
            if len(known) >= CACHED:
                known.clear()
            known[raw] = passes
        return passes

    return test


def _is_one_of(value: Any, values: frozenset[str]) -> bool:
    try:
        return text_form(value) in values
    except ValueError:  # an object or a list is no value at all
        return False


def _truth(evaluate: Getter) -> Passes:
    """JMESPath's truth: everything but null, false, and what is empty; 0 is true."""

    def test(record: Any) -> bool:
        value = evaluate(record)
        return value is not None and value is not False and value != "" and value != [] and value != {}

    return test
