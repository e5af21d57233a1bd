"""Reading a settings file: text → document → model, with every problem found on the way."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from salesboard_display.settings.environment import Filled, fill
from salesboard_display.settings.model import VERSION, Settings
from salesboard_display.settings.presets import own_presets
from salesboard_display.settings.problems import Fault, Problem, SettingsError, phrase
from salesboard_display.settings.rates import contradicting_rates
from salesboard_display.settings.reader import Reader, decode, read_bytes
from salesboard_display.settings.ready import with_ready_parts
from salesboard_display.settings.references import faults, unheard_kinds
from salesboard_display.settings.secrets import misused
from salesboard_display.settings.upgrades import VersionError, upgrade


@dataclass(frozen=True, slots=True)
class Loaded:
    """Settings as they were read. ``problems`` are warnings: the settings work, yet something is amiss.

    ``stamp`` tells one state of the file from another, ``seen`` also those of the presets beside it, whose
    texts are ``presets``; ``version`` is the file's own, ``text`` its text.
    """

    settings: Settings
    path: Path
    problems: tuple[Problem, ...] = ()
    stamp: str = ""
    version: int = VERSION
    text: str = field(default="", repr=False)
    presets: dict[str, bytes] = field(default_factory=dict, repr=False)
    seen: str = ""


def load(path: Path | str, environ: Mapping[str, str] | None = None) -> Loaded:
    """The settings in the file. Raises SettingsError with every problem; the file is never changed."""
    path = Path(path)
    data = read_bytes(path)
    return load_text(decode(data, path), path, environ)


def load_text(
    text: str,
    path: Path | str,
    environ: Mapping[str, str] | None = None,
    presets_folder: Path | None = None,
) -> Loaded:
    """As `load`, for the text of a file that belongs at ``path``. ``environ`` defaults to the process's;
    presets of the office's own lie beside the file or in ``presets_folder``."""
    path = Path(path)
    folder = path.parent if presets_folder is None else presets_folder
    presets = preset_bytes(text, folder)  # before they are read: what is edited meanwhile is seen later
    reader = _SettingsReader(path, text, Settings)
    settings = reader.read(os.environ if environ is None else environ, folder)
    if settings is None or reader.problems:
        raise SettingsError(reader.sorted())
    made = {kind for source in settings.sources.values() for kind in source.kinds}
    faults_found = (*unheard_kinds(reader.document, made), *contradicting_rates(settings))
    warnings = tuple(reader.problem(f.path, f.found, f.expected, f.nearest) for f in faults_found)
    stamp = stamp_of(text.encode())
    return Loaded(settings, path, warnings, stamp, reader.version, text, presets, seen_as(stamp, presets))


def stamp_of(data: bytes) -> str:
    """What tells one content of a file from another."""
    return hashlib.sha256(data.removeprefix(b"\xef\xbb\xbf")).hexdigest()


def preset_bytes(text: str, folder: Path) -> dict[str, bytes]:
    """The office's own presets that a settings text names, as they lie in the folder."""
    found = {}
    for name, path in own_presets(text, folder).items():
        with suppress(SettingsError):
            found[name] = read_bytes(path)
    return found


def seen_as(stamp: str, presets: Mapping[str, bytes]) -> str:
    """The stamp of a settings file together with those of its presets."""
    return " ".join([stamp, *(f"{name}:{stamp_of(data)}" for name, data in sorted(presets.items()))])


class _SettingsReader(Reader[Settings]):
    """One reading of a settings file."""

    what = phrase("a settings file (TOML)")
    begins = phrase("settings that begin with `version = {version}`", version=VERSION)
    version = VERSION

    def filled(self, environ: Mapping[str, str]) -> Filled:
        filled = fill(self.raw, environ)
        filled.document = with_ready_parts(filled.document)
        filled.missing.extend(misused(filled.document))
        return filled

    def faults(self, read: Settings | None) -> list[Fault]:
        return faults(self.document)

    def upgraded(self) -> Fault | None:
        try:
            self.version = upgrade(self.raw)
        except VersionError as error:
            return Fault(("version",), error.found, error.expected)
        return None
