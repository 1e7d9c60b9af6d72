"""How Sphinx builds the documentation: `sphinx-build -W docs build/docs`. Needs no network."""

from __future__ import annotations

import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

_settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]

project = "Parallax"
author = "the Parallax authors"
release = version = _settings["version"]
extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx.ext.napoleon", "docs.generate"]
exclude_patterns = ["generated/**/_*"]
# Docstrings write code between single backticks.
default_role = "code"
autodoc_member_order = "bysource"
autodoc_typehints = "description"
autodoc_typehints_description_target = "documented"
autodoc_preserve_defaults = True
myst_enable_extensions = ["colon_fence", "dollarmath", "attrs_inline"]
myst_heading_anchors = 3
html_theme = "furo"
html_title = f"Parallax {release}"
html_copy_source = False
html_show_sphinx = False
