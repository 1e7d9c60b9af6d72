"""The Method card: everything that decides the next run but its views, and the way to start it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from copy import deepcopy
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QSettings, Qt, QTimer, QUrl, Signal
from PySide6.QtGui import QAction, QDesktopServices, QGuiApplication, QResizeEvent
from PySide6.QtWidgets import (
    QFileDialog,
    QFrame,
    QHBoxLayout,
    QInputDialog,
    QLabel,
    QLineEdit,
    QMenu,
    QPushButton,
    QScrollArea,
    QStackedWidget,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from engine.catalogue import Entry, methods
from engine.config.errors import ConfigError
from engine.config.rates import automatic_rate
from engine.config.small_files import FileError, parse_json
from engine.config.text import merge, read_yaml
from engine.data.source_table import available, find
from engine.data.traits import possible_traits
from engine.runs.atomic_write import atomic_write
from workbench import theme
from workbench.bridge.ask import Ask
from workbench.bridge.data_questions import DataInfo, DescribeData, SurveyData
from workbench.bridge.setup_questions import (
    CheckConfig,
    Checked,
    DescribeMethod,
    DeviceInfo,
    ListDevices,
    MeasureSpeed,
    MethodForm,
    Speed,
)
from workbench.forms.editors import ChoiceEditor
from workbench.forms.field import get
from workbench.forms.form import Form, Section
from workbench.i18n.engine_texts import engine_text
from workbench.models.runs import duration
from workbench.panel import Panel, PanelContext
from workbench.panels.setup import preset_files
from workbench.panels.setup.data_card import DataCard
from workbench.panels.setup.draft_export import command_line, yaml_text
from workbench.panels.setup.problems import Problems
from workbench.panels.setup.sections import first_fields, group_fields, method_fields
from workbench.panels.setup.setting_editors import DeviceEditor, MethodEditor
from workbench.panels.setup.setup_arrangement import SetupArrangement
from workbench.panels.setup.size_advice import SizeAdvice
from workbench.panels.setup.sweep_dialog import SweepDialog
from workbench.requests import (
    ChooseData,
    DevicesFound,
    DraftChanged,
    Request,
    SearchSettings,
    StartDraft,
    StartRuns,
    UseDraft,
    UsePhotographs,
    ViewsChanged,
)
from workbench.theme.palette import GAP
from workbench.theme.plain import rich
from workbench.widgets.card import Card
from workbench.widgets.room import keep_lines

if TYPE_CHECKING:
    from engine.data.describe import DataDescription

CHECK_AFTER = 200  # ms
METHOD_HELP = "method_help"  # the id of the window's action
LEAST_WIDTH = 272
MESSAGES_PX = 58  # four lines of what the chosen method does, or of what is wrong
PHOTOGRAPHS = "0_your_photographs"  # the file name of the preset for one's own images
RATE_FOLLOWS = ("optim.name", "train.batch", "optim.accumulate")
OWN = ("name", "notes", "tags")  # of a run alone: a sweep gives them


class SetupPanel(Panel):
    """Holds the draft of the next run: the settings that were touched, over the method's recipe, over the defaults."""

    draftChanged = Signal(object)  # a dict; as one Qt would turn its numbers into its own, which end at 64 bits
    startAsked = Signal(dict)
    sweepAsked = Signal(list)
    devicesFound = Signal(object)

    def __init__(self, ask: Ask, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(self.tr("Method"))
        self._ask = ask
        self._views: dict[str, Any] = {}
        self._recipe: dict[str, Any] = {}
        self._kept_method: dict[str, Any] = {}
        self._kept_rate: Any = None
        self._described = ""
        self._data_asked: dict[str, Any] | None = None
        self._checked_problems: dict[str, str] = {}
        self._data_problem = ""
        self._measured_speed: Speed | None = None
        self._build()
        self._check = QTimer(self)
        self._check.setSingleShot(True)
        self._check.setInterval(CHECK_AFTER)
        self._check.timeout.connect(self._check_now)
        self._advice = SizeAdvice(ask, self.data_card, self.draft, self)
        self._show_line("")
        theme.changed.connect(self._apply_theme)

    # Layout

    def _build(self) -> None:
        self._card = Card(self.tr("Method"))
        self.data_card = DataCard()
        self.data_card.downloadAsked.connect(lambda: self._describe_data(download=True))
        self.data_card.meaningChosen.connect(lambda meaning: self._set("data.folders", meaning))
        self.data_card.sizeChosen.connect(lambda size: self._set("data.size", size))
        self._source, self._method, self._device = self.data_card.source, MethodEditor(), DeviceEditor()
        special = {"data.source": self._source, "method.id": self._method, "train.device": self._device}
        sections = [
            Section("first", "", first_fields(), elsewhere=frozenset({"data.source"})),
            Section("method", "", ()),
            Section("data", self.tr("Data and splits"), group_fields("data"), folded=True),
            Section("backbone", self.tr("Backbone"), group_fields("backbone"), folded=True),
            Section("optim", self.tr("Optimiser and schedule"), group_fields("optim"), folded=True),
            Section("train", self.tr("Training"), group_fields("train"), folded=True),
            Section("monitor", self.tr("Measuring"), group_fields("monitor"), folded=True),
            Section("run", self.tr("Name and notes"), group_fields("run"), folded=True),
        ]
        self.form = Form(sections, special)
        self.form.changed.connect(self._edited)
        self.form.helped.connect(self._show_line)

        self._search = QLineEdit()
        self._search.setPlaceholderText(self.tr("Search settings"))
        self._search.setClearButtonEnabled(True)
        self._search.setAccessibleName(self.tr("Search settings"))
        self._search.textChanged.connect(self._searched)
        self._presets = QToolButton()
        self._presets.setText(self.tr("Presets"))
        self._presets.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self._presets.setMenu(QMenu(self._presets))
        self._presets.menu().aboutToShow.connect(self._fill_presets)
        self._more = QToolButton()
        self._more.setText("⋯")
        self._more.setObjectName("small")
        self._more.setAccessibleName(self.tr("More"))
        self._more.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self._more.setMenu(self._more_menu())
        tools = QHBoxLayout()
        tools.setSpacing(GAP // 2)
        tools.addWidget(self._search, 1)
        tools.addWidget(self._presets)
        tools.addWidget(self._more)
        self._card.body.addLayout(tools)

        inner = QWidget()
        column = QVBoxLayout(inner)
        column.setContentsMargins(0, 0, GAP // 2, 0)
        column.setSpacing(GAP)
        column.addWidget(self.form)
        self._scroll = QScrollArea()
        self._scroll.setWidgetResizable(True)
        self._scroll.setFrameShape(QFrame.Shape.NoFrame)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._scroll.setWidget(inner)
        self._card.body.addWidget(self._scroll, 1)

        self._line = QLabel()
        self._line.setObjectName("quiet")
        self._line.setWordWrap(True)
        self._line.linkActivated.connect(self._follow)
        rich(self._line)
        self._line.setAlignment(Qt.AlignmentFlag.AlignTop)
        # All that comes by itself below the form has a place of fixed height: nothing moves when it comes.
        self._problems = Problems()
        self._problems.clicked.connect(self.form.focus)
        self._messages = QStackedWidget()
        self._notes = QLabel()
        self._notes.setObjectName("quiet")
        self._notes.setWordWrap(True)
        self._notes.hide()
        lines = QWidget()
        both = QVBoxLayout(lines)
        both.setContentsMargins(0, 0, 0, 0)
        both.setSpacing(2)
        both.addWidget(self._notes)
        both.addWidget(self._line, 1)
        self._lines = QScrollArea()
        self._lines.setWidgetResizable(True)
        self._lines.setFrameShape(QFrame.Shape.NoFrame)
        self._lines.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._lines.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._lines.setWidget(lines)
        self._messages.addWidget(self._lines)
        self._messages.addWidget(self._problems)
        self._messages.setFixedHeight(MESSAGES_PX)
        dry = QFrame()
        dry.setObjectName("inner")
        row = QHBoxLayout(dry)
        row.setContentsMargins(12, 6, 6, 6)
        words = QVBoxLayout()
        words.setSpacing(0)
        head = QLabel(self.tr("Dry run"))
        head.setObjectName("strong")
        self._speed = QLabel(self.tr("not measured yet"))
        self._speed.setObjectName("quiet")
        self._speed.setWordWrap(True)
        self._speed.setAlignment(Qt.AlignmentFlag.AlignTop)
        keep_lines(self._speed, 2)
        words.addWidget(head)
        words.addWidget(self._speed)
        self._measure = QPushButton(self.tr("Measure"))
        self._measure.setToolTip(self.tr("Runs a few training steps and discards them"))
        self._measure.clicked.connect(self.measure)
        row.addLayout(words, 1)
        row.addWidget(self._measure)

        self._start = QPushButton(self.tr("Start"))
        self._start.setObjectName("primary")
        self._start.setToolTip(self.tr("Train with these settings (Ctrl+Return)"))
        self._start.clicked.connect(self.start)
        self._sweep = QPushButton(self.tr("Sweep…"))
        self._sweep.setToolTip(self.tr("Several runs: a few settings with several values each, or several seeds"))
        self._sweep.clicked.connect(self.open_sweep)
        buttons = QWidget()
        begin = QHBoxLayout(buttons)
        begin.setContentsMargins(0, 0, 0, 0)
        begin.setSpacing(GAP)
        begin.addWidget(self._start, 1)
        begin.addWidget(self._sweep)
        self._arrangement = SetupArrangement(self, self.data_card, self._card, column, (self._messages, dry, buttons))
        # Narrower, the form would be cut off at its right.
        self.setMinimumWidth(LEAST_WIDTH)

    def _more_menu(self) -> QMenu:
        menu = QMenu(self._more)
        menu.addAction(self.tr("Copy as command line")).triggered.connect(self.copy_command)
        menu.addAction(self.tr("Copy as YAML")).triggered.connect(self.copy_yaml)
        menu.addAction(self.tr("Save as YAML…")).triggered.connect(self._save_yaml)
        menu.addAction(self.tr("Open YAML…")).triggered.connect(self._open_yaml)
        menu.addSeparator()
        menu.addAction(self.tr("Reset everything")).triggered.connect(lambda: self.set_draft({}))
        return menu

    # The draft

    def begin(self) -> None:
        """Ask for what the card needs. Called once the window is on the screen."""
        self._ask(ListDevices(), self._devices, self._failed)
        self._describe_method()
        self._describe_data()
        self._check.start()

    @property
    def ready(self) -> bool:
        """Whether the chosen method's own settings are on the card."""
        return bool(self._described == self._method.value())

    def draft(self) -> dict[str, Any]:
        """The settings of the next run, nested: what `engine.train.resolve` takes."""
        recipe = merge({}, self._recipe)
        recipe.get("optim", {}).pop("lr", None)  # follows the optimiser, also where a sweep takes several
        if not recipe.get("optim", True):
            del recipe["optim"]
        return self._with(recipe)

    def _defaults(self) -> dict[str, Any]:
        """The method's recipe, with the learning rate that the optimiser and the batch on the card have."""
        values = (self.form.value(key) for key in RATE_FOLLOWS)
        rate = automatic_rate(self._recipe, *values)
        return merge(self._recipe, {"optim": {"lr": rate.value}}) if rate is not None else self._recipe

    def _with(self, under: Mapping[str, Any]) -> dict[str, Any]:
        given = merge(under, self.form.changes())
        hyper = {**self._kept_method, **given.get("method", {})}
        given["method"] = {**hyper, "id": self._method.value()}
        given["data"] = {**given.get("data", {}), "source": self._source.value()}
        if self._views:
            given["views"] = deepcopy(self._views)
        return given

    def given(self) -> dict[str, Any]:
        """What was chosen by hand alone: the method's recipe is left to the method."""
        return self._with({})

    def set_draft(self, draft: Mapping[str, Any]) -> None:
        """Show a config, complete or not; what it leaves out goes to the defaults."""
        draft = merge({}, draft) if isinstance(draft, Mapping) else {}
        method = draft.get("method", {})
        if not isinstance(method, Mapping):
            draft["method"] = method = {"id": method} if isinstance(method, str) else {}
        if not isinstance(draft.get("data", {}), Mapping):
            del draft["data"]
        views = draft.get("views", {})
        self._views = dict(views) if isinstance(views, Mapping) else {}
        changed = method.get("id", "simclr") != self._method.value() or not self._described
        if changed:
            self._recipe = {}
            self.form.set_defaults({})
        self.form.set_values(draft)
        # A rate that the config names stays, also where it would be another optimiser's default.
        self.form.set_defaults(self._defaults())
        rate = get(draft, "optim.lr")
        if rate is not None:
            self.form.set_value("optim.lr", rate)
        self._kept_rate = rate if changed else None
        # Hyper-parameters of a method whose form is still on its way wait for it.
        self._kept_method = {key: value for key, value in method.items() if key != "id"} if changed else {}
        if changed:
            self._describe_method()
        self._changed()

    def set_views(self, views: Mapping[str, Any]) -> None:
        """Views as the Augmentation card has them: {"preset": ..., "groups": [...]}."""
        self._views = merge({}, views) if isinstance(views, Mapping) else {}
        self._check.start()

    def start(self) -> None:
        """Ask for the run to be started; where something is wrong, lead to it instead."""
        problems = self.form.problems()
        if problems:
            self._show_problems()
            self.form.focus(next(iter(problems)))
            return
        self.startAsked.emit(self.draft())

    def open_sweep(self) -> SweepDialog:
        """Ask which settings take which values."""
        rows = [self.form.row(key).field for key in self.form.keys()]  # noqa: SIM118
        seconds = self._measured_speed.seconds if self._measured_speed is not None else 0.0
        dialog = SweepDialog(self._ask, self.draft(), [row for row in rows if row.key not in OWN], seconds, self)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.queued.connect(self.sweepAsked)
        dialog.open()
        return dialog

    def training_changed(self, state: str) -> None:
        """Say on the button what pressing it does now: start, or add to the queue."""
        self._start.setText(self.tr("Add to the queue") if state else self.tr("Start"))
        self._advice.set_free(not state)

    def take_request(self, request: Request) -> None:
        """Requests about the settings of the next run."""
        match request:
            case StartDraft():
                self.start()
            case ChooseData(source):
                self._source.choose(source)
            case SearchSettings():
                self.focus_search()
            case UseDraft(draft):
                self.set_draft(draft)
            case ViewsChanged(views):
                self.set_views(views)
            case UsePhotographs():
                self._use_photographs()

    def save(self, settings: QSettings) -> None:
        """Keep the draft and the recent data."""
        settings.setValue("draft", json.dumps(self.given()))
        self.data_card.save(settings)

    def restore(self, settings: QSettings) -> None:
        """The draft and the recent data that were kept, where there are any."""
        self.data_card.restore(settings)
        try:
            draft = parse_json(str(settings.value("draft", "{}")))
        except FileError:
            draft = {}
        if draft and isinstance(draft, dict):
            self.set_draft(draft)

    def copy_command(self) -> None:
        """The equal command line, into the clipboard."""
        QGuiApplication.clipboard().setText(command_line(self.given()))
        self._show_line(self.tr("Copied: {0}").format(command_line(self.given())))

    def copy_yaml(self) -> None:
        """The draft as YAML, into the clipboard."""
        QGuiApplication.clipboard().setText(yaml_text(self.given()))
        self._show_line(self.tr("Copied as YAML."))

    def focus_search(self) -> None:
        """Begin to type into the search."""
        self._search.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self._search.selectAll()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Arrange the cards for the new size."""
        super().resizeEvent(event)
        self._arrangement.fit(self.size())
        self.data_card.set_room(self.height())

    # What a person did

    def _set(self, key: str, value: Any) -> None:
        """Set a value for the person who pressed a button for it."""
        self.form.set_value(key, value)
        self._edited(key)

    def _edited(self, key: str) -> None:
        if key == "method.id":
            # The views of the last method's recipe, and changes to them, are not this method's.
            self._views = {}
            self._kept_method = {}
            self._described = ""
            self._describe_method()
        if key in ("method.id", "optim.lr"):
            self._kept_rate = None
        if key in RATE_FOLLOWS:
            self.form.set_defaults(self._defaults())
        self._changed()

    def _changed(self) -> None:
        self._checked_problems = {}
        self._speed.setText(self.tr("not measured yet"))
        self._measured_speed = None
        if self._data() != self._data_asked:
            self._describe_data()
        self._show_problems()
        self._show_line("")
        self._check.start()
        self._advice.refresh()
        if self._described:
            self.draftChanged.emit(self.draft())

    def _searched(self, text: str) -> None:
        count = self.form.filter(text)
        self._card.set_state(self.tr("{0} found").format(count) if text.strip() else "")

    # Questions and answers

    def _describe_method(self) -> None:
        id = self._method.value()
        self._ask(DescribeMethod(id), self._method_described, self._method_failed)

    def _method_described(self, answer: MethodForm) -> None:
        if answer.id != self._method.value():
            return
        self._described = answer.id
        self._recipe = merge({}, answer.recipe)
        entry = _entry(answer.id)
        title = self.tr("{0} settings").format(entry.title if entry else answer.id)
        self.form.replace_section(Section("method", title, method_fields(answer.schema)))
        self.form.set_defaults(self._recipe)
        self.form.set_defaults(self._defaults())
        if self._kept_rate is not None:
            self.form.set_value("optim.lr", self._kept_rate)
        self._kept_rate = None
        encoders = self.form.row("backbone.name").editor
        if entry is not None and isinstance(encoders, ChoiceEditor):
            encoders.set_possible(entry.trains, self.tr("{0} works only with a {1}").format(entry.title, entry.kind))
        known = set(self.form.keys())
        for key, value in self._kept_method.items():
            if f"method.{key}" in known:
                self.form.set_value(f"method.{key}", value)
        self._kept_method = {}
        self._show_line("")
        self.draftChanged.emit(self.draft())
        self._check.start()

    def _method_failed(self, message: str) -> None:
        self.form.set_problems({"method.id": message.partition("\n")[0]})
        self._show_problems()

    def _devices(self, answer: tuple[DeviceInfo, ...]) -> None:
        self._device.set_devices(answer)
        self.devicesFound.emit(answer)

    def _data(self) -> dict[str, Any]:
        data: dict[str, Any] = self.draft()["data"]
        return data

    def _describe_data(self, download: bool = False) -> None:
        data, before = self._data(), self._data_asked or {}
        source, root = str(data["source"]), str(data.get("root", ""))
        self._data_asked = data
        self._data_problem = ""
        self._source.root = root
        if before.get("source") != source:
            self.data_card.clear()
            self.form.set_traits(possible_traits(source))
            self.form.set_automatic({})
        row = find(source)
        if row is not None and row.kind == "download" and not download and not available(row, root):
            self.data_card.show_away(row)
            return
        self.data_card.show_opening(source)
        if row is None and any(before.get(key) != data.get(key) for key in ("source", "size", "folders")):
            # What is wrong with the data, DescribeData reports.
            self._ask(SurveyData(data), self._data_surveyed, lambda message: None)
        self._ask(DescribeData(data), self._data_described, self._data_failed, self._data_progress)

    def _data_surveyed(self, known: DataDescription | None) -> None:
        if known is not None:
            self.data_card.show_description(known)
            self.form.set_traits(known.traits)

    def _data_described(self, answer: DataInfo) -> None:
        if answer.description is not None:
            self.data_card.show_description(answer.description)
            self.form.set_traits(answer.description.traits)
        self.data_card.remember(str(self._data()["source"]))
        self._advice.refresh()
        # What only the data can say (a batch larger than they are) can be checked now.
        self._check.start()

    def _data_failed(self, message: str) -> None:
        self._data_problem = message.partition("\n\n")[0]
        self.data_card.show_failed(self._data_problem)
        self._show_problems()

    def _data_progress(self, share: float) -> None:
        self.data_card.show_opening(str(self._data()["source"]), share)

    def _check_now(self) -> None:
        self._ask(CheckConfig(self.draft()), self._checked, self._failed)

    def _checked(self, answer: Checked) -> None:
        self._checked_problems = dict(answer.problems)
        self.form.set_automatic(answer.automatic)
        notes = [engine_text(note.text).format(**note.values) for note in answer.notes]
        self._notes.setText("\n".join(notes))
        self._notes.setVisible(bool(notes))
        self._show_problems()

    @property
    def measured_seconds(self) -> float:
        """The expected duration of these settings by the dry run, 0 where they were not measured."""
        return self._measured_speed.seconds if self._measured_speed is not None else 0.0

    def measure(self) -> None:
        """A dry run of these settings."""
        self._measure.setEnabled(False)
        # In a process of its own, which takes a few seconds to start.
        self._speed.setText(self.tr("measuring, some 10 s…"))
        self._ask(MeasureSpeed(self.draft()), self._measured, self._measure_failed)

    def _measured(self, answer: Speed) -> None:
        self._measure.setEnabled(True)
        self._measured_speed = answer
        parts = (
            self.tr("{0} images/s").format(f"{answer.images_per_second:,.0f}"),
            f"{answer.memory_bytes / 2**30:.1f} GiB",
            duration(answer.seconds),
        )
        self._speed.setText(" · ".join(parts))
        self._speed.setToolTip(self.tr("{0} steps").format(f"{answer.steps:,}"))

    def _measure_failed(self, message: str) -> None:
        self._measure.setEnabled(True)
        self._speed.setText(message.partition("\n\n")[0])
        self._speed.setToolTip(message)

    def _failed(self, message: str) -> None:
        self._show_line(message.partition("\n\n")[0])

    # Words

    def _apply_theme(self) -> None:
        self._show_line("")

    def _show_line(self, help: str) -> None:
        if help:
            self._line.setText(escape(help))
            return
        entry = _entry(self._method.value())
        if entry is None:
            self._line.clear()
            return
        parts = [escape(engine_text(entry.line))]
        if entry.labels:
            parts.append(self.tr("It learns from class labels: a baseline."))
        title = escape(self.tr("Documentation"))
        page = f'<a href="{METHOD_HELP}" style="color: {theme.current().accent}">{title}</a>'
        if entry.cited:
            # A colour of its own: rich text keeps that of the theme in which it was laid out.
            link = f'<a href="{entry.url}" style="color: {theme.current().accent}">{entry.cited}</a>'
            parts.append(link if entry.url else entry.cited)
        parts.append(page)
        self._line.setText(" ".join(parts))
        self._line.setToolTip(entry.paper)

    def _follow(self, link: str) -> None:
        """The paper opens in the browser, the method's page in the window's own documentation."""
        if link != METHOD_HELP:
            QDesktopServices.openUrl(QUrl(link))
        elif (action := self.window().findChild(QAction, METHOD_HELP)) is not None:
            action.trigger()

    def _show_problems(self) -> None:
        problems = dict(self._checked_problems)
        if self._data_problem:
            problems.setdefault("data.source", self._data_problem)
        self.form.set_problems(problems)
        every = self.form.problems()
        self._problems.show_problems(list(every.items()))
        self._messages.setCurrentWidget(self._problems if every else self._lines)
        if not self._search.text().strip():
            count = len(every)
            self._card.set_state("" if not count else self.tr("1 problem") if count == 1 else self.tr("{0} problems").format(count))

    # Presets and files

    def _fill_presets(self) -> None:
        menu = self._presets.menu()
        menu.clear()
        known = preset_files.presets()
        for preset in known:
            if not preset.own:
                menu.addAction(engine_text(preset.title)).triggered.connect(lambda _=False, it=preset: self._load(it))
        menu.addSeparator()
        for preset in known:
            if preset.own:
                menu.addAction(preset.title).triggered.connect(lambda _=False, it=preset: self._load(it))
        menu.addAction(self.tr("Save as a preset…")).triggered.connect(self._save_preset)
        own = [preset for preset in known if preset.own]
        if own:
            delete = menu.addMenu(self.tr("Delete a preset"))
            for preset in own:
                delete.addAction(preset.title).triggered.connect(lambda _=False, path=preset.path: path.unlink(missing_ok=True))

    def _load(self, preset: preset_files.Preset) -> None:
        try:
            # A preset without data is for those that are chosen.
            self.set_draft(merge({"data": {"source": self._source.value()}}, preset.config()))
        except ConfigError as error:
            self._show_line(str(error))

    def _use_photographs(self) -> None:
        """The preset for one's own photographs; the folder is asked for unless one is chosen."""
        if not Path(self._source.value()).is_dir():
            self._source.browse_folder()
        preset = next((one for one in preset_files.presets() if one.path.stem == PHOTOGRAPHS), None)
        if preset is not None and Path(self._source.value()).is_dir():
            self._load(preset)

    def _save_preset(self) -> None:
        title, chosen = QInputDialog.getText(self, self.tr("Save as a preset"), self.tr("Name"))
        if chosen and title.strip():
            try:
                preset_files.save(title, self.given())
            except ConfigError as error:
                self._show_line(str(error))

    def _save_yaml(self) -> None:
        path, _ = QFileDialog.getSaveFileName(self, self.tr("Save as YAML"), "config.yaml", "YAML (*.yaml *.yml)")
        if path:
            try:
                with atomic_write(Path(path)) as temporary:
                    temporary.write_text(yaml_text(self.given()), encoding="utf-8")
            except OSError as error:
                self._show_line(self.tr("{0} could not be written. {1}. Choose another directory.").format(path, error.strerror))

    def _open_yaml(self) -> None:
        path, _ = QFileDialog.getOpenFileName(self, self.tr("Open YAML"), "", "YAML (*.yaml *.yml)")
        if path:
            try:
                self.set_draft(read_yaml(path))
            except ConfigError as error:
                self._show_line(str(error))


def _entry(id: str) -> Entry | None:
    return next((entry for entry in methods() if entry.id == id), None)


def make(context: PanelContext) -> SetupPanel:
    """The panel of a row of the window's table."""
    panel, request = SetupPanel(context.asker()), context.request
    panel.draftChanged.connect(lambda draft: request(DraftChanged(draft)))
    panel.startAsked.connect(lambda draft: request(StartRuns((draft,), panel.measured_seconds)))
    panel.sweepAsked.connect(lambda drafts: request(StartRuns(drafts, panel.measured_seconds)))
    panel.devicesFound.connect(lambda devices: request(DevicesFound(devices)))
    return panel
