"""Jobs as tasks of a Ray cluster. Imports Ray when it is opened."""

from __future__ import annotations

import logging
import os
import socket
import sys
from contextlib import suppress
from typing import Any, TypeVar

from engine.config.errors import ConfigError, complain
from engine.execute.machines import Dropped, Ending, Failed, Job, Lost, Needs, Submitted, Worker

T = TypeVar("T")

# Of Ray's own server for clients, where the address names none.
PORT = 10001
REACH_SECONDS = 5.0
HELP = "See docs/recipes.md, Train many runs on a cluster."


def do_job(job: Job[Any]) -> Ending[Any]:
    """What a worker of Ray executes."""
    return Worker(job).run()


class RayMachines:
    """A Ray cluster. address: "" for the one that this machine is part of (RAY_ADDRESS, or `ray start`), or a new one of this
    machine alone where there is none; "ray://HOST:PORT" for one elsewhere.

    A task asks for the GPUs and cores that its job needs; Ray finds the node, and lets the task see no other GPU. Each task has a
    process of its own. ConfigError where Ray is not installed or the cluster cannot be reached."""

    slots = sys.maxsize  # Ray has its own queue

    def __init__(self, address: str = "") -> None:
        # Ray would report its use to its company.
        os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")
        os.environ.setdefault("RAY_COLOR_PREFIX", "0")  # of its own lines about workers
        try:
            import ray
        except ImportError:
            remedy = "Install it: pip install 'parallax-workbench[ray]'. All machines of the cluster need the same version."
            raise complain("--on", "local, where the package ray is not installed", "ray", remedy) from None
        self._ray: Any = ray
        _check_reachable(address)
        try:
            # Its warnings about lost workers are in the lines of the pool.
            ray.init(
                address=address or None,
                logging_level=logging.CRITICAL,
                log_to_driver=False,
                **({} if address else {"include_dashboard": False}),
            )
        except Exception as error:  # ConnectionError, RuntimeError for another version of Ray or Python, gRPC's own
            raise _unreachable(address or os.environ.get("RAY_ADDRESS", "") or "ray", _first_line(error)) from None
        self._task = ray.remote(max_retries=0, max_calls=1)(do_job)

    def submit(self, job: Job[T]) -> Submitted[T]:
        gpus = self._gpus(job.needs)
        return _Task(self._ray, self._task.options(num_cpus=job.needs.cores, num_gpus=gpus, name=job.title).remote(job))

    def close(self) -> None:
        with suppress(Exception):  # the cluster may have gone
            self._ray.shutdown()

    def _gpus(self, needs: Needs) -> int:
        if needs.gpus is not None:
            return needs.gpus
        return 1 if self._ray.cluster_resources().get("GPU", 0) else 0


class _Task:
    def __init__(self, ray: Any, task: Any) -> None:
        self._ray, self._task = ray, task
        self._stopped = False

    def ending(self) -> Ending[Any] | None:
        ray = self._ray
        try:
            ready, _ = ray.wait([self._task], timeout=0)
            if not ready:
                return None
            ending: Ending[Any] = ray.get(self._task)
        except ray.exceptions.TaskCancelledError:
            return Dropped()
        except ray.exceptions.RayTaskError as error:
            # The job's own errors are in its ending. This one is of a worker that could not read the job.
            return Failed(f"A worker could not begin it: {_last_line(error)}. All machines need the same version of this program.")
        except (ray.exceptions.RaySystemError, ConnectionError) as error:
            raise _unreachable("ray", _first_line(error)) from None
        except ray.exceptions.RayError as error:
            return Failed(_first_line(error)) if _never(ray, error) else Lost(_first_line(error).split(". ")[0].rstrip("."))
        return ending

    def stop(self) -> None:
        # A running task gets a SIGINT, a waiting one is dropped.
        with suppress(Exception):
            self._ray.cancel(self._task, force=False)

    def kill(self) -> None:
        self._ray.cancel(self._task, force=True)


def _never(ray: Any, error: Exception) -> bool:
    """Whether a task will not run at another try either."""
    return isinstance(error, (ray.exceptions.RuntimeEnvSetupError, ray.exceptions.TaskUnschedulableError))


def _check_reachable(address: str) -> None:
    """ConfigError at once where nothing listens at an address; Ray itself tries for half a minute."""
    if not address:
        return
    host, _, port = address.removeprefix("ray://").rstrip("/").rpartition(":")
    try:
        with socket.create_connection((host.strip("[]"), int(port)), REACH_SECONDS):
            pass
    except (OSError, ValueError, OverflowError) as error:
        reason = getattr(error, "strerror", "") or str(error) or type(error).__name__
        raise _unreachable(address, reason) from None


def _unreachable(address: str, reason: str) -> ConfigError:
    remedy = f"{reason.rstrip('.')}. Look whether it runs there (`ray status`), with the same version of Ray and of Python. {HELP}"
    return complain("--on", "a Ray cluster that can be reached", address, remedy)


def _first_line(error: Exception) -> str:
    return next((line.strip() for line in str(error).splitlines() if line.strip()), type(error).__name__)


def _last_line(error: Exception) -> str:
    return next((line.strip() for line in reversed(str(error).splitlines()) if line.strip()), type(error).__name__).rstrip(".")
