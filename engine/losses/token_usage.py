"""Visual tokens: the number of tokens in use, and the prior of a discrete VAE."""

from __future__ import annotations

import math

import torch
from torch import Tensor


def prior_terms(logits: Tensor) -> tuple[Tensor, Tensor]:
    """The two parts of the mean of KL(q(token | patch), uniform), which the dVAE's bound subtracts (2102.12092, Eq. 1): the
    mutual information of patch and token, and KL(q(token), uniform), which is 0 where all tokens are used equally often over all
    patches (Hoffman and Johnson, ELBO surgery, 2016). logits: (N, ..., V), of the patches of N images.

    Both (N,), in nats, of each image: the mean over its patches of KL(q(token | patch), q(token)), and of sum_w q(w | patch)
    ln(V q(w)), which is large for frequent tokens. The mean of each over the images is the term."""
    log_q = logits.float().log_softmax(-1)  # (N, ..., V)
    # With logarithms, because the derivative of the entropy is infinite for a token with probability 0.
    log_mean = log_q.flatten(0, -2).logsumexp(0) - math.log(log_q[..., 0].numel())  # (V,)
    q = log_q.exp()
    informed = (q * (log_q - log_mean)).sum(-1)  # (N, ...)
    uneven = math.log(logits.shape[-1]) + (q * log_mean).sum(-1)
    return informed.reshape(len(q), -1).mean(1), uneven.reshape(len(q), -1).mean(1)


def perplexity(visual_tokens: Tensor, count: int) -> Tensor:
    """exp of the entropy of the frequencies of `count` tokens in `visual_tokens`, of any shape: the effective number of tokens in
    use. 1 if all patches have one token, `count` if all tokens are equally frequent."""
    counts = torch.bincount(visual_tokens.flatten(), minlength=count).float()
    spread: Tensor = torch.special.entr(counts / counts.sum().clamp(min=1)).sum()
    return spread.exp()


def commonest(visual_tokens: Tensor) -> Tensor:
    """Share of the most frequent token in `visual_tokens` (M,): the accuracy of always predicting it; 0 for M = 0."""
    return torch.bincount(visual_tokens, minlength=1).max() / max(1, len(visual_tokens))
