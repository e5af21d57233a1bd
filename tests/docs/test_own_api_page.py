"""The example of docs/sources/own-api.md works as told, against a server that answers what the page shows."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from urllib.parse import parse_qs, urlsplit

import pytest

from tests.conftest import REPOSITORY
from tests.docs.pages import blocks, command_lines

PAGE = "docs/sources/own-api.md"
HOST = "orders.office.lan"
KEY = "k-4711"
FILES = {block.file: block.text for block in blocks(PAGE) if block.file and block.language != "text"}
SHOWN = {block.file: block.text for block in blocks(PAGE, "text")}
SINCE = re.compile(r"(?<=changed_after=)[^&\n]*")


class _Kontor(BaseHTTPRequestHandler):
    """The order system of the page."""

    def do_GET(self) -> None:
        asked = urlsplit(self.path)
        file = asked.path.removeprefix("/api/") + ".json"
        if file == "orders.json":
            given = parse_qs(asked.query)
            assert given["page"] == ["1"]
            assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", given["changed_after"][0])
        known = self.headers["X-Kontor-Key"] == KEY
        body = FILES[file].encode() if known else b'{"error": "This key is not known."}'
        self.send_response(200 if known else 401)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Nothing is said."""


@pytest.fixture
def address(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The newcomer's folder with the page's files, and the server's address, which takes the page's place."""
    for name in ("DATA", "CONFIG", "CACHE"):
        monkeypatch.setenv(f"XDG_{name}_HOME", str(tmp_path / name.lower()))
    monkeypatch.setenv("PYTHONPATH", str(REPOSITORY))
    here = tmp_path / "here"
    here.mkdir()
    monkeypatch.chdir(here)
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Kontor)
    thread = Thread(target=server.serve_forever)
    thread.start()
    found = f"127.0.0.1:{server.server_port}"
    for name in ("office.toml", "kontor.toml"):
        text = FILES[name].replace(f"//{HOST}", f"//{found}").replace(HOST, "127.0.0.1")
        (here / name).write_text(text, "utf-8")
    yield found
    server.shutdown()
    server.server_close()
    thread.join()


def run(name: str, typed: str = "", **changed: str) -> subprocess.CompletedProcess[str]:
    """The page's command line that has ``name`` in it, in a process of its own."""
    line = next(line for line in command_lines(PAGE) if name in line and len(line) > 2)
    line = [changed.get(word, word) for word in line]
    command = [sys.executable, "-m", "salesboard_display", *line]
    return subprocess.run(command, input=typed, capture_output=True, text=True, timeout=60, check=False)


def as_shown(said: str, address: str) -> str:
    """What was said, with the page's address, and the instant that depends on the day."""
    return SINCE.sub("…", said.replace(address, HOST))


def test_the_start_prints_what_the_page_shows(address: str) -> None:
    Path("kontor.toml").unlink()
    assert run("new").stdout == SHOWN["new"]
    assert Path("kontor.toml").is_file()


def test_trying_prints_what_the_page_shows(address: str) -> None:
    assert run("set", typed=KEY).returncode == 0
    tried = run("try")
    assert (tried.returncode, tried.stderr) == (0, "")
    assert as_shown(tried.stdout, address) == SINCE.sub("…", SHOWN["try"])
    assert KEY not in tried.stdout


def test_a_wrong_key_is_said_as_the_page_shows(address: str) -> None:
    run("set", typed="another")
    tried = run("try")
    assert tried.returncode == 1
    assert SHOWN["refused"].strip() in tried.stdout + tried.stderr


def test_the_board_is_the_one_shown(address: str) -> None:
    run("set", typed=KEY)
    checked, standings = run("check"), run("standings")
    assert "orders 5: sold_on: “soon” is not a date" in checked.stdout
    assert standings.stdout == SHOWN["standings"]
