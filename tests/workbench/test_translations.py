"""Texts without a translation are reported, and compiled files are updated when their source changes."""

from __future__ import annotations

import ast
import os
import shutil
import string
import sys
import tomllib
import warnings
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest
from PySide6.QtCore import QCoreApplication, QTranslator

import workbench.i18n.update
from workbench.i18n import build_backend
from workbench.i18n.compiled import compiled
from workbench.i18n.load import LANGUAGES, Translations, wanted
from workbench.i18n.update import TS, engine_texts, main, untranslated, update

Capture = pytest.CaptureFixture[str]
Log = pytest.LogCaptureFixture

needs_tools = pytest.mark.skipif(
    shutil.which("pyside6-lupdate", path=str(Path(sys.executable).parent)) is None and shutil.which("pyside6-lupdate") is None,
    reason="pyside6-lupdate is not installed beside this Python",
)


@needs_tools
def test_every_text_is_translated(tmp_path: Path) -> None:
    """A text without a translation only warns, because it is shown in English until it is translated. CI is strict."""
    ts = tmp_path / TS.name
    shutil.copy(TS, ts)
    update(ts)
    missing = untranslated(ts)
    if os.environ.get("PARALLAX_STRICT_TRANSLATIONS"):
        assert missing == []
    elif missing:
        warnings.warn(f"texts without a translation; run python -m workbench.i18n.update: {missing}", stacklevel=1)


@needs_tools
def test_the_check_reports_a_text_without_a_translation(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: Capture) -> None:
    ts = tmp_path / TS.name
    ts.write_text('<TS version="2.1" language="zh_CN"><context><name>A</name></context></TS>', encoding="utf-8")
    before = ts.read_bytes()
    monkeypatch.setattr(workbench.i18n.update, "TS", ts)
    monkeypatch.setattr(workbench.i18n.update, "engine_texts", lambda: ('One "word"',))
    assert main(["--check"]) == 1
    assert ts.read_bytes() == before
    assert 'not translated: engine: One "word"' in capsys.readouterr().out
    monkeypatch.setattr(workbench.i18n.update, "untranslated", lambda ts: [])
    assert main(["--check"]) == 0


def small_ts(path: Path, translation: str) -> Path:
    message = f"<message><source>Train</source><translation>{translation}</translation></message>"
    text = f'<TS version="2.1" language="zh_CN"><context><name>A</name>{message}</context></TS>'
    path.write_text(text, encoding="utf-8")
    return path


def shown(qm: Path | None) -> str:
    translator = QTranslator()
    assert translator.load(str(qm))
    return translator.translate("A", "Train")


@needs_tools
def test_a_language_is_compiled_at_first_use_and_after_its_source_changed(tmp_path: Path) -> None:
    ts = small_ts(tmp_path / "parallax_xx.ts", "one")
    first = compiled("xx", tmp_path)
    assert shown(first) == "one"
    written = first.stat().st_mtime_ns
    assert compiled("xx", tmp_path) == first
    assert first.stat().st_mtime_ns == written
    small_ts(ts, "two")
    assert shown(compiled("xx", tmp_path)) == "two"
    assert not first.exists()
    assert sorted(path.suffix for path in tmp_path.iterdir()) == [".qm", ".ts"]


@needs_tools
def test_translations_of_a_read_only_package_are_compiled_into_the_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    directory, cache = tmp_path / "package", tmp_path / "cache"
    directory.mkdir()
    small_ts(directory / "parallax_xx.ts", "one")
    monkeypatch.setattr(os, "access", lambda path, mode: Path(path) != directory)
    qm = compiled("xx", directory, cache)
    assert qm.parent == cache
    assert shown(qm) == "one"
    assert [path.suffix for path in directory.iterdir()] == [".ts"]


def test_without_qt_s_tools_the_window_stays_english(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: Log) -> None:
    small_ts(tmp_path / "parallax_xx.ts", "one")
    monkeypatch.setattr(shutil, "which", lambda name, path=None: None)
    assert compiled("xx", tmp_path) is None
    assert "pyside6-lrelease must be installed" in caplog.text


@needs_tools
def test_building_a_wheel_compiles_the_translations(tmp_path: Path) -> None:
    source, old = tmp_path / "assets" / "translations", tmp_path / "build" / "lib" / "assets" / "translations" / "old.qm"
    source.mkdir(parents=True)
    old.parent.mkdir(parents=True)
    old.write_bytes(b"")
    small_ts(source / "parallax_xx.ts", "one")
    (qm,) = build_backend.compile_translations(tmp_path)
    assert qm.parent == source
    assert shown(qm) == "one"
    assert not old.exists()


def test_building_a_wheel_requires_lrelease_and_an_editable_install_does_not(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(Path(workbench.__file__).parents[1])
    settings = tomllib.loads(Path("pyproject.toml").read_text(encoding="utf-8"))
    assert settings["build-system"]["build-backend"] == build_backend.__name__
    assert "*.qm" in settings["tool"]["setuptools"]["package-data"]["*"]
    assert any(line.startswith("PySide6-Essentials") for line in build_backend.get_requires_for_build_wheel())
    assert not any(line.startswith("PySide6") for line in build_backend.get_requires_for_build_editable())


def test_no_translation_call_is_inside_an_f_string() -> None:
    """lupdate does not read f-strings: the text would stay English."""
    hidden = []
    for path in sorted(Path(workbench.__file__).parent.rglob("*.py")):
        for text in (node for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))) if isinstance(node, ast.JoinedStr)):
            calls = [node.func for node in ast.walk(text) if isinstance(node, ast.Call)]
            names = {call.attr if isinstance(call, ast.Attribute) else getattr(call, "id", "") for call in calls}
            if names & {"tr", "translate"}:
                hidden.append(f"{path.name}:{text.lineno}")
    assert hidden == []


def test_translations_have_the_same_placeholders_as_their_sources() -> None:
    wrong = []
    for message in ET.parse(TS).getroot().iter("message"):
        source, translation = message.findtext("source") or "", message.findtext("translation") or ""
        fields = [
            sorted(name for _, name, _, _ in string.Formatter().parse(text) if name is not None) for text in (source, translation)
        ]
        if translation and fields[0] != fields[1]:
            wrong.append(source)
    assert wrong == []


@needs_tools
def test_the_window_is_shown_in_chinese_and_in_english_again() -> None:
    translations = Translations()
    try:
        translations.load("zh_CN")
        assert QCoreApplication.translate("Window", "Train") == "训练"
        assert QCoreApplication.translate("engine", "Learning rate") == "学习率"
    finally:
        translations.load("en")
    assert QCoreApplication.translate("Window", "Train") == "Train"


def test_engine_texts_contain_titles_and_summaries_without_duplicates() -> None:
    texts = engine_texts(methods=False)
    assert "Learning rate" in texts
    assert "Two crops of an image must find each other among all the other crops of the batch." in texts
    assert len(texts) == len(set(texts))


def test_an_unknown_language_falls_back_to_an_available_one() -> None:
    assert wanted("zh_CN") == "zh_CN"
    assert wanted("xx") in LANGUAGES
