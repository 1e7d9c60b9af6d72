"""The files below a folder of images or videos, and what is not read. Does not import torch."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from os import DirEntry, scandir
from pathlib import Path
from stat import S_ISREG

from engine.config.errors import complain
from engine.data.folder_files import SHARD, TABLES, FolderFile
from engine.data.formats.layouts import BESIDE
from engine.data.pictures import FOREIGN, UNREAD, readable_endings
from engine.data.split_names import split_of
from engine.data.splits import TRAIN
from engine.data.target_files import FILES as TARGET_FILES
from engine.data.video_files import ENDINGS, looks_like_video

# Folders of operating systems, storage devices and photo programs: thumbnails, trash, snapshots.
_SYSTEM = frozenset(
    {"__macosx", "@eadir", "@tmp", "@recycle", "@recently-snapshot", "#recycle", "#snapshot", "$recycle.bin", "recycler"}
    | {"system volume information", "lost+found", "found.000", "__pycache__", "_vti_cnf", "@sharebin", "@appstore"}
)
# Files often found beside images: ignored without a note.
_OTHER = frozenset(
    {".txt", ".csv", ".tsv", ".json", ".jsonl", ".xml", ".yaml", ".yml", ".md", ".rst", ".html", ".htm", ".pdf", ".doc", ".docx"}
    | {".db", ".ini", ".log", ".py", ".ipynb", ".sh", ".m", ".lnk", ".url", ".part", ".tmp", ".bak", ".xlsx", ".xls", ".names"}
)
_MAGIC = (b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"BM", b"II*\0", b"MM\0*", b"RIFF", b"\0\0\0\x0cjP  ", b"\xff\x4f\xff\x51")
_FTYP = (b"heic", b"heix", b"mif1", b"avif")  # at byte 8 of HEIC and AVIF, after b"ftyp"
_HEAD = 512  # bytes from which the kind of a file with an unknown ending is told


@dataclass
class Listing:
    """The files of a folder. files: images. videos: video files. shards: tar files. tables: those of Arrow and Parquet. beside:
    those that may be annotations. skipped: "path: reason" of files that look like images and cannot be read. The other fields: what
    was ignored, folders and links by their path, files by their kind."""

    files: list[FolderFile] = field(default_factory=list)
    videos: list[FolderFile] = field(default_factory=list)
    shards: list[FolderFile] = field(default_factory=list)
    tables: list[FolderFile] = field(default_factory=list)
    beside: list[FolderFile] = field(default_factory=list)
    skipped: list[str] = field(default_factory=list)
    system: list[str] = field(default_factory=list)
    links: list[str] = field(default_factory=list)
    named: list[str] = field(default_factory=list)
    odd: list[str] = field(default_factory=list)
    kinds: Counter[str] = field(default_factory=Counter)

    def leave_out(self, files: Sequence[FolderFile]) -> None:
        """Count files among those of kinds that are not read."""
        self.kinds.update(Path(file.path).suffix.lower() for file in files)

    def notes(self) -> list[str]:
        lines = []
        if self.system:
            names = ", ".join(sorted({name.rpartition("/")[2] for name in self.system}))
            lines.append(f"Folders of the operating system or a storage device are left out: {names}.")
        if self.links:
            lines.append(f"Links to folders whose images are read anyway are not followed: {some(self.links)}.")
        if self.named:
            lines.append(f"Folders with the ending of a file of annotations are not read as such: {some(self.named)}.")
        if self.odd:
            what = "Pipes, sockets and devices with the ending of a file of annotations, and links that lead nowhere,"
            lines.append(f"{what} are not read: {some(self.odd)}.")
        if self.kinds:
            kinds = [f"{kind or 'no ending'} ({count:,})" for kind, count in self.kinds.most_common()]
            lines.append(f"Files of kinds that are not read are left out: {some(kinds)}.")
        return lines


def list_folder(root: Path) -> Listing:
    """Every image and video file below a folder, in the order of their paths, and what is not read."""
    listed = Listing()
    readable = readable_endings()
    # Where there are folders of splits they alone are read: a link from them to a neighbour is followed.
    splits = {path: tag for path in _folders(root) if (tag := split_of(path.name)) is not None}
    apart = TRAIN in splits.values() and len(set(splits.values())) > 1
    bases = [str(path.resolve()) for path in splits] if apart else [str(root.resolve())]
    seen: set[str] = set()

    def walk(folder: Path, inside: tuple[str, ...]) -> None:
        real = str(folder.resolve())
        if real in seen:
            listed.links.append("/".join(inside))
            return
        seen.add(real)
        try:
            with scandir(folder) as entries:
                # Folders of splits before their neighbours: a folder that is linked there is read there.
                names = sorted(entries, key=lambda entry: (not inside and apart and split_of(entry.name) is None, entry.name))
        except OSError as error:
            if not inside:
                raise complain("data.source", "a folder that can be read", str(root), f"{error.strerror}.") from None
            listed.skipped.append(f"{'/'.join(inside)}: {error.strerror}")
            return
        for entry in names:
            if not entry.name.startswith("."):
                take(entry, (*inside, entry.name))

    def take(entry: DirEntry[str], inside: tuple[str, ...]) -> None:
        name, ending = "/".join(inside), Path(entry.name).suffix.lower()
        try:
            if entry.is_dir():
                if _annotates(ending, inside):
                    listed.named.append(name)
                if entry.name.lower() in _SYSTEM:
                    listed.system.append(name)
                elif entry.is_symlink() and _leads_back(entry.path, bases):
                    listed.links.append(name)
                else:
                    walk(Path(entry.path), inside)
                return
            state = entry.stat()
            head = _first_bytes(entry.path, ending, state.st_mode) if ending not in readable else b""
            if ending in readable or _looks_like_an_image(head):
                if S_ISREG(state.st_mode):
                    files.append(FolderFile(entry.path, inside, state.st_size, state.st_mtime_ns, inside))
                else:
                    listed.skipped.append(f"{name}: it is no file of bytes but a pipe, a socket or a device")
            elif ending in FOREIGN or ending in UNREAD:
                listed.skipped.append(f"{name}: the format {ending[1:]} is not read")
            elif S_ISREG(state.st_mode) and (ending in ENDINGS or looks_like_video(head)):
                listed.videos.append(FolderFile(entry.path, inside, state.st_size, state.st_mtime_ns, inside))
            elif ending == SHARD and S_ISREG(state.st_mode):
                listed.shards.append(FolderFile(entry.path, inside, state.st_size, state.st_mtime_ns, inside))
            elif ending in TABLES and S_ISREG(state.st_mode):
                listed.tables.append(FolderFile(entry.path, inside, state.st_size, state.st_mtime_ns, inside))
            elif ending in BESIDE and S_ISREG(state.st_mode):
                listed.beside.append(FolderFile(entry.path, inside, state.st_size, state.st_mtime_ns, inside))
            elif _annotates(ending, inside) and not S_ISREG(state.st_mode):
                listed.odd.append(name)
            elif ending not in _OTHER and entry.name.lower() != "thumbs.db":
                listed.kinds[ending] += 1
        except OSError as error:
            if ending in readable or ending in FOREIGN:
                listed.skipped.append(f"{name}: {error.strerror}")
            elif _annotates(ending, inside):
                listed.odd.append(name)

    files = listed.files
    walk(root, ())
    return listed


def _folders(root: Path) -> list[Path]:
    try:
        return [Path(entry.path) for entry in scandir(root) if entry.is_dir() and not entry.name.startswith(".")]
    except OSError:
        return []


def _annotates(ending: str, inside: tuple[str, ...]) -> bool:
    """Whether a file of this name may be one of annotations or targets; captions are looked after where they are read."""
    return ending in BESIDE or (len(inside) == 1 and inside[0] in TARGET_FILES)


def _leads_back(link: str, bases: list[str]) -> bool:
    """Whether a linked folder lies in one of the folders that are read (its images are listed there), or contains one (an endless
    link upwards)."""
    real = Path(os.path.realpath(link))
    return any(real.is_relative_to(base) or Path(base).is_relative_to(real) for base in bases)


def _first_bytes(path: str, ending: str, mode: int) -> bytes:
    """The first bytes of a file whose ending does not tell what it is; empty for others."""
    if ending in FOREIGN or ending in UNREAD or ending in _OTHER or ending in ENDINGS or not S_ISREG(mode):
        return b""
    with Path(path).open("rb") as file:
        return file.read(_HEAD)


def _looks_like_an_image(head: bytes) -> bool:
    """Whether the first bytes of a file are those of an image format."""
    if head[4:8] == b"ftyp":
        return head[8:12] in _FTYP
    return head.startswith(_MAGIC) and (not head.startswith(b"RIFF") or head[8:12] == b"WEBP") and not head.startswith(b"BM\0")


def some(names: Sequence[str]) -> str:
    """The first three names, and how many more there are."""
    return ", ".join(names[:3]) + (f" and {len(names) - 3:,} more" if len(names) > 3 else "")
