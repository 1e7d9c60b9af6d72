"""Runs a search: propose, train, measure, record, until the budget is spent. It goes on where it was broken off."""

from __future__ import annotations

import math
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Protocol

from engine.catalogue import title_of
from engine.config.errors import ConfigError, complain
from engine.config.run import RunConfig
from engine.config.run_name import SEPARATOR, run_name
from engine.config.text import merge
from engine.data.open import open_dataset
from engine.events import RunState
from engine.execute.machines import Done, Ending, Failed, Job, Local, Needs, Pool
from engine.runs.atomic_write import atomic_write
from engine.runs.lock import writing
from engine.runs.reader import read_config, read_status
from engine.runs.run_folder import drop_reserved
from engine.search.outcome import TABLE, Outcome, markdown, title_of_arm
from engine.search.proposers import PROPOSERS, Task, check_proposer
from engine.search.record import DEFAULT, RECORD, Plan, SearchRun, append, read_plan, read_trials
from engine.search.rewards import REWARDS, check_labels_of, check_reward, held_out_knn, measure
from engine.search.space import METHOD, Range, Space, overlaid, parse_space, value_at
from engine.train.resolve import resolve
from engine.train.run_job import for_any_machine, rest_of, run_job, train_folder, without_device

# So many failures in a row have a reason that is not in the settings: a full disk, data that were moved.
FAILURES = 3
NO_NEEDS = Needs()


class Runner(Protocol):
    """Trains the runs of a search: the command line, or the queue of the window. Both return when the run has ended, and raise
    ConfigError where it could not start."""

    def begin(self, config: Mapping[str, Any], created: Callable[[Path], None]) -> None:
        """Train a new run; `created` is called with its folder before its first step."""

    def resume(self, folder: Path) -> None:
        """Train the rest of a run."""

    @property
    def stopping(self) -> bool:
        """Whether the user has stopped the search."""


def check_plan(plan: Plan, resolve: Callable[[Mapping[str, Any]], RunConfig] = resolve) -> Plan:
    """The plan with its data by their whole path, for use from any directory. ConfigError for everything in it that cannot be
    done: the config, the space at both ends of its ranges, the proposer, the reward. The data are not opened. resolve: for a search
    on other machines `for_any_machine`."""
    config = resolve(plan.base)
    space = space_of(plan, config)
    check_proposer(plan.proposer, space, plan.budget)
    check_reward(plan.reward, space, config, plan.factor)
    ends: list[dict[str, Any]] = []
    for one in space.dimensions:
        values = (one.low, one.high) if isinstance(one, Range) else one.values
        whole = isinstance(one, Range) and one.whole
        ends += [{one.key: int(value) if whole else value} for value in values]
    for end in ends:
        resolve(_config_of(plan, end))
    return replace(plan, base=merge(plan.base, {"data": {"source": config.data.source}}))


def space_of(plan: Plan, config: RunConfig) -> Space:
    """What is searched. `config`: the resolved base."""
    present = config.model_dump(mode="json")
    space = parse_space(plan.space, present)
    unknown = next((one.key for one in space.dimensions if value_at(present, one.key) is None and isinstance(one, Range)), None)
    if unknown is not None:
        raise complain("the space of a search", "of keys of the config", unknown, "`python -m engine train --set` takes the same.")
    return space


def run_search(
    out: Path,
    runner: Runner,
    report: Callable[[str], None] = lambda text: None,
    pool: Pool[SearchRun] | None = None,
    root: Path | None = None,
) -> Outcome:
    """Run the search whose plan is in `out`, or the rest of it. It returns where the runner was stopped, too.

    A run that fails has no reward, and the search goes on. Whatever has happened is in search.jsonl: after a kill -9 the same call
    resumes the run that was broken off, and proposes what it would have proposed. `report` is called with a line for each run.

    `pool`: of other machines, whose runs are in `root`; without it the runner trains one run after another. Runs whose proposals do
    not depend on each other are trained at the same time: the proposals are the same as one after another.

    ConfigError where the plan, its data or its record cannot be used, and where another process runs the search."""
    out = Path(out)
    plan = read_plan(out)
    base = resolve(plan.base) if pool is None else for_any_machine(plan.base)
    space = space_of(plan, base)
    check_proposer(plan.proposer, space, plan.budget)
    check_reward(plan.reward, space, base, plan.factor)
    with writing(out):
        if REWARDS[plan.reward].labels:
            check_labels_of(open_dataset(base.data), plan.factor)
        start = space.point({one.key: value_at(base.model_dump(mode="json"), one.key) for one in space.ranges})
        task = Task(space, plan.seed, plan.budget, start)
        trials = _without_last_failures(plan, read_trials(out))
        jobs = pool if pool is not None else Pool(Local(lambda job: _here(job, runner)))
        checked = set[tuple[str, int]]()
        failures = 0

        def count(trial: SearchRun) -> None:
            nonlocal failures
            _written(out, plan, trials)
            failures = failures + 1 if trial.error else 0
            if failures == FAILURES:
                remedy = "Nothing is lost: the same command tries these runs again when the reason is removed."
                raise complain("a search", f"of runs that can be trained; the last {FAILURES} failed", trial.error, remedy)

        def stopping() -> bool:
            return runner.stopping or jobs.stopping

        while True:
            for position, (arm, number) in enumerate(plan.runs(), start=1):
                if (arm, number) in checked or not _can_propose(task, arm, number, trials):
                    continue
                if stopping() or not jobs.room:
                    break
                proposed = _proposed(plan, task, arm, number, trials)
                trial = trials.get((arm, number))
                if trial is not None and (trial.values != proposed.values or trial.seed != proposed.seed):
                    remedy = "They were proposed by another version of this program, or edited. Take another folder for a new one."
                    raise complain(f"{RECORD}, {arm} {number + 1}", f"of the values {proposed.values}", trial.values, remedy)
                checked.add((arm, number))
                trials[arm, number] = trial = trial or proposed
                if trial.ended:
                    count(trial)
                    continue
                report(f"run {position} of {plan.count}: {_title(trial)}")
                job = TrialJob(out, plan, trial, _config_of(plan, trial.values, trial))
                jobs.add(job if pool is None else _elsewhere(job, root or out))
            ended = jobs.next()
            if ended is None:
                break
            trial = _trial_of(*ended)
            trials[trial.arm, trial.number] = trial
            if not trial.ended:  # it was stopped
                if trial.folder:
                    drop_reserved(Path(trial.folder))
                continue
            append(out, trial, "values", "seed", *(("error",) if trial.error else ("reward", "error", "seconds")))
            report(f"{_title(trial)} failed. {trial.error}" if trial.error else f"{_title(trial)}: reward {trial.reward:.4g}")
            count(trial)
        if stopping():
            return _written(out, plan, trials)
        for one in Outcome(plan, tuple(trials.values())).compared:
            if one.test is None and not stopping():
                trials[one.arm, one.number] = _with_test(out, plan, one)
    return _written(out, plan, trials)


def _without_last_failures(plan: Plan, trials: dict[tuple[str, int], SearchRun]) -> dict[tuple[str, int], SearchRun]:
    """The runs without the last ones where these failed: they are tried again. A failure before a run with a reward stays, because
    that run was proposed after it."""
    begun = [key for key in plan.runs() if key in trials and trials[key].ended]
    while begun and trials[begun[-1]].error:
        trials = {key: one for key, one in trials.items() if key != begun[-1]}
        begun.pop()
    return trials


def _proposed(plan: Plan, task: Task, arm: str, number: int, trials: Mapping[tuple[str, int], SearchRun]) -> SearchRun:
    """The run that is proposed after the runs before it. Values that the same proposer has tried before get the next seed: the same
    run would have the same reward."""
    first = int(resolve(without_device(plan.base)).train.seed)
    if arm == DEFAULT:
        return SearchRun(arm, number, {}, first)
    before = [trials[arm, earlier] for earlier in range(number)]
    values = PROPOSERS[arm].propose(task, [one.reward for one in before])
    return SearchRun(arm, number, values, first + sum(one.values == values for one in before))


@dataclass(frozen=True)
class TrialJob:
    """A run of a search, trained and measured. out: the folder of the search. config: of the run, not resolved."""

    out: Path
    plan: Plan
    trial: SearchRun
    config: Mapping[str, Any]
    needs: Needs = NO_NEEDS

    @property
    def title(self) -> str:
        return _title(self.trial)

    @property
    def shared(self) -> Path:
        return Path(self.trial.folder)

    def run(self, stop: threading.Event) -> SearchRun:
        """The run with its reward, or the error of it; as it was where it was stopped."""
        folder = Path(self.trial.folder)
        try:
            train_folder(folder, self.config, stop)
        except ConfigError as error:
            return replace(self.trial, error=str(error))
        return self.trial if stop.is_set() and _state(self.trial.folder) != "finished" else _measured(self.plan, self.trial)


def _elsewhere(job: TrialJob, root: Path) -> TrialJob:
    """The job with a folder under `root`: that of its run which was begun, or a new one, which is in the record then."""
    if _state(job.trial.folder) not in ("", "failed"):
        return replace(job, needs=rest_of(Path(job.trial.folder)).needs)
    run = run_job(root, job.config)
    trial = replace(job.trial, folder=str(run.folder))
    append(job.out, trial, "values", "seed", "folder")
    return replace(job, trial=trial, config=run.config, needs=run.needs)


def _here(job: TrialJob, runner: Runner) -> SearchRun:
    """The run with its reward, trained by the runner; as it was where it was stopped."""
    trial = job.trial
    state = _state(trial.folder)

    def created(folder: Path) -> None:
        nonlocal trial
        trial = replace(trial, folder=str(folder.absolute()))
        append(job.out, trial, "values", "seed", "folder")

    try:
        if state in ("", "failed"):
            runner.begin(job.config, created)
        elif state != "finished":
            runner.resume(Path(trial.folder))
    except ConfigError as error:
        return replace(trial, error=str(error))
    return trial if runner.stopping else _measured(job.plan, trial)


def _measured(plan: Plan, trial: SearchRun) -> SearchRun:
    """A trained run with its reward, or with the error that it has none."""
    try:
        state = _state(trial.folder)
        if state != "finished":
            error = read_status(Path(trial.folder)).error if state else "its folder was removed"
            raise complain("the run", "finished", state or "none", error)
        reward = measure(plan.reward, Path(trial.folder), plan.factor)
        if not math.isfinite(reward):
            raise complain("the reward", "finite", reward)
        return replace(trial, error="", reward=reward, seconds=read_status(Path(trial.folder)).seconds)
    except ConfigError as error:
        return replace(trial, error=str(error))


def _trial_of(job: Job[SearchRun], ending: Ending[SearchRun]) -> SearchRun:
    """The run as it is now."""
    assert isinstance(job, TrialJob)
    match ending:
        case Done(value):
            return value
        case Failed(message):
            return replace(job.trial, error=message)
        case _:
            return job.trial


def _can_propose(task: Task, arm: str, number: int, trials: Mapping[tuple[str, int], SearchRun]) -> bool:
    """Whether the runs before it are known as far as its proposal depends on them."""
    known = 0 if arm == DEFAULT else PROPOSERS[arm].known(task, number)
    before = [trials.get((arm, earlier)) for earlier in range(number)]
    return all(one is not None and (one.ended or earlier >= known) for earlier, one in enumerate(before))


def _title(trial: SearchRun) -> str:
    return title_of_arm(trial.arm) if trial.arm == DEFAULT else f"{title_of_arm(trial.arm)} {trial.number + 1}"


def _state(folder: str) -> RunState | str:
    """The state of a run, "" where there is none."""
    if not folder:
        return ""
    try:
        read_config(Path(folder))
        return read_status(Path(folder)).state
    except ConfigError:
        return ""


def _with_test(out: Path, plan: Plan, trial: SearchRun) -> SearchRun:
    """The run with its figure on the test images; as it is where its data have no labels or its checkpoint is gone."""
    try:
        trial = replace(trial, test=held_out_knn(Path(trial.folder), plan.factor))
    except ConfigError:
        return trial
    append(out, trial, "test")
    return trial


def _config_of(plan: Plan, values: Mapping[str, Any], trial: SearchRun | None = None) -> dict[str, Any]:
    """The config of a run, not resolved, by whose name and tags it is found."""
    given = overlaid(plan.base, {key: value for key, value in values.items() if key == METHOD}, ())
    roles = [group.role for group in resolve(without_device(given), check_method_views=False).views.groups]
    given = overlaid(plan.base, values, roles)
    if trial is None:
        return given
    config = resolve(without_device(given))
    own = _title(trial)
    before = str(plan.base.get("name", ""))
    name = SEPARATOR.join([before, own]) if before else run_name(title_of(config.method.id), config.data.source, trial.seed, [own])
    tags = [*plan.base.get("tags", ()), *([plan.tag] if plan.tag and plan.tag not in plan.base.get("tags", ()) else [])]
    return merge(given, {"name": name, "tags": tags, "train": {"seed": trial.seed}})


def _written(out: Path, plan: Plan, trials: Mapping[tuple[str, int], SearchRun]) -> Outcome:
    outcome = Outcome(plan, tuple(trials.values()))
    with atomic_write(out / TABLE) as part:
        part.write_text(markdown(outcome), encoding="utf-8")
    return outcome
