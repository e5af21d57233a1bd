"""Reading a settings file: text → document → model, with every problem found on the way."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from salesboard_display.settings.environment import Filled, fill
from salesboard_display.settings.model import VERSION, Settings
from salesboard_display.settings.problems import (
    Fault,
    Problem,
    SettingsError,
    phrase,
)
from salesboard_display.settings.rates import contradicting_rates
from salesboard_display.settings.reader import Reader, decode, read_bytes
from salesboard_display.settings.ready import with_ready_parts
from salesboard_display.settings.references import faults, unheard_kinds
from salesboard_display.settings.secrets import misused
from salesboard_display.settings.upgrades import VersionError, upgrade


@dataclass(frozen=True, slots=True)
class Loaded:
    """Settings as they were read. ``problems`` are warnings: the settings work, yet something is amiss.

    ``stamp`` tells one state of the file from another; ``version`` is the file's own, ``text`` its text.
    """

    settings: Settings
    path: Path
    problems: tuple[Problem, ...] = ()
    stamp: str = ""
    version: int = VERSION
    text: str = field(default="", repr=False)


def load(path: Path | str, environ: Mapping[str, str] | None = None) -> Loaded:
    """The settings in the file. Raises SettingsError with every problem; the file is never changed."""
    path = Path(path)
    data = read_bytes(path)
    return load_text(decode(data, path), path, environ)


def load_text(text: str, path: Path | str, environ: Mapping[str, str] | None = None) -> Loaded:
    """As `load`, for the text of a file that belongs at ``path``. ``environ`` defaults to the process's."""
    path = Path(path)
    reader = _SettingsReader(path, text, Settings)
    settings = reader.read(os.environ if environ is None else environ)
    if settings is None or reader.problems:
        raise SettingsError(reader.sorted())
    made = {kind for source in settings.sources.values() for kind in source.kinds}
    faults_found = (*unheard_kinds(reader.document, made), *contradicting_rates(settings))
    warnings = tuple(reader.problem(f.path, f.found, f.expected, f.nearest) for f in faults_found)
    return Loaded(settings, path, warnings, stamp_of(text.encode()), reader.version, text)


def stamp_of(data: bytes) -> str:
    """What tells one content of a file from another."""
    return hashlib.sha256(data.removeprefix(b"\xef\xbb\xbf")).hexdigest()


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
