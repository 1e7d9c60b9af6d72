"""Questions about selected samples: file names, and export of tables with features."""

from types import SimpleNamespace

import numpy as np
import pytest

from engine.config.errors import ConfigError
from engine.execute.progress import Cancelled
from engine.runs.reader import Snapshot
from engine.study.snapshot_spaces import SnapshotSpaces
from workbench.bridge import sample_questions
from workbench.bridge.answers import EngineAnswers
from workbench.bridge.sample_questions import ExportRows, FileNames

N = 20
INDEX = np.random.default_rng(0).permutation(100)[:N]
FEATURES = np.repeat(INDEX[:, None], 3, axis=1).astype(np.float16)
SNAPSHOT = Snapshot(FEATURES, INDEX, INDEX % 3, 4, 400)


class Spaces(SnapshotSpaces):
    def snapshot(self, folder, epoch):
        return SNAPSHOT


def ask(question, wanted=True):
    answers = EngineAnswers()
    answers.session.get(SnapshotSpaces, Spaces)
    return answers(question, lambda share: None, lambda: wanted)


def question(path, index, **more):
    index = np.asarray(index)
    tags = ("",) * len(index)
    return ExportRows(str(path), "run", 4, index, index % 3 - 1, ("a", "b"), tags, np.zeros((len(index), 2), np.float32), **more)


def test_file_names_of_samples(monkeypatch):
    for names, files in ((tuple(f"{number}.png" for number in range(100)), ("7.png", "3.png")), ((), ())):
        monkeypatch.setattr(sample_questions, "open_data", lambda context, data, names=names: SimpleNamespace(names=names))
        assert ask(FileNames({}, (7, 3))) == files


def test_exported_features_match_their_samples_in_any_order(tmp_path):
    index = INDEX[[15, 2, 9]]
    written = ask(question(tmp_path / "a.npz", index))
    assert (written.samples, written.features) == (3, 3)
    assert written.bytes == (tmp_path / "a.npz").stat().st_size
    with np.load(tmp_path / "a.npz") as file:
        np.testing.assert_array_equal(file["features"][:, 0], index)
        assert file["class"].tolist() == [("a", "b")[code] if code >= 0 else "" for code in file["label"]]


def test_without_features_any_sample_can_be_exported(tmp_path):
    absent = next(one for one in range(100) if one not in INDEX)
    assert ask(question(tmp_path / "a.csv", [absent], features=False)).features == 0
    with pytest.raises(ConfigError, match=f"Got {absent}. Export without features"):
        ask(question(tmp_path / "b.csv", [absent]))


def test_a_cancelled_export_writes_nothing(tmp_path):
    with pytest.raises(Cancelled):
        ask(question(tmp_path / "a.csv", INDEX), wanted=False)
    assert not list(tmp_path.iterdir())
