"""Images of your own: arrays become an .npz file in the MedMNIST layout, which every part of the program takes by its path.

A directory of pictures (with a subdirectory for each class, if there are classes) needs not even that. A set with a name of its
own is a row of a package: see examples/plugin.

    python examples/add_a_data_source.py --steps 200
"""

import argparse
from pathlib import Path

import numpy as np
from sklearn.datasets import load_digits

from engine import api


def write_set(path: Path, count: int) -> None:
    """scikit-learn's digits, (N, 8, 8) from 0 to 16, as uint8; one image in five is kept for the test."""
    digits = load_digits()
    images = np.round(digits.images[:count] * (255 / 16)).astype(np.uint8)
    test = np.arange(len(images)) % 5 == 0
    np.savez(
        path,
        train_images=images[~test],
        train_labels=digits.target[:count][~test],
        test_images=images[test],
        test_labels=digits.target[:count][test],
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, default=Path("my_digits.npz"), help="where the .npz file is written")
    parser.add_argument("--count", type=int, default=1797, help="images, at most 1797")
    parser.add_argument("--steps", type=int, default=200)
    parser.add_argument("--batch", type=int, default=256)
    options = parser.parse_args()
    write_set(options.out, options.count)
    # 16 px: the digits are enlarged a little, so that the encoder's maps stay larger than a cell.
    run = api.train("simclr", data=options.out, steps=options.steps, settings={"data.size": 16, "train.batch": options.batch})
    print(run.folder)
    figures = run.evaluate(["knn"]).figures
    print(f"kNN on the test digits: {figures['knn'].trained:.3f}, untrained {figures['knn'].untrained:.3f}")


if __name__ == "__main__":
    main()
