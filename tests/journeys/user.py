"""A user of the window, played by a program: finds controls by their words, clicks, types, and waits for what is on the screen.

The journey runs in a thread of its own and touches widgets only through `Gui.call`, so that a dialog or a menu, which has an event
loop of its own, blocks nothing. Every click, key and wait is counted; a picture is saved at each step.
"""

from __future__ import annotations

import json
import re
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from PySide6.QtCore import QMimeData, QObject, QPoint, QPointF, Qt, QTimer, QUrl, Signal
from PySide6.QtGui import QAction, QDragEnterEvent, QDropEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QApplication,
    QCheckBox,
    QComboBox,
    QFileDialog,
    QLabel,
    QLineEdit,
    QListView,
    QListWidget,
    QMenu,
    QScrollArea,
    QTabBar,
    QWidget,
)

from workbench.frame.cards import cards_of

if TYPE_CHECKING:
    from workbench.app import App

T = TypeVar("T")
PATIENCE = 60.0  # s, the longest wait for something that takes no training
MOST_TABS = 250  # presses of Tab until a control must have been reached
LONG = 1.0  # s from which a wait is listed


class Stumble(AssertionError):
    """The user cannot go on: the control is not there, cannot be reached, or nothing happens."""


class Gui(QObject):
    """Calls functions in the GUI thread, also while a dialog or a menu is open."""

    _called = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self._called.connect(self._answer, Qt.ConnectionType.QueuedConnection)

    def _answer(self, request: tuple[Callable[[], Any], Future[Any]]) -> None:
        act, future = request
        try:
            future.set_result(act())
        except BaseException as error:
            future.set_exception(error)

    def call(self, act: Callable[[], T]) -> T:
        """The result of a function that opens no dialog."""
        future: Future[T] = Future()
        self._called.emit((act, future))
        return future.result(PATIENCE * 10)

    def begin(self, act: Callable[[], object]) -> None:
        """Start a function that may open a dialog, and do not wait for its end. Returns when the GUI thread takes calls again."""
        # A timer of its own: Qt does not deliver the next call of this object while one is being answered.
        self.call(lambda: QTimer.singleShot(0, act))
        self.call(lambda: None)


@dataclass
class Count:
    """What the journey took. `waits`: what was waited for and the seconds; `steps`: a line and the seconds from the start."""

    clicks: int = 0
    keys: int = 0
    letters: int = 0
    seconds: float = 0.0
    waits: list[tuple[str, float]] = field(default_factory=list)
    steps: list[tuple[str, float]] = field(default_factory=list)


class User:
    """Acts on the window. `keyboard`: with keys alone; `out`: where pictures are saved, None for nowhere."""

    def __init__(self, app: App, gui: Gui, out: Path | None, keyboard: bool = False) -> None:
        self.app, self.gui, self.out, self.keyboard = app, gui, out, keyboard
        self.count = Count()
        self._kept: tuple[QWidget | None, ...] = ()
        self._begun = time.monotonic()

    # Looking

    def _roots(self) -> list[QWidget]:
        """Where the user can act now: a popup, a dialog, or the window with what lies beside it."""
        popup, modal = QApplication.activePopupWidget(), QApplication.activeModalWidget()
        # A dialog that Qt made has no other reference in Python; without one its children cannot be used.
        self._kept = (popup, modal)
        if popup is not None:
            return [popup]
        if modal is not None:
            return [modal]
        others = [one for one in QApplication.topLevelWidgets() if one.isVisible() and one is not self.app.window]
        return [*(one for one in others if not isinstance(one, QLabel)), self.app.window]

    def _all(self, words: str, kind: type[QWidget], inside: str = "") -> list[QWidget]:
        wanted = _plain(words)
        exact, begins = [], []
        for root in self._roots():
            for widget in (root, *root.findChildren(QWidget)):
                if not isinstance(widget, kind) or not widget.isVisible() or (inside and not _within(widget, inside)):
                    continue
                names = {_plain(name) for name in names_of(widget)}
                if wanted in names:
                    exact.append(widget)
                elif any(name.startswith(wanted) for name in names):
                    begins.append(widget)
        return exact or begins

    def all_of(self, kind: type[T]) -> list[T]:
        """All visible widgets of a class where the user can act now."""
        return [widget for root in self._roots() for widget in root.findChildren(kind) if widget.isVisible()]  # type: ignore[attr-defined]

    def find(self, words: str, kind: type[QWidget] = QWidget, inside: str = "") -> QWidget | None:
        """The control with these words; None for none."""
        matches = [widget for widget in self._all(words, kind, inside) if widget.isEnabled() and not isinstance(widget, QLabel)]
        # What takes the focus before what only has the same name around it.
        matches.sort(key=lambda widget: widget.focusPolicy() == Qt.FocusPolicy.NoFocus)
        return matches[0] if matches else None

    def sees(self, pattern: str) -> bool:
        """Whether a text that matches a pattern is on the screen."""
        return self.gui.call(lambda: any(re.search(pattern, text) for text in self._texts()))

    def read(self, pattern: str) -> str:
        """The first text on the screen that matches a pattern; "" for none."""
        return self.gui.call(lambda: next((text for text in self._texts() if re.search(pattern, text)), ""))

    def _texts(self) -> list[str]:
        texts = []
        for root in [*self._roots(), self.app.window]:
            for widget in root.findChildren(QWidget):
                if widget.isVisible():
                    texts += [name for name in (*names_of(widget), widget.accessibleDescription()) if name]
        return texts

    # Waiting

    def wait(self, what: str, until: Callable[[], bool], seconds: float = PATIENCE) -> None:
        """Wait until a condition holds, which is tested in the GUI thread."""
        begun = time.monotonic()
        while not self.gui.call(until):
            if time.monotonic() - begun > seconds:
                self.picture("stumble")
                raise Stumble(f"Nothing came of waiting {seconds:.0f} s for {what}.")
            time.sleep(0.02)
        waited = time.monotonic() - begun
        if waited >= LONG:
            self.count.waits.append((what, round(waited, 1)))

    def wait_for_text(self, pattern: str, what: str = "", seconds: float = PATIENCE) -> str:
        """Wait until a text that matches a pattern is on the screen; the text."""
        self.wait(what or pattern, lambda: any(re.search(pattern, text) for text in self._texts()), seconds)
        return self.read(pattern)

    def settle(self) -> None:
        """Wait until the window has answered everything that was request of it."""
        self.wait("the window's answers", lambda: not self.app.bridge.busy, 300.0)

    # Acting

    def press(self, words: str, kind: type[QWidget] = QWidget, inside: str = "") -> None:
        """Press a button or go to a field: by the mouse, or by Tab and Space."""
        self.wait(f"“{words}”", lambda: self.find(words, kind, inside) is not None)
        if self.keyboard:
            self.focus(words, kind, inside)
            if self.gui.call(lambda: isinstance(self.find(words, kind, inside), QAbstractButton)):
                self.key(Qt.Key.Key_Space)
            return
        self.gui.call(lambda: self._bring_into_view(self._control(words, kind, inside)))
        self.count.clicks += 1
        self.gui.begin(lambda: _click(self._control(words, kind, inside)))

    def _control(self, words: str, kind: type[QWidget], inside: str) -> QWidget:
        widget = self.find(words, kind, inside)
        if widget is None:
            raise Stumble(f"There is no “{words}” on the screen.")
        return widget

    def _bring_into_view(self, widget: QWidget) -> None:
        """Scroll as a user scrolls with the wheel."""
        above = widget.parentWidget()
        while above is not None:
            if isinstance(above, QScrollArea):
                above.ensureWidgetVisible(widget)
            above = above.parentWidget()

    def focus(self, words: str, kind: type[QWidget] = QWidget, inside: str = "") -> None:
        """Move the focus to a control: F6 to its card, then Tab."""

        def there() -> bool:
            now, wanted = self._focused(), self.find(words, kind, inside)
            return wanted is not None and now is not None and (now is wanted or now is wanted.focusProxy())

        def apart() -> bool:
            """Whether the control is in another card than the focus."""
            now, wanted = self._focused(), self.find(words, kind, inside)
            cards = [card for card in cards_of(self.app.window.workspaces) if wanted is not None and card.isAncestorOf(wanted)]
            return bool(cards) and not (now is not None and cards[-1].isAncestorOf(now))

        for _ in range(12):
            if not self.gui.call(apart):
                break
            self.key(Qt.Key.Key_F6)
        for _ in range(MOST_TABS):
            if self.gui.call(there):
                return
            self.key(Qt.Key.Key_Tab)
        self.picture("stumble")
        raise Stumble(f"“{words}” is not reached by F6 and {MOST_TABS} presses of Tab.")

    def _focused(self) -> QWidget | None:
        root = self._roots()[0]
        return QApplication.focusWidget() or root.focusWidget() or root

    def key(self, key: Qt.Key, held: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
        """Press a key."""
        self.count.keys += 1

        # Where nothing manages windows, none becomes active again after a dialog, and shortcuts belong to the active one.
        if self.gui.call(lambda: QApplication.activeWindow() is None):
            self.gui.call(lambda: self._roots()[-1].activateWindow())
            self.gui.call(lambda: None)

        def press() -> None:
            popup = QApplication.activePopupWidget()
            target = popup.focusWidget() or popup if popup is not None else self._focused() or self.app.window
            QTest.keyClick(target, key, held)

        self.gui.begin(press)

    def type(self, text: str) -> None:
        """Type a text into the control with the focus."""
        self.count.letters += len(text)
        self.gui.begin(lambda: QTest.keyClicks(self._focused(), text))

    def fill(self, words: str, text: str, inside: str = "") -> None:
        """Write a text into a field, in place of what is there, and confirm it."""
        self.press(words, QWidget, inside)
        self.key(Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
        if text:
            self.type(text)
        else:
            self.key(Qt.Key.Key_Delete)
        self.key(Qt.Key.Key_Tab)

    def menu(self, words: str, *titles: str, inside: str = "") -> None:
        """Choose an entry of a button's menu, through submenus where several titles are given."""
        self.press(words, QAbstractButton, inside)
        for title in titles:
            self.entry(title)

    def entry(self, title: str) -> None:
        """Choose an entry of the menu that is open."""
        self.wait(f"the menu with “{title}”", lambda: _action(title) is not None)
        if not self.keyboard:
            self.count.clicks += 1

            def click() -> None:
                menu, action = _action(title) or (None, None)
                if menu is not None and action is not None:
                    QTest.mouseClick(menu, Qt.MouseButton.LeftButton, pos=menu.actionGeometry(action).center())

            self.gui.begin(click)
            return
        for _ in range(60):
            menu = self.gui.call(lambda: (lambda it: it and (it[0].activeAction() is it[1]))(_action(title)))
            if menu:
                break
            self.key(Qt.Key.Key_Down)
        else:
            raise Stumble(f"The arrow keys do not come to “{title}” in the menu.")
        self.key(Qt.Key.Key_Return)

    def choose(self, words: str, entry: str, inside: str = "") -> None:
        """Choose an entry of a drop-down list."""
        self.wait(f"“{words}”", lambda: self.find(words, QComboBox, inside) is not None)
        at, current = self.gui.call(lambda: self._entry_of(words, entry, inside))
        if at < 0:
            raise Stumble(f"“{words}” has no “{entry}”.")
        if self.keyboard:
            self.focus(words, QComboBox, inside)
            for _ in range(abs(at - current)):
                self.key(Qt.Key.Key_Down if at > current else Qt.Key.Key_Up)
            return
        self.press(words, QComboBox, inside)
        time.sleep(0.5)  # a list takes no click within the time of a double click
        self.count.clicks += 1

        def click() -> None:
            view = QApplication.activePopupWidget()
            inner = view.findChild(QAbstractItemView) if view is not None else None
            if inner is not None:
                index = inner.model().index(at, 0)
                inner.scrollTo(index)
                QTest.mouseClick(inner.viewport(), Qt.MouseButton.LeftButton, pos=inner.visualRect(index).center())

        self.gui.begin(click)

    def tick(self, words: str, entry: str) -> None:
        """Check or uncheck an entry of a list that is open."""

        def at() -> tuple[QListWidget, int] | None:
            list_widget = self.find(words, QListWidget)
            if not isinstance(list_widget, QListWidget):
                return None
            rows = [row for row in range(list_widget.count()) if _plain(list_widget.item(row).text()) == _plain(entry)]
            return (list_widget, rows[0]) if rows else None

        self.wait(f"the list with “{entry}”", lambda: at() is not None)
        if not self.keyboard:
            self.count.clicks += 1

            def click() -> None:
                if (where := at()) is not None:
                    item = where[0].item(where[1])
                    where[0].scrollToItem(item)
                    QTest.mouseClick(where[0].viewport(), Qt.MouseButton.LeftButton, pos=where[0].visualItemRect(item).center())

            self.gui.begin(click)
            return
        for _ in range(MOST_TABS):
            steps = self.gui.call(lambda: 0 if (it := at()) is None else it[1] - it[0].currentRow())
            inside = self.gui.call(lambda: (it := at()) is not None and it[0].hasFocus())
            if not steps and inside:
                break
            self.key(Qt.Key.Key_Down if steps >= 0 else Qt.Key.Key_Up)
        self.key(Qt.Key.Key_Space)

    def _entry_of(self, words: str, entry: str, inside: str) -> tuple[int, int]:
        """The index of an entry of a drop-down list, -1 for none, and that of the current one."""
        combo = self.find(words, QComboBox, inside)
        if not isinstance(combo, QComboBox):
            return -1, -1
        texts = [_plain(combo.itemText(index)) for index in range(combo.count())]
        exact = [index for index, text in enumerate(texts) if text == _plain(entry)]
        begins = [index for index, text in enumerate(texts) if text.startswith(_plain(entry))]
        return (exact or begins or [-1])[0], combo.currentIndex()

    def tab(self, title: str) -> None:
        """Bring a tab to the front."""

        def tab_at() -> tuple[QTabBar, int] | None:
            for root in self._roots():
                for bar in root.findChildren(QTabBar):
                    for index in range(bar.count()):
                        if bar.isVisible() and _plain(bar.tabText(index)) == _plain(title):
                            return bar, index
            return None

        self.wait(f"the tab “{title}”", lambda: tab_at() is not None)
        if not self.keyboard:
            self.count.clicks += 1

            def click() -> None:
                if at := tab_at():
                    QTest.mouseClick(at[0], Qt.MouseButton.LeftButton, pos=at[0].tabRect(at[1]).center())

            self.gui.begin(click)
            return
        self.focus(self.gui.call(lambda: at[0].accessibleName() if (at := tab_at()) else ""), QTabBar)
        self.key(Qt.Key.Key_Home)
        for _ in range(self.gui.call(lambda: at[1] if (at := tab_at()) else 0)):
            self.key(Qt.Key.Key_Right)

    def workspace(self, number: int, title: str) -> None:
        """Go to a workspace: by its button, or Ctrl and its number."""
        if self.keyboard:
            self.key(Qt.Key(int(Qt.Key.Key_0) + number), Qt.KeyboardModifier.ControlModifier)
        else:
            self.press(title, QAbstractButton)

    def file(self, path: Path) -> None:
        """Name a file or a folder in the file dialog that is open."""

        def field() -> QLineEdit | None:
            (dialog,) = self._roots()[:1]
            if not isinstance(dialog, QFileDialog):
                return None
            return next((line for line in dialog.findChildren(QLineEdit) if line.isVisible()), None)

        self.wait("the file dialog", lambda: field() is not None)
        self.gui.call(lambda: (line := field()) and (line.setFocus(), line.selectAll()))
        self.type(str(path))
        self.picture("file dialog")
        self.key(Qt.Key.Key_Return)
        self.wait("the end of the file dialog", lambda: field() is None)

    def drop(self, path: Path) -> None:
        """Drop a file or a folder on the middle of the window; one click. Keys cannot: see `menu` and `file`."""
        self.count.clicks += 1

        def drop() -> None:
            window = self.app.window
            data = QMimeData()
            data.setUrls([QUrl.fromLocalFile(str(path))])
            middle = window.rect().center()
            target = window.childAt(middle) or window
            left, none = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
            copy = Qt.DropAction.CopyAction
            # Qt offers a drag to the widget under the mouse, and then to those around it until one accepts.
            while target is not None:
                if target.acceptDrops():
                    position = target.mapFrom(window, middle)
                    enter = QDragEnterEvent(position, copy, data, left, none)
                    enter.ignore()
                    QApplication.sendEvent(target, enter)
                    if enter.isAccepted():
                        QApplication.sendEvent(target, QDropEvent(QPointF(position), copy, data, left, none))
                        return
                target = target.parentWidget()
            raise Stumble("No part of the window takes a folder that is dropped on its middle.")

        self.gui.call(drop)

    # Records

    def step(self, words: str) -> None:
        """Record that a step is done, with a picture."""
        self.count.steps.append((words, round(time.monotonic() - self._begun, 1)))
        self.picture(words)

    def picture(self, words: str) -> None:
        """Save a picture of the screen."""
        if self.out is None:
            return
        name = re.sub(r"\W+", "_", words.lower()).strip("_")[:60]
        path = self.out / f"{len(self.count.steps):02d}_{name}.png"
        self.gui.call(lambda: self._grab().save(str(path)))

    def _grab(self) -> Any:
        screen = self.app.window.screen()
        if QApplication.platformName() == "xcb":
            return screen.grabWindow(0)
        return (QApplication.activePopupWidget() or QApplication.activeModalWidget() or self.app.window).grab()

    def finish(self) -> Count:
        """End the count and write it beside the pictures."""
        self.count.seconds = round(time.monotonic() - self._begun, 1)
        if self.out is not None:
            (self.out / "count.json").write_text(json.dumps(asdict(self.count), indent=1), encoding="utf-8")
        return self.count


def names_of(widget: QWidget) -> Sequence[str]:
    """The words by which a user knows a control: its accessible name, its text, what an empty field shows."""
    names = [widget.accessibleName()]
    if isinstance(widget, (QAbstractButton, QLabel)):
        names.append(widget.text())
    elif isinstance(widget, QLineEdit):
        names.append(widget.placeholderText())
    elif isinstance(widget, QComboBox):
        names.append(widget.currentText())
    elif isinstance(widget, QListView):
        model = widget.model()
        if model is not None:
            names += [str(model.index(row, 0).data() or "") for row in range(min(model.rowCount(), 40))]
    return [name for name in names if name]


def _plain(words: str) -> str:
    """Without mnemonics, arrows and case."""
    return re.sub(r"[&▾▸…]", "", words).strip().casefold()


def _within(widget: QWidget, name: str) -> bool:
    above: QWidget | None = widget
    while above is not None:
        if _plain(above.accessibleName()) == _plain(name):
            return True
        above = above.parentWidget()
    return False


def _click(widget: QWidget) -> None:
    target = widget
    at = target.rect().center()
    if isinstance(target, QComboBox) and target.isEditable():
        at = QPoint(target.width() - 8, target.height() // 2)
    if isinstance(target, QCheckBox):
        at = QPoint(8, target.height() // 2)  # the mark: beside a short text a click does nothing
    over = widget.window().childAt(widget.mapTo(widget.window(), at))
    if over is not None and over is not widget and not widget.isAncestorOf(over) and not over.isAncestorOf(widget):
        raise Stumble(f"“{(names_of(widget) or ['?'])[0]}” is covered by {type(over).__name__}.")
    QTest.mouseClick(target, Qt.MouseButton.LeftButton, pos=at)


def _action(title: str) -> tuple[QMenu, QAction] | None:
    """The enabled entry of the open menu with this title."""
    menu = QApplication.activePopupWidget()
    if not isinstance(menu, QMenu):
        return None
    actions = [action for action in menu.actions() if action.isEnabled() and action.isVisible()]
    exact = [action for action in actions if _plain(action.text()) == _plain(title)]
    begins = [action for action in actions if _plain(action.text()).startswith(_plain(title))]
    matches = exact or begins
    return (menu, matches[0]) if matches else None


def play(app: App, user: User, journey: Callable[[User], None]) -> BaseException | None:
    """Run a journey while Qt's event loop runs, and leave the loop at its end. Returns the error that ended it, if any."""
    errors: list[BaseException] = []

    def work() -> None:
        try:
            journey(user)
        except BaseException as error:
            errors.append(error)
        finally:
            user.gui.call(app.qt.quit)

    thread = threading.Thread(target=work, name="journey", daemon=True)
    app.window.show()
    app.window.activateWindow()
    QTimer.singleShot(0, thread.start)
    app.qt.exec()
    thread.join(PATIENCE)
    return errors[0] if errors else None
