"""Every workflow that `ci init` can write, looked at by programs that we did not write."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.linters import schema_errors, security_findings, shell_findings, workflow_findings
from tests.support.rendered import Rendered, every, scripts
from tests.support.sampling import sample


@pytest.fixture(scope="module")
def rendered() -> list[Rendered]:
    """Each different text once."""
    return list({one.text: one for one in every("github")}.values())


@pytest.fixture(scope="module")
def folder(rendered: list[Rendered], tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("pipelines")
    place = root / ".github" / "workflows"
    place.mkdir(parents=True)
    for one in rendered:
        (place / f"{one.name}.yml").write_text(one.text, "utf-8")
    return root


def test_github_s_own_schema_takes_them(folder: Path) -> None:
    assert schema_errors(sample(sorted(folder.rglob("*.yml")), every=4)) == ""


def test_zizmor_finds_nothing_of_weight(folder: Path) -> None:
    assert security_findings(folder) == []


def test_actionlint_finds_nothing(rendered: list[Rendered]) -> None:
    assert workflow_findings({f".github/workflows/{one.name}.yml": one.text for one in rendered}) == []


def test_shellcheck_finds_nothing_in_the_scripts(rendered: list[Rendered], tmp_path: Path) -> None:
    files = []
    for number, script in enumerate(sorted({script for one in rendered for script in scripts(one.text)})):
        files.append(tmp_path / f"{number}.sh")
        files[-1].write_text(script, "utf-8")
    assert shell_findings(files, "bash") == ""
    assert len(files) > 10
