"""Notices edits of the settings file and of the presets beside it, however an editor writes them."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncGenerator, Mapping
from contextlib import aclosing, suppress
from pathlib import Path

from watchfiles import Change, awatch
from watchfiles.main import FileChange

from salesboard_display.settings.loading import Loaded, load_text, preset_bytes, seen_as, stamp_of
from salesboard_display.settings.presets import own_presets
from salesboard_display.settings.problems import SettingsError
from salesboard_display.settings.reader import decode, read_bytes

_STEP_MS = 50
_DEBOUNCE_MS = 300
_SETTLE_S = 0.15
_GONE_S = 1.0
_LOOK_EVERY_MS = 5_000
"""How often to look when the system tells nothing: network folders, a folder that came back."""


async def watch(
    path: Path | str, *, stamp: str | None = None, environ: Mapping[str, str] | None = None
) -> AsyncGenerator[Loaded | SettingsError, None]:
    """Each new state of the file and its presets: the settings it holds, or what is wrong with it.

    Only changes are yielded; ``stamp`` is the ``seen`` of the Loaded one already has, so that an edit made
    before the watch began is not missed (without it, watching begins with the file as it is). Ends when
    cancelled.
    """
    path = Path(path)
    known = _look(path)[0] if stamp is None else stamp
    async with aclosing(_stirs(path)) as stirs:
        async for _ in stirs:
            seen, outcome = await _settled(path, known)
            if seen != known:
                known = seen
                yield _read(outcome, path, environ)


async def _settled(path: Path, known: str) -> tuple[str, bytes | SettingsError]:
    """The file once it holds still: editors write in steps, or remove the old before the new comes."""
    seen, outcome = _look(path)
    for _ in range(20):
        if seen == known:
            break
        await asyncio.sleep(
            _GONE_S if isinstance(outcome, SettingsError) or not outcome.strip() else _SETTLE_S
        )
        before = seen
        seen, outcome = _look(path)
        if seen == before:
            break
    return seen, outcome


def _look(path: Path) -> tuple[str, bytes | SettingsError]:
    """What tells this state from others, and the bytes or why there are none."""
    try:
        data = read_bytes(path)
    except SettingsError as error:
        return f"unreadable: {error}", error
    text = data.decode("utf-8-sig", "replace")
    return seen_as(stamp_of(data), preset_bytes(text, path.parent)), data


def _read(
    outcome: bytes | SettingsError, path: Path, environ: Mapping[str, str] | None
) -> Loaded | SettingsError:
    if isinstance(outcome, SettingsError):
        return outcome
    try:
        return load_text(decode(outcome, path), path, environ)
    except SettingsError as error:
        return error


async def _stirs(path: Path) -> AsyncGenerator[None, None]:
    """Something may have happened: at once, whenever the system says so, and every few seconds anyway."""
    yield
    while True:
        watched = _watched(path)
        if not watched[0]:
            await asyncio.sleep(_LOOK_EVERY_MS / 1000)
            yield
            continue
        try:
            async with aclosing(_changes(*watched)) as changes:
                async for _ in changes:
                    yield
                    if _watched(path) != watched:
                        break  # a link points elsewhere now, a folder went away, another preset is named
        except (OSError, RuntimeError):  # no watches left, or the folder went away just now
            await asyncio.sleep(_LOOK_EVERY_MS / 1000)
        yield


def _changes(folders: list[Path], names: frozenset[str]) -> AsyncGenerator[set[FileChange], None]:
    """What the system tells of files of these names in the folders; an empty set every few seconds."""

    def concerns(_: Change, name: str) -> bool:
        return Path(name).name in names

    return awatch(
        *folders,
        watch_filter=concerns,
        debounce=_DEBOUNCE_MS,
        step=_STEP_MS,
        rust_timeout=_LOOK_EVERY_MS,
        yield_on_timeout=True,
        recursive=False,
    )


def _watched(path: Path) -> tuple[list[Path], frozenset[str]]:
    """The folders to watch (the file's own, the real file's behind a link, those of its presets; those that
    exist), and the names of the files in them."""
    files = [path.absolute(), Path(os.path.realpath(path))]
    with suppress(SettingsError):
        text = read_bytes(path).decode("utf-8-sig", "replace")
        files += own_presets(text, path.absolute().parent).values()
    folders = {file.parent for file in files}
    return sorted(folder for folder in folders if folder.is_dir()), frozenset(file.name for file in files)
