"""The real office: its own settings, home and store in a temporary folder; the data as it is."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from salesboard_display.engine.answers import AnswerDesk, open_desk
from tests.conftest import REPOSITORY, real_data_folder
from tests.real.recount import Recount

SETTINGS = Path(__file__).with_name("crm-sales-opportunities.toml")

# Asked of the same data by tests, beyond what the office's own settings ask.
MORE = """
[metrics.opened]
name = "Opened"
kinds = ["deal_opened"]
aggregate = "count"

[boards.opened-year]
title = "Opened"
metric = "opened"
period = { from = 2016-01-01, to = 2017-12-31 }

[metrics.gtx-pro]
name = "GTX Pro"
kinds = ["deal_won"]
aggregate = "sum"
of = "amount"
where = { product = ["GTX Pro"] }

[boards.gtx-pro-year]
title = "GTX Pro"
metric = "gtx-pro"
period = "this-year"
"""


class RealOffice:
    """A copy of the settings with a home of its own, and so with a store of its own."""

    def __init__(self, home: Path, data: Path) -> None:
        self.home, self.data = home, data
        self.config = home / SETTINGS.name
        self.config.write_text(SETTINGS.read_text("utf-8") + MORE, "utf-8")
        folders = {name: str(home / name) for name in ("XDG_DATA_HOME", "XDG_CONFIG_HOME", "XDG_STATE_HOME")}
        self.environment = {"HOME": str(home), "SALESBOARD_REAL_DATA": str(data), **folders}

    @contextmanager
    def lived_in(self) -> Iterator[None]:
        """Within this, the process itself is at home there."""
        with pytest.MonkeyPatch.context() as patch:
            for name, value in self.environment.items():
                patch.setenv(name, value)
            yield

    @contextmanager
    def desk(self) -> Iterator[AnswerDesk]:
        """The desk that answers the command line, in this process; files are read first."""
        with self.lived_in(), open_desk(self.config) as desk:
            yield desk

    def command(self, *words: str) -> subprocess.CompletedProcess[str]:
        """The command line itself, as a process of its own."""
        return subprocess.run(
            [sys.executable, "-m", "salesboard_display", *words, "--config", str(self.config)],
            cwd=REPOSITORY,
            env={**os.environ, **self.environment},
            capture_output=True,
            text=True,
            timeout=60,
        )


@pytest.fixture(scope="session")
def data() -> Path:
    """The folder with the real data; without it: skipped, in CI failed."""
    return real_data_folder()


@pytest.fixture(scope="session")
def recount(data: Path) -> Recount:
    """The independent recount."""
    return Recount(data)


@pytest.fixture(scope="session")
def office(data: Path, tmp_path_factory: pytest.TempPathFactory) -> RealOffice:
    """One office, and so one store, for all tests that do not change the data."""
    return RealOffice(tmp_path_factory.mktemp("real"), data)


@pytest.fixture(scope="module")
def desk(office: RealOffice) -> Iterator[AnswerDesk]:
    """The office's desk. Its store is open, so that other processes have to wait: use one or the other."""
    with office.desk() as desk:
        yield desk
