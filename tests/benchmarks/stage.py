"""What the wall's process costs while ten rows re-rank every 2 s, the ticker runs and slides change."""

from __future__ import annotations

import json
import os
import random
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from tests.benchmarks.results import YARDSTICK_MS, Result, yardstick_ms

OUT = Path(__file__).parent / "out"
SIZES = ("1920x1080", "3840x2160")
SECONDS = 40.0
RERANK_MS, SLIDE_MS = 2_000, 13_000  # a slide changes in the first half and in the second
LIMITS = {
    "1920x1080": (12.0, 1.0, 50.0),
    "3840x2160": (25.0, 1.0, 200.0),
}  # CPU %, late %, ms of a slide change
REPOSITORY = Path(__file__).resolve().parents[2]


def run(repeats: int = 3, seconds: float = SECONDS, sizes: Sequence[str] = SIZES) -> list[Result]:
    """The figures per size: medians of so many runs, each in a process of its own."""
    results = []
    for size in sizes:
        yardstick = yardstick_ms()
        runs = [measure(size, seconds) for _ in range(repeats)]
        cpu, late, change = LIMITS[size]
        cpu *= max(1.0, yardstick / YARDSTICK_MS)  # a share of a slower core is a larger one
        picture = f"out/stage-{size}.png"

        def add(
            name: str, key: str, unit: str, limit: float | None, runs: Any = runs, note: str = picture
        ) -> None:
            value = statistics.median(run[key] for run in runs)
            results.append(Result(name, size, value, unit, limit, yardstick, note))  # noqa: B023 - called at once

        add("wall process", "cpu_percent", "% of one core", cpu)
        add("late frames", "late_percent", "%", late)
        add("frames", "fps", "per s", None)
        add("longest frame of a slide change", "change_worst_ms", "ms", change)
        add("worst frame otherwise", "worst_ms", "ms", None)
        add("snapshot to the first frame in which a value changes, p99", "latency_p99_ms", "ms", 50.0)
        add("GUI lag p99", "lag_p99_ms", "ms", None)
        add("peak memory of the wall", "peak_mb", "MB", None)
    return results


def measure(size: str, seconds: float = SECONDS, **extra: str) -> dict[str, float]:
    """One run of the wall in a process of its own; what it measured in the second half."""
    OUT.mkdir(exist_ok=True)
    env = (
        os.environ
        | {"QT_QPA_PLATFORM": "offscreen", "QT_QUICK_BACKEND": "software", "LC_ALL": "C.UTF-8"}
        | extra
    )
    done = subprocess.run(
        [sys.executable, "-m", "tests.benchmarks.stage", size, str(seconds), str(OUT / f"stage-{size}.png")],
        capture_output=True, text=True, check=True, env=env, cwd=REPOSITORY,
    )  # fmt: skip
    if done.stderr.strip():
        raise RuntimeError(f"the wall said: {done.stderr}")
    return dict(json.loads(done.stdout))


def _drive(size: tuple[int, int], seconds: float, picture: Path) -> dict[str, float]:
    """The process that is measured."""
    from PySide6.QtCore import QTimer
    from PySide6.QtGui import QGuiApplication

    from salesboard_display.core.snapshot import Show
    from salesboard_display.views.graphics import choose_backend
    from salesboard_display.views.meter import LagProbe, percentile
    from salesboard_display.views.stage.window import Stage
    from tests.views import snapshots as make

    choose_backend()
    app = QGuiApplication(sys.argv[:1])
    chance = random.Random(7)
    stage = Stage(stats=True)
    probe = LagProbe()
    people = [list(person) for person in make.PEOPLE]
    seq, shown = 0, 0
    half: dict[str, float] = {}

    def snapshot() -> Any:
        page = make.rows(10, tuple(tuple(person) for person in people))  # type: ignore[misc]
        boards = [make.leaderboard(page, id=f"board{number}") for number in (0, 1)]
        now_ms = time.time_ns() // 1_000_000
        boards = [
            replace(board, age=replace(board.age, as_of_ms=now_ms), panels=panels(now_ms)) for board in boards
        ]
        return replace(make.snapshot(*boards), seq=seq, locale="de_DE", newest_fact_ms=now_ms)

    def panels(now_ms: int) -> Any:
        return tuple(
            replace(card, age=replace(card.age, as_of_ms=now_ms)) for card in (make.CHALLENGE, make.GOAL)
        )

    def re_rank() -> None:
        nonlocal seq
        seq += 1
        for person in people:
            person[2] = chance.randrange(40_000, 99_000)
        stage.apply(snapshot())

    def next_slide() -> None:
        nonlocal shown
        shown = 1 - shown
        stage.show(Show(f"board{shown}"))

    def middle() -> None:
        stage.view.grabWindow().save(str(picture))
        QTimer.singleShot(500, begin)  # taking the picture is not part of the figures

    def begin() -> None:
        stage.reset_figures()
        probe.reset()
        half["cpu"] = sum(os.times()[:2])

    timers = []
    for interval, action in ((RERANK_MS, re_rank), (SLIDE_MS, next_slide)):
        timer = QTimer(interval=interval)
        timer.timeout.connect(action)
        timers.append(timer)
    stage.apply(snapshot())
    stage.view.resize(*size)
    stage.view.show()
    for timer in timers:
        timer.start()
    QTimer.singleShot(round(seconds * 500), middle)
    QTimer.singleShot(round(seconds * 1000), app.quit)
    app.exec()
    counted = stage.figures()
    cpu = sum(os.times()[:2]) - half["cpu"]
    lag = probe.figures()
    stage.close()
    probe.stop()
    return {
        "cpu_percent": round(100 * cpu / counted["seconds"], 1),
        "late_percent": round(100 * counted["late"] / max(1, counted["frames"]), 2),
        "fps": round((counted["frames"] + counted["change_frames"]) / counted["seconds"], 1),
        "worst_ms": round(counted["worst_ms"], 1),
        "change_worst_ms": round(max(counted["change_worst_ms"], default=0.0), 1),
        "rank_changes": counted["rank_changes"],
        "slide_changes": counted["slide_changes"],
        "lag_p99_ms": lag["lag_p99_ms"],
        "latency_p99_ms": percentile(counted["latencies_ms"], 99),
        "peak_mb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, 1),
    }


if __name__ == "__main__":
    width, height = (int(side) for side in sys.argv[1].split("x"))
    print(json.dumps(_drive((width, height), float(sys.argv[2]), Path(sys.argv[3]))))
