"""The window's language: which there are, which is wanted, and its translation loaded into Qt."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QCoreApplication, QLibraryInfo, QLocale, QTranslator

from workbench.i18n.compiled import compiled

LANGUAGES = {"en": "English", "zh_CN": "简体中文"}


def wanted(preferred: str = "") -> str:
    """`preferred` where there is such a language, else the system's, else English."""
    if preferred in LANGUAGES:
        return preferred
    return "zh_CN" if QLocale.system().language() == QLocale.Language.Chinese else "en"


class Translations:
    """The translators that are installed now, so that another language can replace them."""

    def __init__(self) -> None:
        self._installed: list[QTranslator] = []
        self.language = "en"

    def load(self, language: str) -> None:
        """Show texts in this language from now on; texts already on the screen stay as they are."""
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
