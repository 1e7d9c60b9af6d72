"""What a widget paints: texts with their positions, and colours of pixels, without calling methods of the widget itself."""

from __future__ import annotations

import re
from dataclasses import dataclass
from xml.etree import ElementTree

from PySide6.QtCore import QBuffer, QIODevice, QPoint, QPointF, QSize
from PySide6.QtGui import QColor, QImage, QPainter
from PySide6.QtSvg import QSvgGenerator
from PySide6.QtWidgets import QWidget

from workbench import theme

_SVG = "{http://www.w3.org/2000/svg}"


@dataclass(frozen=True)
class Text:
    """A painted text; x, y: the left end of its baseline, in pixels of the widget."""

    text: str
    x: float
    y: float


def painted_texts(widget: QWidget) -> list[Text]:
    """Every text that the widget paints, in painting order."""
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    generator = QSvgGenerator()
    generator.setOutputDevice(buffer)
    generator.setResolution(96)
    generator.setSize(QSize(widget.width(), widget.height()))
    painter = QPainter(generator)
    QWidget.render(widget, painter, QPoint())
    painter.end()
    texts: list[Text] = []
    _collect(ElementTree.fromstring(bytes(buffer.data().data())), (1.0, 0.0, 0.0, 1.0, 0.0, 0.0), texts)
    return texts


def _collect(node: ElementTree.Element, matrix: tuple[float, float, float, float, float, float], texts: list[Text]) -> None:
    if given := re.match(r"matrix\(([^)]*)\)", node.get("transform", "")):
        a, b, c, d, e, f = (float(value) for value in given[1].split(","))
        x, y, z, w, p, q = matrix
        matrix = (x * a + z * b, y * a + w * b, x * c + z * d, y * c + w * d, x * e + z * f + p, y * e + w * f + q)
    if node.tag == f"{_SVG}text":
        at_x, at_y = float(node.get("x", 0)), float(node.get("y", 0))
        a, b, c, d, e, f = matrix
        texts.append(Text("".join(node.itertext()).strip(), a * at_x + c * at_y + e, b * at_x + d * at_y + f))
    for child in node:
        _collect(child, matrix, texts)


def painted_image(widget: QWidget) -> QImage:
    """An image of the widget over the colour of a card, without scaling. (`grab` leaves the background of a widget without one
    transparent, and a translucent colour over it then appears opaque.)"""
    image = QImage(widget.size(), QImage.Format.Format_RGB32)
    image.fill(QColor(theme.current().card))
    # A plot overrides `render`, which then renders only its scene.
    QWidget.render(widget, image, QPoint())
    return image


def pixel(widget: QWidget, point: QPointF) -> QColor:
    """The colour that the widget paints at a point, in its coordinates."""
    return painted_image(widget).pixelColor(int(point.x()), int(point.y()))


def distance(one: QColor, other: QColor) -> int:
    """The sum of the absolute differences of red, green and blue, 0 to 765."""
    return abs(one.red() - other.red()) + abs(one.green() - other.green()) + abs(one.blue() - other.blue())


def blended(colour: QColor, ground: QColor, opacity: float) -> QColor:
    """A translucent colour over a background."""
    parts = zip((colour.red(), colour.green(), colour.blue()), (ground.red(), ground.green(), ground.blue()), strict=True)
    return QColor(*(round(over * opacity + under * (1 - opacity)) for over, under in parts))


def swatches(rich: str) -> dict[str, QColor]:
    """The legend of a rich text such as '<span style="color:#5aa9e6">■</span> positives': each colour by the text behind it."""
    texts = re.findall(r"color:(#[0-9a-fA-F]{6})[^>]*>[^<]*</span>\s*([^<&]+)", rich)
    return {text.strip(): QColor(colour) for colour, text in texts}
