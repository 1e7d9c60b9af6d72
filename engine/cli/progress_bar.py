"""How far a long command is: a bar on stderr, or lines of JSON for a program that follows it."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from tqdm import tqdm

from engine.execute.progress import ProgressCallback


@contextmanager
def telling(hidden: bool = False, lines: bool = False) -> Iterator[ProgressCallback]:
    """What hears a share, 0 to 1, and what is being done. `hidden`: no bar; `lines`: each share is a line on stdout too."""
    with tqdm(total=100, unit="%", disable=hidden, dynamic_ncols=True, file=sys.stderr, leave=False) as bar:

        def tell(share: float, text: str = "", /) -> None:
            if lines:
                print(json.dumps({"share": round(share, 4), "text": text}), flush=True)
            bar.set_description_str(text, refresh=False)
            bar.update(round(100 * share) - bar.n)

        yield tell
