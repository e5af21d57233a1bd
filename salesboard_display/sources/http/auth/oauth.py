"""OAuth 2: client credentials, refresh tokens (RFC 6749), and signed assertions (RFC 7523)."""

from __future__ import annotations

from typing import Any

from salesboard_display.settings.presetauth import ClientCredentialsAuth, JwtAuth, OAuthAuth, RefreshAuth
from salesboard_display.sources.http.auth.contract import Ground
from salesboard_display.sources.http.auth.fixed import basic_header
from salesboard_display.sources.http.auth.tokens import Token
from salesboard_display.sources.http.errors import wrong_set_up
from salesboard_display.sources.http.messages import Request
from salesboard_display.sources.http.templates import ABSENT, Names, fill, fill_texts

_ASSERTION = "urn:ietf:params:oauth:grant-type:jwt-bearer"


def text_of(template: str, options: Names) -> str:
    """The filled template, "" where there is nothing to fill it with."""
    filled = fill(template, options)
    return "" if filled is ABSENT else filled


def token_request(auth: OAuthAuth, options: Names, fields: dict[str, str]) -> Request:
    """The request for a token, with the client's id and secret where the API wants them."""
    headers = {}
    sent = {**fields, **fill_texts({"scope": auth.scope}, options), **fill_texts(auth.extra, options)}
    if auth.client_auth == "basic":
        headers["Authorization"] = basic_header(auth.client_id, auth.client_secret, options)
    else:
        who = {"client_id": auth.client_id, "client_secret": auth.client_secret}
        sent |= fill_texts(who, options)
    sent = {name: value for name, value in sent.items() if value}
    url = text_of(auth.token_url, options)
    if auth.send_in == "query":
        return Request("POST", url, params=tuple(sent.items()), headers=headers)
    return Request("POST", url, headers=headers, form=sent)


def client_credentials(auth: ClientCredentialsAuth, ground: Ground) -> Token:
    """A machine signs in by itself."""

    async def fetch() -> Any:
        return await ground.ask(token_request(auth, ground.options, {"grant_type": "client_credentials"}))

    return Token(auth, ground, fetch)


def refresh(auth: RefreshAuth, ground: Ground) -> Token:
    """With a refresh token; one that the API replaces is kept before the new sign-in is used."""
    return Token(auth, ground, _Refreshing(auth, ground).fetch)


class _Refreshing:
    def __init__(self, auth: RefreshAuth, ground: Ground) -> None:
        self._auth, self._ground = auth, ground
        self._first = text_of(auth.refresh_token, ground.options)
        self._unkept: tuple[str, Any] | None = None
        """A refresh token that could not be kept, with the reply it came in: it is the only good one now."""

    async def fetch(self) -> Any:
        if self._unkept is None:
            current = await self._ground.vault.get(self._first)
            if not current:
                raise wrong_set_up(
                    "{api} needs a sign-in: `salesboard-display source sign-in` with this source's name.",
                    api=self._ground.api,
                )
            self._ground.learn([current])
            fields = {"grant_type": "refresh_token", "refresh_token": current}
            reply = await self._ground.ask(token_request(self._auth, self._ground.options, fields))
            fresh = reply.get("refresh_token") if isinstance(reply, dict) else None
            if not isinstance(fresh, str) or fresh in ("", current):
                return reply
            self._ground.learn([fresh])
            self._unkept = (fresh, reply)
        fresh, reply = self._unkept
        await self._ground.vault.put(fresh, self._first, self._ground.now_s())
        self._unkept = None
        return reply


def jwt_bearer(auth: JwtAuth, ground: Ground) -> Token:
    """An assertion signed with the office's private key."""

    async def fetch() -> Any:
        fields = {"grant_type": _ASSERTION, "assertion": assertion(auth, ground)}
        return await ground.ask(token_request(auth, ground.options, fields))

    return Token(auth, ground, fetch)


def assertion(auth: JwtAuth, ground: Ground) -> str:
    """The signed claims (RS256). Raises SourceError where the key cannot be read."""
    import jwt  # brings cryptography along: only for those who need it

    options = ground.options
    names = {"iss": auth.issuer, "sub": auth.subject, "aud": auth.audience, **auth.claims}
    now_s = int(ground.now_s())
    filled = {name: text for name, text in fill_texts(names, options).items() if text}
    claims = {**filled, "iat": now_s, "exp": now_s + int(auth.valid_for)}
    key = text_of(auth.private_key, options).replace("\\n", "\n")  # as it stands in a JSON key file
    ground.learn([key])
    try:
        signed = jwt.encode(claims, key, algorithm="RS256")
    except (ValueError, TypeError, jwt.PyJWTError):  # the words might quote it
        raise wrong_set_up(
            "The private key for {api} cannot be read; it has to be PEM (-----BEGIN PRIVATE KEY-----).",
            api=ground.api,
        ) from None
    ground.learn([signed])
    return signed
