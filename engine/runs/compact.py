"""The precision in which features are stored."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

LARGEST = float(np.finfo(np.float16).max)  # 65,504


def compact(features: npt.NDArray[np.floating]) -> npt.NDArray[np.floating]:
    """Features (n, D) as float16; as float32 where a finite value is too large for float16 and would become infinite."""
    values = np.abs(features[np.isfinite(features)], dtype=np.float64)
    return features.astype(np.float16 if not values.size or values.max() <= LARGEST else np.float32)
