"""Messages about how a run's images differ from those it was trained on."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication

from workbench.bridge.data_questions import DataInfo

translate = QCoreApplication.translate


def change_lines(info: DataInfo) -> list[str]:
    """A sentence for each kind of difference; none where nothing changed or where that is unknown."""
    if info.check == "other figures":
        return [
            translate(
                "DataChanges",
                "The data changed since this run was made, and an older version of the program kept no list of its images: which "
                "of them it was trained on is unknown, and pictures may be those of other samples.",
            )
        ]
    lines = []
    if info.missing:
        text = translate(
            "DataChanges", "The data changed: {0} of the {1} images of this run are no longer there, and are shown crossed out."
        )
        lines.append(text.format(f"{info.missing:,}", f"{info.total:,}"))
    if info.replaced:
        text = translate("DataChanges", "The data changed: {0} of the {1} images of this run have other content now.")
        lines.append(text.format(f"{info.replaced:,}", f"{info.total:,}"))
    if info.added:
        text = translate("DataChanges", "The data changed: {0} images were added. This run does not know them.")
        lines.append(text.format(f"{info.added:,}"))
    if info.relabelled:
        text = translate("DataChanges", "The data changed: {0} images of this run have another class than then.")
        lines.append(text.format(f"{info.relabelled:,}"))
    return lines
