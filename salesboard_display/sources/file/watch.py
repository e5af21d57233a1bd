"""Notices that a file is written, where the operating system tells; elsewhere polling has to do."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

from watchfiles import awatch

_LOOK_AGAIN_MS = 30_000
_WAIT_FOR_FOLDER_S = 30.0


async def file_changes(paths: tuple[Path, ...]) -> AsyncIterator[None]:
    """Something whenever one of the files is written, replaced or removed; goes on when their folders come
    and go."""
    names = {str(path.resolve()) for path in paths}
    while True:
        folders = {path.resolve().parent for path in paths}
        known = {folder: _identity(folder) for folder in folders}
        present = [folder for folder, identity in known.items() if identity]
        if not present:
            await asyncio.sleep(_WAIT_FOR_FOLDER_S)
            continue
        try:
            async for changes in awatch(
                *present, recursive=False, debounce=200, rust_timeout=_LOOK_AGAIN_MS, yield_on_timeout=True
            ):
                if any(path in names for _, path in changes):
                    yield
                if any(_identity(folder) != identity for folder, identity in known.items()):
                    break  # a folder came, went or was replaced, as by a share mounted anew
        except OSError:
            await asyncio.sleep(_WAIT_FOR_FOLDER_S)


def _identity(folder: Path) -> tuple[int, int] | None:
    try:
        found = folder.stat()
    except OSError:
        return None
    return (found.st_dev, found.st_ino)
