"""Webhook sources for tests: built as settings would, fed by hand."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

from salesboard_display.core.sync import Batch, SyncEnd
from salesboard_display.settings.ready import with_ready_parts
from salesboard_display.settings.webhook import WebhookSource as Settings
from salesboard_display.settings.webhook import WebSettings
from salesboard_display.sources.contract import FetchContext, Surroundings
from salesboard_display.sources.webhook.signatures import Received
from salesboard_display.sources.webhook.source import WebhookSource

PAYLOADS = Path(__file__).parent / "payloads"
TOKEN = "a token of the office"
GENERIC: dict[str, Any] = {"ready": "generic", "secrets": [TOKEN]}
SECRETS = {
    "pipedrive": "wall:a password",
    "hubspot": "a client secret",
    "close": "00ff" * 16,
    "stripe": "whsec_example",
    "generic": TOKEN,
}


def settings(**given: Any) -> Settings:
    """The settings of a webhook source, ready parts filled in."""
    document = with_ready_parts({"sources": {"crm": {"type": "webhook", **given}}})
    return Settings.model_validate(document["sources"]["crm"])


def source(folder: Path, *, web: dict[str, Any] | None = None, **given: Any) -> WebhookSource:
    """A webhook source that keeps its webhooks in the folder; the generic one unless told otherwise."""
    around = Surroundings(
        "Europe/Berlin", folder, True, data_folder=folder / "kept", web=WebSettings.model_validate(web or {})
    )
    return WebhookSource("crm", settings(**(given or GENERIC)), around)


def payload(name: str, **changes: Any) -> Any:
    """A constructed example of what a sender sends."""
    document = json.loads((PAYLOADS / f"{name}.json").read_text("utf-8"))
    for path, value in changes.items():
        *parents, last = path.split("__")
        at = document
        for parent in parents:
            at = at[parent]
        at[last] = value
    return document


def sent(document: Any, headers: dict[str, str] | None = None, at_ms: int = 0) -> Received:
    """A document as a webhook that carries the token."""
    body = document if isinstance(document, bytes) else json.dumps(document).encode()
    given = {"x-salesboard-token": TOKEN} if headers is None else headers
    return Received(body, given, peer="127.0.0.1", at_ms=at_ms or time.time_ns() // 1_000_000)


class Listener:
    """Reads a source as the engine does: what it gives counts as stored when more is asked for."""

    def __init__(self, one: WebhookSource, cursor: str = "", *, once: bool = False) -> None:
        self.cursor = cursor
        self.batches: list[Batch] = []
        self.ends: list[SyncEnd] = []
        self._items = one.fetch(cursor, FetchContext(lambda: time.time_ns() // 1_000_000, once=once))

    async def sync(self) -> Batch:
        """The next sync, its batch (an empty one for a sign of life)."""
        batch = Batch()
        async for item in self._items:
            if isinstance(item, SyncEnd):
                self.ends.append(item)
                self.cursor = item.cursor
                return batch
            batch = item
            self.batches.append(item)
        raise EOFError

    async def close(self) -> None:
        await self._items.aclose()  # type: ignore[attr-defined]
