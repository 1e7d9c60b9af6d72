"""The documentation that needs no network: pages written by hand, and pages that are made from the code.

A page is Markdown. Pages of methods, settings and data sets are made when they are asked for, from the docstrings and the declared
settings; `docs/generate.py` writes the same pages for the web site. Torch is imported by the page of a method alone.
"""

from __future__ import annotations

import ast
import inspect
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml

import assets
from engine.catalogue import CATALOGUE, Entry, entry, load, methods
from engine.config.errors import complain
from engine.config.run import RunConfig
from engine.config.teacher import teacher_fields
from engine.data.columns import in_words
from engine.data.source_table import SOURCES
from engine.paper_recipes import WITHOUT, find_recipe, setting_words
from engine.systems import ARTICLES, SYSTEMS, beyond, summary

# Pages written by hand, in the order of the table of contents.
WRITTEN = ("start", "window", "walk", "concepts", "invariance", "recipes", "leaderboard", "speed", "formats", "adding")
# The pages that are made from the code, beside those of the methods ("methods/simclr").
MADE = ("methods", "systems", "configuration", "data")
ROOT = Path(__file__).resolve().parents[1]


def written_pages() -> Path:
    """The directory of the pages written by hand: of the source tree, or, in an installed package, the copy beside its assets."""
    docs = ROOT / "docs"
    return docs if (docs / "window.md").is_file() else Path(assets.__file__).parent / "manual"


def page(name: str) -> str:
    """A page as Markdown.

    Args:
        name: one of WRITTEN or MADE, or "methods/" and the id of a method.

    Raises:
        ConfigError: there is no such page.
    """
    if name.startswith("methods/"):
        return for_viewers(method_page(entry(name.removeprefix("methods/"))))
    if name in MADE:
        made: dict[str, Callable[[], str]] = {
            "methods": lambda: methods_page(methods()),
            "systems": lambda: systems_page(methods()),
            "configuration": configuration_page,
            "data": data_page,
        }
        return for_viewers(made[name]())
    if name in WRITTEN:
        try:
            return for_viewers((written_pages() / f"{name}.md").read_text(encoding="utf-8"))
        except OSError as error:
            raise complain("page", "one of this installation", name, f"{error.strerror}. Install the program again.") from None
    raise complain("page", f"one of {', '.join((*WRITTEN, *MADE))}, or methods/ and the id of a method", name)


def contents() -> dict[str, str]:
    """The titles of all pages but those of single methods, by name."""
    return {name: title_of(page(name)) for name in (*WRITTEN, *MADE)}


def title_of(text: str) -> str:
    """The first heading of a page."""
    line = next((line for line in text.splitlines() if line.startswith("# ")), "")
    return line.removeprefix("# ").strip()


def for_viewers(text: str) -> str:
    """A page without what a viewer of Markdown does not understand: directives of Sphinx in fences, pictures, and links to pages
    that are not among these. A link that stays is a page's name and ".md"."""
    text = re.sub(r"^(`{3,}|:{3,})\{[^\n]*\n.*?^\1 *\n?", "", text, flags=re.MULTILINE | re.DOTALL)
    text = re.sub(r"!\[[^\]]*\]\([^)]*\)\n?", "", text)
    return re.sub(r"\[([^\]]*)\]\(([^)\s:]+\.md)(#[^)]*)?\)", _kept_link, text)


def _kept_link(link: re.Match[str]) -> str:
    label, target = link[1], re.sub(r"^(\.\./)*(generated/)?", "", link[2])
    name = target.removesuffix(".md")
    known = name in (*WRITTEN, *MADE) or name.startswith("methods/")
    return f"[{label}]({target})" if known else label


# Methods


def methods_page(rows_shown: Sequence[Entry] = CATALOGUE) -> str:
    """The table of all methods, by family."""
    parts = ["# Methods", f"{len(rows_shown)} methods. Each is one file; its page is made from that file.", ""]
    for family in dict.fromkeys(row.family for row in rows_shown):
        rows = [
            (f"[{row.title}](methods/{row.id}.md)", f"`{row.id}`", row.line, row.cited)
            for row in rows_shown
            if row.family == family
        ]
        parts += [f"## {family.capitalize()}", "", table(("method", "id", "in a sentence", "paper"), rows), ""]
    return "\n".join(parts)


def systems_page(rows_shown: Sequence[Entry] = CATALOGUE) -> str:
    """Where each system of the articles stands in them and which method is it; then the methods that they do not name."""
    by_id = {row.id: row for row in rows_shown}
    parts = [
        "# Systems of the articles",
        "",
        "Parallax began from four articles on self-supervised learning, all in Chinese. Every system that they name is a method "
        "here. Where an article and the paper differ, the method follows the paper; the last column says how. " + summary(by_id),
        "",
        *(f"- *{name}*: {title}" for name, title in ARTICLES.items()),
        "",
    ]
    rows = [
        (system.name, f"[`{system.id}`](methods/{system.id}.md)", "; ".join(system.sections), system.note)
        for system in SYSTEMS
        if system.id in by_id
    ]
    parts += [table(("system", "method", "article and section", "note"), rows), ""]
    parts += ["## Beyond the articles", "", "Baselines, and methods that are later or that a comparison needs.", ""]
    others = [(by_id[id].title, f"[`{id}`](methods/{id}.md)", by_id[id].family, by_id[id].line) for id in beyond(by_id)]
    return "\n".join([*parts, table(("method", "id", "family", "in a sentence"), others), ""])


def method_page(row: Entry, picture: str = "") -> str:
    """One method: its docstring, picture, settings, recipe, and where its parts are. `picture`: the name of an image file, "" for
    none."""
    method = load(row.id)
    facts = [f"`{row.id}`", row.family]
    labels = {"all": "learns from class labels", "few": "learns from a few class labels", "none": "learns without labels"}
    facts.append(labels[row.labels] if row.learns else "learns nothing")
    facts.append({"any": "any encoder", "own": "an encoder of its own", "vit": "a ViT", "convvit": "a ConvViT"}[row.backbone])
    parts = [f"# {row.title}", " · ".join(facts), "", row.line, ""]
    if row.paper:
        paper = f"[{row.paper}]({row.url})" if row.url else row.paper
        parts += [f"{row.authors}: {paper}, {row.year}.", ""]
    parts += [prose(method.__doc__), "", "## What it is given", "", views_in_words(method), ""]
    if picture:
        parts += [f"![Views and inputs]({picture})", "", picture_caption(method), ""]
    rows = method_setting_rows(method.Config.model_json_schema())
    parts += ["## Settings", "", table(SETTING_HEAD, rows) if rows else "It has no settings of its own.", ""]
    if method.recipe:
        recipe = yaml.safe_dump(plain(method.recipe), sort_keys=False, allow_unicode=True)
        parts += ["## Recipe", "", "What it changes of the defaults. A person's own settings override it.", ""]
        parts += ["```yaml", recipe.rstrip(), "```", ""]
    if (published := find_recipe(row.id)) is not None:
        about = [f"Source: {published.source}.", f"It was used with: {published.needs}."]
        about += [f"Rate: {published.scaled}."] if published.scaled else []
        about += [f"Left out, or otherwise here: {'; '.join(published.differs)}."] if published.differs else []
        parts += ["## The paper's recipe", "", " ".join([*about, "`--recipe paper` starts from it."]), ""]
        parts += ["```text", *setting_words(published.settings), "```", ""]
    elif reason := WITHOUT.get(row.id):
        parts += ["## The paper's recipe", "", f"None here: {reason}.", ""]
    source = Path(inspect.getfile(method))
    used = [name for name in imported(source) if name.startswith(("engine.losses.", "engine.heads.", "engine.memory."))]
    teacher = f" --set method.{teacher_fields(method.Config)[0]}=RUN" if row.teacher else ""
    # Data that the recipe names are those that the method can use.
    data = "" if method.recipe.get("data", {}).get("source") else " --data shapes"
    command = f"python -m engine train --method {row.id}{data} --minutes 3{teacher}"
    parts += ["## Train it", "", "```sh", command, "```", ""]
    # A method of another package lies elsewhere.
    parts += [f"Source: `{source.relative_to(ROOT).as_posix() if source.is_relative_to(ROOT) else row.module}`"]
    if used:
        parts += ["", "It is built from " + ", ".join(map(linked, used)) + "."]
    return "\n".join([*parts, ""])


def linked(module: str) -> str:
    """A module's name, linked to its losses."""
    stem = module.removeprefix("engine.losses.")
    return f"[`{module}`](../losses.md#{stem})" if stem != module else f"`{module}`"


def picture_caption(method: Any) -> str:
    """What the picture of a method's views and inputs shows: images of its recipe's set, and of shapes where it names none."""
    source = method.recipe.get("data", {}).get("source", "shapes")
    return (
        f"Four images of `{source}`, a row each: the image, its views, and, where the method changes them before its network reads "
        "them (tiles, masks, turned images), the inputs that it makes. Drawn by the method's own code when this page was built."
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


# Settings

SETTING_HEAD = ("setting", "default", "allowed", "what it does")


def configuration_page() -> str:
    """Every setting of a run that does not belong to a method."""

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


def method_setting_rows(schema: Mapping[str, Any]) -> list[tuple[str, ...]]:
    """The rows of a method's settings, those of a group in it (a teacher) by their dotted keys."""
    rows: list[tuple[str, ...]] = []
    for name, field in schema.get("properties", {}).items():
        if (reference := field.get("$ref", "")) and "properties" in (group := schema["$defs"][reference.rpartition("/")[2]]):
            rows += [(f"`{name}.{row[0].strip('`')}`", *row[1:]) for row in setting_rows(group)]
    return rows + setting_rows(schema)


def setting_rows(schema: Mapping[str, Any]) -> list[tuple[str, ...]]:
    """The rows of a table from a group's JSON schema; groups inside it have tables of their own."""
    rows: list[tuple[str, ...]] = []
    for name, field in schema.get("properties", {}).items():
        if "$ref" in field or "allOf" in field or field.get("written"):
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

    rows = [
        (
            f"`{row.id}`",
            f"{row.images:,}",
            str(row.classes or ""),
            f"{row.size} px",
            f"{row.megabytes:,} MB" if row.megabytes else "none",
            in_words(row.columns),
            row.line,
        )
        for row in SOURCES
    ]
    return "\n".join(
        [
            "# Data",
            "",
            "`--data` takes a name of this table, a folder of images, WebDataset shards, a folder of a Hugging Face dataset, or an "
            "`.npz` file in the MedMNIST layout.",
            "",
            table(("id", "images", "classes", "stored at", "download", "beside images", "what it is"), rows),
            "",
        ]
    )


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
