"""The pipelines of examples/sharding, really run: three shards, each with its own key for its own local server."""

from __future__ import annotations

import re
import shlex
import shutil
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from scfdeploy.emulator import Server, Settings
from tests.functional.pipelines.conftest import needs
from tests.support import linters
from tests.support.command import Ran, scfdeploy
from tests.support.expressions import Scope, as_text
from tests.support.jenkins_steps import Agent
from tests.support.local_server import LocalServer
from tests.support.marketplace import marketplace
from tests.support.pipeline_run import ActionError, Place, Yaml, push
from tests.support.pipeline_steps import Runner, load
from tests.support.scripts import ROOT

EXAMPLE = ROOT / "examples" / "sharding"
WORKFLOWS = sorted((EXAMPLE / "github").glob("*.yml"))
PROJECTS = {"catalogue": ["products"], "orders": ["cart", "checkout"], "payments": ["charge", "refund"]}
REGIONS = ["ap-guangzhou", "ap-shanghai", "ap-singapore"]
STAGES = ["dev", "test", "prod"]
FUNCTIONS = sorted(name for names in PROJECTS.values() for name in names)


@dataclass(frozen=True)
class Shard:
    """A key, and the one server that accepts it."""

    server: LocalServer
    key: Mapping[str, str]

    def functions(self) -> list[tuple[str, str]]:
        """Region and name of each function on the server."""
        found = self.server.control("state").get("function", {})
        return sorted((region, name) for region, _, name in (key.split("/") for key in found))


@dataclass
class ShardRunner(Runner):
    """Runs our action in this process. Secrets are those of the environment of each job."""

    shards: Mapping[str, Shard] = field(default_factory=dict)

    def _carry_out(self, place: Place, step: Yaml, scope: Scope, defaults: Mapping[str, str]) -> Mapping[str, str]:
        if not str(step.get("uses", "")).startswith("OWNER/scfdeploy@"):
            return super()._carry_out(place, step, scope, defaults)
        assert set(step["env"]) == {"TENCENT_SECRET_ID", "TENCENT_SECRET_KEY"}
        given = {name: as_text(value) for name, value in scope.value(step["with"]).items()}
        words = [given["command"], str(place.workspace / given["path"]), *shlex.split(given.get("args", ""))]
        ran = apply(self.shards, place.job.environment, [*words, f"--stage={given.get('stage', 'dev')}", "--yes"])
        if ran.exit_code:
            raise ActionError(ran.stderr)
        return {}


def apply(shards: Mapping[str, Shard], shard: str, words: list[str]) -> Ran:
    """Run a command with the key of a shard; without one, it has none."""
    if shard not in shards:
        return Ran(1, "", f"no key for {shard}")
    return scfdeploy(*words, env={**shards[shard].server.env, **shards[shard].key})


@pytest.fixture
def servers() -> Iterator[list[LocalServer]]:
    with ExitStack() as stack:
        yield [
            LocalServer(
                stack.enter_context(
                    Server(credentials={f"AKID{name}": f"key-{name}"}, settings=Settings(activation_s=0))
                ).url
            )
            for name in range(3)
        ]


def shards_of(servers: list[LocalServer], names: list[str]) -> dict[str, Shard]:
    keys = ({"TENCENT_SECRET_ID": f"AKID{number}", "TENCENT_SECRET_KEY": f"key-{number}"} for number in range(3))
    return {name: Shard(server, key) for name, server, key in zip(names, servers, keys, strict=True)}


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    folder = tmp_path / "repository"
    shutil.copytree(EXAMPLE, folder, ignore=shutil.ignore_patterns(".scfdeploy", "__pycache__"))
    return folder


def run(name: str, repository: Path, shards: Mapping[str, Shard], folder: Path) -> Any:
    def checkout(target: Path) -> None:
        shutil.copytree(repository, target, dirs_exist_ok=True)

    runner = ShardRunner(folder, marketplace(checkout), push(), {"PATH": "/usr/bin:/bin"}, shards=shards)
    return runner.run(repository / "github" / f"{name}.yml")


def test_shards_by_instance_deploy_all_functions_once(
    servers: list[LocalServer], repository: Path, tmp_path: Path
) -> None:
    shards = shards_of(servers, list(PROJECTS))

    ran = run("by-instance", repository, shards, tmp_path / "run")

    assert ran.ok, ran.raw
    found = {project: [name for _, name in shard.functions()] for project, shard in shards.items()}
    assert found == {project: [f"{name}-dev" for name in names] for project, names in PROJECTS.items()}


def test_shards_by_region_have_all_functions_in_each_region(
    servers: list[LocalServer], repository: Path, tmp_path: Path
) -> None:
    shards = shards_of(servers, REGIONS)

    ran = run("by-region", repository, shards, tmp_path / "run")

    assert ran.ok, ran.raw
    for region, shard in shards.items():
        assert shard.functions() == [(region, f"{name}-dev") for name in FUNCTIONS]


def test_shards_by_stage_have_all_functions_in_each_stage(
    servers: list[LocalServer], repository: Path, tmp_path: Path
) -> None:
    shards = shards_of(servers, STAGES)

    ran = run("by-stage", repository, shards, tmp_path / "run")

    assert ran.ok, ran.raw
    for stage, shard in shards.items():
        assert shard.functions() == [("ap-guangzhou", f"{name}-{stage}") for name in FUNCTIONS]


def test_new_folder_without_key_fails_its_own_job_only(
    servers: list[LocalServer], repository: Path, tmp_path: Path
) -> None:
    shutil.copytree(repository / "orders", repository / "search")
    shards = shards_of(servers, list(PROJECTS))

    ran = run("by-instance", repository, shards, tmp_path / "run")

    failed = {job.environment for job in ran.jobs.values() if job.result == "failure"}
    assert failed == {"search"}
    assert sum(len(shard.functions()) for shard in shards.values()) == len(FUNCTIONS)


def test_key_of_another_shard_is_rejected(servers: list[LocalServer], repository: Path) -> None:
    orders, payments, _ = shards_of(servers, list(PROJECTS)).values()

    ran = scfdeploy("apply", repository / "orders", "--yes", env={**orders.server.env, **payments.key})

    assert ran.exit_code == 1
    assert orders.functions() == []


def test_shards_that_share_a_key_succeed_by_repeating_calls(cloud: LocalServer, repository: Path) -> None:
    """Two of three calls exceed the limit, as when three shards each keep to all of it."""
    cloud.control("faults", [{"action": "*", "code": "RequestLimitExceeded", "probability": 0.67, "seed": 7}])

    ran = scfdeploy("apply", repository / "orders", "--yes", env=cloud.env)

    assert ran.exit_code == 0, ran.stderr
    assert sum(rule["hits"] for rule in cloud.control("faults")["rules"]) > 5
    assert set(cloud.control("state")["function"]) == {
        f"ap-guangzhou/default/{name}-dev" for name in PROJECTS["orders"]
    }


def test_prune_in_one_shard_keeps_functions_of_other_shards(cloud: LocalServer, repository: Path) -> None:
    for project in PROJECTS:
        assert scfdeploy("apply", repository / project, "--yes", env=cloud.env).exit_code == 0
    cart = repository / "orders" / "cart" / "serverless.yml"
    cart.write_text(cart.read_text().replace("name: cart-", "name: basket-"))

    pruned = scfdeploy("apply", repository / "orders", "--prune", "--yes", env=cloud.env)

    assert pruned.exit_code == 0, pruned.stderr
    names = {key.split("/")[-1] for key in cloud.control("state")["function"]}
    assert names == {f"{name}-dev" for name in FUNCTIONS if name != "cart"} | {"basket-dev"}


def test_target_reads_functions_of_all_shards(cloud: LocalServer, repository: Path) -> None:
    """Why the guide splits by folder."""
    orders = repository / "orders"
    assert scfdeploy("apply", orders, "--yes", env=cloud.env).exit_code == 0

    def reads(*options: str) -> int:
        before = len(cloud.calls())
        assert scfdeploy("plan", *options, env=cloud.env).exit_code == 0
        return cloud.calls()[before:].count("GetFunction")

    assert reads(str(orders), "--target", "cart-dev") == reads(str(orders)) > reads(str(orders / "cart"))


class JenkinsShards:
    """Runs the Jenkinsfile with a scfdeploy that notes how it was called, then does the same in this process."""

    def __init__(self, folder: Path, repository: Path) -> None:
        self.log = folder / "calls.txt"
        self._repository = repository
        self._bin = folder / "bin"
        self._bin.mkdir()
        program = self._bin / "scfdeploy"
        program.write_text(f'#!/bin/sh\necho "$TENCENT_SECRET_ID $*" >> "{self.log}"\n')
        program.chmod(0o755)
        self._workspace = folder / "workspace"

    def run(self, shards: Mapping[str, Shard]) -> Any:
        def checkout(folder: Path) -> None:
            shutil.copytree(self._repository, folder, dirs_exist_ok=True)

        credentials = {f"tencent-cloud-{name}": tuple(shard.key.values()) for name, shard in shards.items()}
        agent = Agent(self._workspace, {"PATH": f"{self._bin}:/usr/bin:/bin"}, checkout, credentials)
        return agent.run((self._repository / "Jenkinsfile").read_text(encoding="utf-8"))

    def replay(self, shards: Mapping[str, Shard]) -> None:
        by_id = {shard.key["TENCENT_SECRET_ID"]: shard for shard in shards.values()}
        for line in self.log.read_text(encoding="utf-8").splitlines():
            key, command, project, *options = shlex.split(line)
            env = {**by_id[key].server.env, **by_id[key].key}
            assert scfdeploy(command, self._repository / project, *options, env=env).exit_code == 0


def test_jenkins_matrix_deploys_all_functions_once(
    servers: list[LocalServer], repository: Path, tmp_path: Path
) -> None:
    needs("sh")
    shards = shards_of(servers, list(PROJECTS))
    jenkins = JenkinsShards(tmp_path, repository)

    build = jenkins.run(shards)
    jenkins.replay(shards)

    assert build.result == "SUCCESS", build.printed
    found = {project: [name for _, name in shard.functions()] for project, shard in shards.items()}
    assert found == {project: [f"{name}-dev" for name in names] for project, names in PROJECTS.items()}


def test_jenkins_deploys_nothing_when_a_folder_is_in_no_shard(
    servers: list[LocalServer], repository: Path, tmp_path: Path
) -> None:
    needs("sh")
    shutil.copytree(repository / "orders", repository / "search")
    jenkins = JenkinsShards(tmp_path, repository)

    build = jenkins.run(shards_of(servers, list(PROJECTS)))

    assert build.result == "FAILURE"
    assert "No shard deploys search." in build.printed
    assert not jenkins.log.exists()


def test_workflows_follow_the_schema_and_are_safe(tmp_path: Path) -> None:
    folder = tmp_path / ".github" / "workflows"
    folder.mkdir(parents=True)
    for file in WORKFLOWS:
        (folder / file.name).write_text(file.read_text(encoding="utf-8").replace("@COMMIT", f"@{'1' * 40}"))

    assert [file.name for file in WORKFLOWS] == ["by-instance.yml", "by-region.yml", "by-stage.yml"]
    assert linters.schema_errors(sorted(folder.iterdir())) == ""
    assert linters.security_findings(folder) == []


def test_workflows_check_out_by_the_pinned_commit() -> None:
    from scfdeploy.facts.pipelines import actions

    checkout = actions()["actions/checkout"]
    for file in WORKFLOWS:
        used = [line.split("uses: ")[1] for line in file.read_text(encoding="utf-8").splitlines() if "uses: " in line]
        ours = "OWNER/scfdeploy@COMMIT # the full commit of a version"
        assert set(used) == {f"{checkout.name}@{checkout.commit} # {checkout.version}", ours}


def test_guide_shows_the_files_of_the_example() -> None:
    page = (ROOT / "docs" / "how-to" / "sharding.md").read_text(encoding="utf-8")
    instance, part = re.findall(r"```yaml\n(.*?)```", page, re.DOTALL)
    (jenkins,) = re.findall(r"```groovy\n(.*?)```", page, re.DOTALL)

    assert instance == (EXAMPLE / "github" / "by-instance.yml").read_text(encoding="utf-8")
    assert part in (EXAMPLE / "github" / "by-region.yml").read_text(encoding="utf-8")
    assert jenkins == (EXAMPLE / "Jenkinsfile").read_text(encoding="utf-8")
    assert load(instance)["jobs"]["apply"]["strategy"]["matrix"].keys() == {"project"}
