"""Files and folders that are dropped on the window: what is done with them is said while they are dragged, and asked where it
copies files."""

from __future__ import annotations

from pathlib import Path
from typing import Protocol

from PySide6.QtCore import QCoreApplication, QEvent, QObject, Qt
from PySide6.QtGui import QDragEnterEvent, QDragMoveEvent, QDropEvent
from PySide6.QtWidgets import QLabel, QMessageBox, QWidget

from engine.config.errors import ConfigError
from engine.config.text import read_yaml
from engine.data.recognise import Recognised, recognise
from engine.runs.reader import read_config
from workbench.bridge.bridge import Bridge
from workbench.bridge.run_questions import CopyRun
from workbench.requests import ChooseData, Request, UseDraft

translate = QCoreApplication.translate
BAND = 48  # px, half the height of what is said over the window


class DropWindow(Protocol):
    """What of the window is used here."""

    bridge: Bridge

    def take_request(self, request: Request) -> None: ...

    def go(self, workspace: str) -> None: ...

    def show_run_at(self, folder: str) -> bool:
        """Select the run of a folder; False where it is not in the list."""

    def open_model(self, weights: str = "") -> None:
        """Open the dialog that shows a model on images."""

    def say(self, message: str, remedy: str = "") -> None: ...


def purpose(what: Recognised) -> str:
    """What is done with something that is dropped, in a sentence."""
    name = what.path.name
    if what.kind == "images":
        return translate("Drop", "Train on the images in {0}").format(name)
    if what.kind == "arrays":
        return translate("Drop", "Train on the images in {0}").format(name)
    if what.kind == "image":
        return translate("Drop", "Train on the folder of this image, {0}").format(name)
    if what.kind == "run":
        return translate("Drop", "Open the run {0}").format(name)
    if what.kind == "config":
        return translate("Drop", "Use the settings in {0} for the next run").format(name)
    if what.kind == "encoder" and (what.about or what.path.suffix.lower() == ".onnx"):
        return translate("Drop", "Find the run of the exported encoder {0}").format(name)
    if what.kind in ("encoder", "checkpoint"):
        return translate("Drop", "Open the model {0}").format(name)
    return translate("Drop", "{0} is neither images, a run nor settings").format(name)


class DropTarget(QObject):
    """Lets a window take files. A widget in it that takes them itself comes first."""

    def __init__(self, window: QWidget, actions: DropWindow) -> None:
        super().__init__(window)
        self._window, self._actions = window, actions
        window.setAcceptDrops(True)
        window.installEventFilter(self)
        self._over = QLabel(window)
        self._over.setObjectName("drop")
        self._over.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._over.setWordWrap(True)
        self._over.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self._over.hide()

    @property
    def text(self) -> str:
        """What is said over the window; empty while nothing is dragged."""
        return "" if self._over.isHidden() else self._over.text()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """The drag and drop events of the window."""
        kind = event.type()
        if kind == QEvent.Type.DragEnter and isinstance(event, QDragEnterEvent) and (paths := _paths(event)):
            self._over.setText(purpose(_first(paths)))
            area = self._window.rect()
            # A band across the middle: what is below stays visible.
            self._over.setGeometry(
                area.adjusted(area.width() // 6, area.height() // 2 - BAND, -area.width() // 6, BAND - area.height() // 2)
            )
            self._over.raise_()
            self._over.show()
            event.setDropAction(Qt.DropAction.CopyAction)
            event.accept()
            return True
        if kind == QEvent.Type.DragMove and isinstance(event, QDragMoveEvent) and not self._over.isHidden():
            event.accept()
            return True
        if kind == QEvent.Type.DragLeave:
            self._over.hide()
        if kind == QEvent.Type.Drop and isinstance(event, QDropEvent):
            self._over.hide()
            if paths := _paths(event):
                event.accept()
                self.take(paths)
                return True
        return super().eventFilter(watched, event)

    def take(self, paths: list[Path]) -> None:
        """Do with dropped files what `purpose` says."""
        what = _first(paths)
        path, actions = str(what.path), self._actions
        if what.kind in ("images", "arrays", "image"):
            actions.go("prepare")
            actions.take_request(ChooseData(path))
        elif what.kind == "run":
            if not actions.show_run_at(path):
                self._ask_about_run(what.path)
        elif what.kind == "config":
            self._use_settings(what.path)
        elif what.kind == "encoder":
            self._find_run(what)
        elif what.kind == "checkpoint":
            actions.open_model(path)
        else:
            actions.say(
                translate("Drop", "{0} is nothing that is used here.").format(what.path.name),
                translate(
                    "Drop",
                    "Drop a folder of images, an image, an .npz or .tar file, a run's folder, a file of weights, or settings as "
                    "YAML.",
                ),
            )

    def _ask_about_run(self, folder: Path) -> None:
        """A run that is not in the list: copied into it, or its settings used. Nothing is done without an answer."""
        box = QMessageBox(self._window)
        box.setTextFormat(Qt.TextFormat.PlainText)
        box.setWindowTitle(translate("Drop", "A run"))
        box.setText(translate("Drop", "{0} is a run outside of your folder of runs.").format(folder.name))
        box.setInformativeText(
            translate(
                "Drop",
                "Copied, it is in the list of runs with its curves, maps and checkpoints. Or only its settings are used, for a new "
                "run.",
            )
        )
        copy = box.addButton(translate("Drop", "Copy it into the list"), QMessageBox.ButtonRole.AcceptRole)
        settings = box.addButton(translate("Drop", "Use its settings"), QMessageBox.ButtonRole.ActionRole)
        box.addButton(QMessageBox.StandardButton.Cancel)
        box.setDefaultButton(copy)
        box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        copy.clicked.connect(lambda: self.copy_run(folder))
        settings.clicked.connect(lambda: self._use_settings(folder))
        box.open()

    def copy_run(self, folder: Path) -> None:
        """Copy a run into the folder of runs, and show it."""
        actions = self._actions

        def copied(into: str) -> None:
            actions.show_run_at(into)

        actions.bridge.ask(CopyRun(str(folder), str(actions.bridge.root)), copied, actions.say)

    def _use_settings(self, path: Path) -> None:
        try:
            draft = read_config(path) if path.is_dir() else read_yaml(path)
        except ConfigError as error:
            self._actions.say(str(error))
            return
        self._actions.go("prepare")
        self._actions.take_request(UseDraft({key: value for key, value in draft.items() if key not in ("name", "notes", "tags")}))

    def _find_run(self, what: Recognised) -> None:
        """An exported encoder is for other programs; here its run is shown, where it is in the list."""
        run = what.about.get("run", "")
        if run and self._actions.show_run_at(str(self._actions.bridge.root / run)):
            return
        if what.path.suffix.lower() != ".onnx":
            self._actions.open_model(str(what.path))
            return
        about = ", ".join(what.about[key] for key in ("method", "data", "backbone") if key in what.about)
        known = (
            translate("Drop", "It was exported from the run {0} ({1}), which is not in the list.").format(run, about) if run else ""
        )
        self._actions.say(
            translate("Drop", "{0} is an encoder for other programs. {1}").format(what.path.name, known).strip(),
            translate("Drop", "Here the run itself is used: drop its folder."),
        )


def _paths(event: QDropEvent) -> list[Path]:
    return [Path(url.toLocalFile()) for url in event.mimeData().urls() if url.isLocalFile()]


def _first(paths: list[Path]) -> Recognised:
    """What was dropped; of several, the first that can be used."""
    # One by one: thousands of files can be dragged, and the window waits for this.
    known = (recognise(path) for path in paths)
    return next((one for one in known if one.kind != "unknown"), Recognised("unknown", paths[0]))
