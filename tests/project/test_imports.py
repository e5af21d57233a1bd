"""Who may import what: core is pure, each outside library lives where the architecture puts it."""

from __future__ import annotations

import sys

import pytest

from tests.project.code import imported, modules

STANDARD_LIBRARY = sys.stdlib_module_names | {"__future__"}

# Library -> the parts that may import it directly; everything else reaches it through them, or not at all.
HOMES = {
    "PySide6": {"views", "admin", "app.py"},
    "shiboken6": {"views", "admin", "app.py"},
    "pyqtgraph": {"views", "admin", "app.py"},
    "httpx": {"sources"},
    "sqlalchemy": {"store", "sources/sql"},
    "alembic": {"store"},
    "jmespath": {"sources", "settings"},
    "python_calamine": {"sources"},
    "pydantic": {"settings", "sources"},
    "tomlkit": {"settings", "admin"},
    "typer": {"cli.py", "cli_secret.py", "cli_source.py"},
}
INPUT_AND_OUTPUT = {"os", "io", "pathlib", "socket", "sqlite3", "subprocess", "asyncio", "threading"}
CHANCE_AND_CLOCKS = {"time", "random", "secrets"}  # time is an argument


@pytest.mark.parametrize("module", [name for name in modules() if name.startswith("core/")])
def test_core_imports_the_standard_library_and_itself_only(module: str) -> None:
    strangers = [
        f"line {line}: {name}"
        for line, name in imported(modules()[module])
        if not name.startswith(("salesboard_display.core", "."))
        and name.partition(".")[0] not in STANDARD_LIBRARY - INPUT_AND_OUTPUT - CHANCE_AND_CLOCKS
    ]
    assert strangers == []


def lives_in(module: str, home: str) -> bool:
    return module == home or module.startswith(f"{home}/") or module == f"{home}.py"


@pytest.mark.parametrize("library", HOMES)
def test_a_library_is_imported_where_it_lives_only(library: str) -> None:
    outside = [
        f"{module}:{line}"
        for module, tree in modules().items()
        for line, name in imported(tree)
        if name.partition(".")[0] == library and not any(lives_in(module, home) for home in HOMES[library])
    ]
    assert outside == []
