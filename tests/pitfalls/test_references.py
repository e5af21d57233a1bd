"""Pitfall 1: some PySide6 releases lose references of True and None at emits and void calls, and abort."""

from __future__ import annotations

import sys

import pytest
from PySide6.QtCore import QCoreApplication, QObject, Qt, Signal, Slot
from PySide6.QtQml import QQmlComponent, QQmlEngine

ROUNDS = 1000
A_FEW = 100  # what else goes on in the process may move the counts a little

pytestmark = pytest.mark.skipif(
    sys.version_info >= (3, 12), reason="True and None are immortal from Python 3.12 on: nothing to lose"
)


class Bell(QObject):
    """Rings, and hears itself ring."""

    rung = Signal(bool)

    def __init__(self) -> None:
        super().__init__()
        self.heard = 0
        self.rung.connect(self.on_rung)
        self.rung.connect(self.on_rung, Qt.ConnectionType.QueuedConnection)

    @Slot(bool)
    def on_rung(self, loud: bool) -> None:
        self.heard += loud


def test_a_thousand_emits_keep_the_references_of_true(qapp: QCoreApplication) -> None:
    bell = Bell()
    before = sys.getrefcount(True)
    for _ in range(ROUNDS):
        bell.rung.emit(True)
    qapp.processEvents()
    assert bell.heard == 2 * ROUNDS
    assert sys.getrefcount(True) > before - A_FEW


def test_a_thousand_void_calls_keep_the_references_of_none(qapp: QCoreApplication) -> None:
    bell = Bell()
    before = sys.getrefcount(None)
    for _ in range(ROUNDS):
        bell.setObjectName("bell")
        bell.rung.emit(False)
    qapp.processEvents()
    assert sys.getrefcount(None) > before - A_FEW


def test_a_thousand_calls_from_qml_keep_both(qapp: QCoreApplication) -> None:
    engine, bell = QQmlEngine(), Bell()
    component = QQmlComponent(engine)
    component.setData(
        b"import QtQml; QtObject { required property QtObject bell;"
        b" function ring() { for (let i = 0; i < 1000; i++) bell.on_rung(true) } }",
        "bell.qml",
    )
    ringer = component.createWithInitialProperties({"bell": bell})
    before_true, before_none = sys.getrefcount(True), sys.getrefcount(None)
    ringer.ring()
    assert bell.heard == ROUNDS
    assert sys.getrefcount(True) > before_true - A_FEW
    assert sys.getrefcount(None) > before_none - A_FEW
    ringer.deleteLater()
