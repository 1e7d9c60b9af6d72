"""The memory bank and the indexed queue: vectors are looked up by image, in memory and on disk."""

from __future__ import annotations

import copy
import tempfile
from pathlib import Path

import pytest
import torch
import torch.nn.functional as F
from torch import nn

from engine.config.errors import ConfigError
from engine.memory.bank import MemoryBank
from engine.memory.neighbours import nearest
from engine.memory.queue import IndexedQueue

PLACES = torch.tensor([2, 3, 5, 8, 13, 21])


def bank(limit: int | None = None, dim: int = 20, momentum: float = 0.5, seed: int = 7) -> MemoryBank:
    made = MemoryBank(dim, momentum, limit, seed)
    made.setup_data(PLACES)
    return made


def unit(count: int, dim: int = 20, seed: int = 0) -> torch.Tensor:
    return F.normalize(torch.randn(count, dim, generator=torch.Generator().manual_seed(seed)), dim=1)


@pytest.fixture(params=[None, 0], ids=["memory", "disk"])
def limit(request: pytest.FixtureRequest) -> int | None:
    rows_in_memory: int | None = request.param
    return rows_in_memory


def test_rows_start_as_random_unit_vectors_of_their_seed(limit: int | None) -> None:
    one = bank(limit)
    assert one.mapped == (limit == 0)
    assert torch.allclose(one.rows.norm(dim=1), torch.ones(6))
    assert len(one.rows.unique(dim=0)) == 6
    assert torch.equal(one.rows, bank(limit).rows)
    assert not torch.equal(one.rows, bank(limit, seed=8).rows)


def test_the_seed_is_drawn_from_the_global_generator() -> None:
    torch.manual_seed(3)
    one = MemoryBank(4)
    torch.manual_seed(3)
    assert MemoryBank(4).seed == one.seed
    assert MemoryBank(4).seed != one.seed


def test_rows_are_looked_up_by_index(limit: int | None) -> None:
    one = bank(limit)
    assert one.find(torch.tensor([21, 2, 8, 8])).tolist() == [5, 0, 3, 3]


@pytest.mark.parametrize("unknown", [0, 4, 22, -1])
def test_an_image_without_a_row_is_refused(unknown: int) -> None:
    with pytest.raises(IndexError, match=rf"image {unknown} has no row .* 6 training images"):
        bank().find(torch.tensor([2, unknown, 3]))
    with pytest.raises(IndexError, match="has no row"):
        MemoryBank(4).find(torch.tensor([2]))


def test_update_changes_and_normalises_the_rows_of_the_given_images_only(limit: int | None) -> None:
    one = bank(limit, momentum=0.25)
    before, z = one.rows.clone(), unit(2)
    one.update(torch.tensor([13, 3]), z)
    for row, new in ((4, z[0]), (1, z[1])):
        mixed = 0.25 * before[row].double() + 0.75 * new.double()
        assert torch.allclose(one.rows[row].double(), mixed / mixed.norm(), atol=1e-6)
    others = torch.tensor([0, 2, 3, 5])
    assert torch.equal(one.rows[others], before[others])
    assert one.visits.tolist() == [0, 1, 0, 0, 1, 0]


@pytest.mark.parametrize("momentum", [0.0, 1.0])
def test_momentum_of_0_and_1(momentum: float) -> None:
    one = bank(momentum=momentum)
    before, z = one.rows.clone(), unit(6)
    one.update(PLACES, z.bfloat16().requires_grad_())
    assert torch.allclose(one.rows, before if momentum else F.normalize(z.bfloat16().float(), dim=1), atol=1e-6)
    assert not one.rows.requires_grad
    assert one.rows.dtype == torch.float32


def test_banks_on_disk_and_in_memory_are_identical() -> None:
    memory, disk = bank(), bank(0)
    for step in range(20):
        index = PLACES[torch.randperm(6, generator=torch.Generator().manual_seed(step))[:3]]
        z = unit(3, seed=step)
        memory.update(index, z)
        disk.update(index, z)
        assert torch.equal(memory.nearest(z, 4), disk.nearest(z, 4))
    assert torch.equal(memory.rows, disk.rows)
    assert torch.equal(memory.visits, disk.visits)


def test_the_limit_in_bytes_decides_between_memory_and_disk() -> None:
    assert not bank(6 * 20 * 4).mapped
    assert bank(6 * 20 * 4 - 1).mapped


def test_a_mapped_bank_leaves_no_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    one = bank(0)
    one.update(PLACES[:1], unit(1))
    assert list(tmp_path.iterdir()) == []


def test_a_full_disk_gives_an_error_with_the_remedy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))

    def full(*_: object, **__: object) -> torch.Tensor:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(torch, "from_file", full)
    with pytest.raises(ConfigError, match=r"data must be a set whose memory bank \(6 images, .* No space left"):
        bank(0)
    assert list(tmp_path.iterdir()) == []


def test_checkpoints_are_loaded_in_memory_and_on_disk(limit: int | None, tmp_path: Path) -> None:
    one = bank(limit)
    one.update(PLACES[2:4], unit(2))
    torch.save(nn.ModuleDict({"bank": one}).state_dict(), tmp_path / "state.pt")
    state = torch.load(tmp_path / "state.pt", weights_only=True)
    # An encoder is loaded without its data: the bank gets the checkpoint's size.
    for fresh in (MemoryBank(20), MemoryBank(20, limit=0), bank(seed=1), bank(0, seed=1)):
        nn.ModuleDict({"bank": fresh}).load_state_dict(state)
        assert torch.equal(fresh.rows, one.rows)
        assert torch.equal(fresh.indices, PLACES)
        assert fresh.visits.tolist() == [0, 0, 1, 1, 0, 0]
        fresh.update(PLACES[:1], unit(1))
        assert not torch.equal(fresh.rows, one.rows)


def test_a_bank_of_another_size_is_refused() -> None:
    other = MemoryBank(20)
    other.setup_data(PLACES + 1)
    with pytest.raises(RuntimeError, match="of other training images"):
        nn.ModuleDict({"bank": bank()}).load_state_dict(nn.ModuleDict({"bank": other}).state_dict())
    other.setup_data(PLACES[:3])
    with pytest.raises(RuntimeError, match="size mismatch"):
        bank().load_state_dict(other.state_dict())
    with pytest.raises(RuntimeError, match="size mismatch"):
        MemoryBank(7).load_state_dict(bank().state_dict())


def test_a_copy_is_independent_and_draws_nothing(limit: int | None) -> None:
    one = nn.ModuleDict({"bank": bank(limit)}).eval()
    before = torch.random.get_rng_state()
    twin = copy.deepcopy(one)
    assert torch.equal(torch.random.get_rng_state(), before)
    kept = one["bank"].rows.clone()
    assert torch.equal(twin["bank"].rows, kept)
    assert twin["bank"].mapped == one["bank"].mapped
    assert not twin["bank"].training
    twin["bank"].update(PLACES, unit(6))
    assert torch.equal(one["bank"].rows, kept)
    assert copy.deepcopy(MemoryBank(3)).rows.shape == (0, 3)


def test_a_copy_has_the_precision_of_the_bank() -> None:
    one = bank().double()
    one.update(PLACES, unit(6).double())
    twin = copy.deepcopy(one)
    assert twin.rows.dtype == torch.float64
    assert torch.equal(twin.rows, one.rows)


def test_indices_and_mapped_rows_stay_on_the_cpu() -> None:
    memory, disk = bank().to("meta"), bank(0).to("meta")
    assert memory.rows.is_meta
    assert memory.visits.is_meta
    assert torch.equal(memory.indices, PLACES)
    assert torch.equal(disk.rows, bank().rows)


def test_only_updated_rows_are_neighbours() -> None:
    one = bank()
    z = unit(2)
    one.update(torch.tensor([5, 13]), z)
    assert one.nearest(z, 3).tolist() == [[5, 13, -1], [13, 5, -1]]


def test_nearest_rows_are_sorted_by_cosine() -> None:
    vectors, z = unit(30, dim=4, seed=1), torch.randn(5, 4, generator=torch.Generator().manual_seed(2)) * 9
    expected = torch.cdist(F.normalize(z, dim=1), vectors).argsort(dim=1)[:, :6]
    assert torch.equal(nearest(z, vectors, 6), expected)
    with torch.autocast("cpu", torch.bfloat16):
        assert torch.equal(nearest(z, vectors, 6), expected)
    assert nearest(z, vectors, 99).shape == (5, 30)


def test_an_indexed_queue_stores_the_image_of_each_vector() -> None:
    queue = IndexedQueue(4, 20)
    assert queue.indices.tolist() == [-1] * 4
    came = torch.arange(40)
    rows = unit(40)
    for start, size in ((0, 3), (3, 2), (5, 1), (6, 9), (15, 4)):
        part = slice(start, start + size)
        queue.enqueue_images(rows[part], came[part])
        held = queue.indices[queue.indices >= 0]
        assert torch.equal(queue.vectors[queue.indices >= 0], rows[held])
        assert sorted(held.tolist()) == list(range(max(0, part.stop - 4), part.stop))
    assert "indices" in queue.state_dict()
