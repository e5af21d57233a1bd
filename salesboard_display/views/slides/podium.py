"""The podium: the first three as a moment of their own, the others as a quiet list."""

from __future__ import annotations

from typing import Any

from salesboard_display.core.snapshot import Row, SlideState
from salesboard_display.views.slides.view import View, common_head, page_rows

STEPS = 3


def step_rank(row: Row) -> int:
    """Which step somebody stands on, 0 the highest: those who share a rank stand equally high."""
    return min(STEPS, int(row.rank)) - 1 if row.rank.isdigit() else row.place


def head(slide: SlideState, rows: tuple[Row, ...], page: int) -> dict[str, Any]:
    """The common head, and how many stand on steps and beside them."""
    known = common_head(slide, rows, page)
    beside = rows[STEPS:]
    return known | {
        "steps": min(STEPS, len(rows)),
        "stepRanks": [float(step_rank(row)) for row in rows[:STEPS]],
        "beside": len(beside),
        "longestBeside": max((row.display for row in beside), key=len, default=""),
    }


VIEW = View(name="podium", rows=page_rows, head=head)
