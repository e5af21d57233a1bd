"""The running wall: the stage, its window, the engine process and the link to it; who owns what, and how it
ends."""

from __future__ import annotations

import json
import logging
import resource
import signal
import socket
import sys
from pathlib import Path
from typing import Any, Protocol

from PySide6.QtCore import QObject, QSocketNotifier, QTimer, Signal, Slot
from PySide6.QtGui import QGuiApplication

from salesboard_display.core.snapshot import Snapshot
from salesboard_display.views.engine_process import EngineProcess, Patience
from salesboard_display.views.graphics import restart_with_software
from salesboard_display.views.memory import MemoryWatch
from salesboard_display.views.meter import LagProbe, percentile
from salesboard_display.views.stage.bridge import Bridge
from salesboard_display.views.stage.placing import Placing
from salesboard_display.views.stage.window import Stage

log = logging.getLogger(__name__)
TELEVISION = (1920, 1080)
"""What is drawn off-screen unless told otherwise."""

LAST_WORD_MS = 2_000
"""How long the end waits for the engine's own figures."""


class Options(Protocol):
    """What ``run`` and ``demo`` can be told; see app.WallOptions."""

    @property
    def windowed(self) -> bool: ...
    @property
    def screen(self) -> int | None: ...
    @property
    def duration_s(self) -> float | None: ...
    @property
    def size(self) -> tuple[int, int] | None: ...
    @property
    def stats(self) -> Path | None: ...
    @property
    def picture(self) -> Path | None: ...


class Wall(QObject):
    """Owns everything that lives as long as the wall. ``engine`` is the command that starts the engine
    process."""

    def __init__(self, options: Options, engine: list[str], patience: Patience | None = None) -> None:
        super().__init__()
        self._options = options
        self._exit_code = 0
        self._status: dict[str, Any] = {}
        self._linked = False
        self._troubled = False
        measured = options.stats is not None
        self.stage = Stage(stats=measured)
        self.bridge = Bridge(self.stage, self)
        self.engine = EngineProcess(engine, self, patience)
        self.placing = Placing(self.stage.view, self)
        self.lag = LagProbe(self) if measured else None
        self.memory = MemoryWatch(self) if measured else None
        self._end = QTimer(self, singleShot=True)
        self._last_word = QTimer(self, singleShot=True, interval=LAST_WORD_MS)
        self._signals = SignalWatch(self)
        self._connect()

    def _connect(self) -> None:
        self.stage.command.connect(self.bridge.command)
        self.stage.problem.connect(self._log_problem)
        self.stage.fullScreenWanted.connect(self.placing.set_full_screen)
        self.stage.quitWanted.connect(self.finish)
        self.stage.failed.connect(self._graphics_failed)
        self.bridge.heard.connect(self.engine.heard)
        self.bridge.lost.connect(self.engine.look_again)
        self.bridge.snapshot.connect(self._taken)
        self.bridge.raised.connect(self.placing.bring_to_front)
        self.bridge.answered.connect(self._answered)
        self.engine.ready.connect(self._engine_ready)
        self.engine.busy.connect(self._engine_busy)
        self.engine.refused.connect(self._engine_refused)
        self.engine.troubled.connect(self._engine_troubled)
        self._end.timeout.connect(self.finish)
        self._last_word.timeout.connect(self._leave)
        self._signals.told.connect(self.finish)

    def exec(self) -> int:
        """Show the wall until it is closed or its time is over; gives the exit code."""
        self.engine.start()
        size = self._options.size or (TELEVISION if QGuiApplication.platformName() == "offscreen" else None)
        full_screen = not (self._options.windowed or size)
        self.placing.show(self._options.screen or 0, full_screen=full_screen, size=size)
        if self._options.duration_s is not None:
            self._end.start(round(self._options.duration_s * 1000))
        QGuiApplication.exec()
        self._shut_down()
        return self._exit_code

    @Slot()
    def finish(self) -> None:
        """End the wall; with ``--stats`` the engine's own figures are waited for."""
        if self._options.stats is not None and not self._last_word.isActive():
            self.bridge.command("status")
            self._last_word.start()
        else:
            self._leave()

    def _shut_down(self) -> None:
        """Stop commands, let the engine close its store, close the window, then everything that showed."""
        self.bridge.close()
        self.engine.stop()
        for measuring in (self.lag, self.memory):
            if measuring is not None:
                measuring.stop()
        self.placing.stop()
        self._signals.stop()
        self.stage.close()

    @Slot()
    def _leave(self) -> None:
        self._last_word.stop()
        picture, stats = self._options.picture, self._options.stats
        if picture is not None and not self.stage.view.grabWindow().save(str(picture)):
            self._say_failed(f"The picture cannot be written: {picture}")
        if stats is not None:
            try:
                stats.write_text(json.dumps(self._figures(), indent=2) + "\n", "utf-8")
            except OSError as error:
                self._say_failed(f"What was measured cannot be written: {error}")
        QGuiApplication.exit(self._exit_code)

    def _say_failed(self, text: str) -> None:
        sys.stderr.write(f"{text}\n")
        self._exit_code = 1

    def _figures(self) -> dict[str, Any]:
        """Everything that was measured, of all processes together; docs/stats.md says what each figure is."""
        own = resource.getrusage(resource.RUSAGE_SELF)
        wall_cpu_s = own.ru_utime + own.ru_stime
        engine_cpu_s = float(self._status.get("cpu_s", 0.0))
        if self.memory is not None:
            self.memory.look()
        return {
            **frame_figures(self.stage.figures()),
            **(self.lag.figures() if self.lag is not None else {}),
            "cpu_s": round(wall_cpu_s + engine_cpu_s, 3),
            "wall_cpu_s": round(wall_cpu_s, 3),
            "engine_cpu_s": round(engine_cpu_s, 3),
            "peak_memory_mb": round(self.memory.peak_mb, 1) if self.memory is not None else 0.0,
            "engine_restarts": self.engine.restarts,
        }

    # ---- what the engine's process says
    @Slot(str)
    def _engine_ready(self, path: str) -> None:
        self._linked = True
        if self.memory is not None:
            self.memory.pids.add(self.engine.pid)
        self.bridge.connect_to(path)

    @Slot(str, int)
    def _engine_busy(self, path: str, walls: int) -> None:
        if walls and not self._linked:
            sys.stderr.write("It is running already; its wall was brought to the front.\n")
            QGuiApplication.exit(0)
        else:
            self._linked = True
            self.bridge.connect_to(path)

    @Slot(str)
    def _engine_refused(self, why: str) -> None:
        self._say_failed(why)
        QGuiApplication.exit(1)

    @Slot(bool)
    def _engine_troubled(self, troubled: bool) -> None:
        self._troubled = troubled
        self.stage.say(self._trouble())

    @Slot(str, object)
    def _answered(self, name: str, result: object) -> None:
        if name == "status" and isinstance(result, dict):
            self._status = result
            if self._last_word.isActive():
                self._leave()

    @Slot(object)
    def _taken(self, snapshot: Snapshot) -> None:
        if self._options.screen is None:
            self.placing.move_to(snapshot.screen)
        if self._troubled and not snapshot.notice:
            self.stage.say(self._trouble())

    def _trouble(self) -> str:
        """What is said of an engine that crashes again and again, in the language that is spoken now."""
        if not self._troubled:
            return ""
        return self.tr("The engine ends again and again; the last board is shown. The log says why.")

    # ---- what goes wrong
    @Slot(str)
    def _log_problem(self, text: str) -> None:
        log.warning("%s", text)

    @Slot(str)
    def _graphics_failed(self, text: str) -> None:
        log.error("the graphics card failed: %s", text)
        self.bridge.close()
        self.engine.stop()
        restart_with_software()


def frame_figures(counted: dict[str, Any]) -> dict[str, Any]:
    """What the stage's frame meter counted, as flat figures: of long lists the percentiles."""
    latencies, changes = counted.get("latencies_ms", []), counted.get("change_worst_ms", [])
    return {
        "seconds": round(counted.get("seconds", 0.0), 1),
        "frames": counted.get("frames", 0),
        "late_frames": counted.get("late", 0),
        "worst_frame_ms": round(counted.get("worst_ms", 0.0), 1),
        "slide_changes": counted.get("slide_changes", 0),
        "change_frames": counted.get("change_frames", 0),
        "late_change_frames": counted.get("change_late", 0),
        "worst_change_frame_ms": round(max(changes, default=0.0), 1),
        "rank_changes": counted.get("rank_changes", 0),
        "latency_count": len(latencies),
        "latency_p50_ms": percentile(latencies, 50) if latencies else None,
        "latency_p99_ms": percentile(latencies, 99) if latencies else None,
    }


class SignalWatch(QObject):
    """Turns SIGINT and SIGTERM into a Qt signal: Python's handlers do not run while Qt sleeps."""

    told = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._far, self._near = socket.socketpair()
        for end in (self._far, self._near):
            end.setblocking(False)
        self._notifier = QSocketNotifier(self._near.fileno(), QSocketNotifier.Type.Read, self)
        self._notifier.activated.connect(self._woken)
        self._before = signal.set_wakeup_fd(self._far.fileno())
        wanted = (signal.SIGINT, signal.SIGTERM)
        self._handlers = {number: signal.signal(number, _ignore) for number in wanted}

    def stop(self) -> None:
        """Give the signals back."""
        for number, handler in self._handlers.items():
            signal.signal(number, handler)
        signal.set_wakeup_fd(self._before)
        self._notifier.setEnabled(False)
        self._far.close()
        self._near.close()

    @Slot()
    def _woken(self) -> None:
        self._near.recv(64)
        self.told.emit()


def _ignore(_number: int, _frame: object) -> None:
    """The wake-up socket tells; there is nothing to do here."""
