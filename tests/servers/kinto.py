"""A Kinto server, and a client of it that writes deals as another program would."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx

from tests.servers.running import Server, folder, free_port, installed

USER, PASSWORD = "wall", "secret-of-the-wall"
PAGE, BACKOFF_S = 2, 3
"""Records on a page, and how long every reply asks for patience."""
_CONFIGURATION = """
[server:main]
use = egg:waitress
host = 127.0.0.1
port = {port}
[app:main]
use = egg:kinto
kinto.storage_backend = kinto.core.storage.memory
kinto.permission_backend = kinto.core.permission.memory
kinto.cache_backend = kinto.core.cache.memory
kinto.userid_hmac_secret = test
kinto.includes = kinto.plugins.accounts
multiauth.policies = account
multiauth.policy.account.use = kinto.plugins.accounts.authentication.AccountsAuthenticationPolicy
kinto.account_create_principals = system.Everyone
kinto.bucket_create_principals = system.Authenticated
kinto.paginate_by = {page}
kinto.backoff = {backoff}
"""


class Kinto(Server):
    """The server, with a collection of deals in it."""

    unprivileged = False

    def __init__(self, home: Path) -> None:
        port = free_port()
        self.url = f"http://127.0.0.1:{port}/v1"
        configuration = home / "kinto.ini"
        text = _CONFIGURATION.format(port=port, page=PAGE, backoff=BACKOFF_S)
        configuration.write_text(text, "utf-8")
        command: list[str | Path] = [installed("kinto/bin/kinto"), "start", "--ini", configuration]
        super().__init__([*command, "--port", str(port)], home, port, self._beats)
        self._client = httpx.Client(auth=(USER, PASSWORD), timeout=30)

    def _beats(self) -> bool:
        try:
            return self._client.get(f"{self.url}/__heartbeat__", auth=None).is_success
        except httpx.TransportError:
            return False

    def make_collection(self) -> None:
        """An account, a bucket and an empty collection."""
        account = {"data": {"password": PASSWORD}}
        self._client.put(f"{self.url}/accounts/{USER}", json=account, auth=None).raise_for_status()
        for path in ("buckets/crm", "buckets/crm/collections/deals"):
            self._client.put(f"{self.url}/{path}", json={}).raise_for_status()

    def put(self, id_: str, **deal: Any) -> None:
        """Write a whole deal."""
        self._client.put(self._record(id_), json={"data": deal}).raise_for_status()

    def change(self, id_: str, **fields: Any) -> None:
        """Change some of its fields."""
        self._client.patch(self._record(id_), json={"data": fields}).raise_for_status()

    def delete(self, id_: str) -> None:
        """Delete it; a tombstone stays."""
        self._client.delete(self._record(id_)).raise_for_status()

    def delete_all(self) -> None:
        """Delete every record, a page at a time; their tombstones stay."""
        while self._client.delete(f"{self.url}/buckets/crm/collections/deals/records").json()["data"]:
            pass

    def close(self) -> None:
        """Close the client."""
        self._client.close()

    def _record(self, id_: str) -> str:
        return f"{self.url}/buckets/crm/collections/deals/records/{id_}"


@contextmanager
def kinto() -> Iterator[Kinto]:
    """The server, running."""
    with folder("kinto") as home:
        server = Kinto(home)
        server.start()
        try:
            server.make_collection()
            yield server
        finally:
            server.stop()
            server.close()
