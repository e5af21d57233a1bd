"""The engine: keeps sources, works out what changed, rotates, and publishes it to every wall that listens."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import logging
from collections.abc import Callable, Coroutine, Iterable, Iterator
from dataclasses import replace
from typing import Any

from salesboard_display.core.messages import message
from salesboard_display.core.rotation import RotationSlide
from salesboard_display.core.snapshot import Show, Snapshot
from salesboard_display.core.sync import Applied
from salesboard_display.core.wire import frame, to_plain
from salesboard_display.engine import showing
from salesboard_display.engine.address import socket_path
from salesboard_display.engine.answers import last_snapshot
from salesboard_display.engine.clock import Clock, clock_state, real_ms
from salesboard_display.engine.commands import Commands
from salesboard_display.engine.coordinator import Coordinator, Health
from salesboard_display.engine.desk import Desk
from salesboard_display.engine.exchange import file_edits
from salesboard_display.engine.listening import Listening, MakeWebServer
from salesboard_display.engine.office import Office
from salesboard_display.engine.rotator import Rotator
from salesboard_display.engine.server import Client, Server
from salesboard_display.engine.store_thread import StoreThread
from salesboard_display.engine.triggers import Triggers
from salesboard_display.engine.upkeep import Upkeep
from salesboard_display.engine.waiting import set_or_after
from salesboard_display.settings.keeping import SettingsKeeper
from salesboard_display.settings.watching import watch
from salesboard_display.sources.contract import Source
from salesboard_display.sources.webhook.source import WebhookSource
from salesboard_display.store import Store, StoreDamaged, StoreUnavailable

log = logging.getLogger(__name__)
LOOK_AGAIN_S = 10.0
"""How often ages and the clock are looked at when nothing happens."""
BEAT_S = 5.0
REPLAY_TICK_S = 0.5
_NO_MORE = object()
Work = Callable[[], Coroutine[Any, Any, None]]


class Engine:
    """One office's engine. ``sources`` replace those of the settings (tests, benchmarks); ``make_web``
    makes the server that receives webhooks, should the settings switch it on."""

    def __init__(
        self,
        office: Office,
        keeper: SettingsKeeper,
        clock: Clock,
        stop: asyncio.Event,
        sources: Iterable[Source] | None = None,
        make_web: MakeWebServer | None = None,
    ) -> None:
        self.office, self.keeper, self.clock, self.stop = office, keeper, clock, stop
        self.thread = StoreThread()
        self.server = Server(socket_path(office.store_path), self._message)
        self.coordinators: dict[str, Coordinator] = {}
        self.snapshot: Snapshot | None = None
        self.failed = False
        """Whether it ended because it could not go on."""
        self.moved = False
        """Whether it ended because the settings name another store: the engine of that one is to follow."""
        self.opened = asyncio.Event()
        """Set once the sources are kept."""
        self.rotator = Rotator(office.calendar, self._tell_show)
        self.store: Store
        self.upkeep: Upkeep
        self.desk: Desk
        self._sources = sources
        self.listening = Listening(make_web, self._source, lambda: self.mark_dirty(()))
        self._triggers = Triggers(self.coordinators)
        self._commands = Commands(self)
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._errands: set[asyncio.Task[None]] = set()
        self._dirty = asyncio.Event()
        self._touched: set[str] | None = set()
        self._newest_fact_ms = 0
        self._to_introduce = True

    @property
    def replay(self) -> bool:
        """Whether the clock runs over history."""
        return self.clock.mode == "replay"

    # ---------------------------------------------------------------- life
    async def start(self) -> None:
        """Open the store and listen; whoever connects gets the last board at once. Raises StoreError in
        words."""
        self.store = await self.thread.call(lambda: Store.open(self.office.store_path))
        if self.store.opened.message is not None:
            log.warning("%s", self.office.words.say(self.store.opened.message))
        self.upkeep = Upkeep(self.store, self.thread, self._show_notice)
        last = await self.thread.call(lambda: last_snapshot(self.store))
        if last is not None:
            clock = clock_state(self.clock, self.office.zone)
            self.snapshot = replace(last, clock=clock, notice="", reading=())
        await self.server.start()
        self._run("heartbeat", self._beat_for_ever)
        self._run("opening", self._open)

    async def close(self) -> None:
        """Stop everything, keep the last board, checkpoint and close the store."""
        self._triggers.forget()
        tasks = {*self._tasks.values(), *self._errands}
        for task in tasks:
            task.cancel()
        if tasks:
            await asyncio.wait(tasks)
        await self.server.stop()
        if hasattr(self, "store"):
            await self.thread.call(lambda: self.upkeep.end(self._to_keep()))
        self.thread.close()

    def _to_keep(self) -> Snapshot | None:
        """The board for the next start, which shows what was real: of a replay nothing is kept."""
        return None if self.replay else self.snapshot

    async def _open(self) -> None:
        """Everything that may take longer than showing the last board."""
        try:
            await self.thread.call(lambda: self.store.finish_interrupted_syncs(real_ms()))
        except StoreUnavailable as error:
            self.upkeep.failed(error)  # the source's next sync finishes them
        await self.upkeep.when_usable(self._make_desk)
        self.mark_dirty(None)
        self._run("scoring", self._score_for_ever)
        self._run("rotation", self.rotator.run)
        self._run("backups", self.upkeep.back_up_for_ever)
        if not self.office.demo:
            self._run("settings", self._follow_settings)
            self._run("rates", self._follow_rates)
        self._start_sources()
        self.opened.set()

    def _make_desk(self) -> None:
        self._to_introduce = True
        with contextlib.suppress(StoreUnavailable):
            self._introduce()
        before = getattr(self, "desk", None)
        self.desk = Desk(self.office, self.store, running_replay=self.replay)
        if before is not None:
            self.desk.news = before.news

    def _introduce(self) -> None:
        """Tell the store the manager's word on people, as soon as it can be written."""
        self.office.introduce(self.store)
        self._to_introduce = False
        if hasattr(self, "desk"):
            self.desk.meet(self.store.directory())

    def _start_sources(self) -> None:
        sources = self.office.sources() if self._sources is None else self._sources
        for source in sources:
            coordinator = self.coordinators[source.name] = Coordinator(
                source,
                poll_every_s=self.office.poll_every_s(source.name),
                store=self.store,
                thread=self.thread,
                context=self.office.context(self.clock.now_ms),
                applied=self._applied,
                changed=self._health_changed,
                words=self.office.words,
                spread_s=0.0 if self.opened.is_set() else self.office.spread_s(source.name),
            )
            self._run(f"source {source.name}", coordinator.run)
        web, words = self.office.settings.web, self.office.words
        self._run("web", lambda: self.listening.keep(web, words), vital=False)

    async def _stop_sources(self) -> None:
        self._triggers.forget()
        tasks = [self._tasks.pop(name) for name in ("web", *(f"source {name}" for name in self.coordinators))]
        for task in tasks:
            task.cancel()
        if tasks:
            await asyncio.wait(tasks)
        self.coordinators.clear()

    def _source(self, name: str) -> Source | None:
        return self.coordinators[name].source if name in self.coordinators else None

    def _run(self, name: str, work: Work, *, vital: bool = True) -> None:
        self._tasks[name] = asyncio.create_task(self._guarded(name, work, vital=vital), name=name)

    async def _guarded(self, name: str, work: Work, *, vital: bool = True) -> None:
        try:
            await work()
        except StoreDamaged as error:
            log.error("the store is damaged; starting again repairs it: %s", error)
            self.failed = True
            self.stop.set()
        except Exception:  # one of the four boundaries: a bug; the wall starts a new engine where it must
            log.exception("the engine's task %r met a bug%s", name, "; the engine ends" if vital else "")
            if vital:
                self.failed = True
                self.stop.set()

    # ---------------------------------------------------------------- what happened
    def mark_dirty(self, touched: Iterable[str] | None, newest_fact_ms: int = 0) -> None:
        """Facts of these kinds changed (None: anything may have): work out and publish soon."""
        if touched is None or self._touched is None:
            self._touched = None
        else:
            self._touched |= set(touched)
        self._newest_fact_ms = self._newest_fact_ms or newest_fact_ms
        self._dirty.set()

    async def _applied(self, source: Source, applied: Applied | None, arrived_ms: int) -> None:
        if applied is not None and isinstance(source, WebhookSource):
            self._triggers.pull(source.triggers, source.trigger_after_s)
        if applied is None or not applied.changed:
            self.mark_dirty(())  # only the data's age is different
            return
        await self.thread.call(lambda: self.desk.take(applied))
        kinds = None if applied.people_changed else [kind for kind, _ in applied.touched]
        self.mark_dirty(kinds, arrived_ms)

    def _health_changed(self, _source: Source, _health: Health) -> None:
        self.mark_dirty(())

    async def _follow_settings(self) -> None:
        said = self.keeper.problems
        for problem in said:
            log.warning("settings: %s", problem)
        async for news in watch(self.keeper.path, stamp=self.keeper.current.seen):
            changed = self.keeper.take(news)
            if self.keeper.problems != said:
                said = self.keeper.problems
                for problem in said:
                    log.warning("settings: %s", problem)
                if not said:
                    log.warning("settings: in order again")
                self.mark_dirty(())
            if changed:
                await self._reconfigure()

    async def _follow_rates(self) -> None:
        """The file of exchange rates is edited: everything is worked out anew."""
        self._tell_rates()
        async for _ in file_edits(lambda: self.office.rates_path):
            office = replace(self.office, last_rates=self.office.rates_file)
            await asyncio.to_thread(office.read_rates)
            self.office = office
            await self.upkeep.when_usable(self._make_desk)
            self._tell_rates()
            self.mark_dirty(None)

    def _tell_rates(self) -> None:
        file = self.office.rates_file
        for problem in (*filter(None, [file.failed]), *file.problems):
            log.warning("rates: %s", self.office.words.say(problem))

    async def _reconfigure(self) -> None:
        """Other settings are in force: begin anew with them, keeping the store and the connections."""
        settings = self.keeper.current.settings
        office = replace(self.office, settings=settings, last_rates=self.office.rates_file)
        if office.store_path != self.office.store_path:
            log.warning("settings: another store is used from now on: %s", office.store_path)
            self.moved = True
            self.stop.set()
            return
        await self._stop_sources()
        self.office = office
        await self.upkeep.when_usable(self._make_desk)
        self._start_sources()
        self.mark_dirty(None)

    # ---------------------------------------------------------------- working out and publishing
    async def _score_for_ever(self) -> None:
        first = True
        while True:
            self._dirty.clear()
            touched, self._touched = self._touched, set()
            newest, self._newest_fact_ms = self._newest_fact_ms, 0
            try:
                await self._score(touched, newest)
            except StoreUnavailable as error:
                self.upkeep.failed(error)
                self._show_notice()
                self._touched = None
            else:
                late = self._introduce if self._to_introduce else None
                if await self.upkeep.after_publishing(self._to_keep(), late):
                    self.mark_dirty(None)
                if first:
                    first = False
                    gc.collect()
                    gc.freeze()  # what lives for weeks is not looked through again: that takes up to 60 ms
            await set_or_after(self._dirty, self._rest_s())

    async def _score(self, touched: set[str] | None, newest_fact_ms: int) -> None:
        """Work out what changed; what stands on the wall is published before the rest is worked out."""
        desk, at_ms, now_ms = self.desk, self.clock.now_ms(), real_ms()
        steps = desk.steps(at_ms, now_ms, touched, self.rotator.show.slide)
        while snapshot := await self.thread.call(lambda: self._work(desk, steps, at_ms, now_ms)):
            self._publish(replace(snapshot, newest_fact_ms=newest_fact_ms), desk)
            newest_fact_ms = 0

    def _rest_s(self) -> float:
        """How long nothing needs to be worked out unless something happens."""
        if self.replay:
            return REPLAY_TICK_S
        now = self.clock.now_ms()
        return min(LOOK_AGAIN_S, max(0.02, (self.desk.scorer.next_due_ms(now) - now) / 1000))

    def _work(self, desk: Desk, steps: Iterator[None], at_ms: int, now_ms: int) -> Snapshot | None:
        """In the store's thread: one more step, as a snapshot; None: none is left, or another desk came."""
        if desk is not self.desk or next(steps, _NO_MORE) is _NO_MORE:
            return None
        states = {state.name: state for state in self.store.source_states()}
        ages = self.office.ages(states, self._why)
        wall = self.office.settings.wall
        slides = showing.slides(desk, at_ms, now_ms, ages)
        stands = any(slide.pages for slide in slides)
        return Snapshot(
            seq=(self.snapshot.seq if self.snapshot else 0) + 1,
            clock=clock_state(self.clock, self.office.zone),
            locale=self.office.words.style.locale,
            theme=wall.theme,
            reduced_motion=wall.reduced_motion,
            screen=wall.screen,
            slides=slides,
            ticker=showing.ticker(desk, at_ms, now_ms),
            notice=self._notice(),
            reading=showing.readings(self.office, self.coordinators.values(), stands=stands),
        )

    def _notice(self) -> str:
        """What the office should know of and do something about, "" when all is well."""
        say = self.office.words.say
        if self.upkeep.unavailable is not None:
            return say(self.upkeep.unavailable.message)
        if self.keeper.problems:
            return say(message("settings-bad", problem=self.keeper.problems[0].message))
        if self.listening.problem is not None:
            return say(self.listening.problem)
        return ""

    def _show_notice(self) -> None:
        """Nothing can be worked out: the last board goes on, with the reason."""
        if self.snapshot is not None:
            clock = clock_state(self.clock, self.office.zone)
            again = replace(self.snapshot, clock=clock, seq=self.snapshot.seq + 1, newest_fact_ms=0)
            self.snapshot = replace(again, notice=self._notice())
            self.server.broadcast({"t": "snapshot", "snapshot": to_plain(self.snapshot)})

    def _why(self, source: str) -> Any:
        coordinator = self.coordinators.get(source)
        return coordinator.health.message or coordinator.health.patience if coordinator is not None else None

    def _publish(self, snapshot: Snapshot, desk: Desk) -> None:
        self.snapshot = snapshot
        self.server.broadcast({"t": "snapshot", "snapshot": to_plain(snapshot)})
        self.rotator.set_slides(self._rotation(snapshot, desk), self.office.calendar)

    def _rotation(self, snapshot: Snapshot, desk: Desk) -> list[RotationSlide]:
        schedules = desk.definitions.slides
        return [
            RotationSlide(
                slide.id, len(slide.pages), slide.dwell_s, schedules[slide.id].schedule, slide.empty
            )
            for slide in snapshot.slides
        ]

    # ---------------------------------------------------------------- talking
    async def _beat_for_ever(self) -> None:
        """Something for everybody, however long the store takes: the wall takes silence for a hang."""
        while True:
            await asyncio.sleep(BEAT_S)
            self.server.broadcast({"t": "beat"}, role="")

    async def _message(self, client: Client, said: dict[str, Any]) -> None:
        if said.get("t") == "hello":
            client.role = str(said.get("role", ""))
            if client.role == "wall":
                self._welcome(client)
        elif said.get("t") == "command":
            name = f"command {said.get('name')}"
            errand = asyncio.create_task(
                self._guarded(name, lambda: self._commands.obey(client, said), vital=False), name=name
            )
            self._errands.add(errand)
            errand.add_done_callback(self._errands.discard)

    def _welcome(self, client: Client) -> None:
        if self.snapshot is not None:
            client.send(frame({"t": "snapshot", "snapshot": to_plain(self.snapshot)}))
        if self.rotator.show.slide:
            client.send(frame({"t": "show", "show": to_plain(self.rotator.show)}))

    def _tell_show(self, show: Show) -> None:
        self.server.broadcast({"t": "show", "show": to_plain(show)})
