"""Targets: how far a person, a team, a region or the company has come, and how far it should be by now."""

from __future__ import annotations

from fractions import Fraction
from typing import NamedTuple

from salesboard_display.core.credit import groups, pieces
from salesboard_display.core.definitions import Level, Target
from salesboard_display.core.figures import Figures
from salesboard_display.core.messages import Message
from salesboard_display.core.metrics import AGGREGATES, Measure, measure
from salesboard_display.core.people import Directory
from salesboard_display.core.periods import Calendar, Interval, resolve

COMPANY = "company"
"""Who a target is for when it is for everybody together."""


class Attainment(NamedTuple):
    """A target worked out: the value so far (None: unknown, ``reason`` says why) and the goal, in major
    units.

    ``fraction`` is attained/goal, 1 or more when the goal is reached; where lower is better it is goal/value.
    ``pace`` is the elapsed share of the period, 0..1, and ``expected`` the value that it asks for.
    """

    value: Fraction | None
    goal: Fraction
    fraction: Fraction | None
    pace: Fraction
    expected: Fraction
    interval: Interval
    reason: Message | None = None

    @property
    def reached(self) -> bool:
        """Whether the goal is reached."""
        return self.fraction is not None and self.fraction >= 1


def attainment(
    target: Target, directory: Directory, calendar: Calendar, figures: Figures, at_ms: int
) -> Attainment:
    """The target at ``at_ms``, facts of that instant included. Raises ValueError when its ``who`` does not
    exist.

    A team's facts are those of its members at the time, leavers' too. Without facts a sum or count is zero.
    """
    interval = resolve(target.period, calendar, at_ms)
    so_far = Interval(interval.start_ms, max(interval.start_ms, min(interval.end_ms, at_ms + 1)))
    found = _measure(target, directory, figures, so_far)
    value = found.value
    if value is None and not found.sample and AGGREGATES[target.metric.aggregate].additive:
        value = Fraction(0)
    pace = elapsed(interval, at_ms)
    expected = target.value * pace if AGGREGATES[target.metric.aggregate].additive else target.value
    fraction = _fraction(value, target.value, target.metric.higher_is_better)
    return Attainment(
        value, target.value, fraction, pace, expected, interval, None if value is not None else found.reason
    )


def elapsed(interval: Interval, at_ms: int) -> Fraction:
    """The share of the interval that is over at the instant, 0..1."""
    length = interval.end_ms - interval.start_ms
    return Fraction(min(max(at_ms - interval.start_ms, 0), length), length) if length else Fraction(1)


def _fraction(value: Fraction | None, goal: Fraction, higher_is_better: bool) -> Fraction | None:
    if value is None:
        return None
    if higher_is_better:
        return value / goal if goal > 0 else None
    return goal / value if value > 0 else Fraction(1)


def _measure(target: Target, directory: Directory, figures: Figures, interval: Interval) -> Measure:
    if target.who == COMPANY:
        return measure(target.metric, figures, pieces(Level.PERSON, directory, interval)).total
    level = next((level for level in Level if target.who in groups(level, directory)), None)
    if level is None:
        raise ValueError(f"target {target.id}: nobody is called {target.who!r} (a person, a team, a region)")
    measured = measure(target.metric, figures, pieces(level, directory, interval))
    return measured.by_id.get(target.who, Measure(None))
