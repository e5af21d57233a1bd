"""The words written in QML, in the office's language."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QCoreApplication, QLocale, QTranslator

FOLDER = Path(__file__).resolve().parent / "i18n"


def translator_for(locale: str) -> QTranslator | None:
    """The translator of a locale like "de_DE", or None where the words are English's (or nobody's)."""
    translator = QTranslator()
    return translator if translator.load(QLocale(locale), "", "", str(FOLDER), ".qm") else None


class Language:
    """Holds the one translator installed at a time."""

    def __init__(self) -> None:
        self._locale = ""
        self._translator: QTranslator | None = None

    def speak(self, locale: str) -> bool:
        """Install the words of a locale. True when something may read differently now."""
        if locale == self._locale:
            return False
        self._locale = locale
        before = self._translator
        self.forget()
        self._translator = translator_for(locale)
        if self._translator is not None:
            QCoreApplication.installTranslator(self._translator)
        return before is not None or self._translator is not None

    def forget(self) -> None:
        """Back to the words in the source."""
        if self._translator is not None:
            QCoreApplication.removeTranslator(self._translator)
            self._translator = None
