"""What is done in an evaluation, how long things take, and tables as text."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from PySide6.QtCore import QCoreApplication

from engine.evaluate.dense_plan import DENSE
from engine.evaluate.plan import Stage
from engine.evaluate.task_table import can_be_negative, figure_title, task, tasks
from engine.runs.csv_rows import CsvRows
from engine.runs.evaluation import likely, standard_error
from workbench.i18n.figure_names import figure_name

translate = QCoreApplication.translate

# The figures in the order in which they are shown.
FIGURES = tuple(figure for row in tasks() for figure in row.figures)


def part_name(part: str) -> str:
    """A part, as it is chosen."""
    return {
        "knn": translate("evaluate", "kNN, k = 20 and 200"),
        "linear": translate("evaluate", "Linear probe"),
        "finetune_1": translate("evaluate", "Fine-tuning, 1 % of the labels"),
        "finetune_10": translate("evaluate", "Fine-tuning, 10 % of the labels"),
        "finetune_100": translate("evaluate", "Fine-tuning, all labels"),
        "image_retrieval": translate("evaluate", "Image retrieval, R@1 and R@5"),
        "zero_shot": translate("evaluate", "Zero-shot, by the names of the classes"),
        "retrieval": translate("evaluate", "Image-text retrieval, R@1 and R@5"),
        "multi_label": translate("evaluate", "Several labels, mean average precision"),
        "regression": translate("evaluate", "Numbers of an image, R²"),
        "label_propagation": translate("evaluate", "Label propagation in clips, J"),
        "motion": translate("evaluate", "Motion of clips: kNN, linear, retrieval"),
        "speed": translate("evaluate", "Speed in clips, R²"),
        "sound_retrieval": translate("evaluate", "Clip-sound retrieval, R@1 and R@5"),
        "event_spotting": translate("evaluate", "Events in clips, average precision"),
        "own_sound_retrieval": translate("evaluate", "Clip-sound retrieval, own embeddings"),
        "segmentation_10": translate("evaluate", "Segmentation, 10 % of the maps"),
        "segmentation": translate("evaluate", "Segmentation, all maps"),
        "segmentation_tuned_10": translate("evaluate", "Segmentation, fine-tuned, 10 %"),
        "segmentation_tuned": translate("evaluate", "Segmentation, fine-tuned, all"),
        "detection_10": translate("evaluate", "Detection, 10 % of the images"),
        "detection": translate("evaluate", "Detection, all images"),
        "detection_tuned_10": translate("evaluate", "Detection, fine-tuned, 10 %"),
        "detection_tuned": translate("evaluate", "Detection, fine-tuned, all"),
    }.get(part) or figure_title(part)


def part_word(part: str) -> str:
    """A part in a word or two."""
    return {
        "knn": translate("evaluate", "kNN"),
        "linear": translate("evaluate", "linear"),
        "finetune_1": translate("evaluate", "tuned 1 %"),
        "finetune_10": translate("evaluate", "tuned 10 %"),
        "finetune_100": translate("evaluate", "tuned all"),
        "image_retrieval": translate("evaluate", "image retrieval"),
        "zero_shot": translate("evaluate", "zero-shot"),
        "retrieval": translate("evaluate", "image-text retrieval"),
        "multi_label": translate("evaluate", "multi-label"),
        "regression": translate("evaluate", "regression"),
        "label_propagation": translate("evaluate", "label propagation"),
        "motion": translate("evaluate", "motion"),
        "speed": translate("evaluate", "speed"),
        "sound_retrieval": translate("evaluate", "clip-sound retrieval"),
        "event_spotting": translate("evaluate", "event spotting"),
        "own_sound_retrieval": translate("evaluate", "clip-sound retrieval, own"),
        "segmentation_10": translate("evaluate", "segmentation 10 %"),
        "segmentation": translate("evaluate", "segmentation"),
        "segmentation_tuned_10": translate("evaluate", "segmentation tuned 10 %"),
        "segmentation_tuned": translate("evaluate", "segmentation tuned"),
        "detection_10": translate("evaluate", "detection 10 %"),
        "detection": translate("evaluate", "detection"),
        "detection_tuned_10": translate("evaluate", "detection tuned 10 %"),
        "detection_tuned": translate("evaluate", "detection tuned"),
    }.get(part) or figure_title(part)


def first_line(message: str) -> str:
    """What went wrong, without the traceback that may follow a blank line."""
    return message.split("\n\n")[0].strip()


def stage_name(stage: Stage | None, rates: int) -> str:
    """What is being done."""
    if stage is None:
        return translate("evaluate", "Opening")
    encoder = {
        "trained": translate("evaluate", "trained"),
        "untrained": translate("evaluate", "untrained"),
        "pixels": translate("evaluate", "pixels"),
    }[stage.encoder]
    if stage.part == "encode":
        return translate("evaluate", "Encoding, {0}").format(encoder)
    if stage.part == "linear":
        return translate("evaluate", "Linear probe, {0}").format(encoder)
    row = task(stage.part)
    if row is not None and (row.frozen or row.id in DENSE):
        return f"{part_name(row.id)}, {encoder}"
    words = translate("evaluate", "{0}, {1}, learning rate {2} of {3}")
    return words.format(part_name(stage.part), encoder, stage.rate + 1, rates)


def about(seconds: float) -> str:
    """A length of time, as rough as it is known."""
    if seconds < 90:
        return translate("evaluate", "about {0} s").format(max(1, round(seconds) if seconds < 10 else 5 * round(seconds / 5)))
    minutes = round(seconds / 60)
    if minutes < 100:
        return translate("evaluate", "about {0} min").format(minutes)
    return translate("evaluate", "about {0} h").format(f"{seconds / 3600:.1f}")


def percent(share: float) -> str:
    """52.3 %, −4.5 %."""
    return f"{_number(share)} %"


def signed(share: float) -> str:
    """+12.3, −4.5, in points of a hundred; 0.0 has no sign."""
    text = f"{share * 100:+.1f}".replace("-", "−")
    return text if text.strip("+−0.") else "0.0"


@dataclass(frozen=True)
class Line:
    """One run in the comparison. `trained`, `untrained`: shares of `images` test images by figure, where there are any; `errors`:
    standard errors of figures that are no shares of right answers."""

    key: str
    title: str
    colour: str
    method: str
    epoch: int | None
    trained: dict[str, float]
    untrained: dict[str, float]
    stale: frozenset[str] = frozenset()
    images: int = 0
    errors: Mapping[str, float] = field(default_factory=dict)

    def error(self, part: str) -> float:
        """The standard error of a figure; NaN where nobody knows of how many test images."""
        return self.errors[part] if part in self.errors else standard_error(self.trained[part], self.images)

    def interval(self, part: str) -> tuple[float, float]:
        """The 95 % confidence interval of a figure."""
        if part not in self.errors:
            return likely(self.trained[part], self.images)
        reach = 1.96 * self.errors[part]
        low = self.trained[part] - reach
        return low if can_be_negative(part) else max(0.0, low), min(1.0, self.trained[part] + reach)


def with_error(share: float, error: float) -> str:
    """52.3 ± 1.6, in per cent."""
    return f"{_number(share)} ± {error * 100:.1f}" if error == error else _number(share)


def _number(share: float) -> str:
    """52.3, −4.5, in per cent; 0.0 has no sign."""
    text = f"{share * 100:.1f}".replace("-", "−")
    return text if text.strip("−0.") else "0.0"


def best_of(lines: Sequence[Line]) -> dict[str, float]:
    """The largest share of each figure that at least two runs have."""
    by_part = {part: [line.trained[part] for line in lines if part in line.trained] for part in FIGURES}
    return {part: max(shares) for part, shares in by_part.items() if len(shares) > 1}


def as_markdown(lines: Sequence[Line], about_data: str) -> str:
    """A table of runs by figures in per cent, each with its standard error and its gain over the untrained encoder; the best of
    each is bold."""
    best = best_of(lines)
    parts = [part for part in FIGURES if any(part in line.trained for line in lines)]
    head = [
        about_data,
        "",
        f"| run | method | {' | '.join(figure_name(part) for part in parts)} |",
        f"|---|---|{'--:|' * len(parts)}",
    ]
    return "\n".join([*head, *(_row(line, parts, best) for line in lines)]) + "\n"


def _row(line: Line, parts: Sequence[str], best: Mapping[str, float]) -> str:
    cells = []
    for part in parts:
        if part not in line.trained:
            cells.append("–")
            continue
        trained = line.trained[part]
        mark = "*" if part in line.stale else ""
        share = with_error(trained, line.error(part))
        share = f"**{share}**" if trained == best.get(part) else share
        cells.append(f"{share}{mark} ({signed(trained - line.untrained[part])})")
    return f"| {line.title.replace('|', '/')} | {line.method} | {' | '.join(cells)} |"


def as_csv(lines: Sequence[Line]) -> str:
    """A line a run, shares from 0 to 1: trained, its standard error, untrained."""
    text = io.StringIO()
    writer = CsvRows(text)
    names = [name for part in FIGURES for name in (part, f"{part}_error", f"{part}_untrained")]
    writer.row(["run", "folder", "method", "epoch", "test_images", *names])
    for line in lines:
        epoch = "last" if line.epoch is None else line.epoch
        shares = list[float | str]()
        for part in FIGURES:
            have = part in line.trained
            shares += [line.trained[part], line.error(part), line.untrained[part]] if have else ["", "", ""]
        writer.row([line.title, line.key, line.method, epoch, line.images, *shares])
    return text.getvalue()
