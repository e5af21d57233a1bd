"""An office of its own for every test of the engine: its folder, its settings, its store, its home."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from salesboard_display.engine.store_thread import StoreThread
from salesboard_display.store import Store
from tests.engine.offices import OfficeFolder


@pytest.fixture(autouse=True)
def _own_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    home = tmp_path / "home"
    for name in ("HOME", "XDG_DATA_HOME", "XDG_CONFIG_HOME", "XDG_CACHE_HOME"):
        monkeypatch.setenv(name, str(home))


@pytest.fixture
def folder(tmp_path: Path) -> OfficeFolder:
    """A folder with a small office's settings and its file of deals."""
    return OfficeFolder(tmp_path)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """A new store."""
    with Store.open(tmp_path / "a.db") as opened:
        yield opened


@pytest.fixture
def thread() -> Iterator[StoreThread]:
    """A thread for the store."""
    made = StoreThread()
    yield made
    made.close()
