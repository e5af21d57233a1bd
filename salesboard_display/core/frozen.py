"""Frozen rules: a whole challenge, its metric included, as JSON-able values and back."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from salesboard_display.core.definitions import (
    Aggregate,
    Challenge,
    ChallengeFormat,
    Level,
    Metric,
    Of,
    Unit,
    UnitKind,
)
from salesboard_display.core.figures import Condition, Select

VERSION = 1


def freeze(challenge: Challenge) -> dict[str, Any]:
    """The challenge as dicts, lists and scalars, equal for equal challenges."""
    return {
        "version": VERSION,
        "id": challenge.id,
        "title": challenge.title,
        "format": challenge.format.value,
        "metric": _metric(challenge.metric),
        "start_ms": challenge.start_ms,
        "end_ms": challenge.end_ms,
        "goal": str(challenge.goal),
        "level": challenge.level.value,
        "participants": sorted(challenge.participants),
        "prize": challenge.prize,
        "tie_break": challenge.tie_break,
    }


def thaw(plain: dict[str, Any]) -> Challenge:
    """The challenge that ``freeze`` made this of. Raises ValueError when it was made otherwise."""
    if plain.get("version") != VERSION:
        raise ValueError(f"a frozen rule of version {plain.get('version')!r}; this one reads {VERSION}")
    try:
        return Challenge(
            id=plain["id"],
            title=plain["title"],
            format=ChallengeFormat(plain["format"]),
            metric=_thawed_metric(plain["metric"]),
            start_ms=plain["start_ms"],
            end_ms=plain["end_ms"],
            goal=Fraction(plain["goal"]),
            level=Level(plain["level"]),
            participants=frozenset(plain["participants"]),
            prize=plain["prize"],
            tie_break=plain["tie_break"],
        )
    except (KeyError, TypeError) as error:
        raise ValueError(f"a frozen rule lacks something: {error}") from error


def _metric(metric: Metric) -> dict[str, Any]:
    unit = metric.unit
    return {
        "id": metric.id,
        "name": metric.name,
        "aggregate": metric.aggregate.value,
        "select": _select(metric.select),
        "of": metric.of.value,
        "over": _select(metric.over) if metric.over else None,
        "attribute": metric.attribute,
        "weights": [[kind, str(weight)] for kind, weight in metric.weights],
        "unit": [unit.kind.value, unit.currency, unit.word, unit.decimals],
        "higher_is_better": metric.higher_is_better,
        "minimum_sample": metric.minimum_sample,
    }


def _thawed_metric(plain: dict[str, Any]) -> Metric:
    kind, currency, word, decimals = plain["unit"]
    return Metric(
        id=plain["id"],
        name=plain["name"],
        aggregate=Aggregate(plain["aggregate"]),
        select=_thawed_select(plain["select"]),
        of=Of(plain["of"]),
        over=_thawed_select(plain["over"]) if plain["over"] else None,
        attribute=plain["attribute"],
        weights=tuple((name, Fraction(weight)) for name, weight in plain["weights"]),
        unit=Unit(UnitKind(kind), currency, word, decimals),
        higher_is_better=plain["higher_is_better"],
        minimum_sample=plain["minimum_sample"],
    )


def _select(select: Select) -> dict[str, Any]:
    return {
        "kinds": list(select.kinds),
        "conditions": [[c.attribute, sorted(c.values), c.negated] for c in select.conditions],
        "sources": list(select.sources),
        "quantity_from": select.quantity_from,
        "quantity_below": select.quantity_below,
    }


def _thawed_select(plain: dict[str, Any]) -> Select:
    return Select(
        kinds=tuple(plain["kinds"]),
        conditions=tuple(
            Condition(name, frozenset(values), negated) for name, values, negated in plain["conditions"]
        ),
        sources=tuple(plain["sources"]),
        quantity_from=plain["quantity_from"],
        quantity_below=plain["quantity_below"],
    )
