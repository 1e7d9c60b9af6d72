"""`python -m workbench.i18n.update`: collect all texts into the .ts file, list those without a translation, and compile it.
`--check` changes nothing and fails where a text has no translation.

The window's own texts are collected by Qt's lupdate. The engine imports no Qt: the texts of its fields, methods and data sets are
read from their declarations and go under the context "engine".
"""

from __future__ import annotations

import argparse
import ast
import shutil
import sys
import tempfile
import xml.etree.ElementTree as ET
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import assets
import engine
import workbench
from engine.catalogue import CATALOGUE
from engine.config.notes import NOTES
from engine.config.run import RunConfig
from engine.data.source_table import SOURCES
from engine.events import CLASS_ATTENTION, FEATURE_PCA
from engine.health import RULES
from engine.paper_recipes import OTHER_PACKAGE, WITHOUT
from workbench.i18n.compiled import DIRECTORY, ToolError, compile_ts, run_tool
from workbench.i18n.engine_texts import CONTEXT, picture_title
from workbench.i18n.titles import title_of

TS = DIRECTORY / "parallax_zh_CN.ts"


def engine_texts(methods: bool = True) -> tuple[str, ...]:
    """Every text of the engine that the window shows. `methods` imports each method's file, and with it torch."""
    texts: dict[str, None] = {}
    for text in _schema_texts(RunConfig.model_json_schema()):
        texts[text] = None
    for entry in CATALOGUE:
        texts[entry.line] = None
    for source in SOURCES:
        texts[source.line] = None
    for path in sorted((Path(assets.__file__).parent / "presets").glob("*.yaml")):
        texts[path.read_text(encoding="utf-8").partition("\n")[0].removeprefix("#").strip()] = None
    for rule in RULES:
        for text in (rule.message, rule.remedy, rule.source):
            texts[text] = None
    for text in (*NOTES, *picture_names(), *WITHOUT.values(), OTHER_PACKAGE):
        texts[text] = None
    if methods:
        from engine.catalogue import load

        for entry in CATALOGUE:
            for text in _schema_texts(load(entry.id).Config.model_json_schema()):
                texts[text] = None
    return tuple(text for text in texts if text)


def picture_names() -> list[str]:
    """The names of all methods' pictures: the keys of the dicts in functions that return pictures. Read from the source, because a
    method returns them only after training."""
    package = Path(next(iter(engine.__path__)))
    names_in_order = dict.fromkeys((FEATURE_PCA, CLASS_ATTENTION))
    for path in sorted([*(package / "methods").rglob("*.py"), *(package / "pictures").glob("*.py")]):
        for function in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(function, ast.FunctionDef) and function.returns and ast.unparse(function.returns) == "dict[str, Tensor]":
                for node in ast.walk(function):
                    keys = node.keys if isinstance(node, ast.Dict) else []
                    names = [key.value for key in keys if isinstance(key, ast.Constant)]
                    names_in_order.update(dict.fromkeys(str(name) for name in names))
    return list(dict.fromkeys(picture_title(name) for name in names_in_order))


def _schema_texts(schema: Mapping[str, Any]) -> Iterator[str]:
    for part in (schema, *schema.get("$defs", {}).values()):
        for name, field in part.get("properties", {}).items():
            if "$ref" in field and "description" not in field:
                continue
            yield title_of(str(name), field.get("title"))
            yield str(field.get("description", ""))
            yield str(field.get("unit", ""))
            yield str(field.get("also", ""))
            yield str(field.get("zero", ""))


def update(ts: Path = TS) -> None:
    """Update the .ts file to the texts in the source; translations are kept, except for texts that no longer exist."""
    package = Path(next(iter(workbench.__path__)))
    with tempfile.TemporaryDirectory() as folder:
        listing = Path(folder) / "engine_words.py"
        lines = [f"QCoreApplication.translate({CONTEXT!r}, {_literal(text)})" for text in engine_texts()]
        listing.write_text("\n".join(["from PySide6.QtCore import QCoreApplication", *lines, ""]), encoding="utf-8")
        sources = sorted(str(path) for path in package.rglob("*.py"))
        run_tool("lupdate", "-locations", "none", "-no-obsolete", "-silent", "-no-ui-lines", *sources, str(listing), "-ts", str(ts))


def untranslated(ts: Path = TS) -> list[str]:
    """Texts without a translation, as "context: text"."""
    missing = []
    for context in ET.parse(ts).getroot().iter("context"):
        for message in context.iter("message"):
            translation = message.find("translation")
            if translation is None or translation.get("type") == "unfinished" or not (translation.text or "").strip():
                missing.append(f"{context.findtext('name')}: {message.findtext('source')}")
    return missing


def _literal(text: str) -> str:
    # lupdate reads double-quoted literals in which only these two are escaped.
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def main(arguments: Sequence[str] | None = None) -> int:
    """Update and compile, or check; the exit code."""
    parser = argparse.ArgumentParser(prog="python -m workbench.i18n.update", description=__doc__)
    parser.add_argument("--check", action="store_true", help="change nothing; fail where a text has no translation")
    check = parser.parse_args(arguments).check
    try:
        if check:
            with tempfile.TemporaryDirectory() as directory:
                ts = Path(directory) / TS.name
                shutil.copy(TS, ts)
                update(ts)
                missing = untranslated(ts)
        else:
            update()
            compile_ts(TS)
            missing = untranslated()
    except ToolError as error:
        raise SystemExit(str(error)) from None
    for text in missing:
        print(f"not translated: {text}")
    print(f"{TS.name}: {len(missing)} texts without a translation")
    return int(check and bool(missing))


if __name__ == "__main__":
    sys.exit(main())
