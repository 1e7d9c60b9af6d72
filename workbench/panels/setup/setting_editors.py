"""Editors for the settings that deserve more than a field: the data, the method, the device."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QPoint, QSize, Qt, Signal
from PySide6.QtGui import QFontMetrics, QKeyEvent, QResizeEvent
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from engine import plugins
from engine.catalogue import Entry, methods
from workbench.bridge.setup_questions import DeviceInfo
from workbench.forms.editors import Combo, Editor
from workbench.i18n.engine_texts import engine_text
from workbench.panels.setup.sweep_values import Offer
from workbench.theme.palette import GAP, WIDE_GAP
from workbench.theme.plain import tip

ID = int(Qt.ItemDataRole.UserRole)
SIDE = 9  # px of padding and border at each side of the button
SIZE = (560, 560)  # px; less where the screen is smaller


class MethodEditor(Editor):
    """The method's name; a click opens the list of all methods by family, with a search and a line on each."""

    def __init__(self) -> None:
        super().__init__()
        self._id = ""
        self._button = QPushButton()
        self._button.setObjectName("choice")
        self._button.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self._adopt(self._button)
        self._list: MethodList | None = None
        self._button.clicked.connect(self._open)

    def value(self) -> Any:
        return self._id

    def set_value(self, value: Any) -> None:
        self._id = str(value)
        self._write()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The title on one line or two; as much of it as there is room for, and the tooltip has the rest."""
        super().resizeEvent(event)
        self._write()

    def _write(self) -> None:
        title = next((entry.title for entry in methods() if entry.id == self._id), self._id)
        room = self._button.width() - 2 * SIDE
        shown = in_two_lines(title, self._button.fontMetrics(), room)
        self._button.setText(shown.replace("&", "&&"))
        self._button.setAccessibleDescription(title)
        self._button.setToolTip(tip(title) if shown.replace("\n", " ") != title else "")

    def list(self) -> MethodList:
        """The list that opens."""
        if self._list is None:
            self._list = MethodList(self)
            self._list.chosen.connect(self._chosen)
        return self._list

    def _open(self) -> None:
        popup = self.list()
        popup.open_at(self._button.mapToGlobal(QPoint(0, self._button.height() + 2)), self._id)

    def _chosen(self, id: str) -> None:
        if id != self._id:
            self.set_value(id)
            self.edited.emit()
        self._button.setFocus()


def in_two_lines(text: str, metrics: QFontMetrics, room: int) -> str:
    """A text as it is where it is at most `room` pixels wide, else broken at its first space at which both lines are, else cut."""
    if metrics.horizontalAdvance(text) <= room:
        return text
    words = text.split(" ")
    for at in range(1, len(words)):
        lines = " ".join(words[:at]), " ".join(words[at:])
        if all(metrics.horizontalAdvance(line) <= room for line in lines):
            return "\n".join(lines)
    return metrics.elidedText(text, Qt.TextElideMode.ElideRight, room)


class MethodList(QFrame):
    """All methods by family. `chosen` carries the id."""

    chosen = Signal(str)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent, Qt.WindowType.Popup)
        self.setObjectName("popup")
        self._search = _Search(self)
        self._search.setPlaceholderText(self.tr("Search methods, papers, authors…"))
        self._search.setAccessibleName(self.tr("Search methods"))
        self._items = QListWidget()
        self._items.setAccessibleName(self.tr("Methods"))
        self._items.setWordWrap(True)
        self._items.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._items.itemClicked.connect(self._take)
        self._none = QLabel(self.tr("No method matches."))
        self._none.setObjectName("quiet")
        box = QVBoxLayout(self)
        box.setContentsMargins(WIDE_GAP, WIDE_GAP, WIDE_GAP, WIDE_GAP)
        box.setSpacing(GAP)
        box.addWidget(self._search)
        box.addWidget(self._none)
        box.addWidget(self._items, 1)
        methods()  # reads the table, and with it what cannot be used
        broken = QLabel("\n".join(str(problem) for problem in plugins.problems(plugins.METHODS)))
        broken.setObjectName("quiet")
        broken.setWordWrap(True)
        broken.setVisible(bool(broken.text()))
        box.addWidget(broken)
        self.resize(*SIZE)
        self._search.textChanged.connect(self.search)
        self._search.moved.connect(self._move)
        self._search.leapt.connect(self._leap)
        self._search.returnPressed.connect(lambda: self._take(self._items.currentItem()))
        self.search("")

    def open_at(self, position: QPoint, current: str) -> None:
        """Show the list with `current` chosen, ready to be typed into."""
        self._search.clear()
        for at in range(self._items.count()):
            if self._items.item(at).data(ID) == current:
                self._items.setCurrentRow(at)
        screen = self.screen().availableGeometry()
        self.resize(min(SIZE[0], screen.width()), min(SIZE[1], screen.height()))
        position.setX(min(position.x(), screen.right() - self.width()))
        position.setY(max(screen.top(), min(position.y(), screen.bottom() - self.height())))
        self.move(position)
        self.show()
        self._items.scrollToItem(self._items.currentItem(), QListWidget.ScrollHint.PositionAtCenter)
        self._search.setFocus()

    def search(self, text: str) -> int:
        """Show the methods that hold every word, the families in the catalogue's order, each from its oldest paper on; how many."""
        words = text.lower().split()
        self._items.clear()
        families: dict[str, list[Entry]] = {}
        for entry in sorted(methods(), key=lambda entry: entry.year):
            parts = [entry.id, entry.title, entry.cited, entry.paper, entry.arxiv, entry.line, engine_text(entry.line)]
            parts += [entry.family, self.family_words(entry.family), *(word for word, _ in self.tags(entry))]
            if all(word in " ".join(parts).lower() for word in words):
                families.setdefault(entry.family, []).append(entry)
        for family in dict.fromkeys(entry.family for entry in methods()):
            entries = families.get(family, [])
            if entries:
                self._add(self._head(family, len(entries)), self.family_words(family))
            for entry in entries:
                item = self._add(self._row(entry), f"{entry.title}. {engine_text(entry.line)}", entry.id)
                about = [part for part in (entry.paper, entry.cited) if part]
                item.setToolTip("\n".join(about + [why for _, why in self.tags(entry)]))
        count = sum(len(entries) for entries in families.values())
        self._none.setVisible(not count)
        if count:
            self._items.setCurrentRow(1)
        return count

    def _add(self, widget: QWidget, words: str, id: str = "") -> QListWidgetItem:
        """A line of the list; one without an id is a heading."""
        item = QListWidgetItem()
        item.setData(ID, id)
        item.setData(Qt.ItemDataRole.AccessibleTextRole, words)
        if not id:
            item.setFlags(Qt.ItemFlag.NoItemFlags)
        # As high as its words need in the list's width, the scroll bar taken off.
        width = SIZE[0] - 2 * WIDE_GAP - 12
        item.setSizeHint(QSize(0, widget.heightForWidth(width) if widget.hasHeightForWidth() else widget.sizeHint().height()))
        self._items.addItem(item)
        self._items.setItemWidget(item, widget)
        return item

    def _head(self, family: str, count: int) -> QWidget:
        head = QWidget()
        box = QHBoxLayout(head)
        box.setContentsMargins(GAP, WIDE_GAP, GAP, 2)
        box.addWidget(_label(f"{self.family_words(family)} · {count}", "quiet"))
        return head

    def _row(self, entry: Entry) -> QWidget:
        row = QWidget()
        row.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        box = QVBoxLayout(row)
        box.setContentsMargins(GAP, 6, GAP, 6)
        box.setSpacing(2)
        head = QHBoxLayout()
        head.setSpacing(GAP)
        head.addWidget(_label(entry.title, "strong"))
        for word, _ in self.tags(entry):
            head.addWidget(_label(word, "warningTag" if entry.uses_labels else "tag"))
        head.addStretch(1)
        head.addWidget(_label(entry.cited, "quiet"))
        line = _label(engine_text(entry.line), "quiet")
        line.setWordWrap(True)
        box.addLayout(head)
        box.addWidget(line)
        return row

    def tags(self, entry: Entry) -> list[tuple[str, str]]:
        """What a person should know before choosing a method, each as a word or two and as a sentence."""
        tags = []
        if entry.labels == "all":
            tags.append((self.tr("uses labels"), self.tr("It learns from class labels: a baseline.")))
        elif entry.labels == "few":
            tags.append((self.tr("uses a few labels"), self.tr("It learns from a few class labels beside all images.")))
        if entry.teacher:
            sentence = self.tr("It learns from a trained run, or published weights, chosen as its teacher.")
            tags.append((self.tr("needs a teacher"), sentence))
        if not entry.learns:
            tags.append((self.tr("learns nothing"), self.tr("Nothing is trained: a baseline.")))
        if entry.kind:
            sentence = self.tr("{0} works only with a {1}").format(entry.title, entry.kind)
            tags.append((self.tr("{0} only").format(entry.kind), sentence))
        if entry.package:
            tags.append((entry.package, self.tr("Added by the package {0}.").format(entry.package)))
        return tags

    def family_words(self, family: str) -> str:
        """A family's name in the window's language."""
        return {
            "contrastive": self.tr("Contrastive"),
            "distillation": self.tr("Distillation"),
            "decorrelation": self.tr("Decorrelation"),
            "clustering": self.tr("Clustering"),
            "pretext": self.tr("Pretext tasks"),
            "masked": self.tr("Masked image modelling"),
            "multimodal": self.tr("Multimodal"),
            "applied": self.tr("Applied"),
            "baseline": self.tr("Baselines"),
        }.get(family, family)

    def _move(self, by: int) -> None:
        at = self._items.currentRow() + by
        while 0 <= at < self._items.count():
            if self._items.item(at).data(ID):
                self._items.setCurrentRow(at)
                return
            at += by

    def _leap(self, by: int) -> None:
        """To the first method of the next family, or of this one, or of the one before."""
        heads = [at for at in range(self._items.count()) if not self._items.item(at).data(ID)]
        here = self._items.currentRow()
        beyond = [at for at in heads if at > here] if by > 0 else [at for at in heads if at + 1 < here]
        if beyond:
            at = beyond[0] if by > 0 else beyond[-1]
            self._items.setCurrentRow(at + 1)
            self._items.scrollToItem(self._items.item(at), QListWidget.ScrollHint.PositionAtTop)

    def _take(self, item: QListWidgetItem | None) -> None:
        id = item.data(ID) if item is not None else None
        if id:
            self.hide()
            self.chosen.emit(id)


class _Search(QLineEdit):
    moved = Signal(int)
    leapt = Signal(int)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = Qt.Key(event.key())
        if key in (Qt.Key.Key_Up, Qt.Key.Key_Down):
            self.moved.emit(1 if key == Qt.Key.Key_Down else -1)
        elif key in (Qt.Key.Key_PageUp, Qt.Key.Key_PageDown):
            self.leapt.emit(1 if key == Qt.Key.Key_PageDown else -1)
        else:
            super().keyPressEvent(event)


def _label(text: str, look: str) -> QLabel:
    label = QLabel(text)
    label.setObjectName(look)
    return label


class DeviceEditor(Editor):
    """`auto` and every device of this machine, with name and free memory once they are known."""

    def __init__(self) -> None:
        super().__init__()
        self._combo = Combo()
        self._adopt(self._combo)
        self._combo.addItem(self.tr("auto"), "auto")
        self._combo.addItem("cpu", "cpu")
        self._combo.activated.connect(self.edited)

    def value(self) -> Any:
        return self._combo.currentData()

    def set_value(self, value: Any) -> None:
        index = self._combo.findData(value)
        if index < 0:
            self._combo.addItem(str(value), value)
            index = self._combo.count() - 1
        self._combo.setCurrentIndex(index)

    def offers(self) -> tuple[Offer, ...]:
        """The devices to choose from, for a sweep."""
        return tuple(Offer(self._combo.itemData(row), self._combo.itemText(row)) for row in range(self._combo.count()))

    def set_devices(self, devices: Sequence[DeviceInfo]) -> None:
        """Offer the devices that were found; the choice stays."""
        chosen = self.value()
        self._combo.clear()
        best = devices[0] if devices else None
        self._combo.addItem(self.tr("auto ({0})").format(best.id) if best else self.tr("auto"), "auto")
        for device in devices:
            free = self.tr("{0} GiB free").format(f"{device.free_bytes / 2**30:.0f}") if device.free_bytes else ""
            self._combo.addItem(" · ".join(part for part in (device.id, device.name, free) if part), device.id)
            self._combo.setItemData(
                self._combo.count() - 1, self._combo.itemText(self._combo.count() - 1), Qt.ItemDataRole.ToolTipRole
            )
        view = self._combo.view()
        view.setMinimumWidth(360)
        self.set_value(chosen)
