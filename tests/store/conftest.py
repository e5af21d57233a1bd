"""A store in a folder of its own, and short ways to say facts."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from salesboard_display.store import Store


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where the test's store lies."""
    return tmp_path / "store.db"


@pytest.fixture
def store(path: Path) -> Iterator[Store]:
    """A new, empty store."""
    with Store.open(path) as opened:
        yield opened
