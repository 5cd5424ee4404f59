"""What `ci init github` writes, really run: pull request, then push, for each language."""

import json
import os
import shutil
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from tests.functional.pipelines.conftest import HOSTILE, KEYS, greeting, needs
from tests.support import repositories
from tests.support.ci_project import ci_init
from tests.support.github_api import GitHub
from tests.support.local_server import LocalServer
from tests.support.machine import path_with, put_programs
from tests.support.marketplace import marketplace
from tests.support.pipeline_run import Event, Run, pull_request, push
from tests.support.pipeline_steps import TOKEN, Runner
from tests.support.rendered import workflow

FILE = Path(".github/workflows/scfdeploy.yml")


Pipeline = Callable[..., Run]


@pytest.fixture(name="pipeline")
def a_pipeline(repository: Path, tmp_path: Path, github: GitHub, server: LocalServer) -> Pipeline:
    """Runs the workflow of the repository after an event, on a new machine each time."""
    offline = repositories.only_from(tmp_path / "wheels")
    runs = iter(range(100))

    def run(event: Event, secrets: Mapping[str, str] = KEYS) -> Run:
        folder = tmp_path / f"run-{next(runs)}"
        put_programs(folder / "bin")
        host = {
            "PATH": path_with(folder / "bin", os.environ["PATH"]),
            "LANG": "C.UTF-8",
            **offline,
            "SCFDEPLOY_ENDPOINT": server.url,
        }

        def checkout(place: Path) -> None:
            shutil.copytree(repository, place, dirs_exist_ok=True)

        return Runner(folder, marketplace(checkout), event, host, secrets, api=github.url).run(repository / FILE)

    return run


def init(*arguments: str) -> None:
    ran = ci_init("github", *arguments)
    assert ran.exit_code == 0, ran.stderr


def results(run: Run) -> dict[str, str]:
    return {name: job.result for name, job in run.jobs.items()}


@pytest.mark.parametrize("language", repositories.LANGUAGES)
def test_a_pull_request_is_planned_and_a_push_deployed(
    language: str, repository: Path, pipeline: Pipeline, github: GitHub, server: LocalServer
) -> None:
    needs("jq", "tar", *(["npm", "node"] if language == "nodejs" else []))
    repositories.LANGUAGES[language](repository)
    init()

    asked = pipeline(pull_request())
    written = server.writes()
    merged = pipeline(push())

    expected = {"build": "success", "plan": "success", "comment": "success", "apply": "skipped"}
    assert results(asked) == expected, asked.raw
    assert "1 to create" in github.bodies[0]
    assert written == []
    expected = {"build": "success", "plan": "success", "comment": "skipped", "apply": "success"}
    assert results(merged) == expected, merged.raw
    assert "CreateFunction" in server.writes()
    assert merged.jobs["apply"].environment == "dev"
    assert "1 to create" in merged.jobs["plan"].summary
    if language in ("python", "nodejs"):
        assert greeting(repository, server) == "good day", "with its library, and built"


def test_a_second_plan_takes_the_place_of_the_first(repository: Path, pipeline: Pipeline, github: GitHub) -> None:
    needs("jq", "tar")
    repositories.java(repository)
    init()

    pipeline(pull_request())
    repositories.serverless(repository, "Java11", "./target", "  handler: a.B::c\n", name="renamed")
    again = pipeline(pull_request())

    assert again.ok, again.raw
    assert len(github.comments) == 1
    assert "function/default/renamed" in github.bodies[0]


class TestFailing:
    def test_a_deploy_that_fails_fails_the_run(self, repository: Path, pipeline: Pipeline, server: LocalServer) -> None:
        repositories.java(repository)
        init()
        server.control("faults", [{"action": "CreateFunction", "code": "LimitExceeded.Function"}])

        merged = pipeline(push())

        assert results(merged)["apply"] == "failure"
        assert [text for word, text in merged.jobs["apply"].heeded if word == "error"]

    def test_a_wrong_file_fails_before_anything_is_asked_of_the_cloud(
        self, repository: Path, pipeline: Pipeline, server: LocalServer
    ) -> None:
        repositories.java(repository)
        init()
        with (repository / "serverless.yml").open("a") as file:
            file.write("  memorySize: 100\n")

        asked = pipeline(pull_request())

        assert results(asked)["build"] == "failure"
        assert results(asked)["plan"] == "skipped"
        assert server.calls() == []

    def test_a_build_that_fails_deploys_nothing(
        self, repository: Path, pipeline: Pipeline, server: LocalServer
    ) -> None:
        repositories.java(repository)
        init()
        (repository / "prebuilt.jar").unlink()

        merged = pipeline(push())

        assert results(merged) == {"build": "failure", "plan": "skipped", "comment": "skipped", "apply": "skipped"}
        assert server.calls() == []

    def test_a_plan_that_fails_is_commented_and_fails_the_run(
        self, repository: Path, pipeline: Pipeline, github: GitHub, server: LocalServer
    ) -> None:
        needs("jq")
        repositories.java(repository)
        init()
        server.control("faults", [{"action": "ListFunctions", "code": "AuthFailure.UnauthorizedOperation"}])

        asked = pipeline(pull_request())

        assert results(asked)["plan"] == "failure", asked.raw
        assert not asked.ok
        assert len(github.comments) == 1


class TestSeveral:
    def test_stages_go_by_branches(self, repository: Path, pipeline: Pipeline) -> None:
        repositories.java(repository)
        init("--stage-branch", "main=prod", "--stage-branch", "develop=test")

        merged = pipeline(push("develop"))

        applied = [job for name, job in merged.jobs.items() if name.startswith("apply")]
        assert merged.ok, merged.raw
        assert [job.environment for job in applied] == ["test"]

    def test_projects_go_side_by_side(self, repository: Path, pipeline: Pipeline, server: LocalServer) -> None:
        for name in ("orders", "a b"):
            repositories.java(repository / name)
            text = (repository / name / "serverless.yml").read_text()
            text = text.replace("hello", name.replace(" ", "")).replace("shop", name.replace(" ", ""))
            (repository / name / "serverless.yml").write_text(text)
        init("orders", "a b")

        merged = pipeline(push())

        assert merged.ok, merged.raw
        assert server.calls().count("CreateFunction") == 2


def test_hook_runs_in_the_build_job_alone(
    repository: Path, pipeline: Pipeline, server: LocalServer, tmp_path: Path
) -> None:
    seen = tmp_path / "seen.txt"
    repositories.python(repository)
    hook = f"env >> '{seen}'; echo 'one more' >> '{seen}'; echo '# built' >> index.py"
    text = (repository / "serverless.yml").read_text("utf-8")
    text = text.replace("  src: ./src\n", f"  src:\n    src: ./src\n    hook: {json.dumps(hook)}\n")
    (repository / "serverless.yml").write_text(text, "utf-8")
    init()

    run = pipeline(push())

    assert run.ok, run.raw
    assert seen.read_text("utf-8").splitlines().count("one more") == 1
    assert "TENCENT_SECRET" not in seen.read_text("utf-8")
    assert "CreateFunction" in server.writes()


def test_tools_are_installed_before_what_was_built_is_unpacked(repository: Path) -> None:
    repositories.python(repository)
    init()
    for name in ("plan", "apply"):
        steps = [one.get("name") or one["uses"] for one in workflow(FILE.read_text("utf-8"))["jobs"][name]["steps"]]
        assert steps.index("Install scfdeploy") < steps.index("Unpack the build output")


@pytest.mark.parametrize("hook", ["make ${stage}", r"printf '\n'", "echo ${{ x }}", '"make a\\nmake b"'])
def test_hook_that_cannot_be_quoted_is_refused(repository: Path, hook: str) -> None:
    repositories.python(repository)
    file = repository / "serverless.yml"
    text = file.read_text("utf-8")
    file.write_text(text.replace("  src: ./src\n", f"  src:\n    hook: {hook}\n"), "utf-8")

    ran = ci_init("github")

    assert ran.exit_code == 1
    assert "src.hook must be one line without variables" in ran.stderr
    assert not FILE.exists()


class TestUntrustedInput:
    @pytest.mark.parametrize("name", HOSTILE)
    def test_names_of_stages_branches_and_folders_are_never_run(
        self, repository: Path, pipeline: Pipeline, tmp_path: Path, name: str
    ) -> None:
        folder = name.replace("/", "_").replace("\n", " ")
        repositories.java(repository / folder)

        ran = ci_init("github", "--stage-branch", f"{name}={name}", "--", folder)

        assert (repository / FILE).exists() == (ran.exit_code == 0), "written, or refused"
        if ran.exit_code == 0:
            quiet(pipeline(push(name)))
        assert [str(file) for file in tmp_path.rglob("pwned*")] == []

    @pytest.mark.parametrize("name", HOSTILE)
    def test_hostile_pull_request_and_function_names_are_not_executed(
        self, repository: Path, pipeline: Pipeline, tmp_path: Path, name: str
    ) -> None:
        repositories.java(repository)
        init()
        more = f"  handler: a.B::c\n  description: {json.dumps(name)}\n"
        repositories.serverless(repository, "Java11", "./target", more)

        quiet(pipeline(pull_request(name, title=name)))

        assert [str(file) for file in tmp_path.rglob("pwned*")] == []

    def test_secrets_are_nowhere(self, repository: Path, pipeline: Pipeline, tmp_path: Path) -> None:
        secrets = {**KEYS, "DB_PASSWORD": "hunter2-%0A"}
        repositories.python(repository)
        with (repository / "serverless.yml").open("a") as file:
            file.write("  environment:\n    variables:\n      DB_PASSWORD: ${env:DB_PASSWORD}\n")
        init()

        for event in (pull_request(), push()):
            run = pipeline(event, secrets)
            assert run.ok, run.raw
            for secret in ("local-secret", "hunter2"):
                assert secret not in run.raw + "".join(job.summary for job in run.jobs.values())
                assert [str(file) for file in tmp_path.rglob("*") if holds(file, secret)] == []


def quiet(run: Run) -> None:
    """Nothing but annotations and folds was heeded, and the token stayed where it was."""
    for job in run.jobs.values():
        assert {word for word, _ in job.heeded} <= {"error", "warning", "notice", "group", "endgroup"}
        assert TOKEN not in job.raw + job.summary


def holds(file: Path, text: str) -> bool:
    return file.is_file() and text.encode() in file.read_bytes()
