"""Sending: the ways in that never change, what counts as an answer, what is tried again, and the words."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from salesboard_display.settings.secrets import SecretRefused, Secrets
from salesboard_display.settings.secretstores import FileStore, KeyringStore
from salesboard_display.sources.contract import SourceError, Stage, in_english
from salesboard_display.sources.http.messages import BeginAnew
from tests.sources.http.scripted import Asked, Pauses, Told, a_preset, environment, get, serving, speaking

KEY = {"title": "Key", "secret": True}


async def test_numbers_with_a_point_stay_exact() -> None:
    async with (
        serving([Told(b'{"amount": 0.10, "count": 3}')]) as server,
        speaking(a_preset(server.url)) as api,
    ):
        reply = await api.send(get(f"{server.url}/deals", params=(("a", "1"), ("a", "2"))))
        assert reply.body == {"amount": Decimal("0.10"), "count": 3}
        assert reply.status == 200


@pytest.mark.parametrize(
    ("auth", "header", "value"),
    [
        ({"type": "headers", "headers": {"x-api-token": "{option.key}"}}, "x-api-token", "k-123456"),
        ({"type": "headers", "headers": {"Authorization": "Token token={option.key}"}}, "authorization",
         "Token token=k-123456"),
        ({"type": "basic", "user": "{option.key}"}, "authorization", "Basic ay0xMjM0NTY6"),
        ({"type": "basic", "user": "me", "password": "{option.key}"}, "authorization",
         "Basic bWU6ay0xMjM0NTY="),
    ],
)  # fmt: skip
async def test_a_fixed_way_in_goes_with_every_request(auth: dict[str, Any], header: str, value: str) -> None:
    async with serving(lambda _: Told()) as server:
        preset = a_preset(server.url, auth=auth, options={"key": KEY})
        async with speaking(preset, {"key": "${secret:crm}"}, secrets=environment(crm="k-123456")) as api:
            await api.send(get(f"{server.url}/deals"))
            await api.send(get(f"{server.url}/deals"))
        assert [asked.headers[header] for asked in server.asked] == [value, value]


async def test_a_key_in_the_url_is_added_to_what_is_asked_for() -> None:
    async with serving([Told()]) as server:
        preset = a_preset(server.url, auth={"type": "query", "params": {"key": "{option.key}"}},
                          options={"key": KEY})  # fmt: skip
        async with speaking(preset, {"key": "a b&c"}) as api:
            await api.send(get(f"{server.url}/deals?x=1", params=(("y", "2"),)))
        assert server.asked[0].params == {"x": "1", "y": "2", "key": "a b&c"}


async def test_an_answer_that_says_nothing_new_has_no_body() -> None:
    answers = [Told(b"", status=304, headers={"etag": "e"}), Told(b"", 204)]
    async with serving(answers) as server, speaking(a_preset(server.url)) as api:
        same = await api.send(get(f"{server.url}/deals"))
        assert (same.status, same.body, same.headers["etag"]) == (304, None, "e")
        assert (await api.send(get(f"{server.url}/deals"))).status == 204


PATIENCE = [{"status": [], "header": "Backoff", "as": "seconds"}]


@pytest.mark.parametrize("status", [200, 204, 304])
async def test_a_success_that_asks_for_patience_says_until_when(status: int) -> None:
    answers = [Told(b"{}" if status == 200 else b"", status, {"backoff": "30"})]
    async with serving(answers) as server, speaking(a_preset(server.url, waits=PATIENCE)) as api:
        reply = await api.send(get(f"{server.url}/deals"))
        assert reply.not_before_ms == (Pauses().now + 30) * 1000


@pytest.mark.parametrize(
    ("waits", "headers"),
    [
        (PATIENCE, {}),
        (PATIENCE, {"backoff": "0"}),
        (PATIENCE, {"backoff": "soon"}),
        (PATIENCE, {"retry-after": "30"}),  # means something beside an error only
        ([{"header": "RateLimit", "as": "ratelimit"}], {"ratelimit": "limit=9, remaining=8, reset=30"}),
    ],
)
async def test_a_success_that_asks_for_nothing_is_followed_by_the_next_poll(
    waits: list[dict[str, Any]], headers: dict[str, str]
) -> None:
    async with (
        serving([Told(headers=headers)]) as server,
        speaking(a_preset(server.url, waits=waits)) as api,
    ):
        assert (await api.send(get(f"{server.url}/deals"))).not_before_ms is None


async def test_a_rule_makes_a_404_an_empty_answer_and_a_410_a_new_beginning() -> None:
    rules = [{"status": [404], "action": "empty"}, {"status": [410], "action": "begin-anew"}]
    answers = [Told(status=404), Told(status=410)]
    async with serving(answers) as server, speaking(a_preset(server.url, errors=rules)) as api:
        assert (await api.send(get(f"{server.url}/deals"))).status == 204
        with pytest.raises(BeginAnew):
            await api.send(get(f"{server.url}/deals"))


async def test_an_error_inside_a_200_is_an_error() -> None:
    rules = [{"when": "error", "action": "wrong-set-up", "say": "Acme CRM says: {message}"}]
    said = {"error": {"message": "no such {database}"}}
    async with serving([Told(said)]) as server, speaking(a_preset(server.url, errors=rules)) as api:
        with pytest.raises(SourceError) as failed:
            await api.send(get(f"{server.url}/deals"))
    assert in_english(failed.value.message) == "Acme CRM says: no such {database}"
    assert failed.value.stop


async def test_what_broke_off_is_asked_for_again_at_once() -> None:
    pauses = Pauses()
    answers = [Told(break_after=30), Told(status=503), Told({"ok": 1})]
    async with serving(answers) as server, speaking(a_preset(server.url), pauses=pauses) as api:
        assert (await api.send(get(f"{server.url}/deals"))).body == {"ok": 1}
    assert pauses.taken == [1.0, 3.0]


async def test_it_gives_up_after_three_tries_and_says_what_the_api_said() -> None:
    async with serving(lambda _: Told({"message": "down\nfor  repair"}, 503)) as server:
        async with speaking(a_preset(server.url)) as api:
            with pytest.raises(SourceError) as failed:
                await api.send(get(f"{server.url}/deals"))
        assert len(server.asked) == 3
    assert in_english(failed.value.message) == (
        "Acme CRM is in trouble (HTTP 503 Service Unavailable): down for repair"
    )
    assert not failed.value.stop


@pytest.mark.parametrize("status", [401, 403])
async def test_a_refused_key_stops_and_the_apis_words_are_said_without_the_key(status: int) -> None:
    def echo(asked: Asked) -> Told:
        return Told({"message": f"the key {asked.headers['x-key']} lacks the scope deals.read"}, status)

    auth = {"type": "headers", "headers": {"x-key": "{option.key}"}}
    async with serving(echo) as server:
        preset = a_preset(server.url, auth=auth, options={"key": KEY})
        async with speaking(preset, {"key": "s3cr3t-canary"}) as api:
            with pytest.raises(SourceError) as failed:
                await api.send(get(f"{server.url}/deals"))
        assert len(server.asked) == 1
    assert failed.value.stop
    assert "the key ••• lacks the scope deals.read" in in_english(failed.value.message)
    assert "canary" not in repr(failed.value) + str(failed.value)


async def test_what_replaces_a_refused_key_is_said_with_the_name_of_its_secret() -> None:
    auth = {"type": "headers", "headers": {"x-key": "{option.key}"}}
    consent = {
        "type": "oauth2-refresh", "token_url": "/token", "authorize_url": "/authorize", "client_id": "office",
        "refresh_token": "{option.key}",
    }  # fmt: skip
    said = []
    for way, given in ((auth, "${secret:hubspot}"), (auth, "k-123456"), (consent, "${secret:hubspot}")):
        async with serving(lambda _: Told({"message": "no such key"}, 401)) as server:
            full = {k: server.url + str(v) if k.endswith("url") else v for k, v in way.items()}
            preset = a_preset(server.url, auth=full, options={"key": KEY})
            async with speaking(preset, {"key": given}, secrets=environment(hubspot="k-123456")) as api:
                with pytest.raises(SourceError) as failed:
                    await api.send(get(f"{server.url}/deals"))
        said.append(in_english(failed.value.message))
    assert [text.removeprefix("Acme CRM refuses the key: no such key") for text in said] == [
        " (a new one is kept with: salesboard-display secret set hubspot)",
        "",
        " (sign in anew: salesboard-display source sign-in crm)",
    ]


async def test_a_key_put_in_the_place_of_a_refused_one_is_used(tmp_path: Path) -> None:
    def picky(asked: Asked) -> Told:
        return Told({"ok": 1}) if asked.headers["x-key"] == "new-key" else Told(status=401)

    store = FileStore(tmp_path / "secrets.json")
    store.put("crm", "old-key")
    auth = {"type": "headers", "headers": {"x-key": "{option.key}"}}
    async with serving(picky) as server:
        preset = a_preset(server.url, auth=auth, options={"key": KEY})
        async with speaking(preset, {"key": "${secret:crm}"}, secrets=Secrets((store,))) as api:
            with pytest.raises(SourceError, match="refuses the key"):
                await api.send(get(f"{server.url}/deals"))
            store.put("crm", "new-key")
            assert (await api.send(get(f"{server.url}/deals"))).body == {"ok": 1}


async def test_a_missing_secret_is_named_and_no_request_is_made() -> None:
    async with serving() as server:
        auth = {"type": "headers", "headers": {"x-key": "{option.key}"}}
        preset = a_preset(server.url, auth=auth, options={"key": KEY})
        async with speaking(preset, {"key": "${secret:crm}"}) as api:
            with pytest.raises(SourceError, match="The secret crm is not kept anywhere"):
                await api.send(get(f"{server.url}/deals"))
        assert server.asked == []


class _Ring:
    """A keyring that is locked until it is not."""

    locked = True

    def get_password(self, _service: str, _name: str) -> str:
        if self.locked:
            raise SecretRefused("The system's keyring is locked; until it is unlocked it is left alone.")
        return "k-123456"


async def test_a_secret_in_a_locked_keyring_says_so_and_is_found_once_it_is_unlocked() -> None:
    ring = _Ring()

    def opened() -> _Ring:
        ring.get_password("", "")
        return ring

    async with serving([Told({"ok": 1})]) as server:
        auth = {"type": "headers", "headers": {"x-key": "{option.key}"}}
        preset = a_preset(server.url, auth=auth, options={"key": KEY})
        secrets = Secrets((KeyringStore(opened),))
        async with speaking(preset, {"key": "${secret:crm}"}, secrets=secrets) as api:
            with pytest.raises(SourceError, match="The secret crm is nowhere.*keyring is locked") as failed:
                await api.send(get(f"{server.url}/deals"))
            assert not failed.value.stop
            ring.locked = False
            assert (await api.send(get(f"{server.url}/deals"))).body == {"ok": 1}
        assert server.asked[0].headers["x-key"] == "k-123456"


async def test_no_request_goes_to_a_host_the_preset_does_not_list() -> None:
    async with serving() as server, speaking(a_preset(server.url)) as api:
        with pytest.raises(SourceError, match="does not list evil.example") as failed:
            await api.send(get("http://evil.example/deals"))
        assert failed.value.stop


async def test_an_address_inside_the_house_is_refused_unless_the_manager_allows_it() -> None:
    async with serving([Told()]) as server:
        async with speaking(a_preset(server.url), allow_hosts=()) as api:
            with pytest.raises(SourceError, match="inside this network") as failed:
                await api.send(get(f"{server.url}/deals"))
            assert failed.value.stop
        assert server.asked == []


async def test_a_redirect_takes_no_credentials_along() -> None:
    def moving(asked: Asked) -> Told:
        return Told(status=302, headers={"location": "/new?y=1"}) if asked.path == "/old" else Told({"ok": 1})

    auth = {"type": "headers", "headers": {"Authorization": "Bearer k-123456", "x-key": "k-123456"}}
    async with serving(moving) as server, speaking(a_preset(server.url, auth=auth)) as api:
        assert (await api.send(get(f"{server.url}/old"))).body == {"ok": 1}
    first, second = server.asked
    assert first.headers["x-key"] == "k-123456"
    assert "k-123456" not in str(second)


async def test_a_page_instead_of_data_says_that_there_may_be_no_internet() -> None:
    page = Told(b"<html>Please sign in</html>", headers={"content-type": "text/html"})
    async with serving([page]) as server, speaking(a_preset(server.url)) as api:
        with pytest.raises(SourceError, match="No internet .a sign-in page answered") as failed:
            await api.send(get(f"{server.url}/deals"))
    assert (failed.value.stage, failed.value.stop) == (Stage.HTTP, False)
