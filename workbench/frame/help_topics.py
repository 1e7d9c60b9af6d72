"""Which page of the documentation explains a control. No widgets."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class Topic:
    """A page of the documentation and the text in it to scroll to, "" for its beginning."""

    page: str
    text: str = ""


START = Topic("start")
# Panels by the id of their row.
PANELS = {
    "setup": Topic("configuration"),
    "augment": Topic("configuration", "views.groups"),
    "curves": Topic("window"),
    "health": Topic("window"),
    "sees": Topic("methods"),
    "embedding": Topic("concepts", "Space"),
    "versus": Topic("concepts", "Space"),
    "pairs": Topic("concepts", "View"),
    "invariance": Topic("invariance"),
    "table": Topic("concepts", "Run"),
    "evaluate": Topic("concepts", "Task"),
}
GROUPS = ("data", "views", "backbone", "optim", "train", "monitor")


def topic_of(names: Iterable[str], method: str) -> Topic:
    """The topic of a control.

    Args:
        names: from the control outwards, the names of the widgets around it: the dotted key of a setting, or the id of a
            panel's row.
        method: the id of the chosen method.

    Returns:
        The method's page for its own settings and for the choice of a method, else the page about the setting's group or the panel;
        the start page where nothing is known.
    """
    for name in names:
        group, _, field = name.partition(".")
        if name == "method.id":
            return Topic(f"methods/{method}")
        if group == "method" and field:
            return Topic(f"methods/{method}", field)
        if name == "data.source":
            return Topic("data")
        if field and group in GROUPS:
            return Topic("configuration", field)
        if name in PANELS:
            return PANELS[name]
    return START
