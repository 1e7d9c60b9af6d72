"""The command line: everything that a run needs, without a window. Results on stdout, talk on stderr.

Exit codes: 0 done, 1 the run failed, 2 bad input (one clear line, no traceback), 130 interrupted."""

from __future__ import annotations

import sys
import warnings
from collections.abc import Sequence

from engine.cli.options import parser
from engine.config.errors import ConfigError
from engine.train.process import prepare_process


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; returns the exit code."""
    options = parser().parse_args(arguments)
    prepare_process()
    # Libraries warn about their own futures; a person who trains has no use for it.
    warnings.filterwarnings("ignore", category=FutureWarning)
    try:
        code: int = options.do(options)
    except ConfigError as error:
        for problem in error.problems:
            print(f"error: {problem.message}", file=sys.stderr)
        return 2
    except BrokenPipeError:
        # The reader of a pipe (head, say) has seen enough.
        sys.stderr.close()
        return 0
    except KeyboardInterrupt:
        return 130
    return code
