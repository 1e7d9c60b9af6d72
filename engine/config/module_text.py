"""A person's own encoder in a config: a Python file and a class in it, the copy of its code, and its arguments. Torch-free."""

from __future__ import annotations

import ast
import hashlib
import re
from pathlib import Path
from typing import Any

from pydantic import model_validator

from engine.config.part import Part, setting
from engine.config.small_files import expanded

# What stands before the name of an encoder that another package adds by an entry point.
PLUGIN = "plugin/"
MOST_CHARACTERS = 500_000  # of a copied file
FORM = "path/to/file.py:ClassName"


class ModuleCopy(Part):
    """The code of a person's own encoder as it was when the run was set up. `name`: of the encoder, file and class, as in
    `backbone.name`; `sha256`: check sum of `text` in UTF-8."""

    name: str = setting("", "The file and class that were copied.")
    sha256: str = setting("", "Check sum of the copied code.", pattern=r"^([0-9a-f]{64})?$")
    text: str = setting("", "The copied code.", max_length=MOST_CHARACTERS)

    @model_validator(mode="after")
    def _whole(self) -> ModuleCopy:
        if self.sha256 != check_sum(self.text):
            got = check_sum(self.text)
            raise ValueError(f"backbone.module.sha256 must be the check sum of the copied code ({got}). The copy was changed.")
        return self


def check_sum(text: str) -> str:
    """SHA-256 of a text in UTF-8, in hexadecimal digits."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def split_module(name: str) -> tuple[str, str] | None:
    """The file and the class (or function) of a name as path/to/file.py:ClassName; None for any other name."""
    match = re.fullmatch(r"(.+\.py):([A-Za-z_]\w*)", name)
    return (match[1], match[2]) if match is not None else None


def is_own_module(name: str) -> bool:
    """Whether a name is that of an encoder from a Python file or from another package."""
    return split_module(name) is not None or name.startswith(PLUGIN)


def absolute_module(name: str) -> str:
    """The name with an absolute path where it names a file; others as they are."""
    parts = split_module(name)
    return name if parts is None else f"{expanded(parts[0]).absolute()}:{parts[1]}"


def short_module(name: str) -> str:
    """The name without the folders of its file, for tables; others as they are."""
    parts = split_module(name)
    return name if parts is None else f"{Path(parts[0]).name}:{parts[1]}"


def keyword_arguments(text: str) -> dict[str, Any]:
    """Arguments as a person writes them, "width=64, norm='batch'", as values. ValueError, in a sentence, for what is not of that
    form: names with numbers, texts, true or false, None, and lists, tuples or dicts of these."""
    if not text.strip():
        return {}
    try:
        call = ast.parse(f"f({text}\n)", mode="eval").body
        assert isinstance(call, ast.Call)
        if call.args or any(word.arg is None for word in call.keywords):
            raise ValueError("Each needs its name")
        return {str(word.arg): ast.literal_eval(word.value) for word in call.keywords}
    except (SyntaxError, ValueError, TypeError, AssertionError, MemoryError, RecursionError):
        raise ValueError("Write each as NAME=VALUE with a number, a text in quotes, True, False, None or a list of these") from None
