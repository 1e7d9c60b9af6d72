"""The command of all checks: what fails is shown, and the tests wait for it."""

from __future__ import annotations

import pytest

from tests import __main__ as checks

SAYS = ("-c", "print('all good')")
FAILS = ("-c", "print('first line'); print('line 3 is wrong'); raise SystemExit(3)")


def test_a_check_that_fails_is_shown_whole_and_keeps_the_tests_from_running(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(checks, "CHECKS", {"types": FAILS, "lint": SAYS})
    monkeypatch.setattr(checks, "TESTS", ("-c", "print('the tests ran')"))
    assert checks.main([]) == 1
    printed = capfd.readouterr().out
    assert "types: FAILED" in printed
    assert "    first line\n    line 3 is wrong\n" in printed
    assert "lint: passed" in printed
    assert "the tests ran" not in printed


def test_the_tests_get_what_follows_and_give_the_result(monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(checks, "CHECKS", {"lint": SAYS})
    monkeypatch.setattr(checks, "TESTS", ("-c", "import sys; print(sys.argv[1:]); raise SystemExit(5)"))
    assert checks.main(["tests/engine", "-x"]) == 5
    assert "['tests/engine', '-x']" in capfd.readouterr().out
