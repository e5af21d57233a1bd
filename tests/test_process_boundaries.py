"""The wall process never loads what belongs to the engine: not the engine, not the store, not the network."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest

from tests.conftest import REPOSITORY

FORBIDDEN = ("salesboard_display.engine", "salesboard_display.store", "salesboard_display.sources")
FORBIDDEN += (
    "salesboard_display.settings",
    "pydantic",
    "tomlkit",
    "babel",
    "jmespath",
    "watchfiles",
    "python_calamine",
)
FORBIDDEN += ("sqlalchemy", "alembic", "httpx", "pyqtgraph", "numpy")


def loaded_by(*modules: str) -> list[str]:
    """The modules in memory after importing some in a fresh process."""
    code = f"import {', '.join(modules)}, sys, json; print(json.dumps(sorted(sys.modules)))"
    env = os.environ | {"QT_QPA_PLATFORM": "offscreen"}
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env=env, timeout=60)
    assert result.returncode == 0, result.stderr
    names: list[str] = json.loads(result.stdout)
    return names


@pytest.mark.parametrize("wall", ["salesboard_display.app", "salesboard_display.views.wall"])
def test_the_wall_process_loads_nothing_of_the_engine(wall: str) -> None:
    assert [name for name in loaded_by(wall) if name.startswith(FORBIDDEN)] == []


def test_the_wall_as_it_is_started_loads_nothing_of_the_engine_either() -> None:
    started = loaded_by("salesboard_display.cli", "salesboard_display.app", "salesboard_display.views.wall")
    assert [name for name in started if name.startswith(FORBIDDEN)] == []


def test_the_engine_as_it_is_started_loads_no_qt() -> None:
    started = loaded_by(
        "salesboard_display.cli", "salesboard_display.engine.process", "salesboard_display.engine.engine"
    )
    assert "salesboard_display.store" in started
    assert [
        name for name in started if name.startswith(("PySide6", "shiboken6", "salesboard_display.views"))
    ] == []


def test_an_engine_of_files_loads_no_http_client_and_no_server() -> None:
    started = loaded_by(
        "salesboard_display.cli", "salesboard_display.engine.process", "salesboard_display.engine.engine"
    )
    assert {"httpx", "keyring", "cryptography", "uvicorn", "starlette", "psycopg"}.isdisjoint(started)


def all_of(part: str) -> list[str]:
    """The names of every module of a part of the package."""
    files = sorted((REPOSITORY / "salesboard_display" / part).rglob("*.py"))
    parts = [file.relative_to(REPOSITORY).with_suffix("").parts for file in files]
    return [".".join(names).removesuffix(".__init__") for names in parts if "migrations" not in names]


def test_nothing_below_the_views_loads_qt() -> None:
    parts = ("core", "settings", "store", "sources", "themes", "engine")
    below = [name for part in parts for name in all_of(part)]
    assert len(below) > 20
    assert [name for name in loaded_by(*below) if name.startswith(("PySide6", "shiboken6"))] == []


def test_the_commands_load_neither_qt_nor_alembic_before_they_are_needed() -> None:
    loaded = loaded_by("salesboard_display.cli")
    assert [name for name in loaded if name.startswith(("PySide6", "alembic", "numpy"))] == []
