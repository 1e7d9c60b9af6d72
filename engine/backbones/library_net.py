"""Networks of timm and torchvision by name: which there are, how they are built without a classifier, their last feature maps."""

from __future__ import annotations

import logging
import math
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from engine.config.encoder_table import Library, close_names, encoder_row, encoder_rows, installed
from engine.config.errors import ConfigError, complain

# The argument of a library's constructors that is the rate of stochastic depth.
DROP_PATH: Mapping[Library, str] = {"timm": "drop_path_rate", "torchvision": "stochastic_depth_prob"}
# Of torchvision's modules, the layers that are replaced to remove the classifier, by their place in the network.
_HEADS: Mapping[str, Mapping[str, Callable[[], nn.Module]]] = {
    "alexnet": {"avgpool": lambda: nn.AdaptiveAvgPool2d(1), "classifier": nn.Identity},
    "convnext": {"classifier.2": nn.Identity},
    "densenet": {"classifier": nn.Identity},
    "efficientnet": {"classifier": nn.Identity},
    "googlenet": {"dropout": nn.Identity, "fc": nn.Identity},
    "inception": {"dropout": nn.Identity, "fc": nn.Identity},
    "maxvit": {"classifier.3": nn.Identity, "classifier.4": nn.Identity, "classifier.5": nn.Identity},
    "mnasnet": {"classifier": nn.Identity},
    "mobilenetv2": {"classifier": nn.Identity},
    "mobilenetv3": {"classifier": nn.Identity},
    "regnet": {"fc": nn.Identity},
    "resnet": {"fc": nn.Identity},
    "shufflenetv2": {"fc": nn.Identity},
    "squeezenet": {"classifier.0": nn.Identity, "classifier.1": nn.Identity, "classifier.2": nn.Identity},
    "swin_transformer": {"head": nn.Identity},
    "vgg": {"avgpool": lambda: nn.AdaptiveAvgPool2d(1), "classifier": nn.Identity},
}
# And the layer whose output is the last feature map.
_LAST = {
    "alexnet": "features",
    "convnext": "features",
    "densenet": "features",
    "efficientnet": "features",
    "googlenet": "inception5b",
    "inception": "Mixed_7c",
    "maxvit": "blocks",
    "mnasnet": "layers",
    "mobilenetv2": "features",
    "mobilenetv3": "features",
    "regnet": "trunk_output",
    "resnet": "layer4",
    "shufflenetv2": "conv5",
    "squeezenet": "features",
    "swin_transformer": "norm",
    "vgg": "features",
}


@dataclass(frozen=True)
class Build:
    """How a network is built: `options` are the arguments of its library's constructor. `published`: side of the images for which
    it was published, in px; `size`: that of the views."""

    library: Library
    name: str
    size: int
    published: int
    options: Mapping[str, Any] = field(default_factory=dict)

    @property
    def full_name(self) -> str:
        """The name in a config."""
        return f"{self.library}/{self.name}"


def library_names(library: Library) -> list[str]:
    """The names of the encoders of an installed library, "timm/resnet18" for example."""
    if library == "timm":
        import timm

        names = timm.list_models()
    else:
        from torchvision import models

        names = models.list_models(module=models)
    return [f"{library}/{name}" for name in names]


def check_installed(library: Library, name: str) -> None:
    """ConfigError where a library is not installed, or has no encoder of this name, with the names closest to it."""
    if not installed(library):
        remedy = f"Install it: pip install {library}"
        raise complain("backbone.name", f"an encoder whose library is installed, and {library} is not", name, remedy)
    if encoder_row(name) is None or library == "timm":
        names = library_names(library)
        if name not in names:
            hint = close_names(name, [*names, *(row.name for row in encoder_rows() if row.library != library)])
            remedy = hint or f"`python -m engine encoders SEARCH` lists the encoders of {library}."
            raise complain("backbone.name", f"the name of an encoder of the installed {library}", name, remedy)


def published_size(library: Library, bare: str) -> int:
    """Side in px of the images for which an encoder was published."""
    if library == "timm":
        from timm.models import get_pretrained_cfg

        cfg = get_pretrained_cfg(bare)
        return int(cfg.input_size[-1]) if cfg is not None else 224
    return 299 if bare == "inception_v3" else 224


def family_of(library: Library, bare: str) -> str:
    """The module of a library that defines an encoder."""
    if library == "timm":
        from timm.models import model_entrypoint

        return str(model_entrypoint(bare).__module__).rpartition(".")[2]
    from torchvision import models

    return str(models.get_model_builder(bare).__module__).rpartition(".")[2]


def torchvision_options(family: str, size: int) -> dict[str, Any]:
    """Arguments that networks of a module of torchvision need; none for those of timm."""
    if family == "maxvit":
        return {"input_size": (size, size)}
    # The auxiliary classifiers of the two would need labels.
    return {"aux_logits": False, "init_weights": True} if family in ("googlenet", "inception") else {}


def library_net(build: Build) -> tuple[nn.Module, Build]:
    """The library's network without its classifier, and how it was built: with those of the options that its constructor takes.
    ConfigError where it cannot be built for the size."""
    family = family_of(build.library, build.name)
    if build.library == "torchvision" and family not in _HEADS:
        raise complain("backbone.name", "an encoder whose classifier this program can remove", build.full_name)
    options = dict(build.options)
    generator = torch.get_rng_state()
    while True:
        try:
            with quiet_libraries():
                net = _create(build.library, build.name, {**torchvision_options(family, build.size), **options})
            break
        except (AssertionError, RuntimeError, TypeError, ValueError, ZeroDivisionError) as error:
            refused = _refused_options(str(error), options)
            if not refused:
                raise wrong_size(build, error) from error
            options = {key: value for key, value in options.items() if key not in refused}
            torch.set_rng_state(generator)
    if build.library == "torchvision":
        for layer, make in _HEADS[family].items():
            net.set_submodule(layer, make())
    return net, replace(build, options=options)


def _refused_options(message: str, options: Mapping[str, Any]) -> set[str]:
    """The options that a constructor says it does not take: Python names one at a time, some networks of timm list all."""
    if not re.search(r"(unexpected|multiple values for) keyword argument", message):
        return set()
    return {key for key in re.findall(r"'(\w+)'", message) if key in options}


def _create(library: Library, name: str, options: Mapping[str, Any]) -> nn.Module:
    if library == "timm":
        import timm

        net: nn.Module = timm.create_model(name, pretrained=False, num_classes=0, **options)
        return net
    from torchvision import models

    built: nn.Module = models.get_model(name, weights=None, **options)
    return built


def python_lines(build: Build) -> str:
    """Lines of Python that build the library's own network as `net`, with weights drawn anew."""
    family = family_of(build.library, build.name)
    options = {**torchvision_options(family, build.size), **build.options}
    options = {key: value for key, value in options.items() if key not in DROP_PATH.values()}
    given = "".join(f", {key}={value!r}" for key, value in options.items())
    if build.library == "timm":
        return f'import safetensors.torch, timm\nnet = timm.create_model("{build.name}", num_classes=0{given})\n'
    removed = "".join(f'net.set_submodule("{layer}", torch.nn.{make()!r})\n' for layer, make in _HEADS[family].items())
    return f'import safetensors.torch, torch, torchvision\nnet = torchvision.models.get_model("{build.name}"{given})\n{removed}'


def wrong_size(build: Build, error: Exception, size: int | None = None, group: int = 0) -> ConfigError:
    """The error for views of a group that a network does not take, with what it says itself. `size`: their side in px, by default
    that for which the network was built."""
    message = " ".join(str(error).split())[:200].rstrip(".")
    remedy = f"It was published for {build.published} px. {message}." if message else f"It was published for {build.published} px."
    return complain(f"views.groups.{group}.size", f"a size that {build.full_name} takes", size or build.size, remedy)


# Maps


def timm_map(net: Any, images: Tensor) -> Tensor | None:
    """The last map (N, C, s, s), each cell passed through the layers after the pooling where that is possible; None without one."""
    x = net.forward_features(images)
    if not isinstance(x, Tensor) or x.ndim not in (3, 4):
        return None
    if x.ndim == 3:
        return _token_map(net, x)
    last = x.shape[-1] == net.num_features != x.shape[1] or getattr(net, "output_fmt", "NCHW") == "NHWC"
    n, side = len(x), x.shape[1] if last else x.shape[2]
    cells = x.flatten(0, 2)[:, None, None, :] if last else x.permute(0, 2, 3, 1).flatten(0, 2)[:, :, None, None]
    out: Tensor
    try:
        out = net.forward_head(cells, pre_logits=True).flatten(1)  # (N * s * s, dim)
    except (AssertionError, RuntimeError, TypeError):  # a pooling by attention has positions of its own
        out = cells.flatten(1)
    return out.reshape(n, side, -1, out.shape[1]).permute(0, 3, 1, 2)


def _token_map(net: Any, x: Tensor) -> Tensor | None:
    """Tokens (N, T, C), perhaps after some that are no patches, as a map (N, C, s, s)."""
    for before in (getattr(net, "num_prefix_tokens", 0), 0, 1, 2):
        side = math.isqrt(max(0, x.shape[1] - before))
        if side and side * side == x.shape[1] - before:
            norm = getattr(net, "fc_norm", None)
            patches = x[:, before:]
            patches = norm(patches) if isinstance(norm, nn.Module) else patches
            return patches.transpose(1, 2).reshape(len(x), -1, side, side)
    return None


def torchvision_map(net: nn.Module, images: Tensor) -> Tensor | None:
    """The last map (N, C, s, s) of a network of torchvision whose classifier is removed."""
    family = type(net).__module__.rpartition(".")[2]
    taken: list[Tensor] = []
    last = net.get_submodule(_LAST[family])
    last = last[-1] if isinstance(last, nn.ModuleList) else last
    hook = last.register_forward_hook(lambda module, given, out: taken.append(out))
    try:
        net(images)
    finally:
        hook.remove()
    x = taken[0]
    if family == "swin_transformer":
        return x.permute(0, 3, 1, 2)
    if family == "densenet":
        return F.relu(x)
    if family == "convnext":
        normed: Tensor = net.get_submodule("classifier.0")(x)
        return normed
    if family == "maxvit":
        normed = net.get_submodule("classifier.2")(x.permute(0, 2, 3, 1))
        return normed.permute(0, 3, 1, 2)
    return x


@contextmanager
def quiet_libraries() -> Iterator[None]:
    """Without the libraries' remarks on how they build a network."""
    logger = logging.getLogger("timm")
    before = logger.level
    logger.setLevel(logging.ERROR)
    try:
        yield
    finally:
        logger.setLevel(before)
