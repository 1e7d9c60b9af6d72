"""The random parameters of the augmentation of two views, as a table: one row per operation, one column per view."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QWidget

from workbench import theme
from workbench.theme.palette import SMALL_PX
from workbench.theme.plain import rich

NOT_DRAWN = "–"


class DrawnParameters(QLabel):
    """A table as text that can be selected. Operations that were applied to neither view are left out."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(self.tr("Drawn parameters"))
        rich(self)
        self.setAlignment(Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft)
        self.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.lines: tuple[tuple[str, ...], ...] = ()

    def show_drawn(self, names: Sequence[str], drawn: Sequence[Mapping[str, float]]) -> None:
        """Show the parameters of views, by name; `names`: the headings of the columns, one per view. No views: hide the table."""
        self.lines = self._lines(drawn)
        self.setVisible(bool(self.lines))
        palette = theme.current()
        head = "".join(
            f'<td align="right" style="color: {palette.hue(index)}; padding-left: 10px">{escape(name)}</td>'
            for index, name in enumerate(names)
        )
        rows = "".join(
            f'<tr><td style="color: {palette.quiet}">{escape(title)}</td>'
            + "".join(f'<td align="right" style="padding-left: 10px">{escape(value)}</td>' for value in values)
            + "</tr>"
            for title, *values in self.lines
        )
        self.setText(f'<table cellspacing="0" style="font-size: {SMALL_PX}px"><tr><td></td>{head}</tr>{rows}</table>')
        description = (f"{title}: {', '.join(values)}" for title, *values in self.lines)
        self.setAccessibleDescription("; ".join(description))

    def _lines(self, drawn: Sequence[Mapping[str, float]]) -> tuple[tuple[str, ...], ...]:
        known = any(drawn)
        titles = {
            "crop": self.tr("crop, area"),
            "corner": self.tr("crop, left and top"),
            "flip": self.tr("flip"),
            "rotation": self.tr("rotation"),
            "brightness": self.tr("brightness"),
            "contrast": self.tr("contrast"),
            "saturation": self.tr("saturation"),
            "hue": self.tr("hue"),
            "grayscale": self.tr("grayscale"),
            "blur": self.tr("blur, sigma"),
            "solarize": self.tr("solarize"),
            "erase": self.tr("erased, area"),
            "other_background": self.tr("other background"),
            "gray_background": self.tr("gray background"),
        }
        lines = [(title, *(self._value(name, values) for values in drawn)) for name, title in titles.items()]
        return tuple(line for line in lines if known and any(value != NOT_DRAWN for value in line[1:]))

    def _value(self, name: str, values: Mapping[str, float]) -> str:
        if name in ("crop", "erase"):
            width = values.get(f"{name}_width")
            return NOT_DRAWN if width is None else _share(width * values[f"{name}_height"])
        if name == "corner":
            return f"{_share(values['crop_x'])}, {_share(values['crop_y'])}" if "crop_x" in values else NOT_DRAWN
        value = values.get(name)
        if value is None:
            return NOT_DRAWN
        if name in ("flip", "grayscale", "solarize", "other_background", "gray_background"):
            return self.tr("yes")
        if name == "rotation":
            return f"{value:+.0f}°".replace("-", "−")
        if name == "blur":
            return f"{value:.1f} px"
        return f"{value:+.2f}".replace("-", "−") if name == "hue" else f"× {value:.2f}"


def _share(value: float) -> str:
    return f"{value:.0%}".replace("%", " %")
