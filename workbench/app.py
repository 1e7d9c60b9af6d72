"""The application: command-line arguments, theme and language, uncaught exceptions, shutdown."""

from __future__ import annotations

import argparse
import locale
import os
import signal
import socket
import sys
import traceback
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING

# Before PySide6, which reads the source of every module that is imported after it, and asks parts of pydantic, which import one
# another, for attributes that they do not have yet: the program would end before its window is there.
from pydantic import BaseModel, Field, TypeAdapter, ValidationError  # noqa: F401

if TYPE_CHECKING:
    from PySide6.QtCore import QSettings

    from engine.train.stop_signals import Received
    from workbench.bridge.remote_host import RemoteHost
    from workbench.window import Window

DEMO_FOLDER = "demo"


def arguments(argv: Sequence[str] | None = None) -> argparse.Namespace:
    """The command line's options."""
    parser = argparse.ArgumentParser(
        prog="workbench",
        description="A desktop workbench for self-supervised visual representation learning.",
        epilog="`workbench figure RUN... --out FILE` draws a figure of runs without a window: `workbench figure --help`.",
    )
    parser.add_argument(
        "--demo",
        nargs="?",
        const=DEMO_FOLDER,
        metavar="DIR",
        help="train SimCLR on a rendered world and visit every panel (five to twelve minutes on two cores)",
    )
    parser.add_argument("--theme", choices=("system", "dark", "light"), help="kept for the next time")
    parser.add_argument("--lang", choices=("en", "zh_CN"), help="kept for the next time")
    parser.add_argument("--runs", metavar="DIR", help="the folder of runs; with --host that of the other machine")
    parser.add_argument(
        "--host",
        metavar="[USER@]HOST",
        help="train and compute on another machine, by ssh with the options of your ssh configuration; runs there go on when the "
        "window or the connection ends",
    )
    parser.add_argument(
        "--host-python",
        metavar="PATH",
        help="the Python there in which Parallax is installed (default python3); kept for this host",
    )
    parser.add_argument("--make-gallery", action="store_true", help="train the three example runs of the menu (about 4 minutes)")
    return parser.parse_args(argv)


def has_display() -> bool:
    """Whether a window can be shown: there is a screen, or QT_QPA_PLATFORM is set."""
    if os.environ.get("QT_QPA_PLATFORM") or sys.platform in ("win32", "darwin"):
        return True
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


def main(argv: Sequence[str] | None = None) -> int:
    """Run the program; returns its exit code."""
    from engine.execute.prepare_process import prepare_process
    from workbench.figure_command import NAME

    words = list(sys.argv[1:] if argv is None else argv)
    if words[:1] == [NAME]:
        from workbench.figure_command import main as draw

        prepare_process()
        return draw(words[1:])
    options = arguments(words)
    prepare_process()
    if options.demo is not None:
        from workbench.demo import run_demo

        return run_demo(Path(options.demo), options.theme or "dark", options.lang or "en", has_display())
    if options.make_gallery:
        from workbench.bridge.gallery_questions import make_gallery

        make_gallery()
        return 0
    if not has_display():
        print(
            "workbench: no display found. Without one, `workbench --demo` shows every panel, `workbench figure` draws figures and "
            "`python -m engine train` trains.",
            file=sys.stderr,
        )
        return 2
    if options.host is not None:
        from engine.config.errors import ConfigError
        from workbench.bridge.remote_host import ssh_command

        try:
            ssh_command(options.host, "", "")
        except ConfigError as error:
            print(f"workbench: {error}", file=sys.stderr)
            return 2
    return App(options.theme, options.lang, options.runs, host=options.host, host_python=options.host_python).run()


class App:
    """One application with one bridge and one window, which is created again when the language changes."""

    def __init__(
        self,
        theme_choice: str | None = None,
        language: str | None = None,
        root: str | None = None,
        settings: QSettings | None = None,
        host: str | None = None,
        host_python: str | None = None,
    ) -> None:
        from PySide6.QtCore import QSettings
        from PySide6.QtWidgets import QApplication

        from engine.runs.run_store import default_root
        from workbench import theme
        from workbench.bridge.bridge import Bridge
        from workbench.bridge.torch_first import load_torch_first
        from workbench.i18n.load import Translations, wanted

        load_torch_first()
        # A short switch interval lets the GUI thread get the interpreter from the training thread in time.
        sys.setswitchinterval(0.002)
        made = QApplication.instance() or QApplication(["parallax"])
        assert isinstance(made, QApplication)
        self.qt = made
        # Qt sets the locale from the environment; numbers are read and written with a point everywhere.
        locale.setlocale(locale.LC_NUMERIC, "C")
        self.qt.setOrganizationName("parallax")
        self.qt.setApplicationName("parallax")
        self.qt.setQuitOnLastWindowClosed(False)
        self.settings = settings or QSettings()
        if theme_choice:
            self.settings.setValue("theme", theme_choice)
        if language:
            self.settings.setValue("language", language)
        self.translations = Translations()
        self.translations.load(wanted(str(self.settings.value("language", ""))))
        chosen = str(self.settings.value("theme", "dark"))
        theme.apply(next((choice for choice in theme.CHOICES if choice == chosen), "dark"))
        if host:
            made_host = self._host(host, host_python or "", root or "")
            self.bridge = Bridge(made_host.root, host=made_host)
        else:
            self.bridge = Bridge(Path(root) if root else default_root())
        with theme.unstyled():
            self.window = self._make()
        sys.excepthook = self._uncaught

    def _host(self, name: str, python: str, runs: str) -> RemoteHost:
        """The connection with a host. `python` is kept for the next time; `runs`: the folder of runs there."""
        from workbench.bridge.remote_host import RemoteHost, copies_of, ssh_command

        key = f"host/{name}/python"
        if python:
            self.settings.setValue(key, python)
        python = str(self.settings.value(key, "python3"))
        return RemoteHost(name, ssh_command(name, python, runs), copies_of(name, runs))

    def run(self) -> int:
        """Show the window until it is closed or a signal ends the program (logout, shutdown, Ctrl+C); ends all threads. Returns the
        exit code. A run that trains is stopped with a checkpoint."""
        self.window.show()
        with self._ending_on_signals() as received:
            code = self.qt.exec()
            self.bridge.close()
        return received.code if received.number else code

    @contextmanager
    def _ending_on_signals(self) -> Iterator[Received]:
        """Handle signals while Qt's event loop runs. It runs no Python code, and so no signal handler, until an event arrives: a
        signal wakes it through a socket."""
        from PySide6.QtCore import QSocketNotifier

        from engine.train.stop_signals import stopping

        ours, theirs = socket.socketpair()
        with ours, theirs:
            for end in (ours, theirs):
                end.setblocking(False)
            notifier = QSocketNotifier(ours.fileno(), QSocketNotifier.Type.Read)
            notifier.activated.connect(lambda: ours.recv(64))
            before = signal.set_wakeup_fd(theirs.fileno(), warn_on_full_buffer=False)
            try:
                with stopping(self._end, say=lambda text: None) as received:
                    yield received
            finally:
                signal.set_wakeup_fd(before)
                notifier.setEnabled(False)

    def _end(self) -> None:
        """Quit without a dialog."""
        self.window.save_layout()
        self.qt.exit(0)

    def speak(self, language: str) -> None:
        """Replace the window by one in another language; runs continue."""
        if language == self.translations.language:
            return
        self.settings.setValue("language", language)
        old, workspace = self.window, self.window.workspace
        old.save_layout()
        old.retire()
        self.translations.load(language)
        self.window = self._make()
        self.window.adopt(old)
        self.window.go(workspace)
        self.window.show()
        old.hide()
        old.deleteLater()

    def _make(self) -> Window:
        from workbench.window import Window

        window = Window(self.bridge, self.settings)
        window.languageAsked.connect(self.speak)
        window.closed.connect(self.qt.quit)
        return window

    def _uncaught(self, kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        """Show an uncaught exception; the program continues."""
        text = "".join(traceback.format_exception(kind, error, trace))
        print(text, file=sys.stderr)
        if issubclass(kind, KeyboardInterrupt):
            self.window.leave("stop") if self.bridge.current() and not self.bridge.runs_go_on else self.qt.quit()
            return
        from PySide6.QtCore import QCoreApplication

        message = QCoreApplication.translate("App", "Something went wrong in the window: {0}.")
        remedy = QCoreApplication.translate("App", "Runs are not affected. If it happens again, report it with the details.")
        self.window.notice.show_message(message.format(f"{kind.__name__}: {error}"), remedy, text)
