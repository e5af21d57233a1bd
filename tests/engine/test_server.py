"""The engine's socket: many clients, slow ones, and ones that talk nonsense."""

from __future__ import annotations

import asyncio
import socket
import stat
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from salesboard_display.core.wire import Deframer, frame
from salesboard_display.engine import client as client_module
from salesboard_display.engine.address import socket_path
from salesboard_display.engine.client import CommandRefused, EngineUnreachable, ask, running_engine
from salesboard_display.engine.server import Client, Server
from tests.engine.offices import until


class Listening:
    """A server that answers every command with its name, and takes hellos."""

    def __init__(self, path: Path) -> None:
        self.server = Server(path, self._handle)
        self.heard: list[dict[str, Any]] = []
        self.before_reply: list[dict[str, Any]] = []

    async def _handle(self, client: Client, said: dict[str, Any]) -> None:
        self.heard.append(said)
        if said.get("t") == "hello":
            client.role = str(said.get("role"))
        elif said.get("name") == "fail":
            client.reply(said, error="it cannot be done")
        elif said.get("t") == "command":
            for message in self.before_reply:
                client.send(frame(message))
            client.reply(said, result={"name": said["name"], "args": said.get("args")})


@pytest.fixture
async def listening(tmp_path: Path) -> AsyncIterator[Listening]:
    made = Listening(tmp_path / "engine.socket")
    await made.server.start()
    yield made
    await made.server.stop()


@asynccontextmanager
async def connected(
    path: Path, role: str = ""
) -> AsyncIterator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
    reader, writer = await asyncio.open_unix_connection(str(path))
    if role:
        writer.write(frame({"t": "hello", "role": role}))
    try:
        yield reader, writer
    finally:
        writer.close()


async def next_message(reader: asyncio.StreamReader) -> dict[str, Any]:
    deframer = Deframer()
    async with asyncio.timeout(5):
        while True:
            data = await reader.read(1)
            assert data, "the connection was closed"
            for message in deframer.feed(data):
                return message


async def test_everybody_gets_what_is_broadcast_to_his_role(listening: Listening) -> None:
    path = listening.server.path
    async with (
        connected(path, "wall") as (one, _),
        connected(path, "wall") as (two, _),
        connected(path, "cli") as (
            three,
            _,
        ),
    ):
        await until(lambda: len(listening.heard) == 3)
        listening.server.broadcast({"t": "show", "n": 1})
        listening.server.broadcast({"t": "beat"}, role="")
        assert [(await next_message(reader))["t"] for reader in (one, two)] == ["show", "show"]
        assert [(await next_message(reader))["t"] for reader in (one, two, three)] == ["beat"] * 3


async def test_fifty_clients_are_served_at_once(listening: Listening) -> None:
    answers = await asyncio.gather(
        *(asyncio.to_thread(ask, listening.server.path, "echo", {"n": n}) for n in range(50))
    )
    assert sorted(answer["args"]["n"] for answer in answers) == list(range(50))
    await until(lambda: not listening.server.clients)


@pytest.mark.parametrize(
    "garbage",
    [
        b"GET / HTTP/1.1\r\n\r\n",
        b"\xff\xff\xff\xff",
        b"\x00\x00\x00\x04null",
        b"\x00\x00\x00\x02\xff\xfe",
        b"\x00\x00\x27\x10" + b"[" * 10_000,
    ],
)
async def test_whoever_talks_nonsense_is_disconnected_and_nobody_else(
    listening: Listening, garbage: bytes
) -> None:
    async with (
        connected(listening.server.path, "wall") as (wall, _),
        connected(listening.server.path) as (
            reader,
            writer,
        ),
    ):
        await until(lambda: listening.heard)
        writer.write(garbage)
        assert await asyncio.wait_for(reader.read(), 5) == b""
        listening.server.broadcast({"t": "beat"})
        assert await next_message(wall) == {"t": "beat"}


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.binary(max_size=200))
def test_no_bytes_whatever_end_the_server(tmp_path: Path, garbage: bytes) -> None:
    async def go() -> None:
        listening = Listening(tmp_path / "g.socket")
        await listening.server.start()
        try:
            async with connected(listening.server.path) as (_, writer):
                writer.write(garbage)
                await writer.drain()
            assert (await asyncio.to_thread(ask, listening.server.path, "echo"))["name"] == "echo"
        finally:
            await listening.server.stop()

    asyncio.run(go())


async def test_a_client_that_stops_reading_is_cut_off_rather_than_waited_for(
    listening: Listening, expected_log: Callable[[str], None]
) -> None:
    expected_log("a client stopped reading")
    path = listening.server.path
    async with connected(path, "wall") as (reader, _):
        with socket.socket(socket.AF_UNIX) as stuck:
            stuck.connect(str(path))
            stuck.sendall(frame({"t": "hello", "role": "wall"}))
            await until(lambda: len(listening.heard) == 2)
            big = {"t": "snapshot", "filling": "x" * 2**20}
            for _ in range(12):
                listening.server.broadcast(big)
                assert (await next_bulk(reader))["t"] == "snapshot"
            await until(lambda: len(listening.server.clients) == 1)


async def next_bulk(reader: asyncio.StreamReader) -> dict[str, Any]:
    """The next message, read in large pieces (nothing may follow it)."""
    deframer = Deframer()
    async with asyncio.timeout(5):
        while True:
            messages = deframer.feed(await reader.read(2**20))
            if messages:
                return messages[0]


async def test_stopping_does_not_wait_for_a_client_that_does_not_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("salesboard_display.engine.server._FAREWELL_S", 0.05)
    listening = Listening(tmp_path / "e.socket")
    await listening.server.start()
    with socket.socket(socket.AF_UNIX) as stuck:
        stuck.connect(str(listening.server.path))
        stuck.sendall(frame({"t": "hello", "role": "wall"}))
        await until(lambda: listening.heard)
        listening.server.broadcast({"t": "snapshot", "filling": "x" * 2**22})
        async with asyncio.timeout(5):
            await listening.server.stop()
        await until(lambda: not listening.server.clients)
    assert not listening.server.path.exists()


async def test_a_socket_left_by_an_engine_that_died_is_replaced(tmp_path: Path) -> None:
    path = tmp_path / "e.socket"
    with socket.socket(socket.AF_UNIX) as dead:
        dead.bind(str(path))
    assert await asyncio.to_thread(running_engine, tmp_path / "e") is None
    listening = Listening(path)
    await listening.server.start()
    assert (await asyncio.to_thread(ask, path, "echo"))["name"] == "echo"
    await listening.server.stop()


async def test_only_this_user_can_open_the_socket(listening: Listening) -> None:
    assert stat.S_IMODE(listening.server.path.stat().st_mode) == 0o600


# ------------------------------------------------------------------------------------- the other side


async def test_a_command_that_was_refused_says_why(listening: Listening) -> None:
    with pytest.raises(CommandRefused, match="it cannot be done"):
        await asyncio.to_thread(ask, listening.server.path, "fail")


async def test_progress_is_told_until_the_answer_comes(listening: Listening) -> None:
    listening.before_reply = [
        {"t": "beat"},
        {"t": "progress", "id": 1, "done": 5, "total": 10, "text": "half"},
        {"t": "reply", "id": 99, "ok": True, "result": "somebody else's"},
    ]
    told: list[tuple[int, int | None, str]] = []
    answer = await asyncio.to_thread(
        ask, listening.server.path, "echo", None, lambda done, total, text: told.append((done, total, text))
    )
    assert answer["name"] == "echo"
    assert told == [(5, 10, "half")]


def test_nobody_at_the_socket_is_said(tmp_path: Path) -> None:
    with pytest.raises(EngineUnreachable, match="no engine answers"):
        ask(tmp_path / "nothing.socket", "status")
    assert running_engine(tmp_path / "store.db") is None


async def test_an_engine_that_says_nothing_is_not_waited_for(
    listening: Listening, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(client_module, "_ANSWER_S", 0.05)

    async def silent(_client: Client, _said: dict[str, Any]) -> None:
        """Nothing."""

    monkeypatch.setattr(listening.server, "_handler", silent)
    with pytest.raises(EngineUnreachable, match="timed out"):
        await asyncio.to_thread(ask, listening.server.path, "status")


async def test_an_engine_that_talks_nonsense_counts_as_none(tmp_path: Path) -> None:
    async def nonsense(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"SSH-2.0-OpenSSH_9.2p1\r\n")
        await reader.read()
        writer.close()

    server = await asyncio.start_unix_server(nonsense, str(tmp_path / "store.db.socket"))
    async with server:
        with pytest.raises(EngineUnreachable):
            await asyncio.to_thread(ask, tmp_path / "store.db.socket", "status")


# ------------------------------------------------------------------------------------- where it listens


def test_the_socket_lies_beside_the_store_whatever_the_environment_says(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = socket_path(tmp_path / "store.db")
    monkeypatch.setenv("XDG_RUNTIME_DIR", "/run/user/4711")
    monkeypatch.setenv("TMPDIR", "/nowhere")
    assert socket_path(str(tmp_path / "store.db")) == here == tmp_path / "store.db.socket"


@pytest.mark.parametrize(
    "store", ["/srv/" + "x" * 120 + "/store.db", "/srv/" + "ü" * 60 + "/store.db", "postgresql://db/x"]
)
def test_a_store_with_a_long_path_gets_a_short_socket_in_a_folder_of_this_user(store: str) -> None:
    path = socket_path(store)
    assert len(str(path).encode()) <= 100
    assert str(path).startswith("/tmp/salesboard-")
    assert path != socket_path(store + "2")
