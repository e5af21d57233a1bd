"""Each guard of tests/guards.py catches what it is there to catch: pytest is run on small bad tests."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from textwrap import dedent
from xml.etree import ElementTree

import pytest

from tests.conftest import REPOSITORY


def run_pytest(folder: Path, *options: str, **environment: str) -> str:
    """Run the test files of a folder under this project's pytest settings and guards; what it printed."""
    command = [sys.executable, "-m", "pytest", "-q", "-p", "tests.guards", "-p", "no:cacheprovider"]
    command += ["-c", str(REPOSITORY / "pyproject.toml"), f"--rootdir={folder}", *options, str(folder)]
    env = {key: value for key, value in os.environ.items() if key != "SALESBOARD_CI"}
    env |= {"QT_QPA_PLATFORM": "offscreen", "PYTHONPATH": str(REPOSITORY)} | environment
    result = subprocess.run(command, capture_output=True, text=True, env=env, cwd=folder, timeout=100)
    return result.stdout + result.stderr


VIOLATIONS = {
    "a Python warning": (
        """
        import warnings
        def test_it():
            warnings.warn("old", DeprecationWarning)
        """,
        "DeprecationWarning: old",
    ),
    "a log record": (
        """
        import logging
        def test_it():
            logging.getLogger("x").warning("lost %s", "it")
        """,
        "unexpected log record: WARNING x: lost it",
    ),
    "an expected record that never comes": (
        """
        def test_it(expected_log):
            expected_log("lost")
        """,
        "expected log record never came: lost",
    ),
    "a Qt message": (
        """
        from PySide6.QtCore import qWarning
        def test_it():
            qWarning("no such thing")
        """,
        "unexpected Qt message: QtWarningMsg default: no such thing",
    ),
    "a QML warning": (
        """
        from PySide6.QtCore import QUrl
        from PySide6.QtQml import QQmlComponent, QQmlEngine
        def test_it(qapp):
            engine = QQmlEngine()
            component = QQmlComponent(engine)
            component.setData(b"import QtQml; QtObject { property int i: nobody.home }", QUrl("a.qml"))
            component.create()
        """,
        "ReferenceError: nobody is not defined",
    ),
    "an exception in a slot": (
        """
        from PySide6.QtCore import QObject, Signal, Slot
        class Thing(QObject):
            done = Signal()
            @Slot()
            def on_done(self):
                raise RuntimeError("in a slot")
        def test_it(qapp):
            thing = Thing()
            thing.done.connect(thing.on_done)
            thing.done.emit()
        """,
        "RuntimeError: in a slot",
    ),
    "a left-over thread": (
        """
        import threading
        def test_it():
            threading.Thread(target=threading.Event().wait, args=(9,), name="wanderer", daemon=True).start()
        """,
        "left-over thread: <Thread(wanderer",
    ),
    "a thread's exception": (
        """
        import threading
        def test_it():
            thread = threading.Thread(target=lambda: 1 / 0)
            thread.start()
            thread.join()
        """,
        "ZeroDivisionError",
    ),
    "a running timer": (
        """
        from PySide6.QtCore import QTimer
        kept = []
        def test_it(qapp):
            kept.append(QTimer())
            kept[0].start(1000)
        """,
        "left-over timer of <PySide6.QtCore.QTimer",
    ),
    "a timer of an object": (
        """
        from PySide6.QtCore import QObject
        kept = []
        def test_it(qapp):
            kept.append(QObject())
            kept[0].startTimer(1000)
        """,
        "left-over timer of <PySide6.QtCore.QObject",
    ),
    "a window left open": (
        """
        from PySide6.QtGui import QWindow
        kept = []
        def test_it(qapp):
            kept.append(QWindow())
            kept[0].show()
        """,
        "left-over window: <PySide6.QtGui.QWindow",
    ),
}


@pytest.fixture(scope="module")
def caught(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """What pytest said about each violation, all run in one go."""
    folder = tmp_path_factory.mktemp("violations")
    for number, (test, _) in enumerate(VIOLATIONS.values()):
        (folder / f"test_{number:02}.py").write_text(dedent(test))
    run_pytest(folder, "--junitxml=said.xml")
    said = dict.fromkeys(VIOLATIONS, "")
    for case in ElementTree.parse(folder / "said.xml").iter("testcase"):
        number = int(case.attrib["classname"].rpartition("_")[2])
        said[list(VIOLATIONS)[number]] += "".join(case.itertext())
    return said


@pytest.mark.parametrize("violation", VIOLATIONS)
def test_is_caught(violation: str, caught: dict[str, str]) -> None:
    assert VIOLATIONS[violation][1] in caught[violation]


EXPECTED = """
import logging, pytest, threading
from PySide6.QtCore import QTimer, qWarning

def test_by_fixture(expected_log, qt_messages):
    expected_log("lost .*t")
    qt_messages("^QtWarningMsg .*thing$")
    logging.getLogger("x").error("lost it")
    qWarning("no such thing")

@pytest.mark.expected_log("lost")
@pytest.mark.expected_qt_message("thing")
def test_by_marker():
    logging.getLogger("x").error("lost it")
    qWarning("no such thing")

def test_a_thread_that_ends():
    threading.Timer(0.05, print).start()

def test_a_timer_that_is_stopped(qapp):
    timer = QTimer()
    timer.start(50)
    timer.stop()

def test_a_timer_that_is_gone(qapp):
    QTimer().start(50)
"""


def test_what_is_expected_passes(tmp_path: Path) -> None:
    (tmp_path / "test_sample.py").write_text(EXPECTED)
    assert "5 passed" in run_pytest(tmp_path)


SKIPPED = """
import pytest

def test_it():
    pytest.skip("no such folder")
"""


@pytest.mark.parametrize(
    ("in_ci", "says"),
    [("", "1 skipped"), ("1", "nothing may be skipped in CI, but: Skipped: no such folder")],
)
def test_a_skip_is_a_failure_in_ci_only(in_ci: str, says: str, tmp_path: Path) -> None:
    (tmp_path / "test_sample.py").write_text(SKIPPED)
    assert says in run_pytest(tmp_path, SALESBOARD_CI=in_ci)
