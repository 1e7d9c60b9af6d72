"""A class per image and the most recent classes: looked up by index, stored in a checkpoint, and updated by momentum and decay only
when they are not in a step."""

from __future__ import annotations

import copy

import pytest
import torch

from engine.memory.image_rows import ImageRows, rows_of
from engine.memory.instances import InstanceClasses

PLACES = torch.tensor([2, 3, 5, 8, 13, 21])


def classes() -> InstanceClasses:
    torch.manual_seed(0)
    made = InstanceClasses(4)
    made.setup_data(PLACES)
    return made


def test_rows_are_looked_up_by_index_and_unknown_images_are_refused() -> None:
    assert rows_of(PLACES, torch.tensor([21, 2, 8, 8, 4, -1, 99])).tolist() == [5, 0, 3, 3, -1, -1, -1]
    assert rows_of(PLACES[:0], torch.tensor([2])).tolist() == [-1]
    assert classes().find(torch.tensor([13, 2])).tolist() == [4, 0]
    with pytest.raises(IndexError, match="image 4 has no class among those of 6 training images"):
        classes().find(torch.tensor([2, 4]))


def test_candidates_are_the_batch_s_classes_and_then_the_most_recent() -> None:
    made = classes()
    made.mark_seen(torch.tensor([4, 1]))
    made.mark_seen(torch.tensor([0, 5]))
    assert made.candidates(torch.tensor([3]), 5).tolist() == [3, 5, 0, 1, 4]
    # A class of the batch is a candidate once, also if it is recent.
    assert made.candidates(torch.tensor([5, 2]), 4).tolist() == [5, 2, 0, 1]
    made.mark_seen(torch.tensor([4]))
    assert made.candidates(torch.tensor([3]), 2).tolist() == [3, 4]


def test_the_number_of_candidates_is_between_the_batch_and_all_classes() -> None:
    made = classes()
    assert sorted(made.candidates(torch.tensor([2]), 10_000).tolist()) == [0, 1, 2, 3, 4, 5]
    assert made.candidates(torch.tensor([2, 0, 5]), 1).tolist() == [2, 0, 5]
    # Before the first batch the order has all classes, too.
    assert made.candidates(torch.tensor([2]), 4).tolist() == [2, 0, 1, 3]


def test_candidates_does_not_change_the_order() -> None:
    made = classes()
    before = {name: value.clone() for name, value in made.state_dict().items()}
    made.candidates(torch.tensor([1, 2]), 4)
    assert all(torch.equal(value, before[name]) for name, value in made.state_dict().items())


def test_a_row_left_out_of_steps_is_updated_by_the_paper_s_correction() -> None:
    """SGD with momentum m, rate e, decay d and no gradient: v' = m v + d w, w' = w - e v'; over t steps a power of that matrix."""
    m, e, d, t = 0.9, 0.3, 0.01, 5
    made = classes()
    optimiser = torch.optim.SGD([made.weight], lr=e, momentum=m, weight_decay=d)
    made.weight[torch.tensor([1])].sum().backward()
    optimiser.step()
    w, v = made.weight[1].detach().double(), optimiser.state[made.weight]["momentum_buffer"][1].double()
    for _ in range(t):
        optimiser.zero_grad()
        made.weight[made.candidates(torch.tensor([4]), 1)].square().sum().backward()
        optimiser.step()
    step = torch.tensor([[1 - e * d, -e * m], [d, m]], dtype=torch.float64)
    late = torch.linalg.matrix_power(step, t) @ torch.stack([w, v])
    assert torch.allclose(made.weight[1].detach().double(), late[0], atol=1e-6)
    assert torch.allclose(optimiser.state[made.weight]["momentum_buffer"][1].double(), late[1], atol=1e-6)
    assert not torch.allclose(w, late[0], atol=1e-4)


def test_a_checkpoint_sets_the_size_and_another_size_is_refused() -> None:
    made = classes()
    made.mark_seen(torch.tensor([3, 1]))
    fresh = InstanceClasses(4)
    before = torch.random.get_rng_state()
    fresh.load_state_dict(made.state_dict())
    assert torch.equal(torch.random.get_rng_state(), before)
    for one in (fresh, copy.deepcopy(made)):
        assert torch.equal(one.weight, made.weight)
        assert one.candidates(torch.tensor([0]), 3).tolist() == [0, 1, 3]
        assert one.find(PLACES).tolist() == list(range(6))
    other = ImageRows()
    other.setup_data(PLACES + 1)
    with pytest.raises(RuntimeError, match="other training images"):
        other.load_state_dict(made.images.state_dict())
