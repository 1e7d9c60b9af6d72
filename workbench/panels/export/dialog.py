"""Export: a run's encoder, or its features, as a file for other programs, and the lines of Python that load it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QFontDatabase, QGuiApplication, QStandardItemModel
from PySide6.QtWidgets import (
    QDialog,
    QFileDialog,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QPlainTextEdit,
    QProgressBar,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from workbench.bridge.ask import Ask
from workbench.bridge.export_questions import DescribeExport, EncoderWritten, ExportChoices, ExportEncoder, ExportFeatures
from workbench.forms.editors import Combo
from workbench.plots.saving import with_ending
from workbench.theme.palette import GAP


@dataclass(frozen=True)
class _Kind:
    """What can be written: `id` as the question names it, the file's ending ("" for a folder), what it needs."""

    id: str
    suffix: str
    needs: str = ""


_ONNX = _Kind("onnx", ".onnx", "onnx")
_FOLDERS = (_Kind("fiftyone", ""), _Kind("projector", ""))
_FEATURES = (_Kind("npz", ".npz"), _Kind("csv", ".csv"), _Kind("parquet", ".parquet", "parquet"), *_FOLDERS)


class ExportDialog(QDialog):
    """For one run. `cancelled` carries the question that nobody waits for any more."""

    cancelled = Signal(object)

    def __init__(self, ask: Ask, folder: str, title: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("Export {0}").format(title))
        self.setMinimumWidth(600)
        self._ask, self._folder, self._title = ask, folder, title
        self._request: ExportEncoder | ExportFeatures | None = None
        self._source = ""
        self._build()
        self._say(self.tr("reading the run…"))
        ask(DescribeExport(folder), self._described, self._failed)

    def _build(self) -> None:
        self.kind = Combo()
        self.kind.setAccessibleName(self.tr("What is exported"))
        self.kind.currentIndexChanged.connect(self._chosen)
        self.epoch = Combo()
        self.epoch.setAccessibleName(self.tr("Of which checkpoint"))
        self.images = QPushButton(self.tr("images of the run"))
        self.images.setAccessibleName(self.tr("Of which images"))
        self.images.setToolTip(self.tr("Choose a folder of other images; click again to return to the images of the run"))
        self.images.clicked.connect(self._choose_images)
        self.map = Combo()
        self.map.setAccessibleName(self.tr("Coordinates of a map"))
        for words, id in ((self.tr("none"), ""), ("PCA", "pca"), ("UMAP", "umap")):
            self.map.addItem(words, id)
        self._form = QFormLayout()
        self._form.setHorizontalSpacing(12)
        self._form.setVerticalSpacing(GAP)
        for words, widget in (
            (self.tr("Export"), self.kind),
            (self.tr("Checkpoint"), self.epoch),
            (self.tr("Images"), self.images),
            (self.tr("Map"), self.map),
        ):
            self._form.addRow(words, widget)
        self.message = QLabel()
        self.message.setWordWrap(True)
        self.message.setMinimumHeight(34)
        self.message.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.progress = QProgressBar()
        self.progress.setRange(0, 100)
        self.progress.setTextVisible(False)
        self.progress.setAccessibleName(self.tr("Progress of the export"))
        self.lines = QPlainTextEdit()
        self.lines.setReadOnly(True)
        self.lines.setTabChangesFocus(True)
        self.lines.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self.lines.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
        self.lines.setMinimumHeight(190)
        self.lines.setAccessibleName(self.tr("Python that loads the file"))
        self.copy = QPushButton(self.tr("Copy the Python"))
        self.copy.clicked.connect(lambda: QGuiApplication.clipboard().setText(self.lines.toPlainText()))
        self.write = QPushButton(self.tr("Write…"))
        self.write.setObjectName("primary")
        self.write.clicked.connect(self._choose_file)
        self.stop = QPushButton(self.tr("Cancel"))
        self.stop.clicked.connect(self._stop)
        close = QPushButton(self.tr("Close"))
        close.clicked.connect(self.reject)
        buttons = QHBoxLayout()
        buttons.setSpacing(GAP)
        for widget in (self.copy,):
            buttons.addWidget(widget)
        buttons.addStretch(1)
        for widget in (self.write, self.stop, close):
            buttons.addWidget(widget)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 16, 16, 16)
        column.setSpacing(12)
        column.addLayout(self._form)
        column.addWidget(self.progress)
        column.addWidget(self.message)
        column.addWidget(self.lines, 1)
        column.addLayout(buttons)
        self.write.setEnabled(False)
        self._show_lines("")
        self._going(False)

    def _described(self, choices: ExportChoices) -> None:
        names = {
            "torchvision": self.tr("encoder for torchvision (.safetensors)"),
            "timm": self.tr("encoder for timm (.safetensors)"),
            "parallax": self.tr("encoder for this program's engine (.safetensors)"),
            "onnx": self.tr("encoder as ONNX, from pixels to features (.onnx)"),
            "npz": self.tr("features for numpy (.npz)"),
            "csv": self.tr("features as a table of text (.csv)"),
            "parquet": self.tr("features as a table (.parquet)"),
            "fiftyone": self.tr("features for FiftyOne (a folder)"),
            "projector": self.tr("features for TensorBoard's projector (a folder)"),
        }
        kinds = [*(_Kind(library, ".safetensors") for library in choices.libraries), _ONNX, *_FEATURES]
        model = self.kind.model()
        assert isinstance(model, QStandardItemModel)
        for kind in kinds:
            self.kind.addItem(names[kind.id], kind)
            missing = choices.missing.get(kind.needs, "")
            if missing:
                item = model.item(self.kind.count() - 1)
                item.setEnabled(False)
                item.setText(self.tr("{0} · needs: {1}").format(names[kind.id], missing))
        self.epoch.addItem(self.tr("the last"), None)
        for epoch in reversed(choices.epochs):
            self.epoch.addItem(self.tr("epoch {0}").format(epoch), epoch)
        self.epoch.addItem(self.tr("untrained"), 0)
        self.write.setEnabled(True)
        self._say("")
        self._chosen()

    def _chosen(self) -> None:
        kind = self.kind.currentData()
        for widget in (self.images, self.map):
            self._form.setRowVisible(widget, kind in _FEATURES)
        self._show_lines("")

    def _choose_images(self) -> None:
        if self._source:
            self._source = ""
            self.images.setText(self.tr("images of the run"))
            return
        chosen = QFileDialog.getExistingDirectory(self, self.tr("A folder of images"))
        if chosen:
            self._source = chosen
            self.images.setText(Path(chosen).name)

    def _choose_file(self) -> None:
        kind: _Kind = self.kind.currentData()
        name = "".join(letter if letter.isalnum() or letter in "-_." else "_" for letter in self._title)
        if kind in _FOLDERS:
            # The dialog for files asks for the name of a new folder, too; the engine refuses one that holds anything.
            folder, _ = QFileDialog.getSaveFileName(self, self.tr("A new folder"), f"{name}_{kind.id}")
            if folder:
                self.begin(folder)
            return
        path, _ = QFileDialog.getSaveFileName(self, self.tr("Export"), f"{name}{kind.suffix}", f"*{kind.suffix}")
        target = with_ending(self, Path(path), kind.suffix) if path else None
        if target is not None:
            self.begin(str(target))

    def begin(self, path: str) -> None:
        """Write what is chosen to this file."""
        kind: _Kind = self.kind.currentData()
        epoch = self.epoch.currentData()
        self._show_lines("")
        self._going(True)
        self._say(self.tr("writing {0}…").format(Path(path).name))
        if kind in _FEATURES:
            format = kind.id if kind in _FOLDERS else ""
            features = ExportFeatures(self._folder, path, self._source, str(self.map.currentData()), epoch, format)
            self._request = features
            self._ask(features, self._features_written, self._failed, self._progressed)
            return
        encoder = ExportEncoder(self._folder, path, kind.id, epoch)
        self._request = encoder
        self._ask(encoder, self._encoder_written, self._failed, self._progressed)

    def _encoder_written(self, written: EncoderWritten) -> None:
        self._going(False)
        if written.difference is None:
            compared = self.tr("Not compared: its library is not installed here.")
        else:
            compared = self.tr(
                "Check: the written encoder's features of {0} images differ by at most {1}; the largest feature is {2}."
            )
            if written.noise:
                compared = self.tr(
                    "The images of the run could not be opened. Check: the written encoder's features of {0} images of noise "
                    "differ by at most {1}; the largest feature is {2}."
                )
            compared = compared.format(written.images, f"{written.difference:.2g}", f"{written.scale:.3g}")
        self._say(self.tr("Written: {0}").format(written.path) + "\n" + compared, "good")
        self._show_lines(written.lines)

    def _features_written(self, path: str) -> None:
        self._going(False)
        self._say(self.tr("Written: {0}").format(path), "good")
        self._show_lines(_load(self.kind.currentData().id, path, bool(self.map.currentData())))

    def _failed(self, message: str) -> None:
        self._going(False)
        self._say(message.partition("\n\n")[0], "bad")

    def _progressed(self, share: float) -> None:
        self.progress.setValue(round(100 * share))

    def _stop(self) -> None:
        request = self._request
        self._going(False)
        if request is not None:
            self.cancelled.emit(request)
            self._say(self.tr("Cancelled; nothing was written."))

    def _going(self, on: bool) -> None:
        if not on:
            self._request = None
        self.progress.setValue(0)
        self.progress.setVisible(on)
        self.stop.setVisible(on)
        self.write.setVisible(not on)
        for widget in (self.kind, self.epoch, self.images, self.map):
            widget.setEnabled(not on)

    def _show_lines(self, lines: str) -> None:
        self.lines.setPlainText(lines)
        self.lines.setVisible(bool(lines))
        self.copy.setVisible(bool(lines))
        self.adjustSize()

    def _say(self, words: str, how: str = "quiet") -> None:
        self.message.setText(words)
        self.message.setObjectName(how)
        self.message.style().unpolish(self.message)
        self.message.style().polish(self.message)

    def done(self, result: int) -> None:
        """Close; what is being written is called off."""
        if self._request is not None:
            self._stop()
        super().done(result)


def _load(kind: str, path: str, mapped: bool) -> str:
    """The lines that open exported features."""
    if kind == "parquet":
        return f"import pyarrow.parquet\ntable = pyarrow.parquet.read_table({path!r})"
    if kind == "csv":
        return f"import pandas\ntable = pandas.read_csv({path!r})"
    if kind == "projector":
        return (
            f"import tensorboard.program\nboard = tensorboard.program.TensorBoard()\nboard.configure(logdir={path!r})\nboard.main()"
        )
    if kind == "fiftyone":
        lines = [
            "import fiftyone, numpy",
            f"data = fiftyone.Dataset.from_dir({path!r}, dataset_type=fiftyone.types.FiftyOneDataset)",
            "features = numpy.stack(data.values('features'))",
        ]
        if mapped:
            lines += ["import fiftyone.brain", "points = numpy.stack(data.values('xy'))"]
            lines += ["fiftyone.brain.compute_visualization(data, points=points, brain_key='map')"]
        return "\n".join([*lines, "session = fiftyone.launch_app(data)"])
    return f"import numpy\nfile = numpy.load({path!r})\nfeatures, index, label = file['features'], file['index'], file['label']"
