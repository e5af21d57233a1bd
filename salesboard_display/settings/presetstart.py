"""What a preset of one's own begins with, and how it is named in the settings."""

from __future__ import annotations

from pathlib import Path

from salesboard_display.settings.preset import Preset
from salesboard_display.settings.presets import PACKAGED
from salesboard_display.settings.saving import as_toml


def start_of(like: str | None) -> Path:
    """A commented preset to begin with, or the packaged one it is to be like."""
    return Path(__file__).with_name("starter.toml") if like is None else PACKAGED / f"{like}.toml"


def options_to_give(preset: Preset, name: str) -> str:
    """What has to be given to a preset called ``name``, as an inline table of TOML: secrets by a reference,
    the rest by its example."""
    needed = {key: option for key, option in preset.options.items() if option.default is None}
    alone = sum(option.secret for option in needed.values()) == 1
    given = {
        key: f"${{secret:{name if alone else f'{name}-{key}'}}}" if option.secret else option.example
        for key, option in needed.items()
    }
    return f"{{ {', '.join(f'{key} = {as_toml(value)}' for key, value in given.items())} }}"
