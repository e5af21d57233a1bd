"""What stands in a webhook's body: its document, its id, its records."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import Any, NamedTuple

from salesboard_display.core.messages import Message
from salesboard_display.settings.webhook import WebhookSource as WebhookSettings
from salesboard_display.sources.file.jsonfile import loads
from salesboard_display.sources.mapping.rejected import Rejected, Unusable
from salesboard_display.sources.mapping.selectors import Selectors
from salesboard_display.sources.webhook.signatures import Received, signed_at

Document = dict[str, Any] | list[Any]


class BadBody(Unusable):
    """The body is not what can be read; the text says why, for its sender."""


def text_of(body: bytes) -> str:
    """The body as text. Raises BadBody."""
    try:
        return body.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise BadBody("the body is not UTF-8") from None


def document_of(text: str) -> Document:
    """The JSON document in a text, with exact numbers. Raises BadBody."""
    if not text.strip():
        raise BadBody(
            "the body is empty; JSON is expected (for a sign of life: add /heartbeat to the address)"
        )
    try:
        found = loads(text)
    except RecursionError:
        raise BadBody("the body is not JSON: it is nested too deeply") from None
    except ValueError as error:
        raise BadBody("the body is not JSON: {error}", error=str(error)) from None
    if not isinstance(found, dict | list):
        raise BadBody("the body is JSON, but neither an object nor a list")
    return found


class Identity(NamedTuple):
    """What a webhook is known by again; ``lasting``: whether nothing new can ever come under it."""

    id: str
    lasting: bool


class Ids:
    """What tells one webhook of a source from another: an id its sender gives, else all of its content."""

    def __init__(self, settings: WebhookSettings) -> None:
        self._form = settings.signature
        self._header = settings.event_id_header
        if self._header is None and settings.event_id is None and self._form.form == "standard":
            self._header = "webhook-id"
        self._get = Selectors(None).getter(settings.event_id) if settings.event_id is not None else None

    def of(self, received: Received, document: Document) -> Identity:
        """The identity; its id is always of the same length. Without an id or a signed time the same content
        may be news later: a deal that was deleted and is won again."""
        given = self._given(received, document)
        if given:
            return Identity(_digest("id", given), lasting=True)
        at = signed_at(self._form, received)
        return Identity(_digest("content", at, received.body.decode("latin-1")), lasting=bool(at))

    def _given(self, received: Received, document: Document) -> str:
        if self._header is not None:
            return received.headers.get(self._header.lower(), "")
        if self._get is None or not isinstance(document, dict):
            return ""
        try:
            found = self._get(document)
        except Rejected:
            return ""
        return str(found) if isinstance(found, str | int) else ""


def records_at(expression: str | None) -> Callable[[Document], list[Any]]:
    """How to find the records in a document: at a JMESPath, or the whole of it; nothing there is no record.

    The function raises Rejected when the expression fails.
    """
    search = Selectors(None).expression(expression) if expression is not None else None

    def records(document: Document) -> list[Any]:
        found = document if search is None else _searched(search, document)
        if found is None:
            return []
        return found if isinstance(found, list) else [found]

    return records


def _searched(search: Callable[[Any], Any], document: Document) -> Any:
    if not isinstance(document, dict):
        raise Rejected("records", Message("the body is a list; leave `records` out"))
    return search(document)


def _digest(*parts: str) -> str:
    whole = hashlib.blake2b(digest_size=12)
    for part in parts:
        whole.update(part.encode())
        whole.update(b"\0")
    return whole.hexdigest()
