"""The settings of the receiver of webhooks, and of a source that is sent to instead of asked."""

from __future__ import annotations

import base64
import ipaddress
import re
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, StringConstraints, model_validator

from salesboard_display.settings.fieldtypes import Duration, Expression, Id, Section, Selector, Shown
from salesboard_display.settings.mapped import DAY_S, MappedSource
from salesboard_display.settings.problems import Expected, phrase
from salesboard_display.settings.secrets import names_in

_GAPS = frozenset({"method", "uri", "body", "timestamp", "id"})
_GAP = re.compile(r"\{(\w*)\}")
_HOST_NAME = re.compile(r"[A-Za-z0-9]([A-Za-z0-9.-]{0,251}[A-Za-z0-9])?")

Header = Annotated[
    str, StringConstraints(pattern=r"^[A-Za-z0-9!#$%&'*+.^_`|~-]{1,100}$"), Shown("name of a header")
]


def _secret(text: str) -> str:
    if not 8 <= len(text) <= 500:
        raise Expected("a text of at least 8 and at most 500 characters", found="another length")
    return text


Secret = Annotated[str, AfterValidator(_secret), Shown("text of at least 8 characters")]


def _signed(text: str) -> str:
    named = _GAP.findall(text)
    if "body" not in named or not _GAPS.issuperset(named):
        raise Expected(
            "what is signed, from {body}, {timestamp}, {id}, {method} and {uri}, with {body} in it"
        )
    return text


def _host(text: str) -> str:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        if not _HOST_NAME.fullmatch(text):
            raise Expected('an address or a host name, such as "127.0.0.1"') from None
    return text


def _address(text: str) -> str:
    if text and not re.fullmatch(r"https?://[^/?#\s]+(/[^?#\s]*)?", text):
        raise Expected('an address such as "https://wall.example.com"')
    return text.rstrip("/")


class WebSettings(Section):
    """The receiver of webhooks: a small web server in the engine's process, off until it is switched on."""

    enabled: bool = Field(default=False, title="Enabled", description="Whether webhooks are received at all.")
    host: Annotated[str, AfterValidator(_host), Shown("address or host name")] = Field(
        default="127.0.0.1",
        title="Host",
        description="Where to listen; `127.0.0.1`: only programs on this computer reach it.",
        max_length=253,
    )
    port: int = Field(default=8765, title="Port", description="The TCP port.", ge=1, le=65535)
    public_url: Annotated[str, AfterValidator(_address), Shown("address")] = Field(
        default="",
        title="Public address",
        description="What senders call, where a proxy or tunnel stands before; HubSpot signs it.",
        max_length=500,
    )
    per_second: int = Field(
        default=300,
        title="Per second",
        description="How many requests a second each source answers before it says 429.",
        ge=1,
        le=5000,
    )
    waiting: int = Field(
        default=5000,
        title="Waiting",
        description="How many accepted webhooks may wait to be counted before it says 429.",
        ge=1,
        le=100_000,
    )
    body_timeout: Duration = Field(
        default=5.0,
        title="Body time-out",
        description="How long headers, and then a body, may take to arrive.",
        ge=0.1,
        le=60,
    )


class SignatureSettings(Section):
    """How a sender proves that a request is its own. What is not said follows from `form`."""

    form: Literal["hmac", "stripe", "standard", "hubspot", "token", "basic", "none"] = Field(
        title="Form",
        description=(
            "`hmac`: a signature in a header, as the other keys say; `stripe`: `t=…,v1=…`; `standard`: "
            "Standard Webhooks; `hubspot`: version 3; `token`: the secret itself in a header; `basic`: HTTP "
            "Basic, the secret is `user:password`; `none`: anybody on this computer."
        ),
    )
    header: Header | None = Field(
        default=None, title="Header", description="`hmac` and `token`: where the signature or token stands."
    )
    prefix: str = Field(
        default="",
        title="Prefix",
        description="`hmac` and `token`: what stands before it, say `sha256=` or `Bearer `.",
        max_length=40,
    )
    hash: Literal["sha256", "sha1"] = Field(default="sha256", title="Hash", description="`hmac`: the hash.")
    encoding: Literal["hex", "base64"] = Field(
        default="hex", title="Encoding", description="`hmac`: how the signature is written."
    )
    key: Literal["text", "hex", "base64"] = Field(
        default="text", title="Key", description="`hmac`: how the secret is written."
    )
    signed: Annotated[str, AfterValidator(_signed), Shown('text such as "{timestamp}.{body}"')] = Field(
        default="{body}",
        title="Signed",
        description="`hmac`: what is signed: {body}, {timestamp}, {id}, {method} and {uri} are filled in.",
        max_length=200,
    )
    timestamp_header: Header | None = Field(
        default=None,
        title="Timestamp's header",
        description="`hmac`: where the time it was signed at stands (seconds or milliseconds since 1970).",
    )

    @model_validator(mode="after")
    def _fits(self) -> Self:
        if self.form in ("hmac", "token") and self.header is None:
            raise Expected("the header it stands in", key="header", found="none")
        own = {"hmac": type(self).model_fields.keys(), "token": {"form", "header", "prefix"}}
        if odd := sorted(self.model_fields_set - set(own.get(self.form, {"form"}))):
            raise Expected(phrase('no such key, because `form` is "{form}"', form=self.form), key=odd[0])
        if "{timestamp}" in self.signed and self.timestamp_header is None:
            raise Expected("the header of the timestamp that is signed", key="timestamp_header", found="none")
        return self

    def key_of(self, secret: str) -> bytes:
        """The bytes a secret stands for. Raises ValueError when it is not written as the form wants it."""
        if self.form == "standard" or self.key == "base64":
            text = secret.removeprefix("whsec_").rstrip("=")
            return base64.b64decode(text + "=" * (-len(text) % 4), validate=True)
        if self.form == "basic" and ":" not in secret:
            raise ValueError("no user and password")
        return bytes.fromhex(secret) if self.key == "hex" else secret.encode()


_HOW_WRITTEN = {
    "basic": phrase("secrets written as user:password"),
    "base64": phrase("secrets in base64, perhaps after whsec_"),
    "hex": phrase("secrets in hexadecimal digits, two for each byte"),
}


class WebhookSource(MappedSource):
    """A source that sends: every webhook posted to `/hooks/NAME` is mapped as it comes."""

    type: Literal["webhook"] = Field(default="webhook", title="Type", description="This is a webhook.")
    ready: Literal["pipedrive", "hubspot", "close", "stripe", "generic"] | None = Field(
        default=None,
        title="Ready",
        description="A mapping that comes with the program; keys given here take the place of its own.",
    )
    expected_every: Duration | None = Field(
        default=DAY_S,
        title="Expected every",
        description="How often at least something should be sent; decides when its data is late.",
        ge=1,
        le=366 * DAY_S,
    )
    signature: SignatureSettings = Field(
        title="Signature", description="How a sender proves that a request is its own."
    )
    secrets: list[Secret] = Field(
        default=[],
        title="Secrets",
        description="What signatures are made with; several while one is replaced by another.",
        max_length=5,
        repr=False,
    )
    event_id: Selector | None = Field(
        default=None,
        title="Event id",
        description=(
            "What tells one webhook from another; without it, and without a header, its content and the "
            "time it was signed at."
        ),
    )
    event_id_header: Header | None = Field(
        default=None, title="Event id's header", description="The header it stands in, instead."
    )
    records: Expression | None = Field(
        default=None,
        title="Records",
        description="Where the record or the list of records is; without it, the whole body.",
    )
    deleted: Expression | None = Field(
        default=None,
        title="Deleted",
        description="Which records are gone at the sender: their facts are withdrawn, by their keys.",
    )
    takes_back: bool = Field(
        default=False,
        title="Takes back",
        description=(
            "Whether a record that is no longer what it was (a deal won, then reopened) withdraws the fact: "
            "for senders whose webhooks always hold the whole record."
        ),
    )
    triggers: list[Id] = Field(
        default=[],
        title="Triggers",
        description="Sources polled soon after a webhook, for senders that say only which ids changed.",
        max_length=20,
    )
    trigger_after: Duration = Field(
        default=5.0,
        title="Trigger after",
        description="How long to wait before that: for more of them, and for the sender to catch up.",
        ge=0,
        le=3600,
    )

    @model_validator(mode="after")
    def _useful(self) -> Self:
        if not (self.facts or self.people or self.triggers):
            raise Expected("`facts`, `people` or `triggers`", found="none of them")
        if self.signature.form == "none":
            if self.secrets:
                raise Expected('no secrets, because nothing is signed (`form` is "none")', key="secrets")
        elif not self.secrets:
            raise Expected(
                phrase('a secret, because `form` is "{form}"', form=self.signature.form),
                key="secrets",
                found="none",
            )
        for secret in self.secrets:
            if names_in(secret):
                continue  # what it is shows when it is looked up
            try:
                self.signature.key_of(secret)
            except ValueError:
                raise Expected(self._how_written(), key="secrets", found="one that is not") from None
        if self.event_id is not None and self.event_id_header is not None:
            raise Expected("either `event_id` or `event_id_header`", key="event_id", found="both of them")
        return self

    def _how_written(self) -> str:
        form = self.signature.form
        how = {"standard": "base64", "basic": "basic"}.get(form, self.signature.key)
        return _HOW_WRITTEN[how]
