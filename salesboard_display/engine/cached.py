"""Partial figures kept per month, so that a change in one month asks the store about that month only."""

from __future__ import annotations

from bisect import bisect_left
from collections import OrderedDict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from itertools import pairwise
from typing import NamedTuple

from salesboard_display.core.figures import FactRow, Figures, Partial, Select, merge_all

DAY_MS = 86_400_000
_A_MONTH_AND_MORE_MS = 45 * DAY_MS  # longer than any month, also of a 4-4-5 calendar
_MOST_MONTHS = 60  # what lies further back is kept in one piece
MOST_PARTIALS = 100_000
"""How many partial figures are kept, about 40 MB; the longest unused go first."""


class _Slot(NamedTuple):
    """Which figures are kept: of facts in [start_ms, end_ms)."""

    select: Select
    start_ms: int
    end_ms: int
    identities: frozenset[int] | None


class CachedFigures:
    """Figures that remember the partials of whole months; ``forget`` must be told what every sync touched.

    An interval that ends within a month is cut at the UTC day of its end, so that a moving end, or a fact
    of today, asks about one day only; the day is answered whole when no fact of it lies beyond the end,
    which is so for "until now" unless there are facts in the future. ``month_starts(start_ms, end_ms)`` gives
    the instants strictly inside an interval at which months begin. Facts are not kept. ``converts``: whether
    the figures convert money; if not, what is asked for in a currency is kept with what is not.
    """

    def __init__(
        self, figures: Figures, month_starts: Callable[[int, int], list[int]], *, converts: bool = False
    ) -> None:
        self._figures = figures
        self._month_starts = month_starts
        self._converts = converts
        self._kept: OrderedDict[_Slot, list[Partial]] = OrderedDict()
        self._size = 0

    def partials(
        self, select: Select, start_ms: int, end_ms: int, identities: frozenset[int] | None = None
    ) -> Sequence[Partial]:
        """See core.figures.Figures.partials."""
        if end_ms <= start_ms:
            return []
        if select.currency and not self._converts:
            select = replace(select, currency="")
        pieces: list[Partial] = []
        for first, beyond, month_end in self._pieces(start_ms, end_ms):
            pieces += self._until(_Slot(select, first, month_end, identities), beyond)
        return merge_all(pieces)

    def facts(
        self, select: Select, start_ms: int, end_ms: int, identities: frozenset[int] | None = None
    ) -> Sequence[FactRow]:
        """See core.figures.Figures.facts."""
        return self._figures.facts(select, start_ms, end_ms, identities)

    def distinct(
        self,
        select: Select,
        attribute: str,
        start_ms: int,
        end_ms: int,
        identities: frozenset[int] | None = None,
    ) -> Sequence[tuple[int, str]]:
        """See core.figures.Figures.distinct."""
        return self._figures.distinct(select, attribute, start_ms, end_ms, identities)

    def forget(self, touched: Iterable[tuple[str, tuple[int, ...]]]) -> None:
        """Drop what may be different: months in which a fact of the kind changed (see
        core.sync.Applied.touched)."""
        days_of = {kind: days for kind, days in touched if days}
        for slot in [slot for slot in self._kept if _concerned(slot, days_of)]:
            self._size -= len(self._kept.pop(slot)) + 1

    def forget_everything(self) -> None:
        """Drop all that is kept: the calendar or the store is another one."""
        self._kept.clear()
        self._size = 0

    def _pieces(self, start_ms: int, end_ms: int) -> list[tuple[int, int, int]]:
        """The interval cut where months begin: (start, end, end of that month); the distant past is one
        piece."""
        cuts = self._month_starts(start_ms, end_ms + _A_MONTH_AND_MORE_MS)
        inside = cuts[: bisect_left(cuts, end_ms)]
        last_month_end = cuts[len(inside)] if len(inside) < len(cuts) else end_ms
        bounds = [start_ms, *inside[-_MOST_MONTHS:], end_ms]
        day = end_ms - end_ms % DAY_MS
        if last_month_end == end_ms or day <= bounds[-2]:
            last = [(bounds[-2], end_ms, min(last_month_end, max(end_ms, day + DAY_MS)))]
        elif day == end_ms:
            last = [(bounds[-2], end_ms, end_ms)]
        else:
            last = [(bounds[-2], day, day), (day, end_ms, min(last_month_end, day + DAY_MS))]
        return [(first, beyond, beyond) for first, beyond in pairwise(bounds[:-1])] + last

    def _until(self, whole: _Slot, end_ms: int) -> list[Partial]:
        """The partials of [whole.start_ms, end_ms), from those of the whole where its facts all come
        before the end."""
        known = self._known(whole)
        if end_ms >= whole.end_ms or all(one.last_at < end_ms for one in known):
            return known
        return list(self._figures.partials(whole.select, whole.start_ms, end_ms, whole.identities))

    def _known(self, slot: _Slot) -> list[Partial]:
        found = self._kept.get(slot)
        if found is not None:
            self._kept.move_to_end(slot)
            return found
        found = list(self._figures.partials(slot.select, slot.start_ms, slot.end_ms, slot.identities))
        self._kept[slot] = found
        self._size += len(found) + 1
        while self._size > MOST_PARTIALS and len(self._kept) > 1:
            self._size -= len(self._kept.popitem(last=False)[1]) + 1
        return found


def _concerned(slot: _Slot, days_of: dict[str, tuple[int, ...]]) -> bool:
    """Whether a touched day of one of the slot's kinds overlaps its interval."""
    for kind in slot.select.kinds:
        days = days_of.get(kind, ())
        i = bisect_left(days, slot.start_ms - DAY_MS + 1)
        if i < len(days) and days[i] < slot.end_ms:
            return True
    return False
