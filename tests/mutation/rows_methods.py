"""Mistakes in the wiring of methods: which view predicts which target, what takes a gradient, what is frozen when."""

from __future__ import annotations

from tests.mutation.table import Mutation

ROWS = (
    Mutation(
        "moco-v3-own-keys",
        "engine/methods/contrastive/moco_v3.py",
        "((z1, k2), (z2, k1))",
        "((z1, k1), (z2, k2))",
        "each view's query is compared with the keys of its own view",
        ("tests/engine/methods/test_moco.py",),
    ),
    Mutation(
        "dino-centre-not-moved",
        "engine/methods/distillation/dino.py",
        "            self.centre.update(opinion)\n",
        "            pass\n",
        "the teacher's logits are never centred",
        ("tests/engine/methods/test_ibot.py",),
    ),
)
