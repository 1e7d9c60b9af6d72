"""Images per second of SimCLR training with the small backbone: this project, lightly's usual loop, and ready tensors.

    python tests/bench/bench_train.py [--seconds 20] [--batch 256]

All loops have the same network, optimiser, batch and threads, and alternate in short rounds, so that other programs slow all alike.
"Ready tensors" trains on views made in advance: the time without augmentation. lightly's loop is that of its documentation: PIL
images, SimCLRTransform, a DataLoader with a worker per core, NTXentLoss. It needs the extra `bench`.
"""

from __future__ import annotations

import argparse
import os
import time
from collections.abc import Callable, Iterator

from engine.execute.prepare_process import prepare_process

prepare_process()  # must be called before torch is imported

import numpy as np
import torch
from torch import Tensor, nn

from engine.backbones.build import build_backbone
from engine.config.run import BackboneConfig, RunConfig
from engine.config.text import merge, parse
from engine.data.open import open_dataset
from engine.method import Batch
from engine.train.batches import Batches
from engine.train.loop import take_step
from engine.train.resolve import resolve
from engine.train.setup import Session, prepare

Step = Callable[[], None]


def ours(config: RunConfig) -> Step:
    """A function that takes one training step of the engine, with augmentation."""
    session = prepare(config)
    session.steps = 1_000_000
    return lambda: _advance(session)


def ready(config: RunConfig) -> Step:
    """The same with batches that were made in advance."""
    session = prepare(config)
    session.steps = 1_000_000
    batches = [session.batches.at(step) for step in range(4)]

    class Ready(Batches):
        def at(self, step: int) -> Batch:
            return batches[step % len(batches)]

    session.batches = Ready(session.config, session.dataset, config.train.device)
    return lambda: _advance(session)


def _advance(session: Session) -> None:
    take_step(session)
    session.step += 1


def lightly_loop(config: RunConfig, precision: str) -> Step:
    """A function that takes one step of lightly's usual loop."""
    from lightly.loss import NTXentLoss
    from lightly.models.modules.heads import SimCLRProjectionHead
    from lightly.transforms.simclr_transform import SimCLRTransform
    from PIL import Image

    dataset = open_dataset(config.data)
    side = dataset.images.shape[-1]
    images = [Image.fromarray(image.transpose(1, 2, 0)) for image in np.asarray(dataset.images)[dataset.splits["train"]]]

    class Images(torch.utils.data.Dataset[list[Tensor]]):
        def __len__(self) -> int:
            return len(images)

        def __getitem__(self, index: int) -> list[Tensor]:
            return transform(images[index])

    transform = SimCLRTransform(input_size=side, gaussian_blur=0.0, cj_strength=0.5)
    loader = torch.utils.data.DataLoader(
        Images(), config.train.batch, shuffle=True, drop_last=True, num_workers=os.cpu_count() or 1, persistent_workers=True
    )
    backbone = build_backbone(BackboneConfig(), side)
    model = nn.Sequential(backbone, SimCLRProjectionHead(backbone.dim, 512, 128))
    loss_of = NTXentLoss(temperature=0.2)
    optimiser = torch.optim.AdamW(model.parameters(), lr=config.optim.lr)

    def batches() -> Iterator[tuple[Tensor, Tensor]]:
        while True:
            yield from loader

    feed = batches()

    def step() -> None:
        x0, x1 = next(feed)
        with torch.autocast("cpu", torch.bfloat16, enabled=precision == "bf16"):
            z0, z1 = model(x0), model(x1)
        loss = loss_of(z0.float(), z1.float())
        loss.backward()
        optimiser.step()
        optimiser.zero_grad()

    return step


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seconds", type=float, default=20.0, help="of measured time a loop")
    parser.add_argument("--batch", type=int, default=256)
    options = parser.parse_args()
    config = resolve({"method": {"id": "simclr"}, "data": {"source": "shapes"}, "train": {"batch": options.batch, "device": "cpu"}})
    own = config.train.precision
    loops: dict[str, Step] = {f"Parallax, {own}": ours(config), f"Parallax on ready tensors, {own}": ready(config)}
    if own != "fp32":
        plain = parse(RunConfig, merge(config.model_dump(mode="json"), {"train": {"precision": "fp32"}}))
        loops["Parallax, fp32"] = ours(plain)
    try:
        loops["lightly's usual loop, fp32"] = lightly_loop(config, "fp32")
        if own != "fp32":
            loops[f"lightly's usual loop, {own}"] = lightly_loop(config, own)
    except ImportError as error:
        print(f"lightly is not installed ({error}); pip install 'parallax-workbench[bench]' to compare with it.")

    rounds = 4
    steps, seconds = dict.fromkeys(loops, 0), dict.fromkeys(loops, 0.0)
    for step in loops.values():
        for _ in range(3):
            step()
    for _ in range(rounds):
        for name, step in loops.items():
            if "lightly" in name:
                step()  # empty the buffers that its workers filled while the other loops ran
                for _ in range(2 * (os.cpu_count() or 1)):
                    step()
            started = time.monotonic()
            while time.monotonic() - started < options.seconds / rounds:
                step()
                steps[name] += 1
            seconds[name] += time.monotonic() - started
    speed = {name: steps[name] * options.batch / seconds[name] for name in loops}
    first = speed[f"Parallax, {own}"]
    print(f"SimCLR, resnet10_narrow, 32 px, batch {options.batch}, {torch.get_num_threads()} threads")
    print(f"{options.seconds:g} s a loop in {rounds} rounds")
    print(f"{'loop':36} {'images/s':>9}  {'Parallax is':>11}")
    for name, value in speed.items():
        print(f"{name:36} {value:9,.0f}  {first / value:10.2f}x")


if __name__ == "__main__":
    main()
