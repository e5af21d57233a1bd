"""One reading of a source, said line by line and kept nowhere: what was asked, what came, what it means."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from decimal import Decimal
from json import dumps
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from salesboard_display.core.facts import Fact
from salesboard_display.core.messages import message
from salesboard_display.core.money import minor_digits
from salesboard_display.core.sync import Batch, SyncEnd
from salesboard_display.engine.clock import real_ms
from salesboard_display.engine.firstrun import FirstRun
from salesboard_display.engine.office import Office
from salesboard_display.sources.contract import Closing, Source
from salesboard_display.sources.http.messages import Reply, Request
from salesboard_display.sources.http.session import Session
from salesboard_display.sources.http.source import HttpSource

MOST_SHOWN = 20
Tell = Callable[[str], None]


async def try_source(office: Office, name: str, tell: Tell) -> None:
    """Read the source once from the beginning, and tell of it. Raises SourceError."""
    source = next(one for one in office.sources() if one.name == name)
    if isinstance(source, HttpSource):
        source.send_through(lambda session: _Told(session, tell))
    title = office.source_title(name)
    first = FirstRun(lambda reading: tell(office.words.say(reading.said_of(title))))
    batches: list[Batch] = []
    try:
        async for batch in _read(source, office):
            batches.append(batch)
            first.note(batch.done, batch.total)
    finally:
        if isinstance(source, Closing):
            await source.aclose()
    for line in _told(office, batches):
        tell(line)


async def _read(source: Source, office: Office) -> Any:
    async for item in source.fetch("", office.context(real_ms, once=True)):
        if isinstance(item, SyncEnd):
            return
        yield item


class _Told:
    """A session that tells each request, without what is secret."""

    def __init__(self, session: Session, tell: Tell) -> None:
        self._session, self._tell = session, tell

    async def send(self, request: Request) -> Reply:
        """See Session.send."""
        params = f"?{urlencode(request.params)}" if request.params else ""
        self._tell(self._session.redact(f"{request.method} {request.url}{params}"))
        if request.json is not None or request.form:
            body = dumps(request.json) if request.json is not None else urlencode(request.form or {})
            self._tell(self._session.redact(f"  {body}"))
        reply = await self._session.send(request)
        self._tell(f"  {reply.status}, {len(reply.text)} B")
        return reply

    async def names(self) -> dict[str, Any]:
        """See Session.names."""
        return await self._session.names()

    async def aclose(self) -> None:
        """See Session.aclose."""
        await self._session.aclose()


def _told(office: Office, batches: list[Batch]) -> Iterator[str]:
    facts = [fact for batch in batches for fact in batch.facts]
    people = [person for batch in batches for person in batch.people]
    withdrawn = {key for batch in batches for key in batch.withdrawn}
    rejections = [rejection for batch in batches for rejection in batch.rejections]
    for person in people[:MOST_SHOWN]:
        yield "  ".join(part for part in (person.external_id, person.name, person.email, person.team) if part)
    for fact in facts[:MOST_SHOWN]:
        yield _fact_line(fact, ZoneInfo(office.zone))
    for rejection in rejections[:MOST_SHOWN]:
        field = f"{rejection.field}: " if rejection.field else ""
        yield f"{rejection.record}: {field}{office.words.say(rejection.reason)} ({rejection.excerpt})"
    yield office.words.say(
        message(
            "source-tried",
            records=max((batch.done for batch in batches), default=0),
            facts=len(facts),
            people=len(people),
            withdrawn=len(withdrawn),
            rejected=len(rejections),
        )
    )


def _fact_line(fact: Fact, zone: ZoneInfo) -> str:
    at = datetime.fromtimestamp(fact.occurred_at / 1000, zone)
    parts = [fact.kind, fact.key, f"{at:%Y-%m-%d}" if fact.day_only else f"{at:%Y-%m-%d %H:%M}"]
    for line in fact.lines:
        money = ""
        if line.amount_minor is not None:
            money = f" {Decimal(line.amount_minor).scaleb(-minor_digits(fact.currency))} {fact.currency}"
        parts.append(f"{line.identity}{money}")
    parts += [f"{name}={value}" for name, value in (*fact.attributes, *fact.detail)]
    return "  ".join(parts)
