"""List models: the order never changes, leavers fade, and only what changed is said."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QModelIndex, QObject
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QAbstractItemModelTester, QSignalSpy

from salesboard_display.core.snapshot import Row
from salesboard_display.views.stage import models
from salesboard_display.views.stage.models import (
    PANEL_ROLES,
    ROW_ROLES,
    KeyedModel,
    PanelModel,
    RowModel,
    left_to_right,
)
from tests.views import snapshots as make

pytestmark = pytest.mark.usefixtures("qapp")
NAMES = "abcdefgh"


def board(*ids: str) -> tuple[Row, ...]:
    """Rows in this order."""
    return tuple(Row(id=name, place=place, name=name, display=name) for place, name in enumerate(ids))


def ranked(*ids: str) -> list[Row]:
    """Rows in this order, each with its rank."""
    return [replace(row, rank=str(row.place + 1)) for row in board(*ids)]


def keys(model: KeyedModel) -> list[str]:
    """The keys in the model's own order, leavers too."""
    return [value(model, at, "key") for at in range(model.rowCount())]


def value(model: KeyedModel, at: int, role: str) -> Any:
    """What QML reads of an item."""
    number = next(number for number, name in model.roleNames().items() if bytes(name.data()).decode() == role)
    return model.data(model.index(at), number)


def by_place(model: KeyedModel) -> list[str]:
    """The keys of those who are not leaving, by place."""
    return [values[0] for values in model.present()]


def test_a_re_ranking_changes_places_and_not_the_order() -> None:
    model = RowModel()
    model.show_rows(board("a", "b", "c"))
    moved = model.show_rows(board("c", "a", "b"))
    assert moved == 3
    assert keys(model) == ["a", "b", "c"]
    assert by_place(model) == ["c", "a", "b"]


def test_who_leaves_stays_until_faded(monkeypatch: pytest.MonkeyPatch, qapp: QGuiApplication) -> None:
    monkeypatch.setattr(models, "FADE_S", 0.01)
    model = RowModel()
    model.show_rows(board("a", "b"))
    removed = QSignalSpy(model.rowsRemoved)
    model.show_rows(board("b"))
    assert keys(model) == ["a", "b"]
    assert value(model, 0, "leaving") is True
    assert value(model, 1, "leaving") is False
    assert removed.wait(1000)
    assert keys(model) == ["b"]


def test_who_comes_back_while_fading_stays() -> None:
    model = RowModel()
    model.show_rows(board("a", "b"))
    model.show_rows(board("b"))
    model.show_rows(board("a", "b"))
    assert keys(model) == ["a", "b"]
    assert value(model, 0, "leaving") is False
    model.show_rows(board("a"))  # b fades now; a does not
    assert by_place(model) == ["a"]
    model._fading.stop()


def test_in_a_picture_nobody_fades() -> None:
    model = RowModel()
    model.animated = False
    model.show_rows(board("a", "b"))
    model.show_rows(board("b"))
    assert keys(model) == ["b"]


def test_only_what_changed_is_said_and_of_whom() -> None:
    model = RowModel()
    model.show_rows(board("a", "b"))
    said: list[tuple[int, list[int]]] = []

    class Ear(QObject):
        def hear(self, first: QModelIndex, last: QModelIndex, roles: list[int]) -> None:
            said.append((first.row(), list(roles)))

    ear = Ear()
    model.dataChanged.connect(ear.hear)
    rows = board("a", "b")
    model.show_rows((rows[0], replace(rows[1], display="9")))
    names = {number: bytes(name.data()).decode() for number, name in model.roleNames().items()}
    assert [(at, [names[role] for role in roles]) for at, roles in said] == [(1, ["display"])]


def test_the_same_rows_again_say_nothing() -> None:
    model = RowModel()
    model.show_rows(board("a", "b"))
    spy = QSignalSpy(model.dataChanged)
    assert model.show_rows(board("a", "b")) == 0
    assert spy.count() == 0


def test_roles_are_plain_values_that_qml_does_not_wrap() -> None:
    model = RowModel()
    model.show_rows(make.odd_rows())
    for at in range(model.rowCount()):
        for role in ROW_ROLES:
            assert type(value(model, at, role)) in (str, bool, float), role
        assert type(value(model, at, "leaving")) is bool


def test_panels_are_plain_values_and_their_own_row_models() -> None:
    model = PanelModel()
    model.show_panels([(make.CHALLENGE, 3), (make.GOAL, 0)])
    for role in PANEL_ROLES:
        found = value(model, 0, role)
        assert isinstance(found, RowModel) if role == "rows" else type(found) in (str, bool, float, dict), (
            role
        )
    for role in ("unit", "age"):
        assert {type(part) for part in value(model, 0, role).values()} <= {str, float}, role


def test_a_panel_keeps_its_row_model_and_counts_what_moves_on_it() -> None:
    model = PanelModel()
    model.show_panels([(make.CHALLENGE, 3)])
    rows = value(model, 0, "rows")
    turned = replace(make.CHALLENGE, rows=tuple(reversed(make.CHALLENGE.rows)))
    assert model.show_panels([(turned, 3)]) == 2
    assert value(model, 0, "rows") is rows


@given(st.lists(st.lists(st.sampled_from(NAMES), unique=True, max_size=8), min_size=1, max_size=12))
def test_any_sequence_of_boards_ends_with_exactly_the_newest(boards: list[list[str]]) -> None:
    model = RowModel()
    tester = QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Fatal)
    resets = QSignalSpy(model.modelReset)
    for ids in boards:
        before = keys(model)
        model.show_rows(board(*ids))
        kept = [key for key in keys(model) if key in before]
        assert kept == [key for key in before if key in kept], "the order never changes"
    assert by_place(model) == boards[-1]
    assert set(keys(model)) >= set(boards[-1])
    assert resets.count() == 0
    model._fading.stop()
    del tester


def risen(model: RowModel) -> list[str]:
    """Whoever has risen by his own doing."""
    return [str(row[0]) for row in model.present() if row[ROW_ROLES.index("rises")]]


def test_whoever_overtakes_has_risen() -> None:
    model = RowModel()
    a, b, c = ranked("a", "b", "c")
    model.show_rows((a, b, c))
    model.show_figures((a, b, replace(c, value=9.0, display="9")))  # its rank may come later
    model.show_rows((replace(c, value=9.0, display="9"), a, b))
    assert risen(model) == ["c"]


def test_nobody_has_risen_when_another_falls() -> None:
    model = RowModel()
    a, b, c = ranked("a", "b", "c")
    model.show_rows((a, b, c))
    model.show_rows((b, c, replace(a, value=0.0, display="0")))
    assert by_place(model) == ["b", "c", "a"]
    assert risen(model) == []


def test_nobody_rises_on_a_page_without_ranks() -> None:
    model = RowModel()
    a, b, c = (replace(row, rank="") for row in board("a", "b", "c"))
    model.show_rows((a, b, c))
    model.show_rows((b, replace(c, value=9.0, display="9")))  # a is on the first page now
    assert risen(model) == []


def test_where_figures_are_hidden_the_bar_tells_who_has_risen() -> None:
    model = RowModel()
    a, b = (replace(row, display="", value=0.0, bar=0.5) for row in ranked("a", "b"))
    model.show_rows((a, b))
    model.show_rows((replace(b, bar=1.0), a))
    assert risen(model) == ["b"]


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("West · 1 to 1st", "W"),
        ("شرق · 1 to 1st", "\u200e"),
        ("12 · שרה", "\u200e"),
        ("", ""),
        ("– · 3", "–"),
    ],
)
def test_a_line_that_begins_in_arabic_keeps_the_order_of_its_parts(text: str, first: str) -> None:
    assert left_to_right(text)[:1] == first


@pytest.mark.parametrize(
    "line", ["{name} wins 4.142 €", "Demo week: {name} 12 of 15, {name} 1 behind", "{name}"]
)
@pytest.mark.parametrize("name", ["יעל כהן", "محمد بن عبد العزيز", "בן-דוד"])
def test_a_name_in_hebrew_or_arabic_turns_nothing_but_itself(line: str, name: str) -> None:
    said = left_to_right(line.format(name=name))
    assert said.removeprefix("\u200e") == line.format(name=f"\u2068{name}\u2069")
    assert said.startswith("\u200e") == line.startswith("{name}"), (
        "what stands first decides how the line is read"
    )


def test_a_name_cannot_turn_what_follows_it() -> None:
    assert left_to_right("\u202eevil wins 3 €") == "evil wins 3 €"


def test_a_role_that_is_none_of_ours_is_nothing() -> None:
    model = RowModel()
    model.show_rows(board("a"))
    assert model.data(model.index(0), 0) is None
    assert model.data(model.index(7)) is None
    assert model.rowCount(model.index(0)) == 0
