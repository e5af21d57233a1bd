"""A real web server on loopback for one source, fed by a real client, and a store that may be slow."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

from salesboard_display.settings.webhook import WebSettings
from salesboard_display.sources.webhook.source import WebhookSource
from salesboard_display.web.server import UvicornServer
from tests.sources.webhook.sources import TOKEN, Listener, source


def free_port() -> int:
    """A TCP port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass
class Receiver:
    """A running server: ``facts`` are the keys of what came through, ``rest_s`` how slow the store is."""

    source: WebhookSource
    port: int
    client: httpx.AsyncClient
    facts: list[str] = field(default_factory=list)
    rest_s: float = 0.0

    async def post(self, document: Any = None, path: str = "/hooks/crm", **more: Any) -> httpx.Response:
        """Post a document with the token."""
        headers = {"X-Salesboard-Token": TOKEN, **more.pop("headers", {})}
        return await self.client.post(path, json=document, headers=headers, **more)

    async def read(self) -> None:
        """Be the engine, until there is nothing more."""
        listener = Listener(self.source)
        try:
            while True:
                self.facts += [fact.key for fact in (await listener.sync()).facts]
                await asyncio.sleep(self.rest_s)
        finally:
            await listener.close()

    async def until(self, count: int) -> None:
        """Wait until so many facts came through."""
        async with asyncio.timeout(10):
            while len(self.facts) < count:  # noqa: ASYNC110
                await asyncio.sleep(0.01)


@asynccontextmanager
async def receiving(folder: Path, given: dict[str, Any] | None = None, **web: Any) -> AsyncIterator[Receiver]:
    """A source (the generic one unless its settings are given) behind a real server on a free port."""
    port = free_port()
    settings = WebSettings.model_validate({"enabled": True, "port": port, **web})
    one = source(folder, web=web, **(given or {}))
    listens = asyncio.Event()
    server = UvicornServer(settings, lambda name: one if name == "crm" else None, listens.set)
    serving = asyncio.create_task(server.serve())
    async with (
        asyncio.timeout(60),
        httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", trust_env=False, timeout=15) as client,
    ):
        receiver = Receiver(one, port, client)
        reading = asyncio.create_task(receiver.read())
        await listens.wait()
        while one._inbox is None:  # noqa: ASYNC110
            await asyncio.sleep(0.005)
        try:
            yield receiver
        finally:
            for task in (serving, reading):
                task.cancel()
                with suppress(asyncio.CancelledError):
                    await task
