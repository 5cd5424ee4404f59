"""Completion in real shells: what Tab makes of a line, and that nothing of the project runs."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.shells import completed, offered_by_fish, require_shell

SIMPLE = "component: scf\nname: shop\ninputs:\n  name: {name}\n  events:\n    - timer:\n        name: nightly\n"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    folder = tmp_path / "project"
    (folder / "nested").mkdir(parents=True)
    (folder / "serverless.yml").write_text(SIMPLE.format(name="word-count"))
    return folder


@pytest.fixture(params=["bash", "zsh"])
def shell(request: pytest.FixtureRequest) -> str:
    name: str = request.param
    require_shell(name)
    return name


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("scfdeploy inv", ["scfdeploy", "invoke"]),
        ("scfdeploy plan --det", ["scfdeploy", "plan", "--detailed-exitcode"]),
        ("scfdeploy plan --format=ma", ["scfdeploy", "plan", "--format=markdown"]),
        ("scfdeploy plan --format ma", ["scfdeploy", "plan", "--format", "markdown"]),
        ("scfdeploy invoke wo", ["scfdeploy", "invoke", "word-count"]),
        ("scfdeploy invoke word-count --template tim", ["scfdeploy", "invoke", "word-count", "--template", "timer"]),
        ("scfdeploy plan --target tri", ["scfdeploy", "plan", "--target", "trigger/default/word-count/timer/nightly"]),
        ("scfdeploy invoke --qualifier '$LA", ["scfdeploy", "invoke", "--qualifier", "$LATEST"]),
        ("scfdeploy alias shift \\$DE", ["scfdeploy", "alias", "shift", "$DEFAULT"]),
        ("scfdeploy validate serverl", ["scfdeploy", "validate", "serverless.yml"]),
        ("scfdeploy validate --select memory-st", ["scfdeploy", "validate", "--select", "memory-step"]),
        ("scfdeploy init nes\tx", ["scfdeploy", "init", "nested/x"]),
        ("scfdeploy plan --report js\tout.json", ["scfdeploy", "plan", "--report", "json=out.json"]),
        ("scfdeploy plan --report=js\tout.json", ["scfdeploy", "plan", "--report=json=out.json"]),
        ("scfdeploy nothing-here x", ["scfdeploy", "nothing-here", "x"]),
    ],
)
def test_tab_completes_the_line(shell: str, line: str, words: list[str], project: Path) -> None:
    assert completed(shell, line, project) == words


@pytest.mark.parametrize(
    "name",
    ["odd $(touch run) `touch run`", "odd;touch run", "odd 'name'", "odd | touch run &", "odd #*?[x]!", "odd~{a,b}"],
)
def test_odd_name_is_quoted_and_not_run(shell: str, name: str, project: Path) -> None:
    quoted = name.replace("'", "''")
    (project / "serverless.yml").write_text(SIMPLE.format(name=f"'{quoted}'"))

    assert completed(shell, "scfdeploy invoke od", project) == ["scfdeploy", "invoke", name]
    assert not (project / "run").exists()


def test_program_of_the_project_is_not_run(shell: str, project: Path) -> None:
    (project / "scfdeploy").write_text("#!/bin/sh\ntouch run\n")
    (project / "scfdeploy").chmod(0o755)

    completed(shell, "./scfdeploy inv", project)

    assert not (project / "run").exists()


def test_fish_offers_values(project: Path) -> None:
    require_shell("fish")

    assert offered_by_fish("scfdeploy inv", project) == ["invoke"]
    assert offered_by_fish("scfdeploy plan --format=ma", project) == ["--format=markdown"]
    assert offered_by_fish("scfdeploy invoke wo", project) == ["word-count"]
    assert offered_by_fish("scfdeploy validate serverl", project) == ["serverless.yml"]
    assert offered_by_fish("scfdeploy nothing-here x", project) == []


def test_fish_does_not_run_names(project: Path) -> None:
    require_shell("fish")
    (project / "serverless.yml").write_text(SIMPLE.format(name="'odd (touch run) $(touch run)'"))

    assert offered_by_fish("scfdeploy invoke od", project) == ["odd\\ \\(touch\\ run\\)\\ \\$\\(touch\\ run\\)"]
    assert not (project / "run").exists()
