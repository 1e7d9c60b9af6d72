"""A classifier whose number of classes comes from the data or from a checkpoint."""

from __future__ import annotations

import pytest
import torch

from engine.config.errors import ConfigError
from engine.heads.classifier import Classifier, class_count


def test_the_number_of_classes_is_the_largest_label_plus_1() -> None:
    assert class_count(torch.tensor([0, -1, 4, 1]), "m") == 5


@pytest.mark.parametrize(("labels", "got"), [([-1, -1], "no labels"), ([2, 2, -1], "one class")])
def test_fewer_than_two_classes_are_refused_with_a_message(labels: list[int], got: str) -> None:
    with pytest.raises(ConfigError, match=rf"data\.source must be a set .* for supcon\. Got '{got}'\. Give class folders"):
        class_count(torch.tensor(labels), "supcon")


def test_an_unsized_classifier_gets_the_checkpoint_s_size() -> None:
    saved, fresh = Classifier(6), Classifier(6)
    saved.size(5)
    generator = torch.random.get_rng_state()
    fresh.load_state_dict(saved.state_dict())
    assert fresh.classes == 5
    assert torch.equal(torch.random.get_rng_state(), generator)
    h = torch.randn(3, 6)
    assert torch.equal(fresh(h), saved(h))
    assert fresh(h).shape == (3, 5)


def test_a_sized_classifier_refuses_a_checkpoint_of_another_size() -> None:
    saved, other = Classifier(6), Classifier(6)
    saved.size(5)
    other.size(4)
    with pytest.raises(RuntimeError, match="size mismatch"):
        other.load_state_dict(saved.state_dict())


def test_logits_are_in_full_precision_under_autocast() -> None:
    head = Classifier(6)
    head.size(3)
    h = torch.randn(2, 6)
    plain = head(h)
    with torch.autocast("cpu", torch.bfloat16):
        assert torch.equal(head(h), plain)
        assert head(h.bfloat16()).dtype == torch.float32
