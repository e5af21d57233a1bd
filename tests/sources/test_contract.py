"""Sources are built by name and type, and fail in words."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Generator
from pathlib import Path
from typing import Any

import pytest

from salesboard_display import sources
from salesboard_display.settings.model import Settings
from salesboard_display.settings.sources import SOURCE_TYPES
from salesboard_display.sources import SOURCES, DemoSource, FileSource, build_source, has_roster
from salesboard_display.sources.contract import SourceError, Stage, problem
from salesboard_display.sources.stepping import stepped
from tests.sources.helpers import WON

FILE: dict[str, Any] = {"type": "file", "path": "deals.csv", "facts": [WON]}


def settings(**named: dict[str, Any]) -> Settings:
    return Settings.model_validate({"version": 1, "sources": named})


def test_every_type_of_the_settings_can_be_built() -> None:
    assert set(SOURCES) == set(SOURCE_TYPES)


def test_a_source_is_built_by_its_name() -> None:
    built = build_source(settings(crm=FILE, demo={"type": "demo"}), "crm", Path("folder"), "UTC")
    assert isinstance(built, FileSource)
    assert (built.name, built.path, built.pushes) == ("crm", Path("folder/deals.csv"), False)
    assert isinstance(build_source(settings(demo={"type": "demo"}), "demo", Path(), "UTC"), DemoSource)


def test_an_unknown_name_or_type_lists_the_known_ones(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(KeyError, match="no source is called 'crn'; there are crm"):
        build_source(settings(crm=FILE), "crn", Path(), "UTC")
    monkeypatch.setattr(sources, "SOURCES", {"demo": DemoSource})
    with pytest.raises(KeyError, match="no type of source is called 'file'; there are demo"):
        build_source(settings(crm=FILE), "crm", Path(), "UTC")


def test_there_is_a_roster_when_anybody_lists_people() -> None:
    people = FILE | {"people": [{"id": "agent"}]}
    assert not has_roster(settings(crm=FILE))
    assert has_roster(settings(crm=FILE, staff=people))
    assert has_roster(settings(demo={"type": "demo"}))
    listed = {"version": 1, "people": {"ann": {"name": "Ann"}}, "sources": {"crm": FILE}}
    assert has_roster(Settings.model_validate(listed))


def test_an_error_says_its_stage_and_its_words() -> None:
    error = problem(Stage.FILE, "The file {path} is missing.", path="a{b}.csv")
    assert str(error) == "file: The file a{b}.csv is missing."
    assert error.message.args == (("path", "a{b}.csv"),)
    assert not error.stop


async def test_steps_are_worked_out_when_they_are_asked_for() -> None:
    made: list[int] = []

    def work() -> Generator[int, None, None]:
        for n in range(1, 4):
            made.append(n)
            yield n

    items = stepped(work())
    assert [await anext(items), list(made)] == [1, [1]]
    assert [item async for item in items] == [2, 3]


async def test_an_error_in_a_step_arrives() -> None:
    def work() -> Generator[int, None, None]:
        yield 1
        raise problem(Stage.FORMAT, "It is cut.")

    with pytest.raises(SourceError, match="cut"):
        assert [item async for item in stepped(work())]


async def test_cancelling_in_the_middle_of_a_step_closes_the_work() -> None:
    began, may_go_on, closed = threading.Event(), threading.Event(), threading.Event()

    def work() -> Generator[int, None, None]:
        try:
            began.set()
            may_go_on.wait(5)
            yield 1
        finally:
            closed.set()

    async def listen() -> None:
        async for _ in stepped(work()):
            pass

    task = asyncio.create_task(listen())
    await asyncio.to_thread(began.wait)
    task.cancel()
    await asyncio.sleep(0.01)
    assert not closed.is_set()
    may_go_on.set()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert closed.is_set()
