"""The engine's texts in the window's language. They are written in English in the engine, which imports no Qt."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication

CONTEXT = "engine"

# The titles of pictures whose names in the files of runs are older than the words that are used today.
PICTURE_TITLES = {
    "guesses": "predictions",
    "words": "visual tokens",
    "guessed words": "predicted visual tokens",
    "painted from the words": "reconstruction from the visual tokens",
    "painted from the guess": "reconstruction from the prediction",
    "teacher's words": "teacher's assignments",
    "student's guess": "student's assignments",
    "where the teacher sees the foretold": "similarity of the teacher's features to the prediction",
    "what the teacher sees": "PCA of the teacher's features",
    "what each should paint": "targets of each layer",
    "likeliest colour": "most likely colour",
    "unsure in red": "uncertainty in red",
    "colours foretold and true": "predicted and true colours",
    "least to most": "sorted by count",
    "put back by the guess": "reassembled by the prediction",
    "places found, in red": "accuracy by position, in red",
    "turned back by the guess": "rotated back by the prediction",
    "turned": "rotated",
    "taken for": "predicted as",
    "push": "weights of the negatives",
}


def picture_name(name: str) -> str:
    """The title of a method's picture, from its name in the files of runs, in the window's language where that is known."""
    return engine_text(picture_title(name))


def picture_title(name: str) -> str:
    """The English title of a method's picture."""
    title = name.replace("_", " ")
    return PICTURE_TITLES.get(title, title)


def engine_text(text: str) -> str:
    """A field's title or help, a method's or data set's summary line: translated where a translation is loaded."""
    return QCoreApplication.translate(CONTEXT, text) if text else ""
