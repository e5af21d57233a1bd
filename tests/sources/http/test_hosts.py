"""Where a request may go: hosts by name, addresses by what they are, and look-ups that hang."""

from __future__ import annotations

import asyncio
import gzip
import ipaddress
import socket
import threading
import tracemalloc

import httpx
import pytest

from salesboard_display.sources.contract import SourceError
from salesboard_display.sources.http.hosts import Hosts, bare_host, is_private
from salesboard_display.sources.http.network import GuardedNetwork, Resolver
from tests.sources.http.scripted import Told, a_preset, get, serving, speaking


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "10.1.2.3",
        "172.16.0.1",
        "192.168.1.1",
        "169.254.169.254",
        "100.64.0.1",
        "0.0.0.0",
        "224.0.0.1",
        "::1",
        "::",
        "fe80::1",
        "fc00::1",
        "::ffff:10.0.0.1",
        "64:ff9b::a00:1",
        "2002:a00:1::",
        "ff02::1",
    ],
)
def test_an_address_inside_the_house_is_known_however_it_is_wrapped(address: str) -> None:
    assert is_private(ipaddress.ip_address(address))


@pytest.mark.parametrize("address", ["8.8.8.8", "2606:4700::1111", "64:ff9b::808:808", "::ffff:8.8.8.8"])
def test_an_address_of_the_whole_internet_is_not_private(address: str) -> None:
    assert not is_private(ipaddress.ip_address(address))


@pytest.mark.parametrize(
    ("url", "known"),
    [
        ("https://api.acme.test/x", True),
        ("https://API.acme.test/x", True),
        ("https://eu.crm.acme.test/x", True),
        ("https://crm.acme.test/x", False),
        ("https://evilcrm.acme.test/x", False),
        ("https://api.acme.test.evil.test/x", False),
        ("https://api.acme.test@evil.test/x", False),
        ("http://api.acme.test/x", False),
        ("ftp://api.acme.test/x", False),
        ("https:///x", False),
    ],
)
def test_a_request_goes_to_listed_hosts_alone_and_encrypted(url: str, known: bool) -> None:
    hosts = Hosts(["api.acme.test", "*.crm.acme.test"])
    if known:
        hosts.check(httpx.URL(url))
    else:
        with pytest.raises(SourceError):
            hosts.check(httpx.URL(url))


HERE = "https://crm.lan:8443/api"


@pytest.mark.parametrize(
    ("base_url", "allowed", "url", "refused"),
    [
        ("https://crm.lan", [], "https://crm.lan/x", ""),
        ("https://crm.lan", [], "https://crm.lan:443/x", ""),
        ("https://crm.lan", [], "https://crm.lan:8443/x", "another port .8443."),
        ("https://crm.lan", [], "https://crm.lan:80/x", "another port .80."),
        ("https://crm.lan", [], "http://crm.lan/x", "without encryption"),
        ("https://crm.lan", [], "http://crm.lan:443/x", "without encryption"),
        ("https://crm.lan", ["crm.lan"], "http://crm.lan/x", "without encryption"),
        ("https://crm.lan", ["crm.lan:8443"], "https://crm.lan:8443/x", ""),
        ("https://crm.lan", ["crm.lan:8443"], "https://crm.lan/x", ""),
        ("https://crm.lan", ["http://crm.lan"], "http://crm.lan/x", ""),
        (HERE, [], "https://crm.lan:8443/x", ""),
        (HERE, [], "https://crm.lan:9000/x", "another port .9000."),
        (HERE, [], "http://crm.lan:8443/x", "without encryption"),
        ("http://crm.lan:8000", [], "http://crm.lan:8000/x", ""),
        ("http://crm.lan:8000", [], "http://crm.lan:8001/x", "another port .8001."),
        ("http://crm.lan", [], "https://crm.lan/x", ""),
        ("http://crm.lan", [], "http://login.vendor.test/x", "without encryption"),
    ],
)
def test_the_port_and_the_encryption_are_those_of_the_apis_own_address(
    base_url: str, allowed: list[str], url: str, refused: str
) -> None:
    hosts = Hosts([base_url, "login.vendor.test"], allowed, base_url=base_url)
    if refused:
        with pytest.raises(SourceError, match=refused):
            hosts.check(httpx.URL(url))
        with pytest.raises(SourceError, match=refused):
            hosts.check_redirect(httpx.URL(base_url), httpx.URL(url))
    else:
        hosts.check(httpx.URL(url))
        hosts.check_redirect(httpx.URL(base_url), httpx.URL(url))


def test_the_apis_own_address_makes_no_host_known() -> None:
    with pytest.raises(SourceError, match="does not list crm.lan"):
        Hosts(["api.acme.test"], base_url="https://crm.lan").check(httpx.URL("https://crm.lan/x"))


async def test_no_key_goes_to_another_program_on_the_same_host() -> None:
    auth = {"type": "headers", "headers": {"x-key": "k-123456"}}
    async with serving() as other, serving() as server:
        server.answer = lambda _: Told(status=307, headers={"location": f"{other.url}/deals"})
        async with speaking(a_preset(server.url, auth=auth)) as api:
            for url in (f"{other.url}/deals?page=2", f"{server.url}/deals"):
                with pytest.raises(SourceError, match=rf"another port .{other.port}.") as failed:
                    await api.send(get(url))
                assert failed.value.stop
        assert len(server.asked) == 1
        assert other.asked == []


@pytest.mark.parametrize(
    "text", ["crm.lan", "Crm.lan", "crm.lan:8000", "http://crm.lan:8000/db", "//crm.lan"]
)
def test_a_host_is_found_in_whatever_the_manager_wrote(text: str) -> None:
    assert bare_host(text) == "crm.lan"


async def test_the_address_decides_not_the_name() -> None:
    async def look_up(_: str) -> list[str]:
        return ["169.254.169.254"]

    network = GuardedNetwork(lambda _: False, look_up)
    with pytest.raises(SourceError, match="inside this network .169.254.169.254"):
        await network.connect_tcp("api.acme.test", 443, timeout=1)


async def test_an_address_that_is_dead_leads_to_the_next() -> None:
    async def look_up(_: str) -> list[str]:
        return ["127.0.0.2", "127.0.0.1"]

    async with serving() as server:  # listens at 127.0.0.1 alone
        network = GuardedNetwork(lambda _: True, look_up)
        stream = await network.connect_tcp("api.acme.test", server.port, timeout=2)
        await stream.aclose()


async def test_a_look_up_that_hangs_is_waited_for_once(monkeypatch: pytest.MonkeyPatch) -> None:
    end, begun = threading.Event(), []

    def hang(host: str, *_: object, **__: object) -> list[object]:
        begun.append(host)
        end.wait(10)
        raise socket.gaierror(socket.EAI_AGAIN, "no answer")

    monkeypatch.setattr(socket, "getaddrinfo", hang)
    network = GuardedNetwork(lambda _: False, Resolver().look_up, look_up_s=0.05)
    try:
        for _ in range(3):
            with pytest.raises(SourceError, match="took too long"):
                await network.connect_tcp("api.acme.test", 443)
        assert begun == ["api.acme.test"]
    finally:
        end.set()
    await asyncio.sleep(0.05)


async def test_the_systems_look_up_knows_this_computer() -> None:
    assert set(await Resolver().look_up("localhost")) & {"127.0.0.1", "::1"}


async def test_a_gzip_bomb_costs_no_more_memory_than_the_limit() -> None:
    packed = gzip.compress(bytes(400 * 2**20), 1)
    bomb = Told(packed, headers={"content-encoding": "gzip"})
    async with serving([bomb]) as server, speaking(a_preset(server.url)) as api:
        tracemalloc.start()
        try:
            with pytest.raises(SourceError, match="more than 64 MB"):
                await api.send(get(f"{server.url}/deals"))
            assert tracemalloc.get_traced_memory()[1] < 160 * 2**20
        finally:
            tracemalloc.stop()
