"""A written file is noticed where the system tells."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from salesboard_display.sources.file import watch
from salesboard_display.sources.file.watch import file_changes
from tests.sources.helpers import HEADER, source, write

ROWS = HEADER + "1,Ann,2026-03-01,5\n"


async def test_a_written_file_is_noticed(tmp_path: Path) -> None:
    write(tmp_path / "deals.csv", ROWS)
    noticing = asyncio.ensure_future(anext(aiter(source(tmp_path).changes())))
    for n in range(100):
        await asyncio.sleep(0.1)  # the watcher starts at its own time; each writing is one more chance
        (tmp_path / "deals.csv").write_text(ROWS + f"{n}\n")
        if noticing.done():
            break
    await asyncio.wait_for(noticing, 5)


async def test_other_files_of_the_folder_are_not_noticed(tmp_path: Path) -> None:
    write(tmp_path / "deals.csv", ROWS)
    noticing = asyncio.ensure_future(anext(aiter(file_changes((tmp_path / "deals.csv",)))))
    for n in range(6):
        await asyncio.sleep(0.1)
        (tmp_path / "other.csv").write_text(str(n))
    assert not noticing.done()
    noticing.cancel()
    await asyncio.wait({noticing})


async def test_a_folder_that_comes_later_is_watched_then(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watch, "_WAIT_FOR_FOLDER_S", 0.02)
    monkeypatch.setattr(watch, "_LOOK_AGAIN_MS", 100)
    path = tmp_path / "share" / "deals.csv"
    noticing = asyncio.ensure_future(anext(aiter(file_changes((path,)))))
    await asyncio.sleep(0.1)
    path.parent.mkdir()
    for n in range(100):
        await asyncio.sleep(0.1)
        path.write_text(str(n))
        if noticing.done():
            break
    await asyncio.wait_for(noticing, 5)
