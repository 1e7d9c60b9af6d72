"""Weights to begin with from runs and by published names: what a text names, downloads from a server on this machine, failures."""

from __future__ import annotations

import hashlib
import socket
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import save, save_file

from engine.backbones.build import build_backbone
from engine.backbones.published import published
from engine.backbones.weights import IMAGENET
from engine.config.errors import ConfigError
from engine.config.run import BackboneConfig, RunConfig
from engine.config.weights_text import split_epoch, weights_kind
from engine.evaluate.encoder import method_at, trained_on
from engine.events import Event, Warned
from engine.execute.progress import Cancelled
from engine.runs.run_folder import default_root
from engine.train.control import Control
from engine.train.resolve import notes, resolve
from engine.train.setup import prepare
from engine.train.start_weights import fetch_weights, known_weights, read_start
from engine.train.train_run import train
from tests.engine.methods.conftest import one_thread

__all__ = ["one_thread"]

VIT = {"name": "vit_micro", "patch": 8}
SMALL: dict[str, Any] = {
    "data": {"source": "shapes", "count": 64, "size": 16},
    "backbone": VIT,
    "train": {"steps": 1, "batch": 16, "device": "cpu"},
    "monitor": {"pictures": False, "embed_images": 0},
}


def config(**changes: Any) -> RunConfig:
    """A run of one step; `changes` replace whole groups."""
    return resolve({"method": "simclr", **SMALL, **changes})


# What a text names


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("weights/dino.pth", "file"),
        ("moco_v2_800ep_pretrain.pth.tar", "file"),
        ("timm/folder/model.safetensors", "file"),
        ("timm/convnext_tiny.in12k_ft_in1k", "timm"),
        ("torchvision/resnet50", "torchvision"),
        ("ResNet50_Weights.IMAGENET1K_V2", "torchvision"),
        ("hf-hub:facebook/dinov2-small/model.safetensors", "hub"),
        ("2026-11-29_dino_shapes", "run"),
        ("runs/2026-11-29_dino_shapes@5", "run"),
    ],
)
def test_what_a_text_names(text: str, kind: str) -> None:
    assert weights_kind(text) == kind


def test_the_epoch_of_a_run() -> None:
    assert split_epoch("runs/a@5") == ("runs/a", 5)
    assert split_epoch("runs/a@b") == ("runs/a@b", None)


def test_published_names_of_torchvision() -> None:
    v2, newest = published("torchvision/resnet50.IMAGENET1K_V2"), published("torchvision/resnet50")
    assert v2.url == newest.url == "https://download.pytorch.org/models/resnet50-11ad3fa6.pth"
    assert (v2.encoder, v2.size, v2.mean) == ("torchvision/resnet50", 224, IMAGENET[0])
    assert published("ResNet50_Weights.IMAGENET1K_V1").url == "https://download.pytorch.org/models/resnet50-0676ba61.pth"
    with pytest.raises(ConfigError, match=r"with one of IMAGENET1K_V1, IMAGENET1K_V2 after a point. Got 'torchvision/resnet50.V9'"):
        published("torchvision/resnet50.V9")
    with pytest.raises(ConfigError, match=r"the name of weights of the installed torchvision"):
        published("ResNet5_Weights.IMAGENET1K_V1")


def test_published_names_of_timm_and_the_hub() -> None:
    pytest.importorskip("timm")
    row = published("timm/vit_small_patch14_dinov2.lvd142m")
    assert (row.repository, row.encoder) == ("timm/vit_small_patch14_dinov2.lvd142m", "timm/vit_small_patch14_dinov2")
    assert (row.size, row.mean, row.std) == (518, *IMAGENET)
    assert published("hf-hub:timm/vit_small_patch14_dinov2.lvd142m").encoder == "timm/vit_small_patch14_dinov2"
    assert published("timm/vit_base_patch16_clip_224.openai").mean != IMAGENET[0]
    with pytest.raises(ConfigError, match=r"one of timm/convnext_tiny\.\w+, .*Got 'timm/convnext_tiny.nothing'"):
        published("timm/convnext_tiny.nothing")
    hub = published("hf-hub:someone/model/deep/weights.bin@v2")
    assert (hub.repository, hub.files, hub.revision) == ("someone/model", ("deep/weights.bin",), "v2")
    for wrong in ("hf-hub:someone", "hf-hub:a/../b", "hf-hub:a/b/readme.md"):
        with pytest.raises(ConfigError, match=r"backbone\.weights must be"):
            published(wrong)


def test_a_text_that_names_nothing_says_what_can_be_named() -> None:
    with pytest.raises(ConfigError, match=r"a file that ends in .*, a run .*, or published weights .*Got 'no_such_run'"):
        known_weights("no_such_run")


# A run


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run of two epochs of one step, of which a checkpoint after each is kept."""
    folder = tmp_path_factory.mktemp("runs") / "first"
    folder.mkdir()
    length = {"epochs": 2, "steps": 0, "batch": 48, "keep": 1, "device": "cpu"}
    train(config(train=length), lambda event: None, Control(), folder)
    return folder


def test_a_run_begins_with_the_encoder_of_another(trained: Path, tmp_path: Path) -> None:
    folder = tmp_path / "second"
    folder.mkdir()
    given = config(data={"source": "digits"}, backbone={**VIT, "patch": 2, "weights": str(trained), "partial": True})
    with pytest.raises(ConfigError, match=r"Of another shape"):
        read_start(given.backbone.model_copy(update={"partial": False}), build_backbone(given.backbone, 8))
    same = config(data={"source": "shapes", "count": 80, "size": 16, "seed": 5}, backbone={**VIT, "weights": str(trained)})
    events: list[Event] = []
    train(same, events.append, Control(), folder)
    texts = [event.message for event in events if isinstance(event, Warned)]
    assert any("weights of the encoder were taken from weights of a run of this program" in text for text in texts)
    before, _ = method_at(trained)
    started, _ = method_at(folder, 0)
    for name, value in started.encoder.state_dict().items():
        assert torch.equal(value, before.encoder.state_dict()[name]), name
    # Images go on being normalised as that run's were.
    theirs, ours = trained_on(trained), trained_on(folder)
    assert theirs is not None
    assert ours is not None
    assert (theirs.mean == ours.mean).all()
    assert (theirs.std == ours.std).all()


def test_the_checkpoint_of_an_epoch(trained: Path) -> None:
    assert known_weights(f"{trained}@1") == f"{trained}@1"
    early, _ = method_at(trained, 1)
    start = read_start(BackboneConfig(**VIT, weights=f"{trained}@1"), build_backbone(BackboneConfig(**VIT), 16))
    name = "blocks.0.attn.qkv.weight"
    assert torch.equal(start.fitted.state[name], early.encoder.state_dict()[name])
    last, _ = method_at(trained)
    assert not torch.equal(start.fitted.state[name], last.encoder.state_dict()[name])
    with pytest.raises(ConfigError, match=r"of an epoch whose checkpoint was kept \(.*1.*\), or without @"):
        known_weights(f"{trained}@7")


def test_a_run_by_its_name(trained: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("engine.train.start_weights.default_root", lambda: trained.parent)
    assert known_weights("first") == str(trained)
    assert default_root() != trained.parent


def test_a_run_that_is_gone_starts_nothing(trained: Path) -> None:
    with pytest.raises(ConfigError, match="List the runs"):
        fetch_weights(BackboneConfig(**VIT, weights=f"{trained}_gone"))
    with pytest.raises(ConfigError, match="a file that exists"):
        fetch_weights(BackboneConfig(**VIT, weights=f"{trained}/gone.pth"))


def test_the_normalisation_that_was_set() -> None:
    measured = prepare(config(backbone={**VIT, "normalise": "data"})).dataset
    session = prepare(config(backbone={**VIT, "normalise": "imagenet"}), measured)
    assert session.dataset.mean.tolist() == pytest.approx(IMAGENET[0])
    assert session.dataset.std.tolist() == pytest.approx(IMAGENET[1])
    assert abs(measured.mean - session.dataset.mean).max() > 0.01


# Notes


def test_notes_on_an_encoder_of_a_library() -> None:
    pytest.importorskip("timm")
    keys = {note.key: str(note) for note in notes(config(backbone={"name": "torchvision/resnet18", "rel_pos": "shared"}))}
    assert "have no effect on torchvision/resnet18" in keys["backbone.rel_pos"]
    assert "one cell for views of 16 px" in keys["backbone.name"]
    assert not {note.key for note in notes(config(backbone={**VIT, "rel_pos": "shared"}))} & {"backbone.rel_pos", "backbone.name"}


# Downloads


@dataclass
class Server:
    """Files by the path of their address. `cut`: how many bytes of one are sent before the connection ends; 0 all."""

    files: dict[str, bytes] = field(default_factory=dict)
    cut: int = 0
    port: int = 0
    requests: list[str] = field(default_factory=list)

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"


@pytest.fixture
def server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    """A server of files as torch's and the Hugging Face hub's, and caches of its own."""
    state = Server()

    class Handler(BaseHTTPRequestHandler):
        def do_HEAD(self) -> None:
            self._answer()

        def do_GET(self) -> None:
            data = self._answer()
            state.requests.append(self.path)
            self.wfile.write(data[: state.cut] if state.cut else data)

        def _answer(self) -> bytes:
            data = state.files.get(self.path)
            self.send_response(404 if data is None else 200)
            if data is None:
                self.send_header("X-Error-Code", "EntryNotFound")
            self.send_header("Content-Length", str(len(data or b"")))
            self.send_header("ETag", f'"{hashlib.sha256(data or b"").hexdigest()}"')
            self.send_header("X-Repo-Commit", "a" * 40)
            self.end_headers()
            return data or b""

        def log_message(self, *rest: Any) -> None:
            pass

    http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    state.port = http.server_address[1]
    thread = threading.Thread(target=http.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    hub = tmp_path / "hub"
    for name, value in {"TORCH_HOME": tmp_path / "torch", "HF_HUB_CACHE": hub, "HF_ENDPOINT": state.address}.items():
        monkeypatch.setenv(name, str(value))
    monkeypatch.setenv("HF_HUB_DISABLE_XET", "1")
    constants = pytest.importorskip("huggingface_hub").constants
    monkeypatch.setattr(constants, "HF_HUB_CACHE", str(hub))
    yield state
    http.shutdown()
    thread.join()
    http.server_close()


def offered(server: Server, monkeypatch: pytest.MonkeyPatch, data: bytes, named: str = "") -> Path:
    """Let torchvision's ResNet-18 have its newest weights at the server; where the file will lie."""
    from torchvision.models import ResNet18_Weights

    name = f"resnet18-{named or hashlib.sha256(data).hexdigest()[:8]}.pth"
    server.files[f"/{name}"] = data
    monkeypatch.setattr(ResNet18_Weights.IMAGENET1K_V1.value, "url", f"{server.address}/{name}")
    return Path(torch.hub.get_dir()) / "checkpoints" / name


def test_torchvision_s_weights_are_downloaded_once(server: Server, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    from torchvision.models import resnet18

    torch.manual_seed(1)
    source = resnet18().eval()
    torch.save(source.state_dict(), tmp_path / "file.pth")
    path = offered(server, monkeypatch, (tmp_path / "file.pth").read_bytes())
    backbone = BackboneConfig(name="resnet18", stem="imagenet", weights="torchvision/resnet18")
    texts: list[str] = []
    fetch_weights(backbone, lambda share, text="": texts.append(text))
    assert path.is_file()
    assert texts[-1].startswith("Downloading torchvision/resnet18: ")
    mine = build_backbone(backbone, 64)
    start = read_start(backbone, mine)
    assert len(server.requests) == 1
    assert start.normalisation == IMAGENET
    assert torch.equal(start.fitted.state["net.layer4.1.conv2.weight"], source.layer4[1].conv2.weight)
    assert start.fitted.unused == ("fc",)


def test_a_download_that_fails_leaves_nothing(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    backbone = BackboneConfig(name="resnet18", weights="torchvision/resnet18")
    path = offered(server, monkeypatch, bytes(100_000))
    server.cut = 1000
    with pytest.raises(
        ConfigError, match=r"can be downloaded\. Got 'torchvision/resnet18'\. Tried http://127.*: the connection ended"
    ) as cut:
        fetch_weights(backbone)
    server.cut = 0
    assert "\n" not in str(cut.value)
    path = offered(server, monkeypatch, bytes(100_000), named="00000000")
    with pytest.raises(ConfigError, match="another check sum than its name says"):
        fetch_weights(backbone)

    def cancel(share: float, text: str = "") -> None:
        raise Cancelled

    with pytest.raises(Cancelled):
        fetch_weights(backbone, cancel)
    assert not path.parent.exists() or not list(path.parent.iterdir())


def test_without_a_network_there_is_one_clear_line(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    constants = pytest.importorskip("huggingface_hub").constants
    monkeypatch.setattr(constants, "HF_HUB_CACHE", str(tmp_path))
    monkeypatch.setenv("HF_HUB_CACHE", str(tmp_path))
    with socket.socket() as free:  # a port at which nobody listens
        free.bind(("127.0.0.1", 0))
        monkeypatch.setenv("HF_ENDPOINT", f"http://127.0.0.1:{free.getsockname()[1]}")
    with pytest.raises(
        ConfigError, match=r"Tried http://127.*/someone/model: .*Connect to the network, or download the file"
    ) as error:
        fetch_weights(BackboneConfig(name="vit_tiny", weights="hf-hub:someone/model"))
    assert "\n" not in str(error.value)
    assert len(str(error.value)) < 500


def test_weights_of_the_hub(server: Server) -> None:
    torch.manual_seed(1)
    source = build_backbone(BackboneConfig(**VIT), 16)
    data = save(dict(source.state_dict()))
    # The first of the files that can be the weights is not there.
    server.files["/someone/model/resolve/main/open_clip_model.safetensors"] = data
    given = BackboneConfig(**VIT, weights="hf-hub:someone/model")
    for _ in range(2):
        start = read_start(given, build_backbone(given, 16))
        assert torch.equal(start.fitted.state["norm.weight"], source.state_dict()["norm.weight"])
    assert [path for path in server.requests if path in server.files] == list(server.files)  # once


def test_timm_s_weights_by_its_name(server: Server, tmp_path: Path) -> None:
    timm = pytest.importorskip("timm")
    torch.manual_seed(1)
    source = timm.create_model("test_convnext").eval()
    save_file(source.state_dict(), tmp_path / "model.safetensors")
    server.files["/timm/test_convnext.r160_in1k/resolve/main/model.safetensors"] = (tmp_path / "model.safetensors").read_bytes()
    given = BackboneConfig(name="timm/test_convnext", weights="timm/test_convnext.r160_in1k")
    mine = build_backbone(given, 64).eval()
    start = read_start(given, mine)
    assert (start.fitted.layout, start.fitted.partial) == ("timm/test_convnext", False)
    mine.load_state_dict(dict(start.fitted.state))
    images = torch.randn(2, 3, 64, 64, generator=torch.Generator().manual_seed(0))
    with torch.no_grad():
        theirs = source.forward_head(source.forward_features(images), pre_logits=True)
        assert (mine(images) - theirs).abs().max() < 1e-5
