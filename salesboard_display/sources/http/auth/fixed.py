"""Ways in that never change: nothing, headers, parameters, user and password."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Mapping
from typing import Any

from salesboard_display.settings.presetauth import BasicAuth, HeaderAuth, NoAuth, QueryAuth
from salesboard_display.sources.http.auth.contract import Ground, LetIn
from salesboard_display.sources.http.templates import ABSENT, Names, fill, fill_texts


class Fixed:
    """The same with every request."""

    signs_in = False

    def __init__(self, what: LetIn = LetIn()) -> None:
        self._what = what

    async def let_in(self) -> LetIn:
        """See SignIn."""
        return self._what

    def refused(self) -> None:
        """There is nothing to renew."""

    def captured(self) -> Mapping[str, Any]:
        """See SignIn."""
        return {}


def nothing(_auth: NoAuth, _ground: Ground) -> Fixed:
    """No sign-in."""
    return Fixed()


def headers(auth: HeaderAuth, ground: Ground) -> Fixed:
    """Keys in headers."""
    return Fixed(LetIn(headers=fill_texts(auth.headers, ground.options)))


def params(auth: QueryAuth, ground: Ground) -> Fixed:
    """Keys in the URL."""
    return Fixed(LetIn(params=fill_texts(auth.params, ground.options)))


def basic(auth: BasicAuth, ground: Ground) -> Fixed:
    """HTTP Basic; either part may be empty (Close: the key as user, no password)."""
    header = basic_header(auth.user, auth.password, ground.options)
    ground.learn([header.removeprefix("Basic ")])
    return Fixed(LetIn(headers={"Authorization": header}))


def basic_header(user: str, password: str, names: Names) -> str:
    """RFC 7617, in UTF-8."""
    parts = [fill(text, names) for text in (user, password)]
    pair = ":".join("" if part is ABSENT else part for part in parts)
    return "Basic " + b64encode(pair.encode()).decode()
