"""Damaged files, read with the readers of the program: each must give a value or a ConfigError with a message.

    python -m tests.bench.fuzz_files --count 10000 --seed 0

A worker trains a run of a few steps and adds the files of evaluations, maps, clusters and a user's notes, an .npz file and
pictures. Each case changes bytes of one of these files (or replaces values of a JSON file) and reads it as the list of runs, the
window, the command line and a resumed run do. Prints the counts of outcomes and the slowest case. Unexpected outcomes are listed
with their seed, and the exit code is then 1. Each case has a time limit, each worker a memory limit."""

from __future__ import annotations

import io
import json
import random
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from engine.config.errors import ConfigError
from engine.config.run import DataConfig
from engine.config.text import merge, read_yaml
from engine.data.open import _open
from engine.embed.cluster_tracking import ClusterStore, TrackedClusters
from engine.embed.map_store import MapStore, StoredMap
from engine.evaluate.encoder import load_method, read_checkpoint, trained_on
from engine.health import Watch
from engine.runs.evaluation import Evaluated, Figure, read_evaluation, write_evaluation
from engine.runs.invariance_file import FactorReadings, Invariance, Reading, read_invariance, table, write_invariance
from engine.runs.reader import (
    checkpoint_mark,
    checkpoint_path,
    picture_path,
    pictures,
    read_metrics,
    read_picture,
    read_run_config,
    read_snapshot,
    read_status,
    snapshot_path,
    snapshots,
    truncate_metrics,
)
from engine.runs.run_folder import create_folder
from engine.runs.run_store import annotate, list_runs, read_about
from engine.runs.tags import change_tags, read_tags
from engine.runs.writer import RunWriter
from engine.study import kept_space, sample_losses
from engine.train import checkpoint
from engine.train.control import Control
from engine.train.resolve import resolve
from engine.train.setup import Session, prepare
from engine.train.train_run import train
from tests.bench.fuzzing import Case, mutated, run
from workbench.panels.curves.history import History
from workbench.panels.setup.preset_files import presets

VALUES = (
    b"NaN",
    b"-1",
    b"1e999",
    b"1e300",
    b"-1e300",
    b"9" * 5000,
    b"null",
    b"true",
    b'"x"',
    b"[]",
    b"{}",
    b"[" * 5000,
    b'"\\ud800"',
    b'"\\u0000"',
    b'"\x1b[31m"',
    b"0.5",
    b'"NaN"',
    b"18446744073709551616",
    b"2024-13-45",
    b"&a [*a]",
    b"*a",
    b"!!python/name:os.system",
)
OPCODES = (b"cos\nsystem\n", b"K\xff", b"]", b"}", b"X", b"(", b"t", b"R", b"\x8a\x08" + b"\xff" * 7 + b"\x7f")
ODD: tuple[Any, ...] = (
    None,
    True,
    -1,
    0,
    0.5,
    1e300,
    -1e300,
    float("nan"),
    float("inf"),
    10**400,
    2**53 + 1,
    2**64,
    "",
    "x",
    "NaN",
    "\0",
    "\ud800",
    [],
    {},
    [[]],
    [None],
    {"a": 1},
    "x" * 100_000,
    list(range(1000)),
    {"": {}},
)


def values_changed(data: bytes, draw: random.Random) -> bytes:
    """The JSON text with a few values replaced."""
    values = json.loads(data)
    for _ in range(draw.choice((1, 1, 2, 3))):
        here = values
        while isinstance(here, (dict, list)) and here:
            key: Any = draw.choice(list(here)) if isinstance(here, dict) else draw.randrange(len(here))
            if not (isinstance(here[key], (dict, list)) and here[key]) or draw.random() < 0.3:
                if draw.random() < 0.1:
                    del here[key]
                else:
                    here[key] = draw.choice(ODD)
                break
            here = here[key]
    return json.dumps(values).encode()


def archive_changed(data: bytes, draw: random.Random) -> bytes:
    """The .npz file with an array of another type or shape, or compressed; or with changed bytes."""
    if draw.random() < 0.5:
        return mutated(data, draw)
    with np.load(io.BytesIO(data), allow_pickle=False) as file:
        arrays = {name: file[name] for name in file.files}
    name = draw.choice(list(arrays))
    was = arrays[name]
    arrays[name] = draw.choice(
        (
            lambda: was.astype(np.complex64) if was.dtype.kind in "iuf" else was,
            lambda: was.astype(np.float64) * np.nan if was.dtype.kind in "iuf" else was,
            lambda: np.full(was.shape, -5),
            lambda: np.full(was.shape, 2**63, np.uint64),
            lambda: was[..., None],
            lambda: was.reshape(-1)[:1],
            lambda: np.zeros(0),
            lambda: np.zeros((0, 3)),
            lambda: np.array(["x"]),
            lambda: np.array([{}], object),
            lambda: np.array([b"\xff"]),
            lambda: was.astype("U20"),
            lambda: np.float64(np.inf),
            lambda: np.zeros(was.shape, np.dtype([("a", "i4"), ("b", "f8")])),
            lambda: np.zeros(was.shape, "M8[s]"),
        )
    )()
    if draw.random() < 0.1:
        del arrays[name]
    made = io.BytesIO()
    (np.savez_compressed if draw.random() < 0.3 else np.savez)(made, **arrays)
    content = made.getvalue()
    return mutated(content, draw) if draw.random() < 0.2 else content


def checkpoint_changed(data: bytes, draw: random.Random) -> bytes:
    """The checkpoint with changed bytes in its pickle or tensors and valid checksums; or with changed bytes of the archive."""
    if draw.random() < 0.4:
        return mutated(data, draw)
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(made, "w", zipfile.ZIP_STORED) as new:
        entries = old.infolist()
        pick = next(entry for entry in entries if entry.filename.endswith("data.pkl"))
        chosen = pick if draw.random() < 0.6 else draw.choice(entries)
        for entry in entries:
            part = old.read(entry)
            new.writestr(
                entry.filename,
                mutated(part, draw, (b"cos\nsystem\n", b"K\xff", b"]", b"}", b"X", b"(", b"t", b"R")) if entry is chosen else part,
            )
    return made.getvalue()


class Files:
    """A run folder with every kind of file, and files of images."""

    def __init__(self, folder: Path) -> None:
        self.root = folder / "runs"
        self.run = self._trained()
        self.images = folder / "images"
        self._add()
        self.session = self._session()
        self.kinds = self._kinds(folder)

    def _trained(self) -> Path:
        given = {
            "name": "sound", "notes": "a note", "tags": ["one"], "method": {"id": "simclr", "out_dim": 16, "hidden_dim": 16},
            "data": {"count": 64}, "train": {"batch": 8, "epochs": 2, "threads": 1, "device": "cpu", "keep": 1},
            "monitor": {"embed_images": 16, "knn_images": 20},
        }  # fmt: skip
        config = resolve(given)
        folder = create_folder(self.root, config)
        with RunWriter(folder) as writer:
            train(config, writer, Control(), folder)
        return folder

    def _add(self) -> None:
        head = Evaluated("r", "simclr", "shapes", "d", "resnet10_narrow", 4, 0.25, {"test": 10}, 32)
        figure = Figure("linear", 0.75, 0.5, 100, "words", {"l2": 0.1}, {"l2": 0.2}, ("note",), 3, 1.7e9, 2.0)
        write_evaluation(self.run, head.with_figure(None, figure).with_figure(1, figure))
        annotate(self.run, name="mine", notes="two\nlines", tags=("a", "b"), star=True)
        change_tags(self.run, "odd", range(5))
        change_tags(self.run, "even", (2, 4))
        reading = Reading(0.5, 0.4, 0.6, 0.5, 0.4, 0.6, 0.1, 0.05, 0.2, "partly")
        factor = FactorReadings("hue", "known", "angle", "r2", 0.0, 20, True, reading, {"features": {0: reading, 2: reading}})
        invariance = Invariance("r", "simclr", "shapes", ("features",), (0, 2), 2, (factor,), {0: 0, 2: 5}, {"seed": 0}, "words")
        write_invariance(self.run, invariance)
        MapStore(self.run, "umap", {}).write(1, 5, StoredMap(np.zeros((16, 2), np.float32), np.arange(16), 0.5, 0.5, 16, 1.0))
        ClusterStore(self.run, "kmeans", {}).write(1, 5, TrackedClusters(np.zeros(16, np.int64), np.arange(16), 0, 0.5))
        index = np.arange(16)
        kept_space.kept_space(self.run, 2, "features", index)
        sample_losses.sample_losses(self.run, 2, index)
        self.images.mkdir()
        noise = Image.effect_noise((40, 30), 90)
        for number in range(16):
            Image.effect_noise((40, 30), 20 + number).convert("RGB").save(self.images / f"sound_{number}.png")
        for kind, mode in (
            ("png", "RGBA"),
            ("jpg", "RGB"),
            ("gif", "P"),
            ("bmp", "RGB"),
            ("tif", "I;16"),
            ("webp", "RGB"),
            ("ppm", "RGB"),
        ):
            noise.convert(mode).save(self.images / f"x.{kind}")
        draw = np.random.default_rng(0)
        parts = {"train_images": draw.integers(0, 255, (40, 16, 16, 3), np.uint8), "train_labels": draw.integers(0, 3, (40, 1))}
        np.savez(
            self.images.parent / "set.npz", **parts, val_images=parts["train_images"][:8], val_labels=parts["train_labels"][:8]
        )

    def _session(self) -> Session:
        return prepare(read_run_config(self.run))

    def _of_checkpoint(self) -> tuple[Callable[[], object], ...]:
        """The readers of a checkpoint: the list of its tensors, an evaluation, a map, a resumed run."""
        return (
            lambda: read_checkpoint(checkpoint_path(self.run), mapped=True),
            lambda: load_method(self.run),
            lambda: trained_on(self.run),
            lambda: checkpoint.load(self.session, self.run),
            lambda: kept_space._newest(self.run, 1),
        )

    def _kinds(self, folder: Path) -> list[tuple[str, int, Path, Callable[[bytes, random.Random], bytes], Callable[[], object]]]:
        """Each kind of file: name, weight, path, function that changes its bytes, function that reads it."""
        run_, root = self.run, self.root
        text: Callable[[bytes, random.Random], bytes] = lambda data, draw: mutated(data, draw, VALUES)  # noqa: E731
        both: Callable[[bytes, random.Random], bytes] = lambda data, draw: (  # noqa: E731
            values_changed(data, draw) if draw.random() < 0.6 else text(data, draw)
        )

        def listed() -> None:
            (row,) = list_runs(root)
            for part in (row.title, row.problem, *row.tags):
                assert part == "" or part.isprintable(), part

        def curves() -> None:
            history, watch = History(), Watch()
            for line in read_metrics(run_)[0]:
                history.take_line(line)
                watch.take(line)
            watch.verdict()

        def read_all(*readers: Callable[[], object]) -> Callable[[], None]:
            """Call every reader, also after an error of an earlier one, and raise the last ConfigError."""

            def read() -> None:
                last: ConfigError | None = None
                for reader in readers:
                    try:
                        reader()
                    except ConfigError as error:
                        last = error
                if last is not None:
                    raise last

            return read

        (map_,) = (run_ / "maps").rglob("*.npz")
        (clusters,) = (run_ / "clusters").rglob("*.npz")
        space = next((run_ / "spaces").glob("features_*.npz"))
        losses = next((run_ / "spaces").glob("losses_*.npz"))
        epoch = snapshots(run_)[-1]
        name = pictures(run_, epoch)[0]
        pt = checkpoint_path(run_)
        preset = folder / "presets" / "own.yaml"
        preset.parent.mkdir()
        preset.write_text("# Mine\n" + (run_ / "config.yaml").read_text(encoding="utf-8"), encoding="utf-8")
        npz, index = folder / "set.npz", np.arange(16)

        def of_folder() -> object:
            return _open(DataConfig(source=str(self.images), size=32, root=str(folder / "cache")), _silent)

        of_images = [
            (
                f"image .{path.suffix[1:]}",
                2,
                path,
                lambda data, draw: mutated(data, draw),
                of_folder,
            )
            for path in sorted(self.images.glob("x.*"))
        ]
        return [
            (
                "status.json",
                8,
                run_ / "status.json",
                both,
                read_all(listed, lambda: read_status(run_), lambda: RunWriter(run_).close()),
            ),
            (
                "about.yaml",
                8,
                run_ / "about.yaml",
                text,
                read_all(listed, lambda: read_about(run_), lambda: annotate(run_, star=True)),
            ),
            (
                "config.yaml",
                8,
                run_ / "config.yaml",
                text,
                read_all(listed, lambda: read_run_config(run_), lambda: resolve(read_yaml(run_ / "config.yaml"))),
            ),
            ("evaluation.json", 8, run_ / "evaluation.json", both, read_all(listed, lambda: read_evaluation(run_))),
            ("invariance.json", 6, run_ / "invariance.json", both, lambda: _shown(read_invariance(run_))),
            ("tags.json", 6, run_ / "tags.json", both, read_all(lambda: read_tags(run_), lambda: change_tags(run_, "odd", (7,)))),
            (
                "metrics.jsonl",
                10,
                run_ / "metrics.jsonl",
                text,
                read_all(curves, lambda: pictures(run_, epoch), lambda: truncate_metrics(run_, 5)),
            ),
            ("snapshot", 10, snapshot_path(run_, epoch), archive_changed, lambda: read_snapshot(run_, epoch)),
            ("kept map", 5, map_, archive_changed, lambda: MapStore(run_, "umap", {}).read(1, 5)),
            ("kept clusters", 5, clusters, archive_changed, lambda: ClusterStore(run_, "kmeans", {}).read(1, 5)),
            ("kept space", 4, space, archive_changed, lambda: kept_space._read(space, index, checkpoint_mark(run_))),
            ("kept losses", 4, losses, archive_changed, lambda: sample_losses._read(losses, index, checkpoint_mark(run_), 2)),
            ("checkpoint", 14, pt, checkpoint_changed, read_all(*self._of_checkpoint())),
            (
                ".npz of images",
                10,
                npz,
                archive_changed,
                lambda: _open(DataConfig(source=str(npz), root=str(folder / "cache")), _silent),
            ),
            (
                "picture of a run",
                8,
                picture_path(run_, epoch, name),
                lambda data, draw: mutated(data, draw),
                lambda: read_picture(run_, epoch, name),
            ),
            (
                "preset",
                4,
                preset,
                text,
                lambda: [(one.title, merge({}, one.config())) for one in presets(preset.parent) if one.own],
            ),
            *of_images,
        ]

    def case(self, seed: int) -> Case:
        """The case of a seed: one file is changed, read and restored."""
        draw = random.Random(seed)
        name, _, path, change, read = draw.choices(self.kinds, [kind[1] for kind in self.kinds])[0]

        def do() -> None:
            kept = {
                file: file.read_bytes()
                for file in (path, *(self.run / own for own in ("about.yaml", "tags.json", "metrics.jsonl")))
            }
            path.write_bytes(change(kept[path], draw))
            try:
                read()
            finally:
                for file, data in kept.items():
                    file.write_bytes(data)
                for broken in self.run.glob("*.broken*"):
                    broken.unlink()

        return Case(name, do, (ConfigError,))


def _shown(invariance: Invariance | None) -> list[str]:
    return [] if invariance is None else table(invariance)


def _silent(share: float, text: str) -> None:
    pass


if __name__ == "__main__":
    sys.exit(run("tests.bench.fuzz_files", __doc__ or "", lambda folder: Files(folder).case, 10_000))
