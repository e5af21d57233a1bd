"""Webhooks through the whole program: how soon they are answered and seen, and how a flood is borne."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from salesboard_display.store import Store
from tests.benchmarks.office import write_settings
from tests.benchmarks.results import Result, yardstick_ms
from tests.benchmarks.sender import SECRET
from tests.benchmarks.system import OUT, REPOSITORY, Figures, fill

SIZE = 100_000
START_S = 10.0
"""After so long everything runs as it will."""
SOURCE = f"""[sources.bench]
type = "webhook"
ready = "generic"
secrets = ["{SECRET}"]
signature = {{ form = "hmac", header = "X-Signature" }}
[web]
enabled = true
port = PORT
"""


def run_both(folder: Path, per_second: float, seconds: float) -> tuple[Figures, Figures]:
    """A wall with its engine, and a sender beside it; what each of them measured."""
    with tempfile.TemporaryDirectory(dir=folder) as office:
        settings = write_settings(Path(office), six_boards=True, rows=8, rotate=False)
        with closing(socket.create_server(("127.0.0.1", 0))) as probe:
            port = probe.getsockname()[1]
        text = settings.read_text("utf-8").replace('[sources.bench]\ntype = "demo"\n', SOURCE)
        settings.write_text(text.replace("PORT", str(port)), "utf-8")
        with Store.open(settings.with_name("store.db")) as store:
            fill(store, SIZE)
        order = {
            "engine": [
                sys.executable,
                "-m",
                "salesboard_display",
                "hub",
                "--child",
                "--config",
                str(settings),
            ],
            "size": "1920x1080",
            "seconds": START_S + seconds,
            "count_from_s": START_S,
            "started_s": time.time(),
            "picture": str(OUT / "webhooks.png"),
        }
        env = os.environ | {
            "QT_QPA_PLATFORM": "offscreen",
            "QT_QUICK_BACKEND": "software",
            "LC_ALL": "C.UTF-8",
        }
        words = [f"http://127.0.0.1:{port}/hooks/bench", str(per_second), str(START_S + seconds), "2"]
        with (
            subprocess.Popen(
                [sys.executable, "-m", "tests.benchmarks.driver", json.dumps(order)],
                stdout=subprocess.PIPE, text=True, env=env, cwd=REPOSITORY,
            ) as wall,
            subprocess.Popen(
                [sys.executable, "-m", "tests.benchmarks.sender", *words],
                stdout=subprocess.PIPE, text=True, env=env, cwd=REPOSITORY,
            ) as sender,
        ):  # fmt: skip
            seen, _ = wall.communicate(timeout=order["seconds"] + 60)
            sent, _ = sender.communicate(timeout=60)
        if wall.returncode or sender.returncode:
            raise RuntimeError("the wall or the sender failed; what they said is above")
        found = json.loads(sent)
        if found["sent"] < 0.95 * per_second * seconds:
            raise RuntimeError(f"only {found['sent']} webhooks were answered; something broke off")
        return json.loads(seen.splitlines()[-1]), found


def run() -> Iterator[Result]:
    """Every figure of webhooks: one run each, for they take minutes."""
    OUT.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        yield from singles(folder)
        yield from flood(folder)


def singles(folder: Path) -> Iterator[Result]:
    """Three webhooks a second, each of which changes a value on the wall."""
    yardstick, size = yardstick_ms(), f"{SIZE:,} facts"
    seen, sent = run_both(folder, 3, 40)
    note = f"p50 {seen['latency_p50_ms']:.0f} ms over {seen['latency_count']:.0f}; from the request's arrival"
    p99 = seen["latency_p99_ms"]
    yield Result("one webhook to its first frame, p99", size, p99, "ms", 150.0, yardstick, note)
    note = f"{_answers(sent)}; {sent['sent']:.0f} sent"
    yield Result("answer to one webhook, p99", size, sent["answer_p99_ms"], "ms", 50.0, yardstick, note)


def flood(folder: Path) -> Iterator[Result]:
    """200 webhooks a second for a minute, for everybody on the board."""
    yardstick, size = yardstick_ms(), "200/s for 60 s"
    seen, sent = run_both(folder, 200, 60)
    note = f"p50 {seen['lag_p50_ms']:.1f} ms; late frames {seen['late_percent']:.1f} %"
    yield Result("GUI lag p99 in a flood", size, seen["lag_p99_ms"], "ms", 50.0, yardstick, note)
    p99 = sent["answer_p99_ms"]
    yield Result("answer in a flood, p99", size, p99, "ms", 50.0, yardstick, _answers(sent))
    note = f"{sent['sent']:.0f} sent in {sent['seconds']:.1f} s"
    yield Result("refused in a flood", size, sent["refused"], "of them", 0.0, yardstick, note)
    p99 = seen["latency_p99_ms"]
    yield Result("webhook to its first frame in a flood, p99", size, p99, "ms", None, yardstick)
    share = seen["engine_cpu_percent"]
    yield Result("engine in a flood", size, share, "% of one core", None, yardstick)
    yield Result("memory of the engine in a flood", size, seen["engine_mb"], "MB", None, yardstick)


def _answers(sent: Figures) -> str:
    return f"p50 {sent['answer_p50_ms']:.1f} ms, worst {sent['answer_worst_ms']:.0f} ms"
