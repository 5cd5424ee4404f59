"""`action.yml`, really run: installed from its own checkout, against the local server and a stand-in for GitHub."""

import json
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from tests.functional.pipelines.conftest import (
    HOSTILE,
    KEYS,
    MakeRunner,
    checkout_with_evil_modules,
    using_the_action,
)
from tests.support.github_api import BOT, GitHub
from tests.support.local_server import LocalServer
from tests.support.pipeline_run import Event, Job, pull_request
from tests.support.pipeline_steps import TOKEN
from tests.support.project import write_project

ROOT = Path(__file__).parents[3]
HTTP = """\
  events:
    - http:
        parameters:
          netConfig:
            enableIntranet: false
            enableExtranet: true
"""

Act = Callable[..., Job]


@pytest.fixture(scope="module", name="temp")
def shared_temp(temp_of_action: Path) -> Path:
    return temp_of_action


@pytest.fixture(name="act")
def acting(runner: MakeRunner) -> Act:
    """Runs the action once, with keys, in a job after a push or whatever `event` says."""

    def act(*, event: Event | None = None, env: Mapping[str, str] | None = None, **inputs: object) -> Job:
        given = {name: str(value) for name, value in inputs.items()}
        return runner(event).action(ROOT, given, env=KEYS if env is None else env)

    return act


def outputs(job: Job) -> Mapping[str, str]:
    return job.step("action").outputs


class TestDeploying:
    def test_one_step_deploys_also_from_a_path_with_blanks(self, act: Act, server: LocalServer, tmp_path: Path) -> None:
        project = write_project(tmp_path / "a project", HTTP)

        job = act(path=project)

        assert job.result == "success", job.raw
        assert outputs(job)["summary"] == "apply done: 2 created."
        assert outputs(job)["changes"] == "2"
        assert outputs(job)["urls"].startswith("http://127.0.0.1:")
        assert "CreateFunction" in server.calls()
        assert job.summary.startswith("### scfdeploy: apply done: 2 created.\n")

    def test_a_plan_is_kept_and_exactly_that_is_applied(self, act: Act, tmp_path: Path) -> None:
        project, plan = write_project(tmp_path / "p"), tmp_path / "the plan.json"

        planned = act(command="plan", path=project, plan=plan)
        applied = act(command="apply", plan=plan)
        again = act(command="plan", path=project)

        assert [outputs(job)["changes"] for job in (planned, applied, again)] == ["1", "1", "0"]
        assert outputs(planned)["summary"] == "1 to create; 0 unchanged."
        assert outputs(again)["summary"] == "nothing to do"

    def test_a_plan_that_no_longer_holds_fails_the_job(self, act: Act, tmp_path: Path) -> None:
        project, plan = write_project(tmp_path / "p"), tmp_path / "plan.json"
        act(command="plan", path=project, plan=plan)
        act(command="apply", path=project)

        job = act(command="apply", plan=plan)

        assert job.result == "failure"
        assert outputs(job)["summary"] == "apply failed"

    def test_the_stage_is_that_of_the_input_or_of_the_environment(self, act: Act, tmp_path: Path) -> None:
        project = write_project(tmp_path / "p")

        act(path=project, env={**KEYS, "STAGE": "prod"})
        job = act(command="destroy", path=project, stage="prod")

        assert outputs(job)["changes"] == "1"

    def test_status_shows_urls(self, act: Act, tmp_path: Path) -> None:
        project = write_project(tmp_path / "p", HTTP)
        act(path=project)

        job = act(command="status", path=project)

        assert outputs(job)["urls"].startswith("http://127.0.0.1:")
        assert "hello" in job.raw

    def test_args_are_words(self, act: Act, tmp_path: Path) -> None:
        project = write_project(tmp_path / "p", "  description: ${greeting}\n")

        job = act(command="plan", path=project, args="--var 'greeting=good day'\n--region ap-shanghai")

        assert job.result == "success", job.raw
        assert "good day" in job.summary


def test_action_installs_its_own_commit_and_everything_else_by_hash(installation: Path) -> None:
    job = json.loads((installation / "job.json").read_text("utf-8"))

    said = [line for line in job["printed"] if line.startswith("pip ")]
    lists = ROOT / "scfdeploy" / "scaffold" / "requirements"
    assert job["result"] == "success", job["printed"]
    assert [line.rpartition(" ")[2] for line in said] == [str(lists / "build.txt"), str(lists / "runtime.txt")]
    assert all("--require-hashes --only-binary :all:" in line for line in said)
    # The one call of pip that really ran fetched nothing, neither dependencies nor what it builds with.
    assert "--no-build-isolation --no-deps" in (ROOT / "action.yml").read_text("utf-8")


class TestFailing:
    def test_a_deploy_that_fails_fails_the_job_and_says_why(
        self, act: Act, server: LocalServer, tmp_path: Path
    ) -> None:
        server.control("faults", [{"action": "CreateFunction", "code": "LimitExceeded.Function"}])

        job = act(path=write_project(tmp_path / "p"))

        assert job.result == "failure"
        assert any(word == "error" for word, _ in job.heeded)
        assert outputs(job)["changes"] == "0"
        assert "LimitExceeded.Function" in job.summary

    def test_a_deploy_that_is_done_in_part_fails_the_job(self, act: Act, server: LocalServer, tmp_path: Path) -> None:
        server.control("faults", [{"action": "CreateTrigger", "code": "LimitExceeded.Function"}])

        assert act(path=write_project(tmp_path / "p", HTTP)).result == "failure"

    @pytest.mark.parametrize("command", ["validate", "plan", "apply"])
    def test_a_wrong_file_fails_the_job(self, act: Act, tmp_path: Path, command: str) -> None:
        job = act(command=command, path=write_project(tmp_path / "p", "  memorySize: 100\n"))

        assert job.result == "failure"
        assert any(word == "error" for word, _ in job.heeded)
        assert "memory-step" in job.raw

    def test_a_right_file_is_valid(self, act: Act, tmp_path: Path) -> None:
        job = act(command="validate", path=write_project(tmp_path / "p"), env={})

        assert job.result == "success"
        assert outputs(job)["summary"] == "no findings"

    def test_wrong_keys_fail_the_job(self, act: Act, tmp_path: Path) -> None:
        job = act(path=write_project(tmp_path / "p"), env={**KEYS, "TENCENT_SECRET_KEY": "another"})

        assert job.result == "failure"
        assert "AuthFailure.SignatureFailure" in job.raw

    @pytest.mark.parametrize(
        ("inputs", "why"),
        [
            ({"command": "deploy"}, "command must be one of validate, plan, apply, destroy, status"),
            ({"command": "apply; touch pwned"}, "command must be one of"),
            ({"command": "plan", "args": "--var 'a=b"}, "args cannot be parsed"),
            ({"command": "status", "plan": "p"}, "the input plan is only for the commands plan and apply"),
        ],
    )
    def test_invalid_inputs_are_reported_and_nothing_runs(
        self, act: Act, server: LocalServer, inputs: dict[str, str], why: str
    ) -> None:
        job = act(**inputs)

        assert job.result == "failure"
        assert [text for word, text in job.heeded if word == "error" and text.startswith(why)]
        assert server.calls() == []


class TestCommenting:
    def test_one_comment_is_updated_in_place(self, act: Act, github: GitHub, tmp_path: Path) -> None:
        project = write_project(tmp_path / "p")
        plan = {"command": "plan", "path": project, "comment": "true", "event": pull_request()}
        for number in range(150):
            github.add(f"comment {number}", {"login": "ada", "type": "User"})

        act(**plan)
        first = github.bodies[-1]
        act(path=project)
        act(**plan)

        assert len(github.comments) == 151
        assert "1 to create" in first
        assert "nothing to do" in github.bodies[-1]
        assert first.splitlines()[0] == github.bodies[-1].splitlines()[0]

    def test_each_stage_has_its_own(self, act: Act, github: GitHub, tmp_path: Path) -> None:
        project = write_project(tmp_path / "p")
        for stage in ("test", "prod", "test"):
            act(command="plan", path=project, stage=stage, comment="true", event=pull_request())

        assert len(github.comments) == 2

    def test_comments_of_people_are_not_changed(self, act: Act, github: GitHub, tmp_path: Path) -> None:
        plan = {"command": "plan", "path": write_project(tmp_path / "p"), "comment": "true", "event": pull_request()}
        act(**plan)
        copied = github.bodies[0]
        github.comments.clear()
        github.add(copied, {"login": "mallory", "type": "User"})
        github.add(f"> {copied}", BOT)

        act(**plan)

        assert github.bodies[0] == copied
        assert len(github.comments) == 3

    def test_a_failed_plan_is_commented_too(self, act: Act, github: GitHub, tmp_path: Path) -> None:
        project = write_project(tmp_path / "p", "  memorySize: 100\n")

        job = act(command="plan", path=project, comment="true", event=pull_request())

        assert job.result == "failure"
        assert "memory-step" in github.bodies[0]

    def test_no_comment_is_the_default_and_none_belongs_to_a_push(
        self, act: Act, github: GitHub, tmp_path: Path
    ) -> None:
        project = write_project(tmp_path / "p")

        act(command="plan", path=project, event=pull_request())
        act(command="plan", path=project, comment="true")

        assert github.asked == []

    def test_a_comment_that_may_not_be_written_does_not_fail_the_job(
        self, act: Act, github: GitHub, tmp_path: Path
    ) -> None:
        github.writable = False

        job = act(command="plan", path=write_project(tmp_path / "p"), comment="true", event=pull_request())

        assert job.result == "success"
        assert [text for word, text in job.heeded if word == "warning" and "HTTP 403" in text]

    def test_plan_too_long_for_a_comment_is_shortened(self, act: Act, github: GitHub, tmp_path: Path) -> None:
        warned = "  # scfdeploy: ignore memory-step\n"
        lines = "".join(f"      KEY_{number}: {'x' * 40}\n" for number in range(80))
        for number in range(16):
            name = f"function-{number}"
            write_project(tmp_path / "many" / name, f"{warned}  environment:\n    variables:\n{lines}", name=name)

        job = act(command="plan", path=tmp_path / "many", comment="true", event=pull_request())

        assert job.result == "success", job.raw
        assert "### scfdeploy: 16 to create" in github.bodies[0]
        assert "Shortened to fit." in github.bodies[0]
        assert len(github.bodies[0]) < 65_536
        assert len(job.summary) > 64_000

    def test_only_the_comment_sees_the_token(self, act: Act, tmp_path: Path) -> None:
        hook = "  src:\n    src: ./src\n    hook: env > ../seen.txt\n"
        project = write_project(tmp_path / "p")
        text = (project / "serverless.yml").read_text().replace("  src: ./src\n", hook)
        (project / "serverless.yml").write_text(text)

        job = act(command="plan", path=project, comment="true", event=pull_request())

        assert job.result == "success", job.raw
        seen = (project / "seen.txt").read_text()
        assert "GITHUB_ENV" in seen, "the hook ran"
        assert "TENCENT_SECRET_ID" not in seen
        assert TOKEN not in seen


class TestUntrustedInput:
    @pytest.mark.parametrize("name", HOSTILE)
    def test_names_are_never_run(self, act: Act, tmp_path: Path, name: str) -> None:
        folder = tmp_path / "p" / name.replace("/", "_").replace("\n", " ")
        project = write_project(folder, f"  description: {json.dumps(name)}\n")
        event = pull_request(name, title=name)

        write_project(tmp_path / "named", name=json.dumps(name), app=json.dumps(name))
        for inputs in (
            {"command": "plan", "path": folder, "stage": name, "comment": "true"},
            {"command": "apply", "path": project, "args": f"--var {name}"},
            {"command": "plan", "path": tmp_path / "named"},
        ):
            job = act(event=event, **inputs)

            assert {word for word, _ in job.heeded} <= {"error", "warning", "group", "endgroup"}
            assert TOKEN not in job.raw + job.summary

        assert [str(file) for file in tmp_path.rglob("pwned*")] == []

    def test_modules_in_the_repository_are_not_taken_for_pythons_own(
        self, runner: MakeRunner, installation: Path, tmp_path: Path
    ) -> None:
        machine = runner(checkout=checkout_with_evil_modules, shared_temp=installation / "temp")

        done = machine.run(using_the_action(KEYS))

        assert done.ok, done.raw
        for folder in (tmp_path, installation):
            assert [str(file) for file in folder.rglob("pwned*")] == []

    def test_the_installation_gets_no_keys(self, installation: Path) -> None:
        job = json.loads((installation / "job.json").read_text("utf-8"))

        assert job["steps"]["Install scfdeploy"] == "success", job["printed"]
        assert "local-secret" not in (installation / "seen").read_text("utf-8")

    @pytest.mark.parametrize("command", ["validate", "plan", "apply", "status", "destroy"])
    def test_keys_are_nowhere(self, act: Act, server: LocalServer, tmp_path: Path, command: str) -> None:
        secrets = {"TENCENT_SECRET_ID": "AKIDlocal", "TENCENT_SECRET_KEY": "local-secret", "DB_PASSWORD": "hunter2-%0A"}
        variables = "  environment:\n    variables:\n      DB_PASSWORD: ${env:DB_PASSWORD}\n"
        project = write_project(tmp_path / "p", variables)
        if command in ("status", "destroy"):
            act(path=project, env=secrets)

        job = act(command=command, path=project, env=secrets)

        assert job.result == "success", job.raw
        for secret in ("local-secret", "hunter2"):
            assert secret not in job.raw + job.summary
            assert secret not in "".join(outputs(job).values())
            assert files_with(secret, tmp_path) == []


def files_with(text: str, folder: Path) -> list[str]:
    return [str(file) for file in folder.rglob("*") if file.is_file() and text.encode() in file.read_bytes()]
