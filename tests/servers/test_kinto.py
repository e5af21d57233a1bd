"""The Kinto preset against a real server: changes, tombstones, pages, nothing new, a refused key."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from tests.engine.offices import until
from tests.servers.kinto import BACKOFF_S, PASSWORD, USER, Kinto
from tests.servers.office import Noting, Office
from tests.servers.server_rules import kept_by_the_engine
from tests.sources.helpers import context, gather

pytestmark = pytest.mark.servers


def a_deal(owner: str, amount: str, day: int, status: str = "won") -> dict[str, Any]:
    closed = f"2026-11-{day:02d}"
    return {"owner": owner, "amount": amount, "currency": "EUR", "closed_on": closed, "status": status}


def an_office(folder: Path, server: Kinto) -> Office:
    options = {"url": server.url, "user": USER, "password": PASSWORD, "bucket": "crm"}
    return Office(folder, "kinto", "2026-11-30T23:00", **options)


def test_deals_edited_deleted_and_added_between_polls_end_in_the_right_standings(
    tmp_path: Path, kinto_server: Kinto
) -> None:
    kinto_server.put("d1", **a_deal("ada", "100.50", 21))
    kinto_server.put("d2", **a_deal("grace", "200.50", 22))
    kinto_server.put("d3", **a_deal("ada", "300.50", 23))
    kinto_server.put("d4", **a_deal("grace", "900.00", 24, "open"))
    kinto_server.put("d5", **a_deal("ada", "500.50", 25, "lost"))  # five records: three pages of two
    office = an_office(tmp_path, kinto_server)
    assert office.standings() == [(1, "ada", "401.00"), (2, "grace", "200.50")]
    kinto_server.change("d2", amount="450.00")
    assert office.standings() == [(1, "grace", "450.00"), (2, "ada", "401.00")]
    kinto_server.delete("d2")
    assert office.standings() == [(1, "ada", "401.00")]
    kinto_server.put("d6", **a_deal("grace", "1000.00", 26))
    kinto_server.change("d4", status="won")
    kinto_server.change("d1", status="open")  # reopened
    assert office.standings() == [(1, "grace", "1900.00"), (2, "ada", "300.50")]
    assert office.standings("lost") == [(1, "ada", "1")]
    kinto_server.change("d5", owner="grace")
    kinto_server.put("d3", **a_deal("ada", "1900.00", 23))
    kinto_server.delete("d6")
    kinto_server.put("d6", **a_deal("grace", "1000.00", 26))  # deleted, and there again
    assert office.standings() == [(1, "ada", "1900.00"), (1, "grace", "1900.00")]
    assert office.standings("lost") == [(1, "grace", "1")]
    kinto_server.delete("d5")
    kinto_server.delete("d3")
    assert office.standings() == [(1, "grace", "1900.00")]
    assert office.standings("lost") == []
    kinto_server.delete_all()
    kinto_server.put("d1", **a_deal("ada", "12.00", 21))
    assert office.standings() == [(1, "ada", "12.00")]


async def test_what_changed_comes_in_pages_too_and_nothing_else_is_read_again(
    tmp_path: Path, kinto_server: Kinto
) -> None:
    for number in range(7):
        kinto_server.put(f"p{number}", **a_deal("ada", "100.00", 21))
    noted = list[Noting]()
    source = an_office(tmp_path, kinto_server).source(noted)
    first = await gather(source.fetch("", context()))
    for number in (0, 2, 4):
        kinto_server.change(f"p{number}", amount="50.00")
    kinto_server.delete("p6")
    kinto_server.delete("p5")
    noted[0].answers.clear()
    changes = await gather(source.fetch(first.end.cursor, context()))
    await source.aclose()
    assert noted[0].answers == [200, 200, 200]  # five changes: pages of two
    assert {fact.key: fact.lines[0].amount_minor for fact in changes.facts} == {
        "p0:won": 5000, "p2:won": 5000, "p4:won": 5000,
    }  # fmt: skip
    withdrawn = {key for batch in changes.batches for key in batch.withdrawn if key.endswith(":won")}
    assert withdrawn == {"p5:won", "p6:won"}


async def test_a_quiet_poll_is_one_request_that_is_answered_not_modified(
    tmp_path: Path, kinto_server: Kinto
) -> None:
    for number in range(5):
        kinto_server.put(f"q{number}", **a_deal("ada", "100.00", 21))
    noted = list[Noting]()
    source = an_office(tmp_path, kinto_server).source(noted)
    first = await gather(source.fetch("", context()))
    assert len(first.facts) == 5
    assert noted[0].answers == [200, 200, 200]  # pages of two
    noted[0].answers.clear()
    quiet = await gather(source.fetch(first.end.cursor, context()))
    await source.aclose()
    assert quiet.batches == []
    assert quiet.end.unchanged
    assert noted[0].answers == [304]


async def test_the_patience_every_reply_asks_for_is_given_and_said(
    tmp_path: Path, kinto_server: Kinto
) -> None:
    kinto_server.put("b1", **a_deal("ada", "100.00", 21))
    noted = list[Noting]()
    source = an_office(tmp_path, kinto_server).source(noted)
    async with kept_by_the_engine(tmp_path, source, every_s=0.1) as keeper:
        await until(lambda: noted and noted[0].answers == [200])
        await until(lambda: keeper.coordinator.health.patience is not None)
        assert keeper.coordinator.health.state == "ok"
        kinto_server.change("b1", amount="50.00")
        await until(lambda: len(noted[0].answers) == 3, within_s=30)
        assert await keeper.won() == {"b1:won": 5000}
    assert noted[0].answers == [200, 200, 304]
    assert all(after - before >= BACKOFF_S for before, after in pairwise(noted[0].sent_at_s))


def test_a_wrong_password_is_said_and_what_was_known_stays(tmp_path: Path, kinto_server: Kinto) -> None:
    kinto_server.put("w1", **a_deal("ada", "100.00", 21))
    office = an_office(tmp_path, kinto_server)
    assert office.standings() == [(1, "ada", "100.00")]
    office.write(password="another-password")
    shown, check = office.shown(), office.ask("check")
    assert "€100" in shown
    assert "Kinto refuses the key" in shown
    assert check.returncode == 1
    assert "Kinto refuses the key" in check.stdout
    assert "another-password" not in shown + check.stdout + check.stderr
