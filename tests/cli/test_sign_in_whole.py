"""`source sign-in` as it is typed: the real command, a real authorization server on loopback, and the test as
the browser."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
import threading
from base64 import urlsafe_b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, cast
from urllib.parse import parse_qsl, urlencode, urlsplit

import httpx
import pytest

from tests.sources.http.faults.net import closed_port

pytestmark = [pytest.mark.slow, pytest.mark.timeout(180)]
PRESET = """
version = 1
name = "Acme CRM"
tried = "server"
hosts = ["127.0.0.1"]
base_url = "ADDRESS"
[auth]
type = "oauth2-refresh"
token_url = "ADDRESS/token"
authorize_url = "ADDRESS/authorize"
client_id = "office"
scope = "deals"
[streams.deals]
path = "/deals"
records = "items"
[[streams.deals.facts]]
kind = "call"
key = "id"
person = "who"
happened = "at"
"""


class Authority(ThreadingHTTPServer):
    """An authorization server and its API: knows PKCE, a code and a refresh token are good once."""

    daemon_threads = True

    def __init__(self, secrets: Path) -> None:
        super().__init__(("127.0.0.1", 0), _Door)
        self.secrets = secrets
        self.codes: dict[str, dict[str, str]] = {}
        self.good, self.count = "", 0
        self.kept_when_used: list[bool] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"

    def authorize(self, asked: dict[str, str]) -> str:
        """Where a person who says yes is sent back to."""
        assert (asked["response_type"], asked["client_id"], asked["scope"]) == ("code", "office", "deals")
        assert asked["code_challenge_method"] == "S256"
        code = f"code-{len(self.codes)}"
        self.codes[code] = asked
        return f"{asked['redirect_uri']}?{urlencode({'code': code, 'state': asked['state']})}"

    def token(self, form: dict[str, str]) -> dict[str, str] | None:
        """The reply to a code or a refresh token, None where it is refused."""
        if form["grant_type"] == "authorization_code":
            asked = self.codes.pop(form["code"], None)
            digest = urlsafe_b64encode(hashlib.sha256(form["code_verifier"].encode()).digest())
            if asked is None or digest.decode().rstrip("=") != asked["code_challenge"]:
                return None
            assert form["redirect_uri"] == asked["redirect_uri"]
        elif form["refresh_token"] != self.good:
            return None
        self.count += 1
        self.good = f"refresh-{self.count}"
        return {"access_token": f"access-{self.count}", "refresh_token": self.good}

    def deals(self, bearer: str) -> dict[str, Any] | None:
        """One call, for whoever has the newest access token."""
        if bearer != f"Bearer access-{self.count}":
            return None
        self.kept_when_used.append(self.good in self.secrets.read_text("utf-8"))
        return {"items": [{"id": "c1", "who": "Anna", "at": "2026-03-10T10:00:00Z"}]}


class _Door(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        parts, authority = urlsplit(self.path), cast(Authority, self.server)
        if parts.path == "/authorize":
            self.send_response(302)
            self.send_header("location", authority.authorize(dict(parse_qsl(parts.query))))
            self.send_header("content-length", "0")
            self.end_headers()
        else:
            self._say(authority.deals(self.headers["authorization"]))

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["content-length"])).decode()
        self._say(cast(Authority, self.server).token(dict(parse_qsl(body))))

    def _say(self, answer: dict[str, Any] | None) -> None:
        data = json.dumps(answer or {"error": "invalid_grant"}).encode()
        self.send_response(200 if answer else 400)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *_: object) -> None:
        """Nothing on the test's own output."""


class Home:
    """A home of its own with an office that has one source."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.authority = Authority(folder / "home/.config/salesboard-display/secrets.json")
        self.redirect = f"http://127.0.0.1:{closed_port()}/"
        (folder / "acme.toml").write_text(PRESET.replace("ADDRESS", self.authority.url), "utf-8")
        (folder / "office.toml").write_text(
            'version = 1\n[office]\nzone = "UTC"\nlocale = "en_GB"\n[sources.crm]\ntype = "http"\n'
            'preset = "acme"\nallow_hosts = ["127.0.0.1"]\n',
            "utf-8",
        )
        kept = ("PATH", "PYTHONPATH", "LC_ALL", "LANG")
        self.environ = {name: os.environ[name] for name in kept if name in os.environ}
        self.environ |= {"HOME": str(folder / "home"), "QT_QPA_PLATFORM": "offscreen"}

    def start(self, *words: str) -> subprocess.Popen[str]:
        """The command, under way."""
        typed = [sys.executable, "-m", "salesboard_display", *words, "--config", "office.toml"]
        return subprocess.Popen(
            typed,
            cwd=self.folder,
            env=self.environ,
            text=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )

    @contextmanager
    def signing_in(self, *more: str) -> Iterator[tuple[subprocess.Popen[str], str]]:
        """`source sign-in`, and the address it says is to be opened."""
        command = self.start("source", "sign-in", "crm", "--redirect", self.redirect, *more)
        try:
            assert command.stdout is not None
            assert self.redirect in command.stdout.readline()
            yield command, command.stdout.readline().strip()
        finally:
            command.kill()
            command.communicate()


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Home]:
    made = Home(tmp_path)
    thread = threading.Thread(target=made.authority.serve_forever)
    thread.start()
    yield made
    made.authority.shutdown()
    thread.join()
    made.authority.server_close()


def browse(url: str) -> httpx.Response:
    return httpx.get(url, trust_env=False, follow_redirects=False)


def test_a_person_signs_in_once_and_the_source_is_let_in_from_then_on(home: Home) -> None:
    with home.signing_in() as (command, url):
        back = browse(url).headers["location"]
        forged = browse(f"{home.redirect}?{urlencode({'code': 'evil', 'state': 'another'})}")
        assert forged.status_code == 400
        assert browse(back).text == "You are signed in; this window can be closed."
        said, wrong = command.communicate(timeout=60)
        assert (command.returncode, wrong) == (0, "")
        assert "crm is signed in." in said
    with pytest.raises(httpx.ConnectError):
        browse(back)
    assert home.authority.good == "refresh-1"
    for count in (2, 3):
        trying = home.start("source", "try", "crm")
        said, wrong = trying.communicate(timeout=60)
        assert (trying.returncode, wrong) == (0, ""), said
        assert "Anna" in said
        assert home.authority.good == f"refresh-{count}"
    assert home.authority.kept_when_used == [True, True], "before the access token that came with it is used"
    assert home.authority.secrets.stat().st_mode & 0o777 == 0o600


def test_who_says_no_is_believed_and_nothing_is_kept(home: Home) -> None:
    with home.signing_in() as (command, url):
        state = dict(parse_qsl(urlsplit(url).query))["state"]
        no = {"error": "access_denied", "error_description": "Not today", "state": state}
        assert "That did not work" in browse(f"{home.redirect}?{urlencode(no)}").text
        _, wrong = command.communicate(timeout=60)
        assert (command.returncode, wrong) == (1, "Acme CRM did not let us in: Not today\n")
    assert not home.authority.secrets.exists()


def test_a_code_that_somebody_else_was_given_is_of_no_use(home: Home) -> None:
    with home.signing_in() as (command, url):
        asked = dict(parse_qsl(urlsplit(url).query))
        foreign = home.authority.authorize({**asked, "code_challenge": "of another verifier"})
        browse(foreign)
        _, wrong = command.communicate(timeout=60)
        assert command.returncode == 1
        assert "Acme CRM refuses the key: invalid_grant" in wrong
    assert not home.authority.secrets.exists()


def test_nobody_who_comes_is_said_after_the_wait(home: Home) -> None:
    with home.signing_in("--wait", "1") as (command, _):
        _, wrong = command.communicate(timeout=60)
        assert (command.returncode, wrong) == (1, "Nobody signed in.\n")
