"""A canary among the secrets is nowhere to be found but where it is kept: the real program is run against an
API that repeats the key in everything it says, and every word, file and process of it is searched."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
import time
from base64 import b64encode
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, ClassVar
from urllib.parse import quote

import pytest

CANARIES = {
    "header": "s3cr3t-header-c4n4ry",
    "query": "s3cr3t query/c4n4ry",
    "user": "s3cr3t-user-c4n4ry",
    "client": "s3cr3t-client-c4n4ry",
    "refresh": "s3cr3t-refresh-c4n4ry",
}
GIVEN_LATER = ("r0tated-c4n4ry", "4ccess-c4n4ry")
STREAMS = """
[streams.deals]
path = "/deals"
records = "items"

[[streams.deals.facts]]
kind = "deal_won"
key = "id"
person = "who"
happened = { from = "at", as = "datetime" }
amount = "amount"
currency = { constant = "EUR" }
"""
AUTHS = {
    "header": 'type = "headers"\nheaders = { Authorization = "Token token={option.key}" }',
    "query": 'type = "query"\nparams = { key = "{option.key}" }',
    "user": 'type = "basic"\nuser = "{option.key}"',
    "client": 'type = "oauth2-client-credentials"\ntoken_url = "{option.url}/token"\nclient_id = "office"\n'
    'client_secret = "{option.key}"',
    "refresh": 'type = "oauth2-refresh"\ntoken_url = "{option.url}/token"\nrefresh_token = "{option.key}"',
}
SHOWING = """
[metrics.revenue]
name = "Revenue"
kinds = ["deal_won"]
aggregate = "sum"
[boards.revenue]
title = "Revenue won"
metric = "revenue"
period = "this-month"
[slides.leaderboard]
view = "leaderboard"
board = "revenue"
"""

COMPLAINT = "WARNING salesboard_display.engine.coordinator: source header: Echo header"


class Echo(BaseHTTPRequestHandler):
    """Answers well, or repeats everything it was sent in its error."""

    mode: ClassVar[int] = 200
    asked: ClassVar[int] = 0
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        self.do_GET()

    def do_GET(self) -> None:
        type(self).asked += 1
        body = self.rfile.read(int(self.headers.get("content-length") or 0)).decode()
        if self.mode != 200 and (self.path != "/token" or self.mode == 400):
            said = f"bad key: {self.path} {self.headers} {body}"
            self._say(self.mode, {"message": said, "error_description": said})
        elif self.path.startswith("/token"):
            self._say(200, {"access_token": GIVEN_LATER[1], "refresh_token": GIVEN_LATER[0]})
        else:
            at = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
            self._say(200, {"items": [{"id": "d1", "who": "Anna", "amount": "12.50", "at": at}]})

    def _say(self, status: int, answer: dict[str, Any]) -> None:
        data = json.dumps(answer).encode()
        self.send_response(status)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *_: object) -> None:
        """Nothing on the test's own output."""


@pytest.fixture
def api() -> Iterator[str]:
    """Where the API is."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Echo)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    thread.join()
    server.server_close()


class Program:
    """The program with a home of its own; ``said`` is everything it wrote."""

    def __init__(self, folder: Path, api: str) -> None:
        self.folder, self.said = folder, ""
        self.settings = folder / "office" / "office.toml"
        self.settings.parent.mkdir()
        sources = ""
        for name, auth in AUTHS.items():
            (self.settings.parent / f"{name}.toml").write_text(
                f'version = 1\nname = "Echo {name}"\ntried = "server"\nhosts = ["127.0.0.1"]\n'
                'base_url = "{option.url}"\n[options.url]\ntitle = "URL"\n[options.key]\ntitle = "Key"\n'
                f"secret = true\n[auth]\n{auth}\n{STREAMS}",
                "utf-8",
            )
            sources += (
                f'[sources.{name}]\ntype = "http"\npreset = "{name}"\npoll_every = "1s"\n'
                f'options = {{ url = "{api}", key = "${{secret:{name}}}" }}\nallow_hosts = ["127.0.0.1"]\n'
            )
        self.settings.write_text(
            f'version = 1\n[office]\nzone = "UTC"\nlocale = "en_GB"\n{sources}{SHOWING}', "utf-8"
        )
        kept = ("PATH", "PYTHONPATH", "LC_ALL", "LANG")
        self.environ = {name: os.environ[name] for name in kept if name in os.environ}
        self.environ |= {"HOME": str(folder / "home"), "QT_QPA_PLATFORM": "offscreen"}

    def command(self, *words: str) -> list[str]:
        named = [] if words[:2] == ("secret", "set") else ["--config", str(self.settings)]
        return [sys.executable, "-m", "salesboard_display", *words, *named]

    def run(self, *words: str, given: str = "") -> str:
        """A command to its end; what it said."""
        done = subprocess.run(
            self.command(*words), input=given, capture_output=True, text=True, env=self.environ, timeout=90
        )
        self.said += done.stdout + done.stderr
        return done.stdout + done.stderr

    def engine(self, until: Callable[[str], bool]) -> None:
        """The engine until what it said, or anything else, will do; its processes are looked at meanwhile."""
        told = self.folder / "engine.log"
        with told.open("wb") as file:
            engine = subprocess.Popen(
                self.command("hub"), env=self.environ, stdout=file, stderr=subprocess.STDOUT
            )
        try:
            end = time.monotonic() + 60
            while not until(told.read_text("utf-8")) and time.monotonic() < end:
                self.said += "".join(look_at_processes(engine.pid))
                time.sleep(0.3)
        finally:
            engine.terminate()
            engine.wait(30)
            self.said += told.read_text("utf-8")


def look_at_processes(first: int) -> Iterator[str]:
    """What everybody can see of a process and its children: their words and their environment."""
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            parent = int((folder / "stat").read_text().rpartition(")")[2].split()[1])
            if first in (parent, int(folder.name)):
                yield (folder / "cmdline").read_text("utf-8", "replace")
                yield (folder / "environ").read_text("utf-8", "replace")
        except (OSError, ValueError):
            continue


def forms() -> list[str]:
    """Each canary in every way in which it may be written."""
    found: list[str] = []
    for canary in (*CANARIES.values(), *GIVEN_LATER):
        found += [
            canary,
            quote(canary, safe=""),
            canary.replace(" ", "+"),
            b64encode(canary.encode()).decode(),
        ]
        found.append(b64encode(f"{canary}:".encode()).decode().rstrip("="))
    return found


def found_in(text: str) -> list[str]:
    return [form for form in forms() if form in text]


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_a_secret_is_nowhere_but_where_it_is_kept(tmp_path: Path, api: str) -> None:
    program = Program(tmp_path, api)
    for name, canary in CANARIES.items():
        assert "is kept in the file" in program.run("secret", "set", name, given=canary)
    Echo.mode = 200
    assert "Anna" in program.run("standings", "revenue", "--poll")
    for name in ("query", "refresh"):
        assert "Anna" in program.run("source", "try", name)
    asked = Echo.asked
    program.engine(lambda _: Echo.asked >= asked + 2 * len(AUTHS))
    for mode in (500, 401, 400):
        Echo.mode = mode
        assert "•••" in program.run("check", "--poll")
        assert "•••" in program.run("source", "try", "header")
        program.engine(lambda said: COMPLAINT in said)
    program.run("explain", "revenue", "Anna", "--json", "--poll")
    program.run("check", "--json")
    program.run("secret", "list")
    assert COMPLAINT in program.said
    assert "bad key" in program.said
    assert "salesboard_display\0hub" in program.said
    assert found_in(program.said) == []
    files = [path for path in tmp_path.rglob("*") if path.is_file()]
    kept = {path.name for path in files if found_in(path.read_bytes().decode("utf-8", "replace"))}
    assert kept == {"secrets.json"}
    assert {path.suffix for path in files} >= {".db", ".toml", ".json"}
