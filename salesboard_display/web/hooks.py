"""The web side of webhooks: a request in, the source's answer out."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from typing import Any

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from salesboard_display.settings.webhook import WebSettings
from salesboard_display.sources.contract import Source
from salesboard_display.sources.webhook.signatures import Received
from salesboard_display.sources.webhook.source import Answer, WebhookSource

LARGEST_BODY = 256 * 1024
TOO_LARGE = Answer(413, "the body is larger than 256 KiB")
TOO_SLOW = Answer(408, "the body took too long to arrive")
UNKNOWN = Answer(404, "no webhook source has this name")


def make_app(settings: WebSettings, find: Callable[[str], Source | None]) -> Starlette:
    """The application: ``POST /hooks/{source}`` and ``POST /hooks/{source}/heartbeat``, nothing else."""
    hooks = Hooks(settings, find)
    return Starlette(
        routes=[
            Route("/hooks/{source}", hooks.hook, methods=["POST"]),
            Route("/hooks/{source}/heartbeat", hooks.heartbeat, methods=["POST"]),
        ],
        exception_handlers={HTTPException: _in_our_form},
    )


class Hooks:
    """Reads requests, within limits of size and time; what they mean is the source's to say."""

    def __init__(self, settings: WebSettings, find: Callable[[str], Source | None]) -> None:
        self._settings, self._find = settings, find

    async def hook(self, request: Request) -> Response:
        """A webhook."""
        at_ms = time.time_ns() // 1_000_000
        source = self._source(request)
        if source is None:
            return _response(UNKNOWN)
        received = source.admit() or await self._received(request, at_ms)
        return _response(received if isinstance(received, Answer) else await source.receive(received))

    async def heartbeat(self, request: Request) -> Response:
        """A sign of life."""
        at_ms = time.time_ns() // 1_000_000
        source = self._source(request)
        if source is None:
            return _response(UNKNOWN)
        received = source.admit() or await self._received(request, at_ms)
        return _response(received if isinstance(received, Answer) else source.heartbeat(received))

    def _source(self, request: Request) -> WebhookSource | None:
        found = self._find(request.path_params["source"])
        return found if isinstance(found, WebhookSource) else None

    async def _received(self, request: Request, at_ms: int) -> Received | Answer:
        body = await self._body(request)
        if isinstance(body, Answer):
            return body
        headers: dict[str, str] = {}
        for name, value in request.headers.items():
            headers[name] = f"{headers[name]},{value}" if name in headers else value
        return Received(
            body=body,
            headers=headers,
            method=request.method,
            uri=self._uri(request),
            peer=request.client.host if request.client is not None else "",
            at_ms=at_ms,
        )

    async def _body(self, request: Request) -> bytes | Answer:
        said = request.headers.get("content-length", "")
        if said.isdecimal() and int(said[:20]) > LARGEST_BODY:
            return TOO_LARGE
        parts, size = [], 0
        try:
            async with asyncio.timeout(self._settings.body_timeout):
                async for part in request.stream():
                    size += len(part)
                    if size > LARGEST_BODY:
                        return TOO_LARGE
                    parts.append(part)
        except TimeoutError:
            return TOO_SLOW
        except ClientDisconnect:
            return Answer(400, "the body ended too early")
        return b"".join(parts)

    def _uri(self, request: Request) -> str:
        """The address the sender called, as it wrote it: behind a proxy only the settings know it."""
        path = request.scope["raw_path"].decode("latin-1")
        query = request.scope["query_string"].decode("latin-1")
        base = self._settings.public_url or f"http://{request.headers.get('host', '')}"
        return f"{base}{path}?{query}" if query else base + path


def _response(answer: Answer) -> Response:
    headers = {"Retry-After": str(answer.again_s)} if answer.again_s else {}
    if answer.status == 401:
        headers["WWW-Authenticate"] = 'Basic realm="webhooks"'
    if answer in (TOO_LARGE, TOO_SLOW):
        headers["Connection"] = "close"
    return JSONResponse({"said": answer.said}, answer.status, headers)


async def _in_our_form(_request: Request, error: Any) -> Response:
    """What the framework refuses (another path, another method), in the form of every other answer."""
    return JSONResponse({"said": str(error.detail)}, error.status_code, error.headers)
