"""`versions`, `alias set`, `alias shift` and `rollback` against the local server."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pytest

from tests.support.cloud import client_of
from tests.support.command import Ran, scfdeploy
from tests.support.local_server import LocalServer
from tests.support.project import write_project

PUBLISH = "  publish: true\n"


@pytest.fixture
def project(tmp_path: Path, cloud: LocalServer) -> Path:
    """A function with the versions 1, 2 and 3, the last one being what is deployed; prod leads to 2."""
    for number, word in enumerate(("first", "second", "third"), 1):
        write_project(tmp_path, f"{PUBLISH}  publishDescription: {word}\n  timeout: {number}\n")
        applied = scfdeploy("apply", tmp_path, "--yes", env=cloud.env)
        assert applied.exit_code == 0, applied.stderr
    client = client_of(cloud.url)
    client.write("CreateAlias", {"FunctionName": "hello", "Name": "prod", "FunctionVersion": "2", "Description": "own"})
    return tmp_path


def run(project: Path, cloud: LocalServer, *arguments: str) -> Ran:
    return scfdeploy(*arguments, "--path", project, env=cloud.env)


def alias(cloud: LocalServer, name: str = "prod") -> tuple[str, dict[str, float]]:
    """Where calls of an alias go."""
    found = client_of(cloud.url).read("GetAlias", {"FunctionName": "hello", "Name": name})
    weights = found["RoutingConfig"]["AdditionalVersionWeights"]
    return found["FunctionVersion"], {entry["Version"]: entry["Weight"] for entry in weights}


def routes(cloud: LocalServer) -> list[str]:
    """The writes to aliases by the commands, in order."""
    return [action for action in cloud.writes() if action.endswith("Alias")][1:]


def python(code: str) -> str:
    """A check that runs this code."""
    return f"{sys.executable} -c '{code}'"


def test_versions_are_listed_with_their_aliases(project: Path, cloud: LocalServer) -> None:
    text = run(project, cloud, "versions").stdout
    document = run(project, cloud, "versions", "hello", "--format", "json").document

    rows = [line.split() for line in text.splitlines()]
    assert rows[0] == ["VERSION", "PUBLISHED", "STATE", "ALIASES", "DESCRIPTION"]
    assert [(row[0], row[-2:]) for row in rows[1:]] == [
        ("$LATEST", ["Active", "$DEFAULT"]),
        ("1", ["Active", "first"]),
        ("2", ["prod", "second"]),
        ("3", ["Active", "third"]),
    ]
    assert [(one["version"], one["description"], one["aliases"]) for one in document["versions"]] == [
        ("$LATEST", "", ["$DEFAULT"]),
        ("1", "first", []),
        ("2", "second", ["prod"]),
        ("3", "third", []),
    ]
    assert document["aliases"][1] == {
        "address": "alias/default/hello/prod",
        "name": "prod",
        "version": "2",
        "weights": [],
        "description": "own",
    }


def test_versions_of_missing_function_is_an_error(tmp_path: Path, cloud: LocalServer) -> None:
    ran = run(write_project(tmp_path), cloud, "versions")

    assert ran.exit_code == 1
    assert "function/default/hello does not exist" in ran.stderr


def test_status_shows_versions_and_aliases(project: Path, cloud: LocalServer) -> None:
    (function,) = scfdeploy("status", project, "--format", "json", env=cloud.env).document["functions"]

    assert (function["versions"], function["aliases"]) == (["1", "2", "3"], ["$DEFAULT", "prod"])
    assert function["drift"] == []
    text = scfdeploy("status", project, env=cloud.env).stdout
    assert "  versions: 1, 2, 3\n  aliases: $DEFAULT, prod\n" in text


def test_status_omits_default_alias(tmp_path: Path, cloud: LocalServer) -> None:
    scfdeploy("apply", write_project(tmp_path), "--yes", env=cloud.env)

    assert "alias" not in scfdeploy("status", tmp_path, env=cloud.env).stdout


def test_alias_is_created_and_updated(project: Path, cloud: LocalServer) -> None:
    made = run(project, cloud, "alias", "set", "test", "--to", "newest", "--description", "try it", "--yes")
    shared = run(project, cloud, "alias", "set", "test", "--to", "1", "--weight", "3=0.25", "--yes", "--format", "json")
    again = run(project, cloud, "alias", "set", "test", "--to", "1", "--weight", "3=0.25", "--yes")

    assert (made.exit_code, shared.exit_code, again.exit_code) == (0, 0, 0)
    assert "Done: test sends all calls to version 3." in made.stdout
    assert shared.document["before"] == {"version": "3", "weights": []}
    assert shared.document["after"] == {"version": "1", "weights": [{"version": "3", "weight": 0.25}]}
    assert [one["status"] for one in shared.document["results"]] == ["succeeded"]
    assert "Nothing to do: test already sends 75 % of calls to version 1, 25 % to version 3." in again.stdout
    assert alias(cloud, "test") == ("1", {"3": 0.25})
    assert routes(cloud) == ["CreateAlias", "UpdateAlias"]


def test_missing_approval_changes_nothing(project: Path, cloud: LocalServer) -> None:
    for command in (("alias", "set", "prod"), ("alias", "shift", "prod"), ("rollback", "--alias", "prod")):
        ran = run(project, cloud, *command, "--to", "1")
        assert ran.exit_code == 1
        assert "alias/default/hello/prod" in ran.stdout
        assert "not approved" in ran.stderr
        assert (
            f"Use `scfdeploy {' '.join(command[:2]) if command[0] == 'alias' else 'rollback'} --yes` to approve"
            in ran.stderr
        )
    assert routes(cloud) == []


@pytest.mark.parametrize(
    "arguments",
    [
        ("set", "2nd", "--to", "1"),
        ("set", "prod", "--to", "1", "--weight", "2"),
        ("set", "prod", "--to", "1", "--weight", "2=1.5"),
        ("set", "prod", "--to", "1", "--weight", "2=0.1", "--weight", "3=0.1"),
        ("set", "prod"),
        ("shift", "prod", "--to", "3", "--steps", "50,10"),
        ("shift", "prod", "--to", "3", "--steps", "0,10"),
        ("shift", "prod", "--to", "3", "--steps", "10,110"),
        ("shift", "prod", "--to", "3", "--steps", "a few"),
        ("shift", "prod", "--to", "3", "--interval", "-1"),
        ("shift", "prod", "--to", "3", "--check", "a && b"),
    ],
)
def test_usage_error_is_reported_before_any_call(
    arguments: tuple[str, ...], tmp_path: Path, cloud: LocalServer
) -> None:
    assert run(tmp_path, cloud, "alias", *arguments).exit_code == 2
    assert cloud.calls() == []


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("alias", "set", "prod", "--to", "9"), "no published version 9"),
        (("alias", "set", "prod", "--to", "1", "--weight", "1=0.5"), "both"),
        (("alias", "shift", "nobody", "--to", "1"), "no alias nobody"),
        (
            ("alias", "shift", "prod", "--to", "1", "--check", "no-such-command-here"),
            "no-such-command-here does not exist",
        ),
        (("rollback", "--alias", "nobody"), "no alias nobody"),
        (("rollback", "--to", "9"), "no published version 9"),
    ],
)
def test_missing_target_fails_before_any_change(
    arguments: tuple[str, ...], told: str, project: Path, cloud: LocalServer
) -> None:
    ran = run(project, cloud, *arguments, "--yes")

    assert ran.exit_code == 1
    assert told in ran.stderr
    assert routes(cloud) == []


def test_alias_of_other_projects_function_is_rejected(project: Path, cloud: LocalServer, tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.mkdir()
    write_project(other, app="blog")

    for command in (("alias", "set", "prod"), ("alias", "shift", "prod"), ("rollback", "--alias", "prod")):
        ran = run(other, cloud, *command, "--to", "1", "--yes")
        assert ran.exit_code == 1
        assert "[owned-by-another]" in ran.stdout
    assert run(other, cloud, "versions").exit_code == 0
    assert routes(cloud) == []


def test_missing_file_is_an_unknown_owner_error(project: Path, cloud: LocalServer, tmp_path: Path) -> None:
    empty = tmp_path / "empty"
    empty.mkdir()
    where = ("--region", "ap-guangzhou")

    listed = run(empty, cloud, "versions", "hello", *where)
    ran = run(empty, cloud, "alias", "set", "prod", "--to", "1", "--function", "hello", "--yes", *where)

    assert listed.exit_code == 0
    assert ran.exit_code == 1
    assert "the owner of the function is unknown" in ran.stderr


def test_shift_checks_each_step(project: Path, cloud: LocalServer) -> None:
    ran = run(
        project, cloud, "alias", "shift", "prod", "--to", "3", "--steps", "10,50,100", "--interval", "0",
        "--check", python('print("all is well")'), "--yes",
    )  # fmt: skip

    assert ran.exit_code == 0, ran.stderr
    assert ran.stderr.count("all is well\n") == 3
    assert "100 %: done, check passed" in ran.stdout
    assert "Done: prod sends all calls to version 3." in ran.stdout
    assert routes(cloud) == ["UpdateAlias"] * 3
    assert alias(cloud) == ("3", {})


def test_check_gets_the_environment_without_credentials(project: Path, cloud: LocalServer) -> None:
    env = {**cloud.env, "TENCENTCLOUD_SECRET_ID": "AKIDlocal", "TENCENTCLOUD_SECRET_KEY": "local-secret"}
    env |= {"COPY": "xlocal-secretx", "KEPT": "by the check"}
    ran = scfdeploy(
        "alias", "shift", "prod", "--to", "3", "--path", project, "--check", "env", "--yes", env=env,
    )  # fmt: skip

    assert ran.exit_code == 0, ran.stderr
    assert "KEPT=by the check" in ran.stderr
    assert [name for name in ("SECRET_ID", "SECRET_KEY", "COPY=", "local-secret") if name in ran.stderr] == []


def test_check_beyond_time_limit_rolls_back(project: Path, cloud: LocalServer) -> None:
    ran = run(
        project, cloud, "alias", "shift", "prod", "--to", "3", "--steps", "10,100",
        "--check", python("import time; time.sleep(600)"), "--check-timeout", "1", "--yes",
    )  # fmt: skip

    assert ran.exit_code == 1
    assert "the check was stopped after its time limit of 1 s" in ran.stderr
    assert alias(cloud) == ("2", {})


def test_failed_check_rolls_back_and_shows_route(project: Path, cloud: LocalServer) -> None:
    counting = 'import os, pathlib; p = pathlib.Path("{}"); n = len(p.read_text()) if p.exists() else 0;'
    counting += 'p.write_text("x" * (n + 1)); print("seen", n); raise SystemExit(n)'
    ran = run(
        project, cloud, "alias", "shift", "prod", "--to", "3", "--steps", "10,50,100",
        "--check", python(counting.format(project / "count")), "--yes", "--format", "json",
    )  # fmt: skip

    document = ran.document
    assert ran.exit_code == 1
    assert "seen 1" in ran.stderr
    assert (document["ok"], document["shiftedBack"], document["interrupted"]) == (False, True, False)
    assert [(one["percent"], one["status"], one["checkExitCode"]) for one in document["steps"]] == [
        (10, "done", 0),
        (50, "failed", 1),
        (100, "skipped", None),
    ]
    assert document["before"] == document["after"] == {"version": "2", "weights": []}
    assert alias(cloud) == ("2", {})


def test_rollback_of_shift_restores_previous_weights(project: Path, cloud: LocalServer) -> None:
    run(project, cloud, "alias", "set", "prod", "--to", "2", "--weight", "3=0.2", "--yes")

    ran = run(
        project, cloud, "alias", "shift", "prod", "--to", "3", "--steps", "10,50",
        "--check", python("raise SystemExit(1)"), "--yes",
    )  # fmt: skip

    assert ran.exit_code == 1
    assert "Rolled back: prod sends 80 % of calls to version 2, 20 % to version 3." in ran.stdout
    assert " 10 %" not in ran.stdout
    assert alias(cloud) == ("2", {"3": 0.2})


def test_steps_below_current_share_are_skipped(project: Path, cloud: LocalServer) -> None:
    run(project, cloud, "alias", "shift", "prod", "--to", "3", "--steps", "10,50", "--yes")
    first = alias(cloud)
    run(project, cloud, "alias", "shift", "prod", "--to", "3", "--steps", "10,50,100", "--yes")
    again = run(project, cloud, "alias", "shift", "prod", "--to", "3", "--steps", "10,50,100", "--yes")

    assert first == ("2", {"3": 0.5})
    assert alias(cloud) == ("3", {})
    assert again.exit_code == 0
    assert "Nothing to do" in again.stdout
    assert routes(cloud) == ["UpdateAlias"] * 3


def test_rejected_step_keeps_current_route(project: Path, cloud: LocalServer) -> None:
    cloud.control("faults", [{"action": "UpdateAlias", "skip": 1, "code": "LimitExceeded.Alias"}])

    ran = run(project, cloud, "alias", "shift", "prod", "--to", "3", "--steps", "10,50,100", "--yes")

    assert ran.exit_code == 5
    assert "LimitExceeded.Alias" in ran.stdout
    assert "Failed: prod sends 90 % of calls to version 2, 10 % to version 3." in ran.stdout
    assert "`scfdeploy alias set 'prod' --to '2'` to go back" in ran.stdout


def test_rollback_sets_previous_version(project: Path, cloud: LocalServer) -> None:
    ran = run(project, cloud, "rollback", "hello", "--alias", "prod", "--yes")
    further = run(project, cloud, "rollback", "--alias", "prod", "--yes")

    assert "Done: prod sends all calls to version 1." in ran.stdout
    assert alias(cloud) == ("1", {})
    assert further.exit_code == 1
    assert "there is no earlier published version" in further.stderr


def test_rollback_from_latest_skips_identical_version(project: Path, cloud: LocalServer) -> None:
    ran = run(project, cloud, "rollback", "--yes", "--format", "json")

    assert ran.document["after"] == {"version": "2", "weights": []}
    assert "no longer reach the deployed code" in ran.document["changes"][0]["warnings"][0]
    assert alias(cloud, "$DEFAULT") == ("2", {})


def test_rollback_from_latest_sets_newest_different_version(project: Path, cloud: LocalServer) -> None:
    write_project(project, "  timeout: 30\n")
    scfdeploy("apply", project, "--yes", env=cloud.env)

    assert run(project, cloud, "rollback", "--yes").exit_code == 0
    assert alias(cloud, "$DEFAULT") == ("3", {})


def test_rollback_ends_a_shift(project: Path, cloud: LocalServer) -> None:
    run(project, cloud, "alias", "shift", "prod", "--to", "3", "--steps", "10", "--yes")

    run(project, cloud, "rollback", "--alias", "prod", "--yes")

    assert alias(cloud) == ("2", {})


def test_rollback_uses_alias_of_file_and_warns_of_next_apply(project: Path, cloud: LocalServer) -> None:
    write_project(project, PUBLISH + "  aliasName: prod\n  timeout: 3\n")
    scfdeploy("apply", project, "--yes", env=cloud.env)

    ran = run(project, cloud, "rollback", "--yes")

    assert "the next apply overwrites the route" in ran.stdout
    assert alias(cloud) == ("2", {})
    assert state_of(scfdeploy("plan", project, "--format", "json", env=cloud.env)) == {
        "alias/default/hello/prod": {"aliasFunctionVersion": ("2", "3")}
    }


def state_of(ran: Ran) -> dict[str, dict[str, tuple[Any, Any]]]:
    """Before and after of each field that changes."""
    return {
        one["address"]: {field["path"]: (field["before"], field["after"]) for field in one["fields"]}
        for one in ran.document["changes"]
        if one["action"] != "no-op"
    }
