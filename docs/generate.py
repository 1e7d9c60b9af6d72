"""The pages that are made from the code when the documentation is built: methods, settings, data sets, the command line, losses.

A Sphinx extension. It writes Markdown and pictures below docs/generated, which is not under version control.
"""

from __future__ import annotations

import argparse
import ast
import inspect
import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import yaml
from PIL import Image

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
    families = dict.fromkeys(entry.family for entry in CATALOGUE)
    parts = ["# Methods", f"{len(CATALOGUE)} methods. Each is one file; its page is made from that file.", ""]
    for family in families:
        rows = [
            (f"[{entry.title}](methods/{entry.id}.md)", f"`{entry.id}`", entry.line, entry.cited)
            for entry in CATALOGUE
            if entry.family == family
        ]
        parts += [f"## {family.capitalize()}", "", table(("method", "id", "in a sentence", "paper"), rows), ""]
    parts += ["```{toctree}", ":hidden:", "", *(f"methods/{entry.id}" for entry in CATALOGUE), "```", ""]
    return {**pages, "methods": "\n".join(parts)}


def method_page(entry: Any, picture: str) -> str:
    """One method: its docstring, picture, settings, recipe, and where its parts are."""
    from engine.catalogue import load

    method = load(entry.id)
    module = inspect.getmodule(method)
    facts = [f"`{entry.id}`", entry.family]
    facts.append("learns from class labels" if entry.labels else "learns without labels" if entry.learns else "learns nothing")
    facts.append({"any": "any encoder", "vit": "a ViT", "convvit": "a ConvViT"}[entry.backbone])
    parts = [f"# {entry.title}", " · ".join(facts), "", entry.line, ""]
    if entry.paper:
        paper = f"[{entry.paper}]({entry.url})" if entry.url else entry.paper
        parts += [f"{entry.authors}: {paper}, {entry.year}.", ""]
    parts += [prose(method.__doc__), "", "## What it is given", ""]
    parts += [views_in_words(method), "", f"![Views and inputs]({picture})", "", PICTURE_CAPTION, "", "## Settings", ""]
    rows = setting_rows(method.Config.model_json_schema())
    parts += [table(SETTING_HEAD, rows) if rows else "It has no settings of its own.", ""]
    if method.recipe:
        recipe = yaml.safe_dump(plain(method.recipe), sort_keys=False, allow_unicode=True)
        parts += ["## Recipe", "", "What it changes of the defaults. A person's own settings override it.", ""]
        parts += ["```yaml", recipe.rstrip(), "```", ""]
    source = Path(inspect.getfile(method))
    used = [name for name in imported(source) if name.startswith(("engine.losses.", "engine.heads.", "engine.memory."))]
    parts += ["## Train it", "", "```sh", f"python -m engine train --method {entry.id} --data shapes --minutes 3", "```", ""]
    parts += [f"Source: `{source.relative_to(DOCS.parent).as_posix()}`"]
    if used:
        parts += ["", "It is built from " + ", ".join(map(linked, used)) + "."]
    assert module is not None
    return "\n".join([*parts, ""])


def linked(module: str) -> str:
    """A module's name, linked to its losses."""
    stem = module.removeprefix("engine.losses.")
    return f"[`{module}`](../losses.md#{stem})" if stem != module else f"`{module}`"


PICTURE_CAPTION = (
    "Four images of `shapes`, a row each: the image, its views, and, where the method changes them before its network reads them "
    "(tiles, masks, turned images), the inputs that it makes. Drawn by the method's own code when this page was built."
)


def views_in_words(method: Any) -> str:
    """How many views of an image a method takes."""
    views = method.views
    least, most = views.least, views.most
    if most == least:
        number = f"{least} view" if least == 1 else f"{least} views"
    else:
        number = f"at least {least} views" if most is None else f"{least} to {most} views"
    return f"{number[0].upper()}{number[1:]} of each image{', and any number of local ones' if views.local else ''}."


def draw_method(id: str, directory: Path) -> str:
    """Write the picture of a method's views and inputs; its file name."""
    import torch

    from engine.train.resolve import resolve
    from engine.train.setup import prepare

    torch.set_num_threads(1)
    data = {"source": "shapes", "count": 64, "size": 32}
    train = {"batch": 16, "steps": 4, "device": "cpu", "precision": "fp32"}
    session = prepare(resolve({"method": {"id": id}, "data": data, "train": train}))
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


# Settings

SETTING_HEAD = ("setting", "default", "allowed", "what it does")


def configuration_page() -> str:
    """Every setting of a run that does not belong to a method."""
    from engine.config.run import RunConfig

    schema = RunConfig.model_json_schema()
    parts = [
        "# Configuration",
        "",
        "A run has one config. In YAML it has these groups; on the command line a setting is `--set GROUP.SETTING=VALUE`. The "
        "settings of a method are on [its page](methods.md) and lie in the group `method`. 0 or `auto` mostly means: chosen from "
        "the data, the machine or the method.",
        "",
        table(SETTING_HEAD, setting_rows(schema)),
        "",
    ]
    for name, field in schema["properties"].items():
        reference = field.get("$ref", "") or next((part["$ref"] for part in field.get("allOf", ()) if "$ref" in part), "")
        if not reference:
            continue
        group = schema["$defs"][reference.rpartition("/")[2]]
        parts += [f"## {name}", "", prose(group.get("description", "")), "", table(SETTING_HEAD, setting_rows(group)), ""]
        if name == "views":
            view = schema["$defs"]["ViewConfig"]
            parts += ["### views.groups", "", prose(view["description"]), "", table(SETTING_HEAD, setting_rows(view)), ""]
    return "\n".join(parts)


def setting_rows(schema: Mapping[str, Any]) -> list[tuple[str, ...]]:
    """The rows of a table from a group's JSON schema; groups inside it have tables of their own."""
    rows = []
    for name, field in schema.get("properties", {}).items():
        if "$ref" in field or "allOf" in field:
            continue
        default = field.get("default")
        text = "empty" if default in ("", [], ()) else "yes" if default is True else "no" if default is False else f"{default}"
        zero = field.get("zero", "")
        unit = f" {field['unit']}" if field.get("unit") and text != "empty" else ""
        help = field.get("description", "") + (f" 0: {zero}." if zero else "")
        rows.append((f"`{name}`", f"{text}{unit}", allowed(field), help))
    return rows


def allowed(field: Mapping[str, Any]) -> str:
    """The values that a field takes, from its JSON schema."""
    if "enum" in field or "const" in field:
        return ", ".join(f"`{value}`" for value in field.get("enum", [field.get("const")]))
    if "anyOf" in field:
        return " or ".join(allowed(one) or str(one.get("type", "")) for one in field["anyOf"])
    signs = (("minimum", "≥"), ("exclusiveMinimum", ">"), ("maximum", "≤"), ("exclusiveMaximum", "<"))
    bounds = [f"{sign} {field[key]:,}" if field[key] >= 10_000 else f"{sign} {field[key]:g}" for key, sign in signs if key in field]
    bounds += [f"a multiple of {field['multipleOf']}"] if "multipleOf" in field else []
    kinds = {"boolean": "yes or no", "string": "text", "integer": "whole number", "number": "number", "array": "list"}
    return ", ".join(bounds) or kinds.get(str(field.get("type", "")), "")


# Data sets


def data_page() -> str:
    """The named sets of images."""
    from engine.data.source_table import SOURCES

    rows = [
        (
            f"`{row.id}`",
            f"{row.images:,}",
            str(row.classes or ""),
            f"{row.size} px",
            f"{row.megabytes:,} MB" if row.megabytes else "none",
            row.line,
        )
        for row in SOURCES
    ]
    return "\n".join(
        [
            "# Data",
            "",
            "`--data` takes a name of this table, a folder of images, or an `.npz` file in the MedMNIST layout.",
            "",
            table(("id", "images", "classes", "stored at", "download", "what it is"), rows),
            "",
        ]
    )


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


# Markdown


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table; a line break or a bar in a cell would end it."""
    cells = [[cell.replace("|", "\\|").replace("\n", " ") for cell in row] for row in rows]
    return "\n".join(f"| {' | '.join(row)} |" for row in (head, ["---"] * len(head), *cells))


def prose(text: str | None) -> str:
    """A docstring as Markdown: indentation gone, what Markdown would take for emphasis escaped outside of code."""
    parts = inspect.cleandoc(text or "").split("`")
    parts[::2] = [re.sub(r"([*_<\[\]$])", r"\\\1", part) for part in parts[::2]]
    return "`".join(parts)


def plain(value: Any) -> Any:
    """Mappings and sequences as dicts and lists."""
    if isinstance(value, Mapping):
        return {str(key): plain(one) for key, one in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(one) for one in value]
    return value


def imported(source: Path) -> list[str]:
    """The modules that a file imports names from, in order."""
    tree = ast.parse(source.read_text(encoding="utf-8"))
    return list(dict.fromkeys(node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) and node.module))
