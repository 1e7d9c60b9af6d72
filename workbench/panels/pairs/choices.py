"""What of a run is looked at: which split, at which checkpoint, which images, in which order, in which features."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QGridLayout, QPushButton, QWidget

from workbench.forms.editors import Combo
from workbench.theme.palette import GAP
from workbench.widgets.room import keep_room


class Choices(QWidget):
    """`batchChanged`: other pairs are to be asked for. `lookChanged`: the same are to be shown otherwise. `againAsked`: the newest
    checkpoint is to be asked. `others` has no place of its own here: it stands beside the seed that it changes."""

    batchChanged = Signal()
    lookChanged = Signal()
    againAsked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.seed = 0
        self.others = QPushButton(self.tr("Other images"))
        self.others.setToolTip(self.tr("Draw other images of the split, and other views"))
        self._split, self._epoch, self._order, self._space = Combo(), Combo(), Combo(), Combo()
        splits = (("validation", self.tr("validation")), ("train", self.tr("train")), ("test", self.tr("test")))
        orders = (("class", self.tr("by class")), ("cluster", self.tr("by cluster")), ("index", self.tr("by index")))
        for combo, name, entries in (
            (self._split, self.tr("Split of the images"), splits),
            (self._epoch, self.tr("Checkpoint of the encoder"), ()),
            (self._order, self.tr("Order of the images"), orders),
            (self._space, self.tr("Which features"), ()),
        ):
            combo.setAccessibleName(name)
            combo.setToolTip(name)
            for key, words in entries:
                combo.addItem(words, key)
        self._again = QPushButton(self.tr("Newer checkpoint"))
        self._again.setToolTip(self.tr("The run has written a newer checkpoint: use it"))
        self._split.activated.connect(self.batchChanged)
        self._epoch.activated.connect(self.batchChanged)
        self._order.activated.connect(self.lookChanged)
        self._space.activated.connect(self.lookChanged)
        self.others.clicked.connect(self._roll)
        self._again.clicked.connect(self.againAsked)
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setSpacing(GAP)
        for place, part in enumerate((self._split, self._epoch, self._order, self._space)):
            grid.addWidget(part, place // 2, place % 2)
        grid.addWidget(self._again, 2, 0, 1, 2)
        keep_room(self._order, self._space, self._again)
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
        """After which epoch: 0 is untrained, None the newest checkpoint."""
        chosen = str(self._epoch.currentData())
        return int(chosen) if chosen.isdigit() else None

    @property
    def order(self) -> str:
        """ "class", "cluster" or "index"."""
        return str(self._order.currentData())

    @property
    def space(self) -> str:
        """ "features" or "embedding"."""
        return str(self._space.currentData())

    def choose(self, order: str = "", space: str = "", epoch: str = "") -> None:
        """Choose as a click would; an epoch by its number, or "last"."""
        for combo, key in ((self._order, order), (self._space, space), (self._epoch, epoch)):
            place = combo.findData(key)
            if key and place >= 0:
                combo.setCurrentIndex(place)
                combo.activated.emit(place)

    def set_epochs(self, kept: Sequence[int], again: bool = False) -> None:
        """The epochs of which a run kept a checkpoint, besides the untrained encoder and the newest. With `again`, of a run that is
        shown already: the choice stays."""
        given = ["0", *map(str, kept), "last"]
        if again and given == [self._epoch.itemData(place) for place in range(self._epoch.count())]:
            return
        before = self._epoch.currentData() if again else None
        self._epoch.clear()
        self._epoch.addItem(self.tr("untrained"), "0")
        for epoch in kept:
            self._epoch.addItem(self.tr("epoch {0}").format(epoch), str(epoch))
        self._epoch.addItem(self.tr("last checkpoint"), "last")
        place = self._epoch.findData(before) if before is not None else -1
        self._epoch.setCurrentIndex(place if place >= 0 else self._epoch.count() - 1)

    def set_spaces(self, spaces: Sequence[str]) -> None:
        """The spaces that a run has; the choice is kept where it can be."""
        if [self._space.itemData(place) for place in range(self._space.count())] == list(spaces):
            return
        kept = self._space.currentData()
        words = {"features": self.tr("backbone's features"), "embedding": self.tr("projector's embedding")}
        self._space.clear()
        for space in spaces:
            self._space.addItem(words.get(space, space), space)
        # What a method's loss pulls and pushes is its embedding.
        self._space.setCurrentIndex(max(0, self._space.findData(kept)) if kept else self._space.count() - 1)

    def set_state(self, run: bool, found: bool, stale: bool) -> None:
        """Whether there is a run, whether its pairs are there, and whether they are of an older checkpoint."""
        for part in (self._split, self._epoch, self.others):
            part.setEnabled(run)
        self._order.setVisible(found)
        self._space.setVisible(found)
        self._again.setVisible(stale)

    def _roll(self) -> None:
        self.seed += 1
        self.batchChanged.emit()
