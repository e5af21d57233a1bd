"""Every packaged preset: its file is valid, its page exists, and constructed replies become facts.

A preset called NAME has a folder tests/sources/presets/NAME/ with two files.

replies.json: what the API answers. Of several exchanges that fit a request, the first that has not been used
yet counts, else the last::

    {
      "options": {"token": "made-up", "domain": "acme"},     # what the manager gives
      "oldest": "2026-10-01T00:00:00Z",                      # the oldest day any board needs
      "now": "2026-11-25T12:00:00Z",                         # the clock at the first reading
      "again": "2026-11-25T12:01:00Z",                       # ... and at the second, incremental one
      "first": [                                             # exchanges of the first reading
        {
          "request": {
            "method": "GET",
            "url": "https://api.example.com/v2/deals",       # without its query
            "params": {"limit": "100", "since": "2026-09-01T00:00:00Z", "tag": ["a", "b"]},
            "headers": {"x-api-token": "made-up"},           # those that matter, in small letters
            "body": {"filters": []},                         # JSON, if any ...
            "form": {"grant_type": "client_credentials"}     # ... or a form
          },
          "reply": {"status": 200, "headers": {}, "body": {"data": []}},   # or "text": "a,b\\n1,2\\n"
          "from": "3. Pipedrive, won deals [V spec v2]"      # the claim of the notes it was made from
        }
      ],
      "second": []                                           # exchanges of the second reading
    }

A request fits an exchange when method, url, params (all of them), body and form are equal and the named
headers are there; a form that the exchange does not write may be any. An option "GENERATED RSA KEY" becomes
such a key. {since} is ``oldest`` - 30 days at the first reading, the newest record - the lookback at the
second.

expected.json: what comes of it. Facts are written as explain shows them; keys left out are not compared::

    {
      "first": {
        "facts": [
          {"key": "1:won", "kind": "deal_won", "person": "7", "happened": "2026-11-20T10:00:00Z",
           "day_only": false, "amount": "1200.50 EUR", "quantity": "1", "attributes": {"type": "new"},
           "detail": {"name": "Acme"}}
        ],
        "people": [{"id": "7", "name": "Ann Lee", "email": "ann@example.com", "team": "North"}],
        "withdrawn": [],
        "rejected": 0,
        "requests": 4                                        # how many were made, sign-in included
      },
      "second": {"facts": [], "people": [], "withdrawn": ["2:won"], "requests": 1, "unchanged": false}
    }

Facts and people have to be exactly those listed, in any order, and the withdrawn keys have to be among those
withdrawn (a deal that is lost withdraws its ``:won``, which never was a fact). Every exchange has to be used.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from salesboard_display.settings.presets import PACKAGED, packaged_names, read_preset
from tests.sources.presets.exchanges import Outcome, Player, differences

HERE = Path(__file__).parent
PAGES = Path(__file__).parents[3] / "docs" / "sources"


@pytest.mark.parametrize("name", packaged_names())
def test_a_packaged_preset_is_valid_and_has_its_page(name: str) -> None:
    preset = read_preset(PACKAGED / f"{name}.toml")
    page = (PAGES / f"{name}.md").read_text()
    assert preset.name in page
    for option in preset.options:
        assert option in page, f"the page does not say where to get `{option}`"


TRIED = {"server": "a real server", "description": "the API's description", "notes": "notes"}


def test_the_list_of_pages_says_of_every_preset_against_what_it_was_tried() -> None:
    presets = {name: read_preset(PACKAGED / f"{name}.toml") for name in packaged_names()}
    rows = {
        f"| [{one.name}]({name}.md) | `{name}` | {TRIED[one.tried]} | {one.about} |"
        for name, one in presets.items()
    }
    lines = (PAGES / "README.md").read_text().splitlines()
    assert rows == {line for line in lines if line.startswith("| [")}


@pytest.mark.parametrize("name", packaged_names())
async def test_a_presets_replies_become_the_facts_expected(name: str) -> None:
    expected = json.loads((HERE / name / "expected.json").read_text())
    player = Player(name, HERE / name)
    try:
        first = await player.read("first", "now", "")
        _check("first", first, expected["first"])
        if "second" in expected:
            second = await player.read("second", "again", first.end.cursor)
            _check("second", second, expected["second"])
    finally:
        await player.close()


def _check(reading: str, outcome: Outcome, expected: dict[str, Any]) -> None:
    found = outcome.written()
    wrong = differences(expected.get("facts", []), found["facts"], "key")
    wrong += differences(expected.get("people", []), found["people"], "id")
    wrong += [
        f"not withdrawn: {key}" for key in expected.get("withdrawn", []) if key not in found["withdrawn"]
    ]
    for key in ("rejected", "requests", "unchanged"):
        if key in expected and expected[key] != found[key]:
            wrong.append(f"{key}: {found[key]}, expected {expected[key]}")
    rejections = [rejection for batch in outcome.batches for rejection in batch.rejections]
    assert not wrong, f"{reading} reading:\n" + "\n".join([*wrong, *map(str, rejections)])
