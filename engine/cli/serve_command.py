"""`python -m engine serve`: answer a window on another machine over standard input and output."""

from __future__ import annotations

import argparse
import contextlib
import importlib
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from engine.config.errors import complain
from engine.config.small_files import expanded
from engine.runs.run_folder import default_root

if TYPE_CHECKING:
    from engine.serve.server import Questions


def do_serve(options: argparse.Namespace) -> int:
    """Answer until the other end closes the pipe."""
    from engine.serve.server import NoQuestions, serve

    if sys.stdin is None or sys.stdin.isatty():
        raise complain(
            "standard input", "a pipe from the program that asks", "a terminal", "Use `workbench --host USER@SERVER` on your desk."
        )
    questions: Questions = _named(options.questions) if options.questions else NoQuestions()
    code = serve(expanded(Path(options.runs)) if options.runs else default_root(), questions)
    # A thread may wait in a computation that nobody wants any more: leave without it.
    with contextlib.suppress(OSError):
        sys.stderr.flush()
    os._exit(code)


def _named(name: str) -> Questions:
    """What a name like package.module:Class names, made."""
    module, _, attribute = name.partition(":")
    try:
        made: Questions = getattr(importlib.import_module(module), attribute)()
    except (ImportError, AttributeError, ValueError) as error:
        raise complain("--questions", "MODULE:CLASS that can be imported", name, f"{error}.") from None
    return made
