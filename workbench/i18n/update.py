"""`python -m workbench.i18n.update`: gather all texts into the .ts file and compile it; `--check` only tells whether that is due.

The window's own texts are found by Qt's lupdate. The engine knows no Qt: its fields, methods and data sets are asked for their
words, which go under the context "engine".
"""

from __future__ import annotations

import argparse
import ast
import shutil
import subprocess
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
from engine.data.table import SOURCES
from engine.events import CLASS_ATTENTION, FEATURE_PCA
from engine.health import RULES
from workbench.i18n.load import FOLDER
from workbench.i18n.titles import title_of
from workbench.i18n.words import CONTEXT

TS = FOLDER / "parallax_zh_CN.ts"
QM = TS.with_suffix(".qm")


def engine_texts(methods: bool = True) -> tuple[str, ...]:
    """Every text of the engine that the window shows. `methods` imports each method's file, and with it torch."""
    found: dict[str, None] = {}
    for text in _schema_texts(RunConfig.model_json_schema()):
        found[text] = None
    for entry in CATALOGUE:
        found[entry.line] = None
    for source in SOURCES:
        found[source.line] = None
    for path in sorted((Path(assets.__file__).parent / "presets").glob("*.yaml")):
        found[path.read_text(encoding="utf-8").partition("\n")[0].removeprefix("#").strip()] = None
    for rule in RULES:
        for text in (rule.said, rule.remedy, rule.source):
            found[text] = None
    for text in (*NOTES, *picture_names()):
        found[text] = None
    if methods:
        from engine.catalogue import load

        for entry in CATALOGUE:
            for text in _schema_texts(load(entry.id).Config.model_json_schema()):
                found[text] = None
    return tuple(text for text in found if text)


def picture_names() -> list[str]:
    """What methods call their pictures: the keys of the dicts that stand in functions which give pictures. Read from the source,
    for to ask the methods would be to train them."""
    package = Path(next(iter(engine.__path__)))
    found = dict.fromkeys((FEATURE_PCA, CLASS_ATTENTION))
    for path in sorted([*(package / "methods").rglob("*.py"), *(package / "pictures").glob("*.py")]):
        for function in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(function, ast.FunctionDef) and function.returns and ast.unparse(function.returns) == "dict[str, Tensor]":
                for node in ast.walk(function):
                    keys = node.keys if isinstance(node, ast.Dict) else []
                    names = [key.value for key in keys if isinstance(key, ast.Constant)]
                    found.update(dict.fromkeys(str(name).replace("_", " ") for name in names))
    return list(found)


def _schema_texts(schema: Mapping[str, Any]) -> Iterator[str]:
    for part in (schema, *schema.get("$defs", {}).values()):
        for name, field in part.get("properties", {}).items():
            if "$ref" in field and "description" not in field:
                continue
            yield title_of(str(name), field.get("title"))
            yield str(field.get("description", ""))
            yield str(field.get("unit", ""))


def update(ts: Path = TS) -> None:
    """Bring the .ts file in line with the texts of today; translations are kept, those of vanished texts dropped."""
    package = Path(next(iter(workbench.__path__)))
    with tempfile.TemporaryDirectory() as folder:
        listing = Path(folder) / "engine_words.py"
        lines = [f"QCoreApplication.translate({CONTEXT!r}, {_literal(text)})" for text in engine_texts()]
        listing.write_text("\n".join(["from PySide6.QtCore import QCoreApplication", *lines, ""]), encoding="utf-8")
        sources = sorted(str(path) for path in package.rglob("*.py"))
        _run("lupdate", "-locations", "none", "-no-obsolete", "-silent", "-no-ui-lines", *sources, str(listing), "-ts", str(ts))


def compile_ts(ts: Path = TS, qm: Path = QM) -> None:
    """Make the .qm file that the program loads."""
    _run("lrelease", "-silent", "-nounfinished", str(ts), "-qm", str(qm))


def untranslated(ts: Path = TS) -> list[str]:
    """Texts without a translation, as "context: text"."""
    found = []
    for context in ET.parse(ts).getroot().iter("context"):
        for message in context.iter("message"):
            said = message.find("translation")
            if said is None or said.get("type") == "unfinished" or not (said.text or "").strip():
                found.append(f"{context.findtext('name')}: {message.findtext('source')}")
    return found


def _literal(text: str) -> str:
    # lupdate reads double-quoted literals in which only these two are escaped.
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _run(tool: str, *words: str) -> None:
    beside = Path(sys.executable).parent / f"pyside6-{tool}"
    program = str(beside) if beside.exists() else shutil.which(f"pyside6-{tool}")
    if program is None:
        raise SystemExit(f"pyside6-{tool} was not found. It comes with PySide6-Essentials. Install that into this environment.")
    done = subprocess.run([program, *words], capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"pyside6-{tool} failed:\n{done.stdout}{done.stderr}")


def main(words: Sequence[str] | None = None) -> int:
    """Update and compile, or check; the exit code."""
    parser = argparse.ArgumentParser(prog="python -m workbench.i18n.update", description=__doc__)
    parser.add_argument("--check", action="store_true", help="fail where the files are not up to date or not complete")
    if not parser.parse_args(words).check:
        update()
        compile_ts()
        left = untranslated()
        print(f"{TS.name}: {len(left)} texts without a translation")
        return 0
    with tempfile.TemporaryDirectory() as folder:
        ts, qm = Path(folder) / TS.name, Path(folder) / QM.name
        shutil.copy(TS, ts)
        update(ts)
        compile_ts(ts, qm)
        left = untranslated(ts)
        stale = qm.read_bytes() != QM.read_bytes()
    for text in left:
        print(f"not translated: {text}")
    if stale:
        print(f"{QM.name} is not made from the texts of today. Run: python -m workbench.i18n.update")
    return int(bool(left) or stale)


if __name__ == "__main__":
    sys.exit(main())
