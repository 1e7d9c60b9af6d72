"""Whether a run can be trained on several devices."""

from __future__ import annotations

import torch

from engine.catalogue import entry, load
from engine.config.errors import complain
from engine.config.run import RunConfig
from engine.config.text import parse
from engine.distributed.ranks import ranks
from engine.execute.launched import launched


def check_one_process(config: RunConfig) -> None:
    """ConfigError where a config names several devices and this process trains alone. Called before a run has a folder."""
    if ranks().size == 1 and config.train.devices > 1:
        remedy = "A run on several devices starts from the command line: python -m engine train CONFIG.yaml."
        raise complain("train.devices", "1 in a run that this process trains alone", config.train.devices, remedy)


def check_devices(config: RunConfig) -> None:
    """ConfigError where a resolved config names more devices than it can be trained on."""
    devices, batch, row = config.train.devices, config.train.batch, entry(config.method.id)
    if devices == 1:
        return
    if row.not_on_several:
        raise complain("train.devices", f"1 for {row.title}", devices, f"It trains on one device: {row.not_on_several}.")
    if batch % devices:
        below, above = batch // devices * devices, -(-batch // devices) * devices
        remedy = f"Each device has as many images of a batch: set train.batch to {f'{below} or {above}' if below else above}."
        raise complain("train.batch", f"a multiple of the {devices} devices (train.devices)", batch, remedy)
    if batch // devices < 2:
        remedy = "Raise train.batch, or lower train.devices."
        raise complain("train.batch", f"at least {2 * devices}, two images for each of the {devices} devices", batch, remedy)
    kind = config.train.device.partition(":")[0]
    here = {"cuda": torch.cuda.device_count(), "mps": 1}.get(kind, devices)
    wanted = launched().local_size if launched().size > 1 else devices
    if wanted > here:
        remedy = "Set it to a number that is here, start it on several machines with torchrun, or set train.device to cpu."
        raise complain("train.devices", f"at most {here}, the devices of this machine ({kind})", wanted, remedy)
    method = load(config.method.id)
    method.check_devices(parse(method.Config, config.method.values(), "method"), batch, devices)
