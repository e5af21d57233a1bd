"""How late the GUI thread is: a timer that ought to ring every 10 ms, and by how much it did not."""

from __future__ import annotations

import math
import time

from PySide6.QtCore import QObject, Qt, QTimer, Slot

PERIOD_MS = 10


class LagProbe(QObject):
    """Runs from the start; only made when somebody asked for figures."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._lags: list[float] = []
        self._due = 0.0
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.setInterval(PERIOD_MS)
        self._timer.timeout.connect(self._rang)
        self.reset()
        self._timer.start()

    def reset(self) -> None:
        """Forget what was measured."""
        self._lags = []
        self._due = time.perf_counter() + PERIOD_MS / 1000

    def stop(self) -> None:
        """Measure no more."""
        self._timer.stop()

    def figures(self) -> dict[str, float]:
        """GUI lag in milliseconds: p50, p99 and the worst; zeros before the first ring."""
        return {
            "lag_p50_ms": round(percentile(self._lags, 50), 2),
            "lag_p99_ms": round(percentile(self._lags, 99), 2),
            "lag_worst_ms": round(max(self._lags, default=0.0), 2),
        }

    @Slot()
    def _rang(self) -> None:
        now = time.perf_counter()
        self._lags.append(max(0.0, (now - self._due) * 1000))
        self._due = now + PERIOD_MS / 1000


def percentile(values: list[float], percent: float) -> float:
    """The smallest value that at least ``percent`` of them do not exceed; 0.0 of nothing."""
    ordered = sorted(values)
    return ordered[max(0, math.ceil(len(ordered) * percent / 100) - 1)] if ordered else 0.0
