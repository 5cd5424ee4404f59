"""What `ci init jenkins` and `ci init coding` write, really run: a change request, then a push, for each language."""

import json
import os
import shutil
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from tests.functional.pipelines.conftest import HOSTILE, KEYS, greeting, needs
from tests.support import repositories
from tests.support.ci_project import ci_init
from tests.support.jenkins_steps import Agent, Build
from tests.support.local_server import LocalServer
from tests.support.machine import path_with, put_programs

FILE = Path("Jenkinsfile")
pytestmark = pytest.mark.skipif(shutil.which("git") is None, reason="git is not installed")


Pipeline = Callable[..., Build]


@pytest.fixture(name="pipeline")
def a_pipeline(repository: Path, tmp_path: Path, server: LocalServer) -> Pipeline:
    """Runs the Jenkinsfile of the repository on a new agent each time; `names` is what Jenkins says of the build."""
    offline = repositories.only_from(tmp_path / "wheels")
    runs = iter(range(100))

    def run(names: Mapping[str, str], secrets: Mapping[str, str] | None = None) -> Build:
        folder = tmp_path / f"build-{next(runs)}"
        put_programs(folder / "bin")
        host = {
            "PATH": path_with(folder / "bin", os.environ["PATH"]),
            "HOME": str(folder),
            "LANG": "C.UTF-8",
            **offline,
            "SCFDEPLOY_ENDPOINT": server.url,
        }
        credentials = {
            "tencent-cloud": tuple(KEYS.values()),
            "cloud-key": tuple(KEYS.values()),
            **{name: (value,) for name, value in (secrets or {}).items()},
        }
        agent = Agent(folder / "workspace of it", host, repositories.checkout_of(repository), credentials, names)
        return agent.run((repository / FILE).read_text(encoding="utf-8"))

    return run


def change(system: str, target: str = "main") -> Mapping[str, str]:
    if system == "coding":
        return {**CODING, "MR_TARGET_BRANCH": target, "GIT_LOCAL_BRANCH": "change"}
    return {"BRANCH_NAME": "PR-7", "CHANGE_ID": "7", "CHANGE_TARGET": target}


def push(system: str, branch: str = "main") -> Mapping[str, str]:
    return {**CODING, "GIT_LOCAL_BRANCH": branch} if system == "coding" else {"BRANCH_NAME": branch}


CODING = {
    "GIT_BUILD_REF": "1" * 40,
    "GIT_REPO_URL": "https://example.com/shop/orders.git",
    "CREDENTIALS_ID": "of-the-repository",
    "TENCENT_CLOUD_API_CRED": "cloud-key",
}


def init(system: str, *arguments: str) -> None:
    ran = ci_init(system, *arguments)
    assert ran.exit_code == 0, ran.stderr


@pytest.mark.parametrize(
    ("system", "language"),
    [("jenkins", "python"), ("jenkins", "nodejs"), ("jenkins", "java"), ("coding", "python"), ("coding", "java-web")],
)
def test_a_change_is_planned_and_a_push_deployed(
    system: str, language: str, repository: Path, pipeline: Pipeline, server: LocalServer
) -> None:
    needs(*(["npm", "node"] if language == "nodejs" else []))
    repositories.LANGUAGES[language](repository)
    init(system)

    asked = pipeline(change(system))
    written = server.writes()
    merged = pipeline(push(system))

    assert asked.result == "SUCCESS", asked.printed
    assert asked.stages["Apply"] == "NOT_BUILT"
    assert written == []
    assert sorted(Path(name).name for name in asked.archived) == ["plan.json", "plan.txt"]
    assert "<testsuite" in "".join(asked.tests)
    assert merged.result == "SUCCESS", merged.printed
    assert merged.stages["Apply"] == "SUCCESS"
    assert "CreateFunction" in server.writes()
    if language in ("python", "nodejs"):
        assert greeting(repository, server) == "good day", "with its library, and built"


def test_hook_runs_once_without_keys_and_the_tools_come_after_it(
    repository: Path, pipeline: Pipeline, tmp_path: Path
) -> None:
    seen = tmp_path / "seen.txt"
    repositories.python(repository)
    text = (repository / "serverless.yml").read_text("utf-8")
    hook = f"env >> '{seen}'; echo 'one more' >> '{seen}'"
    text = text.replace("  src: ./src\n", f"  src:\n    src: ./src\n    hook: {json.dumps(hook)}\n")
    (repository / "serverless.yml").write_text(text, "utf-8")
    init("jenkins", "--stage-branch", "main=test")

    build = pipeline(push("jenkins"))

    assert build.result == "SUCCESS", build.printed
    assert list(build.stages)[:4] == ["Checkout", "src.hook", "Tools", "Validate"]
    assert seen.read_text("utf-8").splitlines().count("one more") == 1
    assert "TENCENT_SECRET" not in seen.read_text("utf-8")


def test_tools_are_installed_again_after_packages_were_installed(repository: Path, pipeline: Pipeline) -> None:
    repositories.python(repository)
    init("jenkins", "--stage-branch", "main=test")

    build = pipeline(push("jenkins"))

    stages = list(build.stages)
    assert build.result == "SUCCESS", build.printed
    assert stages[:3] == ["Checkout", "Tools", "Validate"]
    assert stages[3:6] == ["Install dependencies and package", "Tools for plan and apply", "Plan"]
    assert build.printed.count("Installing the dependencies of function/default/hello") == 1


def test_production_waits_for_approval(repository: Path, pipeline: Pipeline) -> None:
    repositories.java(repository)
    init("jenkins", "--stage-branch", "main=prod", "--stage-branch", "develop=test")

    assert len(pipeline(push("jenkins")).asked) == 1
    assert pipeline(push("jenkins", "develop")).asked == []


class TestFailing:
    def test_a_deploy_that_fails_fails_the_build(
        self, repository: Path, pipeline: Pipeline, server: LocalServer
    ) -> None:
        repositories.java(repository)
        init("jenkins")
        server.control("faults", [{"action": "CreateFunction", "code": "LimitExceeded.Function"}])

        build = pipeline(push("jenkins"))

        assert build.result == "FAILURE"
        assert build.stages["Apply"] == "FAILURE"

    @pytest.mark.parametrize("system", ["jenkins", "coding"])
    def test_a_wrong_file_fails_before_anything_is_asked_of_the_cloud(
        self, system: str, repository: Path, pipeline: Pipeline, server: LocalServer
    ) -> None:
        repositories.java(repository)
        init(system)
        with (repository / "serverless.yml").open("a") as file:
            file.write("  memorySize: 100\n")

        build = pipeline(push(system))

        assert build.result == "FAILURE"
        assert build.stages["Plan"] == "NOT_BUILT"
        assert "memory-step" in "".join(build.tests)
        assert server.calls() == []

    def test_a_build_that_fails_deploys_nothing(
        self, repository: Path, pipeline: Pipeline, server: LocalServer
    ) -> None:
        repositories.java(repository)
        init("jenkins")
        (repository / "prebuilt.jar").unlink()

        assert pipeline(push("jenkins")).result == "FAILURE"
        assert server.calls() == []


class TestUntrustedInput:
    @pytest.mark.parametrize("name", HOSTILE)
    def test_names_are_never_run(self, repository: Path, pipeline: Pipeline, tmp_path: Path, name: str) -> None:
        folder = name.replace("/", "_").replace("\n", " ")
        repositories.java(repository / folder)
        branches = ("--stage-branch", f"{name}={name}")

        ran = ci_init("jenkins", *branches, "--", folder)

        assert (repository / FILE).exists() == (ran.exit_code == 0), "written, or refused"
        if ran.exit_code == 0:
            pipeline(push("jenkins", name))
        assert [str(file) for file in tmp_path.rglob("pwned*")] == []

    @pytest.mark.parametrize("system", ["jenkins", "coding"])
    def test_secrets_are_nowhere(self, system: str, repository: Path, pipeline: Pipeline, tmp_path: Path) -> None:
        repositories.java(repository)
        with (repository / "serverless.yml").open("a") as file:
            file.write("  environment:\n    variables:\n      DB_PASSWORD: ${env:DB_PASSWORD}\n")
        init(system)

        build = pipeline(push(system), {"DB_PASSWORD": "hunter2-$HOME"})

        assert build.result == "SUCCESS", build.printed
        for secret in ("local-secret", "hunter2"):
            assert secret not in build.printed + "".join(build.tests)
            assert [str(file) for file in tmp_path.rglob("*") if holds(file, secret)] == []


def holds(file: Path, text: str) -> bool:
    return file.is_file() and text.encode() in file.read_bytes()
