"""The public interface on a run of a few steps, without a network."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from engine import api

SMALL = {"data.count": 96, "train.batch": 16, "train.device": "cpu", "monitor.embed_images": 0}


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> api.Run:
    """SimCLR on 96 images for two epochs, each epoch's checkpoint kept."""
    return api.train("simclr", data="shapes", epochs=2, settings=SMALL, folder_of_runs=tmp_path_factory.mktemp("runs"))


def test_importing_the_package_and_its_interface_loads_nothing_heavy() -> None:
    heavy = ("torch", "torchvision", "sklearn", "scipy", "numba", "PIL.Image", "matplotlib")
    code = (
        "import sys, engine\n"
        "assert not [name for name in sys.modules if name.startswith('engine.')]\n"
        "api = engine.api\n"
        "api.methods(), api.datasets()\n"
        f"print([name for name in {heavy!r} if name in sys.modules])"
    )
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=120)
    assert (result.stdout.strip(), result.stderr) == ("[]", "")


def test_both_packages_have_py_typed() -> None:
    root = Path(api.__file__).parents[1]
    assert (root / "engine" / "py.typed").is_file()
    assert (root / "workbench" / "py.typed").is_file()


def test_a_trained_run_has_its_settings_state_and_metrics(run: api.Run) -> None:
    assert run.state == "finished"
    assert (run.config.method.id, run.config.data.source, run.config.data.count, run.config.train.batch) == (
        "simclr",
        "shapes",
        96,
        16,
    )
    steps = run.metrics("StepDone")
    assert [row["step"] for row in steps] == list(range(1, len(steps) + 1))
    assert all(np.isfinite(row["loss"]) for row in steps)
    assert {row["event"] for row in run.metrics()} >= {"RunStarted", "StepDone", "RunEnded"}


def test_a_loaded_run_equals_the_trained_run(run: api.Run) -> None:
    again = api.load(run.folder)
    assert again.config == run.config
    weights, others = run.encoder().state_dict(), again.encoder().state_dict()
    assert all(torch.equal(weights[name], others[name]) for name in weights)
    assert [listed.folder for listed in api.runs(run.folder.parent)] == [run.folder]


def test_the_encoder_normalises_pixels_like_the_run(run: api.Run) -> None:
    encoder = run.encoder()
    assert not encoder.training
    side = encoder.size
    pixels = torch.rand(3, 3, side, side, generator=torch.Generator().manual_seed(0))
    mean = torch.tensor([float(value) for value in encoder.mean])
    std = torch.tensor([float(value) for value in encoder.std])
    with torch.no_grad():
        expected = encoder.backbone(torch.stack([(pixels[:, c] - mean[c]) / std[c] for c in range(3)], dim=1))
        assert torch.allclose(encoder(pixels), expected, atol=1e-5)
        bytes_ = (pixels * 255).round().to(torch.uint8)
        assert torch.allclose(encoder(bytes_), encoder(bytes_.float() / 255), atol=1e-6)
        assert encoder(torch.rand(2, 3, 50, 40)).shape == (2, encoder.dim)
    with pytest.raises(ValueError, match=r"\(N, 3, H, W\)"):
        encoder(torch.rand(3, side, side))


def test_the_untrained_encoder_differs_from_the_trained_one(run: api.Run) -> None:
    pixels = torch.rand(2, 3, 32, 32)
    with torch.no_grad():
        assert not torch.allclose(run.encoder(0)(pixels), run.encoder()(pixels))


def test_arrays_tensors_and_a_folder_of_the_same_pictures_have_the_same_features(run: api.Run, tmp_path: Path) -> None:
    images = np.random.default_rng(0).integers(0, 256, (5, 32, 32, 3), np.uint8)
    for row, image in enumerate(images):
        Image.fromarray(image).save(tmp_path / f"{row}.png")
    of_array = run.embed(images)
    assert of_array.shape == (5, run.encoder().dim)
    assert of_array.dtype == np.float32
    of_tensor = run.embed(torch.from_numpy(images).permute(0, 3, 1, 2).float() / 255, batch=2)
    assert np.allclose(of_array, of_tensor, atol=1e-4)
    assert np.allclose(of_array, run.embed(tmp_path), atol=1e-4)
    assert run.embed().shape == (96, run.encoder().dim)
    with pytest.raises(api.ConfigError, match=r"images must be an array \(N, H, W, 3\).*float64"):
        run.embed(images / 255.0)


def test_evaluate_returns_the_stored_results(run: api.Run) -> None:
    shares = list[float]()
    result = run.evaluate(["knn"], device="cpu", progress=lambda share, text: shares.append(share))
    assert set(result.figures) == {"knn", "knn_200"}
    assert all(0 <= figure.trained <= 1 and 0 <= figure.untrained <= 1 for figure in result.figures.values())
    assert shares == sorted(shares)
    assert shares[-1] == 1.0
    assert (run.folder / "evaluation.json").is_file()
    with pytest.raises(api.ConfigError, match="Did you mean 'linear'"):
        run.evaluate(["liner"])


def test_an_error_in_the_progress_callback_stops_the_run_which_can_be_resumed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Steps are reported in bundles of a tenth of a second: with none, the callback receives step 2 before step 3 begins.
    monkeypatch.setattr("engine.train.loop.REPORT_SECONDS", 0.0)
    calls = list[str]()

    def progress(share: float, text: str) -> None:
        if text.startswith("step 2"):
            raise api.Cancelled
        calls.append(text)

    with pytest.raises(api.Cancelled):
        api.train(steps=4, settings=SMALL, folder_of_runs=tmp_path, progress=progress)
    assert any(text.startswith("step 1 of 4, loss") for text in calls)
    (run,) = api.runs(tmp_path)
    assert run.state == "stopped"
    assert len(run.metrics("StepDone")) == 2
    run.resume()
    assert run.state == "finished"
    assert len(run.metrics("StepDone")) == 4
    with pytest.raises(api.ConfigError, match="is finished"):
        run.resume()
    run.resume(more="1 step")
    assert run.metrics("StepDone")[-1]["step"] == 5


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"minutes": 1, "epochs": 1}, "length must be one of minutes, epochs and steps"),
        ({"minutes": 0}, "minutes must be above 0"),
        ({"method": "simclar"}, "Did you mean 'simclr'"),
        ({"settings": {"method.temprature": 0.5}}, "Did you mean 'temperature'"),
        ({"data": "/nowhere/at/all"}, "data.source must be"),
        ({"settings": {"train.batch": 5000, "data.count": 64}}, "train.batch must be at most"),
    ],
)
def test_invalid_arguments_are_refused_with_a_message_and_leave_no_folder(
    arguments: dict[str, object], words: str, tmp_path: Path
) -> None:
    with pytest.raises(api.ConfigError, match=words):
        api.train(**{"method": "simclr", "folder_of_runs": tmp_path, **arguments})  # type: ignore[arg-type]
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("more", ["5", "epochs", "-1 epochs", "nan steps", "2 hours", "1 2 epochs"])
def test_an_invalid_length_is_refused(more: str, tmp_path: Path) -> None:
    with pytest.raises(api.ConfigError, match="more must be a number above 0 and epochs, steps or minutes"):
        api.Run(tmp_path).resume(more)


def test_settings_reach_the_config_nested_or_dotted_and_over_a_file(tmp_path: Path) -> None:
    file = tmp_path / "config.yaml"
    file.write_text("method: {id: simclr, temperature: 0.3, out_dim: 32}\noptim: {lr: 0.01}\ntrain: {minutes: 5}\n")
    run = api.train(
        "simclr",
        steps=1,
        seed=7,
        config=file,
        settings={**SMALL, "method": {"temperature": 0.7}, "views.groups.0.flip": 0.0},
        folder_of_runs=tmp_path / "runs",
    )
    config = run.config
    assert config.method.values()["temperature"] == 0.7
    assert config.method.values()["out_dim"] == 32
    assert (config.optim.lr, config.train.seed, config.train.minutes, config.train.steps) == (0.01, 7, 0.0, 1)
    assert config.views.groups[0].flip == 0.0
