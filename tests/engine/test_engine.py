"""The engine in one loop: the last board at once, edits without a restart, bad luck in words."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest

from salesboard_display.core.snapshot import Snapshot
from salesboard_display.core.sync import Batch, SyncEnd
from salesboard_display.core.wire import Deframer, frame, from_plain
from salesboard_display.engine import commands, exchange, firstrun
from salesboard_display.engine import engine as engine_module
from salesboard_display.engine import upkeep as upkeep_module
from salesboard_display.engine.client import CommandRefused, ask
from salesboard_display.engine.clock import Clock, ReplayClock, SystemClock, real_ms
from salesboard_display.engine.desk import Desk
from salesboard_display.engine.engine import Engine
from salesboard_display.engine.office import open_office
from salesboard_display.sources.contract import Source
from salesboard_display.store import StoreDamaged, StoreUnavailable
from tests.engine.offices import OfficeFolder, Step, ToldSource, broken, deal, ms, until
from tests.settings.writing import preset_called


class Wall:
    """A connection that says it is a wall, and what it was told."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader, self._writer = reader, writer
        self._deframer = Deframer()
        self.heard: list[dict[str, Any]] = []
        self.snapshots: list[Snapshot] = []

    async def listen(self) -> None:
        """Take what comes until the connection ends."""
        while data := await self._reader.read(2**16):
            for message in self._deframer.feed(data):
                self.heard.append(message)
                if message["t"] == "snapshot":
                    self.snapshots.append(from_plain(Snapshot, message["snapshot"]))

    def command(self, name: Any, **more: Any) -> None:
        """Send a command, well-formed or not."""
        self._writer.write(frame({"t": "command", "id": 1, "name": name, **more}))

    async def shows(self, text: str) -> Snapshot:
        """Wait for a snapshot with a text in it."""
        await until(
            lambda: self.snapshots and text in json.dumps(repr(self.snapshots[-1]), ensure_ascii=False)
        )
        return self.snapshots[-1]

    @property
    def rows(self) -> list[tuple[str, str]]:
        """Names and values of the newest board."""
        return [(row.name, row.display) for row in self.snapshots[-1].slides[0].pages[0]]


def engine_of(folder: OfficeFolder, *sources: Source, clock: Clock | None = None) -> Engine:
    office, keeper = open_office(folder.settings)
    return Engine(office, keeper, clock or SystemClock(), asyncio.Event(), list(sources) or None)


@asynccontextmanager
async def running(engine: Engine) -> AsyncIterator[Engine]:
    await engine.start()
    try:
        yield engine
    finally:
        await engine.close()


@asynccontextmanager
async def wall_of(engine: Engine) -> AsyncIterator[Wall]:
    reader, writer = await asyncio.open_unix_connection(str(engine.server.path))
    writer.write(frame({"t": "hello", "role": "wall"}))
    wall = Wall(reader, writer)
    listening = asyncio.create_task(wall.listen())
    try:
        yield wall
    finally:
        listening.cancel()
        await asyncio.wait([listening])
        writer.close()


def won(key: str, who: str, euros: int) -> Batch:
    return Batch((deal(key, who, euros, real_ms()),))


def end() -> SyncEnd:
    return SyncEnd(real_ms(), full=False)


# ------------------------------------------------------------------------------------------- life


async def test_a_file_of_deals_becomes_a_board(folder: OfficeFolder) -> None:
    async with running(engine_of(folder)) as engine, wall_of(engine) as wall:
        await wall.shows("Ben Bow")
        assert wall.rows == [("Anna Arc", "€300"), ("Ben Bow", "€200")]
        assert wall.snapshots[-1].slides[0].age.kind == "live"
        await until(lambda: any(message["t"] == "show" for message in wall.heard))


async def test_a_file_that_changes_re_ranks_the_wall(folder: OfficeFolder) -> None:
    async with running(engine_of(folder)) as engine, wall_of(engine) as wall:
        await wall.shows("Ben Bow")
        folder.deals(("d1", "Anna Arc", 300), ("d2", "Ben Bow", 200), ("d3", "Ben Bow", 150))
        await wall.shows("€350")
        assert wall.rows == [("Ben Bow", "€350"), ("Anna Arc", "€300")]


async def test_a_cut_or_garbled_file_keeps_the_board_and_says_why(
    folder: OfficeFolder, expected_log: Callable[[str], None]
) -> None:
    expected_log("source crm: ")
    async with running(engine_of(folder)) as engine, wall_of(engine) as wall:
        await wall.shows("Ben Bow")
        folder.deals_file.write_bytes(b"\x00\xff\xfe garbage \x00" * 50)
        await until(lambda: engine.coordinators["crm"].health.state == "failing")
        await wall.shows("Ben Bow")
        assert wall.rows == [("Anna Arc", "€300"), ("Ben Bow", "€200")]
        said = await asyncio.to_thread(ask, engine.server.path, "status")
        assert said["sources"]["crm"]["message"]


async def test_a_source_that_asks_for_patience_is_well_and_the_reason_stands_by_for_the_board(
    folder: OfficeFolder,
) -> None:
    patient = SyncEnd(real_ms(), full=False, not_before_ms=real_ms() + 6 * 3_600_000)
    source = ToldSource([Batch((deal("d1", "Ben Bow", 200),)), patient])
    async with running(engine_of(folder, source)) as engine, wall_of(engine) as wall:
        await wall.shows("Ben Bow")
        said = await asyncio.to_thread(ask, engine.server.path, "status")
        assert said["sources"]["crm"]["state"] == "ok"
        assert "asks not to be asked again before" in said["sources"]["crm"]["message"]
        await until(
            lambda: "asks not to be asked again before" in wall.snapshots[-1].slides[0].age.stale_text
        )
        assert wall.snapshots[-1].slides[0].age.banner == ""


async def test_after_a_restart_the_last_board_stands_at_once(folder: OfficeFolder) -> None:
    async with running(engine_of(folder)) as engine, wall_of(engine) as wall:
        await wall.shows("Ben Bow")
    never = asyncio.Event()
    second = engine_of(folder, ToldSource([never]))
    second._open = never.wait  # type: ignore[method-assign,assignment]
    async with running(second), wall_of(second) as wall:
        await wall.shows("Ben Bow")
        assert wall.rows == [("Anna Arc", "€300"), ("Ben Bow", "€200")]
        assert abs(wall.snapshots[-1].clock.office_ms - real_ms()) < 5_000


async def test_a_replay_leaves_no_board_for_the_next_start(folder: OfficeFolder) -> None:
    clock = ReplayClock(ms("2017-03-14 09:00"), 600)
    async with running(engine_of(folder, clock=clock)) as engine, wall_of(engine) as wall:
        await until(lambda: wall.snapshots and wall.snapshots[-1].clock.mode == "replay")
    second = engine_of(folder)
    async with running(second):
        assert second.snapshot is None or second.snapshot.clock.mode == "live"


async def test_newest_facts_are_stamped_with_their_arrival(folder: OfficeFolder) -> None:
    go = asyncio.Event()
    source = ToldSource(
        [won("1", "Anna", 10), end(), go, won("2", "Ben", 20), end(), asyncio.Event()], pushes=True
    )
    async with running(engine_of(folder, source)) as engine, wall_of(engine) as wall:
        await wall.shows("Anna")
        before = real_ms()
        go.set()
        await wall.shows("Ben")
        stamps = [snapshot.newest_fact_ms for snapshot in wall.snapshots]
        assert before - 50 <= max(stamps) <= real_ms()


async def test_numbers_of_snapshots_grow_over_restarts(folder: OfficeFolder) -> None:
    async with running(engine_of(folder)) as engine, wall_of(engine) as wall:
        await wall.shows("Ben Bow")
        last = wall.snapshots[-1].seq
    async with running(engine_of(folder)) as engine, wall_of(engine) as wall:
        await until(lambda: wall.snapshots and wall.snapshots[-1].seq > last)


# ------------------------------------------------------------------------------------------- settings


async def test_an_edit_of_the_settings_applies_without_a_restart(folder: OfficeFolder) -> None:
    async with running(engine_of(folder)) as engine, wall_of(engine) as wall:
        await wall.shows("Ben Bow")
        folder.edit('title = "Revenue won"', 'title = "Euros in"\nprivacy = "values-hidden"')
        folder.edit("[wall]", '[wall]\ntheme = "light"')
        snapshot = await wall.shows("Euros in")
        await wall.shows("light")
        assert "€300" not in repr(snapshot.slides[0])


async def test_a_bad_edit_keeps_the_last_good_settings_and_says_so_on_the_wall_and_in_the_status(
    folder: OfficeFolder, expected_log: Callable[[str], None]
) -> None:
    expected_log("settings: .*office.toml")
    expected_log("settings: in order again")
    async with running(engine_of(folder)) as engine, wall_of(engine) as wall:
        await wall.shows("Ben Bow")
        folder.edit('metric = "deals"', 'metric = "dals"')
        snapshot = await wall.shows("The settings have a mistake")
        assert "dals" in snapshot.notice
        assert "office.toml" in snapshot.notice
        assert snapshot.slides[0].pages
        status = await asyncio.to_thread(ask, engine.server.path, "status")
        assert "dals" in status["problems"][0]
        folder.edit('metric = "dals"', 'metric = "deals"')
        await until(lambda: wall.snapshots[-1].notice == "")


async def test_settings_that_were_wrong_at_the_start_are_said(
    folder: OfficeFolder, expected_log: Callable[[str], None]
) -> None:
    expected_log("settings: .*office.toml")
    open_office(folder.settings)
    folder.edit('metric = "deals"', 'metric = "dals"')
    async with running(engine_of(folder)) as engine, wall_of(engine) as wall:
        await wall.shows("The settings have a mistake")


async def test_another_store_in_the_settings_ends_this_engine_for_the_next(
    folder: OfficeFolder, expected_log: Callable[[str], None]
) -> None:
    expected_log("another store is used from now on: .*other.db")
    async with running(engine_of(folder)) as engine, wall_of(engine) as wall:
        await wall.shows("Ben Bow")
        folder.edit('path = "store.db"', 'path = "other.db"')
        await asyncio.wait_for(engine.stop.wait(), 10)
        assert (engine.moved, engine.failed) == (True, False)


async def test_a_source_that_is_new_in_the_settings_is_read(folder: OfficeFolder) -> None:
    async with running(engine_of(folder)) as engine, wall_of(engine) as wall:
        await wall.shows("Ben Bow")
        (folder.path / "more.csv").write_text(
            folder.deals_file.read_text().replace("d1,Anna Arc,300", "x1,Cleo Cey,900").replace("d2", "x2")
        )
        mapping = folder.settings.read_text().split("[sources.crm]")[1].split("[metrics")[0]
        more = mapping.replace("deals.csv", "more.csv").replace("sources.crm", "sources.more")
        folder.add(f"[sources.more]{more}")
        await wall.shows("Cleo Cey")
        assert set(engine.coordinators) == {"crm", "more"}


# ------------------------------------------------------------------------------------------- bad luck


async def test_a_damaged_store_ends_the_engine_as_failed(
    folder: OfficeFolder, monkeypatch: pytest.MonkeyPatch, expected_log: Callable[[str], None]
) -> None:
    expected_log("the store is damaged; starting again repairs it")
    async with running(engine_of(folder)) as engine, wall_of(engine) as wall:
        await wall.shows("Ben Bow")

        def damaged() -> None:
            raise StoreDamaged("store-damaged", why="a page", path="store.db")

        monkeypatch.setattr(engine.store, "source_states", damaged)
        engine.mark_dirty(None)
        await asyncio.wait_for(engine.stop.wait(), 10)
        assert engine.failed


async def test_a_bug_in_the_engine_is_logged_and_ends_it_as_failed(
    folder: OfficeFolder, monkeypatch: pytest.MonkeyPatch, expected_log: Callable[[str], None]
) -> None:
    expected_log("(?s)task 'scoring' met a bug; the engine ends.*ZeroDivisionError")
    async with running(engine_of(folder)) as engine, wall_of(engine) as wall:
        await wall.shows("Ben Bow")
        monkeypatch.setattr(Desk, "steps", lambda *_: 1 // 0)
        engine.mark_dirty(None)
        await asyncio.wait_for(engine.stop.wait(), 10)
        assert engine.failed


async def test_on_a_full_disk_the_wall_goes_on_says_so_and_recovers_without_a_restart(
    folder: OfficeFolder, monkeypatch: pytest.MonkeyPatch, expected_log: Callable[[str], None]
) -> None:
    expected_log("the store cannot be used: The disk is full")
    expected_log("the store can be used again")
    monkeypatch.setattr(upkeep_module, "SAVE_EVERY_MS", 0)
    full = [False]
    go = asyncio.Event()
    source = ToldSource([won("1", "Anna", 10), end(), go, asyncio.Event()], pushes=True)
    async with running(engine_of(folder, source)) as engine, wall_of(engine) as wall:
        await wall.shows("Anna")
        save = engine.store.save_snapshot

        def guarded(*args: Any) -> None:
            if full[0]:
                raise StoreUnavailable("full", folder.path)
            save(*args)

        monkeypatch.setattr(engine.store, "save_snapshot", guarded)
        full[0] = True
        for _ in range(3):
            engine.mark_dirty(())
            await asyncio.sleep(0.02)
        snapshot = await wall.shows("The disk is full")
        assert snapshot.slides[0].pages[0][0].name == "Anna"
        full[0] = False
        engine.mark_dirty(())
        await until(lambda: wall.snapshots[-1].notice == "")
        assert not engine.stop.is_set()


async def test_a_store_that_cannot_even_be_read_leaves_the_last_board_and_the_reason(
    folder: OfficeFolder, monkeypatch: pytest.MonkeyPatch, expected_log: Callable[[str], None]
) -> None:
    expected_log("the store cannot be used: The disk reports an error")
    expected_log("the store can be used again")
    async with running(engine_of(folder)) as engine, wall_of(engine) as wall:
        await wall.shows("Ben Bow")
        states = engine.store.source_states

        def broken_disk() -> None:
            raise StoreUnavailable("io", folder.path, "EIO")

        monkeypatch.setattr(engine.store, "source_states", broken_disk)
        engine.mark_dirty(None)
        snapshot = await wall.shows("The disk reports an error")
        assert snapshot.slides[0].pages
        monkeypatch.setattr(engine.store, "source_states", states)
        engine.mark_dirty(None)
        await until(lambda: wall.snapshots[-1].notice == "")


async def test_a_start_on_a_full_disk_shows_what_is_known_and_catches_up_later(
    folder: OfficeFolder, monkeypatch: pytest.MonkeyPatch, expected_log: Callable[[str], None]
) -> None:
    expected_log("the store cannot be used")
    expected_log("the store can be used again")
    async with running(engine_of(folder)) as engine, wall_of(engine) as wall:
        await wall.shows("Ben Bow")
    folder.add('[people.anna-arc]\nname = "Anna the First"\nidentities = ["crm:Anna Arc"]\n')
    second = engine_of(folder, ToldSource())
    full = [True]
    await second.start()
    try:
        for name in (
            "set_people",
            "declare_source",
            "save_snapshot",
            "finish_interrupted_syncs",
            "note_complete",
        ):
            work = getattr(second.store, name)

            def guarded(*args: Any, _work: Any = work, **named: Any) -> Any:
                if full[0]:
                    raise StoreUnavailable("full", folder.path)
                return _work(*args, **named)

            monkeypatch.setattr(second.store, name, guarded)
        async with wall_of(second) as wall:
            await wall.shows("The disk is full")
            full[0] = False
            second.mark_dirty(None)
            await wall.shows("Anna the First")
    finally:
        await second.close()


async def test_everybody_hears_something_even_when_the_store_is_busy_for_long(
    folder: OfficeFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine_module, "BEAT_S", 0.05)
    async with running(engine_of(folder)) as engine, wall_of(engine) as wall:
        await wall.shows("Ben Bow")
        busy = asyncio.create_task(engine.thread.call(lambda: time.sleep(0.4)))
        beats = sum(message["t"] == "beat" for message in wall.heard)
        await busy
        await until(lambda: sum(message["t"] == "beat" for message in wall.heard) > beats + 3)


async def test_closing_while_a_large_sync_comes_in_leaves_nothing_staged(folder: OfficeFolder) -> None:
    batches: list[Step] = [Batch(tuple(deal(f"{n}-{i}", "Anna", 1) for i in range(400))) for n in range(4)]
    source = ToldSource([*batches, asyncio.Event()])
    staging = folder.path / "store.db.staging"
    async with running(engine_of(folder, source)):
        await until(lambda: staging.is_dir() and list(staging.iterdir()))
    assert list(staging.iterdir()) == []


# ------------------------------------------------------------------------------------------- commands


async def test_an_unknown_command_is_refused_with_those_there_are(folder: OfficeFolder) -> None:
    async with running(engine_of(folder)) as engine:
        with pytest.raises(
            CommandRefused, match="there is no command “dance”; there are: status, poll, import"
        ):
            await asyncio.to_thread(ask, engine.server.path, "dance")


async def test_malformed_commands_are_answered_and_harm_nobody(folder: OfficeFolder) -> None:
    async with running(engine_of(folder)) as engine, wall_of(engine) as wall:
        for more in ({"args": [1]}, {"args": "x"}, {"args": 7}, {}):
            wall.command("show", **more)
        wall.command(None)
        wall.command(["status"])
        await until(lambda: sum(message["t"] == "reply" for message in wall.heard) == 6)
        assert not any(message["ok"] for message in wall.heard if message["t"] == "reply")
        assert not engine.stop.is_set()


async def test_a_bug_in_a_command_is_answered_logged_and_ends_nothing(
    folder: OfficeFolder, monkeypatch: pytest.MonkeyPatch, expected_log: Callable[[str], None]
) -> None:
    expected_log("(?s)task 'command status' met a bug.*AttributeError")
    async with running(engine_of(folder)) as engine:
        monkeypatch.setattr(engine.rotator, "show", None)
        with pytest.raises(CommandRefused, match="this met a bug"):
            await asyncio.to_thread(ask, engine.server.path, "status")
        assert not engine.stop.is_set()
        assert not engine._errands


async def test_polling_says_what_failed(folder: OfficeFolder, expected_log: Callable[[str], None]) -> None:
    expected_log("no answer")
    one, other = (
        ToldSource([won("1", "Anna", 10), end()]),
        ToldSource([broken("no answer")], [broken("no answer")]),
    )
    other.name = "crm2"
    engine = engine_of(folder, one)
    engine.office.settings.sources["crm2"] = engine.office.settings.sources["crm"]
    engine._sources = [one, other]
    async with running(engine):
        assert await asyncio.to_thread(ask, engine.server.path, "poll") == {"crm": "", "crm2": "no answer"}
        assert await asyncio.to_thread(ask, engine.server.path, "poll", {"source": "crm"}) == {"crm": ""}
        with pytest.raises(CommandRefused, match="there is no source “x”; there are: crm, crm2"):
            await asyncio.to_thread(ask, engine.server.path, "poll", {"source": "x"})


async def test_another_file_is_imported_with_progress(folder: OfficeFolder) -> None:
    other = folder.path / "march.csv"
    lines = [f"m{n},Cleo Cey,1,2026-03-01 10:00:00" for n in range(9000)]
    other.write_text("\n".join(["id,who,amount,at", *lines]) + "\n")
    told: list[int] = []
    async with running(engine_of(folder)) as engine, wall_of(engine) as wall:
        await wall.shows("Ben Bow")
        answer = await asyncio.to_thread(
            ask,
            engine.server.path,
            "import",
            {"source": "crm", "path": str(other)},
            lambda done, _total, _text: told.append(done),
        )
        assert answer["added"] == 9000
        assert told == sorted(told)
        assert len(told) > 2
        await asyncio.to_thread(ask, engine.server.path, "poll")
        rows = await engine.thread.call(lambda: engine.store.identities())
        assert {row.external_id for row in rows} == {"Anna Arc", "Ben Bow", "Cleo Cey"}


@pytest.mark.parametrize(
    ("source", "path", "why"),
    [("x", "deals.csv", "there is no source “x”"), ("crm", "nothing.csv", "nothing.csv")],
)
async def test_an_import_that_cannot_be_is_refused_in_words(
    folder: OfficeFolder, source: str, path: str, why: str
) -> None:
    async with running(engine_of(folder)) as engine:
        with pytest.raises(CommandRefused, match=why):
            await asyncio.to_thread(
                ask, engine.server.path, "import", {"source": source, "path": str(folder.path / path)}
            )


async def test_a_first_reading_is_told_on_the_wall_and_to_whoever_polls(
    folder: OfficeFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in (firstrun, commands):
        monkeypatch.setattr(module, "EVERY_S", 0.02)
    end_it = asyncio.Event()
    batch = Batch((deal("d1", "Anna Arc", 300, real_ms()),), done=12_400)
    source = ToldSource([batch, end_it, SyncEnd(real_ms(), full=True)])
    told: list[str] = []
    async with running(engine_of(folder, source)) as engine, wall_of(engine) as wall:
        reading = "Reading crm for the first time: 12,400 records so far"
        assert (await wall.shows(reading)).reading == (reading,)
        asking = asyncio.create_task(
            asyncio.to_thread(ask, engine.server.path, "poll", None, lambda *said: told.append(said[2]))
        )
        await until(lambda: reading in told)
        end_it.set()
        assert await asking == {"crm": ""}
        assert (await wall.shows("Anna Arc")).reading == ()


async def test_a_wall_on_which_nothing_can_stand_yet_says_why(
    folder: OfficeFolder, expected_log: Callable[[str], None]
) -> None:
    expected_log("source crm: ")
    source = ToldSource([broken("the key is refused", stop=True)], [SyncEnd(real_ms(), full=True)])
    async with running(engine_of(folder, source)) as engine, wall_of(engine) as wall:
        assert (await wall.shows("is refused")).reading == ("crm: the key is refused",)
        await asyncio.to_thread(ask, engine.server.path, "poll")
        assert (await wall.shows("Nothing counted yet")).reading == ("Nothing counted yet",)


async def test_settings_that_come_while_a_board_is_worked_out_end_nothing(
    folder: OfficeFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    work, turns = Engine._work, []

    def overtaken(engine: Engine, *args: Any) -> Snapshot | None:
        snapshot = work(engine, *args)
        if len(turns) < 3:  # in the store's thread, as settings that have changed do it
            turns.append(snapshot)
            engine._make_desk()
        return snapshot

    monkeypatch.setattr(Engine, "_work", overtaken)
    async with running(engine_of(folder)) as engine, wall_of(engine) as wall:
        await until(lambda: len(turns) == 3)
        engine.mark_dirty(None)
        await wall.shows("Anna Arc")


async def test_keys_turn_the_pages_and_a_slide_can_be_asked_for(folder: OfficeFolder) -> None:
    async with running(engine_of(folder)) as engine, wall_of(engine) as wall:
        await wall.shows("Ben Bow")
        await until(lambda: engine.rotator.show.slide == "leaderboard")
        for name, slide in (("next", "deals"), ("previous", "leaderboard")):
            await asyncio.to_thread(ask, engine.server.path, name)
            assert engine.rotator.show.slide == slide
        await asyncio.to_thread(ask, engine.server.path, "show", {"slide": "deals"})
        assert engine.rotator.show.slide == "deals"
        with pytest.raises(CommandRefused, match="no slide 'x'; there are: deals, leaderboard"):
            await asyncio.to_thread(ask, engine.server.path, "show", {"slide": "x"})
        await asyncio.to_thread(ask, engine.server.path, "pause")
        assert engine.rotator.show.paused


async def test_raising_counts_the_walls_and_tells_them(folder: OfficeFolder) -> None:
    async with running(engine_of(folder)) as engine:
        assert await asyncio.to_thread(ask, engine.server.path, "raise") == {"walls": 0}
        async with wall_of(engine) as wall:
            await wall.shows("Ben Bow")
            assert await asyncio.to_thread(ask, engine.server.path, "raise") == {"walls": 1}
            await until(lambda: any(message["t"] == "raise" for message in wall.heard))


async def test_an_engine_that_is_ending_says_so_instead_of_raising_a_wall(folder: OfficeFolder) -> None:
    async with running(engine_of(folder)) as engine:
        await asyncio.to_thread(ask, engine.server.path, "stop")
        assert engine.stop.is_set()
        with pytest.raises(CommandRefused, match="the engine is ending"):
            await asyncio.to_thread(ask, engine.server.path, "raise")


async def test_an_edit_of_a_preset_beside_the_settings_applies_without_a_restart(
    folder: OfficeFolder, expected_log: Callable[[str], None]
) -> None:
    expected_log("my-crm.toml, line")
    expected_log("settings: in order again")
    preset = folder.path / "my-crm.toml"
    preset.write_text(preset_called("First"), "utf-8")
    folder.add('[sources.api]\ntype = "http"\npreset = "my-crm"\nallow_hosts = ["127.0.0.1"]\n')
    told = ToldSource([won("d1", "Ben Bow", 200), end()])
    async with running(engine_of(folder, told)) as engine, wall_of(engine) as wall:
        await wall.shows("Ben Bow")
        preset.write_text(preset_called("Second").replace("records", "recods"), "utf-8")
        assert "recods" in (await wall.shows("recods")).notice
        assert engine.office.source_title("api") == "First"
        preset.write_text(preset_called("Third"), "utf-8")
        await until(lambda: engine.office.source_title("api") == "Third")
        await until(lambda: wall.snapshots[-1].notice == "")


async def test_an_edit_of_the_exchange_rates_applies_without_a_restart(
    folder: OfficeFolder, monkeypatch: pytest.MonkeyPatch, expected_log: Callable[[str], None]
) -> None:
    expected_log("rates: The file .* is missing")
    monkeypatch.setattr(exchange, "LOOK_EVERY_S", 0.02)
    file = folder.path / "rates.csv"
    file.write_text("date,currency,rate\n2020-01-01,USD,2\n", "utf-8")
    folder.edit('{ constant = "EUR" }', '{ constant = "USD" }')
    folder.edit("[store]", '[rates]\npath = "rates.csv"\n\n[store]')
    async with running(engine_of(folder)) as engine, wall_of(engine) as wall:
        await wall.shows("€600")
        file.write_text("date,currency,rate\n2020-01-01,USD,3\n", "utf-8")
        await wall.shows("€900")
        file.unlink()
        await until(lambda: engine.office.rates_file.failed is not None)
        folder.edit('title = "Revenue won"', 'title = "Euros in"')
        await wall.shows("Euros in")
        assert wall.rows == [("Anna Arc", "€900"), ("Ben Bow", "€600")]
