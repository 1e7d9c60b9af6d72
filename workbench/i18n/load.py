"""The window's language: the available ones, the chosen one, and loading its translation into Qt."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QCoreApplication, QLibraryInfo, QLocale, QTranslator

from workbench.i18n.compiled import compiled

LANGUAGES = {"en": "English", "zh_CN": "简体中文"}


def wanted(preferred: str = "") -> str:
    """`preferred` if it is available, else the system's language, else English."""
    if preferred in LANGUAGES:
        return preferred
    return "zh_CN" if QLocale.system().language() == QLocale.Language.Chinese else "en"


class Translations:
    """The installed translators, which are replaced when the language changes."""

    def __init__(self) -> None:
        self._installed: list[QTranslator] = []
        self.language = "en"

    def load(self, language: str) -> None:
        """Install the translation of a language; texts that are already on the screen do not change."""
        for translator in self._installed:
            QCoreApplication.removeTranslator(translator)
        self._installed = []
        self.language = language
        if language == "en":
            return
        own = compiled(language)
        qt = Path(QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath)) / f"qtbase_{language}.qm"
        for file in (own, qt):
            translator = QTranslator()
            if file is not None and translator.load(str(file)):
                QCoreApplication.installTranslator(translator)
                self._installed.append(translator)
