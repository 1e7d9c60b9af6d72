"""The folders of downloaded and decoded images on this machine."""

from __future__ import annotations

from pathlib import Path

from engine.config.small_files import expanded


def data_root(root: str = "") -> Path:
    """The folder of downloaded and decoded images: `root` (data.root) or else the user's cache folder."""
    if root:
        return expanded(root).absolute()
    import platformdirs

    return platformdirs.user_cache_path("parallax", appauthor=False) / "data"


def store_root(root: str = "") -> Path:
    """The folder of decoded images below `data_root`."""
    return data_root(root) / "decoded"
