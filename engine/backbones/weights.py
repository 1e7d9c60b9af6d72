"""Weights to start from: files of published projects, read as data alone, recognised by their names and fitted to an encoder."""

from __future__ import annotations

import argparse
import contextlib
import json
import pickle
import re
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import load_file
from torch import Tensor

from engine.backbones.backbone import Backbone
from engine.backbones.inert_pickle import read_inert, tables_for_models
from engine.backbones.vit import resize_positions
from engine.config.errors import complain
from engine.config.weights_text import SUFFIXES, ends_as_weights

KEY = "backbone.weights"
# What an encoder takes an image to be less, and to be divided by: mean and deviation (3,) in units of 0..1.
Normalisation = tuple[tuple[float, ...], tuple[float, ...]]
# ImageNet's, on which most published encoders were trained.
IMAGENET: Normalisation = ((0.485, 0.456, 0.406), (0.229, 0.224, 0.225))
# Names listed in a message; the others are counted.
LISTED = 4
# Whose layout a file has, by the beginnings of names in it; the first that fits. Sources: the projects' own code.
LAYOUTS = (
    (r"(module\.)?encoder_q\.", "MoCo v1 or v2"),
    (r"(module\.)?base_encoder\.", "MoCo v3"),
    (r"backbone\.[0-7]\.", "lightly"),
    (r"(module\.)?prototypes\.", "SwAV"),
    (r"(module\.)?decoder_blocks\.", "MAE"),
    (r"(.*\.)?storage_tokens$", "DINOv3"),
    (r"(.*\.)?register_tokens$", "DINOv2 with registers"),
    (r"(.*\.)?blocks\.\d+\.ls1\.gamma$", "DINOv2"),
    (r"(module\.)?predictor_blocks\.", "I-JEPA"),
    (r"(module\.)?(backbone|head)\..*last_layer", "DINO"),
    (r"(module\.)?head\.(mlp|last_layer)\.", "DINO"),
    (r"(module\.)?online_(encoder|net)", "BYOL"),
    (r"target_net\.", "mmselfsup's BYOL"),
    (r"backbone\.(teacher|student)\.", "stable-pretraining"),
    (r"(student|teacher)_backbone\.", "lightly"),
    (r"momentum_(backbone|projector)\.", "solo-learn"),
    (r"(module\.)?backbone\.", "a backbone beside its head (Barlow Twins, VICReg, solo-learn, mmselfsup, Lightning)"),
)
# A ResNet as the list of its children, as in lightly's examples.
_CHILDREN = {"0": "conv1", "1": "bn1", "4": "layer1", "5": "layer2", "6": "layer3", "7": "layer4"}
# What other projects call a part of a ViT: (theirs, timm's).
_RENAMED = ((r"(^|\.)register_tokens$", r"\1reg_token"), (r"(^|\.)dist_token$", r"\1dist_token"))
_HUGGING_FACE_BLOCK = (
    (r"attention\.attention\.query\.", "attn.q."),
    (r"attention\.attention\.key\.", "attn.k."),
    (r"attention\.attention\.value\.", "attn.v."),
    (r"attention\.output\.dense\.", "attn.proj."),
    (r"intermediate\.dense\.", "mlp.fc1."),
    (r"output\.dense\.", "mlp.fc2."),
    (r"layernorm_before\.", "norm1."),
    (r"layernorm_after\.", "norm2."),
    (r"layer_scale(\d)\.lambda1$", r"ls\1.gamma"),
)
# ViTs whose names differ throughout: a name that only such a file has, and what its names become, in this order.
_DIALECTS: tuple[tuple[str, str, tuple[tuple[str, str], ...]], ...] = (
    (
        "torchvision",
        r"(^|\.)encoder\.layers\.encoder_layer_0\.",
        (
            (r"(^|\.)class_token$", r"\1cls_token"),
            (r"(^|\.)conv_proj\.", r"\1patch_embed.proj."),
            (r"(^|\.)encoder\.pos_embedding$", r"\1pos_embed"),
            (r"(^|\.)encoder\.ln\.", r"\1norm."),
            (r"(^|\.)encoder\.layers\.encoder_layer_(\d+)\.", r"\1blocks.\2."),
            (r"\.ln_(\d)\.", r".norm\1."),
            (r"\.self_attention\.in_proj_", ".attn.qkv."),
            (r"\.self_attention\.out_proj\.", ".attn.proj."),
            (r"(\.blocks|^blocks)(\.\d+\.mlp)\.(?:0|linear_1)\.", r"\1\2.fc1."),
            (r"(\.blocks|^blocks)(\.\d+\.mlp)\.(?:3|linear_2)\.", r"\1\2.fc2."),
        ),
    ),
    (
        "mmselfsup or mmpretrain",
        r"(^|\.)layers\.0\.ffn\.layers\.0\.0\.",
        (
            (r"(^|\.)patch_embed\.projection\.", r"\1patch_embed.proj."),
            (r"(^|\.)layers\.(\d+)\.ln(\d)\.", r"\1blocks.\2.norm\3."),
            (r"(^|\.)layers\.(\d+)\.ffn\.layers\.0\.0\.", r"\1blocks.\2.mlp.fc1."),
            (r"(^|\.)layers\.(\d+)\.ffn\.layers\.1\.", r"\1blocks.\2.mlp.fc2."),
            (r"(^|\.)layers\.(\d+)\.(?=attn\.)", r"\1blocks.\2."),
            (r"(^|\.)ln1\.", r"\1norm."),
        ),
    ),
    (
        "Hugging Face",
        r"(^|\.)encoder\.layer\.0\.attention\.attention\.query\.",
        (
            (r"(^|\.)embeddings\.patch_embeddings\.projection\.", r"\1patch_embed.proj."),
            (r"(^|\.)embeddings\.position_embeddings$", r"\1pos_embed"),
            (r"(^|\.)embeddings\.(?=cls_token$|register_tokens$|reg_token$|mask_token$)", r"\1"),
            (r"(^|\.)layernorm\.", r"\1norm."),
            (r"(^|\.)encoder\.layer\.(\d+)\.", r"\1blocks.\2."),
            *_HUGGING_FACE_BLOCK,
        ),
    ),
    # DINOv2 while it trains keeps its blocks in chunks.
    ("DINOv2", r"(^|\.)blocks\.0\.0\.norm1\.", ((r"(^|\.)blocks\.\d+\.(\d+)\.", r"\1blocks.\2."),)),
)
# Where several networks of a file fit an encoder, the one that its project evaluates: the keys under which whole networks lie, and
# the beginnings of names in one table, the better the larger and the earlier.
_CONTAINERS = {"teacher": 2, "target_encoder": 2, "state_dict_ema": 1, "model_ema": 1, "student": -1}
_BEGINNINGS = (
    r"(backbone)?",
    r"backbone\.teacher",
    r"encoder_q(\.0)?|base_encoder",
    r"online_.*|net",
    r"(?!.*(teacher|student|momentum|encoder_k|target|decoder)).*",
    r".*teacher.*",
    r".*student.*",
    r".*",
)


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
    # Whether its project pads the first convolution otherwise, which no shape tells.
    padded: bool = False

    @property
    def partial(self) -> bool:
        """Whether the encoder has weights that are not of the file."""
        return bool(self.missing or self.other_shape)

    def report(self) -> str:
        """What fitted and what did not, in sentences."""
        taken = len(self.state) - len(self.missing) - len(self.other_shape)
        lines = [f"{taken} of {len(self.state)} weights of the encoder were taken"]
        lines[0] += f" from {self.of!r} of weights of {self.layout}." if self.of else f" from weights of {self.layout}."
        if self.resized:
            lines.append(f"Position embeddings were interpolated to the size of the views: {_some(self.resized)}.")
        if self.missing:
            lines.append(f"Not in the file: {_some(self.missing)}.")
        if self.other_shape:
            lines.append(f"Of another shape: {_some(self.other_shape)}.")
        if self.padded:
            lines.append(
                "solo-learn pads this first convolution by 2 px, this program by 1: features differ a little at the border."
            )
        if self.unused:
            lines.append(f"Not of the encoder, and left out: {_some(self.unused)}.")
        return " ".join(lines)


def read_weights(path: Path) -> Mapping[str, Any]:
    """The contents of a file of weights. Nothing in it is run: of a pickle only tensors and plain values are loaded. ConfigError
    where it is none, or holds anything else."""
    if not ends_as_weights(path.name):
        raise complain(KEY, f"a file that ends in {', '.join(SUFFIXES)}", str(path))
    if not path.is_file():
        raise complain(KEY, "a file that exists", str(path))
    try:
        if path.suffix.lower() == ".safetensors":
            return load_file(path)
        state = _loaded(path)
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


def _loaded(path: Path) -> Any:
    try:
        # Official checkpoints hold their options as a Namespace, which is data; in the format before PyTorch 1.6, too.
        with torch.serialization.safe_globals([argparse.Namespace]):
            return torch.load(path, map_location="cpu", weights_only=True)
    except pickle.UnpicklingError as error:
        if "GLOBAL" not in str(error):
            raise
    # Settings as objects, or a whole model: only the tensors are of use.
    return tables_for_models(read_inert(path))


def stated_normalisation(path: Path) -> Normalisation | None:
    """Mean and deviation in the metadata of a file that this program exported; None where it has none."""
    about = _metadata(path)
    try:
        mean, std = (tuple(float(value) for value in json.loads(about[key])) for key in ("mean", "std"))
    except (KeyError, TypeError, ValueError):
        return None
    good = len(mean) == len(std) == 3 and all(-1e3 < value < 1e3 for value in mean) and all(0 < value < 1e3 for value in std)
    return (mean, std) if good else None


def stated_encoder(path: Path) -> tuple[str, int]:
    """Name of the encoder, and side of its images in px, in the metadata of a file that this program exported; "" and 0 where it
    has none."""
    about = _metadata(path)
    size = about.get("size", "")
    return about.get("backbone", ""), int(size) if size.isascii() and size.isdigit() and len(size) < 5 else 0


def _metadata(path: Path) -> Mapping[str, str]:
    if path.suffix.lower() != ".safetensors":
        return {}
    try:
        with safe_open(path, "pt") as file:
            return file.metadata() or {}
    except (OSError, SafetensorError):
        return {}


def tables_of_tensors(contents: Mapping[str, Any]) -> list[dict[str, Tensor]]:
    """The tables of weights in the contents of a file, with the names that timm and torchvision's ResNets give to the same ones."""
    return [_in_timm_s_names(table) for _, table in _tables(contents)]


def fit_weights(contents: Mapping[str, Any], backbone: Backbone, layout: str = "") -> Fitted:
    """Fit the contents of a file to an encoder: whichever of its networks has most of the encoder's weights, by name and shape.
    Nothing is changed. `layout`: whose they are, where that is known. ConfigError where none has any."""
    target = {name.removeprefix("net."): value for name, value in backbone.state_dict().items()}
    best: _Candidate | None = None
    for container, given in _tables(contents):
        # As they are first: what one project calls a weight can be another weight's name here.
        for tensors in (given, _in_timm_s_names(given)):
            for start in _starts(tensors, target):
                network = {name.removeprefix(start): value for name, value in tensors.items() if name.startswith(start)}
                candidate = _Candidate(network, _fitting(network, target), container, start, given)
                if best is None or candidate.rank > best.rank:
                    best = candidate
    if best is not None and best.fits < len(target):
        start = best.start
        other = _by_timm(
            {name.removeprefix(start): value for name, value in best.given.items() if name.startswith(start)}, backbone
        )
        fits = _fitting(other, target)
        best = replace(best, network=other, fits=fits, converted=True) if fits > best.fits else best
    if best is None or not best.fits:
        begins = next((name for _, tensors in _tables(contents) for name in tensors), "nothing")
        remedy = f"The first name in the file is {begins!r}, of the encoder {next(iter(target))!r}. Choose the encoder of the file."
        raise complain(KEY, "a file with weights of this encoder", "one with none that fits by name and shape", remedy)
    taken = best.network
    state, resized, missing, other_shape = dict[str, Tensor](), list[str](), list[str](), list[str]()
    for (full, value), name in zip(backbone.state_dict().items(), target, strict=True):
        found_here = taken.get(name)
        state[full] = value
        if found_here is None:
            if not name.endswith("num_batches_tracked"):
                missing.append(name)
        elif found_here.shape == value.shape:
            state[full] = found_here.to(value.dtype)
        elif _fits(name, found_here, value):
            state[full] = _interpolated(found_here.float(), value.shape[1]).to(value.dtype)
            resized.append(f"{name} {_sides(found_here)} to {_sides(value)}")
        else:
            other_shape.append(f"{name} {tuple(found_here.shape)} in place of {tuple(value.shape)}")
    # Where only the file gives the class token a position, it is a part of the token itself (as in timm's copy of DINOv2).
    positions = taken.get("pos_embed")
    if positions is not None and any(line.startswith("pos_embed ") for line in resized) and "cls_token" in taken:
        theirs, ours = _grid(positions.shape[1]), _grid(target["pos_embed"].shape[1])
        if theirs is not None and ours is not None and theirs[0] > ours[0]:
            full = next(full for full in state if full.endswith("cls_token"))
            state[full] = state[full] + positions[:, :1].to(state[full].dtype)
    title, first = layout or _layout(best.given), target.get("conv1.weight")
    return Fitted(
        state,
        title,
        best.of,
        tuple(resized),
        tuple(missing),
        tuple(other_shape),
        _unused(best, target),
        padded=title == "solo-learn" and first is not None and first.shape[-1] == 3,
    )


@dataclass(frozen=True, eq=False)
class _Candidate:
    """A network in a file: its weights by the encoder's names, how many of them fit, the key under which its table lies, the
    beginning of its names, and the table. `converted`: by timm's code."""

    network: Mapping[str, Tensor]
    fits: int
    container: str
    start: str
    given: Mapping[str, Tensor]
    converted: bool = False

    @property
    def of(self) -> str:
        """What the file calls it; "" where it holds nothing else."""
        return ".".join(part for part in (self.container, self.start.rstrip(".")) if part)

    @property
    def rank(self) -> tuple[int, tuple[int, int]]:
        """The larger the better."""
        return self.fits, _rank(self.container, self.start)


def checked(fitted: Fitted, text: str, partial: bool) -> Fitted:
    """The weights that `text` names, fitted. ConfigError where they are not all of the encoder's, unless `partial`, and where they
    are not finite."""
    if fitted.partial and not partial:
        hint = ""
        if any(line.startswith("conv1.weight ") for line in fitted.other_shape):
            hint = " A ResNet's first layers are those of backbone.stem: published ones have `imagenet`."
        remedy = f"{fitted.report()}{hint} Set backbone.partial=true to begin with what fits and draw the rest."
        raise complain(KEY, "weights that have every weight of the encoder", text, remedy)
    if not all(bool(torch.isfinite(value).all()) for value in fitted.state.values() if value.is_floating_point()):
        raise complain(KEY, "weights that are all finite", text)
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
    for name in tensors:
        for own in (next(iter(target)), "conv1.weight", "patch_embed.proj.weight", "features.0.0.weight", "stem.0.weight"):
            if own in target and (name == own or name.endswith(f".{own}")):
                starts.add(name.removesuffix(own))
    return starts


def _in_timm_s_names(given: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """A table with the names that timm and torchvision's ResNets give to the same weights; others as they are."""
    renames = list(_RENAMED)
    for _, sign, pairs in _DIALECTS:
        if any(re.search(sign, name) for name in given):
            renames += pairs
    table = dict[str, Tensor]()
    for name, value in given.items():
        for theirs, ours in renames:
            name = re.sub(theirs, ours, name)
        table[name] = value
    _join_attention(table)
    # A ResNet as the list of its children: a convolution of three channels, its normalisation, and stages of blocks. Stems of other
    # networks are lists, too, but have no stages.
    for name, value in given.items():
        listed = re.fullmatch(r"((?:.*\.)?)0\.weight", name)
        if listed is not None and value.ndim == 4 and value.shape[1] == 3 and f"{listed[1]}7.0.conv1.weight" in given:
            for child, own in _CHILDREN.items():
                for full in [full for full in table if full.startswith(f"{listed[1]}{child}.")]:
                    table[f"{listed[1]}{own}.{full.removeprefix(f'{listed[1]}{child}.')}"] = table.pop(full)
    return table


def _join_attention(table: dict[str, Tensor]) -> None:
    """Queries, keys and values that a file has apart, as one weight. Keys without a bias have one of 0."""
    for name in [name for name in table if name.endswith((".attn.q.weight", ".attn.q.bias"))]:
        stem, _, kind = name.rpartition("q.")
        parts = [table.get(f"{stem}{part}.{kind}") for part in "qkv"]
        if kind == "bias" and parts[1] is None and parts[0] is not None:
            parts[1] = torch.zeros_like(parts[0])
        given = [part for part in parts if part is not None]
        if len(given) == 3 and len({part.shape for part in given}) == 1:
            table[f"{stem}qkv.{kind}"] = torch.cat(given)
            for part in "qkv":
                table.pop(f"{stem}{part}.{kind}", None)


def _by_timm(network: Mapping[str, Tensor], backbone: Backbone) -> Mapping[str, Tensor]:
    """What timm's own code makes of a file that another project published for one of its networks; nothing where it has none."""
    net: Any = getattr(backbone, "net", None)
    convert = getattr(sys.modules.get(type(net).__module__), "checkpoint_filter_fn", None)
    if net is None or not type(net).__module__.startswith("timm.") or convert is None:
        return {}
    try:
        with contextlib.redirect_stdout(None):  # it prints what it leaves out
            made = convert(dict(network), net)
    except Exception:  # it is written for the files of its projects, and this may be any other
        return {}
    return {name: value for name, value in made.items() if isinstance(value, Tensor)} if isinstance(made, Mapping) else {}


def _fitting(network: Mapping[str, Tensor], target: Mapping[str, Tensor]) -> int:
    return sum(1 for name, value in network.items() if name in target and _fits(name, value, target[name]))


def _unused(best: _Candidate, target: Mapping[str, Tensor]) -> tuple[str, ...]:
    """Beginnings of the names of the file that are not of the encoder."""
    if best.converted:
        left = [name for name in best.network if name not in target]
    else:
        used = {id(value) for name, value in best.network.items() if name in target}
        joined = re.compile(r"\.attention\.(query|key|value)\.")
        left = [name for name, value in best.given.items() if id(value) not in used and not joined.search(name)]
    return tuple(dict.fromkeys(_beginning(name) for name in left))


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


def _rank(container: str, start: str) -> tuple[int, int]:
    """How good a network of a file is among those that fit alike: the larger the better."""
    bare = re.sub(r"(^|\.)(module|model|_orig_mod)(?=\.|$)", "", start.rstrip(".")).strip(".")
    return _CONTAINERS.get(container, 0), -next(index for index, words in enumerate(_BEGINNINGS) if re.fullmatch(words, bare))


def _layout(tensors: Mapping[str, Tensor]) -> str:
    for title, sign, _ in _DIALECTS:
        if any(re.search(sign, name) for name in tensors):
            return title
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
