"""Frames per second of the map while it is dragged: 20,000, 100,000 and 1,000,000 points in ten colours.

    python tests/bench/bench_scatter.py [--points 20000 100000 1000000] [--frames 100] [--scale 1]

A map of 1000 x 700 px is dragged with the mouse: the widget gets real mouse events, each followed by a synchronous repaint. A frame
is both together. `zoomed`: only the inner part of the map is in view. `chosen`: a tenth of the points is selected, the others are
faint. `glide`: the animation that moves the points to new positions. `rest`: one full repaint after the mouse has stopped. `pick`:
the point nearest to a position; `first pick` includes building the search structure. `lasso`: the points in a polygon of 300
corners.
"""

from __future__ import annotations

import argparse
import os
import time
from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

WIDTH, HEIGHT = 1000, 700
COLOURS = 10
# Frames that warm up.
WARM = 5


def blobs(count: int) -> tuple[NDArray[np.float32], NDArray[np.intp]]:
    """Points (count, 2) of ten clusters, and the cluster of each (count,)."""
    random = np.random.default_rng(0)
    code = random.integers(0, COLOURS, count)
    middle = random.normal(size=(COLOURS, 2)) * 6
    return (middle[code] + random.normal(size=(count, 2)) * (1.0, 1.6)).astype(np.float32), code


def row(name: str, seconds: Sequence[float]) -> str:
    """One line of the table."""
    ms = np.sort(np.asarray(seconds)) * 1000
    middle, late = np.quantile(ms, [0.5, 0.99])
    return f"{name:28} {1000 / ms.mean():8.1f} {middle:9.1f} {late:9.1f}"


def measure(count: int, frames: int) -> list[str]:
    """The table's lines for a map of `count` points."""
    from PySide6.QtCore import QEvent, QPointF, QRectF, Qt
    from PySide6.QtGui import QMouseEvent
    from PySide6.QtWidgets import QApplication

    from workbench import theme
    from workbench.plots.scatter import ScatterPlot

    plot = ScatterPlot()
    plot.resize(WIDTH, HEIGHT)
    plot.show()
    QApplication.processEvents()
    xy, code = blobs(count)
    plot.set_points(xy)
    plot.set_colours(code, [theme.current().hue(index) for index in range(COLOURS)])
    QApplication.processEvents()

    def send(kind: QEvent.Type, x: float, y: float) -> None:
        held = Qt.MouseButton.NoButton if kind == QEvent.Type.MouseButtonRelease else Qt.MouseButton.LeftButton
        button = Qt.MouseButton.NoButton if kind == QEvent.Type.MouseMove else Qt.MouseButton.LeftButton
        at = QPointF(x, y)
        QApplication.sendEvent(
            plot.viewport(), QMouseEvent(kind, at, QPointF(plot.mapToGlobal(at)), button, held, Qt.KeyboardModifier.NoModifier)
        )

    def pan() -> list[float]:
        taken, x, y = [], WIDTH / 2 + 200, HEIGHT / 2 + 120
        send(QEvent.Type.MouseButtonPress, x, y)
        for frame in range(frames + WARM):
            # pyqtgraph leaves out mouse events that follow each other within a hundredth of a second.
            time.sleep(0.012)
            x, y = WIDTH / 2 + abs(frame * 11 % 440 - 220), HEIGHT / 2 + abs(frame * 7 % 280 - 140)
            before = plot._box.viewRange()[0][0]
            start = time.perf_counter()
            send(QEvent.Type.MouseMove, x, y)
            plot.viewport().repaint()
            taken.append(time.perf_counter() - start)
            assert plot._box.viewRange()[0][0] != before, "the map did not move"
        send(QEvent.Type.MouseButtonRelease, x, y)
        return taken[WARM:]

    def timed(times: int, work: Callable[[], object]) -> list[float]:
        taken = []
        for _ in range(times):
            start = time.perf_counter()
            work()
            taken.append(time.perf_counter() - start)
        return taken

    lines = [row("pan", pan())]
    plot.set_selected(np.arange(0, count, 10))
    lines.append(row("pan, chosen", pan()))
    plot.set_selected([])
    low, high = np.quantile(xy, [0.3, 0.7], axis=0).tolist()
    plot.set_camera(QRectF(low[0], low[1], high[0] - low[0], high[1] - low[1]))
    lines.append(row("pan, zoomed", pan()))
    plot.view_all()

    plot.set_points(xy[::-1], glide=True)
    plot._glide.pause()

    def glide() -> None:
        plot._glide.setCurrentTime((plot._glide.currentTime() + 15) % 440)
        plot.viewport().repaint()

    lines.append(row("glide", timed(30, glide)))
    plot.set_points(xy)
    rest(0.5)
    lines.append(row("rest", timed(5, plot.viewport().repaint)))
    positions = [QPointF(float(x), float(y)) for x, y in np.random.default_rng(1).uniform((0, 0), (WIDTH, HEIGHT), (101, 2))]
    lines.append(row("first pick", timed(1, lambda: plot.pick(positions[0]))))
    picking = iter(positions[1:])
    lines.append(row("pick", timed(100, lambda: plot.pick(next(picking)))))
    turn = np.linspace(0, 2 * np.pi, 300, endpoint=False)
    shape = xy.mean(0) + (4 + np.sin(7 * turn))[:, None] * np.stack([np.cos(turn), np.sin(turn)], 1)
    lines.append(row("lasso", timed(3, lambda: plot.select(shape) or plot.set_selected([]))))
    plot.close()
    return lines


def rest(seconds: float) -> None:
    """Process Qt events for some seconds without mouse events."""
    from PySide6.QtCore import QEventLoop, QTimer

    loop = QEventLoop()
    QTimer.singleShot(int(seconds * 1000), loop.quit)
    loop.exec()


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--points", type=int, nargs="+", default=[20_000, 100_000, 1_000_000])
    parser.add_argument("--frames", type=int, default=100)
    parser.add_argument("--scale", type=float, default=1.0, help="of the screen: 2 for high-DPI")
    options = parser.parse_args()
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    if options.scale != 1:
        os.environ["QT_SCALE_FACTOR"] = str(options.scale)
    from PySide6.QtWidgets import QApplication

    application = QApplication([])
    print(f"{'':28} {'a second':>8} {'p50 ms':>9} {'p99 ms':>9}")
    for count in options.points:
        print(f"{count:,} points")
        for line in measure(count, options.frames):
            print("  " + line[:26] + line[28:])
    application.quit()


if __name__ == "__main__":
    main()
