"""What the figures of invariance are called and come to in words, in the window's language."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from html import escape

from PySide6.QtCore import QCoreApplication

from engine.runs.invariance_file import FactorReadings, Group, Invariance, Reading, Verdict, difference
from workbench.i18n.data_names import data_name

translate = QCoreApplication.translate

# A sign beside each word, for those who do not see the colour or the place.
SIGNS: Mapping[Verdict, str] = {"kept": "●", "partly": "◐", "discarded": "○", "unreadable": "–"}
# Runs differ where the interval of the difference leaves out 0 and it is at least so large.
NOTABLE = 0.05


def factor_name(name: str) -> str:
    """A factor: what an augmentation draws and what any picture has in the window's language, others as `data_name` has them."""
    known = {
        "mean lightness": translate("InvariancePanel", "mean lightness"),
        "mean colour": translate("InvariancePanel", "mean colour"),
        "crop x": translate("InvariancePanel", "crop x"),
        "crop y": translate("InvariancePanel", "crop y"),
        "crop area": translate("InvariancePanel", "crop area"),
        "flip": translate("InvariancePanel", "flip"),
        "view rotation": translate("InvariancePanel", "view rotation"),
        "brightness": translate("InvariancePanel", "brightness"),
        "contrast": translate("InvariancePanel", "contrast"),
        "saturation": translate("InvariancePanel", "saturation"),
        "hue shift": translate("InvariancePanel", "hue shift"),
        "grayscale": translate("InvariancePanel", "grayscale"),
        "blur": translate("InvariancePanel", "blur"),
    }
    return known.get(name) or data_name(name)


def group_name(group: Group) -> str:
    """What the factors of a group have in common."""
    return {
        "known": translate("InvariancePanel", "Annotated factors"),
        "picture": translate("InvariancePanel", "Image statistics"),
        "drawn": translate("InvariancePanel", "Augmentation parameters"),
    }[group]


def space_name(space: str) -> str:
    """Where the features are taken from."""
    known = {"features": translate("InvariancePanel", "Backbone"), "embedding": translate("InvariancePanel", "Projector")}
    return known.get(space, space)


def verdict_name(verdict: Verdict) -> str:
    """A verdict in a word or two."""
    return {
        "kept": translate("InvariancePanel", "kept"),
        "partly": translate("InvariancePanel", "partly"),
        "discarded": translate("InvariancePanel", "discarded"),
        "unreadable": translate("InvariancePanel", "not readable"),
    }[verdict]


def epoch_name(epoch: int) -> str:
    """An epoch; the first is before training."""
    if epoch == 0:
        return translate("InvariancePanel", "untrained")
    return translate("InvariancePanel", "epoch {0}").format(epoch)


def figure(value: float) -> str:
    """Two places: 0.81, −0.21; never −0.00."""
    return f"{round(value, 2) + 0.0:.2f}".replace("-", "−")


def signed(value: float) -> str:
    """A difference: +0.31, −0.20."""
    return f"{round(value, 2) + 0.0:+.2f}".replace("-", "−")


def listed(names: Iterable[str]) -> str:
    """Factors one after another."""
    return ", ".join(map(factor_name, names))


def sentence(invariance: Invariance, space: str, epoch: int) -> str:
    """ "keeps shape, size; in part hue; discards brightness"."""
    kept, partly, gone = (listed(invariance.names(space, epoch, verdict)) for verdict in ("kept", "partly", "discarded"))
    parts = []
    if kept:
        parts.append(translate("InvariancePanel", "keeps {0}").format(f"<b>{escape(kept)}</b>"))
    if partly:
        parts.append(translate("InvariancePanel", "partly {0}").format(escape(partly)))
    if gone:
        parts.append(translate("InvariancePanel", "discards {0}").format(f"<b>{escape(gone)}</b>"))
    return "; ".join(parts) or translate("InvariancePanel", "no factor is readable")


def changes(invariance: Invariance, space: str, epoch: int) -> str:
    """What training made easier and harder to read; empty before training."""
    added, removed = map(listed, invariance.changed(space, epoch))
    parts = []
    if added:
        parts.append(translate("InvariancePanel", "training added {0}").format(added))
    if removed:
        parts.append(translate("InvariancePanel", "removed {0}").format(removed))
    return "; ".join(parts)


def against(invariance: Invariance, other: Invariance, space: str, epochs: tuple[int, int]) -> str:
    """Where a run keeps more and where it keeps less than another, the largest difference first."""
    gaps = []
    for factor in invariance.factors:
        pair = same(factor, other, space, epochs)
        if pair is not None:
            gap, low, high = difference(*pair)
            if abs(gap) >= NOTABLE and (low > 0 or high < 0):
                gaps.append((gap, f"{factor_name(factor.name)} {signed(gap)}"))
    more = ", ".join(text for gap, text in sorted(gaps, reverse=True) if gap > 0)
    less = ", ".join(text for gap, text in sorted(gaps) if gap < 0)
    parts = [translate("InvariancePanel", "keeps more of {0}").format(more)] if more else []
    parts += [translate("InvariancePanel", "less of {0}").format(less)] if less else []
    return "; ".join(parts) or translate("InvariancePanel", "no significant difference")


def same(factor: FactorReadings, other: Invariance | None, space: str, epochs: tuple[int, int]) -> tuple[Reading, Reading] | None:
    """The readings of one factor in two runs at their epochs; None where one lacks it."""
    if other is None:
        return None
    twin = next((f for f in other.factors if (f.name, f.group, f.measure) == (factor.name, factor.group, factor.measure)), None)
    one, two = factor.at(space, epochs[0]), twin.at(space, epochs[1]) if twin is not None else None
    return (one, two) if one is not None and two is not None else None


def score_words(factor: FactorReadings, reading: Reading) -> str:
    """The figure itself with its interval: "accuracy 0.84 (0.82 – 0.86), chance level 0.10" or "R² 0.97 (0.96 – 0.97)"."""
    figures = figure(reading.score), figure(reading.low), figure(reading.high)
    if factor.measure == "r2":
        return translate("InvariancePanel", "R² {0} ({1} – {2})").format(*figures)
    words = translate("InvariancePanel", "accuracy {0} ({1} – {2}), chance level {3}")
    return words.format(*figures, figure(factor.chance))


def described(factor: FactorReadings, space: str, epoch: int) -> str:
    """One factor in one space, whole: verdict, figure, what it was before training."""
    reading, before = factor.at(space, epoch), factor.at(space, 0)
    if reading is None:
        return ""
    description = f"{space_name(space)}: {SIGNS[reading.verdict]} {verdict_name(reading.verdict)}, {score_words(factor, reading)}"
    if before is not None and epoch != 0:
        words = translate("InvariancePanel", "untrained {0}, a change of {1} ({2} to {3})")
        gains = signed(reading.gain), signed(reading.gain_low), signed(reading.gain_high)
        description += "; " + words.format(figure(before.score), *gains)
    return description


def own_words(factor: FactorReadings) -> str:
    """Whether the run's own views vary what was drawn; empty where that is no question."""
    if factor.own is None:
        return ""
    if factor.own:
        return translate(
            "InvariancePanel", "The augmentations of this run vary it: a loss that pulls views together penalises keeping it."
        )
    return translate("InvariancePanel", "The augmentations of this run never vary it.")
