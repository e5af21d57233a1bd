"""What a webhook source answers its senders, and what it gives the engine."""

from __future__ import annotations

import asyncio
import errno
import json
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from salesboard_display.settings.secrets import SecretMissing, Secrets
from salesboard_display.sources.contract import SourceError, Surroundings, in_english
from salesboard_display.sources.webhook import journal as journals
from salesboard_display.sources.webhook.source import FULL, NOT_LISTENING, Answer, WebhookSource
from tests.sources.webhook.sending import close_headers
from tests.sources.webhook.sources import GENERIC, TOKEN, Listener, sent, settings, source

WON = {
    "kind": "deal_won",
    "id": "D-17",
    "person": "Anna Berg",
    "happened": "2026-11-03T10:00:00Z",
    "amount": 1250.5,
    "currency": "EUR",
}


async def listening(one: WebhookSource, cursor: str = "") -> tuple[Listener, asyncio.Task[Any]]:
    """The source with somebody who waits for its first sync."""
    listener = Listener(one, cursor)
    first = asyncio.ensure_future(listener.sync())
    async with asyncio.timeout(5):
        while one.heartbeat(sent(b"", {})) == NOT_LISTENING:  # noqa: ASYNC110
            await asyncio.sleep(0.005)
    return listener, first


@pytest.fixture
async def heard(tmp_path: Path) -> AsyncIterator[tuple[WebhookSource, Listener, asyncio.Task[Any]]]:
    """The generic source, listening."""
    one = source(tmp_path)
    listener, first = await listening(one)
    yield one, listener, first
    first.cancel()
    await asyncio.wait([first])
    await listener.close()


Heard = tuple[WebhookSource, Listener, "asyncio.Task[Any]"]


async def test_a_webhook_becomes_a_fact(heard: Heard) -> None:
    one, listener, first = heard
    before = time.time_ns() // 1_000_000
    assert await one.receive(sent(WON, at_ms=before)) == Answer(200, "kept")
    (fact,) = (await first).facts
    assert (fact.key, fact.kind, fact.currency) == ("D-17", "deal_won", "EUR")
    assert [(line.identity, line.amount_minor) for line in fact.lines] == [("Anna Berg", 125050)]
    (end,) = listener.ends
    assert (end.full, end.unchanged, end.cursor) == (False, False, "1")
    assert end.complete_at_ms == end.arrived_at_ms == before


async def test_a_duplicate_is_answered_well_and_counts_once(heard: Heard) -> None:
    one, listener, first = heard
    await one.receive(sent(WON))
    await first
    again = asyncio.ensure_future(listener.sync())
    assert await one.receive(sent(WON)) == Answer(200, "known already")
    assert await one.receive(sent({**WON, "id": "D-18"})) == Answer(200, "kept")
    while not (batch := await again).facts:
        again = asyncio.ensure_future(listener.sync())
    assert [fact.key for fact in batch.facts] == ["D-18"]


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b"", "the body is empty; JSON is expected (for a sign of life: add /heartbeat to the address)"),
        (b"kind=deal_won", "the body is not JSON: Expecting value: line 1 column 1 (char 0)"),
        (b'{"a": 1', "the body is not JSON: Expecting ',' delimiter: line 1 column 8 (char 7)"),
        (b'"text"', "the body is JSON, but neither an object nor a list"),
        (b"17", "the body is JSON, but neither an object nor a list"),
        (b'{"a": "\xff"}', "the body is not UTF-8"),
        (b"[" * 200_000, "the body is not JSON: it is nested too deeply"),
    ],
)
async def test_a_body_that_cannot_be_read_is_refused_with_the_reason(
    heard: Heard, body: bytes, said: str
) -> None:
    assert await heard[0].receive(sent(body)) == Answer(400, said)


async def test_a_wrong_token_is_refused_before_the_body_is_looked_at(heard: Heard) -> None:
    answer = await heard[0].receive(sent(b"nonsense", {"x-salesboard-token": "another token"}))
    assert answer == Answer(401, "the token is wrong")


async def test_one_body_may_make_several_facts_and_a_bad_record_stops_no_other(heard: Heard) -> None:
    one, _, first = heard
    records = [WON, {**WON, "id": "D-18", "amount": "n/a"}, "nonsense", {**WON, "id": "D-19"}]
    await one.receive(sent(records))
    batch = await first
    assert [fact.key for fact in batch.facts] == ["D-17", "D-19"]
    assert [(rejected.record, in_english(rejected.reason)) for rejected in batch.rejections] == [
        ("webhook 1", "“n/a” is not a number"),
        ("webhook 1", "an object is expected, not str"),
    ]


async def test_what_is_deleted_is_withdrawn_and_may_come_back(heard: Heard) -> None:
    one, listener, first = heard
    gone = {"id": "D-17", "deleted": True}
    await asyncio.gather(one.receive(sent(WON)), one.receive(sent({**gone, "n": 1})))
    batch = await first
    if not batch.withdrawn:
        batch = await listener.sync()
    assert batch.withdrawn == ("D-17",)
    assert await one.receive(sent([gone, {**WON, "amount": 7}])) == Answer(200, "kept")
    batch = await listener.sync()
    assert batch.withdrawn == ()
    assert [fact.lines[0].amount_minor for fact in batch.facts] == [700]


async def test_what_is_gone_without_a_key_is_rejected(heard: Heard) -> None:
    one, _, first = heard
    await one.receive(sent({"deleted": True}))
    assert [in_english(rejected.reason) for rejected in (await first).rejections] == [
        "what is gone has no key"
    ]


async def test_a_heartbeat_and_a_body_without_records_make_the_source_fresh(heard: Heard) -> None:
    one, listener, first = heard
    now = time.time_ns() // 1_000_000
    assert one.heartbeat(sent(b"", at_ms=now)) == Answer(200, "alive")
    await first
    assert listener.ends[-1].unchanged
    assert listener.ends[-1].complete_at_ms == now
    assert one.heartbeat(sent(b"", {"x-salesboard-token": "wrong"})).status == 401
    assert await one.receive(sent([], at_ms=now + 5000)) == Answer(200, "kept")
    batch = await listener.sync()
    assert (batch.facts, batch.rejections) == ((), ())
    assert listener.ends[-1].complete_at_ms == now + 5000


async def test_nobody_listening_means_try_again(tmp_path: Path) -> None:
    one = source(tmp_path)
    assert one.admit() == NOT_LISTENING
    assert await one.receive(sent(WON)) == NOT_LISTENING
    assert one.heartbeat(sent(b"")) == NOT_LISTENING
    assert (NOT_LISTENING.status, NOT_LISTENING.again_s) == (503, 5)


async def test_too_many_requests_and_a_full_queue_are_told_apart(tmp_path: Path) -> None:
    one = source(tmp_path, web={"per_second": 5, "waiting": 2})
    listener, first = await listening(one)
    await one.receive(sent(WON))
    await first  # and is not yet in the store
    await one.receive(sent({**WON, "id": "2"}))
    assert one.admit(100.0) == FULL
    assert await one.receive(sent({**WON, "id": "3"})) == FULL
    assert (FULL.status, FULL.again_s) == (429, 5)
    for _ in range(9):
        one.admit(100.0)
    too_many = one.admit(100.0)
    assert too_many == Answer(429, "too many requests", 1)
    await listener.sync()
    await listener.close()


async def test_a_disk_that_cannot_be_written_means_try_again(
    heard: Heard, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_file: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as broken:
        broken.setattr(journals.os, "fsync", full)
        answer = await heard[0].receive(sent(WON))
    assert answer == Answer(503, "the webhook cannot be kept: No space left on device", 5)
    assert (await heard[0].receive(sent(WON))).status == 200


async def test_a_folder_that_cannot_be_made_fails_the_source_in_words(tmp_path: Path) -> None:
    (tmp_path / "kept").write_text("a file")
    with pytest.raises(SourceError, match="Webhooks cannot be kept in .*crm.webhooks"):
        await Listener(source(tmp_path)).sync()


async def test_what_the_engine_did_not_store_is_given_again_after_a_crash(tmp_path: Path) -> None:
    one = source(tmp_path)
    listener, first = await listening(one)
    await one.receive(sent(WON))
    await first
    stored = listener.cursor
    await one.receive(sent({**WON, "id": "D-18"}))
    await listener.sync()  # given, and then the process is gone
    await listener.close()
    again = Listener(source(tmp_path), stored)
    assert [fact.key for fact in (await again.sync()).facts] == ["D-18"]
    await again.close()


async def test_duplicates_are_known_after_a_restart(tmp_path: Path) -> None:
    one = source(tmp_path)
    listener, first = await listening(one)
    await one.receive(sent(WON))
    await first
    await listener.close()
    later = source(tmp_path)
    listener, first = await listening(later, listener.cursor)
    assert await later.receive(sent(WON)) == Answer(200, "known already")
    await first
    await listener.close()


async def test_whoever_wants_only_what_is_there_is_not_kept_waiting(tmp_path: Path) -> None:
    one = source(tmp_path)
    with pytest.raises(EOFError):
        await Listener(one, once=True).sync()
    listener, first = await listening(one)
    await one.receive(sent(WON))
    await first
    await listener.close()
    reader = Listener(source(tmp_path), once=True)
    assert len((await reader.sync()).facts) == 1
    with pytest.raises(EOFError):
        await reader.sync()


@pytest.mark.parametrize(
    ("given", "first", "second", "same"),
    [
        ({}, WON, {**WON, "amount": 2}, False),
        ({"event_id": "event.number"}, {"event": {"number": 7}, "a": 1}, {"event": {"number": 7}}, True),
        ({"event_id": "event.number"}, {"event": {"number": 7}}, {"event": {"number": 8}}, False),
        ({"event_id": "nothing"}, {"a": 1}, {"a": 2}, False),
        ({"event_id": "nothing"}, {"a": 1}, {"a": 1}, True),
    ],
)
async def test_webhooks_are_told_apart_by_their_id_or_their_content(
    tmp_path: Path, given: dict[str, Any], first: Any, second: Any, same: bool
) -> None:
    one = source(tmp_path, **GENERIC, **given)
    listener, waiting = await listening(one)
    assert (await one.receive(sent(first))).said == "kept"
    assert (await one.receive(sent(second))).said == ("known already" if same else "kept")
    await waiting
    await listener.close()


async def test_what_was_deleted_and_is_won_again_word_for_word_is_news(tmp_path: Path) -> None:
    one = source(tmp_path)
    gone = {"id": "D-17", "deleted": True}
    listener, waiting = await listening(one)
    said = [(await one.receive(sent(body))).said for body in (WON, WON, gone, gone, WON, gone)]
    assert said == ["kept", "known already", "kept", "known already", "kept", "kept"]
    assert (await waiting).facts or (await listener.sync()).withdrawn
    await listener.close()
    later = source(tmp_path)
    listener, waiting = await listening(later, "4")
    assert [(await later.receive(sent(body))).said for body in (gone, WON)] == ["known already", "kept"]
    await waiting
    await listener.close()


async def test_with_a_signed_time_the_same_is_the_same_whatever_came_since(tmp_path: Path) -> None:
    one = source(tmp_path, ready="close", secrets=["00ff" * 16])
    first, second = b'{"a": 1}', b'{"a": 2}'
    now_s = int(time.time())
    listener, waiting = await listening(one)
    said = [
        (await one.receive(sent(body, close_headers(body, at_s=at_s)))).said
        for body, at_s in ((first, now_s), (second, now_s), (first, now_s), (first, now_s + 1))
    ]
    assert said == ["kept", "kept", "known already", "kept"]
    await waiting
    await listener.close()


async def test_an_id_may_stand_in_a_header(tmp_path: Path) -> None:
    one = source(tmp_path, **GENERIC, event_id_header="X-Event-Id")
    listener, waiting = await listening(one)
    with_id = {"x-salesboard-token": TOKEN, "x-event-id": "e1"}
    assert (await one.receive(sent({"a": 1}, with_id))).said == "kept"
    assert (await one.receive(sent({"a": 2}, with_id))).said == "known already"
    await waiting
    await listener.close()


async def test_numbers_are_exact_and_no_number_is_no_amount(heard: Heard) -> None:
    one, _, first = heard
    body = json.dumps([{**WON, "amount": 0}, {**WON, "id": "2"}, {**WON, "id": "3"}]).encode()
    body = body.replace(b"1250.5", b"0.1", 1).replace(b"1250.5", b"NaN", 1)
    assert (await one.receive(sent(body))).status == 200
    batch = await first
    assert [fact.lines[0].amount_minor for fact in batch.facts] == [0, 10]
    assert len(batch.rejections) == 1


def test_it_says_in_which_zone_times_are_read(tmp_path: Path) -> None:
    (note,) = source(tmp_path).notes()
    assert dict(note.args) == {"zone": "Europe/Berlin"}


async def test_nothing_stirs_it_but_what_is_sent(tmp_path: Path) -> None:
    assert [stir async for stir in source(tmp_path).changes()] == []


class Stores(Secrets):
    """Secrets that are kept in a dict."""

    def __init__(self, **kept: str) -> None:
        super().__init__(())
        self.kept = kept

    def get(self, name: str) -> str:
        if name not in self.kept:
            raise SecretMissing(name)
        return self.kept[name]


def stored(folder: Path, stores: Secrets, **given: Any) -> WebhookSource:
    around = Surroundings("UTC", folder, True, secrets=stores, data_folder=folder / "kept")
    return WebhookSource("crm", settings(**{**GENERIC, "secrets": ["${secret:zap}"], **given}), around)


async def test_a_secret_is_looked_up_where_it_is_kept(tmp_path: Path) -> None:
    one = stored(tmp_path, Stores(zap=TOKEN))
    listener, first = await listening(one)
    assert (await one.receive(sent(WON))).status == 200
    assert (await one.receive(sent(WON, {"x-salesboard-token": "${secret:zap}"}))).status == 401
    await first
    await listener.close()


async def test_a_secret_that_is_nowhere_or_no_secret_fails_the_source_in_words(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="The secret zap is not kept anywhere here"):
        await Listener(stored(tmp_path, Stores())).sync()
    with pytest.raises(
        SourceError, match="is not written as its signature needs it \\(standard\\)"
    ) as raised:
        await Listener(stored(tmp_path, Stores(zap="!!!"), signature={"form": "standard"})).sync()
    assert "!!!" not in str(raised.value)


async def test_in_a_flood_what_comes_in_between_goes_together(tmp_path: Path) -> None:
    one = source(tmp_path)
    listener, first = await listening(one)
    began = time.monotonic()
    await one.receive(sent(WON))
    assert len((await first).facts) == 1
    assert time.monotonic() - began < 0.5, "the first waits for nothing"
    together = [asyncio.ensure_future(listener.sync())]
    for number in range(20):
        await one.receive(sent({**WON, "id": f"D-{number}", "amount": number}))
    while sum([len((await sync).facts) for sync in together]) < 20:  # a slow disk makes it several
        together.append(asyncio.ensure_future(listener.sync()))
    assert len(together) <= 5
    await listener.close()
