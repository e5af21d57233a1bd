"""From a reply to its records: JSON, CSV or rows decoded, typed objects unwrapped, nothings made None."""

from __future__ import annotations

import csv
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal, InvalidOperation
from io import StringIO
from typing import Any

import jmespath
from jmespath.exceptions import JMESPathError

from salesboard_display.settings.preset import Stream
from salesboard_display.sources.contract import Stage, problem
from salesboard_display.sources.http.messages import Reply

_LISTED = 12


def found_in(body: Any, expression: str) -> Any:
    """What a JMESPath expression finds in a body, None where it fails."""
    try:
        return jmespath.search(expression, body)
    except JMESPathError:
        return None


def records_of(stream: Stream, reply: Reply) -> list[Any]:
    """The reply's records, in their order. Raises SourceError when they are not where they should be."""
    if reply.status in (204, 304):
        return []
    if stream.decode == "csv":
        found: Any = _from_csv(reply.text)
    elif stream.decode == "rows":
        found = _from_rows(_listed(stream, reply.body))
    else:
        found = _listed(stream, reply.body)
    change = _unwrapping(stream.typed_objects, frozenset(stream.nulls))
    return [change(record) for record in found] if change else found


def _listed(stream: Stream, body: Any) -> list[Any]:
    found = body if stream.records is None else found_in(body, stream.records)
    if isinstance(found, list):
        return found
    if found is None:
        _check_shape(stream, body)
        return []
    if isinstance(found, Mapping):
        return [found]
    raise problem(
        Stage.FORMAT, "The reply to {path} has no list of records but “{found}”.",
        path=stream.path, found=str(found)[:80],
    )  # fmt: skip


def _check_shape(stream: Stream, body: Any) -> None:
    """A list that is null is empty; one whose field is gone was renamed, and must not count as nothing."""
    if stream.records is None:
        return
    first = stream.records.split(".")[0].split("[")[0].strip().strip('"')
    if isinstance(body, Mapping) and (first in body or not first.replace("_", "").isalnum()):
        return
    fields = ", ".join(list(map(str, body))[:_LISTED]) if isinstance(body, Mapping) else "–"
    raise problem(
        Stage.FORMAT, "The reply to {path} has no “{field}”; it has {fields}.",
        path=stream.path, field=first, fields=fields,
    )  # fmt: skip


def _from_csv(text: str) -> list[dict[str, str | None]]:
    rows = csv.reader(StringIO(text.removeprefix("\ufeff")))
    return _from_rows(list(rows))


def _from_rows(rows: Sequence[Any]) -> list[dict[str, Any]]:
    """Rows under the names in the first one; a short row lacks its last values, an empty one is none."""
    lists = [row for row in rows if isinstance(row, list)]
    if not lists:
        return []
    names = [str(name).strip() for name in lists[0]]
    blank: list[Any] = [None] * len(names)
    return [
        dict(zip(names, [*row, *blank[len(row) :]], strict=False))
        for row in lists[1:]
        if any(map(_said, row))
    ]


def _said(value: Any) -> bool:
    return value is not None and value != ""


def _unwrapping(type_key: str | None, nulls: frozenset[str]) -> Callable[[Any], Any] | None:
    """What is done to every value of a record; None for nothing."""
    if type_key is None and not nulls:
        return None

    def change(value: Any) -> Any:
        if isinstance(value, Mapping):
            if type_key is not None and type_key in value:
                return _plain(value, str(value[type_key]))
            return {key: change(one) for key, one in value.items()}
        if isinstance(value, list):
            return [change(one) for one in value]
        return None if nulls and _written(value) in nulls else value

    return change


def _written(value: Any) -> str:
    """As a preset writes it: false, 0, texts as they are."""
    return ("true" if value else "false") if isinstance(value, bool) else str(value)


def _plain(value: Mapping[str, Any], kind: str) -> Any:
    """An object that names its type, as a plain value; one of a type nobody knows stays as it is."""
    try:
        if kind == "Decimal":
            return Decimal(str(value["decimal"]))
        if kind in ("date", "datetime"):
            day = f"{value['year']:04d}-{value['month']:02d}-{value['day']:02d}"
            if kind == "date":
                return day
            clock = f"{value.get('hour', 0):02d}:{value.get('minute', 0):02d}:{value.get('second', 0):02d}"
            return f"{day}T{clock}.{value.get('microsecond', 0):06d}"
        if kind == "timedelta":
            return value["seconds"]
    except (KeyError, ValueError, TypeError, InvalidOperation):
        return None
    return value
