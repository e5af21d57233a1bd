"""Senders of webhooks for tests: they sign as others do, and never with the code that checks."""

from __future__ import annotations

import base64
import hashlib
import hmac
from datetime import UTC, datetime
from typing import Any

import stripe
from standardwebhooks.webhooks import Webhook

from salesboard_display.settings.webhook import SignatureSettings
from salesboard_display.sources.webhook.signatures import Received

NOW_S = 1_700_000_000
NOW_MS = NOW_S * 1000
SECRET = "a secret of the office"
KEY = base64.b64encode(b"thirty-two bytes of a secret key").decode()
BODY = b'{"id": "evt_1", "amount": 1250.00, "name": "Zo\xc3\xab"}'
URI = "https://wall.example.com/hooks/crm"

HMAC = SignatureSettings(form="hmac", header="X-Signature")
GITHUB_LIKE = SignatureSettings(form="hmac", header="X-Hub-Signature", prefix="sha1=", hash="sha1")
SHOP_LIKE = SignatureSettings(form="hmac", header="X-Shop-Hmac", encoding="base64")
CLOSE_LIKE = SignatureSettings(
    form="hmac",
    header="close-sig-hash",
    timestamp_header="close-sig-timestamp",
    signed="{timestamp}{body}",
    key="hex",
)
STRIPE = SignatureSettings(form="stripe")
STANDARD = SignatureSettings(form="standard")
HUBSPOT = SignatureSettings(form="hubspot")
TOKEN = SignatureSettings(form="token", header="Authorization", prefix="Bearer ")
BASIC = SignatureSettings(form="basic")
NONE = SignatureSettings(form="none")


def digest(key: bytes, content: bytes, name: str = "sha256") -> bytes:
    """What openssl would say."""
    return hmac.new(key, content, getattr(hashlib, name)).digest()


def stripe_header(body: bytes = BODY, secret: str = SECRET, at_s: int = NOW_S) -> str:
    """The header as Stripe's own library writes it."""
    return stripe.WebhookSignature.generate_signature_header(body.decode(), secret, at_s)


def standard_headers(
    body: bytes = BODY, secret: str = f"whsec_{KEY}", at_s: int = NOW_S, id_: str = "msg_1"
) -> dict[str, str]:
    """The headers as the Standard Webhooks library writes them."""
    signature = Webhook(secret).sign(id_, datetime.fromtimestamp(at_s, UTC), body.decode())
    return {"webhook-id": id_, "webhook-timestamp": str(at_s), "webhook-signature": signature}


def hubspot_headers(
    body: bytes = BODY, secret: str = SECRET, at_ms: int = NOW_MS, uri: str = URI
) -> dict[str, str]:
    """The headers as HubSpot's guide to version 3 describes them."""
    content = b"POST" + uri.encode() + body + str(at_ms).encode()
    signature = base64.b64encode(digest(secret.encode(), content)).decode()
    return {"x-hubspot-signature-v3": signature, "x-hubspot-request-timestamp": str(at_ms)}


def close_headers(body: bytes = BODY, key: str = "00ff" * 16, at_s: int = NOW_S) -> dict[str, str]:
    """The headers as Close's guide describes them."""
    signature = digest(bytes.fromhex(key), str(at_s).encode() + body).hex()
    return {"close-sig-hash": signature, "close-sig-timestamp": str(at_s)}


def basic_header(user_and_password: str) -> dict[str, str]:
    """HTTP Basic."""
    return {"authorization": "Basic " + base64.b64encode(user_and_password.encode()).decode()}


def received(headers: dict[str, str], body: bytes = BODY, **other: Any) -> Received:
    """A request as the web server hands it on."""
    values: dict[str, Any] = {"uri": URI, "peer": "127.0.0.1", "at_ms": NOW_MS, **other}
    return Received(body=body, headers=headers, **values)


SIGNED: dict[str, tuple[SignatureSettings, str, dict[str, str]]] = {
    "hmac": (HMAC, SECRET, {"x-signature": digest(SECRET.encode(), BODY).hex()}),
    "sha1 with a prefix": (
        GITHUB_LIKE,
        SECRET,
        {"x-hub-signature": "sha1=" + digest(SECRET.encode(), BODY, "sha1").hex()},
    ),
    "base64": (
        SHOP_LIKE,
        SECRET,
        {"x-shop-hmac": base64.b64encode(digest(SECRET.encode(), BODY)).decode()},
    ),
    "close": (CLOSE_LIKE, "00ff" * 16, close_headers()),
    "stripe": (STRIPE, SECRET, {"stripe-signature": stripe_header()}),
    "standard": (STANDARD, f"whsec_{KEY}", standard_headers()),
    "hubspot": (HUBSPOT, SECRET, hubspot_headers()),
    "token": (TOKEN, SECRET, {"authorization": f"Bearer {SECRET}"}),
    "basic": (BASIC, "pipedrive:a password", basic_header("pipedrive:a password")),
}
"""Form → its settings, a secret, and the headers of a request that is signed with it."""
