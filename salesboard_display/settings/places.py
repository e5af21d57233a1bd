"""Where the settings file and its data are on this computer, and what the computer says about itself."""

from __future__ import annotations

import hashlib
import os
import re
import tomllib
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import platformdirs

from salesboard_display.settings.model import Settings

_APP = "salesboard-display"
_FILE = "salesboard-display.toml"
_LOCALE = re.compile(r"[A-Za-z]{2,3}([_-][A-Za-z0-9]{2,8}){0,3}")


def default_path() -> Path:
    """The settings file in this user's configuration folder; it need not exist."""
    return Path(platformdirs.user_config_dir(_APP, appauthor=False)) / _FILE


def secrets_path() -> Path:
    """This user's file of secrets, for computers without a keyring; it need not exist."""
    return Path(platformdirs.user_config_dir(_APP, appauthor=False)) / "secrets.json"


def data_folder(settings_path: Path | str) -> Path:
    """The folder for everything that belongs to one settings file: the same for every way to write its path.

    It lies in this user's data folder and need not exist.
    """
    real = os.path.normcase(os.path.realpath(settings_path))
    tag = hashlib.sha256(os.fsencode(real)).hexdigest()[:12]
    return Path(platformdirs.user_data_dir(_APP, appauthor=False)) / f"{Path(settings_path).stem[:40]}-{tag}"


def store_path(settings: Settings, settings_path: Path | str) -> Path:
    """The database file: `[store] path` (relative to the settings file), else one in `data_folder`."""
    if settings.store.path:
        return beside(settings_path, settings.store.path)
    return data_folder(settings_path) / "store.db"


def beside(settings_path: Path | str, path: str) -> Path:
    """A path from the settings: absolute, from the home folder (`~`), or relative to the settings file."""
    return Path(os.path.abspath(Path(settings_path).parent / Path(path).expanduser()))


def office_zone(settings: Settings) -> str:
    """The office's IANA time zone: from the settings, else this computer's, else UTC."""
    return settings.office.zone or _system_zone()


def office_locale(settings: Settings | None = None) -> str:
    """The office's locale, say "de_DE": from the settings, else this computer's, else en_US."""
    if settings is not None and settings.office.locale:
        return settings.office.locale
    from babel import default_locale

    try:
        name = default_locale(("LC_ALL", "LC_NUMERIC", "LC_MONETARY", "LANG"))
    except ValueError:  # the environment names a locale that cannot be one
        name = None
    return "en_US" if name is None or "POSIX" in name else name


def plain_locale(path: Path) -> str:
    """The locale that settings with mistakes name all the same, "" where that cannot be told."""
    try:
        office = tomllib.loads(path.read_text("utf-8-sig")).get("office", {})
        name = office.get("locale") if isinstance(office, dict) else None
    except (OSError, ValueError, RecursionError):
        return ""
    return name if isinstance(name, str) and _LOCALE.fullmatch(name) else ""


def _system_zone() -> str:
    from babel.localtime import get_localzone

    try:
        name = getattr(get_localzone(), "key", "")
        ZoneInfo(name)
    except (LookupError, ValueError, OSError, ZoneInfoNotFoundError):
        return "UTC"
    return str(name)
