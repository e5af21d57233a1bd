"""Pitfall 16: what nobody catches, in a slot, a property, a thread or the loop, reaches the log."""

from __future__ import annotations

import os
import subprocess
import sys
import textwrap

QT = """
from salesboard_display.cli import log_uncaught
log_uncaught()
import logging
logging.basicConfig(format="%(levelname)s %(name)s %(message)s")
from salesboard_display.views.messages import log_qt_messages
log_qt_messages()
from PySide6.QtCore import QCoreApplication, QObject, QTimer, Signal, Slot, qWarning
app = QCoreApplication([])
"""
LOOP = """
from salesboard_display.cli import log_uncaught
log_uncaught()
import asyncio, logging
logging.basicConfig(format="%(levelname)s %(name)s %(message)s")
from salesboard_display.engine.process import live
class Engine:
    failed = moved = False
    class server: path = "here"
    def __init__(self, stop): self.stop = stop
    async def close(self): pass
"""


def said_by(before: str, code: str) -> str:
    """What a process wrote to its errors."""
    env = os.environ | {"QT_QPA_PLATFORM": "offscreen", "LC_ALL": "C.UTF-8"}
    script = before + textwrap.dedent(code)
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, env=env, timeout=60)
    return done.stderr


def test_an_exception_in_a_slot() -> None:
    said = said_by(
        QT,
        """
        class Bell(QObject):
            rang = Signal()
            @Slot()
            def fall(self): raise ValueError("in a slot")
        bell = Bell()
        bell.rang.connect(bell.fall)
        bell.rang.emit()
        """,
    )
    assert "CRITICAL salesboard_display.cli nobody caught this" in said
    assert "ValueError: in a slot" in said


def test_an_exception_in_a_timer_of_the_running_application() -> None:
    said = said_by(
        QT,
        """
        class Owner(QObject):
            @Slot()
            def fall(self):
                QTimer.singleShot(0, app.quit)
                raise ValueError("by a timer")
        owner = Owner()
        QTimer.singleShot(0, owner.fall)
        app.exec()
        """,
    )
    assert "nobody caught this" in said
    assert "ValueError: by a timer" in said


def test_what_qt_says() -> None:
    said = said_by(QT, 'qWarning("the plug is out")\n')
    assert "WARNING qt the plug is out" in said


def test_an_exception_in_a_property_that_qml_reads() -> None:
    said = said_by(
        QT,
        """
        from PySide6.QtCore import Property, QUrl
        from PySide6.QtQml import QQmlComponent, QQmlEngine
        class Owner(QObject):
            def _get(self): raise ValueError("in a property")
            height = Property(int, _get)
        engine, owner = QQmlEngine(), Owner()
        engine.rootContext().setContextProperty("owner", owner)
        component = QQmlComponent(engine)
        component.setData(b"import QtQml; QtObject { property var h: owner.height }", QUrl("a.qml"))
        made = component.create()
        """,
    )
    assert "in a property" in said


def test_an_exception_in_a_thread() -> None:
    said = said_by(
        LOOP,
        """
        import threading
        def fall(): raise ValueError("in a thread")
        thread = threading.Thread(target=fall, name="worker-7")
        thread.start(); thread.join()
        """,
    )
    assert "CRITICAL salesboard_display.cli nobody caught this in worker-7" in said
    assert "ValueError: in a thread" in said


def test_an_exception_in_a_callback_and_in_a_lost_task_of_the_engines_loop() -> None:
    said = said_by(
        LOOP,
        """
        import gc
        class Falling(Engine):
            async def start(self):
                loop = asyncio.get_running_loop()
                def fall(): raise ValueError("in a callback")
                async def lost(): raise KeyError("in a lost task")
                loop.call_soon(fall)
                task = loop.create_task(lost())
                await asyncio.sleep(0.01)
                del task
                gc.collect()
                self.stop.set()
        asyncio.run(live(Falling, child=False))
        """,
    )
    assert "ERROR salesboard_display.engine.process" in said
    assert "ValueError: in a callback" in said
    assert "KeyError: 'in a lost task'" in said


def test_an_exception_that_ends_the_program() -> None:
    said = said_by(LOOP, 'raise ValueError("at the end")\n')
    assert "CRITICAL salesboard_display.cli nobody caught this" in said
    assert "ValueError: at the end" in said


def test_whoever_presses_ctrl_c_gets_no_critical_record() -> None:
    assert "CRITICAL" not in said_by(LOOP, "raise KeyboardInterrupt\n")
