"""How a map is made: one slider from local to global, and behind a button each number of its own, with help."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QPoint, QSignalBlocker, Qt, QTimer, Signal
from PySide6.QtWidgets import QFormLayout, QFrame, QHBoxLayout, QLabel, QPushButton, QSlider, QWidget

from workbench.bridge.map_questions import Map
from workbench.forms.editors import Combo
from workbench.forms.number_boxes import RealBox, WholeBox
from workbench.panels.embedding.maps import Wish
from workbench.theme.palette import GAP, WIDE_GAP

STEPS = 20
# A slider that moves asks when it has rested for so long.
SETTLE_MS = 250
LIMITS = (500, 1000, 2000, 5000, 10_000, 20_000)


class MapSettings(QWidget):
    """`changed`: another wish than before, `wish`."""

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.wish = Wish()
        self.scale = QSlider(Qt.Orientation.Horizontal)
        self.scale.setRange(0, STEPS)
        self.scale.setValue(STEPS // 2)
        self.scale.setPageStep(STEPS // 4)
        self.scale.setFixedWidth(84)
        self.scale.setAccessibleName(self.tr("Map from local to global"))
        self._settle = QTimer(self)
        self._settle.setSingleShot(True)
        self._settle.setInterval(SETTLE_MS)
        self._settle.timeout.connect(self._scaled)
        self.scale.valueChanged.connect(lambda _: self._settle.start())
        self._ends = QLabel(self.tr("local")), QLabel(self.tr("global"))
        self.more = QPushButton(self.tr("More…"))
        self.more.setStyleSheet("padding: 3px 8px;")
        self.more.setToolTip(self.tr("Neighbours, distances and how many samples the map has"))
        self.more.clicked.connect(self._open)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(GAP // 2)
        for part in (self._ends[0], self.scale, self._ends[1], self.more):
            row.addWidget(part)
        for label in self._ends:
            label.setObjectName("quiet")
        self.panel = QFrame(self, Qt.WindowType.Popup)
        self.panel.setObjectName("card")
        self.panel.setAccessibleName(self.tr("How the map is made"))
        self._form = QFormLayout(self.panel)
        self._form.setContentsMargins(WIDE_GAP, WIDE_GAP, WIDE_GAP, WIDE_GAP)
        self.numbers: dict[str, WholeBox | RealBox] = {}
        self._number(
            "neighbours", self.tr("Neighbours"), 2, 200, 0, self.tr("How many nearest samples each one is to stay near to")
        )
        words = self.tr("How close points may lie: small packs alike samples into clumps, large spreads them")
        self._number("min_dist", self.tr("Least distance"), 0, 0.99, 2, words)
        words = self.tr("About how many neighbours count for each sample; at most a third of the samples")
        self._number("perplexity", self.tr("Perplexity"), 2, 500, 1, words)
        words = self.tr("Pairs a little way off for each near pair: more of them keep the whole shape")
        self._number("mid_near", self.tr("Mid-near pairs"), 0, 10, 2, words)
        # Not `metric`: that is one of Qt's own, which a widget must not lose.
        self.distance = self._choice(self.tr("Distance"), self.tr("By what two samples are near, on the map and in its quality"))
        self.distance.addItem(self.tr("cosine"), "cosine")
        self.distance.addItem(self.tr("Euclidean"), "euclidean")
        self.space = self._choice(self.tr("Space"), self.tr("Backbone: what is used later. Projector: where the loss is computed"))
        self.space.addItem(self.tr("backbone's features"), "features")
        self.space.addItem(self.tr("projector's embedding"), "embedding")
        words = self.tr("Samples of one class drawn together: such a map does not show what the encoder learned")
        self.labels = self._choice(self.tr("Classes"), words)
        self.labels.addItem(self.tr("not used"), False)
        self.labels.addItem(self.tr("drawn together"), True)
        words = self.tr("Fewer come sooner. A sample that keeps the classes' shares, the same each time")
        self.limit = self._choice(self.tr("Samples"), words)
        self.reset = QPushButton(self.tr("Defaults"))
        self.reset.clicked.connect(self._defaults)
        self._form.addRow("", self.reset)
        self._total = 0
        self.set_total(0)
        self._show()

    def _number(self, name: str, words: str, low: float, high: float, digits: int, help: str) -> None:
        field: WholeBox | RealBox
        if digits:
            field = RealBox()
            field.setDecimals(digits)
            field.setSingleStep(0.05 if high < 50 else 5)
            field.setRange(low, high)
        else:
            field = WholeBox()
            field.setRange(int(low), int(high))
        # Typing 150 is not to ask for 1 and 15 on the way.
        field.setKeyboardTracking(False)
        field.valueChanged.connect(lambda _, name=name: self._typed(name))
        self._add(field, words, help)
        self.numbers[name] = field

    def _choice(self, words: str, help: str) -> Combo:
        made = Combo()
        made.setMinimumContentsLength(16)
        made.activated.connect(lambda _: self._chose())
        self._add(made, words, help)
        return made

    def _add(self, field: QWidget, words: str, help: str) -> None:
        label = QLabel(words)
        for part in (label, field):
            part.setToolTip(help)
        field.setAccessibleName(words)
        field.setAccessibleDescription(help)
        self._form.addRow(label, field)

    @property
    def share(self) -> float:
        """Where the slider is, from local (0) to global (1)."""
        return self.scale.value() / STEPS

    def set_wish(self, wish: Wish) -> None:
        """Show what is wanted now; nothing is said."""
        self.wish = wish
        self._show()

    def set_total(self, total: int) -> None:
        """How many samples a snapshot of this run has, 0 where that is not known yet."""
        if total == self._total and self.limit.count():
            return
        self._total = total
        with QSignalBlocker(self.limit):
            self.limit.clear()
            for count in LIMITS:
                if count < total:
                    self.limit.addItem(f"{count:,}", count)
            self.limit.addItem(self.tr("all {0}").format(f"{total:,}") if total else self.tr("all"), 0)
            self.limit.setCurrentIndex(max(0, self.limit.findData(self.wish.limit)))

    def set_map(self, found: Map) -> None:
        """The map that is shown tells how many there are."""
        self.set_total(found.total)

    def _show(self) -> None:
        values = dict(self.wish.numbers)
        for name, field in self.numbers.items():
            self._form.setRowVisible(field, name in values)
            if name in values:
                with QSignalBlocker(field):
                    field.setValue(int(values[name])) if isinstance(field, WholeBox) else field.setValue(values[name])
        for combo, value in ((self.distance, self.wish.metric), (self.space, self.wish.space), (self.limit, self.wish.limit)):
            combo.setCurrentIndex(max(0, combo.findData(value)))
        self.labels.setCurrentIndex(int(self.wish.supervised))
        self._form.setRowVisible(self.labels, self.wish.kind == "umap_learn")
        # PCA has no parameters, and a chosen part is mapped whole.
        for part in (self.scale, *self._ends):
            part.setEnabled(bool(values))
        self.limit.setEnabled(not self.wish.rows)
        titles = [self._form.labelForField(self.numbers[name]) for name in values]
        written = [
            f"{title.text()} {values[name]:g}" for name, title in zip(values, titles, strict=True) if isinstance(title, QLabel)
        ]
        help = self.tr(
            "Local: a sample's nearest few decide, small groups come apart. Global: many decide, the whole shape counts."
        )
        self.scale.setToolTip("\n".join([help, ", ".join(written)]) if written else help)
        self.scale.setAccessibleDescription(", ".join(written))

    def _want(self, wish: Wish) -> None:
        if wish != self.wish:
            self.set_wish(wish)
            self.changed.emit()

    def _scaled(self) -> None:
        self._want(self.wish.of_kind(self.wish.kind, self.share))

    def _typed(self, name: str) -> None:
        values = dict(self.wish.numbers)
        values[name] = self.numbers[name].value()
        self._want(replace(self.wish, numbers=tuple(values.items())))

    def _chose(self) -> None:
        limit = self.wish.limit if self.wish.rows else self.limit.currentData()
        self._want(
            replace(
                self.wish,
                metric=self.distance.currentData(),
                space=self.space.currentData(),
                limit=limit,
                supervised=self.labels.currentData(),
            )
        )

    def _defaults(self) -> None:
        with QSignalBlocker(self.scale):
            self.scale.setValue(STEPS // 2)
        plain = Wish(rows=self.wish.rows)
        self._want(plain.of_kind(self.wish.kind, self.share))

    def _open(self) -> None:
        self.panel.adjustSize()
        corner = self.more.mapToGlobal(QPoint(0, self.more.height() + GAP // 2))
        # Within the screen, however far right the button stands.
        room = self.more.screen().availableGeometry()
        corner.setX(max(room.left(), min(corner.x(), room.right() - self.panel.width())))
        corner.setY(max(room.top(), min(corner.y(), room.bottom() - self.panel.height())))
        self.panel.move(corner)
        self.panel.show()
        first = next((field for name, field in self.numbers.items() if name in dict(self.wish.numbers)), self.distance)
        first.setFocus(Qt.FocusReason.PopupFocusReason)
