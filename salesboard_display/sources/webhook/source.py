"""The webhook source: what is sent to it is kept at once, then mapped, batch after batch."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from typing import Any, NamedTuple

from salesboard_display.core.messages import Message
from salesboard_display.core.sync import Batch, SyncEnd
from salesboard_display.settings.mapping import Filter
from salesboard_display.settings.webhook import WebhookSource as WebhookSettings
from salesboard_display.sources.contract import FetchContext, Stage, Surroundings, problem
from salesboard_display.sources.file.jsonfile import no_object
from salesboard_display.sources.mapping.filters import compile_filter
from salesboard_display.sources.mapping.mapping import BoundMapping, RecordMapping
from salesboard_display.sources.mapping.rejected import Rejected
from salesboard_display.sources.mapping.selectors import Selectors
from salesboard_display.sources.webhook.bodies import BadBody, Ids, document_of, records_at, text_of
from salesboard_display.sources.webhook.inbox import MOST_AT_ONCE, Full, Inbox
from salesboard_display.sources.webhook.journal import Entry
from salesboard_display.sources.webhook.limits import Limit
from salesboard_display.sources.webhook.secret import secrets_of
from salesboard_display.sources.webhook.signatures import Received, why_refused

GATHER_S, GATHER_IN_A_FLOOD_S, FLOOD = 0.1, 1.0, 10
"""How long webhooks are gathered after some were handed on (the first waits for nothing); longer, when so
many came at once: every board would be worked out anew for each few, with no time left to answer."""
AGAIN_S = 5
"""When a sender whose webhook could not be kept should try again."""


class Answer(NamedTuple):
    """What a sender is told: an HTTP status, why in words, and (above 0) after how many seconds to try
    again."""

    status: int
    said: str
    again_s: int = 0


NOT_LISTENING = Answer(503, "this source cannot keep webhooks just now", AGAIN_S)
FULL = Answer(429, "too many webhooks wait to be counted", AGAIN_S)


class WebhookSource:
    """A source that is sent to. See contract.Source.

    A webhook is answered 200 when it is on the disk: from then on no crash loses it. Until the store has
    what it says, it is read again at each start; the cursor says how far the store has come.
    """

    pushes = True

    def __init__(self, name: str, settings: WebhookSettings, around: Surroundings) -> None:
        self.name = name
        self.triggers, self.trigger_after_s = settings.triggers, settings.trigger_after
        self._settings = settings
        self._stores = around.secrets
        self._secrets: list[str] = []
        self._path = around.data_folder / f"{name}.webhooks"
        create = settings.unknown_people == "create" or (
            settings.unknown_people == "auto" and not around.roster
        )
        self._mapping = RecordMapping(
            settings.facts,
            settings.people,
            settings.zone or around.zone,
            around.base_folder,
            create_people=create,
            takes_back=settings.takes_back,
        )
        self._ids = Ids(settings)
        self._records = records_at(settings.records)
        gone = Filter(expression=settings.deleted)
        self._gone = compile_filter(gone, Selectors(None)) if settings.deleted is not None else None
        self._limit = Limit(around.web.per_second)
        self._most_waiting = around.web.waiting
        self._inbox: Inbox | None = None

    # ---------------------------------------------------------------- for senders
    def admit(self, now_s: float | None = None) -> Answer | None:
        """What to answer before anything of a request is read; None when it may go on."""
        wait_s = self._limit.wait_s(time.monotonic() if now_s is None else now_s)
        if wait_s:
            return Answer(429, "too many requests", max(1, round(wait_s)))
        if self._inbox is None:
            return NOT_LISTENING
        return FULL if self._inbox.full else None

    async def receive(self, received: Received) -> Answer:
        """Judge a webhook and keep it: the answer says what came of it. 200 means that it is on the disk."""
        inbox = self._inbox
        if inbox is None:
            return NOT_LISTENING
        refused = self._refused(received)
        if refused is not None:
            return refused
        try:
            text = text_of(received.body)
            identity = self._ids.of(received, document_of(text))
        except BadBody as error:
            return Answer(400, str(error))
        try:
            new = await inbox.put(identity.id, text, received.at_ms, lasting=identity.lasting)
        except Full:
            return FULL
        except OSError as error:
            return Answer(503, f"the webhook cannot be kept: {error.strerror or error}", AGAIN_S)
        return Answer(200, "kept" if new else "known already")

    def heartbeat(self, received: Received) -> Answer:
        """A sign of life, signed like a webhook."""
        inbox = self._inbox
        if inbox is None:
            return NOT_LISTENING
        refused = self._refused(received)
        if refused is None:
            inbox.sign_of_life(received.at_ms)
        return refused or Answer(200, "alive")

    def _refused(self, received: Received) -> Answer | None:
        why = why_refused(self._settings.signature, self._secrets, received)
        return Answer(401, why) if why else None

    # ---------------------------------------------------------------- for the engine
    async def fetch(self, cursor: str, ctx: FetchContext) -> AsyncIterator[Batch | SyncEnd]:
        """What was sent and is not in the store yet, then whatever is sent, as it comes."""
        bound = self._mapping.bind(None, position="webhook")
        done = int(cursor) if cursor.isdecimal() else 0
        inbox = Inbox(self._path, self._most_waiting)
        try:
            self._secrets = await asyncio.to_thread(secrets_of, self._settings, self._stores)
            await _opened(inbox, done, str(self._path))
            self._inbox = inbox
            while not ctx.once or inbox.there():
                entries = await inbox.next()
                if not entries:
                    yield SyncEnd(inbox.alive_ms, full=False, cursor=str(done), unchanged=True)
                    continue
                began_s = time.monotonic()
                yield await asyncio.to_thread(self._mapped, bound, entries)
                done, came_ms = entries[-1].seq, entries[0].at_ms
                yield SyncEnd(inbox.alive_ms, full=False, cursor=str(done), arrived_at_ms=came_ms)
                inbox.done(done)  # whoever asks for more has it in the store
                await ctx.sleep(max(0.0, began_s + _gather_s(len(entries)) - time.monotonic()))
        finally:
            self._inbox = None
            await inbox.close()

    async def changes(self) -> AsyncIterator[None]:
        """Nothing: what happens is sent."""
        for _ in ():
            yield None

    def notes(self) -> tuple[Message, ...]:
        """What is taken for granted about the times in it."""
        zones = {one.happened.zone or self._mapping.zone for one in self._settings.facts}
        return tuple(
            Message("Dates and times without an offset are read as time in {zone}.", (("zone", zone),))
            for zone in sorted(zones)
        )

    def _mapped(self, bound: BoundMapping, entries: list[Entry]) -> Batch:
        for entry in entries:
            try:
                records = self._records(document_of(entry.text))
            except BadBody as error:
                bound.reject(entry.seq, error.message, entry.text)
                continue
            except Rejected as error:
                bound.reject(entry.seq, error.reason, entry.text, error.field)
                continue
            for record in records:
                self._take(bound, record, entry.seq)
        return bound.batch()

    def _take(self, bound: BoundMapping, record: Any, number: int) -> None:
        if not isinstance(record, dict):
            bound.reject(number, no_object(record), str(record))
            return
        try:
            gone = self._gone is not None and self._gone(record)
        except Rejected as error:
            bound.reject(number, error.reason, str(record), error.field)
            return
        if gone:
            bound.withdraw(record, number)
        elif not bound.take(record, number) and self._settings.ready == "generic":
            # A CRM sends much that does not count; what one writes oneself is meant to.
            bound.reject(number, Message("none of the facts that are mapped takes it"), str(record))


def _gather_s(count: int) -> float:
    """How long to gather after so many; where more wait than go at once, there is nothing to wait for."""
    return GATHER_IN_A_FLOOD_S if FLOOD <= count < MOST_AT_ONCE else GATHER_S


async def _opened(inbox: Inbox, done: int, path: str) -> None:
    try:
        await inbox.open(done, time.time_ns() // 1_000_000)
    except OSError as error:
        raise problem(
            Stage.FILE,
            "Webhooks cannot be kept in {path} ({why}). See that the folder can be written and has room.",
            path=path,
            why=error.strerror or str(error),
        ) from error
