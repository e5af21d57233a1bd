"""A challenge full-screen: the rule, the prize, the time left, and how far everybody is."""

from __future__ import annotations

from typing import Any

from salesboard_display.core.snapshot import Row, SlideState
from salesboard_display.views.slides.view import ROWS_WITH_SECOND_LINE, View, common_head, page_rows


def rows(slide: SlideState, page: int) -> tuple[Row, ...]:
    """The rows of a page, eight at most: a challenge is about who is in front."""
    return page_rows(slide, page)[:ROWS_WITH_SECOND_LINE]


def head(slide: SlideState, shown: tuple[Row, ...], page: int) -> dict[str, Any]:
    """The common head, and who leads with what gap."""
    first = shown[0] if shown and shown[0].known else None
    return common_head(slide, shown, page) | {
        "leaderName": first.name if first else "",
        "leaderGap": first.second if first else "",
        "leaderDisplay": first.display if first else "",
        "leaderColour": float(first.colour) if first else 0.0,
        "leaderInitials": first.initials if first else "",
        "leaderPicture": first.picture if first else "",
    }


VIEW = View(name="challenge", rows=rows, head=head)
