"""Which of the evaluated runs can stand beside each other: those of the same data."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from engine.runs.evaluation import Evaluated
from workbench.bridge.evaluate_questions import KeptEvaluation
from workbench.models.runs import RunsModel
from workbench.panels.evaluate.evaluation_text import Line


def comparable(
    runs: RunsModel, kept: Mapping[str, KeptEvaluation], folder: str | None
) -> tuple[list[Line], str, int, str, float | None]:
    """Of what is kept, by folder: a line for each run on the data of the chosen one (`folder`; of most where that was not
    evaluated), the data's name, how many evaluated runs are on other data, the key of the chosen run ("" where it has no line), and
    the share that chance gets right."""
    own = kept.get(folder) if folder is not None else None
    known = [
        (row, one)
        for row in runs.rows()
        if row.folder and (one := kept.get(row.folder)) is not None and one.evaluation is not None and one.evaluation.at(None)
    ]
    if own is not None and own.evaluation is not None:
        digest = own.evaluation.digest
    elif known:
        digests = [one.evaluation.digest for _, one in known if one.evaluation is not None]
        digest = max(digests, key=digests.count)
    else:
        digest = ""
    lines, data, chance, chosen = list[Line](), "", None, ""
    for row, one in known:
        evaluation = one.evaluation
        if evaluation is None or evaluation.digest != digest:
            continue
        data, chance = evaluation.data, evaluation.chance
        chosen = row.key if row.folder == folder else chosen
        lines.append(line_of(row.key, row.title, runs.colour(row.key), evaluation, one.stale))
    return lines, data, len(known) - len(lines), chosen, chance_for(lines, chance)


def line_of(key: str, title: str, colour: str, evaluation: Evaluated, stale: frozenset[str]) -> Line:
    """The figures of a run's last checkpoint as a line of the comparison."""
    figures = evaluation.at(None)
    return Line(
        key=key,
        title=title,
        colour=colour,
        method=evaluation.method,
        epoch=None,
        trained={part: figure.trained for part, figure in figures.items()},
        untrained={part: figure.untrained for part, figure in figures.items()},
        stale=stale,
        images=evaluation.images.get("test", 0),
        errors={part: figure.error for part, figure in figures.items() if figure.error is not None},
    )


def chance_for(lines: Iterable[Line], chance: float | None) -> float | None:
    """The chance level, where one of the figures is a share of right classes. Those with errors of their own (overlaps, precisions,
    R²) are none."""
    return chance if any(part not in line.errors for line in lines for part in line.trained) else None
