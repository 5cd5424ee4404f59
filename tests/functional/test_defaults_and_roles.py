"""Defaults of scfdeploy.toml in commands, and the role that a command assumes."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.support.command import Ran, scfdeploy
from tests.support.local_server import LocalServer

FILE = """\
component: scf
name: hello
app: shop
inputs: {name: hello, src: ./code, runtime: Python3.10, handler: index.main_handler, region: ap-guangzhou}
"""
ROLE = "qcs::cam::uin/100000000001:roleName/deploy"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "code").mkdir()
    (tmp_path / "code" / "index.py").write_text("def main_handler(event, context):\n    return 1\n")
    (tmp_path / "serverless.yml").write_text(FILE)
    return tmp_path


def run(command: str, folder: Path, cloud: LocalServer, *options: str, env: dict[str, str] | None = None) -> Ran:
    return scfdeploy(command, *options, folder, env={**cloud.env, "HOME": str(folder), **(env or {})})


def write_settings(folder: Path, text: str) -> None:
    (folder / "scfdeploy.toml").write_text(text)


def write_profile(folder: Path, name: str, **fields: str) -> None:
    (folder / ".tccli").mkdir(exist_ok=True)
    (folder / ".tccli" / f"{name}.credential").write_text(json.dumps(fields))


def right_keys() -> dict[str, str]:
    return {"secretId": "AKIDlocal", "secretKey": "local-secret"}


def wrong_keys() -> dict[str, str]:
    return {"secretId": "AKIDother", "secretKey": "other-secret"}


def plan_region(folder: Path, cloud: LocalServer, *options: str) -> str:
    return str(run("plan", folder, cloud, "--format", "json", *options).document["project"]["region"])


class TestDefaults:
    def test_region_of_the_stage_replaces_that_of_the_file(self, folder: Path, cloud: LocalServer) -> None:
        write_settings(folder, 'region = "ap-shanghai"\n[stage.prod]\nregion = "ap-beijing"\n')
        assert plan_region(folder, cloud) == "ap-shanghai"
        assert plan_region(folder, cloud, "--stage", "prod") == "ap-beijing"
        assert plan_region(folder, cloud, "--stage", "prod", "--region", "ap-chengdu") == "ap-chengdu"

    def test_strict_fails_on_warnings_unless_the_command_line_says_otherwise(
        self, folder: Path, cloud: LocalServer
    ) -> None:
        (folder / "serverless.yml").write_text(f"{FILE}unknown: 1\n")
        write_settings(folder, "strict = true\n")
        assert [run(command, folder, cloud).exit_code for command in ("validate", "plan")] == [3, 3]
        assert run("plan", folder, cloud, "--no-strict").exit_code == 0

    def test_ignored_rule_is_not_reported(self, folder: Path, cloud: LocalServer) -> None:
        (folder / "serverless.yml").write_text(FILE.replace("region:", "memorySize: 100, region:"))
        write_settings(folder, 'ignore = ["memory-step"]\n')
        assert run("validate", folder, cloud).exit_code == 0
        assert run("validate", folder, cloud, "--ignore", "public-url").exit_code == 3

    def test_unknown_rule_is_an_error(self, folder: Path, cloud: LocalServer) -> None:
        write_settings(folder, '\nselect = ["memory-stp"]\n')
        shown = run("validate", folder, cloud)
        assert shown.exit_code == 3
        assert "scfdeploy.toml:2:1" in shown.stderr
        assert 'Did you mean "memory-step"?' in shown.stderr

    @pytest.mark.parametrize("region", ["host.example/a-fsi", "host.example#", "a.b-fsi"])
    @pytest.mark.parametrize("command", ["plan", "doctor"])
    def test_region_cannot_choose_a_host(self, folder: Path, command: str, region: str) -> None:
        write_settings(folder, f'region = "{region}"\n')
        keys = {"TENCENTCLOUD_SECRET_ID": "AKIDlocal", "TENCENTCLOUD_SECRET_KEY": "local-secret"}
        shown = scfdeploy(command, folder, env={"HOME": str(folder), "SCFDEPLOY_ENDPOINT": "", **keys})
        assert shown.exit_code == 1
        assert f"'{region}' is not the name of a region" in " ".join((shown.stdout + shown.stderr).split())


class TestProfiles:
    def test_profile_of_the_stage_is_used(self, folder: Path, cloud: LocalServer) -> None:
        write_profile(folder, "default", **wrong_keys())
        write_profile(folder, "prod", **right_keys())
        write_settings(folder, '[stage.prod]\nprofile = "prod"\n')
        assert run("plan", folder, cloud).exit_code == 1
        assert run("plan", folder, cloud, "--stage", "prod").exit_code == 0
        assert run("plan", folder, cloud, "--stage", "prod", "--profile", "default").exit_code == 1

    def test_environment_takes_precedence_over_the_profile(self, folder: Path, cloud: LocalServer) -> None:
        write_profile(folder, "work", **wrong_keys())
        write_settings(folder, 'profile = "work"\n')
        env = {"TENCENTCLOUD_SECRET_ID": "AKIDlocal", "TENCENTCLOUD_SECRET_KEY": "local-secret"}
        assert run("plan", folder, cloud, env=env).exit_code == 0

    def test_profile_takes_precedence_over_the_env_file(self, folder: Path, cloud: LocalServer) -> None:
        write_profile(folder, "work", **right_keys())
        (folder / ".env").write_text("TENCENTCLOUD_SECRET_ID=AKIDother\nTENCENTCLOUD_SECRET_KEY=other-secret\n")
        assert run("plan", folder, cloud).exit_code == 1
        write_settings(folder, 'profile = "work"\n')
        assert run("plan", folder, cloud).exit_code == 0

    def test_profile_cannot_be_a_path(self, folder: Path, cloud: LocalServer) -> None:
        write_profile(folder, "own", **right_keys())
        write_settings(folder, 'profile = "../.tccli/own"\n')
        shown = run("plan", folder, cloud)
        assert shown.exit_code == 3
        assert '"profile" must be the name of a profile, without slashes' in shown.stderr

    def test_missing_profile_is_an_error(self, folder: Path, cloud: LocalServer) -> None:
        write_settings(folder, 'profile = "work"\n')
        shown = run("plan", folder, cloud)
        assert shown.exit_code == 1
        assert "profile 'work' with a key pair not found" in shown.stderr

    def test_profile_of_the_project_is_named(self, folder: Path, cloud: LocalServer) -> None:
        write_profile(folder, "work", **right_keys())
        write_settings(folder, 'profile = "work"\nignore = ["project-credentials"]\n')
        shown = run("plan", folder, cloud)
        assert "[project-credentials]" in shown.stderr
        assert "work" in shown.stderr
        assert "project-credentials" not in run("plan", folder, cloud, "--profile", "work").stderr


@pytest.mark.parametrize(
    "content", [f"parallelism = {'1' * 5000}\n", "parallelism = " + "[" * 5000, "region = 2020-13-45\n"]
)
def test_content_that_cannot_be_read_is_an_error(folder: Path, cloud: LocalServer, content: str) -> None:
    write_settings(folder, content)
    shown = run("validate", folder, cloud)
    assert shown.exit_code == 3
    assert "scfdeploy.toml is not valid TOML" in shown.stderr


@pytest.mark.parametrize(
    "command",
    [("invoke", "hello", "--project"), ("versions", "hello", "--path"), ("events", "list", "--path")],
)
def test_error_in_the_file_ends_commands_that_check_no_project(
    folder: Path, cloud: LocalServer, command: tuple[str, ...]
) -> None:
    write_settings(folder, '\nporfile = "prod"\n')
    shown = scfdeploy(*command, folder, env={**cloud.env, "HOME": str(folder)})
    assert shown.exit_code == 1
    assert 'scfdeploy.toml:2:1: There is no setting "porfile" in this file.' in shown.stderr
    assert cloud.calls() == []


class TestRole:
    def test_role_of_the_stage_is_assumed(self, folder: Path, cloud: LocalServer) -> None:
        write_settings(folder, f'[stage.prod]\nrole = "{ROLE}"\n')
        assert run("apply", folder, cloud, "--yes").exit_code == 0
        assert "AssumeRole" not in cloud.calls()
        shown = run("apply", folder, cloud, "--yes", "--stage", "prod", "--adopt", "--debug")
        assert "AssumeRole" in cloud.calls(), shown.stderr
        assert "TMPID" not in shown.stdout + shown.stderr

    def test_role_of_the_project_is_named(self, folder: Path, cloud: LocalServer) -> None:
        (folder / "serverless.yml").write_text(f"# scfdeploy: ignore-file project-credentials\n{FILE}")
        write_settings(folder, f'role = "{ROLE}"\n')
        for command in (("plan",), ("apply", "--yes"), ("destroy", "--yes")):
            shown = run(command[0], folder, cloud, *command[1:])
            assert shown.exit_code == 0
            assert f"All calls are made with the role {ROLE}" in " ".join(shown.stderr.split())
        assert "project-credentials" not in run("plan", folder, cloud, "--local").stderr

    @pytest.mark.parametrize("name", ["TENCENTCLOUD_ASSUME_ROLE_ARN", "TENCENTCLOUD_ROLE_ARN"])
    def test_role_of_the_environment_is_assumed(self, folder: Path, cloud: LocalServer, name: str) -> None:
        write_settings(folder, f'role = "{ROLE.replace("100000000001", "5")}"\n')
        assert run("plan", folder, cloud).exit_code == 1
        assert run("plan", folder, cloud, env={name: ROLE}).exit_code == 0

    def test_role_of_the_profile_is_assumed(self, folder: Path, cloud: LocalServer) -> None:
        write_profile(folder, "default", **right_keys(), **{"role-arn": ROLE, "role-session-name": "ci"})
        assert run("plan", folder, cloud).exit_code == 0
        assert cloud.calls()[0] == "AssumeRole"

    def test_role_that_cannot_be_assumed_ends_the_command(self, folder: Path, cloud: LocalServer) -> None:
        cloud.control("settings", {"roles": "other"})
        write_settings(folder, f'role = "{ROLE}"\n')
        shown = run("plan", folder, cloud)
        assert shown.exit_code == 1
        assert f"the role {ROLE} cannot be assumed with" in shown.stderr
        assert "ResourceNotFound.RoleNotFound" in shown.stderr
        assert "scfdeploy.toml" in shown.stderr
        assert cloud.calls() == ["AssumeRole"]

    def test_malformed_role_is_an_error(self, folder: Path, cloud: LocalServer) -> None:
        shown = run("plan", folder, cloud, env={"TENCENTCLOUD_ASSUME_ROLE_ARN": "deploy"})
        assert shown.exit_code == 1
        assert "the role in TENCENTCLOUD_ASSUME_ROLE_ARN is not the ARN of a role" in shown.stderr

    def test_response_without_keys_is_an_error(self, folder: Path, cloud: LocalServer) -> None:
        cloud.control("faults", [{"action": "AssumeRole", "times": 1, "status": 500}])
        write_settings(folder, f'role = "{ROLE}"\n')
        shown = run("plan", folder, cloud)
        assert shown.exit_code == 1
        assert "Traceback" not in shown.stderr
