"""`ci init --archive-events`: pipelines whose timer appends event records to a branch of the repository."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.support import cnb_pipeline, gitlab_pipeline
from tests.support.ci_project import ci_init
from tests.support.command import scfdeploy
from tests.support.jenkins_steps import Agent
from tests.support.local_server import LocalServer
from tests.support.machine import put_programs
from tests.support.marketplace import marketplace
from tests.support.pipeline_run import Event, push
from tests.support.pipeline_steps import Runner
from tests.support.project import write_project
from tests.support.rendered import workflow

KEYS = ("AKIDlocal", "local-secret")
PROJECT = ("  asyncRunEnable: true\n  traceEnable: true\n",)
CODING = {
    "GIT_BUILD_REF": "1" * 40,
    "GIT_REPO_URL": "https://example.com/shop/orders.git",
    "CREDENTIALS_ID": "of-the-repository",
    "TENCENT_CLOUD_API_CRED": "cloud-key",
    "GIT_LOCAL_BRANCH": "main",
}
Timer = Callable[..., tuple[str, str]]
"""Runs the pipeline as its timer does: from the system to the result and the log."""


def git(folder: Path, *words: str) -> str:
    done = subprocess.run(["git", "-C", str(folder), *words], check=True, capture_output=True, text=True)
    return done.stdout


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    if shutil.which("git") is None:
        pytest.skip("git is not installed")
    folder = write_project(tmp_path / "repository", *PROJECT)
    git(tmp_path, "init", "--quiet", "--bare", "origin.git")
    monkeypatch.chdir(folder)
    return folder


@pytest.fixture
def origin(tmp_path: Path) -> Path:
    return tmp_path / "origin.git"


@pytest.fixture
def timer(repository: Path, origin: Path, tmp_path: Path, cloud: LocalServer) -> Timer:
    runs = iter(range(100))

    def checkout(place: Path) -> None:
        shutil.copytree(repository, place, dirs_exist_ok=True)
        git(place, "init", "--quiet")
        git(place, "add", "--all")
        git(place, "remote", "add", "origin", str(origin))

    def run(system: str, event: Event | None = None, names: Mapping[str, str] | None = None) -> tuple[str, str]:
        folder = tmp_path / f"run-{next(runs)}"
        put_programs(folder / "bin")
        host = {
            "PATH": f"{folder / 'bin'}{os.pathsep}{os.environ['PATH']}",
            "HOME": str(folder),
            "PYTHONPATH": str(Path(__file__).parents[3]),
            "LANG": "C.UTF-8",
            "SCFDEPLOY_ENDPOINT": cloud.url,
        }
        if system == "github":
            secrets = dict(zip(("TENCENT_SECRET_ID", "TENCENT_SECRET_KEY"), KEYS, strict=True))
            actions = marketplace(checkout)
            done = Runner(folder / "runner", actions, event or Event("schedule"), host, secrets).run(
                repository / ".github" / "workflows" / "scfdeploy.yml"
            )
            return "SUCCESS" if done.ok else "FAILURE", done.raw
        keys = dict(zip(("TENCENT_SECRET_ID", "TENCENT_SECRET_KEY"), KEYS, strict=True))
        if system == "gitlab":
            source = {"CI_PIPELINE_SOURCE": "push" if names else "schedule", "CI_COMMIT_BRANCH": "main"}
            runner = gitlab_pipeline.Runner(folder / "runner", host, checkout, {"plan/*": keys, "prod": keys})
            jobs = runner.run(repository / ".gitlab-ci.yml", source, start=("apply prod",))
            failed = any(job.result != "success" for job in jobs.values())
            return "FAILURE" if failed or not jobs else "SUCCESS", "".join(job.printed for job in jobs.values())
        if system == "cnb":
            files = {"scfdeploy-plan.yml": keys, "scfdeploy-prod.yml": keys}
            builder = cnb_pipeline.Builder(folder / "runner", host, checkout, files)
            branch, event_name = ("$", "tag_deploy.prod") if names else ("main", "crontab: 23 3 * * *")
            pipelines = builder.run(repository / ".cnb.yml", branch, event_name)
            failed = any(one.result != "success" for one in pipelines.values())
            return "FAILURE" if failed or not pipelines else "SUCCESS", "".join(
                one.printed for one in pipelines.values()
            )
        own = {"BRANCH_NAME": "main"} if system == "jenkins" else {**CODING, "ARCHIVE_EVENTS": "true"}
        credentials = dict.fromkeys(("tencent-cloud", "cloud-key"), KEYS)
        pushes = dict.fromkeys(("scfdeploy-git", "of-the-repository"), ("robot", "git-password"))
        agent = Agent(
            folder / "workspace",
            host,
            checkout,
            {**credentials, **pushes},
            {**own, **(names or {})},
            is_timed=not names,
        )
        built = agent.run((repository / "Jenkinsfile").read_text("utf-8"))
        return built.result, built.printed

    return run


def written(system: str, *arguments: str) -> str:
    ran = ci_init(system, "--archive-events", *arguments)
    assert ran.exit_code == 0, ran.stderr
    return ran.stdout


def call(cloud: LocalServer, *, stage: str = "prod") -> None:
    """Deploy the function, and let it handle one asynchronous event."""
    env = {**cloud.env, "TENCENT_SECRET_ID": KEYS[0], "TENCENT_SECRET_KEY": KEYS[1]}
    assert scfdeploy("apply", "--yes", f"--stage={stage}", env=env).exit_code == 0
    assert scfdeploy("invoke", "hello", "--async", "--data", "{}", f"--stage={stage}", env=env).exit_code == 0
    cloud.control("clock", {"until": "idle"})


def archived(origin: Path, file: str = "prod.jsonl") -> list[dict[str, Any]]:
    return [json.loads(line) for line in git(origin, "show", f"scfdeploy-events:{file}").splitlines()]


@pytest.mark.parametrize("system", ["github", "jenkins", "coding", "gitlab", "cnb"])
def test_timer_appends_new_records_to_the_branch(
    system: str, repository: Path, origin: Path, cloud: LocalServer, timer: Timer
) -> None:
    written(system, "--stage-branch", "main=prod")
    call(cloud)
    writes = cloud.writes()

    result, log = timer(system)
    again, second_log = timer(system)

    assert (result, again) == ("SUCCESS", "SUCCESS"), log + second_log
    assert [record["status"] for record in archived(origin)] == ["finished"]
    assert git(origin, "rev-list", "--count", "scfdeploy-events") == "1\n"
    call(cloud)
    assert timer(system)[0] == "SUCCESS"
    assert len(archived(origin)) == 2
    assert git(origin, "ls-tree", "--name-only", "scfdeploy-events") == "prod.jsonl\n"
    assert [action for action in cloud.writes()[len(writes) :] if action != "Invoke"] == []
    for secret in ("local-secret", "git-password", "ghs_", "glcbt-token", "cnb-token"):
        assert secret not in log + second_log


def test_each_project_and_stage_has_its_file(
    tmp_path: Path, origin: Path, cloud: LocalServer, timer: Timer, repository: Path
) -> None:
    for folder in ("one", "two/@x"):
        write_project(repository / folder, *PROJECT)
    stages = ("--stage-branch", "main=prod", "--stage-branch", "develop=a/b%", "--stage-branch", "next=prod")
    written("github", "one", "two/@x", *stages)
    call(cloud)

    assert timer("github")[0] == "SUCCESS"

    files = git(origin, "-c", "core.quotePath=false", "ls-tree", "--name-only", "scfdeploy-events").split()
    assert files == ["one@a%2Fb%25.jsonl", "one@prod.jsonl", "two%2F%40x@a%2Fb%25.jsonl", "two%2F%40x@prod.jsonl"]


def test_expired_records_fail_the_job_and_the_others_are_archived(
    origin: Path, cloud: LocalServer, timer: Timer
) -> None:
    written("jenkins", "--stage-branch", "main=prod")
    call(cloud)
    assert timer("jenkins")[0] == "SUCCESS"
    cloud.control("clock", {"advance_s": 4 * 86_400})
    call(cloud)

    result, log = timer("jenkins")

    assert result == "FAILURE"
    assert "have expired" in log
    assert len(archived(origin)) == 2


@pytest.mark.parametrize("system", ["github", "jenkins", "coding", "gitlab", "cnb"])
def test_other_builds_archive_nothing(system: str, origin: Path, cloud: LocalServer, timer: Timer) -> None:
    written(system, "--stage-branch", "main=prod")

    result, log = timer(system, push(), {"ARCHIVE_EVENTS": "false"})

    assert result == "SUCCESS", log
    assert "CreateFunction" in cloud.writes()
    assert git(origin, "branch") == ""


def test_link_in_the_branch_is_not_followed(
    tmp_path: Path, origin: Path, cloud: LocalServer, timer: Timer, repository: Path
) -> None:
    target = tmp_path / "outside.jsonl"
    link = tmp_path / "linked"
    git(tmp_path, "init", "--quiet", "linked")
    (link / "prod.jsonl").symlink_to(target)
    git(link, "add", "--all")
    git(link, "-c", "user.name=Ada", "-c", "user.email=ada@example.com", "commit", "--quiet", "--message", "Link")
    git(link, "push", "--quiet", str(origin), "HEAD:refs/heads/scfdeploy-events")
    written("jenkins", "--stage-branch", "main=prod")
    call(cloud)

    result, log = timer("jenkins")

    assert result == "FAILURE"
    assert "line 1 of" in log
    assert not target.exists()


def test_push_that_is_refused_fails_the_job(repository: Path, origin: Path, cloud: LocalServer, timer: Timer) -> None:
    written("jenkins", "--stage-branch", "main=prod")
    call(cloud)
    hook = origin / "hooks" / "pre-receive"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text("#!/bin/sh\nexit 1\n")
    hook.chmod(0o755)

    result, log = timer("jenkins")

    assert result == "FAILURE", log
    assert git(origin, "branch") == ""


def test_settings_of_the_machine_ignore_no_records(
    tmp_path: Path, repository: Path, origin: Path, cloud: LocalServer, timer: Timer
) -> None:
    written("jenkins", "--stage-branch", "main=prod")
    call(cloud)
    settings = tmp_path / "run-0" / ".config" / "git"
    settings.mkdir(parents=True)
    (settings / "ignore").write_text("*.jsonl\n")

    assert timer("jenkins")[0] == "SUCCESS"

    assert len(archived(origin)) == 1


def test_scheduled_runs_do_not_cancel_waiting_deployments(repository: Path) -> None:
    written("github", "--stage-branch", "main=prod")
    flow = workflow(Path(".github/workflows/scfdeploy.yml").read_text("utf-8"))
    assert flow["concurrency"]["group"] == (
        "scfdeploy-${{ github.event_name == 'schedule' && 'events' || github.ref }}"
    )
    assert flow["jobs"]["archive"]["permissions"] == {"contents": "write"}
    assert "environment" not in flow["jobs"]["archive"]


def test_output_says_what_the_timer_needs(repository: Path) -> None:
    assert "repository secrets" in written("github")
    assert "credential scfdeploy-git" in written("jenkins")
    assert "ARCHIVE_EVENTS=true" in written("coding", "--force")
    assert "--archive-events" in Path("Jenkinsfile").read_text("utf-8").splitlines()[0]


def test_without_the_option_there_is_no_timer(repository: Path) -> None:
    assert ci_init("github").exit_code == 0
    text = Path(".github/workflows/scfdeploy.yml").read_text("utf-8")
    assert "schedule" not in text
    assert "events pull" not in text
