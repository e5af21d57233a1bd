"""The HTTP source: one sync of an API is everything its preset's streams have that is new, or all of it."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import AsyncIterator, Callable, Generator
from dataclasses import dataclass, field
from typing import Any

from salesboard_display.core.messages import Message
from salesboard_display.core.sync import Batch, SyncEnd
from salesboard_display.settings.http import HttpSource as HttpSettings
from salesboard_display.settings.preset import Preset, Stream
from salesboard_display.sources.contract import FetchContext, Stage, Surroundings, problem
from salesboard_display.sources.http.aside import LARGE, aside
from salesboard_display.sources.http.asking import DAY_MS, Asker, Page, Sends, Window
from salesboard_display.sources.http.lookups import Lookups
from salesboard_display.sources.http.messages import BeginAnew
from salesboard_display.sources.http.session import Session
from salesboard_display.sources.http.state import State, StreamState, parse_state
from salesboard_display.sources.http.taking import Taker
from salesboard_display.sources.stepping import stepped

MARGIN_MS = 30 * DAY_MS
"""So much longer ago than the oldest period a record may have changed last and still count in it."""
LONGEST_AHEAD_MS = 400 * DAY_MS
"""How long before the day it counts on a record may have been changed for the last time."""
DOUBT_MS = 3_600_000
"""So long after everything was read it is read again when what came since may be misunderstood."""


class HttpSource:
    """An API that a preset describes. See contract.Source."""

    pushes = False

    def __init__(
        self,
        name: str,
        settings: HttpSettings,
        around: Surroundings,
        session: Callable[[], Sends] | None = None,
    ) -> None:
        """``session`` makes what requests are sent through, instead of a Session of the settings'."""
        self.name = name
        self._settings, self._around = settings, around
        self._preset: Preset = settings.api
        self._zone = settings.zone or around.zone
        self._make_session = session or self._own_session
        self._session: Sends | None = None
        self._lookups = Lookups()
        self._streams = _in_order(self._preset)
        self._reads_options = tuple(
            stream for stream in self._preset.streams.values() if "option." in stream.model_dump_json()
        )
        self._always_full = all(
            stream.incremental is None and not stream.only_full for _, stream in self._streams if stream.facts
        )
        self._windowed = any(
            stream.facts and ("{since" in stream.model_dump_json() or stream.incremental is not None)
            for _, stream in self._streams
        )
        self._made_by = _digest(
            self._preset.model_dump_json(),
            repr(sorted(settings.options.items())),
            self._zone,
            str(self._creates_people),
        )
        self._quiet: tuple[str, State] = ("", State())
        """The cursor of the last sync that changed something, and what was learned since."""

    async def fetch(self, cursor: str, ctx: FetchContext) -> AsyncIterator[Batch | SyncEnd]:
        """What is new since the cursor, or everything in the window: the first time, every ``full_every``,
        when the preset or its options are others, and when the API has forgotten the position."""
        state = self._quiet[1].copy() if cursor and cursor == self._quiet[0] else parse_state(cursor)
        try:
            async for item in self._sync(state, cursor, ctx):
                yield item
        except BeginAnew:
            try:
                async for item in self._sync(state, cursor, ctx, anew=True):
                    yield item
            except BeginAnew:
                raise problem(
                    Stage.HTTP,
                    "{api} refuses to begin anew as well as to go on.",
                    api=self._preset.name,
                ) from None

    async def changes(self) -> AsyncIterator[None]:
        """Nothing tells of changes: an API is asked."""
        for _ in ():
            yield None

    def notes(self) -> tuple[Message, ...]:
        """How the preset was tried, and what it takes for granted."""
        caveats = (Message("{caveat}", (("caveat", text),)) for text in self._preset.caveats)
        return (_tried(self._preset), *caveats)

    def send_through(self, wrap: Callable[[Session], Sends]) -> None:
        """Send every request through what ``wrap`` makes of the session."""
        make = self._own_session
        self._make_session = lambda: wrap(make())

    async def aclose(self) -> None:
        """Close the connections."""
        session, self._session = self._session, None
        if session is not None:
            await session.aclose()

    # ------------------------------------------------------------------------------------------- one sync
    async def _sync(
        self, state: State, cursor: str, ctx: FetchContext, *, anew: bool = False
    ) -> AsyncIterator[Batch | SyncEnd]:
        now_ms = ctx.real_ms()
        sync = self._begin(state, ctx.oldest_ms, now_ms, anew=anew)
        sync.takes_back = bool(cursor) and not self._always_full
        self._lookups.begin(whole=sync.due)
        for name, stream in self._streams:
            if sync.leaves_out(name, stream):
                sync.all_people = sync.all_people and not stream.people
                continue
            async for batch in self._stream(sync, name, skips=not sync.due):
                yield batch
        if sync.full and sync.changed:
            for name in sync.skipped:  # a full sync holds what has not changed too
                async for batch in self._stream(sync, name, skips=False):
                    yield batch
        if sync.due:
            sync.after.full_at_ms, sync.after.window_ms = now_ms, sync.since_ms
        sync.after.made_by = self._made_by
        unchanged = not sync.due and not sync.changed
        if unchanged:
            self._quiet = (cursor, sync.after)
        yield SyncEnd(
            now_ms,
            full=sync.full,
            cursor=sync.after.text(),
            unchanged=unchanged,
            since_ms=ctx.oldest_ms if self._windowed else None,
            not_before_ms=sync.asker.not_before_ms,
            guarded=state.made_by == self._made_by,
            all_people=sync.all_people,
        )

    def _begin(self, state: State, oldest_ms: int | None, now_ms: int, *, anew: bool) -> _Sync:
        since_ms = _window_start(oldest_ms, state)
        due = (
            anew
            or state.full_at_ms is None
            or state.made_by != self._made_by
            or since_ms < state.window_ms
            or not 0 <= now_ms - state.full_at_ms < self._full_every_ms(state)
        )
        if due:
            state = State(
                streams={name: StreamState(records=one.records) for name, one in state.streams.items()}
            )
        if self._session is None:
            self._session = self._make_session()
        asker = Asker(self._preset, self._session, self._lookups, now_ms, self._reads_options)
        return _Sync(asker, state, state.copy(), since_ms, now_ms, due, due or self._always_full)

    def _full_every_ms(self, state: State) -> float:
        longest_ms = self._settings.full_every * 1000
        return min(longest_ms, DOUBT_MS) if state.in_doubt else longest_ms

    async def _stream(self, sync: _Sync, name: str, *, skips: bool) -> AsyncIterator[Batch]:
        """One stream's batches. With ``skips`` one lone page that is as it was is not looked into."""
        stream = self._preset.streams[name]
        before, after = sync.before.of(name), sync.after.of(name)
        taker = Taker(name, stream, self._settings, self._around, takes_back=sync.takes_back)
        digest, empty = hashlib.blake2b(digest_size=16), not sync.full
        begun, last = sync.taken, name == self._streams[-1][0]
        async for page in self._pages(sync, name, stream, conditional=skips):
            await aside(page.size, _digest_more, digest, page.records)
            empty = empty and not page.records
            same = page.unmodified or (page.lone and digest.hexdigest() == before.digest)
            if skips and same:
                sync.skipped.append(name)
                return
            batches = taker.take(page.records, sync.taken, _all_with(begun, page) if last else None)
            async for batch in _in_turn(batches, page.size):
                yield batch
            sync.taken += len(page.records)
        taker.check(whole=sync.full)
        sync.after.in_doubt = sync.after.in_doubt or (taker.in_doubt and not sync.full)
        after.digest, after.read_at_ms, after.records = digest.hexdigest(), sync.now_ms, taker.records
        sync.changed = sync.changed or (after.digest != before.digest and not empty)

    async def _pages(
        self, sync: _Sync, name: str, stream: Stream, *, conditional: bool
    ) -> AsyncIterator[Page]:
        if name in _looked_up(self._preset):
            yield Page(list(await sync.asker.whole(name)))
            return
        window = Window(sync.begins(name, stream), sync.now_ms, sync.due, conditional)
        async for page in sync.asker.pages(name, window, sync.before.of(name), sync.after.of(name)):
            yield page

    @property
    def _creates_people(self) -> bool:
        own = self._settings.unknown_people
        return own == "create" or (own == "auto" and not self._around.roster)

    def _own_session(self) -> Session:
        return Session(
            self.name,
            self._preset,
            self._settings.options,
            secrets=self._around.secrets,
            allow_hosts=tuple(self._settings.allow_hosts),
            proxy=self._around.network.proxy,
        )


def _all_with(before: int, page: Page) -> int | None:
    """How many records there are in all, those of other streams and those of the last one, where it says."""
    return None if page.total is None else before + page.total


def _window_start(oldest_ms: int | None, state: State) -> int:
    """From which change on everything is read.

    Not later than the time before: what was changed last before the window may count on a day within it,
    and that it is not read again must not mean that it is gone.
    """
    if oldest_ms is None:
        return 0
    start = max(0, oldest_ms - MARGIN_MS)
    if state.full_at_ms is None:
        return start
    return min(start, max(state.window_ms, oldest_ms - LONGEST_AHEAD_MS))


@dataclass(slots=True)
class _Sync:
    """One sync under way. ``due``: everything is read again, whatever the API says has not changed; ``full``:
    what it gives is all there is."""

    asker: Asker
    before: State
    after: State
    since_ms: int
    now_ms: int
    due: bool
    full: bool
    takes_back: bool = True
    """Whether a record may have been another fact before."""
    all_people: bool = True
    """Whether every list of people is read."""
    taken: int = 0
    changed: bool = False
    skipped: list[str] = field(default_factory=list)

    def leaves_out(self, name: str, stream: Stream) -> bool:
        """Whether this sync does without the stream: it was read not long ago, or is read with all only."""
        if self.due:
            return False
        young = self.now_ms - self.before.of(name).read_at_ms
        rests = stream.every is not None and 0 <= young < stream.every * 1000
        return stream.only_full or (rests and not (self.full and stream.facts))

    def begins(self, name: str, stream: Stream) -> int:
        """From when on the stream is asked for."""
        position_ms = self.before.of(name).position_ms
        if self.due or stream.incremental is None or position_ms is None:
            return self.since_ms
        return max(0, position_ms - int(stream.incremental.lookback * 1000))


def _tried(preset: Preset) -> Message:
    """Against what the preset was tried."""
    args = (("name", preset.name),)
    return {
        "server": Message("{name} was tried against a real server.", args),
        "description": Message(
            "{name} was tried against a machine-readable description of its API, not a live account.", args
        ),
        "notes": Message("{name} was written from notes and never tried against a live account.", args),
    }[preset.tried]


def _in_order(preset: Preset) -> list[tuple[str, Stream]]:
    """The streams that say something: people first, so that facts find them, deletions last."""

    def place(item: tuple[str, Stream]) -> int:
        stream = item[1]
        return 2 if stream.withdraws else 0 if stream.people else 1

    says = [(k, one) for k, one in preset.streams.items() if one.facts or one.people or one.withdraws]
    return sorted(says, key=place)


def _looked_up(preset: Preset) -> frozenset[str]:
    """The streams that others look up in, or are sliced over."""
    joined = (join.stream for stream in preset.streams.values() for join in stream.joins.values())
    sliced = (one.slices.stream for one in preset.streams.values() if one.slices and one.slices.stream)
    return frozenset((*joined, *sliced))


async def _in_turn(batches: Generator[Batch, None, None], size: int) -> AsyncIterator[Batch]:
    """A page's batches, with a turn for others after each; those of a large page are made in a thread."""
    if size >= LARGE:
        async for batch in stepped(batches):
            yield batch
        return
    for batch in batches:
        yield batch
        await asyncio.sleep(0)


def _digest_more(digest: hashlib.blake2b, records: list[Any]) -> None:
    for record in records:
        digest.update(repr(record).encode())


def _digest(*parts: Any) -> str:
    return hashlib.blake2b("\0".join(parts).encode(), digest_size=16).hexdigest()
