"""The boxes of images in the views that are drawn of them."""

from __future__ import annotations

import numpy as np

from engine.augment.annotation_views import corners_in_view
from engine.augment.views import ViewDraw
from engine.data.annotations import Boxes


def boxes_in_view(boxes: Boxes, draw: ViewDraw) -> Boxes:
    """The boxes of the stored images (n) as boxes of the views, corners as shares of the view: cut off at its edges. A box of which
    the view shows nothing is left out; a turned box becomes the least upright box around its part in the view."""
    n = len(boxes)
    image = np.repeat(np.arange(n), np.diff(boxes.starts))
    rows, corners = corners_in_view(boxes.corners, image, draw)
    starts = np.searchsorted(image[rows], np.arange(n + 1)).astype(np.int64)
    return Boxes(starts, corners, boxes.classes[rows], boxes.names, boxes.crowd[rows], boxes.known)
