"""A whole search: order, record, resume, failures, and the table."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from engine.cli import main
from engine.config.errors import ConfigError
from engine.embed.features import encode
from engine.evaluate.encoder import data_of, load_encoder
from engine.execute.machines import Done, Dropped, Pool
from engine.runs.reader import read_config, read_run_config, read_status
from engine.runs.run_folder import create_folder, fill_folder
from engine.runs.run_store import list_runs
from engine.runs.status import Status, write_status
from engine.search import rewards
from engine.search import run_search as driver
from engine.search.outcome import Outcome, markdown, read_outcome
from engine.search.record import PLAN, RECORD, Plan, SearchRun, append, read_trials, write_plan
from engine.search.rewards import check_reward
from engine.search.run_search import check_plan, run_search, space_of
from engine.train.resolve import resolve

BASE: dict[str, Any] = {"method": {"id": "simclr"}, "data": {"source": "shapes", "count": 64}, "train": {"batch": 16, "steps": 1}}
PLAN_OF_RATES = Plan(BASE, ("optim.lr=1e-4..1e-1 log", "views.groups.*.hue=0..0.5"), budget=5)


class Broken(BaseException):
    """What a kill does: no further line of the search is carried out."""


class Runner:
    """Makes folders of runs that count as finished. `breaks`: at which call, counted from 0, and at which moment the process is
    killed: before the folder is made, before it is noted, or while it trains."""

    def __init__(
        self, root: Path, breaks: tuple[int, str] = (-1, ""), fails: Callable[[dict[str, Any]], bool] | None = None
    ) -> None:
        self.root, self.breaks, self.fails = root, breaks, fails
        self.calls = 0
        self.stopping = False
        self.stop_at = -1
        self.resumed: list[str] = []

    def begin(self, config: Mapping[str, Any], created: Callable[[Path], None]) -> None:
        at = self.breaks[1] if self.breaks[0] == self.calls else ""
        self.calls += 1
        if at == "before":
            raise Broken
        folder = create_folder(self.root, resolve(config))
        if at == "unnoted":
            raise Broken
        created(folder)
        if at == "training":
            write_status(folder, Status(state="interrupted"))
            raise Broken
        if self.calls - 1 == self.stop_at:
            self.stopping = True
            write_status(folder, Status(state="stopped"))
            return
        failed = self.fails is not None and self.fails(read_config(folder))
        write_status(
            folder, Status(state="failed", error="The loss became nan.") if failed else Status(state="finished", seconds=2.0)
        )

    def resume(self, folder: Path) -> None:
        self.resumed.append(folder.name)
        write_status(folder, Status(state="finished", seconds=2.0))


@pytest.fixture(autouse=True)
def figures(monkeypatch: pytest.MonkeyPatch) -> None:
    """The rewards of runs without a network: the nearer to lr .01 and hue .4 the better."""

    def measure(id: str, folder: Path, factor: str = "") -> float:
        config = read_run_config(folder)
        return -abs(config.optim.lr - 0.01) - abs(config.views.groups[0].hue - 0.4)

    monkeypatch.setattr(driver, "measure", measure)
    monkeypatch.setattr(driver, "held_out_knn", lambda folder, factor: measure("knn", folder) + 0.5)


def play(out: Path, runner: Runner, plan: Plan = PLAN_OF_RATES) -> Outcome:
    write_plan(out, check_plan(plan))
    return run_search(out, runner)


def figures_of(outcome: Outcome) -> list[Any]:
    return [(one.arm, one.number, one.values, one.seed, one.reward) for one in outcome.trials]


def test_the_recipe_comes_first_and_both_searches_have_equal_runs(tmp_path: Path) -> None:
    outcome = play(tmp_path / "s", Runner(tmp_path / "runs"))
    assert [(one.arm, one.number) for one in outcome.trials[:5]] == [
        ("default", 0),
        ("cmaes", 0),
        ("random", 0),
        ("cmaes", 1),
        ("random", 1),
    ]
    assert outcome.complete
    assert outcome.ended == 11 == outcome.plan.count
    config = read_run_config(Path(outcome.trials[3].folder))
    values = outcome.trials[3].values
    assert (config.optim.lr, config.views.groups[0].hue) == (values["optim.lr"], values["views.groups.*.hue"])
    assert config.name == "SimCLR · shapes · CMA-ES 2 · s0"
    assert config.tags == ("search",)
    assert {one.test is not None for one in outcome.compared} == {True}
    assert sum(one.test is not None for one in read_trials(tmp_path / "s").values()) == 3


def test_regret_is_the_distance_to_the_best_reward_of_the_whole_search() -> None:
    listed_by_arm = {"default": [0.3], "cmaes": [0.2, None, 0.6], "random": [0.1, 0.5, 0.4]}
    trials = tuple(
        SearchRun(arm, number, {"a": number}, reward=reward, error="" if reward is not None else "It failed.")
        for arm, listed in listed_by_arm.items()
        for number, reward in enumerate(listed)
    )
    outcome = Outcome(replace(PLAN_OF_RATES, budget=3), trials)
    assert outcome.regret("cmaes") == pytest.approx([0.4, 0.4, 0.0])
    assert outcome.regret("random") == pytest.approx([0.5, 0.1, 0.1])
    best = outcome.best("cmaes")
    assert best is not None
    assert best.number == 2
    table = markdown(outcome)
    assert "| 3 | 0.000 | 0.100 |" in table
    assert "Failed: cmaes 2. It failed." in table
    assert "Uses the labels of the validation images" in table


def test_values_that_are_tried_again_get_the_next_seed_and_count_by_their_mean(tmp_path: Path) -> None:
    plan = replace(PLAN_OF_RATES, space=("optim.name=adamw,sgd",), proposer="ucb", budget=6, compare=False)
    outcome = play(tmp_path / "s", Runner(tmp_path / "runs"), plan)
    for name in ("adamw", "sgd"):
        own = [one for one in outcome.of("ucb") if one.values == {"optim.name": name}]
        assert [one.seed for one in own] == list(range(len(own)))
        assert [read_run_config(Path(one.folder)).train.seed for one in own] == list(range(len(own)))
    values: list[dict[str, Any]] = [{"a": 1}, {"a": 2}, {"a": 1}]
    runs = (SearchRun("ucb", n, of, reward=r) for n, (of, r) in enumerate(zip(values, (0.9, 0.6, 0.1), strict=True)))
    best = Outcome(plan, tuple(runs)).best("ucb")
    assert best is not None
    assert best.values == {"a": 2}


@pytest.mark.parametrize("moment", ["before", "unnoted", "training"])
@pytest.mark.parametrize("call", [0, 5])
def test_a_killed_search_goes_on_with_the_same_proposals(call: int, moment: str, tmp_path: Path) -> None:
    whole = play(tmp_path / "whole", Runner(tmp_path / "runs"))
    with pytest.raises(Broken):
        play(tmp_path / "s", Runner(tmp_path / "other", (call, moment)))
    runner = Runner(tmp_path / "other")
    outcome = play(tmp_path / "s", runner)
    assert figures_of(outcome) == figures_of(whole)
    assert len(runner.resumed) == (moment == "training")
    assert runner.calls == 11 - call - (moment == "training")


def test_an_incomplete_line_is_written_again_and_a_damaged_one_is_named(tmp_path: Path) -> None:
    whole = play(tmp_path / "s", Runner(tmp_path / "runs"))
    record = tmp_path / "s" / RECORD
    lines = record.read_bytes().splitlines(keepends=True)
    record.write_bytes(b"".join(lines[:9]) + lines[9][: len(lines[9]) // 2])
    outcome = play(tmp_path / "s", Runner(tmp_path / "runs"))
    assert figures_of(outcome) == figures_of(whole)
    assert all(json.loads(line) for line in record.read_text(encoding="utf-8").splitlines())
    record.write_bytes(b"".join([*lines[:3], b'{"arm": "cmaes", "number": 0, "reward": "high"}\n', *lines[4:]]))
    with pytest.raises(ConfigError, match=r"line 4 of search.jsonl must be as it was written"):
        read_outcome(tmp_path / "s")


def test_rewards_that_were_edited_are_noticed_by_the_proposals_after_them(tmp_path: Path) -> None:
    play(tmp_path / "s", Runner(tmp_path / "runs"))
    record = tmp_path / "s" / RECORD
    lines = [json.loads(line) for line in record.read_text(encoding="utf-8").splitlines()]
    known = [line["reward"] for line in lines if line["arm"] == "cmaes" and line["number"] < 4 and "reward" in line]
    for line in lines:
        if line["arm"] == "cmaes" and line["number"] == 1 and "reward" in line:
            line["reward"] = -9.0 if line["reward"] == max(known) else 9.0
    record.write_text("".join(f"{json.dumps(line)}\n" for line in lines), encoding="utf-8")
    with pytest.raises(ConfigError, match="by another version of this program, or edited"):
        run_search(tmp_path / "s", Runner(tmp_path / "runs"))


class LastFirst:
    """Machines that do the last of the jobs that they were given first."""

    def __init__(self, slots: int) -> None:
        self.slots, self.given = slots, list[Any]()
        self.most = 0

    def submit(self, job: Any) -> Any:
        self.given.append(job)
        self.most = max(self.most, len(self.given))
        return SimpleNamespace(ending=lambda: self.end(job), stop=lambda: None, kill=lambda: None)

    def end(self, job: Any) -> Done[Any] | None:
        return Done(self.given.pop().run(threading.Event())) if job is self.given[-1] else None

    def close(self) -> None:
        pass


@pytest.mark.parametrize(
    ("proposer", "space", "most"), [("cmaes", PLAN_OF_RATES.space, 4), ("ucb", ("optim.name=adamw,sgd",), 2), ("random", (), 4)]
)
def test_on_other_machines_the_proposals_are_those_of_one_run_after_another(
    proposer: str, space: tuple[str, ...], most: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Runs that depend on no reward that is not known yet are trained at the same time; a bandit has one at a time beside the
    recipe."""
    plan = replace(PLAN_OF_RATES, proposer=proposer, space=space or PLAN_OF_RATES.space, compare=proposer != "ucb")
    whole = play(tmp_path / "whole", Runner(tmp_path / "runs"), plan)

    def train(folder: Path, config: Mapping[str, Any], stop: threading.Event) -> None:
        fill_folder(folder, resolve(config))
        write_status(folder, Status(state="finished", seconds=2.0))

    monkeypatch.setattr(driver, "train_folder", train)
    write_plan(tmp_path / "s", check_plan(plan))
    machines = LastFirst(4)
    outcome = run_search(tmp_path / "s", Runner(tmp_path / "none"), pool=Pool(machines), root=tmp_path / "other")
    assert sorted(figures_of(outcome), key=repr) == sorted(figures_of(whole), key=repr)
    assert machines.most == most
    assert sorted(map(str, (tmp_path / "other").iterdir())) == sorted(one.folder for one in outcome.trials)
    again = run_search(tmp_path / "s", Runner(tmp_path / "none"))
    assert figures_of(again) == figures_of(outcome), "nothing is done again"


def test_a_search_that_is_stopped_on_other_machines_leaves_no_reserved_folder(tmp_path: Path) -> None:
    write_plan(tmp_path / "s", check_plan(PLAN_OF_RATES))

    class Stopped(LastFirst):
        def submit(self, job: Any) -> Any:
            pool.stop()
            return SimpleNamespace(ending=Dropped, stop=lambda: None, kill=lambda: None)

    pool = Pool[Any](Stopped(3))
    assert run_search(tmp_path / "s", Runner(tmp_path / "none"), pool=pool, root=tmp_path / "other").ended == 0
    assert not list((tmp_path / "other").iterdir())
    assert play(tmp_path / "s", Runner(tmp_path / "runs")).complete


def test_a_stopped_search_goes_on_with_the_run_that_was_stopped(tmp_path: Path) -> None:
    runner = Runner(tmp_path / "runs")
    runner.stop_at = 2
    stopped = play(tmp_path / "s", runner)
    assert stopped.ended == 2
    assert not stopped.complete
    again = Runner(tmp_path / "runs")
    assert play(tmp_path / "s", again).complete
    assert len(again.resumed) == 1
    assert again.calls == 8


def test_a_failed_run_has_no_reward_and_three_in_a_row_end_the_search(tmp_path: Path) -> None:
    some = Runner(tmp_path / "runs", fails=lambda config: config["optim"]["lr"] > 0.02)
    outcome = play(tmp_path / "some", some)
    failed = [one for one in outcome.trials if one.error]
    assert outcome.complete
    assert failed
    assert all(one.values["optim.lr"] > 0.02 and "became nan" in one.error for one in failed)
    with pytest.raises(ConfigError, match="the last 3 failed"):
        play(tmp_path / "all", Runner(tmp_path / "runs", fails=lambda config: True))
    # When the reason is removed, the same command tries them again.
    assert not [one for one in play(tmp_path / "all", Runner(tmp_path / "runs")).trials if one.error]


def test_a_folder_of_another_search_is_refused_by_what_differs(tmp_path: Path) -> None:
    write_plan(tmp_path, check_plan(PLAN_OF_RATES))
    write_plan(tmp_path, check_plan(PLAN_OF_RATES))
    with pytest.raises(ConfigError, match="differs in budget, seed"):
        write_plan(tmp_path, check_plan(replace(PLAN_OF_RATES, budget=9, seed=3)))
    (tmp_path / PLAN).write_text('{"base": []}', encoding="utf-8")
    with pytest.raises(ConfigError, match=f"whose {PLAN} can be read"):
        read_outcome(tmp_path)


def test_a_full_disk_is_said_in_words(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(path: Path) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("engine.search.record.sync_file", full)
    with pytest.raises(ConfigError, match=r"No space left on device\. Free some space"):
        append(tmp_path, SearchRun("cmaes", 0), "values")


def test_rewards_that_mean_nothing_are_refused_in_words() -> None:
    def refused(reward: str, base: Mapping[str, Any], space: tuple[str, ...] = ("optim.lr=0.1..1",), factor: str = "") -> str:
        config = resolve(base)
        with pytest.raises(ConfigError) as error:
            check_reward(reward, space_of(Plan(dict(base), space), config), config, factor)
        return str(error.value)

    shapes = {**BASE, "data": {"source": "shapes"}}
    assert "data.upright=true" in refused("rotation", shapes)
    assert "lie at any angle" in refused("rotation", {**BASE, "data": {"source": "scenes"}})
    assert "two pretext tasks cannot be compared" in refused("task", BASE, ("method.id=simclr,mae",))
    assert "no task with a score" in refused("task", {**BASE, "method": {"id": "random"}})
    assert "differs between encoders" in refused("rank", BASE, ("backbone.name=resnet10_narrow,vit_micro",))
    assert "with the reward knn alone" in refused("rank", BASE, factor="shape")
    upright = resolve({**BASE, "data": {"source": "shapes", "upright": True}})
    assert not check_reward("rotation", space_of(PLAN_OF_RATES, upright), upright).labels


def test_the_ends_of_a_range_are_checked_before_the_first_run() -> None:
    with pytest.raises(ConfigError, match=r"hue must be at least 0 and at most 0\.5"):
        check_plan(replace(PLAN_OF_RATES, space=("views.groups.*.hue=0..0.9",)))
    with pytest.raises(ConfigError, match=r"optim\.rate"):
        check_plan(replace(PLAN_OF_RATES, space=("optim.rate=0..1",)))


SMALL = ["data.count=120", "data.size=16", "train.batch=16", "train.steps=2", "train.threads=1", "train.device=cpu"]
SMALL += ["monitor.embed_images=0", "monitor.pictures=false", "data.upright=true"]


def test_the_command_trains_measures_and_prints_the_table(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.undo()
    settings = [part for pair in SMALL for part in ("--set", pair)]
    command = [
        "search",
        "--method",
        "rotation",
        "--runs",
        str(tmp_path / "runs"),
        "--out",
        str(tmp_path / "s"),
        "--quiet",
        *settings,
    ]
    command += [
        *settings,
        "--over",
        "views.groups.*.hue=0..0.5",
        "--reward",
        "knn",
        "--factor",
        "shape",
        "--budget",
        "1",
        "--alone",
    ]
    assert main(command) == 0
    assert "none begun. Add --yes" in capsys.readouterr().err
    assert main([*command, "--yes"]) == 0
    printed = capsys.readouterr().out
    assert "Uses the labels of the validation images" in printed
    assert "| default recipe |" in printed
    assert "| CMA-ES, run 1 |" in printed
    outcome = read_outcome(tmp_path / "s")
    assert outcome.complete
    rows = list_runs(tmp_path / "runs")
    assert len(rows) == 2
    assert {(row.state, row.tags) for row in rows} == {("finished", ("search",))}
    # Nothing is trained a second time.
    assert main(command) == 0
    assert len(list_runs(tmp_path / "runs")) == 2

    # Of rendered shapes the class is the shape: the reward is what the run measured at its end.
    first = outcome.trials[0]
    folder, last = Path(first.folder), read_status(Path(first.folder)).last_eval
    assert first.reward == pytest.approx(last["knn"]) == pytest.approx(rewards.measure("knn", folder))
    assert rewards.measure("task", folder) == pytest.approx(last["task"])
    assert rewards.measure("rotation", folder) >= 0.2
    encoder, config = load_encoder(folder)
    dataset = data_of(folder, config)
    values = np.linalg.svd(encode(encoder, dataset, dataset.splits["validation"], size=16).double().numpy(), compute_uv=False)
    share = values / values.sum()
    assert rewards.measure("rank", folder) == pytest.approx(np.exp(-(share * np.log(share + 1e-300)).sum()), rel=1e-4)
    with pytest.raises(ConfigError, match="factor must be one of shape, background"):
        rewards.measure("knn", folder, "hue")
