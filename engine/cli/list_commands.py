"""Commands that list: methods, data sets, encoders, runs."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from engine import api, catalogue, plugins, systems
from engine.backbones.encoder_plugins import plugin_encoders
from engine.catalogue import Column
from engine.config.module_text import PLUGIN
from engine.config.printable import printable
from engine.config.small_files import expanded
from engine.data.columns import in_words
from engine.paper_recipes import find_recipe, setting_words, why_none


def do_methods(options: argparse.Namespace) -> int:
    """The methods."""
    rows = api.methods()
    ids = [row.id for row in rows]
    beyond = systems.beyond(ids)
    _print_problems(plugins.METHODS)
    if options.recipes:
        return _print_recipes(ids, options.json)
    if options.json:
        print(json.dumps([{**asdict(row), "url": row.url, "beyond": row.id in beyond} for row in rows], indent=2))
        return 0
    for row in rows:
        mark = "beyond" if row.id in beyond else ""
        print(f"{row.id:16} {row.family:14} {mark:6} {row.year or '':4}  {row.title:20} {row.line}{_from(row.package)}")
    print(systems.summary(ids))
    return 0


def _print_recipes(ids: Sequence[str], as_json: bool) -> int:
    """The published recipes, and why a method has none here."""
    rows = {id: find_recipe(id) for id in ids}
    if as_json:
        print(
            json.dumps([asdict(row) if row is not None else {"id": id, "none": why_none(id)} for id, row in rows.items()], indent=2)
        )
        return 0
    for id, row in rows.items():
        if row is None:
            print(f"{id}\n  none: {why_none(id)}\n")
            continue
        parts = [" ".join(setting_words({name: part})) for name, part in row.settings.items()]
        print("\n            ".join([f"{id}\n  settings: {parts[0]}", *parts[1:]]))
        print(f"  source: {row.source}\n  needs: {row.needs}")
        for title, text in (("rate", row.scaled), ("differs", "; ".join(row.differs))):
            if text:
                print(f"  {title}: {text}")
        print()
    print(
        f"{sum(row is not None for row in rows.values())} of {len(rows)} methods. Start from one: train --method ID --recipe paper"
    )
    return 0


def do_datasets(options: argparse.Namespace) -> int:
    """The data sets that have a name."""
    from engine.data.source_table import available

    rows = [{**asdict(source), "available": available(source, "")} for source in api.datasets()]
    _print_problems(plugins.DATA)
    if options.json:
        print(json.dumps(rows, indent=2))
        return 0
    for row in rows:
        here = "ready" if row["available"] else "download"
        print(
            f"{row['id']:16} {row['images']:>7,} images  {row['classes']:>4} classes  {row['size']:>4} px  {here:9} "
            f"{row['line']}{_brings(row['columns'])}{_from(row['package'])}"
        )
    print(
        "Also by its path: a folder of images (with or without class folders), WebDataset shards (a .tar file, a folder of them,\n"
        "or a pattern: 'name-{000000..000009}.tar'), a Hugging Face dataset (a folder that save_to_disk wrote, or of Parquet),\n"
        "or an .npz file in the MedMNIST layout."
    )
    return 0


def do_encoders(options: argparse.Namespace) -> int:
    """The encoders that a config can name."""
    from engine.config.encoder_table import LIBRARIES, OWN, installed, search_encoders

    text = " ".join(options.search)
    trains = catalogue.entry(options.method).trains if options.method else lambda name: True
    own = [name for name in OWN if trains(name) and all(word in name for word in text.lower().split())]
    others = [row for row in plugin_encoders() if trains(PLUGIN + row.id) and all(word in row.id for word in text.lower().split())]
    _print_problems(plugins.ENCODERS)
    rows = [row for row in search_encoders(text) if trains(row.name)]
    if options.json:
        libraries = [{**asdict(row), "installed": installed(row.library)} for row in rows]
        named = [{"name": name} for name in (*own, *(PLUGIN + added.id for added in others))]
        print(json.dumps([*named, *libraries], indent=2))
        return 0
    for name in own:
        print(f"{name:56} of this program; its size follows the views")
    for added in others:
        print(f"{PLUGIN + added.id:56} {added.line}{_from(added.package)}")
    for row in rows:
        kind = "ViT with tokens" if row.tokens else f"stride {row.stride} px" if row.stride else "no feature map"
        print(f"{row.name:56} {row.parameters / 1e6:>7.1f} M  {row.dim:>5} features  {row.size:>4} px  {kind}")
    if not own and not rows and not others:
        print("No encoder matches. Search with fewer or shorter words, or without --method.", file=sys.stderr)
    for library in LIBRARIES:
        if not installed(library) and any(row.library == library for row in rows):
            print(f"{library} is not installed. To train its encoders: pip install {library}", file=sys.stderr)
    return 0


def _brings(columns: tuple[Column, ...]) -> str:
    """What a data set brings beside images, in brackets; "" for nothing."""
    return f" ({in_words(columns)})" if columns else ""


def _from(package: str) -> str:
    """The package that adds a row; "" for this program's own."""
    return f" [{printable(package)}]" if package else ""


def _print_problems(group: str) -> None:
    """Rows of other packages that cannot be used, on stderr."""
    for problem in plugins.problems(group):
        print(f"warning: {printable(str(problem))}", file=sys.stderr)


def do_runs(options: argparse.Namespace) -> int:
    """The runs of a folder."""
    from engine.runs.run_folder import default_root
    from engine.runs.run_store import list_runs

    root = expanded(options.runs) if options.runs else default_root()
    rows = list_runs(root)
    if options.json:
        print(json.dumps([_plain(row) for row in rows], indent=2))
        return 0
    for row in rows:
        status = row.status
        last = status.last_eval.get("knn")
        shares = [f"{share:.3f}" if share is not None else "-" for share in (last, status.best)]
        gain = f"{status.gain:+.3f}" if status.gain is not None else "-"
        knn = f"kNN {shares[0]:5} best {shares[1]:5} gain {gain:6}"
        name, title = printable(row.folder.name), printable(row.title)
        print(f"{name:44} {row.state:12} {status.step:>8,} / {status.steps:<8,} {knn} {title}")
        if row.problem:
            print(f"{'':44} has an error: {row.problem}")
    if not rows:
        print(f"No runs in {root}. Start one: python -m engine train --method simclr --data shapes --minutes 2", file=sys.stderr)
    return 0


def _plain(row: Any) -> dict[str, Any]:
    values: dict[str, Any] = json.loads(json.dumps(asdict(row), default=str))
    return values
