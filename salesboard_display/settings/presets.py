"""Finding presets by name and reading them: those that come with the program, and the office's own."""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path

from salesboard_display.settings.fieldtypes import check_id
from salesboard_display.settings.preset import Preset
from salesboard_display.settings.presetfaults import preset_faults
from salesboard_display.settings.problems import Expected, Fault, SettingsError, phrase
from salesboard_display.settings.reader import Reader, decode, read_bytes

PACKAGED = Path(__file__).parent.parent / "sources" / "presets"


def is_preset_name(name: str) -> bool:
    """Whether a preset can be called so."""
    try:
        return check_id(name) == name
    except Expected:
        return False


class PresetUnknown(LookupError):
    """There is no preset of that name; ``known`` are the names there are, ``looked_at`` the files looked
    for."""

    def __init__(self, name: str, known: tuple[str, ...], looked_at: tuple[Path, ...]) -> None:
        super().__init__(name)
        self.known, self.looked_at = known, looked_at


def packaged_names() -> tuple[str, ...]:
    """The presets that come with the program; an office's own cannot have one of these names."""
    return tuple(sorted(path.stem for path in PACKAGED.glob("*.toml")))


def find_preset(name: str, folder: Path) -> Path:
    """The preset's file: packaged, or ``NAME.toml`` in the settings' folder or its folder ``sources``.
    Raises PresetUnknown."""
    known = packaged_names()
    if name in known:
        return PACKAGED / f"{name}.toml"
    places = _places(name, folder)
    for place in places:
        if place.is_file():
            return place
    raise PresetUnknown(name, known, places)


def own_presets(text: str, folder: Path) -> dict[str, Path]:
    """The presets of the office's own that a settings text names → where each lies, or would."""
    try:
        sources = tomllib.loads(text).get("sources", {}) if "preset" in text else {}
    except (ValueError, RecursionError):
        return {}
    tables = sources.values() if isinstance(sources, dict) else ()
    names = {table.get("preset") for table in tables if isinstance(table, dict)}
    own = sorted(name for name in names if isinstance(name, str) and is_preset_name(name))
    return {
        name: next((place for place in _places(name, folder) if place.is_file()), _places(name, folder)[0])
        for name in own
        if name not in packaged_names()
    }


def _places(name: str, folder: Path) -> tuple[Path, Path]:
    return folder / f"{name}.toml", folder / "sources" / f"{name}.toml"


def load_preset(name: str, folder: Path) -> Preset:
    """The preset of that name. Raises PresetUnknown, or SettingsError naming file, line and key."""
    path = find_preset(name, folder)
    return _packaged(path) if path.parent == PACKAGED else read_preset(path)


def read_preset(path: Path) -> Preset:
    """The preset in a file. Raises SettingsError with everything that is wrong with it."""
    reader = PresetReader(path, decode(read_bytes(path), path), Preset)
    preset = reader.read({})
    if preset is None or reader.problems:
        raise SettingsError(reader.sorted())
    return preset


_packaged = cache(read_preset)


class PresetReader(Reader[Preset]):
    """One reading of a preset's file."""

    what = phrase("a preset (TOML)")
    begins = phrase("a preset that begins with `version = 1`")

    def faults(self, read: Preset | None) -> list[Fault]:
        """Templates, streams and strategies that do not fit together."""
        return list(preset_faults(self.document))
