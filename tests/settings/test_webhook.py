"""Settings of webhooks: what has to be said, what follows from it, and what ready mappings add."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from salesboard_display.settings.loading import load_text
from salesboard_display.settings.webhook import SignatureSettings, WebhookSource
from tests.settings.writing import GOOD, good_with, only_problem

HOOK = """
[sources.hook]
type = "webhook"
{more}
[[sources.hook.facts]]
kind = "deal_won"
key = "id"
person = "who"
happened = "at"
"""
SECRETS = 'secrets = ["12345678"]'
TOKEN = 'signature = { form = "token", header = "X-Token" }\nsecrets = ["eight letters"]'


def hook(more: str) -> str:
    return good_with(HOOK.format(more=more))


def source_of(text: str) -> WebhookSource:
    found = load_text(text, Path("wall.toml"), {}).settings.sources["hook"]
    assert isinstance(found, WebhookSource)
    return found


def test_the_receiver_is_off_and_on_this_computer_alone_until_somebody_says_otherwise() -> None:
    web = load_text(GOOD, Path("wall.toml"), {}).settings.web
    assert (web.enabled, web.host, web.port) == (False, "127.0.0.1", 8765)


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ('host = "not an address"', 'an address or a host name, such as "127.0.0.1"'),
        ("port = 0", "1"),
        ("port = 65536", "1 to 65"),
        ('public_url = "wall.example.com"', 'an address such as "https://wall.example.com"'),
        ('public_url = "https://wall.example.com/?a=1"', 'an address such as "https://wall.example.com"'),
        ("per_second = 0", "1"),
        ('body_timeout = "1h"', "60"),
    ],
)
def test_where_and_how_much_has_limits(line: str, expected: str) -> None:
    problem = only_problem(good_with(f"[web]\n{line}\n"))
    assert problem.key == f"web.{line.partition(' ')[0]}"
    assert expected in problem.expected


@pytest.mark.parametrize("host", ["0.0.0.0", "::1", "192.168.1.7", "localhost", "wall.example.com"])
def test_addresses_and_names_are_hosts(host: str) -> None:
    assert load_text(good_with(f'[web]\nhost = "{host}"\n'), Path("w.toml"), {}).settings.web.host == host


def test_the_end_of_the_public_address_is_left_out() -> None:
    text = good_with('[web]\npublic_url = "https://wall.example.com/office/"\n')
    assert load_text(text, Path("w.toml"), {}).settings.web.public_url == "https://wall.example.com/office"


@pytest.mark.parametrize(
    ("more", "key", "expected"),
    [
        ('signature = { form = "token", header = "X-T" }', "secrets", "a secret, because"),
        ('signature = { form = "token" }\nsecrets = ["eight letters"]', "signature.header", "the header"),
        ('signature = { form = "hmac" }\nsecrets = ["eight letters"]', "signature.header", "the header"),
        ('signature = { form = "stripe", header = "X" }\n' + SECRETS, "signature.header", "no such"),
        ('signature = { form = "none" }\nsecrets = ["12345678"]', "secrets", "no secrets"),
        ('signature = { form = "basic" }\nsecrets = ["12345678"]', "secrets", "user:password"),
        ('signature = { form = "standard" }\nsecrets = ["whsec_!!!!"]', "secrets", "in base64"),
        ('signature = { form = "token", header = "X" }\nsecrets = ["short"]', "secrets[0]", "at least 8"),
        (
            'signature = { form = "hmac", header = "X", key = "hex" }\nsecrets = ["12345678z"]',
            "secrets",
            "hexadecimal",
        ),
        (
            'signature = { form = "hmac", header = "X", signed = "{time}{body}" }\nsecrets = ["12345678"]',
            "signature.signed",
            "what is signed",
        ),
        (
            'signature = { form = "hmac", header = "X", signed = "{timestamp}{body}" }\n' + SECRETS,
            "signature.timestamp_header",
            "the header of the timestamp",
        ),
        (f'{TOKEN}\nevent_id = "a"\nevent_id_header = "X-Id"', "event_id", "either"),
        (f'{TOKEN}\ntriggers = ["nobody"]', "triggers[0]", "the id of one of [sources]"),
        (f'{TOKEN}\nready = "salesforce"', "ready", "pipedrive"),
    ],
)  # fmt: skip
def test_a_mistake_is_named_with_what_is_expected(more: str, key: str, expected: str) -> None:
    problem = only_problem(hook(more))
    assert problem.key == f"sources.hook.{key}"
    assert expected in problem.expected
    assert "eight letters" not in str(problem), "a secret is not shown"
    assert "short" not in str(problem)


def test_without_a_signature_there_is_no_source() -> None:
    problem = only_problem(hook(""))
    assert (problem.key, problem.found) == ("sources.hook.signature", "nothing")


def test_a_source_that_would_do_nothing_is_refused() -> None:
    problem = only_problem(good_with(f'[sources.hook]\ntype = "webhook"\n{TOKEN}\n'))
    assert (problem.key, problem.expected) == ("sources.hook", "`facts`, `people` or `triggers`")


def test_a_ready_mapping_fills_in_what_is_not_given() -> None:
    ready = 'ready = "generic"\nsecrets = ["eight letters"]\nzone = "Europe/Berlin"'
    source = source_of(good_with(f'[sources.hook]\ntype = "webhook"\n{ready}\n'))
    assert source.signature.header == "X-Salesboard-Token"
    assert source.kinds == {"deal_won", "deal_lost", "call", "meeting", "demo", "email"}
    own = source_of(hook('ready = "generic"\nsecrets = ["eight letters"]'))
    assert own.kinds == {"deal_won"}
    assert own.signature.header == "X-Salesboard-Token"


def test_the_kinds_of_a_ready_mapping_are_known_to_metrics() -> None:
    text = good_with('[sources.hook]\ntype = "webhook"\nready = "generic"\nsecrets = ["eight letters"]\n')
    text += '[metrics.mails]\nname = "E-mails"\nkinds = ["email"]\naggregate = "count"\n'
    assert load_text(text, Path("wall.toml"), {}).problems == ()


def test_a_mistake_beside_a_ready_mapping_is_found_where_it_stands() -> None:
    text = good_with(
        '[sources.hook]\ntype = "webhook"\nready = "stripe"\nsecrets = ["eight letters"]\nfoo = 1\n'
    )
    problem = only_problem(text)
    assert (problem.key, problem.line) == ("sources.hook.foo", text.splitlines().index("foo = 1") + 1)


def test_secrets_are_not_part_of_how_a_source_is_written_down() -> None:
    assert "eight letters" not in repr(source_of(hook(TOKEN)))


def test_expected_every_is_a_day_until_somebody_says_otherwise() -> None:
    assert source_of(hook(TOKEN)).expected_s == 86400
    assert source_of(hook(f'{TOKEN}\nexpected_every = "1h"')).expected_s == 3600


@pytest.mark.parametrize(
    ("form", "secret", "key"),
    [
        ({"form": "stripe"}, "whsec_abc", b"whsec_abc"),
        ({"form": "standard"}, "whsec_AAEC", b"\x00\x01\x02"),
        ({"form": "hmac", "header": "x", "key": "hex"}, "00ff", b"\x00\xff"),
        ({"form": "hmac", "header": "x", "key": "base64"}, "AAEC", b"\x00\x01\x02"),
        ({"form": "hmac", "header": "x"}, "Zoë", b"Zo\xc3\xab"),
    ],
)
def test_a_secret_is_read_as_its_form_writes_it(form: dict[str, Any], secret: str, key: bytes) -> None:
    assert SignatureSettings(**form).key_of(secret) == key
