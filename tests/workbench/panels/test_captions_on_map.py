"""Captions on the map: the card under the mouse, the neighbours' page, the image's window, and the search in captions."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QPoint

from workbench.bridge.data_questions import GetImages, GetLabels, Labels
from workbench.bridge.map_questions import FindNeighbours, Map, MapSnapshot, Neighbours
from workbench.bridge.sample_questions import SampleCaptions, SearchCaptions
from workbench.panels.embedding import panel as module
from workbench.panels.embedding.panel import EmbeddingPanel
from workbench.samples.hover import HoverCard
from workbench.samples.sample_captions import KEPT, CaptionCache, in_short

N = 40
INDEX = np.arange(N) * 3


def captions_of(index):
    return (f"first of {index}", *(f"other {one} of {index}" for one in range(index % 4)))


class Engine:
    """N samples with captions. A search in captions is answered on `reply`."""

    def __init__(self, captioned=True):
        self.captioned, self.questions, self.searches = captioned, [], []

    def __call__(self, question, answer, failed=None, progress=None):
        self.questions.append(question)
        match question:
            case MapSnapshot():
                xy = np.random.default_rng(question.epoch).normal(size=(N, 2)).astype(np.float32)
                answer(Map(question.folder, question.epoch, question.kind, xy, INDEX, INDEX % 2, 0.9, rows=np.arange(N), total=N))
            case GetLabels():
                labels = {"class": np.array(question.index) % 2}
                answer(Labels(labels, {"class": ("cat", "dog")}, {"class": "category"}, self.captioned))
            case GetImages():
                answer(np.stack([np.full((4, 4, 3), one % 256, np.uint8) for one in question.index]))
            case SampleCaptions():
                answer(tuple(captions_of(one) for one in question.index))
            case SearchCaptions():
                self.searches.append((question, answer, failed, progress))
            case FindNeighbours():
                answer(Neighbours(question.row, np.array([1, 2]), np.array([0.9, 0.8]), np.array([0.1, 0.2]), "cosine"))

    def questions_of(self, kind):
        return [question for question in self.questions if isinstance(question, kind)]


def panel_of(qtbot, monkeypatch, tmp_path, engine):
    monkeypatch.setattr(module, "snapshots", lambda folder: [1, 4])
    panel = EmbeddingPanel(engine)
    qtbot.addWidget(panel)
    panel.resize(1020, 620)
    with qtbot.waitExposed(panel):
        panel.show()
    panel.choose_kind("pca")
    panel.show_run(str(tmp_path), {"source": "shapes"})
    return panel


@pytest.fixture
def engine():
    return Engine()


@pytest.fixture
def panel(qtbot, monkeypatch, tmp_path, engine):
    return panel_of(qtbot, monkeypatch, tmp_path, engine)


def hover(panel, row):
    panel._hover_moved(row)
    panel._show_hover()


def test_the_card_under_the_mouse_has_the_first_caption_and_says_how_many_more(panel):
    hover(panel, 1)  # index 3
    card = panel.hover_card
    assert (card.caption.text(), card.more.text()) == ("first of 3", "and 3 more")
    hover(panel, 4)  # index 12, one caption
    assert card.caption.text() == "first of 12"
    assert card.more.isHidden()
    hover(panel, 1)
    assert panel.hover_card.caption.text() == "first of 3"


def test_captions_are_requested_of_the_hovered_samples_alone_and_once(panel, engine):
    for row in (1, 4, 1):
        hover(panel, row)
    assert [question.index for question in engine.questions_of(SampleCaptions)] == [(3,), (12,)]


def test_data_without_captions_are_not_requested(qtbot, monkeypatch, tmp_path):
    engine = Engine(captioned=False)
    panel = panel_of(qtbot, monkeypatch, tmp_path, engine)
    hover(panel, 1)
    panel.focus_row(1)
    assert engine.questions_of(SampleCaptions) == []
    assert panel.hover_card.isVisible()
    assert panel.hover_card.caption.isHidden()
    assert panel.samples.neighbours.caption.isHidden()


def test_the_chosen_sample_has_its_captions_above_its_neighbours(panel):
    panel.focus_row(1)
    caption = panel.samples.neighbours.caption
    assert caption.full_text == "1 of 4: first of 3"
    assert caption.toolTip().splitlines() == list(captions_of(3))
    assert not caption.isHidden()


def test_the_window_of_an_image_lists_every_caption(qtbot, panel):
    panel.actions_of_image.open_samples(INDEX, 1)
    viewer = panel.actions_of_image.viewer
    qtbot.waitUntil(lambda: viewer.captions_card.isVisible())
    assert viewer.captions.text().split("\n\n") == list(captions_of(3))
    viewer.close()


def test_a_search_in_captions_selects_when_it_is_answered(panel, engine):
    panel.samples.search("caption ~ red circle and class = cat")
    assert "Searching captions" in panel.samples.note.text()
    assert len(panel.samples.selection.ids) == 0
    ((question, answer, _, progress),) = engine.searches
    assert question.index.tolist() == INDEX.tolist()
    progress(0.4)
    assert "40 %" in panel.samples.note.text()
    answer(tuple(np.arange(N) < 10 for _ in question.wanted))
    assert panel.samples.selection.ids.tolist() == [one for one in INDEX[:10].tolist() if one % 2 == 0]
    assert panel.samples.note.text() == ""


def test_an_overtaken_search_selects_nothing(panel, engine):
    panel.samples.search("caption ~ red")
    panel.samples.search("class = cat")
    engine.searches[0][1]((np.ones(N, bool),))
    assert (panel.samples.selection.ids % 2 == 0).all()


def test_a_wrong_part_of_a_query_is_refused_before_any_caption_is_read(panel, engine):
    panel.samples.search("caption ~ red and colour = blue")
    assert "There is no 'colour'" in panel.samples.note.text()
    assert engine.searches == []


def test_a_search_without_captions_or_without_a_match_says_so(qtbot, panel, engine):
    panel.samples.search("caption ~ zebra")
    engine.searches[0][1]((np.zeros(N, bool),))
    assert "No caption of a sample on this map contains 'zebra'" in panel.samples.note.text()
    panel.samples.search("caption ~ zebra")
    engine.searches[1][2]("The data are gone.")
    assert panel.samples.note.text() == "The data are gone."


def test_the_help_of_the_search_field_names_captions(panel):
    assert "caption ~" in panel.samples.commands.field.toolTip()


def test_the_cache_keeps_the_last_captions_only():
    indices = []

    def ask(question, answer, failed=None, progress=None):
        indices.append(question.index[0])
        answer((("text",),))

    cache = CaptionCache(ask)
    cache.set_data({"source": "a"}, True)
    for index in range(KEPT + 1):
        cache.want(index, lambda _: None)
    cache.want(KEPT, lambda _: None)
    assert len(indices) == KEPT + 1
    cache.want(0, lambda _: None)
    assert indices[-1] == 0
    assert len(indices) == KEPT + 2


def test_a_long_caption_is_shortened_in_the_card_and_its_labels_are_not_cut(qtbot):
    text, more = in_short(["word " * 100, "b", "c"])
    assert len(text) <= 241
    assert text.endswith("…")
    assert more == "and 2 more"
    card = HoverCard(None)
    qtbot.addWidget(card)
    card.show_image(np.zeros((4, 4, 3), np.uint8), "disc", "a.png", ["word " * 100, "b"])
    for label in (card.label, card.caption, card.more):
        assert label.height() >= label.heightForWidth(label.width())
        assert card.rect().contains(label.geometry().translated(QPoint(0, 0)))
