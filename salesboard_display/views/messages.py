"""Brings what Qt and QML say into the log, instead of past it."""

from __future__ import annotations

import logging

from PySide6.QtCore import QMessageLogContext, QtMsgType, qInstallMessageHandler

_LEVELS = {
    QtMsgType.QtDebugMsg: logging.DEBUG,
    QtMsgType.QtInfoMsg: logging.INFO,
    QtMsgType.QtWarningMsg: logging.WARNING,
    QtMsgType.QtCriticalMsg: logging.ERROR,
    QtMsgType.QtFatalMsg: logging.CRITICAL,
}
_HARMLESS = "This plugin does not support"  # said by platforms without a window manager, about each window


def log_qt_messages() -> None:
    """From now on Qt's messages are records of the logger "qt"."""
    qInstallMessageHandler(_log)


def _log(kind: QtMsgType, context: QMessageLogContext, text: str | None) -> None:
    level = logging.DEBUG if (text or "").startswith(_HARMLESS) else _LEVELS.get(kind, logging.WARNING)
    where = f" ({context.file}:{context.line})" if context.file else ""
    logging.getLogger("qt").log(level, "%s%s", text, where)
