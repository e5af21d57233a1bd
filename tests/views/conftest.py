"""A stage that is closed again, and eyes for what stands on it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from PySide6.QtGui import QGuiApplication
from PySide6.QtQml import QQmlExpression, qmlContext
from PySide6.QtQuick import QQuickItem

from salesboard_display.views.stage.window import Stage, items_below

StageMaker = Callable[..., Stage]


@pytest.fixture
def make_stage(qapp: QGuiApplication) -> Iterator[StageMaker]:
    """Makes stages of a size, shown; closes them at the end."""
    stages: list[Stage] = []

    def make(size: tuple[int, int] = (1280, 720), **how: Any) -> Stage:
        stage = Stage(**how)
        stages.append(stage)
        stage.view.resize(*size)
        stage.view.show()
        qapp.processEvents()
        return stage

    yield make
    for stage in stages:
        stage.close()


def shown(stage: Stage, kind: str) -> list[QQuickItem]:
    """The visible items of a QML type, by the name of its file."""
    return [
        item for item in items_below(stage.view.rootObject()) if item.isVisible() and kind_of(item) == kind
    ]


def is_text(item: QQuickItem) -> bool:
    """Whether it is a Text: nothing else counts its lines."""
    return item.property("lineCount") is not None


def kind_of(item: QQuickItem) -> str:
    """The QML type of an item: its file's name, or "QQuickText".

    Asked of QML: metaObject() leaves a wrapper behind that PySide later takes for what lies at its address.
    """
    said = str(ask(item, "String(this)"))
    return re.split(r"_QML|\(", said, maxsplit=1)[0]


def ask(item: QQuickItem, expression: str) -> Any:
    """What a QML expression says of an item; Python alone cannot read QML's own types and enumerations."""
    context = qmlContext(item) or qmlContext(item.window().contentItem().childItems()[0])
    answer, undefined = QQmlExpression(context, item, expression).evaluate()
    assert not undefined, expression
    return answer


def texts(stage: Stage) -> list[QQuickItem]:
    """The visible texts that have something to say."""
    return [
        item
        for item in items_below(stage.view.rootObject())
        if is_text(item) and item.isVisible() and item.property("text")
    ]


def words_on(stage: Stage) -> list[str]:
    """What can be read on the wall."""
    return [item.property("text") for item in texts(stage)]
