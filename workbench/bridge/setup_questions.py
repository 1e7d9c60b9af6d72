"""Questions about the settings of a new run: methods, devices, validation of the config, speed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar

from engine.config.errors import ConfigError
from engine.config.notes import Note
from engine.config.run import RunConfig
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
    config; `automatic`: by dotted key the numbers that fields at 0 come to on these data and this machine, as far as known."""

    problems: tuple[tuple[str, str], ...] = ()
    resolved: Mapping[str, Any] = field(default_factory=dict)
    notes: tuple[Note, ...] = ()
    automatic: Mapping[str, float] = field(default_factory=dict)


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
        return Checked(resolved=config.model_dump(mode="json"), notes=notes(config), automatic=_automatic(config, fitted))

    def _check_data(self, config: RunConfig, context: Context) -> RunConfig | None:
        """The config with sizes taken from the data. ConfigError where the batch or sizes do not fit the data. None where the data
        would have to be downloaded or cannot be opened; DescribeData reports the latter."""
        from engine.data.sampler import sampler_for
        from engine.data.source_table import available, find
        from engine.train.setup import fit_to_data

        source = find(config.data.source)
        if source is not None and not available(source, config.data.root):
            return None
        try:
            data = open_config(context, config.data)
        except ConfigError:
            return None
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
class Speed:
    """`seconds`: the expected duration of the whole run; `memory_bytes`: the peak (of the process on a CPU)."""

    images_per_second: float
    memory_bytes: int
    steps: int
    seconds: float


@dataclass(frozen=True)
class MeasureSpeed(ConfigQuestion[Speed]):
    """A dry run of a few steps: answered by Speed."""

    lane: ClassVar = Lane.SLOW
    opens_data: ClassVar = True

    def answer(self, context: Context) -> Speed:
        """In a separate process."""
        from engine.train.dry_run_process import dry_run_apart
        from engine.train.resolve import resolve

        config = resolve(self.config)
        # Opened here first, so that a download reports its progress.
        open_config(context, config.data, again=True)
        run = dry_run_apart(config, context.wanted)
        return Speed(run.images_per_second, run.memory_bytes, run.steps, run.seconds)


@dataclass(frozen=True)
class SweepChecked:
    """`index`: of the first invalid config, -1 if all are valid; `message`: its first error."""

    index: int = -1
    message: str = ""


@dataclass(frozen=True)
class CheckSweep(Question[SweepChecked]):
    """Validate the configs of a sweep: answered by SweepChecked."""

    lane: ClassVar = Lane.QUICK
    configs: tuple[Mapping[str, Any], ...]

    def answer(self, context: Context) -> SweepChecked:
        """Stops at the first invalid config."""
        from engine.train.resolve import resolve

        for index, config in enumerate(self.configs):
            try:
                resolve(config)
            except ConfigError as error:
                return SweepChecked(index, f"{config.get('name', '')}: {error.problems[0].message}")
        return SweepChecked()
