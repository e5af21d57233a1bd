"""The whole program, all processes: smoothness, start, latency, and how it bears an import."""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from salesboard_display.store import Store
from tests.benchmarks import store as stored
from tests.benchmarks.office import DAY_MS, now_ms, write_settings
from tests.benchmarks.results import Result, yardstick_ms

OUT = Path(__file__).parent / "out"
REPOSITORY = Path(__file__).resolve().parents[2]
REPEATS = 3
SMOOTH = {"1920x1080": (15.0, 1.0, 200.0, 50.0), "3840x2160": (30.0, 1.0, 320.0, 200.0)}
"""Size → CPU % of one core, late %, MB, ms of a slide change; at 4K also at least 50 frames a second."""
IMPORT_ROWS = 1_000_000

Figures = dict[str, Any]


def drive(settings: Path, story: str, **order: Any) -> Figures:
    """One run of a wall with an engine of its own; what its driver measured."""
    engine = [sys.executable, "-m", "tests.benchmarks.office", str(settings), story]
    return _driven(
        {"engine": engine, "size": "1920x1080", "seconds": 40.0, "started_s": time.time(), **order}
    )


def _driven(order: dict[str, Any]) -> Figures:
    env = os.environ | {"QT_QPA_PLATFORM": "offscreen", "QT_QUICK_BACKEND": "software", "LC_ALL": "C.UTF-8"}
    done = subprocess.run(
        [sys.executable, "-m", "tests.benchmarks.driver", json.dumps(order)],
        capture_output=True, text=True, check=False, env=env, cwd=REPOSITORY,
    )  # fmt: skip
    if done.returncode:
        raise RuntimeError(f"the driver failed: {done.stderr[-2000:]}")
    return dict(json.loads(done.stdout.splitlines()[-1]))


def _median(run: Callable[[], Figures], repeats: int = REPEATS) -> tuple[Figures, float]:
    """The medians of so many runs, and the yardstick before them."""
    yardstick = yardstick_ms()
    runs = [run() for _ in range(repeats)]
    return {key: statistics.median(one[key] for one in runs) for key in runs[0]}, yardstick


# --------------------------------------------------------------------- smoothness
def smoothness(folder: Path, seconds: float = 40.0) -> Iterator[Result]:
    """Ten rows re-ranked every 2 s, ticker, rotation, cards, at both sizes."""
    for size, (cpu, late, memory, change) in SMOOTH.items():
        picture = OUT / f"system-{size}.png"

        def run(size: str = size, picture: Path = picture) -> Figures:
            with tempfile.TemporaryDirectory(dir=folder) as office:
                settings = write_settings(Path(office), six_boards=False, rows=10, rotate=True)
                return drive(settings, "rerank", size=size, seconds=seconds, picture=str(picture))

        found, yardstick = _median(run)
        counted = f"{found['rank_changes']:.0f} rank changes, {found['slide_changes']:.0f} slide changes"
        note = f"{counted}; {picture.name}"
        yield Result("all processes", size, found["cpu_percent"], "% of one core", cpu, yardstick, note)
        yield Result("late frames", size, found["late_percent"], "%", late, yardstick)
        yield Result(
            "frames", size, found["fps"], "per s", None, yardstick, "at least 50" if "3840" in size else ""
        )
        yield Result("memory of all processes", size, found["peak_memory_mb"], "MB", memory, yardstick)
        yield Result(
            "longest frame of a slide change", size, found["change_worst_ms"], "ms", change, yardstick
        )


def idle(folder: Path, seconds: float = 40.0) -> Iterator[Result]:
    """Nothing happens, without ticker and frame meter."""

    def run() -> Figures:
        with tempfile.TemporaryDirectory(dir=folder) as office:
            settings = write_settings(Path(office), six_boards=False, rows=10, rotate=False)
            text = settings.read_text("utf-8") + "\n[wall]\nticker = false\n"
            settings.write_text(text, "utf-8")
            with Store.open(settings.with_name("store.db")) as store:
                fill(store, 1_000)
            return drive(settings, "quiet", seconds=seconds, meter=False)

    found, yardstick = _median(run)
    yield Result("idle, all processes", "1920x1080", found["cpu_percent"], "% of one core", 1.0, yardstick)


# --------------------------------------------------------------------- start and latency
def fill(store: Store, size: int) -> None:
    """The store with so many facts of 400 people over the last year."""
    end = now_ms()
    begin = end - 330 * DAY_MS
    chance = stored.random.Random(1)
    given = (stored.one_fact(chance, number, begin, end) for number in range(size))
    stored.sync(store, "bench", given, end)


def start(folder: Path, size: int = 100_000) -> Iterator[Result]:
    """From the start of the process to the last board on the screen."""
    with tempfile.TemporaryDirectory(dir=folder) as office:
        settings = write_settings(Path(office), six_boards=True, rows=8, rotate=True)
        with Store.open(settings.with_name("store.db")) as store:
            fill(store, size)
        drive(settings, "quiet", seconds=8.0)  # the first start leaves a last board behind

        def run() -> Figures:
            return drive(settings, "quiet", seconds=30.0, until="first-frame", meter=False)

        found, yardstick = _median(run)
    yield Result("start to the last board", f"{size:,} facts", found["first_frame_s"], "s", 2.0, yardstick)


def latency(folder: Path, size: int = 1_000_000, seconds: float = 60.0) -> Iterator[Result]:
    """One fact to the first frame in which its value begins to change, six boards, 400 people."""
    with tempfile.TemporaryDirectory(dir=folder) as office:
        settings = write_settings(Path(office), six_boards=True, rows=8, rotate=False)
        with Store.open(settings.with_name("store.db")) as store:
            fill(store, size)

        def run() -> Figures:
            return drive(settings, "singles", seconds=seconds, picture=str(OUT / "latency.png"))

        found, yardstick = _median(run)
    note = f"p50 {found['latency_p50_ms']:.0f} ms over {found['latency_count']:.0f} facts"
    yield Result(
        "one fact to its first frame, p99",
        f"{size:,} facts",
        found["latency_p99_ms"],
        "ms",
        50.0,
        yardstick,
        note,
    )


# --------------------------------------------------------------------- import beside a running wall
def write_csv(path: Path, rows: int) -> None:
    """A CSV of so many deals: nine columns, 400 people, one year."""
    chance = stored.random.Random(5)
    today = now_ms() // DAY_MS
    with path.open("w", encoding="utf-8") as file:
        file.write("id,rep,stage,closed,amount,currency,type,product,account\n")
        for number in range(rows):
            day = time.strftime("%Y-%m-%d", time.gmtime((today - chance.randrange(330)) * 86_400))
            amount = f"{chance.randrange(100, 50_000)}.{number % 100:02d}"
            kind = ("new", "upsell", "renewal")[number % 3]
            file.write(f"deal-{number:07d},rep-{chance.randrange(400):03d},won,{day},{amount},")
            file.write(f"EUR,{kind},product {number % 12},account {number % 900}\n")


CSV_SOURCE = """
[sources.csv]
type = "file"
path = "none.csv"
[[sources.csv.facts]]
kind = "deal_won"
key = "id"
person = "rep"
happened = { from = "closed", as = "date", format = "%Y-%m-%d" }
amount = { from = "amount", as = "decimal", decimal_mark = "." }
currency = "currency"
attributes = { type = "type", product = "product" }
detail = { account = "account" }
"""


def importing(folder: Path, rows: int = IMPORT_ROWS) -> Iterator[Result]:
    """A CSV imported through a running engine while its wall animates; the engine does the importing."""
    csv = folder / "deals.csv"
    write_csv(csv, rows)
    yardstick = yardstick_ms()
    found = [_import_beside_a_wall(folder, csv) for _ in range(REPEATS)]
    middle = {key: statistics.median(one[key] for one in found) for key in found[0]}
    size = f"{rows:,} rows"
    yield Result(
        "import of a CSV", size, middle["seconds"], "s", 90.0, yardstick, "mapping, staging, store, boards"
    )
    yield Result("memory of the importing engine", size, middle["engine_mb"], "MB", 200.0, yardstick)
    yield Result("GUI lag p99 during the import", size, middle["lag_p99_ms"], "ms", 20.0, yardstick)
    yield Result("late frames during the import", size, middle["late_percent"], "%", None, yardstick)


def _import_beside_a_wall(folder: Path, csv: Path) -> Figures:
    with tempfile.TemporaryDirectory(dir=folder) as office:
        settings = write_settings(Path(office), six_boards=True, rows=8, rotate=True)
        settings.write_text(settings.read_text("utf-8") + CSV_SOURCE, "utf-8")
        return command_beside_a_wall(settings, ["import", str(csv), "--source", "csv"])


def command_beside_a_wall(settings: Path, words: list[str]) -> Figures:
    """A wall animates at 1080p while its engine does what a command asks; what was measured then."""
    told = ["--config", str(settings)]
    return _driven(
        {
            "engine": [sys.executable, "-m", "salesboard_display", "hub", "--child", *told],
            "size": "1920x1080", "seconds": 3600.0, "started_s": time.time(), "command": [*words, *told],
        }
    )  # fmt: skip


def run() -> Iterator[Result]:
    """Every figure of the whole program."""
    OUT.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        yield from smoothness(folder)
        yield from idle(folder)
        yield from start(folder)
        yield from latency(folder)
        yield from importing(folder)
