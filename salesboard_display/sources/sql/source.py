"""The SQL source: asks a database in its rhythm, everything or what is new, and only ever reads."""

from __future__ import annotations

import asyncio
import hashlib
import time
from collections.abc import AsyncIterator, Generator
from contextlib import aclosing, closing
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from itertools import chain
from typing import Any
from urllib.parse import quote_plus
from zoneinfo import ZoneInfo

from sqlalchemy import make_url
from sqlalchemy.exc import ArgumentError

from salesboard_display.core.messages import Message
from salesboard_display.core.sync import Batch, SyncEnd
from salesboard_display.settings.sql import SqlSource as SqlSettings
from salesboard_display.sources.contract import FetchContext, Surroundings
from salesboard_display.sources.mapping.mapping import RecordMapping
from salesboard_display.sources.mapping.times import FIRST_YEAR
from salesboard_display.sources.revealing import revealed
from salesboard_display.sources.sql import words
from salesboard_display.sources.sql.dialects import DIALECTS, Dialect, Place, with_driver
from salesboard_display.sources.sql.reading import Reading, Row
from salesboard_display.sources.sql.state import Greatest, SqlState, parse_state
from salesboard_display.sources.stepping import stepped

HELD_ROWS = 10_000
"""So many rows are compared with the last reading's before any is mapped; more are mapped as they come."""

_GRACE_S = 10.0
_NOT_OF_THE_SETUP = {"url", "poll_every", "expected_every", "connect_timeout", "statement_timeout"}


@dataclass(frozen=True, slots=True)
class _Poll:
    """One poll: what was known before, what is known after it, and whether it reads everything there is
    (``whole``) so that what is absent is withdrawn (``full``). ``same_setup``: the query
    means what it meant before."""

    started_ms: int
    before: SqlState
    after: SqlState
    whole: bool
    full: bool
    oldest_ms: int | None
    same_setup: bool


class SqlSource:
    """A query to a database. See contract.Source."""

    pushes = False

    def __init__(self, name: str, settings: SqlSettings, around: Surroundings) -> None:
        self.name = name
        self._settings = settings
        self._around = around
        self._mapping = RecordMapping.of(
            settings, around, decimal=".", takes_back=settings.cursor is not None
        )
        self._dialect = DIALECTS.get(settings.dialect) or Dialect()
        self._doubted = -1

    async def fetch(self, cursor: str, ctx: FetchContext) -> AsyncIterator[Batch | SyncEnd]:
        """What the query gives, unless it is what it gave before; whole, or not at all."""
        place = await asyncio.to_thread(self._place)
        poll = self._poll(parse_state(cursor), ctx, place)
        reading = Reading(place, self._dialect)
        longest_s = self._settings.connect_timeout + 2 * self._settings.statement_timeout + _GRACE_S
        async with aclosing(stepped(self._read(poll, reading), reading.interrupt)) as items:
            while True:
                try:
                    async with asyncio.timeout(longest_s):
                        item = await anext(items, None)
                except TimeoutError:  # neither the server nor its driver has noticed that the time is over
                    raise words.not_answering(place) from None
                if item is None:
                    return
                yield item

    async def changes(self) -> AsyncIterator[None]:
        """A database does not tell."""
        for _ in ():
            yield None

    def notes(self) -> tuple[Message, ...]:
        """What is taken for granted about the data, and how far we cannot promise to only read."""
        notes = self._mapping.notes()
        if not self._dialect.reads_only:
            notes += (
                Message(
                    "{dialect} databases are not told here that we only read: give the source a user who may "
                    "do nothing else.",
                    (("dialect", self._settings.dialect),),
                ),
            )
        return notes

    # --------------------------------------------------------------------------------------- what is asked
    def _place(self) -> Place:
        """Where to ask. Blocks while a secret is looked up; one that is part of the URL is written for it."""
        given = revealed(self._settings.url.get_secret_value(), self._around.secrets, quote_plus)
        try:
            url = with_driver(make_url(given), self._dialect)
        except (ArgumentError, ValueError):
            raise words.no_url(self._settings.dialect) from None
        return Place(url, self._settings, self._mapping.zone, self._around.base_folder)

    def _poll(self, before: SqlState, ctx: FetchContext, place: Place) -> _Poll:
        """From where to read on, or everything: at first, after another set-up, when older facts are needed
        than before, and every ``full_every``."""
        settings, now_ms = self._settings, time.time_ns() // 1_000_000
        cursor = settings.cursor
        oldest_ms = ctx.oldest_ms if settings.windowed else None
        setup = _digest(
            place.url.render_as_string(hide_password=True),
            settings.model_dump_json(exclude=_NOT_OF_THE_SETUP),
            self._mapping.zone,
            str(self._mapping.create_people),
        )
        same_setup = before.setup == setup
        anew = not same_setup or not _covers(before.oldest_ms, oldest_ms)
        if cursor is None:
            full = settings.absent != "keep"
        elif cursor.full_every is None:
            full = False
        else:
            full = anew = anew or now_ms - before.full_ms >= cursor.full_every * 1000
        after = replace(before, setup=setup)
        if anew:
            there = before.records if same_setup else 0
            before = SqlState(records=there)
            after = SqlState(setup, full_ms=now_ms, oldest_ms=oldest_ms)
        return _Poll(now_ms, before, after, anew or cursor is None, full, oldest_ms, same_setup)

    def _values(self, poll: _Poll) -> dict[str, Any]:
        """What stands for the query's gaps."""
        values: dict[str, Any] = {}
        if self._settings.windowed:
            values["oldest"] = self._dialect.bound(_first_day(poll.oldest_ms, self._mapping.zone))
        if (cursor := self._settings.cursor) is not None:
            text = poll.before.value or cursor.initial or ""
            values["cursor"] = self._dialect.bound(cursor.value(text))
        return values

    # ---------------------------------------------------------------------------------------- what is read
    def _read(self, poll: _Poll, reading: Reading) -> Generator[Batch | SyncEnd, None, None]:
        """One reading, blocking. Raises SourceError."""
        with closing(reading.rows(self._values(poll))) as lists:
            held: list[Row] = []
            seen = hashlib.blake2b(digest_size=16)
            digest = ""
            for some in lists:
                held += some
                seen.update(repr(some).encode("utf-8", "surrogatepass"))
                if len(held) > HELD_ROWS:
                    break
                yield Batch(done=len(held))
            else:
                digest = seen.hexdigest()
            bound = self._mapping.bind(reading.columns, position="row")
            greatest = Greatest(self._settings.cursor, reading.columns, poll.before.value)
            if digest and digest == poll.before.rows:
                yield self._end(poll, poll.before, unchanged=True)
                return
            for some in chain([held], lists):
                for number, row in enumerate(some, bound.records + 1):
                    bound.take(row, number)
                    greatest.see(row)
                yield bound.batch(bound.records)
        meant = False
        if poll.whole:
            bound.check()
            meant = self._doubt(poll.before.records, bound.records)
        after = replace(
            poll.after,
            rows=digest,
            records=bound.records if poll.whole else poll.before.records,
            value=greatest.text,
        )
        end = self._end(poll, after, unchanged=not poll.whole and not bound.records)
        yield replace(end, guarded=poll.same_setup and not meant)

    def _doubt(self, before: int, now: int) -> bool:
        """Less than half of what there was is believed at the second reading: somebody may be filling a table
        anew. Whether this is the second. Raises SourceError."""
        suspicious = now * 2 < before and (before >= 20 or not now)
        if suspicious and self._doubted != now:
            self._doubted = now
            raise words.shrank(before, now)
        self._doubted = -1
        return suspicious

    def _end(self, poll: _Poll, after: SqlState, *, unchanged: bool) -> SyncEnd:
        return SyncEnd(
            poll.started_ms,
            full=poll.full,
            cursor=after.text(),
            unchanged=unchanged,
            since_ms=poll.oldest_ms,
        )


def _covers(before_ms: int | None, now_ms: int | None) -> bool:
    """Whether what was read from the one instant on (None: from the beginning) holds all that is needed from
    the other on."""
    return before_ms is None or (now_ms is not None and before_ms <= now_ms)


def _first_day(oldest_ms: int | None, zone: str) -> date:
    """The day before the instant's, so that zones and hours lose nothing; without one the first of all."""
    if oldest_ms is None:
        return date(FIRST_YEAR, 1, 1)
    return datetime.fromtimestamp(oldest_ms / 1000, ZoneInfo(zone)).date() - timedelta(days=1)


def _digest(*parts: str) -> str:
    return hashlib.blake2b("\0".join(parts).encode(), digest_size=16).hexdigest()
