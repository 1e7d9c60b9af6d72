"""The card of the map: parameters, maps of a part, trails through the epochs, computed colours, the figure."""

import numpy as np
import pytest
from PySide6.QtCore import Qt

from workbench.bridge.data_questions import DataInfo, DescribeData, GetImages, GetLabels, Labels
from workbench.bridge.map_questions import Clusters, ClusterSnapshot, Map, MapKind, MapKinds, MapSnapshot, Numbers, SampleNumbers
from workbench.panels.embedding import map_card
from workbench.panels.embedding import panel as module
from workbench.panels.embedding.panel import EmbeddingPanel
from workbench.samples.colouring import colour, without_unused

N = 60
XY = np.random.default_rng(0).normal(size=(N, 2)).astype(np.float32)
INDEX = np.random.default_rng(1).permutation(N) * 2
LABEL = np.arange(N) % 3
DATA = {"source": "shapes"}
EPOCHS = [1, 4, 9]


class Engine:
    """Answers quick questions at once; slow maps, numbers and clusters on `reply`."""

    def __init__(self):
        self.maps, self.waiting, self.images = [], [], 0
        self.at_once = False

    def __call__(self, question, answer, failed=None, progress=None):
        if isinstance(question, MapSnapshot):
            self.maps.append(question)
        if isinstance(question, MapSnapshot | SampleNumbers | ClusterSnapshot):
            if (isinstance(question, MapSnapshot) and question.kind == "pca") or self.at_once:
                answer(self.made(question))
            else:
                self.waiting.append((question, answer, failed, progress))
        elif isinstance(question, MapKinds):
            answer(
                (
                    MapKind("pca", "PCA"),
                    MapKind("umap", "UMAP"),
                    MapKind("tsne", "t-SNE"),
                    MapKind("pacmap", "PaCMAP", "Not here."),
                    MapKind("umap_learn", "umap-learn"),
                )
            )
        elif isinstance(question, GetLabels):
            codes = np.array([LABEL[np.flatnonzero(one == INDEX)[0]] for one in question.index])
            answer(Labels({"class": codes}, {"class": ("disc", "square", "star")}, {"class": "category"}))
        elif isinstance(question, GetImages):
            answer(np.zeros((len(question.index), 8, 8, 3), np.uint8))
        elif isinstance(question, DescribeData):
            answer(DataInfo("shapes", 32, 400, 50, 50, ("disc", "square", "star"), (), ()))

    def made(self, question):
        if isinstance(question, SampleNumbers):
            columns = {"outlier": np.linspace(0, 1, N, dtype=np.float32), "nearest": np.ones(N, np.float32)}
            return Numbers("run", question.epoch, "features", INDEX, columns, {})
        if isinstance(question, ClusterSnapshot):
            label = np.arange(N) % question.count
            label[:6] = -1 if question.kind == "hdbscan" else label[:6]
            noise = float((label < 0).mean())
            return Clusters("run", question.epoch, question.kind, "features", INDEX, label, question.count, noise, 0.42, 0.3, 54)
        rows = np.array(question.rows or range(N))
        if question.limit:
            rows = rows[: question.limit]
        shifts = {"pca": 0, "umap": 100, "tsne": 200, "pacmap": 300, "umap_learn": 400}
        shift = shifts[question.kind] + question.epoch + question.neighbours / 1000
        return Map(
            "run",
            question.epoch,
            question.kind,
            XY[rows] + shift,
            INDEX[rows],
            LABEL[rows],
            0.87,
            kept=0.41,
            rows=rows,
            total=N,
            supervised=question.supervised,
        )

    def reply(self):
        question, answer, _, _ = self.waiting.pop()
        answer(self.made(question))
        return question


@pytest.fixture
def engine():
    return Engine()


@pytest.fixture
def panel(qtbot, engine, monkeypatch):
    monkeypatch.setattr(module, "snapshots", lambda folder: EPOCHS)
    made = EmbeddingPanel(engine)
    qtbot.addWidget(made)
    made.resize(1020, 684)
    with qtbot.waitExposed(made):
        made.show()
    made.show_run("run", DATA)
    return made


def shift_of(panel):
    return float((panel.plot.xy - XY[: len(panel.plot.xy)]).mean())


def test_unavailable_kinds_give_a_reason(panel, engine):
    buttons = panel.tools.kind_buttons
    assert [kind for kind, button in buttons.items() if button.isEnabled()] == ["pca", "umap", "tsne", "umap_learn"]
    assert buttons["pacmap"].toolTip() == "Not here."
    buttons["tsne"].click()
    question = engine.reply()
    assert (question.kind, question.perplexity) == ("tsne", 30)
    assert panel.map_card.title == "Map · t-SNE of 60 of 500"


def test_the_slider_requests_a_map_and_keeps_the_old_one_until_it_is_there(qtbot, panel, engine):
    assert engine.reply().neighbours == 15
    settings = panel.map_card.settings
    settings.scale.setValue(settings.scale.maximum())
    qtbot.waitUntil(lambda: len(engine.waiting) == 1)
    assert "15" not in settings.scale.accessibleDescription()
    assert shift_of(panel) == pytest.approx(109.015, abs=1e-3)
    assert panel.tools.progress.isVisible()
    assert engine.reply().neighbours == 75
    assert shift_of(panel) == pytest.approx(109.075, abs=1e-3)
    count = len(engine.maps)
    settings.scale.setValue(settings.scale.maximum() // 2)
    qtbot.waitUntil(lambda: shift_of(panel) == pytest.approx(109.015, abs=1e-3))
    assert len(engine.maps) == count  # a loaded map is not requested again


def test_the_newer_of_two_requests_is_shown(panel, engine):
    settings = panel.map_card.settings
    cancelled = []
    panel.mapCancelled.connect(cancelled.append)
    settings.numbers["neighbours"].setValue(30)
    older, newer = engine.waiting
    assert [question.neighbours for question in cancelled] == [15]
    newer[1](engine.made(newer[0]))
    older[1](engine.made(older[0]))
    assert shift_of(panel) == pytest.approx(109.030, abs=1e-3)


def test_cancelling_restores_the_settings_of_the_shown_map(panel, engine):
    engine.reply()
    panel.map_card.settings.numbers["neighbours"].setValue(30)
    panel.tools.cancel.click()
    assert panel.map_card.settings.numbers["neighbours"].value() == 15
    assert not panel.tools.progress.isVisible()
    panel.choose_kind("tsne")
    panel.tools.cancel.click()
    assert panel.tools.kind_buttons["umap"].isChecked()
    assert panel.map_card.title.startswith("Map · UMAP")


def test_only_parameters_of_the_kind_are_shown(panel):
    settings = panel.map_card.settings
    visible = {
        kind: [name for name, field in settings.numbers.items() if settings._form.isRowVisible(field)]
        for kind in ("umap", "tsne", "pca")
        if panel.choose_kind(kind) is None
    }
    assert visible == {"umap": ["neighbours", "min_dist"], "tsne": ["perplexity"], "pca": []}
    assert not settings.scale.isEnabled()


def test_only_umap_learn_can_use_classes_and_the_title_says_so(panel, engine):
    engine.reply()
    settings = panel.map_card.settings
    assert not settings._form.isRowVisible(settings.labels)
    panel.tools.kind_buttons["umap_learn"].click()
    assert settings._form.isRowVisible(settings.labels)
    question = engine.reply()
    assert (question.kind, question.supervised) == ("umap_learn", False)
    assert panel.map_card.title == "Map · umap-learn of 60 of 500"
    settings.labels.setCurrentIndex(1)
    settings.labels.activated.emit(1)
    assert engine.reply().supervised
    assert panel.map_card.title == "Map · umap-learn, supervised by class of 60 of 500"
    # Another kind is made without the classes, whatever was chosen for this one.
    panel.choose_kind("tsne")
    assert not engine.reply().supervised


def test_fewer_samples_and_another_distance(panel, engine):
    engine.reply()
    settings = panel.map_card.settings
    assert [settings.limit.itemText(index) for index in range(settings.limit.count())] == ["all 60"]
    settings.limit.insertItem(0, "20", 20)
    settings.limit.setCurrentIndex(0)
    settings.limit.activated.emit(0)
    assert engine.maps[-1].limit == 20
    assert panel.map_card.title == "Map · PCA of 20 of 500"
    settings.distance.setCurrentIndex(1)
    settings.distance.activated.emit(1)
    assert engine.maps[-1].metric == "euclidean"
    settings.reset.click()
    assert (settings.options.metric, settings.options.limit) == ("cosine", 0)
    assert panel.map_card.title == "Map · UMAP of 60 of 500"


def test_quality_measures_are_shown(panel, engine):
    assert panel.map_card.state == "trustworthiness .87 · 41 % of neighbours kept"
    assert "15 nearest" in panel.map_card._state.toolTip()


def test_a_part_is_mapped_alone_and_selected_on_the_full_map(panel, engine):
    engine.reply()
    rows = [3, 10, 11, 20, 40, 41]
    assert not panel.tools.isolate.isEnabled()
    panel.plot.set_selected(rows)
    panel.tools.isolate.click()
    assert engine.maps[-1].rows == tuple(rows)
    assert panel.map_card.title == "Map · PCA of 6 of 500"
    assert not len(panel.plot.selected)
    assert panel.tools.isolate.text() == "Back to all"
    engine.reply()
    np.testing.assert_array_equal(panel.samples.selection.index, INDEX[rows])
    panel.plot.set_selected([1])
    panel.tools.isolate.click()
    assert panel.map_card.title == "Map · UMAP of 60 of 500"
    assert panel.plot.selected.tolist() == rows
    assert panel.tools.isolate.text() == "Map the selection alone"


def test_too_few_samples_are_not_mapped_alone(panel, engine):
    panel.plot.set_selected([1, 2])
    count = len(engine.maps)
    panel.tools.isolate.click()
    assert len(engine.maps) == count
    assert "at least 5" in panel.tools.note.toolTip()
    assert not panel.tools.isolate.isChecked()


def test_trails_compute_the_maps_of_all_epochs(qtbot, panel, engine):
    engine.reply()
    panel.plot.set_selected([5, 6])
    qtbot.keyClick(panel.plot, Qt.Key.Key_T)
    assert panel.tools.trails.isChecked()
    assert panel.plot._trails.steps == 0
    words = panel.map_card.trail_caption
    assert words.text() == "1 of 3 epochs"
    assert [engine.reply().epoch, engine.reply().epoch] == [4, 1]  # the nearest first
    assert not engine.waiting
    assert panel.plot._trails.steps == 4
    lines = [line for _, _, lines, _ in panel.plot._trails._all.drawn for line in lines]
    starts = {(round(line.p1().x(), 3), round(line.p1().y(), 3)) for line in lines}
    expected = {tuple(np.round(XY[row] + 100.015 + epoch, 3).tolist()) for row in (5, 6) for epoch in (1, 4)}
    assert {tuple(round(value, 2) for value in one) for one in starts} == {tuple(round(v, 2) for v in one) for one in expected}
    assert words.text() == "○ epoch 1 → ● epoch 9"
    panel.time_line.slider.setValue(1)
    assert (panel.plot._trails.steps, panel.plot._trails.steps_ahead) == (2, 2)
    assert words.text() == "○ epoch 1 → ● epoch 4 ┄ epoch 9"
    panel.time_line.slider.setValue(0)
    assert (panel.plot._trails.steps, panel.plot._trails.steps_ahead) == (0, 4)
    assert words.text() == "● epoch 1 ┄ epoch 9"
    panel.time_line.slider.setValue(2)
    panel.plot.set_selected([])
    assert panel.plot._trails.steps == 0
    assert "Point at a sample" in words.text()
    panel.plot.clicked.emit(7)
    assert panel.plot._trails.steps == 2  # the one that was clicked
    panel.tools.trails.click()
    assert panel.plot._trails.steps == 0
    assert words.isHidden()


def test_cancelling_the_other_epochs_keeps_the_shown_map(panel, engine):
    engine.reply()
    panel.tools.trails.click()
    cancelled = []
    panel.mapCancelled.connect(cancelled.append)
    assert "all epochs" in panel.tools.note.text()
    panel.tools.cancel.click()
    assert [question.epoch for question in cancelled] == [4]
    assert panel.map_card.title.startswith("Map · UMAP")
    engine.reply()
    assert not engine.waiting


def test_with_all_maps_loaded_the_epochs_play_in_the_chosen_kind(panel, engine):
    engine.at_once = True
    panel.tools.trails.click()
    panel.choose_kind("tsne")
    panel.time_line.slider.setValue(0)
    panel.time_line.play.setChecked(True)
    assert panel.map_card.title.startswith("Map · t-SNE")
    panel.time_line._next_epoch()
    assert panel.map_card.title.startswith("Map · t-SNE")
    panel.time_line.stop()


def test_the_number_of_trails_is_limited(panel, engine, monkeypatch):
    monkeypatch.setattr(map_card, "MOST_TRAILS", 10)
    engine.at_once = True
    engine.reply()
    panel.tools.trails.click()
    panel.plot.set_selected(np.arange(N))
    assert panel.plot._trails.steps == 20
    assert panel.plot._trails.steps_of_one == 0
    panel.plot.hover(1)  # not among those that are drawn
    assert panel.plot._trails.steps_of_one == 2
    panel.plot.hover(-1)
    assert panel.plot._trails.steps_of_one == 0
    assert "trails of 10 of 60" in panel.map_card.trail_caption.text()


def test_positions_are_looked_up_by_sample():
    shown = Map("run", 1, "pca", XY, INDEX, LABEL, 0.9)
    positions = map_card._positions(shown, np.array([INDEX[3], 1, INDEX[50], 999]))
    np.testing.assert_array_equal(positions[[0, 2]], XY[[3, 50]])
    assert np.isnan(positions[[1, 3]]).all()


def choose(panel, column):
    legend = panel.legend
    index = legend.column.findData(column)
    assert index >= 0
    legend.column.setCurrentIndex(index)
    legend.column.activated.emit(index)


def test_colour_by_a_computed_number(panel, engine):
    choose(panel, "outlier")
    assert "being computed" in panel.computed.note.text()
    engine.reply()
    assert not panel.computed.note.text()
    codes = panel.plot._codes
    assert (codes[0], codes[-1]) == (0, 31)
    choose(panel, "churn")
    assert "no snapshot before" in panel.computed.note.text()


def test_colour_by_clusters_with_grey_noise(panel, engine):
    choose(panel, "kmeans")
    question = engine.reply()
    assert (question.kind, question.count) == ("kmeans", 10)
    assert [entry.count for entry in panel.legend.entries()] == [6] * 10
    assert panel.legend.entries()[0].name == "cluster 1"
    assert panel.computed.note.text() == "10 clusters, NMI .42"
    panel.computed.number.setValue(4)
    assert engine.reply().count == 4
    assert len(panel.legend.entries()) == 4
    choose(panel, "hdbscan")
    assert panel.computed.number.value() == 15
    engine.reply()
    assert (panel.plot._codes[:6] == -1).all()
    assert "10 % in none" in panel.computed.note.text()
    panel.time_line.slider.setValue(0)
    assert [question.epoch for question, *_ in engine.waiting if isinstance(question, ClusterSnapshot)] == [1]


def test_a_cluster_keeps_its_colour_and_stays_hidden_at_another_epoch(panel, engine):
    def of(epoch, label, **more):
        label = np.asarray(label)
        return Clusters("run", epoch, "kmeans", "features", INDEX, label, 3, 0.0, 0.4, 0.3, N, **more)

    choose(panel, "kmeans")
    question, answer, _, progress = engine.waiting.pop()
    progress(0.5)
    assert panel.computed.note.text() == "is being computed… 50 %"
    answer(of(9, np.arange(N) % 3))
    before = {entry.name: entry.colour for entry in panel.legend.entries()}
    panel.legend.isolate(1)
    panel.time_line.slider.setValue(1)
    question, answer, *_ = engine.waiting.pop()
    while isinstance(question, MapSnapshot):
        question, answer, *_ = engine.waiting.pop()
    label = np.array([0, 1, 5])[np.arange(N) % 3]  # the third is new
    answer(of(4, label, after=9, same=2 / 3))
    entries = panel.legend.entries()
    assert [entry.name for entry in entries] == ["cluster 1", "cluster 2", "cluster 6"]
    assert [entry.count for entry in entries] == [20, 20, 20]
    assert [entry.colour for entry in entries[:2]] == [before["cluster 1"], before["cluster 2"]]
    assert entries[2].colour not in before.values()
    np.testing.assert_array_equal(panel.plot.alive, label > 0)  # hidden clusters stay hidden, new ones are shown
    assert "67 % of the samples" in panel.computed.note.toolTip()
    panel.computed.number.setValue(4)
    engine.reply()
    assert panel.plot.alive.all()


def test_categories_without_samples_have_no_entry():
    colouring = colour(
        Labels({"cluster": np.array([2, -1, 0, 2])}, {"cluster": ("a", "b", "c")}, {"cluster": "category"}), "cluster"
    )
    made = without_unused(colouring)
    assert [(entry.name, entry.count) for entry in made.entries] == [("a", 1), ("c", 2)]
    assert made.codes.tolist() == [1, -1, 0, 1]
    assert made.palette == (colouring.palette[0], colouring.palette[2])
    assert without_unused(made) is made


def test_computed_colours_follow_a_part(panel, engine):
    choose(panel, "outlier")
    engine.reply()
    panel.plot.set_selected([50, 51, 52, 53, 54, 55])
    panel.tools.isolate.click()
    assert len(panel.plot._codes) == 6
    assert "outlier" in panel._labels.columns
    np.testing.assert_allclose(panel._labels.columns["outlier"], np.linspace(0, 1, N)[50:56], rtol=1e-6)


def test_the_button_asks_for_a_figure_of_the_map(qtbot, panel):
    with qtbot.waitSignal(panel.figureRequested):
        panel.tools.picture.click()
    source = panel.figure_source()
    assert source.name == "pca_epoch_009"
    figure = source.make(frozenset())
    assert [entry.name for entry in figure.legend] == ["disc", "square", "star"]
    np.testing.assert_array_equal(figure.plots[0].xy, panel.plot.xy)
    panel.legend.toggle(1)
    assert [entry.name for entry in panel.figure_source().make(frozenset()).legend] == ["disc", "star"]
    panel.show_run(None)
    assert panel.figure_source() is None
