"""The engine's errors and notes in the Chinese window: whole sentences, with what they name, and never half a translation."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import engine
import workbench.bridge.open_data
from engine.config.errors import ConfigError
from engine.config.run import DataConfig, RunConfig
from engine.config.text import parse
from engine.data.open import open_dataset
from workbench.forms.setting_titles import with_titles
from workbench.i18n import engine_messages
from workbench.i18n.engine_messages import in_language
from workbench.i18n.load import Translations

# Of the system and of pydantic, not written in the engine's files.
ELSEWHERE = ("No such file or directory.", "Permission denied.", "No space left on device.")


@pytest.fixture
def chinese(qapp: object) -> Iterator[None]:
    translations = Translations()
    translations.load("zh_CN")
    yield
    translations.load("en")


def problems_of(values: dict[str, object]) -> dict[str, str]:
    with pytest.raises(ConfigError) as error:
        parse(RunConfig, values)
    return {problem.key: with_titles(problem.message, problem.key) for problem in error.value.problems}


def test_refusals_of_the_form_are_whole_sentences(chinese: None) -> None:
    values = {"train": {"batch": 0, "epochs": "x"}, "optim": {"name": "adm", "lr": -1}}
    problems = problems_of(values | {"views": {"groups": [{"crop_min": 0.9, "crop_max": 0.3}]}})
    assert problems["train.batch"] == "批量必须为至少 2 且不大于 65536。当前为 0。"
    assert problems["train.epochs"] == "轮数必须为整数。当前为 'x'。"
    assert problems["optim.name"] == "优化器必须为以下之一：'adamw', 'sgd' 或 'lars'。当前为 'adm'。是否指“adamw”？"
    assert not re.search("[A-Za-z]{3,} [A-Za-z]{3,}", " ".join(problems.values()))


@pytest.mark.parametrize(
    ("message", "expected"),
    [
        (
            "批量 must be at most 51, the number of training images. Got 128. Lower “批量” or bring more images.",
            "批量必须为不大于训练图像数 51。当前为 128。请降低“批量”或提供更多图像。",
        ),
        (
            "批量 must be a multiple of the 2 devices (设备数). Got 15. Each device has as many images of a batch: set 批量 to 14 "
            "or 16.",
            "批量必须为2 个设备（设备数）的整数倍。当前为 15。每个设备分得同样多的批量图像：请将批量设为 14 或 16。",
        ),
        (
            "编码器 must be an encoder whose code you have allowed to run on this computer. Got a.py:Net. A run or config of "
            "somebody else can hold any code. Read it (backbone.module.text in its config.yaml, or the file), and if you trust "
            "it: python -m engine trust RUN_OR_FILE",
            "编码器必须为一个您已允许其代码在本机运行的编码器。当前为 a.py:Net。他人的运行或配置可能含有任何代码。"
            "请阅读代码（config.yaml 中的 backbone.module.text，或该文件）；若信任它，请运行：python -m engine trust RUN_OR_FILE",
        ),
        (
            "教师 must be the folder of a trained run, with a config.yaml in it. Got '/a'.",
            "教师必须为一个已训练运行的文件夹，其中有 config.yaml。当前为 '/a'。",
        ),
        ("背景 must be 0 for data without masks of their objects. Got 0.2.", "背景必须为0（数据没有物体的掩码）。当前为 0.2。"),
        ("x must be a .npz file. Got 1. Arrays found: a, b. train_images is missing.", None),
    ],
)
def test_messages_that_name_numbers(chinese: None, message: str, expected: str | None) -> None:
    if expected is None:  # what must be is not known: the message stays whole
        assert in_language(message) == message
    else:
        assert in_language(message) == expected


def test_data_that_are_not_there(chinese: None) -> None:
    with pytest.raises(ConfigError) as error:
        open_dataset(DataConfig(source="/nothere/a. Got b"))
    message = with_titles(str(error.value))
    assert message.endswith("当前为 '/nothere/a. Got b'。没有这个文件或文件夹。请检查路径。")


@pytest.mark.parametrize(
    ("note", "expected"),
    [
        ("12 of 300 images have no caption in captions.csv.", "300 张图像中有 12 张在 captions.csv 中没有说明文字。"),
        (
            "The validation images have no labels: kNN on validation cannot be measured.",
            "验证图像没有标签：无法在验证集上测量 kNN。",
        ),
        (
            "2 classes of the test images (a, b) have no training image: 3 of 40 labelled test images are of classes that no kNN "
            "and no probe can name.",
            "测试图像中有 2 个类别（a, b）没有训练图像：40 张带标签的测试图像中有 3 张属于 kNN 和探针都无法给出的类别。",
        ),
    ],
)
def test_notes_on_data(chinese: None, note: str, expected: str) -> None:
    assert in_language(note) == expected


def test_what_is_not_known_stays_as_it_is(chinese: None) -> None:
    for message in (
        "",
        "A sentence of a plugin. And another.",
        "x must be a thing nobody knows. Got 3. Try again.",
        "a\n\nTrace: b",
    ):
        assert in_language(message) == message
    # A remedy that is not known follows a sentence that is.
    assert in_language("批量 must be at least 2. Got 0. Ask a friend.").endswith("当前为 0。Ask a friend.")


def test_a_message_of_any_text_takes_no_time(chinese: None) -> None:
    for piece in (": ", " must be ", ". Got '", "{0}", "a, and ", " images have no "):
        text = piece * 150
        assert isinstance(in_language(text), str)
    assert in_language("x" * 10_000) == "x" * 10_000


def test_english_messages_do_not_change(qapp: object) -> None:
    message = "train.batch must be at least 2. Got 0. Did you mean '3'?"
    assert in_language(message) == message


def test_every_template_is_a_text_of_the_engine() -> None:
    """A template whose message was rewritten would never fit again."""
    paths = [*Path(next(iter(engine.__path__))).rglob("*.py"), Path(workbench.bridge.open_data.__file__)]
    texts = set()
    for path in paths:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                texts.add(node.value)
    everything = "\n".join(texts)
    lost = []
    for template in (*engine_messages.ALLOWED, *engine_messages.SENTENCES):
        # The engine puts some of them together from parts.
        parts = [part.strip() for part in re.split(r"\{\d\}|[.:;] ?| in the ", template)]
        if template not in ELSEWHERE and not all(part in everything for part in parts):
            lost.append(template)
    assert lost == []
