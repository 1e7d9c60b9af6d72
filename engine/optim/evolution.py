"""A search by CMA-ES (Hansen, 1604.00772) in the unit cube that is resumed to the bit."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor, nn

Points = npt.NDArray[np.float64]

# The first distribution: the middle of the cube, and a deviation that reaches its sides.
MIDDLE, SPREAD = 0.5, 0.3


def generation(seed: int, dims: int, population: int, costs: Points, mean: Points | None = None) -> Points:
    """The candidates of the generation that comes after those whose costs are known.

    The search is a function of its seed and of the costs so far, so that nothing else has to be stored to resume it: the
    generations are drawn again.

    Args:
        seed: of all draws.
        dims: coordinates of a point, at least 1.
        population: candidates of a generation, at least 2.
        costs: (m,) in the order in which the candidates were given; those after the last whole generation are not used.
        mean: (dims,) of the first distribution; None takes the middle of the cube.

    Returns:
        (population, dims), each from 0 to 1.

    Example:
        >>> generation(0, 3, 4, np.zeros(0)).shape
        (4, 3)
    """
    from cmaes import CMA

    bounds = np.tile([0.0, 1.0], (dims, 1))
    first = np.full(dims, MIDDLE) if mean is None else mean
    search = CMA(mean=first, sigma=SPREAD, bounds=bounds, seed=seed, population_size=population)
    for start in range(0, len(costs) - population + 1, population):
        drawn = [search.ask() for _ in range(population)]
        search.tell(list(zip(drawn, costs[start : start + population].tolist(), strict=True)))
    return np.stack([search.ask() for _ in range(population)])


class Evolution(nn.Module):
    """Candidates of a search and what they cost, in the state of the module that has it. `marks`: one more number of each
    candidate, which the search does not use."""

    seed: Tensor
    points: Tensor
    costs: Tensor
    marks: Tensor

    def __init__(self, dims: int, population: int) -> None:
        """`dims`, `population`: as in `generation`. The seed is drawn from PyTorch's generator, as weights are."""
        super().__init__()
        self.dims, self.population = dims, population
        self.register_buffer("seed", torch.randint(2**31 - 1, ()))
        self.register_buffer("points", torch.zeros(0, dims, dtype=torch.float64))
        self.register_buffer("costs", torch.zeros(0, dtype=torch.float64))
        self.register_buffer("marks", torch.zeros(0, dtype=torch.float64))

    def __len__(self) -> int:
        """How many candidates have a cost."""
        return len(self.costs)

    def next(self) -> Tensor:
        """The next candidate, (dims,) float64 from 0 to 1."""
        known = self.costs.cpu().numpy()
        drawn = generation(int(self.seed), self.dims, self.population, known)
        return torch.from_numpy(drawn[len(known) % self.population]).to(self.points.device)

    def add(self, point: Tensor, cost: float, mark: float = float("nan")) -> None:
        """Store the cost of the next candidate, `point`. A cost that is not finite counts as the largest number."""
        given = cost if np.isfinite(cost) else np.finfo(np.float64).max
        self.points = torch.cat([self.points, point.double()[None]])
        self.costs = torch.cat([self.costs, self.costs.new_tensor([given])])
        self.marks = torch.cat([self.marks, self.marks.new_tensor([mark])])

    def best(self) -> int:
        """The number of the candidate with the least cost, the first of several. ValueError without candidates."""
        if not len(self):
            raise ValueError("a search without candidates has no best one")
        return int(self.costs.argmin())

    def best_by_generation(self) -> list[int]:
        """Of each generation that has begun, the number of its candidate with the least cost."""
        parts = self.costs.split(self.population) if len(self) else ()
        return [number * self.population + int(part.argmin()) for number, part in enumerate(parts)]

    def _load_from_state_dict(self, state_dict: dict[str, Any], prefix: str, *rest: Any) -> None:
        # A search of any length is loaded.
        for name in ("points", "costs", "marks"):
            saved = state_dict.get(prefix + name)
            own: Tensor = getattr(self, name)
            if isinstance(saved, Tensor) and saved.ndim == own.ndim and saved.shape[1:] == own.shape[1:]:
                setattr(self, name, torch.empty_like(saved, device=own.device))
        super()._load_from_state_dict(state_dict, prefix, *rest)
