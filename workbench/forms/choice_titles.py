"""What the values of a setting with a few choices are called in lists."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication

translate = QCoreApplication.translate


def choice_title(value: object) -> str:
    """A value as it is; in another language its translation, and in brackets the value, which help texts and config files have.
    Names (adamw, fp32) are the same in all languages."""
    text = str(value)
    word = _words().get(text, text)
    return text if word == text else f"{word} ({text})"


def _words() -> dict[str, str]:
    return {
        "remove": translate("choices", "remove"),
        "random": translate("choices", "random"),
        "auto": translate("choices", "auto"),
        "none": translate("choices", "none"),
        "all": translate("choices", "all"),
        "hidden": translate("choices", "hidden"),
        "drop": translate("choices", "drop"),
        "project": translate("choices", "project"),
        "keep": translate("choices", "keep"),
        "block": translate("choices", "block"),
        "grid": translate("choices", "grid"),
        "central": translate("choices", "central"),
        "global": translate("choices", "global"),
        "local": translate("choices", "local"),
        "view": translate("choices", "view"),
        "reference": translate("choices", "reference"),
        "mean": translate("choices", "mean"),
        "pixels": translate("choices", "pixels"),
        "linear": translate("choices", "linear"),
        "normal": translate("choices", "normal"),
        "constant": translate("choices", "constant"),
        "step": translate("choices", "step"),
        "cosine": translate("choices", "cosine"),
        "memory": translate("choices", "memory"),
        "disk": translate("choices", "disk"),
        "content": translate("choices", "content"),
        "list": translate("choices", "list"),
        "classes": translate("choices", "classes"),
        "inner": translate("choices", "inner"),
        "nothing": translate("choices", "nothing"),
        "batch": translate("choices", "batch"),
        "layer": translate("choices", "layer"),
    }
