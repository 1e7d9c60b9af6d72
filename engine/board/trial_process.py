"""A trial of the leaderboard in a process of its own.

A process's peak memory does not fall: the second method in one process would be reported with the first one's. And an error that
ends the process, such as a lack of memory, does not end the leaderboard."""

from __future__ import annotations

import signal
import threading
import traceback
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

from engine.board.trial import Failure, Result, Trial, TrialError, run_here
from engine.config.errors import ConfigError
from engine.events import Emit, EvalDone, Event, LengthChanged, RunEnded, RunFailed, RunStarted, StepDone, Warned
from engine.execute.child_process import ChildEnded, ChildProcess, Parent, ParentEnded, module_command
from engine.execute.prepare_process import prepare_process
from engine.train.control import Control
from engine.train.stop_signals import NAMES, stopping

STOP = "stop"
# What a progress bar shows; the rest, features and pictures, stays in the child.
_SENT = (RunStarted, StepDone, LengthChanged, EvalDone, Warned, RunFailed, RunEnded)


def run_apart(trial: Trial, emit: Emit, report: Callable[[str], None]) -> Result | Failure:
    """Run a trial in a child process; its events come here, what it writes to stderr goes to this process's.

    Ctrl+C stops it after its step, with a checkpoint, and raises KeyboardInterrupt then; a second one ends it at once."""
    result: Result | Failure | None = None
    stopped: threading.Event | None = None
    code = 0
    with ChildProcess(module_command("engine.board.trial_process")) as child:
        try:
            # Before a signal can send a message of its own.
            child.send(trial)
            with _stoppable(child, report) as stopped:
                while True:
                    message = child.receive()
                    if isinstance(message, (Result, Failure)):
                        result = message
                    else:
                        emit(message)
        except ChildEnded as ended:
            code = ended.code
    if stopped is not None and stopped.is_set():
        raise KeyboardInterrupt
    return result or Failure(trial.method, trial.seed, _reason(code))


@contextmanager
def _stoppable(child: ChildProcess, report: Callable[[str], None]) -> Iterator[threading.Event]:
    """In the block, Ctrl+C and other signals to stop are passed on to the child. Signals are handled in the main thread alone."""
    stopped = threading.Event()

    def stop() -> None:
        stopped.set()
        with suppress(ChildEnded):  # it may have ended just now
            child.send(STOP)

    with stopping(stop, report, at_once=child.kill):
        yield stopped


def _reason(code: int) -> str:
    if code < 0:
        return f"The process was ended by signal {-code}; the machine may have run out of memory."
    return f"The process ended with code {code}."


def run_for(parent: Parent, trial: Trial) -> None:
    """Run a trial and send its events and its end to the program that started this process. A message from there, or its end, stops
    the run with a checkpoint from which the next call goes on."""
    control = Control()
    for name in NAMES:
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), lambda number, frame: control.stop())
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent receives it too, and passes it on
    warnings.filterwarnings("ignore", category=FutureWarning)

    def listen() -> None:
        with suppress(ParentEnded):
            parent.receive()
        control.stop()

    def emit(event: Event) -> None:
        if isinstance(event, _SENT):
            try:
                parent.send(event)
            except ParentEnded:
                control.stop()  # the run did not fail

    threading.Thread(target=listen, name="trial, messages", daemon=True).start()
    result: Result | Failure
    try:
        result = run_here(trial, emit, control)
    except (TrialError, ConfigError) as error:
        result = Failure(trial.method, trial.seed, str(error))
    except Exception as error:  # a defect of one method leaves the others their turn
        traceback.print_exc()
        result = Failure(trial.method, trial.seed, f"{type(error).__name__}: {error}")
    with suppress(ParentEnded):  # the parent has ended; the run's folder has the figures
        parent.send(result)


def main() -> None:
    """Receive a trial, run it, send its events and its figures."""
    prepare_process()
    parent = Parent()
    with suppress(ParentEnded):
        run_for(parent, parent.receive())
    parent.end()


if __name__ == "__main__":
    main()
