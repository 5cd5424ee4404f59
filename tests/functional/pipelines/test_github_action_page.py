"""The workflow of docs/how-to/github-action.md, checked by linters and run: a pull request, then a push."""

import re
from pathlib import Path

import pytest

from tests.functional.pipelines.conftest import KEYS, MakeRunner
from tests.support import linters
from tests.support.github_api import GitHub
from tests.support.local_server import LocalServer
from tests.support.pipeline_run import pull_request, push

ROOT = Path(__file__).parents[3]
SHOWN = re.compile(r"```yaml\n(name: deploy\n.*?)```", re.DOTALL)


@pytest.fixture(scope="module", name="temp")
def shared_temp(temp_of_action: Path) -> Path:
    return temp_of_action


def shown() -> str:
    found = SHOWN.search((ROOT / "docs" / "how-to" / "github-action.md").read_text(encoding="utf-8"))
    assert found
    return found[1]


def test_it_is_right_and_safe(tmp_path: Path) -> None:
    folder = tmp_path / ".github" / "workflows"
    folder.mkdir(parents=True)
    (folder / "deploy.yml").write_text(shown().replace("@COMMIT", f"@{'1' * 40}"))

    assert linters.schema_errors([folder / "deploy.yml"]) == ""
    assert linters.security_findings(folder / "deploy.yml") == []


def test_a_pull_request_is_planned_and_a_push_deployed(runner: MakeRunner, github: GitHub, server: LocalServer) -> None:
    workflow = shown().replace("OWNER/scfdeploy@COMMIT", str(ROOT))

    asked = runner(pull_request(), secrets=KEYS).run(workflow)
    written = server.writes()
    merged = runner(push(), secrets=KEYS).run(workflow)

    assert (asked.jobs["plan"].result, asked.jobs["apply"].result) == ("success", "skipped"), asked.raw
    assert "1 to create" in github.bodies[0]
    assert written == []
    assert (merged.jobs["plan"].result, merged.jobs["apply"].result) == ("skipped", "success"), merged.raw
    assert merged.jobs["apply"].environment == "production"
    assert "CreateFunction" in server.writes()
