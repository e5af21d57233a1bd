"""Turns messages into sentences of the office's language: one gettext catalogue for all but QML."""

from __future__ import annotations

import gettext
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from functools import cached_property
from pathlib import Path

from babel.dates import format_skeleton, get_month_names

from salesboard_display.core.findings import TEXTS as FINDING_TEXTS
from salesboard_display.core.messages import TEXTS as CORE_TEXTS
from salesboard_display.core.messages import Arg, Figure, Instant, Message
from salesboard_display.engine.numbers import Style, rounded, tidy
from salesboard_display.engine.texts import TEXTS as ENGINE_TEXTS
from salesboard_display.store import TEXTS as STORE_TEXTS

DOMAIN = "salesboard_display"
FOLDER = Path(__file__).with_name("locale")
TEXTS = {**CORE_TEXTS, **FINDING_TEXTS, **ENGINE_TEXTS, **STORE_TEXTS}
"""The English of every id; sources' messages carry their English as the id."""


@dataclass(frozen=True)
class Words:
    """Says messages in one style's language; a text that is not translated is said in English."""

    style: Style
    now_ms: int | None = None
    """The office's present: what comes within days is said by its weekday."""

    @cached_property
    def _catalogue(self) -> gettext.NullTranslations:
        languages = [str(self.style.babel), self.style.babel.language]
        return gettext.translation(DOMAIN, FOLDER, languages, fallback=True)

    def say(self, message: Message | None) -> str:
        """The sentence; "" for None. A message whose id is no known id is itself the English text."""
        if message is None:
            return ""
        english = TEXTS.get(message.id, message.id)
        text = self._catalogue.gettext(english)
        shown = {name: self._shown(name, arg) for name, arg in message.args}
        try:
            return tidy(text.format_map(shown))
        except (
            AttributeError,
            LookupError,
            TypeError,
            ValueError,
        ):  # a text of the outside world with braces of its own
            return text

    def _shown(self, name: str, arg: Arg) -> str:
        match arg:
            case Message():
                return self.say(arg)
            case Figure(value, unit):
                return self.style.with_word(value, unit) if name == "goal" else self.style.value(value, unit)
            case Instant(ms):
                return self._instant(name, ms)
            case date():
                return tidy(format_skeleton("yMMMd", arg, locale=self.style.babel))
            case int() if name == "rank":
                return self.ordinal(arg)
            case int() if name == "month":
                return str(get_month_names("wide", "stand-alone", self.style.babel)[arg]).capitalize()
            case int() if name == "year":
                return str(arg)
            case int():
                return self.style.count(arg)
            case float():
                return rounded_float(arg)
            case str() if name == "kind":
                return arg.replace("_", " ")
        return arg

    def _instant(self, name: str, ms: int) -> str:
        if name == "day":
            return self.style.full_day(ms)
        if name == "until":  # within a day
            return self.style.clock_time(ms)
        return self.style.coming(ms, self.now_ms, end=name == "ends")

    def ordinal(self, rank: int) -> str:
        """A rank in words: "1st" in English; elsewhere "1": the translation adds what its language needs."""
        if self.style.babel.language != "en":
            return str(rank)
        ending = "th" if rank % 100 in (11, 12, 13) else {1: "st", 2: "nd", 3: "rd"}.get(rank % 10, "th")
        return f"{rank}{ending}"


def rounded_float(number: float) -> str:
    """A float as short as it is right to three digits."""
    return str(rounded(Fraction(number).limit_denominator(10**6), 3).normalize())
