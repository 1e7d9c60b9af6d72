"""The public Python interface: train, resume, load a run, its encoder, features of images, evaluation.

    from engine import api

    run = api.train("simclr", data="shapes", minutes=1)
    features = run.embed("photos/")                  # (N, D) numpy
    encoder = run.encoder()                          # torch.nn.Module: (N, 3, S, S) pixels -> (N, D)
    print(run.evaluate().figures["knn"].trained)

Importing this module is cheap: PyTorch is loaded by the first call that needs it. What a person can fix (a misspelt setting, a
folder that is no run) raises ConfigError, whose message has the allowed values, the given value and the remedy.

Long work takes `progress(share, text)`, share from 0 to 1. An error that it raises, usually `Cancelled`, ends the work and is
passed on to the caller; a training stops after its step, with a checkpoint, so that it can be resumed."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from engine import catalogue
from engine.catalogue import Entry
from engine.config.errors import ConfigError, complain
from engine.config.run import RunConfig
from engine.config.small_files import expanded
from engine.config.text import merge, nested, read_yaml
from engine.data import source_table
from engine.data.source_table import Source
from engine.events import Emit, Event, RunState
from engine.execute.progress import Cancelled, ProgressCallback, no_progress, part_of

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt
    from torch import Tensor

    from engine.data.dataset import Dataset
    from engine.embed.pixel_encoder import PixelEncoder
    from engine.evaluate.protocol import Evaluation
    from engine.train.control import Control
    from engine.train.train_run import Longer, Unit
    from engine.train.train_run import Run as Ended

__all__ = [
    "Cancelled",
    "ConfigError",
    "Entry",
    "Event",
    "Run",
    "RunConfig",
    "Source",
    "TrainingFailed",
    "datasets",
    "load",
    "methods",
    "open_config",
    "runs",
    "train",
    "trust",
]

UNITS: tuple[Unit, ...] = ("epochs", "steps", "minutes")


class TrainingFailed(RuntimeError):
    """A training that started and ended by an error: a loss that is not finite, too little memory. `run`: its folder is kept, with
    the log and the checkpoints so far."""

    def __init__(self, run: Run, message: str) -> None:
        super().__init__(message)
        self.run = run


def methods() -> tuple[Entry, ...]:
    """Every method that can be trained, those of other packages included.

    Returns:
        The rows of the catalogue: id, title, family, year, paper, and `package` where another package adds the method.

    Example:
        >>> from engine import api
        >>> [row.title for row in api.methods() if row.id in ("simclr", "mae")]
        ['SimCLR', 'MAE']
    """
    return catalogue.methods()


def datasets() -> tuple[Source, ...]:
    """Every named set of images, those of other packages included. A folder of images, a .tar or an .npz file goes by its path.

    Returns:
        The rows of the table: id, title, number of images and classes, stored side in px.

    Example:
        >>> from engine import api
        >>> next(row.images for row in api.datasets() if row.id == "digits")
        1797
    """
    return source_table.sources()


def open_config(given: Mapping[str, Any], progress: ProgressCallback | None = None) -> tuple[RunConfig, Dataset]:
    """A complete config and its data, as for a run: for scripts with their own training loop.

    Args:
        given: nested settings, in part; others are those of the method's recipe, or the defaults.
        progress: of a download or a decoding, see the module.

    Returns:
        The config with no setting left open, and the opened images.

    Raises:
        ConfigError: a setting that is not known or out of bounds, data or weights that are not there, a batch that does not fit
            them.

    Example:
        >>> from engine import api
        >>> config, dataset = api.open_config({"method": "simclr", "data": {"count": 64}, "train": {"batch": 16}})
        >>> config.optim.name, len(dataset)
        ('adamw', 64)
    """
    from engine.data.open import open_dataset
    from engine.data.sampler import sampler_for
    from engine.train.resolve import resolve
    from engine.train.setup import fit_to_data
    from engine.train.teacher_run import fetch_all_weights

    config = resolve(given)
    fetch_all_weights(config, progress or no_progress)
    dataset = open_dataset(config.data, progress)
    config = fit_to_data(config, dataset)
    # Raises for a batch that does not fit: a run that cannot start should leave no folder behind.
    sampler_for(config.train, dataset.splits["train"])
    return config, dataset


def train(
    method: str = "simclr",
    *,
    data: str | Path | None = None,
    recipe: Literal["minutes", "paper"] = "minutes",
    minutes: float | None = None,
    epochs: int | None = None,
    steps: int | None = None,
    seed: int | None = None,
    device: str | None = None,
    settings: Mapping[str, Any] | None = None,
    config: str | Path | None = None,
    folder_of_runs: str | Path | None = None,
    progress: ProgressCallback | None = None,
    on_event: Emit | None = None,
    control: Control | None = None,
) -> Run:
    """Train a run and wait for its end. The first Ctrl+C stops it with a checkpoint, a second at once.

    Args:
        method: id of a method, see `methods`.
        data: name of a set, see `datasets`, or the path of a folder of images, of a .tar or of an .npz file; None takes shapes.
        recipe: the settings to start from: those sized for minutes, or those of the method's paper (engine.paper_recipes), which
            take days on many GPUs. With another `train.batch` the paper's rate is scaled where the paper scales it.
        minutes: length in minutes by the clock, above 0. At most one of minutes, epochs and steps; none takes the default of the
            method's recipe.
        epochs: length in passes through the training images, at least 1.
        steps: length in optimiser steps, at least 1.
        seed: of everything that is drawn, at least 0.
        device: auto, cpu, mps, cuda or cuda:N.
        settings: any other settings, nested (`{"optim": {"lr": 0.001}}`) or with dotted keys (`{"optim.lr": 0.001}`); they override
            those above.
        config: a YAML file of settings, which all of these override.
        folder_of_runs: where the run's folder is made; None takes $PARALLAX_RUNS, or the user's data folder.
        progress: see the module.
        on_event: is called with every event (engine.events), losses and figures among them, in this thread.
        control: to pause or stop the run from another thread.

    Returns:
        The run, finished or stopped (`run.state`).

    Raises:
        ConfigError: settings or data that cannot be used; no run was started.
        TrainingFailed: the run started and failed.

    Example:
        >>> from engine import api
        >>> run = api.train("simclr", data="shapes", steps=2, settings={"data.count": 64, "train.batch": 16})
        >>> run.state, len(run.metrics("StepDone"))
        ('finished', 2)
    """
    from engine.runs.run_folder import create_folder, default_root
    from engine.train import train_run as runner
    from engine.train.control import Control
    from engine.train.device_check import check_one_process

    given: dict[str, Any] = read_yaml(config) if config is not None else {}
    before = given.get("method")
    same = isinstance(before, Mapping) and before.get("id", method) == method
    given["method"] = {**before, "id": method} if same and isinstance(before, Mapping) else {"id": method}
    if data is not None:
        given = merge(given, {"data": {"source": str(data)}})
    given = merge(given, {"train": {**_length(minutes, epochs, steps), **_given(seed=seed, device=device)}})
    given = merge(given, _own(nested(settings or {})))
    if recipe == "paper":
        from engine.paper_recipes import paper_settings

        given = paper_settings(method, given)
    ready, _ = open_config(given, progress)
    check_one_process(ready)
    with stop_on_cancel(progress, control or Control()) as (report, control):
        folder = create_folder(Path(folder_of_runs) if folder_of_runs is not None else default_root(), ready)
        return _follow(folder, lambda emit: runner.train(ready, emit, control, folder), report, on_event, control)


def trust(path: str | Path) -> str:
    """Let the code of an encoder of somebody's own run on this computer. Runs and files that one trained with oneself need it not.

    Args:
        path: a run's folder, whose config holds the code, or a Python file, which may then also change.

    Returns:
        What may run now, in a sentence.

    Raises:
        ConfigError: no such run or file, or a run without code of its own.
    """
    from engine.backbones.trusted_code import trust_file, trust_text
    from engine.runs.reader import read_run_config

    path = expanded(path)
    if path.suffix == ".py":
        if not path.is_file():
            raise complain("path", "a run's folder, or a Python file that exists", str(path))
        trust_file(path)
        return f"The code in {path.absolute()} may run on this computer."
    module = read_run_config(path).backbone.module
    if module is None:
        raise complain("path", "a run with the code of an encoder of somebody's own", str(path), "There is nothing to trust.")
    trust_text(module.text)
    return f"The code of {module.name} in this run (SHA-256 {module.sha256[:16]}...) may run on this computer."


def _own(settings: dict[Any, Any]) -> dict[Any, Any]:
    """Settings that a person writes in Python, the file of whose encoder may run."""
    from engine.backbones.trusted_code import trust_name

    backbone = settings.get("backbone")
    if isinstance(backbone, Mapping) and "name" in backbone:
        trust_name(backbone["name"])
    return settings


def load(folder: str | Path) -> Run:
    """Load a run from its folder, finished or not.

    Args:
        folder: the run's folder, which holds config.yaml.

    Returns:
        The run.

    Raises:
        ConfigError: there is no run.

    Example:
        >>> from engine import api
        >>> api.load("nowhere")
        Traceback (most recent call last):
        ...
        engine.config.errors.ConfigError: run must be a run folder (one that holds config.yaml). Got 'nowhere'. ...
    """
    from engine.runs.reader import read_config

    path = expanded(folder)
    read_config(path)
    return Run(path)


def runs(folder: str | Path | None = None) -> list[Run]:
    """The runs of a folder, the newest first.

    Args:
        folder: that of the runs; None takes $PARALLAX_RUNS, or the user's data folder.

    Returns:
        The runs that can be read.

    Example:
        >>> from engine import api
        >>> api.runs("an_empty_folder")
        []
    """
    from engine.runs.run_folder import default_root
    from engine.runs.run_store import list_runs

    root = expanded(folder) if folder is not None else default_root()
    return [Run(row.folder) for row in list_runs(root) if not row.problem]


class Run:
    """A run: a folder with its config, metrics, checkpoints and figures. Made by `train` or `load`.

    Attributes:
        folder: its folder, which can be copied, deleted, or read while the run is written.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def __repr__(self) -> str:
        return f"Run({str(self.folder)!r})"

    @property
    def config(self) -> RunConfig:
        """Every setting of the run; ConfigError where config.yaml was spoiled."""
        from engine.runs.reader import read_run_config

        return read_run_config(self.folder)

    @property
    def state(self) -> RunState:
        """running, paused, finished, stopped, failed or interrupted."""
        from engine.runs.reader import read_status

        return read_status(self.folder).state

    @property
    def epochs(self) -> tuple[int, ...]:
        """The epochs of which a checkpoint was kept, in rising order; `encoder` takes them, and 0 for the untrained one."""
        from engine.runs.reader import checkpoint_epochs

        return tuple(sorted(checkpoint_epochs(self.folder)))

    def metrics(self, event: str = "") -> list[dict[str, Any]]:
        """The events of the run so far, one a row, as plain values.

        Args:
            event: the kind of event, by its name in engine.events: "StepDone" (step, loss, lr, terms, ...), "EvalDone"
                (epoch, values), ...; "" gives all.

        Returns:
            The rows in the order in which they were written.

        Example:
            >>> from engine import api
            >>> run = api.runs()[0]  # the newest
            >>> [row["step"] for row in run.metrics("StepDone")][:2]
            [1, 2]
        """
        from engine.runs.reader import read_metrics

        rows, _ = read_metrics(self.folder)
        return [row for row in rows if not event or row["event"] == event]

    def resume(
        self,
        more: str = "",
        *,
        device: str = "",
        progress: ProgressCallback | None = None,
        on_event: Emit | None = None,
        control: Control | None = None,
    ) -> Run:
        """Resume a stopped or interrupted run, or train a finished one longer, and wait for its end.

        Args:
            more: how much longer, "5 epochs", "200 steps" or "3 minutes"; "" trains to the planned end. With another
                length the learning rate rises again and falls to the new end.
            device: another than the run's own: auto, cpu, mps, cuda or cuda:N.
            progress, on_event, control: see `train`.

        Returns:
            This run.

        Raises:
            ConfigError: a finished run without `more`, a missing checkpoint, a run that another process writes.
            TrainingFailed: the run was resumed and failed.

        Example:
            >>> from engine import api
            >>> run = api.runs()[0]  # the newest, of two steps
            >>> run.resume("1 step").metrics("StepDone")[-1]["step"]
            3
        """
        from engine.train import train_run as runner
        from engine.train.control import Control

        longer = parse_more(more.split()) if more else None
        with stop_on_cancel(progress, control or Control()) as (report, control):
            return _follow(
                self.folder, lambda emit: runner.resume(self.folder, emit, control, device, longer), report, on_event, control
            )

    def encoder(self, epoch: int | None = None) -> PixelEncoder:
        """The trained encoder as a torch.nn.Module, in eval mode on the CPU.

        Args:
            epoch: of a kept checkpoint, see `epochs`; 0 untrained, None the last.

        Returns:
            A module from pixels (N, 3, H, W), uint8 from 0 to 255 or float from 0 to 1, to features (N, D). It resizes and
            normalises as the run did; its `backbone` is the network alone, for images that are normalised already.

        Raises:
            ConfigError: no checkpoint of that epoch, or one that is damaged.

        Example:
            >>> import torch
            >>> from engine import api
            >>> run = api.runs()[0]  # the newest
            >>> run.encoder()(torch.rand(4, 3, 32, 32)).shape
            torch.Size([4, 256])
        """
        from engine.embed.pixel_encoder import PixelEncoder
        from engine.evaluate.encoder import data_of, method_at, trained_on
        from engine.methods.build_method import input_size

        method, config = method_at(self.folder, epoch)
        figures = trained_on(self.folder, epoch) or data_of(self.folder, config)
        return PixelEncoder(method.encoder, figures, input_size(config))

    def embed(
        self,
        images: npt.NDArray[Any] | Tensor | str | Path | None = None,
        *,
        epoch: int | None = None,
        device: str = "auto",
        batch: int = 512,
        progress: ProgressCallback | None = None,
    ) -> npt.NDArray[np.float32]:
        """Features of images.

        Args:
            images: a numpy array (N, H, W, 3) or (N, H, W) of uint8; a tensor (N, 3, H, W), uint8 from 0 to 255 or float from 0 to
                1; the path of a folder of images or an .npz file, or the name of a set; None takes the run's own images.
            epoch: of a kept checkpoint; 0 untrained, None the last.
            device: where to compute.
            batch: images at a time, at least 1.
            progress: see the module.

        Returns:
            (N, D) float32, in the order of the array, or of the set (a folder's files by name).

        Raises:
            ConfigError: no run, no checkpoint, no images.

        Example:
            >>> import numpy as np
            >>> from engine import api
            >>> run = api.runs()[0]  # the newest
            >>> run.embed(np.zeros((5, 48, 40, 3), np.uint8)).shape
            (5, 256)
        """
        import numpy as np
        import torch

        from engine.embed.features import encode
        from engine.evaluate.encoder import method_at, trained_on
        from engine.evaluate.export_features import images_for
        from engine.execute.devices import resolve_device
        from engine.methods.build_method import input_size

        target = resolve_device(device)
        if images is None or isinstance(images, (str, Path)):
            method, config = method_at(self.folder, epoch)
            dataset = images_for(self.folder, config, str(images or ""), trained_on(self.folder, epoch))
            index = np.arange(len(dataset), dtype=np.int64)
            report = None if progress is None else part_of(progress, 0.0, 1.0, "encoding")
            features = encode(method.encoder, dataset, index, batch, target, input_size(config), report).numpy()
            return np.asarray(features, np.float32)
        pixels = pixels_of(images)
        encoder = self.encoder(epoch).to(target)
        rows = []
        with torch.no_grad():
            for start in range(0, len(pixels), batch):
                rows.append(encoder(pixels[start : start + batch].to(target)).float().cpu().numpy())
                if progress is not None:
                    progress(min(1.0, (start + batch) / len(pixels)), "encoding")
        return np.concatenate(rows) if rows else np.empty((0, encoder.dim), np.float32)

    def evaluate(
        self,
        parts: Sequence[str] = ("knn", "linear"),
        *,
        epoch: int | None = None,
        device: str = "auto",
        budget: int | None = None,
        layer_decay: float = 1.0,
        progress: ProgressCallback | None = None,
    ) -> Evaluation:
        """Evaluate the run's encoder on the test split, and the same encoder untrained. The figures are stored with the run.

        Args:
            parts: of knn, linear, finetune_1, finetune_10, finetune_100, and of the tasks of other packages.
            epoch: of a kept checkpoint; 0 untrained, None the last.
            device: where to compute.
            budget: the most images that one fine-tuning sees, at least 1; None takes the default.
            layer_decay: in fine-tuning, the factor of the learning rate from one layer of a ViT to the one below it, above 0; 1 for
                equal rates, .65 to .85 in papers.
            progress: see the module.

        Returns:
            `figures` by name, each with `trained` and `untrained` (shares from 0 to 1), and the protocol in words.

        Raises:
            ConfigError: data without labels, an unknown part, a device with too little memory.

        Example:
            >>> from engine import api
            >>> run = api.runs()[0]  # the newest
            >>> sorted(run.evaluate(["knn"]).figures)
            ['knn', 'knn_200']
        """
        from engine.evaluate.plan import BUDGET
        from engine.evaluate.protocol import evaluate
        from engine.execute.devices import resolve_device

        return evaluate(
            self.folder,
            None,
            resolve_device(device),
            progress=progress,
            parts=parts,
            epoch=epoch,
            budget=BUDGET if budget is None else budget,
            layer_decay=layer_decay,
        )


# Also used by the command line


def parse_more(words: Sequence[str], key: str = "more") -> Longer:
    """Parse how much longer a run is to be trained, `["5", "epochs"]`. ConfigError, naming `key`, for another unit or number."""
    from engine.train.train_run import Longer

    known: dict[str, Unit] = {name.removesuffix("s"): name for name in UNITS}
    amount, unit = (*words, "", "")[:2]
    name = known.get(unit.lower().removesuffix("s"))
    try:
        number = float(amount)
    except ValueError:
        number = 0.0
    if name is None or len(words) != 2 or not 0 < number < 1e9:
        allowed = "a number above 0 and epochs, steps or minutes"
        raise complain(key, allowed, " ".join(words), f"For example: {f'{key} ' if key.startswith('-') else ''}50 epochs.")
    return Longer(number, name, more=True)


def pixels_of(images: npt.NDArray[Any] | Tensor) -> Tensor:
    """Images as a tensor (N, 3, H, W), uint8 or float from 0 to 1. ConfigError for other shapes and types."""
    import numpy as np
    import torch

    if isinstance(images, np.ndarray):
        shaped = images.ndim == 3 or (images.ndim == 4 and images.shape[3] == 3)
        if images.dtype != np.uint8 or not shaped:
            allowed = "an array (N, H, W, 3) or (N, H, W) of uint8, or a tensor (N, 3, H, W)"
            raise complain("images", allowed, f"an array {images.shape} of {images.dtype}")
        last = images if images.ndim == 4 else images[..., None].repeat(3, axis=3)
        return torch.from_numpy(np.ascontiguousarray(last.transpose(0, 3, 1, 2)))
    right = images.ndim == 4 and images.shape[1] == 3 and (images.dtype == torch.uint8 or images.is_floating_point())
    if not right:
        allowed = "a tensor (N, 3, H, W), uint8 from 0 to 255 or float from 0 to 1"
        raise complain("images", allowed, f"a tensor {tuple(images.shape)} of {images.dtype}")
    return images


@contextmanager
def stop_on_cancel(progress: ProgressCallback | None, control: Control) -> Iterator[tuple[ProgressCallback, Control]]:
    """A progress callback whose error stops the training with a checkpoint and is raised once the training has stopped."""
    raised: list[BaseException] = []

    def report(share: float, text: str = "", /) -> None:
        if progress is None or raised:
            return
        try:
            progress(share, text)
        except Exception as error:
            raised.append(error)
            control.stop()

    yield report, control
    if raised:
        raise raised[0]


def _follow(folder: Path, go: Callable[[Emit], Ended], progress: ProgressCallback, on_event: Emit | None, control: Control) -> Run:
    """Train to the end, with a run writer."""
    from engine.events import LengthChanged, RunStarted, StepDone
    from engine.runs.writer import RunWriter
    from engine.train.stop_signals import stopping

    steps = 1
    with stopping(control.stop), RunWriter(folder) as writer:

        def emit(event: Event) -> None:
            nonlocal steps
            writer(event)
            if isinstance(event, (RunStarted, LengthChanged)):
                steps = max(1, event.steps)
            elif isinstance(event, StepDone):
                progress(min(1.0, event.step / steps), f"step {event.step:,} of {steps:,}, loss {event.loss:.3f}")
            if on_event is not None:
                on_event(event)

        ended = go(emit)
    run = Run(folder)
    if ended.state == "failed":
        raise TrainingFailed(run, ended.error)
    return run


def _length(minutes: float | None, epochs: int | None, steps: int | None) -> dict[str, Any]:
    """The settings of the given length, which replace any other length; empty where none is given."""
    given = {"minutes": minutes, "epochs": epochs, "steps": steps}
    named = {name: value for name, value in given.items() if value is not None}
    if len(named) > 1:
        raise complain("length", "one of minutes, epochs and steps", " and ".join(named), "Leave out the others.")
    for name, value in named.items():
        if not value > 0:
            raise complain(name, "above 0", value)
    return {"minutes": 0.0, "steps": 0, "plan": (), **named} if named else {}


def _given(**values: Any) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value is not None}
