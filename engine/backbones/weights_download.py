"""Download a file of weights in a child process, so that a person can cancel it while a server does not answer. Does not import
torch."""

from __future__ import annotations

import contextlib
import hashlib
import re
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlparse

from engine.execute.child_process import ChildEnded, ChildProcess, Parent, module_command
from engine.execute.progress import ProgressCallback
from engine.runs.atomic_write import atomic_write

_TIMEOUT = 20.0  # seconds for each answer of a server
_CHUNK = 1 << 20
# Last lines of a download's standard error that are kept for a message.
_KEPT_ERRORS = 20
# The beginning of the SHA-256 sum at the end of a file's name, as PyTorch's own weights have it: resnet50-11ad3fa6.pth.
_SUM = re.compile(r"-([a-f0-9]{8,})\.\w+$")


@dataclass(frozen=True)
class Source:
    """Where a file is: `url`, to be stored as `path`; or `repository` of the Hugging Face hub, to be stored in its own cache: the
    first of `files` that it has in `revision`, None for the newest."""

    url: str = ""
    path: str = ""
    repository: str = ""
    revision: str | None = None
    files: tuple[str, ...] = ()


class DownloadError(Exception):
    """A download that failed; the message is one line, without a stop."""


def cached(source: Source) -> Path | None:
    """The file where it has been downloaded before."""
    if source.url:
        return Path(source.path) if Path(source.path).is_file() else None
    from huggingface_hub import try_to_load_from_cache

    for file in source.files:
        at = try_to_load_from_cache(source.repository, file, revision=source.revision)
        if isinstance(at, str):
            return Path(at)
    return None


def download(source: Source, title: str, progress: ProgressCallback) -> Path:
    """Download a file and return its path. `title`: stands before the megabytes in the text of `progress`, whose errors end the
    download and are passed on. Nothing incomplete stays. DownloadError where it fails."""
    before, at, failed = set(_incomplete(source)), (0, 0), ""

    def report() -> None:
        done, total = at
        progress(min(1.0, done / total) if total else 0.0, f"{title}: {_megabytes(done, total)}")

    try:
        with ChildProcess(module_command("engine.backbones.weights_download"), kept_errors=_KEPT_ERRORS) as child:
            child.send(source)
            while True:
                kind, *values = child.receive(report)
                if kind == "done":
                    return Path(values[0])
                if kind == "failed":
                    failed = values[0]
                    break
                at = (values[0], values[1])
    except ChildEnded as error:
        failed = " ".join([str(error), *error.errors[-1:]])
    finally:
        for rest in set(_incomplete(source)) - before:
            with contextlib.suppress(OSError):
                rest.unlink()
    raise DownloadError(" ".join(failed.split())[:200].rstrip("."))


def _incomplete(source: Source) -> Iterator[Path]:
    """Files that a download leaves when its process is ended."""
    if source.url:
        path = Path(source.path)
        yield from path.parent.glob(f".{path.name[:40]}.*.part") if path.parent.is_dir() else ()
        return
    from huggingface_hub import constants

    blobs = Path(constants.HF_HUB_CACHE) / f"models--{source.repository.replace('/', '--')}" / "blobs"
    yield from blobs.glob("*.incomplete") if blobs.is_dir() else ()


def _megabytes(done: int, total: int) -> str:
    return f"{done / 1e6:.0f} of {total / 1e6:.0f} MB" if total else f"{done / 1e6:.0f} MB"


# The child process


def main() -> None:
    """Receives a Source, sends ("at", bytes, all bytes) while it downloads, then ("done", path) or ("failed", why)."""
    parent = Parent()
    source = parent.receive()
    try:
        path = _from_url(source, parent) if source.url else _from_hub(source, parent)
    except Exception as error:  # each server and library has errors of its own
        parent.send(("failed", _first_cause(error)))
    else:
        parent.send(("done", str(path)))


def _from_url(source: Source, parent: Parent) -> Path:
    """OSError and ValueError where it cannot be downloaded, or its content has another check sum than its name says."""
    path = Path(source.path)
    path.parent.mkdir(parents=True, exist_ok=True)
    request = urllib.request.Request(source.url, headers={"User-Agent": "parallax"})
    digest = hashlib.sha256()
    with urllib.request.urlopen(request, timeout=_TIMEOUT) as answer, atomic_write(path) as part, part.open("wb") as file:
        total, done = int(answer.headers.get("Content-Length") or 0), 0
        while data := answer.read(_CHUNK):
            file.write(data)
            digest.update(data)
            done += len(data)
            parent.send(("at", done, total))
        if done < total:
            raise OSError(f"the connection ended after {_megabytes(done, total)}")
        named = _SUM.search(Path(urlparse(source.url).path).name)
        if named is not None and not digest.hexdigest().startswith(named[1]):
            raise ValueError("the file has another check sum than its name says")
    return path


def _from_hub(source: Source, parent: Parent) -> Path:
    """OSError and the hub's own errors where it cannot be downloaded."""
    from huggingface_hub import hf_hub_download
    from huggingface_hub.errors import EntryNotFoundError, LocalEntryNotFoundError
    from tqdm import tqdm

    class Report(tqdm):  # type: ignore[type-arg]
        """Sends what a progress bar would show."""

        def __init__(self, *given: Any, **named: Any) -> None:
            super().__init__(*given, **{key: value for key, value in named.items() if key != "name"})
            self.sent = 0

        def update(self, n: float | None = 1) -> bool | None:
            self.sent += int(n or 0)
            parent.send(("at", self.sent, int(self.total or 0)))
            return super().update(n)

    for file in source.files:
        try:
            return Path(hf_hub_download(source.repository, file, revision=source.revision, tqdm_class=Report))
        except LocalEntryNotFoundError:  # no network
            raise
        except EntryNotFoundError:
            continue
    raise FileNotFoundError(f"{source.repository} has none of {', '.join(source.files)}")


def _first_cause(error: BaseException) -> str:
    """The error that began a chain of them: it says what happened, where the last one gives advice."""
    while (before := error.__cause__ or error.__context__) is not None:
        error = before
    return str(getattr(error, "reason", None) or error) or type(error).__name__


if __name__ == "__main__":
    main()
