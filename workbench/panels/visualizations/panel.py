"""The Visualizations panel: the method's own pictures, by name and by epoch, as they come and as they were stored."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QScrollArea, QSlider, QVBoxLayout, QWidget

from engine.catalogue import methods
from engine.config.errors import ConfigError
from engine.events import Event, PicturesReady
from engine.runs.reader import picture_epochs, pictures, read_picture, read_status
from workbench.bridge.ask import Ask
from workbench.forms.editors import Combo
from workbench.i18n.engine_texts import picture_name
from workbench.panel import Panel, PanelContext
from workbench.panels.visualizations.episode_player import EpisodePlayer
from workbench.panels.visualizations.picture import Picture
from workbench.theme.palette import GAP
from workbench.widgets.card import Card
from workbench.widgets.empty_state import EmptyState

# In the list of pictures: an episode that plays.
_EPISODE = "@episode"


class VisualizationsPanel(Panel):
    """The pictures of one run: a name to choose, an epoch to slide to. At the newest epoch it follows the run."""

    def __init__(self, ask: Ask | None = None, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(self.tr("Visualizations"))
        self._folder: Path | None = None
        self._epochs: list[int] = []
        self._fresh: dict[int, dict[str, np.ndarray]] = {}
        self._name = ""
        self.card = Card(self.tr("Visualizations"))
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(self.card)
        self.names = Combo()
        self.names.setAccessibleName(self.tr("Which picture"))
        self.names.activated.connect(self._choose)
        self.picture = Picture()
        self.picture.setAccessibleName(self.tr("Visualization of the method"))
        self._scroll = QScrollArea()
        self._scroll.setWidgetResizable(True)
        self._scroll.setFrameShape(QFrame.Shape.NoFrame)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        # It scrolls by the arrow keys where a picture is taller than the card.
        self._scroll.setAccessibleName(self.tr("Visualization of the method"))
        self._scroll.setWidget(self.picture)
        self.player = EpisodePlayer(ask) if ask is not None else None
        self._empty = EmptyState("gallery")
        self._empty.setMinimumHeight(48)
        self.epoch = QSlider(Qt.Orientation.Horizontal)
        self.epoch.setAccessibleName(self.tr("Epoch of the pictures"))
        self.epoch.setPageStep(1)
        self.epoch.valueChanged.connect(self._show)
        line = QHBoxLayout()
        line.setSpacing(GAP)
        line.addWidget(self.epoch, 1)
        self.card.body.addWidget(self.names)
        self.card.body.addWidget(self._scroll, 1)
        if self.player is not None:
            self.player.hide()
            self.player.stateChanged.connect(self._player_changed)
            self.card.body.addWidget(self.player, 1)
        self.card.body.addWidget(self._empty, 1)
        self.card.body.addLayout(line)
        self.show_run(None)

    def show_run(self, folder: str | None) -> None:
        """The run whose pictures are shown; None for none."""
        self._folder = Path(folder) if folder is not None else None
        self._fresh = {}
        self._epochs = []
        if self.player is not None:
            self.player.close_episode()
            self.player.hide()
        if self._folder is not None:
            try:
                self._epochs = list(picture_epochs(self._folder))
            except (OSError, ConfigError):
                self._epochs = []
        self._fill_slider(len(self._epochs) - 1)
        self._show()

    def take_events(self, folder: str, events: Sequence[Event]) -> None:
        """Take the pictures that the shown run has just reported."""
        if self._folder is None or Path(folder) != self._folder:
            return
        came = [event for event in events if isinstance(event, PicturesReady) and event.pictures]
        if not came:
            return
        at_end = self.epoch.value() >= len(self._epochs) - 1
        current = self.current_epoch
        # The newest are at hand before they are on disk; older ones are read again when somebody slides back to them.
        for event in came:
            self._fresh = {**dict(list(self._fresh.items())[-3:]), event.epoch: dict(event.pictures)}
        self._epochs = sorted({*self._epochs, *(event.epoch for event in came)})
        self._fill_slider(len(self._epochs) - 1 if at_end or current is None else self._epochs.index(current))
        self._show()

    @property
    def current_epoch(self) -> int | None:
        """The epoch that the slider is at."""
        return self._epochs[min(self.epoch.value(), len(self._epochs) - 1)] if self._epochs else None

    def _fill_slider(self, index: int) -> None:
        self.epoch.blockSignals(True)
        self.epoch.setRange(0, max(0, len(self._epochs) - 1))
        self.epoch.setValue(max(0, index))
        self.epoch.blockSignals(False)

    def _choose(self) -> None:
        self._name = self.names.currentData() or ""
        self._show()
        if self._name == _EPISODE and self.player is not None and self._folder is not None:
            self.player.open(str(self._folder))

    def _acts(self) -> bool:
        """Whether the run's method acts in a world, so that an episode can be played."""
        if self.player is None or self._folder is None:
            return False
        try:
            method = read_status(self._folder).method
        except (OSError, ConfigError):
            return False
        return any(row.id == method and row.feed == "world" for row in methods())

    def _player_changed(self, text: str) -> None:
        if self._name == _EPISODE:
            self.card.set_state(text)

    def _names_at(self, epoch: int) -> list[str]:
        if epoch in self._fresh:
            return list(self._fresh[epoch])
        if self._folder is None:
            return []
        try:
            return list(pictures(self._folder, epoch))
        except (OSError, ConfigError):
            return []

    def _pixels(self, epoch: int, name: str) -> np.ndarray | None:
        if name in self._fresh.get(epoch, {}):
            return self._fresh[epoch][name]
        if self._folder is None:
            return None
        try:
            return read_picture(self._folder, epoch, name)
        except (OSError, ValueError):
            return None

    def _show(self) -> None:
        epoch = self.current_epoch
        names = self._names_at(epoch) if epoch is not None else []
        if names and self._acts():
            names = [*names, _EPISODE]
        name = self._name if self._name in names else names[0] if names else ""
        self._fill_names(names, name)
        plays = name == _EPISODE and self.player is not None
        if self.player is not None:
            self.player.setVisible(plays)
        self.epoch.setVisible(len(self._epochs) > 1 and not plays)
        if plays:
            self._scroll.hide()
            self._empty.hide()
            self.names.show()
            return
        pixels = self._pixels(epoch, name) if epoch is not None and name else None
        self._scroll.setVisible(pixels is not None)
        self._empty.setVisible(pixels is None)
        self.names.setVisible(len(names) > 1)
        epoch_text = "" if epoch is None else self.tr("epoch {0}").format(epoch)
        self.card.set_state(f"{picture_name(name)} · {epoch_text}" if name and epoch_text else epoch_text)
        if pixels is None:
            if self._folder is None and not self._epochs:
                self._empty.show_text(self.tr("Choose or start a run: the pictures of its method are shown here."), "gallery")
            else:
                self._empty.show_text(
                    self.tr(
                        "The pictures of the method (views, predictions, reconstructions, attention) are made with each snapshot."
                    )
                )
        else:
            self.picture.set_pixels(pixels)
            self.picture.setAccessibleDescription(f"{picture_name(name)}, {self.card.state}")
            self.picture.setToolTip(picture_name(name))

    def _fill_names(self, names: Sequence[str], current: str) -> None:
        if [self.names.itemData(row) for row in range(self.names.count())] != list(names):
            self.names.clear()
            for name in names:
                self.names.addItem(self.tr("An episode, played") if name == _EPISODE else picture_name(name), name)
        self.names.setCurrentIndex(self.names.findData(current))


def make(context: PanelContext) -> VisualizationsPanel:
    """The panel of a row of the window's table."""
    return VisualizationsPanel(context.asker())
