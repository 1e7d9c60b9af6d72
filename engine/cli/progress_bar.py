"""Progress of a long command: a bar on stderr, or lines of JSON for another program."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from tqdm import tqdm

from engine.execute.progress import ProgressCallback


@contextmanager
def progress_bar(hidden: bool = False, lines: bool = False) -> Iterator[ProgressCallback]:
    """A progress callback, with the fraction done, 0 to 1, and a text. `hidden`: no bar; `lines`: each call also prints a JSON line
    on stdout."""
    with tqdm(total=100, unit="%", disable=hidden, dynamic_ncols=True, file=sys.stderr, leave=False) as bar:

        def report(share: float, text: str = "", /) -> None:
            if lines:
                print(json.dumps({"share": round(share, 4), "text": text}), flush=True)
            bar.set_description_str(text, refresh=False)
            bar.update(round(100 * share) - bar.n)

        yield report
