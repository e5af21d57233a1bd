"""The leaderboard: a page of a board's rows, with cards beside it."""

from __future__ import annotations

from salesboard_display.views.slides.view import View, common_head, page_rows

VIEW = View(name="leaderboard", rows=page_rows, head=common_head)
