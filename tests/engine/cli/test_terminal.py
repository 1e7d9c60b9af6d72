"""The command line's output: text only, errors also with --quiet, no traceback."""

from __future__ import annotations

import io
import sys
from pathlib import Path

import pytest
from tqdm import tqdm

from engine.cli import main
from engine.cli.training import Bar
from engine.config.run import RunConfig
from engine.config.terminal import text_alone
from engine.events import EvalDone, RunFailed, Warned
from engine.runs.run_folder import create_folder
from engine.runs.run_store import annotate


def test_control_characters_are_escaped(capsys: pytest.CaptureFixture[str]) -> None:
    with text_alone():
        print("a\x1b[31mred\x07 \x9b2J\ttab\nline\rover \udcff")
        tqdm.write("\x1b]52;c;aGk=\x07", file=sys.stderr)
    printed = capsys.readouterr()
    assert printed.out == "a\\x1b[31mred\\x07 \\x9b2J\ttab\nline\\rover \\xff\n"
    assert printed.err == "\\x1b]52;c;aGk=\\x07\n"


def test_a_progress_bar_is_redrawn_on_its_line(monkeypatch: pytest.MonkeyPatch) -> None:
    stream = io.StringIO()
    monkeypatch.setattr(sys, "stderr", stream)
    with text_alone(), tqdm(total=2, file=sys.stderr, mininterval=0, desc="d\x1b[2J") as bar:
        bar.update(1)
        tqdm.write("above", file=sys.stderr)
        bar.update(1)
    drawn = stream.getvalue()
    assert drawn.count("\r") >= 4
    assert "\x1b" not in drawn
    assert "d\\x1b[2J" in drawn
    assert "above\n" in drawn


def test_characters_that_a_stream_cannot_encode_are_escaped(monkeypatch: pytest.MonkeyPatch) -> None:
    raw = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(raw, encoding="ascii", write_through=True))
    with text_alone():
        print("é")
    assert raw.getvalue().strip() == b"\\xe9"


def test_names_of_runs_and_folders_are_one_line_each_in_the_list(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = create_folder(tmp_path, RunConfig())
    annotate(folder, name="\x1b]0;OWNED\x07\x1b[31mred\nsecond line")
    folder.rename(tmp_path / "run\x1b[2J\nx")
    assert main(["runs", "--runs", str(tmp_path)]) == 0
    (line,) = capsys.readouterr().out.splitlines()
    assert line.isprintable()
    assert "red\\nsecond line" in line


def test_quiet_prints_warnings_and_errors_only(capsys: pytest.CaptureFixture[str]) -> None:
    bar = Bar(True)
    bar(EvalDone(1, 1, {"knn": 0.5}, 1.0))
    bar(Warned("The views of step 3 are alike."))
    bar(RunFailed("The loss became nan at step 3.", "Lower optim.lr.", "", 3))
    printed = capsys.readouterr()
    assert printed.out == ""
    assert printed.err.splitlines() == [
        "warning: The views of step 3 are alike.",
        "error: The loss became nan at step 3. Lower optim.lr.",
    ]


@pytest.mark.parametrize(
    "words",
    [
        ["train", "--set", "notes=2024-13-45"],
        ["train", "--set", "train.steps=0x"],
        ["train", "--set", f"train.steps={'9' * 5000}"],
        ["train", "--set", f"train.steps=0x{'f' * 5000}"],
        ["train", "--set", "name=!!float x"],
        ["train", "--set", "views.groups.²=1"],
        ["train", "--set", f"views.groups.{'7' * 5000}=1"],
        ["train", "--set", 'data.source="a\\0b"'],
        ["train", "--set", 'data.root="a\\0b"'],
        ["train", "--set", 'train.device="cpu\\0"'],
        ["train", "--data", "x" * 5000],
        ["train", "a\0b"],
        ["resume", "a\0b"],
        ["resume", "x" * 5000],
        ["evaluate", "a\0b"],
        ["sweep", "--grid", f"optim.lr={'9' * 5000},1"],
        ["sweep", "--grid", f"optim.lr=1e-4..1 log {'9' * 5000}"],
        ["sweep", "--grid", "optim.lr=2024-13-45,1"],
    ],
    ids=lambda words: " ".join(words)[:40],
)
def test_invalid_arguments_give_an_error_and_no_traceback(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(words) == 2
    printed = capsys.readouterr()
    assert printed.out == ""
    assert printed.err.startswith("error: ")
    assert len(printed.err) < 6000
