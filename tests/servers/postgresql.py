"""PostgreSQL from Debian's package, with one owner and one user who may only read."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import psycopg
import pytest

from tests.servers.running import Server, folder, free_port, run
from tests.sources.databases import QUERY, ROWS, TABLE, Database

OWNER, READER = "owner-pa55", "reader-pa55"


def programs() -> Path:
    """The newest server's folder. Skips without one."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/postgres"), key=lambda path: int(path.parts[-3]))
    if not found:
        pytest.skip("there is no PostgreSQL; packaging/servers.sh installs it")
    return found[-1].parent


class PostgreSQL(Server):
    """A running server with the database `crm`."""

    def connect(self, database: str = "crm") -> psycopg.Connection:
        """As the owner."""
        return psycopg.connect(
            host="127.0.0.1", port=self.port, user="owner", password=OWNER, dbname=database, autocommit=True
        )

    def change(self, statement: str) -> None:
        """Run a statement as the owner."""
        with closing(self.connect()) as connection:
            connection.execute(statement.encode())

    def url(self, user: str = "reader", password: str = READER, database: str = "crm") -> str:
        """For a source."""
        return f"postgresql://{user}:{password}@127.0.0.1:{self.port}/{database}"

    def database(self) -> Database:
        """With the deals anew."""
        self.change("DROP SCHEMA public CASCADE")
        self.change("CREATE SCHEMA public")
        self.change(TABLE)
        self.change(ROWS)
        self.change("GRANT USAGE ON SCHEMA public TO reader")
        self.change("GRANT SELECT ON deals TO reader")
        return Database(self.url(), self.change, f"{QUERY} CROSS JOIN (SELECT pg_sleep(20)) AS slept")


@contextmanager
def postgresql() -> Iterator[PostgreSQL]:
    """A server, started; ended with its data at the end."""
    bin_, port = programs(), free_port()
    with folder("postgresql") as home:
        (home / "password").write_text(OWNER)
        (home / "password").chmod(0o644)
        run(
            bin_ / "initdb", "-D", home / "data", "-U", "owner", "-A", "scram-sha-256", "-E", "UTF8",
            "--pwfile", home / "password", "--locale", "C.UTF-8", "--no-sync", cwd=home,
        )  # fmt: skip
        command = [bin_ / "postgres", "-D", home / "data", "-p", str(port), "-k", home, "-c", "fsync=off"]
        server = PostgreSQL([*command, "-h", "127.0.0.1"], home, port, lambda: _answers(server))
        server.start()
        try:
            with closing(server.connect("postgres")) as connection:
                connection.execute("CREATE DATABASE crm")
                connection.execute(f"CREATE ROLE reader LOGIN PASSWORD '{READER}'")  # type: ignore[arg-type]
            yield server
        finally:
            server.stop(signal.SIGINT)


def _answers(server: PostgreSQL) -> bool:
    try:
        server.connect("postgres").close()
    except psycopg.OperationalError:
        return False
    return True
