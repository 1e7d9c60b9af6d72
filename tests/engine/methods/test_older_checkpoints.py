"""Checkpoints of older versions, in which weights have other names, can be loaded."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import torch

from engine.methods.build_method import build_method
from engine.train.setup import Session

Prepared = Callable[..., Session]

# Today's names and the names in older versions, as parts between the dots of a weight's name.
OLDER = {
    "beit": {"tokenizer.embedding": "tokenizer.words"},
    "colorization": {"decoder": "painter"},
    "inpainting": {"decoder": "painter", "discriminator": "judge"},
    "instdisc": {"bank.indices": "bank.places"},
    "local_mim": {"output": "paint"},
    "mae": {"decoder.output": "decoder.paint"},
    "nnclr": {"queue.indices": "queue.places"},
    "pic": {"classes.images.indices": "classes.images.places"},
    "qb_heat": {"decoder.output": "decoder.paint"},
    "simmim": {"output": "paint"},
}


@pytest.mark.parametrize("id", OLDER)
def test_a_checkpoint_with_older_names_is_loaded(id: str, prepared: Prepared) -> None:
    """Into a method built without data, as when an encoder is loaded, and into one with data, as when a run is resumed."""
    trained = prepared(id, {"train": {"seed": 1}}).method
    state = trained.state_dict()
    older = dict(state)
    for new, old in OLDER[id].items():
        renamed = {name: f".{name}.".replace(f".{new}.", f".{old}.")[1:-1] for name in older if f".{new}." in f".{name}."}
        assert renamed, new
        older = {renamed.get(name, name): value for name, value in older.items()}
    assert older.keys() != state.keys()
    names = set(older)
    session = prepared(id)
    for method in (build_method(session.config), session.method):
        method.load_state_dict(older)
        assert all(torch.equal(value, state[name]) for name, value in method.state_dict().items())
    assert set(older) == names, "what was read stays as it was"
