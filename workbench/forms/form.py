"""A form made from a config schema: sections of fields with help, bounds, defaults and validation messages."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QContextMenuEvent, QKeyEvent
from PySide6.QtWidgets import QGridLayout, QLabel, QMenu, QPushButton, QVBoxLayout, QWidget

from workbench.forms.editors import Editor, NumberEditor, allowed_text, editor, zero_text
from workbench.forms.field import Field, get, put, show_number
from workbench.forms.field_search import matches
from workbench.forms.run_editor import RunEditor, RunOffers
from workbench.forms.tab_order import tab_after
from workbench.forms.weights_editor import WeightsEditor
from workbench.i18n.engine_texts import engine_text
from workbench.theme.palette import CONTROL, GAP

LABEL_WIDTH = 96


def _editor(field: Field) -> Editor:
    """The widget for a field, those that list runs included."""
    if field.kind == "run":
        return RunEditor(field)
    return WeightsEditor(field) if field.kind == "weights" else editor(field)


@dataclass(frozen=True)
class Section:
    """Fields under one title. `folded`: collapsed at first. A section without a title has no header. `elsewhere`: the keys of
    fields whose editors stand in another place; they are part of the form in everything but the layout."""

    id: str
    title: str
    fields: tuple[Field, ...]
    folded: bool = False
    elsewhere: frozenset[str] = frozenset()


class Row(QObject):
    """One field's label, editor, validation message (`complaint`) and default. `touched`: the user has changed the value.
    `relevant`: whether the setting has an effect on the data that are chosen."""

    def __init__(self, field: Field, widget: Editor, form: Form) -> None:
        super().__init__(form)
        self.field = field
        self.editor = widget
        self.default = field.default
        self.touched = False
        self.relevant = True
        self.complaint = ""
        self._complaint_shown = ""  # the message that the editor's frame and tooltip show now
        title = engine_text(field.title)
        self.label = _Label(title, self)
        self.label.setWordWrap(True)
        self.label.setFixedWidth(LABEL_WIDTH)
        self.label.setBuddy(widget)
        target = widget.focusProxy() or widget
        target.setAccessibleName(title)
        target.setAccessibleDescription(engine_text(field.help))
        target.installEventFilter(form)
        widget.setObjectName(field.key)
        widget.setMinimumHeight(CONTROL)
        self.refresh_help()

    def refresh_help(self) -> None:
        """Set the tooltips: the message, help, bounds and default."""
        text = "\n\n".join(part for part in (self.complaint, self.help()) if part)
        for widget in (self.label, self.editor):
            widget.setToolTip(text)

    def help(self) -> str:
        """Help, bounds and default as one text."""
        parts = [engine_text(self.field.help)]
        if bounds := allowed_text(self.field):
            parts.append(bounds[:1].upper() + bounds[1:] + ".")
        if self.default not in (None, "", []):
            parts.append(self.tr("Default: {0}.").format(self.show_default()))
        return " ".join(part for part in parts if part)

    def show_default(self) -> str:
        """The default as text; empty for none."""
        if self.field.zero and self.default == 0:
            return zero_text(self.field)
        return _show(self.default)

    def reset(self) -> None:
        """Set the value back to the default."""
        self.editor.set_value(self.default)
        self.touched = False

    def show_state(self) -> None:
        """Show a red frame and the message as a tooltip where the value is invalid, and a bold label where it is not the default.

        The message has no line of its own: that would move the fields below while the user points at them."""
        font = self.label.font()
        if font.bold() != self.touched:
            font.setBold(self.touched)
            self.label.setFont(font)
        if self._complaint_shown != self.complaint:
            self._complaint_shown = self.complaint
            self.editor.set_wrong(bool(self.complaint))
            self.refresh_help()

    def set_shown(self, shown: bool) -> None:
        """Hide or show the whole row."""
        for widget in (self.label, self.editor):
            widget.setVisible(shown)


class _Label(QLabel):
    def __init__(self, text: str, row: Row) -> None:
        super().__init__(text)
        self._row = row

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        form = self._row.parent()
        if isinstance(form, Form):
            form.offer_reset(self._row, event.globalPos())


class _Group(QWidget):
    """The widget of one section: a header that collapses it, the rows in two columns, the advanced ones in a second collapsible
    part."""

    def __init__(self, section: Section, rows: Sequence[Row], form: Form) -> None:
        super().__init__(form)
        self.section = section
        self.rows = list(rows)
        self.open = not section.folded
        self.open_advanced = False
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(GAP // 2)
        self.head = QPushButton()
        self.head.setObjectName("fold")
        self.head.setAccessibleName(section.title)
        self.head.clicked.connect(self._toggle)
        self.head.setVisible(bool(section.title))
        if not section.title:
            self.head.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        box.addWidget(self.head)
        self._grid = QGridLayout()
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(GAP)
        self._grid.setVerticalSpacing(GAP // 2)
        self._grid.setColumnStretch(1, 1)
        box.addLayout(self._grid)
        self.more = QPushButton()
        self.more.setObjectName("fold")
        self.more.clicked.connect(self._toggle_more)
        line = 0
        self._placed = [row for row in self.rows if row.field.key not in section.elsewhere]
        for row in self.rows:
            if row not in self._placed:
                row.label.setParent(self)
                row.label.hide()
        plain = [row for row in self._placed if not row.field.advanced]
        advanced = [row for row in self._placed if row.field.advanced]
        for row in plain:
            line = self._add_row(row, line)
        self._grid.addWidget(self.more, line, 0, 1, 2)
        line += 1
        for row in advanced:
            line = self._add_row(row, line)
        self._advanced = advanced
        self._filter = ""
        self.show_rows()

    def _add_row(self, row: Row, line: int) -> int:
        self._grid.addWidget(row.label, line, 0, Qt.AlignmentFlag.AlignVCenter)
        self._grid.addWidget(row.editor, line, 1)
        return line + 1

    def last(self) -> QWidget:
        """The section's last widget in the tab order."""
        return self._advanced[-1].editor if self._advanced else self.more

    def filter(self, text: str) -> int:
        """Show the rows that contain every word of the filter, in collapsed sections too; returns the number of rows shown."""
        self._filter = text.strip().lower()
        return self.show_rows()

    def show_rows(self) -> int:
        """Show and hide the rows according to the collapsed parts and the filter; returns the number of rows shown."""
        shown = 0
        for row in self._placed:
            if self._filter:
                visible = matches(row.field, self._filter, row.help(), self.section.title)
            else:
                visible = self.open and (not row.field.advanced or self.open_advanced or row.touched)
            visible = visible and row.relevant
            row.set_shown(visible)
            shown += visible
        mark = "▾" if self.open else "▸"
        self.head.setText(f"{mark}  {self.section.title}")
        count = sum(row.relevant for row in self._advanced)
        self.more.setText(f"{'▾' if self.open_advanced else '▸'}  " + self.tr("Advanced ({0})").format(count))
        self.more.setVisible(bool(count) and self.open and not self._filter)
        # A method may have no settings of its own, or a group none that has an effect.
        self.setVisible(bool(shown) or (not self._filter and any(row.relevant for row in self._placed)))
        return shown

    def _toggle(self) -> None:
        self.open = not self.open
        self.show_rows()

    def _toggle_more(self) -> None:
        self.open_advanced = not self.open_advanced
        self.show_rows()


class Form(QWidget):
    """Sections of fields. A field that was never touched follows its default; `changes` returns only the touched ones.

    `changed` carries the key of a value that the user changed, `helped` the help text of the field that got the focus."""

    changed = Signal(str)
    helped = Signal(str)

    def __init__(
        self, sections: Sequence[Section], special: Mapping[str, Editor] | None = None, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._special = dict(special or {})
        self._rows: dict[str, Row] = {}
        self._groups: dict[str, _Group] = {}
        self._foreign: dict[str, str] = {}
        self._traits: frozenset[str] | None = None
        self._runs: RunOffers = tuple
        self._filter = ""
        self._box = QVBoxLayout(self)
        self._box.setContentsMargins(0, 0, 0, 0)
        self._box.setSpacing(GAP)
        for section in sections:
            self._box.addWidget(self._make(section))
        self._box.addStretch(1)

    # Sections

    def _make(self, section: Section) -> _Group:
        rows = []
        for field in section.fields:
            widget = self._special.get(field.key) or _editor(field)
            if isinstance(widget, RunEditor | WeightsEditor):
                widget.set_offers(self._runs)
            row = Row(field, widget, self)
            row.relevant = not field.only or self._traits is None or field.only in self._traits
            row.reset()
            widget.edited.connect(lambda key=field.key: self._edited(key))
            self._rows[field.key] = row
            rows.append(row)
        group = _Group(section, rows, self)
        self._groups[section.id] = group
        return group

    def replace_section(self, section: Section) -> None:
        """Replace the section with the same id; values of keys that occur in both are kept."""
        old = self._groups.pop(section.id)
        index = self._box.indexOf(old)
        kept = {row.field.key: row.editor.value() for row in old.rows if row.touched}
        for row in old.rows:
            del self._rows[row.field.key]
            row.deleteLater()
        self._box.removeWidget(old)
        old.hide()
        old.deleteLater()
        group = self._make(section)
        self._box.insertWidget(index, group)
        before = self._box.itemAt(index - 1) if index else None
        if before is not None and isinstance(above := before.widget(), _Group):
            tab_after(above.last(), group)
        for row in group.rows:
            if row.field.key in kept:
                row.editor.set_value(kept[row.field.key])
                row.touched = True
        self._refresh()

    def open_section(self, id: str, open: bool = True) -> None:
        """Unfold or fold a section."""
        group = self._groups[id]
        group.open = open
        group.show_rows()

    # Values

    def keys(self) -> tuple[str, ...]:
        """The dotted keys of all fields."""
        return tuple(self._rows)

    def row(self, key: str) -> Row:
        """The row of a field. KeyError where there is none."""
        return self._rows[key]

    def value(self, key: str) -> Any:
        """The value of one field."""
        return self._rows[key].editor.value()

    def values(self) -> dict[str, Any]:
        """Every value, nested."""
        result: dict[str, Any] = {}
        for key, row in self._rows.items():
            put(result, key, row.editor.value())
        return result

    def changes(self) -> dict[str, Any]:
        """The values that were touched, nested."""
        result: dict[str, Any] = {}
        for key, row in self._rows.items():
            if row.touched:
                put(result, key, row.editor.value())
        return result

    def set_values(self, values: Mapping[str, Any]) -> None:
        """Show nested values; a field not among them goes back to its default. Emits nothing."""
        missing = object()
        for key, row in self._rows.items():
            given = get(values, key, missing)
            if given is missing or given == row.default:
                row.reset()
            else:
                row.editor.set_value(given)
                row.touched = True
        self._refresh()

    def set_value(self, key: str, value: Any, touched: bool = True) -> None:
        """Show one value. Emits nothing."""
        row = self._rows[key]
        row.editor.set_value(value)
        row.touched = touched and value != row.default
        self._refresh()

    def set_defaults(self, recipe: Mapping[str, Any]) -> None:
        """Override the schema's defaults by a method's recipe: untouched fields take the new default, touched ones keep their
        value."""
        missing = object()
        for key, row in self._rows.items():
            given = get(recipe, key, missing)
            row.default = row.field.default if given is missing else given
            if not row.touched:
                row.reset()
            elif row.editor.value() == row.default:
                row.touched = False
            row.refresh_help()
        self._refresh()

    def reset(self, key: str) -> None:
        """One field back to its default."""
        self._rows[key].reset()
        self._refresh()
        self.changed.emit(key)

    def offer_reset(self, row: Row, position: Any) -> None:
        """Show a context menu that resets the field to its default."""
        menu = QMenu(self)
        action = menu.addAction(self.tr("Reset to {0}").format(row.show_default() or self.tr("nothing")))
        action.setEnabled(row.touched)
        if menu.exec(position) is action:
            self.reset(row.field.key)

    def set_runs(self, offers: RunOffers) -> None:
        """Where the runs come from among which a setting chooses one."""
        self._runs = offers
        for row in self._rows.values():
            if isinstance(row.editor, RunEditor | WeightsEditor):
                row.editor.set_offers(offers)

    # What the data decide

    def set_traits(self, traits: Collection[str]) -> None:
        """Leave out the fields that have no effect on data with these traits (see engine.data.traits). Values stay."""
        for row in self._rows.values():
            row.relevant = not row.field.only or row.field.only in traits
        self._traits = frozenset(traits)
        self._refresh()

    def set_automatic(self, values: Mapping[str, float]) -> None:
        """The numbers that fields at 0 come to, by dotted key; fields that are not among them show none."""
        for key, row in self._rows.items():
            if row.field.zero and isinstance(row.editor, NumberEditor):
                row.editor.set_automatic(values.get(key))

    # Validation

    def set_problems(self, problems: Mapping[str, str]) -> None:
        """Validation messages from elsewhere (the engine), by dotted key; they replace those of the last call."""
        self._foreign = dict(problems)
        self._refresh()

    def problems(self) -> dict[str, str]:
        """All validation messages by dotted key: an editor's own, else the one from `set_problems`."""
        complaints = {}
        for key, row in self._rows.items():
            if complaint := row.editor.complaint() or self._foreign.get(key, ""):
                complaints[key] = complaint
        for key, complaint in self._foreign.items():
            complaints.setdefault(key, complaint)
        return complaints

    def focus(self, key: str) -> bool:
        """Show a field, expand its section, and give it the focus; False where there is no such field."""
        row = self._rows.get(key)
        if row is None:
            return False
        for group in self._groups.values():
            if row in group.rows:
                row.relevant = True  # something is to be done with it
                group.open = True
                group.open_advanced = group.open_advanced or row.field.advanced
                group.show_rows()
        row.editor.setFocus(Qt.FocusReason.OtherFocusReason)
        return True

    # Filter

    def filter(self, text: str) -> int:
        """Show the fields that contain every word; returns their number."""
        self._filter = text
        return sum(group.filter(text) for group in self._groups.values())

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() not in (QEvent.Type.FocusIn, QEvent.Type.KeyPress):
            return super().eventFilter(watched, event)
        row = next((row for row in self._rows.values() if watched is (row.editor.focusProxy() or row.editor)), None)
        if row is not None and event.type() == QEvent.Type.FocusIn:
            self.helped.emit(row.help())
        elif row is not None and event.type() == QEvent.Type.KeyPress and _asks_for_default(event):
            self.reset(row.field.key)
            return True
        return super().eventFilter(watched, event)

    def _edited(self, key: str) -> None:
        row = self._rows[key]
        row.touched = row.editor.value() != row.default
        # The message from elsewhere was about the old value.
        self._foreign.pop(key, None)
        self._refresh()
        self.changed.emit(key)

    def _refresh(self) -> None:
        complaints = self.problems()
        for key, row in self._rows.items():
            row.complaint = complaints.get(key, "")
            row.show_state()
        for group in self._groups.values():
            group.filter(self._filter)


def _asks_for_default(event: QEvent) -> bool:
    """Whether the key is Alt+Home, the shortcut of the label's context menu entry."""
    alt = isinstance(event, QKeyEvent) and bool(event.modifiers() & Qt.KeyboardModifier.AltModifier)
    return alt and isinstance(event, QKeyEvent) and event.key() == Qt.Key.Key_Home


def _show(value: Any) -> str:
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return ", ".join(str(item) for item in value) if isinstance(value, (list, tuple)) else str(value)
    return show_number(value)
