"""Targets and errors of Q-learning."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor


def double_dqn_target(reward: Tensor, ended: Tensor, online: Tensor, target: Tensor, discount: float) -> Tensor:
    """What the value of a step's action should be: r + discount * Q'(s', argmax_a Q(s', a)), and r alone where the episode ended by
    the rules of the world (van Hasselt, Guez and Silver, 1509.06461, Eq. 4). The action is chosen by the network that learns, and
    its value is that of the target network.

    Args:
        reward, ended: (N,), ended bool.
        online, target: (N, A), both networks' values of the next state's actions.
        discount: 0 to 1.

    Returns:
        (N,), without gradient.

    Example:
        >>> import torch
        >>> online, target = torch.tensor([[1.0, 2.0]]), torch.tensor([[9.0, 4.0]])
        >>> double_dqn_target(torch.tensor([1.0]), torch.tensor([False]), online, target, discount=0.5)
        tensor([3.])
    """
    with torch.no_grad():
        best = online.argmax(1, keepdim=True)
        following = target.float().gather(1, best).squeeze(1)
        return reward + discount * following * (~ended).float()


def huber(prediction: Tensor, target: Tensor) -> Tensor:
    """The error of each prediction (N,): half the square where it is below 1, else its size less 1/2, so that one step with a large
    error does not decide the gradient of the batch (Mnih et al., Nature 2015)."""
    return F.smooth_l1_loss(prediction.float(), target, reduction="none")
