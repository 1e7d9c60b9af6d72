"""Which worlds there are, and how a config's world is opened."""

from __future__ import annotations

from engine.config.errors import complain
from engine.config.run import DataConfig
from engine.worlds.catch import Catch
from engine.worlds.reach import Reach
from engine.worlds.visit import Visit
from engine.worlds.world import World

RENDERED: dict[str, type[Reach] | type[Catch]] = {"reach": Reach, "catch": Catch, "visit": Visit}
GYM = "gym:"


def open_world(config: DataConfig) -> World:
    """The world that `data.source` names, at the beginning. ConfigError where it names none, and for an environment of gymnasium
    that cannot be used here."""
    if config.source in RENDERED:
        return RENDERED[config.source](config.seed, config.scene == "changing", config.distractor)
    if config.source.startswith(GYM):
        from engine.worlds.gym_world import GymWorld

        return GymWorld(config.source.removeprefix(GYM))
    known = ", ".join(RENDERED)
    raise complain("data.source", f"a world ({known}, or {GYM} and the id of an environment of gymnasium)", config.source)
