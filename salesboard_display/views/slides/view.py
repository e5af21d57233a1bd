"""What a view is: a name, a QML file, and two pure functions from a slide's state to what the file draws."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from salesboard_display.core.snapshot import Age, Panel, Row, SlideState, UnitFormat

FOLDER = Path(__file__).resolve().parent
ROWS_WITH_SECOND_LINE = 8
MOST_ROWS = 10
PANEL_ROOM = 70.0  # u
GOAL_HEIGHT = 29.4  # u, with everything on it
CHALLENGE_HEIGHT, CHALLENGE_ROW = 16.7, 7.2  # u; plus one row's for each
CHALLENGE_ROWS = 4
PANEL_GAP = 1.6


@dataclass(frozen=True, slots=True)
class View:
    """A view: ``rows`` are the rows it shows of a page, ``head`` everything else, as plain values for QML."""

    name: str
    rows: Callable[[SlideState, int], tuple[Row, ...]]
    head: Callable[[SlideState, tuple[Row, ...], int], dict[str, Any]]

    @property
    def qml(self) -> Path:
        """The QML file beside the view's module."""
        return FOLDER / f"{self.name.capitalize()}.qml"


def page_rows(slide: SlideState, page: int) -> tuple[Row, ...]:
    """The rows of a page (the last one when there are fewer), each at its index; at most ten."""
    if not slide.pages:
        return ()
    return slide.pages[max(0, min(page, len(slide.pages) - 1))][:MOST_ROWS]


def common_head(slide: SlideState, rows: tuple[Row, ...], page: int) -> dict[str, Any]:
    """What every view's header and row list need to know."""
    leaders = sum(row.leader for row in rows)
    panels = fitting_panels(slide.panels)
    return {
        "title": slide.title,
        "line": " · ".join(part for part in (slide.line, slide.purpose) if part),
        "final": slide.final,
        "pageLabel": slide.page_labels[page] if 0 < page < len(slide.page_labels) else "",
        "movementLabel": slide.movement_label if any(row.movement_kind for row in rows) else "",
        "unit": unit_map(slide.unit),
        "age": age_map(slide.age),
        "prize": slide.prize,
        "endsText": slide.ends_text,
        "count": len(rows),
        "dense": len(rows) > ROWS_WITH_SECOND_LINE,
        "ranked": any(row.rank for row in rows),
        "hero": leaders == 1 and bool(rows) and rows[0].leader,
        "longest": max((row.display for row in rows), key=len, default=""),
        "panelHeights": [height for _, _, height in panels],
    }


def unit_map(unit: UnitFormat) -> dict[str, Any]:
    """How QML writes a number while it counts."""
    return {"prefix": unit.prefix, "suffix": unit.suffix, "decimals": float(unit.decimals)}


def fitting_panels(panels: tuple[Panel, ...]) -> list[tuple[Panel, int, float]]:
    """The panels that fit beside a board, first come first: each with its number of rows and height in u."""
    chosen: list[tuple[Panel, int, float]] = []
    room = PANEL_ROOM
    for panel in panels:
        spare = room - (PANEL_GAP if chosen else 0.0)
        if panel.kind == "goal":
            rows, height = 0, GOAL_HEIGHT
        else:
            later = sum(
                GOAL_HEIGHT + PANEL_GAP for other in panels[len(chosen) + 1 :] if other.kind == "goal"
            )
            affordable = int((max(spare - later, spare / 2) - CHALLENGE_HEIGHT) // CHALLENGE_ROW)
            rows = max(0, min(len(panel.rows), CHALLENGE_ROWS, affordable))
            height = CHALLENGE_HEIGHT + CHALLENGE_ROW * rows
        if height > spare + 0.01:
            break
        chosen.append((panel, rows, height))
        room = spare - height
    return chosen


def age_map(age: Age) -> dict[str, Any]:
    """An age as QML takes it: instants as float, for QML's int has 32 bits."""
    return {name: float(value) if isinstance(value, int) else value for name, value in asdict(age).items()}
