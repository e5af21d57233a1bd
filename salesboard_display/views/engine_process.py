"""Starts the engine process, watches it, and starts it again when it dies or falls silent."""

from __future__ import annotations

import json
import logging
import time
from collections import deque
from dataclasses import dataclass

from PySide6.QtCore import QObject, QProcess, QTimer, Signal, Slot

log = logging.getLogger(__name__)
CRASHES_BEFORE_SLOW = 3


@dataclass(frozen=True)
class Patience:
    """How long the wall waits for its engine. From the third crash within ``crash_window_s`` on it is started
    ``slow_restart_ms`` after it ended instead of ``restart_ms``."""

    restart_ms: int = 500
    slow_restart_ms: int = 5_000
    silence_ms: int = 30_000
    stop_ms: int = 5_000
    crash_window_s: float = 300.0


class EngineProcess(QObject):
    """One engine process.

    ``ready`` carries its socket's path, ``busy`` that of an engine that was there before, with the number of
    walls it has; ``refused`` the words of an engine that could not even begin; ``troubled`` whether it
    crashes
    again and again.
    """

    ready = Signal(str)
    busy = Signal(str, int)
    refused = Signal(str)
    troubled = Signal(bool)

    def __init__(
        self, command: list[str], parent: QObject | None = None, patience: Patience | None = None
    ) -> None:
        super().__init__(parent)
        self._command = command
        self._patience = patience or Patience()
        self._stopping = False
        self._guest = False
        self._lived = False
        self._why = ""
        self._deaths: deque[float] = deque(maxlen=CRASHES_BEFORE_SLOW)
        self.restarts = 0
        self._process = QProcess(self)
        self._process.setProcessChannelMode(QProcess.ProcessChannelMode.ForwardedErrorChannel)
        self._process.readyReadStandardOutput.connect(self._read)
        self._process.finished.connect(self._finished)
        self._process.errorOccurred.connect(self._failed)
        self._again = QTimer(self, singleShot=True)
        self._again.timeout.connect(self.start)
        self._silence = QTimer(self, singleShot=True, interval=self._patience.silence_ms)
        self._silence.timeout.connect(self._kill_silent)
        self._calm = QTimer(self, singleShot=True, interval=round(self._patience.crash_window_s * 1000))
        self._calm.timeout.connect(self._calmed)

    @Slot()
    def start(self) -> None:
        """Start the process, unless it runs."""
        if self._process.state() == QProcess.ProcessState.NotRunning and not self._stopping:
            self._guest, self._why = False, ""
            self._process.start(self._command[0], self._command[1:])
            self._silence.start()

    @property
    def pid(self) -> int:
        """The process id, 0 when it does not run."""
        return int(self._process.processId())

    @Slot()
    def heard(self) -> None:
        """Something came from the engine: it is alive."""
        if self._process.state() != QProcess.ProcessState.NotRunning:
            self._silence.start()

    @Slot()
    def look_again(self) -> None:
        """The engine that was there before is gone: see whether it is back, else begin one."""
        if self._guest and not self._again.isActive():
            self._again.start(self._patience.slow_restart_ms)

    def stop(self) -> None:
        """End the process: its input ends, which it takes as the word to stop; in the end it is killed."""
        self._stopping = True
        for timer in (self._again, self._silence, self._calm):
            timer.stop()
        if self._process.state() == QProcess.ProcessState.NotRunning:
            return
        self._process.closeWriteChannel()
        if not self._process.waitForFinished(self._patience.stop_ms):
            log.warning("the engine did not stop within %.0f s and was killed", self._patience.stop_ms / 1000)
            self._process.kill()
            self._process.waitForFinished(self._patience.stop_ms)

    @Slot()
    def _read(self) -> None:
        while self._process.canReadLine():
            line = bytes(self._process.readLine().data()).decode("utf-8", "replace")
            try:
                said = json.loads(line)
            except ValueError:
                continue
            self.heard()
            if "socket" in said:
                self._lived = True
                self.ready.emit(said["socket"])
            elif "busy" in said:
                self._guest = True
                self._silence.stop()
                self.busy.emit(said["busy"], int(said.get("walls", 0)))
            elif "refused" in said:
                self._why = str(said["refused"])

    @Slot()
    def _finished(self) -> None:
        self._silence.stop()
        if self._stopping or self._guest:
            return
        if self._why and not self._lived:
            self._stopping = True
            self.refused.emit(self._why)
            return
        self._deaths.append(time.monotonic())
        self.restarts += 1
        log.warning("the engine ended unexpectedly and is started again%s", self._why and f": {self._why}")
        self._restart()

    def _restart(self) -> None:
        age_s = time.monotonic() - self._deaths[0] if len(self._deaths) == CRASHES_BEFORE_SLOW else None
        often = age_s is not None and age_s < self._patience.crash_window_s
        if often:
            self.troubled.emit(True)
            self._calm.start()
        slow = often or self._why
        self._again.start(self._patience.slow_restart_ms if slow else self._patience.restart_ms)

    @Slot()
    def _calmed(self) -> None:
        self._deaths.clear()
        self.troubled.emit(False)

    @Slot(QProcess.ProcessError)
    def _failed(self, error: QProcess.ProcessError) -> None:
        if error != QProcess.ProcessError.FailedToStart:
            return
        self._why = f"The engine cannot be started: {self._process.errorString()}"
        self._finished()

    @Slot()
    def _kill_silent(self) -> None:
        log.warning("the engine was silent for %.0f s and is killed", self._patience.silence_ms / 1000)
        self._process.kill()
