"""Which factors can be read from a run's features, as stored with the run (invariance.json), and the summary as text.

Does not import torch: the window and scripts read it without computing anything. `engine.study.invariance` measures and writes
it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal

from engine.config.small_files import Count, Finite, Share, Whole, as_type, read_object
from engine.runs import formats
from engine.runs.atomic_write import atomic_write
from engine.runs.reader import checkpoint_mark

FILE = "invariance.json"
MOST_BYTES = 64 << 20

Group = Literal["known", "picture", "drawn"]
Measure = Literal["accuracy", "r2"]
Verdict = Literal["kept", "partly", "discarded", "unreadable"]
VERDICTS: tuple[Verdict, ...] = ("kept", "partly", "discarded", "unreadable")

# A factor is kept where the lower end of its interval is at least half of the range above chance, and discarded where the upper end
# is below a fifth. The verdicts of the window and the table all come from these two thresholds.
KEPT, DISCARDED = 0.5, 0.2
# A change by training is reported where its interval excludes 0 and it is at least this large.
NOTABLE = 0.05


@dataclass(frozen=True)
class Reading:
    """The score of a probe of one factor in one space. `score`: accuracy or R² on the test rows, `low` to `high` its interval of
    95 %. `kept`: (score - chance) / (1 - chance), clipped to 0..1, with its interval. `gain`: `kept` less that of the untrained
    encoder's same space on the same rows, with its paired interval; 0 where it is the untrained or the pixels. `verdict`: in a
    word, see `engine.evaluate.probes.verdict`."""

    score: Finite
    low: Finite
    high: Finite
    kept: Finite
    kept_low: Finite
    kept_high: Finite
    gain: Finite = 0.0
    gain_low: Finite = 0.0
    gain_high: Finite = 0.0
    verdict: Verdict = "partly"

    @property
    def added(self) -> bool:
        """Whether training made it easier to read, beyond chance."""
        return self.gain_low > 0 and self.gain >= NOTABLE

    @property
    def removed(self) -> bool:
        """Whether training made it harder to read, beyond chance."""
        return self.gain_high < 0 and self.gain <= -NOTABLE


@dataclass(frozen=True)
class FactorReadings:
    """One factor. `group`: "known" of the image, "picture" (measured on its pixels) or "drawn" (by the augmentation). `chance`: the
    accuracy at chance level; 0 for R². `rows`: number of test rows. `own`: whether the run's own views vary it; None
    where that cannot be said. `pixels`: read from 8 x 8 pixels. `readings`: by space, by epoch; epoch 0 is untrained."""

    name: str
    group: Group
    kind: str
    measure: Measure
    chance: Share
    rows: Count
    own: bool | None
    pixels: Reading
    readings: Mapping[str, Mapping[Count, Reading]]

    def at(self, space: str, epoch: int) -> Reading | None:
        """The reading in one space after one epoch; None where it was not measured."""
        return self.readings.get(space, {}).get(epoch)


@dataclass(frozen=True)
class Invariance:
    """The measured factors of a run. `epochs`: rising, 0 the untrained encoder. `last`: that of the newest checkpoint, or -1 while
    it has not been measured. `checkpoints`: the mark of each epoch's (`checkpoint_mark`). `asked`: the settings of the measurement.
    `protocol`: a description."""

    run: str
    method: str
    data: str
    spaces: tuple[str, ...]
    epochs: tuple[Count, ...]
    last: Whole
    factors: tuple[FactorReadings, ...]
    checkpoints: Mapping[int, Whole]
    asked: Mapping[str, Any]
    protocol: str

    def to_dict(self) -> dict[str, Any]:
        """Plain values, for JSON."""
        return asdict(self)

    def names(self, space: str, epoch: int, verdict: Verdict) -> tuple[str, ...]:
        """The factors with this verdict, in order."""
        readings = ((factor.name, factor.at(space, epoch)) for factor in self.factors)
        return tuple(name for name, reading in readings if reading is not None and reading.verdict == verdict)

    def changed(self, space: str, epoch: int) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """The factors that training made easier to read, and those that it made harder, the largest change first."""
        readings = [(factor.name, reading) for factor in self.factors if (reading := factor.at(space, epoch)) is not None]
        added = sorted((-reading.gain, name) for name, reading in readings if reading.added)
        removed = sorted((reading.gain, name) for name, reading in readings if reading.removed)
        return tuple(name for _, name in added), tuple(name for _, name in removed)

    def sentence(self, space: str, epoch: int | None = None) -> str:
        """ "keeps shape, size; keeps hue in part; discards brightness", in English. `epoch` None is the last."""
        at = self.last if epoch is None else epoch
        kept, partly, gone = (", ".join(self.names(space, at, verdict)) for verdict in VERDICTS[:3])
        parts = [f"keeps {kept}" if kept else "", f"keeps {partly} in part" if partly else "", f"discards {gone}" if gone else ""]
        return "; ".join(part for part in parts if part) or "nothing could be read, not even from the pixels"


def difference(one: Reading, other: Reading) -> tuple[float, float, float]:
    """The difference of `kept` of two runs, and its interval of 95 %, as of two independent, roughly normal figures. (Runs share
    test images, which makes it a little too wide, not too narrow.)"""
    gap = one.kept - other.kept
    up = ((one.kept_high - one.kept) ** 2 + (other.kept - other.kept_low) ** 2) ** 0.5
    down = ((one.kept - one.kept_low) ** 2 + (other.kept_high - other.kept) ** 2) ** 0.5
    return gap, gap - down, gap + up


def read_invariance(folder: Path) -> Invariance | None:
    """The stored result of a run; None where there is none that can be read: then it is measured anew."""
    try:
        values = read_object(Path(folder) / FILE, MOST_BYTES)
        if values.get("format") != formats.INVARIANCE:
            return None
        result = as_type(Invariance, values)
    except (OSError, ValueError):
        return None
    known = set(result.epochs)
    whole = all(known >= set(by_epoch) for factor in result.factors for by_epoch in factor.readings.values())
    return result if whole and set(result.spaces) <= set(SPACES) and (result.last == -1 or result.last in known) else None


def write_invariance(folder: Path, result: Invariance) -> Path:
    """Store the result with the run, atomically. OSError where the folder cannot be written."""
    path = Path(folder) / FILE
    with atomic_write(path) as part:
        part.write_text(json.dumps({"format": formats.INVARIANCE, **_rounded(result.to_dict())}, indent=1), encoding="utf-8")
    return path


def is_stale(folder: Path, result: Invariance) -> bool:
    """Whether the run's newest checkpoint is not the one that was measured last."""
    return result.last < 0 or checkpoint_mark(folder) != result.checkpoints.get(result.last, 0)


def _rounded(value: Any) -> Any:
    """Floats rounded to six digits, so that the file is readable."""
    if isinstance(value, float):
        return round(value, 6)
    if isinstance(value, Mapping):
        return {key: _rounded(item) for key, item in value.items()}
    if isinstance(value, Iterable) and not isinstance(value, str):
        return [_rounded(item) for item in value]
    return value


# As text

SPACES = {"features": "backbone", "embedding": "projector"}
GROUPS: dict[Group, str] = {"known": "known of each image", "picture": "of any picture", "drawn": "drawn for the view"}
_WORDS: dict[Verdict, str] = {"kept": "kept", "partly": "in part", "discarded": "discarded", "unreadable": "not readable"}


def table(result: Invariance) -> list[str]:
    """Lines for a terminal: a summary sentence of each space, then a row a factor: the pixels, and for each space every epoch, the
    last one with its interval and verdict."""
    lines = []
    for space in result.spaces:
        added, removed = result.changed(space, result.last)
        lines.append(f"{SPACES[space]} after epoch {result.last}: {result.sentence(space)}.")
        changes = [f"easier to read: {', '.join(added)}" if added else "", f"harder: {', '.join(removed)}" if removed else ""]
        lines.append(f"  training made {'; '.join(part for part in changes if part) or 'no change beyond chance'}.")
    columns = [(space, epoch) for space in result.spaces for epoch in result.epochs]
    heads = [["", "kept, 0 to 1 (95 %)"], ["", "pixels"]]
    heads += [[SPACES[space], "untrained" if epoch == 0 else f"epoch {epoch}"] for space, epoch in columns]
    rows, group = list(map(list, zip(*heads, strict=True))), ""
    for factor in result.factors:
        if factor.group != group:
            group = factor.group
            rows.append([f"{GROUPS[factor.group]}:", *([""] * (len(columns) + 1))])
        cells = [_cell(factor.at(space, epoch), epoch == result.last) for space, epoch in columns]
        rows.append([f"  {factor.name}", f"{factor.pixels.kept:.2f}", *cells])
    wide = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines.append("")
    lines += ["  ".join(f"{cell:{width}}" for cell, width in zip(row, wide, strict=True)).rstrip() for row in rows]
    lines += ["", result.protocol]
    return lines


def _cell(reading: Reading | None, whole: bool) -> str:
    if reading is None:
        return "-"
    if not whole:
        return f"{reading.kept:.2f}"
    return f"{reading.kept:.2f} ({reading.kept_low:.2f}-{reading.kept_high:.2f}) {_WORDS[reading.verdict]}"
