"""The Data card: which images are trained on, and what was understood of them."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QSettings, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QToolButton

from engine.config.small_files import FileError, parse_json
from engine.data.source_table import Source
from workbench.bridge.size_questions import SizeTime
from workbench.i18n.data_names import data_name
from workbench.panels.setup import data_words
from workbench.panels.setup.data_details import DataDetails
from workbench.panels.setup.data_picker import MOST_RECENT, DataEditor, with_recent
from workbench.plots.image_grid import Cell, ImageGrid
from workbench.theme.palette import GAP, WIDE_GAP
from workbench.theme.plain import tip
from workbench.widgets.card import Card
from workbench.widgets.elided_label import ElidedLabel
from workbench.widgets.room import keep_lines

if TYPE_CHECKING:
    from engine.data.describe import DataDescription

COLUMNS = 6  # of the samples
LINE, HEAD = 16, 20  # px
HINT_LINES = 3
LEAST, MOST, SAMPLE_GAP = 24, 72, 4  # px of a sample, and between two
ROOMY = 720  # px of the panel's height from which the samples are shown unless a person decides


class DataCard(Card):
    """The chosen data with their description. `source` is the editor of `data.source`, for the form.

    `downloadAsked`: the chosen set is to be downloaded. `meaningChosen` carries a value of `data.folders`, `sizeChosen` one of
    `data.size`."""

    downloadAsked = Signal()
    meaningChosen = Signal(str)
    sizeChosen = Signal(int)

    def __init__(self) -> None:
        super().__init__("")
        self.set_title(self.tr("Data"))
        self.source = DataEditor()
        self._description: DataDescription | None = None
        self._times: tuple[SizeTime, ...] = ()
        self._samples_wanted: bool | None = None  # None: as there is room
        self._roomy = True
        self._details: DataDetails | None = None
        self._build()

    def _build(self) -> None:
        self._fold = QToolButton()
        self._fold.setObjectName("flat")
        self._fold.setCheckable(True)
        self._fold.setText(self.tr("Samples"))
        self._fold.setToolTip(self.tr("Twelve of the images, as they are trained on"))
        self._fold.clicked.connect(self._samples_toggled)
        more = QToolButton()
        more.setObjectName("flat")
        more.setText(self.tr("Details"))
        more.setToolTip(self.tr("Classes with counts, splits, files that were not read, how images are scaled and cropped"))
        more.clicked.connect(self.show_details)
        self.details_button = more
        for button in (self._fold, more):
            button.setFixedHeight(HEAD)
            self.corner.addWidget(button)
        self._summary, self._classes = ElidedLabel(), ElidedLabel()
        self._classes.setObjectName("quiet")
        for label in (self._summary, self._classes):
            label.setFixedHeight(LINE)
        # What the program has to say here has a place of fixed height: nothing moves when it comes.
        self._hint = QLabel()
        self._hint.setObjectName("quiet")
        self._hint.setWordWrap(True)
        self._act = QPushButton()
        self._act.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # until it has a title
        self._act.clicked.connect(self._acted)
        self._act.hide()
        self._acts: tuple[str, str] = ("", "")
        hint = QHBoxLayout()
        hint.setSpacing(GAP)
        hint.addWidget(self._hint, 1)
        hint.addWidget(self._act)
        keep_lines(self._hint, HINT_LINES, self.tr("Samples of the data"))
        self._hint.setAlignment(Qt.AlignmentFlag.AlignTop)
        self.samples = ImageGrid(columns=COLUMNS, least=LEAST, most=MOST, gap=SAMPLE_GAP)
        self.samples.setAccessibleName(self.tr("Samples of the data"))
        self.samples.activated.connect(lambda _: self.show_details())
        self.body.setSpacing(GAP // 2)
        self.body.addWidget(self.source)
        self.body.addWidget(self._summary)
        self.body.addWidget(self._classes)
        self.body.addLayout(hint)
        self.body.addWidget(self.samples)
        self._show_samples()

    # What is shown

    @property
    def description(self) -> DataDescription | None:
        """What is known of the chosen data; None while nothing is."""
        return self._description

    @property
    def text(self) -> str:
        """The sentences that are shown, for tests."""
        return "\n".join(part for part in (self._summary.full_text, self._classes.full_text, self._hint.text()) if part)

    def show_opening(self, source: str, share: float | None = None) -> None:
        """The data are being opened; `share` from 0 to 1, where it is known. What a survey has said stays."""
        done = "" if share is None else f"{round(share * 100)} %"
        self.set_state(self.tr("reading {0}").format(done).strip())
        if self._description is None:
            self._summary.set_full_text(self.tr("opening {0}…").format(data_words.source_title(source)))

    def clear(self) -> None:
        """Other data were chosen: nothing is known of them yet."""
        self._description = None
        self._times = ()
        self.set_state("")
        self.samples.set_cells(())
        for label in (self._summary, self._classes):
            label.set_full_text("")
        self._say("")
        if self._details is not None:
            self._details.show_description(None)

    def show_away(self, row: Source) -> None:
        """A named set that has to be downloaded first."""
        self.clear()
        self._summary.set_full_text(data_words.about_source(row))
        self._classes.set_full_text(self.tr("not on this machine yet"))
        size = data_words.megabytes(row)
        self._say(self.tr("It is downloaded once, {0}.").format(size) if size else self.tr("It is downloaded once."), "download")

    def show_failed(self, message: str) -> None:
        """The data cannot be opened; the message itself is among the problems of the settings."""
        self.clear()
        self._summary.set_full_text(self.tr("These data cannot be opened."))
        self._summary.setToolTip(tip(message))

    def show_description(self, data: DataDescription) -> None:
        """What was understood. Of data that are decoded, what an earlier survey said of the files is kept."""
        before = self._description
        if before is not None and data.decoded and before.name == data.name:
            data = replace(
                data,
                originals=before.originals,
                lengths=before.lengths,
                meanings=before.meanings,
                suggested=before.suggested,
            )
        self._description = data
        self.set_state("" if data.decoded else self.tr("reading"))
        self._summary.set_full_text(data_words.summary(data), data_words.shorter_summary(data))
        self._classes.set_full_text(data_words.class_counts(data))
        self._show_hint()
        self.samples.set_cells([_cell(sample.image, sample.name, sample.label, sample.clip) for sample in data.samples])
        if self._details is not None:
            self._details.show_description(data)

    def show_times(self, times: tuple[SizeTime, ...]) -> None:
        """How long the run takes at the size of the images and at a smaller one; empty where there is nothing to say."""
        if times != self._times:
            self._times = times
            self._show_hint()

    def _show_hint(self) -> None:
        data = self._description
        if data is None:
            return
        if text := data_words.suggestion(data):
            self._say(text, f"meaning {data.suggested}")
        elif len(self._times) == 2 and self._times[0].size == data.size:
            help = self.tr(
                "Measured on this CPU with a few steps at each size, on drawn images; checks on validation images are included. A "
                "smaller image has less detail."
            )
            self._say(data_words.size_times(self._times), f"size {self._times[1].size}", help)
        else:
            # The details have both.
            parts = data_words.clip_text(data) or data_words.scaling(data), data_words.beside_images(data)
            self._say(" ".join(part for part in parts if part))

    def _say(self, text: str, act: str = "", help: str = "") -> None:
        """Say something, with a button for it: "download", "meaning " and a value of `data.folders`, "size " and one of
        `data.size`."""
        kind, _, value = act.partition(" ")
        self._acts = (kind, value)
        self._hint.setText(text)
        self._hint.setToolTip(tip(f"{text}\n\n{help}".strip()))
        words = {
            "download": self.tr("Download now"),
            "meaning": self.tr("Use them"),
            "size": self.tr("Use {0} px").format(value),
        }
        self._act.setText(words.get(kind, ""))
        self._act.setMinimumWidth(self._act.sizeHint().width())
        self._act.setVisible(bool(kind))
        self._act.setFocusPolicy(Qt.FocusPolicy.StrongFocus if kind else Qt.FocusPolicy.NoFocus)

    def _acted(self) -> None:
        kind, value = self._acts
        if kind == "download":
            self.downloadAsked.emit()
        elif kind == "meaning":
            self.meaningChosen.emit(value)
        elif kind == "size":
            self.sizeChosen.emit(int(value))

    @property
    def act_button(self) -> QPushButton:
        """The button beside what the card says; hidden where there is nothing to do."""
        return self._act

    def show_details(self) -> None:
        """Open the dialog with everything that is known of the data."""
        if self._details is None:
            self._details = DataDetails(self)
            self._details.meaningChosen.connect(self.meaningChosen)
        self._details.show_description(self._description)
        self._details.show()
        self._details.raise_()
        self._details.activateWindow()

    @property
    def details(self) -> DataDetails | None:
        """The dialog, once it was opened."""
        return self._details

    # Samples, folded or not

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep the height of two rows of samples, also while there are none: nothing moves when they come."""
        super().resizeEvent(event)
        width = self.width() - 2 * WIDE_GAP - 2
        side = min(MOST, max(LEAST, (width + SAMPLE_GAP) // COLUMNS - SAMPLE_GAP))
        self.samples.setFixedHeight(2 * side + SAMPLE_GAP)

    def set_room(self, height: int) -> None:
        """The height of the panel, which decides whether the samples are shown unless a person has."""
        self._roomy = height >= ROOMY
        self._show_samples()

    def _samples_toggled(self, wanted: bool) -> None:
        self._samples_wanted = wanted
        self._show_samples()

    def _show_samples(self) -> None:
        shown = self._roomy if self._samples_wanted is None else self._samples_wanted
        self._fold.setChecked(shown)
        self.samples.setVisible(shown)

    # Kept for the next start

    def remember(self, source: str) -> None:
        """The data were opened: they are among the recent ones from now on."""
        self.source.recent = with_recent(self.source.recent, source)

    def save(self, settings: QSettings) -> None:
        """Keep the recent data, and whether the samples are shown where a person decided that."""
        settings.setValue("data/recent", json.dumps(self.source.recent))
        if self._samples_wanted is not None:
            settings.setValue("data/samples", int(self._samples_wanted))

    def restore(self, settings: QSettings) -> None:
        """Read what `save` kept."""
        try:
            recent = parse_json(str(settings.value("data/recent", "[]")))
        except FileError:
            recent = []
        known = [one for one in recent if isinstance(one, str) and one] if isinstance(recent, list) else []
        self.source.recent = tuple(dict.fromkeys(known))[:MOST_RECENT]
        wanted = str(settings.value("data/samples", ""))
        self._samples_wanted = {"0": False, "1": True}.get(wanted)
        self._show_samples()


def _cell(image: np.ndarray, name: str, label: str, clip: np.ndarray | None = None) -> Cell:
    return Cell(image, tip(" · ".join(part for part in (data_name(label), name) if part)), clip=clip)
