"""The window's language: which there are, which is wanted, and its translation loaded into Qt."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QCoreApplication, QLibraryInfo, QLocale, QTranslator

import assets

LANGUAGES = {"en": "English", "zh_CN": "简体中文"}
FOLDER = Path(assets.__file__).parent / "translations"


def wanted(asked: str = "") -> str:
    """`asked` where there is such a language, else the system's, else English."""
    if asked in LANGUAGES:
        return asked
    return "zh_CN" if QLocale.system().language() == QLocale.Language.Chinese else "en"


class Translations:
    """The translators that are installed now, so that another language can take their place."""

    def __init__(self) -> None:
        self._installed: list[QTranslator] = []
        self.language = "en"

    def load(self, language: str) -> None:
        """Speak a language from now on; texts already on the screen stay as they are."""
        for translator in self._installed:
            QCoreApplication.removeTranslator(translator)
        self._installed = []
        self.language = language
        if language == "en":
            return
        places = (
            (f"parallax_{language}", str(FOLDER)),
            (f"qtbase_{language}", QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath)),
        )
        for name, folder in places:
            translator = QTranslator()
            if translator.load(name, folder):
                QCoreApplication.installTranslator(translator)
                self._installed.append(translator)
