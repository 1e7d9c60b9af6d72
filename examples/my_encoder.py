"""An encoder of one's own. Any method trains it:

    python -m engine train --method simclr --data shapes --minutes 1 \\
        --set backbone.name=examples/my_encoder.py:SmallNet --set backbone.arguments="width=32, depth=4"

The file is copied into the run: it may change afterwards, or be deleted."""

from itertools import pairwise

from torch import Tensor, nn


class SmallNet(nn.Module):
    """Convolutions of stride 2, each of twice the channels. `width`: channels of the first; `depth`: how many there are."""

    def __init__(self, width: int = 32, depth: int = 4) -> None:
        super().__init__()
        channels = [3, *(width << level for level in range(depth))]
        self.layers = nn.Sequential(
            *(
                nn.Sequential(nn.Conv2d(before, after, 3, stride=2, padding=1, bias=False), nn.BatchNorm2d(after), nn.ReLU())
                for before, after in pairwise(channels)
            )
        )

    def forward(self, images: Tensor) -> Tensor:
        """Images (N, 3, S, S), normalised, to a map (N, D, s, s). Its mean over the cells is the feature of an image."""
        return self.layers(images)
