"""One picture that can be zoomed and moved."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QColor, QImage, QKeyEvent, QPainter, QPixmap, QResizeEvent, QWheelEvent
from PySide6.QtWidgets import QFrame, QGraphicsPixmapItem, QGraphicsScene, QGraphicsView, QWidget

from workbench import theme
from workbench.plots.zoom import clamped, fitting, stepped

# From this zoom on, the picture's own pixels are shown as squares.
SQUARES = 2.0


class ZoomView(QGraphicsView):
    """The wheel zooms around the mouse, a drag moves, a double click switches between all of the picture and 100 %.

    Keys: + and - zoom, 0 shows all, 1 shows 100 %, Shift and arrows move. `zoomChanged` carries `zoom`: pixels of the screen for
    each of the picture. A picture that is shown whole stays so when the view changes its size."""

    zoomChanged = Signal(float)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self._item = QGraphicsPixmapItem()
        scene = QGraphicsScene(self)
        scene.addItem(self._item)
        self.setScene(scene)
        self.setDragMode(QGraphicsView.DragMode.ScrollHandDrag)
        self.setTransformationAnchor(QGraphicsView.ViewportAnchor.AnchorUnderMouse)
        self.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.setAccessibleName(self.tr("Image"))
        self.zoom = 1.0
        self.fitted = True
        theme.changed.connect(self._apply_theme)
        self._apply_theme()

    def set_image(self, image: QImage | None) -> None:
        """Show a picture, all of it; None for none."""
        self._item.setPixmap(QPixmap.fromImage(image) if image is not None else QPixmap())
        self.scene().setSceneRect(self._item.boundingRect())
        self.fit()

    @property
    def image_size(self) -> tuple[int, int]:
        """Width and height of the picture in its pixels; zeros for none."""
        pixmap = self._item.pixmap()
        return pixmap.width(), pixmap.height()

    def fit(self) -> None:
        """Show all of the picture, as large as it fits."""
        self.fitted = True
        ratio, area = self.devicePixelRatioF(), self.maximumViewportSize()
        self._apply(fitting(area.width() * ratio, area.height() * ratio, *self.image_size))

    def set_zoom(self, zoom: float) -> None:
        """Show so many pixels of the screen for each of the picture."""
        self.fitted = False
        self._apply(clamped(zoom))

    def step(self, steps: float) -> None:
        """Zoom in by so many steps, or out by negative ones."""
        self.set_zoom(stepped(self.zoom, steps))

    def _apply(self, zoom: float) -> None:
        scale = zoom / self.devicePixelRatioF()
        smooth = Qt.TransformationMode.FastTransformation if zoom >= SQUARES else Qt.TransformationMode.SmoothTransformation
        self._item.setTransformationMode(smooth)
        self.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, zoom < SQUARES)
        self.resetTransform()
        self.scale(scale, scale)
        if self.fitted:
            self.centerOn(self._item)
        if zoom != self.zoom:
            self.zoom = zoom
            self.zoomChanged.emit(zoom)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Zoom around the mouse."""
        turned = event.angleDelta().y() or event.pixelDelta().y()
        if turned:
            self.step(turned / 120)
        event.accept()

    def mouseDoubleClickEvent(self, event: object) -> None:
        """Switch between all of the picture and 100 %."""
        self.set_zoom(1.0) if self.fitted else self.fit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """The keys in the class docstring; others go to the window."""
        key, held = Qt.Key(event.key()), event.modifiers() & Qt.KeyboardModifier.ShiftModifier
        if key in (Qt.Key.Key_Plus, Qt.Key.Key_Equal):
            self.step(1)
        elif key == Qt.Key.Key_Minus:
            self.step(-1)
        elif key == Qt.Key.Key_0:
            self.fit()
        elif key == Qt.Key.Key_1:
            self.set_zoom(1.0)
        elif held and key in (Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_Up, Qt.Key.Key_Down):
            across = key in (Qt.Key.Key_Left, Qt.Key.Key_Right)
            bar = self.horizontalScrollBar() if across else self.verticalScrollBar()
            step = max(1, bar.pageStep() // 8)
            bar.setValue(bar.value() + (step if key in (Qt.Key.Key_Right, Qt.Key.Key_Down) else -step))
        else:
            event.ignore()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep showing all of the picture."""
        super().resizeEvent(event)
        if self.fitted:
            self.fit()

    def _apply_theme(self) -> None:
        self.setBackgroundBrush(QColor(theme.current().ground))
