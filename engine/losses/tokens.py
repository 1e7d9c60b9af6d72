"""Words of a vocabulary: how many are in use, and what a discrete autoencoder's prior asks of them."""

from __future__ import annotations

import math

import torch
from torch import Tensor


def prior_terms(logits: Tensor) -> tuple[Tensor, Tensor]:
    """The two parts of the mean of KL(q(word | patch), uniform), which the dVAE's bound subtracts (2102.12092, Eq. 1): how much a
    patch tells of its word, the mutual information of both, and KL(q(word), uniform), how unevenly the words are used over all
    patches (Hoffman and Johnson, ELBO surgery, 2016). logits: (..., V), in nats, each at least 0. Scalars."""
    log_q = logits.float().flatten(0, -2).log_softmax(-1)  # (M, V)
    whole = (log_q.exp() * log_q).sum(-1).mean() + math.log(logits.shape[-1])
    # By logarithms: the entropy's own derivative is infinite for a word that no patch ever has.
    log_mean = log_q.logsumexp(0) - math.log(len(log_q))  # (V,)
    uneven = math.log(logits.shape[-1]) + (log_mean.exp() * log_mean).sum()
    return whole - uneven, uneven


def perplexity(words: Tensor, count: int) -> Tensor:
    """exp of the entropy of how often each of `count` words stands in `words`, of any shape: that many words, if all in use were
    used alike. 1 if all patches are one word, `count` if every word is as frequent."""
    found = torch.bincount(words.flatten(), minlength=count).float()
    spread: Tensor = torch.special.entr(found / found.sum().clamp(min=1)).sum()
    return spread.exp()


def commonest(words: Tensor) -> Tensor:
    """Share of the most frequent word in `words` (M,): how often one is right who always says that. 0 of none."""
    return torch.bincount(words, minlength=1).max() / max(1, len(words))
