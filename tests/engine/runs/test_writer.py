"""A run's events are written to disk, also after disk errors."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import engine.runs.reader as reader
import engine.runs.writer as writer_module
from engine.config.errors import ConfigError
from engine.config.run import MethodChoice, RunConfig
from engine.events import (
    CheckpointSaved,
    EmbeddingDone,
    EpochDone,
    EvalDone,
    PicturesReady,
    RunEnded,
    RunFailed,
    RunStarted,
    StepDone,
    Warned,
)
from engine.runs.reader import (
    picture_epochs,
    pictures,
    read_config,
    read_metrics,
    read_picture,
    read_snapshot,
    read_status,
    snapshots,
    truncate_metrics,
)
from engine.runs.run_folder import create_folder
from engine.runs.writer import RunWriter


def started(step: int = 0, steps: int = 40) -> RunStarted:
    return RunStarted("r", "simclr", "shapes", "cpu", "fp32", step, steps, 10, 8, 80, 1234, {"x": np.zeros(2)})


def step(number: int, loss: float = 1.0, **more: Any) -> StepDone:
    return StepDone(number, number / 10, loss, 0.1, 99.0, number * 0.5, **more)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return create_folder(tmp_path / "runs", RunConfig(method=MethodChoice(id="simclr"), name="first"))


@pytest.fixture
def write(folder: Path) -> Iterator[RunWriter]:
    with RunWriter(folder) as writer:
        yield writer


def strict(line: str) -> Any:
    def refuse(word: str) -> None:
        raise AssertionError(f"not strict JSON: {word}")

    return json.loads(line, parse_constant=refuse)


def test_every_event_is_written_as_a_line_of_strict_json_and_read(folder: Path, write: RunWriter) -> None:
    write(started())
    write(step(1, math.nan, terms={"a": np.float32(0.5), "b": math.inf}, diagnostics={"rank": np.float64(3.0)}))
    write(EpochDone(0, 10, np.float32(2.0), 1.0))  # type: ignore[arg-type]
    write(EvalDone(1, 10, {"knn": 0.25, "rank": -math.inf}, 0.2))
    write(CheckpointSaved(10, 1, "checkpoints/last.pt"))
    write(Warned("NaN", 10, "optim.lr"))
    write(RunEnded("finished", 10, 5.0))
    lines = [strict(line) for line in (folder / "metrics.jsonl").read_text(encoding="utf-8").splitlines()]
    assert [line["event"] for line in lines] == [
        "RunStarted", "StepDone", "EpochDone", "EvalDone", "CheckpointSaved", "Warned", "RunEnded",
    ]  # fmt: skip
    events, _ = read_metrics(folder)
    assert math.isnan(events[1]["loss"])
    assert events[1]["terms"] == {"a": 0.5, "b": math.inf}
    assert events[3]["values"] == {"knn": 0.25, "rank": -math.inf}
    assert events[5]["message"] == "NaN"
    assert events[0]["steps"] == 40
    assert "config" not in events[0]


def test_the_status_file_follows_the_events(folder: Path, write: RunWriter) -> None:
    assert read_status(folder).state == "running"
    assert read_status(folder).name == "first"
    write(started())
    write(step(3, 0.75))
    write(EvalDone(1, 4, {"knn": 0.5}, 0.1))
    write(EvalDone(2, 5, {"knn": 0.4}, 0.1))
    status = read_status(folder)
    assert (status.state, status.step, status.steps, status.epochs, status.loss) == ("running", 3, 40, 4, 0.75)
    assert status.best == 0.5
    assert status.last_eval == {"knn": 0.4}
    write.mark("paused")
    assert read_status(folder).state == "paused"
    write(RunFailed("lr must be smaller.", "Lower optim.lr.", "Traceback\n  here", 6))
    status = read_status(folder)
    assert (status.state, status.step, status.error, status.remedy) == ("failed", 6, "lr must be smaller.", "Lower optim.lr.")
    assert "Traceback" in (folder / "log.txt").read_text(encoding="utf-8")


def test_steps_are_flushed_without_another_event(
    folder: Path, write: RunWriter, until: Callable[[Callable[[], bool]], None]
) -> None:
    write(started())
    write(step(1))
    until(lambda: [e["event"] for e in read_metrics(folder)[0]] == ["RunStarted", "StepDone"])
    until(lambda: read_status(folder).step == 1)


def test_reading_continues_and_leaves_an_incomplete_line_for_later(folder: Path, write: RunWriter) -> None:
    write(started())
    write(EpochDone(0, 10, 2.0, 1.0))
    events, offset = read_metrics(folder)
    assert len(events) == 2
    with (folder / "metrics.jsonl").open("ab") as file:
        file.write(b'{"event":"EpochDone","epoch":1,')
    assert read_metrics(folder, offset) == ([], offset)
    with (folder / "metrics.jsonl").open("ab") as file:
        file.write(b'"step":20,"loss":1.0,"seconds":2.0}\nnonsense\n')
    events, offset = read_metrics(folder, offset)
    assert [event["epoch"] for event in events] == [1]
    assert read_metrics(folder, offset)[0] == []


def test_resuming_truncates_the_metrics_and_appends(folder: Path) -> None:
    with RunWriter(folder) as write:
        write(started())
        for number in range(1, 21):
            write(step(number))
        write(EvalDone(1, 10, {"knn": 0.3}, 0.1))
        write(EvalDone(2, 20, {"knn": 0.9}, 0.1))
    _, offset = read_metrics(folder)
    with (folder / "metrics.jsonl").open("ab") as file:
        file.write(b'{"event":"StepDone","step":2')  # killed while writing
    assert truncate_metrics(folder, 10) == 12  # ten steps, one check, the incomplete line
    with RunWriter(folder) as write:
        write(started(step=10))
        assert read_status(folder).best == 0.3
        for number in range(11, 14):
            write(step(number))
    steps = [e["step"] for e in read_metrics(folder)[0] if e["event"] == "StepDone"]
    assert steps == list(range(1, 14))
    again, _ = read_metrics(folder, offset)
    assert again[0]["event"] == "RunStarted", "an offset into what was cut away starts over"


def test_a_writer_completes_the_incomplete_last_line_of_a_file(folder: Path) -> None:
    (folder / "metrics.jsonl").write_bytes(b'{"event":"EpochDone","epoch":0,"step":1}\n{"event":"Epo')
    with RunWriter(folder) as write:
        write(Warned("hello"))
    assert [e["event"] for e in read_metrics(folder)[0]] == ["EpochDone", "Warned"]


def test_a_full_disk_is_reported_once_and_does_not_end_the_run(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    full = OSError(28, "No space left on device")

    def refuse(*_: object, **__: object) -> None:
        raise full

    with RunWriter(folder) as write:
        write(started())
        with monkeypatch.context() as patch:
            patch.setattr(write, "_append", refuse)
            patch.setattr(writer_module, "write_status", refuse)
            write(step(1))
            write(EpochDone(0, 1, 1.0, 1.0))
            write(EpochDone(1, 2, 1.0, 1.0))
        assert [e["event"] for e in read_metrics(folder)[0]] == ["RunStarted"]
        write(EpochDone(2, 3, 1.0, 1.0))
        assert [e["event"] for e in read_metrics(folder)[0]] == ["RunStarted", "StepDone", "EpochDone", "EpochDone", "EpochDone"]
    printed = capfd.readouterr().err
    assert printed.count("No space left on device") == 1
    assert "Traceback" not in printed


def test_a_failed_write_leaves_no_partial_line(folder: Path) -> None:
    """The device accepts some bytes and then fails: they are removed, and the line is written completely later."""

    class Full:
        def __init__(self, file: Any) -> None:
            self.file, self.left = file, 7

        def write(self, data: memoryview) -> int:
            if not self.left:
                raise OSError(28, "No space left on device")
            taken = self.file.write(data[: self.left])
            self.left = 0
            return int(taken)

        def __getattr__(self, name: str) -> Any:
            return getattr(self.file, name)

        def __enter__(self) -> Full:
            return self

        def __exit__(self, *_: object) -> None:
            self.file.close()

    class FullPath:
        def __init__(self, path: Path) -> None:
            self.path = path

        def open(self, *args: Any, **more: Any) -> Any:
            return Full(self.path.open(*args, **more))

    class Folder:
        def __truediv__(self, name: str) -> Any:
            return FullPath(folder / name)

    write = RunWriter(folder)
    write(Warned("one"))
    before = (folder / "metrics.jsonl").read_bytes()
    write.folder = Folder()  # type: ignore[assignment]
    with pytest.raises(OSError, match="No space"):
        write._append("metrics.jsonl", '{"event":"Warned"}\n')
    assert (folder / "metrics.jsonl").read_bytes() == before


def test_a_deleted_folder_does_not_end_the_run_and_is_not_created_again(folder: Path, write: RunWriter) -> None:
    write(started())
    folder.rename(folder.with_name("away"))
    write(step(1))
    write(EpochDone(0, 1, 1.0, 1.0))
    write(PicturesReady(0, 1, {"x": np.zeros((2, 2, 3), np.uint8)}))
    write(EmbeddingDone(0, 1, np.zeros((1, 2)), np.zeros(1), np.zeros(1)))
    assert not folder.exists()


def test_pictures_are_in_the_order_of_the_epoch_s_last_event(folder: Path, write: RunWriter) -> None:
    pixels = np.zeros((2, 2, 3), np.uint8)
    write(PicturesReady(1, 10, dict.fromkeys(("z", "a", "m"), pixels)))
    write(PicturesReady(2, 20, dict.fromkeys(("a", "z"), pixels)))
    assert pictures(folder, 1) == ["z", "a", "m"]
    assert pictures(folder, 2) == ["a", "z"]
    # A resumed run repeats the epoch.
    write(PicturesReady(1, 10, dict.fromkeys(("m", "z", "a"), pixels)))
    with (folder / "metrics.jsonl").open("ab") as file:
        file.write(b'{"event":"PicturesReady","epoch":1,"names":["a"')
    assert pictures(folder, 1) == ["m", "z", "a"]


def test_the_order_of_pictures_is_read_from_the_end_of_a_long_file(
    folder: Path, write: RunWriter, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reader, "LOGGED_WITHIN", 400)
    pixels = np.zeros((2, 2, 3), np.uint8)
    for epoch in range(20):
        write(PicturesReady(epoch, 10 * epoch, dict.fromkeys(("z", "m", "a") if epoch == 19 else ("z", "a", "m"), pixels)))
    assert (folder / "metrics.jsonl").stat().st_size > 1200
    assert pictures(folder, 0) == ["z", "a", "m"]
    assert pictures(folder, 19) == ["z", "m", "a"]
    assert sorted(pictures(folder, 10)) == ["a", "m", "z"]
    assert pictures(folder, 10)[0] == "z"


def test_snapshots_and_pictures_are_read_as_written(folder: Path, write: RunWriter) -> None:
    features = np.arange(12, dtype=np.float32).reshape(4, 3)
    write(EmbeddingDone(10, 100, features, np.array([5, 6, 7, 8], np.int32), np.array([0, 1, -1, 1])))
    write(EmbeddingDone(2, 20, features, np.arange(4), np.arange(4)))
    picture = np.random.default_rng(0).integers(0, 255, (6, 5, 3)).astype(np.uint8)
    write(PicturesReady(10, 100, {"view 1/2: ä": picture, "error": picture[::-1]}))
    assert snapshots(folder) == [2, 10]
    snapshot = read_snapshot(folder, 10)
    assert snapshot.features.dtype == np.float16
    np.testing.assert_array_equal(snapshot.features, features)
    assert snapshot.index.tolist() == [5, 6, 7, 8]
    assert snapshot.label.tolist() == [0, 1, -1, 1]
    assert snapshot.step == 100
    assert picture_epochs(folder) == [10]
    assert pictures(folder, 10) == ["view 1/2: ä", "error"]
    assert pictures(folder, 2) == []
    np.testing.assert_array_equal(read_picture(folder, 10, "view 1/2: ä"), picture)
    np.testing.assert_array_equal(read_picture(folder, 10, "error"), picture[::-1])
    lines, _ = read_metrics(folder)
    assert lines[0]["file"] == "embeddings/epoch_010.npz"
    assert (folder / lines[0]["file"]).is_file()
    with pytest.raises(ConfigError, match=r"epoch must be .* Got 3\. Snapshots: 2, 10"):
        read_snapshot(folder, 3)
    whole = (folder / "embeddings" / "epoch_002.npz").read_bytes()
    for torn in (b"torn", b"", whole[: len(whole) // 2]):
        (folder / "embeddings" / "epoch_002.npz").write_bytes(torn)
        with pytest.raises(ConfigError, match="broken"):
            read_snapshot(folder, 2)


def test_config_and_environment_are_in_the_folder(folder: Path) -> None:
    assert RunConfig.model_validate(read_config(folder)).method.id == "simclr"
    text = (folder / "environment.yaml").read_text(encoding="utf-8")
    assert "torch:" in text
    assert "cores:" in text


def test_a_run_without_an_end_event_does_not_look_alive(folder: Path) -> None:
    with pytest.raises(ValueError, match="too big"), RunWriter(folder):
        raise ValueError("train.batch is too big.")
    status = read_status(folder)
    assert (status.state, status.error) == ("failed", "train.batch is too big.")
    with RunWriter(folder) as write:
        write(started())  # and no further event: Ctrl+C twice
    assert read_status(folder).state == "interrupted"
    with RunWriter(folder) as write:
        write(started())
        write(RunEnded("finished", 40, 5.0))
    with pytest.raises(ValueError, match="finished"), RunWriter(folder):
        raise ValueError("the run is finished")
    assert read_status(folder).state == "finished"
