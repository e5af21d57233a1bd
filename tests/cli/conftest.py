"""A small office with a home of its own, and the command line in this process."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtGui import QGuiApplication
from typer.testing import CliRunner, Result

from salesboard_display.cli import app
from tests.engine.offices import OfficeFolder

AT = "2026-03-18T12:00"
"""An instant in the month of the small office's deals."""

Typed = Callable[..., Result]


@pytest.fixture(autouse=True)
def _own_home(qapp: QGuiApplication, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A home of the test's own and no screen; Qt's application is pytest-qt's, never a command's own."""
    for name in ("HOME", "XDG_DATA_HOME", "XDG_CONFIG_HOME", "XDG_STATE_HOME", "XDG_CACHE_HOME"):
        monkeypatch.setenv(name, str(tmp_path / "home"))
    monkeypatch.setenv("QT_QPA_PLATFORM", "offscreen")
    for name in ("DISPLAY", "WAYLAND_DISPLAY"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def office(tmp_path: Path) -> OfficeFolder:
    """Anna won 300 €, Ben 200 €, both on 10 March 2026."""
    folder = tmp_path / "office"
    folder.mkdir()
    made = OfficeFolder(folder)
    made.deals(("d1", "Anna Arc", 300), ("d2", "Ben Bow", 200), at="2026-03-10 10:00:00")
    return made


@pytest.fixture
def typed(office: OfficeFolder) -> Typed:
    """Types a command about the small office (or about ``config``)."""

    def run(*words: str, config: Path | None = None) -> Result:
        return typed_alone(*words, "--config", str(config or office.settings))

    return run


def typed_alone(*words: str) -> Result:
    """Types a command just so."""
    return CliRunner().invoke(app, list(words), catch_exceptions=False)
