"""The dry run: how fast a run with these settings would be, how much memory it would take, and how long it would last."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from PySide6.QtCore import QCoreApplication, Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QProgressBar, QStackedWidget, QVBoxLayout, QWidget

from workbench.bridge.ask import Ask, TakeOver
from workbench.bridge.measured_speeds import MeasuredSpeeds, Speed, SpeedSettings, changed_settings, run_seconds
from workbench.bridge.setup_questions import MeasureSpeed, Refused
from workbench.forms.setting_titles import title_for, with_titles
from workbench.models.runs import duration
from workbench.panels.setup.problems import Problems
from workbench.theme.plain import tip
from workbench.widgets.room import keep_lines, keep_room
from workbench.widgets.steady_button import SteadyButton

translate = QCoreApplication.translate


def _per_second(speed: Speed) -> str:
    return translate("DryRun", "{0} images/s").format(f"{speed.images_per_second:,.0f}")


def changed_texts(keys: list[str]) -> tuple[str, str]:
    """Which settings have changed: in a few words for the card, and all of them."""
    titles = list(dict.fromkeys(title_for(key) or key for key in keys))
    every = translate("DryRun", "Changed since it was measured: {0}.").format(", ".join(titles))
    first = titles[0] if len(titles) == 1 else translate("DryRun", "{0} +{1}").format(titles[0], len(titles) - 1)
    return translate("DryRun", "Changed: {0}.").format(first), every


class DryRun(QFrame):
    """Measures on request, with progress and cancel, and keeps results until a setting changes on which they depend.

    `draft` returns the config that would be trained. `cancelAsked` carries the question to be cancelled, `settingAsked` the key of
    the setting that a message is about, `busyChanged` whether it measures now."""

    cancelAsked = Signal(object)
    settingAsked = Signal(str)
    busyChanged = Signal(bool)

    def __init__(self, ask: Ask, draft: Callable[[], dict[str, Any]], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._ask, self._draft = ask, draft
        self.speeds = MeasuredSpeeds()
        self._now: SpeedSettings = {}  # of the settings as they were last found valid
        self._train: Mapping[str, Any] = {}
        self._question: MeasureSpeed | None = None
        self._failure = ("", "")  # the key of a setting and a message
        self.setObjectName("inner")
        head = QLabel(self.tr("Dry run"))
        head.setObjectName("strong")
        self.text = QLabel()
        self.text.setObjectName("quiet")
        self.text.setWordWrap(True)
        self.text.setAlignment(Qt.AlignmentFlag.AlignTop)
        self.problems = Problems()
        self.problems.clicked.connect(self.settingAsked)
        self._stack = QStackedWidget()
        self._stack.addWidget(self.text)
        self._stack.addWidget(self.problems)
        keep_lines(self._stack, 2)
        self.bar = QProgressBar()
        self.bar.setRange(0, 100)
        self.bar.setTextVisible(False)
        self.bar.setFixedHeight(4)
        self.bar.setAccessibleName(self.tr("Progress of the dry run"))
        keep_room(self.bar)
        self.bar.hide()
        self.button = SteadyButton(self.tr("Measure"), self.tr("Cancel"))
        self.button.clicked.connect(self._pressed)
        texts = QVBoxLayout()
        texts.setSpacing(0)
        texts.addWidget(head)
        texts.addWidget(self._stack)
        texts.addWidget(self.bar)
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 6, 6, 6)
        row.addLayout(texts, 1)
        row.addWidget(self.button)
        self.refresh()

    @property
    def busy(self) -> bool:
        """Whether it measures now."""
        return self._question is not None

    def measure(self) -> None:
        """Measure the settings as they are."""
        if self._question is not None:
            return
        self._failure = ("", "")
        self._question = MeasureSpeed(self._draft())
        self._progress(0.0)
        self.refresh()
        self._ask(self._question, self._answered, self._failed, self._progress)

    def cancel(self) -> None:
        """Stop measuring; earlier results stay."""
        question, self._question = self._question, None
        if question is not None:
            self.cancelAsked.emit(question)
            self.refresh()

    def take_over(self, other: DryRun, take_over: TakeOver) -> None:
        """Go on with what the same card of a replaced window measures."""
        if other._question is not None and take_over(other._question, self._answered, self._failed, self._progress):
            self._question = other._question
            self._progress(other.bar.value() / 100)
            self.refresh()

    def settings_changed(self) -> None:
        """The settings are others now, and not checked yet: a failure was about the ones before."""
        if self._failure[1]:
            self._failure = ("", "")
            self.refresh()

    def settings_checked(self, settings: SpeedSettings, train: Mapping[str, Any]) -> None:
        """The settings are valid; what they were found to be, and the values of their TrainConfig. Empty where they are not."""
        self._now, self._train = settings, train
        self.refresh()

    def refresh(self) -> None:
        """Show what is known of the settings as they are now."""
        if self.bar.isHidden() == self.busy:
            self.bar.setVisible(self.busy)
            self.busyChanged.emit(self.busy)
        self.button.setText(self.tr("Cancel") if self.busy else self.tr("Measure"))
        self.button.setToolTip("" if self.busy else self.tr("Runs a few training steps and discards them"))
        if self.busy:
            self._show(self.tr("Measuring… {0} %").format(self.bar.value()))
        elif self._failure[1]:
            self.problems.show_problems([self._failure])
            self._stack.setCurrentWidget(self.problems)
        else:
            self._show_result()

    def seconds(self) -> float | None:
        """How long the run would take; None where that is not known."""
        return run_seconds(self.speeds.find(self._now), self._train) if self._now else None

    def _show_result(self) -> None:
        speed, newest = self.speeds.find(self._now), self.speeds.newest
        if speed is not None:
            seconds = self.seconds()
            parts = [_per_second(speed), f"{speed.memory_bytes / 2**30:.1f} GiB", *([duration(seconds)] if seconds else [])]
            self._show(" · ".join(parts), self.tr("Kept until a setting changes on which the speed depends."))
        elif newest is not None:
            changed = changed_settings(newest.settings, self._now) if self._now else []
            short, every = changed_texts(changed) if changed else ("", "")
            before = self.tr("Before: {0}").format(_per_second(newest))
            self._show(" ".join(part for part in (short, before) if part), every)
        else:
            self._show(self.tr("not measured yet"))

    def _show(self, text: str, help: str = "") -> None:
        self.text.setText(text)
        self.text.setToolTip(tip("\n\n".join(part for part in (text, help) if part)))
        self._stack.setCurrentWidget(self.text)

    def _pressed(self) -> None:
        if self.busy:
            self.cancel()
        else:
            self.measure()

    def _progress(self, share: float) -> None:
        self.bar.setValue(round(share * 100))
        if self.busy:
            self._show(self.tr("Measuring… {0} %").format(self.bar.value()))

    def _answered(self, answer: Speed | Refused) -> None:
        self._question = None
        if isinstance(answer, Refused):
            key, message = answer.problems[0]
            self._failure = (key, with_titles(message, key))
        else:
            self.speeds.add(answer)
        self.refresh()

    def _failed(self, message: str) -> None:
        self._question = None
        self._failure = ("", message.partition("\n\n")[0])
        self.refresh()
