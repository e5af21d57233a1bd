"""Whether webhooks are received, and where: keeps the web server that the engine was handed."""

from __future__ import annotations

import asyncio
import ipaddress
import logging
from collections.abc import Callable, Iterator
from typing import Protocol

from salesboard_display.core.findings import Finding
from salesboard_display.core.messages import Message, message
from salesboard_display.engine.client import ask, running_engine
from salesboard_display.engine.office import Office
from salesboard_display.engine.words import Words
from salesboard_display.settings.webhook import WebhookSource, WebSettings
from salesboard_display.sources.contract import Source

log = logging.getLogger(__name__)
AGAIN_S = 10.0
"""How long to wait before listening is tried again."""


class WebServer(Protocol):
    """A web server that lives in the engine's loop."""

    async def serve(self) -> None:
        """Listen until cancelled. Raises OSError when that is not possible."""
        ...


MakeWebServer = Callable[[WebSettings, Callable[[str], Source | None], Callable[[], None]], WebServer]
"""Makes a server from the settings, what finds a source by its name, and what to call once it listens."""


class Listening:
    """Listens as the settings say; where that fails it is said once, and tried again."""

    def __init__(
        self,
        make: MakeWebServer | None,
        find: Callable[[str], Source | None],
        changed: Callable[[], None],
    ) -> None:
        self.url = ""
        """Where webhooks are received now, "" where they are not."""
        self.problem: Message | None = None
        self._make, self._find, self._changed = make, find, changed

    async def keep(self, settings: WebSettings, words: Words) -> None:
        """Listen until cancelled, if the settings say so."""
        self.problem = None
        while self._make is not None and settings.enabled:
            server = self._make(settings, self._find, lambda: self._listens(settings))
            try:
                await server.serve()
            except OSError as error:
                self._failed(settings, error, words)
            finally:
                self.url = ""
            await asyncio.sleep(AGAIN_S)

    def _listens(self, settings: WebSettings) -> None:
        if self.problem is not None:
            log.warning("webhooks are received again")
        self.url, self.problem = url_of(settings), None
        self._changed()

    def _failed(self, settings: WebSettings, error: OSError, words: Words) -> None:
        why = message(
            "web-cannot-listen", host=settings.host, port=str(settings.port), why=error.strerror or str(error)
        )
        if why != self.problem:
            log.warning("%s", words.say(why))
        self.problem = why
        self._changed()


def url_of(settings: WebSettings) -> str:
    """Where the receiver listens, as an address on this computer's network."""
    host = f"[{settings.host}]" if ":" in settings.host else settings.host
    return f"http://{host}:{settings.port}"


def hook_url(office: Office, name: str) -> str:
    """Where webhooks of a source are to be posted, as far as the settings know."""
    web = office.settings.web
    return f"{web.public_url or url_of(web)}/hooks/{name}"


def web_findings(office: Office) -> Iterator[Finding]:
    """What ``check`` says: whether webhooks are received, and where."""
    web = office.settings.web
    waiting = [name for name, one in office.settings.sources.items() if isinstance(one, WebhookSource)]
    if not web.enabled:
        text = message("check-web-off")
        if waiting:
            text = message("check-web-off-though", sources=", ".join(waiting))
        yield Finding("web", "", not waiting, text, message("check-web-off-advice") if waiting else None)
        return
    socket = running_engine(office.store_path)
    said = ask(socket, "status")["web"] if socket is not None else {"url": "", "problem": ""}
    if said["problem"]:
        yield Finding("web", "", False, Message(said["problem"]), message("check-web-advice"))
    for name in waiting or [""]:
        url = hook_url(office, name)
        yield Finding(
            "web", name, True, message("check-web-on" if said["url"] else "check-web-later", url=url)
        )
    if not _is_loopback(web.host):
        yield Finding("web", "", True, message("check-web-open", url=url_of(web)))


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
