"""A pytest plugin: whatever a test leaves behind or says without being expected to, fails it.

Watched in every test: log records from WARNING up, Qt's and QML's messages, threads, Qt timers and windows.
Python's own warnings are errors by pyproject.toml. In CI a skip is a failure too.
"""

from __future__ import annotations

import gc
import logging
import os
import re
import sys
import threading
import time
from collections.abc import Callable, Generator, Iterator
from typing import Any

import pytest

# Said by Qt's offscreen platform about windows that have no manager; true and harmless.
_QT_ALWAYS_ALLOWED = re.compile(r"This plugin does not support (propagateSizeHints|raise)")
_PATIENCE_S = 2.0  # for threads that were told to stop and are on their way


class Expected:
    """Texts a test expects: call it with a regular expression. One that never comes fails the test."""

    def __init__(self, what: str) -> None:
        self.what = what
        self.seen: list[str] = []
        self._patterns: list[re.Pattern[str]] = []

    def __call__(self, pattern: str) -> None:
        self._patterns.append(re.compile(pattern))

    def complaints(self) -> Iterator[str]:
        for text in self.seen:
            if not any(pattern.search(text) for pattern in self._patterns):
                yield f"unexpected {self.what}: {text}"
        for pattern in self._patterns:
            if not any(pattern.search(text) for text in self.seen):
                yield f"expected {self.what} never came: {pattern.pattern}"


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "expected_log(pattern): a log record this test expects")
    config.addinivalue_line("markers", "expected_qt_message(pattern): a Qt message this test expects")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """In CI nothing is skipped: a skip there means that something CI should have is missing."""
    report = yield
    if report.skipped and os.environ.get("SALESBOARD_CI") and not hasattr(report, "wasxfail"):
        reason = report.longrepr[-1] if isinstance(report.longrepr, tuple) else report.longrepr
        report.outcome = "failed"
        report.longrepr = f"{item.nodeid}: nothing may be skipped in CI, but: {reason}"
    return report


@pytest.fixture
def expected_log(_guard: tuple[Expected, Expected]) -> Expected:
    """Call it with a pattern of a record of level WARNING or above that this test causes."""
    return _guard[0]


@pytest.fixture
def qt_messages(_guard: tuple[Expected, Expected]) -> Expected:
    """Call it with a pattern of a Qt or QML message that this test causes; `seen` has them all."""
    return _guard[1]


@pytest.fixture(autouse=True)
def _guard(request: pytest.FixtureRequest) -> Iterator[tuple[Expected, Expected]]:
    """Everything at once. Being first in, it is last out: other fixtures have tidied up by then."""
    logs, messages = Expected("log record"), Expected("Qt message")
    for mark, expected in (("expected_log", logs), ("expected_qt_message", messages)):
        for marker in request.node.iter_markers(mark):
            expected(marker.args[0])
    threads, windows = set(threading.enumerate()), set(_shown_windows())
    gc.freeze()  # hides what is there already: the search for timers below is then short
    handler = _Collector(logs.seen)
    logging.getLogger().addHandler(handler)
    uninstall = _collect_qt_messages(messages.seen)
    yield logs, messages
    _let_qt_delete()
    timers = _running_timers()
    gc.unfreeze()
    uninstall()
    logging.getLogger().removeHandler(handler)
    complaints = [*logs.complaints(), *messages.complaints()]
    complaints += [f"left-over thread: {thread!r}" for thread in _new_threads(threads)]
    complaints += [f"left-over timer of {owner}" for owner in timers]
    complaints += [f"left-over window: {window}" for window in set(_shown_windows()) - windows]
    if complaints:
        pytest.fail("\n".join(complaints), pytrace=False)


class _Collector(logging.Handler):
    """Keeps what is logged from WARNING up."""

    def __init__(self, into: list[str]) -> None:
        super().__init__(logging.WARNING)
        self._into = into

    def emit(self, record: logging.LogRecord) -> None:
        trace = f"\n{logging.Formatter().formatException(record.exc_info)}" if record.exc_info else ""
        self._into.append(f"{record.levelname} {record.name}: {record.getMessage()}{trace}")


def _new_threads(before: set[threading.Thread]) -> list[threading.Thread]:
    """Threads that were not there before and do not end by themselves soon."""
    until = time.monotonic() + _PATIENCE_S
    while True:
        new = [
            thread
            for thread in threading.enumerate()
            # A dummy stands for a thread of Qt's that once called Python; nobody can end it from here.
            if thread not in before and not isinstance(thread, threading._DummyThread)
        ]
        if not new or time.monotonic() > until:
            return new
        time.sleep(0.01)


def _collect_qt_messages(into: list[str]) -> Callable[[], None]:
    """Send Qt's messages to the list until the returned function is called. Nothing if Qt is not loaded."""
    if "PySide6.QtCore" not in sys.modules:
        return lambda: None
    from PySide6.QtCore import qInstallMessageHandler

    def handler(kind: Any, context: Any, text: str) -> None:
        if not _QT_ALWAYS_ALLOWED.search(text):
            where = f" ({context.file}:{context.line})" if context.file else ""
            into.append(f"{kind.name} {context.category}: {text}{where}")

    qInstallMessageHandler(handler)
    return lambda: qInstallMessageHandler(None) and None


def _let_qt_delete() -> None:
    """Carry out the deletions a test has asked for with deleteLater."""
    if "PySide6.QtCore" in sys.modules:
        from PySide6.QtCore import QCoreApplication, QEvent

        if QCoreApplication.instance() is not None:
            QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)


def _running_timers() -> list[str]:
    """The Python-made Qt objects, not hidden from the garbage collector, that have a timer ticking."""
    if "PySide6.QtCore" not in sys.modules:
        return []
    from PySide6.QtCore import QAbstractEventDispatcher, QObject
    from shiboken6 import isValid

    dispatcher = QAbstractEventDispatcher.instance()
    if dispatcher is None:
        return []
    objects = [thing for thing in gc.get_objects() if issubclass(type(thing), QObject)]
    return [repr(thing) for thing in objects if isValid(thing) and dispatcher.registeredTimers(thing)]


def _shown_windows() -> list[str]:
    """The windows that are visible, by description."""
    if "PySide6.QtGui" not in sys.modules:
        return []
    from PySide6.QtGui import QGuiApplication

    if not isinstance(QGuiApplication.instance(), QGuiApplication):
        return []
    return [repr(window) for window in QGuiApplication.topLevelWindows() if window.isVisible()]
