"""The titles of the figures that runs measure, and their kinds."""

from __future__ import annotations

from PySide6.QtCore import QT_TRANSLATE_NOOP, QCoreApplication

_CONTEXT = "CurvesPanel"
TITLES = {
    "loss": QT_TRANSLATE_NOOP("CurvesPanel", "Loss"),
    "lr": QT_TRANSLATE_NOOP("CurvesPanel", "Learning rate"),
    "images_per_second": QT_TRANSLATE_NOOP("CurvesPanel", "Images per second"),
    "eval.knn": QT_TRANSLATE_NOOP("CurvesPanel", "kNN, validation"),
    "eval.task": QT_TRANSLATE_NOOP("CurvesPanel", "Pretext task, validation"),
    "eval.rank": QT_TRANSLATE_NOOP("CurvesPanel", "Effective rank, validation"),
    "eval.std": QT_TRANSLATE_NOOP("CurvesPanel", "Std, validation"),
    "diagnostics.rank_features": QT_TRANSLATE_NOOP("CurvesPanel", "Effective rank"),
    "diagnostics.rank_embedding": QT_TRANSLATE_NOOP("CurvesPanel", "Effective rank, projector"),
    "diagnostics.std": QT_TRANSLATE_NOOP("CurvesPanel", "Std × √d"),
    "diagnostics.dead": QT_TRANSLATE_NOOP("CurvesPanel", "Dead dimensions"),
    "diagnostics.alignment": QT_TRANSLATE_NOOP("CurvesPanel", "Alignment"),
    "diagnostics.uniformity": QT_TRANSLATE_NOOP("CurvesPanel", "Uniformity"),
}
_KINDS = {"terms": "loss", "stages": "loss", "loss": "loss", "eval": "evaluation", "diagnostics": "diagnostics"}


def title_of(name: str) -> str:
    """What a series is called in the window; a figure that the window does not know goes by its own name."""
    if name in TITLES:
        return QCoreApplication.translate(_CONTEXT, str(TITLES[name]))
    if name.startswith("stages."):
        return QCoreApplication.translate(_CONTEXT, "Loss of the stage “{0}”").format(name.partition(".")[2])
    plain = name.partition(".")[2] or name
    return plain.replace("_", " ").capitalize()


def kind_of(name: str) -> str:
    """The kind of a figure by which it can be filtered: "loss", "evaluation", "diagnostics" or "training"."""
    return _KINDS.get(name.partition(".")[0], "training")


def is_noisy(name: str) -> bool:
    """Whether a figure is measured at each step, so that smoothing helps. What is measured once an epoch, or over many images, is
    drawn as it was measured."""
    return name in ("loss", "images_per_second") or name.startswith(("terms.", "stages."))
