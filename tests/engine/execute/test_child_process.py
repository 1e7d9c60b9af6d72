"""Child processes: messages, cancelling, and how a child ended. The children are short programs without the engine's heavy
imports."""

from __future__ import annotations

import os
import sys
import threading
from pathlib import Path

import psutil
import pytest

from engine.execute.child_process import ChildEnded, ChildProcess, check_wanted, module_command
from engine.execute.progress import Cancelled

ECHO = """
from engine.execute.child_process import Parent, ParentEnded
parent = Parent()
print("a library prints", flush=True)
try:
    while True:
        parent.send(("echo", parent.receive()))
except ParentEnded:
    raise SystemExit(0)
"""


def program(text: str) -> list[str]:
    return [sys.executable, "-c", text]


def test_objects_are_sent_in_both_directions_and_printed_text_is_no_message() -> None:
    with ChildProcess(program(ECHO)) as child:
        for message in ({"a": 1}, b"x" * 1_000_000, None):
            child.send(message)
            assert child.receive() == ("echo", message)
        assert child.alive
    assert not child.alive


def test_waiting_ends_when_it_is_cancelled() -> None:
    looks = iter([True, True, False])
    with ChildProcess(program(ECHO)) as child, pytest.raises(Cancelled):
        child.receive(check_wanted(lambda: next(looks)))
    assert not child.alive


def test_lines_are_returned_without_line_ends_followed_by_exit_code_and_last_errors() -> None:
    text = "import sys; print('one'); print('two'); [print(f'line {k}', file=sys.stderr) for k in range(9)]; sys.exit(3)"
    with ChildProcess(program(text), lines=True, kept_errors=2) as child:
        assert [child.receive(), child.receive()] == ["one", "two"]
        for _ in range(2):  # also when called again
            with pytest.raises(ChildEnded) as ended:
                child.receive()
            assert ended.value.code == 3
            assert ended.value.errors == ("line 7", "line 8")
            assert ended.value.signal_name == ""


@pytest.mark.skipif(sys.platform == "win32", reason="signals")
def test_a_child_ended_by_a_signal_is_distinguished_from_an_exit() -> None:
    with ChildProcess(program("import os, signal; os.kill(os.getpid(), signal.SIGKILL)")) as child:
        with pytest.raises(ChildEnded, match="signal 9") as ended:
            child.receive()
        assert (ended.value.code, ended.value.signal_name) == (-9, "Killed")
        with pytest.raises(ChildEnded):
            child.send(b"x" * 100_000)


def test_a_child_is_killed_from_another_thread_while_waiting_for_a_message() -> None:
    with ChildProcess(program("import time; time.sleep(60)")) as child:
        timer = threading.Timer(0.2, child.kill)
        timer.start()
        with pytest.raises(ChildEnded):
            child.receive()
        timer.join()


def test_an_invalid_message_ends_the_waiting() -> None:
    text = "import sys, time; sys.stdout.buffer.write(b'no pickle'); sys.stdout.flush(); time.sleep(0.1)"
    with ChildProcess(program(text)) as child, pytest.raises(ChildEnded):
        child.receive()


def test_a_child_ends_with_its_parent_process(tmp_path: Path) -> None:
    """Also if the parent was killed within a message."""
    note = tmp_path / "ended"
    with ChildProcess(program(ECHO.replace("raise SystemExit(0)", f"open({str(note)!r}, 'w')"))) as child:
        assert child._process.stdin is not None
        child._process.stdin.write(b"\x80\x05\x95half")
        child._process.stdin.close()
        child._process.wait(30)
    assert note.exists()


def test_a_child_with_a_waiting_thread_ends_without_an_abort() -> None:
    text = ECHO.split("try:")[0] + "import threading, time; threading.Thread(target=parent.receive, daemon=True).start(); "
    with ChildProcess(program(text + "time.sleep(0.3); parent.send('over'); parent.end()"), kept_errors=9) as child:
        assert child.receive() == "over"
        with pytest.raises(ChildEnded) as ended:
            child.receive()
    assert (ended.value.code, ended.value.errors) == (0, ("a library prints",))


def test_a_module_is_run_by_this_python_and_threads_are_limited() -> None:
    assert module_command("engine", "methods") == [sys.executable, "-m", "engine", "methods"]
    with ChildProcess(program("import os; print(os.environ['OMP_NUM_THREADS'])"), lines=True, threads=3) as child:
        assert child.receive() == "3"


@pytest.mark.skipif(sys.platform == "win32", reason="another scale")
def test_priority_is_lowered() -> None:
    own = os.nice(0)
    text = f"import os, time\nwhile os.nice(0) == {own}: time.sleep(0.01)\nprint(os.nice(0))"
    with ChildProcess(program(text), lines=True, niceness=own + 5) as child:
        assert int(child.receive()) == own + 5


def test_a_process_that_the_child_started_does_not_keep_close_waiting() -> None:
    grandchild = "import sys; sys.stdin.readline()"  # inherits both pipes and runs until this test ends it
    text = f"import subprocess, sys; p = subprocess.Popen([sys.executable, '-c', {grandchild!r}], stdin=subprocess.PIPE)"
    command = program(f"import time; {text}; print(p.pid, flush=True); time.sleep(600)")
    child = ChildProcess(command, lines=True, kept_errors=3)
    # The grandchild's input ends with the child: it is stopped, so that it still holds the pipes when the child is closed.
    running = psutil.Process(int(child.receive()))
    running.suspend()
    try:
        child.close()
        assert not child.alive
        assert running.is_running()
    finally:
        running.kill()
