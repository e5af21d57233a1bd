"""Starts the engine process, watches it, and starts it again when it dies or falls silent."""

from __future__ import annotations

import json
import logging
import time
from collections import deque

from PySide6.QtCore import QObject, QProcess, QTimer, Signal, Slot

log = logging.getLogger(__name__)
RESTART_MS = 500
SLOW_RESTART_MS = 5_000
SILENCE_MS = 30_000
CRASHES_BEFORE_SLOW = 3
CRASH_WINDOW_S = 300.0
STOP_MS = 5_000


class EngineProcess(QObject):
    """One engine process. ``ready`` carries its socket's path, ``busy`` that of an engine that was there before,
    with the number of walls it has; ``refused`` its last words when it ended because it cannot work."""

    ready = Signal(str)
    busy = Signal(str, int)
    refused = Signal(str)
    died = Signal()

    def __init__(self, command: list[str], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._command = command
        self._stopping = False
        self._deaths: deque[float] = deque(maxlen=CRASHES_BEFORE_SLOW)
        self.restarts = 0
        self._process = QProcess(self)
        self._process.setProcessChannelMode(QProcess.ProcessChannelMode.ForwardedErrorChannel)
        self._process.readyReadStandardOutput.connect(self._read)
        self._process.finished.connect(self._finished)
        self._process.errorOccurred.connect(self._failed)
        self._again = QTimer(self, singleShot=True)
        self._again.timeout.connect(self.start)
        self._silence = QTimer(self, singleShot=True, interval=SILENCE_MS)
        self._silence.timeout.connect(self._kill_silent)

    @Slot()
    def start(self) -> None:
        """Start the process."""
        self._process.start(self._command[0], self._command[1:])
        self._silence.start()

    @property
    def pid(self) -> int:
        """The process id, 0 when it does not run."""
        return int(self._process.processId())

    @Slot()
    def heard(self) -> None:
        """Something came from the engine: it is alive."""
        self._silence.start()

    @Slot()
    def rest(self) -> None:
        """Stop watching for silence (the engine belongs to somebody else)."""
        self._silence.stop()

    def stop(self) -> None:
        """End the process: its input ends, which it takes as the word to stop; after 5 s it is killed."""
        self._stopping = True
        self._again.stop()
        self._silence.stop()
        if self._process.state() == QProcess.ProcessState.NotRunning:
            return
        self._process.closeWriteChannel()
        if not self._process.waitForFinished(STOP_MS):
            log.warning("the engine did not stop within %d s and was killed", STOP_MS // 1000)
            self._process.kill()
            self._process.waitForFinished(STOP_MS)

    @Slot()
    def _read(self) -> None:
        while self._process.canReadLine():
            line = bytes(self._process.readLine().data()).decode("utf-8", "replace")
            try:
                said = json.loads(line)
            except ValueError:
                continue
            if "socket" in said:
                self.heard()
                self.ready.emit(said["socket"])
            elif "busy" in said:
                self._stopping = True
                self._silence.stop()
                self.busy.emit(said["busy"], int(said.get("walls", 0)))
            elif "refused" in said:
                self._stopping = True
                self.refused.emit(said["refused"])

    @Slot()
    def _finished(self) -> None:
        self._silence.stop()
        self.died.emit()
        if self._stopping:
            return
        now = time.monotonic()
        often = len(self._deaths) == CRASHES_BEFORE_SLOW and now - self._deaths[0] < CRASH_WINDOW_S
        self._deaths.append(now)
        self.restarts += 1
        log.warning("the engine ended unexpectedly and is started again")
        self._again.start(SLOW_RESTART_MS if often else RESTART_MS)

    @Slot(QProcess.ProcessError)
    def _failed(self, error: QProcess.ProcessError) -> None:
        if error == QProcess.ProcessError.FailedToStart:
            self._stopping = True
            self.refused.emit(f"The engine cannot be started: {self._process.errorString()}")

    @Slot()
    def _kill_silent(self) -> None:
        log.warning("the engine was silent for %d s and is killed", SILENCE_MS // 1000)
        self._process.kill()
