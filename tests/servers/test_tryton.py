"""The Tryton preset against a real server: deals won and lost by its own life cycle, added, deleted."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.servers.tryton import DATABASE, Tryton

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
preset = "tryton"
options = {{ url = "{url}", database = "{database}", key = "{key}" }}
allow_hosts = ["127.0.0.1"]
[metrics.revenue]
name = "Won deals"
kinds = ["deal_won"]
aggregate = "sum"
[metrics.lost]
name = "Lost deals"
kinds = ["deal_lost"]
aggregate = "count"
[boards.lost]
title = "Lost deals"
metric = "lost"
period = "this-year"
[boards.revenue]
title = "Revenue won"
metric = "revenue"
period = "this-year"
"""


class Office:
    """An office whose deals lie in Tryton; every question is a process of its own that polls first."""

    def __init__(self, folder: Path, server: Tryton) -> None:
        self._server = server
        self.settings = folder / "office.toml"
        self.write(server.url)

    def write(self, url: str, key: str = "") -> None:
        """Its settings; with another option than before everything is read again."""
        key = key or self._server.key
        self.settings.write_text(OFFICE.format(url=url, database=DATABASE, key=key), "utf-8")

    def ask(self, *words: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "salesboard_display", *words, "--config", str(self.settings)]
        return subprocess.run(command, capture_output=True, text=True, timeout=100, check=False)

    def standings(self, board: str = "revenue") -> list[tuple[int, str, str]]:
        """(rank, name, value) from the first place on, at the end of today: end dates are days."""
        at = f"{datetime.now(UTC):%Y-%m-%d}T23:59"
        answer = self.ask("standings", board, "--poll", "--json", "--at", at)
        assert answer.returncode == 0, answer.stderr
        places = json.loads(answer.stdout)["places"]
        return [(one["rank"], one["name"], one["value"]) for one in places if one["value"] is not None]


@pytest.mark.timeout(400)
def test_opportunities_won_added_lost_and_deleted_end_in_the_right_standings(
    tmp_path: Path, tryton_server: Tryton
) -> None:
    one = tryton_server.opportunity("Ada", "1200.50")
    sale = tryton_server.convert(one, "1200.50")
    office = Office(tmp_path, tryton_server)
    assert office.standings() == []  # converted is not won
    tryton_server.confirm(sale)
    assert office.standings() == [(1, "Ada", "1200.50")]
    tryton_server.win("Grace", "900.00")
    lost = tryton_server.opportunity("Grace", "70.00")
    tryton_server.lose(lost)
    assert office.standings() == [(1, "Ada", "1200.50"), (2, "Grace", "900.00")]
    tryton_server.win("Grace", "400.25")
    assert office.standings() == [(1, "Grace", "1300.25"), (2, "Ada", "1200.50")]
    assert office.standings("lost") == [(1, "Grace", "1")]
    tryton_server.delete_lost(lost)
    assert office.standings("lost") == [(1, "Grace", "1")]  # Tryton tells nobody of a deletion ...
    office.write(tryton_server.url + "/")
    assert office.standings("lost") == []  # ... until everything is read again
    office.write(tryton_server.url, "not-the-key")
    refused = office.ask("check")
    assert refused.returncode == 1
    assert "Tryton refuses the key" in refused.stdout
    assert "not-the-key" not in refused.stdout + refused.stderr
