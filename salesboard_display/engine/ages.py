"""The age of each board's data: from the sources that feed it to the words on its chip."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from salesboard_display.core.freshness import Freshness, freshness, oldest
from salesboard_display.core.messages import Message, message
from salesboard_display.core.snapshot import Age
from salesboard_display.engine.words import Words


@dataclass(frozen=True, slots=True)
class SourceAge:
    """What is known of one source's age: the kinds of fact it gives, when it was last complete, how often
    it should be.

    ``demo``: its facts are made up. ``why``: what keeps it from answering, None while it does.
    """

    name: str
    kinds: frozenset[str]
    complete_at_ms: int | None
    expected_s: float
    demo: bool = False
    why: Message | None = None


@dataclass(frozen=True, slots=True)
class Ages:
    """Ages in the office's words. ``replay_ms``: the instant a replay has come to, None when the clock is
    the system's."""

    words: Words
    sources: tuple[SourceAge, ...]
    late_factor: float = 2.0
    stale_factor: float = 6.0

    def feeding(self, kinds: Iterable[str], only: Iterable[str] = ()) -> list[SourceAge]:
        """The sources that give facts of these kinds, of those named in ``only`` if any are."""
        wanted, named = set(kinds), set(only)
        return [s for s in self.sources if not s.kinds.isdisjoint(wanted) and (not named or s.name in named)]

    def freshness(self, kinds: Iterable[str], only: Iterable[str], now_ms: int) -> Freshness:
        """How fresh a board of these kinds is: as old as the oldest source that feeds it."""
        found = self.feeding(kinds, only)
        return oldest(
            freshness(s.complete_at_ms, s.expected_s, now_ms, self.late_factor, self.stale_factor)
            for s in found
        )

    def source(self, name: str, now_ms: int) -> Freshness:
        """How fresh one source is."""
        found = next(source for source in self.sources if source.name == name)
        return freshness(found.complete_at_ms, found.expected_s, now_ms, self.late_factor, self.stale_factor)

    def age(
        self,
        kinds: Iterable[str],
        only: Iterable[str],
        now_ms: int,
        replay_ms: int | None,
        *,
        short: bool = False,
    ) -> Age:
        """What the chip of a board of these kinds says at the real instant ``now_ms``; ``short`` for a
        card."""
        kinds, only = tuple(kinds), tuple(only)
        if replay_ms is not None:
            day = self.words.style.full_day(replay_ms)
            said = message("age-replay-short" if short else "age-replay", day=day)
            return Age("replay", as_of_ms=now_ms, text=self.words.say(said))
        feeding = self.feeding(kinds, only)
        if feeding and all(source.demo for source in feeding):
            return Age("demo", as_of_ms=now_ms, text=self.words.say(message("age-demo")))
        found = self.freshness(kinds, only, now_ms)
        why = next((source.why for source in feeding if source.why is not None), None)
        if found.as_of_ms is None:
            return Age("unknown", text=self.words.say(message("age-never")), banner=self.words.say(why))
        when = self.words.style.moment(found.as_of_ms, now_ms)
        updated = self.words.say(message("age-updated", when=when))
        banner = self._banner(when, why)
        return Age(
            kind=found.state,
            as_of_ms=found.as_of_ms,
            late_after_s=((found.late_at_ms or 0) - found.as_of_ms) / 1000,
            stale_after_s=((found.stale_at_ms or 0) - found.as_of_ms) / 1000,
            text="" if found.state == "live" else updated,
            banner=banner if found.state == "stale" else "",
            late_text=updated,
            stale_text=banner,
        )

    def _banner(self, when: str, why: Message | None) -> str:
        if why is None:
            return self.words.say(message("banner-stale", when=when))
        return self.words.say(message("banner-stale-why", when=when, why=self.words.say(why)))
