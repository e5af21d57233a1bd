"""Loads the wall's typeface and says which scripts this machine has no letters for."""

from __future__ import annotations

import logging

from PySide6.QtGui import QFont, QFontDatabase, QGuiApplication

from salesboard_display.paths import asset

log = logging.getLogger(__name__)
FAMILY = "Manrope"
EMOJI = ("Noto Color Emoji", "Segoe UI Emoji", "Apple Color Emoji", "Twemoji", "Noto Emoji")
FALLBACKS = (
    "Noto Sans",
    "Noto Sans Arabic",
    "Noto Sans Hebrew",
    "Noto Sans CJK SC",
    "Noto Sans CJK JP",
    "Noto Sans CJK KR",
    "Noto Sans Devanagari",
    "Noto Sans Thai",
    "Segoe UI",
    "Microsoft YaHei",
    "PingFang SC",
    "DejaVu Sans",
)
SCRIPTS = {
    "Greek": QFontDatabase.WritingSystem.Greek,
    "Cyrillic": QFontDatabase.WritingSystem.Cyrillic,
    "Arabic": QFontDatabase.WritingSystem.Arabic,
    "Hebrew": QFontDatabase.WritingSystem.Hebrew,
    "Devanagari": QFontDatabase.WritingSystem.Devanagari,
    "Chinese": QFontDatabase.WritingSystem.SimplifiedChinese,
    "Japanese": QFontDatabase.WritingSystem.Japanese,
    "Korean": QFontDatabase.WritingSystem.Korean,
}
PACKAGES = {
    "emoji": "fonts-noto-color-emoji",
    "Chinese": "fonts-noto-cjk",
    "Japanese": "fonts-noto-cjk",
    "Korean": "fonts-noto-cjk",
}
_loaded: set[str] = set()


def load_fonts() -> bool:
    """Make Manrope the application's typeface, with fallbacks for other scripts. False if it is not there."""
    for path in sorted(asset("fonts").glob("*.ttf")):
        if str(path) not in _loaded:
            if QFontDatabase.addApplicationFont(str(path)) < 0:
                log.warning("the font %s cannot be loaded", path.name)
            _loaded.add(str(path))
    there = set(QFontDatabase.families())
    for family in EMOJI:
        if family in there and family not in QFontDatabase.applicationEmojiFontFamilies():
            QFontDatabase.addApplicationEmojiFontFamily(family)
    font = QFont(FAMILY)
    font.setFamilies([FAMILY, *(family for family in FALLBACKS if family in there)])
    QGuiApplication.setFont(font)
    return FAMILY in there


def missing_scripts() -> list[tuple[str, str]]:
    """The scripts nobody's name can be written in here, each with the Debian package that would help."""
    there = set(QFontDatabase.families())
    missing = [name for name, system in SCRIPTS.items() if not QFontDatabase.families(system)]
    if not there.intersection(EMOJI):
        missing.append("emoji")
    return [(name, PACKAGES.get(name, "fonts-noto-core")) for name in missing]
