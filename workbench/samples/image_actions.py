"""The commands for an image, everywhere the same: open it large, show its file in the folder, copy its path, copy it."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import overload

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, QPoint, QProcess, QUrl, Signal
from PySide6.QtGui import QDesktopServices, QGuiApplication, QKeySequence
from PySide6.QtWidgets import QMenu, QWidget

from workbench.bridge.ask import Ask
from workbench.bridge.image_questions import LargeImage, OpenFile, OpenImage
from workbench.plots.image_grid import to_qimage
from workbench.samples.image_viewer import ImageViewer
from workbench.samples.shown_image import ImageContext, ShownImage

# More rows of the menu: a title and what it does; an empty title is a separator.
More = Sequence[tuple[str, Callable[[], object]]]
Indices = Sequence[int] | NDArray[np.integer]


class ImageActions(QObject):
    """Opens images and shows their menu. `chosen(index)`: the viewer was asked to show a sample on the map. `failed(message)`."""

    chosen = Signal(int)
    failed = Signal(str)

    def __init__(self, ask: Ask, parent: QWidget) -> None:
        super().__init__(parent)
        self._ask, self._window = ask, parent
        self.context = ImageContext()
        self.viewer: ImageViewer | None = None

    def set_context(self, context: ImageContext) -> None:
        """Change the run or the map whose images are shown. A viewer with images of another run is closed."""
        before, self.context = self.context, context
        if self.viewer is not None:
            if (before.folder, before.data) != (context.folder, context.data):
                self.viewer.close()
            else:
                self.viewer.set_context(context)

    def open(self, images: Sequence[ShownImage], position: int) -> None:
        """Open the image at a position of a list, through which the viewer can go."""
        if not 0 <= position < len(images):
            return
        if self.viewer is None:
            self.viewer = ImageViewer(self._ask, self.show_menu, self._window)
            self.viewer.chosen.connect(self.chosen)
        self.viewer.set_context(self.context)
        self.viewer.show_images(images, position)

    def open_samples(self, indices: Indices, position: int) -> None:
        """The same for samples, by their indices in the data set."""
        self.open(_Samples(self.context, indices), position)

    def show_menu(self, image: ShownImage, at: QPoint, open: Callable[[], object] | None = None, more: More = ()) -> None:
        """Show the menu of an image at a position of the screen. `open`: opens it; None where it is open already."""
        menu = self.menu(image, open, more)
        menu.aboutToHide.connect(menu.deleteLater)
        menu.popup(at)

    def menu(self, image: ShownImage, open: Callable[[], object] | None = None, more: More = ()) -> QMenu:
        """The menu of an image."""
        menu = QMenu(self._window)
        menu.setToolTipsVisible(True)
        if open is not None:
            action = menu.addAction(self.tr("Open"), open)
            action.setShortcut(QKeySequence("Return"))
        of_file: More = (
            (self.tr("Show in folder"), lambda: self.show_in_folder(image)),
            (self.tr("Copy path"), lambda: QGuiApplication.clipboard().setText(image.path)),
        )
        for text, slot in of_file:
            action = menu.addAction(text, slot)
            action.setEnabled(bool(image.path))
            if not image.path:
                action.setToolTip(self.tr("The image has no file of its own."))
        menu.addAction(self.tr("Copy image"), lambda: self.copy(image))
        for text, slot in more:
            if text:
                menu.addAction(text, slot)
            else:
                menu.addSeparator()
        return menu

    def show_in_folder(self, image: ShownImage) -> None:
        """Open the folder of the image's file in the system's file manager, with the file selected where that is possible."""
        path = Path(image.path)
        if not path.parent.is_dir():
            self.failed.emit(self.tr("The folder is no longer there: {0}").format(path.parent))
        elif sys.platform == "win32" and path.is_file():
            QProcess.startDetached("explorer", ["/select,", str(path)])
        elif sys.platform == "darwin" and path.is_file():
            QProcess.startDetached("open", ["-R", str(path)])
        else:
            QDesktopServices.openUrl(QUrl.fromLocalFile(str(path.parent)))

    def copy(self, image: ShownImage) -> None:
        """Copy the image from its original file, or as the data set holds it, to the clipboard."""

        def receive(large: LargeImage) -> None:
            QGuiApplication.clipboard().setImage(to_qimage(large.pixels))

        question = OpenImage(self.context.data, image.index) if image.index >= 0 else OpenFile(image.path)
        self._ask(question, receive, self.failed.emit)


class _Samples(Sequence[ShownImage]):
    """Samples as images, each made when it is needed: there can be a hundred thousand."""

    def __init__(self, context: ImageContext, indices: Indices) -> None:
        self._context, self._indices = context, indices

    def __len__(self) -> int:
        return len(self._indices)

    @overload
    def __getitem__(self, position: int) -> ShownImage: ...
    @overload
    def __getitem__(self, position: slice) -> Sequence[ShownImage]: ...
    def __getitem__(self, position: int | slice) -> ShownImage | Sequence[ShownImage]:
        """The image at a position."""
        if isinstance(position, slice):
            return _Samples(self._context, self._indices[position])
        return self._context.image(int(self._indices[position]))
