"""Questions about the settings of a new run: methods, devices, validation of the config, speed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar

from engine.config.errors import ConfigError
from engine.config.notes import Note
from engine.config.run import RunConfig
from workbench.bridge.measured_speeds import Speed as Speed
from workbench.bridge.measured_speeds import SpeedSettings, speed_settings
from workbench.bridge.open_data import open_config
from workbench.bridge.question import ConfigQuestion, Context, Lane, Question


@dataclass(frozen=True)
class MethodForm:
    """`schema`: JSON schema of the hyper-parameters; `recipe`: the run settings that the method changes, nested."""

    id: str
    schema: Mapping[str, Any]
    recipe: Mapping[str, Any]


@dataclass(frozen=True)
class DescribeMethod(Question[MethodForm]):
    """The form of one method: answered by MethodForm."""

    lane: ClassVar = Lane.QUICK
    id: str

    def answer(self, context: Context) -> MethodForm:
        """From the method's config class."""
        from engine.train.resolve import method_form

        schema, recipe = method_form(self.id)
        return MethodForm(self.id, schema, recipe)


@dataclass(frozen=True)
class DeviceInfo:
    """One device: `id` is its name in the config. Bytes are 0 where unknown."""

    id: str
    name: str
    total_bytes: int
    free_bytes: int


@dataclass(frozen=True)
class ListDevices(Question[tuple[DeviceInfo, ...]]):
    """The devices of this machine: answered by a tuple of DeviceInfo."""

    lane: ClassVar = Lane.QUICK

    def answer(self, context: Context) -> tuple[DeviceInfo, ...]:
        """As PyTorch lists them."""
        from engine.execute.devices import devices

        return tuple(DeviceInfo(d.id, d.name, d.total_bytes, d.free_bytes) for d in devices())


@dataclass(frozen=True)
class Checked:
    """`problems`: (key, message) of each error; `resolved`: the complete config if there is none; `notes`: remarks on a valid
    config; `speed_settings`: those of its settings on which its speed depends; `automatic`: by dotted key the numbers that fields
    at 0 come to on these data and this machine, as far as known."""

    problems: tuple[tuple[str, str], ...] = ()
    resolved: Mapping[str, Any] = field(default_factory=dict)
    notes: tuple[Note, ...] = ()
    automatic: Mapping[str, float] = field(default_factory=dict)
    speed_settings: SpeedSettings = field(default_factory=dict)


@dataclass(frozen=True)
class CheckConfig(ConfigQuestion[Checked]):
    """Validate a config: answered by Checked."""

    lane: ClassVar = Lane.QUICK
    opens_data: ClassVar = True

    def answer(self, context: Context) -> Checked:
        """Validates the config, also against its data."""
        from engine.train.resolve import notes, resolve

        try:
            config = resolve(self.config)
            fitted = self._check_data(config, context)
        except ConfigError as error:
            return Checked(problems=tuple((p.key, p.message) for p in error.problems))
        resolved = config.model_dump(mode="json")
        return Checked((), resolved, notes(config), _automatic(config, fitted), speed_settings(resolved))

    def _check_data(self, config: RunConfig, context: Context) -> RunConfig | None:
        """The config with sizes taken from the data. ConfigError where the batch or sizes do not fit the data, or
        where these lack what the method needs. None where the data
        would have to be downloaded or cannot be opened; DescribeData reports the latter."""
        from engine.data.sampler import sampler_for
        from engine.data.source_table import available, find
        from engine.train.setup import check_columns, fit_to_data

        source = find(config.data.source)
        if source is not None and not available(source, config.data.root):
            return None
        try:
            data = open_config(context, config.data)
        except ConfigError:
            return None
        check_columns(config, data)
        sampler_for(config.train, data.splits["train"])  # raises where the batch does not fit
        return fit_to_data(config, data)


def _automatic(config: RunConfig, fitted: RunConfig | None) -> dict[str, float]:
    """The numbers that settings at 0 come to. `fitted`: the config with sizes taken from the data."""
    from engine.execute.devices import cores

    numbers: dict[str, float] = {} if config.train.threads else {"train.threads": cores()}
    for group in ("data", "backbone"):
        given = getattr(config, group).model_dump()
        known = getattr(fitted, group).model_dump() if fitted is not None else given
        for name, value in known.items():
            if isinstance(value, (int, float)) and not isinstance(value, bool) and given[name] == 0 != value:
                numbers[f"{group}.{name}"] = value
    return numbers


@dataclass(frozen=True)
class Refused:
    """`problems`: (key, message) of each reason why a config cannot be measured."""

    problems: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class MeasureSpeed(ConfigQuestion[Speed | Refused]):
    """A dry run of a few steps: answered by Speed, or by Refused where the config does not fit. Its progress, with that of a
    download, is shown where it was asked for."""

    lane: ClassVar = Lane.SLOW

    def answer(self, context: Context) -> Speed | Refused:
        """In a separate process."""
        from engine.train.dry_run_process import dry_run_apart
        from engine.train.resolve import resolve
        from engine.train.teacher_run import fetch_all_weights

        try:
            config = resolve(self.config)
            fetch_all_weights(config, context.part(0.0, 0.1))
            # Opened here first, so that a download reports its progress.
            opening = Context(context.session, context.part(0.1, 0.2), context.wanted)
            open_config(opening, config.data, again=True)
            run = dry_run_apart(config, context.wanted, context.part(0.2, 1.0))
        except ConfigError as error:
            return Refused(tuple((problem.key, problem.message) for problem in error.problems))
        settings = speed_settings(config.model_dump(mode="json"))
        return Speed(run.images_per_second, run.memory_bytes, run.steps, run.seconds, run.steps_per_epoch, settings)


@dataclass(frozen=True)
class PlannedRun:
    """What the time of one run of a sweep follows from: `train`: the values of its resolved TrainConfig."""

    speed_settings: SpeedSettings
    train: Mapping[str, Any]


@dataclass(frozen=True)
class SweepChecked:
    """`index`: of the first invalid config, -1 if all are valid; `key` and `message`: of its first error; `runs`: of valid configs,
    in order."""

    index: int = -1
    message: str = ""
    key: str = ""
    runs: tuple[PlannedRun, ...] = ()


@dataclass(frozen=True)
class CheckSweep(Question[SweepChecked]):
    """Validate the configs of a sweep: answered by SweepChecked."""

    lane: ClassVar = Lane.QUICK
    configs: tuple[Mapping[str, Any], ...]

    def answer(self, context: Context) -> SweepChecked:
        """Stops at the first invalid config."""
        from engine.train.resolve import resolve

        runs = []
        for index, config in enumerate(self.configs):
            try:
                resolved = resolve(config).model_dump(mode="json")
            except ConfigError as error:
                first = error.problems[0]
                return SweepChecked(index, f"{config.get('name', '')}: {first.message}", first.key)
            runs.append(PlannedRun(speed_settings(resolved), resolved["train"]))
        return SweepChecked(runs=tuple(runs))
