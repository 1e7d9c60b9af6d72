"""A real sshd on the loopback, with keys and a configuration of its own in a temporary folder: for the slow test and the bench of
the window on another machine.

Run as a program it is ssh's ProxyCommand: it copies standard input and output to and from the server with half the delay each way,
and holds everything back while a file is there, as a network does that is cut and says nothing."""

from __future__ import annotations

import getpass
import os
import shlex
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
FROZEN = "frozen"


def missing() -> str:
    """Why there is no sshd here; "" where there is one."""
    if os.name != "posix":
        return "sshd is started on POSIX systems alone"
    if not (shutil.which("sshd") or Path("/usr/sbin/sshd").exists()):
        return "no sshd is installed"
    return "" if shutil.which("ssh") and shutil.which("ssh-keygen") else "no ssh is installed"


@dataclass
class Loopback:
    """`ssh`: the command with its configuration, for PARALLAX_SSH; `name`: of the host in it. `delay`: ms of a round trip."""

    folder: Path
    port: int
    server: subprocess.Popen[bytes]
    delay: float = 0.0
    name: str = "gpu-server"

    @property
    def ssh(self) -> str:
        return f"ssh -F {shlex.quote(str(self.folder / 'config'))}"

    def cut(self) -> None:
        """End the server and every connection, as an unplugged cable does; `begin_again` starts the server anew."""
        for pid in _children(self.server.pid):
            _kill(pid)
        self.server.kill()
        self.server.wait()

    def freeze(self) -> None:
        """Let no byte through in either direction until `thaw`. With a delay alone."""
        (self.folder / FROZEN).touch()

    def thaw(self) -> None:
        """Let through what was held back, and what comes."""
        (self.folder / FROZEN).unlink(missing_ok=True)

    def begin_again(self) -> None:
        """Start the server again on the same port."""
        self.server = _start(self.folder, self.port)


@contextmanager
def loopback(folder: Path, delay: float = 0.0, environment: dict[str, str] | None = None) -> Iterator[Loopback]:
    """A server for the block. `environment`: of what it starts."""
    folder.mkdir(parents=True, exist_ok=True)
    folder.chmod(0o700)
    for name in ("host_key", "user_key"):
        command = ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(folder / name)]
        subprocess.run(command, check=True)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    public = (folder / "host_key.pub").read_text().split()
    (folder / "known_hosts").write_text(f"{Loopback.name} {public[0]} {public[1]}\n[127.0.0.1]:{port} {public[0]} {public[1]}\n")
    shutil.copy(folder / "user_key.pub", folder / "authorized_keys")
    given = {"PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1", **(environment or {})}
    (folder / "sshd_config").write_text(
        "\n".join(
            [
                f"Port {port}",
                "ListenAddress 127.0.0.1",
                f"HostKey {folder / 'host_key'}",
                f"AuthorizedKeysFile {folder / 'authorized_keys'}",
                f"PidFile {folder / 'sshd.pid'}",
                "PasswordAuthentication no",
                "KbdInteractiveAuthentication no",
                "UsePAM no",
                "StrictModes no",
                "PermitRootLogin prohibit-password",
                "SetEnv " + " ".join(f'{name}="{value}"' for name, value in given.items()),
                "",
            ]
        )
    )
    proxy = f"{shlex.quote(sys.executable)} {shlex.quote(str(Path(__file__)))} {delay} {port} {folder / FROZEN}"
    (folder / "config").write_text(
        "\n".join(
            [
                f"Host {Loopback.name}",
                "  HostName 127.0.0.1",
                f"  Port {port}",
                f"  User {getpass.getuser()}",
                f"  IdentityFile {folder / 'user_key'}",
                "  IdentitiesOnly yes",
                f"  UserKnownHostsFile {folder / 'known_hosts'}",
                "  GlobalKnownHostsFile /dev/null",
                "  StrictHostKeyChecking yes",
                "  BatchMode yes",
                *([f"  ProxyCommand {proxy}"] if delay else []),
                "",
            ]
        )
    )
    made = Loopback(folder, port, _start(folder, port), delay)
    try:
        yield made
    finally:
        made.thaw()
        made.cut()


def _start(folder: Path, port: int) -> subprocess.Popen[bytes]:
    program = shutil.which("sshd") or "/usr/sbin/sshd"
    if os.getuid() == 0:
        Path("/run/sshd").mkdir(parents=True, exist_ok=True)
    server = subprocess.Popen([program, "-D", "-e", "-f", str(folder / "sshd_config")], stderr=(folder / "sshd.log").open("ab"))
    until = time.monotonic() + 10
    while time.monotonic() < until:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return server
        time.sleep(0.05)
    raise RuntimeError((folder / "sshd.log").read_text())


def _children(pid: int) -> list[int]:
    """The processes of sshd for its connections, the deepest first; not what they have started."""
    listed = subprocess.run(["ps", "-o", "pid=,comm=", "--ppid", str(pid)], capture_output=True, text=True, check=False).stdout
    pids: list[int] = []
    for line in listed.splitlines():
        number, _, name = line.strip().partition(" ")
        if name.strip().startswith("sshd"):
            pids += [*_children(int(number)), int(number)]
    return pids


def _kill(pid: int) -> None:
    try:
        os.kill(pid, signal.SIGKILL)
    except ProcessLookupError:
        return


def _delayed(read: int, write: int, seconds: float, frozen: Path) -> None:
    """Copy from one file to another, each part so many seconds after it came."""
    parts: deque[tuple[float, bytes]] = deque()
    ready = threading.Condition()

    def collect() -> None:
        while True:
            data = os.read(read, 1 << 16)
            with ready:
                parts.append((time.monotonic() + seconds, data))
                ready.notify()
            if not data:
                return

    threading.Thread(target=collect, daemon=True).start()
    while True:
        with ready:
            while not parts:
                ready.wait()
            due, data = parts.popleft()
        time.sleep(max(0.0, due - time.monotonic()))
        while frozen.exists():
            time.sleep(0.05)
        if not data:
            return
        while data:
            try:
                data = data[os.write(write, data) :]
            except OSError:  # the other end is gone
                return


def _proxy(delay: float, port: int, frozen: Path) -> None:
    with socket.create_connection(("127.0.0.1", port)) as server:
        server.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        half = delay / 2000
        back = threading.Thread(target=_delayed, args=(server.fileno(), 1, half, frozen), daemon=True)
        back.start()
        threading.Thread(target=_delayed, args=(0, server.fileno(), half, frozen), daemon=True).start()
        back.join()


if __name__ == "__main__":
    try:
        _proxy(float(sys.argv[1]), int(sys.argv[2]), Path(sys.argv[3]))
    except OSError as error:
        sys.exit(f"connect to port {sys.argv[2]}: {error.strerror}")
