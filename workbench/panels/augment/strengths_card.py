"""The Augmentation card: what is drawn for each kind of view, how often and how strongly."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import (
    QButtonGroup,
    QFrame,
    QHBoxLayout,
    QLabel,
    QMenu,
    QPushButton,
    QScrollArea,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from engine.augment.presets import PRESETS
from engine.config.run import ViewConfig
from workbench.forms.editors import Combo
from workbench.forms.field import Field, fields
from workbench.forms.tab_order import tab_after
from workbench.forms.view_values import complete, preset_groups, preset_title
from workbench.i18n.engine_texts import engine_text
from workbench.panels.augment.controls import FIRST, JITTERED, Row
from workbench.panels.augment.overlap_line import OverlapLine
from workbench.theme.palette import GAP
from workbench.widgets.card import Card

ORDERED = (("crop_min", "crop_max"), ("sigma_min", "sigma_max"))


class StrengthsCard(Card):
    """Preset, kinds of views, and a slider for everything that is drawn. `changed` carries a ViewsConfig's values; `copyAsked` as
    what they are to be copied, "yaml" or "torchvision"."""

    changed = Signal(dict)
    copyAsked = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("", parent=parent)
        self.set_title(self.tr("Augmentation"))
        self._views = complete({})
        self._group_index = 0
        self._rows: dict[str, Row] = {}
        self._fields = {field.key: field for field in fields(ViewConfig.model_json_schema())}
        self._folded = True
        self._preset = Combo()
        self._preset.setAccessibleName(self.tr("Preset of views"))
        self._preset.setToolTip(self.tr("A published recipe of views, as a start"))
        for name in PRESETS:
            self._preset.addItem(preset_title(name), name)
        self._preset.activated.connect(lambda _: self._load_preset())
        self._reset = QPushButton(self.tr("Reset"))
        self._reset.setObjectName("flat")
        self._reset.setToolTip(self.tr("Back to the preset as it was published"))
        self._reset.clicked.connect(self._load_preset)
        top = QHBoxLayout()
        top.setSpacing(GAP // 2)
        top.addWidget(self._preset, 1)
        top.addWidget(self._reset)
        self._copy = self._copy_button()
        top.addWidget(self._copy)
        self.body.addLayout(top)
        self._tabs = QWidget()
        self._tab_row = QHBoxLayout(self._tabs)
        self._tab_row.setContentsMargins(0, 0, 0, 0)
        self._tab_row.setSpacing(0)
        self._tab_group = QButtonGroup(self)
        self._tab_group.idClicked.connect(self._show_group)
        self.body.addWidget(self._tabs)
        self._scroll = QScrollArea()
        self._scroll.setWidgetResizable(True)
        self._scroll.setFrameShape(QFrame.Shape.NoFrame)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.body.addWidget(self._scroll, 1)
        self.overlap = OverlapLine()
        self.body.addWidget(self.overlap)
        self.setMinimumWidth(232)
        self.setMaximumWidth(320)
        self._build()

    def _copy_button(self) -> QToolButton:
        button = QToolButton()
        button.setText("⋯")
        button.setAccessibleName(self.tr("Copy these views"))
        button.setToolTip(self.tr("Copy these views"))
        button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        menu = QMenu(button)
        menu.addAction(self.tr("Copy as YAML")).triggered.connect(lambda: self.copyAsked.emit("yaml"))
        code = menu.addAction(self.tr("Copy as torchvision v2 code"))
        code.triggered.connect(lambda: self.copyAsked.emit("torchvision"))
        button.setMenu(menu)
        return button

    @property
    def group(self) -> dict[str, Any]:
        """The values of the kind of view that is shown."""
        return dict(self._views["groups"][self._group_index])

    @property
    def views(self) -> dict[str, Any]:
        """The values of a ViewsConfig as they stand."""
        return {"preset": self._views["preset"], "groups": [dict(group) for group in self._views["groups"]]}

    def set_views(self, views: Mapping[str, Any]) -> None:
        """Show these views; nothing is emitted. What is shown already is left as it is, mid-drag too."""
        full = complete(views)
        if full != self._views:
            self._views = full
            self._group_index = min(self._group_index, len(full["groups"]) - 1)
            self._build()

    def rows(self) -> Mapping[str, Row]:
        """The rows of the kind of view that is shown, by field."""
        return dict(self._rows)

    def group_titles(self) -> list[str]:
        """What the kinds of views are called: "view 1", "views 1–2", "local × 6"."""
        return titles_of(self._views["groups"], self.tr("view"), self.tr("views"), self.tr("local"))

    # Building

    def _build(self) -> None:
        with QSignalBlocker(self._preset):
            self._preset.setCurrentIndex(self._preset.findData(self._views["preset"]))
        changed = self._views["groups"] != preset_groups(self._views["preset"])
        self._mark(changed)
        self._build_tabs()
        self._build_rows()

    def _mark(self, changed: bool) -> None:
        self.set_state(self.tr("changed") if changed else "")
        self._reset.setEnabled(changed)

    def _build_tabs(self) -> None:
        for button in self._tab_group.buttons():
            self._tab_group.removeButton(button)
            self._tab_row.removeWidget(button)
            button.hide()
            button.deleteLater()
        titles = self.group_titles()
        for index, title in enumerate(titles):
            button = QPushButton(title)
            button.setObjectName("place")
            button.setCheckable(True)
            button.setChecked(index == self._group_index)
            button.setStyleSheet("padding: 2px 6px; min-height: 20px;")
            button.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
            self._tab_group.addButton(button, index)
            self._tab_row.addWidget(button)
        self._tabs.setVisible(len(titles) > 1)
        tab_after(self._copy, self._tabs)

    def _show_group(self, index: int) -> None:
        self._group_index = index
        self._build_rows()

    def _build_rows(self) -> None:
        values = self._views["groups"][self._group_index]
        self._rows = {}
        inner = QWidget()
        column = QVBoxLayout(inner)
        column.setContentsMargins(0, 0, 6, 0)
        column.setSpacing(6)
        off: list[Field] = []
        more: list[Field] = []
        for name, field in self._fields.items():
            if field.advanced or name == "size":
                more.append(field)
            elif name in FIRST and self._is_off(name, values):
                off.append(field)
            # Where backgrounds stay, what would replace them has no effect.
            elif name != "background_mode" or values["background"]:
                column.addWidget(self._row(field, values[name]))
        if off:
            column.addWidget(self._off_list(off))
        column.addWidget(self._more_list(more, values))
        column.addStretch(1)
        old = self._scroll.takeWidget()
        self._scroll.setWidget(inner)
        if old is not None:
            old.hide()
            old.deleteLater()
        tab_after(tab_after(self._copy, self._tabs), inner)

    @staticmethod
    def _is_off(name: str, values: Mapping[str, Any]) -> bool:
        return values[name] == 0 or (name in JITTERED and values["jitter"] == 0)

    def _row(self, field: Field, value: Any) -> Row:
        row = Row(field, engine_text(field.zero))
        row.set_value(value)
        row.changed.connect(self._changed)
        self._rows[field.key] = row
        return row

    def _off_list(self, off: Sequence[Field]) -> QWidget:
        box = QWidget()
        column = QVBoxLayout(box)
        column.setContentsMargins(0, 4, 0, 0)
        column.setSpacing(2)
        label = QLabel(self.tr("Off"))
        label.setObjectName("quiet")
        column.addWidget(label)
        line = QHBoxLayout()
        for index, field in enumerate(off):
            if index % 2 == 0:
                line = QHBoxLayout()
                line.setSpacing(GAP // 2)
                column.addLayout(line)
            # "Colour jitter, probability" is the operation's own switch.
            button = QPushButton("+ " + engine_text(field.title).partition(",")[0])
            button.setObjectName("flat")
            button.setStyleSheet("text-align: left; padding: 2px 4px;")
            button.setToolTip(self.tr("Switch on: {0}").format(engine_text(field.help)))
            button.setAccessibleName(self.tr("Switch on {0}").format(engine_text(field.title)))
            button.setProperty("field", field.key)
            button.clicked.connect(lambda _=False, name=field.key: self.switch_on(name))
            line.addWidget(button, 1)
        if len(off) % 2:
            line.addStretch(1)
        return box

    def _more_list(self, more: Sequence[Field], values: Mapping[str, Any]) -> QWidget:
        box = QWidget()
        column = QVBoxLayout(box)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        fold = QToolButton()
        fold.setObjectName("flat")
        fold.setText(self.tr("More"))
        fold.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        fold.setCheckable(True)
        fold.setStyleSheet("padding: 2px 4px;")
        inner = QWidget()
        inner_column = QVBoxLayout(inner)
        inner_column.setContentsMargins(0, 0, 0, 0)
        inner_column.setSpacing(6)
        for field in more:
            inner_column.addWidget(self._row(field, values[field.key]))

        def turn(opened: bool) -> None:
            self._folded = not opened
            fold.setArrowType(Qt.ArrowType.DownArrow if opened else Qt.ArrowType.RightArrow)
            inner.setVisible(opened)

        fold.toggled.connect(turn)
        fold.setChecked(not self._folded)
        turn(not self._folded)
        column.addWidget(fold)
        column.addWidget(inner)
        return box

    # Changes

    def focus_setting(self, key: str) -> None:
        """Move the focus to a setting of the views ("preset", "groups.1.hue"): its kind of view is shown, and its part unfolded."""
        _, _, path = key.partition("groups")
        number, _, name = path.strip(".").partition(".")
        index = int(number) if number.isdecimal() and int(number) < len(self._views["groups"]) else 0
        if index != self._group_index:
            self._group_index = index
            self._build_tabs()
        if name in self._fields:
            field = self._fields[name]
            self._folded = self._folded and not (field.advanced or name == "size")
            self._build_rows()
            switch = next((button for button in self.findChildren(QPushButton) if button.property("field") == name), None)
            target: QWidget = self._rows.get(name) or switch or self._preset
        else:
            target = self._preset
        target.setFocus(Qt.FocusReason.OtherFocusReason)
        self._scroll.ensureWidgetVisible(target)

    def switch_on(self, name: str) -> None:
        """Give an operation that is off its usual strength."""
        values = self._views["groups"][self._group_index]
        if name in JITTERED and values["jitter"] == 0:
            values["jitter"] = FIRST["jitter"]
        if values[name] == 0:
            values[name] = FIRST[name]
        self._build_rows()
        if name in self._rows:
            self._rows[name].setFocus()
        self._say()

    def _changed(self, name: str, value: Any) -> None:
        values = self._views["groups"][self._group_index]
        values[name] = value
        for low, high in ORDERED:
            # A bound that is pushed past the other takes it along.
            if name in (low, high) and values[low] > values[high]:
                other = high if name == low else low
                values[other] = value
                if other in self._rows:
                    self._rows[other].set_value(value)
        if name in ("count", "role"):
            self._build_tabs()
        self._say()

    def _load_preset(self) -> None:
        preset = self._preset.currentData() or self._views["preset"]
        self._views = {"preset": preset, "groups": preset_groups(preset)}
        self._group_index = 0
        self._build()
        self.changed.emit(self.views)

    def _say(self) -> None:
        self._mark(self._views["groups"] != preset_groups(self._views["preset"]))
        self.changed.emit(self.views)


def titles_of(groups: Sequence[Mapping[str, Any]], view: str, views: str, local: str) -> list[str]:
    """What each kind of view is called, by the views that it gives."""
    titles, start = [], 1
    for group in groups:
        count = int(group["count"])
        if group["role"] == "local":
            titles.append(f"{local} × {count}")
        else:
            titles.append(f"{view} {start}" if count == 1 else f"{views} {start}–{start + count - 1}")
            start += count
    return titles
