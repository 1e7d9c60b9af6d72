"""A misspelt hyper-parameter in a method is a type error."""

from __future__ import annotations

from collections.abc import Callable

Mypy = Callable[[str], list[str]]

SOURCE = """\
from engine.backbones.backbone import Backbone
from engine.config.part import setting
from engine.method import Method, MethodConfig
from engine.methods.contrastive.simclr import SimCLR


class OwnConfig(MethodConfig):
    temperature: float = setting(0.2, "Softmax temperature.", gt=0, le=5)


class Own(Method[OwnConfig]):
    Config = OwnConfig

    def __init__(self, config: OwnConfig, backbone: Backbone) -> None:
        super().__init__(config, backbone)
        self.start = config.temprature

    def right(self) -> float:
        return self.config.temperature

    def misspelt(self) -> float:
        return self.config.temprature

    def of_a_wrong_type(self) -> str:
        return self.config.temperature


class FromTheCatalogue(SimCLR):
    def misspelt(self) -> float:
        return self.config.temprature


def of_any_method(method: Method) -> float:
    return method.config.temperature


def is_a_method(method: Own) -> Method:
    return method
"""


def line_of(text: str, after: str) -> int:
    """The number of the first line with `text` after the line with `after`."""
    lines = SOURCE.splitlines()
    start = next(number for number, line in enumerate(lines) if after in line)
    return next(number for number, line in enumerate(lines[start:], start + 1) if text in line)


def test_a_misspelt_hyper_parameter_is_an_error_and_nothing_else_is(mypy: Mypy) -> None:
    unknown = '"{}" has no attribute "{}"'
    expected = {
        line_of("temprature", "def __init__"): unknown.format("OwnConfig", "temprature"),
        line_of("temprature", "def misspelt"): unknown.format("OwnConfig", "temprature"),
        line_of("temperature", "def of_a_wrong_type"): 'Incompatible return value type (got "float", expected "str")',
        line_of("temprature", "class FromTheCatalogue"): unknown.format("SimCLRConfig", "temprature"),
        line_of("temperature", "def of_any_method"): unknown.format("MethodConfig", "temperature"),
    }
    errors = mypy(SOURCE)
    # A line may have a second error that follows from the first: an unknown attribute is Any, which a strict check does not return.
    assert {int(error.partition(":")[0]) for error in errors} == expected.keys(), errors
    for line, message in expected.items():
        assert any(error.startswith(f"{line}: {message}") for error in errors), errors
