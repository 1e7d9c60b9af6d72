"""A class for every image, and those met last: found by index, kept in a checkpoint, moved by momentum and decay alone when left
out."""

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


def test_rows_are_found_by_index_and_unknown_images_are_refused() -> None:
    assert rows_of(PLACES, torch.tensor([21, 2, 8, 8, 4, -1, 99])).tolist() == [5, 0, 3, 3, -1, -1, -1]
    assert rows_of(PLACES[:0], torch.tensor([2])).tolist() == [-1]
    assert classes().find(torch.tensor([13, 2])).tolist() == [4, 0]
    with pytest.raises(IndexError, match="image 4 has no class among those of 6 training images"):
        classes().find(torch.tensor([2, 4]))


def test_the_batch_comes_first_and_then_what_was_met_last() -> None:
    made = classes()
    made.mark_seen(torch.tensor([4, 1]))
    made.mark_seen(torch.tensor([0, 5]))
    assert made.candidates(torch.tensor([3]), 5).tolist() == [3, 5, 0, 1, 4]
    # A batch's own class is there once, whenever it was met last.
    assert made.candidates(torch.tensor([5, 2]), 4).tolist() == [5, 2, 0, 1]
    made.mark_seen(torch.tensor([4]))
    assert made.candidates(torch.tensor([3]), 2).tolist() == [3, 4]


def test_all_classes_are_compared_where_there_are_fewer_than_asked_for_and_a_batch_never_less_than_itself() -> None:
    made = classes()
    assert sorted(made.candidates(torch.tensor([2]), 10_000).tolist()) == [0, 1, 2, 3, 4, 5]
    assert made.candidates(torch.tensor([2, 0, 5]), 1).tolist() == [2, 0, 5]
    # Before anything was met the order is whole, too.
    assert made.candidates(torch.tensor([2]), 4).tolist() == [2, 0, 1, 3]


def test_asking_changes_nothing() -> None:
    made = classes()
    before = {name: value.clone() for name, value in made.state_dict().items()}
    made.candidates(torch.tensor([1, 2]), 4)
    assert all(torch.equal(value, before[name]) for name, value in made.state_dict().items())


def test_a_row_that_was_left_out_moves_as_the_papers_correction_says() -> None:
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


def test_a_checkpoint_brings_its_size_and_refuses_other_images() -> None:
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
