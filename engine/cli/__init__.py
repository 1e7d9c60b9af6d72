"""The command line: train, evaluate and export runs without a window. Results on stdout, messages on stderr.

Exit codes: 0 done, 1 the run failed, 2 bad input (one clear line, no traceback), 130 interrupted; 143 and 129
where SIGTERM or SIGHUP stopped a run, with a checkpoint."""

from __future__ import annotations

import sys
import warnings
from collections.abc import Sequence

from engine.cli.options import parser
from engine.config.errors import ConfigError, because
from engine.config.printable import printable
from engine.config.terminal import text_alone
from engine.execute.launched import launched
from engine.execute.prepare_process import prepare_process

# Most characters of an error message: a value can be a million characters long.
MOST_SHOWN = 4000


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; returns the exit code."""
    with text_alone():
        return _run(arguments)


def _run(arguments: Sequence[str] | None) -> int:
    options = parser().parse_args(arguments)
    prepare_process()
    # Deprecation warnings of libraries are of no use to a user of the command line.
    warnings.filterwarnings("ignore", category=FutureWarning)
    try:
        code: int = options.do(options)
    except ConfigError as error:
        if launched().beside_first:  # which says the same
            return 2
        for problem in error.problems:
            print(f"error: {printable(problem.message, lines=True, longest=MOST_SHOWN)}", file=sys.stderr)
        return 2
    except BrokenPipeError:
        # The reader of a pipe (`head`, for example) has closed it.
        sys.stderr.close()
        return 0
    except OSError as error:
        # File errors of any origin: an impossible path, a folder that was deleted, a full disk.
        location = f" with {printable(error.filename, longest=200)}" if error.filename is not None else ""
        print(f"error: The system refused to work{location}: {because(error)}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    return code
