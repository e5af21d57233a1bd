"""`source new` writes a preset to begin with; `source try` shows what a source would bring."""

from __future__ import annotations

import json
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest

from salesboard_display.engine import firstrun
from salesboard_display.settings.loading import load
from salesboard_display.settings.presets import PACKAGED, packaged_names, read_preset
from tests.cli.conftest import Typed, typed_alone
from tests.engine.offices import OfficeFolder

DEALS = [
    {
        "id": 1,
        "status": "won",
        "owner_id": "7",
        "won_on": "2026-03-10",
        "value": "1200.50",
        "currency": "EUR",
    },
    {"id": 2, "status": "won", "owner_id": "7", "won_on": "soon", "value": "80", "currency": "EUR"},
]


class _Crm(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        refused = self.headers["Authorization"] != "Bearer k-123456"
        found = DEALS if self.path.startswith("/v1/deals") else [{"id": "7", "name": "Ann Lee"}]
        body = json.dumps({"data": found}).encode()
        self.send_response(401 if refused else 200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Nothing is said."""


@pytest.fixture
def crm(office: OfficeFolder) -> Iterator[str]:
    """An office whose source `api` is a CRM on loopback, described by the starter."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Crm)
    thread = Thread(target=server.serve_forever)
    thread.start()
    typed_alone("source", "new", "my-crm", "--config", str(office.settings))
    preset = office.settings.with_name("my-crm.toml")
    address = f"http://127.0.0.1:{server.server_port}"
    text = preset.read_text().replace("https://api.example.com", address)
    preset.write_text(text.replace('"api.example.com"', '"127.0.0.1"'))
    own = (
        '\n[sources.api]\ntype = "http"\npreset = "my-crm"\nallow_hosts = ["127.0.0.1"]\n'
        'options = { token = "${env:CRM_TOKEN:-k-123456}" }\n'
    )
    office.settings.write_text(office.settings.read_text() + own)
    yield address
    server.shutdown()
    server.server_close()
    thread.join()


def test_a_new_preset_is_valid_and_lies_beside_the_settings(typed: Typed, office: OfficeFolder) -> None:
    said = typed("source", "new", "my-crm")
    assert said.exit_code == 0
    assert read_preset(office.settings.with_name("my-crm.toml")).name == "My CRM"
    assert 'preset = "my-crm"' in said.output


@pytest.mark.parametrize("like", packaged_names())
def test_a_new_preset_may_begin_as_a_copy(typed: Typed, office: OfficeFolder, like: str) -> None:
    said = typed("source", "new", "my-crm", "--like", like)
    assert said.exit_code == 0
    assert office.settings.with_name("my-crm.toml").read_text() == (PACKAGED / f"{like}.toml").read_text()
    shown = said.stdout.partition("\n\n")[2].replace("[sources.crm]", "\n[sources.api]")
    office.settings.write_text(office.settings.read_text() + shown)
    assert not load(office.settings).problems


def test_a_copy_of_no_preset_is_wrong_use(typed: Typed) -> None:
    said = typed("source", "new", "my-crm", "--like", "hubspott")
    assert (said.exit_code, "there are: aircall" in said.output) == (2, True)


@pytest.mark.parametrize(
    ("name", "why"), [("hubspot", "taken by a preset"), ("My CRM", "cannot be a preset's name")]
)
def test_a_name_that_cannot_be_is_wrong_use(typed: Typed, name: str, why: str) -> None:
    said = typed("source", "new", name)
    assert (said.exit_code, why in said.output) == (2, True)


def test_a_preset_that_is_there_is_never_overwritten(typed: Typed, office: OfficeFolder) -> None:
    mine = office.settings.with_name("mine.toml")
    mine.write_text("# mine")
    assert typed("source", "new", "mine").exit_code == 2
    assert mine.read_text() == "# mine"


def test_trying_shows_requests_facts_and_what_could_not_be_used(typed: Typed, crm: str) -> None:
    said = typed("source", "try", "api")
    assert said.exit_code == 0, said.output
    assert f"GET {crm}/v1/deals?updated_since=" in said.output
    assert "deal_won  1:won  2026-03-10  7 1200.50 EUR" in said.output
    assert "7  Ann Lee" in said.output
    assert "deals 2: won_on: " in said.output
    assert "3 records: 1 facts, 1 people, 0 withdrawn, 1 rejected. Nothing of it is kept." in said.output
    assert "k-123456" not in said.output


def test_checking_says_against_what_an_api_was_tried(typed: Typed, crm: str) -> None:
    said = typed("check").output
    assert "api: Note: My CRM was written from notes and never tried against a live account." in said


def test_a_refused_key_is_said_without_the_key(
    typed: Typed, crm: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CRM_TOKEN", "wrong-key")
    said = typed("source", "try", "api")
    assert said.exit_code == 1
    assert "My CRM" in said.output
    assert "wrong-key" not in said.output


def test_a_preset_with_a_mistake_is_named_with_file_line_and_key(
    typed: Typed, crm: str, office: OfficeFolder
) -> None:
    preset: Path = office.settings.with_name("my-crm.toml")
    preset.write_text(preset.read_text().replace("{page.token}", "{page.tokn}"))
    said = typed("source", "try", "api")
    assert said.exit_code == 1
    assert "my-crm.toml, line" in said.output
    assert "streams.deals.params.cursor" in said.output
    assert 'did you mean "page.token"' in said.output


@pytest.mark.parametrize("words", [("source", "try", "api"), ("check",)])
def test_a_first_reading_that_lasts_says_how_far_it_has_come(
    typed: Typed, crm: str, monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...]
) -> None:
    monkeypatch.setattr(firstrun, "EVERY_S", 0.0)
    assert "Reading My CRM for the first time: 1 records so far\n" in typed(*words).output
    again = typed(*words).output
    assert ("for the first time" in again) == (words[0] == "source")  # what is tried is never kept
