"""`validate`, as it is typed: what it is asked, and what its outputs carry."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.command import scfdeploy
from tests.support.project import write_project


class TestChoosingRules:
    @pytest.mark.parametrize("option", ["--select", "--ignore"])
    @pytest.mark.parametrize("command", ["validate", "plan"])
    def test_a_rule_that_does_not_exist_is_wrong_usage(self, tmp_path: Path, command: str, option: str) -> None:
        ran = scfdeploy(command, write_project(tmp_path), option, "memory-stpe")

        assert ran.exit_code == 2
        assert "there is no rule of that name" in ran.stderr
        assert 'Did you mean "memory-step"?' in ran.stderr.replace("\n", " ")

    def test_any_finding_can_be_named(self, tmp_path: Path) -> None:
        folder = write_project(tmp_path, "  memorySize: 100\n  description:\n")

        assert [one["rule"] for one in _found(folder)] == ["memory-step", "empty-value"]
        assert [one["rule"] for one in _found(folder, "--ignore", "empty-value")] == ["memory-step"]
        assert [one["rule"] for one in _found(folder, "--select", "empty-value")] == ["empty-value"]


def _found(folder: Path, *options: str) -> list[dict[str, object]]:
    found: list[dict[str, object]] = scfdeploy("validate", folder, "--format", "json", *options).document["diagnostics"]
    return found
