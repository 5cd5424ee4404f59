"""The workflows that `ci init github` writes, really run: a pull request, then the push, for each language."""

from __future__ import annotations

import os
import stat
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from tests.support import repositories
from tests.support.ci_project import ci_init
from tests.support.github_api import GitHub, github_api
from tests.support.local_server import LocalServer
from tests.support.machine import put_installer
from tests.support.marketplace import marketplace
from tests.support.pipeline_run import Event, Run, pull_request, push
from tests.support.pipeline_steps import Runner
from tests.support.project import HANDLER, write_project

ROOT = Path(__file__).parents[3]
SECRETS = {
    "TENCENT_SECRET_ID": "AKIDlocal",
    "TENCENT_SECRET_KEY": "local-secret",
    "DB_PASSWORD": "hunter2-do-not-show",
}
SHOWN = ("local-secret", "hunter2-do-not-show")
# What npm and Maven leave, as far as it is deployed.
PROGRAMS = {
    "python3": f"""\
if [ "$1 $2 $3" = "-I -m venv" ]; then
  make-environment "$4"
else
  exec {sys.executable} "$@"
fi
""",
    "npm": """\
case "$1" in
  ci) mkdir -p node_modules/left-pad && echo 'module.exports = 1' > node_modules/left-pad/index.js ;;
  run) echo 'exports.main_handler = async () => 1;' > src/index.js ;;
esac
""",
    "node": "exit 0\n",  # package.json has a script that builds
    "mvn": "mkdir -p target && printf jar > target/app.jar && printf x > target/app-sources.jar\n",
    "gh": f"""\
exec {sys.executable} - "$@" <<'END'
import json, os, sys, urllib.request
words = sys.argv[2:]
method = words[words.index("--method") + 1] if "--method" in words else "GET"
path = next(word for word in words if word.startswith("repos/"))
body = None
if "--field" in words:
    name, _, file = words[words.index("--field") + 1].partition("=@")
    body = json.dumps({{name: open(file).read()}}).encode()
request = urllib.request.Request(os.environ["GITHUB_API_URL"] + "/" + path, data=body, method=method)
request.add_header("Authorization", "Bearer " + os.environ["GH_TOKEN"])
answer = json.load(urllib.request.urlopen(request))
if "--jq" in words:
    mark = words[words.index("--jq") + 1].split('startswith("')[1].split('")')[0]
    for one in answer:
        if one["user"]["login"] == "github-actions[bot]" and one["body"].startswith(mark):
            print(one["id"])
END
""",
}


@pytest.fixture
def github() -> object:
    with github_api() as api:
        yield api


@pytest.fixture
def programs(tmp_path: Path) -> Path:
    folder = tmp_path / "programs"
    put_installer(folder)
    for name, script in PROGRAMS.items():
        file = folder / name
        file.write_text(f"#!/bin/bash\nset -eu\n{script}", "utf-8")
        file.chmod(file.stat().st_mode | stat.S_IXUSR)
    return folder


RunWorkflow = Callable[..., Run]


@pytest.fixture
def run(tmp_path: Path, programs: Path, cloud: LocalServer, github: GitHub) -> RunWorkflow:
    """Runs the workflow of a repository after an event."""

    def start(repository: Path, event: Event, secrets: Mapping[str, str] = SECRETS) -> Run:
        def checkout(folder: Path) -> None:
            import shutil

            shutil.copytree(repository, folder, dirs_exist_ok=True)

        host = {
            "PATH": f"{programs}{os.pathsep}{os.environ['PATH']}",
            "PYTHONPATH": str(ROOT),
            "LANG": "C.UTF-8",
            "SCFDEPLOY_ENDPOINT": cloud.url,
            **repositories.only_from(tmp_path / "wheels"),
        }
        number = len(list(tmp_path.glob("run-*")))
        actions = dict(marketplace(checkout))
        actions["actions/setup-python"] = lambda _place, _inputs: {}
        runner = Runner(tmp_path / f"run-{number}", actions, event, host, secrets=secrets, api=github.url)
        return runner.run(repository / ".github" / "workflows" / "scfdeploy.yml")

    return start


def python(folder: Path) -> None:
    inputs = "  environment:\n    variables:\n      DB: ${env:DB_PASSWORD}\n"
    write_project(folder, inputs, code=f"import wordsofgreeting\n\n\n{HANDLER}")
    (folder / "requirements.txt").write_text("wordsofgreeting==1.0\n")


def nodejs(folder: Path) -> None:
    (folder / "src").mkdir(parents=True)
    (folder / "src" / "index.js").write_text("")
    (folder / "package.json").write_text('{"scripts": {"build": "make"}}')
    (folder / "package-lock.json").write_text("{}")
    (folder / "serverless.yml").write_text(
        "component: scf\nname: hello\napp: shop\ninputs:\n  name: hello\n  src: ./src\n  runtime: Nodejs18.15\n"
        "  handler: index.main_handler\n"
    )


def java(folder: Path) -> None:
    folder.mkdir(parents=True)
    (folder / "pom.xml").write_text("<project/>")
    (folder / "scf_bootstrap").write_text("#!/bin/bash\njava -jar app.jar\n")
    (folder / "serverless.yml").write_text(
        "component: scf\nname: hello\napp: shop\ninputs:\n  name: hello\n  type: web\n  src: ./zip\n  runtime: Java11\n"
    )


def written(folder: Path, monkeypatch: pytest.MonkeyPatch, *arguments: str) -> Path:
    monkeypatch.chdir(folder)
    ran = ci_init("github", "--force", *arguments)
    assert ran.exit_code == 0, ran.stderr
    return folder


@pytest.mark.parametrize("make", [python, nodejs, java])
def test_a_pull_request_is_planned_and_the_push_applied(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    cloud: LocalServer,
    github: GitHub,
    run: RunWorkflow,
    make: Callable[[Path], None],
) -> None:
    make(tmp_path / "repository")
    repository = written(tmp_path / "repository", monkeypatch, "--stage-branch", "main=prod")

    asked = run(repository, pull_request())

    assert asked.ok, asked.raw
    assert asked.jobs["apply"].result == "skipped"
    assert cloud.writes() == []
    (comment,) = github.bodies
    assert "### scfdeploy: 1 to create" in comment
    assert "stage `prod`" in comment
    assert "### scfdeploy: 1 to create" in asked.jobs["plan"].summary

    again = run(repository, pull_request())
    assert again.ok, again.raw
    assert len(github.bodies) == 1

    pushed = run(repository, push())

    assert pushed.ok, pushed.raw
    assert pushed.jobs["comment"].result == "skipped"
    assert pushed.jobs["apply"].environment == "prod"
    assert "CreateFunction" in cloud.writes()
    assert "### scfdeploy: apply done" in pushed.jobs["apply"].summary
    for secret in SHOWN:
        assert secret not in asked.raw + pushed.raw
        for folder in tmp_path.glob("run-*"):
            assert [file for file in folder.rglob("*") if file.is_file() and secret.encode() in file.read_bytes()] == []


@pytest.mark.parametrize("action", ["ListFunctions", "CreateFunction"])
def test_cloud_error_fails_the_job(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, cloud: LocalServer, run: RunWorkflow, action: str
) -> None:
    python(tmp_path / "repository")
    repository = written(tmp_path / "repository", monkeypatch)
    cloud.control("faults", [{"action": action, "code": "UnauthorizedOperation"}])
    assert not run(repository, push()).ok


def test_a_mistake_ends_in_the_job_without_keys(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, cloud: LocalServer, run: RunWorkflow
) -> None:
    python(tmp_path / "repository")
    repository = written(tmp_path / "repository", monkeypatch)
    with (repository / "serverless.yml").open("a") as file:
        file.write("  memorySize: 100\n")
    done = run(repository, pull_request())
    assert done.jobs["build"].result == "failure"
    assert "::error file=serverless.yml,line=" in done.raw
    assert cloud.calls() == []


@pytest.mark.parametrize("name", ["$(touch pwned)", '"; touch pwned; "', "'; touch pwned; '", "函数 名 'n'"])
def test_hostile_names_are_only_names(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, cloud: LocalServer, run: RunWorkflow, name: str
) -> None:
    for folder in (name, "other"):
        write_project(tmp_path / "repository" / folder, name="first" if folder == "other" else "second")
        (tmp_path / "repository" / folder / "requirements.txt").write_text("wordsofgreeting==1.0\n")
    repository = written(
        tmp_path / "repository",
        monkeypatch,
        name,
        "other",
        "--stage-branch",
        "main=test",
        "--stage-branch",
        f"x={name}",
    )
    asked = run(repository, pull_request(branch=name))
    assert asked.ok, asked.raw
    done = run(repository, push())
    assert done.ok, done.raw
    assert cloud.writes().count("CreateFunction") == 2
    run(repository, pull_request(base="x"))
    assert not list(tmp_path.rglob("pwned"))
