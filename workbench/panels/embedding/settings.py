"""The settings of a map: a slider from local to global, and a popup with the single parameters."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QPoint, QSignalBlocker, Qt, QTimer, Signal
from PySide6.QtWidgets import QFormLayout, QFrame, QHBoxLayout, QLabel, QPushButton, QSlider, QWidget

from workbench.bridge.map_questions import Map
from workbench.forms.editors import Combo
from workbench.forms.number_boxes import RealBox, WholeBox
from workbench.panels.embedding.map_loader import MapOptions
from workbench.theme.palette import GAP, WIDE_GAP

STEPS = 20
# A moved slider takes effect after resting for this time.
SETTLE_MS = 250
LIMITS = (500, 1000, 2000, 5000, 10_000, 20_000)


class MapSettings(QWidget):
    """Edits `options`, a MapOptions. `changed`: the user changed them."""

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.options = MapOptions()
        self.scale = QSlider(Qt.Orientation.Horizontal)
        self.scale.setRange(0, STEPS)
        self.scale.setValue(STEPS // 2)
        self.scale.setPageStep(STEPS // 4)
        self.scale.setFixedWidth(84)
        self.scale.setAccessibleName(self.tr("Map from local to global"))
        self._settle = QTimer(self)
        self._settle.setSingleShot(True)
        self._settle.setInterval(SETTLE_MS)
        self._settle.timeout.connect(self._slider_changed)
        self.scale.valueChanged.connect(lambda _: self._settle.start())
        self._ends = QLabel(self.tr("local")), QLabel(self.tr("global"))
        self.more = QPushButton(self.tr("More…"))
        self.more.setStyleSheet("padding: 3px 8px;")
        self.more.setToolTip(self.tr("Neighbours, distances and how many samples the map has"))
        self.more.clicked.connect(self._open)
        row = QHBoxLayout(self)
        row.setContentsMargins(GAP, 0, 0, 0)
        row.setSpacing(GAP // 2)
        for part in (self._ends[0], self.scale, self._ends[1], self.more):
            row.addWidget(part)
        row.addStretch(1)
        for label in self._ends:
            label.setObjectName("quiet")
        self.panel = QFrame(self, Qt.WindowType.Popup)
        self.panel.setObjectName("popup")
        self.panel.setAccessibleName(self.tr("How the map is made"))
        self._form = QFormLayout(self.panel)
        self._form.setContentsMargins(WIDE_GAP, WIDE_GAP, WIDE_GAP, WIDE_GAP)
        self.numbers: dict[str, WholeBox | RealBox] = {}
        self._number(
            "neighbours",
            self.tr("Neighbours"),
            2,
            200,
            0,
            self.tr("How many nearest samples each sample should stay close to"),
        )
        text = self.tr("The least distance of two points: a small one forms dense groups, a large one spreads them out")
        self._number("min_dist", self.tr("Least distance"), 0, 0.99, 2, text)
        text = self.tr("About how many neighbours count for each sample; at most a third of the samples")
        self._number("perplexity", self.tr("Perplexity"), 2, 500, 1, text)
        text = self.tr("Pairs at medium distance for each near pair: more of them preserve the global shape")
        self._number("mid_near", self.tr("Mid-near pairs"), 0, 10, 2, text)
        # Not `metric`: QWidget has a method of that name.
        self.distance = self._choice(self.tr("Distance"), self.tr("The distance of two samples, for the map and its quality"))
        self.distance.addItem(self.tr("cosine"), "cosine")
        self.distance.addItem(self.tr("Euclidean"), "euclidean")
        self.space = self._choice(self.tr("Space"), self.tr("Backbone: what is used later. Projector: where the loss is computed"))
        self.space.addItem(self.tr("backbone's features"), "features")
        self.space.addItem(self.tr("projector's embedding"), "embedding")
        text = self.tr("Pull samples of one class together: such a map does not show what the encoder learned")
        self.labels = self._choice(self.tr("Classes"), text)
        self.labels.addItem(self.tr("not used"), False)
        self.labels.addItem(self.tr("pulled together"), True)
        text = self.tr("Fewer samples take less time. A subset with the classes' shares, the same each time")
        self.limit = self._choice(self.tr("Samples"), text)
        self.reset = QPushButton(self.tr("Defaults"))
        self.reset.clicked.connect(self._defaults)
        self._form.addRow("", self.reset)
        self._total = 0
        self.set_total(0)
        self._show()

    def _number(self, name: str, text: str, low: float, high: float, digits: int, help: str) -> None:
        field: WholeBox | RealBox
        if digits:
            field = RealBox()
            field.setDecimals(digits)
            field.setSingleStep(0.05 if high < 50 else 5)
            field.setRange(low, high)
        else:
            field = WholeBox()
            field.setRange(int(low), int(high))
        # Typing 150 must not request maps for 1 and 15.
        field.setKeyboardTracking(False)
        field.valueChanged.connect(lambda _, name=name: self._number_changed(name))
        self._add(field, text, help)
        self.numbers[name] = field

    def _choice(self, text: str, help: str) -> Combo:
        combo = Combo()
        combo.setMinimumContentsLength(16)
        combo.activated.connect(lambda _: self._choice_changed())
        self._add(combo, text, help)
        return combo

    def _add(self, field: QWidget, text: str, help: str) -> None:
        label = QLabel(text)
        for part in (label, field):
            part.setToolTip(help)
        field.setAccessibleName(text)
        field.setAccessibleDescription(help)
        self._form.addRow(label, field)

    @property
    def share(self) -> float:
        """The position of the slider, from local (0) to global (1)."""
        return self.scale.value() / STEPS

    def set_options(self, options: MapOptions) -> None:
        """Show these options without emitting `changed`."""
        self.options = options
        self._show()

    def set_total(self, total: int) -> None:
        """Set the number of samples of a snapshot of this run; 0 if unknown."""
        if total == self._total and self.limit.count():
            return
        self._total = total
        with QSignalBlocker(self.limit):
            self.limit.clear()
            for count in LIMITS:
                if count < total:
                    self.limit.addItem(f"{count:,}", count)
            self.limit.addItem(self.tr("all {0}").format(f"{total:,}") if total else self.tr("all"), 0)
            self.limit.setCurrentIndex(max(0, self.limit.findData(self.options.limit)))

    def set_map(self, shown: Map) -> None:
        """Take the number of samples from the map that is shown."""
        self.set_total(shown.total)

    def _show(self) -> None:
        values = dict(self.options.numbers)
        for name, field in self.numbers.items():
            self._form.setRowVisible(field, name in values)
            if name in values:
                with QSignalBlocker(field):
                    field.setValue(int(values[name])) if isinstance(field, WholeBox) else field.setValue(values[name])
        options = self.options
        for combo, value in ((self.distance, options.metric), (self.space, options.space), (self.limit, options.limit)):
            combo.setCurrentIndex(max(0, combo.findData(value)))
        self.labels.setCurrentIndex(int(self.options.supervised))
        self._form.setRowVisible(self.labels, self.options.kind == "umap_learn")
        # PCA has no parameters, and a selected part is never subsampled.
        for part in (self.scale, *self._ends):
            part.setEnabled(bool(values))
        self.limit.setEnabled(not self.options.rows)
        titles = [self._form.labelForField(self.numbers[name]) for name in values]
        descriptions = [
            f"{title.text()} {values[name]:g}" for name, title in zip(values, titles, strict=True) if isinstance(title, QLabel)
        ]
        help = self.tr(
            "Local: only the nearest samples count, and small groups separate. Global: many count, and the overall shape is kept."
        )
        self.scale.setToolTip("\n".join([help, ", ".join(descriptions)]) if descriptions else help)
        self.scale.setAccessibleDescription(", ".join(descriptions))

    def _change_options(self, options: MapOptions) -> None:
        if options != self.options:
            self.set_options(options)
            self.changed.emit()

    def _slider_changed(self) -> None:
        self._change_options(self.options.of_kind(self.options.kind, self.share))

    def _number_changed(self, name: str) -> None:
        values = dict(self.options.numbers)
        values[name] = self.numbers[name].value()
        self._change_options(replace(self.options, numbers=tuple(values.items())))

    def _choice_changed(self) -> None:
        limit = self.options.limit if self.options.rows else self.limit.currentData()
        self._change_options(
            replace(
                self.options,
                metric=self.distance.currentData(),
                space=self.space.currentData(),
                limit=limit,
                supervised=self.labels.currentData(),
            )
        )

    def _defaults(self) -> None:
        with QSignalBlocker(self.scale):
            self.scale.setValue(STEPS // 2)
        defaults = MapOptions(rows=self.options.rows)
        self._change_options(defaults.of_kind(self.options.kind, self.share))

    def _open(self) -> None:
        self.panel.adjustSize()
        corner = self.more.mapToGlobal(QPoint(0, self.more.height() + GAP // 2))
        # Keep the popup within the screen.
        screen = self.more.screen().availableGeometry()
        corner.setX(max(screen.left(), min(corner.x(), screen.right() - self.panel.width())))
        corner.setY(max(screen.top(), min(corner.y(), screen.bottom() - self.panel.height())))
        self.panel.move(corner)
        self.panel.show()
        first = next((field for name, field in self.numbers.items() if name in dict(self.options.numbers)), self.distance)
        first.setFocus(Qt.FocusReason.PopupFocusReason)
