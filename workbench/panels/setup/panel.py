"""The Method card: everything that decides the next run but its views, and the way to start it."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QCoreApplication, QSettings, Qt, QTimer, QUrl, Signal
from PySide6.QtGui import QAction, QDesktopServices, QResizeEvent
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLineEdit,
    QPushButton,
    QScrollArea,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from engine.config.errors import ConfigError
from engine.config.small_files import FileError, parse_json
from engine.config.text import merge
from engine.data.source_table import available, find
from engine.data.traits import SECOND_SET, possible_traits
from engine.runs.run_folder import default_root
from workbench.bridge.ask import Ask, TakeOver
from workbench.bridge.data_questions import DataInfo, DescribeData, SurveyData
from workbench.bridge.measured_speeds import MeasuredSpeeds
from workbench.bridge.setup_questions import CheckConfig, Checked, DescribeMethod, DeviceInfo, ListDevices, MethodForm
from workbench.forms.editors import NumberEditor, PathEditor, TextEditor
from workbench.forms.form import Form, Section
from workbench.forms.setting_titles import learn, title_for, with_titles
from workbench.i18n.engine_texts import engine_text
from workbench.models.runs import RunsModel
from workbench.panel import Panel, PanelContext
from workbench.panels.setup import preset_files
from workbench.panels.setup.data_card import DataCard
from workbench.panels.setup.draft import Draft, entry_of
from workbench.panels.setup.draft_history import DraftHistory, Title
from workbench.panels.setup.draft_menus import MoreMenu, PresetMenu
from workbench.panels.setup.dry_run_card import DryRun
from workbench.panels.setup.encoder_editor import EncoderEditor
from workbench.panels.setup.found_elsewhere import FoundElsewhere
from workbench.panels.setup.messages import METHOD_HELP, Messages
from workbench.panels.setup.search_dialog import SearchDialog
from workbench.panels.setup.sections import ENCODER, first_fields, group_fields, method_fields, view_fields
from workbench.panels.setup.setting_editors import DeviceEditor, MethodEditor
from workbench.panels.setup.setup_arrangement import SetupArrangement
from workbench.panels.setup.size_advice import SizeAdvice
from workbench.panels.setup.sweep_dialog import SweepDialog
from workbench.panels.setup.views_changed import changed_view
from workbench.requests import (
    ChooseData,
    DevicesFound,
    DraftChanged,
    FocusSetting,
    Request,
    SearchSettings,
    SettingsHistory,
    StartDraft,
    StartRuns,
    StartSearch,
    StepSettings,
    UseDraft,
    UsePhotographs,
    ViewsChanged,
)
from workbench.theme.palette import GAP
from workbench.widgets.card import Card

if TYPE_CHECKING:
    from engine.data.describe import DataDescription

translate = QCoreApplication.translate
CHECK_AFTER = 200  # ms
LEAST_WIDTH = 272
PHOTOGRAPHS = "0_your_photographs"  # the file name of the preset for one's own images
SWEEP = "sweep"  # the part of the panel that asks for the sweep's dialog
# Not varied by a sweep: what it gives each run itself, and what is not the run's own.
OWN = ("name", "notes", "tags", "train.seed")
# Editors that set a value letter by letter.
GRADUAL = (NumberEditor, TextEditor, PathEditor)


class SetupPanel(Panel):
    """Holds the draft of the next run: the settings that were touched, over the method's recipe, over the defaults."""

    draftChanged = Signal(object)  # a dict; as one Qt would turn its numbers into its own, which end at 64 bits
    startAsked = Signal(dict)
    sweepAsked = Signal(list)
    searchAsked = Signal(str, float)
    devicesFound = Signal(object)
    historyChanged = Signal(str, str)  # what would be undone, and done again
    settingAsked = Signal(str)  # the key of a setting of another card
    cancelAsked = Signal(object, str)  # a question, and the part of the panel that asked it

    def __init__(self, ask: Ask, sweep_ask: Ask | None = None, parent: QWidget | None = None, root: Path | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(self.tr("Method"))
        self._ask = ask
        # Of the sweep's dialog: its dry runs do not replace the card's.
        self._sweep_ask = sweep_ask or ask
        self._root = root or default_root()
        self.sweep_seconds = 0.0  # of one run of the last sweep on average; 0 where it is not known
        self._data_asked: dict[str, Any] | None = None
        self._checked_problems: dict[str, str] = {}
        self._data_problem = ""
        self._traits: frozenset[str] = frozenset()
        self._training = False
        self._build()
        self._check = QTimer(self)
        self._check.setSingleShot(True)
        self._check.setInterval(CHECK_AFTER)
        self._check.timeout.connect(self._check_now)
        self._advice = SizeAdvice(ask, self.data_card, self.draft, self)
        self.history = DraftHistory(self._step_to, parent=self)
        self.history.changed.connect(lambda: self.historyChanged.emit(self.history.undo_title, self.history.redo_title))
        self.history.begin(self.given())
        self.messages.set_method(entry_of(self._draft.method))

    # Layout

    def _build(self) -> None:
        self._card = Card(self.tr("Method"))
        self.data_card = DataCard()
        self.data_card.downloadAsked.connect(lambda: self._describe_data(download=True))
        self.data_card.meaningChosen.connect(lambda meaning: self._set("data.folders", meaning))
        self.data_card.sizeChosen.connect(lambda size: self._set("data.size", size))
        self._source, self._method, self._device = self.data_card.source, MethodEditor(), DeviceEditor()
        special = {
            "data.source": self._source,
            "method.id": self._method,
            "train.device": self._device,
            "backbone.name": EncoderEditor(),
        }
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
        self._draft = Draft(self.form)
        self.messages = Messages()
        self.messages.clicked.connect(self.go_to)
        self.messages.linkActivated.connect(self._follow)
        self.form.helped.connect(self.messages.say)

        self._search = QLineEdit()
        self._search.setPlaceholderText(self.tr("Search settings"))
        self._search.setClearButtonEnabled(True)
        self._search.setAccessibleName(self.tr("Search settings"))
        self._search.textChanged.connect(self._searched)
        self._presets = QToolButton()
        self._presets.setText(self.tr("Presets"))
        self._presets.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        presets = PresetMenu(self.given, self._presets)
        presets.chosen.connect(self._use_preset)
        presets.failed.connect(self.messages.say)
        self._presets.setMenu(presets)
        self._more = QToolButton()
        self._more.setText("⋯")
        self._more.setObjectName("small")
        self._more.setAccessibleName(self.tr("More"))
        self._more.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        more = MoreMenu(self.given, self._more)
        more.opened.connect(self.set_draft)
        more.resetAsked.connect(lambda: self.set_draft({}, lambda: translate("SetupPanel", "Reset everything")))
        more.reported.connect(self.messages.say)
        self._more.setMenu(more)
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
        self._elsewhere = FoundElsewhere()
        self._elsewhere.chosen.connect(self.settingAsked)
        column.addWidget(self._elsewhere)
        column.addStretch(1)
        self._scroll = QScrollArea()
        self._scroll.setWidgetResizable(True)
        self._scroll.setFrameShape(QFrame.Shape.NoFrame)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._scroll.setWidget(inner)
        self._card.body.addWidget(self._scroll, 1)

        self.dry_run = DryRun(self._ask, self.draft)
        self.dry_run.cancelAsked.connect(lambda question: self.cancelAsked.emit(question, ""))
        self.dry_run.settingAsked.connect(self.go_to)
        self.dry_run.busyChanged.connect(lambda busy: self._advice.set_free(not busy and not self._training))

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
        self._arrangement = SetupArrangement(self, self.data_card, self._card, column, self.messages, self.dry_run, buttons)
        # Narrower, the form would be cut off at its right.
        self.setMinimumWidth(LEAST_WIDTH)

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
        return self._draft.ready

    def draft(self) -> dict[str, Any]:
        """The settings of the next run, nested: what `engine.train.resolve` takes."""
        return self._draft.whole()

    def given(self) -> dict[str, Any]:
        """What was chosen by hand alone: the method's recipe is left to the method."""
        return self._draft.given()

    def set_draft(self, draft: Mapping[str, Any], title: Title | None = None) -> None:
        """Show a config, complete or not; what it leaves out goes to the defaults. `title`: what undo calls this."""
        self._draft.set(draft)
        self.history.record(self.given(), title or (lambda: translate("SetupPanel", "All settings")))
        self._changed()

    def set_views(self, views: Mapping[str, Any]) -> None:
        """Views as the Augmentation card has them: {"preset": ..., "groups": [...]}."""
        key, slider = changed_view(self._draft.views(), views)
        self._draft.set_views(views)
        self.history.record(self.given(), lambda: title_for(key), slider)
        self._settings_changed()

    def undo(self) -> None:
        """Undo the last change of the settings."""
        title = self.history.undo()
        self.messages.say(self.tr("Undone: {0}").format(title) if title else self.tr("There is nothing to undo."))

    def redo(self) -> None:
        """Do the last undone change again."""
        title = self.history.redo()
        self.messages.say(self.tr("Done again: {0}").format(title) if title else self.tr("There is nothing to do again."))

    def _step_to(self, settings: Mapping[str, Any]) -> None:
        self._draft.set(settings)
        self.history.settle(self.given())
        self._changed()

    def offer_runs(self, runs: RunsModel) -> None:
        """Where a setting chooses a run, such as a teacher: those that have trained, the newest first."""

        def offers() -> list[tuple[str, str]]:
            rows = [row for row in runs.rows() if row.folder and row.status.step and row.state != "broken"]
            rows.sort(key=lambda row: row.status.started, reverse=True)
            return [(row.folder, f"{row.title} · {datetime.fromtimestamp(row.status.started):%Y-%m-%d %H:%M}") for row in rows]

        self.form.set_runs(offers)

    def go_to(self, key: str) -> None:
        """Lead to a setting, here or in another card."""
        self._search.clear()
        if not self.form.focus(key):
            self.settingAsked.emit(key)

    def start(self) -> None:
        """Ask for the run to be started; where something is wrong, lead to it instead."""
        problems = self.form.problems()
        if problems:
            self._show_problems()
            self.go_to(next(iter(problems)))
            return
        self.startAsked.emit(self.draft())

    def open_sweep(self) -> SweepDialog:
        """Ask which settings take which values."""
        fields = [self.form.row(key).field for key in self.form.keys()]  # noqa: SIM118
        varied = [field for field in (*fields, *view_fields()[:1]) if field.key not in OWN]
        values = {**self.form.values(), "views": self._draft.views()}
        dialog = SweepDialog(self._sweep_ask, self.given(), values, varied, self.dry_run.speeds, self._device.offers(), self)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.queued.connect(self._sweep_queued)
        dialog.settingAsked.connect(self.go_to)
        dialog.cancelAsked.connect(lambda question: self.cancelAsked.emit(question, SWEEP))
        dialog.searchAsked.connect(self.open_search)
        dialog.finished.connect(self.dry_run.refresh)
        dialog.open()
        return dialog

    def open_search(self) -> SearchDialog:
        """Ask what is searched, or show what was found."""
        fields = [self.form.row(key).field for key in self.form.keys()]  # noqa: SIM118
        varied = [field for field in fields if field.key not in OWN]
        values = {**self.form.values(), "views": self._draft.views()}
        dialog = SearchDialog(self._sweep_ask, self._root, self.given(), values, varied, self.dry_run.speeds, self)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.queued.connect(self.searchAsked)
        dialog.settingAsked.connect(self.go_to)
        dialog.open()
        return dialog

    def _sweep_queued(self, drafts: list[dict[str, Any]], seconds: float) -> None:
        self.sweep_seconds = seconds
        self.sweepAsked.emit(drafts)

    def training_changed(self, state: str) -> None:
        """Say on the button what pressing it does now: start, or add to the queue."""
        self._start.setText(self.tr("Add to the queue") if state else self.tr("Start"))
        self._training = bool(state)
        self._advice.set_free(not state and not self.dry_run.busy)

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
                self.set_draft(draft, lambda: translate("SetupPanel", "Settings of another run"))
            case ViewsChanged(views):
                self.set_views(views)
            case StepSettings(back):
                (self.undo if back else self.redo)()
            case FocusSetting(key):
                self._search.clear()
                self.form.focus(key)
            case UsePhotographs():
                self._use_photographs()

    def save(self, settings: QSettings) -> None:
        """Keep the draft, the recent data, and the speeds that were measured."""
        settings.setValue("draft", json.dumps(self.given()))
        settings.setValue("speeds", self.dry_run.speeds.to_json())
        self.data_card.save(settings)

    def restore(self, settings: QSettings) -> None:
        """The draft, the recent data and the speeds that were kept, where there are any."""
        self.data_card.restore(settings)
        self.dry_run.speeds = MeasuredSpeeds.from_json(str(settings.value("speeds", "[]")))
        try:
            draft = parse_json(str(settings.value("draft", "{}")))
        except FileError:
            draft = {}
        if draft and isinstance(draft, dict):
            self.set_draft(draft)
        self.history.begin(self.given())
        self.dry_run.refresh()

    def adopt(self, other: SetupPanel, take_over: TakeOver) -> None:
        """Go on with a dry run of the replaced window, and with what can be undone there."""
        self.history.adopt(other.history)
        self.dry_run.take_over(other.dry_run, take_over)

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
        self._draft.edited(key)
        gradual = isinstance(self.form.row(key).editor, GRADUAL)
        self.history.record(self.given(), lambda: title_for(key), key if gradual else "")
        self._changed()

    def _changed(self) -> None:
        self._checked_problems = {}
        if self._data() != self._data_asked:
            self._describe_data()
        self._show_problems()
        self._advice.refresh()
        self.messages.set_method(entry_of(self._draft.method))
        self._settings_changed()
        if self.ready:
            self.draftChanged.emit(self.draft())
        else:
            self._describe_method()

    def _settings_changed(self) -> None:
        self.dry_run.settings_changed()
        self._check.start()

    def _searched(self, text: str) -> None:
        count = self.form.filter(text) + self._elsewhere.search(text)
        self._card.set_state(self.tr("{0} found").format(count) if text.strip() else "")

    # Questions and answers

    def _describe_method(self) -> None:
        self._ask(DescribeMethod(self._draft.method), self._method_described, self._method_failed)

    def _method_described(self, answer: MethodForm) -> None:
        if answer.id != self._draft.method:
            return
        entry, fields = entry_of(answer.id), method_fields(answer.schema)
        learn(fields)
        title = self.tr("{0} settings").format(entry.title if entry else answer.id)
        self.form.replace_section(Section("method", title, fields))
        self._draft.described(answer)
        encoders = self.form.row("backbone.name").editor
        if entry is not None and isinstance(encoders, EncoderEditor):
            encoders.set_method(entry)
        if self._data() != self._data_asked:  # the recipe names another set
            self._describe_data()
        self._set_traits(self._traits)
        self.history.settle(self.given())
        self.messages.set_method(entry)
        self.draftChanged.emit(self.draft())
        self._settings_changed()

    def _method_failed(self, message: str) -> None:
        self.form.set_problems({"method.id": message.partition("\n")[0]})
        self._show_problems()

    def _devices(self, answer: tuple[DeviceInfo, ...]) -> None:
        self._device.set_devices(answer)
        self.devicesFound.emit(answer)

    def _data(self) -> dict[str, Any]:
        data: dict[str, Any] = self.draft()["data"]
        return data

    def _set_traits(self, traits: Collection[str]) -> None:
        """The fields that have an effect on data with these traits, with the chosen method."""
        self._traits = frozenset(traits)
        entry = entry_of(self._draft.method)
        of_method = {SECOND_SET: entry is not None and entry.other, ENCODER: entry is None or entry.backbone != "own"}
        self.form.set_traits(self._traits | {trait for trait, holds in of_method.items() if holds})

    def _describe_data(self, download: bool = False) -> None:
        data, before = self._data(), self._data_asked or {}
        source, root = str(data["source"]), str(data.get("root", ""))
        self._data_asked = data
        self._data_problem = ""
        self._source.root = root
        if before.get("source") != source:
            self.data_card.clear()
            self._set_traits(possible_traits(source))
            self.form.set_automatic({})
        row = find(source)
        if row is not None and row.kind == "download" and not download and not available(row, root):
            self.data_card.show_away(row)
            return
        self.data_card.show_opening(source)
        if row is None and any(
            before.get(key) != data.get(key) for key in ("source", "size", "folders", "frames", "seconds", "sound", "flow")
        ):
            # What is wrong with the data, DescribeData reports.
            self._ask(SurveyData(data), self._data_surveyed, lambda message: None)
        self._ask(DescribeData(data), self._data_described, self._data_failed, self._data_progress)

    def _data_surveyed(self, known: DataDescription | None) -> None:
        if known is not None:
            self.data_card.show_description(known)
            self._set_traits(known.traits)

    def _data_described(self, answer: DataInfo) -> None:
        if answer.description is not None:
            self.data_card.show_description(answer.description)
            self._set_traits(answer.description.traits)
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
        self.messages.set_notes(answer.notes)
        self.dry_run.settings_checked(answer.speed_settings, answer.resolved.get("train", {}))
        data = self.data_card.description
        # The size of the data is known, too, where a problem keeps the rest from being computed.
        self.form.set_automatic({**({} if data is None else {"data.size": data.size}), **answer.automatic})
        self._show_problems()

    @property
    def measured_seconds(self) -> float:
        """The expected duration of these settings by the dry run, 0 where they were not measured."""
        return self.dry_run.seconds() or 0.0

    def _failed(self, message: str) -> None:
        self.messages.say(message.partition("\n\n")[0])

    # Words

    def _show_problems(self) -> None:
        problems = {key: with_titles(message, key) for key, message in self._checked_problems.items()}
        if self._data_problem:
            problems.setdefault("data.source", self._data_problem)
        self.form.set_problems(problems)
        every = self.form.problems()
        self.messages.show_problems(every)
        if not self._search.text().strip():
            count = len(every)
            self._card.set_state("" if not count else self.tr("1 problem") if count == 1 else self.tr("{0} problems").format(count))

    # Presets

    def _use_preset(self, config: Mapping[str, Any], title: str) -> None:
        # A preset without data is for those that are chosen.
        draft = merge({"data": {"source": self._source.value()}}, config)
        self.set_draft(draft, lambda: translate("SetupPanel", "Preset {0}").format(title))

    def _use_photographs(self) -> None:
        """The preset for one's own photographs; the folder is asked for unless one is chosen."""
        if not Path(self._source.value()).is_dir():
            self._source.browse_folder()
        preset = next((one for one in preset_files.presets() if one.path.stem == PHOTOGRAPHS), None)
        if preset is None or not Path(self._source.value()).is_dir():
            return
        try:
            self._use_preset(preset.config(), engine_text(preset.title))
        except ConfigError as error:
            self.messages.say(with_titles(str(error)))

    def _follow(self, link: str) -> None:
        """The paper opens in the browser, the method's page in the window's own documentation."""
        if link != METHOD_HELP:
            QDesktopServices.openUrl(QUrl(link))
        elif (action := self.window().findChild(QAction, METHOD_HELP)) is not None:
            action.trigger()


def make(context: PanelContext) -> SetupPanel:
    """The panel of a row of the window's table."""
    panel, request = SetupPanel(context.asker(), context.asker(SWEEP), root=context.bridge.root), context.request
    panel.offer_runs(context.runs)
    panel.draftChanged.connect(lambda draft: request(DraftChanged(draft)))
    panel.startAsked.connect(lambda draft: request(StartRuns((draft,), panel.measured_seconds)))
    panel.sweepAsked.connect(lambda drafts: request(StartRuns(drafts, panel.sweep_seconds)))
    panel.searchAsked.connect(lambda out, seconds: request(StartSearch(out, seconds)))
    panel.devicesFound.connect(lambda devices: request(DevicesFound(devices)))
    panel.historyChanged.connect(lambda undo, redo: request(SettingsHistory(undo, redo)))
    panel.settingAsked.connect(lambda key: request(FocusSetting(key)))
    panel.cancelAsked.connect(context.cancel)
    return panel
