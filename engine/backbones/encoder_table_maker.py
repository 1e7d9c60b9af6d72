"""Writes `engine/config/encoder_table.csv` from the installed timm and torchvision:

    python -m engine.backbones.encoder_table_maker

With names after it only those are measured, and the other rows stay. Every encoder is built, without memory for its weights. Those
that cannot be are left out and listed, and so are the networks of timm's own tests. Takes some minutes."""

from __future__ import annotations

import csv
import importlib.metadata
import sys
from dataclasses import asdict, fields

from engine.backbones.library_encoder import measure
from engine.backbones.library_net import library_names, published_size
from engine.config.encoder_table import FILE, LIBRARIES, EncoderRow, encoder_rows, library_of
from engine.runs.atomic_write import atomic_write


def main() -> int:
    """Write the table; the exit status of the program."""
    names = sys.argv[1:]
    rows = [row for row in encoder_rows() if names and row.name not in names]
    failed = []
    for name in names or [name for library in LIBRARIES for name in library_names(library) if "/test_" not in name]:
        library = library_of(name)
        assert library is not None
        try:
            rows.append(measure(name, published_size(library, name.partition("/")[2])))
            print(f"\r{len(rows)}", end="", file=sys.stderr)
        except Exception as error:  # each architecture fails in a way of its own
            failed.append(f"{name}: {type(error).__name__} {' '.join(str(error).split())[:160]}")
    versions = ", ".join(f"{library} {importlib.metadata.version(library)}" for library in LIBRARIES)
    with atomic_write(FILE) as part, part.open("w", encoding="utf-8", newline="") as file:
        file.write(f"# Measured by engine/backbones/encoder_table_maker.py with {versions}.\n")
        table = csv.writer(file, lineterminator="\n")
        table.writerow(field.name for field in fields(EncoderRow))
        for row in sorted(rows, key=lambda row: row.name):
            table.writerow(("no", "yes")[value] if isinstance(value, bool) else value for value in asdict(row).values())
    print(f"{len(rows)} encoders written to {FILE}", file=sys.stderr)
    for line in failed:
        print(f"left out: {line}", file=sys.stderr)
    return 0


if __name__ == "__main__":
    sys.exit(main())
