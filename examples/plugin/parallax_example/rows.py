"""The rows that this package adds, each as in the program's own table. Imports nothing heavy: the window reads it at its start."""

from engine.catalogue import Entry
from engine.data.source_table import Source
from engine.evaluate.task_table import Task

MMCR = Entry(
    "mmcr",
    "MMCR",
    "decorrelation",
    2023,
    "Yerxa et al.",
    "Learning Efficient Coding of Natural Images with Maximum Manifold Capacity Representations",
    "2303.03307",
    "The mean embeddings of the images' views span as many directions as they can, as evenly as they can.",
    source="parallax_example.mmcr",
)

PHOTO_PATCHES = Source(
    "photo_patches",
    "Photo patches",
    "embedded",
    images=520,
    classes=2,
    size=32,
    line="Squares of 32 px cut from the two photographs that scikit-learn brings; the class is the photograph.",
    opener="parallax_example.photo_patches:open_source",
)

RECALL_AT_1 = Task(
    "recall_at_1",
    "Recall at 1",
    figures=("recall_at_1",),
    run="parallax_example.recall_at_1:measure",
    line="How often the nearest other test image is of the same class.",
)
