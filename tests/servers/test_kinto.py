"""The Kinto preset against a real server: changes, tombstones, pages, nothing new, a refused key."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from salesboard_display.core.sync import Batch, SyncEnd
from salesboard_display.settings.loading import load
from salesboard_display.sources import build_source
from salesboard_display.sources.http.messages import Reply, Request
from salesboard_display.sources.http.session import Session
from salesboard_display.sources.http.source import HttpSource
from tests.servers.kinto import PASSWORD, Kinto
from tests.sources.helpers import context

pytestmark = pytest.mark.servers

OFFICE = """
version = 1
[office]
zone = "UTC"
locale = "en_GB"
currency = "EUR"
[store]
path = "store.db"
[sources.crm]
type = "http"
preset = "kinto"
options = {{ url = "{url}", user = "wall", password = "{password}", bucket = "crm" }}
allow_hosts = ["127.0.0.1"]
[metrics.revenue]
name = "Won deals"
kinds = ["deal_won"]
aggregate = "sum"
[boards.revenue]
title = "Revenue won"
metric = "revenue"
period = {{ from = 2026-11-01, to = 2026-11-30 }}
"""


def a_deal(owner: str, amount: str, day: int, status: str = "won") -> dict[str, Any]:
    closed = f"2026-11-{day:02d}"
    return {"owner": owner, "amount": amount, "currency": "EUR", "closed_on": closed, "status": status}


class Office:
    """An office whose deals lie in Kinto; every question is a process of its own that polls first."""

    def __init__(self, folder: Path, server: Kinto, password: str = PASSWORD) -> None:
        self.settings = folder / "office.toml"
        self.settings.write_text(OFFICE.format(url=server.url, password=password), "utf-8")

    def ask(self, *words: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "salesboard_display", *words, "--config", str(self.settings)]
        return subprocess.run(command, capture_output=True, text=True, timeout=100, check=False)

    def standings(self) -> list[tuple[int, str, str]]:
        """(rank, name, value) from the first place on."""
        answer = self.ask("standings", "revenue", "--poll", "--json", "--at", "2026-11-30T23:00")
        assert answer.returncode == 0, answer.stderr
        places = json.loads(answer.stdout)["places"]
        return [(one["rank"], one["name"], one["value"]) for one in places if one["value"] is not None]


def test_deals_edited_deleted_and_added_between_polls_end_in_the_right_standings(
    tmp_path: Path, kinto_server: Kinto
) -> None:
    kinto_server.put("d1", **a_deal("ada", "100.50", 21))
    kinto_server.put("d2", **a_deal("grace", "200.50", 22))
    kinto_server.put("d3", **a_deal("ada", "300.50", 23))
    kinto_server.put("d4", **a_deal("grace", "900.00", 24, "open"))
    kinto_server.put("d5", **a_deal("ada", "500.50", 25, "lost"))  # five records: three pages of two
    office = Office(tmp_path, kinto_server)
    assert office.standings() == [(1, "ada", "401.00"), (2, "grace", "200.50")]
    kinto_server.change("d2", amount="450.00")
    assert office.standings() == [(1, "grace", "450.00"), (2, "ada", "401.00")]
    kinto_server.delete("d2")
    assert office.standings() == [(1, "ada", "401.00")]
    kinto_server.put("d6", **a_deal("grace", "1000.00", 26))
    kinto_server.change("d4", status="won")
    kinto_server.change("d1", status="open")  # reopened
    assert office.standings() == [(1, "grace", "1900.00"), (2, "ada", "300.50")]


class Noting:
    """Sends requests on and notes how they were answered."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self.answers: list[int] = []

    async def send(self, request: Request) -> Reply:
        reply = await self._session.send(request)
        self.answers.append(reply.status)
        return reply

    async def names(self) -> dict[str, Any]:
        return await self._session.names()

    async def aclose(self) -> None:
        await self._session.aclose()


async def test_a_quiet_poll_is_one_request_that_is_answered_not_modified(
    tmp_path: Path, kinto_server: Kinto
) -> None:
    for number in range(5):
        kinto_server.put(f"q{number}", **a_deal("ada", "100.00", 21))
    settings = load(Office(tmp_path, kinto_server).settings).settings
    source = build_source(settings, "crm", tmp_path, "UTC")
    assert isinstance(source, HttpSource)
    noted: list[Noting] = []

    def note(session: Session) -> Noting:
        noted.append(Noting(session))
        return noted[-1]

    source.send_through(note)
    first = [item async for item in source.fetch("", context())]
    assert sum(len(item.facts) for item in first if isinstance(item, Batch)) == 5
    assert noted[0].answers == [200, 200, 200]  # pages of two
    noted[0].answers.clear()
    assert isinstance(first[-1], SyncEnd)
    (quiet,) = [item async for item in source.fetch(first[-1].cursor, context())]
    assert isinstance(quiet, SyncEnd)
    assert quiet.unchanged
    assert noted[0].answers == [304]
    await source.aclose()


def test_a_wrong_password_is_said_and_what_was_known_stays(tmp_path: Path, kinto_server: Kinto) -> None:
    kinto_server.put("w1", **a_deal("ada", "100.00", 21))
    assert Office(tmp_path, kinto_server).standings() == [(1, "ada", "100.00")]
    office = Office(tmp_path, kinto_server, password="another-password")
    answer = office.ask("standings", "revenue", "--poll", "--at", "2026-11-30T23:00")
    assert "€100" in answer.stdout
    assert "Kinto refuses the key" in answer.stdout + answer.stderr
    check = office.ask("check")
    assert check.returncode == 1
    assert "Kinto refuses the key" in check.stdout
    said = answer.stdout + answer.stderr + check.stdout + check.stderr
    assert "another-password" not in said
