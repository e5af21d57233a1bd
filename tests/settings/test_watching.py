"""Edits are noticed however an editor writes: in place, by rename, in steps, by removing the file first."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import pytest

from salesboard_display.settings import watching
from salesboard_display.settings.http import HttpSource
from salesboard_display.settings.loading import Loaded, load
from salesboard_display.settings.problems import SettingsError
from salesboard_display.settings.watching import watch
from tests.settings.writing import GOOD, WITH_PRESET, preset_called


@pytest.fixture
def path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A good settings file; time passes more quickly."""
    monkeypatch.setattr(watching, "_SETTLE_S", 0.05)
    monkeypatch.setattr(watching, "_GONE_S", 0.2)
    monkeypatch.setattr(watching, "_DEBOUNCE_MS", 50)
    monkeypatch.setattr(watching, "_STEP_MS", 10)
    monkeypatch.setattr(watching, "_LOOK_EVERY_MS", 300)
    path = tmp_path / "settings.toml"
    path.write_text(GOOD)
    return path


class _Watched:
    """What a running watch has yielded so far."""

    def __init__(self) -> None:
        self.news: asyncio.Queue[Loaded | SettingsError] = asyncio.Queue()

    async def next(self) -> Loaded | SettingsError:
        return await asyncio.wait_for(self.news.get(), 20)

    async def name(self) -> str:
        """The office's name in the next good news."""
        news = await self.next()
        assert isinstance(news, Loaded), news
        return news.settings.office.name

    async def problem(self) -> str:
        """The words of the next bad news."""
        news = await self.next()
        assert isinstance(news, SettingsError)
        return str(news)


@asynccontextmanager
async def _watching(path: Path) -> AsyncIterator[_Watched]:
    watched = _Watched()

    async def listen(stamp: str) -> None:
        async for news in watch(path, stamp=stamp):
            watched.news.put_nowait(news)

    task = asyncio.create_task(listen(load(path).seen))
    try:
        yield watched
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


def _write(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8")


def _remove(path: Path) -> None:
    path.rmdir() if path.is_dir() else path.unlink()


def _is_there(path: Path) -> bool:
    return path.exists()


def _make(folder: Path) -> None:
    folder.mkdir()


def _moved(path: Path, folder: Path) -> Path:
    return path.rename(folder / path.name)


def _link(path: Path, target: Path) -> None:
    path.symlink_to(target)


def _named(name: str) -> str:
    return GOOD.replace("Before", name)


async def test_an_edit_in_place_is_noticed(path: Path) -> None:
    async with _watching(path) as watched:
        _write(path, _named("Second"))
        assert await watched.name() == "Second"
        _write(path, _named("Third"))
        assert await watched.name() == "Third"
        assert watched.news.empty()


async def test_an_edit_by_rename_is_noticed_again_and_again(path: Path) -> None:
    async with _watching(path) as watched:
        for name in ("Second", "Third"):
            new = path.with_name(".settings.toml.swp")
            _write(new, _named(name))
            os.replace(new, path)
            assert await watched.name() == name


async def test_an_edit_before_the_watch_began_is_not_missed(path: Path) -> None:
    stamp = load(path).seen
    _write(path, _named("Second"))
    async for news in watch(path, stamp=stamp):
        assert isinstance(news, Loaded)
        assert news.settings.office.name == "Second"
        break


async def test_a_bad_edit_comes_as_problems_and_a_good_one_after_it_as_settings(path: Path) -> None:
    async with _watching(path) as watched:
        _write(path, GOOD.replace("this-month", "this-moth"))
        assert "this-moth" in await watched.problem()
        _write(path, GOOD)
        assert await watched.name() == "Before"


async def test_a_file_that_goes_away_and_comes_back_is_noticed(path: Path) -> None:
    async with _watching(path) as watched:
        _remove(path)
        assert "no such file" in await watched.problem()
        _write(path, _named("Back"))
        assert await watched.name() == "Back"


async def test_an_editor_that_removes_the_file_first_causes_no_alarm(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real_sleep, wrote = asyncio.sleep, asyncio.Event()

    async def sleep(delay: float) -> None:
        if not wrote.is_set() and not _is_there(path):  # while the watch waits
            _write(path, _named("Second"))
            wrote.set()
        await real_sleep(delay)

    monkeypatch.setattr(asyncio, "sleep", sleep)
    async with _watching(path) as watched:
        _remove(path)
        assert await watched.name() == "Second"


async def test_a_file_written_in_steps_comes_once_whole(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real_sleep = asyncio.sleep
    lines = _named("Second").splitlines(keepends=True)
    steps = iter(range(4, len(lines) + 4, 4))

    async def sleep(delay: float) -> None:
        if (step := next(steps, None)) is not None:
            _write(path, "".join(lines[:step]))
        await real_sleep(delay)

    monkeypatch.setattr(asyncio, "sleep", sleep)
    async with _watching(path) as watched:
        _write(path, "")
        assert await watched.name() == "Second"
        assert watched.news.empty()


async def test_touching_the_file_is_no_edit(path: Path) -> None:
    async with _watching(path) as watched:
        os.utime(path)
        _write(path, GOOD)
        _write(path.with_name("other.toml"), "x")
        _write(path, _named("Second"))
        assert await watched.name() == "Second"
        assert watched.news.empty()


async def test_the_whole_folder_may_go_and_come_back(path: Path) -> None:
    folder = path.parent / "deep"
    _make(folder)
    path = _moved(path, folder)
    async with _watching(path) as watched:
        _remove(path)
        _remove(folder)
        assert "no such file" in await watched.problem()
        _make(folder)
        _write(path, _named("Back"))
        assert await watched.name() == "Back"
        _write(path, _named("Still here"))
        assert await watched.name() == "Still here"


@pytest.mark.skipif(os.name != "posix", reason="links as on Unix")
async def test_behind_a_link_the_real_file_and_the_link_itself_are_watched(
    path: Path, tmp_path: Path
) -> None:
    for name in ("one", "two"):
        _make(tmp_path / name)
        _write(tmp_path / name / "real.toml", _named(name))
    _remove(path)
    _link(path, tmp_path / "one" / "real.toml")
    async with _watching(path) as watched:
        _write(tmp_path / "one" / "real.toml", _named("one, edited"))
        assert await watched.name() == "one, edited"
        link = tmp_path / "new-link"
        _link(link, tmp_path / "two" / "real.toml")
        os.replace(link, path)
        assert await watched.name() == "two"
        _write(tmp_path / "two" / "real.toml", _named("two, edited"))
        assert await watched.name() == "two, edited"


async def test_where_the_system_tells_nothing_the_file_is_looked_at_anyway(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def deaf(*folders: Path, **options: object) -> AsyncIterator[set[object]]:
        async def nothing() -> AsyncIterator[set[object]]:
            while True:
                await asyncio.sleep(0.05)
                yield set()

        return nothing()

    monkeypatch.setattr(watching, "awatch", deaf)
    async with _watching(path) as watched:
        _write(path, _named("Second"))
        assert await watched.name() == "Second"


async def test_without_any_watches_left_the_file_is_looked_at_anyway(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*folders: Path, **options: object) -> AsyncIterator[set[object]]:
        async def refuse() -> AsyncIterator[set[object]]:
            raise OSError("OS file watch limit reached")
            yield set()

        return refuse()

    monkeypatch.setattr(watching, "awatch", full)
    async with _watching(path) as watched:
        assert watched.news.empty()
        _write(path, _named("Second"))
        assert await watched.name() == "Second"
        _write(path, _named("Third"))
        assert await watched.name() == "Third"


def _preset_of(news: Loaded | SettingsError) -> str:
    """What the preset of the source calls itself."""
    assert isinstance(news, Loaded), news
    source = news.settings.sources["api"]
    assert isinstance(source, HttpSource)
    return source.api.name


@pytest.mark.parametrize("folder", [".", "sources"])
async def test_an_edit_of_a_preset_beside_the_settings_is_noticed(path: Path, folder: str) -> None:
    preset = path.parent / folder / "my-crm.toml"
    preset.parent.mkdir(exist_ok=True)
    _write(preset, preset_called("First"))
    _write(path, WITH_PRESET)
    async with _watching(path) as watched:
        _write(preset, preset_called("Second"))
        assert _preset_of(await watched.next()) == "Second"
        _write(preset, preset_called("Second").replace("records", "recods"))
        said = await watched.problem()
        assert "my-crm.toml, line" in said
        assert 'did you mean "records"' in said
        _write(preset, preset_called("Third"))
        assert _preset_of(await watched.next()) == "Third"


async def test_a_preset_that_comes_after_the_settings_that_name_it_is_noticed(path: Path) -> None:
    async with _watching(path) as watched:
        _write(path, WITH_PRESET)
        assert "my-crm.toml beside these settings" in await watched.problem()
        _write(path.with_name("my-crm.toml"), preset_called("First"))
        assert _preset_of(await watched.next()) == "First"


async def test_an_edit_of_a_preset_nobody_names_is_nothing_new(path: Path) -> None:
    preset = path.with_name("my-crm.toml")
    _write(preset, preset_called("First"))
    async with _watching(path) as watched:
        _write(preset, preset_called("Second"))
        _write(path, _named("Second"))
        assert await watched.name() == "Second"
        assert watched.news.empty()
