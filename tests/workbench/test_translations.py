"""No text is left untranslated, and the compiled file is made from the texts of today."""

from __future__ import annotations

import ast
import shutil
import string
import sys
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest
from PySide6.QtCore import QCoreApplication

import workbench
from workbench.i18n.load import LANGUAGES, Translations, wanted
from workbench.i18n.update import QM, TS, compile_ts, engine_texts, untranslated, update

needs_tools = pytest.mark.skipif(
    not (Path(sys.executable).parent / "pyside6-lupdate").exists() and shutil.which("pyside6-lupdate") is None,
    reason="pyside6-lupdate is not installed beside this Python",
)


@needs_tools
def test_every_text_is_translated_and_compiled(tmp_path: Path) -> None:
    ts, qm = tmp_path / TS.name, tmp_path / QM.name
    shutil.copy(TS, ts)
    update(ts)
    assert untranslated(ts) == []
    compile_ts(ts, qm)
    assert qm.read_bytes() == QM.read_bytes(), "run: python -m workbench.i18n.update"


def test_no_text_hides_in_an_f_string() -> None:
    """lupdate does not look into one: its text would stay English."""
    hidden = []
    for path in sorted(Path(workbench.__file__).parent.rglob("*.py")):
        for text in (node for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))) if isinstance(node, ast.JoinedStr)):
            calls = [node.func for node in ast.walk(text) if isinstance(node, ast.Call)]
            names = {call.attr if isinstance(call, ast.Attribute) else getattr(call, "id", "") for call in calls}
            if names & {"tr", "translate"}:
                hidden.append(f"{path.name}:{text.lineno}")
    assert hidden == []


def test_translations_keep_their_places_for_values() -> None:
    wrong = []
    for message in ET.parse(TS).getroot().iter("message"):
        source, said = message.findtext("source") or "", message.findtext("translation") or ""
        places = [sorted(name for _, name, _, _ in string.Formatter().parse(text) if name is not None) for text in (source, said)]
        if said and places[0] != places[1]:
            wrong.append(source)
    assert wrong == []


def test_the_window_speaks_chinese_and_english_again() -> None:
    translations = Translations()
    try:
        translations.load("zh_CN")
        assert QCoreApplication.translate("Window", "Train") == "训练"
        assert QCoreApplication.translate("engine", "Learning rate") == "学习率"
    finally:
        translations.load("en")
    assert QCoreApplication.translate("Window", "Train") == "Train"


def test_the_engine_s_texts_hold_methods_fields_and_data() -> None:
    texts = engine_texts(methods=False)
    assert "Learning rate" in texts
    assert "Two crops of an image must find each other among all the other crops of the batch." in texts
    assert len(texts) == len(set(texts))


def test_a_language_that_is_not_there_is_not_loaded() -> None:
    assert wanted("zh_CN") == "zh_CN"
    assert wanted("xx") in LANGUAGES
