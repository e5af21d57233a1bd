"""Signatures made by others are believed; altered, old and future ones are not."""

from __future__ import annotations

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from salesboard_display.settings.webhook import SignatureSettings
from salesboard_display.sources.webhook.signatures import WINDOW_MS, why_refused
from tests.sources.webhook.sending import (
    BODY,
    CLOSE_LIKE,
    HUBSPOT,
    KEY,
    NONE,
    NOW_MS,
    NOW_S,
    SECRET,
    SIGNED,
    STANDARD,
    STRIPE,
    close_headers,
    digest,
    hubspot_headers,
    received,
    standard_headers,
    stripe_header,
)

FORMS = pytest.mark.parametrize("form", SIGNED)
OF_THE_BODY = pytest.mark.parametrize("form", sorted(SIGNED.keys() - {"token", "basic"}))


def password_in(header: str) -> bytes:
    """What a Basic header says; the last letter of base64 has bits that say nothing."""
    scheme, _, encoded = header.partition(" ")
    try:
        return base64.b64decode(encoded, validate=True) if scheme.lower() == "basic" else b""
    except ValueError:
        return b""


@FORMS
def test_what_is_signed_with_the_secret_is_believed(form: str) -> None:
    settings, secret, headers = SIGNED[form]
    assert why_refused(settings, [secret], received(headers)) == ""


@FORMS
def test_while_secrets_change_both_are_believed(form: str) -> None:
    settings, secret, headers = SIGNED[form]
    other = {"close": "ab" * 8, "standard": "AAECAwQFBgc=", "basic": "other:password"}.get(
        form, "another secret"
    )
    assert why_refused(settings, [other, secret], received(headers)) == ""
    assert why_refused(settings, [secret, other], received(headers)) == ""
    assert why_refused(settings, [other], received(headers)) in (
        "the signature is wrong",
        "the token is wrong",
        "user or password is wrong",
    )


@FORMS
def test_without_its_headers_nothing_is_believed(form: str) -> None:
    settings, secret, _ = SIGNED[form]
    assert "missing" in why_refused(settings, [secret], received({}))


@OF_THE_BODY
@given(data=st.data())
def test_a_body_with_any_byte_changed_is_refused(form: str, data: st.DataObject) -> None:
    settings, secret, headers = SIGNED[form]
    at = data.draw(st.integers(0, len(BODY) - 1))
    byte = data.draw(st.integers(0, 255).filter(lambda value: value != BODY[at]))
    changed = BODY[:at] + bytes([byte]) + BODY[at + 1 :]
    assert why_refused(settings, [secret], received(headers, changed)) == "the signature is wrong"


@OF_THE_BODY
@given(more=st.binary(min_size=1, max_size=40))
def test_a_longer_or_another_body_is_refused(form: str, more: bytes) -> None:
    settings, secret, headers = SIGNED[form]
    assert why_refused(settings, [secret], received(headers, BODY + more)) == "the signature is wrong"
    assert why_refused(settings, [secret], received(headers, more)) == "the signature is wrong"


@FORMS
@given(data=st.data())
def test_with_any_character_of_a_header_changed_it_is_refused(form: str, data: st.DataObject) -> None:
    settings, secret, headers = SIGNED[form]
    name = data.draw(st.sampled_from(sorted(headers)))
    value = headers[name]
    at = data.draw(st.integers(0, len(value) - 1))
    character = data.draw(st.characters(min_codepoint=33, max_codepoint=126))
    changed = value[:at] + character + value[at + 1 :]
    same = {
        "hmac": settings.encoding == "hex"
        and changed.startswith(settings.prefix)
        and changed.lower() == value.lower(),
        "basic": password_in(changed) == secret.encode(),
    }.get(settings.form, False)
    same = same or changed == value
    assert (why_refused(settings, [secret], received({**headers, name: changed})) == "") is same


@FORMS
@given(secret=st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=8, max_size=60))
def test_any_other_secret_is_refused(form: str, secret: str) -> None:
    settings, own, headers = SIGNED[form]
    try:
        key = settings.key_of(secret)
    except ValueError:
        return  # the settings do not take it
    if key != settings.key_of(own):
        assert why_refused(settings, [secret], received(headers)) != ""


TIMED = {
    "stripe": lambda at_s: (STRIPE, SECRET, {"stripe-signature": stripe_header(at_s=at_s)}),
    "standard": lambda at_s: (STANDARD, KEY, standard_headers(at_s=at_s)),
    "hubspot": lambda at_s: (HUBSPOT, SECRET, hubspot_headers(at_ms=at_s * 1000)),
    "close": lambda at_s: (CLOSE_LIKE, "00ff" * 16, close_headers(at_s=at_s)),
}


@pytest.mark.parametrize("form", TIMED)
@given(off_s=st.integers(-100_000, 100_000))
def test_what_was_signed_more_than_five_minutes_before_or_after_is_refused(form: str, off_s: int) -> None:
    settings, secret, headers = TIMED[form](NOW_S + off_s)
    why = why_refused(settings, [secret], received(headers))
    late, early = "the signature is too old", "the signature is from the future"
    within = abs(off_s) * 1000 <= WINDOW_MS
    assert why == ("" if within else late if off_s < 0 else early)


@pytest.mark.parametrize("form", TIMED)
def test_a_newer_time_put_beside_an_old_signature_is_refused(form: str) -> None:
    settings, secret, old = TIMED[form](NOW_S - 1000)
    renewed = {name: value.replace(str(NOW_S - 1000), str(NOW_S), 1) for name, value in old.items()}
    assert renewed != old
    assert why_refused(settings, [secret], received(renewed)) == "the signature is wrong"


def test_who_does_not_have_the_secret_learns_nothing_of_the_time() -> None:
    header = stripe_header(secret="not the secret", at_s=NOW_S - 1000)
    why = why_refused(STRIPE, [SECRET], received({"stripe-signature": header}))
    assert why == "the signature is wrong"


@pytest.mark.parametrize("stamp", ["", "x", "-1", "1e9", "１７", "9" * 40, " ", "nan"])
def test_a_time_that_is_none_is_refused(stamp: str) -> None:
    headers = {"stripe-signature": stripe_header().replace(str(NOW_S), stamp)}
    assert why_refused(STRIPE, [SECRET], received(headers)) == "the time of the signature is missing"


def test_one_of_several_signatures_is_enough() -> None:
    headers = standard_headers()
    others = f"v1,{KEY} v1a,{KEY} v2,nothing"
    mixed = {**headers, "webhook-signature": f"{others} {headers['webhook-signature']}"}
    assert why_refused(STANDARD, [KEY], received(mixed)) == ""
    only_others = {**headers, "webhook-signature": others}
    assert why_refused(STANDARD, [KEY], received(only_others)) == "the signature is wrong"
    stripes = stripe_header().replace("v1=", "v1=00,v0=11,v1=")
    assert why_refused(STRIPE, [SECRET], received({"stripe-signature": stripes})) == ""


def test_a_signature_of_another_version_is_no_signature() -> None:
    header = stripe_header().replace("v1=", "v0=")
    why = why_refused(STRIPE, [SECRET], received({"stripe-signature": header}))
    assert why == "the signature is wrong"


def test_only_so_many_signatures_are_looked_at() -> None:
    headers = standard_headers()
    many = " ".join([f"v1,{KEY}"] * 16 + [headers["webhook-signature"]])
    why = why_refused(STANDARD, [KEY], received({**headers, "webhook-signature": many}))
    assert why == "the signature is wrong"


def test_standard_secrets_are_read_with_and_without_prefix_and_padding() -> None:
    for secret in (KEY, f"whsec_{KEY}", KEY.rstrip("="), f"whsec_{KEY.rstrip('=')}"):
        assert why_refused(STANDARD, [secret], received(standard_headers(secret=secret))) == ""


def test_the_address_is_part_of_what_hubspot_signs() -> None:
    headers = hubspot_headers()
    other = received(headers, uri="https://elsewhere.example.com/hooks/crm")
    assert why_refused(HUBSPOT, [SECRET], other) == "the signature is wrong"
    assert why_refused(HUBSPOT, [SECRET], received(headers, method="PUT")) == "the signature is wrong"


def test_a_signature_in_capitals_is_the_same_hexadecimal_number() -> None:
    settings, secret, headers = SIGNED["hmac"]
    loud = {name: value.upper() for name, value in headers.items()}
    assert why_refused(settings, [secret], received(loud)) == ""


def test_a_password_may_have_colons_and_other_letters() -> None:
    basic = SignatureSettings(form="basic")
    for pair in ("user:pass:word", "büro:straße"):
        encoded = "basic " + base64.b64encode(pair.encode()).decode()
        assert why_refused(basic, [pair], received({"authorization": encoded})) == ""


@pytest.mark.parametrize("given_", ["Basic", "Basic !!!!", "Basic /w==", "Bearer abc"])
def test_what_is_no_basic_header_is_refused(given_: str) -> None:
    assert why_refused(SignatureSettings(form="basic"), ["u:password"], received({"authorization": given_}))


@pytest.mark.parametrize("peer", ["127.0.0.1", "127.8.9.1", "::1"])
def test_without_a_signature_programs_on_this_computer_are_heard(peer: str) -> None:
    assert why_refused(NONE, [], received({"content-type": "application/json"}, peer=peer)) == ""


@pytest.mark.parametrize("peer", ["192.168.1.7", "10.0.0.1", "2001:db8::1", "", "localhost.example.com"])
def test_without_a_signature_nobody_else_is_heard(peer: str) -> None:
    assert "only programs on this computer" in why_refused(NONE, [], received({}, peer=peer))


@pytest.mark.parametrize("header", ["x-forwarded-for", "forwarded", "via", "origin", "cf-connecting-ip"])
def test_what_a_proxy_passes_on_or_a_page_in_a_browser_sends_is_not_from_this_computer(header: str) -> None:
    assert why_refused(NONE, [], received({header: "anything"})) != ""


def test_milliseconds_and_seconds_are_told_apart() -> None:
    own = SignatureSettings(
        form="hmac", header="x-s", timestamp_header="x-t", signed="{timestamp}.{body}", encoding="base64"
    )
    for stamp in (str(NOW_S), str(NOW_MS)):
        signature = base64.b64encode(digest(SECRET.encode(), stamp.encode() + b"." + BODY)).decode()
        assert why_refused(own, [SECRET], received({"x-s": signature, "x-t": stamp})) == ""
