"""The length of a run by minutes: the minutes that are left are converted to steps repeatedly, at the recent speed.

Each change of the length is written to the run's config before the first step that depends on it, so that a resumed run takes the
same steps with the same schedules, and the config of a finished run repeats it exactly (engine.train.length)."""

from __future__ import annotations

from pathlib import Path

from engine.config.errors import ConfigError
from engine.config.run import RunConfig
from engine.events import Emit, LengthChanged, Warned
from engine.runs.run_folder import write_config
from engine.train.length import Length
from engine.train.setup import Session

# Time between two estimates: a share of the time that is left, at first of the time since the start, and at least some seconds.
LEFT_SHARE, SINCE_SHARE, LEAST_SECONDS = 0.125, 0.5, 1.0
# Changes below this share of the steps that are left are ignored.
NOTICEABLE = 0.01
# Evaluation may take this share of the time where the config leaves its frequency open.
CHECKS_SHARE = 0.05


class Pace:
    """Changes the length of a session that is to take `session.minutes`; does nothing for one whose steps are given. Created right
    before the first step, so that the evaluation before it does not count in the speed."""

    def __init__(self, session: Session, emit: Emit, folder: Path | None) -> None:
        self.session, self.emit, self.folder = session, emit, folder
        self._begun = session.clock.seconds
        self._from = session.seconds, session.step
        self._trained_at_first = session.seconds
        self._next = self._begun + LEAST_SECONDS

    def due(self) -> bool:
        """Whether it is time for another estimate. A resumed run first repeats the recorded changes."""
        session = self.session
        if (
            not session.minutes
            or session.step >= session.steps
            or session.step <= max(session.length.changes[-1].step, session.logged)
        ):
            return False
        return session.clock.seconds >= self._next

    def revise(self, last_check: float) -> None:
        """Estimate the steps that are left, at the speed since the last estimate; all steps so far are in `session.seconds`.
        `last_check`: seconds that the check after the last step will take."""
        session = self.session
        now = session.clock.seconds
        trained, step = self._from
        taken, seconds = session.step - step, session.seconds - trained
        if taken < 1 or seconds <= 0:
            return
        left = max(0.0, session.minutes * 60.0 - now - last_check)
        self._from = session.seconds, session.step
        self._next = now + max(LEAST_SECONDS, min(LEFT_SHARE * left, SINCE_SHARE * (now - self._begun)))
        # The share of the time so far that steps took, without evaluation.
        training = (session.seconds - self._trained_at_first) / max(now - self._begun, 1e-9)
        more = round(left * min(training, 1.0 - CHECKS_SHARE) / (seconds / taken))
        if abs(session.step + more - session.steps) > max(1.0, NOTICEABLE * (session.steps - session.step)):
            self._change(session.step + more)

    def _change(self, total: int) -> None:
        session = self.session
        length = session.length.revised(session.step, total)
        config = with_length(session.config, length)
        if self.folder is not None:
            try:
                write_config(self.folder, config)
            except ConfigError as error:
                # A change that is not recorded could not be repeated: the recorded length stays.
                self.emit(
                    Warned(
                        f"The run keeps its {session.steps} steps, whatever the clock says. {error}", session.step, "train.minutes"
                    )
                )
                return
        session.config, session.length = config, length
        self.emit(LengthChanged(session.step, total, -(-total // session.steps_per_epoch)))


def with_length(config: RunConfig, length: Length) -> RunConfig:
    """The config with a length recorded in it."""
    return config.model_copy(update={"train": config.train.model_copy(update={"steps": length.steps, "plan": length.plan()})})
