"""Published weights by name, of torchvision, timm and the Hugging Face hub.

They are downloaded once, into the caches that these libraries use themselves: what one of them has downloaded before is not
downloaded again, and lies there for other programs. A child process downloads, so that a person can cancel it while a server does
not answer."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from urllib.parse import urlparse

import torch
from torch import Tensor

from engine.backbones.library_net import check_installed, quiet_libraries
from engine.backbones.weights import KEY, read_weights
from engine.backbones.weights_download import DownloadError, Source, cached, download
from engine.config.encoder_table import close_names, installed
from engine.config.errors import complain
from engine.config.weights_text import HUB, SUFFIXES, ends_as_weights, weights_kind
from engine.execute.progress import ProgressCallback, no_progress

# Files of a repository that can be its weights, the best first.
HUB_FILES = ("model.safetensors", "pytorch_model.bin", "open_clip_model.safetensors", "open_clip_pytorch_model.bin")


@dataclass(frozen=True)
class Published:
    """Weights that a library names. `text`: as they were named; `encoder`: the encoder that they are of, "timm/convnext_tiny", ""
    where it is not known; `url`, or `repository`, `revision` and `files`: where they are, the first file that exists; `mean`,
    `std`: by which images in units of 0..1 were normalised, and `size`: their side in px; None and 0 where it is not known."""

    text: str
    encoder: str = ""
    url: str = ""
    repository: str = ""
    revision: str | None = None
    files: tuple[str, ...] = ()
    mean: tuple[float, ...] | None = None
    std: tuple[float, ...] | None = None
    size: int = 0

    @property
    def address(self) -> str:
        """Where they are, for a person."""
        endpoint = os.environ.get("HF_ENDPOINT", "https://huggingface.co")
        return self.url or f"{endpoint}/{self.repository}"


def published(text: str) -> Published:
    """What a text names. Nothing is downloaded. ConfigError where the library is not installed, or has no such weights, with those
    that it has."""
    kind = weights_kind(text)
    if kind == "torchvision":
        return _of_torchvision(text)
    bare = text.removeprefix(HUB)
    # timm's own repositories are called as its weights.
    return _of_timm(text) if kind == "timm" or bare.startswith("timm/") else _of_hub(text)


def fetched(weights: Published, progress: ProgressCallback = no_progress) -> Path:
    """The file of published weights, downloaded where it is not on this machine. What `progress` raises ends the download and is
    passed on; nothing incomplete stays. ConfigError where it cannot be downloaded, with the address and the reason."""
    source = _source(weights)
    path = cached(source)
    if path is not None:
        return path
    try:
        return download(source, f"Downloading {weights.text}", progress)
    except DownloadError as error:
        remedy = f"Tried {weights.address}: {error}. Connect to the network, or download the file elsewhere and give its path."
        raise complain(KEY, "weights that lie on this machine or can be downloaded", weights.text, remedy) from None


def kept(weights: Published) -> Path | None:
    """The file of published weights where it is on this machine; None where it would have to be downloaded."""
    return cached(_source(weights))


def published_tensors(weights: Published, path: Path) -> Mapping[str, Any]:
    """The contents of the downloaded file, by the names of the library's own network. Errors: see `read_weights`."""
    contents = read_weights(path)
    if not weights.encoder.startswith("timm/"):
        return contents
    import timm

    # timm renames what other projects published, by code that belongs to each of its networks.
    name = weights.text.removeprefix(HUB).partition("/")[2].partition("@")[0]
    try:
        with quiet_libraries(), torch.random.fork_rng(devices=[]):
            net = timm.create_model(name, pretrained=True, pretrained_cfg_overlay={"state_dict": dict(contents)})
    except (KeyError, RuntimeError, TypeError, ValueError) as error:
        raise complain(KEY, f"a file of {weights.text}", str(path), f"{' '.join(str(error).split())[:200]}.") from None
    return {key: value for key, value in net.state_dict().items() if isinstance(value, Tensor)}


def _of_torchvision(text: str) -> Published:
    check_installed("torchvision", "torchvision/resnet18")
    from torchvision import models

    if not text.startswith("torchvision/"):
        try:
            member = models.get_weight(text)
        except (AttributeError, KeyError, ValueError):
            remedy = "For example ResNet50_Weights.IMAGENET1K_V2; `torchvision/resnet50` takes the newest of an encoder."
            raise complain(KEY, "the name of weights of the installed torchvision", text, remedy) from None
        family = type(member)
        bare = next((name for name in models.list_models(module=models) if models.get_model_weights(name) is family), "")
    else:
        bare, _, tag = text.removeprefix("torchvision/").partition(".")
        check_installed("torchvision", f"torchvision/{bare}")
        try:
            family = models.get_model_weights(bare)
        except ValueError:
            hint = close_names(bare, models.list_models(module=models))
            raise complain(KEY, "the name of an encoder of the installed torchvision", text, hint) from None
        known = [row.name for row in family]
        if not known or (tag and tag not in known and tag != "DEFAULT"):
            allowed = f"torchvision/{bare} with one of {', '.join(known)} after a point" if known else "an encoder with weights"
            raise complain(KEY, allowed, text)
        member = family[tag or "DEFAULT"]
    transforms = member.transforms()
    mean, std = (tuple(getattr(transforms, key, ())) or None for key in ("mean", "std"))
    size = (getattr(transforms, "crop_size", None) or [0])[0]
    return Published(text, f"torchvision/{bare}", url=member.url, mean=mean, std=std, size=int(size))


def _of_timm(text: str) -> Published:
    bare, _, revision = text.removeprefix(HUB).removeprefix("timm/").partition("@")
    architecture = bare.partition(".")[0]
    check_installed("timm", f"timm/{architecture}")
    from timm.models import get_pretrained_cfg, list_pretrained

    known = list_pretrained(f"{architecture}.*")
    if bare not in known and not (bare == architecture and known):
        remedy = f"`python -m engine encoders` lists encoders; timm has no weights for {architecture}." if not known else ""
        allowed = (
            f"one of timm/{', timm/'.join(known[:8])}{', ...' if len(known) > 8 else ''}" if known else "an encoder with weights"
        )
        raise complain(KEY, allowed, text, remedy)
    row = get_pretrained_cfg(bare)
    assert row is not None
    about = Published(text, f"timm/{architecture}", mean=tuple(row.mean), std=tuple(row.std), size=int(row.input_size[-1]))
    if row.hf_hub_id:
        # timm's own repositories are written "timm/" in its table.
        id, _, pinned = row.hf_hub_id.partition("@")
        id = f"{id}{architecture}.{row.tag}" if id.endswith("/") else id
        files = (row.hf_hub_filename,) if row.hf_hub_filename else HUB_FILES
        return replace(about, repository=id, revision=revision or pinned or None, files=files)
    url = row.url[0] if isinstance(row.url, tuple) else row.url
    if not url or not ends_as_weights(urlparse(url).path):
        raise complain(KEY, "weights in a file of tensors", text, f"timm has them at {url}." if url else "")
    return replace(about, url=url)


def _of_hub(text: str) -> Published:
    name, _, revision = text.removeprefix(HUB).partition("@")
    owner, _, rest = name.partition("/")
    repository, _, file = rest.partition("/")
    if not owner or not repository or not re.fullmatch(r"[\w./-]+", name) or ".." in name:
        raise complain(KEY, f"{HUB}OWNER/NAME, {HUB}OWNER/NAME/FILE, or one of the two with @REVISION", text)
    if file and not ends_as_weights(file):
        raise complain(KEY, f"a file that ends in {', '.join(SUFFIXES)}", file)
    return Published(text, repository=f"{owner}/{repository}", revision=revision or None, files=(file,) if file else HUB_FILES)


def _source(weights: Published) -> Source:
    """Where to download weights from, and to."""
    if weights.url:
        # Where torch.hub keeps the file of an address.
        path = Path(torch.hub.get_dir()) / "checkpoints" / Path(urlparse(weights.url).path).name
        return Source(url=weights.url, path=str(path))
    if not installed("huggingface_hub"):
        raise complain(KEY, "a file on this machine", weights.text, "For the Hugging Face hub: pip install huggingface_hub")
    return Source(repository=weights.repository, revision=weights.revision, files=weights.files)
