"""A second start finds the engine that is running, and does it no harm."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from salesboard_display.engine.client import running_engine
from salesboard_display.engine.clock import SystemClock
from salesboard_display.engine.engine import Engine
from salesboard_display.engine.office import open_office
from salesboard_display.settings.demo import demo_path
from salesboard_display.store import StoreBusy


@pytest.fixture
def settings(tmp_path: Path) -> Path:
    """An office of its own, with its store beside it."""
    file = tmp_path / "office.toml"
    file.write_text(demo_path().read_text("utf-8") + '\n[store]\npath = "s.db"\n', "utf-8")
    return file


def engine_of(settings: Path) -> Engine:
    office, keeper = open_office(settings)
    return Engine(office, keeper, SystemClock(), asyncio.Event())


async def test_an_engine_that_finds_the_store_taken_leaves_the_running_ones_socket_alone(
    settings: Path,
) -> None:
    running, second = engine_of(settings), engine_of(settings)
    await running.start()
    try:
        with pytest.raises(StoreBusy):
            await second.start()
        await second.close()
        store = running.office.store_path
        assert await asyncio.to_thread(running_engine, store) == running.server.path
    finally:
        await running.close()
    assert not running.server.path.exists()
