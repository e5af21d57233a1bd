"""Webhooks over a real server on loopback: what is kept, what is refused, and that nobody can hold it up."""

from __future__ import annotations

import asyncio
import contextlib
import datetime
import json
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from standardwebhooks.webhooks import Webhook

from salesboard_display.settings.webhook import WebSettings
from salesboard_display.web import server as servers
from salesboard_display.web.server import UvicornServer
from tests.conftest import REPOSITORY
from tests.sources.webhook.sending import KEY, SECRET, hubspot_headers
from tests.sources.webhook.sources import GENERIC, TOKEN
from tests.web.receiving import Receiver, receiving

MAX = 256 * 1024


def won(key: str, **more: Any) -> dict[str, Any]:
    return {
        "kind": "deal_won", "id": key, "person": "Anna Berg", "happened": "2026-11-03T10:00:00Z",
        "amount": 1250.5, "currency": "EUR", **more,
    }  # fmt: skip


@pytest.fixture
async def wall(tmp_path: Path) -> AsyncIterator[Receiver]:
    async with receiving(tmp_path, body_timeout="300ms") as receiver:
        yield receiver


async def test_a_webhook_is_kept_and_comes_through(wall: Receiver) -> None:
    answer = await wall.post(won("D-1"))
    assert (answer.status_code, answer.json()) == (200, {"said": "kept"})
    assert (await wall.post(won("D-1"))).json() == {"said": "known already"}
    await wall.until(1)
    assert wall.facts == ["D-1"]


async def test_who_nobody_knows_and_what_nobody_asks_for_is_refused(wall: Receiver) -> None:
    assert (await wall.post({}, headers={"X-Salesboard-Token": "wrong"})).status_code == 401
    assert (await wall.post({}, "/hooks/other")).status_code == 404
    assert (await wall.post({}, "/")).status_code == 404
    assert (await wall.post({}, "/hooks/crm/more")).status_code == 404
    for method in ("GET", "PUT", "DELETE", "OPTIONS"):
        answer = await wall.client.request(method, "/hooks/crm")
        assert (answer.status_code, answer.headers["allow"]) == (405, "POST")
    bad = await wall.post(content=b"{", headers={"Content-Type": "application/json"})
    assert bad.status_code == 400
    assert bad.json()["said"].startswith("the body is not JSON")
    assert wall.facts == []


async def test_an_answer_gives_nothing_away(wall: Receiver) -> None:
    answer = await wall.post({}, headers={"X-Salesboard-Token": "wrong"})
    assert TOKEN not in answer.text
    assert "server" not in answer.headers


async def test_a_sign_of_life_is_a_request_of_its_own(wall: Receiver) -> None:
    answer = await wall.client.post("/hooks/crm/heartbeat", headers={"X-Salesboard-Token": TOKEN})
    assert (answer.status_code, answer.json()) == (200, {"said": "alive"})
    assert (await wall.client.post("/hooks/crm/heartbeat")).status_code == 401
    assert (await wall.client.post("/hooks/other/heartbeat")).status_code == 404


async def test_the_largest_body_passes_and_one_byte_more_does_not(wall: Receiver) -> None:
    record = won("D-1", title="")
    size = len(httpx.Request("POST", "http://x", json=record).read())
    fits = won("D-1", title="x" * (MAX - size))
    assert (await wall.post(fits)).status_code == 200
    assert (await wall.post(won("D-2", title="x" * (MAX - size + 1)))).status_code == 413


async def test_a_body_whose_length_is_not_said_is_cut_off_as_well(wall: Receiver) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", wall.port)
    head = f"POST /hooks/crm HTTP/1.1\r\nHost: x\r\nX-Salesboard-Token: {TOKEN}\r\n"
    writer.write(head.encode() + b"Transfer-Encoding: chunked\r\n\r\n")
    for _ in range(MAX // 4096):
        writer.write(b"1000\r\n" + b" " * 4096 + b"\r\n")
    writer.write(b"1\r\n \r\n")  # one byte too many, and no end in sight
    assert (await reader.read()).startswith(b"HTTP/1.1 413")
    writer.close()


async def test_a_body_without_an_end_holds_nobody_up(wall: Receiver) -> None:
    async def endless() -> AsyncIterator[bytes]:
        for _ in range(5000):
            yield b" " * 4096

    with contextlib.suppress(httpx.TransportError):  # it may be cut off before the answer can be read
        assert (await wall.post(content=endless())).status_code == 413
    assert (await wall.post(won("D-1"))).status_code == 200


async def test_a_body_that_comes_too_slowly_is_given_up(wall: Receiver) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", wall.port)
    head = (
        f"POST /hooks/crm HTTP/1.1\r\nHost: x\r\nX-Salesboard-Token: {TOKEN}\r\nContent-Length: 100\r\n\r\n"
    )
    writer.write(head.encode() + b"{")
    began = time.monotonic()
    answer = await reader.read()
    assert answer.startswith(b"HTTP/1.1 408")
    assert time.monotonic() - began < 2
    writer.close()


async def test_headers_that_come_too_slowly_are_given_up(wall: Receiver) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", wall.port)
    began = time.monotonic()

    async def drip() -> None:
        for byte in b"POST /hooks/crm HTTP/1.1\r\nX-Drip: " + b"x" * 1000:
            writer.write(bytes([byte]))
            await asyncio.sleep(0.02)

    dripping = asyncio.create_task(drip())
    try:
        assert await reader.read() == b""
    except ConnectionResetError:
        pass
    assert time.monotonic() - began < 2
    dripping.cancel()
    await asyncio.wait([dripping])
    writer.close()


async def test_a_slow_second_request_on_the_same_connection_is_given_up(wall: Receiver) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", wall.port)
    head = (
        f"POST /hooks/crm HTTP/1.1\r\nHost: x\r\nX-Salesboard-Token: {TOKEN}\r\nContent-Length: 2\r\n\r\n[]"
    )
    writer.write(head.encode())
    assert (await reader.readuntil(b"}")).startswith(b"HTTP/1.1 200")
    writer.write(b"POST /ho")
    began = time.monotonic()
    assert await reader.read() == b""
    assert time.monotonic() - began < 2
    writer.close()


async def test_more_connections_than_may_be_are_closed_and_others_go_on(
    wall: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    await wall.post(won("D-1"))
    monkeypatch.setattr(servers, "MOST_CONNECTIONS", 10)
    opened = [await asyncio.open_connection("127.0.0.1", wall.port) for _ in range(15)]
    await asyncio.sleep(0.1)
    closed = [reader for reader, _ in opened if reader.at_eof() or reader.exception() is not None]
    assert len(closed) >= 5
    assert (await wall.post(won("D-2"))).status_code == 200
    for _, writer in opened:
        writer.close()


async def test_a_flood_is_answered_429_with_a_time_and_what_was_kept_comes_through(tmp_path: Path) -> None:
    async with receiving(tmp_path, per_second=20) as wall:
        answers = await asyncio.gather(*(wall.post(won(f"D-{n}")) for n in range(150)))
        codes = [answer.status_code for answer in answers]
        assert set(codes) == {200, 429}
        assert 40 <= codes.count(200) <= 90
        assert all(int(answer.headers["retry-after"]) >= 1 for answer in answers if answer.status_code == 429)
        await wall.until(codes.count(200))
        assert len(set(wall.facts)) == codes.count(200)


async def test_a_queue_that_is_full_says_429_until_the_store_has_caught_up(tmp_path: Path) -> None:
    async with receiving(tmp_path, waiting=5) as wall:
        wall.rest_s = 0.5
        codes = [(await wall.post(won(f"D-{n}"))).status_code for n in range(12)]
        assert codes.count(429) >= 1
        assert codes[:5] == [200] * 5
        wall.rest_s = 0.0
        await wall.until(codes.count(200))
        assert (await wall.post(won("D-last"))).status_code == 200


async def test_what_others_sign_is_believed_over_the_wire(tmp_path: Path) -> None:
    given = {**GENERIC, "signature": {"form": "standard"}, "secrets": [KEY]}
    body = json.dumps(won("D-1", title="Zoë"), ensure_ascii=False)
    now = datetime.datetime.now(datetime.UTC)
    headers = {
        "webhook-id": "msg_1",
        "webhook-timestamp": str(int(now.timestamp())),
        "webhook-signature": Webhook(KEY).sign("msg_1", now, body),
    }
    async with receiving(tmp_path, given) as wall:
        post = wall.client.post
        assert (await post("/hooks/crm", content=body.encode(), headers=headers)).json()["said"] == "kept"
        again = await post("/hooks/crm", content=body.encode(), headers=headers)
        assert again.json()["said"] == "known already"
        altered = await post("/hooks/crm", content=body.encode() + b" ", headers=headers)
        assert (altered.status_code, altered.json()["said"]) == (401, "the signature is wrong")
        await wall.until(1)


async def test_the_public_address_is_what_hubspot_signs(tmp_path: Path) -> None:
    given = {"ready": "hubspot", "secrets": [SECRET], "triggers": ["api"]}
    body = b'[{"eventId": 1}]'
    uri = "https://wall.example.com/hooks/crm?of=hubspot"
    headers = hubspot_headers(body, at_ms=int(time.time() * 1000), uri=uri)
    async with receiving(tmp_path, given, public_url="https://wall.example.com") as wall:
        right = await wall.client.post("/hooks/crm?of=hubspot", content=body, headers=headers)
        wrong = await wall.client.post("/hooks/crm?of=others", content=body, headers=headers)
        assert (right.status_code, wrong.status_code) == (200, 401)


async def test_a_port_that_is_taken_is_said_and_nothing_ends(tmp_path: Path) -> None:
    async with receiving(tmp_path) as wall:
        settings = WebSettings(enabled=True, port=wall.port)
        with pytest.raises(OSError, match="in use"):
            await UvicornServer(settings, lambda _: None, lambda: None).serve()


async def test_signals_stay_the_engines(tmp_path: Path) -> None:
    before = signal.getsignal(signal.SIGTERM), signal.getsignal(signal.SIGINT)
    async with receiving(tmp_path) as wall:
        assert (signal.getsignal(signal.SIGTERM), signal.getsignal(signal.SIGINT)) == before
        await wall.post(won("D-1"))


async def test_garbage_fills_no_log(wall: Receiver) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", wall.port)
    writer.write(b"\x16\x03\x01 this is no HTTP\r\n\r\n")
    assert b"400" in await reader.read()
    writer.close()


async def test_it_ends_soon_although_somebody_is_connected(tmp_path: Path) -> None:
    async with receiving(tmp_path) as wall:
        _, writer = await asyncio.open_connection("127.0.0.1", wall.port)
        writer.write(b"POST /hooks/crm HTTP/1.1\r\n")
        await writer.drain()
        began = time.monotonic()
    assert time.monotonic() - began < 4
    writer.close()


def test_nothing_of_the_web_is_loaded_until_it_is_switched_on() -> None:
    code = (
        "import salesboard_display.cli, salesboard_display.engine.engine, sys;"
        "print({m.partition('.')[0] for m in sys.modules} & {'uvicorn', 'starlette'})"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=REPOSITORY, capture_output=True, text=True)
    assert (done.stdout.strip(), done.stderr) == ("set()", "")
