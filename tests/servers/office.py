"""An office whose deals lie in a real server, asked as its manager asks; and what was requested meanwhile."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from salesboard_display.settings.loading import load
from salesboard_display.sources import build_source
from salesboard_display.sources.http.messages import Reply, Request
from salesboard_display.sources.http.session import Session
from salesboard_display.sources.http.source import HttpSource

_SETTINGS = """
version = 1
[office]
zone = "UTC"
locale = "en_GB"
currency = "EUR"
[store]
path = "store.db"
[sources.crm]
type = "http"
preset = "{preset}"
options = {{ {options} }}
allow_hosts = ["127.0.0.1"]
[metrics.revenue]
name = "Won deals"
kinds = ["deal_won"]
aggregate = "sum"
[metrics.lost]
name = "Lost deals"
kinds = ["deal_lost"]
aggregate = "count"
[boards.revenue]
title = "Revenue won"
metric = "revenue"
period = "this-year"
[boards.lost]
title = "Lost deals"
metric = "lost"
period = "this-year"
"""


class Office:
    """Its settings file; every question is a process of its own, which polls first."""

    def __init__(self, folder: Path, preset: str, at: str, **options: str) -> None:
        """``at``: the office's time of every question."""
        self.settings = folder / "office.toml"
        self._preset, self._at, self._options = preset, at, options
        self.write()

    def write(self, **options: str) -> None:
        """Its settings, with some options otherwise. With other options everything is read again."""
        given: Mapping[str, str] = {**self._options, **options}
        said = ", ".join(f"{name} = {json.dumps(value)}" for name, value in given.items())
        self.settings.write_text(_SETTINGS.format(preset=self._preset, options=said), "utf-8")

    def ask(self, *words: str) -> subprocess.CompletedProcess[str]:
        """What a command says."""
        command = [sys.executable, "-m", "salesboard_display", *words, "--config", str(self.settings)]
        return subprocess.run(command, capture_output=True, text=True, timeout=100, check=False)

    def shown(self, board: str = "revenue") -> str:
        """The board as a manager reads it, after a poll, and what was said beside it."""
        answer = self.ask("standings", board, "--poll", "--at", self._at)
        return answer.stdout + answer.stderr

    def places(self, board: str = "revenue") -> list[dict[str, Any]]:
        """The board's places from the first on, after a poll; who has nothing is left out."""
        answer = self.ask("standings", board, "--poll", "--json", "--at", self._at)
        assert answer.returncode == 0, answer.stderr
        return [one for one in json.loads(answer.stdout)["places"] if one["value"] is not None]

    def standings(self, board: str = "revenue") -> list[tuple[int, str, str]]:
        """The same in short."""
        return in_short(self.places(board))

    def source(self, noted: list[Noting]) -> HttpSource:
        """Its source, by itself; the sessions it makes are noted."""

        def note(session: Session) -> Noting:
            noted.append(Noting(session))
            return noted[-1]

        source = build_source(load(self.settings).settings, "crm", self.settings.parent, "UTC")
        assert isinstance(source, HttpSource)
        source.send_through(note)
        return source


def in_short(places: list[dict[str, Any]]) -> list[tuple[int, str, str]]:
    """Rank, name and value of each."""
    return [(one["rank"], one["name"], one["value"]) for one in places]


class Noting:
    """Sends requests on and notes when, and how they were answered."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self.answers: list[int] = []
        self.sent_at_s: list[float] = []

    async def send(self, request: Request) -> Reply:
        self.sent_at_s.append(time.monotonic())
        reply = await self._session.send(request)
        self.answers.append(reply.status)
        return reply

    async def names(self) -> dict[str, Any]:
        return await self._session.names()

    async def aclose(self) -> None:
        await self._session.aclose()
