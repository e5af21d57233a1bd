"""The ticker's items: what just happened first, then how everything stands; old news leave by themselves."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from salesboard_display.core.figures import FactRow
from salesboard_display.core.people import Directory
from salesboard_display.core.snapshot import TickerItem
from salesboard_display.core.ticker import Announcement, FactKey, wins
from salesboard_display.engine.words import Words

NEWS_FOR_MS = 10 * 60_000
MOST_NEWS = 6
RECALLED = 3
MOST_AT_ONCE = 5
URGENT_FOR_MS = 20_000
SEEN_FOR_MS = 3 * 24 * 3_600_000
RECENT_MS = 36 * 3_600_000
"""A win is news when it happened this recently."""


@dataclass(frozen=True, slots=True)
class _Told:
    item: Announcement
    at_ms: int


class News:
    """What has been announced. Instants are real time; the office's clock decides only which facts are
    recent."""

    def __init__(self) -> None:
        self._told: list[_Told] = []
        self._seen: dict[FactKey, int] | None = None

    def take_wins(
        self,
        rows: Sequence[FactRow],
        directory: Directory,
        at_ms: int,
        now_ms: int,
        *,
        preset: str,
        among: frozenset[str] | None,
    ) -> None:
        """Announce wins among recent facts (in the order they happened) that were never seen before, newest
        first.

        The first call recalls the last few, and so does a catch-up of many at once: they interrupt nothing.
        """
        first = self._seen is None
        kept = self._seen if self._seen is not None else _all_but_the_last(rows, RECALLED, now_ms)
        found = wins(rows, frozenset(kept), directory, at_ms, preset=preset, among=among)
        seen = {key: kept.get(key, now_ms) for key in found.seen}
        self._seen = {key: since_ms for key, since_ms in seen.items() if now_ms - since_ms < SEEN_FOR_MS}
        fresh = found.items[::-1]
        if first or len(fresh) > MOST_AT_ONCE:
            fresh = tuple(replace(item, urgent=False) for item in fresh[:RECALLED])
        self.take(fresh, now_ms)

    def take(self, items: Iterable[Announcement], now_ms: int) -> None:
        """Announce these, the newest first; one with the id of an older one takes its place."""
        fresh = list(items)
        ids = {item.id for item in fresh}
        kept = [told for told in self._told if told.item.id not in ids and now_ms - told.at_ms < NEWS_FOR_MS]
        self._told = ([_Told(item, now_ms) for item in fresh] + kept)[:MOST_NEWS]

    def items(self, standing: Iterable[Announcement], words: Words, now_ms: int) -> tuple[TickerItem, ...]:
        """Everything the ticker runs through: recent news, then the standing items."""
        news = [told for told in self._told if 0 <= now_ms - told.at_ms < NEWS_FOR_MS]
        recent = [_item(told.item, words, urgent=now_ms - told.at_ms < URGENT_FOR_MS) for told in news]
        return (*recent, *(_item(item, words) for item in standing))


def _all_but_the_last(rows: Sequence[FactRow], count: int, now_ms: int) -> dict[FactKey, int]:
    """The facts (in the order they happened) without the last few, as seen now."""
    keys = list(dict.fromkeys((row.source, row.key) for row in rows))
    return dict.fromkeys(keys[: max(0, len(keys) - count)], now_ms)


def _item(said: Announcement, words: Words, *, urgent: bool = True) -> TickerItem:
    return TickerItem(said.id, said.icon, words.say(said.message), said.urgent and urgent, said.colour)
