"""Each preset's page can be followed: its settings and commands, with the constructed replies for the API."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from difflib import SequenceMatcher
from pathlib import Path
from typing import Any

import httpx
import pytest
import tomlkit
from PySide6.QtGui import QGuiApplication
from typer.testing import CliRunner, Result

from salesboard_display.cli import app
from salesboard_display.settings.presets import PACKAGED, packaged_names, read_preset
from salesboard_display.sources.http import source as http_source
from salesboard_display.sources.http.session import Session
from tests.conftest import REPOSITORY
from tests.docs.pages import blocks, command_lines
from tests.sources.presets.exchanges import Exchanges, as_given, as_written

REFERENCE = re.compile(r"\$\{secret:([\w.-]+)\}")


class Followed:
    """A newcomer's folder, and what the page has them type in it."""

    def __init__(self, name: str, folder: Path) -> None:
        self.page = f"docs/sources/{name}.md"
        (block,) = blocks(self.page, "toml")
        replies = json.loads(
            (REPOSITORY / "tests/sources/presets" / name / "replies.json").read_text("utf-8")
        )
        self.exchanges: list[dict[str, Any]] = replies["first"]
        self.secrets: dict[str, str] = {}
        document = tomlkit.parse(block.text)
        (self.source,) = document["sources"].values()  # type: ignore[union-attr]
        shown = self.source.get("options", {})
        given = dict(replies.get("options", {}))
        for key, value in given.items():
            named = REFERENCE.fullmatch(str(shown.get(key, "")))
            if named:
                self.secrets[named[1]] = str(as_given(value)).replace("\n", "\\n")
                given[key] = named[0]
        self.source["options"] = given
        (folder / "office.toml").write_text(tomlkit.dumps(document), "utf-8")
        self.needed = set(REFERENCE.findall(block.text))

    def lines(self, *begin: str) -> list[list[str]]:
        """The page's command lines that begin so and go on."""
        size = len(begin)
        return [line for line in command_lines(self.page) if tuple(line[:size]) == begin and line[size:]]

    def answer(self, request: httpx.Request) -> httpx.Response:
        """The reply to the request in the replies that is most like this one, whose times are today's."""
        made = as_written(request)
        same = [
            one for one in self.exchanges
            if all(one["request"].get(key) == made[key] for key in ("method", "url"))
        ]  # fmt: skip
        assert same, f"nothing answers {made['method']} {made['url']}"
        most = max(same, key=lambda one: SequenceMatcher(None, _asked(one["request"]), _asked(made)).ratio())
        return Exchanges([{**most, "request": made}]).answer(request)


def _asked(request: dict[str, Any]) -> str:
    return json.dumps([request.get("params", {}), request.get("body"), request.get("form")], sort_keys=True)


@pytest.fixture
def follow(
    qapp: QGuiApplication, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Callable[[str], Followed]:
    """Begins to follow a page, in a home of the test's own, with its replies in place of the network."""
    for name in ("HOME", "XDG_DATA_HOME", "XDG_CONFIG_HOME", "XDG_STATE_HOME", "XDG_CACHE_HOME"):
        monkeypatch.setenv(name, str(tmp_path / "home"))
    for name in ("DBUS_SESSION_BUS_ADDRESS", "CREDENTIALS_DIRECTORY", "DISPLAY", "WAYLAND_DISPLAY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)

    async def at_once(_: float) -> None:
        return None

    def begin(name: str) -> Followed:
        followed = Followed(name, tmp_path)
        way = httpx.MockTransport(followed.answer)
        monkeypatch.setattr(
            http_source, "Session", lambda *words, **more: Session(*words, **more, way=way, sleep=at_once)
        )
        return followed

    return begin


def typed(line: list[str], given: str = "") -> Result:
    return CliRunner().invoke(app, line, input=given, catch_exceptions=False)


@pytest.mark.parametrize("name", packaged_names())
def test_a_page_can_be_followed(name: str, follow: Callable[[str], Followed]) -> None:
    page = follow(name)
    kept = page.lines("secret", "set")
    assert {line[2] for line in kept} == page.needed, "the secrets that are set are those the settings name"
    for line in kept:
        assert typed(line, page.secrets.get(line[2], "made-up")).exit_code == 0
    (tried,) = [typed(line) for line in page.lines("source", "try")]
    assert tried.exit_code == 0, tried.output
    assert re.search(r"^(deal_won|call|meeting)  ", tried.output, re.M), tried.output
    assert not [value for value in page.secrets.values() if len(value) > 5 and value in tried.output]
    (checked,) = [typed(line) for line in page.lines("check") if "--config" in line]
    problems = [row for row in checked.output.splitlines() if row.startswith("PROBLEM")]
    told = ("PROBLEM  rates", "PROBLEM  people")  # the pages tell of both
    assert [row for row in problems if not row.startswith(told)] == [], checked.output
    assert f"Note: {read_preset(PACKAGED / f'{name}.toml').name} was " in checked.output
