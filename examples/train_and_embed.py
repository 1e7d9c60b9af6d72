"""Train a method, embed a directory of images, evaluate, and save the encoder for PyTorch.

python examples/train_and_embed.py --minutes 1
python examples/train_and_embed.py --method byol --data cifar10 --images photos/ --minutes 30
"""

import argparse
from pathlib import Path

import numpy as np
import torch

from engine import api


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--method", default="simclr", help="see `python -m engine methods`")
    parser.add_argument("--data", default="shapes", help="a named set, a directory of images or an .npz file")
    parser.add_argument("--images", help="images to embed; default the run's own")
    parser.add_argument("--minutes", type=float, help="length of the training; default that of the method's recipe")
    parser.add_argument("--steps", type=int, help="length in steps instead")
    parser.add_argument("--count", type=int, default=6000, help="images that shapes renders")
    parser.add_argument("--batch", type=int, default=256)
    parser.add_argument("--out", type=Path, default=Path(), help="directory for features.npy and encoder.pt")
    options = parser.parse_args()

    run = api.train(
        options.method,
        data=options.data,
        minutes=options.minutes,
        steps=options.steps,
        settings={"data.count": options.count, "train.batch": options.batch},
    )
    print(run.folder)

    features = run.embed(options.images)  # (N, D)
    np.save(options.out / "features.npy", features)
    print(f"features of {len(features)} images, {features.shape[1]} each")

    for name, figure in run.evaluate(["knn"]).figures.items():
        print(f"{name}: {figure.trained:.3f}, untrained {figure.untrained:.3f}")

    encoder = run.encoder()  # a torch.nn.Module: pixels (N, 3, S, S) -> features (N, D)
    torch.save(encoder.state_dict(), options.out / "encoder.pt")


if __name__ == "__main__":
    main()
