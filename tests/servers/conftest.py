"""The servers, each started once for all of its tests. A new server gets its fixture here."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.servers.keyring import Keyring, keyring
from tests.servers.kinto import Kinto, kinto
from tests.servers.mariadb import MariaDB, mariadb
from tests.servers.postgresql import PostgreSQL, postgresql
from tests.servers.tryton import Tryton, database, tryton


@pytest.fixture(scope="session")
def postgresql_server() -> Iterator[PostgreSQL]:
    """PostgreSQL on loopback."""
    with postgresql() as server:
        yield server


@pytest.fixture(scope="session")
def mariadb_server() -> Iterator[MariaDB]:
    """MariaDB on loopback."""
    with mariadb() as server:
        yield server


@pytest.fixture
def keyring_session() -> Iterator[Keyring]:
    """A desktop session of its own with a keyring in it."""
    with keyring() as session:
        yield session


@pytest.fixture
def kinto_server() -> Iterator[Kinto]:
    """Kinto on loopback, with an empty collection of deals."""
    with kinto() as server:
        yield server


@pytest.fixture(scope="session")
def tryton_database() -> Path:
    """A database for Tryton, to copy."""
    return database()


@pytest.fixture
def tryton_server(tryton_database: Path) -> Iterator[Tryton]:
    """Tryton on loopback, with a company of two employees."""
    with tryton(tryton_database) as server:
        yield server
