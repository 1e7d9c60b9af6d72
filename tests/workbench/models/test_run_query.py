"""The grammar of the run filter: words, columns, numbers, and terms that are not understood."""

from __future__ import annotations

from typing import Any

import pytest

from workbench.models.run_query import parse

KNOWN = (
    "title",
    "state",
    "method",
    "best",
    "tags",
    "star",
    "shown",
    "live",
    "notes",
    "started",
    "optim.lr",
    "train.lr",
    "train.seed",
)
RUN: dict[str, Any] = {
    "title": "Mine",
    "state": "failed",
    "method": "SimCLR",
    "best": 0.45,
    "tags": ("probe", "long run"),
    "star": True,
    "started": "2026-11-22 03:12",
    "optim.lr": 0.002,
    "train.seed": 0,
}
WORDS = "mine\nfailed\nsimclr\nlarge batch"


@pytest.mark.parametrize(
    ("text", "fits"),
    [
        ("", True),
        ("mine LARGE", True),
        ("mine byol", False),
        ('"large batch"', True),
        ('"batch large"', False),
        ("-byol", True),
        ("-mine", False),
        ("method:sim", True),
        ("method=sim", False),
        ("method=simclr", True),
        ("method!=byol", True),
        ("-method:simclr", False),
        ("knn>0.4", True),
        ("knn>0.45", False),
        ("knn>=0.45", True),
        ("knn<.5", True),
        ("notes:x", False),
        ("notes!=x", True),
        ("tag:prob", True),
        ("tag=prob", False),
        ('tag:"long run"', True),
        ("-tag:old", True),
        ("tag!=probe", False),
        ("optim.lr<=2e-3", True),
        ("seed:0", True),
        ("seed=1", False),
        ("is:starred", True),
        ("-is:starred", False),
        ("star:no", False),
        ("is:shown", False),
        ("started>2026-11-21", True),
        ("started>2026-11-23", False),
        ("state:failed knn>0.4 mine", True),
        ("state:failed knn>0.9 mine", False),
        ("method:", True),
        ("03:12", False),
    ],
)
def test_a_query_accepts_the_runs_that_match(text: str, fits: bool) -> None:
    query = parse(text, KNOWN)
    assert query.doubts == ()
    assert query.accepts(WORDS, RUN.get) is fits


@pytest.mark.parametrize(
    ("text", "kind", "token", "hint"),
    [
        ("methd:simclr", "unknown", "methd", "method"),
        ("knn>high", "number", "knn>high", ""),
        ("knn>", "number", "knn>", ""),
        ("lr>0.1", "several", "lr", "optim.lr, train.lr"),
        ("is:stared", "is", "is:stared", "starred"),
    ],
)
def test_a_term_that_is_not_understood_is_reported_and_ignored(text: str, kind: str, token: str, hint: str) -> None:
    query = parse(f"mine {text}", KNOWN)
    assert [(doubt.kind, doubt.token, doubt.hint) for doubt in query.doubts] == [(kind, token, hint)]
    assert query.accepts(WORDS, RUN.get)
    assert not query.accepts("other", RUN.get)
