"""The learning rate of a run whose config names none: it follows the optimiser and the method's recipe. Torch-free."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

# The batch for which a rate that grows with the batch is stated.
REFERENCE_BATCH = 256
# Peak rates by optimiser. AdamW: found on small encoders, as it is at any batch. SGD: as SwAV's recipe here. LARS: SimCLR
# (2002.05709, Sec. 2.1). The last two grow linearly with the batch (Goyal et al., 1706.02677).
RATES = {"adamw": 0.002, "sgd": 0.2, "lars": 0.3}
SCALED = ("sgd", "lars")


@dataclass(frozen=True)
class Rate:
    """`value`: the peak rate of a run; `base`: the rate for a batch of `reference` images, of which `value` is the multiple that
    the batch is; equal to `value` for an optimiser whose rate does not grow with the batch, `reference` being 0."""

    value: float
    base: float
    reference: int = 0


def automatic_rate(recipe: Mapping[str, Any], optimiser: object, batch: object, accumulate: object = 1) -> Rate | None:
    """The rate of a run with this optimiser, which adds up `accumulate` batches of `batch` images: that of the method's recipe
    where the recipe is for this optimiser, else the optimiser's own. None for an unknown optimiser."""
    if not isinstance(optimiser, str) or optimiser not in RATES:
        return None
    optim, train = _group(recipe, "optim"), _group(recipe, "train")
    own = optim.get("lr") if optim.get("name", "adamw") == optimiser else None
    base = float(own if own is not None else RATES[optimiser])
    if optimiser not in SCALED:
        return Rate(base, base)
    reference = int(train.get("batch", REFERENCE_BATCH)) if own is not None else REFERENCE_BATCH
    images = _whole(batch, reference) * _whole(accumulate, 1)
    return Rate(float(f"{base * images / reference:.4g}"), base, reference)


def _group(values: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    section = values.get(name, {})
    return section if isinstance(section, Mapping) else {}


def _whole(value: object, otherwise: int) -> int:
    """A number that was typed, or what stands for one that is wrong and complained of elsewhere."""
    return value if isinstance(value, int) and not isinstance(value, bool) and value > 0 else otherwise
