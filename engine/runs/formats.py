"""The format of each kind of file in a run's directory: one number each, written into the file or into its directory's name.

A number is raised when the meaning of a file's contents changes. A key that is added needs no new number: readers ignore
unknown keys and use defaults for missing ones. The comment of each number says what happens to earlier files. The files without
one (config.yaml, status.json, metrics.jsonl, environment.yaml, tags.json, snapshots) are read in every version, see
docs/formats.md. Configs of earlier versions are completed by engine.config.older.
"""

from __future__ import annotations

# checkpoints/*.pt. There has been no other.
CHECKPOINT = 1
# data_manifest.npz. There has been no other. A run without one is opened by its source.
MANIFEST = 1
# evaluation.json. There has been no other. In earlier files an R² below 0 is 0, as their protocol says.
EVALUATION = 1
# invariance.json. Another number is another protocol: the file counts as missing, and the factors are measured again.
INVARIANCE = 2
# maps/*. Part of the directory's name: maps of another number are computed again.
MAPS = 3
# clusters/*. The same.
CLUSTERS = 1
# spaces/losses_*.npz. Losses of another number are computed again.
SAMPLE_LOSSES = 1
