"""The controls of the Pairs panel: split, checkpoint, order of the images, and space of the features."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QGridLayout, QPushButton, QWidget

from workbench.forms.editors import Combo
from workbench.theme.palette import GAP
from workbench.widgets.room import keep_room


class PairChoices(QWidget):
    """`batchChanged`: other pairs must be computed. `viewChanged`: the same pairs are shown in another order or space.
    `reloadRequested`: compute the pairs with the newest checkpoint. The panel places the button `others`."""

    batchChanged = Signal()
    viewChanged = Signal()
    reloadRequested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.seed = 0
        self.others = QPushButton(self.tr("Other images"))
        self.others.setToolTip(self.tr("Draw other images of the split, and other views"))
        self._split, self._epoch, self._order, self._space = Combo(), Combo(), Combo(), Combo()
        splits = (("validation", self.tr("validation")), ("train", self.tr("train")), ("test", self.tr("test")))
        orders = (("class", self.tr("by class")), ("cluster", self.tr("by cluster")), ("index", self.tr("by index")))
        for combo, name, entries in (
            (self._split, self.tr("Images of which split"), splits),
            (self._epoch, self.tr("Checkpoint of the encoder"), ()),
            (self._order, self.tr("Order of the images"), orders),
            (self._space, self.tr("Which features"), ()),
        ):
            combo.setAccessibleName(name)
            combo.setToolTip(name)
            for key, words in entries:
                combo.addItem(words, key)
        self._reload = QPushButton(self.tr("Newer checkpoint"))
        self._reload.setToolTip(self.tr("The run has written a newer checkpoint: compute the pairs again"))
        self._split.activated.connect(self.batchChanged)
        self._epoch.activated.connect(self.batchChanged)
        self._order.activated.connect(self.viewChanged)
        self._space.activated.connect(self.viewChanged)
        self.others.clicked.connect(self._draw_other_images)
        self._reload.clicked.connect(self.reloadRequested)
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setSpacing(GAP)
        for index, part in enumerate((self._split, self._epoch, self._order, self._space)):
            grid.addWidget(part, index // 2, index % 2)
        grid.addWidget(self._reload, 2, 0, 1, 2)
        keep_room(self._order, self._space, self._reload)
        for column in (0, 1):
            grid.setColumnStretch(column, 1)
        self.set_epochs(())
        self.set_state(False, False, False)

    @property
    def split(self) -> str:
        """The split whose images are shown."""
        return str(self._split.currentData())

    @property
    def epoch(self) -> int | None:
        """The epoch of the checkpoint: 0 for the untrained encoder, None for the newest checkpoint."""
        chosen = str(self._epoch.currentData())
        return int(chosen) if chosen.isdigit() else None

    @property
    def order(self) -> str:
        """The order of the images: "class", "cluster" or "index"."""
        return str(self._order.currentData())

    @property
    def space(self) -> str:
        """The space: "features" or "embedding"."""
        return str(self._space.currentData())

    def choose(self, order: str = "", space: str = "", epoch: str = "") -> None:
        """Choose entries as a user would; an epoch by its number, or "last". Empty: leave as it is."""
        for combo, key in ((self._order, order), (self._space, space), (self._epoch, epoch)):
            index = combo.findData(key)
            if key and index >= 0:
                combo.setCurrentIndex(index)
                combo.activated.emit(index)

    def set_epochs(self, kept: Sequence[int], keep: bool = False) -> None:
        """Set the epochs of which a run kept a checkpoint, besides the untrained encoder and the newest checkpoint. `keep`: the
        run is the one shown already, and its choice stays."""
        keys = ["0", *map(str, kept), "last"]
        if keep and keys == [self._epoch.itemData(index) for index in range(self._epoch.count())]:
            return
        before = self._epoch.currentData() if keep else None
        self._epoch.clear()
        self._epoch.addItem(self.tr("untrained"), "0")
        for epoch in kept:
            self._epoch.addItem(self.tr("epoch {0}").format(epoch), str(epoch))
        self._epoch.addItem(self.tr("last checkpoint"), "last")
        index = self._epoch.findData(before) if before is not None else -1
        self._epoch.setCurrentIndex(index if index >= 0 else self._epoch.count() - 1)

    def set_spaces(self, spaces: Sequence[str]) -> None:
        """Set the spaces that a run has. The choice stays if it is among them."""
        if [self._space.itemData(index) for index in range(self._space.count())] == list(spaces):
            return
        kept = self._space.currentData()
        words = {"features": self.tr("backbone's features"), "embedding": self.tr("projector's embedding")}
        self._space.clear()
        for space in spaces:
            self._space.addItem(words.get(space, space), space)
        # The loss acts on the embedding, so that is the default.
        self._space.setCurrentIndex(max(0, self._space.findData(kept)) if kept else self._space.count() - 1)

    def set_state(self, run: bool, loaded: bool, stale: bool) -> None:
        """Whether a run is chosen, whether its pairs are loaded, and whether they are of an older checkpoint."""
        for part in (self._split, self._epoch, self.others):
            part.setEnabled(run)
        self._order.setVisible(loaded)
        self._space.setVisible(loaded)
        self._reload.setVisible(stale)

    def _draw_other_images(self) -> None:
        self.seed += 1
        self.batchChanged.emit()
