"""Visual tokens: how many are in use, and the prior of a discrete autoencoder."""

from __future__ import annotations

import math

import torch
from torch import Tensor


def prior_terms(logits: Tensor) -> tuple[Tensor, Tensor]:
    """The two parts of the mean of KL(q(token | patch), uniform), which the dVAE's bound subtracts (2102.12092, Eq. 1): how much a
    patch determines its token, the mutual information of both, and KL(q(token), uniform), how unevenly the tokens are used over all
    patches (Hoffman and Johnson, ELBO surgery, 2016). logits: (N, ..., V), of the patches of N images.

    Both (N,), in nats, each image's: the mean over its patches of KL(q(token | patch), q(token)), and of sum_w q(w | patch)
    ln(V q(w)), which is high where its tokens are those that all patches have. The mean of either over the images is the term."""
    log_q = logits.float().log_softmax(-1)  # (N, ..., V)
    # By logarithms: the entropy's own derivative is infinite for a token that no patch ever has.
    log_mean = log_q.flatten(0, -2).logsumexp(0) - math.log(log_q[..., 0].numel())  # (V,)
    q = log_q.exp()
    informed = (q * (log_q - log_mean)).sum(-1)  # (N, ...)
    uneven = math.log(logits.shape[-1]) + (q * log_mean).sum(-1)
    return informed.reshape(len(q), -1).mean(1), uneven.reshape(len(q), -1).mean(1)


def perplexity(visual_tokens: Tensor, count: int) -> Tensor:
    """exp of the entropy of how often each of `count` tokens occurs in `visual_tokens`, of any shape: that many tokens, if all in
    use were equally frequent. 1 if all patches have one token, `count` if every token is as frequent."""
    found = torch.bincount(visual_tokens.flatten(), minlength=count).float()
    spread: Tensor = torch.special.entr(found / found.sum().clamp(min=1)).sum()
    return spread.exp()


def commonest(visual_tokens: Tensor) -> Tensor:
    """Share of the most frequent token in `visual_tokens` (M,): the accuracy of always predicting it. 0 of none."""
    return torch.bincount(visual_tokens, minlength=1).max() / max(1, len(visual_tokens))
