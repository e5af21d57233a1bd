"""Webhooks in the engine: received as the settings say, on the board at once, and nothing lost by a kill."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest

from salesboard_display.engine import listening as listening_module
from salesboard_display.engine.client import ask
from salesboard_display.engine.clock import SystemClock, real_ms
from salesboard_display.engine.coordinator import Health
from salesboard_display.engine.engine import Engine
from salesboard_display.engine.office import open_office
from salesboard_display.engine.triggers import Triggers
from salesboard_display.store import Store
from salesboard_display.web.server import UvicornServer
from tests.engine.offices import OfficeFolder, until
from tests.engine.test_engine import running, wall_of
from tests.engine.test_process import Hub
from tests.web.receiving import free_port

TOKEN = "a token of the office"
HOOK = f"""
[sources.zap]
type = "webhook"
ready = "generic"
secrets = ["{TOKEN}"]
"""


def engine_of(folder: OfficeFolder) -> Engine:
    office, keeper = open_office(folder.settings)
    return Engine(office, keeper, SystemClock(), asyncio.Event(), make_web=UvicornServer)


def with_hooks(folder: OfficeFolder, more: str = HOOK) -> str:
    """Switch receiving on; where."""
    port = free_port()
    folder.add(f"[web]\nenabled = true\nport = {port}\n{more}")
    return f"http://127.0.0.1:{port}"


def won(key: str, who: str, euros: int) -> dict[str, Any]:
    happened = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
    return {
        "kind": "deal_won",
        "id": key,
        "person": who,
        "happened": happened,
        "amount": euros,
        "currency": "EUR",
    }


async def post(url: str, document: Any, path: str = "/hooks/zap") -> httpx.Response:
    """Post as senders do: what is answered 503 (the source is only about to listen) is sent again."""
    async with httpx.AsyncClient(trust_env=False) as client:
        for _ in range(100):
            answer = await client.post(url + path, json=document, headers={"X-Salesboard-Token": TOKEN})
            if answer.status_code != 503:
                break
            await asyncio.sleep(0.05)
        return answer


async def test_a_webhook_is_on_the_board_at_once(folder: OfficeFolder) -> None:
    url = with_hooks(folder)
    async with running(engine_of(folder)) as engine, wall_of(engine) as wall:
        await wall.shows("Ben Bow")
        await until(lambda: engine.listening.url == url)
        assert (await post(url, won("D-1", "Ben Bow", 500))).json() == {"said": "kept"}
        await wall.shows("€700")
        assert wall.rows[0] == ("Ben Bow", "€700")
        status = await asyncio.to_thread(ask, engine.server.path, "status")
        assert status["web"] == {"url": url, "problem": ""}
        assert status["sources"]["zap"]["state"] == "ok"


async def test_it_is_switched_on_and_off_by_the_settings(folder: OfficeFolder) -> None:
    url = with_hooks(folder)
    folder.edit("enabled = true", "enabled = false")
    async with running(engine_of(folder)) as engine:
        await engine.opened.wait()
        assert engine.listening.url == ""
        folder.edit("enabled = false", "enabled = true")
        await until(lambda: engine.listening.url == url)
        assert (await post(url, won("D-1", "Ben Bow", 500))).status_code == 200
        folder.edit("enabled = true", "enabled = false")
        await until(lambda: engine.listening.url == "")
        with pytest.raises(httpx.ConnectError):
            await post(url, won("D-2", "Ben Bow", 500))


async def test_an_edit_of_the_settings_loses_no_webhook(folder: OfficeFolder) -> None:
    url = with_hooks(folder)
    kept: list[str] = []

    async def send() -> None:
        for number in range(60):
            try:
                if (await post(url, won(f"D-{number}", "Ben Bow", 1))).status_code == 200:
                    kept.append(f"D-{number}")
            except httpx.TransportError:
                pass
            await asyncio.sleep(0.02)

    async with running(engine_of(folder)) as engine:
        await until(lambda: engine.listening.url == url)
        sending = asyncio.create_task(send())
        await asyncio.sleep(0.3)
        folder.edit('title = "Revenue won"', 'title = "Revenue of the month"')
        await sending
        await until(lambda: engine.coordinators["zap"].health.state == "ok")
    assert len(kept) >= 20
    assert set(kept) <= await asyncio.to_thread(known, folder)


def known(folder: OfficeFolder) -> set[str]:
    """The keys of the webhooks' facts that the store has after one more start without an engine."""
    from salesboard_display.engine.answers import read_all

    office, _ = open_office(folder.settings)
    with Store.open(office.store_path) as store:
        assert read_all(office, store) == {}
        with store._database.reading() as connection:
            rows = connection.exec_driver_sql(
                "SELECT key FROM fact_revision JOIN source USING (source_id) WHERE name = 'zap'"
            )
            return {row[0] for row in rows}


async def test_a_port_that_is_taken_is_said_on_the_wall_and_tried_again(
    folder: OfficeFolder, monkeypatch: pytest.MonkeyPatch, expected_log: Callable[[str], None]
) -> None:
    expected_log("Webhooks cannot be received: 127.0.0.1, port .*: Address already in use")
    expected_log("webhooks are received again")
    monkeypatch.setattr(listening_module, "AGAIN_S", 0.1)
    url = with_hooks(folder)
    other = await asyncio.start_server(lambda _r, w: w.close(), "127.0.0.1", int(url.rpartition(":")[2]))
    async with running(engine_of(folder)) as engine, wall_of(engine) as wall:
        await until(lambda: wall.snapshots and "cannot be received" in wall.snapshots[-1].notice)
        assert engine.listening.problem is not None
        other.close()
        await other.wait_closed()
        await until(lambda: engine.listening.url == url)
        await until(lambda: wall.snapshots[-1].notice == "")
        assert (await post(url, won("D-1", "Ben Bow", 500))).status_code == 200


class Polled:
    """A coordinator that counts how often it is told to poll."""

    def __init__(self, state: str = "ok") -> None:
        self.health = Health(state=state)
        self.polls = 0

    def poll_soon(self) -> None:
        self.polls += 1


async def test_a_source_that_was_triggered_is_polled_once_for_many() -> None:
    crm = Polled()
    triggers = Triggers({"crm": crm})  # type: ignore[dict-item]
    for _ in range(50):
        triggers.pull(["crm", "gone"], 0.02)
    assert crm.polls == 0
    await asyncio.sleep(0.05)
    assert crm.polls == 1
    triggers.pull(["crm"], 0.0)
    await asyncio.sleep(0.02)
    assert crm.polls == 2


@pytest.mark.parametrize("state", ["failing", "stopped"])
async def test_a_trigger_hurries_no_source_that_fails_and_wakes_none_that_was_stopped(state: str) -> None:
    crm = Polled(state)
    triggers = Triggers({"crm": crm})  # type: ignore[dict-item]
    triggers.pull(["crm"], 0.0)
    await asyncio.sleep(0.02)
    assert crm.polls == 0


async def test_what_was_triggered_is_forgotten_at_the_end() -> None:
    crm = Polled()
    triggers = Triggers({"crm": crm})  # type: ignore[dict-item]
    triggers.pull(["crm"], 0.01)
    triggers.forget()
    await asyncio.sleep(0.03)
    assert crm.polls == 0


async def test_a_webhook_that_says_only_that_something_changed_polls_another_source(
    folder: OfficeFolder,
) -> None:
    more = HOOK + 'triggers = ["crm"]\ntrigger_after = "0s"\nfacts = []\n'
    url = with_hooks(folder, more)
    async with running(engine_of(folder)) as engine, wall_of(engine) as wall:
        await wall.shows("Ben Bow")
        await until(lambda: engine.listening.url == url)
        stirred: list[None] = []
        engine.coordinators["crm"].poll_soon = lambda: stirred.append(None)  # type: ignore[method-assign]
        assert (await post(url, {"objectId": 9001})).status_code == 200
        await until(lambda: len(stirred) == 1)
        assert (await post(url, None, "/hooks/zap/heartbeat")).status_code == 200
        await asyncio.sleep(0.1)
        assert len(stirred) == 1, "a sign of life says nothing new"


async def test_without_an_engine_the_command_line_counts_what_was_kept(folder: OfficeFolder) -> None:
    url = with_hooks(folder)
    async with running(engine_of(folder)) as engine:
        await until(lambda: engine.listening.url == url)
        await post(url, won("D-1", "Ben Bow", 500))
        await until(lambda: engine.coordinators["zap"].health.complete_at_ms is not None)
    journal = next(folder.path.glob("store.db.sources/zap.webhooks"))
    line = json.dumps([99, "other", real_ms(), json.dumps(won("D-2", "Anna Arc", 1))])
    journal.write_text(journal.read_text("utf-8") + line + "\n", "utf-8")
    assert await asyncio.to_thread(known, folder) == {"D-1", "D-2"}


# ------------------------------------------------------------------------------------------- kill -9
def send_until_it_dies(url: str, prefix: str, hub: Hub, after: int) -> list[str]:
    """Post one after the other; once so many were answered 200, kill the process. What was answered 200."""
    kept: list[str] = []
    for number in range(1000):
        body = json.dumps(won(f"{prefix}-{number}", "Ben Bow", 1)).encode()
        request = urllib.request.Request(f"{url}/hooks/zap", body, {"X-Salesboard-Token": TOKEN})
        try:
            with urllib.request.urlopen(request, timeout=10):
                kept.append(f"{prefix}-{number}")
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            if hub.process.poll() is not None or kept:
                return kept
            time.sleep(0.05)  # it is only about to listen
            continue
        if len(kept) == after:
            os.kill(hub.process.pid, signal.SIGKILL)
    return kept


@pytest.mark.slow
def test_nothing_that_was_answered_is_lost_by_kill_9(folder: OfficeFolder) -> None:
    url = with_hooks(folder)
    kept: list[str] = []
    for attempt, after in enumerate((1, 3, 10, 25, 60)):
        hub = Hub("--child", "--config", str(folder.settings))
        try:
            hub.says("socket")
            kept += send_until_it_dies(url, f"D{attempt}", hub, after)
        finally:
            hub.close()
    assert len(kept) >= 99
    stored = known(folder)
    assert set(kept) <= stored


def test_the_journal_lies_beside_the_store(folder: OfficeFolder, tmp_path: Path) -> None:
    with_hooks(folder)
    (hook,) = [one for one in open_office(folder.settings)[0].sources() if one.name == "zap"]
    assert hook._path == tmp_path / "store.db.sources" / "zap.webhooks"  # type: ignore[attr-defined]
