"""Opens the window on the screen of $DISPLAY, and prints as JSON where it is and what is cut off.

    QT_QPA_PLATFORM=xcb QT_SCALE_FACTOR=1.5 python -m tests.workbench.open_on_screen FOLDER [PICTURE]

FOLDER gets the settings and the runs; PICTURE, the first workspace."""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

from PySide6.QtCore import QSettings
from PySide6.QtWidgets import QApplication

from tests.workbench.build_window import build_window
from tests.workbench.clipped import clipped
from tests.workbench.stand_ins import StandInAnswers, StandInTrainer


def main(folder: Path, picture: str = "") -> None:
    """Show the window for as long as its first questions take."""
    application = QApplication(["parallax"])
    from workbench import theme
    from workbench.bridge.bridge import Bridge
    from workbench.window import WORKSPACES

    theme.apply("dark")
    settings = QSettings(str(folder / "window.ini"), QSettings.Format.IniFormat)
    window = build_window(Bridge(folder / "runs", StandInTrainer(), StandInAnswers()), settings)
    window.show()

    def spin(seconds: float) -> None:
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            application.processEvents()
            time.sleep(0.01)

    end = time.monotonic() + 20
    while not (window.setup.ready and not window.bridge.busy) and time.monotonic() < end:
        spin(0.05)
    spin(0.3)
    if picture:
        window.screen().grabWindow(0).save(picture)
    faults = []
    for workspace in WORKSPACES:
        window.go(workspace)
        lines: list[str] = []
        for _ in range(8):  # until the layout is done
            spin(0.25)
            before, lines = lines, clipped(window)
            if not lines or lines == before:
                break
        faults += [f"{workspace}: {line}" for line in lines]
    report = {
        "available": window.screen().availableGeometry().getRect(),
        "window": window.frameGeometry().getRect(),
        "start": not window.top.start_button.visibleRegion().isEmpty(),
        "faults": faults,
    }
    print(json.dumps(report))
    window.save_layout()
    window.retire()
    window.bridge.close(10)


if __name__ == "__main__":
    main(Path(sys.argv[1]), *sys.argv[2:])
