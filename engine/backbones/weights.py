"""Weights to start from: files of published projects, read as data alone, recognised by their names and fitted to an encoder."""

from __future__ import annotations

import argparse
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file
from torch import Tensor

from engine.backbones.backbone import Backbone
from engine.backbones.vit import resize_positions
from engine.config.errors import complain

KEY = "backbone.weights"
SUFFIXES = (".safetensors", ".pth", ".pt", ".ckpt", ".bin")
# Names listed in a message; the others are counted.
LISTED = 4
# Whose layout a file has, by the beginnings of names in it; the first that fits. Sources: the projects' own code.
LAYOUTS = (
    (r"(module\.)?encoder_q\.", "MoCo v1 or v2"),
    (r"(module\.)?base_encoder\.", "MoCo v3"),
    (r"backbone\.[0-7]\.", "lightly"),
    (r"(module\.)?prototypes\.", "SwAV"),
    (r"(module\.)?decoder_blocks\.", "MAE"),
    (r"register_tokens$", "DINOv2 with registers"),
    (r"blocks\.\d+\.ls1\.gamma$", "DINOv2"),
    (r"(module\.)?predictor_blocks\.", "I-JEPA"),
    (r"(module\.)?(backbone|head)\..*last_layer", "DINO"),
    (r"(module\.)?head\.(mlp|last_layer)\.", "DINO"),
    (r"(module\.)?online_(encoder|net)", "BYOL"),
    (r"momentum_(backbone|projector)\.", "solo-learn"),
    (r"(module\.)?backbone\.", "a backbone beside its head (Barlow Twins, VICReg, solo-learn, mmselfsup, Lightning)"),
)
# A ResNet as the list of its children, as in lightly's examples.
_CHILDREN = {"0": "conv1", "1": "bn1", "4": "layer1", "5": "layer2", "6": "layer3", "7": "layer4"}
# What other projects call a part of a ViT: (theirs, timm's).
_RENAMED = ((r"(^|\.)register_tokens$", r"\1reg_token"), (r"(^|\.)dist_token$", r"\1dist_token"))
# Where several networks of a file fit an encoder, the one that its project evaluates: beginnings of names, the best first.
_BEST = ("teacher", "target_encoder", "encoder_q", "base_encoder", "student", "backbone", "module.backbone", "")
_WORST = ("momentum", "encoder_k", "target_net", "decoder")


@dataclass(frozen=True)
class Fitted:
    """A file's weights for an encoder. `state`: by the encoder's names, all of them, those that the file lacks as they were drawn.
    `layout`: whose layout the file has; `of`: which of its networks was taken, by the beginning of its names. `resized`: position
    embeddings that were interpolated; `missing`: the encoder's weights that the file lacks; `other_shape`: those that have another
    shape there, each with both shapes; `unused`: beginnings of names in the file that are not of the encoder."""

    state: Mapping[str, Tensor]
    layout: str
    of: str
    resized: tuple[str, ...]
    missing: tuple[str, ...]
    other_shape: tuple[str, ...]
    unused: tuple[str, ...]

    @property
    def partial(self) -> bool:
        """Whether the encoder has weights that are not of the file."""
        return bool(self.missing or self.other_shape)

    def report(self) -> str:
        """What fitted and what did not, in sentences."""
        taken = len(self.state) - len(self.missing) - len(self.other_shape)
        lines = [f"{taken} of {len(self.state)} weights of the encoder were taken"]
        lines[0] += f" from {self.of!r} of a file of {self.layout}." if self.of else f" from a file of {self.layout}."
        if self.resized:
            lines.append(f"Position embeddings were interpolated to the size of the views: {_some(self.resized)}.")
        if self.missing:
            lines.append(f"Not in the file: {_some(self.missing)}.")
        if self.other_shape:
            lines.append(f"Of another shape: {_some(self.other_shape)}.")
        if self.unused:
            lines.append(f"Not of the encoder, and left out: {_some(self.unused)}.")
        return " ".join(lines)


def read_weights(path: Path) -> Mapping[str, Any]:
    """The contents of a file of weights. Nothing in it is run: of a pickle only tensors and plain values are loaded. ConfigError
    where it is none, or holds anything else."""
    if path.suffix.lower() not in SUFFIXES:
        raise complain(KEY, f"a file that ends in {', '.join(SUFFIXES)}", str(path))
    if not path.is_file():
        raise complain(KEY, "a file that exists", str(path), "Published names are not downloaded: download the file yourself.")
    try:
        if path.suffix.lower() == ".safetensors":
            return load_file(path)
        # Official checkpoints hold their options as a Namespace, which is data.
        with torch.serialization.safe_globals([argparse.Namespace]):
            state = torch.load(path, map_location="cpu", weights_only=True)
    except SafetensorError as error:
        raise complain(KEY, "a safetensors file that is whole", str(path), f"{error}.") from None
    except Exception as error:  # a damaged or hostile file can raise any exception in the unpickler
        other = re.search(r"GLOBAL ([\w.]+)", str(error))
        remedy = "It is damaged, cut off or of another kind."
        if other is not None:
            remedy = f"It holds {other[1]}, which is code, and is not loaded."
        raise complain(KEY, "a file of tensors and plain values", str(path), remedy) from None
    if not isinstance(state, Mapping):
        raise complain(KEY, "a file that holds a table of weights by name", type(state).__name__)
    return state


def fit_weights(contents: Mapping[str, Any], backbone: Backbone) -> Fitted:
    """Fit the contents of a file to an encoder: whichever of its networks has most of the encoder's weights, by name and shape.
    Nothing is changed. ConfigError where none has any."""
    target = {name.removeprefix("net."): value for name, value in backbone.state_dict().items()}
    best: tuple[tuple[int, int], str, dict[str, Tensor], dict[str, Tensor]] | None = None
    for container, tensors in _tables(contents):
        for start in _starts(tensors, target):
            network = {_renamed(name.removeprefix(start)): value for name, value in tensors.items() if name.startswith(start)}
            fits = sum(1 for name, value in network.items() if name in target and _fits(name, value, target[name]))
            of = ".".join(part for part in (container, start.rstrip(".")) if part)
            if best is None or (fits, _rank(of)) > best[0]:
                best = (fits, _rank(of)), of, network, tensors
    if best is None or not best[0][0]:
        first = next((name for _, tensors in _tables(contents) for name in tensors), "nothing")
        remedy = f"The first name in the file is {first!r}, of the encoder {next(iter(target))!r}. Choose the encoder of the file."
        raise complain(KEY, "a file with weights of this encoder", "one with none that fits by name and shape", remedy)
    _, of, network, tensors = best
    state, resized, missing, other_shape = dict[str, Tensor](), list[str](), list[str](), list[str]()
    for (full, value), name in zip(backbone.state_dict().items(), target, strict=True):
        given = network.get(name)
        state[full] = value
        if given is None:
            if not name.endswith("num_batches_tracked"):
                missing.append(name)
        elif given.shape == value.shape:
            state[full] = given.to(value.dtype)
        elif _fits(name, given, value):
            state[full] = _interpolated(given.float(), value.shape[1]).to(value.dtype)
            resized.append(f"{name} {_sides(given)} to {_sides(value)}")
        else:
            other_shape.append(f"{name} {tuple(given.shape)} in place of {tuple(value.shape)}")
    # Where only the file gives the class token a position, it is a part of the token itself (as in timm's copy of DINOv2).
    given = network.get("pos_embed")
    if given is not None and any(line.startswith("pos_embed ") for line in resized) and "cls_token" in network:
        theirs, ours = _grid(given.shape[1]), _grid(target["pos_embed"].shape[1])
        if theirs is not None and ours is not None and theirs[0] > ours[0]:
            full = next(full for full in state if full.endswith("cls_token"))
            state[full] = state[full] + given[:, :1].to(state[full].dtype)
    used = {id(network[name]) for name in target if name in network}
    left = [name for name, value in tensors.items() if id(value) not in used]
    unused = tuple(dict.fromkeys(_beginning(name) for name in left))
    return Fitted(state, _layout(tensors), of, tuple(resized), tuple(missing), tuple(other_shape), unused)


def start_weights(path: str, backbone: Backbone, partial: bool) -> Fitted:
    """The weights of a file for an encoder. ConfigError where they are not all of the encoder's, unless `partial`; see also
    `read_weights` and `fit_weights`."""
    fitted = fit_weights(read_weights(Path(path).expanduser()), backbone)
    if fitted.partial and not partial:
        remedy = f"{fitted.report()} Set backbone.partial=true to begin with what fits and draw the rest."
        raise complain(KEY, "a file that has every weight of the encoder", path, remedy)
    if not all(bool(torch.isfinite(value).all()) for value in fitted.state.values() if value.is_floating_point()):
        raise complain(KEY, "a file whose weights are all finite", path)
    return fitted


def _tables(contents: Mapping[str, Any], name: str = "", depth: int = 0) -> Iterator[tuple[str, dict[str, Tensor]]]:
    """The tables of tensors in a file, with the key under which each lies: the file itself, "state_dict", "teacher", ..."""
    tensors = {str(key): value for key, value in contents.items() if isinstance(value, Tensor)}
    if tensors:
        yield name, tensors
    if depth < 2:
        for key, value in contents.items():
            if isinstance(value, Mapping) and key not in ("optimizer", "optimizer_states", "scaler"):
                yield from _tables(value, str(key), depth + 1)


def _starts(tensors: Mapping[str, Tensor], target: Mapping[str, Tensor]) -> set[str]:
    """What stands before the encoder's names in a file: "module.encoder_q." for example, "" for nothing."""
    starts = set()
    for name, value in tensors.items():
        known = _renamed(name)
        for own in (next(iter(target)), "conv1.weight", "patch_embed.proj.weight", "features.0.0.weight", "stem.0.weight"):
            if own in target and (known == own or known.endswith(f".{own}")):
                starts.add(known.removesuffix(own))
        # The list of a ResNet's children.
        first = target.get("conv1.weight")
        if first is not None and re.fullmatch(r"(.*\.)?0\.weight", name) and value.shape == first.shape:
            starts.add(name.removesuffix("0.weight"))
    return starts


def _renamed(name: str) -> str:
    for theirs, ours in _RENAMED:
        name = re.sub(theirs, ours, name)
    child, _, rest = name.partition(".")
    return f"{_CHILDREN[child]}.{rest}" if child in _CHILDREN and rest else name


def _fits(name: str, given: Tensor, own: Tensor) -> bool:
    """Whether a weight of a file can be that of the encoder: of its shape, or position embeddings of another square grid."""
    if given.shape == own.shape:
        return True
    if not name.endswith("pos_embed") or given.ndim != 3 or own.ndim != 3 or given.shape[::2] != own.shape[::2]:
        return False
    return _grid(given.shape[1]) is not None and _grid(own.shape[1]) is not None


def _grid(tokens: int) -> tuple[int, int] | None:
    """How many of the tokens stand before a square grid (none, or the class token), and its side; None where there is no square."""
    for before in (0, 1):
        side = round((tokens - before) ** 0.5)
        if side > 0 and side * side == tokens - before:
            return before, side
    return None


def _interpolated(given: Tensor, tokens: int) -> Tensor:
    """Position embeddings (1, P + s^2, dim) for another grid. A class token that only one of the two has gets no position."""
    theirs, ours = _grid(given.shape[1]), _grid(tokens)
    assert theirs is not None
    assert ours is not None
    grid = resize_positions(given[:, theirs[0] :], ours[1])
    if not ours[0]:
        return grid
    first = given[:, :1] if theirs[0] else torch.zeros(1, 1, given.shape[2])
    return torch.cat([first, grid], dim=1)


def _sides(positions: Tensor) -> str:
    grid = _grid(positions.shape[1])
    return f"{grid[1]} x {grid[1]}" if grid else str(tuple(positions.shape))


def _rank(of: str) -> int:
    """How good a network of a file is among those that fit alike."""
    if any(word in of for word in _WORST):
        return -len(_BEST)
    return -next((index for index, word in enumerate(_BEST) if word in of), len(_BEST))


def _layout(tensors: Mapping[str, Tensor]) -> str:
    for pattern, title in LAYOUTS:
        if any(re.match(pattern, name) for name in tensors):
            return title
    return "an encoder alone"


def _beginning(name: str) -> str:
    """The first two parts of a name, which tell what it belongs to."""
    parts = name.split(".")
    return ".".join(parts[: 2 if parts[0] in ("module", "model") else 1])


def _some(names: tuple[str, ...]) -> str:
    more = f" and {len(names) - LISTED} more" if len(names) > LISTED else ""
    return ", ".join(names[:LISTED]) + more
