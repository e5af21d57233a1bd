"""An office behind a proxy: a small real one on loopback that answers CONNECT."""

from __future__ import annotations

import asyncio
import base64
import contextlib
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from salesboard_display.sources.contract import SourceError, in_english
from salesboard_display.sources.http import way
from tests.sources.http.faults.net import authority, closed_port, contexts
from tests.sources.http.faults.table import HOST
from tests.sources.http.scripted import Told, a_preset, environment, get, serving, speaking

AUTH = {"type": "headers", "headers": {"x-key": "k-123456"}}


class Proxy:
    """Connects with one port whatever the name; ``heard`` is the head of each request as it came."""

    def __init__(self, to: int, status: str = "200 Connected") -> None:
        self.to, self.status, self.port = to, status, 0
        self.heard: list[str] = []
        self.open: list[asyncio.Task[None]] = []

    def receive(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.open.append(asyncio.create_task(self._serve(reader, writer)))

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.heard.append((await reader.readuntil(b"\r\n\r\n")).decode())
        writer.write(f"HTTP/1.1 {self.status}\r\n\r\n".encode())
        if self.status.startswith("200"):
            back, there = await asyncio.open_connection("127.0.0.1", self.to)
            await asyncio.gather(_copy(reader, there), _copy(back, writer))
        writer.close()
        await writer.wait_closed()


async def _copy(from_: asyncio.StreamReader, to: asyncio.StreamWriter) -> None:
    with contextlib.suppress(ConnectionError):
        while data := await from_.read(65_536):
            to.write(data)
            await to.drain()
    to.close()
    with contextlib.suppress(ConnectionError):
        await to.wait_closed()


@asynccontextmanager
async def proxying(to: int, status: str = "200 Connected") -> AsyncIterator[Proxy]:
    proxy = Proxy(to, status)
    server = await asyncio.start_server(proxy.receive, "127.0.0.1", 0)
    proxy.port = server.sockets[0].getsockname()[1]
    async with server:
        yield proxy
        await asyncio.gather(*proxy.open)


@pytest.fixture(autouse=True)
def _trusted(monkeypatch: pytest.MonkeyPatch) -> None:
    tls = ssl.create_default_context()
    authority().configure_trust(tls)
    monkeypatch.setattr(way, "trust", lambda: tls)


async def test_an_api_is_asked_through_the_proxy_which_sees_neither_key_nor_path() -> None:
    async with serving([Told({"ok": 1})], contexts()[""]) as server, proxying(server.port) as proxy:
        preset = a_preset(f"https://{HOST}", hosts=[HOST], auth=AUTH)
        given = f"http://wall:${{secret:proxy}}@127.0.0.1:{proxy.port}"
        secrets = environment(proxy="p@ss/word")
        async with speaking(preset, proxy=given, secrets=secrets, allow_hosts=()) as api:
            assert (await api.send(get(f"https://{HOST}/deals"))).body == {"ok": 1}
            assert api.redact("the p@ss/word") == "the •••"
    assert server.asked[0].headers["x-key"] == "k-123456"
    (head,) = proxy.heard
    assert head.startswith(f"CONNECT {HOST}:443 HTTP/1.1\r\n")
    assert base64.b64encode(b"wall:p@ss/word").decode() in head
    assert "k-123456" not in head
    assert "/deals" not in head


async def test_what_is_in_the_offices_own_network_is_reached_straight() -> None:
    async with serving([Told({"ok": 1})]) as server, proxying(server.port) as proxy:
        async with speaking(a_preset(server.url), proxy=f"http://127.0.0.1:{proxy.port}") as api:
            assert (await api.send(get(f"{server.url}/deals"))).body == {"ok": 1}
        assert proxy.heard == []


@pytest.mark.parametrize("host", ["10.0.0.7", "127.0.0.1", "localhost", "[::1]"])
async def test_no_proxy_leads_to_an_address_inside_the_network(host: str) -> None:
    async with proxying(0) as proxy:
        preset = a_preset(f"https://{host}", hosts=[host])
        async with speaking(preset, proxy=f"http://127.0.0.1:{proxy.port}", allow_hosts=()) as api:
            with pytest.raises(SourceError, match="inside this network") as failed:
                await api.send(get(f"https://{host}/deals"))
        assert failed.value.stop
        assert proxy.heard == []


async def test_what_the_proxy_has_against_it_is_said() -> None:
    preset = a_preset(f"https://{HOST}", hosts=[HOST])
    async with proxying(0, "407 Proxy Authentication Required") as proxy:
        async with speaking(preset, proxy=f"http://127.0.0.1:{proxy.port}", allow_hosts=()) as api:
            with pytest.raises(SourceError) as failed:
                await api.send(get(f"https://{HOST}/deals"))
        assert len(proxy.heard) == 1
    assert in_english(failed.value.message) == (
        f"The proxy 127.0.0.1 does not connect us with {HOST}: 407 Proxy Authentication Required"
    )
    async with speaking(preset, proxy=f"http://127.0.0.1:{closed_port()}", allow_hosts=()) as api:
        with pytest.raises(SourceError, match="127.0.0.1 refuses the connection"):
            await api.send(get(f"https://{HOST}/deals"))


async def test_a_bad_certificate_is_refused_through_the_proxy_too() -> None:
    async with serving([Told()], contexts()["self-signed"]) as server, proxying(server.port) as proxy:
        preset = a_preset(f"https://{HOST}", hosts=[HOST])
        async with speaking(preset, proxy=f"http://127.0.0.1:{proxy.port}", allow_hosts=()) as api:
            with pytest.raises(SourceError, match="signed by nobody this computer trusts"):
                await api.send(get(f"https://{HOST}/deals"))
        assert server.asked == []
