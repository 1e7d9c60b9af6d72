"""The titles of an evaluation's figures, in the window's language."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication

from engine.evaluate.task_table import figure_title

translate = QCoreApplication.translate


def figure_name(part: str) -> str:
    """The title of a figure in a row of a table; an unknown one has the engine's title."""
    return {
        "knn": translate("evaluate", "kNN, k = 20"),
        "knn_200": translate("evaluate", "kNN, k = 200"),
        "linear": translate("evaluate", "Linear probe"),
        "finetune_1": translate("evaluate", "Fine-tuned, 1 %"),
        "finetune_10": translate("evaluate", "Fine-tuned, 10 %"),
        "finetune_100": translate("evaluate", "Fine-tuned, all"),
        "image_to_image_1": translate("evaluate", "Image to image, R@1"),
        "image_to_image_5": translate("evaluate", "Image to image, R@5"),
        "zero_shot": translate("evaluate", "Zero-shot"),
        "image_to_text_1": translate("evaluate", "Image to text, R@1"),
        "image_to_text_5": translate("evaluate", "Image to text, R@5"),
        "text_to_image_1": translate("evaluate", "Text to image, R@1"),
        "text_to_image_5": translate("evaluate", "Text to image, R@5"),
    }.get(part) or figure_title(part)


def short_name(part: str) -> str:
    """The short title of a figure, for a narrow column."""
    return {
        "knn": translate("evaluate", "kNN 20"),
        "knn_200": translate("evaluate", "kNN 200"),
        "linear": translate("evaluate", "Linear"),
        "finetune_1": translate("evaluate", "Tuned 1 %"),
        "finetune_10": translate("evaluate", "Tuned 10 %"),
        "finetune_100": translate("evaluate", "Tuned all"),
        "image_to_image_1": translate("evaluate", "I→I R@1"),
        "image_to_image_5": translate("evaluate", "I→I R@5"),
        "zero_shot": translate("evaluate", "Zero-shot"),
        "image_to_text_1": translate("evaluate", "I→T R@1"),
        "image_to_text_5": translate("evaluate", "I→T R@5"),
        "text_to_image_1": translate("evaluate", "T→I R@1"),
        "text_to_image_5": translate("evaluate", "T→I R@5"),
    }.get(part) or figure_title(part)
