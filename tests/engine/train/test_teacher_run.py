"""A run as the teacher of another: what is copied, what outlives the teacher, and what is refused."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest
import torch

from engine import api
from engine.config.errors import ConfigError
from engine.config.run import RunConfig
from engine.config.teacher import TeacherConfig
from engine.config.text import merge, parse, read_yaml
from engine.evaluate.encoder import load_encoder, load_method, method_at
from engine.evaluate.protocol import evaluate
from engine.events import Event, StepDone
from engine.methods.build_method import build_method
from engine.runs.reader import checkpoint_path, read_run_config
from engine.runs.run_folder import write_config
from engine.train import loop
from engine.train.control import Control
from engine.train.resolve import resolve
from engine.train.setup import fit_to_data, prepare
from engine.train.train_run import resume, train
from tests.teacher_run import teacher_folder

ID = "feature_distillation"
SETTINGS: dict[str, Any] = {
    "data": {"source": "shapes", "count": 64, "size": 32},
    "train": {"batch": 16, "steps": 6, "device": "cpu", "precision": "fp32", "threads": 1, "keep": 0},
    "monitor": {"embed_images": 16, "knn_k": 5, "knn_every": 1000, "diagnose_every": 2},
}


@pytest.fixture(autouse=True)
def one_thread() -> None:
    torch.set_num_threads(1)


@pytest.fixture
def teacher(tmp_path: Path) -> Path:
    """A teacher's run that a test may spoil."""
    return Path(shutil.copytree(teacher_folder(), tmp_path / "teacher"))


def student(teacher: object, changes: dict[str, Any] | None = None) -> RunConfig:
    return resolve(merge({"method": {"id": ID, "teacher": teacher}, **SETTINGS}, changes or {}))


def start(config: RunConfig, folder: Path, stop_at: int = 0) -> list[Event]:
    """Train into a new folder; stop after a step."""
    folder.mkdir()
    events: list[Event] = []
    control = Control()

    def take(event: Event) -> None:
        events.append(event)
        if isinstance(event, StepDone) and event.step == stop_at:
            control.stop()

    train(config, take, control, folder)
    return events


def losses(events: list[Event]) -> list[tuple[int, float]]:
    return [(event.step, event.loss) for event in events if isinstance(event, StepDone)]


# What is copied


@pytest.mark.parametrize("form", ["text", "group", "name", "relative"])
def test_the_resolved_config_describes_the_teacher(
    form: str, teacher: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PARALLAX_RUNS", str(tmp_path))
    given = {"text": str(teacher), "group": {"run": str(teacher)}, "name": "teacher", "relative": "./teacher"}[form]
    if form == "name":
        monkeypatch.chdir(Path("/"))
    values = student(given).method.values()["teacher"]
    of_teacher = read_run_config(teacher)
    assert values == {
        "run": str(teacher),
        "epoch": 0,
        "weights": "",
        "encoder": "",
        "backbone": of_teacher.backbone.model_dump(mode="json"),
        "size": 32,
    }
    assert of_teacher.backbone.patch == 4


def test_a_method_is_built_from_its_config_alone(teacher: Path) -> None:
    config = student(str(teacher))
    fitted = prepare(config).config
    shutil.rmtree(teacher)
    one, other = build_method(fitted).state_dict(), build_method(parse(RunConfig, fitted.model_dump(mode="json"))).state_dict()
    assert all(torch.equal(one[name], other[name]) for name in one)


def test_the_teacher_s_encoder_and_normalisation_are_copied(teacher: Path) -> None:
    method = prepare(student(str(teacher))).method
    trained, _ = load_encoder(teacher)
    copied = {name: value for name, value in method.state_dict().items() if name.startswith("teacher.net.")}
    assert copied.keys() == {f"teacher.net.{name}" for name in trained.state_dict()}
    assert all(torch.equal(copied[f"teacher.net.{name}"], value) for name, value in trained.state_dict().items())
    state = torch.load(checkpoint_path(teacher), weights_only=True)
    torch.testing.assert_close(method.get_buffer("teacher.mean"), state["mean"])
    torch.testing.assert_close(method.get_buffer("teacher.std"), state["std"])


def test_the_teacher_of_an_epoch_is_that_checkpoint(teacher: Path) -> None:
    state = torch.load(checkpoint_path(teacher), weights_only=True)
    state["method"] = {name: value + 1 if value.is_floating_point() else value for name, value in state["method"].items()}
    torch.save(state, checkpoint_path(teacher, 3))
    last, third = (prepare(student({"run": str(teacher), "epoch": epoch})).method.state_dict() for epoch in (0, 3))
    name = "teacher.net.blocks.0.attn.qkv.weight"
    torch.testing.assert_close(third[name], last[name] + 1)


def test_the_encoder_that_the_teacher_s_method_evaluates_teaches(tmp_path: Path) -> None:
    """DINO's is that of its momentum teacher."""
    folder = teacher_folder(32, "dino")
    state = torch.load(checkpoint_path(folder), weights_only=True)
    name = "teacher.0.blocks.0.mlp.fc1.weight"
    state["method"][name] = state["method"][name] + 1
    other = Path(shutil.copytree(folder, tmp_path / "dino"))
    torch.save(state, checkpoint_path(other))
    method = prepare(student(str(other))).method
    assert torch.equal(method.get_parameter("teacher.net.blocks.0.mlp.fc1.weight"), state["method"][name])


def test_the_student_s_patch_is_that_of_a_teacher_of_the_same_size() -> None:
    config = prepare(student(str(teacher_folder(48)), {"data": {"size": 48}})).config
    assert config.backbone.patch == read_run_config(teacher_folder(48)).backbone.patch == 6


# The teacher's run is gone


def test_a_run_is_resumed_evaluated_and_reloaded_without_its_teacher(
    teacher: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(loop, "REPORT_SECONDS", 0.0)
    whole = start(student(str(teacher)), tmp_path / "whole")
    parted = start(student(str(teacher)), tmp_path / "parted", stop_at=3)
    shutil.rmtree(teacher)
    resume(tmp_path / "parted", parted.append, Control())
    assert losses(parted) == losses(whole)
    assert len(losses(whole)) == 6
    one, other = (load_method(tmp_path / name)[0].state_dict() for name in ("whole", "parted"))
    assert all(torch.equal(one[name], other[name]) for name in one)
    figures = evaluate(tmp_path / "whole", parts=("knn",)).figures
    assert 0 <= figures["knn"].trained <= 1
    assert api.load(tmp_path / "whole").encoder().dim == 128
    exported = api.load(tmp_path / "whole").export(tmp_path / "encoder", "parallax") if hasattr(api.Run, "export") else None
    assert exported is None or exported.path.exists()


def test_before_the_first_step_the_method_has_its_teacher(teacher: Path, tmp_path: Path) -> None:
    """The untrained student, and the teacher from the run's newest checkpoint."""
    start(student(str(teacher)), tmp_path / "run")
    trained, _ = load_method(tmp_path / "run")
    shutil.rmtree(teacher)
    first, config = method_at(tmp_path / "run", 0)
    untrained, state = build_method(config).state_dict(), first.state_dict()
    for name, value in state.items():
        expected = trained.state_dict()[name] if name.startswith("teacher.") else untrained[name]
        assert torch.equal(value, expected), name


def test_a_run_without_a_checkpoint_needs_its_teacher_again(teacher: Path, tmp_path: Path) -> None:
    folder = tmp_path / "run"
    start(student(str(teacher)), folder, stop_at=2)
    for path in (folder / "checkpoints").iterdir():
        path.unlink()
    shutil.rmtree(teacher)
    with pytest.raises(ConfigError, match=r"method\.teacher\.run must be the folder of a trained run"):
        resume(folder, lambda event: None, Control())


# What is refused


def message(teacher: object, changes: dict[str, Any] | None = None) -> tuple[str, str]:
    """The key and the text of the error with which a run is refused before its first step."""
    with pytest.raises(ConfigError) as caught:
        prepare(student(teacher, changes))
    [problem] = caught.value.problems
    return problem.key, problem.message


def test_no_teacher() -> None:
    key, text = message("")
    assert key == "method.teacher.run"
    assert text.startswith("method.teacher.run must be the folder of a trained run, the teacher. Got 'nothing'.")
    assert "for example by the method dino" in text
    # A preview needs none.
    config = resolve({"method": {"id": ID}, **SETTINGS}, check_method_views=False)
    assert prepare(config, teacher=False).method.training


@pytest.mark.parametrize("name", ["missing", "file", "empty"])
def test_no_run(name: str, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    (tmp_path / "empty").mkdir()
    key, text = message(str(tmp_path / name))
    assert key == "method.teacher.run"
    assert name in text
    assert "python -m engine runs" in text


def test_a_run_whose_config_cannot_be_read(teacher: Path) -> None:
    (teacher / "config.yaml").write_text("method: [")
    key, text = message(str(teacher))
    assert key == "method.teacher.run"
    assert text.startswith("method.teacher.run cannot be read. ")


def test_no_checkpoint(teacher: Path) -> None:
    assert message({"run": str(teacher), "epoch": 4})[0] == "method.teacher.epoch"
    assert "0 (the last)" in message({"run": str(teacher), "epoch": 4})[1]
    checkpoint_path(teacher).unlink()
    key, text = message(str(teacher))
    assert key == "method.teacher.run"
    assert "must be a run with a checkpoint. Got 'teacher'." in text


@pytest.mark.parametrize("damage", ["cut", "flipped", "empty", "other"])
def test_a_damaged_checkpoint(damage: str, teacher: Path) -> None:
    path = checkpoint_path(teacher)
    whole = bytearray(path.read_bytes())
    if damage == "flipped":
        whole[len(whole) // 2] ^= 1
    if damage == "other":
        torch.save({"method": {"backbone.x": torch.zeros(2)}}, path)
    else:
        path.write_bytes({"cut": whole[: len(whole) // 2], "flipped": whole, "empty": b""}[damage])
    key, text = message(str(teacher))
    assert key == "method.teacher.run"
    assert text.startswith("method.teacher.run cannot be used. ")


def test_an_encoder_that_its_method_changed(tmp_path: Path) -> None:
    """Colorization's sees lightness alone, through a layer of its own."""
    key, text = message(str(teacher_folder(32, "colorization", "resnet10_narrow")))
    assert key == "method.teacher.run"
    assert "a run whose encoder is a plain resnet10_narrow" in text


def test_views_of_another_size() -> None:
    key, text = message(str(teacher_folder(48)))
    assert key == "views.groups.0.size"
    assert text.startswith("views.groups.0.size must be 48 px, that of the views of the teacher (method.teacher.run). Got 32.")


def test_another_grid_of_patches() -> None:
    key, text = message(str(teacher_folder()), {"backbone": {"patch": 8}})
    assert key == "backbone.patch"
    assert "must be 4 px" in text


def test_patches_that_are_known_only_when_networks_are_built(teacher: Path) -> None:
    """Those of an encoder of a library; here the check of the config is left out."""
    config = prepare(student(str(teacher))).config
    other = config.model_copy(update={"backbone": config.backbone.model_copy(update={"patch": 8})})
    with pytest.raises(ConfigError, match=r"backbone\.name must be a ViT that cuts its views into 8 x 8 patches\. Got 4\."):
        build_method(other)


def test_a_teacher_that_was_itself_distilled(teacher: Path, tmp_path: Path) -> None:
    start(student(str(teacher)), tmp_path / "run")
    key, text = message(str(tmp_path / "run"))
    assert key == "method.teacher.run"
    assert f"Take its teacher, {teacher}, itself" in text


def test_an_unknown_setting_of_the_teacher(teacher: Path) -> None:
    assert message({"run": str(teacher), "epochs": 3})[0] == "method.teacher.epochs"


def test_a_config_file_may_name_the_folder_alone(teacher: Path, tmp_path: Path) -> None:
    path = tmp_path / "config.yaml"
    path.write_text(f"method: {{id: {ID}, teacher: {teacher}}}\n")
    assert resolve(read_yaml(path)).method.values()["teacher"]["size"] == 32


def test_old_teacher_without_normalisation_gets_the_run_s(teacher: Path) -> None:
    state = torch.load(checkpoint_path(teacher), weights_only=True)
    del state["mean"], state["std"]
    torch.save(state, checkpoint_path(teacher))
    session = prepare(student(str(teacher)))
    torch.testing.assert_close(session.method.get_buffer("teacher.mean"), torch.tensor(session.dataset.mean))


def test_a_fitted_config_is_checked_too(teacher: Path) -> None:
    """The window checks a draft against its data without building the method."""
    config = student(str(teacher))
    dataset = prepare(config).dataset
    assert fit_to_data(config, dataset).backbone.patch == 4
    other = config.method.model_copy(update={"teacher": TeacherConfig(run=str(teacher), size=64, backbone=config.backbone)})
    with pytest.raises(ConfigError, match="must be 64 px"):
        fit_to_data(config.model_copy(update={"method": other}), dataset)


def test_a_config_of_a_teacher_is_written_and_read(teacher: Path, tmp_path: Path) -> None:
    config = prepare(student(str(teacher))).config
    (tmp_path / "copy").mkdir()
    write_config(tmp_path / "copy", config)
    assert read_run_config(tmp_path / "copy") == config
