"""What `ci init gitlab` and `ci init cnb` write, really run: a merge request, then a push, for each language."""

import json
import os
import shutil
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest

from tests.functional.pipelines.conftest import KEYS, greeting, needs
from tests.support import cnb_pipeline, gitlab_pipeline, repositories
from tests.support.ci_project import ci_init
from tests.support.local_server import LocalServer
from tests.support.machine import path_with, put_programs
from tests.support.project import write_project

pytestmark = pytest.mark.skipif(shutil.which("git") is None, reason="git is not installed")
READ_ONLY = {**KEYS, "DB_PASSWORD": "hunter2-$HOME", "SCOPE": "plan"}
DEPLOY = {**READ_ONLY, "SCOPE": "deploy"}


@pytest.fixture(name="folders")
def new_folders(tmp_path: Path) -> Iterator[Path]:
    """One folder for each run."""
    return (tmp_path / f"run-{number}" for number in range(100))


@pytest.fixture(name="host")
def a_machine(tmp_path: Path, server: LocalServer) -> Mapping[str, str]:
    put_programs(tmp_path / "bin")
    # The image of Node.js gets Python's venv from its distribution.
    (tmp_path / "bin" / "apt-get").write_text("#!/bin/sh\n")
    (tmp_path / "bin" / "apt-get").chmod(0o755)
    home = tmp_path / "home"
    home.mkdir()
    return {
        "PATH": path_with(tmp_path / "bin", os.environ["PATH"]),
        "HOME": str(home),
        "LANG": "C.UTF-8",
        **repositories.only_from(tmp_path / "wheels"),
        "SCFDEPLOY_ENDPOINT": server.url,
    }


RunGitlab = Callable[..., dict[str, gitlab_pipeline.Job]]
RunCnb = Callable[..., dict[str, cnb_pipeline.Pipeline]]


@pytest.fixture(name="gitlab")
def run_on_gitlab(repository: Path, folders: Iterator[Path], host: Mapping[str, str]) -> RunGitlab:
    def run(
        names: Mapping[str, str], *, start: tuple[str, ...] = (), secrets: Mapping[str, Mapping[str, str]] | None = None
    ) -> dict[str, gitlab_pipeline.Job]:
        scoped = secrets or {"plan/*": READ_ONLY, "prod": DEPLOY, "test": DEPLOY}
        runner = gitlab_pipeline.Runner(next(folders), host, repositories.checkout_of(repository), scoped)
        return runner.run(repository / ".gitlab-ci.yml", names, start)

    return run


@pytest.fixture(name="cnb")
def run_on_cnb(repository: Path, folders: Iterator[Path], host: Mapping[str, str]) -> RunCnb:
    def run(branch: str, event: str) -> dict[str, cnb_pipeline.Pipeline]:
        files = {"scfdeploy-plan.yml": READ_ONLY, "scfdeploy-prod.yml": DEPLOY, "scfdeploy-test.yml": DEPLOY}
        builder = cnb_pipeline.Builder(next(folders), host, repositories.checkout_of(repository), files)
        return builder.run(repository / ".cnb.yml", branch, event)

    return run


def merge_request(target: str = "main", *, fork: bool = False) -> Mapping[str, str]:
    return {
        "CI_PIPELINE_SOURCE": "merge_request_event",
        "CI_MERGE_REQUEST_TARGET_BRANCH_NAME": target,
        "CI_MERGE_REQUEST_PROJECT_ID": "1",
        "CI_MERGE_REQUEST_SOURCE_PROJECT_ID": "2" if fork else "1",
    }


def push(branch: str = "main") -> Mapping[str, str]:
    return {"CI_PIPELINE_SOURCE": "push", "CI_COMMIT_BRANCH": branch}


def init(system: str, *arguments: str) -> str:
    ran = ci_init(system, *arguments)
    assert ran.exit_code == 0, ran.stderr
    return ran.stdout


def results(jobs: Mapping[str, gitlab_pipeline.Job]) -> dict[str, str]:
    return {name: job.result for name, job in jobs.items()}


def log(jobs: Mapping[str, gitlab_pipeline.Job]) -> str:
    return "\n".join(f"{name}: {job.result}\n{job.printed}" for name, job in jobs.items())


class TestGitlab:
    @pytest.mark.parametrize("language", repositories.LANGUAGES)
    def test_merge_request_is_planned_and_push_deployed(
        self, language: str, repository: Path, gitlab: RunGitlab, server: LocalServer
    ) -> None:
        needs(*(["npm", "node"] if language == "nodejs" else []))
        repositories.LANGUAGES[language](repository)
        init("gitlab", "--stage-branch", "main=test")
        compiled = {"compile test": "success"} if language != "python" else {}

        asked = gitlab(merge_request())
        written = server.writes()
        pushed = gitlab(push())

        assert results(asked) == {**compiled, "build test": "success", "plan test": "success"}, log(asked)
        assert written == []
        assert "Plan: 1 to create" in asked["plan test"].printed
        assert pushed["apply test"].result == "success", log(pushed)
        assert "CreateFunction" in server.writes()
        if language in ("python", "nodejs"):
            assert greeting(repository, server, "test") == "good day", "with its library, and built"

    def test_production_waits_for_start(self, repository: Path, gitlab: RunGitlab, server: LocalServer) -> None:
        write_project(repository)
        init("gitlab", "--stage-branch", "main=prod", "--stage-branch", "develop=test")

        waiting = gitlab(push())
        expected = {"build prod": "success", "plan prod": "success", "apply prod": "manual"}
        assert results(waiting) == expected, log(waiting)
        assert server.writes() == []

        started = gitlab(push(), start=("apply prod",))
        assert started["apply prod"].result == "success", log(started)
        assert "CreateFunction" in server.writes()
        assert set(gitlab(push("develop"))) == {"build test", "plan test", "apply test"}
        assert gitlab(push("other")) == {}

    def test_merge_request_from_fork_is_not_planned(self, repository: Path, gitlab: RunGitlab) -> None:
        write_project(repository)
        init("gitlab")
        assert results(gitlab(merge_request(fork=True))) == {"build dev": "success"}

    @pytest.mark.parametrize("name", ["TENCENT_SECRET_KEY", "DB_PASSWORD"])
    def test_secret_of_every_job_fails_the_build(
        self, repository: Path, gitlab: RunGitlab, server: LocalServer, name: str
    ) -> None:
        write_project(repository, "  environment:\n    variables:\n      DB_PASSWORD: ${env:DB_PASSWORD}\n")
        init("gitlab")

        jobs = gitlab(push(), secrets={"*": {name: "hunter2"}})

        assert results(jobs) == {"build dev": "failed", "plan dev": "skipped", "apply dev": "skipped"}
        assert f"{name} must not reach this job" in jobs["build dev"].printed
        assert "hunter2" not in log(jobs)
        assert server.calls() == []

    def test_keys_of_the_stage_reach_only_apply(self, repository: Path, gitlab: RunGitlab) -> None:
        write_project(repository)
        init("gitlab", "--stage-branch", "main=test")
        jobs = gitlab(push())
        scopes = {name: job.env.get("SCOPE") for name, job in jobs.items()}
        assert scopes == {"build test": None, "plan test": "plan", "apply test": "deploy"}

    def test_mistake_fails_without_keys_and_is_in_the_report(
        self, repository: Path, gitlab: RunGitlab, server: LocalServer, tmp_path: Path
    ) -> None:
        write_project(repository, "  memorySize: 100\n")
        init("gitlab")

        jobs = gitlab(push())

        assert results(jobs) == {"build dev": "failed", "plan dev": "skipped", "apply dev": "skipped"}
        assert "memory-step" in jobs["build dev"].printed
        assert "memory-step" in next(tmp_path.glob("run-*/artifacts/*/.scfdeploy/ci/validate.xml")).read_text("utf-8")
        assert server.calls() == []

    def test_cloud_error_fails_the_job(self, repository: Path, gitlab: RunGitlab, server: LocalServer) -> None:
        write_project(repository)
        init("gitlab")
        server.control("faults", [{"action": "CreateFunction", "code": "LimitExceeded.Function"}])
        assert gitlab(push())["apply dev"].result == "failed"

    def test_wheel_in_the_repository_is_installed_from_the_package(
        self, repository: Path, gitlab: RunGitlab, tmp_path: Path
    ) -> None:
        write_project(repository)
        (repository / "vendor").mkdir()
        (repository / "vendor" / "scfdeploy-1.0-py3-none-any.whl").write_bytes(b"wheel")
        init("gitlab", "--package", "vendor/scfdeploy-1.0-py3-none-any.whl")
        jobs = gitlab(push())
        assert jobs["apply dev"].result == "success", log(jobs)


class TestCnb:
    @pytest.mark.parametrize("language", repositories.LANGUAGES)
    def test_merge_request_is_planned_and_push_deployed(
        self, language: str, repository: Path, cnb: RunCnb, server: LocalServer
    ) -> None:
        needs(*(["npm", "node"] if language == "nodejs" else []))
        repositories.LANGUAGES[language](repository)
        init("cnb", "--stage-branch", "main=test")

        asked = cnb("main", "pull_request")["test"]
        written = server.writes()
        pushed = cnb("main", "push")["test"]

        assert asked.result == "success", asked.printed
        assert "Apply" not in asked.stages
        assert written == []
        assert "Plan: 1 to create" in asked.printed
        assert pushed.result == "success", pushed.printed
        assert pushed.stages["Apply"] == "success"
        assert pushed.lock == {"key": "scfdeploy-test", "wait": True}
        assert "CreateFunction" in server.writes()
        if language in ("python", "nodejs"):
            assert greeting(repository, server, "test") == "good day", "with its library, and built"

    def test_production_is_deployed_from_a_tag(self, repository: Path, cnb: RunCnb, server: LocalServer) -> None:
        write_project(repository)
        init("cnb", "--stage-branch", "main=prod")

        pushed = cnb("main", "push")["prod"]
        assert (pushed.result, "Apply" in pushed.stages) == ("success", False), pushed.printed
        assert server.writes() == []

        approved = cnb("$", "tag_deploy.prod")["prod"]
        assert approved.stages["Apply"] == "success", approved.printed
        assert approved.lock == {"key": "scfdeploy-prod", "wait": True}
        assert "CreateFunction" in server.writes()

    def test_mistake_fails_before_the_plan(self, repository: Path, cnb: RunCnb, server: LocalServer) -> None:
        write_project(repository, "  memorySize: 100\n")
        init("cnb")
        done = cnb("main", "push")["dev"]
        assert done.stages == {"Validate and build": "failed"}
        assert "memory-step" in done.printed
        assert server.calls() == []


@pytest.mark.parametrize("system", ["gitlab", "cnb"])
def test_hook_runs_once_and_secrets_are_nowhere(
    system: str, repository: Path, gitlab: RunGitlab, cnb: RunCnb, tmp_path: Path
) -> None:
    seen = tmp_path / "seen.txt"
    more = "  environment:\n    variables:\n      DB_PASSWORD: ${env:DB_PASSWORD}\n"
    write_project(repository, more)
    text = (repository / "serverless.yml").read_text("utf-8")
    hook = f"env >> '{seen}'; echo 'one more' >> '{seen}'"
    text = text.replace("  src: ./src\n", f"  src:\n    src: ./src\n    hook: {json.dumps(hook)}\n")
    (repository / "serverless.yml").write_text(text, "utf-8")
    init(system, "--stage-branch", "main=test")

    printed = log(gitlab(push())) if system == "gitlab" else cnb("main", "push")["test"].printed

    assert "to create" in printed
    assert seen.read_text("utf-8").splitlines().count("one more") == 1
    for secret in ("local-secret", "hunter2"):
        assert secret not in printed + seen.read_text("utf-8")
        files = [file for file in tmp_path.rglob("*") if file.is_file()]
        assert [str(file) for file in files if secret.encode() in file.read_bytes()] == []


@pytest.mark.parametrize("system", ["gitlab", "cnb"])
@pytest.mark.parametrize("name", ["$(touch pwned)", "'; touch pwned; '", "${HOME}", "a b", "生产"])
def test_hostile_folder_is_only_a_name(
    system: str, name: str, repository: Path, gitlab: RunGitlab, cnb: RunCnb, server: LocalServer, tmp_path: Path
) -> None:
    write_project(repository / name)
    init(system, name, "--stage-branch", "main=test")

    printed = log(gitlab(push())) if system == "gitlab" else cnb("main", "push")["test"].printed

    assert "CreateFunction" in server.writes(), printed
    assert list(tmp_path.rglob("pwned")) == []


@pytest.mark.parametrize("system", ["gitlab", "cnb"])
@pytest.mark.parametrize("stage", ["$(touch x)", "a b", "生产", "*", "plan/x", "-x"])
def test_stage_that_is_no_environment_is_rejected(system: str, stage: str, repository: Path) -> None:
    write_project(repository)
    ran = ci_init(system, "--stage-branch", f"main={stage}")
    assert ran.exit_code == 1
    assert "cannot be the name of an environment" in ran.stderr
    assert not (repository / ".cnb.yml").exists()
    assert not (repository / ".gitlab-ci.yml").exists()


def test_stage_never_shares_the_key_of_merge_requests_on_cnb(repository: Path) -> None:
    write_project(repository)
    ran = ci_init("cnb", "--stage-branch", "main=plan")
    assert ran.exit_code == 1
    assert "scfdeploy-plan.yml" in ran.stderr
    assert not (repository / ".cnb.yml").exists()
    assert ci_init("gitlab", "--stage-branch", "main=plan").exit_code == 0, "plan/plan is another environment"


@pytest.mark.parametrize(("system", "branch"), [("cnb", "a+b"), ("cnb", "(x)"), ("gitlab", "a\"b'c")])
def test_branch_that_is_a_pattern_is_rejected(system: str, branch: str, repository: Path) -> None:
    write_project(repository)
    ran = ci_init(system, "--stage-branch", f"{branch}=test")
    assert ran.exit_code == 1
    assert "cannot be named in a pipeline file" in ran.stderr


@pytest.mark.parametrize("system", ["gitlab", "cnb", "jenkins", "coding"])
def test_oidc_elsewhere_than_github_is_rejected(system: str, repository: Path) -> None:
    write_project(repository)
    ran = ci_init(system, "--keys", "oidc")
    assert ran.exit_code == 1
    assert f"OIDC is not supported for {system}" in ran.stderr
    assert list(repository.glob(".*.yml")) == []
