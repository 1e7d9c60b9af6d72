"""What the figures of an evaluation are called, in the window's language, wherever they are shown."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication

from engine.evaluate.task_table import figure_title

translate = QCoreApplication.translate


def figure_name(part: str) -> str:
    """A figure, as a row of a table is called; one that is not known goes by its own name."""
    return {
        "knn": translate("evaluate", "kNN, k = 20"),
        "knn_200": translate("evaluate", "kNN, k = 200"),
        "linear": translate("evaluate", "Linear probe"),
        "finetune_1": translate("evaluate", "Fine-tuned, 1 %"),
        "finetune_10": translate("evaluate", "Fine-tuned, 10 %"),
        "finetune_100": translate("evaluate", "Fine-tuned, all"),
    }.get(part) or figure_title(part)


def short_name(part: str) -> str:
    """A figure, as a narrow column is called."""
    return {
        "knn": translate("evaluate", "kNN 20"),
        "knn_200": translate("evaluate", "kNN 200"),
        "linear": translate("evaluate", "Linear"),
        "finetune_1": translate("evaluate", "Tuned 1 %"),
        "finetune_10": translate("evaluate", "Tuned 10 %"),
        "finetune_100": translate("evaluate", "Tuned all"),
    }.get(part) or figure_title(part)
