"""The demo office's settings, which travel with the program."""

from __future__ import annotations

from pathlib import Path

from salesboard_display.settings.loading import Loaded, load
from salesboard_display.settings.model import Settings


def demo_path() -> Path:
    """The settings file of the demo office; it is read-only."""
    return Path(__file__).with_name("demo.toml")


def load_demo() -> Loaded:
    """The demo office, as loaded from its file."""
    return load(demo_path())


def demo_settings() -> Settings:
    """The demo office."""
    return load_demo().settings
