"""Images a second from a store that is larger than memory, without and with read-ahead, beside the model alone.

    python tests/bench/bench_store.py [--images 100000] [--size 224] [--views 32] [--batch 128] [--steps 60] [--rounds 3]
        [--device-ms 0] [--folder DIR]

Writes a store of random images (15 GB for 100,000 of 224 px) below a new folder, as the engine writes one for decoded images, and
removes it at the end. SimCLR with the small backbone trains on crops of `--views` px. Before each measurement the file leaves the
page cache (posix_fadvise DONTNEED; nothing maps it then), and no image is used twice in one measurement: each step reads from the
disk, as in a store of which the page cache holds nothing. "In the page cache" has the images of its steps there; "ready tensors"
trains on batches that were made in advance: no disk, no augmentation. Rounds alternate, so that other programs slow all alike.

`--device-ms`: in place of training, each step takes its stored images and then waits so long, as a host does whose device computes;
the model alone then is that wait. It shows what a fast device waits for, on a machine that has none.

Prints a line each: images a second, and their share of those of the model alone; a step at the median and at the 95th percentile;
what the process took of memory, and how much of the file was in the page cache at the end. Needs Linux.
"""

from __future__ import annotations

import argparse
import ctypes
import gc
import mmap
import os
import shutil
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from engine.execute.prepare_process import prepare_process

prepare_process()  # must be called before torch is imported

import numpy as np
import psutil
import torch

from engine.config.run import RunConfig
from engine.data.dataset import Dataset
from engine.data.image_store import Chunk, Order, keep, read
from engine.data.read_ahead import ReadAhead
from engine.method import Batch
from engine.train.batches import Batches
from engine.train.loop import take_step
from engine.train.resolve import resolve
from engine.train.setup import Session, prepare

SOURCE = "bench-store"
BLOCK = 256  # images of a chunk
HELD = 256  # images of the validation and of the test split
WARM = 3  # steps before each measurement
MAPPED, ROWS, AHEAD, CACHED, READY = (
    "on disk, memory map",
    "on disk, rows read when needed",
    "on disk, rows read ahead",
    "in the page cache",
    "model alone, ready tensors",
)


@dataclass
class Measured:
    """Seconds of each step, the most memory of the process by itself, and bytes of the file in the page cache at the end."""

    seconds: list[float] = field(default_factory=list)
    memory: int = 0
    cached: int = 0

    def rate(self, batch: int) -> float:
        """Images a second."""
        return batch * len(self.seconds) / sum(self.seconds)


def store(root: Path, images: int, size: int) -> Order:
    """Write the store; the order that opens it."""
    order = Order(SOURCE, SOURCE, f"{images}", images, size, slow=True)
    random = np.random.default_rng(0)
    noise = random.integers(0, 256, (2 * BLOCK, 3, size, size), dtype=np.uint8)

    def chunks() -> Iterator[Chunk]:
        for start in range(0, images, BLOCK):
            rows = np.arange(start, min(start + BLOCK, images))
            # Another part of the noise each time, and the number of the image in it: no two images are equal.
            part = noise[start // BLOCK % BLOCK :][: len(rows)].copy()
            part[:, 0, 0, :4] = rows.astype("<u4").view(np.uint8).reshape(-1, 4)
            yield Chunk(part, rows, np.full(len(rows), -1, np.int64))

    keep(order, chunks, "disk", root)
    return order


def opened(order: Order, root: Path) -> Dataset:
    """The stored images as a data set."""
    stored = read(order, root, in_memory=False)
    assert stored is not None, "the store that was just written is there"
    count = len(stored.rows)
    splits = {
        "train": np.arange(count - 2 * HELD),
        "validation": np.arange(count - 2 * HELD, count - HELD),
        "test": np.arange(count - HELD, count),
    }
    figures = np.full(3, 0.5, np.float32), np.full(3, 0.29, np.float32)
    return Dataset(SOURCE, stored.images, stored.labels, (), splits, *figures, digests=stored.content, source=SOURCE)


def drop(path: Path) -> None:
    """Take a file out of the page cache."""
    gc.collect()
    with path.open("rb") as file:
        os.fsync(file.fileno())
        os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)


def in_cache(path: Path) -> int:
    """Bytes of a file that are in the page cache."""
    libc = ctypes.CDLL(None, use_errno=True)
    size = path.stat().st_size
    pages = -(-size // mmap.PAGESIZE)
    known = (ctypes.c_ubyte * pages)()
    with path.open("rb") as file, mmap.mmap(file.fileno(), size, mmap.MAP_SHARED, mmap.PROT_READ) as mapped:
        address = np.frombuffer(mapped, np.uint8).ctypes.data
        failed = libc.mincore(ctypes.c_void_p(address), ctypes.c_size_t(size), known)
        if failed:
            raise OSError(ctypes.get_errno(), "mincore")
    return int((np.frombuffer(known, np.uint8) & 1).sum()) * mmap.PAGESIZE


def session_of(config: RunConfig, dataset: Dataset, first: int) -> Session:
    """A session that trains on a data set from a step on."""
    session = prepare(config, dataset)
    session.steps, session.step = 1_000_000, first
    return session


def take(session: Session, steps: int, measured: Measured, device: float) -> None:
    """Take and time steps; of a device of so many seconds a step, 0 to train."""
    for _ in range(steps):
        started = time.perf_counter()
        if not device:
            take_step(session)
        else:
            batches = session.batches
            assert isinstance(batches, Batches)
            if not isinstance(batches, Ready):
                batches._read_ahead(session.step)
                batches._take(batches.index(session.step))
            time.sleep(device)
        session.step += 1
        measured.seconds.append(time.perf_counter() - started)
    measured.memory = max(measured.memory, psutil.Process().memory_full_info().uss)


class Ready(Batches):
    """Batches that were made in advance."""

    made: Sequence[Batch] = ()

    def at(self, step: int) -> Batch:
        return self.made[step % len(self.made)]


class _RowsAlone(ReadAhead):
    """Reads whole rows, and none ahead."""

    wanted = False


def measure(name: str, config: RunConfig, dataset: Dataset, first: int, steps: int, measured: Measured, device: float) -> None:
    """One measurement of one kind, from the step `first` on."""
    session = session_of(config, dataset, first)
    batches = session.batches
    assert isinstance(batches, Batches)
    if name == READY:
        made = [] if device else [batches.at(step) for step in range(first, first + 4)]
        ready = Ready(session.config, dataset, "cpu")
        ready.made = made
        session.batches = ready
    elif name == MAPPED:
        batches._ahead = ReadAhead([])
    elif name == ROWS:
        batches._ahead = _RowsAlone([dataset.images])
    if name == CACHED:
        for step in range(first, first + WARM + steps):
            batches._take(batches.index(step))
    take(session, WARM, Measured(), device)
    take(session, steps, measured, device)


def main() -> None:
    """Write the store, measure, print the table and remove the store."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--images", type=int, default=100_000)
    parser.add_argument("--size", type=int, default=224, help="px, of the stored images")
    parser.add_argument("--views", type=int, default=32, help="px, of the views that the encoder sees")
    parser.add_argument("--batch", type=int, default=128)
    parser.add_argument("--steps", type=int, default=60, help="of a measurement")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--threads", type=int, default=0, help="of PyTorch; 0 takes its own number")
    parser.add_argument("--device-ms", type=float, default=0.0, help="a step of a device, in place of training")
    parser.add_argument("--folder", type=Path, default=None, help="where the store is written")
    options = parser.parse_args()
    if options.threads:
        torch.set_num_threads(options.threads)
    root = Path(tempfile.mkdtemp(prefix="bench-store-", dir=options.folder))
    try:
        run(options, root)
    finally:
        shutil.rmtree(root, ignore_errors=True)


def run(options: argparse.Namespace, root: Path) -> None:
    """Measure with a store below a folder."""
    started = time.perf_counter()
    order = store(root, options.images, options.size)
    seconds = time.perf_counter() - started
    path = order.folder(root) / "images.u8"
    memory = psutil.virtual_memory().total
    print(f"store: {options.images:,} images of {options.size} px, {path.stat().st_size / 1e9:.1f} GB, written in {seconds:.0f} s")
    print(f"memory of the machine {memory / 1e9:.1f} GB, {torch.get_num_threads()} threads, load {os.getloadavg()[0]:.1f}")
    values = {
        "method": {"id": "simclr"},
        "data": {"source": "shapes"},
        "views": {"groups": [{"count": 2, "size": options.views}]},
        "train": {"batch": options.batch, "device": "cpu"},
    }
    config = resolve(values)
    drop(path)
    started = time.perf_counter()
    dataset = opened(order, root)
    session = session_of(config, dataset, 0)
    session.batches.at(0)
    print(f"first batch {time.perf_counter() - started:.2f} s after the opening, {in_cache(path) / 1e6:.0f} MB read")
    del session, dataset
    results = {name: Measured() for name in (MAPPED, ROWS, AHEAD, CACHED, READY)}
    need = (options.steps + WARM + 8) * options.rounds * len(results) * options.batch
    if need > options.images - 2 * HELD:
        print(f"the measurements use {need:,} images, more than there are: they are in the next epoch")
    first = 0
    for _ in range(options.rounds):
        for name, measured in results.items():
            drop(path)
            left = in_cache(path)
            assert left < path.stat().st_size / 50, f"{left / 1e6:.0f} MB of the store are still in the page cache"
            measure(name, config, opened(order, root), first, options.steps, measured, options.device_ms / 1000)
            measured.cached = max(measured.cached, in_cache(path))
            first += options.steps + WARM + 8
    best = results[READY].rate(options.batch)
    print(f"{'':36} {'images/s':>9} {'share':>6} {'p50 ms':>7} {'p95 ms':>7} {'process MB':>10} {'page cache MB':>13}")
    for name, measured in results.items():
        each = np.array(measured.seconds) * 1000
        print(
            f"{name:36} {measured.rate(options.batch):9.0f} {measured.rate(options.batch) / best:6.2f} {np.median(each):7.1f} "
            f"{np.quantile(each, 0.95):7.1f} {measured.memory / 1e6:10.0f} {measured.cached / 1e6:13.0f}"
        )
    print(f"load at the end {os.getloadavg()[0]:.1f}")


if __name__ == "__main__":
    main()
