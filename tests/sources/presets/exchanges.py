"""Plays a preset's constructed replies, and says what came of them as the expected files do."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit, urlunsplit

import httpx
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from salesboard_display.core.facts import Fact
from salesboard_display.core.money import minor_digits
from salesboard_display.core.people import PersonRecord
from salesboard_display.core.sync import Batch, SyncEnd
from salesboard_display.settings.http import HttpSource as HttpSettings
from salesboard_display.settings.preset import Preset
from salesboard_display.sources.contract import FetchContext, Surroundings
from salesboard_display.sources.http.session import Session
from salesboard_display.sources.http.source import HttpSource
from tests.sources.http.scripted import environment


@dataclass
class Exchanges:
    """Answers requests from a list of exchanges; ``made`` are the requests that came."""

    exchanges: list[dict[str, Any]]
    made: list[dict[str, Any]] = field(default_factory=list)
    used: set[int] = field(default_factory=set)

    def answer(self, request: httpx.Request) -> httpx.Response:
        """The reply of the first exchange that fits and was not used yet, else of the last that fits."""
        made = as_written(request)
        self.made.append(made)
        fitting = [i for i, one in enumerate(self.exchanges) if _fits(one["request"], made)]
        assert fitting, f"no exchange fits the request\n{json.dumps(made, indent=1)}"
        chosen = next((i for i in fitting if i not in self.used), fitting[-1])
        self.used.add(chosen)
        reply = self.exchanges[chosen]["reply"]
        content = reply["text"] if "text" in reply else json.dumps(reply["body"]) if "body" in reply else ""
        headers = {"content-type": "application/json", **reply.get("headers", {})}
        stream = httpx.ByteStream(content.encode())
        return httpx.Response(reply.get("status", 200), headers=headers, stream=stream)

    def unused(self) -> list[str]:
        """The exchanges nobody asked for."""
        rest = [one for i, one in enumerate(self.exchanges) if i not in self.used]
        return [f"{one['request']['method']} {one['request']['url']} {one.get('from', '')}" for one in rest]


def as_written(request: httpx.Request) -> dict[str, Any]:
    """A request as in replies.json."""
    parts = urlsplit(str(request.url))
    params: dict[str, Any] = {}
    for name, value in parse_qsl(parts.query, keep_blank_values=True):
        known = params.get(name)
        params[name] = value if known is None else [*(known if isinstance(known, list) else [known]), value]
    made: dict[str, Any] = {
        "method": request.method,
        "url": urlunsplit((parts.scheme, parts.netloc, parts.path, "", "")),
        "params": params,
        "headers": {name.lower(): value for name, value in request.headers.items()},
    }
    if request.content:
        is_form = "form" in request.headers.get("content-type", "")
        text = request.content.decode()
        made["form" if is_form else "body"] = dict(parse_qsl(text)) if is_form else json.loads(text)
    return made


def _fits(wanted: dict[str, Any], made: dict[str, Any]) -> bool:
    same = all(wanted.get(key) == made.get(key) for key in ("method", "url", "body"))
    same = same and wanted.get("form", made.get("form")) == made.get("form")
    headers = wanted.get("headers", {})
    return (
        same
        and wanted.get("params", {}) == made["params"]
        and all(made["headers"].get(name.lower()) == value for name, value in headers.items())
    )


@dataclass
class Outcome:
    """What one reading gave."""

    batches: list[Batch]
    end: SyncEnd
    requests: int

    def written(self) -> dict[str, Any]:
        """As in expected.json."""
        facts = {fact.key: fact for batch in self.batches for fact in batch.facts}
        people = {person: None for batch in self.batches for person in batch.people}
        return {
            "facts": [fact_as_written(facts[key]) for key in sorted(facts)],
            "people": [person_as_written(person) for person in people],
            "withdrawn": sorted({key for batch in self.batches for key in batch.withdrawn}),
            "rejected": sum(len(batch.rejections) for batch in self.batches),
            "requests": self.requests,
            "unchanged": self.end.unchanged,
        }


class Player:
    """A preset's source, whose API is a list of exchanges; ``sent`` is every request it has made."""

    def __init__(self, preset: str, folder: Path, **more: Any) -> None:
        """``more`` are options beside those of the exchanges."""
        self.replies = json.loads((folder / "replies.json").read_text())
        options = {key: as_given(value) for key, value in self.replies.get("options", {}).items()} | more
        settings = HttpSettings.model_validate({"type": "http", "preset": preset, "options": options})
        self.preset: Preset = settings.api
        self.now_ms = 0
        self.exchanges = Exchanges([])
        self.sent: list[httpx.Request] = []
        self.answer: Callable[[httpx.Request], httpx.Response] = self.exchanges.answer
        around = Surroundings(self.replies.get("zone", "Europe/Berlin"), folder, roster=True)
        self._session = Session(
            "crm",
            self.preset,
            settings.options,
            secrets=environment(),
            now_s=lambda: self.now_ms / 1000,
            sleep=_at_once,
            way=httpx.MockTransport(self._asked),
        )
        self.source = HttpSource("crm", settings, around, lambda: self._session)

    async def read(self, reading: str, at: str, cursor: str) -> Outcome:
        """One reading: ``first`` or ``second``, at the instant that the file has under ``at``."""
        self.now_ms = instant(self.replies[at])
        self.exchanges = Exchanges(self.replies[reading])
        self.answer = self.exchanges.answer
        batches, end = await self.sync(cursor)
        unused = self.exchanges.unused()
        assert not unused, f"never asked for in the {reading} reading: {unused}"
        return Outcome(batches, end, len(self.exchanges.made))

    async def sync(self, cursor: str) -> tuple[list[Batch], SyncEnd]:
        """One reading, answered by ``answer`` at ``now_ms``."""
        oldest = self.replies.get("oldest")
        context = FetchContext(
            lambda: self.now_ms,
            instant(oldest) if oldest else None,
            sleep=_at_once,
            real_ms=lambda: self.now_ms,
        )
        batches: list[Batch] = []
        async for item in self.source.fetch(cursor, context):
            if isinstance(item, SyncEnd):
                return batches, item
            batches.append(item)
        raise AssertionError("the reading came to no end")

    def _asked(self, request: httpx.Request) -> httpx.Response:
        self.sent.append(request)
        return self.answer(request)

    async def close(self) -> None:
        """Close the session."""
        await self._session.aclose()


async def _at_once(_: float) -> None:
    return None


@cache
def _private_key() -> str:
    key = generate_private_key(65_537, 2_048)
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()


def as_given(value: Any) -> Any:
    """An option of a replies file, as it is given in settings."""
    if value == "GENERATED RSA KEY":
        return _private_key()
    return [str(one) for one in value] if isinstance(value, list) else value


def instant(text: str) -> int:
    """Milliseconds of an ISO instant or day, UTC where it has no offset."""
    moment = datetime.fromisoformat(text)
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return int(moment.timestamp() * 1000)


def fact_as_written(fact: Fact) -> dict[str, Any]:
    """A fact as in expected.json, all its keys."""
    amounts = [line.amount_minor for line in fact.lines if line.amount_minor is not None]
    written: dict[str, Any] = {
        "key": fact.key,
        "kind": fact.kind,
        "person": fact.lines[0].identity if len(fact.lines) == 1 else [one.identity for one in fact.lines],
        "happened": fact.occurred_at,
        "day_only": fact.day_only,
        "amount": _money(sum(amounts), fact.currency) if amounts else None,
        "quantity": format(
            (Decimal(sum(line.quantity_milli for line in fact.lines)) / 1000).normalize(), "f"
        ),
        "attributes": dict(fact.attributes),
        "detail": dict(fact.detail),
    }
    return written


def _money(minor: int, currency: str) -> str:
    digits = minor_digits(currency)
    return f"{Decimal(minor).scaleb(-digits):.{digits}f} {currency}"


def person_as_written(person: PersonRecord) -> dict[str, Any]:
    """A person as in expected.json."""
    return {
        "id": person.external_id,
        "name": person.name,
        "email": person.email,
        "team": person.team,
        "region": person.region,
        "picture": person.picture,
        "left": person.left_ms,
    }


def differences(expected: Iterable[dict[str, Any]], found: list[dict[str, Any]], key: str) -> list[str]:
    """What is not as expected, by ``key``; times are written as instants or days."""
    wanted = {one[key]: one for one in expected}
    given = {one[key]: one for one in found}
    wrong = [f"missing: {name}" for name in wanted if name not in given]
    wrong += [f"not expected: {given[name]}" for name in given if name not in wanted]
    for name in wanted.keys() & given.keys():
        for field_name, value in wanted[name].items():
            if not _equal(value, given[name].get(field_name)):
                wrong.append(f"{name}: {field_name} is {given[name].get(field_name)!r}, expected {value!r}")
    return wrong


def _equal(expected: Any, found: Any) -> bool:
    if isinstance(found, int) and isinstance(expected, str):
        if len(expected) == len("2026-11-25"):  # a day begins at midnight somewhere on earth
            return abs(instant(expected) - found) <= 14 * 3_600_000
        return instant(expected) == found
    return bool(expected == found)
