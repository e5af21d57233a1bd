"""A wall's process under measurement: run as ``python -m tests.benchmarks.driver JSON``; prints its figures.

The JSON holds ``engine`` (a command), ``size``, ``seconds``, ``picture``, ``meter`` and ``started_s`` (when
the process was asked for). Counting begins at half time (or ``count_from_s``): by then everything runs as
it will. With a ``command`` (words for salesboard-display) it is given after a while, and counting lasts as
long as it.
"""

from __future__ import annotations

import json
import os
import sys
import time
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, QProcess, QTimer, Slot
from PySide6.QtGui import QGuiApplication

from salesboard_display.app import WallOptions
from salesboard_display.views.meter import percentile
from salesboard_display.views.wall import Wall

COMMAND_AFTER_MS = 6_000


def cpu_s(pid: int) -> float:
    """User and system time of a process so far, in seconds."""
    fields = Path(f"/proc/{pid}/stat").read_text("ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def peak_mb(pid: int) -> float:
    """The peak resident size of a process in MB."""
    lines = Path(f"/proc/{pid}/status").read_text("ascii").splitlines()
    return next(int(line.split()[1]) / 1024 for line in lines if line.startswith("VmHWM:"))


class Driver(QObject):
    """Runs a wall and looks at it at half time and at the end."""

    def __init__(self, order: dict[str, Any]) -> None:
        super().__init__()
        self._order = order
        width, height = (int(side) for side in order["size"].split("x"))
        stats = Path(os.devnull) if order.get("meter", True) else None
        options = WallOptions(size=(width, height), stats=stats, windowed=True)
        self.wall = Wall(options, order["engine"])
        self.first_frame_s = 0.0
        self.measured: dict[str, Any] | None = None
        self._cpu = {"wall": 0.0, "engine": 0.0}
        self._since = time.monotonic()
        self.wall.bridge.snapshot.connect(self._came)
        self._command: QProcess | None = None
        if "command" in order:
            QTimer.singleShot(COMMAND_AFTER_MS, self.command)
        else:
            counting_from_s = order.get("count_from_s", order["seconds"] / 2)
            QTimer.singleShot(round(counting_from_s * 1000), self.half_time)
            QTimer.singleShot(round(order["seconds"] * 1000), self.end)

    @Slot(object)
    def _came(self, snapshot: Any) -> None:
        if not self.first_frame_s and any(slide.pages for slide in snapshot.slides):
            self.wall.bridge.snapshot.disconnect(self._came)
            self.wall.stage.view.frameSwapped.connect(self._drawn)

    @Slot()
    def _drawn(self) -> None:
        self.first_frame_s = time.time() - self._order["started_s"]
        self.wall.stage.view.frameSwapped.disconnect(self._drawn)
        if self._order.get("until") == "first-frame":
            QTimer.singleShot(200, self.end)

    @Slot()
    def command(self) -> None:
        """Give the running engine work, as the command line does, and measure meanwhile."""
        self.half_time()
        self._command = QProcess(self)
        self._command.setProcessChannelMode(QProcess.ProcessChannelMode.MergedChannels)
        self._command.finished.connect(self.end)
        self._command.start(sys.executable, ["-m", "salesboard_display", *self._order["command"]])

    @Slot()
    def half_time(self) -> None:
        self.wall.stage.reset_figures()
        if self.wall.lag is not None:
            self.wall.lag.reset()
        self._cpu = {"wall": cpu_s(os.getpid()), "engine": cpu_s(self.wall.engine.pid)}
        self._since = time.monotonic()

    @Slot()
    def end(self) -> None:
        seconds = time.monotonic() - self._since
        used = {"wall": cpu_s(os.getpid()), "engine": cpu_s(self.wall.engine.pid)}
        shares = {name: 100 * (used[name] - self._cpu[name]) / seconds for name in used}
        if self._command is not None and self._command.exitCode():
            print(self._command.readAll().data().decode(), file=sys.stderr)  # in the office's own words
            QGuiApplication.exit(1)
            return
        self.measured = {
            "seconds": seconds,
            "engine_mb": peak_mb(self.wall.engine.pid),
            "first_frame_s": self.first_frame_s,
            "wall_cpu_percent": shares["wall"],
            "engine_cpu_percent": shares["engine"],
            "cpu_percent": sum(shares.values()),
        }
        if self.wall.memory is not None and self.wall.lag is not None:
            self.wall.memory.look()
            counted = self.wall.stage.figures()
            counted.pop("seconds")
            latencies = counted.pop("latencies_ms", [])
            worst = counted.pop("change_worst_ms", [])
            self.measured |= {
                **counted,
                **self.wall.lag.figures(),
                "change_worst_ms": max(worst, default=0.0),
                "late_percent": 100 * counted["late"] / max(1, counted["frames"]),
                "fps": (counted["frames"] + counted["change_frames"]) / max(0.001, seconds),
                "latency_count": len(latencies),
                "latency_p50_ms": percentile(latencies, 50),
                "latency_p99_ms": percentile(latencies, 99),
                "peak_memory_mb": self.wall.memory.peak_mb,
            }
        if self._order.get("picture"):  # not before: it takes a frame's time and a picture's memory
            self.wall.stage.view.grabWindow().save(self._order["picture"])
        QGuiApplication.exit(0)


def main() -> None:
    """The process."""
    app = QGuiApplication(sys.argv[:1])
    driver = Driver(json.loads(sys.argv[1]))
    driver.wall.exec()
    if driver.measured is None:
        sys.exit(1)
    print(json.dumps(driver.measured))
    del driver, app


if __name__ == "__main__":
    main()
