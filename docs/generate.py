"""The pages that are made from the code when the documentation is built: methods, settings, data sets, the command line, losses.

A Sphinx extension. It writes Markdown and pictures below docs/generated, which is not under version control. The pages that the
window shows, too, are made by engine.manual.
"""

from __future__ import annotations

import argparse
import re
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from engine.manual import configuration_page, data_page, method_page, methods_page, prose, systems_page, table

DOCS = Path(__file__).resolve().parent
GENERATED = DOCS / "generated"
IMAGES = 4  # a row each in a method's picture
GAP = 6  # px


def setup(app: Any) -> dict[str, Any]:
    """Called by Sphinx."""
    app.connect("builder-inited", lambda app: generate())
    app.connect("autodoc-process-docstring", escape_docstring, priority=100)
    return {"parallel_read_safe": True, "parallel_write_safe": True}


def generate(directory: Path = GENERATED) -> None:
    """Write every page."""
    (directory / "methods").mkdir(parents=True, exist_ok=True)
    pages = {
        "configuration": configuration_page(),
        "systems": systems_page(),
        "data": data_page(),
        "command_line": command_line_page(),
        "losses": losses_page(),
    }
    for name, text in {**pages, **method_pages(directory / "methods")}.items():
        path = directory / f"{name}.md"
        # Sphinx reads a page anew when its file is newer.
        if not path.is_file() or path.read_text(encoding="utf-8") != text:
            path.write_text(text, encoding="utf-8")


# Methods


def method_pages(pictures: Path) -> dict[str, str]:
    """A page for each method, and their table. Pictures are written into the directory."""
    from engine.catalogue import CATALOGUE

    pages = {f"methods/{entry.id}": method_page(entry, draw_method(entry.id, pictures)) for entry in CATALOGUE}
    tree = ["```{toctree}", ":hidden:", "", *(f"methods/{entry.id}" for entry in CATALOGUE), "```", ""]
    return {**pages, "methods": "\n".join([methods_page(CATALOGUE), *tree])}


def draw_method(id: str, directory: Path) -> str:
    """Write the picture of a method's views and inputs; its file name."""
    import torch

    from engine.train.resolve import resolve
    from engine.train.setup import prepare

    torch.set_num_threads(1)
    data = {"count": 64, "size": 32}  # of the set of the method's recipe: the shapes, where it names none
    train = {"batch": 16, "steps": 4, "device": "cpu", "precision": "fp32"}
    # Views and inputs are the same with any teacher.
    config = resolve({"method": {"id": id}, "data": data, "train": train}, check_method_views=False)
    session = prepare(config, teacher=False)
    index = np.arange(IMAGES)
    batch = session.batches.of(index)
    columns = [np.asarray(session.dataset.images[index]).transpose(0, 2, 3, 1)]
    columns += [to_pixels(batch.pixels(view)) for view in (*batch.views, *batch.local)]
    with torch.no_grad():
        inputs = session.method.eval().inputs(batch)
    columns += [to_pixels(images) for images in inputs.values() if len(images) == IMAGES]
    height = max(column.shape[1] for column in columns)
    scale = max(1, round(64 / height))
    rows = []
    for row in range(IMAGES):
        tiles = []
        for column in columns:
            tile = column[row].repeat(scale, 0).repeat(scale, 1)
            padded = np.full((height * scale, tile.shape[1], 4), 0, np.uint8)
            padded[: tile.shape[0], :, :3] = tile
            padded[: tile.shape[0], :, 3] = 255
            tiles += [padded, np.zeros((height * scale, GAP, 4), np.uint8)]
        rows += [np.concatenate(tiles[:-1], 1)]
        rows += [np.zeros((GAP, rows[0].shape[1], 4), np.uint8)]
    Image.fromarray(np.concatenate(rows[:-1], 0)).save(directory / f"{id}.png", optimize=True)
    return f"{id}.png"


def to_pixels(images: Any) -> np.ndarray:
    """(N, 3, h, w) between 0 and 1 -> (N, h, w, 3) uint8."""
    pixels: np.ndarray = (images.float().clamp(0, 1) * 255).round().byte().permute(0, 2, 3, 1).numpy()
    return pixels


# The command line


def command_line_page() -> str:
    """Every command with its options, from the argument parser."""
    from engine.cli.options import parser

    commands = next(action for action in parser()._actions if isinstance(action, argparse._SubParsersAction))
    parts = ["# The command line", "", EXIT_CODES, ""]
    for name, command in commands.choices.items():
        usage = " ".join(command.format_usage().removeprefix("usage: ").split())
        parts += [f"## {name}", "", prose(command.description or ""), "", "```text", wrapped(usage), "```", ""]
        actions = [action for action in command._actions if not isinstance(action, argparse._HelpAction)]
        if actions:
            parts += [table(("option", "meaning"), [(option(action), action.help or "") for action in actions]), ""]
    return "\n".join(parts)


EXIT_CODES = (
    "`python -m engine COMMAND`. Results are printed on stdout, progress and errors on stderr. Exit codes: 0 done, 1 the run "
    "failed, 2 bad input, 130 interrupted, 143 and 129 stopped by SIGTERM or SIGHUP, with a checkpoint."
)


def option(action: argparse.Action) -> str:
    """How an option is written: its names and the value that it takes."""
    metavar = (
        action.metavar if action.metavar is not None else "{" + ",".join(map(str, action.choices)) + "}" if action.choices else ""
    )
    value = " ".join(metavar) if isinstance(metavar, tuple) else metavar
    return f"`{' '.join(part for part in (', '.join(action.option_strings), value) if part)}`"


def wrapped(usage: str) -> str:
    """A usage line, broken before options at 100 characters."""
    lines = [""]
    for part in re.findall(r"\[[^\]]*\]|\([^)]*\)|\S+", usage):
        if len(lines[-1]) + len(part) > 100:
            lines.append("   ")
        lines[-1] = f"{lines[-1]} {part}".lstrip() if len(lines) == 1 else f"{lines[-1]} {part}"
    return "\n".join(lines)


# The Python interface


def losses_page() -> str:
    """Every module of engine.losses."""
    names = sorted(path.stem for path in (DOCS.parent / "engine" / "losses").glob("*.py") if path.stem != "__init__")
    parts = ["# Losses", "", "Functions of tensors: no state, no config. A docstring names the paper and the equation.", ""]
    for name in names:
        parts += [f"## {name}", "", "```{eval-rst}", f".. automodule:: engine.losses.{name}", "   :members:", "```", ""]
    return "\n".join(parts)


def escape_docstring(app: Any, what: str, name: str, thing: Any, options: Any, lines: list[str]) -> None:
    """The docstrings are plain text with code between single backticks: to reStructuredText, `*`, `|` and a trailing `_` would mean
    something."""
    for number, line in enumerate(lines):
        if line.lstrip().startswith((">>>", "...")):
            continue
        parts = line.split("`")
        parts[::2] = [re.sub(r"([*|\\])|_(?=\W|$)", lambda match: "\\" + match.group(), part) for part in parts[::2]]
        lines[number] = "`".join(parts)
        # A formula that goes on with a minus is no list.
        sign = re.match(r"(\s*)([-+] .*)", lines[number])
        if sign and (number == 0 or re.match(r"\s*[^\s\-+]", lines[number - 1])):
            lines[number] = f"{sign.group(1)}\\{sign.group(2)}"
