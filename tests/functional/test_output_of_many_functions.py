"""What a person reads about a project of 300 functions; a usual run has 100, which fill the lines already."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.support.command import Ran, scfdeploy
from tests.support.local_server import LocalServer
from tests.support.project import TIMER, write_project
from tests.support.sampling import sample_size

_COUNT = sample_size(300, part=3)


@pytest.fixture
def many(tmp_path: Path) -> Path:
    """Functions with a timer and a variable of their own, of a runtime that gets a warning."""
    for number in range(_COUNT):
        folder = tmp_path / "many" / f"f{number}"
        folder.mkdir(parents=True)
        (folder / "index.py").write_text("def main_handler(event, context):\n    return event\n", encoding="utf-8")
        (folder / "serverless.yml").write_text(
            f"component: scf\nname: f{number}\napp: many\ninputs:\n  name: f{number}\n  src: .\n  runtime: Python3.6\n"
            f"  handler: index.main_handler\n  environment:\n    variables:\n      NUMBER: n{number}\n{TIMER}",
            encoding="utf-8",
        )
    return tmp_path / "many"


def line_count(ran: Ran) -> int:
    return len(ran.stdout.splitlines()) + len(ran.stderr.splitlines())


def test_plan_and_apply_of_many_functions_are_short(many: Path, cloud: LocalServer) -> None:
    planned = scfdeploy("plan", many, env=cloud.env)
    assert planned.stdout.startswith(f"Plan: {2 * _COUNT} to create; 0 unchanged.\n")
    assert line_count(planned) <= 60

    summary = scfdeploy("plan", many, "--summary", env=cloud.env)
    assert line_count(summary) < 20

    applied = scfdeploy("apply", many, "--yes", env=cloud.env)
    assert applied.exit_code == 0, applied.stderr
    assert line_count(applied) <= 100
    assert applied.stdout.endswith(f"Done: {2 * _COUNT} created.\n")


def test_no_group_shows_each_change(tmp_path: Path, cloud: LocalServer) -> None:
    for number in range(25):
        write_project(tmp_path / f"f{number}", name=f"f{number}")
    grouped = scfdeploy("plan", tmp_path, env=cloud.env)
    each = scfdeploy("plan", tmp_path, "--no-group", env=cloud.env)

    assert "25 × function" in grouped.stdout
    assert all(f"  + function/default/f{number} " in each.stdout for number in range(25))
    wrong = scfdeploy("plan", tmp_path, "--no-group", "--summary", env=cloud.env)
    assert (wrong.exit_code, "--summary cannot be combined with --no-group" in wrong.stderr) == (2, True)


@pytest.fixture
def three(tmp_path: Path) -> Path:
    for name in ("api-users", "api-orders", "worker"):
        write_project(tmp_path / "three" / name, name=name)
    return tmp_path / "three"


def test_target_takes_patterns_and_the_plan_says_that_it_is_partial(three: Path, cloud: LocalServer) -> None:
    planned = scfdeploy("plan", three, "--target", "api-*", env=cloud.env)
    assert (
        "Partial plan, limited by --target to function/default/api-orders, function/default/api-users" in planned.stdout
    )
    document = scfdeploy("plan", three, "--target", "api-*", "--format", "json", env=cloud.env).document
    assert document["partial"] is True
    assert document["summary"]["create"] == 2
    assert "partial" not in scfdeploy("plan", three, "--format", "json", env=cloud.env).document

    applied = scfdeploy("apply", three, "--target", "worker", "--yes", "--format", "json", env=cloud.env).document
    assert applied["targets"] == ["function/default/worker"]
    assert [result["address"] for result in applied["results"]] == ["function/default/worker"]


def test_target_that_matches_nothing_is_an_error(three: Path, cloud: LocalServer) -> None:
    ran = scfdeploy("plan", three, "--target", "api-user", env=cloud.env)
    assert ran.exit_code == 1
    assert 'Did you mean "api-users"?' in ran.stderr
    assert scfdeploy("plan", three, "--target", "", env=cloud.env).exit_code == 2


def test_saved_plan_keeps_the_addresses_of_a_pattern(three: Path, cloud: LocalServer, tmp_path: Path) -> None:
    file = tmp_path / "saved.json"
    assert scfdeploy("plan", three, "--target", "api-*", "--out", file, env=cloud.env).exit_code == 0
    assert json.loads(file.read_text())["policy"]["targets"] == [
        "function/default/api-orders",
        "function/default/api-users",
    ]
    applied = scfdeploy("apply", "--plan", file, "--format", "json", env=cloud.env)
    assert applied.document["summary"]["succeeded"] == 2


def test_status_is_filtered_by_name(three: Path, cloud: LocalServer) -> None:
    ran = scfdeploy("status", three, "--target", "api-*", env=cloud.env)
    assert "default/api-users" in ran.stdout
    assert "worker" not in ran.stdout
    assert ran.stdout.endswith("1 other resource not shown.\n")
    document = scfdeploy("status", three, "--target", "worker", "--format", "json", env=cloud.env).document
    assert [function["address"] for function in document["functions"]] == ["function/default/worker"]
    unknown = scfdeploy("status", three, "--target", "wroker", env=cloud.env)
    assert (unknown.exit_code, 'Did you mean "worker"?' in unknown.stderr) == (1, True)


@pytest.mark.parametrize("columns", ["60", "100"])
def test_lines_fit_a_terminal_of_known_width(three: Path, cloud: LocalServer, columns: str) -> None:
    scfdeploy("apply", three, "--yes", env=cloud.env)
    ran = scfdeploy("status", three, env={**cloud.env, "COLUMNS": columns})
    assert max(map(len, ran.stdout.splitlines())) <= int(columns)
