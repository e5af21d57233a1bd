"""From what a preset says to a way in."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from salesboard_display.settings.presetauth import Auth
from salesboard_display.sources.http.auth import fixed, login, oauth
from salesboard_display.sources.http.auth.contract import Ground, SignIn

WAYS: Mapping[str, Callable[[Any, Ground], SignIn]] = {
    "none": fixed.nothing,
    "headers": fixed.headers,
    "query": fixed.params,
    "basic": fixed.basic,
    "oauth2-client-credentials": oauth.client_credentials,
    "oauth2-refresh": oauth.refresh,
    "jwt-bearer": oauth.jwt_bearer,
    "login-session": login.login_session,
}
"""Type → what makes such a way in of the preset's words and the ground it stands on."""


def way_in(auth: Auth, ground: Ground) -> SignIn:
    """The way in that the preset describes."""
    return WAYS[auth.type](auth, ground)
