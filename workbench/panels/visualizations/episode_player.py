"""Plays an episode of a run's agent, step by step, with the actions and their values."""

from __future__ import annotations

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QHideEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QSlider, QVBoxLayout, QWidget

from workbench.bridge.ask import Ask
from workbench.bridge.episode_questions import Episode, PlayEpisode
from workbench.panels.visualizations.picture import Picture
from workbench.theme.palette import GAP
from workbench.widgets.steady_button import SteadyButton

STEP_MS = 350  # between two steps
END_MS = 1400  # at the end, before it begins again


class EpisodePlayer(QWidget):
    """The episode, a slider for its steps, and buttons to play it and to take another. `stateChanged`: a line about the step."""

    stateChanged = Signal(str)

    def __init__(self, ask: Ask, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._ask = ask
        self._folder = ""
        self._question: PlayEpisode | None = None
        self._episode: Episode | None = None
        self.picture = Picture(most=384)
        self.picture.setAccessibleName(self.tr("Episode of the agent"))
        self.note = QLabel()
        self.note.setWordWrap(True)
        self.note.setTextFormat(Qt.TextFormat.PlainText)
        self.values = QLabel()
        self.values.setObjectName("quiet")
        self.values.setWordWrap(True)
        self.values.setTextFormat(Qt.TextFormat.PlainText)
        self.step = QSlider(Qt.Orientation.Horizontal)
        self.step.setAccessibleName(self.tr("Step of the episode"))
        self.step.setPageStep(1)
        self.step.valueChanged.connect(self._show)
        self.play = SteadyButton(self.tr("Play"), self.tr("Pause"))
        self.play.clicked.connect(self._toggle)
        self.another = QPushButton(self.tr("Another episode"))
        self.another.clicked.connect(self._next)
        self._timer = QTimer(self)
        self._timer.timeout.connect(self._advance)
        buttons = QHBoxLayout()
        buttons.setSpacing(GAP)
        buttons.addWidget(self.play)
        buttons.addWidget(self.another)
        buttons.addWidget(self.step, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(GAP)
        column.addWidget(self.picture)
        column.addWidget(self.note)
        column.addWidget(self.values)
        column.addStretch(1)
        column.addLayout(buttons)
        self._set_playing(False)

    @property
    def playing(self) -> bool:
        """Whether the episode moves on by itself."""
        return self._timer.isActive()

    def open(self, folder: str) -> None:
        """Ask for the first episode of a run, and play it."""
        self._folder = folder
        self._request(0)

    def close_episode(self) -> None:
        """Stop, and forget the episode."""
        self._question, self._episode = None, None
        self._set_playing(False)

    def hideEvent(self, event: QHideEvent) -> None:
        """A hidden player does not play."""
        self._set_playing(False)
        super().hideEvent(event)

    def _request(self, number: int) -> None:
        question = self._question = PlayEpisode(self._folder, number)
        self._set_playing(False)
        self.note.setText(self.tr("Playing an episode…"))

        def receive(episode: Episode) -> None:
            if self._question == question:
                self._receive(episode)

        def fail(message: str) -> None:
            if self._question == question:
                self.close_episode()
                self._show()
                self.note.setText(message)

        self._ask(question, receive, fail)

    def _receive(self, episode: Episode) -> None:
        self._episode = episode
        self.step.blockSignals(True)
        self.step.setRange(0, len(episode.actions))
        self.step.setValue(0)
        self.step.blockSignals(False)
        self._show()
        self._set_playing(self.isVisible())

    def _next(self) -> None:
        if self._folder:
            self._request(self._episode.number + 1 if self._episode is not None else 0)

    def _toggle(self) -> None:
        if self._episode is None:
            self._request(0)
        else:
            self._set_playing(not self.playing)

    def _set_playing(self, playing: bool) -> None:
        if playing:
            self._timer.start(STEP_MS)
        else:
            self._timer.stop()
        self.play.setText(self.tr("Pause") if playing else self.tr("Play"))

    def _advance(self) -> None:
        at_end = self.step.value() >= self.step.maximum()
        self.step.setValue(0 if at_end else self.step.value() + 1)
        self._timer.setInterval(END_MS if self.step.value() == self.step.maximum() else STEP_MS)

    def _show(self) -> None:
        episode = self._episode
        self.picture.setVisible(episode is not None)
        self.step.setEnabled(episode is not None)
        self.values.setVisible(episode is not None)
        if episode is None:
            self.note.setText("")
            self.stateChanged.emit("")
            return
        step, steps = self.step.value(), len(episode.actions)
        self.picture.set_pixels(episode.frames[step])
        gained = float(episode.rewards[:step].sum())
        if step < steps:
            text = self.tr("Step {0} of {1}: {2}. Return so far {3}.").format(
                step + 1, steps, episode.actions[step], f"{gained:.2f}"
            )
            pairs = zip(episode.names, episode.values[step], strict=True)
            self.values.setText(self.tr("Values: {0}").format(", ".join(f"{name} {value:.2f}" for name, value in pairs)))
        else:
            end = self.tr("The goal is reached") if episode.success else self.tr("The goal is not reached")
            text = self.tr("{0} after {1} steps. Return {2}.").format(end, steps, f"{gained:.2f}")
            self.values.setText(" ")
        self.note.setText(text)
        self.picture.setAccessibleDescription(text)
        self.stateChanged.emit(self.tr("held-out episode {0}").format(episode.number + 1))
