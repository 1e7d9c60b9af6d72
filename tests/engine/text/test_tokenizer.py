"""Texts to tokens and back into a checkpoint."""

from __future__ import annotations

import torch

from engine.text.tokenizer import END, PAD, START, WordTokenizer, words_of
from engine.text.transformer import TextTransformer


def learned(words: int = 4, length: int = 8) -> WordTokenizer:
    tokenizer = WordTokenizer(words, length)
    tokenizer.learn(["a red disc", "a red star", "a blue disc", "a red disc"])
    return tokenizer


def test_words_are_numbered_by_frequency_then_alphabet() -> None:
    # a 4, red 3, disc 3, blue 1, star 1: of disc and red the first in the alphabet first; star is left out.
    assert list(learned().tokens().items()) == [("a", 259), ("disc", 260), ("red", 261), ("blue", 262)]


def test_a_known_word_is_one_token_and_another_its_bytes() -> None:
    assert learned()(["A red é"]).tolist() == [[START, 259, 261, 3 + 0xC3, 3 + 0xA9, END, PAD, PAD]]


def test_a_text_that_is_too_long_keeps_its_end() -> None:
    row = learned()(["a red disc a red disc a red disc"])[0].tolist()
    assert row == [START, 259, 261, 260, 259, 261, 260, END]
    assert learned()(["x" * 500])[0].tolist() == [START, *[3 + ord("x")] * 6, END]


def test_an_empty_text_and_an_untrained_vocabulary_have_tokens() -> None:
    assert learned()([""])[0].tolist() == [START, END, *[PAD] * 6]
    assert WordTokenizer(4, 5)(["ab"]).tolist() == [[START, 3 + ord("a"), 3 + ord("b"), END, PAD]]


def test_punctuation_and_other_scripts() -> None:
    assert words_of("Dog, cat's 2 kg: 狗!") == ["dog", ",", "cat", "'", "s", "2", "kg", ":", "狗", "!"]


def test_the_vocabulary_is_part_of_the_state() -> None:
    fresh = WordTokenizer(4, 8)
    assert not fresh.tokens()
    fresh.load_state_dict(learned().state_dict())
    assert fresh.tokens() == learned().tokens()


def test_words_after_the_end_change_nothing_and_earlier_words_do() -> None:
    torch.manual_seed(0)
    encoder = TextTransformer(tokens=300, length=8, dim=16, depth=2, heads=2, out_dim=5)
    tokens = torch.tensor([[START, 260, 261, END, PAD, PAD, PAD, PAD]])
    after, before = tokens.clone(), tokens.clone()
    after[0, 5] = 262
    before[0, 1] = 262
    with torch.no_grad():
        assert torch.equal(encoder(tokens), encoder(after))
        assert not torch.allclose(encoder(tokens), encoder(before))
        # The position of the end matters: the same words in another order are another text.
        assert not torch.allclose(encoder(tokens), encoder(tokens[:, [0, 2, 1, 3, 4, 5, 6, 7]]))
