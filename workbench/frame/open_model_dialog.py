"""The dialog that opens a model that exists: its weights, and the images on which it is shown."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QFormLayout, QHBoxLayout, QLabel, QLineEdit, QPushButton, QVBoxLayout, QWidget

from workbench.bridge.ask import Ask
from workbench.bridge.model_questions import OpenModel
from workbench.forms.run_editor import RunOffers
from workbench.forms.weights_editor import WeightsEditor
from workbench.panels.setup.data_picker import DataEditor
from workbench.theme.palette import GAP, WIDE_GAP
from workbench.theme.plain import tip

WIDTH = 520  # px


class OpenModelDialog(QDialog):
    """Gives the settings of the run to `begin` and closes; an error stays in the dialog, beside what was chosen."""

    def __init__(
        self, ask: Ask, weights: str, data: str, runs: RunOffers, begin: Callable[[Mapping[str, Any]], None], parent: QWidget
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("Open a model"))
        self._ask, self._begin, self._over = ask, begin, False
        about = QLabel(
            self.tr(
                "Shows a trained encoder on your images, without training: map, neighbours, factors and evaluation, beside the "
                "same encoder drawn anew. A run or a published name works, too: timm/NAME, torchvision/NAME, hf-hub:OWNER/NAME."
            )
        )
        about.setWordWrap(True)
        about.setObjectName("quiet")
        self.weights = WeightsEditor()
        self.weights.set_placeholder(self.tr("a file, a run or a published name"))
        self.weights.set_offers(runs)
        self.weights.set_value(weights)
        self.data = DataEditor()
        self.data.set_value(data)
        self.name = QLineEdit()
        self.name.setPlaceholderText(self.tr("of the weights and the images"))
        form = QFormLayout()
        form.setHorizontalSpacing(WIDE_GAP)
        form.addRow(self.tr("Model"), self.weights)
        form.addRow(self.tr("Images"), self.data)
        form.addRow(self.tr("Name"), self.name)
        self.message = QLabel()
        self.message.setTextFormat(Qt.TextFormat.PlainText)
        self.message.setWordWrap(True)
        self.message.hide()
        self.open_button = QPushButton(self.tr("Open"))
        self.open_button.setObjectName("primary")
        self.open_button.setDefault(True)
        self.open_button.clicked.connect(self._open)
        cancel = QPushButton(self.tr("Cancel"))
        cancel.clicked.connect(self.reject)
        buttons = QHBoxLayout()
        buttons.addStretch(1)
        buttons.addWidget(cancel)
        buttons.addWidget(self.open_button)
        box = QVBoxLayout(self)
        box.setSpacing(GAP)
        box.addWidget(about)
        box.addLayout(form)
        box.addWidget(self.message)
        box.addLayout(buttons)
        self.weights.edited.connect(self._changed)
        self.data.edited.connect(self._changed)
        self.finished.connect(self._closed)
        self.resize(WIDTH, self.sizeHint().height())
        self._changed()

    def _changed(self) -> None:
        self.open_button.setEnabled(bool(self.weights.value()) and bool(self.data.value()))

    def _open(self) -> None:
        self.open_button.setEnabled(False)
        self._say(self.tr("Reading the model…"))
        question = OpenModel(self.weights.value(), self.data.value(), self.name.text().strip())
        self._ask(question, self._opened, self._failed, self._progress)

    def _progress(self, share: float) -> None:
        if not self._over and share:
            self._say(self.tr("Downloading the model: {0} %").format(round(share * 100)))

    def _opened(self, settings: Mapping[str, Any]) -> None:
        if not self._over:
            self.accept()
            self._begin(settings)

    def _failed(self, message: str) -> None:
        if not self._over:
            self._say(message)
            self._changed()

    def _say(self, text: str) -> None:
        self.message.setText(text)
        self.message.setToolTip(tip(text))
        self.message.show()

    def _closed(self) -> None:
        self._over = True
