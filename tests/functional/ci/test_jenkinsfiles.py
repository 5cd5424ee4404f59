"""Every Jenkinsfile that `ci init` can write, compiled by Groovy; and what they do, script by script."""

from __future__ import annotations

import json
import os
import stat
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.support import repositories
from tests.support.ci_project import ci_init
from tests.support.command import scfdeploy
from tests.support.jenkins import Build, build
from tests.support.linters import groovy_errors, shell_findings
from tests.support.local_server import LocalServer
from tests.support.machine import put_installer
from tests.support.project import write_project
from tests.support.rendered import every, jenkins_scripts

SYSTEMS = ("jenkins", "coding")
KEYS = {"id": "AKIDlocal", "key": "local-secret"}
SECRET = "hunter2-do-not-show"


@pytest.mark.parametrize("system", SYSTEMS)
def test_groovy_reads_them(system: str, tmp_path: Path) -> None:
    different = {one.text: one.name for one in every(system)}
    files = [tmp_path / f"{name.replace('-', '_')}.groovy" for name in different.values()]
    for file, text in zip(files, different, strict=True):
        file.write_text(text, "utf-8")
    assert groovy_errors(files) == ""
    assert len(files) > 40


def test_groovy_does_see_mistakes(tmp_path: Path) -> None:
    file = tmp_path / "broken.groovy"
    file.write_text(every("jenkins")[0].text.replace("agent any", "agent ["), "utf-8")
    assert "Unexpected input" in groovy_errors([file])


def test_shellcheck_finds_nothing_in_the_scripts(tmp_path: Path) -> None:
    texts = {script for system in SYSTEMS for one in every(system) for script in jenkins_scripts(one.text)}
    files = []
    for number, script in enumerate(sorted(texts)):
        files.append(tmp_path / f"{number}.sh")
        files[-1].write_text(script, "utf-8")
    assert shell_findings(files, "sh") == ""
    assert len(files) > 10


@pytest.fixture
def tools(tmp_path: Path) -> Path:
    """Programs in front of those of the machine: a python3 whose environments have this scfdeploy, and builders."""
    folder = tmp_path / "tools"
    put_installer(folder)
    _program(
        folder / "python3",
        f"""\
if [ "$1 $2 $3" = "-I -m venv" ]; then
  make-environment "$4"
else
  exec {sys.executable} "$@"
fi
""",
    )
    _program(folder / "mvn", "mkdir -p target && printf jar > target/app.jar && printf x > target/app-sources.jar\n")
    _program(folder / "npm", 'if [ "$1" = ci ]; then mkdir -p node_modules; fi\n')
    return folder


def _program(path: Path, script: str) -> None:
    path.write_text(f"#!/bin/sh\nset -eu\n{script}", "utf-8")
    path.chmod(path.stat().st_mode | stat.S_IXUSR)


Runner = Callable[..., Build]


@pytest.fixture
def job(tmp_path: Path, tools: Path, cloud: LocalServer) -> Runner:
    """Runs the Jenkinsfile of a repository, always in the same workspace."""

    def run(source: Path, *, approve: bool = True, credentials: dict[str, Any] | None = None, **env: str) -> Build:
        around = {
            **cloud.env,
            **repositories.only_from(tmp_path / "wheels"),
            "PATH": f"{tools}{os.pathsep}{os.environ['PATH']}",
            "PYTHONPATH": str(Path(__file__).parents[3]),
            **env,
        }
        known = {"tencent-cloud": KEYS, "DB_PASSWORD": SECRET, **(credentials or {})}
        workspace = tmp_path / "workspace"
        return build(source / "Jenkinsfile", workspace, source=source, env=around, credentials=known, approve=approve)

    return run


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    variables = "  environment:\n    variables:\n      DB: ${env:DB_PASSWORD}\n"
    folder = write_project(tmp_path / "repository", variables)
    (folder / "requirements.txt").write_text("wordsofgreeting==1.0\n")
    monkeypatch.chdir(folder)
    return folder


def written(system: str, *arguments: str) -> None:
    ran = ci_init(system, "--force", *arguments)
    assert ran.exit_code == 0, ran.stderr


def test_a_change_is_planned_and_a_push_is_applied(
    repository: Path, job: Runner, cloud: LocalServer, tmp_path: Path
) -> None:
    written("jenkins", "--stage-branch", "main=prod")

    change = job(repository, CHANGE_ID="7", CHANGE_TARGET="main", BRANCH_NAME="PR-7")

    assert change.result == "done", change.log
    assert change.stages["Plan"] == "done"
    assert (change.stages["Approval"], change.stages["Apply"]) == ("skipped", "skipped")
    assert [Path(path).name for path in change.record["archived"]] == ["plan.json", "plan.txt"]
    assert [Path(path).name for path in change.record["junit"]] == ["validate.xml"]
    assert "Plan: 1 to create" in change.log
    assert cloud.writes() == []

    push = job(repository, BRANCH_NAME="main")

    assert push.result == "done", push.log
    assert push.record["asked"] == ["Apply the archived plans of this build?"]
    assert "CreateFunction" in cloud.writes()
    built = tmp_path / "workspace"
    again = scfdeploy("plan", built, "--stage=prod", "--detailed-exitcode", env={**cloud.env, "DB_PASSWORD": SECRET})
    assert again.exit_code == 0, again.stdout


def test_no_secret_is_printed_or_left_behind(repository: Path, job: Runner, tmp_path: Path) -> None:
    written("jenkins", "--stage-branch", "main=test")
    done = job(repository, BRANCH_NAME="main")

    assert done.result == "done", done.log
    assert set(done.record["bound"]) == {"tencent-cloud", "DB_PASSWORD"}
    for secret in (SECRET, KEYS["key"]):
        assert secret not in done.log
        left = [path for place in tmp_path.glob("workspace*") for path in place.rglob("*") if path.is_file()]
        settings = tmp_path / "workspace.job" / "settings.json"  # the test's own
        assert [path for path in left if path != settings and secret.encode() in path.read_bytes()] == []


def test_without_approval_nothing_is_changed(repository: Path, job: Runner, cloud: LocalServer) -> None:
    written("jenkins", "--stage-branch", "main=prod")
    assert job(repository, approve=False, BRANCH_NAME="main").result == "not approved"
    assert cloud.writes() == []


def test_another_branch_is_only_checked(repository: Path, job: Runner, cloud: LocalServer) -> None:
    written("jenkins", "--stage-branch", "main=prod")
    done = job(repository, BRANCH_NAME="$(touch x)")
    assert done.result == "done", done.log
    assert done.stages["Validate"] == "done"
    assert done.stages["Plan"] == "skipped"
    assert cloud.calls() == []


@pytest.mark.parametrize("action", ["CreateFunction", "ListFunctions"])
def test_cloud_error_fails_the_build(repository: Path, job: Runner, cloud: LocalServer, action: str) -> None:
    written("jenkins", "--stage-branch", "main=test")
    cloud.control("faults", [{"action": action, "code": "UnauthorizedOperation"}])
    assert job(repository, BRANCH_NAME="main").result == "script returned exit code 1"


def test_a_mistake_in_the_file_fails_the_build_and_is_in_the_report(repository: Path, job: Runner) -> None:
    written("jenkins")
    with (repository / "serverless.yml").open("a") as file:
        file.write("  memorySize: 100\n")
    done = job(repository, BRANCH_NAME="main")
    assert done.result == "script returned exit code 3"
    assert len(done.record["junit"]) == 1
    assert "memory-step" in done.log


def test_leftover_workspace_files_are_not_deployed(repository: Path, job: Runner, tmp_path: Path) -> None:
    written("jenkins", "--stage-branch", "main=test")
    left = tmp_path / "workspace" / "src" / "old.py"
    left.parent.mkdir(parents=True)
    left.write_text("OLD = True\n")
    (tmp_path / "workspace" / ".git").mkdir()
    done = job(repository, BRANCH_NAME="main")
    assert done.result == "done", done.log


def test_coding_takes_its_own_variables(repository: Path, job: Runner, cloud: LocalServer) -> None:
    written("coding", "--stage-branch", "main=prod")
    coding = {
        "GIT_BUILD_REF": "0123abc",
        "GIT_REPO_URL": "https://e.coding.net/shop/orders.git",
        "CREDENTIALS_ID": "deploy-key",
        "TENCENT_CLOUD_API_CRED": "cloud-key",
    }
    keys = {"cloud-key": KEYS}

    merge = job(repository, credentials=keys, MR_TARGET_BRANCH="main", GIT_LOCAL_BRANCH="change", **coding)
    assert merge.result == "done", merge.log
    assert merge.stages["Apply"] == "skipped"

    push = job(repository, credentials=keys, GIT_LOCAL_BRANCH="main", **coding)
    assert push.result == "done", push.log
    assert "0123abc" in push.record["checkout"]
    assert "deploy-key" in push.record["checkout"]
    assert "cloud-key" in push.record["bound"]
    assert "CreateFunction" in cloud.writes()


@pytest.mark.parametrize("name", ["a b", "生产"])
def test_an_odd_stage_is_only_a_name(
    repository: Path, job: Runner, cloud: LocalServer, tmp_path: Path, name: str
) -> None:
    written("jenkins", "--stage-branch", f"main={name}")
    done = job(repository, CHANGE_ID="1", CHANGE_TARGET="main")
    assert done.result == "done", done.log
    plan = json.loads((tmp_path / "workspace@tmp" / "scfdeploy" / "0" / "plan.json").read_text("utf-8"))
    assert json.dumps(name) in json.dumps(plan)


@pytest.mark.parametrize("name", ["$(touch x)", "`touch x`", '"; touch x; "', "'; touch x; '", "$PATH", "$$"])
def test_a_hostile_stage_is_refused_as_the_name_that_it_is(
    repository: Path, job: Runner, cloud: LocalServer, tmp_path: Path, name: str
) -> None:
    written("jenkins", "--stage-branch", f"main={name}")
    refused = job(repository, CHANGE_ID="1", CHANGE_TARGET="main")
    assert refused.result == "script returned exit code 3", refused.log
    assert f'"--stage" is "{name}"' in refused.log
    assert not list(tmp_path.rglob("x"))
    assert cloud.calls() == []


@pytest.mark.parametrize("name", ["$(touch x)", "'; touch x; '", "a b", "生产", "${HOME}"])
def test_a_hostile_folder_is_only_a_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, job: Runner, cloud: LocalServer, name: str
) -> None:
    root = tmp_path / "repository"
    write_project(root / name)
    (root / name / "requirements.txt").write_text("wordsofgreeting==1.0\n")
    monkeypatch.chdir(root)
    written("jenkins", name, "--stage-branch", "main=test")
    done = job(root, BRANCH_NAME="main")
    assert done.result == "done", done.log
    assert "CreateFunction" in cloud.writes()
    assert not list(tmp_path.rglob("x"))


def test_java_for_the_web_is_built_and_put_into_one_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, job: Runner, cloud: LocalServer
) -> None:
    root = tmp_path / "repository"
    root.mkdir()
    (root / "serverless.yml").write_text(
        "component: scf\nname: web\napp: shop\ninputs:\n  name: web\n  type: web\n  runtime: Java11\n  src: ./zip\n"
    )
    (root / "scf_bootstrap").write_text("#!/bin/bash\njava -jar app.jar\n")
    (root / "pom.xml").write_text("<project/>")
    monkeypatch.chdir(root)
    written("jenkins", "--stage-branch", "main=test")
    done = job(root, BRANCH_NAME="main")
    assert done.result == "done", done.log
    assert sorted(path.name for path in (tmp_path / "workspace" / "zip").iterdir()) == ["app.jar", "scf_bootstrap"]
    assert "CreateFunction" in cloud.writes()
