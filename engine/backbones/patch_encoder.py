"""An encoder that encodes an image patch by patch, and a function that replaces batch by layer normalisation."""

from __future__ import annotations

import copy

from torch import Tensor, nn

from engine.augment.patch_grid import LEAST_PATCH, patch_fits, patch_grid, patch_side
from engine.backbones.backbone import Backbone
from engine.config.errors import complain


class PatchBackbone(Backbone):
    """Cuts images into a grid of overlapping patches and encodes each alone, by one network (van den Oord et al., 1807.03748,
    Sec. 3.3). The features of an image are the mean over the grid, which is what the paper evaluates.

    `patches` across and down; `share`: a patch's side as a share of the image's, rounded to what the network takes. `layer_norm`:
    in place of the network's batch normalisation. ConfigError where the views for which the network was built are too small."""

    def __init__(self, net: Backbone, patches: int, share: float, *, layer_norm: bool = False) -> None:
        super().__init__()
        self.net = with_layer_norm(net) if layer_norm else net
        self.patches, self.share, self.layer_norm = patches, share, layer_norm
        self.dim, self.size = net.dim, net.size
        if net.size:
            self.patch(net.size)

    def patch(self, size: int) -> int:
        """Side in px of a patch of images of `size` px. ConfigError where the grid does not fit."""
        patch = patch_side(size, self.share, self.net.multiple)
        if not patch_fits(size, patch, self.patches):
            raise complain("views.groups.0.size", f"at least {self._least()} px", size, self._remedy(patch))
        return patch

    def cut(self, images: Tensor) -> Tensor:
        """Images (N, 3, S, S) to patches (N, G, G, 3, p, p)."""
        return patch_grid(images, self.patch(images.shape[-1]), self.patches)

    def encode(self, patches: Tensor) -> Tensor:
        """Patches (N, G, G, 3, p, p) to their features (N, G, G, dim)."""
        out: Tensor = self.net(patches.flatten(0, 2)).view(*patches.shape[:3], self.dim)
        return out

    def grid(self, images: Tensor) -> Tensor:
        """Images (N, 3, S, S) to the features of their patches (N, G, G, dim)."""
        return self.encode(self.cut(images))

    def forward(self, images: Tensor) -> Tensor:
        """(N, 3, S, S) to (N, dim)."""
        return self.grid(images).mean((1, 2))

    def dense(self, images: Tensor, least: int = 0) -> Tensor:
        """(N, 3, S, S) to (N, dim, G, G). Its cells are the patches, whatever `least` asks for."""
        return self.grid(images).permute(0, 3, 1, 2)

    def another(self) -> PatchBackbone:
        """The same architecture and grid, drawn anew."""
        return PatchBackbone(self.net.another(), self.patches, self.share, layer_norm=self.layer_norm)

    def _least(self) -> int:
        """The smallest side from which on the grid fits."""
        side = 4096
        while side > 1 and patch_fits(side - 1, patch_side(side - 1, self.share, self.net.multiple), self.patches):
            side -= 1
        return side

    def _remedy(self, patch: int) -> str:
        message = (
            f"A grid of {self.patches} x {self.patches} patches of at least {LEAST_PATCH} px must fit; these would be {patch} px."
        )
        step = f" The encoder takes multiples of {self.net.multiple} px (backbone.patch)." if self.net.multiple > 1 else ""
        return f"{message}{step} Take larger images, or lower method.grid."


def with_layer_norm(net: Backbone) -> Backbone:
    """A copy with every BatchNorm2d replaced by layer normalisation over channels and positions, with the same scale and shift: an
    image's features then do not depend on the other images of the batch. A network without batch normalisation is copied as it
    is."""
    net = copy.deepcopy(net)
    for module in list(net.modules()):
        for name, child in module.named_children():
            if isinstance(child, nn.BatchNorm2d):
                norm = nn.GroupNorm(1, child.num_features)
                norm.load_state_dict({"weight": child.weight.detach(), "bias": child.bias.detach()})
                setattr(module, name, norm)
    return net
