"""A disk that really fails: the wall goes on, says so, and work goes on when the disk does, without a
restart."""

from __future__ import annotations

import sys
from collections.abc import Callable

import pytest

from salesboard_display.engine import upkeep as upkeep_module
from tests.engine.offices import OfficeFolder, until
from tests.engine.test_engine import engine_of, running, wall_of

if sys.platform == "linux":
    from tests.failing_disk import FailingDisk


@pytest.mark.slow
async def test_a_failing_disk_is_said_and_outlived(
    folder: OfficeFolder, monkeypatch: pytest.MonkeyPatch, expected_log: Callable[[str], None]
) -> None:
    expected_log("The disk reports an error")
    expected_log("the store can be used again")
    monkeypatch.setattr(upkeep_module, "SAVE_EVERY_MS", 0)
    disk = FailingDisk()
    async with running(engine_of(folder)) as engine, wall_of(engine) as wall:
        await wall.shows("Ben Bow")
        await engine.thread.call(disk.watch_this_thread)
        disk.fails = True
        engine.mark_dirty(None)
        snapshot = await wall.shows("The disk reports an error")
        assert disk.failed
        assert [row.name for row in snapshot.slides[0].pages[0]] == ["Anna Arc", "Ben Bow"]
        disk.fails = False
        folder.deals(("d1", "Anna Arc", 300), ("d2", "Ben Bow", 200), ("d3", "Cleo Cey", 50))
        engine.mark_dirty(None)
        await engine.coordinators["crm"].poll()
        await wall.shows("Cleo Cey")
        await until(lambda: wall.snapshots[-1].notice == "")
        assert not engine.stop.is_set()
    disk.close()
