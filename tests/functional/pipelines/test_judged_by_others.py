"""This project's own action, workflows and Jenkinsfile, judged by programs that others wrote, and its pins."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from scfdeploy.facts.pipelines import actions
from tests.support import linters
from tests.support.groovy import Call, Statement, read_groovy
from tests.support.pipeline_run import Yaml
from tests.support.pipeline_steps import load

ROOT = Path(__file__).parents[3]
ACTION = ROOT / "action.yml"
WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
ALL = [ACTION, *WORKFLOWS]
DEPENDABOT = ROOT / ".github" / "dependabot.yml"
PINNED = re.compile(r"(?P<name>[\w.-]+/[\w.-]+)@(?P<commit>[0-9a-f]{40}) # (?P<version>v\d+\.\d+\.\d+)")
# As scripts are run: they end at the first command that fails.
OPTIONS = {"bash": "set -eo pipefail\n", "sh": "set -e\n"}


def test_they_have_the_form_that_github_wants() -> None:
    assert linters.schema_errors([ACTION], "vendor.github-actions") == ""
    assert linters.schema_errors(WORKFLOWS) == ""
    assert linters.schema_errors([DEPENDABOT], "vendor.dependabot") == ""


@pytest.mark.parametrize("file", [*ALL, DEPENDABOT], ids=lambda file: file.name)
def test_they_are_safe(file: Path) -> None:
    assert linters.security_findings(file) == []


def test_the_workflows_hold_together() -> None:
    texts = {f".github/workflows/{file.name}": file.read_text(encoding="utf-8") for file in WORKFLOWS}

    assert linters.workflow_findings(texts) == []


@pytest.mark.parametrize("file", ALL, ids=lambda file: file.name)
def test_every_script_is_a_good_script(file: Path, tmp_path: Path) -> None:
    found = [script for steps in steps_of(load(file.read_text())) for step in steps if (script := step.get("run"))]

    assert found
    assert [script for script in found if "${{" in script] == [], "what comes from outside comes by the environment"
    assert linters.shell_findings(written(found, "bash", tmp_path), "bash") == ""


def test_every_script_of_the_jenkinsfile_is_a_good_script(tmp_path: Path) -> None:
    found = list(shells(read_groovy((ROOT / "Jenkinsfile").read_text())))

    assert len(found) > 3
    assert linters.shell_findings(written(found, "sh", tmp_path), "sh") == ""


@pytest.mark.parametrize("file", ALL, ids=lambda file: file.name)
def test_every_action_is_pinned_where_the_table_of_pins_says(file: Path) -> None:
    foreign = [used for used in uses(file) if not used.startswith("./")]

    assert foreign
    for used in foreign:
        pin = PINNED.fullmatch(used)
        assert pin, f"{used} is not pinned by a commit with its version beside it"
        known = actions()[pin["name"]]
        assert (pin["commit"], pin["version"]) == (known.commit, known.version)


def uses(file: Path) -> Iterator[str]:
    """Each action that is used, with the comment beside it."""
    for line in file.read_text(encoding="utf-8").splitlines():
        words = line.strip().removeprefix("- ")
        if words.startswith("uses:"):
            yield words.removeprefix("uses:").strip()


def steps_of(document: Yaml) -> Iterator[list[Yaml]]:
    if "runs" in document:
        yield document["runs"]["steps"]
    yield from (job["steps"] for job in document.get("jobs", {}).values())


def shells(statements: tuple[Statement, ...]) -> Iterator[str]:
    for one in statements:
        if isinstance(one, Call) and one.name == "sh":
            yield str(one.arguments[0])
        yield from shells(one.block or ())


def written(scripts: list[str], shell: str, folder: Path) -> list[Path]:
    files = [folder / f"{number}.sh" for number in range(len(scripts))]
    for file, script in zip(files, scripts, strict=True):
        file.write_text(f"{OPTIONS[shell]}{script}", encoding="utf-8")
    return files
