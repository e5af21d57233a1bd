"""A log-in request whose reply holds a token."""

from __future__ import annotations

from typing import Any

from salesboard_display.settings.presetauth import LoginAuth
from salesboard_display.sources.http.auth.contract import Ground
from salesboard_display.sources.http.auth.oauth import text_of
from salesboard_display.sources.http.auth.tokens import Token
from salesboard_display.sources.http.messages import Request
from salesboard_display.sources.http.templates import ABSENT, fill_texts, fill_tree


def login_session(auth: LoginAuth, ground: Ground) -> Token:
    """Log in with user and password, or whatever the API takes."""

    async def fetch() -> Any:
        path = text_of(auth.path, ground.options)
        body = None if auth.body is None else fill_tree(auth.body, ground.options)
        request = Request(
            auth.method,
            path if "://" in path else f"{ground.base_url.rstrip('/')}/{path.lstrip('/')}",
            headers=fill_texts(auth.headers, ground.options),
            json=None if body is ABSENT else body,
            form=None if auth.form is None else fill_texts(auth.form, ground.options),
        )
        return await ground.ask(request)

    return Token(auth, ground, fetch)
