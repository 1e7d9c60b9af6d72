"""Side by side: what is asked, that both maps show the same samples alike, and that every number is of the pair that is shown."""

from __future__ import annotations

import shutil
from collections import defaultdict
from pathlib import Path

import numpy as np
import pytest
import yaml
from PySide6.QtCore import QRectF, Qt
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
from workbench.bridge.versus_questions import Compared, CompareSpaces, LayMap, SpaceAt
from workbench.models.runs import RunsModel
from workbench.panels.versus.agreement import AgreementCard
from workbench.panels.versus.choice import EMBEDDING, FEATURES, Chosen, RunSpaces, fitted, spaces_of
from workbench.panels.versus.linked import LEFT, RIGHT, link, of_two_sets
from workbench.panels.versus.panel import VersusPanel
from workbench.panels.versus.selected import MOVED

N = 60
NAMES = ("disc", "square", "star")


def make_run(root: Path, name: str, epochs=(0, 4, 9), kept=(), source="shapes", last=True) -> str:
    folder = root / name
    for place in ("embeddings", "checkpoints"):
        (folder / place).mkdir(parents=True)
    for epoch in epochs:
        (folder / "embeddings" / f"epoch_{epoch:03d}.npz").touch()
    for epoch in kept:
        (folder / "checkpoints" / f"epoch_{epoch:03d}.pt").touch()
    if last:
        (folder / "checkpoints" / "last.pt").touch()
    (folder / "config.yaml").write_text(yaml.safe_dump({"data": {"source": source}}))
    return str(folder)


def index_of(folder: str) -> np.ndarray:
    """Places of a run's samples: "shifted" has a sample of its own, half of it shared."""
    return np.arange(N) * 2 + (N if "shifted" in folder else 0)


def features_of(folder: str, epoch: int, space: str) -> np.ndarray:
    """Directions that depend on the sample and, more and more of the samples, on the epoch and the space."""
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


class Asked:
    """Answers what the panel asks at once, but for what is held; keeps count of who asked what."""

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

    def release(self, place=0):
        question, answer, _, _ = self.held.pop(place)
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
        assert isinstance(question, CompareSpaces | LayMap)
        return self.engine(question, lambda _: None, lambda: True)


@pytest.fixture
def asked():
    return Asked()


@pytest.fixture
def runs(tmp_path):
    model = RunsModel()
    for name in ("one", "other", "shifted"):
        make_run(tmp_path, name)
    make_run(tmp_path, "strange", source="digits")
    make_run(tmp_path, "young", epochs=())
    summaries = [RunSummary(path, "finished", Status()) for path in sorted(tmp_path.iterdir())]
    model.apply(Changes(added=tuple(summaries)))
    return model


@pytest.fixture
def panel(qtbot, asked, runs):
    return on_screen(qtbot, VersusPanel(asked.asker("panel"), (asked.asker("left"), asked.asker("right")), runs), 1000, 560)


@pytest.fixture
def one(tmp_path, panel):
    """A run that is shown."""
    panel.show_run(str(tmp_path / "one"))
    return str(tmp_path / "one")


# What is shown


def test_without_a_run_it_says_what_to_do_and_asks_nothing(panel, asked):
    assert not asked.by
    assert all("Pick a run" in side.empty.text() and side.plot.isHidden() for side in panel.sides)
    assert not panel.ready.epochs.isEnabled()
    assert not panel.selected_card.moved.isEnabled()


def test_a_run_stands_at_its_first_and_its_last_epoch(panel, asked, one):
    assert [side.choice for side in panel.sides] == [Chosen(one, 0), Chosen(one, 9)]
    for who, epoch in (("left", 0), ("right", 9)):
        maps = [question for question in asked.by[who] if isinstance(question, MapSnapshot)]
        assert maps == [MapSnapshot(one, epoch, "pca"), MapSnapshot(one, epoch, "umap")]
    assert [side.map.kind for side in panel.sides] == ["umap", "umap"]
    assert "UMAP of 60 · trustworthiness .87" in panel.left.state.text()


def test_the_kinds_of_the_map_are_offered_and_what_is_missing_says_why(panel, asked, one):
    assert [question for question in asked.by["panel"] if isinstance(question, MapKinds)] == [MapKinds()]
    for side in panel.sides:
        model = side.kind.model()
        items = [model.item(place) for place in range(side.kind.count())]
        assert [item.text() for item in items] == ["PCA", "UMAP", "t-SNE", "PaCMAP", "umap-learn"]
        assert [item.isEnabled() for item in items] == [True, True, True, False, True]
        assert items[3].toolTip() == "Not here."
    place = panel.left.kind.findData("tsne")
    panel.left.kind.setCurrentIndex(place)
    panel.left.kind.activated.emit(place)
    assert asked.by["left"][-1] == MapSnapshot(one, 0, "tsne", perplexity=30.0)
    assert panel.left.state.text().startswith("t-SNE of 60")
    assert not panel.together  # a UMAP stands beside it
    panel.right.choose(Chosen(one, 9, kind="tsne"))
    assert panel.together


def test_a_map_is_asked_for_as_the_map_panel_does(panel, asked, one):
    from workbench.panels.embedding.maps import Wish

    for kind in ("umap", "tsne", "pacmap"):
        panel.left.choose(Chosen(one, 4, kind=kind))
        assert asked.by["left"][-1] == Wish().of_kind(kind, 0.5).question(one, 4)


def test_a_run_has_the_colour_of_the_list_in_either_theme(qtbot, panel, one, runs):
    place = panel.left.run.findData(one)

    def dot():
        return panel.left.run.itemIcon(place).pixmap(10, 10).toImage().pixelColor(5, 5).name()

    key = next(row.key for row in runs.rows() if row.folder == one)
    seen = dot()
    assert seen == runs.colour(key)
    theme.apply("light")
    try:
        qtbot.waitUntil(lambda: dot() == runs.colour(key) != seen)
    finally:
        theme.apply("dark")


def test_a_hidden_panel_asks_nothing_until_it_is_seen(panel, asked, tmp_path):
    panel.hide()
    panel.show_run(str(tmp_path / "one"))
    assert not asked.by
    panel.show()
    assert len(asked.by["left"]) > 0
    before = len(asked.by["left"])
    panel.hide()
    panel.show()
    assert len(asked.by["left"]) == before


def test_only_runs_with_a_snapshot_can_be_chosen(panel, one, tmp_path):
    names = [panel.left.run.itemText(place) for place in range(panel.left.run.count())]
    assert names == ["one", "other", "shifted", "strange"]
    panel.show_run(str(tmp_path / "young"))
    assert "no snapshot yet" in panel.left.empty.text()
    assert panel.left.run.currentText() == "young"
    make_run(tmp_path / "more", "x")  # only to have a file to move
    (tmp_path / "young" / "embeddings" / "epoch_002.npz").touch()
    panel.snapshot_added(str(tmp_path / "young"))
    assert panel.left.choice.epoch == 2
    assert panel.left.map is not None


def test_another_run_in_the_list_keeps_what_was_compared(panel, one, tmp_path):
    panel.show_run(str(tmp_path / "other"))
    assert [(Path(side.choice.folder).name, side.choice.epoch) for side in panel.sides] == [("other", 0), ("other", 9)]
    panel.this_run_and(one)
    panel.show_run(str(tmp_path / "shifted"))
    assert [(Path(side.choice.folder).name, side.choice.epoch) for side in panel.sides] == [("shifted", 9), ("one", 9)]


def test_first_and_last_is_a_mode_that_a_run_of_one_snapshot_does_not_end(panel, asked, one, tmp_path):
    """Every run that begins has its untrained snapshot alone: its numbers, 0 and 0, stayed for all runs that were chosen later."""
    begun = make_run(tmp_path, "begun", epochs=(0,))
    panel.show_run(begun)
    assert [side.choice for side in panel.sides] == [Chosen(begun, 0), Chosen(begun, -1)]
    assert "only one snapshot" in panel.right.empty.text()
    assert panel.right.map is None
    assert panel.agreement.kept.text() == panel.agreement.cka.text() == "–"
    assert not [question for question in asked.by["panel"] if isinstance(question, CompareSpaces) and question.left.folder == begun]
    panel.show_run(one)
    assert [side.choice for side in panel.sides] == [Chosen(one, 0), Chosen(one, 9)]
    panel.show_run(begun)
    for epoch in (1, 2):
        shutil.copy(Path(begun) / "embeddings" / "epoch_000.npz", Path(begun) / "embeddings" / f"epoch_{epoch:03d}.npz")
        panel.snapshot_added(begun)
        assert [side.choice.epoch for side in panel.sides] == [0, epoch]
    assert "%" in panel.agreement.kept.text()


def test_an_epoch_that_was_picked_stands_for_its_number(panel, one, tmp_path):
    begun = make_run(tmp_path, "begun", epochs=(0,))
    place = panel.left.epoch.findData(4)
    panel.left.epoch.setCurrentIndex(place)
    panel.left.epoch.activated.emit(place)
    assert not panel.ready.epochs.isChecked()
    panel.show_run(begun)
    assert [side.choice.epoch for side in panel.sides] == [0, -1], "nobody asked for one space twice"
    panel.show_run(one)
    assert [side.choice.epoch for side in panel.sides] == [4, 9]


def test_two_spaces_and_two_runs_stay_what_is_compared(qtbot, panel, one, tmp_path):
    other, long = str(tmp_path / "other"), make_run(tmp_path, "long", epochs=(0, 4, 20))
    assert (panel.ready.epochs.isChecked(), panel.ready.spaces.isChecked()) == (True, False)
    for _ in range(2):
        qtbot.mouseClick(panel.ready.spaces, Qt.MouseButton.LeftButton)
        assert (panel.ready.epochs.isChecked(), panel.ready.spaces.isChecked()) == (False, True)
    panel.show_run(long)
    assert [(side.choice.epoch, side.choice.space) for side in panel.sides] == [(20, FEATURES), (20, EMBEDDING)]
    panel.this_run_and(other)
    panel.show_run(other)
    # The run that the right map shows was chosen: the two change places.
    assert [(side.choice.folder, side.choice.epoch) for side in panel.sides] == [(other, 9), (long, 20)]
    panel.this_run_and(other)
    assert "the same space" in panel.right.empty.text()


def test_the_ready_choices_are_one_click_each(qtbot, panel, one, tmp_path):
    qtbot.mouseClick(panel.ready.spaces, Qt.MouseButton.LeftButton)
    assert [(side.choice.epoch, side.choice.space) for side in panel.sides] == [(9, FEATURES), (9, EMBEDDING)]
    place = panel.ready.run.findText("other")
    panel.ready.run.setCurrentIndex(place)
    panel.ready.run.activated.emit(place)
    assert panel.ready.run.currentIndex() == 0
    assert [side.choice for side in panel.sides] == [Chosen(one, 9), Chosen(str(tmp_path / "other"), 9)]
    qtbot.mouseClick(panel.ready.epochs, Qt.MouseButton.LeftButton)
    assert [side.choice for side in panel.sides] == [Chosen(one, 0), Chosen(one, 9)]


def test_the_projector_is_offered_where_a_checkpoint_knows_it(tmp_path, panel, one):
    assert spaces_of(make_run(tmp_path, "kept", epochs=(0, 3, 6, 9), kept=(4,))).projector == (0, 3, 9)
    assert spaces_of(make_run(tmp_path, "late", epochs=(2, 5), last=False)).projector == ()
    panel.left.space.setCurrentIndex(1)
    panel.left.space.activated.emit(1)
    assert panel.left.choice == Chosen(one, 0, EMBEDDING)
    model = panel.left.epoch.model()
    assert [model.item(place).isEnabled() for place in range(3)] == [True, False, True]
    assert "epochs 0, 9" in panel.left.epoch.toolTip()
    assert "projector of epoch 9" in panel.left.state.text()


def test_a_wanted_epoch_that_a_run_has_not_is_the_nearest(tmp_path):
    now = RunSpaces((0, 3, 6), (0, 6))
    assert fitted(Chosen("x", 9), now).epoch == 6
    assert fitted(Chosen("x", 1), now).epoch == 0
    assert fitted(Chosen("x", 4), now).epoch == 3
    assert fitted(Chosen("x", 4, EMBEDDING), now).epoch == 6
    assert fitted(Chosen("x", 4), RunSpaces()).epoch == -1


# Maps


def test_a_slow_map_comes_behind_the_pca_and_can_be_called_off(qtbot, panel, asked, tmp_path):
    asked.hold = {"umap"}
    panel.show_run(str(tmp_path / "one"))
    assert [side.map.kind for side in panel.sides] == ["pca", "pca"]
    asked.held[0][3](0.4)
    assert panel.left.cancel.isVisible()
    with qtbot.waitSignal(panel.mapCancelled) as said:
        panel.left.cancel.click()
    assert said.args == [LEFT, MapSnapshot(str(tmp_path / "one"), 0, "umap")]
    asked.release(0)  # it comes all the same
    assert panel.left.map.kind == "pca"
    asked.release(0)
    assert panel.right.map.kind == "umap"
    assert "two kinds" in panel.ready.link.toolTip()
    assert not panel.together


def test_a_map_that_is_refused_says_why(panel, asked, one):
    asked.hold = {"pca"}
    panel.backbone_and_projector()
    asked.held[-1][2]("jigsaw has no embedding of single views.\n\nTraceback")
    assert panel.right.empty.text() == "jigsaw has no embedding of single views."
    assert not panel.right.empty.isHidden()


def test_the_right_map_is_laid_on_the_left(panel, one):
    """The last epoch's map is the first's, turned and ten times as large, but for the samples that moved."""
    (left, right), raw = (side.plot.xy for side in panel.sides), panel.right.map.xy
    a, b = raw - raw.mean(0), left - left.mean(0)
    turn, _ = orthogonal_procrustes(a, b)
    np.testing.assert_allclose(right, a @ turn * np.linalg.norm(b) / np.linalg.norm(a) + left.mean(0), atol=1e-3)
    still = index_of(one) % 20 >= 9
    assert np.linalg.norm(left - right, axis=1)[still].mean() < 0.5 * np.linalg.norm(left - right, axis=1)[~still].mean()
    assert panel.together


def test_both_cameras_move_as_one_unless_they_are_not_to(panel, one):
    part = QRectF(49, 49, 2, 2)
    panel.left.plot.set_camera(part)
    panel.left.plot.cameraMoved.emit(panel.left.plot.camera())
    assert panel.right.plot.camera().center() == panel.left.plot.camera().center()
    panel.ready.link.setChecked(False)
    before = panel.left.plot.camera()
    panel.right.plot.cameraMoved.emit(QRectF(0, 0, 1, 1))
    assert panel.left.plot.camera() == before
    panel.ready.link.setChecked(True)
    whole = panel.left.plot.camera()
    for side in panel.sides:
        assert whole.contains(QRectF(*side.plot.xy.min(0), *np.ptp(side.plot.xy, axis=0)))


# What is linked


def test_a_selection_on_one_is_the_same_samples_on_the_other(panel, one):
    panel.left.plot.set_selected([3, 5])
    assert panel.right.plot.selected.tolist() == [3, 5]
    assert sorted(panel.thumbnails.ids.tolist()) == [6, 10]
    panel.right.plot.set_selected([7])
    assert panel.left.plot.selected.tolist() == [7]
    panel.selected_card.clear.click()
    assert [len(side.plot.selected) for side in panel.sides] == [0, 0]
    assert panel.selected_card.state == ""


def test_two_samples_of_one_set_are_linked_where_they_meet(panel, one, tmp_path):
    panel.this_run_and(str(tmp_path / "shifted"))
    shared = np.intersect1d(index_of("one"), index_of("shifted"))
    assert len(shared) == N // 2
    assert "30 samples are on both maps and linked, of 60 at the left and 60 at the right." in panel.agreement.words.text()
    panel.left.plot.set_selected([0, 30])
    assert panel.right.plot.selected.tolist() == [0]  # sample 60 is row 30 at the left and row 0 at the right
    assert set(panel.thumbnails.ids.tolist()) == {0, 60}
    panel.select_moved()
    assert set(panel.thumbnails.ids.tolist()) <= set(shared.tolist())


def test_other_data_are_not_linked(qtbot, panel, asked, one, tmp_path):
    panel.left.plot.set_selected([4])
    panel.this_run_and(str(tmp_path / "strange"))
    assert "other data" in panel.agreement.words.text()
    assert panel.agreement.kept.text() == panel.agreement.cka.text() == "–"
    assert not panel.together
    assert not panel.selected_card.moved.isEnabled()
    assert not len(panel.right.plot.selected)
    panel.right.plot.set_selected([4])
    assert not len(panel.left.plot.selected)
    assert panel.thumbnails.ids.tolist() == [8]
    qtbot.waitUntil(lambda: panel.thumbnails.image_at(0) is not None, timeout=3000)
    wanted = [question for question in asked.by["right"] if isinstance(question, GetImages)]
    assert [(question.data["source"], question.index) for question in wanted] == [("digits", (8,))]


def test_a_selection_of_other_data_goes_with_them(panel, one, tmp_path):
    panel.left.plot.set_selected([4])
    panel.show_run(str(tmp_path / "strange"))
    assert not len(panel.thumbnails.ids)
    assert not len(panel.left.plot.selected)


def test_the_mouse_on_one_rings_the_other_and_shows_the_image(qtbot, panel, one):
    panel.left.plot.hover(7)
    assert panel.right.plot._hover == 7
    qtbot.waitUntil(panel.left.hover_card.isVisible, timeout=3000)
    assert panel.left.hover_card.grid.cells[0].image[0, 0, 0] == 14
    assert panel.left.hover_card.label.text() == NAMES[7 % 3]
    assert panel.right.hover_card.isHidden()
    panel.left.plot.hover(-1)
    assert panel.right.plot._hover == -1
    assert panel.left.hover_card.isHidden()


def test_a_thumbnail_rings_its_sample_on_both(panel, one):
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


def test_one_legend_colours_both_alike_and_counts_each_sample_once(panel, one, tmp_path):
    panel.this_run_and(str(tmp_path / "shifted"))
    assert [entry.accessibleName() for entry in panel.legend.entries] == ["disc, 30", "square, 30", "star, 30"]
    for side in panel.sides:
        assert side.plot._codes.tolist() == (side.map.index // 2 % 3).tolist()
    panel.legend.entries[1].click()
    for side in panel.sides:
        assert side.plot.alive.tolist() == (side.map.index // 2 % 3 != 1).tolist()
    panel.legend.isolate(2)
    assert [entry.isChecked() for entry in panel.legend.entries] == [False, False, True]


def test_where_the_data_are_gone_the_classes_of_the_snapshots_remain(panel, asked, tmp_path):
    asked.fail = {"GetLabels"}
    panel.show_run(str(tmp_path / "one"))
    assert panel.left.plot._codes.tolist() == (panel.left.map.index % 3).tolist()
    assert panel.wearing.words(LEFT, 1) == "class 2"


def test_what_is_hidden_stays_hidden_on_another_map(panel, one):
    panel.legend.entries[1].click()
    panel.left.choose(Chosen(one, 4))
    assert panel.left.plot.alive.tolist() == (panel.left.map.index // 2 % 3 != 1).tolist()


def test_a_number_colours_both_by_one_scale(panel, one):
    panel.wearing.colour_by("size")
    assert panel.legend.entries == ()
    assert panel.left.plot._codes.tolist() == panel.right.plot._codes.tolist()


def test_classes_of_one_name_are_one_colour_in_two_sets(panel, one, tmp_path):
    panel.this_run_and(str(tmp_path / "strange"))
    assert [entry.accessibleName() for entry in panel.legend.entries] == ["disc, 20", "square, 20", "star, 50", "moon, 30"]
    assert panel.right.plot._codes.tolist() == np.where(panel.right.map.index // 2 % 2 == 0, 2, 3).tolist()


def test_two_sets_of_which_one_has_no_names_share_no_classes():
    kinds = {"class": "category", "size": "number"}
    left = Labels({"class": np.array([0, 1]), "size": np.array([1.0, 2.0])}, {"class": ("a", "b")}, kinds)
    right = Labels({"class": np.array([0, -1]), "size": np.array([3.0, 4.0])}, {}, kinds)
    assert list(of_two_sets(left, right).labels.columns) == ["size"]
    named = Labels({"class": np.array([0, -1]), "size": np.array([3.0, 4.0])}, {"class": ("b",)}, kinds)
    pool = of_two_sets(left, named)
    assert pool.labels.columns["class"].tolist() == [0, 1, 1, -1]
    assert pool.rows[RIGHT].tolist() == [2, 3]


# Agreement


def test_the_numbers_are_those_of_the_two_spaces(panel, asked, one):
    found = agree(features_of(one, 0, FEATURES), features_of(one, 9, FEATURES))
    assert 0 < found.share < 1
    assert panel.agreement.kept.text() == f"{found.share:.0%}".replace("%", " %")
    assert panel.agreement.cka.text() == f"{found.cka:.2f}".lstrip("0")
    assert f"{found.share * 15:.1f} of 15 nearest" in panel.agreement.kept_words.text()
    assert "All 60 samples" in panel.agreement.words.text()
    compared = [question for question in asked.by["panel"] if isinstance(question, CompareSpaces)]
    assert compared == [CompareSpaces(SpaceAt(one, 0), SpaceAt(one, 9))]


def test_of_few_samples_no_more_neighbours_are_said_than_there_are(qtbot):
    card = AgreementCard()
    qtbot.addWidget(card)
    assert "15 nearest" in card.kept.toolTip()
    generator = np.random.default_rng(0)
    found = agree(generator.normal(size=(5, 3)), generator.normal(size=(5, 3)))
    places = SpaceAt("one", 0), SpaceAt("one", 9)
    card.show_compared(
        Compared(*places, np.arange(5), found.kept, found.order, found.k, found.share, found.chance, found.cka), "5 samples"
    )
    assert "of 4 nearest" in card.kept_words.text()
    assert card.kept.toolTip().count("4 nearest") == 2
    assert card.kept_words.toolTip() == card.kept.accessibleDescription() == card.kept.toolTip()


def test_the_same_space_twice_agrees_wholly(panel, one):
    panel.right.choose(Chosen(one, 0))
    assert panel.agreement.kept.text() == "100 %"
    assert panel.agreement.cka.text() == "1.00"


def test_moved_most_selects_those_and_the_strip_begins_with_them(panel, one):
    panel.selected_card.moved.click()
    found = agree(features_of(one, 0, FEATURES), features_of(one, 9, FEATURES))
    wanted = index_of(one)[found.order[:MOVED]]
    assert panel.thumbnails.ids.tolist() == wanted.tolist()
    assert panel.thumbnails.captions[0] == f"{round(found.kept[found.order[0]] * 15)} of 15"
    assert panel.left.plot.selected.tolist() == sorted(found.order[:MOVED].tolist())
    assert "fewest" in panel.selected_card.state
    panel.left.plot.set_selected(np.arange(N))
    assert panel.thumbnails.ids.tolist() == index_of(one)[found.order].tolist()


def test_an_agreement_that_comes_too_late_is_dropped(panel, asked, tmp_path):
    asked.hold = {"CompareSpaces"}
    panel.show_run(str(tmp_path / "one"))
    assert "Comparing" in panel.agreement.words.text()
    panel.left.choose(Chosen(str(tmp_path / "one"), 9))
    asked.release(0)
    assert panel.agreement.kept.text() == "–"
    asked.release(0)
    assert panel.agreement.kept.text() == "100 %"


def test_a_link_finds_the_rows_of_one_sample():
    made = link(np.array([9, 3, 5]), np.array([5, 7, 9]), True)
    assert made.index.tolist() == [5, 9]
    assert made.across(np.array([0, 1]), LEFT).tolist() == [2]
    assert made.across(np.array([0, 1, 2]), RIGHT).tolist() == [2, 0]
    assert not len(link(np.array([1, 2]), np.array([1, 2]), False).index)


def test_it_fits_beside_the_list_on_a_small_screen(panel, one):
    assert panel.minimumSizeHint().width() <= 1000
    assert panel.minimumSizeHint().height() <= 560
    panel.grab()


def test_the_right_map_goes_along_with_a_run_that_it_shows_the_newest_of(panel, one):
    shutil.copy(Path(one) / "embeddings" / "epoch_009.npz", Path(one) / "embeddings" / "epoch_012.npz")
    panel.snapshot_added(one)
    assert [side.choice.epoch for side in panel.sides] == [0, 12]
    panel.right.choose(Chosen(one, 9))
    shutil.copy(Path(one) / "embeddings" / "epoch_009.npz", Path(one) / "embeddings" / "epoch_015.npz")
    panel.snapshot_added(one)
    assert [side.choice.epoch for side in panel.sides] == [0, 9], "an epoch that was chosen stays"
