"""MariaDB from Debian's package, with one owner and one user who may only read."""

from __future__ import annotations

import shutil
import signal
import socket
from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import Any

import pymysql
import pytest

from tests.servers.running import Server, folder, free_port, run
from tests.sources.databases import QUERY, ROWS, TABLE, Database

OWNER, READER = "owner-pa55", "reader-pa55"
SLOW = f"{QUERY} WHERE (SELECT count(*) FROM seq_1_to_1000000 a, seq_1_to_1000000 b WHERE a.seq <> b.seq) > 0"


class MariaDB(Server):
    """A running server with the database `crm`."""

    def change(self, statement: str, database: str = "crm") -> None:
        """Run a statement as the owner."""
        connection: Any = pymysql.connect(
            host="127.0.0.1", port=self.port, user="owner", password=OWNER, database=database, autocommit=True
        )
        with closing(connection), connection.cursor() as cursor:
            cursor.execute(statement)

    def url(self, user: str = "reader", password: str = READER, database: str = "crm") -> str:
        """For a source."""
        return f"mariadb://{user}:{password}@127.0.0.1:{self.port}/{database}"

    def database(self) -> Database:
        """With the deals anew."""
        self.change("DROP TABLE IF EXISTS deals")
        self.change(TABLE)
        self.change(ROWS)
        return Database(self.url(), self.change, SLOW)


@contextmanager
def mariadb() -> Iterator[MariaDB]:
    """A server, started; ended with its data at the end."""
    install = shutil.which("mariadb-install-db")
    program = shutil.which("mariadbd", path="/usr/sbin:/usr/bin")
    if install is None or program is None:
        pytest.skip("there is no MariaDB; packaging/servers.sh installs it")
    port = free_port()
    with folder("mariadb") as home:
        run(
            install, "--no-defaults", f"--datadir={home / 'data'}", "--skip-test-db",
            "--auth-root-authentication-method=normal", cwd=home,
        )  # fmt: skip
        door = home / "socket"
        command = [program, "--no-defaults", f"--datadir={home / 'data'}", f"--port={port}"]
        command += ["--bind-address=127.0.0.1", f"--socket={door}", f"--pid-file={home / 'pid'}"]
        command += ["--innodb-flush-log-at-trx-commit=2", "--skip-name-resolve", "--sql-mode="]
        server = MariaDB([*command], home, port, lambda: _answers(port))
        server.start()
        try:
            _set_up(str(door))
            yield server
        finally:
            server.stop(signal.SIGTERM)


def _answers(port: int) -> bool:
    """It greets whoever comes."""
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=5) as line:
            return bool(line.recv(1))
    except OSError:
        return False


def _set_up(door: str) -> None:
    connection: Any = pymysql.connect(unix_socket=door, user="root", autocommit=True)
    with closing(connection), connection.cursor() as cursor:
        cursor.execute("CREATE DATABASE crm")
        cursor.execute(f"CREATE USER owner IDENTIFIED BY '{OWNER}'")
        cursor.execute("GRANT ALL ON *.* TO owner WITH GRANT OPTION")
        cursor.execute(f"CREATE USER reader IDENTIFIED BY '{READER}'")
        cursor.execute("GRANT SELECT ON crm.* TO reader")
