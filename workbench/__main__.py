"""`workbench`, or `python -m workbench`."""

from __future__ import annotations

import sys


def main() -> None:
    """Run the program and leave with its exit code."""
    from workbench.app import main as run

    sys.exit(run())


if __name__ == "__main__":
    main()
