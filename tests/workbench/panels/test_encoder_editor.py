"""The list of encoders: a class of a Python file."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtWidgets import QComboBox, QFileDialog, QInputDialog
from pytestqt.qtbot import QtBot

from engine.backbones.trusted_code import trusted_file
from workbench.panels.setup.encoder_editor import FROM_FILE, EncoderEditor, class_names


def test_a_class_of_a_python_file_is_chosen_and_its_code_may_run(
    qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "net.py"
    file.write_text("class Block:\n    pass\nclass Net:\n    pass\n", encoding="utf-8")
    editor = EncoderEditor()
    qtbot.addWidget(editor)
    editor.set_value("resnet18")
    combo = editor.focusProxy()
    assert isinstance(combo, QComboBox)
    offered: list[list[str]] = []
    answer = ["", False]

    def ask(parent: object, title: str, label: str, names: list[str], *rest: object) -> list[object]:
        offered.append(list(names))
        return answer

    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *given: (str(file), ""))
    monkeypatch.setattr(QInputDialog, "getItem", ask)
    at = combo.findData(FROM_FILE)
    combo.activated.emit(at)
    # Cancelled at the choice of the class: nothing is taken or trusted.
    assert (editor.value(), trusted_file(file)) == ("resnet18", False)
    answer[:] = ["Net", True]
    with qtbot.waitSignal(editor.edited):
        combo.activated.emit(at)
    assert (editor.value(), trusted_file(file)) == (f"{file}:Net", True)
    assert (offered, combo.currentText()) == ([["Block", "Net"]] * 2, "net.py:Net")
    # The same file again is taken as it is now.
    with qtbot.waitSignal(editor.edited):
        editor.take_file(str(file))


def test_classes_of_a_file_are_read_without_running_it(tmp_path: Path) -> None:
    file = tmp_path / "net.py"
    file.write_text("raise SystemExit\nclass One:\n    class Inner: ...\n", encoding="utf-8")
    assert class_names(str(file)) == ("One",)
    file.write_text("class (", encoding="utf-8")
    assert class_names(str(file)) == class_names(str(tmp_path / "gone.py")) == ()
