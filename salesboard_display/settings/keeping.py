"""Keeps the last good settings: a bad edit, even across a restart, leaves the wall as it was and says why."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from salesboard_display.settings.disk import write_atomically
from salesboard_display.settings.loading import Loaded, load, load_text
from salesboard_display.settings.places import data_folder
from salesboard_display.settings.problems import Problem, SettingsError
from salesboard_display.settings.reader import decode, read_bytes

_LAST_GOOD = "last-good.toml"
_PRESETS = "last-good-presets"
_log = logging.getLogger(__name__)


class SettingsKeeper:
    """The settings in force and what is wrong with the file.

    ``current`` is always good; ``problems`` are empty while it is what the file says. ``folder`` (by default
    the data folder) keeps the text of the last good settings, with its `${env:…}` as written, and of the
    office's own presets.
    """

    def __init__(
        self, path: Path | str, folder: Path | None = None, environ: Mapping[str, str] | None = None
    ) -> None:
        """Load the file, else the last good text. Raises SettingsError when neither can be used."""
        self.path = Path(path)
        self.problems: tuple[Problem, ...] = ()
        self._kept = (folder if folder is not None else data_folder(path)) / _LAST_GOOD
        self._presets = self._kept.with_name(_PRESETS)
        self._environ = environ
        try:
            self.current = load(self.path, environ)
            self._keep()
        except SettingsError as error:
            self.problems = error.problems
            self.current = self._last_good(error)

    @property
    def warnings(self) -> tuple[Problem, ...]:
        """What is amiss with the settings in force."""
        return self.current.problems

    def take(self, news: Loaded | SettingsError) -> bool:
        """Take what `watching.watch` (or `load`) found; True when other settings are in force now."""
        if isinstance(news, SettingsError):
            self.problems = news.problems
            return False
        other = news.settings != self.current.settings
        self.current, self.problems = news, ()
        self._keep()
        return other

    def reload(self) -> bool:
        """Look at the file again; True when other settings are in force now."""
        try:
            return self.take(load(self.path, self._environ))
        except SettingsError as error:
            return self.take(error)

    def _last_good(self, error: SettingsError) -> Loaded:
        try:
            text = decode(read_bytes(self._kept), self._kept)
            loaded = load_text(text, self.path, self._environ, self._presets)
        except SettingsError:
            raise error from None
        return replace(
            loaded, stamp="", seen=""
        )  # it is not what the file holds, so no change can build on it

    def _keep(self) -> None:
        kept = {self._presets / f"{name}.toml": data for name, data in self.current.presets.items()}
        kept[self._kept] = self.current.text.encode()  # last: it names the others
        try:
            for path, data in kept.items():
                if not path.is_file() or path.read_bytes() != data:
                    write_atomically(path, data)
        except OSError as error:  # a full disk takes away the safety net, not the settings
            _log.warning("the last good settings cannot be kept in %s: %s", self._kept, error)
