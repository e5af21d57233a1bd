"""Teams: team against team, each with its own goal filling up."""

from __future__ import annotations

from typing import Any

from salesboard_display.core.snapshot import Row, SlideState
from salesboard_display.views.slides.view import View, common_head, page_rows

ONE_ROW = 4


def grid(count: int) -> tuple[int, int]:
    """(columns, lines) of the cards for so many teams."""
    if count <= ONE_ROW:
        return max(1, count), 1
    return (count + 1) // 2, 2


def head(slide: SlideState, rows: tuple[Row, ...], page: int) -> dict[str, Any]:
    """The common head, and how the cards are laid out."""
    columns, lines = grid(len(rows))
    return common_head(slide, rows, page) | {
        "columns": columns,
        "lines": lines,
        "paced": any(row.goal_fraction >= 0 and row.pace >= 0 for row in rows),
    }


VIEW = View(name="teams", rows=page_rows, head=head)
