"""What every test gets: a screenless Qt, honest guards, and the way to the shared data."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

# Before anything imports Qt: no screen, the renderer that every machine has, and a locale Qt accepts.
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ.setdefault("QT_QUICK_BACKEND", "software")
os.environ.setdefault("LC_ALL", "C.UTF-8")

pytest_plugins = ["tests.guards"]
pytest.register_assert_rewrite(
    "tests.sources.database_rules", "tests.servers.server_rules"
)  # tests that other modules collect

REPOSITORY = Path(__file__).resolve().parent.parent

_PATIENT = {"deadline": None, "suppress_health_check": [HealthCheck.too_slow]}  # slow machines pass too
settings.register_profile("quick", max_examples=25, **_PATIENT)
settings.register_profile("ci", max_examples=100, derandomize=True, **_PATIENT)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "quick"))


@pytest.fixture(scope="session")
def repository() -> Path:
    """The root of the checkout."""
    return REPOSITORY


@pytest.fixture(scope="session")
def shared_dir() -> Path:
    """The folder with facts and data shared with the project; SALESBOARD_SHARED, else beside the checkout."""
    return _folder(_shared(), "SALESBOARD_SHARED")


@pytest.fixture
def real_data(monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder with the real sales data; SALESBOARD_REAL_DATA is set to it, as the settings expect."""
    folder = real_data_folder()
    monkeypatch.setenv("SALESBOARD_REAL_DATA", str(folder))
    return folder


def real_data_folder() -> Path:
    """The folder with the real sales data: SALESBOARD_REAL_DATA, else a shared one. Skips without it."""
    told = os.environ.get("SALESBOARD_REAL_DATA")
    folder = Path(told) if told else _shared() / "data" / "crm-sales-opportunities"
    return _folder(folder, "SALESBOARD_REAL_DATA")


def _shared() -> Path:
    return Path(os.environ.get("SALESBOARD_SHARED", REPOSITORY.parent / "shared"))


def _folder(path: Path, variable: str) -> Path:
    """The folder, or a skip with the reason (which tests/guards.py turns into a failure in CI)."""
    if not path.is_dir():
        pytest.skip(f"there is no folder {path}; {variable} names another")
    return path.resolve()
