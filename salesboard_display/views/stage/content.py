"""What one slide on the wall draws: a head of plain values, its rows and its panels, kept up to date."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import Property, QObject, QUrl, Signal

from salesboard_display.core.snapshot import SlideState
from salesboard_display.views.slides import view_named
from salesboard_display.views.slides.view import fitting_panels
from salesboard_display.views.stage.models import PanelModel, RowModel

_ANY: Any = "QVariant"


class SlideContent(QObject):
    """One slide and page. Raises KeyError for a view that does not exist."""

    headChanged = Signal()

    def __init__(
        self, slide: SlideState, page: int, *, animated: bool, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self.slide_id, self.page = slide.id, page
        self._view = view_named(slide.view)
        self._head: dict[str, Any] = {}
        self._rows, self._panels = RowModel(self), PanelModel(self)
        self._rows.animated = self._panels.animated = animated
        self.update(slide)

    def update(self, slide: SlideState) -> int:
        """Show the slide's newest state. Gives how many rows moved."""
        rows = self._view.rows(slide, self.page)
        head = self._view.head(slide, rows, self.page)
        if head != self._head:
            self._head = head
            self.headChanged.emit()
        moved = self._rows.show_rows(rows)
        return moved + self._panels.show_panels(
            (panel, count) for panel, count, _ in fitting_panels(slide.panels)
        )

    def update_figures(self, slide: SlideState) -> None:
        """Show the newest figures of the rows that stand; who is where waits."""
        rows = self._view.rows(slide, self.page)
        longest = self._view.head(slide, rows, self.page)["longest"]
        if len(longest) > len(self._head["longest"]):
            self._head = self._head | {"longest": longest}
            self.headChanged.emit()
        self._rows.show_figures(rows)

    def would_move(self, slide: SlideState) -> bool:
        """Whether showing this state would re-rank what stands here."""
        here = self._rows.places()
        return any(
            here.get(row.id, place) != place for place, row in enumerate(self._view.rows(slide, self.page))
        )

    def _get_key(self) -> str:
        return self.slide_id

    def _get_source(self) -> str:
        return QUrl.fromLocalFile(str(self._view.qml)).toString()

    def _get_head(self) -> dict[str, Any]:
        return self._head

    def _get_rows(self) -> QObject:
        return self._rows

    def _get_panels(self) -> QObject:
        return self._panels

    key = Property(str, _get_key, constant=True)
    source = Property(str, _get_source, constant=True)
    head = Property(_ANY, _get_head, notify=headChanged)
    rows = Property(QObject, _get_rows, constant=True)
    panels = Property(QObject, _get_panels, constant=True)
