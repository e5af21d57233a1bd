"""Texts as values: an id and typed arguments, turned into words only at the edges."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Any, NamedTuple, Union

from salesboard_display.core.definitions import Unit


class Instant(NamedTuple):
    """An instant (ms since 1970 UTC) to be written in the office's zone and locale."""

    ms: int


class Figure(NamedTuple):
    """A value in its unit's major units, to be written as the unit says (money, percent, number)."""

    value: Fraction
    unit: Unit


Arg = Union[str, int, float, date, Instant, Figure, "Message"]
"""What an argument may be; a plain ``str`` is shown literally, an ``int`` or ``float`` as a number of the
locale."""


@dataclass(frozen=True, slots=True)
class Message:
    """A text by its id with named arguments; ``TEXTS`` holds the English of every id that core uses."""

    id: str
    args: tuple[tuple[str, Arg], ...] = ()

    @property
    def named(self) -> dict[str, Arg]:
        """The arguments by name."""
        return dict(self.args)


def packed(said: Message) -> str:
    """A message of texts, numbers and other such messages as one text, to be kept."""
    return json.dumps(_plain(said), ensure_ascii=False)


def unpacked(text: str) -> Message:
    """The message in what ``packed`` made of it; any other text is one that says itself."""
    try:
        return _message(json.loads(text))
    except (ValueError, TypeError, AttributeError):
        return Message("{text}", (("text", text),))


def _plain(said: Message) -> list[Any]:
    return [said.id, {name: _plain(arg) if isinstance(arg, Message) else arg for name, arg in said.args}]


def _message(plain: Any) -> Message:
    id_, args = plain
    if not isinstance(id_, str):
        raise ValueError(plain)
    return Message(
        id_, tuple((name, _message(arg) if isinstance(arg, list) else arg) for name, arg in args.items())
    )


def message(id_: str, **args: Arg) -> Message:
    """A Message with these arguments, in the order given."""
    return Message(id_, tuple(args.items()))


TEXTS: dict[str, str] = {
    # periods
    "period-day": "{day}",
    "period-week": "week of {first}",
    "period-month": "{month} {year}",
    "period-quarter": "Q{number} {year}",
    "period-year": "{year}",
    "period-rolling": "last {days} days",
    "period-custom": "{first} – {last}",
    # why somebody has no value, no rank, or no place
    "no-facts": "nothing counted yet",
    "no-amount": "none of the facts has an amount",
    "below-minimum-sample": "{sample} of the {minimum} needed",
    "no-rate": "no exchange rate from {currencies} to {to} on {day}",
    "rate-reused": "no rate of {day}; that of {used} was used",
    "mixed-currencies": "several currencies: {currencies}",
    "divided-by-nothing": "nothing to divide by",
    "unassigned": "belongs to nobody yet",
    "unknown-person": "nobody is called {who}",
    "not-a-participant": "does not take part in this board",
    "left-on": "left on {day}",
    "nobody-in-team": "nobody belongs to it any more",
    "beyond-top": "not among the first {top}",
    "hidden-by-privacy": "hidden by privacy: {preset}",
    # why a board cannot be worked out at all
    "no-tie-breaker": "board {board}: “{found}” is no tie-breaker",
    "ratio-of-nothing": "metric {metric}: a ratio needs the facts it is a share of (over)",
    "no-weights": "metric {metric}: a weighted score needs weights",
    # why a fact did not count
    "filter-not-met": "{attribute} is “{found}”",
    "source-not-counted": "source {source} does not count here",
    "fact-without-amount": "has no amount",
    "outside-quantity": "{quantity} is outside the range that counts",
    "not-the-latest": "a later one counts",
    "no-attribute": "has no {attribute}",
    # the rule of a board, for explain
    "rule-sum": "sum of {of}: {metric}, {period}",
    "rule-count": "how many: {metric}, {period}",
    "rule-average": "average of {of}: {metric}, {period}",
    "rule-min": "smallest {of}: {metric}, {period}",
    "rule-max": "largest {of}: {metric}, {period}",
    "rule-latest": "latest {of}: {metric}, {period}",
    "rule-distinct": "different {attribute}: {metric}, {period}",
    "rule-ratio": "share in percent: {metric}, {period}",
    "rule-weighted": "points: {metric}, {period}",
    "rule-nps": "share of 9 and 10 less share of 0 to 6: {metric}, {period}",
    "of-amount": "amount",
    "of-quantity": "quantity",
    # ticker
    "ticker-win": "{name} wins {figure}",
    "ticker-win-count": "{name} scores: {kind}",
    "ticker-lead": "{name} takes the lead in {board}",
    "ticker-rise": "{name} climbs to {rank} in {board}",
    "ticker-challenge": "{title}: {leader} {value}, ends {ends}",
    "ticker-challenge-goal": "{title}: {leader} {value} of {goal}, ends {ends}",
    "ticker-challenge-gap": "{title}: {leader} {value}, {second} {gap} behind, ends {ends}",
    "ticker-challenge-goal-gap": "{title}: {leader} {value} of {goal}, {second} {gap} behind, ends {ends}",
    "ticker-challenge-level": "{title}: {leader} and {second} level, ends {ends}",
    "ticker-challenge-hidden": "{title}: {leader} leads, ends {ends}",
    "ticker-challenge-open": "{title}: nobody has scored yet, ends {ends}",
    "ticker-challenge-upcoming": "{title} starts {starts}",
    "ticker-challenge-won": "{leader} wins {title}",
    "ticker-challenge-shared": "{title}: shared by {winners}",
    "ticker-challenge-over": "{title} has ended",
}


class Unworkable(ValueError):
    """A definition nothing can be worked out from; ``message`` (and, in English, the text) says why."""

    def __init__(self, id_: str, **args: Arg) -> None:
        super().__init__(TEXTS[id_].format_map(args))
        self.message = message(id_, **args)


def unworkable(error: ValueError) -> Message:
    """Why something cannot be worked out, as an error says it."""
    return error.message if isinstance(error, Unworkable) else Message("{why}", (("why", str(error)),))
