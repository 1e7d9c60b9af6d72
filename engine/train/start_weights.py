"""The weights with which an encoder begins: of a file, of another run, or published ones by name."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from engine.backbones.backbone import Backbone
from engine.backbones.published import fetched, published, published_tensors
from engine.backbones.weights import IMAGENET, KEY, Fitted, Normalisation, checked, fit_weights, read_weights, stated_normalisation
from engine.config.errors import ConfigError, Problem, complain
from engine.config.run import BackboneConfig
from engine.config.small_files import expanded, is_file
from engine.config.weights_text import FORMS, absolute_weights, split_epoch, weights_kind
from engine.evaluate.encoder import method_at, trained_on
from engine.execute.progress import ProgressCallback, no_progress
from engine.runs.reader import checkpoint_epochs, checkpoint_path
from engine.runs.run_folder import CONFIG, default_root


@dataclass(frozen=True)
class Start:
    """The weights that an encoder begins with, and how images were normalised for them; None where that is not known."""

    fitted: Fitted
    normalisation: Normalisation | None = None


def known_weights(text: str) -> str:
    """The text of `backbone.weights` with absolute paths. A published name is checked against the installed libraries, and nothing
    is downloaded. ConfigError where the text names nothing."""
    if not text:
        return ""
    kind = weights_kind(text)
    if kind == "file":
        return absolute_weights(text)
    if kind != "run":
        published(text)
        return text
    folder, epoch = run_of(text)
    return str(folder) if epoch is None else f"{folder}@{epoch}"


def run_of(text: str) -> tuple[Path, int | None]:
    """The folder of the run that a text names, by its path or its name among the runs, and the epoch of its checkpoint, None for
    the last. ConfigError where there is none."""
    for name, epoch in ((text, None), split_epoch(text)):
        for folder in (expanded(name), default_root() / name):
            if is_file(folder / CONFIG):
                folder = folder.absolute()
                have = checkpoint_epochs(folder)
                if epoch is not None and epoch not in have:
                    known = ", ".join(map(str, have)) or "none"
                    raise complain(KEY, f"of an epoch whose checkpoint was kept ({known}), or without @ for the last", text)
                if epoch is None and not is_file(checkpoint_path(folder)):
                    raise complain(KEY, "a run with a checkpoint", text, "It has saved none: resume it, or choose another run.")
                return folder, epoch
    raise complain(KEY, FORMS, text, "List the runs: python -m engine runs.")


def fetch_weights(config: BackboneConfig, progress: ProgressCallback = no_progress) -> None:
    """Download the weights of a config where it names published ones that are not on this machine. Errors: see
    `engine.backbones.published.fetched`; ConfigError also where a file or run is not there, so that no run starts without it."""
    if not config.weights:
        return
    kind = weights_kind(config.weights)
    if kind == "run":
        run_of(config.weights)
    elif kind != "file":
        fetched(published(config.weights), progress)
    elif not is_file(Path(config.weights)):
        raise complain(KEY, "a file that exists", config.weights)


def read_start(config: BackboneConfig, backbone: Backbone) -> Start:
    """The weights that a config names, fitted to its encoder. ConfigError where they cannot be read, or are not all of the
    encoder's and `partial` is not set."""
    text, kind = config.weights, weights_kind(config.weights)
    if kind == "file":
        path = expanded(text)
        fitted, normalisation = fit_weights(read_weights(path), backbone), stated_normalisation(path)
    elif kind == "run":
        folder, epoch = run_of(text)
        try:
            trained, _ = method_at(folder, epoch)
        except ConfigError as error:
            raise ConfigError([Problem(KEY, f"{KEY} cannot be used. {error}")]) from None
        state = {name.removeprefix("net."): value for name, value in trained.encoder.state_dict().items()}
        fitted, seen = fit_weights(state, backbone, "a run of this program"), trained_on(folder, epoch)
        normalisation = None if seen is None else (tuple(map(float, seen.mean)), tuple(map(float, seen.std)))
    else:
        row = published(text)
        fitted = fit_weights(published_tensors(row, fetched(row)), backbone, row.encoder or "")
        normalisation = None if row.mean is None or row.std is None else (row.mean, row.std)
    return Start(checked(fitted, text, config.partial), normalisation)


def normalisation_of(config: BackboneConfig, start: Start | None) -> Normalisation | None:
    """Mean and deviation by which a run normalises images; None for those of its training images."""
    if config.normalise == "imagenet":
        return IMAGENET
    return start.normalisation if start is not None and config.normalise == "auto" else None
