"""How much memory the wall's processes take together, looked at now and then; only for ``--stats``."""

from __future__ import annotations

import os
from pathlib import Path

from PySide6.QtCore import QObject, QTimer, Slot

EVERY_MS = 5_000


class MemoryWatch(QObject):
    """The peak of the proportional set size: what a process has for itself, and its share of what several
    have."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.pids: set[int] = {os.getpid()}
        self.peak_mb = 0.0
        self._timer = QTimer(self, interval=EVERY_MS)
        self._timer.timeout.connect(self.look)
        self._timer.start()

    @Slot()
    def look(self) -> None:
        """Look now."""
        self.peak_mb = max(self.peak_mb, sum(proportional_mb(pid) for pid in self.pids if pid))

    def stop(self) -> None:
        """Look no more."""
        self._timer.stop()


def proportional_mb(pid: int) -> float:
    """A process's proportional set size in MB; 0 where it cannot be told."""
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text("ascii").splitlines()
    except OSError:
        return 0.0
    return next((int(line.split()[1]) / 1024 for line in lines if line.startswith("Pss:")), 0.0)
