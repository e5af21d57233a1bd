"""How an API lets requests in: the eight ways to sign in, as a preset says them."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field

from salesboard_display.settings.fieldtypes import Duration, Expression, Id, Section, Shown

TextTemplate = Annotated[str, Field(max_length=20_000)]


class NoAuth(Section):
    """Nothing is needed."""

    type: Literal["none"] = Field(default="none", title="Type", description="No sign-in.")


class HeaderAuth(Section):
    """Fixed headers."""

    type: Literal["headers"] = Field(title="Type", description="Fixed headers.")
    headers: dict[str, TextTemplate] = Field(
        title="Headers", description="Templates over options.", min_length=1, max_length=10
    )


class QueryAuth(Section):
    """Fixed parameters of the URL."""

    type: Literal["query"] = Field(title="Type", description="Parameters of the URL.")
    params: dict[str, TextTemplate] = Field(
        title="Parameters", description="Templates over options.", min_length=1, max_length=10
    )


class BasicAuth(Section):
    """HTTP Basic."""

    type: Literal["basic"] = Field(title="Type", description="HTTP Basic.")
    user: TextTemplate = Field(title="User", description="A template.")
    password: TextTemplate = Field(default="", title="Password", description="A template; may be empty.")


class TokenAuth(Section):
    """What every sign-in that fetches a token has in common."""

    header: str = Field(
        default="Authorization", title="Header", description="The header that carries the token."
    )
    value: TextTemplate = Field(
        default="Bearer {token.access_token}", title="Value", description="What it holds. A template."
    )
    capture: dict[Id, Expression] = Field(
        default={}, title="Capture",
        description="Fields of the token's reply, as `{token.NAME}`; `access_token` is known.",
        max_length=10,
    )  # fmt: skip
    lifetime: Duration | None = Field(
        default=None, title="Lifetime",
        description="When the reply does not say; without it, a token is used until it is refused.",
        ge=10,
    )  # fmt: skip
    min_interval: Duration = Field(
        default=0.0, title="Minimum interval", description="No new token within this time.", ge=0
    )


class OAuthAuth(TokenAuth):
    """What the OAuth 2 ways have in common."""

    token_url: TextTemplate = Field(title="Token URL", description="A template.")
    client_id: TextTemplate = Field(default="", title="Client id", description="A template.")
    client_secret: TextTemplate = Field(default="", title="Client secret", description="A template.")
    client_auth: Literal["body", "basic"] = Field(
        default="body", title="Client authentication", description="Where id and secret stand."
    )
    send_in: Literal["body", "query"] = Field(
        default="body", title="Send in", description="Where the request's fields stand."
    )
    scope: TextTemplate = Field(default="", title="Scope", description="A template.")
    extra: dict[str, TextTemplate] = Field(
        default={}, title="Extra", description="More fields of the request. Templates.", max_length=10
    )


class ClientCredentialsAuth(OAuthAuth):
    """OAuth 2 client credentials: a machine signs in by itself."""

    type: Literal["oauth2-client-credentials"] = Field(
        title="Type", description="OAuth 2 client credentials."
    )


class RefreshAuth(OAuthAuth):
    """OAuth 2 with a refresh token, obtained once by `source sign-in`."""

    type: Literal["oauth2-refresh"] = Field(title="Type", description="OAuth 2 with a refresh token.")
    refresh_token: TextTemplate = Field(
        default="",
        title="Refresh token",
        description="The first one, a template; or `source sign-in` gets it.",
    )
    authorize_url: TextTemplate = Field(
        default="", title="Authorize URL", description="Where a person says yes. A template."
    )
    authorize_params: dict[str, TextTemplate] = Field(
        default={},
        title="Authorize parameters",
        description="More parameters there. Templates.",
        max_length=10,
    )


class JwtAuth(OAuthAuth):
    """A signed assertion exchanged for a token (RFC 7523)."""

    type: Literal["jwt-bearer"] = Field(title="Type", description="A signed assertion.")
    issuer: TextTemplate = Field(title="Issuer", description="A template.")
    subject: TextTemplate = Field(default="", title="Subject", description="A template.")
    audience: TextTemplate = Field(title="Audience", description="A template.")
    private_key: TextTemplate = Field(title="Private key", description="PEM. A template.")
    claims: dict[str, TextTemplate] = Field(
        default={}, title="Claims", description="More claims. Templates.", max_length=10
    )
    valid_for: Duration = Field(
        default=180.0, title="Valid for", description="How long the assertion is good.", ge=30, le=3600
    )


class LoginAuth(TokenAuth):
    """A log-in request whose reply holds a token."""

    type: Literal["login-session"] = Field(title="Type", description="A log-in request.")
    method: Literal["GET", "POST"] = Field(default="POST", title="Method", description="Of the request.")
    path: TextTemplate = Field(title="Path", description="Behind the base URL, or a whole URL. A template.")
    body: dict[str, Any] | list[Any] | None = Field(
        default=None, title="Body", description="Sent as JSON; every text is a template."
    )
    form: dict[str, TextTemplate] | None = Field(
        default=None, title="Form", description="Sent as a form instead."
    )
    headers: dict[str, TextTemplate] = Field(
        default={}, title="Headers", description="Templates.", max_length=10
    )


Auth = Annotated[
    NoAuth | HeaderAuth | QueryAuth | BasicAuth | ClientCredentialsAuth | RefreshAuth | JwtAuth | LoginAuth,
    Field(discriminator="type"),
    Shown("table with a `type`"),
]
