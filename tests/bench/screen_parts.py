"""Dialogs, popups, notices and empty panels, each opened for one picture and closed after it. Used by `tests.bench.screens`."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any
from unittest.mock import patch

import numpy as np
from PIL import Image
from PySide6.QtCore import QMimeData, QPoint, QRect, Qt, QUrl
from PySide6.QtGui import QColor, QDragEnterEvent, QDragLeaveEvent, QPainter, QPixmap
from PySide6.QtWidgets import QApplication, QComboBox, QMenu, QMessageBox, QToolTip, QWidget

from tests.journeys.pictures import write_photographs
from workbench.bridge.jobs import Job
from workbench.bridge.measured_speeds import Speed
from workbench.frame.open_model_dialog import OpenModelDialog
from workbench.models.queue_entries import QueueEntry
from workbench.requests import ChooseData

if TYPE_CHECKING:
    from tests.bench.screens import Screens
    from workbench.window import Window

Visit = Callable[[], Iterator[str]]
LEFT, NONE = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier


class _Menu(QMenu):
    """A menu for which the program does not wait."""

    def exec(self, at: QPoint) -> None:  # type: ignore[override]
        self.popup(at)


class _Box(QMessageBox):
    """A box for which the program does not wait."""

    def exec(self) -> int:
        self.open()
        return 0


def picture(window: QWidget) -> QPixmap:
    """The window with the dialogs, popups and tooltips that are open, where they lie on the screen."""
    tops = [one for one in QApplication.topLevelWidgets() if one.isVisible() and one is not window]
    areas = {one: QRect(one.mapToGlobal(QPoint()), one.size()) for one in (window, *tops)}
    whole = QRect()
    for area in areas.values():
        whole = whole.united(area)
    made = QPixmap(whole.size())
    made.fill(QColor("#808080"))
    painter = QPainter(made)
    # Popups lie over dialogs.
    for one, area in sorted(areas.items(), key=lambda item: (item[0] is not window, item[0].windowType() != Qt.WindowType.Dialog)):
        painter.drawPixmap(area.topLeft() - whole.topLeft(), one.grab())
    painter.end()
    return made


class Parts:
    """The pictures of one application's parts. `folder`: where files that they need are written."""

    def __init__(self, screens: Screens, folder: Path) -> None:
        self.screens = screens
        self.photographs = write_photographs(folder / "photographs" / "all", 120).parent
        (self.photographs / "all" / "cats" / "broken.jpg").write_text("not an image")
        self.new = folder / "new"
        self.new.mkdir()
        for number in range(7):
            pixels = np.random.default_rng(number).integers(0, 255, (4, 4, 3), np.uint8)
            Image.fromarray(pixels).resize((64, 64)).save(self.new / f"IMG_{number:04d}.png")
        self.visits: dict[str, Visit] = {
            "data_list": self._data_list,
            "data_folder": self._data_folder,
            "drop": self._drop,
            "open_model": self._open_model,
            "dry_run": self._dry_run,
            "sweep": self._sweep,
            "prepare_methods": self._prepare_methods,
            "menus": self._menus,
            "run_menu": self._run_menu,
            "undo": self._undo,
            "combo": self._combo,
            "tooltip": self._tooltip,
            "plots": self._plots,
            "by_seed": self._by_seed,
            "queue": self._queue,
            "log": self._log,
            "notices": self._notices,
            "folded": self._folded,
            "figures": self._figures,
            "image": self._image,
            "samples_menu": self._samples_menu,
            "placed": self._placed,
            "export": self._export,
            "several": self._several,
            "help": self._help,
            "boxes": self._boxes,
        }

    @property
    def window(self) -> Window:
        return self.screens.window

    def _below(self, widget: QWidget, menu: QMenu | None) -> QMenu:
        """Open a menu below its button."""
        assert menu is not None
        menu.popup(widget.mapToGlobal(QPoint(0, widget.height())))
        return menu

    def _submenu(self, menu: QMenu, inner: QMenu) -> QMenu:
        """Open a submenu beside its row."""
        inner.popup(menu.mapToGlobal(menu.actionGeometry(inner.menuAction()).topRight()))
        return inner

    # Prepare

    def _data_list(self) -> Iterator[str]:
        self.window.go("prepare")
        source = self.window.setup.data_card.source
        source.recent = (str(self.photographs), str(self.photographs / "all"))
        source._open()
        yield "data_list"
        source.list().close()

    def _open_model(self) -> Iterator[str]:
        self.window.open_model("timm/vit_small_patch14_dinov2.lvd142m")
        dialog = next(dialog for dialog in self.window.findChildren(OpenModelDialog) if dialog.isVisible())
        yield "open_model"
        dialog.weights.menu.popup(dialog.mapToGlobal(QPoint(dialog.width() // 2, dialog.height())))
        yield "open_model_menu"
        dialog.weights.menu.close()
        dialog.reject()

    def _data_folder(self) -> Iterator[str]:
        window, setup = self.window, self.window.setup
        window.go("prepare")
        before = setup.given()
        window.take_request(ChooseData(str(self.photographs)))
        yield "data_folder"
        setup.data_card.show_details()
        yield "data_details"
        setup.data_card.details.close()
        setup.set_draft(before)
        self.screens.settle()

    def _drop(self) -> Iterator[str]:
        data = QMimeData()
        data.setUrls([QUrl.fromLocalFile(str(self.photographs))])
        self.window.go("prepare")
        QApplication.sendEvent(self.window, QDragEnterEvent(QPoint(50, 50), Qt.DropAction.CopyAction, data, LEFT, NONE))
        yield "drop"
        QApplication.sendEvent(self.window, QDragLeaveEvent())

    def _dry_run(self) -> Iterator[str]:
        setup, card = self.window.setup, self.window.setup.dry_run
        self.window.go("prepare")
        before = setup.given()
        self.screens.settle()
        card.speeds.add(Speed(1234.0, 900 << 20, 200, 60.0, 10, dict(card._now)))
        card.refresh()
        yield "dry_run_measured"
        setup.set_draft({**before, "train": {**before.get("train", {}), "batch": 96}})
        yield "dry_run_stale"
        setup.set_draft(before)
        self.screens.settle()

    def _sweep(self) -> Iterator[str]:
        self.window.go("prepare")
        dialog = self.window.setup.open_sweep()
        first = dialog.rows.rows[0]
        first.values.choose(["simclr", "vicreg", "byol"])
        dialog.add_setting("optim.lr").choose([0.001, 0.003, 0.01])
        yield "sweep"
        first.values.open()
        yield "sweep_values"
        first.values.list.close()
        key = dialog.rows.rows[1].key
        typed = key.currentText()[:1]
        key.lineEdit().setText(typed)
        key.completer().setCompletionPrefix(typed)
        key.completer().complete()
        yield "sweep_completer"
        key.completer().popup().close()
        dialog.close()

    def _menus(self) -> Iterator[str]:
        setup = self.window.setup
        self.window.go("prepare")
        for name, button in (("presets", setup._presets), ("more", setup._more), ("window", self.window.top.menu_button)):
            menu = self._below(button, button.menu())
            yield f"menu_{name}"
            menu.close()

    def _undo(self) -> Iterator[str]:
        window = self.window
        window.go("prepare")
        window.setup._set("train.batch", 96)
        self.screens.settle()
        menu = self._below(window.top.menu_button, window.top.menu_button.menu())
        yield "menu_undo"
        menu.close()
        window.setup.undo()
        self.screens.settle()

    def _combo(self) -> Iterator[str]:
        self.window.go("prepare")
        boxes = [one for one in self.window.setup.form.findChildren(QComboBox) if one.isVisible()]
        boxes[0].showPopup()
        yield "combo"
        boxes[0].hidePopup()

    def _tooltip(self) -> Iterator[str]:
        self.window.go("train")
        button = self.window.curves.by_seed
        QToolTip.showText(button.mapToGlobal(QPoint(10, button.height())), button.toolTip(), button)
        yield "tooltip"
        QToolTip.hideText()

    def _prepare_methods(self) -> Iterator[str]:
        """Methods with a long title, with captions, with stages."""
        setup = self.window.setup
        self.window.go("prepare")
        before = setup.given()
        for method in ("clip", "background_augmentation", "simclr_v2"):
            setup.set_draft({"method": {"id": method}})
            yield f"prepare_{method}"
            bar = setup._scroll.verticalScrollBar()
            bar.setValue(bar.maximum())
            yield f"prepare_{method}_end"
            bar.setValue(0)
        setup.set_draft(before)
        self.screens.settle()

    def _run_menu(self) -> Iterator[str]:
        """The menu of a run, which waits for a choice in the window, and its colours."""
        panel = self.window.list
        with patch("workbench.panels.runs.panel.QMenu", _Menu):
            panel._menu(QPoint(40, 30))
        menu = QApplication.activePopupWidget()
        colours = self._submenu(menu, menu.findChildren(QMenu)[0])
        yield "run_menu"
        colours.close()
        menu.close()

    # Train

    def _plots(self) -> Iterator[str]:
        panel = self.window.curves
        self.window.go("train")
        self.screens.settle()
        panel.open_list()
        yield "plots_list"
        panel._list.close()
        panel.enlarge(panel._cards[0])
        yield "plot_enlarged"
        panel.enlarge(None)

    def _by_seed(self) -> Iterator[str]:
        window = self.window
        window.go("train")
        shown = [row.key for row in window.runs.rows() if row.shown]
        window.runs.show_only([row.key for row in window.runs.rows()])
        window.curves.by_seed.setChecked(True)
        yield "by_seed"
        window.curves.by_seed.setChecked(False)
        window.runs.show_only(shown)

    def _queue(self) -> Iterator[str]:
        card = self.window.list.queue
        names = ("VICReg · shapes · s0", "BYOL · photographs of a long name · lr 0.003 · s1", "DINO · shapes · s2")
        entries = [
            QueueEntry(name, name, name, number, held=number > 1, new=True, seconds=(90.0, 4000.0, None)[number])
            for number, name in enumerate(names)
        ]
        card.show_entries(entries, 30.0)
        yield "queue"
        card.show_entries([])

    def _log(self) -> Iterator[str]:
        dialog = self.window.commands.log(self.screens.run)
        yield "log"
        dialog.close()

    def _notices(self) -> Iterator[str]:
        window = self.window
        window.go("train")
        row = window.runs.row(self.screens.run)
        window.run_notices.job_changed(Job(row.key, "finished", row.title, row.folder))
        yield "notice_end"
        window.news.hide()
        window.run_notices._states.clear()
        window._show_failure("Out of memory at step 70.", "Lower train.batch.", "Traceback (most recent call last):\n  ...")
        yield "notice_failure"
        window.notice.hide()

    def _folded(self) -> Iterator[str]:
        self.window.go("train")
        self.window.fold_list()
        yield "folded"
        self.window.fold_list()

    def _figures(self) -> Iterator[str]:
        window = self.window
        for id, workspace in (("curves", "train"), ("embedding", "explore")):
            window.go(workspace)
            window.workspaces.bring(id)
            self.screens.settle()
            window.make_figure(id)
            yield f"figure_{id}"
            QApplication.activeModalWidget().close()

    # Explore

    def _map(self) -> Any:
        self.window.go("explore")
        self.window.workspaces.bring("embedding")
        self.screens.settle()
        return self.window.embedding

    def _image(self) -> Iterator[str]:
        panel = self._map()
        at = panel.plot.mapToGlobal(QPoint(200, 160))
        panel._show_map_menu(0, at)
        yield "image_menu"
        QApplication.activePopupWidget().close()
        panel.actions_of_image.open_samples(panel._map.index, 0)
        yield "image"
        panel.actions_of_image.viewer.close()
        panel.focus_row(0)
        yield "neighbours"
        panel.samples.selection.select_rows(np.empty(0, np.int64))

    def _samples_menu(self) -> Iterator[str]:
        count = self._map().map_card.count
        menu = self._below(count, count.menu())
        yield "samples_menu"
        menu.close()

    def _placed(self) -> Iterator[str]:
        panel = self._map()
        panel.placed.add([str(self.new)])
        yield "placed"
        panel.placed.clear()

    # Dialogs of a run

    def _export(self) -> Iterator[str]:
        dialog = self.window.commands.export(self.screens.run)
        yield "export"
        dialog.close()

    def _several(self) -> Iterator[str]:
        self.window.go("compare")
        self.window.workspaces.bring("evaluate")
        keys = [row.key for row in self.window.runs.rows()]
        dialog = self.window.evaluate.ask_several(keys[:2], keys)
        yield "evaluate_several"
        dialog.close()

    # Help and questions

    def _help(self) -> Iterator[str]:
        self.window.go("prepare")
        self.window.show_method_help()
        yield "help_method"
        self.window.show_manual()
        yield "help"
        self.window._help.close()

    def _boxes(self) -> Iterator[str]:
        """Message boxes, which wait for an answer in the window."""
        from workbench.frame import dialogs

        window = self.window
        row = window.runs.row(self.screens.run)
        acts: dict[str, Callable[[], object]] = {
            "box_gallery": lambda: dialogs.confirm_gallery(window, 3),
            "box_leave": lambda: dialogs.how_to_leave(window, 2),
            "box_delete": lambda: dialogs.confirm_delete(window, row.title, row.folder),
            "box_about": window.show_about,
            "box_keys": window.show_shortcuts,
            "box_drop": lambda: window.drop._ask_about_run(Path(row.folder)),
        }
        for name, act in acts.items():
            with patch("workbench.frame.dialogs.QMessageBox", _Box):
                act()
            yield name
            if (modal := QApplication.activeModalWidget()) is not None:
                modal.close()
