"""The mappings that come with the program: examples of what senders send, and the facts they become."""

from __future__ import annotations

import json
import tomllib
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, get_args

import pytest

from salesboard_display.paths import ready_webhooks
from salesboard_display.settings.webhook import WebhookSource as Settings
from salesboard_display.sources.contract import in_english
from salesboard_display.sources.webhook.journal import Entry
from salesboard_display.sources.webhook.source import WebhookSource
from tests.sources.webhook.sources import SECRETS, payload, settings, source


def ms(text: str) -> int:
    return int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp() * 1000)


def ready(folder: Path, name: str, **given: Any) -> WebhookSource:
    more = {"triggers": ["api"]} if name == "hubspot" else {}
    return source(folder, ready=name, secrets=[SECRETS[name]], **more, **given)


def mapped(one: WebhookSource, *documents: Any) -> Any:
    bound = one._mapping.bind(None, position="webhook")
    return one._mapped(bound, [Entry(n, str(n), 0, json.dumps(d)) for n, d in enumerate(documents, 1)])


def summary(batch: Any) -> list[tuple[Any, ...]]:
    return [
        (
            fact.key,
            fact.kind,
            fact.lines[0].identity,
            fact.lines[0].amount_minor,
            fact.currency,
            fact.occurred_at,
        )
        for fact in batch.facts
    ]


def test_every_file_is_known_to_the_settings_and_every_name_has_a_file() -> None:
    names = get_args(get_args(Settings.model_fields["ready"].annotation)[0])
    assert sorted(names) == sorted(path.stem for path in ready_webhooks().glob("*.toml"))


@pytest.mark.parametrize("name", SECRETS)
def test_every_one_is_complete_but_for_its_secret(name: str) -> None:
    more = {"triggers": ["api"]} if name == "hubspot" else {}
    parts = tomllib.loads((ready_webhooks() / f"{name}.toml").read_text("utf-8"))
    assert settings(ready=name, secrets=[SECRETS[name]], **more).model_fields_set >= parts.keys()
    assert not {"secrets", "type", "ready"} & parts.keys()


def test_pipedrive(tmp_path: Path) -> None:
    one = ready(tmp_path, "pipedrive")
    won = payload("pipedrive-won")
    assert summary(mapped(one, won)) == [
        ("deal-71", "deal_won", "12345678", 125050, "EUR", ms("2026-11-03T10:00:00"))
    ]
    lost = payload("pipedrive-won", data__status="lost", data__lost_time="2026-11-04T09:00:00Z")
    assert summary(mapped(one, lost)) == [
        ("deal-71", "deal_lost", "12345678", None, "", ms("2026-11-04T09:00:00"))
    ]
    reopened = mapped(one, won, payload("pipedrive-won", data__status="open", data__won_time=None))
    assert reopened.withdrawn == ("deal-71",)
    gone = payload("pipedrive-won", data=None, previous=won["data"], meta__action="delete")
    assert mapped(one, gone).withdrawn == ("deal-71",)
    assert mapped(one, gone, won).withdrawn == ()


def test_pipedrive_activities_count_when_they_are_done(tmp_path: Path) -> None:
    one = ready(tmp_path, "pipedrive")
    activity = {
        "id": 71,
        "type": "call",
        "done": True,
        "owner_id": 5,
        "marked_as_done_time": "2026-11-03T10:00:00Z",
    }
    done = payload("pipedrive-won", data=activity, meta__entity="activity")
    assert summary(mapped(one, done)) == [("activity-71", "call", "5", None, "", ms("2026-11-03T10:00:00"))]
    undone = payload("pipedrive-won", data={**activity, "done": False}, meta__entity="activity")
    assert mapped(one, undone).withdrawn == ("activity-71",), "the deal of the same number stays"


def test_hubspot_says_only_that_something_changed(tmp_path: Path) -> None:
    one = ready(tmp_path, "hubspot")
    batch = mapped(one, payload("hubspot-changed"))
    assert (batch.facts, batch.withdrawn, batch.rejections) == ((), (), ())
    assert (one.triggers, one.trigger_after_s) == (["api"], 5.0)


def test_close(tmp_path: Path) -> None:
    one = ready(tmp_path, "close")
    won = payload("close-won")
    batch = mapped(one, won)
    assert summary(batch) == [
        ("oppo_1example", "deal_won", "Anna Berg", 125050, "USD", ms("2026-11-03T00:00:00"))
    ]
    assert batch.facts[0].day_only
    reopened = payload("close-won", event__data__status_type="active")
    assert mapped(one, reopened).withdrawn == ("oppo_1example",)
    gone = payload("close-won", event__action="deleted", event__data={})
    assert mapped(one, gone).withdrawn == ("oppo_1example",)


def test_stripe(tmp_path: Path) -> None:
    one = ready(tmp_path, "stripe")
    paid = payload("stripe-paid")
    assert summary(mapped(one, paid)) == [
        ("in_1example", "deal_won", "Anna Berg", 125050, "EUR", 1793700000000)
    ]
    finalized = payload("stripe-paid", type="invoice.finalized", data__object__status="open")
    late = mapped(one, paid, finalized)
    assert (len(late.facts), late.withdrawn) == (1, ()), "an older webhook that comes late takes nothing back"
    void = payload("stripe-paid", type="invoice.voided", data__object__status="void")
    assert mapped(one, void).withdrawn == ("in_1example",)
    other = payload("stripe-paid", data__object={"id": "cus_1", "object": "customer"})
    assert mapped(one, other) == mapped(one, [])


@pytest.mark.parametrize("kind", [{}, {"kind": "deal_own"}, {"status": "won"}], ids=str)
def test_what_one_writes_oneself_and_nothing_takes_is_said(tmp_path: Path, kind: dict[str, str]) -> None:
    batch = mapped(ready(tmp_path, "generic"), {**kind, "id": "D-1", "person": "Ann"})
    (rejection,) = batch.rejections
    assert (batch.facts, in_english(rejection.reason)) == ((), "none of the facts that are mapped takes it")


def test_generic(tmp_path: Path) -> None:
    batch = mapped(ready(tmp_path, "generic"), payload("generic-many"))
    assert summary(batch) == [
        ("D-17", "deal_won", "Anna Berg", 125050, "EUR", ms("2026-11-03T10:00:00")),
        ("C-1", "call", "Ben Okafor", None, "", ms("2026-11-03T09:05:00")),
    ]
    assert batch.facts[0].attributes == (("product", "Compass"), ("type", "new"))
    assert [in_english(rejected.reason) for rejected in batch.rejections] == [
        "“n/a” is not a number",
        "an object is expected, not str",
    ]


def test_a_key_that_is_given_takes_the_place_of_the_ready_one(tmp_path: Path) -> None:
    own = [{"kind": "seats", "key": "id", "person": "seller", "happened": "on", "quantity": "seats"}]
    one = ready(tmp_path, "generic", records="sales", facts=own)
    document = {"sales": {"id": 1, "seller": "Anna Berg", "on": "2026-11-03T10:00:00Z", "seats": 40}}
    (fact,) = mapped(one, document).facts
    assert (fact.kind, fact.lines[0].quantity_milli) == ("seats", 40_000)
    assert mapped(one, {"sales": None}, {}).rejections == ()
