"""Texts to tokens: the words of a data set's captions, and bytes for every other word."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import torch
from torch import Tensor, nn

PAD, START, END = 0, 1, 2
_BYTES = 3  # the token of byte 0
_WORDS = _BYTES + 256  # the token of the first word
LONGEST = 32  # bytes of a word in the vocabulary; longer ones are written in bytes
_WORD = re.compile(r"\w+|[^\w\s]")


class WordTokenizer(nn.Module):
    """Words by the vocabulary of the training captions, everything else by its UTF-8 bytes, so that no text is unknown.

    Tokens: 0 padding, 1 start, 2 end, 3 to 258 bytes, from 259 on words. Texts are read in lower case. The vocabulary is a buffer
    and therefore part of a checkpoint; before `learn` it is empty."""

    table: Tensor

    def __init__(self, words: int, length: int) -> None:
        super().__init__()
        self.length = length
        self.register_buffer("table", torch.zeros(words, LONGEST, dtype=torch.uint8))
        self._tokens: dict[str, int] = {}

    @property
    def size(self) -> int:
        """The number of different tokens."""
        return _WORDS + len(self.table)

    def learn(self, texts: Iterable[str]) -> None:
        """Take the most frequent words of the texts as the vocabulary; of equally frequent ones the first in the alphabet."""
        counts = Counter(word for text in texts for word in words_of(text) if len(word.encode()) <= LONGEST)
        ranked = sorted(counts, key=lambda word: (-counts[word], word))[: len(self.table)]
        self.table.zero_()
        for row, word in enumerate(ranked):
            data = word.encode()
            self.table[row, : len(data)] = torch.tensor(list(data), dtype=torch.uint8)
        self._read_table()

    def tokens(self) -> Mapping[str, int]:
        """The vocabulary: the token of each word."""
        return self._tokens

    def _read_table(self) -> None:
        rows = (bytes(row).rstrip(b"\0").decode("utf-8", "replace") for row in self.table.cpu().tolist())
        self._tokens = {word: _WORDS + row for row, word in enumerate(rows) if word}

    def forward(self, texts: Sequence[str]) -> Tensor:
        """Tokens (N, length) int64 on the device of the vocabulary: start, the text, end, padding. A text that is too long loses
        its last words; its end token stays."""
        tokens, rows = self._tokens, torch.full((len(texts), self.length), PAD, dtype=torch.int64)
        for row, text in zip(rows, texts, strict=True):
            inner: list[int] = []
            for word in words_of(text):
                inner += [tokens[word]] if word in tokens else [_BYTES + value for value in word.encode()]
                if len(inner) > self.length - 2:
                    break
            known = [START, *inner[: self.length - 2], END]
            row[: len(known)] = torch.tensor(known)
        return rows.to(self.table.device)

    def _load_from_state_dict(self, state_dict: dict[str, Any], prefix: str, *rest: Any) -> None:
        super()._load_from_state_dict(state_dict, prefix, *rest)
        self._read_table()


def words_of(text: str) -> list[str]:
    """The words and punctuation marks of a text, in lower case."""
    return _WORD.findall(text.lower())
