"""`check` says whether webhooks are received, where, and what keeps them from it."""

from __future__ import annotations

import socket

import pytest

from tests.cli.conftest import Typed
from tests.cli.test_check import line
from tests.engine.offices import OfficeFolder
from tests.engine.test_process import Hub
from tests.engine.test_webhooks import HOOK
from tests.web.receiving import free_port

pytestmark = pytest.mark.usefixtures("_a_screen")


@pytest.fixture
def _a_screen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DISPLAY", ":99")


def test_without_webhooks_nothing_is_amiss(typed: Typed) -> None:
    assert line(typed("check").stdout, "webhooks").endswith("webhooks: not received")


def test_a_source_that_waits_for_them_in_vain_is_named(office: OfficeFolder, typed: Typed) -> None:
    office.add(HOOK)
    said = typed("check").stdout
    assert "PROBLEM  webhooks: not received, though these sources wait for them: zap" in said
    assert "→ Set `enabled = true` in [web]." in said


def test_it_says_where_to_post_them(office: OfficeFolder, typed: Typed) -> None:
    office.add("[web]\nenabled = true\nport = 8801\n" + HOOK)
    said = typed("check").stdout
    assert line(said, "webhooks zap").endswith(
        "received at http://127.0.0.1:8801/hooks/zap while the wall or `hub` runs"
    )
    assert "source zap: nothing has been sent yet" in said
    assert "→ Have the sender post to http://127.0.0.1:8801/hooks/zap." in said


def test_a_public_address_is_what_senders_are_told(office: OfficeFolder, typed: Typed) -> None:
    office.add('[web]\nenabled = true\npublic_url = "https://wall.example.com/"\n' + HOOK)
    assert "https://wall.example.com/hooks/zap" in line(typed("check").stdout, "webhooks zap")


@pytest.mark.parametrize(
    ("host", "open_"), [("0.0.0.0", True), ("::", True), ("::1", False), ("localhost", False)]
)
def test_what_others_reach_is_noted(office: OfficeFolder, typed: Typed, host: str, open_: bool) -> None:
    office.add(f'[web]\nenabled = true\nhost = "{host}"\n' + HOOK)
    assert ("other computers reach" in typed("check").stdout) is open_


def test_beside_a_running_engine_it_says_what_that_does(
    office: OfficeFolder, typed: Typed, request: pytest.FixtureRequest
) -> None:
    port = free_port()
    office.add(f"[web]\nenabled = true\nport = {port}\n" + HOOK)
    with socket.create_server(("127.0.0.1", port)):
        hub = Hub("--child", "--config", str(office.settings))
        request.addfinalizer(hub.close)
        hub.says("socket")
        for _ in range(100):
            said = typed("check").stdout
            if "PROBLEM  webhooks" in said:
                break
    assert f"PROBLEM  webhooks: Webhooks cannot be received: 127.0.0.1, port {port}: Address already" in said
