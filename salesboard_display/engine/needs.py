"""How far back everything that is shown reaches: what is older, a first reading may leave out."""

from __future__ import annotations

from salesboard_display.core.definitions import Definitions
from salesboard_display.core.periods import Calendar, previous, resolve


def oldest_needed_ms(definitions: Definitions, calendar: Calendar, at_ms: int) -> int | None:
    """The first instant of the oldest period a board, target or challenge needs at ``at_ms``, the period
    before a board's own included (movement, "final"); None when there is nothing to say."""
    starts = [previous(board.period, calendar, at_ms).start_ms for board in definitions.boards.values()]
    starts += [resolve(target.period, calendar, at_ms).start_ms for target in definitions.targets.values()]
    starts += [challenge.start_ms for challenge in definitions.challenges.values()]
    return min(starts, default=None)
