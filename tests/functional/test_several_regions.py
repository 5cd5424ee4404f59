"""A project in several regions: one command covers all of them."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.command import Ran, scfdeploy
from tests.support.local_server import LocalServer
from tests.support.project import write_project

REGIONS = {"north": "ap-beijing", "south": "ap-guangzhou"}


def write(folder: Path, name: str, region: str, more: str = "") -> None:
    write_project(folder / name, f"  region: {region}\n{more}", name=name)


@pytest.fixture
def project(tmp_path: Path) -> Path:
    for name, region in REGIONS.items():
        write(tmp_path, name, region)
    return tmp_path


def run(cloud: LocalServer, *arguments: str | Path) -> Ran:
    return scfdeploy(*arguments, env=cloud.env)


def test_apply_plan_status_and_destroy_cover_all_regions(project: Path, cloud: LocalServer) -> None:
    applied = run(cloud, "apply", project, "--yes")
    assert applied.exit_code == 0, applied.stderr
    assert applied.stdout.index("Region ap-beijing:") < applied.stdout.index("Region ap-guangzhou:")
    assert applied.stdout.count("Done: 1 created.") == 2

    planned = run(cloud, "plan", project, "--detailed-exitcode")
    assert planned.exit_code == 0
    assert planned.stdout.count("Nothing to do") == 2

    assert [line.split()[0] for line in run(cloud, "status", project).stdout.splitlines() if "Active" in line] == [
        "default/north",
        "default/south",
    ]
    assert run(cloud, "destroy", project, "--yes").stdout.count("Done: 1 deleted.") == 2
    assert run(cloud, "plan", project, "--detailed-exitcode").exit_code == 4


def test_json_is_one_document_of_all_regions(project: Path, cloud: LocalServer) -> None:
    planned = run(cloud, "plan", project, "--format", "json").document
    assert planned["regions"] == ["ap-beijing", "ap-guangzhou"]
    assert planned["project"]["region"] == "ap-beijing, ap-guangzhou"
    assert planned["summary"]["create"] == 2
    assert [(one["region"], one["address"]) for one in planned["changes"]] == [
        ("ap-beijing", "function/default/north"),
        ("ap-guangzhou", "function/default/south"),
    ]
    applied = run(cloud, "apply", project, "--yes", "--format", "json").document
    assert (applied["ok"], applied["summary"]["succeeded"]) == (True, 2)
    assert sorted(applied["outputs"]) == ["north", "south"]


def test_validate_checks_all_regions_once(project: Path) -> None:
    write(project, "south", "ap-guangzhou", "  memorySize: 100\n")

    ran = scfdeploy("validate", project, "--format", "json")

    assert ran.exit_code == 3
    assert [one["rule"] for one in ran.document["diagnostics"]] == ["memory-step"]
    assert "2 functions in 2 files" in scfdeploy("validate", project, "--ignore", "memory-step").stdout


def test_fix_repairs_the_files_of_all_regions(project: Path) -> None:
    for name, region in REGIONS.items():
        write(project, name, region, "  type: Event\n  eip: yes\n")

    ran = scfdeploy("validate", project, "--fix")

    assert ran.exit_code == 0, ran.stderr
    assert ["eip: true" in (project / name / "serverless.yml").read_text() for name in REGIONS] == [True, True]


def test_nothing_is_applied_if_a_later_region_has_errors(project: Path, cloud: LocalServer) -> None:
    write(project, "south", "ap-guangzhou", "  memorySize: 100\n")

    ran = run(cloud, "apply", project, "--yes")

    assert ran.exit_code == 3
    assert "Not started: ap-beijing." in ran.stderr
    assert "created" not in ran.stdout


def test_names_of_regions_do_not_control_the_terminal(project: Path, cloud: LocalServer) -> None:
    for name in REGIONS:
        write(project, name, f'"ap-\\e[31m{name}"', "  memorySize: 100\n")

    ran = run(cloud, "apply", project, "--yes")

    assert "\x1b" not in ran.stdout + ran.stderr
    assert r"Region ap-\x1b[31mnorth:" in ran.stdout
    assert r"Not started: ap-\x1b[31msouth." in ran.stderr


def test_failure_ends_the_command_and_keeps_what_was_applied(project: Path, cloud: LocalServer) -> None:
    cloud.control("faults", [{"action": "CreateFunction", "skip": 1, "code": "InternalError"}])

    ran = run(cloud, "apply", project, "--yes", "--format", "json")

    assert ran.exit_code == 5
    assert [one["status"] for one in ran.document["results"]] == ["succeeded", "failed"]
    assert ran.document["ok"] is False


def test_commands_about_a_function_find_its_region(project: Path, cloud: LocalServer) -> None:
    assert run(cloud, "apply", project, "--yes").exit_code == 0

    for name in REGIONS:
        assert run(cloud, "invoke", name, "--project", project, "--format", "json").document["result"] == {
            "hello": "world"
        }
        assert run(cloud, "logs", name, "--path", project).exit_code == 0
        assert run(cloud, "versions", name, "--path", project).exit_code == 0
    unknown = run(cloud, "invoke", "west", "--project", project)
    assert unknown.exit_code == 1
    assert "the project has several regions: ap-beijing, ap-guangzhou" in unknown.stderr


def test_targets_and_instances_select_their_region(project: Path, cloud: LocalServer) -> None:
    applied = run(cloud, "apply", project, "--yes", "--target", "south", "--format", "json")
    assert (applied.exit_code, applied.document["regions"]) == (0, ["ap-guangzhou"])
    planned = run(cloud, "plan", project, "--target", "function/default/north", "--target", "so*", "--format", "json")
    assert planned.document["targets"] == ["function/default/north", "function/default/south"]
    assert planned.document["summary"]["create"] == 1
    assert planned.document["regions"] == list(REGIONS.values())
    status = run(cloud, "status", project, "--target", "south", "--format", "json")
    assert [one["address"] for one in status.document["functions"]] == ["function/default/south"]
    assert run(cloud, "destroy", project, "--yes", "--instance", "south").stdout.count("Done: 1 deleted.") == 1


def test_unknown_target_changes_nothing(project: Path, cloud: LocalServer) -> None:
    for selected in (["--target", "west"], ["--target", "south", "--target", "west"]):
        ran = run(cloud, "apply", project, "--yes", *selected)
        assert ran.exit_code == 1
        assert "--target west: the project has no such resource" in ran.stderr
    assert "Nothing" not in run(cloud, "plan", project).stdout


def test_commands_for_one_region_say_what_to_type(project: Path, cloud: LocalServer) -> None:
    report = f"junit={project / 'report.xml'}"
    for command in (["plan", "--format", "markdown"], ["plan", "--report", report], ["build"], ["policy"]):
        ran = run(cloud, *command, project)
        assert ran.exit_code == 3
        assert "Run this command for one folder at a time, such as " in ran.stdout + ran.stderr
    doctor = run(cloud, "doctor", project)
    assert "the project has several regions: ap-beijing, ap-guangzhou" in doctor.stdout
    assert "Name the folder of one region." in doctor.stdout


def test_events_are_saved_in_the_project_of_the_function(project: Path) -> None:
    saved = scfdeploy("template", "save", "order", "--from", "timer", "--function", "south", "--path", project)
    assert saved.exit_code == 0, saved.stderr
    assert "order" in scfdeploy("template", "list", "south", "--path", project).stdout
    assert len(list(project.rglob("order.json"))) == 1


def test_output_of_another_region_is_an_error(project: Path) -> None:
    write(project, "north", "ap-beijing", "  description: ${output:${stage}:${app}:south.name}\n")

    ran = scfdeploy("validate", project)

    assert ran.exit_code == 3
    assert "[several-regions]" in ran.stderr
    assert "Write one region in all files, and use no output of another region." in ran.stderr


def test_saved_plan_is_of_one_region(project: Path, cloud: LocalServer) -> None:
    ran = run(cloud, "plan", project, "--out", project / "plan")

    assert ran.exit_code == 3
    assert "[several-regions]" in ran.stderr
    assert not (project / "plan").exists()
