"""List models whose order never changes: a place is a role, and rows keep their delegates."""

from __future__ import annotations

import re
import time
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any
from unicodedata import bidirectional

from PySide6.QtCore import (
    QAbstractListModel,
    QByteArray,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    Qt,
    QTimer,
    Slot,
)

from salesboard_display.core.snapshot import Panel, Row
from salesboard_display.themes.loader import PEOPLE
from salesboard_display.views.slides.view import age_map, unit_map

_FIRST_ROLE = int(Qt.ItemDataRole.UserRole) + 1
_NO_INDEX = QModelIndex()
Index = QModelIndex | QPersistentModelIndex
FADE_S = 0.45  # the exit's 400 ms and a frame or two

ROW_ROLES = (
    "key", "place", "name", "display", "rank", "second", "value", "known", "bar", "movement",
    "movementKind", "colour", "initials", "picture", "leader", "goalText", "goalFraction", "pace", "prize",
    "rises",
)  # fmt: skip
PANEL_ROLES = (
    "key", "place", "panelKind", "label", "title", "line", "display", "value", "unit", "fraction", "pace",
    "age", "rowCount", "rows",
)  # fmt: skip


_RIGHT_TO_LEFT = ("R", "AL")
_STRONG = (*_RIGHT_TO_LEFT, "L")
_LEFT_TO_RIGHT_MARK, _ISOLATE, _END = "\u200e", "\u2068", "\u2069"
_LETTERS = "\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufeff"
_RUN = re.compile(f"[{_LETTERS}]+(?:[^\\w·,:]+[{_LETTERS}]+)*")  # Hebrew or Arabic words, one after the other
_TURNS = dict.fromkeys((*range(0x202A, 0x202F), *range(0x2066, 0x206A)))  # a name that turns what follows it


def left_to_right(text: str) -> str:
    """The text read from the left, whatever it begins with; Arabic and Hebrew in it turn nothing else."""
    text = text.translate(_TURNS)
    isolated = _RUN.sub(lambda run: f"{_ISOLATE}{run[0]}{_END}", text)
    first = next((kind for kind in map(bidirectional, text) if kind in _STRONG), "L")
    return _LEFT_TO_RIGHT_MARK + isolated if first in _RIGHT_TO_LEFT else isolated


def row_values(row: Row, place: int, rises: float = 0.0) -> tuple[Any, ...]:
    """A row in the order of ROW_ROLES; str, bool and float only (QML's int has 32 bits)."""
    who = (row.id, float(place), row.name, row.display, row.rank, left_to_right(row.second))
    what = (float(row.value), row.known, float(row.bar), float(row.movement), row.movement_kind)
    look = (float(row.colour % PEOPLE), row.initials, row.picture, row.leader)
    return (*who, *what, *look, row.goal_text, float(row.goal_fraction), float(row.pace), row.prize, rises)


def has_risen(before: Row, now: Row) -> bool:
    """Whether somebody stands higher by a value of his own: not because another fell, nor where nobody has a
    rank."""
    changed = before.value != now.value if now.display else before.bar != now.bar
    return changed and now.rank != "" and before.rank != "" and now.place < before.place


def panel_values(panel: Panel, place: int, count: int, rows: RowModel) -> tuple[Any, ...]:
    """A panel in the order of PANEL_ROLES; ``rows`` is its row model, of which ``count`` rows are shown."""
    return (
        panel.id, float(place), panel.kind, panel.label, panel.title, panel.line, panel.display,
        float(panel.value), unit_map(panel.unit), float(panel.fraction), float(panel.pace),
        age_map(panel.age), float(count), rows,
    )  # fmt: skip


@dataclass(slots=True)
class _Item:
    values: tuple[Any, ...]
    gone_at: float = 0.0  # 0: here; else the monotonic time at which it has faded


class KeyedModel(QAbstractListModel):
    """Items by key in the order they came. Whoever leaves stays, ``leaving``, until faded."""

    def __init__(self, roles: tuple[str, ...], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._roles = (*roles, "leaving")
        self._place = roles.index("place")
        self._items: list[_Item] = []
        self._fading = QTimer(self)
        self._fading.setSingleShot(True)
        self._fading.timeout.connect(self._remove_faded)
        self.animated = True

    # ---- what Qt asks
    def rowCount(self, parent: Index = _NO_INDEX) -> int:
        return 0 if parent.isValid() else len(self._items)

    def roleNames(self) -> dict[int, QByteArray]:
        return {_FIRST_ROLE + at: QByteArray(name.encode()) for at, name in enumerate(self._roles)}

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        at = role - _FIRST_ROLE
        if not index.isValid() or not 0 <= at < len(self._roles):
            return None
        item = self._items[index.row()]
        return item.values[at] if at < len(item.values) else item.gone_at > 0

    # ---- what Python does
    def update(self, wanted: Iterable[tuple[Any, ...]]) -> int:
        """Make the items these (values in the order of the roles, the key first). Gives how many moved."""
        by_key = {values[0]: values for values in wanted}
        moved = 0
        for at, item in enumerate(self._items):
            values = by_key.pop(item.values[0], None)
            if values is None:
                self._leave(at, item)
            else:
                moved += item.values[self._place] != values[self._place]
                self._change(at, item, values)
        if by_key:
            first = len(self._items)
            self.beginInsertRows(_NO_INDEX, first, first + len(by_key) - 1)
            self._items.extend(_Item(values) for values in by_key.values())
            self.endInsertRows()
        if any(item.gone_at for item in self._items):
            self._remove_faded()
        return moved

    def update_some(self, wanted: Iterable[tuple[Any, ...]], roles: tuple[str, ...]) -> None:
        """Of the items that are here, change only these roles; nobody comes, goes or moves."""
        by_key = {values[0]: values for values in wanted}
        numbers = [self._roles.index(role) for role in roles]
        for at, item in enumerate(self._items):
            new = by_key.get(item.values[0])
            if new is not None and not item.gone_at:
                changed = list(item.values)
                for number in numbers:
                    changed[number] = new[number]
                self._change(at, item, tuple(changed))

    def present(self) -> list[tuple[Any, ...]]:
        """The values of those who are not leaving, by place."""
        return sorted(
            (i.values for i in self._items if not i.gone_at), key=lambda values: values[self._place]
        )

    def places(self) -> dict[str, float]:
        """Where everybody stands who is not leaving."""
        return {item.values[0]: item.values[self._place] for item in self._items if not item.gone_at}

    def _leave(self, at: int, item: _Item) -> None:
        if not item.gone_at:
            item.gone_at = time.monotonic() + (FADE_S if self.animated else 0.0)
            self._say_changed(at, [len(self._roles) - 1])

    def _change(self, at: int, item: _Item, values: tuple[Any, ...]) -> None:
        changed = [
            role for role, (old, new) in enumerate(zip(item.values, values, strict=True)) if old != new
        ]
        item.values = values
        if item.gone_at:
            item.gone_at = 0.0
            changed.append(len(self._roles) - 1)
        if changed:
            self._say_changed(at, changed)

    def _say_changed(self, at: int, roles: list[int]) -> None:
        index = self.index(at)
        self.dataChanged.emit(index, index, [_FIRST_ROLE + role for role in roles])

    @Slot()
    def _remove_faded(self) -> None:
        now = time.monotonic()
        for at in reversed(range(len(self._items))):
            if 0 < self._items[at].gone_at <= now:
                self.beginRemoveRows(_NO_INDEX, at, at)
                del self._items[at]
                self.endRemoveRows()
        waiting = [item.gone_at for item in self._items if item.gone_at]
        if waiting:
            self._fading.start(max(1, round((min(waiting) - now) * 1000)))
        else:
            self._fading.stop()


class RowModel(KeyedModel):
    """The rows of a board, a podium, a team contest or a challenge."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(ROW_ROLES, parent)
        self._stood: dict[str, Row] = {}  # as last placed
        self._rises: dict[str, float] = {}  # how often each has risen

    def show_rows(self, rows: Iterable[Row]) -> int:
        """Show these rows, each at its index. Gives how many moved."""
        stood, self._stood = self._stood, {}
        for place, row in enumerate(rows):
            now = self._stood[row.id] = replace(row, place=place)
            if has_risen(stood.get(row.id, now), now):
                self._rises[row.id] = self._rises.get(row.id, 0.0) + 1
        return self.update(
            row_values(row, row.place, self._rises.get(row.id, 0.0)) for row in self._stood.values()
        )

    def show_figures(self, rows: Iterable[Row]) -> None:
        """Show these rows' figures on the rows that stand, each where it stands."""
        self.update_some((row_values(row, 0) for row in rows), ("display", "value", "known", "bar"))


class PanelModel(KeyedModel):
    """The cards beside a board; each challenge's card has a row model of its own, kept here."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(PANEL_ROLES, parent)
        self._row_models: dict[str, RowModel] = {}

    def show_panels(self, panels: Iterable[tuple[Panel, int]]) -> int:
        """Show these panels, each with its first so many rows. Gives how many rows on them moved."""
        moved, wanted = 0, []
        for place, (panel, count) in enumerate(panels):
            model = self._row_models.get(panel.id)
            if model is None:
                model = self._row_models[panel.id] = RowModel(self)
            model.animated = self.animated
            moved += model.show_rows(panel.rows[:count])
            wanted.append(panel_values(panel, place, count, model))
        self.update(wanted)
        return moved
