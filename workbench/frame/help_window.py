"""The documentation in a window of its own, without a network: a list of pages, the page, and a search in it."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, Qt, QUrl
from PySide6.QtGui import QDesktopServices, QKeySequence, QShortcut, QTextBlock, QTextCursor, QTextDocument
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QSplitter,
    QTextBrowser,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from workbench import theme
from workbench.bridge.ask import Ask
from workbench.bridge.manual_questions import ListManualPages, ManualPage, ReadManualPage
from workbench.frame.help_topics import Topic
from workbench.theme.palette import GAP, WIDE_GAP
from workbench.theme.plain import tip

translate = QCoreApplication.translate
NAME = int(Qt.ItemDataRole.UserRole)
SIZE = (880, 640)
LIST_WIDTH = 260


class HelpWindow(QWidget):
    """Shows one topic after another; Alt+Left goes back. Links to pages open here, others in the browser."""

    def __init__(self, ask: Ask, parent: QWidget) -> None:
        super().__init__(parent, Qt.WindowType.Window)
        self._ask = ask
        self._topic = Topic("")
        self._before: list[Topic] = []
        self._text = ""
        self.setWindowTitle(translate("Help", "Documentation"))
        self.pages = QListWidget()
        self.pages.setAccessibleName(translate("Help", "Pages"))
        self.pages.setObjectName("pages")
        self.pages.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.pages.itemClicked.connect(self._picked)
        self.pages.itemActivated.connect(self._picked)
        self.browser = QTextBrowser()
        self.browser.setAccessibleName(translate("Help", "Page"))
        self.browser.setOpenLinks(False)
        self.browser.anchorClicked.connect(self._follow)
        self.back = QToolButton()
        self.back.setText("←")
        self.back.setObjectName("small")
        self.back.setAccessibleName(translate("Help", "Back"))
        self.back.setToolTip(translate("Help", "Back (Alt+Left)"))
        self.back.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.back.clicked.connect(self.go_back)
        self.search = QLineEdit()
        self.search.setPlaceholderText(translate("Help", "Find on this page"))
        self.search.setAccessibleName(translate("Help", "Find on this page"))
        self.search.setClearButtonEnabled(True)
        self.search.textChanged.connect(lambda text: self._find(text, anew=True))
        self.search.returnPressed.connect(lambda: self._find(self.search.text()))
        line = QHBoxLayout()
        line.setSpacing(GAP)
        line.addWidget(self.back)
        line.addWidget(self.search, 1)
        right = QWidget()
        column = QVBoxLayout(right)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(GAP)
        column.addLayout(line)
        column.addWidget(self.browser, 1)
        parts = QSplitter()
        parts.addWidget(self.pages)
        parts.addWidget(right)
        parts.setStretchFactor(1, 1)
        parts.setSizes([LIST_WIDTH, SIZE[0] - LIST_WIDTH])
        box = QVBoxLayout(self)
        box.setContentsMargins(WIDE_GAP, WIDE_GAP, WIDE_GAP, WIDE_GAP)
        box.addWidget(parts)
        for key, act in (("Alt+Left", self.go_back), ("Ctrl+F", self.search.setFocus), ("Escape", self.close)):
            QShortcut(QKeySequence(key), self).activated.connect(act)
        screen = self.screen().availableGeometry()
        self.resize(min(SIZE[0], screen.width()), min(SIZE[1], screen.height()))
        self._ask(ListManualPages(), self._list, self._failed)
        theme.changed.connect(self._apply_theme)
        self._apply_theme()

    @property
    def topic(self) -> Topic:
        """The topic that is shown, or was asked for last."""
        return self._topic

    def show_topic(self, topic: Topic) -> None:
        """Show the window with a topic."""
        if self._topic.page and topic != self._topic:
            self._before.append(self._topic)
        self._go(topic)
        self.show()
        self.raise_()
        self.activateWindow()
        self.browser.setFocus()

    def go_back(self) -> None:
        """Show the topic before this one."""
        if self._before:
            self._go(self._before.pop())

    def _go(self, topic: Topic) -> None:
        same = topic.page == self._topic.page and bool(self._text)
        self._topic = topic
        self.back.setEnabled(bool(self._before))
        self._mark()
        if same:
            self._scroll(topic.text)
        else:
            self._text = ""
            self._ask(ReadManualPage(topic.page), self._show, self._failed)

    def _show(self, page: ManualPage) -> None:
        if page.name != self._topic.page:
            return
        self._text = page.text
        self._fill()
        self._scroll(self._topic.text)

    def _fill(self) -> None:
        """Show the page, with room above headings and below paragraphs, which Qt gives to no Markdown."""
        self.browser.setMarkdown(self._text)
        self.browser.document().setDocumentMargin(WIDE_GAP)
        block = self.browser.document().begin()
        while block.isValid():
            form = block.blockFormat()
            cursor = QTextCursor(block)
            if cursor.currentTable() is None:
                form.setTopMargin(2 * GAP if form.headingLevel() > 1 else 0)
                form.setBottomMargin(GAP // 2)
                cursor.setBlockFormat(form)
            block = block.next()

    def _failed(self, message: str) -> None:
        self.browser.setPlainText(message.partition("\n\n")[0])

    def _scroll(self, text: str) -> None:
        """Scroll to a heading or to the row of a table that begins with this text; to the top where there is none."""
        cursor = QTextCursor(self.browser.document())
        if text:
            block = self.browser.document().begin()
            while block.isValid() and block.text().strip() != text:
                block = block.next()
            if block.isValid():
                cursor = QTextCursor(block)
                self._to_top(block)
                cursor.movePosition(QTextCursor.MoveOperation.EndOfBlock, QTextCursor.MoveMode.KeepAnchor)
                self.browser.setTextCursor(cursor)
                return
        self.browser.setTextCursor(cursor)
        self.browser.verticalScrollBar().setValue(0)

    def _to_top(self, block: QTextBlock) -> None:
        top = self.browser.document().documentLayout().blockBoundingRect(block).top()
        self.browser.verticalScrollBar().setValue(max(0, int(top) - 2 * WIDE_GAP))

    def _find(self, text: str, anew: bool = False) -> None:
        if anew:
            cursor = self.browser.textCursor()
            cursor.setPosition(cursor.selectionStart())
            self.browser.setTextCursor(cursor)
        if text and not self.browser.find(text):
            self.browser.moveCursor(QTextCursor.MoveOperation.Start)
            self.browser.find(text, QTextDocument.FindFlag(0))

    def _follow(self, url: QUrl) -> None:
        path = url.path()
        if url.scheme() in ("http", "https"):
            QDesktopServices.openUrl(url)
        elif path.endswith(".md"):
            self.show_topic(Topic(path.removesuffix(".md")))

    # The list of pages

    def _list(self, titles: dict[str, str]) -> None:
        for name, title in titles.items():
            item = QListWidgetItem(title)
            item.setData(NAME, name)
            item.setToolTip(tip(title))  # a long one is cut off
            self.pages.addItem(item)
        self._mark()

    def _mark(self) -> None:
        name = self._topic.page.partition("/")[0]
        for row in range(self.pages.count()):
            if self.pages.item(row).data(NAME) == name:
                self.pages.setCurrentRow(row)

    def _picked(self, item: QListWidgetItem) -> None:
        self.show_topic(Topic(str(item.data(NAME))))

    def _apply_theme(self) -> None:
        """Links have colours of their own in a document, and a page keeps its ground while it has the focus."""
        palette = theme.current()
        self.browser.setStyleSheet(f"QTextBrowser, QTextBrowser:focus {{ background: {palette.card}; }}")
        self.browser.document().setDefaultStyleSheet(f"a {{ color: {palette.accent}; }}")
        if self._text:
            self._fill()
