"""The Tryton preset and a real server: deals won, edited, reopened, lost, deleted by its own life cycle."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from tests.conftest import REPOSITORY
from tests.servers.office import Noting, Office, in_short
from tests.servers.tryton import DATABASE, Tryton
from tests.sources.helpers import context, gather

pytestmark = [pytest.mark.servers, pytest.mark.timeout(400)]

PAGE = REPOSITORY / "docs/sources/tryton.md"


def an_office(folder: Path, server: Tryton) -> Office:
    """Asked at the end of today: end dates are days."""
    at = f"{datetime.now(UTC):%Y-%m-%d}T23:59"
    return Office(folder, "tryton", at, url=server.url, database=DATABASE, key=server.key)


def test_won_edited_reopened_and_deleted_deals_end_in_the_right_standings_and_on_the_page(
    tmp_path: Path, tryton_server: Tryton
) -> None:
    server, office = tryton_server, an_office(tmp_path, tryton_server)
    server.convert(server.opportunity("Ada", "70.00"), "70.00")
    assert office.standings() == []  # converted is not won
    server.win("Ada", "8401.25")
    server.win("Grace", "8000.00")
    _, another_sale = server.win("Grace", "400.50")
    new = server.opportunity("Grace", "900.00")
    sale = server.convert(new, "900.00")
    steps: list[tuple[str, Callable[[], object], str]] = [
        ("before", lambda: None, "8400.50"),
        ("**won**", lambda: server.confirm(sale), "9300.50"),
        ("**edited**", lambda: server.edit(sale, "1500.00"), "9900.50"),
        ("**taken back**", lambda: server.cancel(another_sale), "9500.00"),
        ("**reopened**", lambda: server.reopen(sale), "8000.00"),
        ("**won again**", lambda: server.confirm(sale), "9500.00"),
        ("**deleted**", lambda: server.delete_won(new, sale), "9500.00"),  # Tryton tells nobody ...
        ("everything is read again", lambda: office.write(url=server.url + "/"), "8000.00"),  # ... until then
    ]
    rows = []
    for what, step, graces in steps:
        step()
        ada, grace = ("Ada", Decimal("8401.25")), ("Grace", Decimal(graces))
        first, second = sorted((ada, grace), key=lambda one: -one[1])
        places = office.places()
        assert in_short(places) == [(1, first[0], str(first[1])), (2, second[0], str(second[1]))], what
        written = {one["name"]: one["display"] for one in places}
        rows.append((what, written["Ada"], written["Grace"]))
    assert the_pages_table() == rows


def the_pages_table() -> list[tuple[str, str, str]]:
    """What was done (as far as the colon), Ada, Grace."""
    return re.findall(r"^\| (.+?)(?:: .*)? \| (€\S+) \| (€\S+) \|$", PAGE.read_text("utf-8"), re.MULTILINE)


def test_lost_deals_are_counted_and_vanish_when_they_are_reopened_or_deleted(
    tmp_path: Path, tryton_server: Tryton
) -> None:
    server, office = tryton_server, an_office(tmp_path, tryton_server)
    first, second, third = server.opportunities("Grace", "70.00", 3)
    server.lose(first, second)
    assert office.standings("lost") == [(1, "Grace", "2")]
    server.lose(third)
    server.take_up(first)
    assert office.standings("lost") == [(1, "Grace", "2")]
    server.delete_lost(second)
    assert office.standings("lost") == [(1, "Grace", "2")]
    office.write(url=server.url + "/")
    assert office.standings("lost") == [(1, "Grace", "1")]
    assert office.standings() == []
    office.write(key="not-the-key")
    refused = office.ask("check")
    assert refused.returncode == 1
    assert "Tryton refuses the key" in refused.stdout
    assert "not-the-key" not in refused.stdout + refused.stderr


def test_a_server_that_is_gone_for_a_while_changes_nothing(tmp_path: Path, tryton_server: Tryton) -> None:
    office = an_office(tmp_path, tryton_server)
    tryton_server.win("Ada", "100.00")
    assert office.standings() == [(1, "Ada", "100.00")]
    tryton_server.stop()
    shown = office.shown()
    assert "€100" in shown
    assert "refuses the connection" in shown
    tryton_server.start()
    tryton_server.win("Ada", "50.00")
    assert office.standings() == [(1, "Ada", "150.00")]


async def test_more_than_a_page_is_read_whole_and_a_quiet_poll_is_one_request(
    tmp_path: Path, tryton_server: Tryton
) -> None:
    tryton_server.lose(*tryton_server.opportunities("Ada", "10.00", 205))
    tryton_server.make_older(hours=1)
    tryton_server.win("Grace", "50.00")
    office = an_office(tmp_path, tryton_server)
    noted = list[Noting]()
    source = office.source(noted)
    first = await gather(source.fetch("", context()))
    assert len({fact.key for fact in first.facts}) == 206
    assert noted[0].answers == [200, 200, 200, 200]  # employees, then pages of a hundred
    cursor = first.end.cursor
    for unchanged in (False, True):
        noted[0].answers.clear()
        quiet = await gather(source.fetch(cursor, context()))
        assert noted[0].answers == [200]
        assert {fact.key.partition(":")[2] for fact in quiet.facts} <= {"won"}  # what changed last, once more
        assert quiet.end.unchanged == unchanged
        cursor = quiet.end.cursor
    await source.aclose()
    assert office.standings("lost") == [(1, "Ada", "205")]
