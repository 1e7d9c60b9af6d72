"""Words that this project no longer uses, and how to find them.

`python -m tests.plain_english` prints the counts by directory, `FILE ...` each occurrence in these files. The count of the whole
tree is 0; names that are stored in files of users are exempt, and listed in STORED.
"""

from __future__ import annotations

import argparse
import re
import sys
import tokenize
import xml.etree.ElementTree as ET
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from io import StringIO
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
DIRECTORIES = ("engine", "workbench", "tests", "docs", "examples", "assets")
PAGES = ("README.md", "CONTRIBUTING.md")
# This file and its test hold the words themselves.
EXCEPT = ("tests/plain_english.py", "tests/test_plain_english.py")

# Names in the code, compared whole and without leading underscores: what to write in their place.
NAMES = {
    **dict.fromkeys(
        ("asked", "told", "found", "said", "tell", "tells", "heard", "hear"), "the thing itself: entry, request, message"
    ),
    **dict.fromkeys(("judge", "Judge"), "discriminator"),
    **dict.fromkeys(("maker", "makers"), "generator"),
    **dict.fromkeys(("meet", "introduce"), "setup_data"),
    **dict.fromkeys(("solved", "Solved"), "task_score, TaskScore"),
    "trivial": "chance or baseline",
    "still": "frozen",
    **dict.fromkeys(("opinion", "opinions"), "output, logits, prediction or assignment"),
    **dict.fromkeys(("foretell", "foretells", "foretold", "guess", "guesses", "guessed", "guessing"), "predict, prediction"),
    "push_held": "enqueue",
    **dict.fromkeys(("place", "places"), "index (data), position (geometry), directory, region (screen)"),
    **dict.fromkeys(("wear", "wears", "wearing", "worn"), "coloring, applied"),
    **dict.fromkeys(("tongue", "tongues"), "language, languages"),
    **dict.fromkeys(("dress", "dressed"), "apply_theme, themed"),
    "sights": "feature_pictures",
    **dict.fromkeys(("nobody", "somebody", "stranger"), "the thing itself"),
}

# `each`, as an attribute and as an argument: the field of Out. A local variable may have the name.
EACH = "per_image"

# Words and phrases in comments, docstrings, texts and pages.
PROSE = {
    r"judge's|judges?": "discriminator, or measure",
    r"maker's|makers?": "generator",
    r"foretells?|foretold|foretelling": "predict",
    r"guess|guesses|guessed|guessing|by guessing": "predict, estimate; chance level",
    r"opinions?": "output, logits, prediction or assignment",
    r"knowing nothing|knows nothing|know nothing": "chance or baseline",
    r"by chance": "chance level",
    r"needs a look": "has an error",
    r"what it sees": "Visualizations",
    r"what (?:this|a|the) method sees": "Visualizations",
    r"wears?|wearing|worn": "coloured by, shown in",
    r"tongues?": "language",
    r"dress|dresses|dressed": "theme",
    r"hears|heard": "receives",
    r"speaks?|spoken": "is in the language; writes",
    r"strangers?": "other, unknown",
    r"the one door|one door": "the only interface",
    r"floors of": "layers of",
    r"mends?|mended|mending": "fix",
    r"shall|whence|hence|thereof|whereof|wherein|herein|lest|nought|naught|beheld|behold|bidden|hither|thither": "plain English",
    r"for to \w+": "because",
    r"meets? (?:the|its|an|a|every|all|each) (?:images?|data)": "setup_data, is given",
    r"words of (?:hidden|masked)|accuracy of words": "visual tokens",
}
# In the engine nothing is painted: there these mean a reconstruction.
ENGINE_PROSE = {r"paints?|painted|painting|painter": "reconstruct, predict"}

# File names whose meaning nobody can tell from them.
STEMS = {
    "whole": "atomic_write",
    "apart": "dry_run_process",
    "telling": "progress",
    "looking": "inspect_commands",
    "sights": "feature_pictures",
    "named": "cluster_tracking",
    "numbers": "sample_scores",
    "same": "compatibility",
    "watch": "health_monitor",
    "showing": "run_selection",
    "kept": "window_state",
    "asking": "dialogs",
    "wearing": "coloring",
    "tongues": "languages",
    "dress": "apply_theme",
    **dict.fromkeys(("near", "opened", "shown"), "what the file holds"),
}

# Names that runs, checkpoints and reports of earlier versions contain, by the file that reads or writes them: not counted. A test
# finds those that no longer occur.
STORED: Mapping[str, tuple[str, ...]] = {
    # Old names of weights, Method.RENAMED.
    "engine/method.py": ("judge", "paint", "painter"),
    "engine/methods/pretext/inpainting.py": ("judge",),
    "tests/engine/methods/test_older_checkpoints.py": ("judge",),
    # The interface of the package cmaes.
    "engine/optim/evolution.py": ("tell",),
    # Names of a method's pictures, and of the score of its task, in a run's folder. The window shows them under another title.
    "engine/methods/baseline/supervised.py": ("guesses",),
    "engine/methods/contrastive/cpc.py": ("guesses",),
    "engine/methods/masked/beit.py": ("accuracy of words", "guess", "guessed", "painted"),
    "engine/methods/masked/deep_mim.py": ("painted",),
    "engine/methods/patch_distillation.py": ("accuracy of words", "guess"),
    "engine/methods/masked/ijepa.py": ("foretold",),
    "engine/methods/masked/local_mim.py": ("paint", "painted"),
    "engine/methods/pretext/colorization.py": ("foretold",),
    "engine/methods/pretext/jigsaw.py": ("guess",),
    "engine/methods/pretext/jigsaw_clustering.py": ("guess",),
    "engine/methods/pretext/mp3.py": ("guess",),
    "engine/methods/pretext/rotation.py": ("guess",),
    "tests/engine/methods/test_puzzles.py": ("guess",),
    "workbench/i18n/engine_texts.py": ("foretold", "guess", "guessed", "guesses"),
    # The key of the settings in an invariance report.
    "engine/runs/invariance_file.py": ("asked",),
    "engine/study/invariance.py": ("asked",),
    "tests/engine/study/test_invariance.py": ("asked",),
    # The method of Python's files.
    "engine/runs/writer.py": ("tell",),
}

_PROSE = re.compile(rf"(?<![\w-])(?:{'|'.join(PROSE)})(?![\w-])", re.IGNORECASE)
_ENGINE_PROSE = re.compile(rf"(?<![\w-])(?:{'|'.join((*PROSE, *ENGINE_PROSE))})(?![\w-])", re.IGNORECASE)
_TEXT = (tokenize.COMMENT, tokenize.STRING, getattr(tokenize, "FSTRING_MIDDLE", tokenize.STRING))


@dataclass(frozen=True)
class Occurrence:
    """A retired word in a file. `line` counts from 1; 0 stands for the file's own name."""

    line: int
    word: str
    remedy: str


def files(root: Path = ROOT) -> list[Path]:
    """The files that are read: Python, Markdown, presets, the source texts of the translations."""
    listed = [root / page for page in PAGES if (root / page).is_file()]
    for directory in DIRECTORIES:
        for path in (root / directory).rglob("*"):
            if path.suffix in (".py", ".md", ".yaml", ".ts") and "generated" not in path.parts:
                listed.append(path)
    return sorted(path for path in listed if path.relative_to(root).as_posix() not in EXCEPT)


def occurrences(path: Path, root: Path = ROOT, stored: Mapping[str, tuple[str, ...]] = STORED) -> list[Occurrence]:
    """Every retired word of one file, without the exempt ones."""
    relative = path.relative_to(root).as_posix()
    exempt = stored.get(relative, ())
    prose = _ENGINE_PROSE if relative.startswith("engine/") else _PROSE
    text = path.read_text(encoding="utf-8")
    hits = [Occurrence(0, path.stem, STEMS[path.stem])] if path.suffix == ".py" and path.stem in STEMS else []
    if path.suffix == ".py":
        hits += _in_python(text, prose)
    elif path.suffix == ".ts":
        sources = (message.findtext("source") or "" for message in ET.fromstring(text).iter("message"))
        hits += [hit for number, source in enumerate(sources, 1) for hit in _in_prose(source, number, prose)]
    else:
        hits += [hit for number, line in enumerate(text.splitlines(), 1) for hit in _in_prose(line, number, prose)]
    return [hit for hit in hits if hit.word not in exempt]


def _in_python(text: str, prose: re.Pattern[str]) -> Iterator[Occurrence]:
    code: list[tuple[int, str]] = []
    for token in tokenize.generate_tokens(StringIO(text).readline):
        if token.type == tokenize.NAME:
            remedy = NAMES.get(token.string.strip("_"))
            if remedy is not None:
                yield Occurrence(token.start[0], token.string, remedy)
        if token.type in _TEXT:
            yield from _in_prose(token.string, token.start[0], prose)
        elif token.type in (tokenize.NAME, tokenize.OP):
            code.append((token.start[0], token.string))
    for (_, before), (number, name), (_, after) in zip(code, code[1:], code[2:], strict=False):
        if name == "each" and (before == "." or (before in "(," and after == "=")):
            yield Occurrence(number, name, EACH)


def _in_prose(text: str, line: int, prose: re.Pattern[str]) -> Iterator[Occurrence]:
    for match in prose.finditer(text):
        word = " ".join(match.group().lower().split())
        remedy = next(
            (remedy for pattern, remedy in (PROSE | ENGINE_PROSE).items() if re.fullmatch(pattern, word, re.IGNORECASE)),
            "plain English",
        )
        yield Occurrence(line + text[: match.start()].count("\n"), word, remedy)


def counts(root: Path = ROOT) -> dict[str, int]:
    """Retired words by file, without the files that have none."""
    counted = {path.relative_to(root).as_posix(): len(occurrences(path, root)) for path in files(root)}
    return {file: count for file, count in counted.items() if count}


def main(words: Sequence[str] | None = None) -> int:
    """The command."""
    parser = argparse.ArgumentParser(prog="python -m tests.plain_english", description=__doc__)
    parser.add_argument("files", nargs="*", type=Path, help="files or directories whose occurrences are listed")
    options = parser.parse_args(words)
    if options.files:
        chosen = [path.resolve() for path in options.files]
        for path in files():
            if any(path == one or one in path.parents for one in chosen):
                for hit in occurrences(path):
                    print(f"{path.relative_to(ROOT).as_posix()}:{hit.line}: {hit.word} -> {hit.remedy}")
        return 0
    now = counts()
    directories = Counter[str]()
    for file, count in now.items():
        parts = Path(file).parts
        directories["/".join(parts[:2] if len(parts) > 2 else parts[:1])] += count
    for directory, count in sorted(directories.items()):
        print(f"{count:6}  {directory}")
    print(f"{sum(now.values()):6}  in all, in {len(now)} files")
    return 0


if __name__ == "__main__":
    sys.exit(main())
