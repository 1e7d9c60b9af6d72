"""The Side by side panel: which questions it asks, how the two maps are linked, and the agreement of the shown pair."""

from __future__ import annotations

import shutil
from collections import defaultdict
from pathlib import Path

import numpy as np
import pytest
import yaml
from PySide6.QtCore import QRectF, Qt
from PySide6.QtWidgets import QApplication
from scipy.linalg import orthogonal_procrustes

from engine.embed.agreement import agree
from engine.runs.run_store import Changes, RunSummary
from engine.runs.status import Status
from engine.study.snapshot_spaces import SnapshotSpaces
from tests.workbench.panels.on_screen import on_screen
from workbench import theme
from workbench.bridge.answers import EngineAnswers
from workbench.bridge.data_questions import GetImages, GetLabels, Labels
from workbench.bridge.map_questions import MAP_TITLES, Map, MapKind, MapKinds, MapSnapshot
from workbench.bridge.sample_questions import FileNames
from workbench.bridge.versus_questions import Compared, CompareSpaces, LayMap, SpaceAt
from workbench.models.runs import RunsModel
from workbench.panels.versus.agreement_card import AgreementCard
from workbench.panels.versus.map_link import LEFT, RIGHT, link, of_two_sets
from workbench.panels.versus.panel import VersusPanel
from workbench.panels.versus.selected_card import MOVED
from workbench.panels.versus.space_choice import EMBEDDING, FEATURES, RunSpaces, SpaceChoice, nearest_choice, read_run_spaces

N = 60
NAMES = ("disc", "square", "star")


def make_run(root: Path, name: str, epochs=(0, 4, 9), kept=(), source="shapes", last=True) -> str:
    folder = root / name
    for name in ("embeddings", "checkpoints"):
        (folder / name).mkdir(parents=True)
    for epoch in epochs:
        (folder / "embeddings" / f"epoch_{epoch:03d}.npz").touch()
    for epoch in kept:
        (folder / "checkpoints" / f"epoch_{epoch:03d}.pt").touch()
    if last:
        (folder / "checkpoints" / "last.pt").touch()
    (folder / "config.yaml").write_text(yaml.safe_dump({"data": {"source": source}}))
    return str(folder)


def index_of(folder: str) -> np.ndarray:
    """Indices in the data set of a run's samples, (N,): half of those of "shifted" are shared with the other runs."""
    return np.arange(N) * 2 + (N if "shifted" in folder else 0)


def features_of(folder: str, epoch: int, space: str) -> np.ndarray:
    """(N, 6) features of each sample; with later epochs more samples also depend on the epoch and the space."""
    index = index_of(folder)
    rows = np.random.default_rng(1).normal(size=(4 * N, 6))[index]
    moved = index % (20 if space == FEATURES else 10) < epoch
    rows[moved] = np.random.default_rng(2 + epoch).normal(size=(4 * N, 6))[index][moved]
    return rows


def xy_of(question: MapSnapshot) -> np.ndarray:
    rows = features_of(question.folder, question.epoch, question.space)[:, :2]
    turn = np.array([[0.0, -1.0], [1.0, 0.0]]) if question.epoch else np.eye(2)
    return (rows @ turn * (1 + question.epoch) + 50 * (question.kind == "umap")).astype(np.float32)


class Spaces(SnapshotSpaces):
    def rows(self, folder, epoch, space, progress):
        return features_of(str(folder), epoch, space), index_of(str(folder))


class FakeAsk:
    """Answers questions at once, except the kinds in `hold`, which wait for `release`; `by` lists the questions by asker."""

    def __init__(self):
        self.by, self.hold, self.held, self.fail = defaultdict(list), set(), [], set()
        self.engine = EngineAnswers()
        self.engine.session.get(SnapshotSpaces, Spaces)

    def asker(self, who):
        def ask(question, answer, failed=None, progress=None):
            self.by[who].append(question)
            kind = getattr(question, "kind", type(question).__name__)
            if kind in self.fail:
                failed("The data are gone.")
            elif kind in self.hold:
                self.held.append((question, answer, failed, progress))
            else:
                answer(self.answer(question))

        return ask

    def release(self, index=0):
        question, answer, _, _ = self.held.pop(index)
        answer(self.answer(question))

    def answer(self, question):
        if isinstance(question, MapSnapshot):
            index = index_of(question.folder)
            epoch = 9 if question.space == EMBEDDING else question.epoch
            return Map(question.folder, question.epoch, question.kind, xy_of(question), index, index % 3, 0.87, space_epoch=epoch)
        if isinstance(question, GetLabels):
            index = np.asarray(question.index)
            names = NAMES if question.data["source"] == "shapes" else ("star", "moon")
            columns = {"class": index // 2 % len(names), "size": index / 4 / N}
            return Labels(columns, {"class": names}, {"class": "category", "size": "number"})
        if isinstance(question, GetImages):
            return np.stack([np.full((8, 8, 3), one % 256, np.uint8) for one in question.index])
        if isinstance(question, MapKinds):
            return tuple(MapKind(kind, title, "Not here." if kind == "pacmap" else "") for kind, title in MAP_TITLES.items())
        if isinstance(question, FileNames):
            return tuple(f"photos/{one}.jpg" for one in question.index)
        assert isinstance(question, CompareSpaces | LayMap)
        return self.engine(question, lambda _: None, lambda: True)


@pytest.fixture
def fake_ask():
    return FakeAsk()


@pytest.fixture
def runs(tmp_path):
    model = RunsModel()
    for name in ("one", "other", "shifted"):
        make_run(tmp_path, name)
    make_run(tmp_path, "unrelated", source="digits")
    make_run(tmp_path, "young", epochs=())
    summaries = [RunSummary(path, "finished", Status()) for path in sorted(tmp_path.iterdir())]
    model.apply(Changes(added=tuple(summaries)))
    return model


@pytest.fixture
def panel(qtbot, fake_ask, runs):
    return on_screen(
        qtbot, VersusPanel(fake_ask.asker("panel"), (fake_ask.asker("left"), fake_ask.asker("right")), runs), 1000, 560
    )


@pytest.fixture
def one(tmp_path, panel):
    """A run that is shown."""
    panel.show_run(str(tmp_path / "one"))
    return str(tmp_path / "one")


# Choice


def test_without_a_run_a_hint_is_shown_and_nothing_is_requested(panel, fake_ask):
    assert not fake_ask.by
    assert all("Pick a run" in side.empty.text() and side.plot.isHidden() for side in panel.sides)
    assert not panel.bar.epochs.isEnabled()
    assert not panel.selected_card.moved.isEnabled()


def test_a_run_is_shown_at_its_first_and_last_epoch(panel, fake_ask, one):
    assert [side.choice for side in panel.sides] == [SpaceChoice(one, 0), SpaceChoice(one, 9)]
    for who, epoch in (("left", 0), ("right", 9)):
        maps = [question for question in fake_ask.by[who] if isinstance(question, MapSnapshot)]
        assert maps == [MapSnapshot(one, epoch, "pca"), MapSnapshot(one, epoch, "umap")]
    assert [side.map.kind for side in panel.sides] == ["umap", "umap"]
    assert "UMAP of 60 · trustworthiness .87" in panel.left.state.text()


def test_kinds_of_map_are_listed_and_unavailable_ones_give_a_reason(panel, fake_ask, one):
    assert [question for question in fake_ask.by["panel"] if isinstance(question, MapKinds)] == [MapKinds()]
    for side in panel.sides:
        model = side.kind.model()
        items = [model.item(index) for index in range(side.kind.count())]
        assert [item.text() for item in items] == ["PCA", "UMAP", "t-SNE", "PaCMAP", "umap-learn"]
        assert [item.isEnabled() for item in items] == [True, True, True, False, True]
        assert items[3].toolTip() == "Not here."
    index = panel.left.kind.findData("tsne")
    panel.left.kind.setCurrentIndex(index)
    panel.left.kind.activated.emit(index)
    assert fake_ask.by["left"][-1] == MapSnapshot(one, 0, "tsne", perplexity=30.0)
    assert panel.left.state.text().startswith("t-SNE of 60")
    assert not panel.together  # the right map is a UMAP
    panel.right.choose(SpaceChoice(one, 9, kind="tsne"))
    assert panel.together


def test_a_map_is_requested_with_the_parameters_of_the_map_panel(panel, fake_ask, one):
    from workbench.panels.embedding.map_loader import MapOptions

    for kind in ("umap", "tsne", "pacmap"):
        panel.left.choose(SpaceChoice(one, 4, kind=kind))
        assert fake_ask.by["left"][-1] == MapOptions().of_kind(kind, 0.5).question(one, 4)


def test_a_run_has_the_colour_of_the_run_list_in_both_themes(qtbot, panel, one, runs):
    index = panel.left.run.findData(one)

    def dot():
        return panel.left.run.itemIcon(index).pixmap(10, 10).toImage().pixelColor(5, 5).name()

    key = next(row.key for row in runs.rows() if row.folder == one)
    seen = dot()
    assert seen == runs.colour(key)
    theme.apply("light")
    try:
        qtbot.waitUntil(lambda: dot() == runs.colour(key) != seen)
    finally:
        theme.apply("dark")


def test_a_hidden_panel_requests_nothing_until_it_is_shown(panel, fake_ask, tmp_path):
    panel.hide()
    panel.show_run(str(tmp_path / "one"))
    assert not fake_ask.by
    panel.show()
    assert len(fake_ask.by["left"]) > 0
    before = len(fake_ask.by["left"])
    panel.hide()
    panel.show()
    assert len(fake_ask.by["left"]) == before


def test_only_runs_with_a_snapshot_can_be_chosen(panel, one, tmp_path):
    names = [panel.left.run.itemText(index) for index in range(panel.left.run.count())]
    assert names == ["one", "other", "shifted", "unrelated"]
    panel.show_run(str(tmp_path / "young"))
    assert "no snapshot yet" in panel.left.empty.text()
    assert panel.left.run.currentText() == "young"
    make_run(tmp_path / "more", "x")  # only to have a file to move
    (tmp_path / "young" / "embeddings" / "epoch_002.npz").touch()
    panel.snapshot_added(str(tmp_path / "young"))
    assert panel.left.choice.epoch == 2
    assert panel.left.map is not None


def test_selecting_another_run_keeps_the_comparison(panel, one, tmp_path):
    panel.show_run(str(tmp_path / "other"))
    assert [(Path(side.choice.folder).name, side.choice.epoch) for side in panel.sides] == [("other", 0), ("other", 9)]
    panel.this_run_and(one)
    panel.show_run(str(tmp_path / "shifted"))
    assert [(Path(side.choice.folder).name, side.choice.epoch) for side in panel.sides] == [("shifted", 9), ("one", 9)]


def test_first_and_last_stays_selected_after_a_run_with_one_snapshot(panel, fake_ask, one, tmp_path):
    """A new run has only its untrained snapshot; epochs 0 and 0 must not stay selected for the runs shown after it."""
    begun = make_run(tmp_path, "begun", epochs=(0,))
    panel.show_run(begun)
    assert [side.choice for side in panel.sides] == [SpaceChoice(begun, 0), SpaceChoice(begun, -1)]
    assert "only one snapshot" in panel.right.empty.text()
    assert panel.right.map is None
    assert panel.agreement.kept.text() == panel.agreement.cka.text() == "–"
    assert not [
        question for question in fake_ask.by["panel"] if isinstance(question, CompareSpaces) and question.left.folder == begun
    ]
    panel.show_run(one)
    assert [side.choice for side in panel.sides] == [SpaceChoice(one, 0), SpaceChoice(one, 9)]
    panel.show_run(begun)
    for epoch in (1, 2):
        shutil.copy(Path(begun) / "embeddings" / "epoch_000.npz", Path(begun) / "embeddings" / f"epoch_{epoch:03d}.npz")
        panel.snapshot_added(begun)
        assert [side.choice.epoch for side in panel.sides] == [0, epoch]
    assert "%" in panel.agreement.kept.text()


def test_a_picked_epoch_is_kept_by_its_number(panel, one, tmp_path):
    begun = make_run(tmp_path, "begun", epochs=(0,))
    index = panel.left.epoch.findData(4)
    panel.left.epoch.setCurrentIndex(index)
    panel.left.epoch.activated.emit(index)
    assert not panel.bar.epochs.isChecked()
    panel.show_run(begun)
    assert [side.choice.epoch for side in panel.sides] == [0, -1], "nobody fake_ask for one space twice"
    panel.show_run(one)
    assert [side.choice.epoch for side in panel.sides] == [4, 9]


def test_the_comparison_of_spaces_or_runs_is_kept_for_the_next_run(qtbot, panel, one, tmp_path):
    other, long = str(tmp_path / "other"), make_run(tmp_path, "long", epochs=(0, 4, 20))
    assert (panel.bar.epochs.isChecked(), panel.bar.spaces.isChecked()) == (True, False)
    for _ in range(2):
        qtbot.mouseClick(panel.bar.spaces, Qt.MouseButton.LeftButton)
        assert (panel.bar.epochs.isChecked(), panel.bar.spaces.isChecked()) == (False, True)
    panel.show_run(long)
    assert [(side.choice.epoch, side.choice.space) for side in panel.sides] == [(20, FEATURES), (20, EMBEDDING)]
    panel.this_run_and(other)
    panel.show_run(other)
    # The run that the right map shows was chosen: the two change spaces.
    assert [(side.choice.folder, side.choice.epoch) for side in panel.sides] == [(other, 9), (long, 20)]
    panel.this_run_and(other)
    assert "the same space" in panel.right.empty.text()


def test_each_common_comparison_takes_one_click(qtbot, panel, one, tmp_path):
    qtbot.mouseClick(panel.bar.spaces, Qt.MouseButton.LeftButton)
    assert [(side.choice.epoch, side.choice.space) for side in panel.sides] == [(9, FEATURES), (9, EMBEDDING)]
    index = panel.bar.run.findText("other")
    panel.bar.run.setCurrentIndex(index)
    panel.bar.run.activated.emit(index)
    assert panel.bar.run.currentIndex() == 0
    assert [side.choice for side in panel.sides] == [SpaceChoice(one, 9), SpaceChoice(str(tmp_path / "other"), 9)]
    qtbot.mouseClick(panel.bar.epochs, Qt.MouseButton.LeftButton)
    assert [side.choice for side in panel.sides] == [SpaceChoice(one, 0), SpaceChoice(one, 9)]


def test_the_projector_is_available_at_epochs_with_a_checkpoint(tmp_path, panel, one):
    assert read_run_spaces(make_run(tmp_path, "kept", epochs=(0, 3, 6, 9), kept=(4,))).projector == (0, 3, 9)
    assert read_run_spaces(make_run(tmp_path, "late", epochs=(2, 5), last=False)).projector == ()
    panel.left.space.setCurrentIndex(1)
    panel.left.space.activated.emit(1)
    assert panel.left.choice == SpaceChoice(one, 0, EMBEDDING)
    model = panel.left.epoch.model()
    assert [model.item(index).isEnabled() for index in range(3)] == [True, False, True]
    assert "epochs 0, 9" in panel.left.epoch.toolTip()
    assert "projector of epoch 9" in panel.left.state.text()


def test_a_missing_epoch_is_replaced_by_the_nearest(tmp_path):
    now = RunSpaces((0, 3, 6), (0, 6))
    assert nearest_choice(SpaceChoice("x", 9), now).epoch == 6
    assert nearest_choice(SpaceChoice("x", 1), now).epoch == 0
    assert nearest_choice(SpaceChoice("x", 4), now).epoch == 3
    assert nearest_choice(SpaceChoice("x", 4, EMBEDDING), now).epoch == 6
    assert nearest_choice(SpaceChoice("x", 4), RunSpaces()).epoch == -1


# Maps


def test_a_slow_map_follows_the_pca_and_can_be_cancelled(qtbot, panel, fake_ask, tmp_path):
    fake_ask.hold = {"umap"}
    panel.show_run(str(tmp_path / "one"))
    assert [side.map.kind for side in panel.sides] == ["pca", "pca"]
    fake_ask.held[0][3](0.4)
    assert panel.left.cancel.isVisible()
    with qtbot.waitSignal(panel.mapCancelled) as cancelled:
        panel.left.cancel.click()
    assert cancelled.args == [LEFT, MapSnapshot(str(tmp_path / "one"), 0, "umap")]
    fake_ask.release(0)  # the answer arrives after the cancel
    assert panel.left.map.kind == "pca"
    fake_ask.release(0)
    assert panel.right.map.kind == "umap"
    assert "different kinds" in panel.bar.link.toolTip()
    assert not panel.together


def test_a_failed_map_shows_the_reason(panel, fake_ask, one):
    fake_ask.hold = {"pca"}
    panel.backbone_and_projector()
    fake_ask.held[-1][2]("jigsaw has no embedding of single views.\n\nTraceback")
    assert panel.right.empty.text() == "jigsaw has no embedding of single views."
    assert not panel.right.empty.isHidden()


def test_the_right_map_is_aligned_with_the_left(panel, one):
    """The last epoch's map is the first one rotated and ten times as large, except for the samples that moved."""
    (left, right), raw = (side.plot.xy for side in panel.sides), panel.right.map.xy
    a, b = raw - raw.mean(0), left - left.mean(0)
    turn, _ = orthogonal_procrustes(a, b)
    np.testing.assert_allclose(right, a @ turn * np.linalg.norm(b) / np.linalg.norm(a) + left.mean(0), atol=1e-3)
    unmoved = index_of(one) % 20 >= 9
    assert np.linalg.norm(left - right, axis=1)[unmoved].mean() < 0.5 * np.linalg.norm(left - right, axis=1)[~unmoved].mean()
    assert panel.together


def test_both_cameras_move_together_while_the_box_is_checked(panel, one):
    part = QRectF(49, 49, 2, 2)
    panel.left.plot.set_camera(part)
    panel.left.plot.cameraMoved.emit(panel.left.plot.camera())
    assert panel.right.plot.camera().center() == panel.left.plot.camera().center()
    panel.bar.link.setChecked(False)
    before = panel.left.plot.camera()
    panel.right.plot.cameraMoved.emit(QRectF(0, 0, 1, 1))
    assert panel.left.plot.camera() == before
    panel.bar.link.setChecked(True)
    whole = panel.left.plot.camera()
    for side in panel.sides:
        assert whole.contains(QRectF(*side.plot.xy.min(0), *np.ptp(side.plot.xy, axis=0)))


# Links


def test_a_selection_on_one_map_selects_the_same_samples_on_the_other(panel, one):
    panel.left.plot.set_selected([3, 5])
    assert panel.right.plot.selected.tolist() == [3, 5]
    assert sorted(panel.thumbnails.ids.tolist()) == [6, 10]
    panel.right.plot.set_selected([7])
    assert panel.left.plot.selected.tolist() == [7]
    panel.selected_card.clear.click()
    assert [len(side.plot.selected) for side in panel.sides] == [0, 0]
    assert panel.selected_card.state == ""


def test_two_subsets_of_one_data_set_are_linked_by_their_common_samples(panel, one, tmp_path):
    panel.this_run_and(str(tmp_path / "shifted"))
    shared = np.intersect1d(index_of("one"), index_of("shifted"))
    assert len(shared) == N // 2
    assert "30 samples are on both maps and linked, of 60 at the left and 60 at the right." in panel.agreement.words.text()
    panel.left.plot.set_selected([0, 30])
    assert panel.right.plot.selected.tolist() == [0]  # sample 60 is row 30 at the left and row 0 at the right
    assert set(panel.thumbnails.ids.tolist()) == {0, 60}
    panel.select_moved()
    assert set(panel.thumbnails.ids.tolist()) <= set(shared.tolist())


def test_runs_on_different_data_are_not_linked(qtbot, panel, fake_ask, one, tmp_path):
    panel.left.plot.set_selected([4])
    panel.this_run_and(str(tmp_path / "unrelated"))
    assert "different data" in panel.agreement.words.text()
    assert panel.agreement.kept.text() == panel.agreement.cka.text() == "–"
    assert not panel.together
    assert not panel.selected_card.moved.isEnabled()
    assert not len(panel.right.plot.selected)
    panel.right.plot.set_selected([4])
    assert not len(panel.left.plot.selected)
    assert panel.thumbnails.ids.tolist() == [8]
    qtbot.waitUntil(lambda: panel.thumbnails.image_at(0) is not None, timeout=3000)
    wanted = [question for question in fake_ask.by["right"] if isinstance(question, GetImages)]
    assert [(question.data["source"], question.index) for question in wanted] == [("digits", (8,))]


def test_the_selection_is_cleared_for_other_data(panel, one, tmp_path):
    panel.left.plot.set_selected([4])
    panel.show_run(str(tmp_path / "unrelated"))
    assert not len(panel.thumbnails.ids)
    assert not len(panel.left.plot.selected)


def test_hovering_on_one_map_rings_the_sample_on_the_other_and_shows_its_image(qtbot, panel, one):
    panel.left.plot.hover(7)
    assert panel.right.plot._hover == 7
    qtbot.waitUntil(panel.left.hover_card.isVisible, timeout=3000)
    assert panel.left.hover_card.grid.cells[0].image[0, 0, 0] == 14
    assert panel.left.hover_card.label.text() == NAMES[7 % 3]
    assert panel.left.hover_card.name.full_text == "14.jpg"
    assert panel.right.hover_card.isHidden()
    panel.left.plot.hover(-1)
    assert panel.right.plot._hover == -1
    assert panel.left.hover_card.isHidden()


def test_a_thumbnail_rings_its_sample_on_both_maps(panel, one):
    panel.left.plot.set_selected([3, 5])
    row = int(panel.thumbnails.ids[1]) // 2
    panel.thumbnails.hovered.emit(1)
    assert [side.plot._hover for side in panel.sides] == [row, row]
    panel.thumbnails.activated.emit(1)
    assert [side.plot._marked for side in panel.sides] == [row, row]
    panel.thumbnails.hovered.emit(-1)
    panel.right.plot.hover(row)
    assert panel.thumbnails.ring == 1


# Colours


def test_one_legend_colours_both_maps_and_counts_each_sample_once(panel, one, tmp_path):
    panel.this_run_and(str(tmp_path / "shifted"))
    assert [entry.accessibleName() for entry in panel.legend.entries] == ["disc, 30", "square, 30", "star, 30"]
    for side in panel.sides:
        assert side.plot._codes.tolist() == (side.map.index // 2 % 3).tolist()
    panel.legend.entries[1].click()
    for side in panel.sides:
        assert side.plot.alive.tolist() == (side.map.index // 2 % 3 != 1).tolist()
    panel.legend.isolate(2)
    assert [entry.isChecked() for entry in panel.legend.entries] == [False, False, True]


def test_missing_data_falls_back_to_the_classes_of_the_snapshots(panel, fake_ask, tmp_path):
    fake_ask.fail = {"GetLabels"}
    panel.show_run(str(tmp_path / "one"))
    assert panel.left.plot._codes.tolist() == (panel.left.map.index % 3).tolist()
    assert panel.colouring.text(LEFT, 1) == "class 2"


def test_hidden_classes_stay_hidden_on_another_map(panel, one):
    panel.legend.entries[1].click()
    panel.left.choose(SpaceChoice(one, 4))
    assert panel.left.plot.alive.tolist() == (panel.left.map.index // 2 % 3 != 1).tolist()


def test_a_number_colours_both_maps_by_one_scale(panel, one):
    panel.colouring.colour_by("size")
    assert panel.legend.entries == ()
    assert panel.left.plot._codes.tolist() == panel.right.plot._codes.tolist()


def test_classes_of_one_name_have_one_colour_in_two_data_sets(panel, one, tmp_path):
    panel.this_run_and(str(tmp_path / "unrelated"))
    assert [entry.accessibleName() for entry in panel.legend.entries] == ["disc, 20", "square, 20", "star, 50", "moon, 30"]
    assert panel.right.plot._codes.tolist() == np.where(panel.right.map.index // 2 % 2 == 0, 2, 3).tolist()


def test_classes_without_names_are_not_merged():
    kinds = {"class": "category", "size": "number"}
    left = Labels({"class": np.array([0, 1]), "size": np.array([1.0, 2.0])}, {"class": ("a", "b")}, kinds)
    right = Labels({"class": np.array([0, -1]), "size": np.array([3.0, 4.0])}, {}, kinds)
    assert list(of_two_sets(left, right).labels.columns) == ["size"]
    named = Labels({"class": np.array([0, -1]), "size": np.array([3.0, 4.0])}, {"class": ("b",)}, kinds)
    pool = of_two_sets(left, named)
    assert pool.labels.columns["class"].tolist() == [0, 1, 1, -1]
    assert pool.rows[RIGHT].tolist() == [2, 3]


# Agreement


def test_the_agreement_is_that_of_the_two_spaces(panel, fake_ask, one):
    expected = agree(features_of(one, 0, FEATURES), features_of(one, 9, FEATURES))
    assert 0 < expected.share < 1
    assert panel.agreement.kept.text() == f"{expected.share:.0%}".replace("%", " %")
    assert panel.agreement.cka.text() == f"{expected.cka:.2f}".lstrip("0")
    assert f"{expected.share * 15:.1f} of 15 nearest" in panel.agreement.kept_label.text()
    assert "All 60 samples" in panel.agreement.words.text()
    compared = [question for question in fake_ask.by["panel"] if isinstance(question, CompareSpaces)]
    assert compared == [CompareSpaces(SpaceAt(one, 0), SpaceAt(one, 9))]


def test_few_samples_limit_the_number_of_neighbours_shown(qtbot):
    card = AgreementCard()
    qtbot.addWidget(card)
    assert "15 nearest" in card.kept.toolTip()
    generator = np.random.default_rng(0)
    five = agree(generator.normal(size=(5, 3)), generator.normal(size=(5, 3)))
    spaces = SpaceAt("one", 0), SpaceAt("one", 9)
    compared = Compared(*spaces, np.arange(5), five.kept, five.order, five.k, five.share, five.chance, five.cka)
    card.show_compared(compared, "5 samples")
    assert "of 4 nearest" in card.kept_label.text()
    assert card.kept.toolTip().count("4 nearest") == 2
    assert card.kept_label.toolTip() == card.kept.accessibleDescription() == card.kept.toolTip()


def test_a_space_agrees_fully_with_itself(panel, one):
    panel.right.choose(SpaceChoice(one, 0))
    assert panel.agreement.kept.text() == "100 %"
    assert panel.agreement.cka.text() == "1.00"


def test_moved_most_selects_the_samples_with_the_fewest_neighbours_kept(panel, one):
    panel.selected_card.moved.click()
    expected = agree(features_of(one, 0, FEATURES), features_of(one, 9, FEATURES))
    wanted = index_of(one)[expected.order[:MOVED]]
    assert panel.thumbnails.ids.tolist() == wanted.tolist()
    assert panel.thumbnails.captions[0] == f"{round(expected.kept[expected.order[0]] * 15)} of 15"
    assert panel.left.plot.selected.tolist() == sorted(expected.order[:MOVED].tolist())
    assert "fewest" in panel.selected_card.state
    panel.left.plot.set_selected(np.arange(N))
    assert panel.thumbnails.ids.tolist() == index_of(one)[expected.order].tolist()


def test_a_late_answer_for_an_earlier_comparison_is_dropped(panel, fake_ask, tmp_path):
    fake_ask.hold = {"CompareSpaces"}
    panel.show_run(str(tmp_path / "one"))
    assert "Comparing" in panel.agreement.words.text()
    panel.left.choose(SpaceChoice(str(tmp_path / "one"), 9))
    fake_ask.release(0)
    assert panel.agreement.kept.text() == "–"
    fake_ask.release(0)
    assert panel.agreement.kept.text() == "100 %"


def test_a_link_finds_the_rows_of_one_sample():
    made = link(np.array([9, 3, 5]), np.array([5, 7, 9]), True)
    assert made.index.tolist() == [5, 9]
    assert made.across(np.array([0, 1]), LEFT).tolist() == [2]
    assert made.across(np.array([0, 1, 2]), RIGHT).tolist() == [2, 0]
    assert not len(link(np.array([1, 2]), np.array([1, 2]), False).index)


def test_the_panel_fits_beside_the_run_list_on_a_small_screen(panel, one):
    assert panel.minimumSizeHint().width() <= 1000
    assert panel.minimumSizeHint().height() <= 560
    panel.grab()


def test_a_map_of_the_last_epoch_moves_to_a_new_snapshot(panel, one):
    shutil.copy(Path(one) / "embeddings" / "epoch_009.npz", Path(one) / "embeddings" / "epoch_012.npz")
    panel.snapshot_added(one)
    assert [side.choice.epoch for side in panel.sides] == [0, 12]
    panel.right.choose(SpaceChoice(one, 9))
    shutil.copy(Path(one) / "embeddings" / "epoch_009.npz", Path(one) / "embeddings" / "epoch_015.npz")
    panel.snapshot_added(one)
    assert [side.choice.epoch for side in panel.sides] == [0, 9], "an epoch that was chosen stays"


def test_the_choices_of_a_narrow_side_have_two_lines_and_room_for_their_words(panel):
    side = panel.left

    def cut(combo):
        return combo.fontMetrics().horizontalAdvance("backbone") > combo.width() - 34

    for width, lines in ((300, 2), (500, 1), (300, 2)):
        panel.resize(2 * width + 20, 600)
        QApplication.processEvents()
        assert len({combo.y() for combo in (side.run, side.epoch, side.space, side.kind)}) == lines, side.width()
        assert not cut(side.space)
        assert side.run.width() > side.epoch.width()
