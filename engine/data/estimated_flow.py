"""Optical flow of clips whose motion is not known, estimated from their frames by OpenCV (the extra `video`)."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import numpy.typing as npt

from engine.config.errors import complain
from engine.data.dataset import Bytes

_LEAST = 32  # px of a side, for its patches of 8 px at several scales; smaller frames are continued at their edges
_LUMA = np.array([0.299, 0.587, 0.114], np.float32)  # of RGB (Rec. 601)


def check_estimator() -> None:
    """ConfigError, naming data.flow, where OpenCV is not installed."""
    try:
        import cv2  # noqa: F401
    except ImportError:
        remedy = "Install it with: pip install 'parallax-workbench[video]'."
        raise complain("data.flow", "false, for OpenCV, which estimates flow, is not installed", True, remedy) from None


def estimated_flow(frames: Bytes) -> npt.NDArray[np.float16]:
    """How far each pixel of a frame (T, 3, S, S) moves to the next one, in pixels to the right and down: (T - 1, 2, S, S).

    Dense inverse search (Kroeger et al., 1603.03590) down to the full resolution, on grey levels."""
    import cv2

    cv2.setNumThreads(1)  # files are read on several threads already
    side = frames.shape[-1]
    margin = max(0, _LEAST - side + 1) // 2
    grey = np.einsum("tchw,c->thw", frames.astype(np.float32), _LUMA).round().astype(np.uint8)
    grey = np.pad(grey, ((0, 0), (margin, margin), (margin, margin)), mode="edge")
    estimator = cv2.DISOpticalFlow.create(cv2.DISOPTICAL_FLOW_PRESET_MEDIUM)
    estimator.setFinestScale(0)
    at_rest = np.zeros((*grey.shape[1:], 2), np.float32)
    flow = [estimator.calc(before, after, at_rest.copy()) for before, after in pairwise(grey)]
    inner = slice(margin, margin + side)
    return np.stack(flow).transpose(0, 3, 1, 2)[:, :, inner, inner].astype(np.float16)
