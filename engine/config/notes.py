"""What is right in a config and should yet be known before the run starts. Templates: they are translated."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

MORE_VIEWS = "{method} trains on {most} global views. Not drawn: {left} more."
NO_LOCAL_VIEWS = "{method} takes no local views. Not drawn: {left}."
SEPARATE_BATCHES = (
    "{method} compares the images of one batch with one another: {accumulate} accumulated batches of {batch} "
    "are not a batch of {all}."
)
SCALED_RATE = "Learning rate {rate}: {base} for a batch of {reference}, scaled linearly to {images} images a step."
UNUSUAL_RATE = "Learning rate {rate} is far from {usual}, which {optimiser} takes here where none is set."
ANY_ANGLE = (
    "{method} asks by how much an image was turned, and the objects of {data} lie at any angle: its task stays at chance level. "
    "Choose images that have an up and a down, for example simple_shapes, or shapes that stand upright."
)
ANY_TURN = (
    "{method} asks by how much an image was turned, and its views are rotated by up to {angle} degrees themselves: its task "
    "stays at chance level. Lower the rotation of the views."
)
UNUSED_REL_POS = (
    "Relative positions have no effect on {encoder}: it keeps the positions that it has. They are for this program's own ViTs."
)
ONE_CELL = (
    "The last map of {encoder} is one cell for views of {size} px: its 3 x 3 convolutions there see their own cell alone, and "
    "pictures of features show nothing. Larger images (data.size), or an encoder of this program, keep a map."
)
FROM_COMMAND_LINE = (
    "A run on {devices} devices starts from the command line: python -m engine train CONFIG.yaml. The list of runs shows it here, "
    "too."
)
CHANGED_FILE = (
    "The file of {encoder} is another than the copy of its code in these settings. The copy is used. To take the file as it is "
    "now, set backbone.module to null, or choose the file again."
)
NOTES = (
    MORE_VIEWS,
    NO_LOCAL_VIEWS,
    SEPARATE_BATCHES,
    SCALED_RATE,
    UNUSUAL_RATE,
    ANY_ANGLE,
    ANY_TURN,
    UNUSED_REL_POS,
    ONE_CELL,
    CHANGED_FILE,
    FROM_COMMAND_LINE,
)


@dataclass(frozen=True)
class Note:
    """A remark on the setting at `key`: one of NOTES as `text`, and the `values` that fill it."""

    key: str
    text: str
    values: Mapping[str, str] = field(default_factory=dict)

    def __str__(self) -> str:
        return self.text.format(**self.values)
