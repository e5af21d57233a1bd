"""The table: fault → what happens to the source → the sentence in its state.

``passes``: it is asked again by itself. ``waits``: the same, not before the API allows it. ``stops``: until
somebody acts. Texts are what a manager reads in English; ``…`` stands for what differs from run to run.
"""

from __future__ import annotations

import gzip
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

from salesboard_display.sources.contract import Stage
from tests.sources.http.scripted import Told

HOST = "api.acme.test"
NOW = datetime.fromtimestamp(1_790_000_000, UTC)  # 2026-09-21 14:13:20, the session's clock in these tests
SOON = NOW + timedelta(minutes=30)
Answer = Callable[[], Told]


@dataclass(frozen=True)
class Fault:
    """One row. Either ``told``, what the server answers instead, or ``way``, what the way to it does."""

    name: str
    becomes: str
    stage: Stage
    sentence: str
    told: Answer | None = None
    way: str = ""
    wait_s: float | None = None


def limited(header: str = "", value: str = "", *, status: int = 429, **more: str) -> Answer:
    """Too many requests, saying until when in one way or another."""
    headers = {header: value} if header else {}
    return lambda: Told({"message": "too many"}, status, {**headers, **more})


def said(status: int, message: str = "") -> Answer:
    """An error with a message."""
    return lambda: Told({"message": message} if message else {}, status)


def page(status: int = 200) -> Told:
    """What a sign-in page in a hotel looks like."""
    return Told(b"<!DOCTYPE html><html>Please accept</html>", status, {"content-type": "text/html"})


def _bomb() -> Told:
    return Told(gzip.compress(b'["' + b" " * 20_000_000 + b'"]'), headers={"content-encoding": "gzip"})


def _cut_gzip() -> Told:
    packed = gzip.compress(b'{"items": []}' + b" " * 500)
    return Told(packed[:-20], headers={"content-encoding": "gzip"})


NEW_KEY = "(a new one is kept with: salesboard-display secret set crm)"
UNTIL = "Acme CRM: rate-limited until 14:43."
PASSES, WAITS, STOPS = "passes", "waits", "stops"

TABLE: tuple[Fault, ...] = (
    # ------------------------------------------------------------------------------------ on the way there
    Fault("name unknown", PASSES, Stage.LOOK_UP,
          f"Nobody knows the name {HOST}: it is misspelt, or this computer is not online.", way="unknown"),
    Fault("no name server", PASSES, Stage.LOOK_UP,
          f"No name server answers about {HOST}; is this computer online?", way="no name server"),
    Fault("look-up hangs", PASSES, Stage.LOOK_UP,
          f"Looking up the name {HOST} took too long; is this computer online?", way="look-up hangs"),
    Fault("name leads inside the house", STOPS, Stage.HTTP,
          f"{HOST} is an address inside this network (10.0.0.7); where that is meant, it has to be listed "
          "in allow_hosts.", way="rebinding"),
    Fault("refused", PASSES, Stage.CONNECTION,
          f"{HOST} refuses the connection: nothing listens there, or a firewall is in between.",
          way="refused"),
    Fault("certificate expired", PASSES, Stage.TLS, f"The certificate of {HOST} expired on 1 Mar 2024.",
          way="expired"),
    Fault("certificate not yet valid", PASSES, Stage.TLS,
          f"The certificate of {HOST} is not valid before 1 Mar 2090; is this computer's clock right?",
          way="not yet valid"),
    Fault("certificate for another host", PASSES, Stage.TLS,
          f"The certificate of {HOST} is for another name (other.test): a wrong address, or somebody in "
          "between.", way="wrong host"),
    Fault("certificate self-signed", PASSES, Stage.TLS,
          f"The certificate of {HOST} is signed by nobody this computer trusts; an office's own authority "
          "has to be installed in the system.", way="self-signed"),
    Fault("this computer's clock", PASSES, Stage.TLS,
          f"This computer's clock is wrong: it says …, {HOST} says 15 Feb 2024.", way="clock wrong"),
    Fault("no TLS at all", PASSES, Stage.TLS, f"No secure connection to {HOST} comes about.", way="plain"),
    # ------------------------------------------------------------------------------- broken off, or endless
    Fault("reset before the first byte", PASSES, Stage.CONNECTION,
          f"The connection to {HOST} broke off before the answer's end.",
          lambda: Told({"items": []}, break_after=0)),
    Fault("reset in the head", PASSES, Stage.CONNECTION,
          f"The connection to {HOST} broke off before the answer's end.",
          lambda: Told({"items": []}, break_after=20)),
    Fault("reset in the body", PASSES, Stage.CONNECTION,
          f"The connection to {HOST} broke off before the answer's end.",
          lambda: Told({"items": [1, 2, 3]}, break_after=85)),
    Fault("slow drip", PASSES, Stage.CONNECTION, f"{HOST} had not answered to the end after 1 s.",
          lambda: Told({"items": []}, drip_s=0.2)),
    Fault("huge", PASSES, Stage.FORMAT, f"{HOST} sent more than 2 MB; that cannot be right.",
          lambda: Told(b'["' + b"x" * 3_000_000 + b'"]')),
    Fault("gzip bomb", PASSES, Stage.FORMAT, f"{HOST} sent more than 2 MB; that cannot be right.", _bomb),
    Fault("gzip in gzip", PASSES, Stage.FORMAT, "An answer is packed in a way that was not asked for.",
          lambda: Told(b"", headers={"content-encoding": "gzip, gzip"})),
    Fault("gzip cut", PASSES, Stage.FORMAT, f"The answer of {HOST} broke off before its end.", _cut_gzip),
    Fault("not gzip", PASSES, Stage.FORMAT, "An answer cannot be unpacked.",
          lambda: Told(b"plain", headers={"content-encoding": "gzip"})),
    # -------------------------------------------------------------------------------- something else comes
    Fault("sign-in page", PASSES, Stage.HTTP,
          f"No internet (a sign-in page answered instead of {HOST}), or a wrong address.", page),
    Fault("sent on to a sign-in page", PASSES, Stage.HTTP,
          f"No internet (a sign-in page): {HOST} sends the request on to login.hotel.test, which the preset "
          "does not list.", lambda: Told(b"", 302, {"location": "https://login.hotel.test/accept"})),
    Fault("sent to where nothing is encrypted", STOPS, Stage.HTTP,
          f"{HOST} would be asked without encryption; nothing was sent.",
          lambda: Told(b"", 302, {"location": f"http://{HOST}/deals"})),
    Fault("redirect loop", STOPS, Stage.HTTP, f"{HOST} sends the request round in a circle.",
          lambda: Told(b"", 302, {"location": "/round"})),
    Fault("JSON cut", PASSES, Stage.FORMAT,
          f"What {HOST} sent is not whole JSON: Expecting value, character 10",
          lambda: Told(b'{"items": ')),
    Fault("not JSON", PASSES, Stage.FORMAT,
          f"What {HOST} sent is not whole JSON: Expecting value, character 0", lambda: Told(b"OK")),
    Fault("nothing at all", PASSES, Stage.FORMAT,
          f"What {HOST} sent is not whole JSON: Expecting value, character 0", lambda: Told(b"")),
    Fault("NaN", PASSES, Stage.FORMAT, f"What {HOST} sent is not whole JSON: a number is none",
          lambda: Told(b'{"items": [NaN]}')),
    # ------------------------------------------------------------------------------------- HTTP's own words
    Fault("400", STOPS, Stage.HTTP,
          "Acme CRM does not accept the request (HTTP 400 Bad Request): no field 'amonut'",
          said(400, "no field 'amonut'")),
    Fault("401", STOPS, Stage.HTTP, f"Acme CRM refuses the key: token unknown {NEW_KEY}",
          said(401, "token unknown")),
    Fault("401 without words", STOPS, Stage.HTTP,
          f"Acme CRM refuses the key (HTTP 401 Unauthorized): a new one is needed, or more rights. {NEW_KEY}",
          said(401)),
    Fault("403", STOPS, Stage.HTTP,
          f"Acme CRM does not let this key do that: the key lacks the scope deals.read {NEW_KEY}",
          said(403, "the key lacks the scope deals.read")),
    Fault("409", PASSES, Stage.HTTP, "Acme CRM is in trouble (HTTP 409 Conflict): being changed",
          said(409, "being changed")),
    Fault("500", PASSES, Stage.HTTP, "Acme CRM is in trouble (HTTP 500 Internal Server Error).", said(500)),
    Fault("502 with a page", PASSES, Stage.HTTP, "Acme CRM is in trouble (HTTP 502 Bad Gateway).",
          lambda: page(502)),
    Fault("503", PASSES, Stage.HTTP, "Acme CRM is in trouble (HTTP 503 Service Unavailable): maintenance",
          said(503, "maintenance")),
    Fault("503 until a time", WAITS, Stage.HTTP,
          "Acme CRM is in trouble (HTTP 503 Service Unavailable): too many",
          limited("retry-after", "2026-09-21T14:43:20Z", status=503), wait_s=1800),
    # ------------------------------------------------------------------------------ too often, in all shapes
    Fault("429 without a hint", PASSES, Stage.HTTP,
          "Acme CRM says that it was asked too often; it will be asked again later.", limited()),
    Fault("429, seconds", WAITS, Stage.HTTP, UNTIL, limited("retry-after", "1800"), wait_s=1800),
    Fault("429, HTTP date", WAITS, Stage.HTTP, UNTIL,
          limited("retry-after", format_datetime(SOON, usegmt=True)), wait_s=1800),
    Fault("429, ISO time", WAITS, Stage.HTTP, UNTIL, limited("retry-after", "2026-09-21T14:43:20+00:00"),
          wait_s=1800),
    Fault("429, epoch", WAITS, Stage.HTTP, UNTIL, limited("retry-after", str(int(SOON.timestamp()))),
          wait_s=1800),
    Fault("429, epoch in ms", WAITS, Stage.HTTP, UNTIL,
          limited("retry-after", str(int(SOON.timestamp() * 1000))), wait_s=1800),
    Fault("429, own header", WAITS, Stage.HTTP, UNTIL, limited("x-reset", str(int(SOON.timestamp()))),
          wait_s=1800),
    Fault("429, RateLimit", WAITS, Stage.HTTP, UNTIL,
          limited("ratelimit", "limit=100, remaining=0, reset=1800"), wait_s=1800),
    Fault("429, in the body", WAITS, Stage.HTTP, UNTIL, lambda: Told({"rate_reset": 1800}, 429),
          wait_s=1800),
    Fault("403 that means too often", WAITS, Stage.HTTP, UNTIL,
          lambda: Told([{"errorCode": "REQUEST_LIMIT_EXCEEDED", "message": "no more"}], 403,
                       {"retry-after": "1800"}), wait_s=1800),
    Fault("429 by a clock six years slow", WAITS, Stage.HTTP, UNTIL,
          limited("retry-after", "Mon, 21 Sep 2020 01:00:00 GMT", date="Mon, 21 Sep 2020 00:30:00 GMT"),
          wait_s=1800),
)  # fmt: skip

RULES = {
    "errors": [{"status": [403], "when": "[?errorCode=='REQUEST_LIMIT_EXCEEDED']", "action": "rate-limited"}],
    "waits": [
        {"header": "X-Reset"},
        {"header": "RateLimit", "as": "ratelimit"},
        {"body": "rate_reset", "as": "seconds"},
    ],
}
"""What the API's preset says of errors and waits."""
