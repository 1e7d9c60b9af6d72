"""Exports samples of the map to a file or to the clipboard."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFileDialog, QWidget

from engine.runs.export_rows import SUFFIXES
from workbench.bridge.ask import Ask
from workbench.bridge.data_questions import Labels
from workbench.bridge.map_questions import Map
from workbench.bridge.sample_questions import Exported, ExportRows
from workbench.panels.embedding.computed_columns import LOSSES, NUMBERS
from workbench.panels.embedding.tagging import Tagging
from workbench.plots.saving import with_ending

FORMATS = "CSV (*.csv);;NumPy (*.npz);;Parquet (*.parquet)"


class RowsExport(QObject):
    """Asks for a path and writes a table of samples. `reported(text, is_error)`: progress, result or failure of an export."""

    reported = Signal(str, bool)

    def __init__(self, ask: Ask, tagging: Tagging, parent: QWidget) -> None:
        super().__init__(parent)
        self._ask, self._tagging, self._window = ask, tagging, parent
        self.features = True

    def ask_path(self, stem: str) -> Path | None:
        """Ask for the path of the file; None if the dialog was cancelled. A path without suffix gets that of the chosen format."""
        path, file_format = QFileDialog.getSaveFileName(self._window, self.tr("Export samples"), f"{stem}.csv", FORMATS)
        if not path:
            return None
        chosen = next((suffix for suffix in SUFFIXES if f"*{suffix}" in file_format), SUFFIXES[0])
        return with_ending(self._window, Path(path), chosen, SUFFIXES)

    def write(self, path: Path, shown: Map, labels: Labels | None, rows: NDArray[np.intp], files: Sequence[str] = ()) -> None:
        """Write these rows of the map, with their computed numbers. `files`: the path of each sample on the map, or none."""
        columns = labels.columns if labels is not None else {}
        known = labels is not None and "class" in labels.columns
        label = np.asarray(labels.columns["class"] if labels is not None and known else shown.label)
        index = shown.index[rows]
        question = ExportRows(
            path=str(path),
            folder=shown.folder,
            epoch=shown.epoch,
            index=index,
            label=label[rows],
            classes=tuple(labels.names.get("class", ())) if labels is not None else (),
            tags=tuple(self._tagging.of(index)),
            xy=shown.xy[rows],
            features=self.features,
            numbers={name: np.asarray(columns[name])[rows] for name in (*NUMBERS, *LOSSES) if name in columns},
            files=tuple(files[row] for row in rows) if len(files) == len(shown.index) else (),
        )
        self.reported.emit(self.tr("Writing {0}…").format(path.name), False)
        self._ask(
            question,
            self._written,
            lambda message: self.reported.emit(message, True),
            lambda share: self.reported.emit(self.tr("Writing {0}… {1} %").format(path.name, round(100 * share)), False),
        )

    def copy(self, ids: NDArray[np.integer]) -> None:
        """Copy the samples' indices in the data set as text."""
        QGuiApplication.clipboard().setText(", ".join(str(int(one)) for one in ids))
        self.reported.emit(self.tr("Copied the indices of {0} samples").format(f"{len(ids):,}"), False)

    def _written(self, export: Exported) -> None:
        size = export.bytes / 2**20
        text = (
            self.tr("Wrote {0} samples with {1} features of the backbone each to {2} ({3} MB)")
            if export.features
            else self.tr("Wrote {0} samples to {2} ({3} MB)")
        )
        size_text = f"{size:.1f}" if size >= 0.1 else "<0.1"
        self.reported.emit(text.format(f"{export.samples:,}", export.features, export.path, size_text), False)
