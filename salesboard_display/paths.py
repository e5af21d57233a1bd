"""Where the files that travel with the program are: fonts, sounds, icons, demo pictures, ready mappings."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent


def asset(*parts: str) -> Path:
    """The path of an asset, say ``asset("fonts", "Manrope-Bold.ttf")``; without parts, the folder of all.

    Works alike from an installed wheel, from a checkout and from a frozen build.
    Raises FileNotFoundError, naming the places looked at, when there is no such file or folder.
    """
    looked_at = []
    for folder in _asset_folders():
        path = folder.joinpath(*parts)
        if path.exists():
            return path
        looked_at.append(str(path))
    raise FileNotFoundError(f"no asset {'/'.join(parts)!r}; looked at {', '.join(looked_at)}")


def ready_webhooks() -> Path:
    """The folder of the mappings of webhooks that come with the program, a TOML file each."""
    return _PACKAGE / "sources" / "webhook" / "ready"


def _asset_folders() -> Iterator[Path]:
    """The candidates, most specific first: frozen build, wheel, checkout."""
    frozen = getattr(sys, "_MEIPASS", None)  # PyInstaller's unpacked bundle
    if frozen is not None:
        yield Path(frozen) / "salesboard_display" / "assets"
        yield Path(frozen) / "assets"
    yield _PACKAGE / "assets"
    if (_PACKAGE.parent / "pyproject.toml").is_file():
        yield _PACKAGE.parent / "assets"
